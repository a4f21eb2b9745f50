// Folds and canonical forms of the shape ops; `_stays` marks what must not fold.
// RUN: portico-opt %s --canonicalize | filecheck %s

// CHECK-LABEL: func.func @reshape_same(
// CHECK-NEXT: return %arg0 : tensor<2x3xf32>
func.func @reshape_same(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %r = portico.reshape %a {shape = array<i64: 2, 3>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @reshape_chain(
// CHECK-NEXT: %0 = portico.reshape %arg0 {shape = array<i64: 3, 2>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
// CHECK-NEXT: return %0 : tensor<3x2xf32>
func.func @reshape_chain(%a: tensor<2x3xf32>) -> tensor<3x2xf32> {
  %b = portico.reshape %a {shape = array<i64: 6>} : (tensor<2x3xf32>) -> tensor<6xf32>
  %r = portico.reshape %b {shape = array<i64: 3, 2>} : (tensor<6xf32>) -> tensor<3x2xf32>
  return %r : tensor<3x2xf32>
}

// CHECK-LABEL: func.func @reshape_back(
// CHECK-NEXT: return %arg0 : tensor<2x3xf32>
func.func @reshape_back(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %b = portico.reshape %a {shape = array<i64: 6>} : (tensor<2x3xf32>) -> tensor<6xf32>
  %r = portico.reshape %b {shape = array<i64: 2, 3>} : (tensor<6xf32>) -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @reshape_constant(
// CHECK-NEXT: %0 = portico.constant dense<{{\[\[}}1, 2], [3, 4]]> : tensor<2x2xi32>
// CHECK-NEXT: return %0 : tensor<2x2xi32>
func.func @reshape_constant() -> tensor<2x2xi32> {
  %c = portico.constant dense<[1, 2, 3, 4]> : tensor<4xi32>
  %r = portico.reshape %c {shape = array<i64: 2, 2>} : (tensor<4xi32>) -> tensor<2x2xi32>
  return %r : tensor<2x2xi32>
}

// CHECK-LABEL: func.func @reshape_of_repeated_scalar(
// CHECK-NEXT: %0 = portico.reshape %arg0 {shape = array<i64>} : (tensor<1x1xf32>) -> tensor<f32>
// CHECK-NEXT: %1 = portico.broadcast %0 {dims = array<i64>, shape = array<i64: 6>} : (tensor<f32>) -> tensor<6xf32>
// CHECK-NEXT: return %1 : tensor<6xf32>
func.func @reshape_of_repeated_scalar(%a: tensor<1x1xf32>) -> tensor<6xf32> {
  %b = portico.broadcast %a {dims = array<i64: 0, 1>, shape = array<i64: 2, 3>} : (tensor<1x1xf32>) -> tensor<2x3xf32>
  %r = portico.reshape %b {shape = array<i64: 6>} : (tensor<2x3xf32>) -> tensor<6xf32>
  return %r : tensor<6xf32>
}

// CHECK-LABEL: func.func @broadcast_same(
// CHECK-NEXT: return %arg0 : tensor<2x3xf32>
func.func @broadcast_same(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %r = portico.broadcast %a {dims = array<i64: 0, 1>, shape = array<i64: 2, 3>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @broadcast_chain(
// CHECK-NEXT: %0 = portico.broadcast %arg0 {dims = array<i64: 2>, shape = array<i64: 2, 4, 3>} : (tensor<3xf32>) -> tensor<2x4x3xf32>
// CHECK-NEXT: return %0 : tensor<2x4x3xf32>
func.func @broadcast_chain(%a: tensor<3xf32>) -> tensor<2x4x3xf32> {
  %b = portico.broadcast %a {dims = array<i64: 1>, shape = array<i64: 2, 3>} : (tensor<3xf32>) -> tensor<2x3xf32>
  %r = portico.broadcast %b {dims = array<i64: 0, 2>, shape = array<i64: 2, 4, 3>} : (tensor<2x3xf32>) -> tensor<2x4x3xf32>
  return %r : tensor<2x4x3xf32>
}

// CHECK-LABEL: func.func @broadcast_without_repetition(
// CHECK-NEXT: %0 = portico.reshape %arg0 {shape = array<i64: 1, 3>} : (tensor<3xf32>) -> tensor<1x3xf32>
// CHECK-NEXT: return %0 : tensor<1x3xf32>
func.func @broadcast_without_repetition(%a: tensor<3xf32>) -> tensor<1x3xf32> {
  %r = portico.broadcast %a {dims = array<i64: 1>, shape = array<i64: 1, 3>} : (tensor<3xf32>) -> tensor<1x3xf32>
  return %r : tensor<1x3xf32>
}

// CHECK-LABEL: func.func @broadcast_of_unsqueeze(
// CHECK-NEXT: %0 = portico.broadcast %arg0 {dims = array<i64: 1>, shape = array<i64: 4, 5, 6>} : (tensor<5xf32>) -> tensor<4x5x6xf32>
// CHECK-NEXT: return %0 : tensor<4x5x6xf32>
func.func @broadcast_of_unsqueeze(%a: tensor<5xf32>) -> tensor<4x5x6xf32> {
  %b = portico.reshape %a {shape = array<i64: 1, 5, 1>} : (tensor<5xf32>) -> tensor<1x5x1xf32>
  %r = portico.broadcast %b {dims = array<i64: 0, 1, 2>, shape = array<i64: 4, 5, 6>} : (tensor<1x5x1xf32>) -> tensor<4x5x6xf32>
  return %r : tensor<4x5x6xf32>
}

// CHECK-LABEL: func.func @broadcast_splat(
// CHECK-NEXT: %0 = portico.constant dense<2.500000e+00> : tensor<100x200xf32>
// CHECK-NEXT: return %0 : tensor<100x200xf32>
func.func @broadcast_splat() -> tensor<100x200xf32> {
  %c = portico.constant dense<2.5> : tensor<f32>
  %r = portico.broadcast %c {dims = array<i64>, shape = array<i64: 100, 200>} : (tensor<f32>) -> tensor<100x200xf32>
  return %r : tensor<100x200xf32>
}

// CHECK-LABEL: func.func @broadcast_constant(
// CHECK-NEXT: %0 = portico.constant dense<{{\[\[}}1, 1, 1], [2, 2, 2]]> : tensor<2x3xi32>
// CHECK-NEXT: return %0 : tensor<2x3xi32>
func.func @broadcast_constant() -> tensor<2x3xi32> {
  %c = portico.constant dense<[[1], [2]]> : tensor<2x1xi32>
  %r = portico.broadcast %c {dims = array<i64: 0, 1>, shape = array<i64: 2, 3>} : (tensor<2x1xi32>) -> tensor<2x3xi32>
  return %r : tensor<2x3xi32>
}

// No elements are not one.
// CHECK-LABEL: func.func @broadcast_to_nothing_stays(
// CHECK-NEXT: %0 = portico.broadcast %arg0 {dims = array<i64: 0>, shape = array<i64: 0>} : (tensor<1xf32>) -> tensor<0xf32>
// CHECK-NEXT: return %0 : tensor<0xf32>
func.func @broadcast_to_nothing_stays(%a: tensor<1xf32>) -> tensor<0xf32> {
  %r = portico.broadcast %a {dims = array<i64: 0>, shape = array<i64: 0>} : (tensor<1xf32>) -> tensor<0xf32>
  return %r : tensor<0xf32>
}

// CHECK-LABEL: func.func @permute_same(
// CHECK-NEXT: return %arg0 : tensor<2x3xf32>
func.func @permute_same(%a: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %r = portico.permute %a {permutation = array<i64: 0, 1>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// CHECK-LABEL: func.func @permute_back(
// CHECK-NEXT: return %arg0 : tensor<2x3x4xf32>
func.func @permute_back(%a: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %b = portico.permute %a {permutation = array<i64: 2, 0, 1>} : (tensor<2x3x4xf32>) -> tensor<4x2x3xf32>
  %r = portico.permute %b {permutation = array<i64: 1, 2, 0>} : (tensor<4x2x3xf32>) -> tensor<2x3x4xf32>
  return %r : tensor<2x3x4xf32>
}

// CHECK-LABEL: func.func @permute_chain(
// CHECK-NEXT: %0 = portico.permute %arg0 {permutation = array<i64: 2, 1, 0>} : (tensor<2x3x4xf32>) -> tensor<4x3x2xf32>
// CHECK-NEXT: return %0 : tensor<4x3x2xf32>
func.func @permute_chain(%a: tensor<2x3x4xf32>) -> tensor<4x3x2xf32> {
  %b = portico.permute %a {permutation = array<i64: 2, 0, 1>} : (tensor<2x3x4xf32>) -> tensor<4x2x3xf32>
  %r = portico.permute %b {permutation = array<i64: 0, 2, 1>} : (tensor<4x2x3xf32>) -> tensor<4x3x2xf32>
  return %r : tensor<4x3x2xf32>
}

// CHECK-LABEL: func.func @permute_of_units(
// CHECK-NEXT: %0 = portico.reshape %arg0 {shape = array<i64: 1, 2, 4>} : (tensor<2x1x4xf32>) -> tensor<1x2x4xf32>
// CHECK-NEXT: return %0 : tensor<1x2x4xf32>
func.func @permute_of_units(%a: tensor<2x1x4xf32>) -> tensor<1x2x4xf32> {
  %r = portico.permute %a {permutation = array<i64: 1, 0, 2>} : (tensor<2x1x4xf32>) -> tensor<1x2x4xf32>
  return %r : tensor<1x2x4xf32>
}

// CHECK-LABEL: func.func @permute_of_broadcast(
// CHECK-NEXT: %0 = portico.broadcast %arg0 {dims = array<i64: 0>, shape = array<i64: 3, 2>} : (tensor<3xf32>) -> tensor<3x2xf32>
// CHECK-NEXT: return %0 : tensor<3x2xf32>
func.func @permute_of_broadcast(%a: tensor<3xf32>) -> tensor<3x2xf32> {
  %b = portico.broadcast %a {dims = array<i64: 1>, shape = array<i64: 2, 3>} : (tensor<3xf32>) -> tensor<2x3xf32>
  %r = portico.permute %b {permutation = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return %r : tensor<3x2xf32>
}

// CHECK-LABEL: func.func @permute_constant(
// CHECK-NEXT: %0 = portico.constant dense<{{\[\[}}1, 4], [2, 5], [3, 6]]> : tensor<3x2xi32>
// CHECK-NEXT: return %0 : tensor<3x2xi32>
func.func @permute_constant() -> tensor<3x2xi32> {
  %c = portico.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi32>
  %r = portico.permute %c {permutation = array<i64: 1, 0>} : (tensor<2x3xi32>) -> tensor<3x2xi32>
  return %r : tensor<3x2xi32>
}

// CHECK-LABEL: func.func @slice_all(
// CHECK-NEXT: return %arg0 : tensor<4xf32>
func.func @slice_all(%a: tensor<4xf32>) -> tensor<4xf32> {
  %r = portico.slice %a {starts = array<i64: 0>, limits = array<i64: 4>, strides = array<i64: 1>} : (tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @slice_chain(
// CHECK-NEXT: %0 = portico.slice %arg0 {limits = array<i64: 18>, starts = array<i64: 5>, strides = array<i64: 6>} : (tensor<20xf32>) -> tensor<3xf32>
// CHECK-NEXT: return %0 : tensor<3xf32>
func.func @slice_chain(%a: tensor<20xf32>) -> tensor<3xf32> {
  %b = portico.slice %a {starts = array<i64: 2>, limits = array<i64: 20>, strides = array<i64: 3>} : (tensor<20xf32>) -> tensor<6xf32>
  %r = portico.slice %b {starts = array<i64: 1>, limits = array<i64: 6>, strides = array<i64: 2>} : (tensor<6xf32>) -> tensor<3xf32>
  return %r : tensor<3xf32>
}

// CHECK-LABEL: func.func @slice_chain_empty(
// CHECK-NEXT: %0 = portico.slice %arg0 {limits = array<i64: 2>, starts = array<i64: 2>, strides = array<i64: 1>} : (tensor<20xf32>) -> tensor<0xf32>
// CHECK-NEXT: return %0 : tensor<0xf32>
func.func @slice_chain_empty(%a: tensor<20xf32>) -> tensor<0xf32> {
  %b = portico.slice %a {starts = array<i64: 2>, limits = array<i64: 20>, strides = array<i64: 3>} : (tensor<20xf32>) -> tensor<6xf32>
  %r = portico.slice %b {starts = array<i64: 6>, limits = array<i64: 6>, strides = array<i64: 2>} : (tensor<6xf32>) -> tensor<0xf32>
  return %r : tensor<0xf32>
}

// Columns 1 and 2 of the second of three.
// CHECK-LABEL: func.func @slice_of_concat(
// CHECK-NEXT: %0 = portico.slice %arg1 {limits = array<i64: 3, 3>, starts = array<i64: 1, 1>, strides = array<i64: 1, 1>} : (tensor<4x3xf32>) -> tensor<2x2xf32>
// CHECK-NEXT: return %0 : tensor<2x2xf32>
func.func @slice_of_concat(%a: tensor<4x2xf32>, %b: tensor<4x3xf32>) -> tensor<2x2xf32> {
  %z = portico.concat %a, %b, %a {axis = 1 : i64} : (tensor<4x2xf32>, tensor<4x3xf32>, tensor<4x2xf32>) -> tensor<4x7xf32>
  %r = portico.slice %z {starts = array<i64: 1, 3>, limits = array<i64: 3, 5>, strides = array<i64: 1, 1>} : (tensor<4x7xf32>) -> tensor<2x2xf32>
  return %r : tensor<2x2xf32>
}

// CHECK-LABEL: func.func @slice_across_concat_stays(
// CHECK-NEXT: %0 = portico.concat %arg0, %arg0 {axis = 0 : i64} : (tensor<4xf32>, tensor<4xf32>) -> tensor<8xf32>
// CHECK-NEXT: %1 = portico.slice %0 {limits = array<i64: 6>, starts = array<i64: 2>, strides = array<i64: 1>} : (tensor<8xf32>) -> tensor<4xf32>
// CHECK-NEXT: return %1 : tensor<4xf32>
func.func @slice_across_concat_stays(%a: tensor<4xf32>) -> tensor<4xf32> {
  %b = portico.concat %a, %a {axis = 0 : i64} : (tensor<4xf32>, tensor<4xf32>) -> tensor<8xf32>
  %r = portico.slice %b {starts = array<i64: 2>, limits = array<i64: 6>, strides = array<i64: 1>} : (tensor<8xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @slice_constant(
// CHECK-NEXT: %0 = portico.constant dense<{{\[\[}}1, 3], [4, 6]]> : tensor<2x2xi32>
// CHECK-NEXT: return %0 : tensor<2x2xi32>
func.func @slice_constant() -> tensor<2x2xi32> {
  %c = portico.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi32>
  %r = portico.slice %c {starts = array<i64: 0, 0>, limits = array<i64: 2, 3>, strides = array<i64: 1, 2>} : (tensor<2x3xi32>) -> tensor<2x2xi32>
  return %r : tensor<2x2xi32>
}

// CHECK-LABEL: func.func @update_slice_nothing(
// CHECK-NEXT: return %arg0 : tensor<4xf32>
func.func @update_slice_nothing(%a: tensor<4xf32>, %b: tensor<0xf32>) -> tensor<4xf32> {
  %r = portico.update_slice %a, %b {starts = array<i64: 4>, strides = array<i64: 1>} : (tensor<4xf32>, tensor<0xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @update_slice_all(
// CHECK-NEXT: return %arg1 : tensor<4xf32>
func.func @update_slice_all(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %r = portico.update_slice %a, %b {starts = array<i64: 0>, strides = array<i64: 1>} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @pad_nothing(
// CHECK-NEXT: return %arg0 : tensor<4xf32>
func.func @pad_nothing(%a: tensor<4xf32>, %b: tensor<f32>) -> tensor<4xf32> {
  %r = portico.pad %a, %b {low = array<i64: 0>, high = array<i64: 0>} : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @pad_splat(
// CHECK-NEXT: %0 = portico.constant dense<7> : tensor<7xi32>
// CHECK-NEXT: return %0 : tensor<7xi32>
func.func @pad_splat() -> tensor<7xi32> {
  %c = portico.constant dense<7> : tensor<4xi32>
  %d = portico.constant dense<7> : tensor<i32>
  %r = portico.pad %c, %d {low = array<i64: 1>, high = array<i64: 2>} : (tensor<4xi32>, tensor<i32>) -> tensor<7xi32>
  return %r : tensor<7xi32>
}

// CHECK-LABEL: func.func @pad_other_splat_stays(
// CHECK-NEXT: %0 = portico.constant dense<7> : tensor<4xi32>
// CHECK-NEXT: %1 = portico.constant dense<0> : tensor<i32>
// CHECK-NEXT: %2 = portico.pad %0, %1 {high = array<i64: 2>, low = array<i64: 1>} : (tensor<4xi32>, tensor<i32>) -> tensor<7xi32>
// CHECK-NEXT: return %2 : tensor<7xi32>
func.func @pad_other_splat_stays() -> tensor<7xi32> {
  %c = portico.constant dense<7> : tensor<4xi32>
  %d = portico.constant dense<0> : tensor<i32>
  %r = portico.pad %c, %d {low = array<i64: 1>, high = array<i64: 2>} : (tensor<4xi32>, tensor<i32>) -> tensor<7xi32>
  return %r : tensor<7xi32>
}

// CHECK-LABEL: func.func @concat_one(
// CHECK-NEXT: return %arg0 : tensor<4xf32>
func.func @concat_one(%a: tensor<4xf32>) -> tensor<4xf32> {
  %r = portico.concat %a {axis = 0 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @concat_with_empty(
// CHECK-NEXT: %0 = portico.concat %arg0, %arg0 {axis = 0 : i64} : (tensor<4xf32>, tensor<4xf32>) -> tensor<8xf32>
// CHECK-NEXT: return %0 : tensor<8xf32>
func.func @concat_with_empty(%a: tensor<4xf32>, %b: tensor<0xf32>) -> tensor<8xf32> {
  %r = portico.concat %b, %a, %b, %a {axis = 0 : i64} : (tensor<0xf32>, tensor<4xf32>, tensor<0xf32>, tensor<4xf32>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// CHECK-LABEL: func.func @reverse_unit(
// CHECK-NEXT: return %arg0 : tensor<1x4xf32>
func.func @reverse_unit(%a: tensor<1x4xf32>) -> tensor<1x4xf32> {
  %r = portico.reverse %a {axes = array<i64: 0>} : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %r : tensor<1x4xf32>
}

// CHECK-LABEL: func.func @reverse_twice(
// CHECK-NEXT: return %arg0 : tensor<2x4xf32>
func.func @reverse_twice(%a: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %b = portico.reverse %a {axes = array<i64: 1, 0>} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %r = portico.reverse %b {axes = array<i64: 0, 1>} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  return %r : tensor<2x4xf32>
}

// CHECK-LABEL: func.func @reverse_chain(
// CHECK-NEXT: %0 = portico.reverse %arg0 {axes = array<i64: 0>} : (tensor<2x4xf32>) -> tensor<2x4xf32>
// CHECK-NEXT: return %0 : tensor<2x4xf32>
func.func @reverse_chain(%a: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %b = portico.reverse %a {axes = array<i64: 1>} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %r = portico.reverse %b {axes = array<i64: 0, 1>} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  return %r : tensor<2x4xf32>
}

// CHECK-LABEL: func.func @reverse_constant(
// CHECK-NEXT: %0 = portico.constant dense<[3, 2, 1]> : tensor<3xi32>
// CHECK-NEXT: return %0 : tensor<3xi32>
func.func @reverse_constant() -> tensor<3xi32> {
  %c = portico.constant dense<[1, 2, 3]> : tensor<3xi32>
  %r = portico.reverse %c {axes = array<i64: 0>} : (tensor<3xi32>) -> tensor<3xi32>
  return %r : tensor<3xi32>
}
