// A kernel that has nothing to do has no code; its output is empty.

// RUN: portico-run %s | filecheck %s
// CHECK: output 0: tensor<2x0xf32> =
// CHECK-NEXT: output 1: tensor<2x2xf32> = -1 -2 -4 -5

func.func @main(%x: tensor<2x3xf32>) -> (tensor<2x0xf32>, tensor<2x2xf32>) {
  %0 = portico.neg %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = portico.slice %0 {starts = array<i64: 0, 3>, limits = array<i64: 2, 3>, strides = array<i64: 1, 1>} : (tensor<2x3xf32>) -> tensor<2x0xf32>
  %2 = portico.slice %0 {starts = array<i64: 0, 1>, limits = array<i64: 2, 3>, strides = array<i64: 1, 1>} : (tensor<2x3xf32>) -> tensor<2x2xf32>
  return %1, %2 : tensor<2x0xf32>, tensor<2x2xf32>
}
