//===- CudaLowering.cpp - kernels of the gpu dialect to NVVM IR -------------===//
//
// The dialect's own patterns come from MLIR. What they do not decide is done here:
// where group memory lies, and that nothing is left of the bodies but intrinsics.
//
//===----------------------------------------------------------------------===//

#include "targets/cuda/CudaLowering.h"

#include "targets/common/DeviceLowering.h"
#include "targets/cuda/CudaGroupMatrix.h"
#include "targets/cuda/CudaMatrix.h"
#include "targets/cuda/CudaTileCopy.h"

#include "mlir/Conversion/GPUToNVVM/GPUToNVVMPass.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/ModuleTranslation.h"

using namespace mlir;
using namespace portico;

namespace {

enum Space : unsigned { kGeneric = 0, kGlobal = 1, kShared = 3 };

/// The most that a kernel may set aside in its code; beyond it the memory has to
/// come with the launch.
constexpr uint64_t kMostStaticShared = 48 << 10;

/// The swizzle of bulk copies and matrix instructions is one of addresses and repeats after
/// 1024 bytes; vector loads want 16.
constexpr uint64_t kSharedAlignment = 1024;

unsigned numberOf(gpu::AddressSpace space) {
  switch (space) {
  case gpu::AddressSpace::Global:
    return kGlobal;
  case gpu::AddressSpace::Workgroup:
    return kShared;
  case gpu::AddressSpace::Private:
    // LLVM finds the memory of a thread's own (`local`) by itself.
    return kGeneric;
  }
  llvm_unreachable("an address space that gpu does not have");
}

DeviceDialect nvvm() {
  DeviceDialect dialect;
  dialect.addressSpace = numberOf;
  dialect.populate = [](LLVMTypeConverter &types, RewritePatternSet &patterns) {
    populateGpuToNVVMConversionPatterns(types, patterns);
    cuda::populateMatrixPatterns(types, patterns);
    cuda::populateGroupMatrixPatterns(types, patterns);
    cuda::populateTileCopyPatterns(types, patterns);
  };
  dialect.configure = [](ConversionTarget &target) {
    configureGpuToNVVMConversionLegality(target);
    // MLIR would rather have NVIDIA's library; these are instructions.
    target.addLegalOp<LLVM::CopySignOp, LLVM::FAbsOp, LLVM::FCeilOp, LLVM::FFloorOp, LLVM::FMAOp,
                      LLVM::FTruncOp, LLVM::RoundEvenOp, LLVM::SqrtOp>();
  };
  return dialect;
}

/// The translation wants the functions at the top of a module.
void unpack(gpu::GPUModuleOp kernels) {
  for (Operation &op : llvm::make_early_inc_range(*kernels.getBody()))
    if (!op.hasTrait<OpTrait::IsTerminator>())
      op.moveBefore(kernels);
  kernels.erase();
}

void alignGroupMemory(llvm::Module &module) {
  for (llvm::GlobalVariable &global : module.globals())
    if (global.getAddressSpace() == kShared)
      global.setAlignment(llvm::Align(kSharedAlignment));
}

/// What is left over would be looked for in a library that is not there.
bool callsALibrary(llvm::Module &module, ModuleOp source) {
  for (llvm::Function &function : module)
    if (function.isDeclaration() && !function.isIntrinsic() && !function.use_empty()) {
      source.emitError("the code calls '")
          << function.getName() << "', which a kernel cannot; the lowering must expand it";
      return true;
    }
  return false;
}

/// A kernel is launched with the very block it was written for, which is more than
/// MLIR says (`maxntid`: at most that many). One block at a time is enough: to have a
/// processor full of blocks of 64, ptxas gives them 32 registers and spills.
void requireBlock(llvm::Module &module) {
  for (llvm::Function &function : module)
    if (llvm::Attribute block = function.getFnAttribute("nvvm.maxntid"); block.isValid()) {
      function.addFnAttr("nvvm.reqntid", block.getValueAsString());
      function.removeFnAttr("nvvm.maxntid");
      function.addFnAttr("nvvm.minctasm", "1");
    }
}

void rename(llvm::Module &module, StringRef prefix) {
  for (llvm::GlobalValue &value : module.global_values())
    if (!value.getName().starts_with("llvm."))
      value.setName(prefix + value.getName());
}

} // namespace

void cuda::registerLoweringDialects(DialectRegistry &registry) {
  registerDeviceDialects(registry);
  registry.insert<NVVM::NVVMDialect>();
  registerNVVMDialectTranslation(registry);
}

void cuda::detachLargeGroupMemory(llvm::Module &module) {
  for (llvm::GlobalVariable &global : llvm::make_early_inc_range(module.globals())) {
    if (global.getAddressSpace() != kShared ||
        module.getDataLayout().getTypeAllocSize(global.getValueType()) <= kMostStaticShared)
      continue;
    auto *open = llvm::ArrayType::get(llvm::Type::getInt8Ty(module.getContext()), 0);
    auto *outside = new llvm::GlobalVariable(module, open, /*isConstant=*/false,
                                             llvm::GlobalValue::ExternalLinkage, nullptr, "",
                                             &global, llvm::GlobalValue::NotThreadLocal, kShared);
    outside->setAlignment(global.getAlign());
    outside->takeName(&global);
    global.replaceAllUsesWith(outside);
    global.eraseFromParent();
  }
}

cuda::NvvmCode cuda::lowerToNVVM(ModuleOp module, StringRef prefix, llvm::LLVMContext &context) {
  NvvmCode result;
  auto kernels = *module.getOps<gpu::GPUModuleOp>().begin();
  for (auto function : kernels.getOps<gpu::GPUFuncOp>())
    if (std::vector<TensorMap> maps = takeTensorMaps(function); !maps.empty())
      result.tensorMaps[(prefix + function.getName()).str()] = std::move(maps);
  if (failed(lowerToLLVM(kernels, nvvm())))
    return result;
  for (auto function : kernels.getOps<LLVM::LLVMFuncOp>())
    if (auto maps = result.tensorMaps.find((prefix + function.getName()).str());
        maps != result.tensorMaps.end())
      addTensorMapParameters(function, maps->second.size());
  unpack(kernels);
  std::unique_ptr<llvm::Module> code = translateModuleToLLVMIR(module, context);
  if (!code || callsALibrary(*code, module))
    return result;
  alignGroupMemory(*code);
  requireBlock(*code);
  rename(*code, prefix);
  result.module = std::move(code);
  return result;
}
