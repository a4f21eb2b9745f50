//===- AffineRanges.cpp - index expressions within known ranges -------------===//

#include "lowering/ToLinalg/AffineRanges.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace mlir;

namespace portico {

using Bounds = std::pair<int64_t, int64_t>;

std::optional<Bounds> boundsOf(AffineExpr expr, IndexRanges ranges) {
  if (auto c = dyn_cast<AffineConstantExpr>(expr))
    return Bounds{c.getValue(), c.getValue()};
  if (auto d = dyn_cast<AffineDimExpr>(expr))
    return Bounds{0, std::max<int64_t>(ranges.dims[d.getPosition()] - 1, 0)};
  if (auto s = dyn_cast<AffineSymbolExpr>(expr))
    return Bounds{0, std::max<int64_t>(ranges.symbols[s.getPosition()] - 1, 0)};
  auto binary = cast<AffineBinaryOpExpr>(expr);
  auto lhs = boundsOf(binary.getLHS(), ranges), rhs = boundsOf(binary.getRHS(), ranges);
  if (!lhs || !rhs)
    return std::nullopt;
  switch (expr.getKind()) {
  case AffineExprKind::Add: {
    Bounds r;
    if (llvm::AddOverflow(lhs->first, rhs->first, r.first) ||
        llvm::AddOverflow(lhs->second, rhs->second, r.second))
      return std::nullopt;
    return r;
  }
  case AffineExprKind::Mul: {
    int64_t p[4];
    if (llvm::MulOverflow(lhs->first, rhs->first, p[0]) ||
        llvm::MulOverflow(lhs->first, rhs->second, p[1]) ||
        llvm::MulOverflow(lhs->second, rhs->first, p[2]) ||
        llvm::MulOverflow(lhs->second, rhs->second, p[3]))
      return std::nullopt;
    return Bounds{*std::min_element(p, p + 4), *std::max_element(p, p + 4)};
  }
  case AffineExprKind::FloorDiv:
    if (rhs->first != rhs->second || rhs->first <= 0)
      return std::nullopt;
    return Bounds{llvm::divideFloorSigned(lhs->first, rhs->first),
                  llvm::divideFloorSigned(lhs->second, rhs->first)};
  case AffineExprKind::Mod:
    if (rhs->first != rhs->second || rhs->first <= 0)
      return std::nullopt;
    return Bounds{0, rhs->first - 1};
  default:
    return std::nullopt;
  }
}

/// The terms of a sum, each with its constant factor.
static void collectTerms(AffineExpr expr, int64_t factor,
                         SmallVectorImpl<std::pair<AffineExpr, int64_t>> &terms) {
  if (auto binary = dyn_cast<AffineBinaryOpExpr>(expr)) {
    if (expr.getKind() == AffineExprKind::Add) {
      collectTerms(binary.getLHS(), factor, terms);
      collectTerms(binary.getRHS(), factor, terms);
      return;
    }
    auto c = dyn_cast<AffineConstantExpr>(binary.getRHS());
    if (expr.getKind() == AffineExprKind::Mul && c) {
      collectTerms(binary.getLHS(), factor * c.getValue(), terms);
      return;
    }
  }
  if (auto c = dyn_cast<AffineConstantExpr>(expr)) {
    if (c.getValue())
      terms.emplace_back(getAffineConstantExpr(1, expr.getContext()), factor * c.getValue());
    return;
  }
  terms.emplace_back(expr, factor);
}

SmallVector<std::pair<AffineExpr, int64_t>> termsOf(AffineExpr expr) {
  SmallVector<std::pair<AffineExpr, int64_t>> terms;
  collectTerms(expr, 1, terms);
  return terms;
}

/// `expr` = `divisor * quotient + rest` with rest in [0, divisor), if the terms
/// of the sum fall apart like that.
static bool splitByDivisor(AffineExpr expr, int64_t divisor, IndexRanges ranges,
                           AffineExpr &quotient, AffineExpr &rest) {
  auto terms = termsOf(expr);
  quotient = rest = getAffineConstantExpr(0, expr.getContext());
  for (auto [term, factor] : terms) {
    if (factor % divisor == 0)
      quotient = quotient + term * (factor / divisor);
    else
      rest = rest + term * factor;
  }
  auto bounds = boundsOf(rest, ranges);
  return bounds && bounds->first >= 0 && bounds->second < divisor;
}

static AffineExpr simplifyDivision(AffineExpr lhs, int64_t m, bool isMod, IndexRanges ranges) {
  AffineExpr quotient, rest;
  if (splitByDivisor(lhs, m, ranges, quotient, rest))
    return isMod ? rest : quotient;
  // With lhs = g * q + r and r in [0, g), where g divides m:
  //   lhs floordiv m = q floordiv (m / g),  lhs mod m = g * (q mod (m / g)) + r.
  auto terms = termsOf(lhs);
  for (auto &[term, factor] : terms) {
    int64_t g = std::gcd(std::abs(factor), m);
    if (g == 1 || g == m || !splitByDivisor(lhs, g, ranges, quotient, rest))
      continue;
    quotient = simplifyInRanges(quotient, ranges);
    AffineExpr inner = simplifyDivision(quotient, m / g, isMod, ranges);
    return isMod ? inner * g + rest : inner;
  }
  splitByDivisor(lhs, m, ranges, quotient, rest);
  if (isMod)
    return rest % m;
  // (x floordiv a) floordiv b = x floordiv (a * b).
  if (auto inner = dyn_cast<AffineBinaryOpExpr>(rest);
      inner && rest.getKind() == AffineExprKind::FloorDiv)
    if (auto a = dyn_cast<AffineConstantExpr>(inner.getRHS()))
      return quotient + inner.getLHS().floorDiv(a.getValue() * m);
  return quotient + rest.floorDiv(m);
}

AffineExpr simplifyInRanges(AffineExpr expr, IndexRanges ranges) {
  if (auto d = dyn_cast<AffineDimExpr>(expr))
    return ranges.dims[d.getPosition()] <= 1 ? getAffineConstantExpr(0, expr.getContext()) : expr;
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return expr;
  AffineExpr lhs = simplifyInRanges(binary.getLHS(), ranges);
  AffineExpr rhs = simplifyInRanges(binary.getRHS(), ranges);
  auto constant = dyn_cast<AffineConstantExpr>(rhs);
  switch (expr.getKind()) {
  case AffineExprKind::Add:
    return lhs + rhs;
  case AffineExprKind::Mul: {
    if (!constant)
      return lhs * rhs;
    AffineExpr sum = getAffineConstantExpr(0, expr.getContext());
    for (auto [term, factor] : termsOf(lhs))
      sum = sum + term * (factor * constant.getValue());
    return sum;
  }
  case AffineExprKind::FloorDiv:
    return constant ? simplifyDivision(lhs, constant.getValue(), false, ranges) : lhs.floorDiv(rhs);
  case AffineExprKind::Mod:
    return constant ? simplifyDivision(lhs, constant.getValue(), true, ranges) : lhs % rhs;
  default:
    return expr;
  }
}

SmallVector<AffineExpr> reindex(ArrayRef<AffineExpr> index, ArrayRef<int64_t> from,
                                ArrayRef<int64_t> to, IndexRanges ranges, MLIRContext *context) {
  AffineExpr zero = getAffineConstantExpr(0, context);
  AffineExpr flat = zero;
  for (auto [i, size] : llvm::zip_equal(index, from))
    flat = flat * size + i;
  SmallVector<AffineExpr> result(to.size(), zero);
  int64_t stride = 1;
  for (int64_t k = static_cast<int64_t>(to.size()) - 1; k >= 0; --k) {
    if (to[k] == 1)
      continue;
    // Above the outermost dimension nothing is left to cut off.
    bool outermost = llvm::all_of(to.take_front(k), [](int64_t n) { return n == 1; });
    AffineExpr digit = flat.floorDiv(stride);
    result[k] = simplifyInRanges(outermost ? digit : digit % to[k], ranges);
    stride *= to[k];
  }
  return result;
}

} // namespace portico
