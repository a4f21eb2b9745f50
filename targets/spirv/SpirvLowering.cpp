//===- SpirvLowering.cpp - kernels to the LLVM dialect as SPIR-V wants it ----===//

#include "targets/spirv/SpirvLowering.h"

#include "targets/common/DeviceLowering.h"

#include "mlir/Conversion/GPUToLLVMSPV/GPUToLLVMSPVPass.h"
#include "mlir/Conversion/LLVMCommon/Pattern.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;
using namespace portico;

namespace {

/// The numbers by which OpenCL's LLVM IR knows its address spaces.
unsigned addressSpace(gpu::AddressSpace space) {
  switch (space) {
  case gpu::AddressSpace::Global:
    return 1;
  case gpu::AddressSpace::Workgroup:
    return 3;
  case gpu::AddressSpace::Private:
    return 0;
  }
  llvm_unreachable("an address space without a number");
}

/// The bits of a bf16 constant, as the integers that all bf16 values have become.
struct BFloat16Constant : ConvertOpToLLVMPattern<arith::ConstantOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult matchAndRewrite(arith::ConstantOp op, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    if (!getElementTypeOrSelf(op.getType()).isBF16())
      return failure();
    auto bits = [](const APFloat &value) { return value.bitcastToAPInt(); };
    Attribute value;
    if (auto scalar = dyn_cast<FloatAttr>(op.getValue()))
      value = rewriter.getIntegerAttr(rewriter.getI16Type(), bits(scalar.getValue()));
    else if (auto elements = dyn_cast<DenseFPElementsAttr>(op.getValue()))
      value = elements.mapValues(rewriter.getI16Type(), bits);
    else
      return failure();
    rewriter.replaceOpWithNewOp<LLVM::ConstantOp>(op, getTypeConverter()->convertType(op.getType()),
                                                  value);
    return success();
  }
};

/// A change between i16 and bf16 is none.
template <typename Bitcast> struct BFloat16Bitcast : ConvertOpToLLVMPattern<Bitcast> {
  using ConvertOpToLLVMPattern<Bitcast>::ConvertOpToLLVMPattern;

  LogicalResult matchAndRewrite(Bitcast op, typename Bitcast::Adaptor adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Value operand = adaptor.getOperands().front();
    if (this->getTypeConverter()->convertType(op.getType()) != operand.getType())
      return failure();
    rewriter.replaceOp(op, operand);
    return success();
  }
};

/// The 128 bits of a product of 64-bit integers, from four products of 32 bits: LLVM's
/// own conversion computes in i128, which SPIR-V does not have.
struct WideProduct : OpRewritePattern<arith::MulUIExtendedOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::MulUIExtendedOp op,
                                PatternRewriter &rewriter) const override {
    Type type = op.getLhs().getType();
    if (!getElementTypeOrSelf(type).isInteger(64))
      return failure();
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    auto constant = [&](int64_t value) -> Value {
      TypedAttr attribute = b.getI64IntegerAttr(value);
      if (auto shaped = dyn_cast<ShapedType>(type))
        attribute = DenseElementsAttr::get(shaped, APInt(64, uint64_t(value)));
      return arith::ConstantOp::create(b, attribute);
    };
    Value half = constant(32), mask = constant(0xffffffff);
    auto low = [&](Value v) -> Value { return arith::AndIOp::create(b, v, mask); };
    auto high = [&](Value v) -> Value { return arith::ShRUIOp::create(b, v, half); };
    auto times = [&](Value v, Value w) -> Value { return arith::MulIOp::create(b, v, w); };
    auto plus = [&](Value v, Value w) -> Value { return arith::AddIOp::create(b, v, w); };
    Value x = op.getLhs(), y = op.getRhs();
    Value lowHigh = times(low(x), high(y)), highLow = times(high(x), low(y));
    Value middle = plus(plus(high(times(low(x), low(y))), low(lowHigh)), low(highLow));
    Value top =
        plus(plus(times(high(x), high(y)), high(middle)), plus(high(lowHigh), high(highLow)));
    rewriter.replaceOp(op, {times(x, y), top});
    return success();
  }
};

void populate(LLVMTypeConverter &types, RewritePatternSet &patterns) {
  types.addConversion([](BFloat16Type type) { return IntegerType::get(type.getContext(), 16); });
  // Vectors of bf16 are types of LLVM and would stay what they are.
  types.addConversion([](VectorType type) -> std::optional<Type> {
    if (!type.getElementType().isBF16() || type.getRank() != 1)
      return std::nullopt;
    return type.clone(IntegerType::get(type.getContext(), 16));
  });
  patterns.add<BFloat16Constant, BFloat16Bitcast<arith::BitcastOp>>(types, /*benefit=*/10);
  patterns.add<WideProduct>(patterns.getContext(), /*benefit=*/10);
  populateGpuToLLVMSPVConversionPatterns(types, patterns);
}

} // namespace

LogicalResult spirv::lowerToLLVM(gpu::GPUModuleOp module, const Machine &machine) {
  Builder b(module.getContext());
  // The conversion of shuffles reads it, and so does the device's compiler.
  for (auto function : module.getOps<gpu::GPUFuncOp>())
    function->setAttr("intel_reqd_sub_group_size",
                      b.getI32IntegerAttr(int32_t(machine.subgroupSize)));
  DeviceDialect dialect;
  dialect.addressSpace = addressSpace;
  dialect.populate = populate;
  dialect.configure = [](ConversionTarget &) {};
  return portico::lowerToLLVM(module, dialect);
}
