//===- CodeContext.cpp - an LLVM context whose errors are kept --------------===//

#include "targets/common/CodeContext.h"

#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace portico;

CodeContext::CodeContext() {
  setDiagnosticHandlerCallBack(
      [](const DiagnosticInfo *info, void *self) {
        if (info->getSeverity() != DS_Error)
          return;
        std::string &found = static_cast<CodeContext *>(self)->found;
        raw_string_ostream os(found);
        if (!found.empty())
          os << "; ";
        DiagnosticPrinterRawOStream printer(os);
        info->print(printer);
      },
      this);
}
