//===- AffineRanges.h - index expressions within known ranges ---------------===//

#ifndef PORTICO_LOWERING_TOLINALG_AFFINERANGES_H
#define PORTICO_LOWERING_TOLINALG_AFFINERANGES_H

#include "mlir/IR/AffineExpr.h"

#include <optional>

namespace portico {

/// Dimension `i` runs over [0, dims[i]), symbol `j` over [0, symbols[j]).
struct IndexRanges {
  llvm::ArrayRef<int64_t> dims, symbols;
};

/// The smallest and the largest value of `expr`; none when it may overflow.
std::optional<std::pair<int64_t, int64_t>> boundsOf(mlir::AffineExpr expr, IndexRanges ranges);

/// The terms of a sum, each with its constant factor; the constant term has the
/// expression 1.
llvm::SmallVector<std::pair<mlir::AffineExpr, int64_t>> termsOf(mlir::AffineExpr expr);

/// `expr` without the divisions and remainders that its ranges decide:
///
///     (d0 * 8 + d1) floordiv 8  ->  d0        with d1 in [0, 8)
///     (d0 * 8 + d1) mod 8       ->  d1
mlir::AffineExpr simplifyInRanges(mlir::AffineExpr expr, IndexRanges ranges);

/// The indices, in row-major order over `to`, of the element that has `index` in
/// row-major order over `from`. Both shapes have the same number of elements.
llvm::SmallVector<mlir::AffineExpr> reindex(llvm::ArrayRef<mlir::AffineExpr> index,
                                            llvm::ArrayRef<int64_t> from,
                                            llvm::ArrayRef<int64_t> to, IndexRanges ranges,
                                            mlir::MLIRContext *context);

} // namespace portico

#endif // PORTICO_LOWERING_TOLINALG_AFFINERANGES_H
