// RUN: portico-opt %s --portico-simplify --split-input-file | filecheck %s

// A sum of repeated values is a product; the other dimensions stay.

// CHECK-LABEL: func.func @sum_of_broadcast(
// CHECK-SAME:    [[X:%.+]]: tensor<4xf32>)
// CHECK-NEXT:  [[N:%.+]] = portico.constant dense<8.000000e+00> : tensor<4xf32>
// CHECK-NEXT:  [[M:%.+]] = portico.mul [[X]], [[N]]
// CHECK-NEXT:  [[S:%.+]] = portico.reduce sum [[M]] {axes = array<i64: 0>}
// CHECK-NEXT:  return [[M]], [[S]]
func.func @sum_of_broadcast(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<f32>) {
  %0 = portico.broadcast %x {shape = array<i64: 8, 4>, dims = array<i64: 1>} : (tensor<4xf32>) -> tensor<8x4xf32>
  %1 = portico.reduce sum %0 {axes = array<i64: 0>} : (tensor<8x4xf32>) -> tensor<4xf32>
  %2 = portico.reduce sum %0 {axes = array<i64: 0, 1>} : (tensor<8x4xf32>) -> tensor<f32>
  return %1, %2 : tensor<4xf32>, tensor<f32>
}

// -----

// CHECK-LABEL: func.func @max_of_broadcast(
// CHECK-SAME:    [[X:%.+]]: tensor<4x1xf32>)
// CHECK-NEXT:  [[R:%.+]] = portico.reshape [[X]] {shape = array<i64: 4>}
// CHECK-NEXT:  return [[R]]
func.func @max_of_broadcast(%x: tensor<4x1xf32>) -> tensor<4xf32> {
  %0 = portico.broadcast %x {shape = array<i64: 4, 6>, dims = array<i64: 0, 1>} : (tensor<4x1xf32>) -> tensor<4x6xf32>
  %1 = portico.reduce max %0 {axes = array<i64: 1>} : (tensor<4x6xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

// 2049 is no f16: the product would round where the sum does not.

// CHECK-LABEL: func.func @sum_of_too_many(
// CHECK:       portico.reduce
func.func @sum_of_too_many(%x: tensor<f16>) -> tensor<f16> {
  %0 = portico.broadcast %x {shape = array<i64: 2049>, dims = array<i64>} : (tensor<f16>) -> tensor<2049xf16>
  %1 = portico.reduce sum %0 {axes = array<i64: 0>} : (tensor<2049xf16>) -> tensor<f16>
  return %1 : tensor<f16>
}

// -----

// Nothing is repeated along an axis that x has.

// CHECK-LABEL: func.func @sum_of_own(
// CHECK-NEXT:  portico.broadcast
// CHECK-NEXT:  portico.reduce
func.func @sum_of_own(%x: tensor<4xf32>) -> tensor<8xf32> {
  %0 = portico.broadcast %x {shape = array<i64: 8, 4>, dims = array<i64: 1>} : (tensor<4xf32>) -> tensor<8x4xf32>
  %1 = portico.reduce min %0 {axes = array<i64: 1>} : (tensor<8x4xf32>) -> tensor<8xf32>
  return %1 : tensor<8xf32>
}

// -----

// Arithmetic on repeated values is done once.

// CHECK-LABEL: func.func @elementwise_of_broadcasts(
// CHECK-SAME:    [[X:%.+]]: tensor<4xf32>, [[Y:%.+]]: tensor<4xf32>)
// CHECK-NEXT:  [[C:%.+]] = portico.constant dense<5.000000e-01> : tensor<4xf32>
// CHECK-NEXT:  [[A:%.+]] = portico.add [[X]], [[Y]]
// CHECK-NEXT:  [[M:%.+]] = portico.mul [[A]], [[C]]
// CHECK-NEXT:  [[B:%.+]] = portico.broadcast [[M]]
// CHECK-NEXT:  return [[B]]
func.func @elementwise_of_broadcasts(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<8x4xf32> {
  %0 = portico.broadcast %x {shape = array<i64: 8, 4>, dims = array<i64: 1>} : (tensor<4xf32>) -> tensor<8x4xf32>
  %1 = portico.broadcast %y {shape = array<i64: 8, 4>, dims = array<i64: 1>} : (tensor<4xf32>) -> tensor<8x4xf32>
  %2 = portico.add %0, %1 : (tensor<8x4xf32>, tensor<8x4xf32>) -> tensor<8x4xf32>
  %3 = portico.constant dense<0.5> : tensor<8x4xf32>
  %4 = portico.mul %2, %3 : (tensor<8x4xf32>, tensor<8x4xf32>) -> tensor<8x4xf32>
  return %4 : tensor<8x4xf32>
}

// -----

// CHECK-LABEL: func.func @differently_broadcast(
// CHECK:       portico.add {{.*}} -> tensor<4x4xf32>
func.func @differently_broadcast(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4x4xf32> {
  %0 = portico.broadcast %x {shape = array<i64: 4, 4>, dims = array<i64: 0>} : (tensor<4xf32>) -> tensor<4x4xf32>
  %1 = portico.broadcast %y {shape = array<i64: 4, 4>, dims = array<i64: 1>} : (tensor<4xf32>) -> tensor<4x4xf32>
  %2 = portico.add %0, %1 : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  return %2 : tensor<4x4xf32>
}

// -----

// x @ w.T reads w as it lies; so do heads split off by a permute.

// CHECK-LABEL: func.func @dot_of_permute(
// CHECK-SAME:    [[Q:%.+]]: tensor<2x5x3x4xf32>, [[K:%.+]]: tensor<2x6x3x4xf32>)
// CHECK-NEXT:  [[S:%.+]] = portico.dot_general [[Q]], [[K]] {lhs_batch = array<i64: 0, 2>, lhs_contract = array<i64: 3>, rhs_batch = array<i64: 0, 2>, rhs_contract = array<i64: 3>}
// CHECK-NEXT:  return [[S]]
func.func @dot_of_permute(%q: tensor<2x5x3x4xf32>, %k: tensor<2x6x3x4xf32>) -> tensor<2x3x5x6xf32> {
  %0 = portico.permute %q {permutation = array<i64: 0, 2, 1, 3>} : (tensor<2x5x3x4xf32>) -> tensor<2x3x5x4xf32>
  %1 = portico.permute %k {permutation = array<i64: 0, 2, 3, 1>} : (tensor<2x6x3x4xf32>) -> tensor<2x3x4x6xf32>
  %2 = portico.dot_general %0, %1 {lhs_batch = array<i64: 0, 1>, rhs_batch = array<i64: 0, 1>, lhs_contract = array<i64: 3>, rhs_contract = array<i64: 2>}
    : (tensor<2x3x5x4xf32>, tensor<2x3x4x6xf32>) -> tensor<2x3x5x6xf32>
  return %2 : tensor<2x3x5x6xf32>
}

// -----

// A contraction that is written anew keeps its permission.

// CHECK-LABEL: func.func @rounded_dot_of_permute(
// CHECK-NEXT:  portico.dot_general {{.*}}allow_tf32
// CHECK-NEXT:  return
func.func @rounded_dot_of_permute(%x: tensor<8x4xf32>, %w: tensor<3x4xf32>) -> tensor<3x8xf32> {
  %0 = portico.permute %w {permutation = array<i64: 1, 0>} : (tensor<3x4xf32>) -> tensor<4x3xf32>
  %1 = portico.dot_general %x, %0 {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>, allow_tf32}
    : (tensor<8x4xf32>, tensor<4x3xf32>) -> tensor<8x3xf32>
  %2 = portico.permute %1 {permutation = array<i64: 1, 0>} : (tensor<8x3xf32>) -> tensor<3x8xf32>
  return %2 : tensor<3x8xf32>
}

// -----

// Two free dimensions change places: the result would, too.

// CHECK-LABEL: func.func @dot_of_free_permute(
// CHECK:       portico.permute
// CHECK:       portico.dot_general
func.func @dot_of_free_permute(%x: tensor<2x3x4xf32>, %y: tensor<4xf32>) -> tensor<3x2xf32> {
  %0 = portico.permute %x {permutation = array<i64: 1, 0, 2>} : (tensor<2x3x4xf32>) -> tensor<3x2x4xf32>
  %1 = portico.dot_general %0, %y {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 2>, rhs_contract = array<i64: 0>}
    : (tensor<3x2x4xf32>, tensor<4xf32>) -> tensor<3x2xf32>
  return %1 : tensor<3x2xf32>
}

// -----

// CHECK-LABEL: func.func @permute_of_dot(
// CHECK-SAME:    [[X:%.+]]: tensor<8x4xf32>, [[Y:%.+]]: tensor<8x3xf32>)
// CHECK-NEXT:  [[D:%.+]] = portico.dot_general [[Y]], [[X]] {lhs_batch = array<i64>, lhs_contract = array<i64: 0>, rhs_batch = array<i64>, rhs_contract = array<i64: 0>}
// CHECK-NEXT:  return [[D]]
func.func @permute_of_dot(%x: tensor<8x4xf32>, %y: tensor<8x3xf32>) -> tensor<3x4xf32> {
  %0 = portico.dot_general %x, %y {lhs_batch = array<i64>, rhs_batch = array<i64>, lhs_contract = array<i64: 0>, rhs_contract = array<i64: 0>}
    : (tensor<8x4xf32>, tensor<8x3xf32>) -> tensor<4x3xf32>
  %1 = portico.permute %0 {permutation = array<i64: 1, 0>} : (tensor<4x3xf32>) -> tensor<3x4xf32>
  return %1 : tensor<3x4xf32>
}

// -----

// CHECK-LABEL: func.func @permutes_around(
// CHECK-SAME:    [[X:%.+]]: tensor<2x3xf32>, [[Y:%.+]]: tensor<3x2xf32>)
// CHECK-NEXT:  [[C:%.+]] = portico.constant dense<2.000000e+00> : tensor<2x3xf32>
// CHECK-NEXT:  [[M:%.+]] = portico.mul [[X]], [[C]]
// CHECK-NEXT:  [[P:%.+]] = portico.permute [[Y]]
// CHECK-NEXT:  [[A:%.+]] = portico.add [[M]], [[P]]
// CHECK-NEXT:  return [[A]]
func.func @permutes_around(%x: tensor<2x3xf32>, %y: tensor<3x2xf32>) -> tensor<2x3xf32> {
  %c = portico.constant dense<2.0> : tensor<3x2xf32>
  %0 = portico.permute %x {permutation = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %1 = portico.mul %0, %c : (tensor<3x2xf32>, tensor<3x2xf32>) -> tensor<3x2xf32>
  %2 = portico.add %1, %y : (tensor<3x2xf32>, tensor<3x2xf32>) -> tensor<3x2xf32>
  %3 = portico.permute %2 {permutation = array<i64: 1, 0>} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  return %3 : tensor<2x3xf32>
}

// -----

// One more permute than before would be no gain, and a value that others read
// is not computed twice.

// CHECK-LABEL: func.func @permutes_not_around(
// CHECK:       [[M:%.+]] = portico.mul
// CHECK-NEXT:  [[P:%.+]] = portico.permute [[M]]
// CHECK-NEXT:  [[E:%.+]] = portico.exp
// CHECK-NEXT:  [[Q:%.+]] = portico.permute [[E]]
// CHECK-NEXT:  return [[P]], [[E]], [[Q]]
func.func @permutes_not_around(%x: tensor<2x3xf32>, %y: tensor<3x2xf32>, %z: tensor<3x2xf32>) -> (tensor<2x3xf32>, tensor<3x2xf32>, tensor<2x3xf32>) {
  %0 = portico.permute %x {permutation = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %1 = portico.add %0, %y : (tensor<3x2xf32>, tensor<3x2xf32>) -> tensor<3x2xf32>
  %2 = portico.mul %1, %z : (tensor<3x2xf32>, tensor<3x2xf32>) -> tensor<3x2xf32>
  %3 = portico.permute %2 {permutation = array<i64: 1, 0>} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  %4 = portico.exp %0 : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %5 = portico.permute %4 {permutation = array<i64: 1, 0>} : (tensor<3x2xf32>) -> tensor<2x3xf32>
  return %3, %4, %5 : tensor<2x3xf32>, tensor<3x2xf32>, tensor<2x3xf32>
}

// -----

// CHECK-LABEL: func.func @reshapes_around(
// CHECK-SAME:    [[X:%.+]]: tensor<2x3xf32>)
// CHECK-NEXT:  [[E:%.+]] = portico.exp [[X]]
// CHECK-NEXT:  return [[E]]
func.func @reshapes_around(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %0 = portico.reshape %x {shape = array<i64: 6>} : (tensor<2x3xf32>) -> tensor<6xf32>
  %1 = portico.exp %0 : (tensor<6xf32>) -> tensor<6xf32>
  %2 = portico.reshape %1 {shape = array<i64: 2, 3>} : (tensor<6xf32>) -> tensor<2x3xf32>
  return %2 : tensor<2x3xf32>
}

// -----

// Reshapes move down; there they meet a broadcast that takes them in.

// CHECK-LABEL: func.func @reshape_after(
// CHECK-SAME:    [[X:%.+]]: tensor<2x3xf32>, [[Y:%.+]]: tensor<2x3xf32>, [[Z:%.+]]: tensor<6xf32>)
// CHECK-NEXT:  [[A:%.+]] = portico.add [[X]], [[Y]]
// CHECK-NEXT:  [[B:%.+]] = portico.broadcast [[A]] {dims = array<i64: 1, 2>, shape = array<i64: 4, 2, 3>}
// CHECK-NEXT:  [[R:%.+]] = portico.reshape [[Y]]
// CHECK-NEXT:  [[M:%.+]] = portico.mul [[R]], [[Z]]
// CHECK-NEXT:  return [[B]], [[M]]
func.func @reshape_after(%x: tensor<2x3xf32>, %y: tensor<2x3xf32>, %z: tensor<6xf32>) -> (tensor<4x2x3xf32>, tensor<6xf32>) {
  %0 = portico.reshape %x {shape = array<i64: 1, 2, 3>} : (tensor<2x3xf32>) -> tensor<1x2x3xf32>
  %1 = portico.reshape %y {shape = array<i64: 1, 2, 3>} : (tensor<2x3xf32>) -> tensor<1x2x3xf32>
  %2 = portico.add %0, %1 : (tensor<1x2x3xf32>, tensor<1x2x3xf32>) -> tensor<1x2x3xf32>
  %3 = portico.broadcast %2 {shape = array<i64: 4, 2, 3>, dims = array<i64: 0, 1, 2>} : (tensor<1x2x3xf32>) -> tensor<4x2x3xf32>
  %4 = portico.reshape %y {shape = array<i64: 6>} : (tensor<2x3xf32>) -> tensor<6xf32>
  %5 = portico.mul %4, %z : (tensor<6xf32>, tensor<6xf32>) -> tensor<6xf32>
  return %3, %5 : tensor<4x2x3xf32>, tensor<6xf32>
}

// -----

// Powers that PyTorch computes without pow.

// CHECK-LABEL: func.func @powers(
// CHECK-SAME:    [[X:%.+]]: tensor<f32>, [[N:%.+]]: tensor<i32>)
// CHECK-NEXT:  [[ONE:%.+]] = portico.constant dense<1.000000e+00>
// CHECK-NEXT:  [[TEN:%.+]] = portico.constant dense<1.000000e+01>
// CHECK-NEXT:  [[A:%.+]] = portico.mul [[X]], [[X]]
// CHECK-NEXT:  [[B:%.+]] = portico.sqrt [[X]]
// CHECK-NEXT:  [[C:%.+]] = portico.div [[ONE]], [[X]]
// CHECK-NEXT:  [[D:%.+]] = portico.pow [[X]], [[TEN]]
// CHECK-NEXT:  [[E:%.+]] = portico.mul [[N]], [[N]]
// CHECK-NEXT:  return [[A]], [[B]], [[C]], [[D]], [[E]]
func.func @powers(%x: tensor<f32>, %n: tensor<i32>) -> (tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>, tensor<i32>) {
  %two = portico.constant dense<2.0> : tensor<f32>
  %half = portico.constant dense<0.5> : tensor<f32>
  %minus = portico.constant dense<-1.0> : tensor<f32>
  %ten = portico.constant dense<10.0> : tensor<f32>
  %itwo = portico.constant dense<2> : tensor<i32>
  %0 = portico.pow %x, %two : (tensor<f32>, tensor<f32>) -> tensor<f32>
  %1 = portico.pow %x, %half : (tensor<f32>, tensor<f32>) -> tensor<f32>
  %2 = portico.pow %x, %minus : (tensor<f32>, tensor<f32>) -> tensor<f32>
  %3 = portico.pow %x, %ten : (tensor<f32>, tensor<f32>) -> tensor<f32>
  %4 = portico.pow %n, %itwo : (tensor<i32>, tensor<i32>) -> tensor<i32>
  return %0, %1, %2, %3, %4 : tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>, tensor<i32>
}

// -----

// CHECK-LABEL: func.func @negations(
// CHECK-SAME:    [[X:%.+]]: tensor<f32>, [[Y:%.+]]: tensor<f32>)
// CHECK-NEXT:  [[A:%.+]] = portico.sub [[X]], [[Y]]
// CHECK-NEXT:  [[B:%.+]] = portico.add [[X]], [[Y]]
// CHECK-NEXT:  return [[A]], [[A]], [[B]]
func.func @negations(%x: tensor<f32>, %y: tensor<f32>) -> (tensor<f32>, tensor<f32>, tensor<f32>) {
  %0 = portico.neg %y : (tensor<f32>) -> tensor<f32>
  %1 = portico.add %x, %0 : (tensor<f32>, tensor<f32>) -> tensor<f32>
  %2 = portico.add %0, %x : (tensor<f32>, tensor<f32>) -> tensor<f32>
  %3 = portico.sub %x, %0 : (tensor<f32>, tensor<f32>) -> tensor<f32>
  return %1, %2, %3 : tensor<f32>, tensor<f32>, tensor<f32>
}

// -----

// What the sign of zero, nan or infinity forbids stays.

// CHECK-LABEL: func.func @not_exact(
// CHECK-NEXT:  portico.constant
// CHECK-NEXT:  portico.add
// CHECK-NEXT:  portico.mul
func.func @not_exact(%x: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  %zero = portico.constant dense<0.0> : tensor<f32>
  %0 = portico.add %x, %zero : (tensor<f32>, tensor<f32>) -> tensor<f32>
  %1 = portico.mul %x, %zero : (tensor<f32>, tensor<f32>) -> tensor<f32>
  return %0, %1 : tensor<f32>, tensor<f32>
}

// -----

// More operands than a kernel takes as parameters.

// CHECK-LABEL: func.func @concat_of_many(
// CHECK-SAME:    [[X:%.+]]: tensor<2x3xf32>, [[Y:%.+]]: tensor<2x1xf32>)
// CHECK-NEXT:  [[A:%.+]] = portico.concat [[X]], {{.*}} -> tensor<2x384xf32>
// CHECK-NEXT:  [[B:%.+]] = portico.concat [[A]], [[Y]] {axis = 1 : i64} : (tensor<2x384xf32>, tensor<2x1xf32>) -> tensor<2x385xf32>
// CHECK-NEXT:  return [[B]]
func.func @concat_of_many(%x: tensor<2x3xf32>, %y: tensor<2x1xf32>) -> tensor<2x385xf32> {
  %0 = portico.concat %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %x, %y {axis = 1 : i64}
      : (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x1xf32>) -> tensor<2x385xf32>
  return %0 : tensor<2x385xf32>
}
