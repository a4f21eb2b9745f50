// What legality keeps out of a dot kernel is refused with a reason, not miscompiled.
// RUN: portico-opt %s --portico-lower-kernels --verify-diagnostics --split-input-file

func.func @two(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  // expected-error@+1 {{[lower-kernels] a dot kernel has no single main op; got a kernel of portico.dot_general, portico.dot_general; expected exactly one dot_general}}
  %0 = portico.kernel "dot" (%a = %x) : (tensor<4x4xf32>) -> tensor<4x4xf32> {
    %1 = portico.dot_general %a, %a {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %2 = portico.dot_general %1, %a {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    portico.yield %2 : tensor<4x4xf32>
  }
  return %0 : tensor<4x4xf32>
}

// -----

func.func @reduced(%x: tensor<4x4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{[lower-kernels] an op after the main op cannot be computed with its results; got a kernel of portico.dot_general, portico.reduce; expected elementwise ops and data movement}}
  %0 = portico.kernel "dot" (%a = %x) : (tensor<4x4xf32>) -> tensor<4xf32> {
    %1 = portico.dot_general %a, %a {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %2 = portico.reduce sum %1 {axes = array<i64: 0>} : (tensor<4x4xf32>) -> tensor<4xf32>
    portico.yield %2 : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}
