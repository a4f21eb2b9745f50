//===- Tensor.h - what a tensor object holds -------------------------------===//

#ifndef PORTICO_NATIVE_GRAPH_TENSOR_H
#define PORTICO_NATIVE_GRAPH_TENSOR_H

#include "python/native/graph/View.h"

namespace portico::native {

/// The autograd side of a tensor and of its differentiable views. They share
/// one: an in-place write through any of them gives the base a new history, and
/// all of them see it. `detach()` begins another group over the same storage.
struct Group {
  uint32_t refs = 0;
  /// Of the group's base. Leads to an accumulate node where the base is a leaf
  /// that requires grad.
  Edge edge;
  /// Counts the changes of `edge`.
  uint32_t edgeVersion = 0;
  /// The base of the group as a view of the storage; null: the storage itself.
  Ref<ViewStep> base;
  static void destroy(Group *group) { Pool<Group>::recycle(group); }

  bool isLeaf() const { return !edge || edge.node->form == TapeForm::accumulate; }
};

/// What only views and imported memory have.
struct ViewState {
  Ref<ViewStep> step; // null for imported memory as a whole
  Geometry geometry;
  /// The value and history as of a generation and edge version.
  Ref<Node> cached;
  uint32_t generation = 0;
  Edge edge;
  uint32_t edgeVersion = 0;
};

struct Tensor {
  Ref<Storage> storage;
  Ref<Group> group;
  std::unique_ptr<ViewState> view;
  Ref<GradSlot> slot;
  /// Made by `.data`: its writes are not counted in the version.
  bool uncounted = false;
  bool inference = false;

  static Tensor of(Tracked value);

  const TensorSpec &spec() const {
    return view && view->step ? view->step->after : storage->value->spec;
  }
  DeviceId device() const {
    DeviceId own = storage->value->device;
    return own == anywhere ? defaultDevice() : own;
  }
  Geometry geometry() const;
  bool contiguous() const;
  const ViewStep *step() const { return view ? view->step.get() : nullptr; }
  bool isGroupBase() const { return !group || group->base.get() == step(); }
  /// What the views of this tensor's group are views of.
  Tensor groupBase() const;

  /// The present value with its history. Memory shared with the outside is
  /// copied, unless it is large and `borrowed` is given: then it may be set, the
  /// value is that very memory, and the caller runs what it records at once.
  Tracked read(bool *borrowed = nullptr);
  /// The history alone; null where no gradient is wanted.
  Edge edge();
  bool requiresGrad() { return bool(edge()); }

  /// A view of this tensor by one step.
  Tensor viewBy(OpKind kind, llvm::ArrayRef<int64_t> attrs);
  /// A view of other elements of the same storage, at this place in its memory.
  Tensor viewAt(llvm::ArrayRef<int64_t> dims, const Geometry &memory);
  /// A view in which a dimension is replaced by two: windows of `size` elements, `step`
  /// apart, and their elements.
  Tensor windows(int64_t dim, int64_t size, int64_t step);
  /// The same memory without history.
  Tensor detach() const;
  /// Writes `value`, of this tensor's dtype and shape, where this tensor sees the
  /// storage.
  void assign(Tracked value);
  /// Makes this a leaf that accumulates gradients, or no longer.
  void setRequiresGrad(bool on);
  GradSlot &gradSlot();

private:
  /// A view of this tensor through `step`, which comes after this tensor's own.
  Tensor viewThrough(Ref<ViewStep> step, Geometry geometry);
  Tracked readExternal(bool *borrowed);
  /// Of external memory.
  void checkWritable() const;
  void checkInPlace();
};

} // namespace portico::native

#endif // PORTICO_NATIVE_GRAPH_TENSOR_H
