// RUN: portico-opt %s --portico-autodiff --split-input-file | filecheck %s
// RUN: portico-opt %s --portico-autodiff="residuals=true" --split-input-file | filecheck %s --check-prefix=RES

// The forward values that the reverse part does not read are gone from it.

// CHECK-LABEL: func.func @chain.vjp(
// CHECK-SAME:    [[X:%.+]]: tensor<4xf32>, [[DY:%.+]]: tensor<4xf32>) -> tensor<4xf32>
// CHECK-NEXT:  [[S:%.+]] = portico.sin [[X]]
// CHECK-NEXT:  [[E:%.+]] = portico.exp [[S]]
// CHECK-NEXT:  [[DS:%.+]] = portico.mul [[DY]], [[E]]
// CHECK-NEXT:  [[C:%.+]] = portico.cos [[X]]
// CHECK-NEXT:  [[DX:%.+]] = portico.mul [[DS]], [[C]]
// CHECK-NEXT:  return [[DX]]

// RES-LABEL: func.func @chain.fwd(
// RES-SAME:    [[X:%.+]]: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
// RES:         [[E:%.+]] = portico.exp
// RES-NEXT:    return [[E]], [[X]], [[E]]
// RES-LABEL: func.func @chain.vjp(
// RES-SAME:    [[X:%.+]]: tensor<4xf32>, [[E:%.+]]: tensor<4xf32>, [[DY:%.+]]: tensor<4xf32>) -> tensor<4xf32>
// RES-SAME:    portico.grad_of = array<i64: 0>
// RES-SAME:    portico.residuals = [0, array<i64: 1, 0>]
// RES-NEXT:  [[DS:%.+]] = portico.mul [[DY]], [[E]]
// RES-NEXT:  [[C:%.+]] = portico.cos [[X]]
// RES-NEXT:  [[DX:%.+]] = portico.mul [[DS]], [[C]]
// RES-NEXT:  return [[DX]]
func.func @chain(%x: tensor<4xf32>) -> tensor<4xf32> attributes {portico.differentiate} {
  %0 = portico.sin %x : (tensor<4xf32>) -> tensor<4xf32>
  %1 = portico.exp %0 : (tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

// A value that several ops read gets the sum of what arrives; a value returned
// twice starts from the sum of its cotangents.

// CHECK-LABEL: func.func @fan_out.vjp(
// CHECK-SAME:    [[X:%.+]]: tensor<4xf32>, [[A:%.+]]: tensor<4xf32>, [[B:%.+]]: tensor<4xf32>)
// CHECK-NEXT:  [[SUM:%.+]] = portico.add [[A]], [[B]]
// CHECK-NEXT:  [[L:%.+]] = portico.mul [[SUM]], [[X]]
// CHECK-NEXT:  [[R:%.+]] = portico.mul [[SUM]], [[X]]
// CHECK-NEXT:  [[DX:%.+]] = portico.add [[L]], [[R]]
// CHECK-NEXT:  return [[DX]]
func.func @fan_out(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
    attributes {portico.differentiate} {
  %0 = portico.mul %x, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %0, %0 : tensor<4xf32>, tensor<4xf32>
}

// -----

// Integers and ops without a derivative stop the flow: the gradient is zero,
// and with residuals it is not listed.

// CHECK-LABEL: func.func @stopped.vjp(
// CHECK-SAME:    tensor<2xf32>, [[N:%.+]]: tensor<2xi64>, [[DY:%.+]]: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>)
// CHECK-NEXT:  [[ZERO:%.+]] = portico.constant dense<0.000000e+00> : tensor<2xf32>
// CHECK-NEXT:  return [[ZERO]], [[DY]]

// RES-LABEL: func.func @stopped.vjp(
// RES-SAME:    [[DY:%.+]]: tensor<2xf32>) -> tensor<2xf32>
// RES-SAME:    portico.grad_of = array<i64: 1>
// RES-SAME:    portico.residuals = []
// RES-NEXT:  return [[DY]]
func.func @stopped(%x: tensor<2xf32>, %y: tensor<2xf32>, %n: tensor<2xi64>) -> tensor<2xf32>
    attributes {portico.differentiate} {
  %0 = portico.floor %x : (tensor<2xf32>) -> tensor<2xf32>
  %1 = portico.cast %n {dtype = f32} : (tensor<2xi64>) -> tensor<2xf32>
  %2 = portico.add %0, %1 : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %3 = portico.add %2, %y : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %3 : tensor<2xf32>
}

// -----

// A call is differentiated by a call.

// CHECK:       func.func @calls.vjp(
// CHECK-SAME:    [[X:%.+]]: tensor<4xf32>, [[DY:%.+]]: tensor<4xf32>)
// CHECK-NEXT:  [[DX:%.+]] = portico.call @inner.vjp([[X]], [[DY]])
// CHECK-NEXT:  return [[DX]]
// CHECK:       func.func private @inner.vjp(
// CHECK:       portico.cos
func.func @calls(%x: tensor<4xf32>) -> tensor<4xf32> attributes {portico.differentiate} {
  %0 = portico.call @inner(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func private @inner(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = portico.sin %x : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
