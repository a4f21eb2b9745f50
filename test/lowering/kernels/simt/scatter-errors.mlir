// A scatter kernel is the scatter: what follows it would write elements before they are final.
// RUN: portico-opt %s --portico-lower-kernels="subgroup-size=32" --split-input-file --verify-diagnostics
// RUN: portico-opt %s --portico-lower-kernels --split-input-file --verify-diagnostics

func.func @none(%x0: tensor<64x64xf32>) -> tensor<64x64xf32> {
  // expected-error@+1 {{[lower-kernels] a scatter kernel is not a scatter alone; got a kernel of portico.neg; expected one scatter from all its inputs to its only result}}
  %0 = portico.kernel "scatter" (%a0 = %x0) : (tensor<64x64xf32>) -> tensor<64x64xf32> {
    %1 = portico.neg %a0 : (tensor<64x64xf32>) -> tensor<64x64xf32>
    portico.yield %1 : tensor<64x64xf32>
  }
  return %0 : tensor<64x64xf32>
}

// -----

func.func @after(%x0: tensor<50x8xf32>, %x1: tensor<40xi64>, %x2: tensor<40x8xf32>) -> tensor<50x8xf32> {
  // expected-error@+1 {{[lower-kernels] a scatter kernel is not a scatter alone; got a kernel of portico.scatter, portico.neg}}
  %0 = portico.kernel "scatter" (%a0 = %x0, %a1 = %x1, %a2 = %x2) : (tensor<50x8xf32>, tensor<40xi64>, tensor<40x8xf32>) -> tensor<50x8xf32> {
    %1 = portico.scatter add %a0, %a1, %a2 {axis = 0 : i64, batch_dims = 0 : i64} : (tensor<50x8xf32>, tensor<40xi64>, tensor<40x8xf32>) -> tensor<50x8xf32>
    %2 = portico.neg %1 : (tensor<50x8xf32>) -> tensor<50x8xf32>
    portico.yield %2 : tensor<50x8xf32>
  }
  return %0 : tensor<50x8xf32>
}

// -----

func.func @beside(%x0: tensor<50x8xf32>, %x1: tensor<40xi64>, %x2: tensor<40x8xf32>) -> (tensor<50x8xf32>, tensor<50x8xf32>) {
  // expected-error@+1 {{[lower-kernels] a scatter kernel is not a scatter alone; got a kernel of portico.scatter;}}
  %0:2 = portico.kernel "scatter" (%a0 = %x0, %a1 = %x1, %a2 = %x2) : (tensor<50x8xf32>, tensor<40xi64>, tensor<40x8xf32>) -> (tensor<50x8xf32>, tensor<50x8xf32>) {
    %1 = portico.scatter add %a0, %a1, %a2 {axis = 0 : i64, batch_dims = 0 : i64} : (tensor<50x8xf32>, tensor<40xi64>, tensor<40x8xf32>) -> tensor<50x8xf32>
    portico.yield %1, %a0 : tensor<50x8xf32>, tensor<50x8xf32>
  }
  return %0#0, %0#1 : tensor<50x8xf32>, tensor<50x8xf32>
}
