//===- Backward.h - gradients along the tape -------------------------------===//

#ifndef PORTICO_NATIVE_GRAPH_BACKWARD_H
#define PORTICO_NATIVE_GRAPH_BACKWARD_H

#include "python/native/graph/Tape.h"

#include <optional>

namespace portico::native {

struct BackwardRoot {
  Edge edge;
  Tracked gradient;
};

struct BackwardOptions {
  bool retainGraph = false;
  bool createGraph = false;
  /// Where gradients are wanted; none: at all leaves.
  std::optional<std::vector<Edge>> inputs;
  /// Add the gradients into `.grad` (of `inputs`, or of the leaves); otherwise
  /// hand them back.
  bool accumulate = true;
};

/// Runs backward. Returns one gradient per entry of `inputs` (null value where
/// nothing flowed). Throws Failure, or PythonErrorSet when a hook raised.
std::vector<Tracked> backward(llvm::ArrayRef<BackwardRoot> roots, const BackwardOptions &options);

//===----------------------------------------------------------------------===//
// What backward needs of Python; defined beside the Python face.
//===----------------------------------------------------------------------===//

/// Calls `hook(gradient)`; what it returns, unless None, takes its place.
void callHook(PyObject *hook, Tracked &gradient);
/// Calls the user's backward; null values stand for None either way.
void callFunction(TapeNode &node, llvm::ArrayRef<Tracked> gradients,
                  llvm::SmallVectorImpl<Tracked> &results);
/// Adds a gradient into a `.grad`, in place unless the sum has a history.
void accumulateInto(GradSlot &slot, const Tracked &gradient);
void callPostHooks(TapeNode &leaf);

} // namespace portico::native

#endif // PORTICO_NATIVE_GRAPH_BACKWARD_H
