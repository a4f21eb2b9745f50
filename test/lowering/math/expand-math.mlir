// What is no single instruction becomes arithmetic; what is one stays.
// RUN: portico-opt %s --portico-expand-math | filecheck %s

// CHECK-LABEL: func.func @scalar
// CHECK-NOT:   math.exp
// CHECK:       math.fma
// CHECK-NOT:   math.exp
// CHECK:       math.sqrt
func.func @scalar(%x: f32) -> f32 {
  %0 = math.exp %x : f32
  %1 = math.sqrt %0 : f32
  return %1 : f32
}

// CHECK-LABEL: func.func @vector
// CHECK-NOT:   math.tanh
// CHECK:       return {{.*}} : vector<4xf64>
func.func @vector(%x: vector<4xf64>) -> vector<4xf64> {
  %0 = math.tanh %x : vector<4xf64>
  return %0 : vector<4xf64>
}

// Half types are computed in f32 before they come here.
// CHECK-LABEL: func.func @half
// CHECK-NEXT:  math.exp
func.func @half(%x: f16) -> f16 {
  %0 = math.exp %x : f16
  return %0 : f16
}
