// What the elementwise ops reject; a function is named after the constraint that its op breaks.
// RUN: portico-opt %s --split-input-file --verify-diagnostics

// Shapes are static.
func.func @add_c0(%a: tensor<?xf32>, %b: tensor<?xf32>) {
  // expected-error@+2 {{[add] operand is no tensor of portico; got 'tensor<?xf32>'; expected a static shape and a dtype (add_c0)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.add %a, %b : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
  return
}

// -----

// The MLIR op says it in its own words: exp takes no integers.
func.func @exp_c0(%a: tensor<4xi32>) {
  // expected-error@+1 {{'portico.exp' op operand #0 must be ranked tensor of 16-bit float or bfloat16 type or 32-bit float or 64-bit float values, but got 'tensor<4xi32>'}}
  %r = portico.exp %a : (tensor<4xi32>) -> tensor<4xi32>
  return
}

// -----

func.func @add_c1(%a: tensor<4xf32>, %b: tensor<4xf64>) {
  // expected-error@+2 {{[add] lhs and rhs differ in dtype; got float32 and float64; expected the same dtype (add_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.add %a, %b : (tensor<4xf32>, tensor<4xf64>) -> tensor<4xf32>
  return
}

// -----

// Nothing broadcasts implicitly.
func.func @sub_c2(%a: tensor<4xf32>, %b: tensor<1xf32>) {
  // expected-error@+2 {{[sub] lhs and rhs differ in shape; got [4] and [1]; expected the same shape (sub_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.sub %a, %b : (tensor<4xf32>, tensor<1xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @compare_c1(%a: tensor<4xi32>, %b: tensor<4xi64>) {
  // expected-error@+2 {{[compare] lhs and rhs differ in dtype; got int32 and int64; expected the same dtype (compare_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.compare lt %a, %b : (tensor<4xi32>, tensor<4xi64>) -> tensor<4xi1>
  return
}

// -----

func.func @compare_c2(%a: tensor<4xi32>, %b: tensor<4x1xi32>) {
  // expected-error@+2 {{[compare] lhs and rhs differ in shape; got [4] and [4, 1]; expected the same shape (compare_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.compare eq %a, %b : (tensor<4xi32>, tensor<4x1xi32>) -> tensor<4xi1>
  return
}

// -----

func.func @select_c1(%a: tensor<4xi1>, %b: tensor<4xf32>, %c: tensor<4xi32>) {
  // expected-error@+2 {{[select] on_true and on_false differ in dtype; got float32 and int32; expected the same dtype (select_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.select %a, %b, %c : (tensor<4xi1>, tensor<4xf32>, tensor<4xi32>) -> tensor<4xf32>
  return
}

// -----

func.func @select_c2(%a: tensor<4xi1>, %b: tensor<4xf32>, %c: tensor<3xf32>) {
  // expected-error@+2 {{[select] on_true and on_false differ in shape; got [4] and [3]; expected the same shape (select_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.select %a, %b, %c : (tensor<4xi1>, tensor<4xf32>, tensor<3xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @select_c2_pred(%a: tensor<i1>, %b: tensor<4xf32>, %c: tensor<4xf32>) {
  // expected-error@+2 {{[select] pred and on_true differ in shape; got [] and [4]; expected the same shape (select_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.select %a, %b, %c : (tensor<i1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

// I4 is no dtype of portico.
func.func @cast_c0(%a: tensor<4xf32>) {
  // expected-error@+1 {{'portico.cast' op result #0 must be ranked tensor of 16-bit float or bfloat16 type or 32-bit float or 64-bit float or 8-bit signless integer or 16-bit signless integer or 32-bit signless integer or 64-bit signless integer or 8-bit unsigned integer or 1-bit signless integer values, but got 'tensor<4xi4>'}}
  %r = portico.cast %a {dtype = i4} : (tensor<4xf32>) -> tensor<4xi4>
  return
}

// -----

func.func @bitcast_c1(%a: tensor<4xf32>) {
  // expected-error@+2 {{[bitcast] cannot reinterpret float32; got dtype float64; expected a dtype of 4 bytes (bitcast_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.bitcast %a {dtype = f64} : (tensor<4xf32>) -> tensor<4xf64>
  return
}

// -----

func.func @bitcast_c1_bool(%a: tensor<4xi8>) {
  // expected-error@+2 {{[bitcast] cannot reinterpret int8; got dtype bool; expected bool for bool only (bitcast_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.bitcast %a {dtype = i1} : (tensor<4xi8>) -> tensor<4xi1>
  return
}

// -----

// The result type is the inferred one.
func.func @result_type(%a: tensor<4xf32>) {
  // expected-error@+2 {{'portico.neg' op inferred type(s) 'tensor<4xf32>' are incompatible with return type(s) of operation 'tensor<5xf32>'}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.neg %a : (tensor<4xf32>) -> tensor<5xf32>
  return
}
