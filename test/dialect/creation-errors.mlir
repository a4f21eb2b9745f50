// What the creation ops reject; a function is named after the constraint that its op breaks.
// RUN: portico-opt %s --split-input-file --verify-diagnostics

func.func @iota_c1() {
  // expected-error@+2 {{[iota] shape has an entry that is too small; got [-1]; expected entries >= 0 (iota_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.iota {axis = 0 : i64, dtype = i64, shape = array<i64: -1>} : () -> tensor<1xi64>
  return
}

// -----

func.func @iota_c2() {
  // expected-error@+2 {{[iota] axis is out of range; got 0; expected a tensor of rank >= 1 (iota_c2)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.iota {axis = 0 : i64, dtype = i64, shape = array<i64>} : () -> tensor<i64>
  return
}

// -----

// The seed is a scalar.
func.func @random_bits_c0(%a: tensor<2xi64>, %b: tensor<i64>) {
  // expected-error@+1 {{'portico.random_bits' op operand #0 must be 0D tensor of 64-bit signless integer values, but got 'tensor<2xi64>'}}
  %r = portico.random_bits %a, %b {shape = array<i64: 3>} : (tensor<2xi64>, tensor<i64>) -> tensor<3xi32>
  return
}

// -----

func.func @random_bits_c1(%a: tensor<i64>, %b: tensor<i64>) {
  // expected-error@+2 {{[random_bits] shape has an entry that is too small; got [3, -2]; expected entries >= 0 (random_bits_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.random_bits %a, %b {shape = array<i64: 3, -2>} : (tensor<i64>, tensor<i64>) -> tensor<3xi32>
  return
}

// -----

// Every op: at most 2^62 bytes.
func.func @result_too_large() {
  // expected-error@+2 {{[iota] the result is too large; got float64[1099511627776, 1048576]; expected at most 2^62 bytes (iota_c0)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.iota {axis = 0 : i64, dtype = f64, shape = array<i64: 1099511627776, 1048576>} : () -> tensor<4xf64>
  return
}
