//===- UndefinedSymbols.h - what an object wants from elsewhere -------------===//

#ifndef PORTICO_TARGETS_COMMON_UNDEFINEDSYMBOLS_H
#define PORTICO_TARGETS_COMMON_UNDEFINEDSYMBOLS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

namespace portico {

/// Programs are linked against nothing: an error where the ELF file `object` has an
/// undefined symbol that is not one of `provided`.
llvm::Error checkUndefinedSymbols(llvm::StringRef object,
                                  llvm::ArrayRef<llvm::StringRef> provided = {});

} // namespace portico

#endif // PORTICO_TARGETS_COMMON_UNDEFINEDSYMBOLS_H
