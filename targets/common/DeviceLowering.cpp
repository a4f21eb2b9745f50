//===- DeviceLowering.cpp - kernels of the gpu dialect to the LLVM dialect --===//

#include "targets/common/DeviceLowering.h"

#include "dialects/simt/Simt.h"
#include "targets/Target.h"

#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/GPUCommon/GPUCommonPass.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Conversion/VectorToSCF/VectorToSCF.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Index/IR/IndexDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Transforms/Transforms.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Dialect/Vector/Transforms/LoweringPatterns.h"
#include "mlir/Dialect/Vector/Transforms/VectorRewritePatterns.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/GPU/GPUToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;
using namespace portico;

void portico::registerDeviceDialects(DialectRegistry &registry) {
  registry
      .insert<affine::AffineDialect, arith::ArithDialect, cf::ControlFlowDialect, gpu::GPUDialect,
              index::IndexDialect, LLVM::LLVMDialect, math::MathDialect, memref::MemRefDialect,
              scf::SCFDialect, simt::SimtDialect, ub::UBDialect, vector::VectorDialect>();
  registerBuiltinDialectTranslation(registry);
  registerGPUDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
}

void portico::populateVectorExpansions(RewritePatternSet &patterns) {
  populateVectorToSCFConversionPatterns(patterns, VectorTransferToSCFOptions());
  vector::populateVectorToVectorCanonicalizationPatterns(patterns);
  vector::populateVectorBroadcastLoweringPatterns(patterns);
  vector::populateVectorContractLoweringPatterns(patterns,
                                                 vector::VectorContractLowering::OuterProduct);
  vector::populateVectorOuterProductLoweringPatterns(patterns);
  vector::populateVectorMaskOpLoweringPatterns(patterns);
  vector::populateVectorShapeCastLoweringPatterns(patterns);
  vector::populateVectorTransposeLoweringPatterns(patterns,
                                                  vector::VectorTransposeLowering::Shuffle16x16);
  vector::populateVectorMultiReductionLoweringPatterns(
      patterns, vector::VectorMultiReductionLowering::InnerParallel);
  vector::populateVectorMaskMaterializationPatterns(patterns, /*force32BitVectorIndices=*/false);
  vector::populateVectorTransferLoweringPatterns(patterns, /*maxTransferRank=*/1);
  vector::populateVectorGatherLoweringPatterns(patterns);
  vector::populateVectorInsertExtractStridedSliceTransforms(patterns);
  vector::populateVectorStepLoweringPatterns(patterns);
  vector::populateVectorFromElementsUnrollPatterns(patterns);
  vector::populateVectorToElementsUnrollPatterns(patterns);
  memref::populateExpandStridedMetadataPatterns(patterns);
  arith::populateCeilFloorDivExpandOpsPatterns(patterns);
  arith::populateExpandBFloat16Patterns(patterns);
}

LogicalResult portico::structuredToBranches(Operation *op) {
  RewritePatternSet patterns(op->getContext());
  populateSCFToControlFlowConversionPatterns(patterns);
  populateAffineToStdConversionPatterns(patterns);
  ConversionTarget target(*op->getContext());
  target.addIllegalDialect<scf::SCFDialect, affine::AffineDialect>();
  target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
  return applyPartialConversion(op, target, std::move(patterns));
}

void portico::populateCommonToLLVM(LLVMTypeConverter &types, RewritePatternSet &patterns) {
  arith::populateArithToLLVMConversionPatterns(types, patterns);
  cf::populateControlFlowToLLVMConversionPatterns(types, patterns);
  index::populateIndexToLLVMConversionPatterns(types, patterns);
  populateFinalizeMemRefToLLVMConversionPatterns(types, patterns);
  // The dialects of targets bring patterns that call a library for these.
  populateMathToLLVMConversionPatterns(types, patterns, /*approximateLog1p=*/false,
                                       /*benefit=*/10);
  populateVectorToLLVMConversionPatterns(types, patterns);
  ub::populateUBToLLVMConversionPatterns(types, patterns);
}

/// What a device can move at once. Its memory and the pieces that the planner cuts of it
/// start at multiples of 64.
static constexpr int64_t kArgumentAlignment = 16;

/// The numbers of the arguments that share memory with no other.
static SmallVector<unsigned> takeUnaliased(gpu::GPUFuncOp function) {
  SmallVector<unsigned> numbers;
  for (unsigned i = 0; i < function.getNumArguments(); ++i)
    if (function.removeArgAttr(i, kNoAliasAttr))
      numbers.push_back(i);
  return numbers;
}

LogicalResult portico::lowerToLLVM(gpu::GPUModuleOp module, const DeviceDialect &dialect) {
  MLIRContext *context = module.getContext();
  RewritePatternSet expansions(context);
  populateVectorExpansions(expansions);
  if (failed(applyPatternsGreedily(module, std::move(expansions))) ||
      failed(structuredToBranches(module)))
    return failure();
  llvm::StringMap<SmallVector<unsigned>> unaliased;
  for (auto function : module.getOps<gpu::GPUFuncOp>())
    unaliased[function.getName()] = takeUnaliased(function);

  LowerToLLVMOptions options(context);
  options.useBarePtrCallConv = true;
  options.overrideIndexBitwidth(64);
  LLVMTypeConverter types(context, options);
  populateGpuMemorySpaceAttributeConversions(types, dialect.addressSpace);
  RewritePatternSet patterns(context);
  populateCommonToLLVM(types, patterns);
  dialect.populate(types, patterns);
  LLVMConversionTarget target(*context);
  target.addLegalOp<gpu::GPUModuleOp>();
  dialect.configure(target);
  if (failed(applyFullConversion(module, target, std::move(patterns))))
    return failure();

  auto alignment = IntegerAttr::get(IntegerType::get(context, 64), kArgumentAlignment);
  for (auto function : module.getOps<LLVM::LLVMFuncOp>()) {
    for (unsigned i : unaliased.lookup(function.getName()))
      function.setArgAttr(i, LLVM::LLVMDialect::getNoAliasAttrName(), UnitAttr::get(context));
    // The last is the status, a few words somewhere.
    for (unsigned i = 0; i + 1 < function.getNumArguments(); ++i)
      if (isa<LLVM::LLVMPointerType>(function.getArgumentTypes()[i]))
        function.setArgAttr(i, LLVM::LLVMDialect::getAlignAttrName(), alignment);
  }
  return success();
}
