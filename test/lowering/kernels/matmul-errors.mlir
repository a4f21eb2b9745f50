// What legality keeps out of a dot kernel is refused with a reason, not miscompiled.
// RUN: portico-opt %s --portico-lower-kernels --verify-diagnostics --split-input-file

func.func @two(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  // expected-error@+1 {{expected exactly one dot_general}}
  %0 = portico.kernel "dot" (%a = %x) : (tensor<4x4xf32>) -> tensor<4x4xf32> {
    %1 = portico.dot_general %a, %a {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %2 = portico.dot_general %1, %a {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    portico.yield %2 : tensor<4x4xf32>
  }
  return %0 : tensor<4x4xf32>
}

// -----

func.func @reduced(%x: tensor<4x4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{an op after the product is not elementwise or data movement}}
  %0 = portico.kernel "dot" (%a = %x) : (tensor<4x4xf32>) -> tensor<4xf32> {
    %1 = portico.dot_general %a, %a {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %2 = portico.reduce sum %1 {axes = array<i64: 0>} : (tensor<4x4xf32>) -> tensor<4xf32>
    portico.yield %2 : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}
