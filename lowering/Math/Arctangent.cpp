//===- Arctangent.cpp - atan2 -----------------------------------------------===//
//
// The smaller of |x|, |y| over the larger is in [0, 1]; what is left are the
// octants. Polynomials: SLEEF's minimax fit (f32), Chebyshev interpolation (f64).
//
//===----------------------------------------------------------------------===//

#include "lowering/Math/Functions.h"

using namespace mlir;

namespace portico {

Value emitAtan2(MathBuilder &m, Value y, Value x) {
  Value ax = m.abs(x), ay = m.abs(y);
  Value steep = m.gt(ay, ax);
  Value top = m.select(steep, ax, ay), bottom = m.select(steep, ay, ax);
  // 0/0 stands for 0, inf/inf for 1.
  Value zero = m.eq(bottom, m.c(0)), infinite = m.eq(top, m.inf());
  Value q = m.div(m.select(infinite, m.c(1), top),
                  m.select(infinite, m.c(1), m.select(zero, m.c(1), bottom)));
  Value z = m.mul(q, q);
  Value p =
      m.isDouble
          ? m.polynomial(z, {-0.3333333333333333,     0.1999999999999753,     -0.14285714285384132,
                             0.11111111093490827,     -0.09090908590891934,   0.07692298971033217,
                             -0.06666564699289104,    0.05881506877793656,    -0.052579733342841106,
                             0.04737749579527779,     -0.04260356632601652,   0.03749486812535247,
                             -0.031277189066996385,   0.023696731580048622,   -0.015535152475414177,
                             0.008368931178450162,    -0.0034958859739163094, 0.0010496035084968515,
                             -0.00019996189377901382, 1.806195461861215e-05})
          : m.polynomial(z, {-0.333331018686294555664062, 0.199926957488059997558594,
                             -0.142027363181114196777344, 0.106347933411598205566406,
                             -0.0748900920152664184570312, 0.0425049886107444763183594,
                             -0.0159569028764963150024414, 0.00282363896258175373077393});
  Value angle = m.fma(m.mul(z, q), p, q);
  // pi/2 and pi as they round, and what that leaves.
  Value turned = m.add(m.sub(m.c(1.5707963267948966), angle),
                       m.c(-4.37113900018624283e-8, 6.123233995736766e-17));
  angle = m.select(steep, turned, angle);
  // The sign of -0 counts: its bit, not a comparison.
  Value left = m.cmpi(arith::CmpIPredicate::slt, m.bits(x), m.ci(0));
  Value opposite = m.add(m.sub(m.c(3.141592653589793), angle),
                         m.c(-8.74227800037248566e-8, 1.2246467991473532e-16));
  angle = m.copysign(m.select(left, opposite, angle), y);
  Value invalid = m.cmp(arith::CmpFPredicate::UNO, x, y);
  return m.select(invalid, m.nan(), angle);
}

} // namespace portico
