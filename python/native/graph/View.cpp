//===- View.cpp - how a view sees its storage ------------------------------===//

#include "python/native/graph/View.h"
#include "python/native/graph/Failure.h"

namespace portico::native {

//===----------------------------------------------------------------------===//
// Geometry
//===----------------------------------------------------------------------===//

llvm::SmallVector<int64_t, 4> contiguousStrides(llvm::ArrayRef<int64_t> dims) {
  llvm::SmallVector<int64_t, 4> strides(dims.size());
  int64_t stride = 1;
  for (size_t i = dims.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= std::max<int64_t>(dims[i], 1);
  }
  return strides;
}

bool isContiguous(llvm::ArrayRef<int64_t> dims, llvm::ArrayRef<int64_t> strides) {
  int64_t expected = 1;
  for (int64_t d : dims)
    if (d == 0)
      return true;
  for (size_t i = dims.size(); i-- > 0;) {
    if (dims[i] == 1)
      continue;
    if (strides[i] != expected)
      return false;
    expected *= dims[i];
  }
  return true;
}

// PyTorch's computeStride: old dimensions are cut into chunks in which memory is
// contiguous, and each chunk has to be covered by whole new dimensions.
bool reshapeStrides(llvm::ArrayRef<int64_t> dims, llvm::ArrayRef<int64_t> strides,
                    llvm::ArrayRef<int64_t> newDims, llvm::SmallVectorImpl<int64_t> &newStrides) {
  newStrides.assign(newDims.size(), 0);
  int64_t count = 1;
  for (int64_t d : dims)
    count *= d;
  if (count == 0 || dims.empty()) {
    auto contiguous = contiguousStrides(newDims);
    newStrides.assign(contiguous.begin(), contiguous.end());
    return true;
  }
  int64_t view = int64_t(newDims.size()) - 1;
  int64_t baseStride = strides.back(), chunk = 1, covered = 1;
  for (int64_t d = int64_t(dims.size()) - 1; d >= 0; --d) {
    chunk *= dims[d];
    bool chunkEnds = d == 0 || (dims[d - 1] != 1 && strides[d - 1] != chunk * baseStride);
    if (!chunkEnds)
      continue;
    while (view >= 0 && (covered < chunk || newDims[view] == 1)) {
      newStrides[view] = covered * baseStride;
      covered *= newDims[view--];
    }
    if (covered != chunk)
      return false;
    if (d > 0) {
      baseStride = strides[d - 1];
      chunk = covered = 1;
    }
  }
  return view == -1;
}

Geometry stepGeometry(const ViewStep &step, const Geometry &before) {
  Geometry after;
  after.offset = before.offset;
  AttrReader attrs(step.attrs);
  switch (step.kind) {
  case OpKind::reshape: {
    llvm::SmallVector<int64_t, 4> strides;
    if (!reshapeStrides(step.before.dims, before.strides, step.after.dims, strides))
      raise(ErrorKind::runtime,
            "[view] view size is not compatible with input tensor's size and stride (at least one "
            "dimension spans across two contiguous subspaces). Use .reshape(...) instead.; got "
            "size " +
                toString(step.before.dims) + " and stride " + toString(before.strides) +
                "; expected a view of size " + toString(step.after.dims) + "; try .reshape(...)");
    after.strides = strides;
    return after;
  }
  case OpKind::permute:
    for (int64_t dim : attrs.array())
      after.strides.push_back(before.strides[dim]);
    return after;
  case OpKind::slice: {
    auto starts = attrs.array();
    (void)attrs.array();
    auto strides = attrs.array();
    for (size_t i = 0; i < starts.size(); ++i) {
      after.offset += starts[i] * before.strides[i];
      after.strides.push_back(strides[i] * before.strides[i]);
    }
    return after;
  }
  case OpKind::broadcast: {
    (void)attrs.array();
    auto dims = attrs.array();
    after.strides.assign(step.after.dims.size(), 0);
    for (size_t i = 0; i < dims.size(); ++i)
      if (step.before.dims[i] == step.after.dims[dims[i]])
        after.strides[dims[i]] = before.strides[i];
    return after;
  }
  default: // bitcast
    return before;
  }
}

//===----------------------------------------------------------------------===//
// Reading and writing
//===----------------------------------------------------------------------===//

static llvm::SmallVector<const ViewStep *, 8> stepsBetween(const ViewStep *from,
                                                           const ViewStep *to) {
  llvm::SmallVector<const ViewStep *, 8> steps;
  for (const ViewStep *step = to; step != from; step = step->parent.get())
    steps.push_back(step);
  return steps; // innermost last
}

Tracked readThrough(Tracked base, const ViewStep *from, const ViewStep *to) {
  auto steps = stepsBetween(from, to);
  for (size_t i = steps.size(); i-- > 0;)
    base = applyKnown(steps[i]->kind, base, steps[i]->attrs, steps[i]->after);
  return base;
}

static void appendArray(llvm::SmallVectorImpl<int64_t> &attrs, llvm::ArrayRef<int64_t> array) {
  attrs.push_back(array.size());
  attrs.append(array.begin(), array.end());
}

/// Where a slice of an expanded tensor keeps one of the repetitions: its position
/// in each dimension. Empty where it keeps more.
static llvm::SmallVector<int64_t, 6> oneRepetition(const ViewStep &expand, const ViewStep *slice) {
  if (!slice || slice->kind != OpKind::slice)
    return {};
  AttrReader reader(expand.attrs);
  (void)reader.array();
  llvm::SmallVector<int64_t, 6> own(expand.after.rank(), 1); // sizes before, in place
  auto dims = reader.array();
  for (size_t i = 0; i < dims.size(); ++i)
    own[dims[i]] = expand.before.dims[i];
  auto starts = AttrReader(slice->attrs).array();
  llvm::SmallVector<int64_t, 6> position(own.size(), 0);
  for (size_t i = 0; i < own.size(); ++i) {
    if (own[i] == expand.after.dims[i])
      continue;
    if (slice->after.dims[i] != 1)
      return {};
    position[i] = starts[i];
  }
  return position;
}

/// The value before `step` such that the step sees `update`. `before` is the
/// present value there, `inner` the step after it.
static Tracked invert(const ViewStep &step, const ViewStep *inner, const Tracked &before,
                      const Tracked &update) {
  llvm::SmallVector<int64_t, 8> attrs;
  AttrReader reader(step.attrs);
  switch (step.kind) {
  case OpKind::reshape:
    appendArray(attrs, step.before.dims);
    return applyKnown(OpKind::reshape, update, attrs, step.before);
  case OpKind::permute: {
    auto permutation = reader.array();
    llvm::SmallVector<int64_t, 8> inverse(permutation.size());
    for (size_t i = 0; i < permutation.size(); ++i)
      inverse[permutation[i]] = i;
    appendArray(attrs, inverse);
    return applyKnown(OpKind::permute, update, attrs, step.before);
  }
  case OpKind::slice: {
    auto starts = reader.array();
    (void)reader.array();
    auto strides = reader.array();
    appendArray(attrs, starts);
    appendArray(attrs, strides);
    return applyKnown(OpKind::update_slice, {before, update}, attrs, step.before);
  }
  case OpKind::bitcast:
    attrs.push_back(int64_t(step.before.dtype));
    return applyKnown(OpKind::bitcast, update, attrs, step.before);
  default: {
    if (step.before.numElements() == step.after.numElements()) {
      appendArray(attrs, step.before.dims);
      return applyKnown(OpKind::reshape, update, attrs, step.before);
    }
    auto position = oneRepetition(step, inner);
    if (!position.empty()) {
      AttrReader reader(step.attrs);
      (void)reader.array();
      auto dims = reader.array();
      llvm::SmallVector<int64_t, 6> limits, strides(position.size(), 1);
      for (int64_t start : position)
        limits.push_back(start + 1);
      for (size_t i = 0; i < dims.size(); ++i)
        if (step.before.dims[i] == step.after.dims[dims[i]])
          limits[dims[i]] = step.after.dims[dims[i]];
      appendArray(attrs, position);
      appendArray(attrs, limits);
      appendArray(attrs, strides);
      Tracked one = apply(OpKind::slice, update, attrs);
      attrs.clear();
      appendArray(attrs, step.before.dims);
      return applyKnown(OpKind::reshape, one, attrs, step.before);
    }
    raise(ErrorKind::runtime,
          "[assign] unsupported operation: more than one element of the written-to tensor refers "
          "to a single memory location. Please clone() the tensor before performing the "
          "operation.; got an expanded tensor of size " +
              toString(step.after.dims) +
              "; expected a tensor whose elements are apart; try .clone()");
  }
  }
}

Tracked writeThrough(Tracked base, const ViewStep *from, const ViewStep *to, Tracked update) {
  auto steps = stepsBetween(from, to);
  // Values before each step, as far as a slice will need them.
  llvm::SmallVector<Tracked, 8> before(steps.size());
  size_t innermost = 0; // slice; those inside it need no value
  while (innermost < steps.size() && steps[innermost]->kind != OpKind::slice)
    ++innermost;
  Tracked value = base;
  for (size_t i = steps.size(); i-- > innermost;) {
    before[i] = value;
    if (i > innermost)
      value = applyKnown(steps[i]->kind, value, steps[i]->attrs, steps[i]->after);
  }
  for (size_t i = 0; i < steps.size(); ++i)
    update = invert(*steps[i], i ? steps[i - 1] : nullptr, before[i], update);
  return update;
}

} // namespace portico::native
