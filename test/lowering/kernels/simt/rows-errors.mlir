// Reductions that share no rows are refused, and rows whose parts do not fit in group memory.
// RUN: portico-opt %s --portico-lower-kernels="subgroup-size=32" --split-input-file --verify-diagnostics
// RUN: portico-opt %s --portico-lower-kernels --split-input-file --verify-diagnostics
// RUN: not portico-opt %s --portico-lower-kernels="subgroup-size=32 group-memory=100" --split-input-file 2>&1 | filecheck %s --check-prefix=SMALL

func.func @axes(%x0: tensor<64x64xf32>) -> (tensor<64xf32>, tensor<f32>) {
  %0:2 = portico.kernel "row" (%a0 = %x0) : (tensor<64x64xf32>) -> (tensor<64xf32>, tensor<f32>) {
    %1 = portico.reduce sum %a0 {axes = array<i64: 0>} : (tensor<64x64xf32>) -> tensor<64xf32>
    // expected-error@+1 {{[to-linalg] the reductions of a row kernel differ; got axes [0, 1] of shape [64, 64]; expected axes [0] of shape [64, 64]}}
    %2 = portico.reduce sum %a0 {axes = array<i64: 0, 1>} : (tensor<64x64xf32>) -> tensor<f32>
    portico.yield %1, %2 : tensor<64xf32>, tensor<f32>
  }
  return %0#0, %0#1 : tensor<64xf32>, tensor<f32>
}

// -----

func.func @part(%x0: tensor<64x64xf32>) -> tensor<10xf32> {
  // expected-error@+1 {{[to-linalg] a result of a row kernel lies along no row; got 10 elements; expected 4096 or, without what is reduced, 64}}
  %0 = portico.kernel "row" (%a0 = %x0) : (tensor<64x64xf32>) -> tensor<10xf32> {
    %1 = portico.reduce sum %a0 {axes = array<i64: 0>} : (tensor<64x64xf32>) -> tensor<64xf32>
    %2 = portico.slice %1 {starts = array<i64: 0>, limits = array<i64: 10>, strides = array<i64: 1>} : (tensor<64xf32>) -> tensor<10xf32>
    portico.yield %2 : tensor<10xf32>
  }
  return %0 : tensor<10xf32>
}

// -----

func.func @product(%x0: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %0 = portico.kernel "row" (%a0 = %x0) : (tensor<64x64xf32>) -> tensor<64x64xf32> {
    // expected-error@+1 {{[to-linalg] an op is no loop over elements; got portico.dot_general}}
    %1 = portico.dot_general %a0, %a0 {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
    portico.yield %1 : tensor<64x64xf32>
  }
  return %0 : tensor<64x64xf32>
}

// -----

// Eight subgroups leave two values each.
// SMALL: error: [lower-kernels] a work-group shares more than the machine has; got 128 bytes; expected at most 100
func.func @two(%x0: tensor<64x1000xf32>) -> (tensor<64xf32>, tensor<64xf32>) {
  %0:2 = portico.kernel "row" (%a0 = %x0) : (tensor<64x1000xf32>) -> (tensor<64xf32>, tensor<64xf32>) {
    %1 = portico.reduce sum %a0 {axes = array<i64: 1>} : (tensor<64x1000xf32>) -> tensor<64xf32>
    %2 = portico.reduce max %a0 {axes = array<i64: 1>} : (tensor<64x1000xf32>) -> tensor<64xf32>
    portico.yield %1, %2 : tensor<64xf32>, tensor<64xf32>
  }
  return %0#0, %0#1 : tensor<64xf32>, tensor<64xf32>
}
