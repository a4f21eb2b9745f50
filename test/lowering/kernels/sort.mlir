// Short rows by insertion, long ones by radix; keys are ordered as unsigned integers.
// RUN: portico-opt %s --portico-lower-kernels | filecheck %s

// Key and position share a word.
// CHECK-LABEL: func.func @kernel0(
// CHECK-SAME:  memref<256xi8>
// CHECK-SAME:  portico.extent = 4
// CHECK:       arith.xori
// CHECK:       arith.shli
// CHECK:       arith.ori
// CHECK:       scf.while
// CHECK:       arith.cmpi ugt
// CHECK-NOT:   arith.shrui

// Digits are counted while the words are made; four passes of eight bits.
// CHECK-LABEL: func.func @kernel1(
// CHECK-NOT:   scf.while
// CHECK-COUNT-4: arith.shrui
// CHECK:       scf.if

// 64-bit keys leave no room: positions in an array of their own.
// CHECK-LABEL: func.func @kernel2(
// CHECK:       memref.view {{.*}} to memref<2000xi64>
// CHECK:       memref.view {{.*}} to memref<2000xi32>
func.func @main(%x: tensor<4x32xf32>, %long: tensor<1000xf32>, %wide: tensor<1000xf64>) {
  %0:2 = portico.kernel "sort" (%p = %x) : (tensor<4x32xf32>) -> (tensor<4x32xf32>, tensor<4x32xi64>) {
    %r:2 = portico.sort %p {axis = 1 : i64, descending = false} : (tensor<4x32xf32>) -> (tensor<4x32xf32>, tensor<4x32xi64>)
    portico.yield %r#0, %r#1 : tensor<4x32xf32>, tensor<4x32xi64>
  }
  %1:2 = portico.kernel "sort" (%p = %long) : (tensor<1000xf32>) -> (tensor<1000xf32>, tensor<1000xi64>) {
    %r:2 = portico.sort %p {axis = 0 : i64, descending = true} : (tensor<1000xf32>) -> (tensor<1000xf32>, tensor<1000xi64>)
    portico.yield %r#0, %r#1 : tensor<1000xf32>, tensor<1000xi64>
  }
  %2:2 = portico.kernel "sort" (%p = %wide) : (tensor<1000xf64>) -> (tensor<1000xf64>, tensor<1000xi64>) {
    %r:2 = portico.sort %p {axis = 0 : i64, descending = false} : (tensor<1000xf64>) -> (tensor<1000xf64>, tensor<1000xi64>)
    portico.yield %r#0, %r#1 : tensor<1000xf64>, tensor<1000xi64>
  }
  return
}
