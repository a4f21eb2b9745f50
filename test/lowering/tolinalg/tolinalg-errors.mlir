// RUN: portico-opt %s --portico-to-linalg --verify-diagnostics --split-input-file

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{[to-linalg] a kernel is not written in linalg; got one of category 'sort'; expected 'loop' or 'row'}}
  %0 = portico.kernel "sort" (%a = %x) : (tensor<4xf32>) -> tensor<4xf32> {
    %1 = portico.neg %a : (tensor<4xf32>) -> tensor<4xf32>
    portico.yield %1 : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// -----

func.func @main(%x: tensor<4x5xf32>) -> (tensor<4xf32>, tensor<5xf32>) {
  %0:2 = portico.kernel "row" (%a = %x) : (tensor<4x5xf32>) -> (tensor<4xf32>, tensor<5xf32>) {
    %1 = portico.reduce sum %a {axes = array<i64: 1>} : (tensor<4x5xf32>) -> tensor<4xf32>
    // expected-error@+1 {{[to-linalg] the reductions of a row kernel differ; got axes [0] of shape [4, 5]; expected axes [1] of shape [4, 5]}}
    %2 = portico.reduce sum %a {axes = array<i64: 0>} : (tensor<4x5xf32>) -> tensor<5xf32>
    portico.yield %1, %2 : tensor<4xf32>, tensor<5xf32>
  }
  return %0#0, %0#1 : tensor<4xf32>, tensor<5xf32>
}
