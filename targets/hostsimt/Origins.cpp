//===- Origins.cpp - where code came from, through LLVM's passes ------------===//

#include "targets/hostsimt/Origins.h"
#include "targets/Target.h"

#include "mlir/Dialect/LLVMIR/LLVMAttrs.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/BinaryFormat/Dwarf.h"

using namespace mlir;
using namespace portico;
using namespace portico::hostsimt;

namespace {

/// The first answer that `ask` gives for a part of `location`, outermost first.
template <typename Result>
std::optional<Result> search(Location location,
                             llvm::function_ref<std::optional<Result>(Location)> ask) {
  if (std::optional<Result> found = ask(location))
    return found;
  if (auto fused = dyn_cast<FusedLoc>(location)) {
    for (Location inner : fused.getLocations())
      if (std::optional<Result> found = search<Result>(inner, ask))
        return found;
  } else if (auto call = dyn_cast<CallSiteLoc>(location)) {
    // Inlined code belongs to the line that called it.
    if (std::optional<Result> found = search<Result>(call.getCaller(), ask))
      return found;
    return search<Result>(call.getCallee(), ask);
  } else if (auto name = dyn_cast<NameLoc>(location)) {
    return search<Result>(name.getChildLoc(), ask);
  }
  return std::nullopt;
}

Origin read(Location location) {
  std::optional<int64_t> op = search<int64_t>(location, [](Location part) {
    auto fused = dyn_cast<FusedLoc>(part);
    auto facts = fused ? dyn_cast_or_null<DictionaryAttr>(fused.getMetadata()) : nullptr;
    auto number = facts ? facts.getAs<IntegerAttr>(kKernelOpAttr) : nullptr;
    return number ? std::optional<int64_t>(number.getInt()) : std::nullopt;
  });
  // The program knows the lines of its ops; equal kernels of several lines are one code.
  if (op)
    return {"", int32_t(*op)};
  std::optional<std::string> line = search<std::string>(location, [](Location part) {
    auto file = dyn_cast<FileLineColLoc>(part);
    return file ? std::optional<std::string>(
                      (file.getFilename().getValue() + ":" + Twine(file.getLine())).str())
                : std::nullopt;
  });
  return {line.value_or(""), -1};
}

LLVM::DISubprogramAttr describe(gpu::GPUFuncOp function) {
  MLIRContext *context = function.getContext();
  auto file = LLVM::DIFileAttr::get(context, "kernel", "");
  auto unit = LLVM::DICompileUnitAttr::get(
      DistinctAttr::create(UnitAttr::get(context)), llvm::dwarf::DW_LANG_C, file,
      StringAttr::get(context, "portico"), /*isOptimized=*/true,
      LLVM::DIEmissionKind::LineTablesOnly);
  auto type = LLVM::DISubroutineTypeAttr::get(context, llvm::dwarf::DW_CC_normal, {});
  return LLVM::DISubprogramAttr::get(
      context, DistinctAttr::create(UnitAttr::get(context)), unit, file, function.getNameAttr(),
      function.getNameAttr(), file, /*line=*/1, /*scopeLine=*/1,
      LLVM::DISubprogramFlags::Definition | LLVM::DISubprogramFlags::Optimized, type,
      /*retainedNodes=*/{}, /*annotations=*/{});
}

} // namespace

Location Origins::number(Location location) {
  auto [entry, fresh] = numbers.try_emplace(location, unsigned(origins.size() + 1));
  if (fresh)
    origins.push_back(read(location));
  return FileLineColLoc::get(location.getContext(), "kernel", entry->second, 0);
}

void Origins::take(gpu::GPUModuleOp module) {
  for (auto function : module.getOps<gpu::GPUFuncOp>()) {
    function.walk([&](Operation *op) { op->setLoc(number(op->getLoc())); });
    function->setLoc(FusedLoc::get(module.getContext(), {function.getLoc()}, describe(function)));
  }
}

Origin Origins::of(const llvm::DebugLoc &location) const {
  unsigned line = location ? location.getLine() : 0;
  return line && line <= origins.size() ? origins[line - 1] : Origin();
}
