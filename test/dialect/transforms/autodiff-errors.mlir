// RUN: portico-opt %s --portico-autodiff --split-input-file --verify-diagnostics

func.func @kernel(%x: tensor<4xf32>) -> tensor<4xf32> attributes {portico.differentiate} {
  // expected-error @+1 {{[kernel] no gradient rule; got a result that the gradient depends on; expected a differentiable op}}
  %0 = portico.kernel "loop" (%a = %x) : (tensor<4xf32>) -> tensor<4xf32> {
    %1 = portico.exp %a : (tensor<4xf32>) -> tensor<4xf32>
    portico.yield %1 : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// -----

// expected-error @+1 {{[autodiff] cannot differentiate @external; expected a function of one block that ends in return}}
func.func private @external(tensor<4xf32>) -> tensor<4xf32> attributes {portico.differentiate}

// -----

func.func private @external(tensor<4xf32>) -> tensor<4xf32>
func.func @calls(%x: tensor<4xf32>) -> tensor<4xf32> attributes {portico.differentiate} {
  // expected-error @+1 {{[call] no gradient rule; got callee @external without a body}}
  %0 = portico.call @external(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func @recursive(%x: tensor<4xf32>) -> tensor<4xf32> attributes {portico.differentiate} {
  // expected-error @+1 {{[call] no gradient of a recursive function; got @recursive}}
  %0 = portico.call @recursive(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// What no gradient flows through need not be differentiable.

func.func private @external(tensor<4xf32>) -> tensor<4xf32>
func.func @unused(%x: tensor<4xf32>) -> tensor<4xf32> attributes {portico.differentiate} {
  %0 = portico.call @external(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %1 = portico.sin %x : (tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}
