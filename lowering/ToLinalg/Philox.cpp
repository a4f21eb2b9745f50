//===- Philox.cpp - counter-based random bits -------------------------------===//
//
// Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011. Each
// lane makes its own block and keeps one word of four: no lane depends on
// another, and any partition of the range gives the same numbers.
//
//===----------------------------------------------------------------------===//

#include "lowering/ToLinalg/Philox.h"

#include "lowering/ToLinalg/Casts.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace portico {

Value emitPhilox(OpBuilder &b, Location loc, Value seed, Value counter, Value word) {
  Type i32 = withShapeOf(b.getI32Type(), counter.getType()), i64 = counter.getType();
  auto c32 = [&](uint32_t v) { return intConstantLike(b, loc, i32, static_cast<int32_t>(v)); };
  auto c64 = [&](int64_t v) { return intConstantLike(b, loc, i64, v); };
  auto low = [&](Value v) -> Value { return arith::TruncIOp::create(b, loc, i32, v); };
  auto high = [&](Value v) { return low(arith::ShRUIOp::create(b, loc, v, c64(32))); };
  auto product = [&](uint32_t factor, Value v) -> Value {
    return arith::MulIOp::create(b, loc, arith::ExtUIOp::create(b, loc, i64, v), c64(factor));
  };
  auto exclusive = [&](Value x, Value y) -> Value { return arith::XOrIOp::create(b, loc, x, y); };

  Value k0 = low(seed), k1 = high(seed);
  Value x0 = low(counter), x1 = high(counter), x2 = c32(0), x3 = c32(0);
  for (int round = 0; round < 10; ++round) {
    if (round > 0) {
      k0 = arith::AddIOp::create(b, loc, k0, c32(0x9E3779B9));
      k1 = arith::AddIOp::create(b, loc, k1, c32(0xBB67AE85));
    }
    Value p0 = product(0xD2511F53, x0), p1 = product(0xCD9E8D57, x2);
    x0 = exclusive(exclusive(high(p1), x1), k0);
    x1 = low(p1);
    x2 = exclusive(exclusive(high(p0), x3), k1);
    x3 = low(p0);
  }
  Value result = x3;
  const Value words[] = {x0, x1, x2};
  for (int k = 2; k >= 0; --k) {
    Value is = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, word, c64(k));
    result = arith::SelectOp::create(b, loc, is, words[k], result);
  }
  return result;
}

} // namespace portico
