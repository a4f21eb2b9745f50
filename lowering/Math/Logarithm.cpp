//===- Logarithm.cpp - log, log1p, log2 -------------------------------------===//
//
// x = 2^e m with m in [sqrt(1/2), sqrt(2)), log(x) = e ln2 + log(m).
//
//===----------------------------------------------------------------------===//

#include "lowering/Math/Functions.h"

#include <cmath>

using namespace mlir;

namespace portico {

namespace {
struct Split {
  Value e; // a float
  Value f; // m - 1
};
} // namespace

static Split split(MathBuilder &m, Value x) {
  // Denormals are brought into the normal range first.
  double smallest = m.isDouble ? 0x1p-1022 : 0x1p-126;
  Value tiny = m.lt(x, m.c(smallest));
  x = m.select(tiny, m.mul(x, m.c(0x1p23, 0x1p52)), x);
  Value exponentShift = m.select(tiny, m.ci(-m.mantissaBits()), m.ci(0));
  // Subtracting the bits of sqrt(1/2) makes the exponent field count from there.
  int64_t root = m.isDouble ? 0x3FE6A09E667F3BCD : 0x3F3504F3;
  Value distance = m.subi(m.bits(x), m.ci(root));
  Value e = m.shrs(distance, m.mantissaBits());
  Value mantissa = m.fromBits(m.subi(m.bits(x), m.shl(e, m.mantissaBits())));
  return {m.toFloat(m.addi(e, exponentShift)), m.sub(mantissa, m.c(1))};
}

/// log(1 + f) - f for f from `split`.
static Value tailOfLog(MathBuilder &m, Value f) {
  Value z = m.mul(f, f);
  if (m.isDouble) {
    // With s = f / (2 + f): log(1 + f) = 2 atanh(s).
    Value s = m.div(f, m.add(f, m.c(2)));
    Value w = m.mul(s, s);
    Value r = m.mul(w, m.polynomial(w, {6.666666666666735130e-01, 3.999999999940941908e-01,
                                        2.857142874366239149e-01, 2.222219843214978396e-01,
                                        1.818357216161805012e-01, 1.531383769920937332e-01,
                                        1.479819860511658591e-01}));
    Value half = m.mul(m.c(0.5), z);
    return m.sub(m.mul(s, m.add(half, r)), half);
  }
  Value p = m.polynomial(f, {3.3333331174e-1, -2.4999993993e-1, 2.0000714765e-1, -1.6668057665e-1,
                             1.4249322787e-1, -1.2420140846e-1, 1.1676998740e-1, -1.1514610310e-1,
                             7.0376836292e-2});
  return m.fma(m.mul(p, f), z, m.mul(m.c(-0.5), z));
}

/// nan below 0, -inf at 0; inf and nan stay.
static Value withSpecials(MathBuilder &m, Value x, Value result) {
  result = m.select(m.eq(x, m.c(0)), m.c(-__builtin_inf()), result);
  result = m.select(m.lt(x, m.c(0)), m.nan(), result);
  // True of inf and of nan.
  Value passes = m.cmp(arith::CmpFPredicate::UEQ, x, m.inf());
  return m.select(passes, x, result);
}

Value emitLog(MathBuilder &m, Value x) {
  auto [e, f] = split(m, x);
  Value tail = m.fma(e, m.c(-2.12194440e-4, 1.90821492927058770002e-10), tailOfLog(m, f));
  Value result = m.fma(e, m.c(0.693359375, 6.93147180369123816490e-01), m.add(f, tail));
  return withSpecials(m, x, result);
}

Value emitLog1p(MathBuilder &m, Value x) {
  Value u = m.add(x, m.c(1));
  Value result = emitLog(m, u);
  // What the rounding of 1 + x lost.
  Value lost = m.div(m.sub(x, m.sub(u, m.c(1))), u);
  Value finite = m.both(m.gt(u, m.c(0)), m.lt(u, m.inf()));
  result = m.add(result, m.select(finite, lost, m.c(0)));
  return m.select(m.eq(x, m.c(0)), x, result); // keeps -0
}

Value emitLog2(MathBuilder &m, Value x) {
  auto [e, f] = split(m, x);
  Value r = m.add(f, tailOfLog(m, f));
  Value low = m.mul(r, m.c(1.9259629911266175e-08, 0x1.777d0ffda0d24p-56));
  Value result = m.fma(r, m.c(0x1.715476p+0, 0x1.71547652b82fep+0), low);
  return withSpecials(m, x, m.add(e, result));
}

} // namespace portico
