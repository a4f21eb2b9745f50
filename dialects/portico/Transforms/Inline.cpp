//===- Inline.cpp - replaces calls by the bodies they call ------------------===//

#include "dialects/portico/Transforms/Inline.h"

#include "dialects/portico/Transforms/Passes.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/IR/SymbolTable.h"

using namespace mlir;
using namespace portico;

namespace portico {
#define GEN_PASS_DEF_PORTICOINLINE
#include "portico/Passes.h.inc"
} // namespace portico

namespace {

class Inliner {
public:
  explicit Inliner(func::FuncOp root) { stack.push_back(root); }

  LogicalResult run() {
    SmallVector<CallOp> calls;
    stack.front().walk([&](CallOp call) { calls.push_back(call); });
    for (CallOp call : calls)
      if (failed(expand(call)))
        return failure();
    return success();
  }

private:
  LogicalResult expand(CallOp call);

  SymbolTableCollection symbols;
  /// The functions whose bodies the call at hand is in, the outermost first.
  SmallVector<func::FuncOp> stack;
};

} // namespace

LogicalResult Inliner::expand(CallOp call) {
  auto callee = symbols.lookupNearestSymbolFrom<func::FuncOp>(call, call.getCalleeAttr());
  if (!callee || callee.isExternal() || !callee.getBody().hasOneBlock())
    return call.emitError() << "[call] cannot be inlined; got callee @" << call.getCallee()
                            << "; expected a function of one block in this module";
  if (llvm::is_contained(stack, callee))
    return call.emitError() << "[call] cannot be inlined; got recursion into @" << call.getCallee()
                            << "; expected calls without recursion";
  stack.push_back(callee);
  Block &body = callee.getBody().front();
  OpBuilder builder(call);
  IRMapping copies;
  copies.map(body.getArguments(), call.getOperands());
  SmallVector<CallOp> nested;
  for (Operation &op : body.without_terminator()) {
    Operation *copy = builder.clone(op, copies);
    // The line in the callee, and the line that called it.
    copy->setLoc(CallSiteLoc::get(op.getLoc(), call.getLoc()));
    if (auto inner = dyn_cast<CallOp>(copy))
      nested.push_back(inner);
  }
  SmallVector<Value> results;
  for (Value returned : body.getTerminator()->getOperands())
    results.push_back(copies.lookup(returned));
  call.replaceAllUsesWith(results);
  call.erase();
  for (CallOp inner : nested)
    if (failed(expand(inner)))
      return failure();
  stack.pop_back();
  return success();
}

LogicalResult portico::inlineCalls(func::FuncOp func) {
  return func.isExternal() ? success() : Inliner(func).run();
}

namespace {

struct InlinePass : portico::impl::PorticoInlineBase<InlinePass> {
  void runOnOperation() override {
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (failed(inlineCalls(func)))
        return signalPassFailure();
    // Nothing is called any more: only what the outside can name stays.
    for (auto func : llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>()))
      if (func.isPrivate() && SymbolTable::symbolKnownUseEmpty(func, getOperation()))
        func.erase();
  }
};

} // namespace
