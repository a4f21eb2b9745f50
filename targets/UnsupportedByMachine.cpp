//===- UnsupportedByMachine.cpp - what a machine cannot do ------------------===//

#include "targets/UnsupportedByMachine.h"

#include "llvm/Support/raw_ostream.h"

using namespace portico;

char UnsupportedByMachine::ID = 0;

void UnsupportedByMachine::log(llvm::raw_ostream &os) const { os << text; }

std::error_code UnsupportedByMachine::convertToErrorCode() const {
  return llvm::inconvertibleErrorCode();
}
