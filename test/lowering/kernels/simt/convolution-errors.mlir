// An implicit product is of inputs of the kernel, and its tiles need their room.
// RUN: portico-opt %s --portico-lower-kernels="subgroup-size=32" --split-input-file --verify-diagnostics
// RUN: portico-opt %s --portico-lower-kernels --split-input-file --verify-diagnostics
// RUN: not portico-opt %s --portico-lower-kernels="subgroup-size=32 group-memory=4096" --split-input-file 2>&1 | filecheck %s --check-prefix=SMALL
// RUN: not portico-opt %s --portico-lower-kernels="subgroup-size=32 max-workgroup-size=128" --split-input-file 2>&1 | filecheck %s --check-prefix=ITEMS

func.func @none(%x0: tensor<64x64xf32>) -> tensor<64x64xf32> {
  // expected-error@+1 {{[lower-kernels] a conv kernel has no single main op; got a kernel of portico.neg; expected exactly one convolution}}
  %0 = portico.kernel "conv" (%a0 = %x0) : (tensor<64x64xf32>) -> tensor<64x64xf32> {
    %1 = portico.neg %a0 : (tensor<64x64xf32>) -> tensor<64x64xf32>
    portico.yield %1 : tensor<64x64xf32>
  }
  return %0 : tensor<64x64xf32>
}

// -----

func.func @two(%x0: tensor<2x8x20x20xf32>, %x1: tensor<16x8x3x3xf32>) -> tensor<2x16x20x20xf32> {
  // expected-error@+1 {{[lower-kernels] a conv kernel has no single main op; got a kernel of portico.convolution, portico.convolution; expected exactly one convolution}}
  %0 = portico.kernel "conv" (%a0 = %x0, %a1 = %x1) : (tensor<2x8x20x20xf32>, tensor<16x8x3x3xf32>) -> tensor<2x16x20x20xf32> {
    %1 = portico.convolution %a0, %a1 {strides = array<i64: 1, 1>, padding = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x8x20x20xf32>, tensor<16x8x3x3xf32>) -> tensor<2x16x20x20xf32>
    %2 = portico.convolution %a0, %a1 {strides = array<i64: 1, 1>, padding = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x8x20x20xf32>, tensor<16x8x3x3xf32>) -> tensor<2x16x20x20xf32>
    portico.yield %2 : tensor<2x16x20x20xf32>
  }
  return %0 : tensor<2x16x20x20xf32>
}

// -----

func.func @computed(%x0: tensor<2x8x20x20xf32>, %x1: tensor<16x8x3x3xf32>) -> tensor<2x16x20x20xf32> {
  // expected-error@+1 {{[lower-kernels] an operand of the convolution is computed inside; got a kernel of portico.neg, portico.convolution; expected a convolution of inputs of the kernel}}
  %0 = portico.kernel "conv" (%a0 = %x0, %a1 = %x1) : (tensor<2x8x20x20xf32>, tensor<16x8x3x3xf32>) -> tensor<2x16x20x20xf32> {
    %3 = portico.neg %a0 : (tensor<2x8x20x20xf32>) -> tensor<2x8x20x20xf32>
    %1 = portico.convolution %3, %a1 {strides = array<i64: 1, 1>, padding = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x8x20x20xf32>, tensor<16x8x3x3xf32>) -> tensor<2x16x20x20xf32>
    portico.yield %1 : tensor<2x16x20x20xf32>
  }
  return %0 : tensor<2x16x20x20xf32>
}

// -----

func.func @after(%x0: tensor<2x8x20x20xf32>, %x1: tensor<16x8x3x3xf32>) -> tensor<16x20x20xf32> {
  // expected-error@+1 {{[lower-kernels] an op after the main op cannot be computed with its results; got a kernel of portico.convolution, portico.reduce; expected elementwise ops and data movement}}
  %0 = portico.kernel "conv" (%a0 = %x0, %a1 = %x1) : (tensor<2x8x20x20xf32>, tensor<16x8x3x3xf32>) -> tensor<16x20x20xf32> {
    %1 = portico.convolution %a0, %a1 {strides = array<i64: 1, 1>, padding = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x8x20x20xf32>, tensor<16x8x3x3xf32>) -> tensor<2x16x20x20xf32>
    %2 = portico.reduce sum %1 {axes = array<i64: 0>} : (tensor<2x16x20x20xf32>) -> tensor<16x20x20xf32>
    portico.yield %2 : tensor<16x20x20xf32>
  }
  return %0 : tensor<16x20x20xf32>
}

// -----

func.func @integers(%x0: tensor<2x8x20x20xi32>, %x1: tensor<16x8x3x3xi32>) -> tensor<2x16x20x20xi32> {
  %0 = portico.kernel "conv" (%a0 = %x0, %a1 = %x1) : (tensor<2x8x20x20xi32>, tensor<16x8x3x3xi32>) -> tensor<2x16x20x20xi32> {
    // expected-error@+1 {{'portico.convolution' op operand #0 must be ranked tensor of}}
    %1 = portico.convolution %a0, %a1 {strides = array<i64: 1, 1>, padding = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x8x20x20xi32>, tensor<16x8x3x3xi32>) -> tensor<2x16x20x20xi32>
    portico.yield %1 : tensor<2x16x20x20xi32>
  }
  return %0 : tensor<2x16x20x20xi32>
}

// -----

// SMALL: error: [lower-kernels] a work-group shares more than the machine has; got 5120 bytes; expected at most 4096
// ITEMS: error: [lower-kernels] a work-group is too large for the machine; got 256 work-items; expected at most 128
func.func @forward(%x0: tensor<2x8x20x20xf32>, %x1: tensor<16x8x3x3xf32>) -> tensor<2x16x20x20xf32> {
  %0 = portico.kernel "conv" (%a0 = %x0, %a1 = %x1) : (tensor<2x8x20x20xf32>, tensor<16x8x3x3xf32>) -> tensor<2x16x20x20xf32> {
    %1 = portico.convolution %a0, %a1 {strides = array<i64: 1, 1>, padding = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<2x8x20x20xf32>, tensor<16x8x3x3xf32>) -> tensor<2x16x20x20xf32>
    portico.yield %1 : tensor<2x16x20x20xf32>
  }
  return %0 : tensor<2x16x20x20xf32>
}
