//===- ProductGradient.h - the gradient of products of groups ---------------===//

#ifndef PORTICO_IR_PRODUCTGRADIENT_H
#define PORTICO_IR_PRODUCTGRADIENT_H

#include "dialects/portico/IR/Builder.h"

#include "llvm/ADT/STLFunctionalExtras.h"

namespace portico {

/// An op that multiplies elements in groups, by what it does to arrays of their shape.
struct Groups {
  llvm::function_ref<Expr(Expr)> product;
  /// The sum over each group.
  llvm::function_ref<Expr(Expr)> sum;
  /// For each element the sum over the groups that it is in: the transpose of `sum`.
  llvm::function_ref<Expr(Expr)> spread;
};

/// The gradient of `y = groups.product(x)`, right at zeros and with right derivatives
/// there:
///
///   dx[k] = sum over the groups with k of dy * (product of the others)
///
/// The product of the others is y / x[k] unless x[k] is 0. Then, where no other element
/// of the group is 0, it is the product p of those that are not; where there is one
/// other, x[l], it is p * x[l]. That is 0, but its derivative in x[l] is not, so it is
/// written down: as p * (s - x[k]), where s is the sum of the zeros of the group. With
/// more zeros value and derivative are 0.
Expr productGradient(Expr x, Expr y, Expr dy, const Groups &groups);

} // namespace portico

#endif // PORTICO_IR_PRODUCTGRADIENT_H
