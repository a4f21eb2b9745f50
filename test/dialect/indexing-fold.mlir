// Folds and canonical forms of the indexing ops; `_stays` marks what must not fold.
// RUN: portico-opt %s --canonicalize | filecheck %s

// Starts are clamped into x.
// CHECK-LABEL: func.func @dynamic_slice_constant(
// CHECK-NEXT: %0 = portico.slice %arg0 {limits = array<i64: 2, 5>, starts = array<i64: 0, 3>, strides = array<i64: 1, 1>} : (tensor<4x5xf32>) -> tensor<2x2xf32>
// CHECK-NEXT: return %0 : tensor<2x2xf32>
func.func @dynamic_slice_constant(%a: tensor<4x5xf32>) -> tensor<2x2xf32> {
  %c = portico.constant dense<-3> : tensor<i64>
  %d = portico.constant dense<9> : tensor<i64>
  %r = portico.dynamic_slice %a, %c, %d {sizes = array<i64: 2, 2>} : (tensor<4x5xf32>, tensor<i64>, tensor<i64>) -> tensor<2x2xf32>
  return %r : tensor<2x2xf32>
}

// CHECK-LABEL: func.func @dynamic_slice_stays(
// CHECK-NEXT: %0 = portico.dynamic_slice %arg0, %arg1 {sizes = array<i64: 2>} : (tensor<4xf32>, tensor<i64>) -> tensor<2xf32>
// CHECK-NEXT: return %0 : tensor<2xf32>
func.func @dynamic_slice_stays(%a: tensor<4xf32>, %b: tensor<i64>) -> tensor<2xf32> {
  %r = portico.dynamic_slice %a, %b {sizes = array<i64: 2>} : (tensor<4xf32>, tensor<i64>) -> tensor<2xf32>
  return %r : tensor<2xf32>
}

// CHECK-LABEL: func.func @dynamic_update_slice_constant(
// CHECK-NEXT: %0 = portico.update_slice %arg0, %arg1 {starts = array<i64: 2>, strides = array<i64: 1>} : (tensor<4xf32>, tensor<2xf32>) -> tensor<4xf32>
// CHECK-NEXT: return %0 : tensor<4xf32>
func.func @dynamic_update_slice_constant(%a: tensor<4xf32>, %b: tensor<2xf32>) -> tensor<4xf32> {
  %c = portico.constant dense<9> : tensor<i64>
  %r = portico.dynamic_update_slice %a, %b, %c : (tensor<4xf32>, tensor<2xf32>, tensor<i64>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}
