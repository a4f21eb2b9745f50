// A sort kernel is the sort of its only input, of whose results it yields one or both.
// RUN: portico-opt %s --portico-lower-kernels="subgroup-size=32" --split-input-file --verify-diagnostics
// RUN: portico-opt %s --portico-lower-kernels --split-input-file --verify-diagnostics
// RUN: not portico-opt %s --portico-lower-kernels="subgroup-size=32 group-memory=8192" --split-input-file 2>&1 | filecheck %s --check-prefix=SMALL

func.func @none(%x0: tensor<64x64xf32>) -> tensor<64x64xf32> {
  // expected-error@+1 {{[lower-kernels] a sort kernel is not a sort alone; got a kernel of portico.neg; expected one sort of its only input, with its results}}
  %0 = portico.kernel "sort" (%a0 = %x0) : (tensor<64x64xf32>) -> tensor<64x64xf32> {
    %1 = portico.neg %a0 : (tensor<64x64xf32>) -> tensor<64x64xf32>
    portico.yield %1 : tensor<64x64xf32>
  }
  return %0 : tensor<64x64xf32>
}

// -----

func.func @after(%x0: tensor<64x64xf32>) -> (tensor<64x64xf32>, tensor<64x64xi64>) {
  // expected-error@+1 {{[lower-kernels] a sort kernel is not a sort alone; got a kernel of portico.sort, portico.neg}}
  %0:2 = portico.kernel "sort" (%a0 = %x0) : (tensor<64x64xf32>) -> (tensor<64x64xf32>, tensor<64x64xi64>) {
    %1:2 = portico.sort %a0 {axis = 0 : i64, descending = false} : (tensor<64x64xf32>) -> (tensor<64x64xf32>, tensor<64x64xi64>)
    %2 = portico.neg %1#0 : (tensor<64x64xf32>) -> tensor<64x64xf32>
    portico.yield %2, %1#1 : tensor<64x64xf32>, tensor<64x64xi64>
  }
  return %0#0, %0#1 : tensor<64x64xf32>, tensor<64x64xi64>
}

// -----

// The digits that work-items count lie in group memory.
// SMALL: error: [lower-kernels] a work-group shares more than the machine has; got 16384 bytes; expected at most 8192
func.func @long(%x0: tensor<20000xf32>) -> (tensor<20000xf32>, tensor<20000xi64>) {
  %0:2 = portico.kernel "sort" (%a0 = %x0) : (tensor<20000xf32>) -> (tensor<20000xf32>, tensor<20000xi64>) {
    %1:2 = portico.sort %a0 {axis = 0 : i64, descending = false} : (tensor<20000xf32>) -> (tensor<20000xf32>, tensor<20000xi64>)
    portico.yield %1#0, %1#1 : tensor<20000xf32>, tensor<20000xi64>
  }
  return %0#0, %0#1 : tensor<20000xf32>, tensor<20000xi64>
}
