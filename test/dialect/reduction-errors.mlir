// What the reductions reject; a function is named after the constraint that its op breaks.
// RUN: portico-opt %s --split-input-file --verify-diagnostics

func.func @reduce_c1(%a: tensor<4x5xf32>) {
  // expected-error@+2 {{[reduce] axes must name dimensions, each at most once; got [2]; expected distinct dimensions of a tensor of rank 2 (reduce_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.reduce sum %a {axes = array<i64: 2>} : (tensor<4x5xf32>) -> tensor<4x5xf32>
  return
}

// -----

func.func @reduce_c1_twice(%a: tensor<4x5xf32>) {
  // expected-error@+2 {{[reduce] axes must name dimensions, each at most once; got [0, 0]; expected distinct dimensions of a tensor of rank 2 (reduce_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.reduce sum %a {axes = array<i64: 0, 0>} : (tensor<4x5xf32>) -> tensor<5xf32>
  return
}

// -----

func.func @reduce_c2(%a: tensor<4xi1>) {
  // expected-error@+2 {{[reduce] sum and prod take no bool; got bool; expected a number, or max or min (reduce_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.reduce sum %a {axes = array<i64: 0>} : (tensor<4xi1>) -> tensor<i1>
  return
}

// -----

func.func @reduce_c3(%a: tensor<4x0xf32>) {
  // expected-error@+2 {{[reduce] max and min of no elements have no value; got axes [1] of [4, 0]; expected at least one element along each axis (reduce_c3)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.reduce max %a {axes = array<i64: 1>} : (tensor<4x0xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @arg_reduce_c1(%a: tensor<f32>) {
  // expected-error@+2 {{[arg_reduce] axis is out of range; got 0; expected a tensor of rank >= 1 (arg_reduce_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.arg_reduce max %a {axis = 0 : i64} : (tensor<f32>) -> tensor<i64>
  return
}

// -----

func.func @arg_reduce_c2(%a: tensor<4xf32>) {
  // expected-error@+2 {{[arg_reduce] this kind has no index; got sum; expected max or min (arg_reduce_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.arg_reduce sum %a {axis = 0 : i64} : (tensor<4xf32>) -> tensor<i64>
  return
}

// -----

func.func @arg_reduce_c3(%a: tensor<0xf32>) {
  // expected-error@+2 {{[arg_reduce] no elements have no largest; got [0]; expected at least one element along axis 0 (arg_reduce_c3)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.arg_reduce min %a {axis = 0 : i64} : (tensor<0xf32>) -> tensor<i64>
  return
}

// -----

func.func @scan_c1(%a: tensor<4xf32>) {
  // expected-error@+2 {{[scan] axis is out of range; got 1; expected 0 <= axis < 1 (scan_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.scan sum %a {axis = 1 : i64, reverse = false} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @sort_c1(%a: tensor<4xf32>) {
  // expected-error@+2 {{[sort] axis is out of range; got -1; expected 0 <= axis < 1 (sort_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r:2 = portico.sort %a {axis = -1 : i64, descending = false} : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xi64>)
  return
}

// -----

func.func @reduce_window_c1(%a: tensor<4xf32>) {
  // expected-error@+2 {{[reduce_window] window has the wrong length; got [2, 2]; expected at most one entry for each dimension of [4] (reduce_window_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.reduce_window max %a {window = array<i64: 2, 2>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @reduce_window_c1_length(%a: tensor<4xf32>) {
  // expected-error@+2 {{[reduce_window] strides has the wrong length; got [1, 1]; expected 1 entry, as many as window has (reduce_window_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.reduce_window max %a {window = array<i64: 2>, strides = array<i64: 1, 1>, dilations = array<i64: 1>, low = array<i64: 0>, high = array<i64: 0>} : (tensor<4xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @reduce_window_c2(%a: tensor<4xf32>) {
  // expected-error@+2 {{[reduce_window] strides has an entry that is too small; got [0]; expected entries >= 1 (reduce_window_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.reduce_window max %a {window = array<i64: 2>, strides = array<i64: 0>, dilations = array<i64: 1>, low = array<i64: 0>, high = array<i64: 0>} : (tensor<4xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @reduce_window_c3(%a: tensor<4xf32>) {
  // expected-error@+2 {{[reduce_window] low has an entry that is too small; got [-1]; expected entries >= 0 (reduce_window_c3)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.reduce_window max %a {window = array<i64: 2>, strides = array<i64: 1>, dilations = array<i64: 1>, low = array<i64: -1>, high = array<i64: 0>} : (tensor<4xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @reduce_window_c4(%a: tensor<4xf32>) {
  // expected-error@+2 {{[reduce_window] the window does not fit into dimension 0; got window 3 with dilation 2 for size 4 padded by 0 and 0; expected a window no larger than the padded dimension (reduce_window_c4)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.reduce_window max %a {window = array<i64: 3>, strides = array<i64: 1>, dilations = array<i64: 2>, low = array<i64: 0>, high = array<i64: 0>} : (tensor<4xf32>) -> tensor<1xf32>
  return
}

// -----

func.func @arg_reduce_window_c1(%a: tensor<4xf32>) {
  // expected-error@+2 {{[arg_reduce_window] window has the wrong length; got [2, 2]; expected at most one entry for each dimension of [4] (arg_reduce_window_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.arg_reduce_window max %a {window = array<i64: 2, 2>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>} : (tensor<4xf32>) -> tensor<4xi64>
  return
}

// -----

func.func @arg_reduce_window_c2(%a: tensor<4xf32>) {
  // expected-error@+2 {{[arg_reduce_window] window has an entry that is too small; got [0]; expected entries >= 1 (arg_reduce_window_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.arg_reduce_window max %a {window = array<i64: 0>, strides = array<i64: 1>, dilations = array<i64: 1>, low = array<i64: 0>, high = array<i64: 0>} : (tensor<4xf32>) -> tensor<4xi64>
  return
}

// -----

func.func @arg_reduce_window_c3(%a: tensor<4xf32>) {
  // expected-error@+2 {{[arg_reduce_window] high has an entry that is too small; got [-1]; expected entries >= 0 (arg_reduce_window_c3)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.arg_reduce_window max %a {window = array<i64: 2>, strides = array<i64: 1>, dilations = array<i64: 1>, low = array<i64: 0>, high = array<i64: -1>} : (tensor<4xf32>) -> tensor<2xi64>
  return
}

// -----

func.func @arg_reduce_window_c4(%a: tensor<4xf32>) {
  // expected-error@+2 {{[arg_reduce_window] the window does not fit into dimension 0; got window 5 with dilation 1 for size 4 padded by 0 and 0; expected a window no larger than the padded dimension (arg_reduce_window_c4)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.arg_reduce_window max %a {window = array<i64: 5>, strides = array<i64: 1>, dilations = array<i64: 1>, low = array<i64: 0>, high = array<i64: 0>} : (tensor<4xf32>) -> tensor<1xi64>
  return
}

// -----

func.func @arg_reduce_window_c5(%a: tensor<4xf32>) {
  // expected-error@+2 {{[arg_reduce_window] this kind has no index; got prod; expected max or min (arg_reduce_window_c5)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.arg_reduce_window prod %a {window = array<i64: 2>, strides = array<i64: 1>, dilations = array<i64: 1>, low = array<i64: 0>, high = array<i64: 0>} : (tensor<4xf32>) -> tensor<3xi64>
  return
}

// -----

// The first window has padding only.
func.func @arg_reduce_window_c6_low(%a: tensor<4xf32>) {
  // expected-error@+2 {{[arg_reduce_window] a window along dimension 0 lies in the padding; got low [2] and high [0] for [4]; expected an element in every window (arg_reduce_window_c6)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.arg_reduce_window max %a {window = array<i64: 2>, strides = array<i64: 1>, dilations = array<i64: 1>, low = array<i64: 2>, high = array<i64: 0>} : (tensor<4xf32>) -> tensor<5xi64>
  return
}

// -----

// And here the last.
func.func @arg_reduce_window_c6_high(%a: tensor<4xf32>) {
  // expected-error@+2 {{[arg_reduce_window] a window along dimension 0 lies in the padding; got low [0] and high [2] for [4]; expected an element in every window (arg_reduce_window_c6)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.arg_reduce_window max %a {window = array<i64: 2>, strides = array<i64: 2>, dilations = array<i64: 1>, low = array<i64: 0>, high = array<i64: 2>} : (tensor<4xf32>) -> tensor<3xi64>
  return
}

// -----

// The taps of a dilated window fall on both sides of x.
func.func @arg_reduce_window_c6_dilated(%a: tensor<1xf32>) {
  // expected-error@+2 {{[arg_reduce_window] a window along dimension 0 lies in the padding; got low [1] and high [1] for [1]; expected an element in every window (arg_reduce_window_c6)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.arg_reduce_window max %a {window = array<i64: 2>, strides = array<i64: 1>, dilations = array<i64: 2>, low = array<i64: 1>, high = array<i64: 1>} : (tensor<1xf32>) -> tensor<1xi64>
  return
}
