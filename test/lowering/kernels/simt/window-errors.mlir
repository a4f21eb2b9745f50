// A window kernel is the window: nothing that stands beside it would be computed.
// RUN: portico-opt %s --portico-lower-kernels="subgroup-size=32" --split-input-file --verify-diagnostics
// RUN: portico-opt %s --portico-lower-kernels --split-input-file --verify-diagnostics

func.func @none(%x0: tensor<64x64xf32>) -> tensor<64x64xf32> {
  // expected-error@+1 {{[lower-kernels] a window kernel is not a window alone; got a kernel of portico.neg; expected one reduce_window or arg_reduce_window from its only input to its only result}}
  %0 = portico.kernel "window" (%a0 = %x0) : (tensor<64x64xf32>) -> tensor<64x64xf32> {
    %1 = portico.neg %a0 : (tensor<64x64xf32>) -> tensor<64x64xf32>
    portico.yield %1 : tensor<64x64xf32>
  }
  return %0 : tensor<64x64xf32>
}

// -----

func.func @before(%x0: tensor<64x64xf32>) -> tensor<64x32xf32> {
  // expected-error@+1 {{[lower-kernels] a window kernel is not a window alone; got a kernel of portico.neg, portico.reduce_window}}
  %0 = portico.kernel "window" (%a0 = %x0) : (tensor<64x64xf32>) -> tensor<64x32xf32> {
    %2 = portico.neg %a0 : (tensor<64x64xf32>) -> tensor<64x64xf32>
    %1 = portico.reduce_window max %2 {window = array<i64: 2>, strides = array<i64: 2>, dilations = array<i64: 1>, low = array<i64: 0>, high = array<i64: 0>} : (tensor<64x64xf32>) -> tensor<64x32xf32>
    portico.yield %1 : tensor<64x32xf32>
  }
  return %0 : tensor<64x32xf32>
}

// -----

func.func @after(%x0: tensor<64x64xf32>) -> tensor<64x32xf32> {
  // expected-error@+1 {{[lower-kernels] a window kernel is not a window alone; got a kernel of portico.reduce_window, portico.neg}}
  %0 = portico.kernel "window" (%a0 = %x0) : (tensor<64x64xf32>) -> tensor<64x32xf32> {
    %1 = portico.reduce_window max %a0 {window = array<i64: 2>, strides = array<i64: 2>, dilations = array<i64: 1>, low = array<i64: 0>, high = array<i64: 0>} : (tensor<64x64xf32>) -> tensor<64x32xf32>
    %2 = portico.neg %1 : (tensor<64x32xf32>) -> tensor<64x32xf32>
    portico.yield %2 : tensor<64x32xf32>
  }
  return %0 : tensor<64x32xf32>
}

// -----

func.func @truth(%x0: tensor<64x64xi1>) -> tensor<64x32xi1> {
  %0 = portico.kernel "window" (%a0 = %x0) : (tensor<64x64xi1>) -> tensor<64x32xi1> {
    // expected-error@+1 {{'portico.reduce_window' op operand #0 must be ranked tensor of}}
    %1 = portico.reduce_window max %a0 {window = array<i64: 2>, strides = array<i64: 2>, dilations = array<i64: 1>, low = array<i64: 0>, high = array<i64: 0>} : (tensor<64x64xi1>) -> tensor<64x32xi1>
    portico.yield %1 : tensor<64x32xi1>
  }
  return %0 : tensor<64x32xi1>
}
