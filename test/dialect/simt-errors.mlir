// What the instructions of a subgroup reject; a function is named after the constraint that is broken.
// RUN: portico-opt %s --split-input-file --verify-diagnostics

func.func @multiply_add_c1(%a: vector<4xf16>, %b: vector<4xbf16>, %c: vector<4xf32>) {
  // expected-error@+1 {{'simt.multiply_add' op A and B differ in their elements; got 'f16' and 'bf16'; expected one type (multiply_add_c1)}}
  %d = simt.multiply_add %a, %b, %c {m = 16, n = 16, k = 16} : vector<4xf16>, vector<4xbf16>, vector<4xf32>
  return
}

// -----

func.func @multiply_add_c2(%a: vector<4xf16>, %c: vector<4xf32>) {
  // expected-error@+1 {{'simt.multiply_add' op a size is not positive; got m = 16, n = 0, k = 16; expected at least 1 (multiply_add_c2)}}
  %d = simt.multiply_add %a, %a, %c {m = 16, n = 0, k = 16} : vector<4xf16>, vector<4xf16>, vector<4xf32>
  return
}

// -----

func.func @multiply_add_c3(%a: vector<4xf16>, %c: vector<4xf32>) {
  // expected-error@+1 {{'simt.multiply_add' op tf32 is a way to multiply f32; got elements of 'f16'; expected f32 (multiply_add_c3)}}
  %d = simt.multiply_add %a, %a, %c {m = 16, n = 16, k = 16, tf32} : vector<4xf16>, vector<4xf16>, vector<4xf32>
  return
}
