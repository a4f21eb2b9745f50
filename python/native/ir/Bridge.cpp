//===- Bridge.cpp - printing and differentiating traces --------------------===//

#include "python/native/ir/Bridge.h"
#include "python/native/graph/Failure.h"
#include "python/native/ir/Context.h"
#include "python/native/ir/Emission.h"

#include "dialects/portico/Transforms/Autodiff.h"
#include "dialects/portico/Transforms/Simplify.h"
#include "targets/Recovery.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace portico::native {

std::string printTrace(const Trace &trace, bool locations) {
  auto context = makeContext();
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(context.get()));
  emit(trace, *module, "main");
  std::string text;
  llvm::raw_string_ostream out(text);
  OpPrintingFlags flags;
  if (locations)
    flags.enableDebugInfo(true, /*prettyForm=*/true);
  module->print(out, flags);
  return text;
}

static bool buildDerivative(const Trace &forward, const std::vector<bool> &wrt,
                            const std::vector<bool> &available, Derivative &derivative,
                            std::string &error) {
  auto context = makeContext();
  DiagnosticCollector diagnostics(context.get());
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(context.get()));
  func::FuncOp func = emit(forward, *module, "main");
  SmallVector<bool> wrtArgs(wrt.begin(), wrt.end());
  SmallVector<bool> cotangents(forward.outputs.size(), true);
  auto numberOf = [&](const ResidualRef &residual) -> uint32_t {
    return residual.isArgument() ? residual.index
                                 : forward.ops[residual.op].firstResult + residual.index;
  };
  FailureOr<VjpResult> result = buildVjp(func, wrtArgs, cotangents, [&](ResidualRef residual) {
    return available[numberOf(residual)];
  });
  if (failed(result)) {
    error = diagnostics.text();
    return false;
  }
  derivative.trace = importTrace(result->vjp, error);
  if (!derivative.trace)
    return false;
  for (const ResidualRef &residual : result->residuals)
    derivative.residuals.push_back(numberOf(residual));
  derivative.gradOf.assign(result->gradOf.begin(), result->gradOf.end());
  return true;
}

bool differentiate(const Trace &forward, const std::vector<bool> &wrt,
                   const std::vector<bool> &available, Derivative &derivative, std::string &error) {
  bool built = false;
  if (auto said =
          attempt([&] { built = buildDerivative(forward, wrt, available, derivative, error); }))
    raise(ErrorKind::internal, "[backward] the gradient cannot be built; LLVM gives up: " + *said);
  return built;
}

} // namespace portico::native
