//===- Stretch.h - differentiating a run of tape nodes ---------------------===//

#ifndef PORTICO_NATIVE_GRAPH_STRETCH_H
#define PORTICO_NATIVE_GRAPH_STRETCH_H

#include "python/native/graph/Tape.h"

namespace portico::native {

/// Gradients that have arrived at the results of one tape node.
using Cotangents = llvm::SmallVector<Tracked, 1>;

/// One gradient that leaves a stretch.
struct StretchGradient {
  Edge edge;
  Tracked value;
};

/// Differentiates primitives that no Python code stands between, as one program.
/// `nodes` in order of recording; `cotangents[i]` are those of `nodes[i]` from
/// outside of the stretch, null where none arrived. `needed` says of an edge
/// whether its gradient is wanted. Results come in the order of their first use.
std::vector<StretchGradient> differentiateStretch(llvm::ArrayRef<TapeNode *> nodes,
                                                  llvm::ArrayRef<Cotangents> cotangents,
                                                  bool (*needed)(const Edge &), bool createGraph);

/// Forgets every derivative in memory.
void clearDerivatives();

} // namespace portico::native

#endif // PORTICO_NATIVE_GRAPH_STRETCH_H
