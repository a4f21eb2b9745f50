// The simplifier itself refuses nothing: a program that verifies has a simplest form, if its
// own. What it would not understand is refused before it starts, by the verifier of the op.
// RUN: portico-opt %s --portico-simplify --split-input-file --verify-diagnostics

func.func @shapes(%a: tensor<4xf32>, %b: tensor<5xf32>) -> tensor<4xf32> {
  // expected-error@+2 {{[add] lhs and rhs differ in shape; got [4] and [5]; expected the same shape (add_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.add %a, %b : (tensor<4xf32>, tensor<5xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// -----

// A permutation that is none would send a rewrite of moves astray.
func.func @moves(%a: tensor<4x5xf32>) -> tensor<4x5xf32> {
  // expected-error@+2 {{[permute] permutation must name dimensions, each at most once; got [0, 0]}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.permute %a {permutation = array<i64: 0, 0>} : (tensor<4x5xf32>) -> tensor<4x5xf32>
  return %r : tensor<4x5xf32>
}

// -----

// Rewrites trust the types of results.
func.func @types(%a: tensor<4xf32>) -> tensor<5xf32> {
  // expected-error@+2 {{inferred type(s) 'tensor<4xf32>' are incompatible with return type(s) of operation 'tensor<5xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.neg %a : (tensor<4xf32>) -> tensor<5xf32>
  return %r : tensor<5xf32>
}
