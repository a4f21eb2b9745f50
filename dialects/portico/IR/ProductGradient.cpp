//===- ProductGradient.cpp - the gradient of products of groups -------------===//

#include "dialects/portico/IR/ProductGradient.h"

using namespace mlir;
using namespace portico;

Expr portico::productGradient(Expr x, Expr y, Expr dy, const Groups &groups) {
  Expr zero = eq(x, 0.0), filled = select(zero, 1.0, x);
  Expr zeros = groups.sum(castTo(zero, x.dtype()));
  Expr alone = dy * groups.product(filled);
  Expr paired = select(eq(zeros, 2.0), alone, 0.0);
  Expr withPartner = paired * groups.sum(select(zero, x, 0.0));
  Expr atZero =
      groups.spread(select(eq(zeros, 1.0), alone, withPartner)) - x * groups.spread(paired);
  return select(zero, atZero, groups.spread(dy * y) / filled);
}
