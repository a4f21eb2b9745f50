//===- SpirvLowering.cpp - kernels to the LLVM dialect as SPIR-V wants it ----===//

#include "targets/spirv/SpirvLowering.h"

#include "targets/common/DeviceLowering.h"

#include "mlir/Conversion/GPUToLLVMSPV/GPUToLLVMSPVPass.h"
#include "mlir/Conversion/LLVMCommon/Pattern.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

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

void populate(LLVMTypeConverter &types, RewritePatternSet &patterns) {
  types.addConversion([](BFloat16Type type) { return IntegerType::get(type.getContext(), 16); });
  patterns.add<BFloat16Constant, BFloat16Bitcast<arith::BitcastOp>>(types, /*benefit=*/10);
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
