//===- Trace.h - a program as a flat list of ops ---------------------------===//
//
// The form in which programs cross between the recorder and MLIR: what a flush
// hands to emission, what autodiff gives back, what a call node carries. Values
// are numbered: the inputs first, then the results of the ops in order.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_NATIVE_GRAPH_TRACE_H
#define PORTICO_NATIVE_GRAPH_TRACE_H

#include "python/native/graph/Ref.h"
#include "python/native/graph/SourceLine.h"

#include "dialects/portico/IR/OpTable.h"

#include <string>
#include <vector>

namespace portico::native {

struct TraceOp {
  OpKind kind;
  uint32_t firstOperand = 0, numOperands = 0; // into Trace::operands
  uint32_t firstAttr = 0, numAttrs = 0;       // into Trace::attrs
  uint32_t firstResult = 0, numResults = 0;   // value numbers
  uint32_t location = 0;                      // into Trace::locations
};

struct Trace {
  uint32_t refs = 0;
  /// Never given twice, so that it can stand for the trace in a key.
  uint64_t id = 0;
  uint32_t numInputs = 0;
  std::vector<TraceOp> ops;
  std::vector<uint32_t> operands;
  std::vector<int64_t> attrs;
  std::vector<TensorSpec> specs; // of every value
  std::vector<uint32_t> outputs;
  /// Entry 0 is "not known".
  std::vector<SourceLine> locations = {SourceLine()};

  static Ref<Trace> create();
  static void destroy(Trace *trace) { delete trace; }

  llvm::ArrayRef<uint32_t> operandsOf(const TraceOp &op) const {
    return llvm::ArrayRef<uint32_t>(operands).slice(op.firstOperand, op.numOperands);
  }
  llvm::ArrayRef<int64_t> attrsOf(const TraceOp &op) const {
    return llvm::ArrayRef<int64_t>(attrs).slice(op.firstAttr, op.numAttrs);
  }

  uint32_t addInput(const TensorSpec &spec);
  uint32_t addLocation(const SourceLine &line);
  /// Appends an op and returns the number of its first result.
  uint32_t addOp(OpKind kind, llvm::ArrayRef<uint32_t> operands, llvm::ArrayRef<int64_t> attrs,
                 llvm::ArrayRef<TensorSpec> results, uint32_t location);
  /// Appends the ops of `callee` with its inputs bound to `inputs`; sets the
  /// numbers of its outputs here.
  void inlineCall(const Trace &callee, llvm::ArrayRef<uint32_t> inputs,
                  std::vector<uint32_t> &outputs);
};

} // namespace portico::native

#endif // PORTICO_NATIVE_GRAPH_TRACE_H
