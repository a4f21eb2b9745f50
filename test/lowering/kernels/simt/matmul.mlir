// RUN: portico-opt %s --split-input-file --portico-lower-kernels="subgroup-size=32" | filecheck %s

// Large: tiles of 128 x 128, 64 sums to a work-item, two halves of group memory and
// one barrier for each step of k.
// CHECK-LABEL: gpu.func @kernel0(
// CHECK-SAME: workgroup(%{{.*}} : memref<16896xi8, #gpu.address_space<workgroup>>)
// CHECK-SAME: known_block_size = array<i32: 256, 1, 1>
// CHECK-SAME: portico.grid = array<i64: 64, 1, 1>
// CHECK-COUNT-8: memref.load
// CHECK: scf.for
// CHECK-COUNT-8: memref.store {{.*}}#gpu.address_space<workgroup>>
// CHECK: gpu.barrier
// CHECK-COUNT-8: memref.load {{.*}}#gpu.address_space<global>>
// CHECK: scf.for
// CHECK-COUNT-64: math.fma
// CHECK-NOT: math.fma
func.func @large(%x: tensor<1024x512xf32>, %y: tensor<512x1024xf32>) -> tensor<1024x1024xf32> {
  %0 = portico.kernel "dot" (%a = %x, %b = %y) : (tensor<1024x512xf32>, tensor<512x1024xf32>) -> tensor<1024x1024xf32> {
    %1 = portico.dot_general %a, %b {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<1024x512xf32>, tensor<512x1024xf32>) -> tensor<1024x1024xf32>
    portico.yield %1 : tensor<1024x1024xf32>
  }
  return %0 : tensor<1024x1024xf32>
}

// -----

// Small: tiles of 16 x 16, so that there are groups enough. The summands past the
// edge of k are zeros; the bias is added where a result is written.
// CHECK-LABEL: gpu.func @kernel0(
// CHECK-SAME: portico.grid = array<i64: 8, 1, 1>
// CHECK: arith.select
// CHECK: scf.for
// CHECK-COUNT-1: math.fma
// CHECK-NOT: math.fma
// CHECK: scf.if
// CHECK: arith.addf
func.func @small(%x: tensor<20x30xf32>, %y: tensor<30x50xf32>, %bias: tensor<50xf32>) -> tensor<20x50xf32> {
  %0 = portico.kernel "dot" (%a = %x, %b = %y, %c = %bias) : (tensor<20x30xf32>, tensor<30x50xf32>, tensor<50xf32>) -> tensor<20x50xf32> {
    %1 = portico.dot_general %a, %b {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<20x30xf32>, tensor<30x50xf32>) -> tensor<20x50xf32>
    %2 = portico.broadcast %c {shape = array<i64: 20, 50>, dims = array<i64: 1>} : (tensor<50xf32>) -> tensor<20x50xf32>
    %3 = portico.add %1, %2 : (tensor<20x50xf32>, tensor<20x50xf32>) -> tensor<20x50xf32>
    portico.yield %3 : tensor<20x50xf32>
  }
  return %0 : tensor<20x50xf32>
}

// -----

// Rounding is a permission: a machine without the instructions computes as ever.
// CHECK-LABEL: gpu.func @kernel0(
// CHECK-NOT: simt.
// CHECK: math.fma
func.func @rounded(%x: tensor<64x64xf32>, %y: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %0 = portico.kernel "dot" (%a = %x, %b = %y) : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32> {
    %1 = portico.dot_general %a, %b {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>, allow_tf32} : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
    portico.yield %1 : tensor<64x64xf32>
  }
  return %0 : tensor<64x64xf32>
}
