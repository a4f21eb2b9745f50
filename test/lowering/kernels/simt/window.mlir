// RUN: portico-opt %s --portico-lower-kernels="subgroup-size=32" | filecheck %s
// RUN: portico-opt %s --portico-lower-kernels="subgroup-size=32 max-workgroup-size=100" | filecheck %s --check-prefix=ODD

// A work-item for a result, in groups that spread over the machine: whole subgroups, and no more
// work-items than a group may have.
// CHECK-LABEL: gpu.func @kernel0(
// CHECK-NOT: workgroup(
// CHECK-SAME: known_block_size = array<i32: 256, 1, 1>
// CHECK-SAME: portico.grid = array<i64: 196, 1, 1>
// CHECK: scf.if
// CHECK: scf.for
// CHECK: scf.for
// CHECK: arith.maximumf
// CHECK-NOT: gpu.barrier
// ODD: gpu.func @kernel0(
// ODD-SAME: known_block_size = array<i32: 64, 1, 1>
// ODD-SAME: portico.grid = array<i64: 784, 1, 1>
func.func @pool(%x: tensor<16x16x28x28xf32>) -> tensor<16x16x14x14xf32> {
  %0 = portico.kernel "window" (%a = %x) : (tensor<16x16x28x28xf32>) -> tensor<16x16x14x14xf32> {
    %1 = portico.reduce_window max %a {window = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>} : (tensor<16x16x28x28xf32>) -> tensor<16x16x14x14xf32>
    portico.yield %1 : tensor<16x16x14x14xf32>
  }
  return %0 : tensor<16x16x14x14xf32>
}
