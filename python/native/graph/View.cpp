//===- View.cpp - how a view sees its storage ------------------------------===//

#include "python/native/graph/View.h"
#include "python/native/graph/Broadcast.h"
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
  case OpKind::gather: {
    if (step.memory)
      return *step.memory;
    int64_t axis = step.attrs[0], along = before.strides[axis];
    after.offset += step.places.offset * along;
    after.strides.assign(before.strides.begin(), before.strides.begin() + axis);
    for (int64_t stride : step.places.strides)
      after.strides.push_back(stride * along);
    after.strides.append(before.strides.begin() + axis + 1, before.strides.end());
    return after;
  }
  default: // bitcast
    return before;
  }
}

static llvm::SmallVector<const ViewStep *, 8> stepsBetween(const ViewStep *from,
                                                           const ViewStep *to) {
  llvm::SmallVector<const ViewStep *, 8> steps;
  for (const ViewStep *step = to; step != from; step = step->parent.get())
    steps.push_back(step);
  return steps; // innermost last
}

Geometry geometryOf(llvm::ArrayRef<int64_t> storageDims, const ViewStep *step) {
  Geometry geometry{contiguousStrides(storageDims), 0};
  auto steps = stepsBetween(nullptr, step);
  for (size_t i = steps.size(); i-- > 0;)
    geometry = stepGeometry(*steps[i], geometry);
  return geometry;
}

std::optional<Geometry> placesWithin(llvm::ArrayRef<int64_t> dims, const ViewStep *from,
                                     const ViewStep *to) {
  Geometry geometry{contiguousStrides(dims), 0};
  auto steps = stepsBetween(from, to);
  for (size_t i = steps.size(); i-- > 0;) {
    const ViewStep &step = *steps[i];
    llvm::SmallVector<int64_t, 4> strides;
    if (step.kind == OpKind::gather && step.memory) {
      if (!isContiguous(step.before.dims, geometry.strides))
        return std::nullopt;
      geometry = {step.places.strides, geometry.offset + step.places.offset};
    } else if (step.kind == OpKind::reshape &&
               !reshapeStrides(step.before.dims, geometry.strides, step.after.dims, strides)) {
      return std::nullopt;
    } else {
      geometry = stepGeometry(step, geometry);
    }
  }
  return geometry;
}

bool liesWithin(const Geometry &places, llvm::ArrayRef<int64_t> dims, int64_t count) {
  int64_t last = places.offset;
  for (size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == 0)
      return true;
    last += (dims[i] - 1) * places.strides[i];
  }
  return places.offset >= 0 && last < count;
}

//===----------------------------------------------------------------------===//
// Reading and writing
//===----------------------------------------------------------------------===//

static void appendArray(llvm::SmallVectorImpl<int64_t> &attrs, llvm::ArrayRef<int64_t> array) {
  attrs.push_back(array.size());
  attrs.append(array.begin(), array.end());
}

static Tracked reshaped(const Tracked &x, llvm::ArrayRef<int64_t> dims) {
  if (llvm::ArrayRef<int64_t>(x.value->spec.dims) == dims)
    return x;
  llvm::SmallVector<int64_t, 8> attrs;
  appendArray(attrs, dims);
  return applyKnown(OpKind::reshape, x, attrs, TensorSpec(x.value->spec.dtype, dims));
}

static Tracked inALine(const Tracked &x) { return reshaped(x, x.value->spec.numElements()); }

/// For each element of these dims the number of its place.
static Tracked numbersOf(const Geometry &places, llvm::ArrayRef<int64_t> dims, DeviceId device) {
  TensorSpec spec(DType::I64, dims);
  auto number = [&](int64_t value) {
    return numberLike(DType::I64, uint64_t(value), dims, device);
  };
  Tracked sum = number(places.offset);
  for (size_t axis = 0; axis < dims.size(); ++axis) {
    if (dims[axis] == 1 || places.strides[axis] == 0)
      continue;
    llvm::SmallVector<int64_t, 8> attrs;
    appendArray(attrs, dims);
    attrs.push_back(axis);
    attrs.push_back(int64_t(DType::I64));
    Tracked along = applyKnown(OpKind::iota, {}, attrs, spec);
    if (places.strides[axis] != 1)
      along = applyKnown(OpKind::mul, {along, number(places.strides[axis])}, {}, spec);
    sum = applyKnown(OpKind::add, {sum, along}, {}, spec);
  }
  return sum;
}

Tracked readStep(const ViewStep &step, const Tracked &before) {
  if (step.kind != OpKind::gather)
    return applyKnown(step.kind, before, step.attrs, step.after);
  auto dims =
      llvm::ArrayRef<int64_t>(step.after.dims).slice(step.attrs[0], step.places.strides.size());
  Tracked numbers = numbersOf(step.places, dims, before.value->device);
  Tracked from = step.memory ? inALine(before) : before;
  return applyKnown(OpKind::gather, {from, numbers}, step.attrs, step.after);
}

Tracked readThrough(Tracked base, const ViewStep *from, const ViewStep *to) {
  auto steps = stepsBetween(from, to);
  for (size_t i = steps.size(); i-- > 0;)
    base = readStep(*steps[i], base);
  return base;
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
    llvm_unreachable("such a write goes by places");
  }
  }
}

[[noreturn]] static void failForRepeated(llvm::ArrayRef<int64_t> dims) {
  raise(ErrorKind::runtime,
        "[assign] unsupported operation: more than one element of the written-to tensor refers "
        "to a single memory location. Please clone() the tensor before performing the "
        "operation.; got an expanded tensor of size " +
            toString(dims) + "; expected a tensor whose elements are apart; try .clone()");
}

/// Whether a write can go back from step to step: each element of a step is one element
/// before it.
static bool isInvertible(llvm::ArrayRef<const ViewStep *> steps) {
  for (size_t i = 0; i < steps.size(); ++i) {
    const ViewStep &step = *steps[i];
    if (step.kind == OpKind::gather)
      return false;
    if (step.kind == OpKind::broadcast && step.before.numElements() != step.after.numElements() &&
        oneRepetition(step, i ? steps[i - 1] : nullptr).empty())
      return false;
  }
  return true;
}

/// Writes each element to its place in the line of all elements of `base`.
static Tracked writeAtPlaces(const Tracked &base, const ViewStep *from, const ViewStep *to,
                             const Tracked &update) {
  const TensorSpec &spec = base.value->spec, &written = update.value->spec;
  std::optional<Geometry> places = placesWithin(spec.dims, from, to);
  if (!places)
    failForRepeated(written.dims);
  for (size_t i = 0; i < written.dims.size(); ++i)
    if (places->strides[i] == 0 && written.dims[i] > 1)
      failForRepeated(written.dims);
  auto as = [](const Tracked &x, DType dtype) {
    if (x.value->spec.dtype == dtype)
      return x;
    return applyKnown(OpKind::bitcast, x, int64_t(dtype), TensorSpec(dtype, x.value->spec.dims));
  };
  Tracked line = as(inALine(base), written.dtype);
  Tracked numbers = numbersOf(*places, written.dims, base.value->device);
  int64_t set = 0; // the first of ScatterCombiner
  line = applyKnown(OpKind::scatter, {line, numbers, update}, {0, 0, set}, line.value->spec);
  return reshaped(as(line, spec.dtype), spec.dims);
}

Tracked writeThrough(Tracked base, const ViewStep *from, const ViewStep *to, Tracked update) {
  auto steps = stepsBetween(from, to);
  if (!isInvertible(steps))
    return writeAtPlaces(base, from, to, update);
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
