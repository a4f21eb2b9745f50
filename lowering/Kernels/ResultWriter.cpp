//===- ResultWriter.cpp -----------------------------------------------------===//

#include "lowering/Kernels/ResultWriter.h"

#include "lowering/ToLinalg/Elementwise.h"

#include "llvm/ADT/DenseSet.h"

using namespace mlir;
using namespace portico;

/// Whether `value` depends on `hero`, and if so at the same flat index only.
namespace {
enum class Path { none, sameIndex, moved };
} // namespace

static Path pathTo(Value value, Value hero, llvm::DenseMap<Value, Path> &known) {
  if (value == hero)
    return Path::sameIndex;
  if (isa<BlockArgument>(value))
    return Path::none;
  if (auto it = known.find(value); it != known.end())
    return it->second;
  Operation *op = value.getDefiningOp();
  Path path = Path::none;
  for (Value operand : op->getOperands())
    path = std::max(path, pathTo(operand, hero, known));
  bool keeps = op->hasTrait<portico::OpTrait::Elementwise>() || isa<ReshapeOp>(op);
  if (path == Path::sameIndex && !keeps)
    path = Path::moved;
  return known[value] = path;
}

ResultWriter::ResultWriter(KernelOp kernel, Value hero, int64_t lanes)
    : kernel(kernel), hero(hero), lanes(lanes) {
  yields = llvm::to_vector(kernel.getBody().front().getTerminator()->getOperands());
  llvm::DenseMap<Value, Path> known;
  sameIndex = llvm::all_of(yields, [&](Value v) {
    return elementsOf(v) == elementsOf(hero) && pathTo(v, hero, known) != Path::moved;
  });
  identity = yields.size() == 1 && yields[0] == hero;
  byLanes = llvm::all_of(yields, [&](Value v) {
    ArrayRef<int64_t> shape = shapeOf(v);
    bool sameRows = !sameIndex || (!shape.empty() && !shapeOf(hero).empty() &&
                                   shape.back() == shapeOf(hero).back());
    return sameRows && !shape.empty() && PointEvaluator::supportsLanes(v, hero);
  });
}

bool ResultWriter::supported() const {
  return llvm::all_of(yields, [&](Value v) { return PointEvaluator::supports(v, hero); });
}

std::optional<int64_t> ResultWriter::resultForSums() const {
  if (!sameIndex)
    return std::nullopt;
  Type sums = computeType(elementTypeOf(hero));
  for (auto [i, value] : llvm::enumerate(yields)) {
    Type elem = elementTypeOf(value);
    if (storageType(elem) == sums && computeType(elem) == sums)
      return i;
  }
  return std::nullopt;
}

void ResultWriter::writePoint(PhaseFunction &e, PointEvaluator &evaluator, Value flat, int64_t n) {
  // All yields share shape or at least the flat index; equal shapes share the
  // evaluation of what they have in common.
  SmallVector<bool> done(yields.size(), false);
  for (size_t i = 0; i < yields.size(); ++i) {
    if (done[i])
      continue;
    ArrayRef<int64_t> shape = shapeOf(yields[i]);
    SmallVector<size_t> group;
    SmallVector<Value> values;
    for (size_t j = i; j < yields.size(); ++j)
      if (shapeOf(yields[j]) == shape) {
        group.push_back(j);
        values.push_back(yields[j]);
        done[j] = true;
      }
    PointIndex index;
    for (Value coordinate : e.delinearize(flat, shape))
      index.push_back({coordinate, 0});
    if (n > 1)
      index.back().step = 1;
    SmallVector<Value> points = evaluator.at(values, index, n);
    for (auto [j, point] : llvm::zip_equal(group, points)) {
      Value stored = toStorage(e.b, e.loc, point, elementTypeOf(yields[j]));
      if (n > 1)
        e.storeVector(stored, e.results[j], flat);
      else
        e.store(stored, e.results[j], flat);
    }
  }
}

void ResultWriter::writeRow(PhaseFunction &e, Value flat, int64_t step, Value count,
                            int64_t rowLength, Sums sums) {
  PointEvaluator evaluator(e, kernel);
  Value position;
  evaluator.know(hero, [&](const PointIndex &, int64_t n) { return sums(position, n); });
  auto write = [&](Value j, int64_t n) {
    position = j;
    writePoint(e, evaluator, e.add(flat, e.mul(j, step)), n);
  };
  Value tail = e.idx(0);
  // Lanes must not cross from one row of the hero to the next.
  bool withinRows = identity || (!shapeOf(hero).empty() && shapeOf(hero).back() == rowLength);
  if (lanes > 1 && byLanes && step == 1 && withinRows) {
    if (auto known = LoopEmitter::constantOf(count))
      return e.loopLanes(*known, lanes, write);
    tail = e.mul(e.div(count, lanes), lanes);
    e.loop(e.idx(0), tail, lanes, [&](Value j) { write(j, lanes); });
  }
  e.loop(tail, count, 1, [&](Value j) { write(j, 1); });
}

int64_t ResultWriter::wholeBytes() const {
  Type sums = computeType(elementTypeOf(hero));
  return alignBytes(elementsOf(hero) * storageBytes(sums));
}

void ResultWriter::emitLastPhase(ModuleOp out, StringRef name, KernelABI &abi, int64_t heroByte) {
  // One phase for each result: their shapes may differ. Items are rows.
  for (auto [r, value] : llvm::enumerate(yields)) {
    ArrayRef<int64_t> shape = shapeOf(value);
    int64_t row = shape.empty() ? 1 : shape.back();
    int64_t rows = row == 0 ? 0 : elementsOf(value) / row;
    PhaseFunction e(kernel, out, name, abi, rows, grainFor(row));
    Type sums = computeType(elementTypeOf(hero));
    Value whole = e.view(e.shared, heroByte, elementsOf(hero), sums);
    PointEvaluator evaluator(e, kernel);
    evaluator.know(hero, [&](const PointIndex &index, int64_t) {
      return evaluator.load(whole, index, shapeOf(hero), sums);
    });
    auto write = [&, r = r, value = value](Value flat, int64_t n) {
      PointIndex index;
      for (Value coordinate : e.delinearize(flat, shape))
        index.push_back({coordinate, 0});
      if (n > 1)
        index.back().step = 1;
      Value point = evaluator.at(value, index, n)[0];
      Value stored = toStorage(e.b, e.loc, point, elementTypeOf(value));
      if (n > 1)
        e.storeVector(stored, e.results[r], flat);
      else
        e.store(stored, e.results[r], flat);
    };
    e.loop(e.begin, e.end, 1, [&](Value i) {
      Value flat = e.mul(i, row);
      int64_t tail = 0;
      if (lanes > 1 && byLanes) {
        tail = row / lanes * lanes;
        e.loop(e.idx(0), e.idx(tail), lanes, [&](Value j) { write(e.add(flat, j), lanes); });
      }
      e.loop(e.idx(tail), e.idx(row), 1, [&](Value j) { write(e.add(flat, j), 1); });
    });
  }
}

void portico::emitCopyPhase(KernelOp kernel, ModuleOp out, StringRef name, KernelABI &abi,
                            Value value, ArrayRef<int64_t> order, int64_t byte) {
  SmallVector<int64_t> sizes;
  for (int64_t dim : order)
    sizes.push_back(shapeOf(value)[dim]);
  int64_t row = sizes.empty() ? 1 : sizes.back();
  int64_t rows = row == 0 ? 0 : elementsOf(value) / row;
  PhaseFunction e(kernel, out, name, abi, rows, grainFor(row));
  Value copy = e.view(e.shared, byte, elementsOf(value), computeType(elementTypeOf(value)));
  PointEvaluator evaluator(e, kernel);
  e.loop(e.begin, e.end, 1, [&](Value i) {
    e.loop(0, row, 1, [&](Value j) {
      Value flat = e.add(e.mul(i, row), j);
      PointIndex index(order.size());
      for (auto [dim, coordinate] : llvm::zip_equal(order, e.delinearize(flat, sizes)))
        index[dim] = {coordinate, 0};
      e.store(evaluator.at(value, index, 1)[0], copy, flat);
    });
  });
}
