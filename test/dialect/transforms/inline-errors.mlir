// RUN: portico-opt %s --portico-inline --split-input-file --verify-diagnostics

func.func @ping(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = portico.call @pong(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func @pong(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{[call] cannot be inlined; got recursion into @ping; expected calls without recursion}}
  %0 = portico.call @ping(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func private @external(tensor<4xf32>) -> tensor<4xf32>
func.func @calls(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{[call] cannot be inlined; got callee @external; expected a function of one block in this module}}
  %0 = portico.call @external(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
