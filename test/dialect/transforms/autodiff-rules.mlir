// RUN: portico-opt %s --portico-autodiff --split-input-file | filecheck %s

// The form of some rules. That all rules are right is tested in
// test/python/autodiff, by values.

// A weight is read in the order in which it lies: neither contraction needs a
// permute.

// CHECK-LABEL: func.func @linear.vjp(
// CHECK-SAME:    [[X:%.+]]: tensor<8x4xf32>, [[W:%.+]]: tensor<3x4xf32>, [[DY:%.+]]: tensor<8x3xf32>)
// CHECK-NOT:   portico.permute
// CHECK:       [[DX:%.+]] = portico.dot_general [[DY]], [[W]] {{.*}}lhs_contract = array<i64: 1>{{.*}}rhs_contract = array<i64: 0>
// CHECK-NEXT:  [[DW:%.+]] = portico.dot_general [[DY]], [[X]] {{.*}}lhs_contract = array<i64: 0>{{.*}}rhs_contract = array<i64: 0>
// CHECK-NEXT:  return [[DX]], [[DW]]
func.func @linear(%x: tensor<8x4xf32>, %w: tensor<3x4xf32>) -> tensor<8x3xf32>
    attributes {portico.differentiate} {
  %0 = portico.dot_general %x, %w {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 1>}
    : (tensor<8x4xf32>, tensor<3x4xf32>) -> tensor<8x3xf32>
  return %0 : tensor<8x3xf32>
}

// -----

// CHECK-LABEL: func.func @matmul.vjp(
// CHECK-NOT:   portico.permute
// CHECK:       return
func.func @matmul(%x: tensor<5x8x4xf32>, %w: tensor<5x4x3xf32>) -> tensor<5x8x3xf32>
    attributes {portico.differentiate} {
  %0 = portico.dot_general %x, %w {lhs_batch = array<i64: 0>, rhs_batch = array<i64: 0>, lhs_contract = array<i64: 2>, rhs_contract = array<i64: 1>}
    : (tensor<5x8x4xf32>, tensor<5x4x3xf32>) -> tensor<5x8x3xf32>
  return %0 : tensor<5x8x3xf32>
}

// -----

// What may be rounded forward may be rounded backward.

// CHECK-LABEL: func.func @rounded.vjp(
// CHECK-COUNT-2: portico.dot_general {{.*}}allow_tf32
// CHECK:       portico.convolution_input_grad {{.*}}allow_tf32
// CHECK-NEXT:  portico.convolution_filter_grad {{.*}}allow_tf32
func.func @rounded(%x: tensor<2x3x8xf32>, %w: tensor<4x3x3xf32>, %a: tensor<8x4xf32>, %b: tensor<4x3xf32>)
    -> (tensor<2x4x6xf32>, tensor<8x3xf32>) attributes {portico.differentiate} {
  %0 = portico.convolution %x, %w {strides = array<i64: 1>, padding = array<i64: 0>, dilations = array<i64: 1>, groups = 1 : i64, allow_tf32}
    : (tensor<2x3x8xf32>, tensor<4x3x3xf32>) -> tensor<2x4x6xf32>
  %1 = portico.dot_general %a, %b {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>, allow_tf32}
    : (tensor<8x4xf32>, tensor<4x3xf32>) -> tensor<8x3xf32>
  return %0, %1 : tensor<2x4x6xf32>, tensor<8x3xf32>
}

// -----

// CHECK-LABEL: func.func @bias.vjp(
// CHECK-SAME:    tensor<3xf32>, [[DY:%.+]]: tensor<8x3xf32>)
// CHECK-NEXT:  [[DB:%.+]] = portico.reduce sum [[DY]] {axes = array<i64: 0>}
// CHECK-NEXT:  return [[DB]]
func.func @bias(%b: tensor<3xf32>) -> tensor<8x3xf32> attributes {portico.differentiate} {
  %0 = portico.broadcast %b {shape = array<i64: 8, 3>, dims = array<i64: 1>} : (tensor<3xf32>) -> tensor<8x3xf32>
  return %0 : tensor<8x3xf32>
}

// -----

// CHECK-LABEL: func.func @embedding.vjp(
// CHECK-SAME:    tensor<9x4xf32>, [[I:%.+]]: tensor<5xi64>, [[DY:%.+]]: tensor<5x4xf32>)
// CHECK-NEXT:  [[ZERO:%.+]] = portico.constant dense<0.000000e+00> : tensor<9x4xf32>
// CHECK-NEXT:  [[DX:%.+]] = portico.scatter add [[ZERO]], [[I]], [[DY]]
// CHECK-NEXT:  return [[DX]]
func.func @embedding(%x: tensor<9x4xf32>, %i: tensor<5xi64>) -> tensor<5x4xf32>
    attributes {portico.differentiate} {
  %0 = portico.gather %x, %i {axis = 0 : i64, batch_dims = 0 : i64} : (tensor<9x4xf32>, tensor<5xi64>) -> tensor<5x4xf32>
  return %0 : tensor<5x4xf32>
}

// -----

// CHECK-LABEL: func.func @max_pool.vjp(
// CHECK:       portico.arg_reduce_window
// CHECK:       portico.scatter add {{.*}}axis = 2 : i64, batch_dims = 2 : i64
func.func @max_pool(%x: tensor<2x3x8x8xf32>) -> tensor<2x3x4x4xf32> attributes {portico.differentiate} {
  %0 = portico.reduce_window max %x {window = array<i64: 2, 2>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, low = array<i64: 0, 0>, high = array<i64: 0, 0>}
    : (tensor<2x3x8x8xf32>) -> tensor<2x3x4x4xf32>
  return %0 : tensor<2x3x4x4xf32>
}

// -----

// CHECK-LABEL: func.func @conv.vjp(
// CHECK-SAME:    [[X:%.+]]: tensor<2x3x8x8xf32>, [[W:%.+]]: tensor<4x3x3x3xf32>, [[DY:%.+]]: tensor<2x4x4x4xf32>)
// CHECK-NEXT:  [[DX:%.+]] = portico.convolution_input_grad [[DY]], [[W]] {{.*}}input_size = array<i64: 8, 8>
// CHECK-NEXT:  [[DW:%.+]] = portico.convolution_filter_grad [[X]], [[DY]] {{.*}}filter_size = array<i64: 3, 3>
// CHECK-NEXT:  return [[DX]], [[DW]]
func.func @conv(%x: tensor<2x3x8x8xf32>, %w: tensor<4x3x3x3xf32>) -> tensor<2x4x4x4xf32>
    attributes {portico.differentiate} {
  %0 = portico.convolution %x, %w {strides = array<i64: 2, 2>, padding = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64}
    : (tensor<2x3x8x8xf32>, tensor<4x3x3x3xf32>) -> tensor<2x4x4x4xf32>
  return %0 : tensor<2x4x4x4xf32>
}
