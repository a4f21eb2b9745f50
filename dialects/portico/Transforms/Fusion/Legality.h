//===- Legality.h - may these ops be one kernel? ---------------------------===//
//
// Legality is ours and proven, never a matter of taste: what it allows, the
// lowering of the category must handle. Whether it is a good idea is the
// policy's question (Policy.h).
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_FUSION_LEGALITY_H
#define PORTICO_FUSION_LEGALITY_H

#include "dialects/portico/IR/Portico.h"

#include <optional>
#include <string>

namespace portico {

/// What a kernel is to the lowering; the `category` attribute of portico.kernel.
enum class KernelCategory {
  Alias,   // one reshape: another name for the same buffer, no kernel at all
  Loop,    // elementwise, creation and data movement; results of one shape
  Row,     // reductions over one set of axes, and what lives on the same rows
  Dot,     // one dot_general and an elementwise epilogue
  Conv,    // one convolution (or a gradient of one) and an elementwise epilogue
  Window,  // one sliding window
  Scan,    // one scan
  Sort,    // one sort
  Scatter, // one scatter
  Custom,  // one custom_call
};
llvm::StringRef stringify(KernelCategory category);

/// The category, or the reason why the ops cannot be one kernel.
struct Verdict {
  std::optional<KernelCategory> category;
  std::string reason;
  explicit operator bool() const { return category.has_value(); }
};

/// May `ops`, in topological order, be one kernel with these results? Says
/// nothing about cycles with ops outside: that is the group graph's business.
Verdict classify(llvm::ArrayRef<mlir::Operation *> ops, llvm::ArrayRef<mlir::Value> results);

/// A reshape that only inserts or removes dimensions of size 1 keeps every
/// element's index; it is free inside a kernel.
bool isUnitReshape(mlir::Operation *op);

} // namespace portico

#endif // PORTICO_FUSION_LEGALITY_H
