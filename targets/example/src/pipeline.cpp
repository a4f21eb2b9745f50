// pipeline.cpp - a kernel module to LLVM IR, by upstream's passes alone.

#include "compiler.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Index/IR/IndexDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace {

// Vectors of any rank to vectors of one dimension, structure to branches, then every dialect to
// LLVM's. Memory arguments become plain pointers: their sizes are in the code.
constexpr const char *kPasses =
    "func.func(convert-vector-to-scf),expand-strided-metadata,lower-affine,"
    "arith-expand{include-bf16=true},convert-scf-to-cf,canonicalize,cse,"
    "convert-vector-to-llvm,finalize-memref-to-llvm,convert-math-to-llvm,convert-arith-to-llvm,"
    "convert-index-to-llvm,convert-ub-to-llvm,"
    "convert-func-to-llvm{use-bare-ptr-memref-call-conv=true},convert-cf-to-llvm,"
    "reconcile-unrealized-casts";

const DialectRegistry &dialects() {
  static const DialectRegistry *registry = [] {
    auto *made = new DialectRegistry;
    made->insert<affine::AffineDialect, arith::ArithDialect, cf::ControlFlowDialect,
                 func::FuncDialect, index::IndexDialect, LLVM::LLVMDialect, math::MathDialect,
                 memref::MemRefDialect, scf::SCFDialect, ub::UBDialect, vector::VectorDialect>();
    registerBuiltinDialectTranslation(*made);
    registerLLVMDialectTranslation(*made);
    registerConversionPasses();
    registerTransformsPasses();
    arith::registerArithPasses();
    memref::registerMemRefPasses();
    return made;
  }();
  return *registry;
}

} // namespace

llvm::Expected<std::unique_ptr<llvm::Module>> example::lower(llvm::StringRef bytecode,
                                                             llvm::LLVMContext &llvmContext) {
  MLIRContext context(dialects(), MLIRContext::Threading::DISABLED);
  // Attributes of Portico's, such as portico.noalias on arguments, are hints.
  context.allowUnregisteredDialects();
  std::string messages;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    messages += diagnostic.str() + "\n";
    return success();
  });
  auto failed = [&](const char *what) { return llvm::createStringError(what + messages); };
  auto module = parseSourceString<ModuleOp>(bytecode, ParserConfig(&context));
  if (!module)
    return failed("the bytecode cannot be read: ");
  // Two arguments may be the same memory unless the hint says otherwise.
  module->walk([&](func::FuncOp function) {
    for (unsigned i = 0; i < function.getNumArguments(); ++i)
      if (function.removeArgAttr(i, "portico.noalias"))
        function.setArgAttr(i, "llvm.noalias", UnitAttr::get(&context));
  });
  PassManager passes(&context);
  if (mlir::failed(parsePassPipeline(kPasses, passes)))
    return failed("the pipeline is wrong: ");
  if (mlir::failed(passes.run(*module)))
    return failed("the kernel cannot be lowered: ");
  std::unique_ptr<llvm::Module> code = translateModuleToLLVMIR(*module, llvmContext);
  if (!code)
    return failed("the kernel cannot be translated: ");
  return std::move(code);
}
