//===- Emission.cpp - traces as functions of the portico dialect -----------===//

#include "python/native/ir/Emission.h"

#include "dialects/portico/IR/Codec.h"

#include "mlir/IR/Builders.h"

#include "llvm/ADT/DenseMap.h"

using namespace mlir;

namespace portico::native {

static SmallVector<Location> locationsOf(const Trace &trace, MLIRContext *context) {
  SmallVector<Location> locations;
  for (const SourceLine &line : trace.locations) {
    if (line.file.empty())
      locations.push_back(UnknownLoc::get(context));
    else
      locations.push_back(FileLineColLoc::get(context, line.file, line.line, line.column));
  }
  return locations;
}

func::FuncOp emit(const Trace &trace, ModuleOp module, llvm::StringRef name) {
  MLIRContext *context = module.getContext();
  SmallVector<Type> types;
  types.reserve(trace.specs.size());
  for (const TensorSpec &spec : trace.specs)
    types.push_back(typeOf(spec, context));
  SmallVector<Type> outputTypes;
  for (uint32_t output : trace.outputs)
    outputTypes.push_back(types[output]);

  OpBuilder builder(context);
  builder.setInsertionPointToEnd(module.getBody());
  auto inputTypes = ArrayRef<Type>(types).take_front(trace.numInputs);
  auto func = func::FuncOp::create(builder, builder.getUnknownLoc(), name,
                                   builder.getFunctionType(inputTypes, outputTypes));
  Block *block = func.addEntryBlock();
  builder.setInsertionPointToStart(block);

  SmallVector<Location> locations = locationsOf(trace, context);
  SmallVector<Value> values(block->args_begin(), block->args_end());
  values.reserve(trace.specs.size());
  for (const TraceOp &op : trace.ops) {
    OperationState state(locations[op.location], opInfo(op.kind).mlirName);
    for (uint32_t operand : trace.operandsOf(op))
      state.operands.push_back(values[operand]);
    for (uint32_t i = 0; i < op.numResults; ++i)
      state.types.push_back(types[op.firstResult + i]);
    decodeAttrs(op.kind, trace.attrsOf(op), state);
    llvm::append_range(values, builder.create(state)->getResults());
  }
  SmallVector<Value> outputs;
  for (uint32_t output : trace.outputs)
    outputs.push_back(values[output]);
  func::ReturnOp::create(builder, builder.getUnknownLoc(), outputs);
  return func;
}

/// The innermost file position of a location.
static SourceLine sourceOf(Location location) {
  SourceLine line;
  location->walk([&](Location inner) {
    if (auto file = dyn_cast<FileLineColLoc>(inner)) {
      line.file = file.getFilename().str();
      line.line = file.getLine();
      line.column = file.getColumn();
      return WalkResult::interrupt();
    }
    return WalkResult::advance();
  });
  return line;
}

Ref<Trace> importTrace(func::FuncOp func, std::string &error) {
  Ref<Trace> trace = Trace::create();
  llvm::DenseMap<Value, uint32_t> numbers;
  for (BlockArgument argument : func.getArguments())
    numbers[argument] = trace->addInput(*specOf(argument.getType()));
  SmallVector<int64_t> attrs;
  for (Operation &op : func.front().without_terminator()) {
    const OpInfo *info = findOp(op.getName().getStringRef());
    if (!info) {
      error = "not a primitive: " + op.getName().getStringRef().str();
      return nullptr;
    }
    SmallVector<uint32_t> operands;
    for (Value operand : op.getOperands())
      operands.push_back(numbers.lookup(operand));
    SmallVector<TensorSpec> results;
    for (Value result : op.getResults())
      results.push_back(*specOf(result.getType()));
    attrs.clear();
    encodeAttrs(&op, attrs);
    uint32_t first = trace->addOp(info->kind, operands, attrs, results,
                                  trace->addLocation(sourceOf(op.getLoc())));
    for (Value result : op.getResults())
      numbers[result] = first++;
  }
  for (Value output : func.front().getTerminator()->getOperands())
    trace->outputs.push_back(numbers.lookup(output));
  return trace;
}

} // namespace portico::native
