//===- Tape.h - what backward will need ------------------------------------===//

#ifndef PORTICO_NATIVE_GRAPH_TAPE_H
#define PORTICO_NATIVE_GRAPH_TAPE_H

#include "python/native/graph/Storage.h"

namespace portico::native {

struct TapeNode;

/// Where a gradient goes: result `index` of a tape node. Null: nowhere.
struct Edge {
  Ref<TapeNode> node;
  uint32_t index = 0;
  explicit operator bool() const { return bool(node); }
  bool operator==(const Edge &o) const { return node == o.node && index == o.index; }
};

/// A value with its history. `origin` is the storage it was read from, whose
/// version is compared when the value is saved; null for intermediate values.
struct Tracked {
  Ref<Node> value;
  Edge edge;
  Storage *origin = nullptr;
};

/// The `.grad` of a tensor, shared with whatever accumulates into it.
struct GradSlot {
  uint32_t refs = 0;
  PyObject *grad = nullptr; // a tensor object or null
  static void destroy(GradSlot *slot) {
    Py_CLEAR(slot->grad);
    delete slot;
  }
};

struct SavedValue {
  Ref<Node> value;
  Ref<VersionCounter> counter;
  uint32_t version = 0;
};

struct TapeOperand {
  TensorSpec spec;
  uint64_t serial = 0; // of the value's node, saved or not; 0 where not known
  Edge edge;
  SavedValue saved;
};

struct Hook {
  uint64_t id;
  PyObject *callable;
};

/// What happens to the gradient of one result before its op sees it.
struct ResultHooks {
  uint32_t index;
  std::vector<Hook> hooks;
  /// The `.grad` that retain_grad asks for.
  Ref<GradSlot> retain;
};

enum class TapeForm : uint8_t {
  op,         // a primitive: differentiated by the compiler
  accumulate, // a leaf: adds into `.grad`
  function,   // the user's backward, in Python
};

struct TapeNode {
  uint32_t refs = 0;
  TapeForm form = TapeForm::op;
  bool freed = false;
  DeviceId device = 0;
  OpKind kind = {};
  uint32_t number = 0; // scratch of a walk, valid while `epoch` is the walk's
  uint64_t epoch = 0;
  /// Larger than that of every node its edges lead to, leaves apart.
  uint64_t sequence = 0;
  llvm::SmallVector<TapeOperand, 2> operands;
  llvm::SmallVector<int64_t, 4> attrs;
  llvm::SmallVector<TensorSpec, 1> results;
  llvm::SmallVector<uint64_t, 1> serials;        // of the results' nodes; empty where not known
  llvm::SmallVector<SavedValue, 1> savedResults; // empty unless the rule reads them
  std::vector<ResultHooks> resultHooks;
  std::vector<Hook> postHooks;  // of a leaf: after accumulation
  Ref<GradSlot> slot;           // of a leaf
  PyObject *leaf = nullptr;     // weak reference to the leaf's tensor object, for post hooks
  PyObject *callable = nullptr; // of a function
  std::string label;            // of a function: its name
  Location location;            // of the forward op

  static Ref<TapeNode> create(TapeForm form);
  static void destroy(TapeNode *node);

  bool savesAnything() const;
  /// Lets go of the saved values; the edges stay.
  void free();
  ResultHooks &hooksOf(uint32_t index);
  /// As PyTorch spells the class of a grad_fn: "AddBackward0".
  std::string name() const;
};

/// Grad mode is a property of the thread, as in PyTorch.
struct GradMode {
  static bool enabled();
  static void set(bool enabled);
  static bool inference();
  static void setInference(bool enabled);
};
class GradModeGuard {
public:
  explicit GradModeGuard(bool enabled) : saved(GradMode::enabled()) { GradMode::set(enabled); }
  ~GradModeGuard() { GradMode::set(saved); }
  GradModeGuard(const GradModeGuard &) = delete;

private:
  bool saved;
};

/// Records an op, and its place on the tape where a gradient may be asked for.
/// Throws Failure with the op's name and inference's message.
void apply(OpKind kind, llvm::ArrayRef<Tracked> operands, llvm::ArrayRef<int64_t> attrs,
           llvm::SmallVectorImpl<Tracked> &results);
/// The same for ops of one result.
Tracked apply(OpKind kind, llvm::ArrayRef<Tracked> operands, llvm::ArrayRef<int64_t> attrs = {});
/// The same without inference, for callers that know the result.
Tracked applyKnown(OpKind kind, llvm::ArrayRef<Tracked> operands, llvm::ArrayRef<int64_t> attrs,
                   TensorSpec result);

} // namespace portico::native

#endif // PORTICO_NATIVE_GRAPH_TAPE_H
