// Of the elementary functions none is left, scalar or vector, f32 or f64.
// RUN: portico-opt %s --portico-expand-math | filecheck %s

// CHECK-NOT: math.{{exp|expm1|log|log1p|log2|sin|cos|tanh|erf|powf|ipowi|atan2|rsqrt}}
// CHECK-NOT: arith.remf

// One reduction of large arguments, lane by lane, with a table of 2/pi.
// CHECK:     memref.global "private" constant @portico_two_over_pi
// CHECK-NOT: memref.global
func.func @f32(%x: vector<8xf32>, %y: vector<8xf32>) -> vector<8xf32> {
  %0 = math.exp %x : vector<8xf32>
  %1 = math.expm1 %0 : vector<8xf32>
  %2 = math.log %1 : vector<8xf32>
  %3 = math.log1p %2 : vector<8xf32>
  %4 = math.log2 %3 : vector<8xf32>
  %5 = math.sin %4 : vector<8xf32>
  %6 = math.cos %5 : vector<8xf32>
  %7 = math.tanh %6 : vector<8xf32>
  %8 = math.erf %7 : vector<8xf32>
  %9 = math.powf %8, %y : vector<8xf32>
  %10 = math.atan2 %9, %y : vector<8xf32>
  %11 = math.rsqrt %10 : vector<8xf32>
  %12 = arith.remf %11, %y : vector<8xf32>
  return %12 : vector<8xf32>
}
func.func @f64(%x: f64, %y: f64) -> f64 {
  %0 = math.exp %x : f64
  %1 = math.expm1 %0 : f64
  %2 = math.log %1 : f64
  %3 = math.log1p %2 : f64
  %4 = math.log2 %3 : f64
  %5 = math.sin %4 : f64
  %6 = math.cos %5 : f64
  %7 = math.tanh %6 : f64
  %8 = math.erf %7 : f64
  %9 = math.powf %8, %y : f64
  %10 = math.atan2 %9, %y : f64
  %11 = math.rsqrt %10 : f64
  %12 = arith.remf %11, %y : f64
  return %12 : f64
}
func.func @integers(%x: vector<8xi32>, %n: vector<8xi32>) -> vector<8xi32> {
  %0 = math.ipowi %x, %n : vector<8xi32>
  return %0 : vector<8xi32>
}
