// RUN: portico-opt --portico-fuse --split-input-file %s | filecheck %s
// RUN: portico-opt --portico-fuse='policy=none' --split-input-file %s | filecheck %s --check-prefix=NONE

// All of softmax works on one row at a time.

// CHECK-LABEL: @softmax
// CHECK: portico.kernel "row"
// CHECK: portico.reduce max
// CHECK: portico.reduce sum
// CHECK: portico.div
// CHECK-NOT: portico.kernel
// NONE-LABEL: @softmax
// NONE-COUNT-7: portico.kernel
func.func @softmax(%x: tensor<64x128xf32>) -> tensor<64x128xf32> {
  %m = portico.reduce max %x {axes = array<i64: 1>} : (tensor<64x128xf32>) -> tensor<64xf32>
  %mb = portico.broadcast %m {shape = array<i64: 64, 128>, dims = array<i64: 0>} : (tensor<64xf32>) -> tensor<64x128xf32>
  %d = portico.sub %x, %mb : (tensor<64x128xf32>, tensor<64x128xf32>) -> tensor<64x128xf32>
  %e = portico.exp %d : (tensor<64x128xf32>) -> tensor<64x128xf32>
  %s = portico.reduce sum %e {axes = array<i64: 1>} : (tensor<64x128xf32>) -> tensor<64xf32>
  %sb = portico.broadcast %s {shape = array<i64: 64, 128>, dims = array<i64: 0>} : (tensor<64xf32>) -> tensor<64x128xf32>
  %r = portico.div %e, %sb : (tensor<64x128xf32>, tensor<64x128xf32>) -> tensor<64x128xf32>
  return %r : tensor<64x128xf32>
}

// -----

// A linear layer: bias and activation are the epilogue of the product. The splat
// constant lives in the kernel.

// CHECK-LABEL: @linear
// CHECK: portico.kernel "dot" (%{{.*}} = %arg0, %{{.*}} = %arg1, %{{.*}} = %arg2)
// CHECK: portico.constant
// CHECK: portico.dot_general
// CHECK: portico.max
// CHECK-NOT: portico.kernel
func.func @linear(%x: tensor<32x784xf32>, %w: tensor<784x10xf32>, %b: tensor<10xf32>) -> tensor<32x10xf32> {
  %z = portico.constant dense<0.0> : tensor<32x10xf32>
  %y = portico.dot_general %x, %w {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<32x784xf32>, tensor<784x10xf32>) -> tensor<32x10xf32>
  %bb = portico.broadcast %b {shape = array<i64: 32, 10>, dims = array<i64: 1>} : (tensor<10xf32>) -> tensor<32x10xf32>
  %a = portico.add %y, %bb : (tensor<32x10xf32>, tensor<32x10xf32>) -> tensor<32x10xf32>
  %r = portico.max %a, %z : (tensor<32x10xf32>, tensor<32x10xf32>) -> tensor<32x10xf32>
  return %r : tensor<32x10xf32>
}

// -----

// A producer with two readers joins one of them; its value is a second result.

// CHECK-LABEL: @two_results
// CHECK: portico.kernel "loop" {{.*}} -> (tensor<8x8xf32>, tensor<8x8xf32>)
// CHECK: portico.kernel "dot"
func.func @two_results(%x: tensor<8x8xf32>) -> (tensor<8x8xf32>, tensor<8x8xf32>) {
  %0 = portico.exp %x : (tensor<8x8xf32>) -> tensor<8x8xf32>
  %1 = portico.neg %0 : (tensor<8x8xf32>) -> tensor<8x8xf32>
  %2 = portico.dot_general %0, %x {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
  return %1, %2 : tensor<8x8xf32>, tensor<8x8xf32>
}

// -----

// %0 and %3 may not meet: the sort between them would wait for itself.

// CHECK-LABEL: @no_cycle
// CHECK: portico.kernel "loop"
// CHECK: portico.kernel "sort"
// CHECK: portico.kernel "loop"
func.func @no_cycle(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = portico.exp %x : (tensor<8xf32>) -> tensor<8xf32>
  %1, %2 = portico.sort %0 {axis = 0 : i64, descending = false} : (tensor<8xf32>) -> (tensor<8xf32>, tensor<8xi64>)
  %3 = portico.add %0, %1 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return %3 : tensor<8xf32>
}

// -----

// Rows of different axes stay apart; a kept value that comes back along another
// dimension is another row's.

// CHECK-LABEL: @other_rows
// CHECK-COUNT-3: portico.kernel
func.func @other_rows(%x: tensor<8x8xf32>) -> (tensor<8xf32>, tensor<8x8xf32>) {
  %0 = portico.reduce sum %x {axes = array<i64: 0>} : (tensor<8x8xf32>) -> tensor<8xf32>
  %1 = portico.reduce sum %x {axes = array<i64: 1>} : (tensor<8x8xf32>) -> tensor<8xf32>
  %2 = portico.broadcast %1 {shape = array<i64: 8, 8>, dims = array<i64: 1>} : (tensor<8xf32>) -> tensor<8x8xf32>
  %3 = portico.sub %x, %2 : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
  return %0, %3 : tensor<8xf32>, tensor<8x8xf32>
}

// -----

// A reshape between kernels is another name for the buffer.

// CHECK-LABEL: @alias
// CHECK: portico.kernel "loop"
// CHECK: }
// CHECK: portico.reshape
// CHECK: portico.kernel "dot"
func.func @alias(%x: tensor<4x2x2xf32>, %w: tensor<4x3xf32>) -> tensor<4x3xf32> {
  %0 = portico.exp %x : (tensor<4x2x2xf32>) -> tensor<4x2x2xf32>
  %1 = portico.reshape %0 {shape = array<i64: 4, 4>} : (tensor<4x2x2xf32>) -> tensor<4x4xf32>
  %2 = portico.dot_general %1, %w {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<4x4xf32>, tensor<4x3xf32>) -> tensor<4x3xf32>
  return %2 : tensor<4x3xf32>
}

// -----

// Reductions that read the same large value share the pass over it.

// CHECK-LABEL: @siblings
// CHECK: portico.kernel "row" {{.*}} -> (tensor<64xf32>, tensor<64xf32>)
// CHECK-NOT: portico.kernel
func.func @siblings(%x: tensor<64x128xf32>) -> (tensor<64xf32>, tensor<64xf32>) {
  %0 = portico.mul %x, %x : (tensor<64x128xf32>, tensor<64x128xf32>) -> tensor<64x128xf32>
  %1 = portico.reduce sum %x {axes = array<i64: 1>} : (tensor<64x128xf32>) -> tensor<64xf32>
  %2 = portico.reduce sum %0 {axes = array<i64: 1>} : (tensor<64x128xf32>) -> tensor<64xf32>
  return %1, %2 : tensor<64xf32>, tensor<64xf32>
}

// -----

// A constant that a contraction or an opaque op reads is memory, not an immediate.

// CHECK-LABEL: @constant_operand
// CHECK: %[[ZERO:.*]] = portico.constant
// CHECK: portico.kernel "scatter" (%{{.*}} = %[[ZERO]]
func.func @constant_operand(%i: tensor<2xi64>, %u: tensor<2x3xf32>) -> tensor<4x3xf32> {
  %0 = portico.constant dense<0.0> : tensor<4x3xf32>
  %1 = portico.scatter add %0, %i, %u {axis = 0 : i64, batch_dims = 0 : i64} : (tensor<4x3xf32>, tensor<2xi64>, tensor<2x3xf32>) -> tensor<4x3xf32>
  return %1 : tensor<4x3xf32>
}

// -----

// Sorting writes values and indices, whichever of them is read.

// CHECK-LABEL: @half_of_sort
// CHECK: portico.kernel "sort" {{.*}} -> (tensor<8xf32>, tensor<8xi64>)
func.func @half_of_sort(%x: tensor<8xf32>) -> tensor<8xi64> {
  %values, %indices = portico.sort %x {axis = 0 : i64, descending = false} : (tensor<8xf32>) -> (tensor<8xf32>, tensor<8xi64>)
  return %indices : tensor<8xi64>
}

// -----

// Random numbers are made in the epilogue of a product, as dropout wants them.

// CHECK-LABEL: @random_beside_product
// CHECK: portico.kernel "dot"
// CHECK: portico.random_bits
// CHECK: portico.xor
// CHECK-NOT: portico.kernel
func.func @random_beside_product(%x: tensor<4x8xi32>, %y: tensor<8x4xi32>, %s: tensor<i64>, %o: tensor<i64>) -> tensor<4x4xi32> {
  %0 = portico.dot_general %x, %y {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<4x8xi32>, tensor<8x4xi32>) -> tensor<4x4xi32>
  %1 = portico.random_bits %s, %o {shape = array<i64: 4, 4>} : (tensor<i64>, tensor<i64>) -> tensor<4x4xi32>
  %2 = portico.xor %0, %1 : (tensor<4x4xi32>, tensor<4x4xi32>) -> tensor<4x4xi32>
  return %2 : tensor<4x4xi32>
}
