// compiler.h - the parts of the compile half.
//
//   pipeline.cpp   bytecode -> upstream passes -> LLVM dialect -> LLVM IR
//   codegen.cpp    entry points that the driver calls, LLVM's optimiser, an object
//   library.cpp    the hand-written product: what it costs, and an object that calls it
//   link.cpp       objects -> a shared object, by lld
//   compiler.cpp   the C table of portico/plugin.h

#ifndef EXAMPLE_COMPILER_H
#define EXAMPLE_COMPILER_H

#include "portico/plugin.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <string>

namespace example {

// The one machine: 256-bit vectors with fused multiply-add.
constexpr const char *kArch = "virtual1";
constexpr const char *kProcessor = "x86-64-v3";

/// A module of kernels, as Portico sends it, to LLVM IR.
llvm::Expected<std::unique_ptr<llvm::Module>> lower(llvm::StringRef bytecode,
                                                    llvm::LLVMContext &context);

/// Gives each kernel the entry point `prefix + name` of the form that the driver calls:
/// void(void **buffers, int64_t begin, int64_t end, int64_t *status).
void addEntryPoints(llvm::Module &module, llvm::StringRef prefix);

llvm::Expected<std::string> emitObject(llvm::Module &module);

/// Microseconds of the hand-written kernel; negative where it does not do the product.
double productCost(const portico_product &product);
llvm::Expected<std::string> productObject(const portico_product &product, llvm::StringRef symbol);

llvm::Expected<std::string> linkObjects(llvm::ArrayRef<llvm::StringRef> objects);

} // namespace example

#endif // EXAMPLE_COMPILER_H
