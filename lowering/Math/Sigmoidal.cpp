//===- Sigmoidal.cpp - tanh and erf -----------------------------------------===//

#include "lowering/Math/Functions.h"

using namespace mlir;

namespace portico {

Value emitTanh(MathBuilder &m, Value x) {
  // With t = exp(2|x|) - 1: tanh|x| = t / (t + 2). Beyond the bound it is 1.
  Value size = m.abs(x);
  Value bound = m.c(10, 20);
  Value safe = m.select(m.gt(size, bound), bound, size);
  Value t = emitExpm1(m, m.add(safe, safe));
  return m.copysign(m.div(t, m.add(t, m.c(2))), x);
}

/// The polynomial near 0 and, further out, 1 - exp(P(|x|)) with P = log erfc.
/// Coefficients: Chebyshev interpolation (f64); N. Juffa's minimax fit (f32).
static Value erfSingle(MathBuilder &m, Value x) {
  // Beyond 4 erf is 1; a nan stays.
  Value t = m.abs(x);
  t = m.select(m.gt(t, m.c(4)), m.c(4), t);
  Value s = m.mul(t, t);
  Value far = m.fma(m.c(-1.72853470e-5), t, m.c(3.83197126e-4));
  Value u = m.fma(m.c(-3.88396438e-3), t, m.c(2.42546219e-2));
  far = m.fma(far, s, u);
  far = m.fma(far, t, m.c(-1.06777877e-1));
  far = m.fma(far, t, m.c(-6.34846687e-1));
  far = m.fma(far, t, m.c(-1.28717512e-1));
  far = m.fma(far, t, m.neg(t));
  far = m.copysign(m.sub(m.c(1), emitExp(m, far)), x);
  Value near = m.polynomial(s, {1.28379166e-1, -3.76125336e-1, 1.12819925e-1, -2.67681349e-2,
                                4.99119423e-3, -5.96761703e-4});
  near = m.fma(near, x, x);
  return m.select(m.gt(t, m.c(0.927734375)), far, near);
}

static Value erfDouble(MathBuilder &m, Value x) {
  Value t = m.abs(x), s = m.mul(x, x);
  Value near =
      m.polynomial(s, {0.12837916709551256, -0.37612638903183543, 0.11283791670945006,
                       -0.02686617064323777, 0.0052239776071164225, -0.0008548325975389692,
                       0.00012055294904839707, -1.492473690741966e-05, 1.6447424703317362e-06,
                       -1.6208483801871705e-07, 1.3720064546777686e-08, -7.795898827002142e-10});
  near = m.fma(near, x, x);
  // Beyond 6 erf is 1; a nan stays.
  Value safe = m.select(m.gt(t, m.c(6)), m.c(6), t);
  Value middle = m.polynomial(
      m.sub(safe, m.c(1.625)),
      {-3.8370887037779426, -3.7331259590726176, -0.9017850296579205, -0.023008967325750734,
       0.005270029325441913, -0.0011028409211557284, 0.00019549044367331582, -2.396398452448959e-05,
       -4.966611843870084e-07, 1.5008765935061935e-06, -5.827103344914503e-07,
       1.5087486014618569e-07, -2.7155052192239372e-08, 1.8181186720288656e-09,
       1.2750395925067582e-09, -6.071758216788587e-10});
  Value far = m.polynomial(m.sub(safe, m.c(4)),
                           {-17.987778312103007, -8.23637689270019, -0.973444588501971,
                            -0.0037931431356638813, 0.0005821485733843725, -9.102554941674928e-05,
                            1.413882593518421e-05, -2.146336592553857e-06, 3.138645149526987e-07,
                            -4.344687972027568e-08, 5.5355789058562755e-09, -6.101679050033321e-10,
                            4.758137857339098e-11, 2.821179146619948e-13, -1.161068621497482e-12,
                            4.527197447859974e-13, -1.2904313973686734e-13, 1.61956609398e-14});
  Value exponent = m.select(m.lt(safe, m.c(2.25)), middle, far);
  Value outer = m.copysign(m.sub(m.c(1), emitExp(m, exponent)), x);
  return m.select(m.gt(t, m.c(1)), outer, near);
}

Value emitErf(MathBuilder &m, Value x) { return m.isDouble ? erfDouble(m, x) : erfSingle(m, x); }

} // namespace portico
