//===- OpTable.cpp - the generated table -----------------------------------===//

#include "dialects/portico/IR/OpTable.h"

#include "portico/Inference.h.inc"

#include "llvm/ADT/StringMap.h"

using namespace llvm;
using namespace portico;

#include "portico/OpTable.cpp.inc"

static_assert(std::size(table) == static_cast<size_t>(OpKind::count));

const OpInfo &portico::opInfo(OpKind kind) {
  assert(kind < OpKind::count && "no such op");
  return table[static_cast<size_t>(kind)];
}

const OpInfo *portico::findOp(StringRef name) {
  static const StringMap<const OpInfo *> byName = [] {
    StringMap<const OpInfo *> map;
    for (const OpInfo &op : table)
      map[op.name] = &op;
    return map;
  }();
  name.consume_front("portico.");
  return byName.lookup(name);
}
