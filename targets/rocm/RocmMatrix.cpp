//===- RocmMatrix.cpp - the matrix instructions of a wave -------------------===//
//
// mfma on waves of 64, wmma on those of 32. Who holds what is that of the sections
// "Matrix arithmetic instructions" and "Wave matrix multiply accumulate" of AMD's manuals
// of the instruction sets.
//
//===----------------------------------------------------------------------===//

#include "targets/rocm/RocmMatrix.h"
#include "targets/common/MatrixDigits.h"

#include "dialects/simt/Simt.h"

#include "mlir/Conversion/LLVMCommon/Pattern.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace portico;

namespace {

using Element = MatrixUnit::Element;

/// The matrix whose rows are the columns of `part`.
MatrixPart transposed(const MatrixPart &part) { return {part.elements, part.column, part.row}; }

/// mfma in one block of `side` x `side`: a lane has neighbours along k, and of the
/// result runs of four in a column.
MatrixUnit mfma(int64_t side, int64_t k, Element input) {
  int64_t held = side * k / 64;
  MatrixPart a = {held, {lane(1, side)}, {lane(side, 64 / side, held), element(1, held)}};
  int64_t elements = side * side / 64;
  MatrixPart c = {elements,
                  {lane(side, 64 / side, 4), element(1, 4), element(4, elements / 4, 256 / side)},
                  {lane(1, side)}};
  return {side, side, k, input, Element::f32, a, transposed(a), c};
}

/// mfma of doubles: of the result a lane has every fourth of a column.
MatrixUnit mfmaOfDoubles() {
  MatrixPart a = {1, {lane(1, 16)}, {lane(16, 4)}};
  MatrixPart c = {4, {element(1, 4, 4), lane(16, 4)}, {lane(1, 16)}};
  return {16, 16, 4, Element::f64, Element::f64, a, transposed(a), c};
}

/// wmma, RDNA 3: both halves of the wave hold all of A and B, and every second row of
/// the result.
MatrixUnit wmma11(Element input) {
  MatrixPart a = {16, {lane(1, 16)}, {element(1, 16)}};
  MatrixPart c = {8, {element(1, 8, 2), lane(16, 2)}, {lane(1, 16)}};
  return {16, 16, 16, input, Element::f32, a, transposed(a), c};
}

/// The same for RDNA 4: each half of the wave holds half of k, and of the rows.
MatrixUnit wmma12(Element input) {
  MatrixPart a = {8, {lane(1, 16)}, {lane(16, 2, 8), element(1, 8)}};
  MatrixPart c = {8, {lane(16, 2, 8), element(1, 8)}, {lane(1, 16)}};
  return {16, 16, 16, input, Element::f32, a, transposed(a), c};
}

Value word(OpBuilder &b, Location loc, int64_t value) {
  return LLVM::ConstantOp::create(b, loc, b.getI32Type(), b.getI32IntegerAttr(int32_t(value)));
}

/// simt.multiply_add %a, %b, %c {m = 32, n = 32, k = 8}
///     ->
/// %d = llvm.call_intrinsic "llvm.amdgcn.mfma.f32.32x32x8f16"(%a, %b, %c, 0, 0, 0)
struct MultiplyAddToInstruction : ConvertOpToLLVMPattern<simt::MultiplyAddOp> {
  MultiplyAddToInstruction(const LLVMTypeConverter &types, const SimtInfo &machine,
                           PatternBenefit benefit)
      : ConvertOpToLLVMPattern(types, benefit), machine(machine) {}

  LogicalResult matchAndRewrite(simt::MultiplyAddOp op, OpAdaptor operands,
                                ConversionPatternRewriter &rewriter) const override {
    std::optional<Element> input = inputOf(op);
    if (!input || llvm::none_of(machine.matrixUnits, [&](const MatrixUnit &unit) {
          return unit.input == *input && unit.m == int64_t(op.getM()) &&
                 unit.n == int64_t(op.getN()) && unit.k == int64_t(op.getK()) &&
                 unit.a.elements == op.getA().getType().getNumElements();
        }))
      return op.emitOpError("is no matrix instruction of this machine");
    Location loc = op.getLoc();
    Value a = asOperand(rewriter, loc, operands.getA(), *input);
    Value b = asOperand(rewriter, loc, operands.getB(), *input);
    Value c = operands.getC();
    rewriter.replaceOpWithNewOp<LLVM::CallIntrinsicOp>(
        op, c.getType(), rewriter.getStringAttr(intrinsic(op, *input, a.getType(), c.getType())),
        arguments(rewriter, loc, a, b, c));
    return success();
  }

private:
  bool isMfma() const { return machine.subgroupSize == 64; }

  static std::optional<Element> inputOf(simt::MultiplyAddOp op) {
    Type type = op.getA().getType().getElementType();
    if (type.isF16())
      return Element::f16;
    if (type.isBF16())
      return Element::bf16;
    if (type.isF32())
      return op.getTf32() ? Element::tf32 : Element::f32;
    if (type.isF64())
      return Element::f64;
    return std::nullopt;
  }

  /// The instructions have bf16 as bits, and what is alone not as a vector.
  static Value asOperand(OpBuilder &b, Location loc, Value part, Element input) {
    auto type = cast<VectorType>(part.getType());
    if (input == Element::bf16)
      return LLVM::BitcastOp::create(b, loc, VectorType::get(type.getShape(), b.getI16Type()),
                                     part);
    return type.getNumElements() > 1
               ? part
               : LLVM::ExtractElementOp::create(b, loc, part, word(b, loc, 0)).getResult();
  }

  std::string intrinsic(simt::MultiplyAddOp op, Element input, Type part, Type result) const {
    std::string size = std::to_string(op.getM()) + "x" + std::to_string(op.getN()) + "x" +
                       std::to_string(op.getK());
    if (isMfma())
      return (input == Element::f64 ? "llvm.amdgcn.mfma.f64." : "llvm.amdgcn.mfma.f32.") + size +
             mfmaSuffix(input);
    auto text = [](Type type, const char *element) {
      return ".v" + std::to_string(cast<VectorType>(type).getNumElements()) + element;
    };
    bool half = input == Element::f16;
    return "llvm.amdgcn.wmma.f32." + size + (half ? ".f16" : ".bf16") + text(result, "f32") +
           text(part, half ? "f16" : "i16");
  }

  static const char *mfmaSuffix(Element input) {
    switch (input) {
    case Element::f16:
      return "f16";
    case Element::bf16:
      return "bf16.1k";
    case Element::tf32:
      return ".xf32";
    case Element::f64:
      return "f64";
    default:
      return "f32";
    }
  }

  /// mfma could exchange blocks of lanes.
  SmallVector<Value> arguments(OpBuilder &b, Location loc, Value left, Value right,
                               Value sum) const {
    if (!isMfma())
      return {left, right, sum};
    Value none = word(b, loc, 0);
    return {left, right, sum, none, none, none};
  }

  const SimtInfo &machine;
};

/// There is no instruction for it:
///
///     simt.round_tf32 %x
///     ->
///     %rounded = (%bits + 0x1000) & ~0x1fff;  the same bits where not finite
struct RoundTf32ToArithmetic : ConvertOpToLLVMPattern<simt::RoundTf32Op> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult matchAndRewrite(simt::RoundTf32Op op, OpAdaptor operands,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Value x = operands.getX();
    Value bits = LLVM::BitcastOp::create(rewriter, loc, rewriter.getI32Type(), x);
    Value up = LLVM::AddOp::create(rewriter, loc, bits, word(rewriter, loc, 0x1000));
    Value cut = LLVM::AndOp::create(rewriter, loc, up, word(rewriter, loc, ~int64_t(0x1fff)));
    Value magnitude = LLVM::AndOp::create(rewriter, loc, bits, word(rewriter, loc, 0x7fffffff));
    Value finite = LLVM::ICmpOp::create(rewriter, loc, LLVM::ICmpPredicate::ult, magnitude,
                                        word(rewriter, loc, 0x7f800000));
    Value result = LLVM::SelectOp::create(rewriter, loc, finite, cut, bits);
    rewriter.replaceOpWithNewOp<LLVM::BitcastOp>(op, x.getType(), result);
    return success();
  }
};

} // namespace

// The larger block first: it reads half as many operands for the same products. Products of
// f32 and of f64 are whole ones, with denormals, so they need no permission.
std::vector<MatrixUnit> rocm::mfmaUnits(bool xf32) {
  std::vector<MatrixUnit> units;
  for (Element input : {Element::f16, Element::bf16}) {
    units.push_back(mfma(32, 8, input));
    units.push_back(mfma(16, 16, input));
  }
  if (xf32) {
    units.push_back(mfma(32, 4, Element::tf32));
    units.push_back(mfma(16, 8, Element::tf32));
  }
  units.push_back(mfma(32, 2, Element::f32));
  units.push_back(mfma(16, 4, Element::f32));
  units.push_back(mfmaOfDoubles());
  return units;
}

std::vector<MatrixUnit> rocm::wmma11Units() {
  return {wmma11(Element::f16), wmma11(Element::bf16)};
}
std::vector<MatrixUnit> rocm::wmma12Units() {
  return {wmma12(Element::f16), wmma12(Element::bf16)};
}

void rocm::populateMatrixPatterns(const LLVMTypeConverter &types, const SimtInfo &machine,
                                  PatternBenefit benefit, RewritePatternSet &patterns) {
  patterns.add<MultiplyAddToInstruction>(types, machine, benefit);
  patterns.add<RoundTf32ToArithmetic>(types, benefit);
}
