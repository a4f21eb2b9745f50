// A product with few rows, like any other, is followed by what has a value at a point. Its groups are as
// large as the machine has them, but parts of k that meet in group memory need some.
// RUN: portico-opt %s --portico-lower-kernels="subgroup-size=32" --split-input-file --verify-diagnostics
// RUN: not portico-opt %s --portico-lower-kernels="subgroup-size=32 group-memory=10" --split-input-file 2>&1 | filecheck %s --check-prefix=SMALL

func.func @reduced(%x0: tensor<1024xf32>, %x1: tensor<1024x1024xf32>) -> tensor<f32> {
  // expected-error@+1 {{[lower-kernels] an op after the main op cannot be computed with its results; got a kernel of portico.dot_general, portico.reduce; expected elementwise ops and data movement}}
  %0 = portico.kernel "dot" (%a0 = %x0, %a1 = %x1) : (tensor<1024xf32>, tensor<1024x1024xf32>) -> tensor<f32> {
    %1 = portico.dot_general %a0, %a1 {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 0>, rhs_contract = array<i64: 0>} : (tensor<1024xf32>, tensor<1024x1024xf32>) -> tensor<1024xf32>
    %2 = portico.reduce sum %1 {axes = array<i64: 0>} : (tensor<1024xf32>) -> tensor<f32>
    portico.yield %2 : tensor<f32>
  }
  return %0 : tensor<f32>
}

// -----

// SMALL: error: [lower-kernels] a work-group shares more than the machine has; got {{[0-9]+}} bytes; expected at most 10
func.func @columns(%x0: tensor<1024xf32>, %x1: tensor<1024x1024xf32>) -> tensor<1024xf32> {
  %0 = portico.kernel "dot" (%a0 = %x0, %a1 = %x1) : (tensor<1024xf32>, tensor<1024x1024xf32>) -> tensor<1024xf32> {
    %1 = portico.dot_general %a0, %a1 {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 0>, rhs_contract = array<i64: 0>} : (tensor<1024xf32>, tensor<1024x1024xf32>) -> tensor<1024xf32>
    portico.yield %1 : tensor<1024xf32>
  }
  return %0 : tensor<1024xf32>
}
