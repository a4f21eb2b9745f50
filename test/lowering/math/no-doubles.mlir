// A machine without f64 gets functions of f32 that need none.
// RUN: portico-opt %s --portico-expand-math=doubles=false | filecheck %s
// RUN: portico-opt %s --portico-expand-math | filecheck %s --check-prefix=WIDE

// CHECK-NOT: f64
// CHECK-NOT: math.{{sin|cos|powf}}
// CHECK-NOT: arith.remf
// WIDE: arith.extf {{.*}} : f32 to f64
func.func @scalar(%x: f32, %y: f32) -> f32 {
  %0 = math.sin %x : f32
  %1 = math.cos %0 : f32
  %2 = math.powf %1, %y : f32
  %3 = arith.remf %2, %y : f32
  return %3 : f32
}
func.func @vector(%x: vector<4xf32>, %y: vector<4xf32>) -> vector<4xf32> {
  %0 = math.sin %x : vector<4xf32>
  %1 = math.cos %0 : vector<4xf32>
  %2 = math.powf %1, %y : vector<4xf32>
  %3 = arith.remf %2, %y : vector<4xf32>
  return %3 : vector<4xf32>
}
