// RUN: portico-opt %s --split-input-file --portico-lower-kernels="subgroup-size=32 vector-bits=128" | filecheck %s

// Operands that lie alike: a work-item does as many neighbours as make a wide
// load, and the last ones one by one. The code does not depend on the size.
// CHECK-LABEL: gpu.func @kernel0(
// CHECK-SAME: memref<1099511627776xf32, #gpu.address_space<global>>
// CHECK-SAME: %[[EXTENT:.*]]: i64, %{{.*}}: memref<4xi64, #gpu.address_space<global>>) kernel
// CHECK-SAME: known_block_size = array<i32: 256, 1, 1>
// CHECK-SAME: portico.grid = array<i64: 1, 1, 1>
// CHECK: arith.cmpi ule
// CHECK: vector.load
// CHECK: arith.negf {{.*}} : vector<4xf32>
// CHECK: else
// CHECK: scf.for
// CHECK: memref.load
// CHECK: arith.negf {{.*}} : f32
func.func @flat(%x: tensor<1000xf32>) -> tensor<1000xf32> {
  %0 = portico.kernel "loop" (%a = %x) : (tensor<1000xf32>) -> tensor<1000xf32> {
    %1 = portico.neg %a : (tensor<1000xf32>) -> tensor<1000xf32>
    portico.yield %1 : tensor<1000xf32>
  }
  return %0 : tensor<1000xf32>
}

// -----

// Anything else: a work-item for a point, which divides for its indices.
// CHECK-LABEL: gpu.func @kernel0(
// CHECK-SAME: portico.grid = array<i64: 2, 1, 1>
// CHECK: %[[COLUMN:.*]] = arith.remui
// CHECK: %[[ROW:.*]] = arith.divui
// CHECK: memref.load
// CHECK: memref.load %{{.*}}[%[[COLUMN]]]
func.func @rows(%x: tensor<30x10xf32>, %bias: tensor<10xf32>) -> tensor<30x10xf32> {
  %0 = portico.kernel "loop" (%a = %x, %b = %bias) : (tensor<30x10xf32>, tensor<10xf32>) -> tensor<30x10xf32> {
    %1 = portico.broadcast %b {shape = array<i64: 30, 10>, dims = array<i64: 1>} : (tensor<10xf32>) -> tensor<30x10xf32>
    %2 = portico.add %a, %1 : (tensor<30x10xf32>, tensor<30x10xf32>) -> tensor<30x10xf32>
    portico.yield %2 : tensor<30x10xf32>
  }
  return %0 : tensor<30x10xf32>
}
