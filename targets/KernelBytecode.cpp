//===- KernelBytecode.cpp - kernels as other compilers read them ------------===//

#include "targets/KernelBytecode.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Location.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/raw_ostream.h"

std::string portico::kernelBytecode(mlir::ModuleOp module) {
  module->walk([](mlir::Operation *op) { op->setLoc(mlir::UnknownLoc::get(op->getContext())); });
  std::string bytecode;
  llvm::raw_string_ostream os(bytecode);
  mlir::BytecodeWriterConfig config("MLIR" LLVM_VERSION_STRING);
  // Fails only where an older version of the format is asked for.
  (void)mlir::writeBytecodeToFile(module, os, config);
  return bytecode;
}
