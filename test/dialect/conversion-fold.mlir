// Folds and canonical forms of the compare, select and cast ops; `_stays` marks what must not fold.
// RUN: portico-opt %s --canonicalize | filecheck %s

// CHECK-LABEL: func.func @compare_self_integer(
// CHECK-NEXT: %0 = portico.constant dense<true> : tensor<4xi1>
// CHECK-NEXT: return %0 : tensor<4xi1>
func.func @compare_self_integer(%a: tensor<4xi32>) -> tensor<4xi1> {
  %r = portico.compare le %a, %a : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi1>
  return %r : tensor<4xi1>
}

// No x is below itself, nan included.
// CHECK-LABEL: func.func @compare_self_below(
// CHECK-NEXT: %0 = portico.constant dense<false> : tensor<4xi1>
// CHECK-NEXT: return %0 : tensor<4xi1>
func.func @compare_self_below(%a: tensor<4xf32>) -> tensor<4xi1> {
  %r = portico.compare lt %a, %a : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
  return %r : tensor<4xi1>
}

// CHECK-LABEL: func.func @compare_self_float_stays(
// CHECK-NEXT: %0 = portico.compare eq %arg0, %arg0 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
// CHECK-NEXT: return %0 : tensor<4xi1>
func.func @compare_self_float_stays(%a: tensor<4xf32>) -> tensor<4xi1> {
  %r = portico.compare eq %a, %a : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
  return %r : tensor<4xi1>
}

// Only ne is true of nan.
// CHECK-LABEL: func.func @compare_nan(
// CHECK-NEXT: %0 = portico.constant dense<[true, false]> : tensor<2xi1>
// CHECK-NEXT: return %0 : tensor<2xi1>
func.func @compare_nan() -> tensor<2xi1> {
  %c = portico.constant dense<[0x7FC00000, 1.0]> : tensor<2xf32>
  %r = portico.compare ne %c, %c : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xi1>
  return %r : tensor<2xi1>
}

// -0.0 equals 0.0.
// CHECK-LABEL: func.func @compare_zeros(
// CHECK-NEXT: %0 = portico.constant dense<true> : tensor<2xi1>
// CHECK-NEXT: return %0 : tensor<2xi1>
func.func @compare_zeros() -> tensor<2xi1> {
  %c = portico.constant dense<0.0> : tensor<2xf32>
  %d = portico.constant dense<-0.0> : tensor<2xf32>
  %r = portico.compare ge %c, %d : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xi1>
  return %r : tensor<2xi1>
}

// CHECK-LABEL: func.func @compare_unsigned(
// CHECK-NEXT: %0 = portico.constant dense<[true, false]> : tensor<2xi1>
// CHECK-NEXT: return %0 : tensor<2xi1>
func.func @compare_unsigned() -> tensor<2xi1> {
  %c = portico.constant dense<[200, 1]> : tensor<2xui8>
  %d = portico.constant dense<[100, 2]> : tensor<2xui8>
  %r = portico.compare gt %c, %d : (tensor<2xui8>, tensor<2xui8>) -> tensor<2xi1>
  return %r : tensor<2xi1>
}

// CHECK-LABEL: func.func @compare_signed(
// CHECK-NEXT: %0 = portico.constant dense<false> : tensor<2xi1>
// CHECK-NEXT: return %0 : tensor<2xi1>
func.func @compare_signed() -> tensor<2xi1> {
  %c = portico.constant dense<[-56, 1]> : tensor<2xi8>
  %d = portico.constant dense<[100, 2]> : tensor<2xi8>
  %r = portico.compare gt %c, %d : (tensor<2xi8>, tensor<2xi8>) -> tensor<2xi1>
  return %r : tensor<2xi1>
}

// CHECK-LABEL: func.func @select_same(
// CHECK-NEXT: return %arg1 : tensor<4xf32>
func.func @select_same(%a: tensor<4xi1>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %r = portico.select %a, %b, %b : (tensor<4xi1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @select_true(
// CHECK-NEXT: return %arg0 : tensor<4xf32>
func.func @select_true(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %c = portico.constant dense<true> : tensor<4xi1>
  %r = portico.select %c, %a, %b : (tensor<4xi1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @select_false(
// CHECK-NEXT: return %arg1 : tensor<4xf32>
func.func @select_false(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %c = portico.constant dense<false> : tensor<4xi1>
  %r = portico.select %c, %a, %b : (tensor<4xi1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @select_constants(
// CHECK-NEXT: %0 = portico.constant dense<[1, 4]> : tensor<2xi32>
// CHECK-NEXT: return %0 : tensor<2xi32>
func.func @select_constants() -> tensor<2xi32> {
  %c = portico.constant dense<[true, false]> : tensor<2xi1>
  %d = portico.constant dense<[1, 2]> : tensor<2xi32>
  %e = portico.constant dense<[3, 4]> : tensor<2xi32>
  %r = portico.select %c, %d, %e : (tensor<2xi1>, tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  return %r : tensor<2xi32>
}

// CHECK-LABEL: func.func @cast_same(
// CHECK-NEXT: return %arg0 : tensor<4xf32>
func.func @cast_same(%a: tensor<4xf32>) -> tensor<4xf32> {
  %r = portico.cast %a {dtype = f32} : (tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// Bf16 to f32 and back loses nothing.
// CHECK-LABEL: func.func @cast_back(
// CHECK-NEXT: return %arg0 : tensor<4xbf16>
func.func @cast_back(%a: tensor<4xbf16>) -> tensor<4xbf16> {
  %b = portico.cast %a {dtype = f32} : (tensor<4xbf16>) -> tensor<4xf32>
  %r = portico.cast %b {dtype = bf16} : (tensor<4xf32>) -> tensor<4xbf16>
  return %r : tensor<4xbf16>
}

// F16 to f64 to f32 is f16 to f32.
// CHECK-LABEL: func.func @cast_through(
// CHECK-NEXT: %0 = portico.cast %arg0 {dtype = f32} : (tensor<4xf16>) -> tensor<4xf32>
// CHECK-NEXT: return %0 : tensor<4xf32>
func.func @cast_through(%a: tensor<4xf16>) -> tensor<4xf32> {
  %b = portico.cast %a {dtype = f64} : (tensor<4xf16>) -> tensor<4xf64>
  %r = portico.cast %b {dtype = f32} : (tensor<4xf64>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// F32 to bf16 rounds.
// CHECK-LABEL: func.func @cast_rounding_stays(
// CHECK-NEXT: %0 = portico.cast %arg0 {dtype = bf16} : (tensor<4xf32>) -> tensor<4xbf16>
// CHECK-NEXT: %1 = portico.cast %0 {dtype = f32} : (tensor<4xbf16>) -> tensor<4xf32>
// CHECK-NEXT: return %1 : tensor<4xf32>
func.func @cast_rounding_stays(%a: tensor<4xf32>) -> tensor<4xf32> {
  %b = portico.cast %a {dtype = bf16} : (tensor<4xf32>) -> tensor<4xbf16>
  %r = portico.cast %b {dtype = f32} : (tensor<4xbf16>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// Float32 holds no int32.
// CHECK-LABEL: func.func @cast_integer_through_float_stays(
// CHECK-NEXT: %0 = portico.cast %arg0 {dtype = f32} : (tensor<4xi32>) -> tensor<4xf32>
// CHECK-NEXT: %1 = portico.cast %0 {dtype = i32} : (tensor<4xf32>) -> tensor<4xi32>
// CHECK-NEXT: return %1 : tensor<4xi32>
func.func @cast_integer_through_float_stays(%a: tensor<4xi32>) -> tensor<4xi32> {
  %b = portico.cast %a {dtype = f32} : (tensor<4xi32>) -> tensor<4xf32>
  %r = portico.cast %b {dtype = i32} : (tensor<4xf32>) -> tensor<4xi32>
  return %r : tensor<4xi32>
}

// Float64 does.
// CHECK-LABEL: func.func @cast_integer_through_double(
// CHECK-NEXT: %0 = portico.cast %arg0 {dtype = i64} : (tensor<4xi32>) -> tensor<4xi64>
// CHECK-NEXT: return %0 : tensor<4xi64>
func.func @cast_integer_through_double(%a: tensor<4xi32>) -> tensor<4xi64> {
  %b = portico.cast %a {dtype = f64} : (tensor<4xi32>) -> tensor<4xf64>
  %r = portico.cast %b {dtype = i64} : (tensor<4xf64>) -> tensor<4xi64>
  return %r : tensor<4xi64>
}

// Both ways keep the low bits.
// CHECK-LABEL: func.func @cast_narrow_through_wide(
// CHECK-NEXT: %0 = portico.cast %arg0 {dtype = i8} : (tensor<4xi16>) -> tensor<4xi8>
// CHECK-NEXT: return %0 : tensor<4xi8>
func.func @cast_narrow_through_wide(%a: tensor<4xi16>) -> tensor<4xi8> {
  %b = portico.cast %a {dtype = i64} : (tensor<4xi16>) -> tensor<4xi64>
  %r = portico.cast %b {dtype = i8} : (tensor<4xi64>) -> tensor<4xi8>
  return %r : tensor<4xi8>
}

// A negative float is no uint8.
// CHECK-LABEL: func.func @cast_sign_through_float_stays(
// CHECK-NEXT: %0 = portico.cast %arg0 {dtype = f32} : (tensor<4xi8>) -> tensor<4xf32>
// CHECK-NEXT: %1 = portico.cast %0 {dtype = ui8} : (tensor<4xf32>) -> tensor<4xui8>
// CHECK-NEXT: return %1 : tensor<4xui8>
func.func @cast_sign_through_float_stays(%a: tensor<4xi8>) -> tensor<4xui8> {
  %b = portico.cast %a {dtype = f32} : (tensor<4xi8>) -> tensor<4xf32>
  %r = portico.cast %b {dtype = ui8} : (tensor<4xf32>) -> tensor<4xui8>
  return %r : tensor<4xui8>
}

// Anything but 0 is true, nan too.
// CHECK-LABEL: func.func @cast_to_bool(
// CHECK-NEXT: %0 = portico.constant dense<[false, false, true, true]> : tensor<4xi1>
// CHECK-NEXT: return %0 : tensor<4xi1>
func.func @cast_to_bool() -> tensor<4xi1> {
  %c = portico.constant dense<[0.0, -0.0, 0x7FC00000, 0.5]> : tensor<4xf32>
  %r = portico.cast %c {dtype = i1} : (tensor<4xf32>) -> tensor<4xi1>
  return %r : tensor<4xi1>
}

// CHECK-LABEL: func.func @cast_truncates(
// CHECK-NEXT: %0 = portico.constant dense<[-1, 2]> : tensor<2xi8>
// CHECK-NEXT: return %0 : tensor<2xi8>
func.func @cast_truncates() -> tensor<2xi8> {
  %c = portico.constant dense<[-1.9, 2.9]> : tensor<2xf32>
  %r = portico.cast %c {dtype = i8} : (tensor<2xf32>) -> tensor<2xi8>
  return %r : tensor<2xi8>
}

// CHECK-LABEL: func.func @cast_out_of_range_stays(
// CHECK-NEXT: %0 = portico.constant dense<[3.000000e+02, 1.000000e+00]> : tensor<2xf32>
// CHECK-NEXT: %1 = portico.cast %0 {dtype = i8} : (tensor<2xf32>) -> tensor<2xi8>
// CHECK-NEXT: return %1 : tensor<2xi8>
func.func @cast_out_of_range_stays() -> tensor<2xi8> {
  %c = portico.constant dense<[300.0, 1.0]> : tensor<2xf32>
  %r = portico.cast %c {dtype = i8} : (tensor<2xf32>) -> tensor<2xi8>
  return %r : tensor<2xi8>
}

// CHECK-LABEL: func.func @cast_wraps(
// CHECK-NEXT: %0 = portico.constant dense<[44, 255]> : tensor<2xui8>
// CHECK-NEXT: return %0 : tensor<2xui8>
func.func @cast_wraps() -> tensor<2xui8> {
  %c = portico.constant dense<[300, -1]> : tensor<2xi32>
  %r = portico.cast %c {dtype = ui8} : (tensor<2xi32>) -> tensor<2xui8>
  return %r : tensor<2xui8>
}

// CHECK-LABEL: func.func @cast_from_unsigned(
// CHECK-NEXT: %0 = portico.constant dense<[2.000000e+02, 1.000000e+00]> : tensor<2xf32>
// CHECK-NEXT: return %0 : tensor<2xf32>
func.func @cast_from_unsigned() -> tensor<2xf32> {
  %c = portico.constant dense<[200, 1]> : tensor<2xui8>
  %r = portico.cast %c {dtype = f32} : (tensor<2xui8>) -> tensor<2xf32>
  return %r : tensor<2xf32>
}

// CHECK-LABEL: func.func @cast_from_bool(
// CHECK-NEXT: %0 = portico.constant dense<[1, 0]> : tensor<2xi32>
// CHECK-NEXT: return %0 : tensor<2xi32>
func.func @cast_from_bool() -> tensor<2xi32> {
  %c = portico.constant dense<[true, false]> : tensor<2xi1>
  %r = portico.cast %c {dtype = i32} : (tensor<2xi1>) -> tensor<2xi32>
  return %r : tensor<2xi32>
}

// 2049 lies between 2048 and 2050 in f16.
// CHECK-LABEL: func.func @cast_rounds_to_even(
// CHECK-NEXT: %0 = portico.constant dense<2.048000e+03> : tensor<2xf16>
// CHECK-NEXT: return %0 : tensor<2xf16>
func.func @cast_rounds_to_even() -> tensor<2xf16> {
  %c = portico.constant dense<2049.0> : tensor<2xf32>
  %r = portico.cast %c {dtype = f16} : (tensor<2xf32>) -> tensor<2xf16>
  return %r : tensor<2xf16>
}

// A target may round by way of float32.
// CHECK-LABEL: func.func @cast_double_to_half_stays(
// CHECK-NEXT: %0 = portico.constant dense<1.000000e-01> : tensor<2xf64>
// CHECK-NEXT: %1 = portico.cast %0 {dtype = f16} : (tensor<2xf64>) -> tensor<2xf16>
// CHECK-NEXT: return %1 : tensor<2xf16>
func.func @cast_double_to_half_stays() -> tensor<2xf16> {
  %c = portico.constant dense<0.1> : tensor<2xf64>
  %r = portico.cast %c {dtype = f16} : (tensor<2xf64>) -> tensor<2xf16>
  return %r : tensor<2xf16>
}

// CHECK-LABEL: func.func @bitcast_back(
// CHECK-NEXT: return %arg0 : tensor<4xf32>
func.func @bitcast_back(%a: tensor<4xf32>) -> tensor<4xf32> {
  %b = portico.bitcast %a {dtype = i32} : (tensor<4xf32>) -> tensor<4xi32>
  %r = portico.bitcast %b {dtype = f32} : (tensor<4xi32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @bitcast_constant(
// CHECK-NEXT: %0 = portico.constant dense<[1065353216, -2147483648]> : tensor<2xi32>
// CHECK-NEXT: return %0 : tensor<2xi32>
func.func @bitcast_constant() -> tensor<2xi32> {
  %c = portico.constant dense<[1.0, -0.0]> : tensor<2xf32>
  %r = portico.bitcast %c {dtype = i32} : (tensor<2xf32>) -> tensor<2xi32>
  return %r : tensor<2xi32>
}

// CHECK-LABEL: func.func @bitcast_unsigned(
// CHECK-NEXT: %0 = portico.constant dense<[255, 1]> : tensor<2xui8>
// CHECK-NEXT: return %0 : tensor<2xui8>
func.func @bitcast_unsigned() -> tensor<2xui8> {
  %c = portico.constant dense<[-1, 1]> : tensor<2xi8>
  %r = portico.bitcast %c {dtype = ui8} : (tensor<2xi8>) -> tensor<2xui8>
  return %r : tensor<2xui8>
}
