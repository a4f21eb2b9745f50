//===- AutodiffPass.cpp - portico-autodiff ----------------------------------===//

#include "dialects/portico/Transforms/Autodiff.h"
#include "dialects/portico/Transforms/Passes.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"

using namespace mlir;
using namespace portico;

namespace portico {
#define GEN_PASS_DEF_PORTICOAUTODIFF
#include "portico/Passes.h.inc"
} // namespace portico

/// Marks the functions that the pass differentiates when no name is given.
static constexpr llvm::StringLiteral kRequest = "portico.differentiate";

/// One flag per type: those listed, or all of floating point when none is.
static FailureOr<SmallVector<bool>> flags(func::FuncOp f, StringRef what, TypeRange types,
                                          ArrayRef<int64_t> listed) {
  SmallVector<bool> result(types.size(), false);
  for (int64_t index : listed) {
    if (index < 0 || index >= int64_t(types.size()))
      return f.emitError() << "[autodiff] no such " << what << "; got " << index
                           << "; expected 0 to " << int64_t(types.size()) - 1;
    result[index] = true;
  }
  if (listed.empty())
    for (auto [flag, type] : llvm::zip_equal(result, types))
      flag = isa<FloatType>(getElementTypeOrSelf(type));
  return result;
}

/// `@f.fwd`: the forward function that also returns the residuals.
static void buildForward(func::FuncOp f, ArrayRef<ResidualRef> residuals) {
  func::FuncOp forward = f.clone();
  forward.setSymName((f.getSymName() + ".fwd").str());
  Block &block = forward.getBody().front();
  SmallVector<Operation *> ops;
  for (Operation &op : block)
    ops.push_back(&op);
  auto returned = cast<func::ReturnOp>(block.getTerminator());
  for (const ResidualRef &ref : residuals) {
    Value value =
        ref.isArgument() ? Value(block.getArgument(ref.index)) : ops[ref.op]->getResult(ref.index);
    returned->insertOperands(returned->getNumOperands(), value);
  }
  forward.setFunctionType(
      FunctionType::get(f.getContext(), block.getArgumentTypes(), returned->getOperandTypes()));
  SymbolTable(SymbolTable::getNearestSymbolTable(f)).insert(forward, std::next(Block::iterator(f)));
}

namespace {

struct AutodiffPass : portico::impl::PorticoAutodiffBase<AutodiffPass> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<func::FuncOp> requested;
    for (auto f : getOperation().getOps<func::FuncOp>())
      if (function.empty() ? f->hasAttr(kRequest) : f.getSymName() == function)
        requested.push_back(f);
    if (!function.empty() && requested.empty()) {
      getOperation().emitError() << "[autodiff] no such function; got @" << function.getValue();
      return signalPassFailure();
    }
    for (func::FuncOp f : requested) {
      f->removeAttr(kRequest);
      if (failed(differentiate(f)))
        return signalPassFailure();
    }
  }

  LogicalResult differentiate(func::FuncOp f) {
    auto wrtArgs = flags(f, "argument", f.getArgumentTypes(), wrt);
    auto given = flags(f, "result", f.getResultTypes(), cotangents);
    if (failed(wrtArgs) || failed(given))
      return failure();
    if (!residuals)
      return buildSelfContainedVjp(f, *wrtArgs, *given);

    FailureOr<VjpResult> result = buildVjp(f, *wrtArgs, *given);
    if (failed(result))
      return failure();
    Builder builder(f.getContext());
    SmallVector<Attribute> refs;
    for (const ResidualRef &ref : result->residuals)
      refs.push_back(ref.isArgument() ? Attribute(builder.getI64IntegerAttr(ref.index))
                                      : builder.getDenseI64ArrayAttr({ref.op, ref.index}));
    SmallVector<int64_t> gradOf(result->gradOf.begin(), result->gradOf.end());
    result->vjp->setAttr("portico.residuals", builder.getArrayAttr(refs));
    result->vjp->setAttr("portico.grad_of", builder.getDenseI64ArrayAttr(gradOf));
    buildForward(f, result->residuals);
    return success();
  }
};

} // namespace
