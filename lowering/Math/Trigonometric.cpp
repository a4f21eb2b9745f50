//===- Trigonometric.cpp - sin and cos --------------------------------------===//
//
// f32 is reduced in f64, where the machine has it, which leaves no error worth
// naming, and evaluated in f32. The polynomials are the minimax ones of Cephes (f32)
// and fdlibm (f64).
//
//===----------------------------------------------------------------------===//

#include "lowering/Math/ArgumentReduction.h"
#include "lowering/Math/Functions.h"

using namespace mlir;

namespace portico {

static Value sinNearZero(MathBuilder &m, Value r) {
  Value z = m.mul(r, r);
  Value p = m.isDouble ? m.polynomial(z, {-1.66666666666666324348e-01, 8.33333333332248946124e-03,
                                          -1.98412698298579493134e-04, 2.75573137070700676789e-06,
                                          -2.50507602534068634195e-08, 1.58969099521155010221e-10})
                       : m.polynomial(z, {-1.6666654611e-1, 8.3321608736e-3, -1.9515295891e-4});
  return m.fma(m.mul(z, r), p, r);
}

static Value cosNearZero(MathBuilder &m, Value r) {
  Value z = m.mul(r, r);
  Value p =
      m.isDouble
          ? m.polynomial(z, {4.16666666666666019037e-02, -1.38888888888741095749e-03,
                             2.48015872894767294178e-05, -2.75573143513906633035e-07,
                             2.08757232129817482790e-09, -1.13596475577881948265e-11})
          : m.polynomial(z, {4.166664568298827e-2, -1.388731625493765e-3, 2.443315711809948e-5});
  // 1 - z/2 is rounded once more than it has to be; what that lost is added back.
  Value half = m.mul(m.c(0.5), z);
  Value w = m.sub(m.c(1), half);
  Value lost = m.sub(m.sub(m.c(1), w), half);
  return m.add(w, m.fma(m.mul(z, z), p, lost));
}

/// The reduction of an f32, in f64.
static Quadrant reduceInDoubles(MathBuilder &m, Value x) {
  MathBuilder wide = m.doubles();
  auto [r, n] = reduceByHalfPi(wide, arith::ExtFOp::create(m.b, m.loc, wide.type, x));
  return {arith::TruncFOp::create(m.b, m.loc, m.type, r),
          arith::TruncIOp::create(m.b, m.loc, m.intType, n)};
}

/// sin(x + shift pi/2).
static Value emitSinShifted(MathBuilder &m, Value x, int64_t shift) {
  OpBuilder &b = m.b;
  auto [r, n] = m.isDouble || !m.hasDoubles ? reduceByHalfPi(m, x) : reduceInDoubles(m, x);
  if (shift)
    n = m.addi(n, m.ci(shift));
  Value odd = m.cmpi(arith::CmpIPredicate::ne, m.andi(n, m.ci(1)), m.ci(0));
  Value value = m.select(odd, cosNearZero(m, r), sinNearZero(m, r));
  // Quadrants 2 and 3 are negative: their bit 1 becomes the sign.
  Value sign = m.shl(m.shru(n, 1), m.isDouble ? 63 : 31);
  Value result = m.fromBits(arith::XOrIOp::create(b, m.loc, m.bits(value), sign));
  // Keeps -0, which the reduction loses.
  return shift ? result : m.select(m.eq(x, m.c(0)), x, result);
}

Value emitSin(MathBuilder &m, Value x) { return emitSinShifted(m, x, 0); }
Value emitCos(MathBuilder &m, Value x) { return emitSinShifted(m, x, 1); }

} // namespace portico
