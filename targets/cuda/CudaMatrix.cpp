//===- CudaMatrix.cpp - the matrix instructions of a warp -------------------===//
//
// mma.sync: a lane is number `lane / 4` of eight rows and `lane % 4` of four columns, and
// holds elements of that row and of the one eight below; the layouts are those of the
// section "Matrix fragments for mma" of the PTX manual.
//
//===----------------------------------------------------------------------===//

#include "targets/cuda/CudaMatrix.h"
#include "targets/common/MatrixDigits.h"

#include "dialects/simt/Simt.h"

#include "mlir/Conversion/LLVMCommon/Pattern.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace portico;

namespace {

using Element = MatrixUnit::Element;

/// Two neighbours in a row, in two rows.
MatrixPart result() { return {4, {lane(4, 8), element(2, 2, 8)}, {lane(1, 4, 2), element(1, 2)}}; }

/// Elements of 16 bits come in pairs along k.
MatrixUnit pairs(Element input) {
  MatrixPart a = {
      8, {lane(4, 8), element(2, 2, 8)}, {lane(1, 4, 2), element(1, 2), element(4, 2, 8)}};
  MatrixPart b = {4, {lane(1, 4, 2), element(1, 2), element(2, 2, 8)}, {lane(4, 8)}};
  return {16, 8, 16, input, Element::f32, a, b, result()};
}

MatrixUnit words() {
  MatrixPart a = {4, {lane(4, 8), element(1, 2, 8)}, {lane(1, 4), element(2, 2, 4)}};
  MatrixPart b = {2, {lane(1, 4), element(1, 2, 4)}, {lane(4, 8)}};
  return {16, 8, 8, Element::tf32, Element::f32, a, b, result()};
}

/// Eight by eight, one element of A and of B to a lane.
MatrixUnit doubles() {
  MatrixPart a = {1, {lane(4, 8)}, {lane(1, 4)}};
  MatrixPart b = {1, {lane(1, 4)}, {lane(4, 8)}};
  MatrixPart c = {2, {lane(4, 8)}, {lane(1, 4, 2), element(1, 2)}};
  return {8, 8, 4, Element::f64, Element::f64, a, b, c};
}

/// simt.multiply_add %a, %b, %c {m = 16, n = 8, k = 16}
///     ->
/// %d = llvm.call_intrinsic "llvm.nvvm.mma.m16n8k16.row.col.bf16"(%a0, ..., %b0, ..., %c0, ...)
struct MultiplyAddToMma : ConvertOpToLLVMPattern<simt::MultiplyAddOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult matchAndRewrite(simt::MultiplyAddOp op, OpAdaptor operands,
                                ConversionPatternRewriter &rewriter) const override {
    std::optional<Element> input = inputOf(op);
    if (!input || !known(op, *input))
      return op.emitOpError("is no matrix instruction of this machine");
    Location loc = op.getLoc();
    SmallVector<Value> arguments;
    addWords(rewriter, loc, operands.getA(), *input, arguments);
    addWords(rewriter, loc, operands.getB(), *input, arguments);
    for (int64_t i = 0; i < op.getC().getType().getNumElements(); ++i)
      arguments.push_back(extract(rewriter, loc, operands.getC(), i));

    SmallVector<Type> fields(op.getC().getType().getNumElements(),
                             op.getC().getType().getElementType());
    auto type = LLVM::LLVMStructType::getLiteral(op.getContext(), fields);
    auto call = LLVM::CallIntrinsicOp::create(
        rewriter, loc, type, rewriter.getStringAttr(intrinsic(op, *input)), arguments);
    Value sum = LLVM::PoisonOp::create(rewriter, loc, operands.getC().getType());
    for (int64_t i = 0; i < int64_t(fields.size()); ++i)
      sum = LLVM::InsertElementOp::create(
          rewriter, loc, sum, LLVM::ExtractValueOp::create(rewriter, loc, call.getResults(), i),
          position(rewriter, loc, i));
    rewriter.replaceOp(op, sum);
    return success();
  }

private:
  static std::optional<Element> inputOf(simt::MultiplyAddOp op) {
    Type type = op.getA().getType().getElementType();
    if (type.isF16())
      return Element::f16;
    if (type.isBF16())
      return Element::bf16;
    if (type.isF32() && op.getTf32())
      return Element::tf32;
    if (type.isF64())
      return Element::f64;
    return std::nullopt;
  }

  static bool known(simt::MultiplyAddOp op, Element input) {
    return llvm::any_of(cuda::matrixUnits(), [&](const MatrixUnit &unit) {
      return unit.input == input && unit.m == int64_t(op.getM()) && unit.n == int64_t(op.getN()) &&
             unit.k == int64_t(op.getK()) &&
             unit.a.elements == op.getA().getType().getNumElements() &&
             unit.b.elements == op.getB().getType().getNumElements() &&
             unit.c.elements == op.getC().getType().getNumElements();
    });
  }

  static std::string intrinsic(simt::MultiplyAddOp op, Element input) {
    std::string name = "llvm.nvvm.mma.m" + std::to_string(op.getM()) + "n" +
                       std::to_string(op.getN()) + "k" + std::to_string(op.getK()) + ".row.col.";
    // Of products of f16 the types of the result and the accumulator are said instead.
    return name + (input == Element::f16    ? "f32.f32"
                   : input == Element::bf16 ? "bf16"
                   : input == Element::tf32 ? "tf32"
                                            : "f64");
  }

  static Value position(OpBuilder &b, Location loc, int64_t index) {
    return LLVM::ConstantOp::create(b, loc, b.getI32IntegerAttr(index));
  }
  static Value extract(OpBuilder &b, Location loc, Value vector, int64_t index) {
    return LLVM::ExtractElementOp::create(b, loc, vector, position(b, loc, index));
  }

  /// The instruction takes registers of 32 bits, pairs of f16 and the bits of all else; but
  /// doubles as they are.
  static void addWords(OpBuilder &b, Location loc, Value part, Element input,
                       SmallVectorImpl<Value> &arguments) {
    int64_t count = cast<VectorType>(part.getType()).getNumElements();
    if (input == Element::f64) {
      for (int64_t i = 0; i < count; ++i)
        arguments.push_back(extract(b, loc, part, i));
      return;
    }
    if (input == Element::tf32) {
      Value bits = LLVM::BitcastOp::create(b, loc, VectorType::get({count}, b.getI32Type()), part);
      for (int64_t i = 0; i < count; ++i)
        arguments.push_back(extract(b, loc, bits, i));
      return;
    }
    // Each bf16 becomes 16 bits by itself: who holds it as bits then holds it as nothing else.
    if (input == Element::bf16)
      part = LLVM::BitcastOp::create(b, loc, VectorType::get({count}, b.getI16Type()), part);
    for (int64_t i = 0; i < count; i += 2) {
      Value word = pair(b, loc, part, i);
      if (input == Element::bf16)
        word = LLVM::BitcastOp::create(b, loc, b.getI32Type(), word);
      arguments.push_back(word);
    }
  }

  static Value pair(OpBuilder &b, Location loc, Value part, int64_t first) {
    auto type = VectorType::get({2}, cast<VectorType>(part.getType()).getElementType());
    Value word = LLVM::PoisonOp::create(b, loc, type);
    for (int64_t half = 0; half < 2; ++half)
      word = LLVM::InsertElementOp::create(b, loc, word, extract(b, loc, part, first + half),
                                           position(b, loc, half));
    return word;
  }
};

/// simt.round_tf32 -> cvt.rna.tf32.f32, which gives the bits
struct RoundTf32ToCvt : ConvertOpToLLVMPattern<simt::RoundTf32Op> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult matchAndRewrite(simt::RoundTf32Op op, OpAdaptor operands,
                                ConversionPatternRewriter &rewriter) const override {
    auto bits = LLVM::CallIntrinsicOp::create(rewriter, op.getLoc(), rewriter.getI32Type(),
                                              rewriter.getStringAttr("llvm.nvvm.f2tf32.rna"),
                                              operands.getX());
    rewriter.replaceOpWithNewOp<LLVM::BitcastOp>(op, rewriter.getF32Type(), bits.getResult(0));
    return success();
  }
};

} // namespace

const std::vector<MatrixUnit> &cuda::matrixUnits() {
  static const std::vector<MatrixUnit> all = {pairs(Element::bf16), pairs(Element::f16), words(),
                                              doubles()};
  return all;
}

void cuda::populateMatrixPatterns(const LLVMTypeConverter &types, RewritePatternSet &patterns) {
  patterns.add<MultiplyAddToMma, RoundTf32ToCvt>(types);
}
