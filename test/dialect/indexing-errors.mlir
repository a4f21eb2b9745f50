// What the indexing ops reject; a function is named after the constraint that its op breaks.
// RUN: portico-opt %s --split-input-file --verify-diagnostics

// Indices are i32 or i64.
func.func @gather_c0(%a: tensor<4xf32>, %b: tensor<2xi16>) {
  // expected-error@+1 {{'portico.gather' op operand #1 must be ranked tensor of 32-bit signless integer or 64-bit signless integer values, but got 'tensor<2xi16>'}}
  %r = portico.gather %a, %b {axis = 0 : i64, batch_dims = 0 : i64} : (tensor<4xf32>, tensor<2xi16>) -> tensor<2xf32>
  return
}

// -----

func.func @gather_c1(%a: tensor<4xf32>, %b: tensor<2xi64>) {
  // expected-error@+2 {{[gather] axis or batch_dims is out of range; got axis 1 and batch_dims 0 for x [4] and indices [2]; expected 0 <= batch_dims <= axis < 1 and batch_dims <= 1 (gather_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.gather %a, %b {axis = 1 : i64, batch_dims = 0 : i64} : (tensor<4xf32>, tensor<2xi64>) -> tensor<4x2xf32>
  return
}

// -----

func.func @gather_c1_batch(%a: tensor<4x5xf32>, %b: tensor<4x2xi64>) {
  // expected-error@+2 {{[gather] axis or batch_dims is out of range; got axis 0 and batch_dims 1 for x [4, 5] and indices [4, 2]; expected 0 <= batch_dims <= axis < 2 and batch_dims <= 2 (gather_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.gather %a, %b {axis = 0 : i64, batch_dims = 1 : i64} : (tensor<4x5xf32>, tensor<4x2xi64>) -> tensor<4x2xf32>
  return
}

// -----

func.func @gather_c1_indices(%a: tensor<4x5xf32>, %b: tensor<i64>) {
  // expected-error@+2 {{[gather] axis or batch_dims is out of range; got axis 1 and batch_dims 1 for x [4, 5] and indices []; expected 0 <= batch_dims <= axis < 2 and batch_dims <= 0 (gather_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.gather %a, %b {axis = 1 : i64, batch_dims = 1 : i64} : (tensor<4x5xf32>, tensor<i64>) -> tensor<4xf32>
  return
}

// -----

func.func @gather_c2(%a: tensor<4x5xf32>, %b: tensor<3x2xi64>) {
  // expected-error@+2 {{[gather] x and indices differ in the batch dimensions; got [4, 5] and [3, 2]; expected the same sizes in the first batch_dims = 1 (gather_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.gather %a, %b {axis = 1 : i64, batch_dims = 1 : i64} : (tensor<4x5xf32>, tensor<3x2xi64>) -> tensor<4x2xf32>
  return
}

// -----

func.func @scatter_c1(%a: tensor<4xf32>, %b: tensor<2xi64>, %c: tensor<2xf32>) {
  // expected-error@+2 {{[scatter] axis or batch_dims is out of range; got axis -1 and batch_dims 0 for x [4] and indices [2]; expected 0 <= batch_dims <= axis < 1 and batch_dims <= 1 (scatter_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.scatter set %a, %b, %c {axis = -1 : i64, batch_dims = 0 : i64} : (tensor<4xf32>, tensor<2xi64>, tensor<2xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @scatter_c2(%a: tensor<4x5xf32>, %b: tensor<3x2xi64>, %c: tensor<4x2xf32>) {
  // expected-error@+2 {{[scatter] x and indices differ in the batch dimensions; got [4, 5] and [3, 2]; expected the same sizes in the first batch_dims = 1 (scatter_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.scatter set %a, %b, %c {axis = 1 : i64, batch_dims = 1 : i64} : (tensor<4x5xf32>, tensor<3x2xi64>, tensor<4x2xf32>) -> tensor<4x5xf32>
  return
}

// -----

func.func @scatter_c3(%a: tensor<4xf32>, %b: tensor<2xi64>, %c: tensor<3xf32>) {
  // expected-error@+2 {{[scatter] updates has the wrong shape; got [3]; expected [2] (scatter_c3)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.scatter set %a, %b, %c {axis = 0 : i64, batch_dims = 0 : i64} : (tensor<4xf32>, tensor<2xi64>, tensor<3xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @scatter_c4(%a: tensor<4xf32>, %b: tensor<2xi64>, %c: tensor<2xf64>) {
  // expected-error@+2 {{[scatter] x and updates differ in dtype; got float32 and float64; expected the same dtype (scatter_c4)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.scatter set %a, %b, %c {axis = 0 : i64, batch_dims = 0 : i64} : (tensor<4xf32>, tensor<2xi64>, tensor<2xf64>) -> tensor<4xf32>
  return
}

// -----

func.func @scatter_c5(%a: tensor<4xi1>, %b: tensor<2xi64>, %c: tensor<2xi1>) {
  // expected-error@+2 {{[scatter] this combiner takes no bool; got add; expected set, max or min (scatter_c5)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.scatter add %a, %b, %c {axis = 0 : i64, batch_dims = 0 : i64} : (tensor<4xi1>, tensor<2xi64>, tensor<2xi1>) -> tensor<4xi1>
  return
}

// -----

func.func @dynamic_slice_c1(%a: tensor<4x5xf32>, %b: tensor<i64>) {
  // expected-error@+2 {{[dynamic_slice] wrong number of starts; got 1; expected 2, one for each dimension of x (dynamic_slice_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.dynamic_slice %a, %b {sizes = array<i64: 1, 1>} : (tensor<4x5xf32>, tensor<i64>) -> tensor<1x1xf32>
  return
}

// -----

func.func @dynamic_slice_c2(%a: tensor<4xf32>, %b: tensor<i64>) {
  // expected-error@+2 {{[dynamic_slice] the window is too large in dimension 0; got sizes [5] for [4]; expected 0 <= size <= 4 (dynamic_slice_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.dynamic_slice %a, %b {sizes = array<i64: 5>} : (tensor<4xf32>, tensor<i64>) -> tensor<5xf32>
  return
}

// -----

func.func @dynamic_slice_c2_length(%a: tensor<4xf32>, %b: tensor<i64>) {
  // expected-error@+2 {{[dynamic_slice] sizes has the wrong length; got []; expected 1 entry, one for each dimension of x (dynamic_slice_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.dynamic_slice %a, %b {sizes = array<i64>} : (tensor<4xf32>, tensor<i64>) -> tensor<f32>
  return
}

// -----

func.func @dynamic_update_slice_c1(%a: tensor<4xf32>, %b: tensor<2xf32>) {
  // expected-error@+2 {{[dynamic_update_slice] wrong number of starts; got 0; expected 1, one for each dimension of x (dynamic_update_slice_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.dynamic_update_slice %a, %b : (tensor<4xf32>, tensor<2xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @dynamic_update_slice_c2(%a: tensor<4xf32>, %b: tensor<2xf64>, %c: tensor<i64>) {
  // expected-error@+2 {{[dynamic_update_slice] x and update differ in dtype; got float32 and float64; expected the same dtype (dynamic_update_slice_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.dynamic_update_slice %a, %b, %c : (tensor<4xf32>, tensor<2xf64>, tensor<i64>) -> tensor<4xf32>
  return
}

// -----

func.func @dynamic_update_slice_c2_rank(%a: tensor<4xf32>, %b: tensor<f32>, %c: tensor<i64>) {
  // expected-error@+2 {{[dynamic_update_slice] x and update differ in rank; got [4] and []; expected the same rank (dynamic_update_slice_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.dynamic_update_slice %a, %b, %c : (tensor<4xf32>, tensor<f32>, tensor<i64>) -> tensor<4xf32>
  return
}

// -----

func.func @dynamic_update_slice_c3(%a: tensor<4xf32>, %b: tensor<5xf32>, %c: tensor<i64>) {
  // expected-error@+2 {{[dynamic_update_slice] update is too large in dimension 0; got [5] for [4]; expected at most 4 (dynamic_update_slice_c3)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.dynamic_update_slice %a, %b, %c : (tensor<4xf32>, tensor<5xf32>, tensor<i64>) -> tensor<4xf32>
  return
}
