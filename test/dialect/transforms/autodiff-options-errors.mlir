// RUN: not portico-opt %s --portico-autodiff="function=g" 2>&1 | filecheck %s --check-prefix=NAME
// RUN: not portico-opt %s --portico-autodiff="function=f wrt=3" 2>&1 | filecheck %s --check-prefix=RANGE
// RUN: not portico-opt %s --portico-autodiff="function=f cotangents=-1" 2>&1 | filecheck %s --check-prefix=RESULT
// RUN: not portico-opt %s --portico-autodiff="function=f wrt=1" 2>&1 | filecheck %s --check-prefix=INTEGER

// NAME: [autodiff] no such function; got @g
// RANGE: [autodiff] no such argument; got 3; expected 0 to 1
// RESULT: [autodiff] no such result; got -1; expected 0 to 0
// INTEGER: [autodiff] argument 1 has no gradient; got 'tensor<4xi64>'; expected a tensor of floating point
func.func @f(%x: tensor<4xf32>, %n: tensor<4xi64>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
