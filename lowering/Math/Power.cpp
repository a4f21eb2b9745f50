//===- Power.cpp - x to the y for floats ------------------------------------===//
//
// |x|^y = 2^(y log2|x|). The error of the logarithm is multiplied by up to 2^10,
// so it needs more bits than the result: f32 goes through f64, where the machine has
// it, and everything else through pairs of its own type (high and low part).
//
//===----------------------------------------------------------------------===//

#include "lowering/Math/Functions.h"

using namespace mlir;

namespace portico {

namespace {

/// An unevaluated sum of two floats, the second below the rounding of the first.
struct Pair {
  Value high, low;
};

/// Arithmetic on pairs, by the textbook error-free transformations.
struct PairBuilder {
  MathBuilder &m;

  /// Exact where |x| >= |y|.
  Pair quickSum(Value x, Value y) {
    Value s = m.add(x, y);
    return {s, m.sub(y, m.sub(s, x))};
  }
  Pair sum(Value x, Value y) {
    Value s = m.add(x, y);
    Value t = m.sub(s, x);
    return {s, m.add(m.sub(x, m.sub(s, t)), m.sub(y, t))};
  }
  Pair product(Value x, Value y) {
    Value p = m.mul(x, y);
    return {p, m.fma(x, y, m.neg(p))};
  }
  Pair add(Pair x, Pair y) {
    Pair s = sum(x.high, y.high);
    return quickSum(s.high, m.add(s.low, m.add(x.low, y.low)));
  }
  Pair mul(Pair x, Pair y) {
    Pair p = product(x.high, y.high);
    Value cross = m.fma(x.high, y.low, m.mul(x.low, y.high));
    return quickSum(p.high, m.add(p.low, cross));
  }
  Pair mul(Pair x, Value y) {
    Pair p = product(x.high, y);
    return quickSum(p.high, m.fma(x.low, y, p.low));
  }
  Pair div(Pair x, Pair y) {
    Value q = m.div(x.high, y.high);
    Value rest = m.fma(m.neg(q), y.high, x.high);
    rest = m.add(rest, m.fma(m.neg(q), y.low, x.low));
    return quickSum(q, m.div(rest, y.high));
  }
};

} // namespace

/// log(x) of a positive finite float, as a pair good to about 2^-68, of f32 to 2^-34.
static Pair logPair(MathBuilder &m, Value x) {
  PairBuilder p{m};
  int64_t field = m.mantissaBits();
  Value tiny = m.lt(x, m.c(0x1p-126, 0x1p-1022));
  x = m.select(tiny, m.mul(x, m.c(0x1p23, 0x1p52)), x);
  // From the square root of a half on.
  Value distance = m.subi(m.bits(x), m.ci(m.isDouble ? 0x3FE6A09E667F3BCD : 0x3F3504F3));
  Value e = m.shrs(distance, field);
  Value mantissa = m.fromBits(m.subi(m.bits(x), m.shl(e, field)));
  Value exponent = m.toFloat(m.addi(e, m.select(tiny, m.ci(-field), m.ci(0))));
  // s = (m - 1) / (m + 1), log m = 2 s + 2/3 s^3 + 2/5 s^5 ...; m - 1 is exact.
  Pair s = p.div({m.sub(mantissa, m.c(1)), m.c(0)}, p.sum(mantissa, m.c(1)));
  Pair z = p.mul(s, s);
  Value t = m.polynomial(
      z.high, {0.400000000000000077715612, 0.285714285714249172087875, 0.222222222230083560345903,
               0.181818180850050775676507, 0.153846227114512262845736, 0.13332981086846273921509,
               0.117754809412463995466069, 0.103239680901072952701192, 0.116255524079935043668677});
  Pair third{m.c(0x1.555556p-1, 0.666666666666666629659233),
             m.c(-0x1.555556p-26, 3.80554962542412056336616e-17)};
  Pair tail = p.mul(p.mul(z, s), p.add(p.product(z.high, t), third));
  Pair twice{m.add(s.high, s.high), m.add(s.low, s.low)};
  Pair ln2{m.c(0x1.62e43p-1, 0.693147180559945286226764),
           m.c(-0x1.05c61p-29, 2.319046813846299558417771e-17)};
  return p.add(p.add(p.mul(ln2, exponent), twice), tail);
}

/// exp(high + low), with overflow to inf and gradual underflow.
static Value expPair(MathBuilder &m, Pair x) {
  // exp(h + l) = exp(h) (1 + l), to the last bit because l is tiny.
  Value e = emitExp(m, x.high);
  Value corrected = m.fma(e, x.low, e);
  // inf * 0 is nan; and where e is 0 or inf the correction is void.
  return m.select(m.lt(e, m.inf()), corrected, e);
}

/// |x|^y for x > 0 finite.
static Value positivePower(MathBuilder &m, Value x, Value y) {
  if (!m.isDouble && m.hasDoubles) {
    MathBuilder wide = m.doubles();
    Value x64 = arith::ExtFOp::create(m.b, m.loc, wide.type, x);
    Value y64 = arith::ExtFOp::create(m.b, m.loc, wide.type, y);
    Value power = emitExp(wide, wide.mul(y64, emitLog(wide, x64)));
    return arith::TruncFOp::create(m.b, m.loc, m.type, power);
  }
  PairBuilder p{m};
  // A large y decides by its sign alone; cut off, the products cannot overflow
  // into inf - inf.
  Value limit = m.c(0x1p100, 0x1p200);
  Value safe = m.select(m.gt(m.abs(y), limit), m.copysign(limit, y), y);
  return expPair(m, p.mul(logPair(m, x), safe));
}

Value emitPow(MathBuilder &m, Value x, Value y) {
  Value size = m.abs(x);
  Value isZero = m.eq(x, m.c(0)), isInfinite = m.eq(size, m.inf());
  Value special = m.either(isZero, isInfinite);
  Value safe = m.select(special, m.c(1), size);
  Value power = positivePower(m, safe, y);

  // 0 and inf to a power: 0 or inf by the sign of y.
  Value grows = m.select(isZero, m.c(-1), m.c(1));
  Value towards = m.mul(grows, y);
  Value extreme = m.select(m.gt(towards, m.c(0)), m.inf(), m.c(0));
  power = m.select(special, extreme, power);

  // The sign, for odd integer y; nan for a finite negative x with other y.
  Value ySize = m.abs(y);
  Value integral = m.eq(m.trunc(y), y);
  Value halfY = m.mul(y, m.c(0.5));
  Value even = m.eq(m.trunc(halfY), halfY);
  Value odd = m.both(integral, m.negated(even));
  Value negativeX = m.cmpi(arith::CmpIPredicate::slt, m.bits(x), m.ci(0));
  power = m.select(m.both(negativeX, odd), m.neg(power), power);
  Value undefined = m.both(m.both(m.lt(x, m.c(0)), m.negated(special)), m.negated(integral));
  power = m.select(undefined, m.nan(), power);

  // y = +-inf: by |x| against 1.
  Value above = m.cmpi(arith::CmpIPredicate::eq, m.gt(size, m.c(1)), m.gt(y, m.c(0)));
  Value limit = m.select(above, m.inf(), m.c(0));
  limit = m.select(m.eq(size, m.c(1)), m.c(1), limit);
  power = m.select(m.eq(ySize, m.inf()), limit, power);

  Value invalid = m.cmp(arith::CmpFPredicate::UNO, x, y);
  power = m.select(invalid, m.nan(), power);
  Value one = m.either(m.eq(y, m.c(0)), m.eq(x, m.c(1)));
  return m.select(one, m.c(1), power);
}

} // namespace portico
