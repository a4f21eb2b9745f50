//===- Node.h - one recorded value -----------------------------------------===//
//
// Recording an op makes one node and nothing else: MLIR is built only when a
// flush finds no program for what is pending. A node is immutable but for one
// thing: once it is evaluated it forgets its operands and holds a buffer.
//
// Every node is one value. An op with several results is one `multi` node,
// which is nobody's value, and a `projection` for each result, so that liveness
// of the results needs no bookkeeping of its own.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_NATIVE_GRAPH_NODE_H
#define PORTICO_NATIVE_GRAPH_NODE_H

#include "python/native/graph/Buffer.h"
#include "python/native/graph/Device.h"
#include "python/native/graph/Location.h"
#include "python/native/graph/Ref.h"
#include "python/native/graph/Trace.h"

#include "dialects/portico/IR/OpTable.h"

#include <memory>

namespace portico::native {

enum class NodeForm : uint8_t {
  op,         // pending, one result
  multi,      // pending, several results: an op, or a call where `callee` is set
  projection, // result number `bits` of operand 0
  scalar,     // a number of the user's, in `bits`: an argument at run time
  value,      // evaluated: `value` holds it
};

struct Node;

struct MultiResults {
  std::vector<TensorSpec> specs;
  /// The living projections that are not evaluated, else null.
  std::vector<Node *> projections;
};

struct Node {
  uint32_t refs = 0;
  NodeForm form = NodeForm::op;
  DeviceId device = 0;
  OpKind kind = {};
  /// Scratch of a walk, valid while `epoch` is the walk's.
  uint32_t number = 0;
  uint32_t released = 0;
  uint64_t epoch = 0;
  /// No other node ever has it, while addresses come back.
  uint64_t serial = 0;
  uint64_t bits = 0;
  Location location;
  TensorSpec spec;
  llvm::SmallVector<Ref<Node>, 2> operands;
  llvm::SmallVector<int64_t, 4> attrs;
  Buffer value;
  Ref<Trace> callee;
  std::unique_ptr<MultiResults> results; // of a multi node

  bool pending() const { return form <= NodeForm::projection; }
  uint64_t byteCount() const { return spec.numElements() * itemSize(spec.dtype); }

  static Ref<Node> op(OpKind kind, llvm::ArrayRef<Node *> operands, llvm::ArrayRef<int64_t> attrs,
                      TensorSpec spec, DeviceId device);
  /// The projections of a new multi node.
  static void multi(OpKind kind, Ref<Trace> callee, llvm::ArrayRef<Node *> operands,
                    llvm::ArrayRef<int64_t> attrs, std::vector<TensorSpec> specs, DeviceId device,
                    llvm::SmallVectorImpl<Ref<Node>> &results);
  static Ref<Node> scalar(DType dtype, uint64_t bits, DeviceId device);
  static Ref<Node> leaf(TensorSpec spec, Buffer value, DeviceId device);

  /// The node now holds its value and needs its operands no longer.
  void evaluated(Buffer buffer);

  Node() = default;
  ~Node();
  static void destroy(Node *node);

private:
  void leavePending();
};

/// Bits of a number in the memory layout of a dtype.
uint64_t bitsOfDouble(double x, DType dtype);
uint64_t bitsOfInteger(int64_t x, DType dtype);
double doubleOfBits(uint64_t bits, DType dtype);
int64_t integerOfBits(uint64_t bits, DType dtype);

} // namespace portico::native

#endif // PORTICO_NATIVE_GRAPH_NODE_H
