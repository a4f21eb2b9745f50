// What the contractions reject; a function is named after the constraint that its op breaks.
// RUN: portico-opt %s --split-input-file --verify-diagnostics

func.func @dot_general_c1(%a: tensor<2x3xf32>, %b: tensor<3x4xf64>) {
  // expected-error@+2 {{[dot_general] lhs and rhs differ in dtype; got float32 and float64; expected the same dtype (dot_general_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.dot_general %a, %b {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<2x3xf32>, tensor<3x4xf64>) -> tensor<2x4xf32>
  return
}

// -----

func.func @dot_general_c2(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>) {
  // expected-error@+2 {{[dot_general] rhs_batch has the wrong length; got []; expected 1 entry, as many as lhs_batch has (dot_general_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.dot_general %a, %b {lhs_batch = array<i64: 0>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @dot_general_c2_contract(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>) {
  // expected-error@+2 {{[dot_general] rhs_contract has the wrong length; got []; expected 1 entry, as many as lhs_contract has (dot_general_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.dot_general %a, %b {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64>} : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @dot_general_c3(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>) {
  // expected-error@+2 {{[dot_general] lhs_batch and lhs_contract must name dimensions, each at most once; got [2]; expected distinct dimensions of a tensor of rank 2 (dot_general_c3)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.dot_general %a, %b {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 2>, rhs_contract = array<i64: 0>} : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @dot_general_c3_twice(%a: tensor<3x3xf32>, %b: tensor<3x4xf32>) {
  // expected-error@+2 {{[dot_general] lhs_batch and lhs_contract must name dimensions, each at most once; got [0, 0]; expected distinct dimensions of a tensor of rank 2 (dot_general_c3)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.dot_general %a, %b {lhs_batch = array<i64: 0>, rhs_batch = array<i64: 0>, lhs_contract = array<i64: 0>, rhs_contract = array<i64: 1>} : (tensor<3x3xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
  return
}

// -----

func.func @dot_general_c4(%a: tensor<7x2x3xf32>, %b: tensor<6x3x4xf32>) {
  // expected-error@+2 {{[dot_general] batch dimensions differ in size; got 7 and 6, dimensions 0 of [7, 2, 3] and 0 of [6, 3, 4]; expected the same size (dot_general_c4)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.dot_general %a, %b {lhs_batch = array<i64: 0>, rhs_batch = array<i64: 0>, lhs_contract = array<i64: 2>, rhs_contract = array<i64: 1>} : (tensor<7x2x3xf32>, tensor<6x3x4xf32>) -> tensor<7x2x4xf32>
  return
}

// -----

func.func @dot_general_c5(%a: tensor<2x3xf32>, %b: tensor<4x4xf32>) {
  // expected-error@+2 {{[dot_general] contract dimensions differ in size; got 3 and 4, dimensions 1 of [2, 3] and 0 of [4, 4]; expected the same size (dot_general_c5)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.dot_general %a, %b {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>} : (tensor<2x3xf32>, tensor<4x4xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @convolution_c1(%a: tensor<1x4x8xf32>, %b: tensor<6x4x3xf64>) {
  // expected-error@+2 {{[convolution] x and w differ in dtype; got float32 and float64; expected the same dtype (convolution_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.convolution %a, %b {strides = array<i64: 1>, padding = array<i64: 0>, dilations = array<i64: 1>, groups = 1 : i64} : (tensor<1x4x8xf32>, tensor<6x4x3xf64>) -> tensor<1x6x6xf32>
  return
}

// -----

func.func @convolution_c2(%a: tensor<1x4xf32>, %b: tensor<6x4xf32>) {
  // expected-error@+2 {{[convolution] x and w have the wrong rank; got [1, 4] and [6, 4]; expected the same rank, at least 3 (convolution_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.convolution %a, %b {strides = array<i64>, padding = array<i64>, dilations = array<i64>, groups = 1 : i64} : (tensor<1x4xf32>, tensor<6x4xf32>) -> tensor<1x6xf32>
  return
}

// -----

func.func @convolution_c2_length(%a: tensor<1x4x8xf32>, %b: tensor<6x4x3xf32>) {
  // expected-error@+2 {{[convolution] strides has the wrong length; got [1, 1]; expected 1 entry, one for each spatial dimension (convolution_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.convolution %a, %b {strides = array<i64: 1, 1>, padding = array<i64: 0>, dilations = array<i64: 1>, groups = 1 : i64} : (tensor<1x4x8xf32>, tensor<6x4x3xf32>) -> tensor<1x6x6xf32>
  return
}

// -----

func.func @convolution_c3(%a: tensor<1x4x8xf32>, %b: tensor<6x4x3xf32>) {
  // expected-error@+2 {{[convolution] padding has an entry that is too small; got [-1]; expected entries >= 0 (convolution_c3)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.convolution %a, %b {strides = array<i64: 1>, padding = array<i64: -1>, dilations = array<i64: 1>, groups = 1 : i64} : (tensor<1x4x8xf32>, tensor<6x4x3xf32>) -> tensor<1x6x4xf32>
  return
}

// -----

func.func @convolution_c4(%a: tensor<1x4x8xf32>, %b: tensor<6x4x3xf32>) {
  // expected-error@+2 {{[convolution] channels and groups do not agree; got groups 2 for x [1, 4, 8] and w [6, 4, 3]; expected groups >= 1 that divides 4 and 6, and w with channels / groups in dimension 1 (convolution_c4)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.convolution %a, %b {strides = array<i64: 1>, padding = array<i64: 0>, dilations = array<i64: 1>, groups = 2 : i64} : (tensor<1x4x8xf32>, tensor<6x4x3xf32>) -> tensor<1x6x6xf32>
  return
}

// -----

func.func @convolution_c4_zero(%a: tensor<1x4x8xf32>, %b: tensor<6x4x3xf32>) {
  // expected-error@+2 {{[convolution] channels and groups do not agree; got groups 0 for x [1, 4, 8] and w [6, 4, 3]; expected groups >= 1 that divides 4 and 6, and w with channels / groups in dimension 1 (convolution_c4)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.convolution %a, %b {strides = array<i64: 1>, padding = array<i64: 0>, dilations = array<i64: 1>, groups = 0 : i64} : (tensor<1x4x8xf32>, tensor<6x4x3xf32>) -> tensor<1x6x6xf32>
  return
}

// -----

func.func @convolution_c5(%a: tensor<1x4x8xf32>, %b: tensor<6x4x5xf32>) {
  // expected-error@+2 {{[convolution] the kernel does not fit into spatial dimension 0; got kernel [5] with dilations [2] for input [8] with padding [0]; expected a kernel of at least 1 and no larger than the padded input (convolution_c5)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.convolution %a, %b {strides = array<i64: 1>, padding = array<i64: 0>, dilations = array<i64: 2>, groups = 1 : i64} : (tensor<1x4x8xf32>, tensor<6x4x5xf32>) -> tensor<1x6x1xf32>
  return
}

// -----

func.func @convolution_c5_empty(%a: tensor<1x4x8xf32>, %b: tensor<6x4x0xf32>) {
  // expected-error@+2 {{[convolution] the kernel does not fit into spatial dimension 0; got kernel [0] with dilations [1] for input [8] with padding [0]; expected a kernel of at least 1 and no larger than the padded input (convolution_c5)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.convolution %a, %b {strides = array<i64: 1>, padding = array<i64: 0>, dilations = array<i64: 1>, groups = 1 : i64} : (tensor<1x4x8xf32>, tensor<6x4x0xf32>) -> tensor<1x6x9xf32>
  return
}

// -----

func.func @convolution_input_grad_c1(%a: tensor<1x6x6xf32>, %b: tensor<6x4x3xf16>) {
  // expected-error@+2 {{[convolution_input_grad] dy and w differ in dtype; got float32 and float16; expected the same dtype (convolution_input_grad_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.convolution_input_grad %a, %b {input_size = array<i64: 8>, strides = array<i64: 1>, padding = array<i64: 0>, dilations = array<i64: 1>, groups = 1 : i64} : (tensor<1x6x6xf32>, tensor<6x4x3xf16>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @convolution_input_grad_c2(%a: tensor<1x6x6xf32>, %b: tensor<6x4x3xf32>) {
  // expected-error@+2 {{[convolution_input_grad] input_size has the wrong length; got [8, 8]; expected 1 entry, one for each spatial dimension (convolution_input_grad_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.convolution_input_grad %a, %b {input_size = array<i64: 8, 8>, strides = array<i64: 1>, padding = array<i64: 0>, dilations = array<i64: 1>, groups = 1 : i64} : (tensor<1x6x6xf32>, tensor<6x4x3xf32>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @convolution_input_grad_c3(%a: tensor<1x6x6xf32>, %b: tensor<6x4x3xf32>) {
  // expected-error@+2 {{[convolution_input_grad] dilations has an entry that is too small; got [0]; expected entries >= 1 (convolution_input_grad_c3)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.convolution_input_grad %a, %b {input_size = array<i64: 8>, strides = array<i64: 1>, padding = array<i64: 0>, dilations = array<i64: 0>, groups = 1 : i64} : (tensor<1x6x6xf32>, tensor<6x4x3xf32>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @convolution_input_grad_c4(%a: tensor<1x5x6xf32>, %b: tensor<6x4x3xf32>) {
  // expected-error@+2 {{[convolution_input_grad] channels and groups do not agree; got groups 1 for dy [1, 5, 6] and w [6, 4, 3]; expected groups >= 1 that divides 6, and dy with 6 channels (convolution_input_grad_c4)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.convolution_input_grad %a, %b {input_size = array<i64: 8>, strides = array<i64: 1>, padding = array<i64: 0>, dilations = array<i64: 1>, groups = 1 : i64} : (tensor<1x5x6xf32>, tensor<6x4x3xf32>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @convolution_input_grad_c5(%a: tensor<1x6x6xf32>, %b: tensor<6x4x3xf32>) {
  // expected-error@+2 {{[convolution_input_grad] dy has the wrong spatial shape; got [6]; expected [7] (convolution_input_grad_c5)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.convolution_input_grad %a, %b {input_size = array<i64: 9>, strides = array<i64: 1>, padding = array<i64: 0>, dilations = array<i64: 1>, groups = 1 : i64} : (tensor<1x6x6xf32>, tensor<6x4x3xf32>) -> tensor<1x4x9xf32>
  return
}

// -----

func.func @convolution_filter_grad_c1(%a: tensor<1x4x8xf32>, %b: tensor<1x6x6xbf16>) {
  // expected-error@+2 {{[convolution_filter_grad] x and dy differ in dtype; got float32 and bfloat16; expected the same dtype (convolution_filter_grad_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.convolution_filter_grad %a, %b {filter_size = array<i64: 3>, strides = array<i64: 1>, padding = array<i64: 0>, dilations = array<i64: 1>, groups = 1 : i64} : (tensor<1x4x8xf32>, tensor<1x6x6xbf16>) -> tensor<6x4x3xf32>
  return
}

// -----

func.func @convolution_filter_grad_c2(%a: tensor<1x4x8xf32>, %b: tensor<1x6x6x6xf32>) {
  // expected-error@+2 {{[convolution_filter_grad] x and dy have the wrong rank; got [1, 4, 8] and [1, 6, 6, 6]; expected the same rank, at least 3 (convolution_filter_grad_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.convolution_filter_grad %a, %b {filter_size = array<i64: 3>, strides = array<i64: 1>, padding = array<i64: 0>, dilations = array<i64: 1>, groups = 1 : i64} : (tensor<1x4x8xf32>, tensor<1x6x6x6xf32>) -> tensor<6x4x3xf32>
  return
}

// -----

func.func @convolution_filter_grad_c3(%a: tensor<1x4x8xf32>, %b: tensor<1x6x6xf32>) {
  // expected-error@+2 {{[convolution_filter_grad] filter_size has an entry that is too small; got [0]; expected entries >= 1 (convolution_filter_grad_c3)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.convolution_filter_grad %a, %b {filter_size = array<i64: 0>, strides = array<i64: 1>, padding = array<i64: 0>, dilations = array<i64: 1>, groups = 1 : i64} : (tensor<1x4x8xf32>, tensor<1x6x6xf32>) -> tensor<6x4x0xf32>
  return
}

// -----

func.func @convolution_filter_grad_c4(%a: tensor<1x4x8xf32>, %b: tensor<2x6x6xf32>) {
  // expected-error@+2 {{[convolution_filter_grad] batch, channels and groups do not agree; got groups 1 for x [1, 4, 8] and dy [2, 6, 6]; expected groups >= 1 that divides 4 and 6, and one batch size (convolution_filter_grad_c4)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.convolution_filter_grad %a, %b {filter_size = array<i64: 3>, strides = array<i64: 1>, padding = array<i64: 0>, dilations = array<i64: 1>, groups = 1 : i64} : (tensor<1x4x8xf32>, tensor<2x6x6xf32>) -> tensor<6x4x3xf32>
  return
}

// -----

func.func @convolution_filter_grad_c5(%a: tensor<1x4x8xf32>, %b: tensor<1x6x6xf32>) {
  // expected-error@+2 {{[convolution_filter_grad] dy has the wrong spatial shape; got [6]; expected [5] (convolution_filter_grad_c5)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.convolution_filter_grad %a, %b {filter_size = array<i64: 4>, strides = array<i64: 1>, padding = array<i64: 0>, dilations = array<i64: 1>, groups = 1 : i64} : (tensor<1x4x8xf32>, tensor<1x6x6xf32>) -> tensor<6x4x4xf32>
  return
}
