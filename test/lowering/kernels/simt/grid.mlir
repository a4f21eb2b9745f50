// RUN: portico-opt %s --split-input-file --portico-lower-kernels="subgroup-size=32" | filecheck %s

// More groups than drivers count in a grid: each does several.
// CHECK-LABEL: gpu.func @kernel0(
// CHECK-SAME: portico.grid = array<i64: 16777215, 1, 1>
// CHECK-DAG: %[[ALL:.*]] = arith.constant 39062500 : index
// CHECK-DAG: %[[GRID:.*]] = arith.constant 16777215 : index
// CHECK-DAG: %[[FIRST:.*]] = gpu.block_id x
// CHECK: scf.for %[[GROUP:.*]] = %[[FIRST]] to %[[ALL]] step %[[GRID]] {
// CHECK: arith.muli %[[GROUP]]
// CHECK-NOT: gpu.block_id
// CHECK-NOT: gpu.barrier
func.func @points(%x: tensor<100000x100000xi8>, %y: tensor<100000xi8>) -> tensor<100000x100000xi8> {
  %0 = portico.kernel "loop" (%a = %x, %b = %y) : (tensor<100000x100000xi8>, tensor<100000xi8>) -> tensor<100000x100000xi8> {
    %1 = portico.broadcast %b {shape = array<i64: 100000, 100000>, dims = array<i64: 1>} : (tensor<100000xi8>) -> tensor<100000x100000xi8>
    %2 = portico.add %a, %1 : (tensor<100000x100000xi8>, tensor<100000x100000xi8>) -> tensor<100000x100000xi8>
    portico.yield %2 : tensor<100000x100000xi8>
  }
  return %0 : tensor<100000x100000xi8>
}

// -----

// What a group has in its memory, the next one waits for.
// CHECK-LABEL: gpu.func @kernel0(
// CHECK-SAME: portico.grid = array<i64: 16777215, 1, 1>
// CHECK-COUNT-4: gpu.barrier
// CHECK-NEXT: }
// CHECK-NEXT: gpu.return
func.func @products(%x: tensor<20000000x16x16xf32>, %y: tensor<20000000x16x16xf32>) -> tensor<20000000x16x16xf32> {
  %0 = portico.kernel "dot" (%a = %x, %b = %y) : (tensor<20000000x16x16xf32>, tensor<20000000x16x16xf32>) -> tensor<20000000x16x16xf32> {
    %1 = portico.dot_general %a, %b {lhs_batch = array<i64: 0>, rhs_batch = array<i64: 0>, lhs_contract = array<i64: 2>, rhs_contract = array<i64: 1>} : (tensor<20000000x16x16xf32>, tensor<20000000x16x16xf32>) -> tensor<20000000x16x16xf32>
    portico.yield %1 : tensor<20000000x16x16xf32>
  }
  return %0 : tensor<20000000x16x16xf32>
}

// -----

// The positions of a long row take 64 bits.
// CHECK-LABEL: gpu.func @kernel0(
// CHECK: arith.index_cast {{.*}} : index to i64
// CHECK: memref.store {{.*}} : memref<6000000000xi64, #gpu.address_space<global>>
// CHECK-LABEL: gpu.func @kernel0_1(
func.func @sort(%x: tensor<3000000000xi8>) -> tensor<3000000000xi64> {
  %0 = portico.kernel "sort" (%a = %x) : (tensor<3000000000xi8>) -> tensor<3000000000xi64> {
    %1:2 = portico.sort %a {axis = 0 : i64, descending = false} : (tensor<3000000000xi8>) -> (tensor<3000000000xi8>, tensor<3000000000xi64>)
    portico.yield %1#1 : tensor<3000000000xi64>
  }
  return %0 : tensor<3000000000xi64>
}
