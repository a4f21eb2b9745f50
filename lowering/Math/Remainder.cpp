//===- Remainder.cpp - the exact remainder of floats ------------------------===//

#include "lowering/Math/Functions.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace portico {

/// `rest` mod `divisor`, both finite, rest >= 0 and divisor > 0 normal. Each round
/// takes off the largest multiple of divisor 2^k whose quotient has few enough
/// bits for the fused multiply-add to be exact, until no lane has any left.
static Value reduce(MathBuilder &m, Value start, Value divisor) {
  OpBuilder &b = m.b;
  Location loc = m.loc;
  auto loop = scf::WhileOp::create(b, loc, TypeRange{m.type}, ValueRange{start});
  OpBuilder::InsertionGuard guard(b);
  Block *before = b.createBlock(&loop.getBefore(), {}, {m.type}, {loc});
  Value some = m.ge(before->getArgument(0), divisor);
  if (isa<VectorType>(m.type))
    some = vector::ReductionOp::create(b, loc, vector::CombiningKind::OR, some);
  scf::ConditionOp::create(b, loc, some, before->getArguments());
  Block *after = b.createBlock(&loop.getAfter(), {}, {m.type}, {loc});
  Value rest = after->getArgument(0);
  // The divisor times 2^k, so that the quotient is below 2^26, or 2^22 in f32.
  int64_t field = m.mantissaBits();
  Value distance = m.subi(m.shru(m.bits(rest), field), m.shru(m.bits(divisor), field));
  Value shift = m.subi(distance, m.ci(m.isDouble ? 25 : 21));
  Value positive = m.cmpi(arith::CmpIPredicate::sgt, shift, m.ci(0));
  shift = m.select(positive, shift, m.ci(0));
  Value step = m.fromBits(m.addi(m.bits(divisor), m.shl(shift, field)));
  Value quotient = m.trunc(m.div(rest, step));
  Value next = m.fma(m.neg(quotient), step, rest);
  // The division may have rounded up to the next integer.
  next = m.select(m.lt(next, m.c(0)), m.add(next, step), next);
  next = m.select(m.ge(rest, divisor), next, rest);
  scf::YieldOp::create(b, loc, next);
  return loop.getResult(0);
}

/// C's fmod: x - trunc(x / y) y without rounding, with the sign of x. f32 goes
/// through f64, if there is one: it has no denormals there, and takes fewer rounds.
Value emitRemainder(MathBuilder &m, Value x, Value y) {
  if (!m.isDouble && m.hasDoubles) {
    MathBuilder wide = m.doubles();
    Value x64 = arith::ExtFOp::create(m.b, m.loc, wide.type, x);
    Value y64 = arith::ExtFOp::create(m.b, m.loc, wide.type, y);
    return arith::TruncFOp::create(m.b, m.loc, m.type, emitRemainder(wide, x64, y64));
  }
  Value size = m.abs(x), divisor = m.abs(y);
  // Lanes that end as nan have nothing to do.
  Value bad =
      m.either(m.either(m.isNan(x), m.isNan(y)), m.either(m.eq(size, m.inf()), m.eq(y, m.c(0))));
  size = m.select(bad, m.c(0), size);
  divisor = m.select(bad, m.c(1), divisor);
  Value infinite = m.eq(divisor, m.inf());
  divisor = m.select(infinite, m.c(0x1p127, 0x1p1023), divisor);
  // x mod y = (x mod 2^k y) mod y brings x within reach of a denormal y; then
  // both are scaled up, and the remainder scales along.
  Value small = m.lt(divisor, m.c(0x1p-90, 0x1p-900));
  Value up = m.c(0x1p40, 0x1p100);
  Value first = reduce(m, size, m.select(small, m.mul(divisor, m.c(0x1p60, 0x1p600)), divisor));
  Value second = reduce(m, m.select(small, m.mul(first, up), m.c(0)),
                        m.select(small, m.mul(divisor, up), m.c(1)));
  Value result = m.select(small, m.mul(second, m.c(0x1p-40, 0x1p-100)), first);
  result = m.select(infinite, size, result);
  result = m.select(bad, m.nan(), result);
  return m.copysign(result, x);
}

} // namespace portico
