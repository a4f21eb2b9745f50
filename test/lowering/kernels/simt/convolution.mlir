// RUN: portico-opt %s --split-input-file --portico-lower-kernels="subgroup-size=32" | filecheck %s

// An implicit product: the element that a tap meets is found by index arithmetic,
// and is zero in the padding.
// CHECK-LABEL: gpu.func @kernel0(
// CHECK-SAME: workgroup(
// CHECK: scf.for
// CHECK: gpu.barrier
// CHECK: arith.select
// CHECK: memref.load {{.*}}#gpu.address_space<global>>
// CHECK: arith.select
// CHECK: math.fma
func.func @forward(%x: tensor<2x8x20x20xf32>, %w: tensor<16x8x3x3xf32>) -> tensor<2x16x20x20xf32> {
  %0 = portico.kernel "conv" (%a = %x, %b = %w) : (tensor<2x8x20x20xf32>, tensor<16x8x3x3xf32>) -> tensor<2x16x20x20xf32> {
    %1 = portico.convolution %a, %b {strides = array<i64: 1, 1>, padding = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x8x20x20xf32>, tensor<16x8x3x3xf32>) -> tensor<2x16x20x20xf32>
    portico.yield %1 : tensor<2x16x20x20xf32>
  }
  return %0 : tensor<2x16x20x20xf32>
}

// -----

// Few weights and many positions: groups share a tile, and a second phase adds up
// what they leave, in order.
// CHECK-LABEL: gpu.func @kernel0(
// CHECK: math.fma
// CHECK-LABEL: gpu.func @kernel0_1(
// CHECK-NOT: workgroup(
// CHECK: scf.for
// CHECK: arith.addf
// CHECK-NOT: atomic
func.func @filter(%x: tensor<32x4x28x28xf32>, %y: tensor<32x4x28x28xf32>) -> tensor<4x4x3x3xf32> {
  %0 = portico.kernel "conv" (%a = %x, %b = %y) : (tensor<32x4x28x28xf32>, tensor<32x4x28x28xf32>) -> tensor<4x4x3x3xf32> {
    %1 = portico.convolution_filter_grad %a, %b {filter_size = array<i64: 3, 3>, strides = array<i64: 1, 1>, padding = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<32x4x28x28xf32>, tensor<32x4x28x28xf32>) -> tensor<4x4x3x3xf32>
    portico.yield %1 : tensor<4x4x3x3xf32>
  }
  return %0 : tensor<4x4x3x3xf32>
}
