// A kernel that has nothing to do has no code; its output is empty.

// RUN: portico-run %s | filecheck %s
// CHECK: output 0: tensor<2x0xf32> =
// CHECK-NEXT: output 1: tensor<2x2xf32> = -1 -2 -4 -5
// CHECK-NEXT: output 2: tensor<0x300xf32> =
// CHECK-NEXT: output 3: tensor<300x0xf32> =
// CHECK-NEXT: output 4: tensor<300x0xf32> =
// CHECK-NEXT: output 5: tensor<0x300xf32> =
// CHECK-NEXT: output 6: tensor<0xf32> =
// CHECK-NEXT: output 7: tensor<0x3xf32> =
// CHECK-NEXT: output 8: tensor<2x2xf32> = 0 0 0 0
// CHECK-NEXT: output 9: tensor<2x3xf32> = 0 1 2 3 4 5

func.func @main(%x: tensor<2x3xf32>, %wide: tensor<0x300xf32>, %high: tensor<300x0xf32>,
                %rows: tensor<0x100000xf32>, %flat: tensor<2x0xf32>)
    -> (tensor<2x0xf32>, tensor<2x2xf32>, tensor<0x300xf32>, tensor<300x0xf32>, tensor<300x0xf32>,
        tensor<0x300xf32>, tensor<0xf32>, tensor<0x3xf32>, tensor<2x2xf32>, tensor<2x3xf32>) {
  %0 = portico.neg %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = portico.slice %0 {starts = array<i64: 0, 3>, limits = array<i64: 2, 3>, strides = array<i64: 1, 1>} : (tensor<2x3xf32>) -> tensor<2x0xf32>
  %2 = portico.slice %0 {starts = array<i64: 0, 1>, limits = array<i64: 2, 3>, strides = array<i64: 1, 1>} : (tensor<2x3xf32>) -> tensor<2x2xf32>
  %3 = portico.scan sum %wide {axis = 1 : i64, reverse = false} : (tensor<0x300xf32>) -> tensor<0x300xf32>
  %4 = portico.scan sum %high {axis = 0 : i64, reverse = false} : (tensor<300x0xf32>) -> tensor<300x0xf32>
  %5, %p5 = portico.sort %high {axis = 0 : i64, descending = false} : (tensor<300x0xf32>) -> (tensor<300x0xf32>, tensor<300x0xi64>)
  %6, %p6 = portico.sort %wide {axis = 1 : i64, descending = false} : (tensor<0x300xf32>) -> (tensor<0x300xf32>, tensor<0x300xi64>)
  %7 = portico.reduce sum %rows {axes = array<i64: 1>} : (tensor<0x100000xf32>) -> tensor<0xf32>
  %8 = portico.slice %wide {starts = array<i64: 0, 0>, limits = array<i64: 0, 3>, strides = array<i64: 1, 1>} : (tensor<0x300xf32>) -> tensor<0x3xf32>
  %9 = portico.permute %flat {permutation = array<i64: 1, 0>} : (tensor<2x0xf32>) -> tensor<0x2xf32>
  %10 = portico.dot_general %flat, %9 {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<2x0xf32>, tensor<0x2xf32>) -> tensor<2x2xf32>
  %11 = portico.concat %flat, %x {axis = 1 : i64} : (tensor<2x0xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return %1, %2, %3, %4, %5, %6, %7, %8, %10, %11 : tensor<2x0xf32>, tensor<2x2xf32>, tensor<0x300xf32>, tensor<300x0xf32>, tensor<300x0xf32>, tensor<0x300xf32>, tensor<0xf32>, tensor<0x3xf32>, tensor<2x2xf32>, tensor<2x3xf32>
}
