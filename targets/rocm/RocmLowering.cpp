//===- RocmLowering.cpp - kernels of the gpu dialect to ROCDL ---------------===//

#include "targets/rocm/RocmLowering.h"

#include "targets/common/DeviceLowering.h"
#include "targets/rocm/RocmMatrix.h"

#include "mlir/Conversion/GPUToROCDL/GPUToROCDLPass.h"
#include "mlir/Conversion/LLVMCommon/Pattern.h"
#include "mlir/Dialect/AMDGPU/Utils/Chipset.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/ROCDLDialect.h"
#include "mlir/Target/LLVMIR/Dialect/ROCDL/ROCDLToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/CallingConv.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace portico;

void rocm::registerLoweringDialects(DialectRegistry &registry) {
  registerDeviceDialects(registry);
  registry.insert<ROCDL::ROCDLDialect>();
  registerROCDLDialectTranslation(registry);
}

namespace {

// The numbers of LLVM's back end.
constexpr unsigned kGlobal = 1, kWorkgroup = 3, kConstant = 4, kPrivate = 5;

/// Above the upstream patterns, which call functions of AMD's device library.
constexpr unsigned kAboveUpstream = 20;

/// Every kernel has a known block, so its sizes are numbers.
LogicalResult blockSizes(Operation *op, std::array<int64_t, 3> &sizes) {
  auto function = op->getParentOfType<FunctionOpInterface>();
  // Known under this name before and after the function itself is converted.
  DenseI32ArrayAttr known;
  if (auto kernel = dyn_cast<gpu::GPUFuncOp>(*function))
    known = kernel.getKnownBlockSizeAttr();
  else
    known = function->getAttrOfType<DenseI32ArrayAttr>("rocdl.reqd_work_group_size");
  if (!known || known.size() != 3)
    return op->emitOpError("needs the known_block_size of its kernel");
  std::copy(known.asArrayRef().begin(), known.asArrayRef().end(), sizes.begin());
  return success();
}

Value word(OpBuilder &b, Location loc, int64_t value) {
  return LLVM::ConstantOp::create(b, loc, b.getI32Type(), b.getI32IntegerAttr(int32_t(value)));
}

/// gpu.block_dim x -> 256
struct BlockDimToConstant : ConvertOpToLLVMPattern<gpu::BlockDimOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;
  LogicalResult matchAndRewrite(gpu::BlockDimOp op, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    std::array<int64_t, 3> sizes;
    if (failed(blockSizes(op, sizes)))
      return failure();
    rewriter.replaceOpWithNewOp<LLVM::ConstantOp>(
        op, getTypeConverter()->convertType(op.getType()),
        rewriter.getI64IntegerAttr(sizes[size_t(op.getDimension())]));
    return success();
  }
};

/// gpu.grid_dim x -> the first of three words behind the kernel's own arguments,
/// where the runtime puts the number of work-groups (code objects from version 5).
struct GridDimToHiddenArgument : ConvertOpToLLVMPattern<gpu::GridDimOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;
  LogicalResult matchAndRewrite(gpu::GridDimOp op, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto pointer = LLVM::LLVMPointerType::get(rewriter.getContext(), kConstant);
    Value hidden = LLVM::CallIntrinsicOp::create(
                       rewriter, loc, pointer,
                       rewriter.getStringAttr("llvm.amdgcn.implicitarg.ptr"), ValueRange())
                       .getResult(0);
    Value at = LLVM::GEPOp::create(rewriter, loc, pointer, rewriter.getI32Type(), hidden,
                                   LLVM::GEPArg(int32_t(op.getDimension())));
    Value groups = LLVM::LoadOp::create(rewriter, loc, rewriter.getI32Type(), at, /*alignment=*/4,
                                        /*isVolatile=*/false, /*isNonTemporal=*/false,
                                        /*isInvariant=*/true);
    rewriter.replaceOpWithNewOp<LLVM::ZExtOp>(op, getTypeConverter()->convertType(op.getType()),
                                              groups);
    return success();
  }
};

/// gpu.subgroup_id -> (x + width * (y + height * z)) / subgroup size
struct SubgroupIdToArithmetic : ConvertOpToLLVMPattern<gpu::SubgroupIdOp> {
  SubgroupIdToArithmetic(const LLVMTypeConverter &types, int64_t subgroupSize,
                         PatternBenefit benefit)
      : ConvertOpToLLVMPattern(types, benefit), subgroupSize(subgroupSize) {}
  LogicalResult matchAndRewrite(gpu::SubgroupIdOp op, OpAdaptor,
                                ConversionPatternRewriter &rewriter) const override {
    std::array<int64_t, 3> sizes;
    if (failed(blockSizes(op, sizes)))
      return failure();
    Location loc = op.getLoc();
    Type i32 = rewriter.getI32Type();
    Value id = ROCDL::ThreadIdXOp::create(rewriter, loc, i32, LLVM::ConstantRangeAttr());
    int64_t stride = sizes[0];
    auto add = [&](Value other, int64_t by) {
      Value scaled = LLVM::MulOp::create(rewriter, loc, other, word(rewriter, loc, by));
      id = LLVM::AddOp::create(rewriter, loc, id, scaled);
    };
    if (sizes[1] > 1)
      add(ROCDL::ThreadIdYOp::create(rewriter, loc, i32, LLVM::ConstantRangeAttr()), stride);
    stride *= sizes[1];
    if (sizes[2] > 1)
      add(ROCDL::ThreadIdZOp::create(rewriter, loc, i32, LLVM::ConstantRangeAttr()), stride);
    Value subgroup = LLVM::UDivOp::create(rewriter, loc, id, word(rewriter, loc, subgroupSize));
    rewriter.replaceOpWithNewOp<LLVM::ZExtOp>(op, getTypeConverter()->convertType(op.getType()),
                                              subgroup);
    return success();
  }
  int64_t subgroupSize;
};

/// gpu.num_subgroups and gpu.subgroup_size -> numbers
template <typename Op> struct SubgroupCountToConstant : ConvertOpToLLVMPattern<Op> {
  SubgroupCountToConstant(const LLVMTypeConverter &types, int64_t subgroupSize,
                          PatternBenefit benefit)
      : ConvertOpToLLVMPattern<Op>(types, benefit), subgroupSize(subgroupSize) {}
  LogicalResult matchAndRewrite(Op op, typename Op::Adaptor,
                                ConversionPatternRewriter &rewriter) const override {
    std::array<int64_t, 3> sizes;
    if (failed(blockSizes(op, sizes)))
      return failure();
    int64_t value = subgroupSize;
    if (std::is_same_v<Op, gpu::NumSubgroupsOp>)
      value = llvm::divideCeil(sizes[0] * sizes[1] * sizes[2], subgroupSize);
    rewriter.replaceOpWithNewOp<LLVM::ConstantOp>(
        op, this->getTypeConverter()->convertType(op.getType()), rewriter.getI64IntegerAttr(value));
    return success();
  }
  int64_t subgroupSize;
};

unsigned numberOf(gpu::AddressSpace space) {
  switch (space) {
  case gpu::AddressSpace::Global:
    return kGlobal;
  case gpu::AddressSpace::Workgroup:
    return kWorkgroup;
  case gpu::AddressSpace::Private:
    return kPrivate;
  }
  llvm_unreachable("an address space that gpu did not have");
}

DeviceDialect makeDialect(const TargetInfo &chip, amdgpu::Chipset chipset) {
  DeviceDialect dialect;
  dialect.addressSpace = numberOf;
  dialect.populate = [&chip, chipset](LLVMTypeConverter &types, RewritePatternSet &patterns) {
    populateGpuToROCDLConversionPatterns(types, patterns, gpu::amd::Runtime::HIP, chipset);
    patterns.add<BlockDimToConstant, GridDimToHiddenArgument>(types, kAboveUpstream);
    rocm::populateMatrixPatterns(types, *chip.simt, kAboveUpstream, patterns);
    patterns.add<SubgroupIdToArithmetic, SubgroupCountToConstant<gpu::NumSubgroupsOp>,
                 SubgroupCountToConstant<gpu::SubgroupSizeOp>>(types, chip.simt->subgroupSize,
                                                               kAboveUpstream);
  };
  dialect.configure = [](ConversionTarget &target) {
    target.addLegalDialect<ROCDL::ROCDLDialect>();
  };
  return dialect;
}

/// The block as the bounds that registers are divided by; without them a kernel may
/// be started with up to 256 work-items only.
void setGroupSizes(gpu::GPUModuleOp module) {
  OpBuilder b(module.getContext());
  for (auto function : module.getOps<LLVM::LLVMFuncOp>()) {
    auto block = function->getAttrOfType<DenseI32ArrayAttr>("rocdl.reqd_work_group_size");
    if (!block)
      continue;
    int64_t size = 1;
    for (int32_t items : block.asArrayRef())
      size *= items;
    std::string text = std::to_string(size);
    function->setAttr("rocdl.flat_work_group_size", b.getStringAttr(text + "," + text));
  }
}

/// What the conversion cannot say: names, and how group memory is aligned.
void finish(llvm::Module &module, StringRef prefix) {
  for (llvm::Function &function : module)
    if (!function.isDeclaration()) {
      function.setName(prefix + function.getName());
      function.setVisibility(llvm::GlobalValue::ProtectedVisibility);
    }
  for (llvm::GlobalVariable &global : module.globals())
    // Group memory is an array of bytes, accessed as what a strategy keeps there.
    if (global.getAddressSpace() == kWorkgroup)
      global.setAlignment(llvm::Align(16));
}

} // namespace

llvm::Expected<std::unique_ptr<llvm::Module>>
rocm::lowerToLLVMIR(ModuleOp module, const TargetInfo &chip, StringRef prefix,
                    llvm::LLVMContext &context, std::string *rocdl) {
  FailureOr<amdgpu::Chipset> chipset = amdgpu::Chipset::parse(chip.arch);
  auto kernels = module.getOps<gpu::GPUModuleOp>();
  if (failed(chipset) || kernels.empty())
    return llvm::createStringError("there is no gpu.module for " + chip.arch);
  gpu::GPUModuleOp kernel = *kernels.begin();
  if (failed(lowerToLLVM(kernel, makeDialect(chip, *chipset))))
    return llvm::createStringError("the kernel does not lower to the ROCDL dialect");
  setGroupSizes(kernel);
  if (rocdl) {
    llvm::raw_string_ostream os(*rocdl);
    kernel.print(os);
  }
  std::unique_ptr<llvm::Module> code = translateModuleToLLVMIR(kernel, context);
  if (!code)
    return llvm::createStringError("the kernel does not translate to LLVM IR");
  finish(*code, prefix);
  return std::move(code);
}
