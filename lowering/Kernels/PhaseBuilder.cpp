//===- PhaseBuilder.cpp - the function of one phase of a kernel -------------===//

#include "lowering/Kernels/PhaseBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace portico {

func::FuncOp PhaseBuilder::start(OpBuilder &b, int64_t extent, int64_t grain) {
  Location loc = linalgFunc.getLoc();
  SmallVector<Type> types;
  for (Type type : linalgFunc.getArgumentTypes().drop_back())
    types.push_back(MemRefType::get({kAnyExtent}, cast<MemRefType>(type).getElementType()));
  Type bytes = MemRefType::get({0}, b.getI8Type());
  types.append(
      {bytes, bytes, b.getIndexType(), b.getIndexType(), linalgFunc.getArgumentTypes().back()});
  std::string phase = name;
  if (!functions.empty())
    phase += "_" + std::to_string(functions.size());
  abi.phases.push_back({phase, extent, std::max<int64_t>(std::min(grain, extent), 1)});
  b.setInsertionPointAfter(functions.empty() ? linalgFunc : functions.back());
  auto f = func::FuncOp::create(b, loc, phase, b.getFunctionType(types, {}));
  functions.push_back(f);
  b.setInsertionPointToEnd(f.addEntryBlock());
  auto end = func::ReturnOp::create(b, loc);
  b.setInsertionPoint(end);
  return f;
}

Value PhaseBuilder::memory(OpBuilder &b, func::FuncOp f, Value memref) {
  if (auto arg = dyn_cast<BlockArgument>(memref)) {
    unsigned k = arg.getArgNumber();
    bool isStatus = k + 1 == linalgFunc.getNumArguments();
    return f.getArgument(isStatus ? f.getNumArguments() - 1 : k);
  }
  auto global = memref.getDefiningOp<memref::GetGlobalOp>();
  if (!global)
    return nullptr;
  // The same memory with a flat shape.
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(&f.getBody().front());
  auto type = cast<MemRefType>(global.getType());
  Value whole = memref::GetGlobalOp::create(b, global.getLoc(), type, global.getName());
  if (type.getRank() == 1)
    return whole;
  return memref::ReinterpretCastOp::create(
      b, global.getLoc(), MemRefType::get({type.getNumElements()}, type.getElementType()), whole,
      /*offset=*/0, /*sizes=*/ArrayRef<int64_t>{type.getNumElements()},
      /*strides=*/ArrayRef<int64_t>{1});
}

void PhaseBuilder::finish() {
  for (func::FuncOp f : functions) {
    Builder b(f.getContext());
    scratch(f).setType(MemRefType::get({abi.scratchBytes}, b.getI8Type()));
    shared(f).setType(MemRefType::get({abi.sharedBytes}, b.getI8Type()));
    f.setFunctionType(b.getFunctionType(f.getBody().front().getArgumentTypes(), {}));
  }
  linalgFunc.erase();
}

int64_t lanesFor(ArrayRef<NestStage> stages, const TargetInfo &target) {
  bool f64 = false, word = false, i64 = false, i16 = false;
  auto note = [&](Type type) {
    f64 |= type.isF64();
    word |= type.isF32() || type.isInteger(32) || type.isF16() || type.isBF16();
    i64 |= type.isInteger(64);
    i16 |= type.isInteger(16);
  };
  for (const NestStage &stage : stages) {
    linalg::GenericOp generic = stage.generic;
    for (Value operand : generic->getOperands())
      note(cast<MemRefType>(operand.getType()).getElementType());
    generic.getBody()->walk([&](Operation *op) {
      for (Type type : op->getResultTypes())
        note(type);
    });
  }
  int64_t bits = f64 ? 64 : word ? 32 : i64 ? 64 : i16 ? 16 : 8;
  return target.vectorBits / bits;
}

unsigned indexBitsFor(const Nest &nest) {
  int64_t largest = nest.points();
  for (const NestStage &stage : nest.stages) {
    auto note = [&](Value v) {
      if (auto type = dyn_cast<MemRefType>(v.getType()))
        largest = std::max(largest, type.getNumElements());
    };
    linalg::GenericOp generic = stage.generic;
    llvm::for_each(generic->getOperands(), note);
    generic.getBody()->walk([&](memref::LoadOp load) { note(load.getMemRef()); });
  }
  // Margin for masked lanes past the end and for scaled intermediate values.
  return largest < (int64_t(1) << 30) ? 32 : 64;
}

int64_t costOf(linalg::GenericOp generic) {
  int64_t cost = 1;
  generic.getBody()->walk([&](Operation *op) {
    bool isMath = isa<math::MathDialect>(op->getDialect());
    bool isSimple =
        isa<math::AbsFOp, math::FloorOp, math::CeilOp, math::TruncOp, math::RoundEvenOp>(op);
    cost += isMath && !isSimple ? 16 : isa<arith::DivFOp, memref::LoadOp>(op) ? 4 : 1;
  });
  return cost;
}

bool wantsStreaming(const NestStage &stage, int64_t rowLength, int64_t lanes,
                    const TargetInfo &target) {
  // Measured: where computing takes longer than moving, going around the caches
  // makes it slower still.
  constexpr int64_t kCheap = 12;
  // A last-level cache is shared: of a large one this task has a part.
  int64_t cached = std::min(target.l3Bytes, 16 * target.l2Bytes);
  linalg::GenericOp generic = stage.generic;
  return costOf(generic) <= kCheap && rowLength % lanes == 0 &&
         llvm::all_of(generic.getDpsInits(), [&](Value output) {
           auto type = cast<MemRefType>(output.getType());
           int64_t bytes = type.getElementTypeBitWidth() / 8;
           // Buffers are aligned to 64 bytes, vectors to their own size.
           return bytes * lanes <= 64 && type.getNumElements() * bytes >= cached;
         });
}

int64_t grainFor(int64_t costPerItem) {
  // About 20 microseconds of vector code: a few times what it takes to hand out
  // a task.
  constexpr int64_t kOperations = 1 << 18;
  return std::max<int64_t>(1, kOperations / std::max<int64_t>(1, costPerItem));
}

SmallVector<Value> delinearize(OpBuilder &b, Location loc, Value flat, ArrayRef<int64_t> sizes) {
  SmallVector<Value> digits(sizes.size());
  for (unsigned k = sizes.size(); k-- > 0;) {
    if (k == 0) {
      digits[k] = flat;
      break;
    }
    Value size = arith::ConstantIndexOp::create(b, loc, sizes[k]);
    digits[k] = arith::RemUIOp::create(b, loc, flat, size);
    flat = arith::DivUIOp::create(b, loc, flat, size);
  }
  return digits;
}

void forLoop(OpBuilder &b, Location loc, Value from, Value to, int64_t step,
             llvm::function_ref<void(Value)> body) {
  Value stepValue = arith::ConstantIndexOp::create(b, loc, step);
  auto loop = scf::ForOp::create(b, loc, from, to, stepValue);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

} // namespace portico
