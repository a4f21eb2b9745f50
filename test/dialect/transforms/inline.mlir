// RUN: portico-opt %s --portico-inline --mlir-print-debuginfo | filecheck %s

// Calls within callees, two calls of one callee, results in another order. What
// is private and not called any more goes; what the outside can name stays.

// CHECK-LABEL: func.func @main(
// CHECK-SAME:    [[X:%[^ ]+]]: tensor<4xf32>
// CHECK-NEXT:  [[A:%.+]] = portico.sin [[X]] {{.*}} loc([[SITE:#.+]])
// CHECK-NEXT:  [[B:%.+]] = portico.exp [[A]]
// CHECK-NEXT:  [[C:%.+]] = portico.sin [[B]]
// CHECK-NEXT:  [[D:%.+]] = portico.exp [[C]]
// CHECK-NEXT:  return [[C]], [[D]]
// CHECK-NOT:   @two
// CHECK:       func.func @one
// CHECK-NOT:   @two
// CHECK:       [[SITE]] = loc(callsite({{.*}} at {{.*}}))
func.func @main(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0:2 = portico.call @two(%x) : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  %1:2 = portico.call @two(%0#0) : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return %1#1, %1#0 : tensor<4xf32>, tensor<4xf32>
}
func.func private @two(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = portico.call @one(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %1 = portico.exp %0 : (tensor<4xf32>) -> tensor<4xf32>
  return %1, %0 : tensor<4xf32>, tensor<4xf32>
}
func.func @one(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = portico.sin %x : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
