// Folds and canonical forms of the reduction ops; `_stays` marks what must not fold.
// RUN: portico-opt %s --canonicalize | filecheck %s

// CHECK-LABEL: func.func @reduce_over_nothing(
// CHECK-NEXT: return %arg0 : tensor<2x3xf32>
func.func @reduce_over_nothing(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %r = portico.reduce sum %a {axes = array<i64>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @reduce_over_units(
// CHECK-NEXT: %0 = portico.reshape %arg0 {shape = array<i64: 2, 3>} : (tensor<2x1x3xf32>) -> tensor<2x3xf32>
// CHECK-NEXT: return %0 : tensor<2x3xf32>
func.func @reduce_over_units(%a: tensor<2x1x3xf32>) -> tensor<2x3xf32> {
  %r = portico.reduce prod %a {axes = array<i64: 1>} : (tensor<2x1x3xf32>) -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @reduce_over_some_units(
// CHECK-NEXT: %0 = portico.reduce max %arg0 {axes = array<i64: 0>} : (tensor<2x1x3xf32>) -> tensor<1x3xf32>
// CHECK-NEXT: %1 = portico.reshape %0 {shape = array<i64: 3>} : (tensor<1x3xf32>) -> tensor<3xf32>
// CHECK-NEXT: return %1 : tensor<3xf32>
func.func @reduce_over_some_units(%a: tensor<2x1x3xf32>) -> tensor<3xf32> {
  %r = portico.reduce max %a {axes = array<i64: 1, 0>} : (tensor<2x1x3xf32>) -> tensor<3xf32>
  return %r : tensor<3xf32>
}

// CHECK-LABEL: func.func @reduce_max_of_splat(
// CHECK-NEXT: %0 = portico.constant dense<2.500000e+00> : tensor<2xf32>
// CHECK-NEXT: return %0 : tensor<2xf32>
func.func @reduce_max_of_splat() -> tensor<2xf32> {
  %c = portico.constant dense<2.5> : tensor<2x3xf32>
  %r = portico.reduce max %c {axes = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<2xf32>
  return %r : tensor<2xf32>
}

// CHECK-LABEL: func.func @reduce_sum_of_integers(
// CHECK-NEXT: %0 = portico.constant dense<44> : tensor<2xi8>
// CHECK-NEXT: return %0 : tensor<2xi8>
func.func @reduce_sum_of_integers() -> tensor<2xi8> {
  %c = portico.constant dense<100> : tensor<2x3xi8>
  %r = portico.reduce sum %c {axes = array<i64: 1>} : (tensor<2x3xi8>) -> tensor<2xi8>
  return %r : tensor<2xi8>
}

// CHECK-LABEL: func.func @reduce_sum_of_zeros(
// CHECK-NEXT: %0 = portico.constant dense<0.000000e+00> : tensor<2xf32>
// CHECK-NEXT: return %0 : tensor<2xf32>
func.func @reduce_sum_of_zeros() -> tensor<2xf32> {
  %c = portico.constant dense<0.0> : tensor<2x3xf32>
  %r = portico.reduce sum %c {axes = array<i64: 1>} : (tensor<2x3xf32>) -> tensor<2xf32>
  return %r : tensor<2xf32>
}

// 0.1 ten times is not 1.0.
// CHECK-LABEL: func.func @reduce_sum_of_floats_stays(
// CHECK-NEXT: %0 = portico.constant dense<1.000000e-01> : tensor<10xf32>
// CHECK-NEXT: %1 = portico.reduce sum %0 {axes = array<i64: 0>} : (tensor<10xf32>) -> tensor<f32>
// CHECK-NEXT: return %1 : tensor<f32>
func.func @reduce_sum_of_floats_stays() -> tensor<f32> {
  %c = portico.constant dense<0.1> : tensor<10xf32>
  %r = portico.reduce sum %c {axes = array<i64: 0>} : (tensor<10xf32>) -> tensor<f32>
  return %r : tensor<f32>
}

// CHECK-LABEL: func.func @reduce_prod_of_ones(
// CHECK-NEXT: %0 = portico.constant dense<1.000000e+00> : tensor<f32>
// CHECK-NEXT: return %0 : tensor<f32>
func.func @reduce_prod_of_ones() -> tensor<f32> {
  %c = portico.constant dense<1.0> : tensor<2x3xf32>
  %r = portico.reduce prod %c {axes = array<i64: 0, 1>} : (tensor<2x3xf32>) -> tensor<f32>
  return %r : tensor<f32>
}

// CHECK-LABEL: func.func @reduce_any(
// CHECK-NEXT: %0 = portico.constant dense<true> : tensor<i1>
// CHECK-NEXT: return %0 : tensor<i1>
func.func @reduce_any() -> tensor<i1> {
  %c = portico.constant dense<true> : tensor<2x3xi1>
  %r = portico.reduce max %c {axes = array<i64: 0, 1>} : (tensor<2x3xi1>) -> tensor<i1>
  return %r : tensor<i1>
}
