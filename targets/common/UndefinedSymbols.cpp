//===- UndefinedSymbols.cpp - what an object wants from elsewhere -----------===//

#include "targets/common/UndefinedSymbols.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Object/ObjectFile.h"

using namespace llvm;

Error portico::checkUndefinedSymbols(StringRef object, ArrayRef<StringRef> provided) {
  auto file = object::ObjectFile::createObjectFile(MemoryBufferRef(object, "kernel"));
  if (!file)
    return file.takeError();
  for (const object::SymbolRef &symbol : (*file)->symbols()) {
    Expected<uint32_t> flags = symbol.getFlags();
    if (!flags)
      return flags.takeError();
    Expected<StringRef> name = symbol.getName();
    if (!name)
      return name.takeError();
    bool undefined = (*flags & object::SymbolRef::SF_Undefined) && !name->empty();
    if (undefined && !is_contained(provided, *name))
      return createStringError("the code calls '" + name->str() +
                               "', which a kernel cannot; the lowering must expand it");
  }
  return Error::success();
}
