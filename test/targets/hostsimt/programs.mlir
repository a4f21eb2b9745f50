// All flavours give what the host gives.
// REQUIRES: hostsimt
// RUN: portico-run --device=hostsimt:nvvm %s | filecheck %s
// RUN: portico-run --device=hostsimt:rocdl %s | filecheck %s
// RUN: portico-run --device=hostsimt:rocdl32 %s | filecheck %s
// RUN: portico-run --device=hostsimt:1 --num-threads=3 %s | filecheck %s

func.func @main(%x: tensor<4x6xf32>, %y: tensor<6x4xf32>, %i: tensor<3xi64>)
    -> (tensor<4xf32>, tensor<4x4xf32>, tensor<3x6xf32>, tensor<4x6xf32>) {
  %0 = portico.reduce sum %x {axes = array<i64: 1>} : (tensor<4x6xf32>) -> tensor<4xf32>
  %1 = portico.dot_general %x, %y {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<4x6xf32>, tensor<6x4xf32>) -> tensor<4x4xf32>
  %2 = portico.gather %x, %i {axis = 0 : i64, batch_dims = 0 : i64} : (tensor<4x6xf32>, tensor<3xi64>) -> tensor<3x6xf32>
  %3 = portico.scan sum %x {axis = 1 : i64, reverse = false} : (tensor<4x6xf32>) -> tensor<4x6xf32>
  return %0, %1, %2, %3 : tensor<4xf32>, tensor<4x4xf32>, tensor<3x6xf32>, tensor<4x6xf32>
}

// CHECK: output 0: tensor<4xf32> = 15 51 87 123
// CHECK: output 1: tensor<4x4xf32> = 220 235 250 265 580 631 682 733 940 1027 1114 1201 1300 1423 1546 1669
// CHECK: output 2: tensor<3x6xf32> = 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17
// CHECK: output 3: tensor<4x6xf32> = 0 1 3 6 10 15 6 13 21 30 40 51 12 25 39 54 70 87 18 37 57 78 100 123
