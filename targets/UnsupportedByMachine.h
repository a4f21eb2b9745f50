//===- UnsupportedByMachine.h - what a machine cannot do --------------------===//

#ifndef PORTICO_TARGETS_UNSUPPORTEDBYMACHINE_H
#define PORTICO_TARGETS_UNSUPPORTEDBYMACHINE_H

#include "llvm/Support/Error.h"

#include <string>

namespace portico {

/// A program asks for what its machine does not have, such as f64: neither the compiler
/// nor the program is wrong, they do not go together. Any other error of `compileKernel`
/// is a mistake in the compiler.
class UnsupportedByMachine : public llvm::ErrorInfo<UnsupportedByMachine> {
public:
  static char ID;

  explicit UnsupportedByMachine(std::string text) : text(std::move(text)) {}

  void log(llvm::raw_ostream &os) const override;
  std::error_code convertToErrorCode() const override;

private:
  std::string text;
};

} // namespace portico

#endif // PORTICO_TARGETS_UNSUPPORTEDBYMACHINE_H
