// RUN: portico-opt %s --split-input-file --portico-lower-kernels="subgroup-size=32" | filecheck %s
// RUN: portico-opt %s --split-input-file --portico-lower-kernels="subgroup-size=32 group-memory=2000" | filecheck %s --check-prefix=SMALL

// A group for each row: exchanges in the subgroup, then group memory between the
// eight subgroups, and everybody goes on with the same value.
// CHECK-LABEL: gpu.func @kernel0(
// CHECK-SAME: workgroup(%{{.*}} : memref<64xi8, #gpu.address_space<workgroup>>)
// CHECK-SAME: known_block_size = array<i32: 256, 1, 1>
// CHECK-SAME: portico.grid = array<i64: 64, 1, 1>
// CHECK: %[[PART:.*]] = scf.for
// CHECK: arith.maximumf
// CHECK-COUNT-5: gpu.shuffle xor
// CHECK-NOT: gpu.shuffle
// CHECK: memref.store %{{.*}} : memref<8xf32, #gpu.address_space<workgroup>>
// CHECK: gpu.barrier
// CHECK: %[[MAX:.*]] = scf.for
// CHECK: memref.load %{{.*}} : memref<8xf32, #gpu.address_space<workgroup>>
// CHECK: gpu.barrier
// CHECK: scf.for
// CHECK: arith.subf %{{.*}}, %[[MAX]] : f32
func.func @along(%x: tensor<64x1000xf32>) -> tensor<64x1000xf32> {
  %0 = portico.kernel "row" (%a = %x) : (tensor<64x1000xf32>) -> tensor<64x1000xf32> {
    %m = portico.reduce max %a {axes = array<i64: 1>} : (tensor<64x1000xf32>) -> tensor<64xf32>
    %b = portico.broadcast %m {shape = array<i64: 64, 1000>, dims = array<i64: 0>} : (tensor<64xf32>) -> tensor<64x1000xf32>
    %d = portico.sub %a, %b : (tensor<64x1000xf32>, tensor<64x1000xf32>) -> tensor<64x1000xf32>
    portico.yield %d : tensor<64x1000xf32>
  }
  return %0 : tensor<64x1000xf32>
}

// -----

// Short rows: several in a subgroup, nothing through memory.
// CHECK-LABEL: gpu.func @kernel0(
// CHECK-NOT: workgroup(
// CHECK-SAME: portico.grid = array<i64: 16, 1, 1>
// CHECK-COUNT-2: gpu.shuffle xor
// CHECK-NOT: gpu.shuffle
// CHECK-NOT: gpu.barrier
func.func @short(%x: tensor<1000x16xf32>) -> tensor<1000xf32> {
  %0 = portico.kernel "row" (%a = %x) : (tensor<1000x16xf32>) -> tensor<1000xf32> {
    %m = portico.reduce sum %a {axes = array<i64: 1>} : (tensor<1000x16xf32>) -> tensor<1000xf32>
    portico.yield %m : tensor<1000xf32>
  }
  return %0 : tensor<1000xf32>
}

// -----

// One long row: a phase of groups that leave partial sums, and one that adds them
// up in their order. No atomics.
// CHECK-LABEL: gpu.func @kernel0(
// CHECK-SAME: portico.grid = array<i64: 64, 1, 1>
// CHECK-LABEL: gpu.func @kernel0_1(
// CHECK-SAME: portico.grid = array<i64: 1, 1, 1>
// CHECK: scf.for
// CHECK: arith.addf
// CHECK-NOT: atomic
func.func @split(%x: tensor<1048576xf32>) -> tensor<f32> {
  %0 = portico.kernel "row" (%a = %x) : (tensor<1048576xf32>) -> tensor<f32> {
    %m = portico.reduce sum %a {axes = array<i64: 0>} : (tensor<1048576xf32>) -> tensor<f32>
    portico.yield %m : tensor<f32>
  }
  return %0 : tensor<f32>
}

// -----

// Along the first axis neighbouring work-items are neighbouring columns.
// They share a column through group memory, where that holds a value of each.
// CHECK-LABEL: gpu.func @kernel0(
// CHECK-SAME: workgroup(%{{.*}} : memref<2048xi8, #gpu.address_space<workgroup>>)
// CHECK-NOT: gpu.shuffle
// CHECK: scf.for
// CHECK: arith.addf
// SMALL-LABEL: gpu.func @kernel0_1(
// SMALL-LABEL: gpu.func @kernel0(
// SMALL-NOT: gpu.barrier
// SMALL: gpu.return
func.func @across(%x: tensor<100x4096xf32>) -> tensor<4096xf32> {
  %0 = portico.kernel "row" (%a = %x) : (tensor<100x4096xf32>) -> tensor<4096xf32> {
    %m = portico.reduce sum %a {axes = array<i64: 0>} : (tensor<100x4096xf32>) -> tensor<4096xf32>
    portico.yield %m : tensor<4096xf32>
  }
  return %0 : tensor<4096xf32>
}
