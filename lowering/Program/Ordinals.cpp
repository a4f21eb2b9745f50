//===- Ordinals.cpp - which op of the user's program an op came from --------===//

#include "lowering/Program/Ordinals.h"

#include "mlir/IR/BuiltinAttributes.h"

using namespace mlir;
using namespace portico;

std::vector<std::string> portico::numberOps(func::FuncOp function) {
  std::vector<std::string> names;
  MLIRContext *context = function.getContext();
  auto type = IntegerType::get(context, 64);
  for (Operation &op : function.getBody().front().without_terminator()) {
    auto number = IntegerAttr::get(type, int64_t(names.size()));
    op.setLoc(FusedLoc::get(context, {op.getLoc()}, number));
    names.push_back(op.getName().stripDialect().str());
  }
  return names;
}

int64_t portico::ordinalOf(Location location) {
  if (auto fused = dyn_cast<FusedLoc>(location)) {
    if (auto number = dyn_cast_or_null<IntegerAttr>(fused.getMetadata()))
      return number.getInt();
    for (Location inner : fused.getLocations())
      if (int64_t ordinal = ordinalOf(inner); ordinal >= 0)
        return ordinal;
  } else if (auto call = dyn_cast<CallSiteLoc>(location)) {
    // An inlined op belongs to the op that called it.
    int64_t ordinal = ordinalOf(call.getCaller());
    return ordinal >= 0 ? ordinal : ordinalOf(call.getCallee());
  } else if (auto name = dyn_cast<NameLoc>(location)) {
    return ordinalOf(name.getChildLoc());
  }
  return -1;
}

std::string portico::userLine(Location location) {
  if (auto file = dyn_cast<FileLineColLoc>(location))
    return (file.getFilename().getValue() + ":" + Twine(file.getLine())).str();
  if (auto fused = dyn_cast<FusedLoc>(location)) {
    for (Location inner : fused.getLocations())
      if (std::string line = userLine(inner); !line.empty())
        return line;
  } else if (auto call = dyn_cast<CallSiteLoc>(location)) {
    std::string line = userLine(call.getCaller());
    return line.empty() ? userLine(call.getCallee()) : line;
  } else if (auto name = dyn_cast<NameLoc>(location)) {
    return userLine(name.getChildLoc());
  }
  return "";
}
