//===- CudaGroupMatrix.cpp - the matrix instructions of a warpgroup ---------===//
//
// wgmma.mma_async: four warps multiply 64 x 16 by 16 x n. Both operands are in shared memory,
// where a matrix descriptor says how they lie; the sections "Asynchronous Warpgroup Level Matrix
// Shared Memory Layout" and "Matrix Descriptor Format" of the PTX manual have its bits. LLVM has
// no intrinsic for the product: it is written as the assembler reads it.
//
//===----------------------------------------------------------------------===//

#include "targets/cuda/CudaGroupMatrix.h"

#include "dialects/simt/Simt.h"

#include "mlir/Conversion/LLVMCommon/Pattern.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace portico;

namespace {

using Element = MatrixUnit::Element;
using Source = MatrixPart::Source;

constexpr int64_t kRows = 64, kSummands = 16, kWarps = 4;
/// Of a panel: a row, and the eight rows after which the swizzle repeats.
constexpr int64_t kRowBytes = 128, kAtomBytes = 8 * kRowBytes;

/// A warp has 16 of the rows; a lane has two neighbours in a row and in the one eight below,
/// in every eight columns.
GroupMatrixUnit unit(Element input, int64_t n) {
  MatrixPart c = {
      n / 2,
      {{Source::lane, 4, 8, 1}, {Source::lane, 32, 4, 16}, {Source::element, 2, 2, 8}},
      {{Source::lane, 1, 4, 2}, {Source::element, 1, 2, 1}, {Source::element, 4, n / 8, 8}}};
  return {kRows, n, kSummands, kWarps, input, Element::f32, c};
}

Value constant(OpBuilder &b, Location loc, int64_t value) {
  return LLVM::ConstantOp::create(b, loc, b.getI64IntegerAttr(value));
}

SmallVector<Value> elementsOf(OpBuilder &b, Location loc, Value vector) {
  SmallVector<Value> elements;
  for (int64_t i = 0; i < cast<VectorType>(vector.getType()).getNumElements(); ++i)
    elements.push_back(LLVM::ExtractElementOp::create(b, loc, vector, constant(b, loc, i)));
  return elements;
}

Value vectorOf(OpBuilder &b, Location loc, Type type, ValueRange elements) {
  Value vector = LLVM::PoisonOp::create(b, loc, type);
  for (auto [i, element] : llvm::enumerate(elements))
    vector = LLVM::InsertElementOp::create(b, loc, vector, element, constant(b, loc, i));
  return vector;
}

/// `text` with the sums as $0, $1, ..: it reads and writes their registers. `more` follow them
/// twice as far, as the sums are counted once more as what is read.
SmallVector<Value> assembleOnSums(OpBuilder &b, Location loc, StringRef text, ValueRange sums,
                                  ValueRange more = {}) {
  std::string constraints;
  for (size_t i = 0; i < sums.size(); ++i)
    constraints += "=f,";
  for (size_t i = 0; i < sums.size(); ++i)
    constraints += std::to_string(i) + ",";
  for (size_t i = 0; i < more.size(); ++i)
    constraints += "l,";
  constraints += "~{memory}";
  SmallVector<Value> operands(sums);
  llvm::append_range(operands, more);
  SmallVector<Type> fields(sums.size(), b.getF32Type());
  auto type = LLVM::LLVMStructType::getLiteral(b.getContext(), fields);
  auto dialect = LLVM::AsmDialectAttr::get(b.getContext(), LLVM::AsmDialect::AD_ATT);
  Value results = LLVM::InlineAsmOp::create(b, loc, type, operands, text, constraints,
                                            /*has_side_effects=*/true, /*is_align_stack=*/false,
                                            LLVM::TailCallKind::None, dialect, ArrayAttr())
                      .getResult(0);
  SmallVector<Value> after;
  for (size_t i = 0; i < sums.size(); ++i)
    after.push_back(LLVM::ExtractValueOp::create(b, loc, results, int64_t(i)));
  return after;
}

/// simt.group_multiply_add %memory[%a], %b, %c {m = 64, n = 128, k = 64, element = bf16}
///     ->
/// wgmma.fence; for each 16 of the 64 summands:
///   wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16 {%c...}, %descA, %descB, ...
/// wgmma.commit_group
struct MultiplyAdd : ConvertOpToLLVMPattern<simt::GroupMultiplyAddOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult matchAndRewrite(simt::GroupMultiplyAddOp op, OpAdaptor operands,
                                ConversionPatternRewriter &rewriter) const override {
    if (!known(op))
      return op.emitOpError("is no matrix instruction of this machine");
    Location loc = op.getLoc();
    auto memory = [&](Value byte) {
      Value at = getStridedElementPtr(rewriter, loc, cast<MemRefType>(op.getMemory().getType()),
                                      operands.getMemory(), byte);
      return LLVM::PtrToIntOp::create(rewriter, loc, rewriter.getI64Type(), at).getResult();
    };
    Value a = descriptor(rewriter, loc, memory(operands.getA()), op.getAAcross(),
                         int64_t(op.getAPitch()));
    Value b = descriptor(rewriter, loc, memory(operands.getB()), op.getBAcross(),
                         int64_t(op.getBPitch()));
    LLVM::CallIntrinsicOp::create(
        rewriter, loc, rewriter.getStringAttr("llvm.nvvm.wgmma.fence.sync.aligned"), ValueRange());
    SmallVector<Value> sums = elementsOf(rewriter, loc, operands.getC());
    for (int64_t k = 0; k < int64_t(op.getK()); k += kSummands)
      sums = assembleOnSums(rewriter, loc, instruction(op), sums,
                            {advanced(rewriter, loc, a, op.getAAcross(), k),
                             advanced(rewriter, loc, b, op.getBAcross(), k)});
    LLVM::CallIntrinsicOp::create(
        rewriter, loc, rewriter.getStringAttr("llvm.nvvm.wgmma.commit_group.sync.aligned"),
        ValueRange());
    rewriter.replaceOp(op, vectorOf(rewriter, loc, operands.getC().getType(), sums));
    return success();
  }

private:
  static bool known(simt::GroupMultiplyAddOp op) {
    Type element = op.getElement();
    return llvm::any_of(cuda::groupMatrixUnits(), [&](const GroupMatrixUnit &unit) {
      return unit.m == int64_t(op.getM()) && unit.n == int64_t(op.getN()) &&
             int64_t(op.getK()) % unit.k == 0 &&
             unit.c.elements == op.getC().getType().getNumElements() &&
             (unit.input == Element::f16 ? element.isF16() : element.isBF16());
    });
  }

  /// Bits 0 to 13: the address; 16 to 29 and 32 to 45: the leading and the stride offset, all in
  /// units of 16 bytes; 62 and 63: 1, the swizzle of rows of 128 bytes. The stride offset leads
  /// from eight rows of a panel to the next eight; the leading one is used across only, from
  /// panel to panel.
  static Value descriptor(OpBuilder &b, Location loc, Value address, bool across, int64_t pitch) {
    Value low = LLVM::AndOp::create(b, loc, address, constant(b, loc, 0x3fff0));
    Value field = LLVM::LShrOp::create(b, loc, low, constant(b, loc, 4));
    uint64_t leading = across ? uint64_t(pitch) / 16 : 1;
    uint64_t layout = leading << 16 | uint64_t(kAtomBytes / 16) << 32 | uint64_t(1) << 62;
    return LLVM::OrOp::create(b, loc, field, constant(b, loc, int64_t(layout)));
  }

  /// The descriptor of the operand from summand `k` on: further along the rows of its panels, or
  /// down them where it lies across. Group memory ends before the field overflows.
  static Value advanced(OpBuilder &b, Location loc, Value descriptor, bool across, int64_t k) {
    int64_t bytes = across ? k * kRowBytes : k * 2;
    if (bytes == 0)
      return descriptor;
    return LLVM::AddOp::create(b, loc, descriptor, constant(b, loc, bytes / 16));
  }

  /// The sums are added to (`p` is true), nothing is negated, and the last two numbers say
  /// which operands lie across.
  static std::string instruction(simt::GroupMultiplyAddOp op) {
    std::string element = op.getElement().isF16() ? "f16" : "bf16";
    std::string text = "{\n.reg .pred p;\nsetp.ne.b32 p, 1, 0;\n"
                       "wgmma.mma_async.sync.aligned.m" +
                       std::to_string(op.getM()) + "n" + std::to_string(op.getN()) + "k16.f32." +
                       element + "." + element + " {";
    int64_t sums = op.getC().getType().getNumElements();
    for (int64_t i = 0; i < sums; ++i)
      text += (i ? ", $" : "$") + std::to_string(i);
    return text + "}, $" + std::to_string(2 * sums) + ", $" + std::to_string(2 * sums + 1) +
           ", p, 1, 1, " + (op.getAAcross() ? "1" : "0") + ", " + (op.getBAcross() ? "1" : "0") +
           ";\n}";
  }
};

/// The sums go through the instruction, so that nobody uses them before.
struct MultiplyWait : ConvertOpToLLVMPattern<simt::GroupMultiplyWaitOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult matchAndRewrite(simt::GroupMultiplyWaitOp op, OpAdaptor operands,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    std::string text = "wgmma.wait_group.sync.aligned " + std::to_string(op.getPending()) + ";";
    SmallVector<Value> sums =
        assembleOnSums(rewriter, loc, text, elementsOf(rewriter, loc, operands.getC()));
    rewriter.replaceOp(op, vectorOf(rewriter, loc, operands.getC().getType(), sums));
    return success();
  }
};

} // namespace

const std::vector<GroupMatrixUnit> &cuda::groupMatrixUnits() {
  static const std::vector<GroupMatrixUnit> all = {
      unit(Element::bf16, 256), unit(Element::bf16, 128), unit(Element::bf16, 64),
      unit(Element::f16, 256),  unit(Element::f16, 128),  unit(Element::f16, 64)};
  return all;
}

void cuda::populateGroupMatrixPatterns(const LLVMTypeConverter &types,
                                       RewritePatternSet &patterns) {
  patterns.add<MultiplyAdd, MultiplyWait>(types);
}
