//===- CodeContext.h - an LLVM context whose errors are kept ----------------===//

#ifndef PORTICO_TARGETS_COMMON_CODECONTEXT_H
#define PORTICO_TARGETS_COMMON_CODECONTEXT_H

#include "llvm/IR/LLVMContext.h"
#include "llvm/Support/Error.h"

#include <string>

namespace portico {

/// What a code generator finds wrong with a kernel (an argument that its machine has no
/// place for, more group memory than there is) it tells the context and goes on. A
/// context that nobody listens to prints it and ends the process.
class CodeContext : public llvm::LLVMContext {
public:
  CodeContext();

  /// `code`, unless something was found on the way to it.
  template <typename T> llvm::Expected<T> check(llvm::Expected<T> code) const {
    if (found.empty())
      return code;
    llvm::consumeError(code.takeError());
    return llvm::createStringError("no code: " + found);
  }

private:
  std::string found;
};

} // namespace portico

#endif // PORTICO_TARGETS_COMMON_CODECONTEXT_H
