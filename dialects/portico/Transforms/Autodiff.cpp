//===- Autodiff.cpp - reverse-mode differentiation --------------------------===//
//
// A function of tensors is one block without control flow, so reverse mode is a
// walk over it from the end: each op that has a cotangent passes one on to each
// operand that matters, by its own rule (DifferentiableOpInterface::vjp), and
// what arrives at a value from several users is summed.
//
// The walk is done on a copy of the forward ops, at the end of which the reverse
// ops grow. Kept whole that is the self-contained form; for the form with
// residuals each forward value that a reverse op reads becomes an argument, and
// the copy is dropped.
//
//===----------------------------------------------------------------------===//

#include "dialects/portico/Transforms/Autodiff.h"

#include "dialects/portico/IR/Builder.h"
#include "dialects/portico/Transforms/Simplify.h"

#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/SetVector.h"

#include <map>

using namespace mlir;
using namespace portico;

static bool isFloatTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && isa<FloatType>(tensor.getElementType());
}

namespace {

/// A function that holds the forward ops and, after them, the reverse ops.
struct Draft {
  func::FuncOp func;                ///< (arguments..., cotangents...)
  SmallVector<Operation *> forward; ///< copies of the forward ops, in order
  SmallVector<Value> grads;         ///< per argument of the forward function; null is zero
};

/// Differentiates one function and those it calls.
class Differentiator {
public:
  FailureOr<Draft> draft(func::FuncOp f, ArrayRef<bool> wrtArgs, ArrayRef<bool> cotangentOfResult);
  FailureOr<func::FuncOp> selfContained(func::FuncOp f, ArrayRef<bool> wrtArgs,
                                        ArrayRef<bool> cotangentOfResult);

private:
  LogicalResult reverse(Operation *op, OpBuilder &builder);
  LogicalResult reverseCall(CallOp call, OpBuilder &builder, ArrayRef<Value> cotangents,
                            ArrayRef<bool> needs, SmallVectorImpl<Value> &grads);
  void findActive(Operation *op);

  /// Functions being differentiated, the outermost first.
  SmallVector<func::FuncOp> stack;
  /// Reverse functions of callees, by callee, needed operands and present cotangents.
  std::map<std::tuple<Operation *, std::vector<bool>, std::vector<bool>>, func::FuncOp> calleeVjps;

  // Of the function on top of the stack:
  /// Values through which a gradient may flow to a wanted argument.
  DenseSet<Value> active;
  DenseMap<Value, Value> cotangentOf;
};

} // namespace

//===----------------------------------------------------------------------===//
// The reverse walk
//===----------------------------------------------------------------------===//

/// An op without a rule counts as active: it is an error only if a cotangent
/// arrives there.
void Differentiator::findActive(Operation *op) {
  if (op->hasTrait<portico::OpTrait::NonDifferentiable>())
    return;
  if (llvm::none_of(op->getOperands(), [&](Value operand) { return active.contains(operand); }))
    return;
  for (Value result : op->getResults())
    if (isFloatTensor(result.getType()))
      active.insert(result);
}

LogicalResult Differentiator::reverse(Operation *op, OpBuilder &builder) {
  SmallVector<Value> cotangents;
  for (Value result : op->getResults())
    cotangents.push_back(cotangentOf.lookup(result));
  if (llvm::none_of(cotangents, [](Value value) { return bool(value); }))
    return success();
  SmallVector<bool> needs;
  for (Value operand : op->getOperands())
    needs.push_back(active.contains(operand));
  if (llvm::none_of(needs, [](bool need) { return need; }))
    return success();

  SmallVector<Value> grads(op->getNumOperands());
  if (auto call = dyn_cast<CallOp>(op)) {
    if (failed(reverseCall(call, builder, cotangents, needs, grads)))
      return failure();
  } else if (auto rule = dyn_cast<DifferentiableOpInterface>(op)) {
    if (failed(rule.vjp(builder, cotangents, needs, grads)))
      return failure();
  } else {
    return op->emitError() << "[" << op->getName().stripDialect()
                           << "] no gradient rule; got a result that the gradient depends on; "
                              "expected a differentiable op; try to compute it without gradient";
  }

  for (auto [operand, need, grad] : llvm::zip_equal(op->getOperands(), needs, grads)) {
    if (!need || !grad)
      continue;
    if (grad.getType() != operand.getType())
      return op->emitError() << "internal error: the gradient rule of " << op->getName()
                             << " gives " << grad.getType() << " for an operand of type "
                             << operand.getType();
    Value &sum = cotangentOf[operand];
    sum = sum ? AddOp::create(builder, op->getLoc(), sum, grad).getResult() : grad;
  }
  return success();
}

/// A call is differentiated as a call of the callee's reverse function. That one
/// computes the callee again; where both are inlined into one program the two
/// computations are the same ops and become one.
LogicalResult Differentiator::reverseCall(CallOp call, OpBuilder &builder,
                                          ArrayRef<Value> cotangents, ArrayRef<bool> needs,
                                          SmallVectorImpl<Value> &grads) {
  auto callee =
      SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(call, call.getCalleeAttr().getAttr());
  if (!callee || callee.isExternal())
    return call.emitError() << "[call] no gradient rule; got callee @" << call.getCallee()
                            << " without a body; expected a function of this module";
  std::vector<bool> wanted(needs.begin(), needs.end()), present;
  SmallVector<Value> operands(call.getOperands());
  for (Value cotangent : cotangents) {
    present.push_back(bool(cotangent));
    if (cotangent)
      operands.push_back(cotangent);
  }
  func::FuncOp &vjp = calleeVjps[{callee, wanted, present}];
  if (!vjp) {
    if (llvm::is_contained(stack, callee))
      return call.emitError() << "[call] no gradient of a recursive function; got @"
                              << call.getCallee() << "; expected calls without recursion";
    // The callee has values of its own.
    auto outerActive = std::move(active);
    auto outerCotangents = std::move(cotangentOf);
    auto made = selfContained(callee, SmallVector<bool>(wanted.begin(), wanted.end()),
                              SmallVector<bool>(present.begin(), present.end()));
    active = std::move(outerActive);
    cotangentOf = std::move(outerCotangents);
    if (failed(made))
      return failure();
    vjp = *made;
    vjp.setPrivate();
  }
  auto reversed = CallOp::create(builder, call.getLoc(), vjp.getResultTypes(),
                                 FlatSymbolRefAttr::get(vjp.getSymNameAttr()), operands);
  unsigned next = 0;
  for (auto [need, grad] : llvm::zip_equal(needs, grads))
    if (need)
      grad = reversed.getResult(next++);
  return success();
}

//===----------------------------------------------------------------------===//
// Drafts
//===----------------------------------------------------------------------===//

static LogicalResult checkRequest(func::FuncOp f, ArrayRef<bool> wrtArgs,
                                  ArrayRef<bool> cotangentOfResult) {
  auto error = [&]() { return f.emitError() << "[autodiff] "; };
  if (f.isExternal() || !f.getBody().hasOneBlock() ||
      !isa<func::ReturnOp>(f.getBody().front().getTerminator()))
    return error() << "cannot differentiate @" << f.getSymName()
                   << "; expected a function of one block that ends in return";
  if (wrtArgs.size() != f.getNumArguments() || cotangentOfResult.size() != f.getNumResults())
    return error() << "request does not fit @" << f.getSymName() << "; got " << wrtArgs.size()
                   << " arguments and " << cotangentOfResult.size() << " results; expected "
                   << f.getNumArguments() << " and " << f.getNumResults();
  for (auto [i, wanted] : llvm::enumerate(wrtArgs))
    if (wanted && !isFloatTensor(f.getArgumentTypes()[i]))
      return error() << "argument " << i << " has no gradient; got " << f.getArgumentTypes()[i]
                     << "; expected a tensor of floating point";
  for (auto [i, given] : llvm::enumerate(cotangentOfResult))
    if (given && !isFloatTensor(f.getResultTypes()[i]))
      return error() << "result " << i << " has no cotangent; got " << f.getResultTypes()[i]
                     << "; expected a tensor of floating point";
  return success();
}

/// Removes ops of the list whose results nobody reads, from the end.
static void eraseDead(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isOpTriviallyDead(&op))
      op.erase();
}

FailureOr<Draft> Differentiator::draft(func::FuncOp f, ArrayRef<bool> wrtArgs,
                                       ArrayRef<bool> cotangentOfResult) {
  if (failed(checkRequest(f, wrtArgs, cotangentOfResult)))
    return failure();
  Block &original = f.getBody().front();
  auto returned = cast<func::ReturnOp>(original.getTerminator());

  SmallVector<Type> inputs(f.getArgumentTypes());
  SmallVector<Location> locs;
  for (BlockArgument argument : f.getArguments())
    locs.push_back(argument.getLoc());
  for (auto [i, given] : llvm::enumerate(cotangentOfResult)) {
    if (!given)
      continue;
    inputs.push_back(f.getResultTypes()[i]);
    locs.push_back(returned.getLoc());
  }

  OpBuilder builder(f.getContext());
  Draft draft;
  draft.func = func::FuncOp::create(f.getLoc(), (f.getSymName() + ".vjp").str(),
                                    builder.getFunctionType(inputs, {}));
  if (Operation *table = SymbolTable::getNearestSymbolTable(f))
    SymbolTable(table).insert(draft.func, std::next(Block::iterator(f)));
  Block *block = builder.createBlock(&draft.func.getBody(), {}, inputs, locs);

  IRMapping copies;
  for (auto [from, to] : llvm::zip(f.getArguments(), block->getArguments()))
    copies.map(from, to);
  active.clear();
  cotangentOf.clear();
  for (auto [i, wanted] : llvm::enumerate(wrtArgs))
    if (wanted)
      active.insert(block->getArgument(i));
  for (Operation &op : original.without_terminator()) {
    draft.forward.push_back(builder.clone(op, copies));
    findActive(draft.forward.back());
  }

  unsigned next = f.getNumArguments();
  for (auto [i, given] : llvm::enumerate(cotangentOfResult)) {
    if (!given)
      continue;
    Value cotangent = block->getArgument(next++);
    Value &sum = cotangentOf[copies.lookup(returned.getOperand(i))];
    sum = sum ? AddOp::create(builder, returned.getLoc(), sum, cotangent).getResult() : cotangent;
  }
  stack.push_back(f);
  for (Operation *op : llvm::reverse(draft.forward)) {
    if (succeeded(reverse(op, builder)))
      continue;
    stack.pop_back();
    draft.func.erase();
    return failure();
  }
  stack.pop_back();
  for (auto [i, wanted] : llvm::enumerate(wrtArgs))
    draft.grads.push_back(wanted ? cotangentOf.lookup(block->getArgument(i)) : Value());
  return draft;
}

/// Ends the draft with the return of `grads`.
static void finish(Draft &draft, ArrayRef<Value> grads, Location loc) {
  Block &block = draft.func.getBody().front();
  OpBuilder builder = OpBuilder::atBlockEnd(&block);
  func::ReturnOp::create(builder, loc, grads);
  draft.func.setFunctionType(builder.getFunctionType(
      block.getArgumentTypes(), TypeRange(ValueRange(SmallVector<Value>(grads)))));
}

//===----------------------------------------------------------------------===//
// Self-contained
//===----------------------------------------------------------------------===//

FailureOr<func::FuncOp> Differentiator::selfContained(func::FuncOp f, ArrayRef<bool> wrtArgs,
                                                      ArrayRef<bool> cotangentOfResult) {
  FailureOr<Draft> draft = this->draft(f, wrtArgs, cotangentOfResult);
  if (failed(draft))
    return failure();
  Block &block = draft->func.getBody().front();
  OpBuilder builder = OpBuilder::atBlockEnd(&block);
  SmallVector<Value> grads;
  for (auto [i, wanted] : llvm::enumerate(wrtArgs)) {
    if (!wanted)
      continue;
    Expr argument(builder, f.getLoc(), block.getArgument(i));
    grads.push_back(draft->grads[i] ? draft->grads[i] : Value(argument.zeros(argument.type())));
  }
  finish(*draft, grads, f.getLoc());
  eraseDead(block);
  return draft->func;
}

FailureOr<func::FuncOp> portico::buildSelfContainedVjp(func::FuncOp f, ArrayRef<bool> wrtArgs,
                                                       ArrayRef<bool> cotangentOfResult) {
  return Differentiator().selfContained(f, wrtArgs, cotangentOfResult);
}

//===----------------------------------------------------------------------===//
// With residuals
//===----------------------------------------------------------------------===//

/// Values that cost less to make again than to keep: those made from nothing, and
/// those that only view another one, larger or in another order (a contraction
/// reads a permuted operand in place).
static bool isView(Operation *op) {
  return (op->hasTrait<portico::OpTrait::Creation>() && op->getNumOperands() == 0) ||
         isa<BroadcastOp, ReshapeOp, PermuteOp>(op);
}

/// A few instructions per element: less than reading the result from memory.
static bool isCheap(Operation *op) {
  return op->hasTrait<portico::OpTrait::Elementwise>() &&
         !isa<ExpOp, Expm1Op, LogOp, Log1pOp, Log2Op, SinOp, CosOp, TanhOp, ErfOp, PowOp, Atan2Op,
              RemOp>(op);
}

namespace {

/// Cuts the forward ops off a draft.
class Cut {
public:
  Cut(Draft &draft, unsigned numArguments, llvm::function_ref<bool(ResidualRef)> available)
      : draft(draft), numArguments(numArguments), available(available) {
    for (auto [i, op] : llvm::enumerate(draft.forward))
      ordinals[op] = i;
  }
  SmallVector<ResidualRef> run();

private:
  bool isForward(Value value) const;
  ResidualRef refOf(Value value) const;
  bool isViewOfAvailable(Value value) const;
  void keep(Value value);
  bool isKept(Value value) const;
  void keepLess();
  Value outside(Value value, OpBuilder &builder);

  Draft &draft;
  unsigned numArguments;
  llvm::function_ref<bool(ResidualRef)> available;
  DenseMap<Operation *, int> ordinals;
  /// Forward values that become residuals.
  llvm::SetVector<Value> kept;
  /// What stands for a forward value in the reverse part.
  DenseMap<Value, Value> substitutes;
};

} // namespace

bool Cut::isForward(Value value) const {
  auto argument = dyn_cast<BlockArgument>(value);
  return argument ? argument.getArgNumber() < numArguments
                  : ordinals.contains(value.getDefiningOp());
}

ResidualRef Cut::refOf(Value value) const {
  if (auto argument = dyn_cast<BlockArgument>(value))
    return {-1, int(argument.getArgNumber())};
  return {ordinals.lookup(value.getDefiningOp()), int(cast<OpResult>(value).getResultNumber())};
}

/// True of a view that can be made again from values that may be residuals.
bool Cut::isViewOfAvailable(Value value) const {
  Operation *op = value.getDefiningOp();
  return op && isView(op) && llvm::all_of(op->getOperands(), [&](Value operand) {
           return !available || available(refOf(operand)) || isViewOfAvailable(operand);
         });
}

void Cut::keep(Value value) {
  if (!isForward(value))
    return;
  if (!isViewOfAvailable(value)) {
    kept.insert(value);
    return;
  }
  for (Value operand : value.getDefiningOp()->getOperands())
    keep(operand);
}

bool Cut::isKept(Value value) const {
  if (kept.contains(value))
    return true;
  Operation *op = value.getDefiningOp();
  return op && isView(op) &&
         llvm::all_of(op->getOperands(), [&](Value operand) { return isKept(operand); });
}

/// Drops residuals that are cheap to compute from the others. From the last op
/// on: what a dropped one is computed from comes before it and, if dropped later,
/// is computed too.
void Cut::keepLess() {
  SmallVector<Value> sorted(kept.begin(), kept.end());
  llvm::sort(sorted, [&](Value a, Value b) {
    ResidualRef x = refOf(a), y = refOf(b);
    return std::tie(x.op, x.index) < std::tie(y.op, y.index);
  });
  kept = llvm::SetVector<Value>(sorted.begin(), sorted.end());
  for (Value value : llvm::reverse(sorted)) {
    Operation *op = value.getDefiningOp();
    if (op && isCheap(op) &&
        llvm::all_of(op->getOperands(), [&](Value operand) { return isKept(operand); }))
      kept.remove(value);
  }
}

/// What stands for `value` in the reverse part: an argument, or the ops that make
/// it again; itself, if it is not of the forward part.
Value Cut::outside(Value value, OpBuilder &builder) {
  if (!isForward(value))
    return value;
  if (Value known = substitutes.lookup(value))
    return known;
  Operation *again = value.getDefiningOp()->clone();
  for (OpOperand &operand : again->getOpOperands())
    operand.set(outside(operand.get(), builder));
  builder.insert(again);
  return substitutes[value] = again->getResult(0);
}

SmallVector<ResidualRef> Cut::run() {
  Block &block = draft.func.getBody().front();
  Block::iterator first =
      draft.forward.empty() ? block.begin() : std::next(Block::iterator(draft.forward.back()));
  auto reverseOps = llvm::make_range(first, block.end());
  for (Operation &op : reverseOps)
    for (Value operand : op.getOperands())
      keep(operand);
  keepLess();

  // New arguments, residuals and then cotangents, after those there are.
  unsigned old = block.getNumArguments();
  SmallVector<ResidualRef> refs;
  for (Value value : kept) {
    refs.push_back(refOf(value));
    substitutes[value] = block.addArgument(value.getType(), value.getLoc());
  }
  for (unsigned i = numArguments; i < old; ++i) {
    BlockArgument cotangent = block.getArgument(i);
    cotangent.replaceAllUsesWith(block.addArgument(cotangent.getType(), cotangent.getLoc()));
  }
  for (Operation &op : llvm::make_early_inc_range(reverseOps)) {
    OpBuilder builder(&op);
    for (OpOperand &operand : op.getOpOperands())
      operand.set(outside(operand.get(), builder));
  }
  for (Operation *op : llvm::reverse(draft.forward))
    op->erase();
  block.eraseArguments(0, old);
  return refs;
}

/// Drops residuals that simplification made useless.
static void dropUnused(func::FuncOp vjp, SmallVectorImpl<ResidualRef> &residuals) {
  llvm::BitVector unused(vjp.getNumArguments());
  SmallVector<ResidualRef> kept;
  for (auto [i, residual] : llvm::enumerate(residuals)) {
    if (vjp.getArgument(i).use_empty())
      unused.set(i);
    else
      kept.push_back(residual);
  }
  (void)vjp.eraseArguments(unused);
  residuals = std::move(kept);
}

FailureOr<VjpResult> portico::buildVjp(func::FuncOp f, ArrayRef<bool> wrtArgs,
                                       ArrayRef<bool> cotangentOfResult,
                                       llvm::function_ref<bool(ResidualRef)> available) {
  FailureOr<Draft> draft = Differentiator().draft(f, wrtArgs, cotangentOfResult);
  if (failed(draft))
    return failure();
  VjpResult result;
  SmallVector<Value> grads;
  for (auto [i, grad] : llvm::enumerate(draft->grads)) {
    if (!grad)
      continue;
    result.gradOf.push_back(i);
    grads.push_back(grad);
  }
  finish(*draft, grads, f.getLoc());

  // Reverse ops that nobody reads must not claim residuals.
  Block &block = draft->func.getBody().front();
  DenseSet<Operation *> forward(draft->forward.begin(), draft->forward.end());
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (!forward.contains(&op) && isOpTriviallyDead(&op))
      op.erase();

  result.residuals = Cut(*draft, f.getNumArguments(), available).run();
  result.vjp = draft->func;
  result.vjp.setFunctionType(
      FunctionType::get(f.getContext(), block.getArgumentTypes(), result.vjp.getResultTypes()));
  if (failed(simplify(result.vjp))) {
    result.vjp.erase();
    return failure();
  }
  dropUnused(result.vjp, result.residuals);
  return result;
}
