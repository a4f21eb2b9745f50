// Values that live at the same time do not share memory, those that do not, do: one
// place for %0, which is read until %4, and one for everything else in between.

// RUN: portico-run --policy=none --describe %s | filecheck %s
// CHECK: arena 256,
// CHECK: output 0: tensor<8x4xf32> = -0 -4096 -32768 -110592 -8 -5832 -39304 -125000

func.func @main(%a: tensor<4x8xf32>) -> tensor<8x4xf32> {
  %0 = portico.add %a, %a : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
  %1 = portico.permute %0 {permutation = array<i64: 1, 0>} : (tensor<4x8xf32>) -> tensor<8x4xf32>
  %2 = portico.mul %1, %1 : (tensor<8x4xf32>, tensor<8x4xf32>) -> tensor<8x4xf32>
  %3 = portico.permute %2 {permutation = array<i64: 1, 0>} : (tensor<8x4xf32>) -> tensor<4x8xf32>
  %4 = portico.mul %3, %0 : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
  %5 = portico.permute %4 {permutation = array<i64: 1, 0>} : (tensor<4x8xf32>) -> tensor<8x4xf32>
  %6 = portico.neg %5 : (tensor<8x4xf32>) -> tensor<8x4xf32>
  return %6 : tensor<8x4xf32>
}
