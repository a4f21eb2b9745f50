// A convolution is a product over a grid of images with zeros around them.
// RUN: portico-opt %s --portico-lower-kernels="vector-bits=512 vector-registers=32" | filecheck %s

// The weights are packed once; an item fills its grid (both images are small enough to
// share one), finds where each tap meets the grid, and runs the tile on it. Ends of rows
// are dropped when results are written.
// CHECK-LABEL: func.func @kernel0(
// CHECK:       memref.view %arg4
// CHECK-LABEL: func.func @kernel0_1(
// CHECK-SAME:  portico.extent = 1
// CHECK:       [[OFFSETS:%.+]] = memref.view %arg3{{.*}} to memref<54xi64>
// CHECK:       memref.store {{.*}}, [[OFFSETS]]
// CHECK:       memref.load [[OFFSETS]]
// CHECK:       math.fma

// The gradient in x of a strided convolution: a product for every residue of the
// position, put together afterwards.
// CHECK-LABEL: func.func @kernel1(
// CHECK-LABEL: func.func @kernel1_1(
// CHECK:       math.fma

// The gradient in w: sums per chunk of images, added in order by the last phase.
// CHECK-LABEL: func.func @kernel2(
// CHECK:       math.fma
// CHECK-LABEL: func.func @kernel2_1(
// CHECK-NOT:   math.fma
// CHECK:       vector.shuffle

// One tap that meets everything: a plain matrix product, nothing copied.
// CHECK-LABEL: func.func @kernel3(
// CHECK-SAME:  memref<0xi8>, %arg4: memref<0xi8>
// CHECK:       vector.load %arg0[
// CHECK:       math.fma
func.func @main(%x: tensor<2x6x12x12xf32>, %w: tensor<16x6x3x3xf32>, %dy: tensor<2x16x6x6xf32>, %y: tensor<2x16x12x12xf32>, %one: tensor<16x6x1x1xf32>) {
  %0 = portico.kernel "conv" (%p = %x, %q = %w) : (tensor<2x6x12x12xf32>, tensor<16x6x3x3xf32>) -> tensor<2x16x12x12xf32> {
    %r = portico.convolution %p, %q {strides = array<i64: 1, 1>, padding = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x6x12x12xf32>, tensor<16x6x3x3xf32>) -> tensor<2x16x12x12xf32>
    portico.yield %r : tensor<2x16x12x12xf32>
  }
  %1 = portico.kernel "conv" (%p = %dy, %q = %w) : (tensor<2x16x6x6xf32>, tensor<16x6x3x3xf32>) -> tensor<2x6x12x12xf32> {
    %r = portico.convolution_input_grad %p, %q {input_size = array<i64: 12, 12>, strides = array<i64: 2, 2>, padding = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x16x6x6xf32>, tensor<16x6x3x3xf32>) -> tensor<2x6x12x12xf32>
    portico.yield %r : tensor<2x6x12x12xf32>
  }
  %2 = portico.kernel "conv" (%p = %x, %q = %y) : (tensor<2x6x12x12xf32>, tensor<2x16x12x12xf32>) -> tensor<16x6x3x3xf32> {
    %r = portico.convolution_filter_grad %p, %q {filter_size = array<i64: 3, 3>, strides = array<i64: 1, 1>, padding = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x6x12x12xf32>, tensor<2x16x12x12xf32>) -> tensor<16x6x3x3xf32>
    portico.yield %r : tensor<16x6x3x3xf32>
  }
  %3 = portico.kernel "conv" (%p = %x, %q = %one) : (tensor<2x6x12x12xf32>, tensor<16x6x1x1xf32>) -> tensor<2x16x12x12xf32> {
    %r = portico.convolution %p, %q {strides = array<i64: 1, 1>, padding = array<i64: 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x6x12x12xf32>, tensor<16x6x1x1xf32>) -> tensor<2x16x12x12xf32>
    portico.yield %r : tensor<2x16x12x12xf32>
  }
  return
}
