// What the shape ops reject; a function is named after the constraint that its op breaks.
// RUN: portico-opt %s --split-input-file --verify-diagnostics

func.func @reshape_c1(%a: tensor<6xf32>) {
  // expected-error@+2 {{[reshape] shape has an entry that is too small; got [-2, -3]; expected entries >= 0 (reshape_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.reshape %a {shape = array<i64: -2, -3>} : (tensor<6xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @reshape_c2(%a: tensor<6xf32>) {
  // expected-error@+2 {{[reshape] shape has another number of elements than x; got shape [4] for [6]; expected 6 elements (reshape_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.reshape %a {shape = array<i64: 4>} : (tensor<6xf32>) -> tensor<4xf32>
  return
}

// -----

// No elements are not one.
func.func @reshape_c2_empty(%a: tensor<0xf32>) {
  // expected-error@+2 {{[reshape] shape has another number of elements than x; got shape [] for [0]; expected 0 elements (reshape_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.reshape %a {shape = array<i64>} : (tensor<0xf32>) -> tensor<f32>
  return
}

// -----

// The product of the dimensions overflows.
func.func @reshape_c2_overflow(%a: tensor<4xf32>) {
  // expected-error@+2 {{[reshape] shape has another number of elements than x; got shape [4611686018427387904, 4611686018427387904] for [4]; expected 4 elements (reshape_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.reshape %a {shape = array<i64: 4611686018427387904, 4611686018427387904>} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @broadcast_c1(%a: tensor<f32>) {
  // expected-error@+2 {{[broadcast] shape has an entry that is too small; got [-1]; expected entries >= 0 (broadcast_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.broadcast %a {dims = array<i64>, shape = array<i64: -1>} : (tensor<f32>) -> tensor<1xf32>
  return
}

// -----

func.func @broadcast_c2(%a: tensor<3xf32>) {
  // expected-error@+2 {{[broadcast] dims has the wrong length; got []; expected 1 entry, one for each dimension of x (broadcast_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.broadcast %a {dims = array<i64>, shape = array<i64: 3>} : (tensor<3xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @broadcast_c2_order(%a: tensor<2x3xf32>) {
  // expected-error@+2 {{[broadcast] dims does not map x into shape; got dims [1, 0]; expected strictly increasing dimensions of a shape of rank 2 (broadcast_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.broadcast %a {dims = array<i64: 1, 0>, shape = array<i64: 3, 2>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return
}

// -----

func.func @broadcast_c2_range(%a: tensor<3xf32>) {
  // expected-error@+2 {{[broadcast] dims does not map x into shape; got dims [1]; expected strictly increasing dimensions of a shape of rank 1 (broadcast_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.broadcast %a {dims = array<i64: 1>, shape = array<i64: 3>} : (tensor<3xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @broadcast_c3(%a: tensor<3xf32>) {
  // expected-error@+2 {{[broadcast] dimension 0 of x cannot be broadcast; got size 3 for size 4 of shape [2, 4]; expected size 1 or 4 (broadcast_c3)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.broadcast %a {dims = array<i64: 1>, shape = array<i64: 2, 4>} : (tensor<3xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @permute_c1(%a: tensor<2x3xf32>) {
  // expected-error@+2 {{[permute] permutation has the wrong length; got [0]; expected 2 entries, one for each dimension of x (permute_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.permute %a {permutation = array<i64: 0>} : (tensor<2x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @permute_c1_twice(%a: tensor<2x3xf32>) {
  // expected-error@+2 {{[permute] permutation must name dimensions, each at most once; got [1, 1]; expected distinct dimensions of a tensor of rank 2 (permute_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.permute %a {permutation = array<i64: 1, 1>} : (tensor<2x3xf32>) -> tensor<3x3xf32>
  return
}

// -----

func.func @slice_c1(%a: tensor<4xf32>) {
  // expected-error@+2 {{[slice] starts has the wrong length; got [0, 0]; expected 1 entry, one for each dimension of x (slice_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.slice %a {starts = array<i64: 0, 0>, limits = array<i64: 4>, strides = array<i64: 1>} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @slice_c2(%a: tensor<4xf32>) {
  // expected-error@+2 {{[slice] the slice leaves dimension 0 of x; got 2:5 of [4]; expected 0 <= start <= limit <= 4 (slice_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.slice %a {starts = array<i64: 2>, limits = array<i64: 5>, strides = array<i64: 1>} : (tensor<4xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @slice_c2_order(%a: tensor<4xf32>) {
  // expected-error@+2 {{[slice] the slice leaves dimension 0 of x; got 3:2 of [4]; expected 0 <= start <= limit <= 4 (slice_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.slice %a {starts = array<i64: 3>, limits = array<i64: 2>, strides = array<i64: 1>} : (tensor<4xf32>) -> tensor<0xf32>
  return
}

// -----

func.func @slice_c3(%a: tensor<4xf32>) {
  // expected-error@+2 {{[slice] strides has an entry that is too small; got [0]; expected entries >= 1 (slice_c3)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.slice %a {starts = array<i64: 0>, limits = array<i64: 4>, strides = array<i64: 0>} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @update_slice_c1(%a: tensor<4xf32>, %b: tensor<4xi32>) {
  // expected-error@+2 {{[update_slice] x and update differ in dtype; got float32 and int32; expected the same dtype (update_slice_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.update_slice %a, %b {starts = array<i64: 0>, strides = array<i64: 1>} : (tensor<4xf32>, tensor<4xi32>) -> tensor<4xf32>
  return
}

// -----

func.func @update_slice_c1_rank(%a: tensor<4xf32>, %b: tensor<f32>) {
  // expected-error@+2 {{[update_slice] x and update differ in rank; got [4] and []; expected the same rank (update_slice_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.update_slice %a, %b {starts = array<i64: 0>, strides = array<i64: 1>} : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return
}

// -----

func.func @update_slice_c2(%a: tensor<4xf32>, %b: tensor<2xf32>) {
  // expected-error@+2 {{[update_slice] starts has the wrong length; got []; expected 1 entry, one for each dimension of x (update_slice_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.update_slice %a, %b {starts = array<i64>, strides = array<i64: 1>} : (tensor<4xf32>, tensor<2xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @update_slice_c3(%a: tensor<4xf32>, %b: tensor<2xf32>) {
  // expected-error@+2 {{[update_slice] starts has an entry that is too small; got [-1]; expected entries >= 0 (update_slice_c3)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.update_slice %a, %b {starts = array<i64: -1>, strides = array<i64: 1>} : (tensor<4xf32>, tensor<2xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @update_slice_c4(%a: tensor<4xf32>, %b: tensor<3xf32>) {
  // expected-error@+2 {{[update_slice] update leaves dimension 0 of x; got start 0, stride 2 and update [3] for [4]; expected indices below 4 (update_slice_c4)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.update_slice %a, %b {starts = array<i64: 0>, strides = array<i64: 2>} : (tensor<4xf32>, tensor<3xf32>) -> tensor<4xf32>
  return
}

// -----

// Stride times size overflows.
func.func @update_slice_c4_overflow(%a: tensor<4xf32>, %b: tensor<3xf32>) {
  // expected-error@+2 {{[update_slice] update leaves dimension 0 of x; got start 0, stride 9223372036854775807 and update [3] for [4]; expected indices below 4 (update_slice_c4)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.update_slice %a, %b {starts = array<i64: 0>, strides = array<i64: 9223372036854775807>} : (tensor<4xf32>, tensor<3xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @pad_c1(%a: tensor<4xf32>, %b: tensor<i32>) {
  // expected-error@+2 {{[pad] value is no scalar of the dtype of x; got int32[]; expected float32[] (pad_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.pad %a, %b {low = array<i64: 1>, high = array<i64: 1>} : (tensor<4xf32>, tensor<i32>) -> tensor<6xf32>
  return
}

// -----

func.func @pad_c2(%a: tensor<4xf32>, %b: tensor<f32>) {
  // expected-error@+2 {{[pad] low has the wrong length; got [1, 1]; expected 1 entry, one for each dimension of x (pad_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.pad %a, %b {low = array<i64: 1, 1>, high = array<i64: 1>} : (tensor<4xf32>, tensor<f32>) -> tensor<6xf32>
  return
}

// -----

func.func @pad_c3(%a: tensor<4xf32>, %b: tensor<f32>) {
  // expected-error@+2 {{[pad] high has an entry that is too small; got [-1]; expected entries >= 0 (pad_c3)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.pad %a, %b {low = array<i64: 1>, high = array<i64: -1>} : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return
}

// -----

// Sizes that overflow.
func.func @pad_c0(%a: tensor<4xf32>, %b: tensor<f32>) {
  // expected-error@+2 {{[pad] the result is too large; got float32[9223372036854775807]; expected at most 2^62 bytes (pad_c0)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.pad %a, %b {low = array<i64: 9223372036854775807>, high = array<i64: 9223372036854775807>} : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return
}

// -----

func.func @concat_c1() {
  // expected-error@+2 {{[concat] nothing to concatenate; got no operands; expected at least one (concat_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.concat {axis = 0 : i64} : () -> tensor<4xf32>
  return
}

// -----

func.func @concat_c2(%a: tensor<4xf32>, %b: tensor<4x1xf32>) {
  // expected-error@+2 {{[concat] operands differ in dtype or rank; got float32[4] and float32[4, 1] as operand 1; expected one dtype and one rank (concat_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.concat %a, %b {axis = 0 : i64} : (tensor<4xf32>, tensor<4x1xf32>) -> tensor<4xf32>
  return
}

// -----

// Scalars have no axis.
func.func @concat_c3(%a: tensor<f32>, %b: tensor<f32>) {
  // expected-error@+2 {{[concat] axis is out of range; got 0; expected a tensor of rank >= 1 (concat_c3)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.concat %a, %b {axis = 0 : i64} : (tensor<f32>, tensor<f32>) -> tensor<2xf32>
  return
}

// -----

func.func @concat_c4(%a: tensor<2x3xf32>, %b: tensor<2x4xf32>) {
  // expected-error@+2 {{[concat] operands differ in dimension 1; got [2, 3] and [2, 4] as operand 1; expected the same sizes in every dimension but 0 (concat_c4)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.concat %a, %b {axis = 0 : i64} : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<4x3xf32>
  return
}

// -----

func.func @reverse_c1(%a: tensor<2x3xf32>) {
  // expected-error@+2 {{[reverse] axes must name dimensions, each at most once; got [1, 1]; expected distinct dimensions of a tensor of rank 2 (reverse_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.reverse %a {axes = array<i64: 1, 1>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @reverse_c1_range(%a: tensor<2x3xf32>) {
  // expected-error@+2 {{[reverse] axes must name dimensions, each at most once; got [-1]; expected distinct dimensions of a tensor of rank 2 (reverse_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.reverse %a {axes = array<i64: -1>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return
}
