//===- Tensor.cpp - what a tensor object holds -----------------------------===//

#include "python/native/graph/Tensor.h"
#include "python/native/graph/Failure.h"
#include "python/native/graph/Flush.h"
#include "python/native/graph/Memory.h"
#include "python/native/graph/Transfer.h"

namespace portico::native {

Tensor Tensor::of(Tracked value) {
  Tensor tensor;
  tensor.storage = Storage::create(std::move(value.value));
  if (value.edge) {
    // An op whose rule reads its result must learn of writes to it.
    TapeNode &node = *value.edge.node;
    if (value.edge.index < node.savedResults.size() && !node.savedResults[value.edge.index].counter)
      node.savedResults[value.edge.index].counter = Ref<VersionCounter>(tensor.storage->versions());
    tensor.group = Ref<Group>(Pool<Group>::create());
    tensor.group->edge = std::move(value.edge);
  }
  tensor.inference = GradMode::inference();
  return tensor;
}

Geometry Tensor::geometry() const {
  if (view)
    return view->geometry;
  return {contiguousStrides(spec().dims), 0};
}

bool Tensor::contiguous() const {
  return !view || isContiguous(spec().dims, view->geometry.strides);
}

GradSlot &Tensor::gradSlot() {
  if (!slot)
    slot = Ref<GradSlot>(new GradSlot());
  return *slot;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

Tracked Tensor::readExternal(bool *borrowed) {
  // A program of its own costs more than a copy of less than this.
  constexpr int64_t worthBorrowing = 1 << 18;
  Tracked result;
  if (borrowed && contiguous() && spec().numElements() * itemSize(spec().dtype) >= worthBorrowing) {
    *borrowed = true;
    result.value = borrow(storage, spec(), geometry().offset, device());
    result.edge = edge();
    result.origin = storage.get();
    return result;
  }
  result.value = snapshot(*storage->external, spec(), geometry(), device());
  result.edge = edge();
  result.origin = storage.get();
  return result;
}

Edge Tensor::edge() {
  if (!group || !group->edge)
    return {};
  if (isGroupBase())
    return group->edge;
  if (view->edgeVersion == group->edgeVersion && view->edge)
    return view->edge;
  // The base has another history since: this view's leads through it.
  GradModeGuard guard(true);
  Tracked base;
  base.value = readThrough({storage->value, {}, nullptr}, nullptr, group->base.get()).value;
  base.edge = group->edge;
  Tracked result = readThrough(base, group->base.get(), step());
  view->cached = result.value;
  view->generation = storage->generation;
  view->edge = result.edge;
  view->edgeVersion = group->edgeVersion;
  return view->edge;
}

Tracked Tensor::read(bool *borrowed) {
  if (storage->external)
    return readExternal(borrowed);
  Tracked result;
  result.edge = edge();
  result.origin = storage.get();
  if (!step()) {
    result.value = storage->value;
    return result;
  }
  if (!view->cached || view->generation != storage->generation) {
    GradModeGuard guard(false);
    view->cached = readThrough({storage->value, {}, nullptr}, nullptr, step()).value;
    view->generation = storage->generation;
  }
  result.value = view->cached;
  return result;
}

//===----------------------------------------------------------------------===//
// Views
//===----------------------------------------------------------------------===//

Tensor Tensor::viewBy(OpKind kind, llvm::ArrayRef<int64_t> attrs) {
  const OpInfo &info = opInfo(kind);
  llvm::SmallVector<TensorSpec, 1> results;
  std::string error;
  if (!info.infer(info, spec(), attrs, results, error))
    raise(ErrorKind::runtime, std::string("[") + info.name + "] " + error);

  Ref<ViewStep> step(new ViewStep());
  step->parent = view ? view->step : nullptr;
  step->kind = kind;
  step->attrs.assign(attrs.begin(), attrs.end());
  step->before = spec();
  step->after = std::move(results[0]);
  Geometry after = stepGeometry(*step, geometry());
  return viewThrough(std::move(step), std::move(after));
}

Tensor Tensor::viewThrough(Ref<ViewStep> step, Geometry geometry) {
  Tensor result;
  result.storage = storage;
  result.view = std::make_unique<ViewState>();
  result.view->geometry = std::move(geometry);
  result.view->step = step;
  result.uncounted = uncounted;
  result.inference = GradMode::inference();

  bool differentiable = GradMode::enabled() && isFloat(step->after.dtype);
  if (differentiable && !group) {
    group = Ref<Group>(Pool<Group>::create());
    group->base = view ? view->step : nullptr;
  }
  if (differentiable) {
    result.group = group;
  } else {
    result.group = Ref<Group>(Pool<Group>::create());
    result.group->base = step;
  }
  // Recorded here, so that the view's op has the user's line. The memory of an
  // external storage is read when the view is.
  if (!storage->external || (differentiable && edge())) {
    Tracked value = readStep(*step, read());
    result.view->cached = value.value;
    result.view->generation = storage->generation;
    if (differentiable) {
      result.view->edge = value.edge;
      result.view->edgeVersion = group->edgeVersion;
    }
  }
  return result;
}

Tensor Tensor::groupBase() const {
  Tensor base;
  base.storage = storage;
  base.group = group;
  base.uncounted = uncounted;
  base.inference = inference;
  if (group && group->base) {
    base.view = std::make_unique<ViewState>();
    base.view->step = group->base;
    base.view->geometry = geometryOf(storage->value->spec.dims, group->base.get());
  }
  return base;
}

Tensor Tensor::viewAt(llvm::ArrayRef<int64_t> dims, const Geometry &memory) {
  const TensorSpec &all = storage->value->spec;
  // An imported array may lie in more memory than it has elements.
  int64_t count = all.numElements();
  if (view && !step())
    for (size_t i = 0; i < all.dims.size(); ++i)
      count = std::max(count, (all.dims[i] - 1) * view->geometry.strides[i] + 1);
  if (!liesWithin(memory, dims, count))
    raise(ErrorKind::runtime,
          "[as_strided] setStorage: sizes " + toString(dims) + ", strides " +
              toString(memory.strides) + ", storage offset " + std::to_string(memory.offset) +
              " are out of bounds for storage of size " + std::to_string(count) +
              "; got places outside; expected all of them inside; try other strides");
  if (GradMode::enabled() && isFloat(spec().dtype) && !group) {
    group = Ref<Group>(Pool<Group>::create());
    group->base = view ? view->step : nullptr;
  }
  // A view of the group's base, so that gradients go there; where it does not hold the
  // elements, of the storage.
  Tensor base = groupBase();
  Geometry whole = base.geometry(), places = memory;
  places.offset -= whole.offset;
  if (base.spec().dtype != spec().dtype || !isContiguous(base.spec().dims, whole.strides) ||
      !liesWithin(places, dims, base.spec().numElements())) {
    if (requiresGrad())
      raise(ErrorKind::runtime,
            "[as_strided] no gradient for elements outside of a tensor that requires grad, or "
            "between those of one that is not contiguous; got a view of a part of a storage; "
            "expected the whole; try .detach() or .contiguous()");
    base.group = nullptr;
    base.view = nullptr;
    if (base.spec().dtype != spec().dtype)
      base = base.viewBy(OpKind::bitcast, int64_t(spec().dtype));
    places = memory;
  }
  Ref<ViewStep> step(new ViewStep());
  step->parent = base.view ? base.view->step : nullptr;
  step->kind = OpKind::gather;
  step->attrs = {0, 0}; // axis, batch_dims
  step->before = base.spec();
  step->after = TensorSpec(spec().dtype, dims);
  step->places = places;
  step->memory = memory;
  return base.viewThrough(std::move(step), memory);
}

Tensor Tensor::windows(int64_t dim, int64_t size, int64_t step) {
  Ref<ViewStep> gather(new ViewStep());
  gather->parent = view ? view->step : nullptr;
  gather->kind = OpKind::gather;
  gather->attrs = {dim, 0}; // axis, batch_dims
  gather->before = gather->after = spec();
  auto &dims = gather->after.dims;
  dims[dim] = (dims[dim] - size) / step + 1;
  dims.insert(dims.begin() + dim + 1, size);
  gather->places = {{step, 1}, 0};
  Geometry after = stepGeometry(*gather, geometry());
  return viewThrough(std::move(gather), std::move(after));
}

Tensor Tensor::detach() const {
  Tensor result;
  result.storage = storage;
  result.uncounted = uncounted;
  result.inference = inference;
  if (view) {
    result.view = std::make_unique<ViewState>(*view);
    result.view->edge = {};
  }
  if (step()) {
    result.group = Ref<Group>(Pool<Group>::create());
    result.group->base = view->step;
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

void Tensor::checkInPlace() {
  if (inference && !GradMode::inference())
    raise(ErrorKind::runtime,
          "[assign] Inplace update to inference tensor outside InferenceMode is not allowed. You "
          "can make a clone to get a normal tensor before doing inplace update.; got an inference "
          "tensor; expected a normal one; try .clone()");
  if (!GradMode::enabled() || !group || !group->edge || !group->isLeaf())
    return;
  const char *what =
      isGroupBase() ? "a leaf Variable that requires grad is being used in an in-place operation."
                    : "a view of a leaf Variable that requires grad is being used in an "
                      "in-place operation.";
  raise(ErrorKind::runtime,
        std::string("[assign] ") + what +
            "; got a write to a parameter while gradients are recorded; expected none; try "
            "`with no_grad():` or .data");
}

void Tensor::checkWritable() const {
  if (storage->external->readOnly)
    raise(ErrorKind::runtime, "[assign] the memory behind this tensor is read-only; got a write to "
                              "a tensor made from a read-only array; expected a writable one; try "
                              ".clone()");
}

/// The ops of an in-place function read the tensor as it was: their saved
/// operands are values that no write can change, and the write that ends the
/// function is not a mistake of the user's. They come from the same instruction.
static void forgiveOwnWrite(const Edge &edge, const Storage &storage) {
  if (!storage.counter || !edge)
    return;
  Location here = Location::here();
  llvm::SmallVector<TapeNode *, 16> nodes = {edge.node.get()};
  constexpr size_t limit = 64; // longer than any in-place function of ours
  for (size_t i = 0; i < nodes.size() && i < limit; ++i) {
    if (nodes[i]->form != TapeForm::op || !(nodes[i]->location == here))
      continue;
    for (TapeOperand &operand : nodes[i]->operands) {
      if (operand.saved.counter == storage.counter && operand.saved.version == storage.version)
        operand.saved.counter = nullptr;
      if (operand.edge)
        nodes.push_back(operand.edge.node.get());
    }
  }
}

/// Whether a new value was computed from the old one, as far as a look at the
/// last ops tells.
static bool leadsTo(const Edge &edge, const Edge &history) {
  if (!edge)
    return false;
  llvm::SmallVector<TapeNode *, 16> nodes = {edge.node.get()};
  constexpr size_t limit = 64;
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (i == limit)
      return true;
    if (nodes[i]->sequence < history.node->sequence)
      continue;
    if (nodes[i] == history.node.get())
      return true;
    for (TapeOperand &operand : nodes[i]->operands)
      if (operand.edge)
        nodes.push_back(operand.edge.node.get());
  }
  return false;
}

/// The history of a tensor that was written over: what it held before gets a
/// gradient of zero, as in PyTorch, where such a tensor still requires grad.
static Edge writtenOver(const Edge &history, const Tracked &value) {
  const TensorSpec &spec = value.value->spec;
  Ref<TapeNode> node = TapeNode::create(TapeForm::op);
  node->kind = OpKind::update_slice;
  node->device = value.value->device;
  node->location = Location::here();
  for (int64_t entry : {0, 1}) { // starts, strides
    node->attrs.push_back(spec.rank());
    node->attrs.append(spec.rank(), entry);
  }
  node->operands.resize(2);
  node->operands[0].edge = history;
  node->operands[1].edge = value.edge;
  node->operands[1].serial = value.value->serial;
  node->operands[0].spec = node->operands[1].spec = spec;
  node->results.push_back(spec);
  node->serials.push_back(value.value->serial);
  return Edge{node, 0};
}

void Tensor::assign(Tracked value) {
  checkInPlace();
  if (value.value->spec != spec())
    raise(ErrorKind::internal, "[assign] a value of another type; got " +
                                   toString(value.value->spec) + "; expected " + toString(spec()));
  // While the value is made, other threads run, and the storage may cease to be external.
  Ref<Node> ready;
  if (storage->external) {
    checkWritable();
    ready = valueForWrite(value.value, geometry());
  }
  bool track =
      GradMode::enabled() && isFloat(spec().dtype) && (value.edge || (group && group->edge));
  // What the group's base becomes, and from which view on the storage sees it.
  Tracked written = value;
  const ViewStep *seenBy = step();
  if (track) {
    if (!group) {
      group = Ref<Group>(Pool<Group>::create());
      group->base = view ? view->step : nullptr;
    }
    forgiveOwnWrite(value.edge, *storage);
    Edge history = group->edge;
    if (!isGroupBase()) {
      Tracked base;
      {
        GradModeGuard untracked(false);
        base.value = readThrough({storage->value, {}, nullptr}, nullptr, group->base.get()).value;
      }
      base.edge = group->edge;
      written = writeThrough(base, group->base.get(), step(), value);
      seenBy = group->base.get();
    }
    if (history && !leadsTo(written.edge, history))
      written.edge = writtenOver(history, written);
    group->edge = written.edge;
    ++group->edgeVersion;
    if (view) {
      view->edge = value.edge;
      view->edgeVersion = group->edgeVersion;
    }
  }
  GradModeGuard untracked(false);
  if (storage->external) {
    scatterInto(*storage->external, geometry(), *ready);
  } else {
    DeviceId home = device();
    Tracked next = writeThrough({storage->value, {}, nullptr}, nullptr, seenBy, written);
    storage->setValue(settled(std::move(next.value), home));
  }
  storage->wrote(!uncounted);
  if (step() && !storage->external) {
    view->cached = value.value;
    view->generation = storage->generation;
  }
}

void Tensor::setRequiresGrad(bool on) {
  bool now = requiresGrad();
  if (now == on)
    return;
  if (now && !group->isLeaf())
    raise(ErrorKind::runtime,
          "[requires_grad] you can only change requires_grad flags of leaf variables. If you want "
          "to use a computed variable in a subgraph that doesn't require differentiation use "
          "var_no_grad = var.detach().; got a computed tensor; expected a leaf; try .detach()");
  if (on && !isFloat(spec().dtype))
    raise(ErrorKind::runtime,
          std::string("[requires_grad] only Tensors of floating point dtype can require "
                      "gradients; got ") +
              name(spec().dtype) + "; expected a float dtype; try .to(float32)");
  if (!on) {
    if (isGroupBase())
      group->edge = {};
    else // a view of a leaf is a computed tensor
      raise(ErrorKind::runtime, "[requires_grad] you can only change requires_grad flags of leaf "
                                "variables; got a view; expected a leaf; try .detach()");
    ++group->edgeVersion;
    return;
  }
  if (!group || !isGroupBase()) {
    group = Ref<Group>(Pool<Group>::create());
    group->base = view ? view->step : nullptr;
  }
  gradSlot();
  if (storage->value->device == anywhere) {
    Ref<Node> value = std::move(storage->value);
    storage->setValue(settled(std::move(value), defaultDevice()));
  }
  Ref<TapeNode> accumulate = TapeNode::create(TapeForm::accumulate);
  accumulate->slot = slot;
  accumulate->device = device();
  accumulate->results.push_back(spec());
  group->edge = Edge{accumulate, 0};
  ++group->edgeVersion;
}

} // namespace portico::native
