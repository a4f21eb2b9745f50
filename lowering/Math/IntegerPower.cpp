//===- IntegerPower.cpp - integers to integer powers ------------------------===//

#include "lowering/Math/Functions.h"
#include "lowering/ToLinalg/Casts.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace portico {

/// Square and multiply, wrapping, until no lane has a bit of its exponent left.
/// A negative exponent gives 0, but 1 to it is 1 and -1 to it is +-1.
Value emitIntegerPower(OpBuilder &b, Location loc, Value x, Value n) {
  Type type = x.getType();
  auto c = [&](int64_t v) { return intConstantLike(b, loc, type, v); };
  auto cmp = [&](arith::CmpIPredicate p, Value u, Value v) -> Value {
    return arith::CmpIOp::create(b, loc, p, u, v);
  };
  auto select = [&](Value cond, Value u, Value v) -> Value {
    return arith::SelectOp::create(b, loc, cond, u, v);
  };
  using P = arith::CmpIPredicate;
  Value negative = cmp(P::slt, n, c(0));
  Value left = select(negative, c(0), n);
  auto loop = scf::WhileOp::create(b, loc, TypeRange{type, type, type}, ValueRange{c(1), x, left});
  {
    OpBuilder::InsertionGuard guard(b);
    SmallVector<Location> locs(3, loc);
    SmallVector<Type> types(3, type);
    Block *before = b.createBlock(&loop.getBefore(), {}, types, locs);
    Value some = cmp(P::ne, before->getArgument(2), c(0));
    if (isa<VectorType>(type))
      some = vector::ReductionOp::create(b, loc, vector::CombiningKind::OR, some);
    scf::ConditionOp::create(b, loc, some, before->getArguments());
    Block *after = b.createBlock(&loop.getAfter(), {}, types, locs);
    Value result = after->getArgument(0), base = after->getArgument(1),
          rest = after->getArgument(2);
    Value bit = cmp(P::ne, arith::AndIOp::create(b, loc, rest, c(1)), c(0));
    result = select(bit, arith::MulIOp::create(b, loc, result, base), result);
    base = arith::MulIOp::create(b, loc, base, base);
    rest = arith::ShRUIOp::create(b, loc, rest, c(1));
    scf::YieldOp::create(b, loc, ValueRange{result, base, rest});
  }
  Value odd = cmp(P::ne, arith::AndIOp::create(b, loc, n, c(1)), c(0));
  Value ofMinusOne = select(odd, c(-1), c(1));
  Value inverse = select(cmp(P::eq, x, c(-1)), ofMinusOne, c(0));
  inverse = select(cmp(P::eq, x, c(1)), c(1), inverse);
  return select(negative, inverse, loop.getResult(0));
}

} // namespace portico
