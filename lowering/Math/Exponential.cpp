//===- Exponential.cpp - exp and expm1 --------------------------------------===//
//
// x = n ln2 + r with |r| <= ln2 / 2, exp(x) = 2^n exp(r).
//
//===----------------------------------------------------------------------===//

#include "lowering/Math/Functions.h"

using namespace mlir;

namespace portico {

/// n and r as above; ln2 in two parts, the first exact under products with n.
static std::pair<Value, Value> reduce(MathBuilder &m, Value x) {
  auto [q, n] = m.nearest(m.mul(x, m.c(1.44269504088896340736)));
  Value r = m.fma(q, m.c(-0.693145751953125, -0x1.62e42fefa0000p-1), x);
  r = m.fma(q, m.c(-1.428606765330187045e-06, -0x1.cf79abc9e3b39p-40), r);
  return {n, r};
}

/// (exp(r) - 1 - r) / r^2.
static Value tailOfExp(MathBuilder &m, Value r) {
  if (m.isDouble) {
    double factorials[12], value = 2;
    for (int k = 0; k < 12; ++k) {
      factorials[k] = 1 / value;
      value *= k + 3;
    }
    return m.polynomial(r, factorials);
  }
  return m.polynomial(r, {0.5, 0.166666671633720397949219, 0.0416664853692054748535156,
                          0.00833336077630519866943359, 0.00139304355252534151077271,
                          0.000198527617612853646278381});
}

static Value clamp(MathBuilder &m, Value x, double low, double high) {
  // Selects keep a nan, which compares as false.
  x = m.select(m.gt(x, m.c(high)), m.c(high), x);
  return m.select(m.lt(x, m.c(low)), m.c(low), x);
}

Value emitExp(MathBuilder &m, Value x) {
  // Beyond these the result is 0 or inf; the smallest denormal is within. What
  // becomes 0 is computed as exp(0): a denormal on the way would cost hundreds of
  // cycles, and masks are full of them.
  Value vanishes = m.lt(x, m.c(-104, -746));
  Value safe = m.select(m.gt(x, m.c(89, 710)), m.c(89, 710), x);
  safe = m.select(vanishes, m.c(0), safe);
  auto [n, r] = reduce(m, safe);
  Value e = m.fma(m.mul(r, r), tailOfExp(m, r), r);
  return m.select(vanishes, m.c(0), m.scale(m.add(e, m.c(1)), n));
}

Value emitExpm1(MathBuilder &m, Value x) {
  Value safe = m.isDouble ? clamp(m, x, -40, 710) : clamp(m, x, -20, 89);
  auto [n, r] = reduce(m, safe);
  Value e = m.fma(m.mul(r, r), tailOfExp(m, r), r);
  // 2^n e + (2^n - 1), halved on the way so that n = 128 does not overflow early.
  Value half = m.exp2Integer(m.subi(n, m.ci(1)));
  Value result = m.fma(half, e, m.sub(half, m.c(0.5)));
  result = m.add(result, result);
  return m.select(m.eq(x, m.c(0)), x, result); // keeps -0
}

} // namespace portico
