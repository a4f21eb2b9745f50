//===- Trace.cpp - a program as a flat list of ops -------------------------===//

#include "python/native/graph/Trace.h"

namespace portico::native {

Ref<Trace> Trace::create() {
  static uint64_t lastId = 0;
  Trace *trace = new Trace();
  trace->id = ++lastId;
  return Ref<Trace>(trace);
}

uint32_t Trace::addInput(const TensorSpec &spec) {
  assert(ops.empty() && "inputs come before ops");
  specs.push_back(spec);
  return numInputs++;
}

uint32_t Trace::addLocation(const SourceLine &line) {
  if (line.file.empty())
    return 0;
  // Neighbours come from the same line more often than not.
  const SourceLine &last = locations.back();
  if (last.line == line.line && last.column == line.column && last.file == line.file)
    return locations.size() - 1;
  locations.push_back(line);
  return locations.size() - 1;
}

uint32_t Trace::addOp(OpKind kind, llvm::ArrayRef<uint32_t> opOperands,
                      llvm::ArrayRef<int64_t> opAttrs, llvm::ArrayRef<TensorSpec> results,
                      uint32_t location) {
  TraceOp op;
  op.kind = kind;
  op.firstOperand = operands.size();
  op.numOperands = opOperands.size();
  op.firstAttr = attrs.size();
  op.numAttrs = opAttrs.size();
  op.firstResult = specs.size();
  op.numResults = results.size();
  op.location = location;
  operands.insert(operands.end(), opOperands.begin(), opOperands.end());
  attrs.insert(attrs.end(), opAttrs.begin(), opAttrs.end());
  specs.insert(specs.end(), results.begin(), results.end());
  ops.push_back(op);
  return op.firstResult;
}

void Trace::inlineCall(const Trace &callee, llvm::ArrayRef<uint32_t> inputs,
                       std::vector<uint32_t> &calleeOutputs) {
  std::vector<uint32_t> numbers(callee.specs.size());
  for (uint32_t i = 0; i < callee.numInputs; ++i)
    numbers[i] = inputs[i];
  llvm::SmallVector<uint32_t, 8> mapped;
  for (const TraceOp &op : callee.ops) {
    mapped.clear();
    for (uint32_t operand : callee.operandsOf(op))
      mapped.push_back(numbers[operand]);
    llvm::ArrayRef<TensorSpec> results(&callee.specs[op.firstResult], op.numResults);
    uint32_t first = addOp(op.kind, mapped, callee.attrsOf(op), results,
                           addLocation(callee.locations[op.location]));
    for (uint32_t i = 0; i < op.numResults; ++i)
      numbers[op.firstResult + i] = first + i;
  }
  for (uint32_t output : callee.outputs)
    calleeOutputs.push_back(numbers[output]);
}

} // namespace portico::native
