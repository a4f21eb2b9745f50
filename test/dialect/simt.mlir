// The instructions of a subgroup, as they are written and read.
// RUN: portico-opt %s --split-input-file | portico-opt --split-input-file | filecheck %s

// CHECK-LABEL: func.func @half
func.func @half(%a: vector<4xf16>, %c: vector<16xf32>) -> vector<16xf32> {
  // CHECK: simt.multiply_add %{{.*}}, %{{.*}}, %{{.*}} {k = 8 : i64, m = 32 : i64, n = 32 : i64} : vector<4xf16>, vector<4xf16>, vector<16xf32>
  %d = simt.multiply_add %a, %a, %c {m = 32, n = 32, k = 8} : vector<4xf16>, vector<4xf16>, vector<16xf32>
  return %d : vector<16xf32>
}

// -----

// CHECK-LABEL: func.func @rounded
func.func @rounded(%a: vector<4xf32>, %b: vector<2xf32>, %c: vector<4xf32>) -> vector<4xf32> {
  // CHECK: simt.multiply_add {{.*}} tf32
  %d = simt.multiply_add %a, %b, %c {m = 16, n = 8, k = 8, tf32} : vector<4xf32>, vector<2xf32>, vector<4xf32>
  return %d : vector<4xf32>
}
