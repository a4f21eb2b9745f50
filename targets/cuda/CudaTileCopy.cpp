//===- CudaTileCopy.cpp - copies of tiles by the tensor memory accelerator --===//
//
// A signal is an mbarrier object of one arrival: that of the work-item that says how many
// bytes have to come. Its rounds are told apart by their parity.
//
//===----------------------------------------------------------------------===//

#include "targets/cuda/CudaTileCopy.h"

#include "dialects/simt/Simt.h"

#include "mlir/Conversion/LLVMCommon/Pattern.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace portico;

namespace {

constexpr const char *kMapAttr = "cuda.tensor_map";
/// Where the copy intrinsics take the map.
constexpr unsigned kMapOperand = 2;
constexpr unsigned kClusterSpace = 7;

Value constant(OpBuilder &b, Location loc, unsigned bits, int64_t value) {
  return LLVM::ConstantOp::create(b, loc, b.getIntegerAttr(b.getIntegerType(bits), value));
}

void call(OpBuilder &b, Location loc, StringRef name, ValueRange arguments = {}) {
  LLVM::CallIntrinsicOp::create(b, loc, b.getStringAttr(name), arguments);
}

/// simt.init_signals %s : memref<2xi64, workgroup>
///     ->
/// llvm.call_intrinsic "llvm.nvvm.mbarrier.init.shared"(%s0, 1), the same for %s1, and fences
/// that show the objects to the copies
struct InitSignals : ConvertOpToLLVMPattern<simt::InitSignalsOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult matchAndRewrite(simt::InitSignalsOp op, OpAdaptor operands,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto type = cast<MemRefType>(op.getSignals().getType());
    for (int64_t i = 0; i < type.getNumElements(); ++i) {
      Value at = getStridedElementPtr(rewriter, loc, type, operands.getSignals(),
                                      constant(rewriter, loc, 64, i));
      call(rewriter, loc, "llvm.nvvm.mbarrier.init.shared", {at, constant(rewriter, loc, 32, 1)});
    }
    call(rewriter, loc, "llvm.nvvm.fence.mbarrier_init.release.cluster");
    call(rewriter, loc, "llvm.nvvm.fence.proxy.async.shared_cta");
    rewriter.eraseOp(op);
    return success();
  }
};

/// What has one of several signals as operand.
template <typename Op> struct OfSignal : ConvertOpToLLVMPattern<Op> {
  using ConvertOpToLLVMPattern<Op>::ConvertOpToLLVMPattern;

  Value signalOf(Op op, typename Op::Adaptor operands, ConversionPatternRewriter &rewriter) const {
    return this->getStridedElementPtr(rewriter, op.getLoc(),
                                      cast<MemRefType>(op.getSignals().getType()),
                                      operands.getSignals(), operands.getNumber());
  }
};

/// simt.expect_bytes %signals[%i] {bytes = 4096}
///     ->
/// llvm.call_intrinsic "llvm.nvvm.mbarrier.arrive.expect.tx..."(%signal, 4096)
struct ExpectBytes : OfSignal<simt::ExpectBytesOp> {
  using OfSignal::OfSignal;

  LogicalResult matchAndRewrite(simt::ExpectBytesOp op, OpAdaptor operands,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Value signal = signalOf(op, operands, rewriter);
    LLVM::CallIntrinsicOp::create(
        rewriter, loc, rewriter.getI64Type(),
        rewriter.getStringAttr("llvm.nvvm.mbarrier.arrive.expect.tx.scope.cta.space.cta"),
        ValueRange{signal, constant(rewriter, loc, 32, int64_t(op.getBytes()))});
    rewriter.eraseOp(op);
    return success();
  }
};

/// The instruction gives up after a while:
///
///   simt.await_signal %signals[%i], %round
///     ->
///   ^again:
///     %over = llvm.call_intrinsic "llvm.nvvm.mbarrier.try.wait.parity..."(%signal, %parity)
///     llvm.cond_br %over, ^on, ^again
struct AwaitSignal : OfSignal<simt::AwaitSignalOp> {
  using OfSignal::OfSignal;

  LogicalResult matchAndRewrite(simt::AwaitSignalOp op, OpAdaptor operands,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Value signal = signalOf(op, operands, rewriter);
    Value round = LLVM::TruncOp::create(rewriter, loc, rewriter.getI32Type(), operands.getRound());
    Value parity = LLVM::AndOp::create(rewriter, loc, round, constant(rewriter, loc, 32, 1));
    Block *before = op->getBlock();
    Block *on = rewriter.splitBlock(before, op->getIterator());
    Block *again = rewriter.createBlock(on);
    rewriter.setInsertionPointToEnd(before);
    LLVM::BrOp::create(rewriter, loc, again);
    rewriter.setInsertionPointToEnd(again);
    auto over = LLVM::CallIntrinsicOp::create(
        rewriter, loc, rewriter.getI1Type(),
        rewriter.getStringAttr("llvm.nvvm.mbarrier.try.wait.parity.scope.cta.space.cta"),
        ValueRange{signal, parity});
    LLVM::CondBrOp::create(rewriter, loc, over.getResults(), on, again);
    rewriter.eraseOp(op);
    return success();
  }
};

/// simt.copy_tile %x[%k, %row] to %memory[%at] signal %signals[%i]
///     ->
/// llvm.call_intrinsic "llvm.nvvm.cp.async.bulk.tensor.g2s.tile.2d"(
///     %to, %signal, the tensor map, %k, %row, ...)
struct CopyTile : OfSignal<simt::CopyTileOp> {
  using OfSignal::OfSignal;

  LogicalResult matchAndRewrite(simt::CopyTileOp op, OpAdaptor operands,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Value own = getStridedElementPtr(rewriter, loc, cast<MemRefType>(op.getMemory().getType()),
                                     operands.getMemory(), operands.getAt());
    Value signal = signalOf(op, operands, rewriter);
    auto pointer = [&](unsigned space) {
      return LLVM::LLVMPointerType::get(op.getContext(), space);
    };
    // The group is the only one of its cluster.
    Value to = LLVM::AddrSpaceCastOp::create(rewriter, loc, pointer(kClusterSpace), own);
    Value map = LLVM::PoisonOp::create(rewriter, loc, pointer(0));
    SmallVector<Value> arguments = {to, signal, map};
    for (Value index : operands.getPosition())
      arguments.push_back(LLVM::TruncOp::create(rewriter, loc, rewriter.getI32Type(), index));
    // To one group, with no hint to the cache, by no pair of groups.
    arguments.push_back(constant(rewriter, loc, 16, 0));
    arguments.push_back(constant(rewriter, loc, 64, 0));
    arguments.push_back(constant(rewriter, loc, 1, 0));
    arguments.push_back(constant(rewriter, loc, 1, 0));
    arguments.push_back(constant(rewriter, loc, 32, 0));
    std::string name =
        "llvm.nvvm.cp.async.bulk.tensor.g2s.tile." + std::to_string(op.getPosition().size()) + "d";
    auto copy =
        LLVM::CallIntrinsicOp::create(rewriter, loc, rewriter.getStringAttr(name), arguments);
    copy->setAttr(kMapAttr, op->getAttr(kMapAttr));
    rewriter.eraseOp(op);
    return success();
  }
};

cuda::TensorMap mapOf(simt::CopyTileOp op) {
  cuda::TensorMap map = {};
  int64_t bytes = op.getSource().getType().getElementTypeBitWidth() / 8;
  map.buffer = cast<BlockArgument>(op.getSource()).getArgNumber();
  map.offset = int64_t(op.getOffset()) * bytes;
  map.elementBytes = bytes;
  map.rank = int64_t(op.getSizes().size());
  for (int64_t i = 0; i < map.rank; ++i) {
    map.size[i] = op.getSizes()[i];
    map.stride[i] = op.getStrides()[i] * bytes;
    map.box[i] = op.getBox()[i];
  }
  return map;
}

} // namespace

std::vector<cuda::TensorMap> cuda::takeTensorMaps(gpu::GPUFuncOp kernel) {
  std::vector<TensorMap> maps;
  kernel.walk([&](simt::CopyTileOp op) {
    TensorMap map = mapOf(op);
    size_t number = llvm::find(maps, map) - maps.begin();
    if (number == maps.size())
      maps.push_back(map);
    op->setAttr(kMapAttr, IntegerAttr::get(IntegerType::get(op.getContext(), 64), number));
  });
  return maps;
}

void cuda::addTensorMapParameters(LLVM::LLVMFuncOp kernel, size_t count) {
  OpBuilder b(kernel.getContext());
  unsigned first = kernel.getNumArguments();
  auto bytes = LLVM::LLVMArrayType::get(b.getI8Type(), TensorMap::kBytes);
  auto attributes = b.getDictionaryAttr(
      {b.getNamedAttr(LLVM::LLVMDialect::getByValAttrName(), TypeAttr::get(bytes)),
       b.getNamedAttr(LLVM::LLVMDialect::getAlignAttrName(),
                      b.getI64IntegerAttr(TensorMap::kAlignment)),
       b.getNamedAttr(NVVM::NVVMDialect::getGridConstantAttrName(), b.getUnitAttr())});
  // The interface's way to insert arguments knows no function without a result.
  SmallVector<Type> types(kernel.getArgumentTypes());
  SmallVector<DictionaryAttr> all;
  kernel.getAllArgAttrs(all);
  all.resize(first, b.getDictionaryAttr({}));
  for (size_t i = 0; i < count; ++i) {
    types.push_back(LLVM::LLVMPointerType::get(b.getContext()));
    all.push_back(attributes);
    kernel.getBody().front().addArgument(types.back(), kernel.getLoc());
  }
  kernel.setFunctionType(
      LLVM::LLVMFunctionType::get(kernel.getFunctionType().getReturnType(), types));
  kernel.setAllArgAttrs(all);
  kernel.walk([&](LLVM::CallIntrinsicOp op) {
    if (auto number = dyn_cast_or_null<IntegerAttr>(op->removeDiscardableAttr(kMapAttr)))
      op->setOperand(kMapOperand, kernel.getArgument(first + unsigned(number.getInt())));
  });
}

void cuda::populateTileCopyPatterns(const LLVMTypeConverter &types, RewritePatternSet &patterns) {
  patterns.add<InitSignals, ExpectBytes, AwaitSignal, CopyTile>(types);
}
