// Folds and canonical forms of the elementwise ops; `_stays` marks what must not fold.
// RUN: portico-opt %s --canonicalize | filecheck %s

// x + -0.0 is x; x + 0.0 is not, for -0.0 + 0.0 is 0.0.
// CHECK-LABEL: func.func @add_negative_zero(
// CHECK-NEXT: return %arg0 : tensor<4xf32>
func.func @add_negative_zero(%a: tensor<4xf32>) -> tensor<4xf32> {
  %c = portico.constant dense<-0.0> : tensor<4xf32>
  %r = portico.add %a, %c : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @add_zero_stays(
// CHECK-NEXT: %0 = portico.constant dense<0.000000e+00> : tensor<4xf32>
// CHECK-NEXT: %1 = portico.add %arg0, %0 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// CHECK-NEXT: return %1 : tensor<4xf32>
func.func @add_zero_stays(%a: tensor<4xf32>) -> tensor<4xf32> {
  %c = portico.constant dense<0.0> : tensor<4xf32>
  %r = portico.add %a, %c : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @add_zero_integer(
// CHECK-NEXT: return %arg0 : tensor<4xi32>
func.func @add_zero_integer(%a: tensor<4xi32>) -> tensor<4xi32> {
  %c = portico.constant dense<0> : tensor<4xi32>
  %r = portico.add %c, %a : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>
  return %r : tensor<4xi32>
}

// CHECK-LABEL: func.func @sub_zero(
// CHECK-NEXT: return %arg0 : tensor<4xf16>
func.func @sub_zero(%a: tensor<4xf16>) -> tensor<4xf16> {
  %c = portico.constant dense<0.0> : tensor<4xf16>
  %r = portico.sub %a, %c : (tensor<4xf16>, tensor<4xf16>) -> tensor<4xf16>
  return %r : tensor<4xf16>
}

// CHECK-LABEL: func.func @sub_negative_zero_stays(
// CHECK-NEXT: %0 = portico.constant dense<-0.000000e+00> : tensor<4xf16>
// CHECK-NEXT: %1 = portico.sub %arg0, %0 : (tensor<4xf16>, tensor<4xf16>) -> tensor<4xf16>
// CHECK-NEXT: return %1 : tensor<4xf16>
func.func @sub_negative_zero_stays(%a: tensor<4xf16>) -> tensor<4xf16> {
  %c = portico.constant dense<-0.0> : tensor<4xf16>
  %r = portico.sub %a, %c : (tensor<4xf16>, tensor<4xf16>) -> tensor<4xf16>
  return %r : tensor<4xf16>
}

// CHECK-LABEL: func.func @sub_self_integer(
// CHECK-NEXT: %0 = portico.constant dense<0> : tensor<4xui8>
// CHECK-NEXT: return %0 : tensor<4xui8>
func.func @sub_self_integer(%a: tensor<4xui8>) -> tensor<4xui8> {
  %r = portico.sub %a, %a : (tensor<4xui8>, tensor<4xui8>) -> tensor<4xui8>
  return %r : tensor<4xui8>
}

// Inf - inf is nan.
// CHECK-LABEL: func.func @sub_self_float_stays(
// CHECK-NEXT: %0 = portico.sub %arg0, %arg0 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// CHECK-NEXT: return %0 : tensor<4xf32>
func.func @sub_self_float_stays(%a: tensor<4xf32>) -> tensor<4xf32> {
  %r = portico.sub %a, %a : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @mul_one(
// CHECK-NEXT: return %arg0 : tensor<4xbf16>
func.func @mul_one(%a: tensor<4xbf16>) -> tensor<4xbf16> {
  %c = portico.constant dense<1.0> : tensor<4xbf16>
  %r = portico.mul %a, %c : (tensor<4xbf16>, tensor<4xbf16>) -> tensor<4xbf16>
  return %r : tensor<4xbf16>
}

// CHECK-LABEL: func.func @mul_zero_integer(
// CHECK-NEXT: %0 = portico.constant dense<0> : tensor<4xi8>
// CHECK-NEXT: return %0 : tensor<4xi8>
func.func @mul_zero_integer(%a: tensor<4xi8>) -> tensor<4xi8> {
  %c = portico.constant dense<0> : tensor<4xi8>
  %r = portico.mul %a, %c : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  return %r : tensor<4xi8>
}

// Nan * 0 is nan.
// CHECK-LABEL: func.func @mul_zero_float_stays(
// CHECK-NEXT: %0 = portico.constant dense<0.000000e+00> : tensor<4xf32>
// CHECK-NEXT: %1 = portico.mul %arg0, %0 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// CHECK-NEXT: return %1 : tensor<4xf32>
func.func @mul_zero_float_stays(%a: tensor<4xf32>) -> tensor<4xf32> {
  %c = portico.constant dense<0.0> : tensor<4xf32>
  %r = portico.mul %a, %c : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @div_one(
// CHECK-NEXT: return %arg0 : tensor<4xf64>
func.func @div_one(%a: tensor<4xf64>) -> tensor<4xf64> {
  %c = portico.constant dense<1.0> : tensor<4xf64>
  %r = portico.div %a, %c : (tensor<4xf64>, tensor<4xf64>) -> tensor<4xf64>
  return %r : tensor<4xf64>
}

// Pow(x, 0) is 1 even for nan.
// CHECK-LABEL: func.func @pow_zero(
// CHECK-NEXT: %0 = portico.constant dense<1.000000e+00> : tensor<4xf32>
// CHECK-NEXT: return %0 : tensor<4xf32>
func.func @pow_zero(%a: tensor<4xf32>) -> tensor<4xf32> {
  %c = portico.constant dense<0.0> : tensor<4xf32>
  %r = portico.pow %a, %c : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @pow_one(
// CHECK-NEXT: return %arg0 : tensor<4xf32>
func.func @pow_one(%a: tensor<4xf32>) -> tensor<4xf32> {
  %c = portico.constant dense<1.0> : tensor<4xf32>
  %r = portico.pow %a, %c : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @pow_two(
// CHECK-NEXT: %0 = portico.mul %arg0, %arg0 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
// CHECK-NEXT: return %0 : tensor<4xf32>
func.func @pow_two(%a: tensor<4xf32>) -> tensor<4xf32> {
  %c = portico.constant dense<2.0> : tensor<4xf32>
  %r = portico.pow %a, %c : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @neg_neg(
// CHECK-NEXT: return %arg0 : tensor<4xf32>
func.func @neg_neg(%a: tensor<4xf32>) -> tensor<4xf32> {
  %b = portico.neg %a : (tensor<4xf32>) -> tensor<4xf32>
  %r = portico.neg %b : (tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @abs_neg(
// CHECK-NEXT: %0 = portico.abs %arg0 : (tensor<4xf32>) -> tensor<4xf32>
// CHECK-NEXT: return %0 : tensor<4xf32>
func.func @abs_neg(%a: tensor<4xf32>) -> tensor<4xf32> {
  %b = portico.neg %a : (tensor<4xf32>) -> tensor<4xf32>
  %r = portico.abs %b : (tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @abs_abs(
// CHECK-NEXT: %0 = portico.abs %arg0 : (tensor<4xi32>) -> tensor<4xi32>
// CHECK-NEXT: return %0 : tensor<4xi32>
func.func @abs_abs(%a: tensor<4xi32>) -> tensor<4xi32> {
  %b = portico.abs %a : (tensor<4xi32>) -> tensor<4xi32>
  %r = portico.abs %b : (tensor<4xi32>) -> tensor<4xi32>
  return %r : tensor<4xi32>
}

// CHECK-LABEL: func.func @not_not(
// CHECK-NEXT: return %arg0 : tensor<4xi1>
func.func @not_not(%a: tensor<4xi1>) -> tensor<4xi1> {
  %b = portico.not %a : (tensor<4xi1>) -> tensor<4xi1>
  %r = portico.not %b : (tensor<4xi1>) -> tensor<4xi1>
  return %r : tensor<4xi1>
}

// CHECK-LABEL: func.func @max_self(
// CHECK-NEXT: return %arg0 : tensor<4xf32>
func.func @max_self(%a: tensor<4xf32>) -> tensor<4xf32> {
  %r = portico.max %a, %a : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @and_ones(
// CHECK-NEXT: return %arg0 : tensor<4xui8>
func.func @and_ones(%a: tensor<4xui8>) -> tensor<4xui8> {
  %c = portico.constant dense<255> : tensor<4xui8>
  %r = portico.and %a, %c : (tensor<4xui8>, tensor<4xui8>) -> tensor<4xui8>
  return %r : tensor<4xui8>
}

// CHECK-LABEL: func.func @and_false(
// CHECK-NEXT: %0 = portico.constant dense<false> : tensor<4xi1>
// CHECK-NEXT: return %0 : tensor<4xi1>
func.func @and_false(%a: tensor<4xi1>) -> tensor<4xi1> {
  %c = portico.constant dense<false> : tensor<4xi1>
  %r = portico.and %c, %a : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
  return %r : tensor<4xi1>
}

// CHECK-LABEL: func.func @or_zero(
// CHECK-NEXT: return %arg0 : tensor<4xi32>
func.func @or_zero(%a: tensor<4xi32>) -> tensor<4xi32> {
  %c = portico.constant dense<0> : tensor<4xi32>
  %r = portico.or %a, %c : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>
  return %r : tensor<4xi32>
}

// CHECK-LABEL: func.func @or_true(
// CHECK-NEXT: %0 = portico.constant dense<true> : tensor<4xi1>
// CHECK-NEXT: return %0 : tensor<4xi1>
func.func @or_true(%a: tensor<4xi1>) -> tensor<4xi1> {
  %c = portico.constant dense<true> : tensor<4xi1>
  %r = portico.or %a, %c : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
  return %r : tensor<4xi1>
}

// CHECK-LABEL: func.func @xor_self(
// CHECK-NEXT: %0 = portico.constant dense<0> : tensor<4xi32>
// CHECK-NEXT: return %0 : tensor<4xi32>
func.func @xor_self(%a: tensor<4xi32>) -> tensor<4xi32> {
  %r = portico.xor %a, %a : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>
  return %r : tensor<4xi32>
}

// CHECK-LABEL: func.func @shl_zero(
// CHECK-NEXT: return %arg0 : tensor<4xi32>
func.func @shl_zero(%a: tensor<4xi32>) -> tensor<4xi32> {
  %c = portico.constant dense<0> : tensor<4xi32>
  %r = portico.shl %a, %c : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>
  return %r : tensor<4xi32>
}

// CHECK-LABEL: func.func @add_wraps(
// CHECK-NEXT: %0 = portico.constant dense<[-128, 127]> : tensor<2xi8>
// CHECK-NEXT: return %0 : tensor<2xi8>
func.func @add_wraps() -> tensor<2xi8> {
  %c = portico.constant dense<[127, -128]> : tensor<2xi8>
  %d = portico.constant dense<[1, -1]> : tensor<2xi8>
  %r = portico.add %c, %d : (tensor<2xi8>, tensor<2xi8>) -> tensor<2xi8>
  return %r : tensor<2xi8>
}

// 256 + 1 in bf16 is 256.
// CHECK-LABEL: func.func @add_rounds_in_bf16(
// CHECK-NEXT: %0 = portico.constant dense<2.560000e+02> : tensor<2xbf16>
// CHECK-NEXT: return %0 : tensor<2xbf16>
func.func @add_rounds_in_bf16() -> tensor<2xbf16> {
  %c = portico.constant dense<256.0> : tensor<2xbf16>
  %d = portico.constant dense<1.0> : tensor<2xbf16>
  %r = portico.add %c, %d : (tensor<2xbf16>, tensor<2xbf16>) -> tensor<2xbf16>
  return %r : tensor<2xbf16>
}

// CHECK-LABEL: func.func @neg_zero(
// CHECK-NEXT: %0 = portico.constant dense<[-0.000000e+00, 1.500000e+00]> : tensor<2xf32>
// CHECK-NEXT: return %0 : tensor<2xf32>
func.func @neg_zero() -> tensor<2xf32> {
  %c = portico.constant dense<[0.0, -1.5]> : tensor<2xf32>
  %r = portico.neg %c : (tensor<2xf32>) -> tensor<2xf32>
  return %r : tensor<2xf32>
}

// CHECK-LABEL: func.func @abs_smallest(
// CHECK-NEXT: %0 = portico.constant dense<[-128, 5]> : tensor<2xi8>
// CHECK-NEXT: return %0 : tensor<2xi8>
func.func @abs_smallest() -> tensor<2xi8> {
  %c = portico.constant dense<[-128, 5]> : tensor<2xi8>
  %r = portico.abs %c : (tensor<2xi8>) -> tensor<2xi8>
  return %r : tensor<2xi8>
}

// CHECK-LABEL: func.func @abs_unsigned(
// CHECK-NEXT: %0 = portico.constant dense<[200, 5]> : tensor<2xui8>
// CHECK-NEXT: return %0 : tensor<2xui8>
func.func @abs_unsigned() -> tensor<2xui8> {
  %c = portico.constant dense<[200, 5]> : tensor<2xui8>
  %r = portico.abs %c : (tensor<2xui8>) -> tensor<2xui8>
  return %r : tensor<2xui8>
}

// Nan and -0.0 give 0.
// CHECK-LABEL: func.func @sign(
// CHECK-NEXT: %0 = portico.constant dense<[-1.000000e+00, 0.000000e+00, 0.000000e+00, 1.000000e+00]> : tensor<4xf32>
// CHECK-NEXT: return %0 : tensor<4xf32>
func.func @sign() -> tensor<4xf32> {
  %c = portico.constant dense<[-3.0, -0.0, 0x7FC00000, 2.0]> : tensor<4xf32>
  %r = portico.sign %c : (tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @sign_unsigned(
// CHECK-NEXT: %0 = portico.constant dense<[1, 0]> : tensor<2xui8>
// CHECK-NEXT: return %0 : tensor<2xui8>
func.func @sign_unsigned() -> tensor<2xui8> {
  %c = portico.constant dense<[200, 0]> : tensor<2xui8>
  %r = portico.sign %c : (tensor<2xui8>) -> tensor<2xui8>
  return %r : tensor<2xui8>
}

// CHECK-LABEL: func.func @round_halves_to_even(
// CHECK-NEXT: %0 = portico.constant dense<[0.000000e+00, 2.000000e+00, -2.000000e+00, 3.000000e+00]> : tensor<4xf32>
// CHECK-NEXT: return %0 : tensor<4xf32>
func.func @round_halves_to_even() -> tensor<4xf32> {
  %c = portico.constant dense<[0.5, 1.5, -2.5, 2.6]> : tensor<4xf32>
  %r = portico.round %c : (tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// CHECK-LABEL: func.func @floor_ceil_trunc(
// CHECK-NEXT: %0 = portico.constant dense<[-2.000000e+00, 1.000000e+00]> : tensor<2xf64>
// CHECK-NEXT: %1 = portico.constant dense<[-1.000000e+00, 2.000000e+00]> : tensor<2xf64>
// CHECK-NEXT: %2 = portico.constant dense<[-1.000000e+00, 1.000000e+00]> : tensor<2xf64>
// CHECK-NEXT: %3 = portico.concat %0, %1, %2 {axis = 0 : i64} : (tensor<2xf64>, tensor<2xf64>, tensor<2xf64>) -> tensor<6xf64>
// CHECK-NEXT: return %3 : tensor<6xf64>
func.func @floor_ceil_trunc() -> tensor<6xf64> {
  %c = portico.constant dense<[-1.5, 1.5]> : tensor<2xf64>
  %d = portico.floor %c : (tensor<2xf64>) -> tensor<2xf64>
  %e = portico.ceil %c : (tensor<2xf64>) -> tensor<2xf64>
  %f = portico.trunc %c : (tensor<2xf64>) -> tensor<2xf64>
  %r = portico.concat %d, %e, %f {axis = 0 : i64} : (tensor<2xf64>, tensor<2xf64>, tensor<2xf64>) -> tensor<6xf64>
  return %r : tensor<6xf64>
}

// Towards zero, and the smallest divided by -1 wraps.
// CHECK-LABEL: func.func @div_integer(
// CHECK-NEXT: %0 = portico.constant dense<[-3, -3, 1, -128]> : tensor<4xi8>
// CHECK-NEXT: return %0 : tensor<4xi8>
func.func @div_integer() -> tensor<4xi8> {
  %c = portico.constant dense<[-7, 7, 5, -128]> : tensor<4xi8>
  %d = portico.constant dense<[2, -2, 4, -1]> : tensor<4xi8>
  %r = portico.div %c, %d : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  return %r : tensor<4xi8>
}

// CHECK-LABEL: func.func @div_unsigned(
// CHECK-NEXT: %0 = portico.constant dense<[2, 1]> : tensor<2xui8>
// CHECK-NEXT: return %0 : tensor<2xui8>
func.func @div_unsigned() -> tensor<2xui8> {
  %c = portico.constant dense<[250, 7]> : tensor<2xui8>
  %d = portico.constant dense<[100, 7]> : tensor<2xui8>
  %r = portico.div %c, %d : (tensor<2xui8>, tensor<2xui8>) -> tensor<2xui8>
  return %r : tensor<2xui8>
}

// An integer divided by 0 is an error of the run: no fold may hide it.
// CHECK-LABEL: func.func @div_zero_stays(
// CHECK:      portico.div
func.func @div_zero_stays() -> tensor<2xui8> {
  %c = portico.constant dense<[250, 7]> : tensor<2xui8>
  %d = portico.constant dense<[100, 0]> : tensor<2xui8>
  %r = portico.div %c, %d : (tensor<2xui8>, tensor<2xui8>) -> tensor<2xui8>
  return %r : tensor<2xui8>
}

// CHECK-LABEL: func.func @rem_zero_stays(
// CHECK:      portico.rem
func.func @rem_zero_stays() -> tensor<4xi64> {
  %c = portico.constant dense<3> : tensor<4xi64>
  %d = portico.constant dense<0> : tensor<4xi64>
  %r = portico.rem %c, %d : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi64>
  return %r : tensor<4xi64>
}

// CHECK-LABEL: func.func @div_float(
// CHECK-NEXT: %0 = portico.constant dense<[0.333333343, 0xFF800000]> : tensor<2xf32>
// CHECK-NEXT: return %0 : tensor<2xf32>
func.func @div_float() -> tensor<2xf32> {
  %c = portico.constant dense<[1.0, -1.0]> : tensor<2xf32>
  %d = portico.constant dense<[3.0, 0.0]> : tensor<2xf32>
  %r = portico.div %c, %d : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %r : tensor<2xf32>
}

// The sign of lhs.
// CHECK-LABEL: func.func @rem_integer(
// CHECK-NEXT: %0 = portico.constant dense<[-1, 1, 1, 0]> : tensor<4xi8>
// CHECK-NEXT: return %0 : tensor<4xi8>
func.func @rem_integer() -> tensor<4xi8> {
  %c = portico.constant dense<[-7, 7, 5, -128]> : tensor<4xi8>
  %d = portico.constant dense<[2, -2, 4, -1]> : tensor<4xi8>
  %r = portico.rem %c, %d : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  return %r : tensor<4xi8>
}

// CHECK-LABEL: func.func @rem_float(
// CHECK-NEXT: %0 = portico.constant dense<[-1.500000e+00, 1.500000e+00]> : tensor<2xf32>
// CHECK-NEXT: return %0 : tensor<2xf32>
func.func @rem_float() -> tensor<2xf32> {
  %c = portico.constant dense<[-5.5, 5.5]> : tensor<2xf32>
  %d = portico.constant dense<[2.0, -2.0]> : tensor<2xf32>
  %r = portico.rem %c, %d : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %r : tensor<2xf32>
}

// A negative exponent gives 0 unless the base is 1 or -1.
// CHECK-LABEL: func.func @pow_integer(
// CHECK-NEXT: %0 = portico.constant dense<[81, 0, -1, 0]> : tensor<4xi8>
// CHECK-NEXT: return %0 : tensor<4xi8>
func.func @pow_integer() -> tensor<4xi8> {
  %c = portico.constant dense<[3, 2, -1, 2]> : tensor<4xi8>
  %d = portico.constant dense<[4, 8, -3, -1]> : tensor<4xi8>
  %r = portico.pow %c, %d : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  return %r : tensor<4xi8>
}

// CHECK-LABEL: func.func @max_nan(
// CHECK-NEXT: %0 = portico.constant dense<[0x7FC00000, 2.000000e+00]> : tensor<2xf32>
// CHECK-NEXT: return %0 : tensor<2xf32>
func.func @max_nan() -> tensor<2xf32> {
  %c = portico.constant dense<[0x7FC00000, 1.0]> : tensor<2xf32>
  %d = portico.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %r = portico.max %c, %d : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %r : tensor<2xf32>
}

// CHECK-LABEL: func.func @min_unsigned(
// CHECK-NEXT: %0 = portico.constant dense<[100, 1]> : tensor<2xui8>
// CHECK-NEXT: return %0 : tensor<2xui8>
func.func @min_unsigned() -> tensor<2xui8> {
  %c = portico.constant dense<[200, 1]> : tensor<2xui8>
  %d = portico.constant dense<[100, 2]> : tensor<2xui8>
  %r = portico.min %c, %d : (tensor<2xui8>, tensor<2xui8>) -> tensor<2xui8>
  return %r : tensor<2xui8>
}

// Which zero is larger is left to the target.
// CHECK-LABEL: func.func @max_of_both_zeros_stays(
// CHECK-NEXT: %0 = portico.constant dense<0.000000e+00> : tensor<2xf32>
// CHECK-NEXT: %1 = portico.constant dense<-0.000000e+00> : tensor<2xf32>
// CHECK-NEXT: %2 = portico.max %0, %1 : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
// CHECK-NEXT: return %2 : tensor<2xf32>
func.func @max_of_both_zeros_stays() -> tensor<2xf32> {
  %c = portico.constant dense<0.0> : tensor<2xf32>
  %d = portico.constant dense<-0.0> : tensor<2xf32>
  %r = portico.max %c, %d : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %r : tensor<2xf32>
}

// CHECK-LABEL: func.func @shifts_out(
// CHECK-NEXT: %0 = portico.constant dense<[12, 0, 0]> : tensor<3xi8>
// CHECK-NEXT: return %0 : tensor<3xi8>
func.func @shifts_out() -> tensor<3xi8> {
  %c = portico.constant dense<[-8, 8, 1]> : tensor<3xi8>
  %d = portico.constant dense<[1, 8, -1]> : tensor<3xi8>
  %e = portico.shl %c, %d : (tensor<3xi8>, tensor<3xi8>) -> tensor<3xi8>
  %f = portico.shr %c, %d : (tensor<3xi8>, tensor<3xi8>) -> tensor<3xi8>
  %r = portico.xor %e, %f : (tensor<3xi8>, tensor<3xi8>) -> tensor<3xi8>
  return %r : tensor<3xi8>
}

// CHECK-LABEL: func.func @shr_unsigned(
// CHECK-NEXT: %0 = portico.constant dense<[64, 0]> : tensor<2xui8>
// CHECK-NEXT: return %0 : tensor<2xui8>
func.func @shr_unsigned() -> tensor<2xui8> {
  %c = portico.constant dense<[128, 128]> : tensor<2xui8>
  %d = portico.constant dense<[1, 8]> : tensor<2xui8>
  %r = portico.shr %c, %d : (tensor<2xui8>, tensor<2xui8>) -> tensor<2xui8>
  return %r : tensor<2xui8>
}

// Transcendental functions belong to the target.
// CHECK-LABEL: func.func @exp_stays(
// CHECK-NEXT: %0 = portico.constant dense<0.000000e+00> : tensor<2xf32>
// CHECK-NEXT: %1 = portico.exp %0 : (tensor<2xf32>) -> tensor<2xf32>
// CHECK-NEXT: return %1 : tensor<2xf32>
func.func @exp_stays() -> tensor<2xf32> {
  %c = portico.constant dense<0.0> : tensor<2xf32>
  %r = portico.exp %c : (tensor<2xf32>) -> tensor<2xf32>
  return %r : tensor<2xf32>
}
