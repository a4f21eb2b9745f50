// RUN: portico-opt %s --portico-autodiff="function=views wrt=1 residuals=true" | filecheck %s --check-prefix=RES
// RUN: portico-opt %s --portico-autodiff="function=two wrt=0 cotangents=1" | filecheck %s --check-prefix=TWO
// RUN: portico-opt %s --portico-autodiff="function=cheap residuals=true" | filecheck %s --check-prefix=CHEAP
// RUN: portico-opt %s --portico-autodiff | filecheck %s --check-prefix=NONE

// Nothing is asked for by an attribute, so by default nothing is done.

// NONE-NOT: .vjp

// Constants and views are made again, not passed: the residual is %x, as it is.

// RES-LABEL: func.func @views.vjp(
// RES-SAME:    [[X:%.+]]: tensor<2xf32>, [[DY:%.+]]: tensor<3x2xf32>) -> tensor<3x2xf32>
// RES-SAME:    portico.grad_of = array<i64: 1>
// RES-SAME:    portico.residuals = [0]
// RES:         portico.broadcast
func.func @views(%x: tensor<2xf32>, %y: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %c = portico.constant dense<2.0> : tensor<3x2xf32>
  %0 = portico.broadcast %x {shape = array<i64: 3, 2>, dims = array<i64: 1>} : (tensor<2xf32>) -> tensor<3x2xf32>
  %1 = portico.mul %0, %c : (tensor<3x2xf32>, tensor<3x2xf32>) -> tensor<3x2xf32>
  %2 = portico.mul %y, %0 : (tensor<3x2xf32>, tensor<3x2xf32>) -> tensor<3x2xf32>
  return %2 : tensor<3x2xf32>
}

// Only what is asked for: no gradient of %y, no cotangent of the first result.

// TWO-LABEL: func.func @two.vjp(
// TWO-SAME:    [[X:%.+]]: tensor<f32>, [[Y:%.+]]: tensor<f32>, [[DY:%.+]]: tensor<f32>) -> tensor<f32>
// TWO-NEXT:  [[DX:%.+]] = portico.mul [[DY]], [[Y]]
// TWO-NEXT:  return [[DX]]
func.func @two(%x: tensor<f32>, %y: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  %0 = portico.exp %x : (tensor<f32>) -> tensor<f32>
  %1 = portico.mul %x, %y : (tensor<f32>, tensor<f32>) -> tensor<f32>
  return %0, %1 : tensor<f32>, tensor<f32>
}

// %0 is read but not passed, as it is one product of two values that are; %1 is
// not cheap.

// CHEAP-LABEL: func.func @cheap.vjp(
// CHEAP-SAME:    portico.residuals = [0, 1, array<i64: 1, 0>]
func.func @cheap(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %0 = portico.mul %x, %y : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %1 = portico.exp %0 : (tensor<4xf32>) -> tensor<4xf32>
  %2 = portico.mul %0, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}
