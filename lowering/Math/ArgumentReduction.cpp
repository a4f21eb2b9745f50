//===- ArgumentReduction.cpp - x as a multiple of pi/2 and a rest -----------===//
//
// Below 2^27, or 2^15 in f32, three fused multiply-adds with pi/2 in three parts are
// exact enough. Above, the product of the mantissa with 192 bits of 2/pi is taken
// modulo 4 (Payne and Hanek): lane by lane, and only where some lane needs it.
//
//===----------------------------------------------------------------------===//

#include "lowering/Math/ArgumentReduction.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/SymbolTable.h"

using namespace mlir;

namespace portico {

/// pi/2 in parts, for f32 and f64.
constexpr double kHalfPi[3][2] = {{0x1.921fb6p+0, 0x1.921fb54442d18p+0},
                                  {-0x1.777a5cp-25, 0x1.1a62633145c07p-54},
                                  {-0x1.ee59dap-50, -0x1.f1976b7ed8fbcp-110}};
/// 2^62 times that.
constexpr int64_t kHalfPiFixed = 0x6487ed5110b4611a;
/// From here on the product with pi/2 is not exact any more.
static Value large(MathBuilder &m) { return m.c(0x1p15, 0x1p27); }

/// 64 bits of zero, then the binary fraction of 2/pi: enough for the largest f64.
static constexpr uint64_t kTwoOverPi[] = {0,
                                          0xa2f9836e4e441529,
                                          0xfc2757d1f534ddc0,
                                          0xdb6295993c439041,
                                          0xfe5163abdebbc561,
                                          0xb7246e3a424dd2e0,
                                          0x06492eea09d1921c,
                                          0xfe1deb1cb129a73e,
                                          0xe88235f52ebb4484,
                                          0xe99c7026b45f7e41,
                                          0x3991d639835339f4,
                                          0x9c845f8bbdf9283b,
                                          0x1ff897ffde05980f,
                                          0xef2f118b5a0a6d1f,
                                          0x6d367ecf27cb09b7,
                                          0x4f463f669e5fea2d,
                                          0x7527bac7ebe5f17b,
                                          0x3d0739f78a5292ea,
                                          0x6bfb5fb11f8d5d08,
                                          0x56033046fc7b6bab,
                                          0xf0cfbc209af4361d};

static Value twoOverPi(OpBuilder &b, Location loc) {
  constexpr StringLiteral name = "portico_two_over_pi";
  auto type = MemRefType::get({static_cast<int64_t>(std::size(kTwoOverPi))}, b.getI64Type());
  Operation *table = SymbolTable::getNearestSymbolTable(b.getInsertionBlock()->getParentOp());
  if (!SymbolTable::lookupSymbolIn(table, name)) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&table->getRegion(0).front());
    SmallVector<int64_t> words(std::begin(kTwoOverPi), std::end(kTwoOverPi));
    auto tensor = RankedTensorType::get(type.getShape(), type.getElementType());
    memref::GlobalOp::create(b, loc, name, b.getStringAttr("private"), type,
                             DenseElementsAttr::get(tensor, ArrayRef(words)), /*constant=*/true,
                             b.getI64IntegerAttr(64));
  }
  return memref::GetGlobalOp::create(b, loc, type, name);
}

/// The lower bits of |x| / (pi/2) for a finite scalar that is large: quadrants of 62 bits
/// behind the point, and 64 bits more.
static std::pair<Value, Value> quadrants(MathBuilder &m, Value x) {
  OpBuilder &b = m.b;
  Location loc = m.loc;
  // Of this builder only the integers are used, which have 64 bits.
  MathBuilder w(b, loc, b.getF64Type());
  auto ori = [&](Value u, Value v) -> Value { return arith::OrIOp::create(b, loc, u, v); };
  Value bits = m.bits(x);
  if (!m.isDouble)
    bits = arith::ExtUIOp::create(b, loc, w.intType, bits);
  // |x| = mantissa * 2^exponent with a mantissa of 53 or 24 bits.
  int64_t places = m.mantissaBits(), one = int64_t(1) << places;
  Value field = w.andi(w.shru(bits, places), w.ci(m.isDouble ? 0x7ff : 0xff));
  Value mantissa = ori(w.andi(bits, w.ci(one - 1)), w.ci(one));
  Value exponent = w.subi(field, w.ci((m.isDouble ? 1023 : 127) + places));
  // Bits of 2/pi of weight 2^-(exponent - 2) and more make multiples of 4. The
  // window begins after them, at this place of the table (64 zeros ahead).
  Value place = w.addi(exponent, w.ci(64 - 2));
  Value word = arith::IndexCastOp::create(b, loc, b.getIndexType(), w.shru(place, 6));
  Value shift = w.andi(place, w.ci(63));
  Value table = twoOverPi(b, loc);
  Value raw[4];
  for (int k = 0; k < 4; ++k) {
    Value at = arith::AddIOp::create(b, loc, word, arith::ConstantIndexOp::create(b, loc, k));
    raw[k] = memref::LoadOp::create(b, loc, table, at);
  }
  Value window[3];
  for (int k = 0; k < 3; ++k) {
    Value high = arith::ShLIOp::create(b, loc, raw[k], shift);
    // In two steps: a shift by 64 is not defined.
    Value low = arith::ShRUIOp::create(b, loc, w.shru(raw[k + 1], 1), w.subi(w.ci(63), shift));
    window[k] = ori(high, low);
  }
  // The lower 192 bits of mantissa * window; the lowest 64 do not matter.
  auto p2 = arith::MulUIExtendedOp::create(b, loc, mantissa, window[2]);
  auto p1 = arith::MulUIExtendedOp::create(b, loc, mantissa, window[1]);
  Value p0 = arith::MulIOp::create(b, loc, mantissa, window[0]);
  Value middle = w.addi(p2.getHigh(), p1.getLow());
  Value carry = arith::ExtUIOp::create(b, loc, w.intType,
                                       w.cmpi(arith::CmpIPredicate::ult, middle, p1.getLow()));
  return {w.addi(w.addi(p0, p1.getHigh()), carry), middle};
}

/// The rest of a quadrant, with 62 bits behind the point and 64 more, times pi/2.
static Value timesHalfPi(MathBuilder &m, Value rest, Value more) {
  OpBuilder &b = m.b;
  Location loc = m.loc;
  if (m.isDouble) {
    Value fraction = m.mul(m.toFloat(rest), m.c(0x1p-62));
    Value low = arith::UIToFPOp::create(b, loc, m.type, more);
    fraction = m.fma(low, m.c(0x1p-126), fraction);
    return m.fma(fraction, m.c(kHalfPi[0][1]), m.mul(fraction, m.c(kHalfPi[1][1])));
  }
  // In integers f32 is rounded only once.
  MathBuilder w(b, loc, b.getF64Type());
  Value negative = w.cmpi(arith::CmpIPredicate::slt, rest, w.ci(0));
  Value size = w.select(negative, w.subi(w.ci(0), rest), rest);
  auto product = arith::MulUIExtendedOp::create(b, loc, size, w.ci(kHalfPiFixed));
  Value r = m.mul(m.toFloat(product.getHigh()), m.c(0x1p-60));
  return m.select(negative, m.neg(r), r);
}

/// The reduction of one finite scalar that is large.
static Quadrant reduceLarge(MathBuilder &m, Value x) {
  MathBuilder w(m.b, m.loc, m.b.getF64Type());
  auto [high, more] = quadrants(m, x);
  // The top two bits are the quadrant; rounded to the nearest.
  Value n = w.shru(w.addi(high, w.ci(int64_t(1) << 61)), 62);
  Value r = timesHalfPi(m, w.subi(high, w.shl(n, 62)), more);
  if (!m.isDouble)
    n = arith::TruncIOp::create(m.b, m.loc, m.intType, n);
  Value negative = m.lt(x, m.c(0));
  return {m.select(negative, m.neg(r), r), m.select(negative, m.subi(m.ci(0), n), n)};
}

Quadrant reduceByHalfPi(MathBuilder &m, Value x) {
  OpBuilder &b = m.b;
  Location loc = m.loc;
  auto [q, n] = m.nearest(m.mul(x, m.c(0x1.45f306p-1, 0x1.45f306dc9c883p-1)));
  Value r = x;
  for (auto [single, twice] : kHalfPi)
    r = m.fma(q, m.c(-single, -twice), r);
  Value size = m.abs(x);
  Value isLarge = m.both(m.ge(size, large(m)), m.lt(size, m.inf()));
  // q is of no use for inf.
  r = m.select(m.eq(size, m.inf()), m.nan(), r);

  auto vector = dyn_cast<VectorType>(m.type);
  Value any = isLarge;
  if (vector)
    any = vector::ReductionOp::create(b, loc, vector::CombiningKind::OR, isLarge);
  auto ifOp = scf::IfOp::create(b, loc, TypeRange{r.getType(), n.getType()}, any, /*else=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(ifOp.elseBlock());
  scf::YieldOp::create(b, loc, ValueRange{r, n});
  b.setInsertionPointToStart(ifOp.thenBlock());
  if (!vector) {
    Quadrant exact = reduceLarge(m, x);
    scf::YieldOp::create(b, loc, ValueRange{exact.r, exact.n});
    return {ifOp.getResult(0), ifOp.getResult(1)};
  }
  MathBuilder scalar(b, loc, vector.getElementType());
  Value zero = arith::ConstantIndexOp::create(b, loc, 0);
  Value one = arith::ConstantIndexOp::create(b, loc, 1);
  Value lanes = arith::ConstantIndexOp::create(b, loc, vector.getNumElements());
  auto loop = scf::ForOp::create(b, loc, zero, lanes, one, ValueRange{r, n});
  scf::YieldOp::create(b, loc, loop.getResults());
  b.setInsertionPointToStart(loop.getBody());
  OpFoldResult lane = loop.getInductionVar();
  Value needed = vector::ExtractOp::create(b, loc, isLarge, lane);
  auto each = scf::IfOp::create(b, loc, TypeRange{r.getType(), n.getType()}, needed, true);
  scf::YieldOp::create(b, loc, each.getResults());
  b.setInsertionPointToStart(each.elseBlock());
  scf::YieldOp::create(b, loc, loop.getRegionIterArgs());
  b.setInsertionPointToStart(each.thenBlock());
  Quadrant exact = reduceLarge(scalar, vector::ExtractOp::create(b, loc, x, lane));
  Value rs = vector::InsertOp::create(b, loc, exact.r, loop.getRegionIterArgs()[0], lane);
  Value ns = vector::InsertOp::create(b, loc, exact.n, loop.getRegionIterArgs()[1], lane);
  scf::YieldOp::create(b, loc, ValueRange{rs, ns});
  return {ifOp.getResult(0), ifOp.getResult(1)};
}

} // namespace portico
