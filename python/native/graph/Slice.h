//===- Slice.h - what has to run for some values ---------------------------===//

#ifndef PORTICO_NATIVE_GRAPH_SLICE_H
#define PORTICO_NATIVE_GRAPH_SLICE_H

#include "python/native/graph/Node.h"

namespace portico::native {

/// The pending ops behind some values, in canonical order: equal programs have
/// equal keys, whatever their values, scalars and locations are.
struct Slice {
  /// Operands before users; inputs included.
  std::vector<Node *> order;
  /// Evaluated values and scalars, in order of first use.
  std::vector<Node *> inputs;
  /// What is asked for, and what is worth keeping besides.
  std::vector<Node *> outputs;
  /// Inputs that nobody else refers to once this has run.
  std::vector<bool> donatable;
  std::vector<int64_t> key;
  uint64_t hash = 0;
  /// Hash of the ops alone, without sizes: to say why a program is new.
  uint64_t shapeless = 0;
  uint64_t ops = 0;

  /// Where it runs: where its values are at home.
  DeviceId device() const;
};

/// `keepCostly`: values that somebody still holds and that a later flush would
/// have to compute again by a contraction, a reduction or the like are outputs
/// too. The slice is valid until any node is made or dropped.
void sliceFor(llvm::ArrayRef<Node *> roots, bool keepCostly, Slice &slice);

/// The same as a flat program, with the user's lines.
Ref<Trace> traceOf(const Slice &slice);

} // namespace portico::native

#endif // PORTICO_NATIVE_GRAPH_SLICE_H
