// A function without a polynomial would become a call of a C library that a program does
// not link: it is refused by name.
// RUN: portico-opt %s --portico-expand-math --split-input-file --verify-diagnostics

func.func @scalar(%x: f32) -> f32 {
  // expected-error@+1 {{[expand-math] no polynomial for this function; got math.tan of 'f32'; expected one that the lowering of portico emits}}
  %0 = math.tan %x : f32
  return %0 : f32
}

// -----

func.func @vector(%x: vector<8xf64>) -> vector<8xf64> {
  // expected-error@+1 {{[expand-math] no polynomial for this function; got math.cbrt of 'vector<8xf64>'}}
  %0 = math.cbrt %x : vector<8xf64>
  return %0 : vector<8xf64>
}

// -----

// An integer is none of math's numbers: MLIR says so itself.
func.func @integer(%x: i32) -> i32 {
  // expected-error@+1 {{'math.exp' op operand #0 must be floating-point-like, but got 'i32'}}
  %0 = math.exp %x : i32
  return %0 : i32
}
