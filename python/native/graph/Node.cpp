//===- Node.cpp - one recorded value ---------------------------------------===//

#include "python/native/graph/Node.h"
#include "python/native/graph/Counters.h"

#include "llvm/ADT/APFloat.h"

#include <cstring>

namespace portico::native {

static Node *fresh(NodeForm form, OpKind kind, DeviceId device) {
  static uint64_t lastSerial = 0;
  Node *node = Pool<Node>::create();
  node->serial = ++lastSerial;
  node->form = form;
  node->kind = kind;
  node->device = device;
  return node;
}

static void setOperands(Node *node, llvm::ArrayRef<Node *> operands) {
  node->operands.reserve(operands.size());
  for (Node *operand : operands)
    node->operands.emplace_back(operand);
}

Ref<Node> Node::op(OpKind kind, llvm::ArrayRef<Node *> operands, llvm::ArrayRef<int64_t> attrs,
                   TensorSpec spec, DeviceId device) {
  Node *node = fresh(NodeForm::op, kind, device);
  setOperands(node, operands);
  node->attrs.assign(attrs.begin(), attrs.end());
  node->spec = std::move(spec);
  node->location = Location::here();
  ++counters().opsRecorded;
  ++counters().pendingOps;
  return Ref<Node>(node);
}

void Node::multi(OpKind kind, Ref<Trace> callee, llvm::ArrayRef<Node *> operands,
                 llvm::ArrayRef<int64_t> attrs, std::vector<TensorSpec> specs, DeviceId device,
                 llvm::SmallVectorImpl<Ref<Node>> &results) {
  Ref<Node> node(fresh(NodeForm::multi, kind, device));
  setOperands(node.get(), operands);
  node->attrs.assign(attrs.begin(), attrs.end());
  node->location = Location::here();
  uint64_t ops = callee ? callee->ops.size() : 1;
  node->callee = std::move(callee);
  node->results = std::make_unique<MultiResults>();
  node->results->specs = std::move(specs);
  counters().opsRecorded += ops;
  counters().pendingOps += ops;
  for (size_t i = 0; i < node->results->specs.size(); ++i) {
    Node *projection = fresh(NodeForm::projection, kind, device);
    projection->operands.push_back(node);
    projection->bits = i;
    projection->spec = node->results->specs[i];
    node->results->projections.push_back(projection);
    results.emplace_back(projection);
  }
}

Ref<Node> Node::scalar(DType dtype, uint64_t bits, DeviceId device) {
  Node *node = fresh(NodeForm::scalar, {}, device);
  node->spec.dtype = dtype;
  node->bits = bits;
  return Ref<Node>(node);
}

Ref<Node> Node::leaf(TensorSpec spec, Buffer value, DeviceId device) {
  Node *node = fresh(NodeForm::value, {}, device);
  node->spec = std::move(spec);
  node->value = std::move(value);
  return Ref<Node>(node);
}

void Node::leavePending() {
  if (form == NodeForm::op || form == NodeForm::multi)
    counters().pendingOps -= callee ? callee->ops.size() : 1;
  else if (form == NodeForm::projection && !operands.empty())
    operands[0]->results->projections[bits] = nullptr;
}

Node::~Node() { leavePending(); }

void Node::evaluated(Buffer buffer) {
  leavePending();
  value = std::move(buffer);
  form = NodeForm::value;
  attrs.clear();
  callee = nullptr;
  // Moved out first: dropping an operand may run far.
  auto dropped = std::move(operands);
  operands.clear();
}

void Node::destroy(Node *node) {
  // A chain of a million nodes must not need a stack of a million frames: the
  // outermost call works off a list that inner calls only append to.
  static std::vector<Node *> doomed;
  static bool working = false;
  doomed.push_back(node);
  if (working)
    return;
  working = true;
  while (!doomed.empty()) {
    Node *next = doomed.back();
    doomed.pop_back();
    Pool<Node>::recycle(next);
  }
  working = false;
}

uint64_t bitsOfDouble(double x, DType dtype) {
  uint64_t bits = 0;
  switch (dtype) {
  case DType::F64:
    std::memcpy(&bits, &x, 8);
    return bits;
  case DType::F32: {
    float f = static_cast<float>(x);
    std::memcpy(&bits, &f, 4);
    return bits;
  }
  case DType::F16:
  case DType::BF16: {
    llvm::APFloat value(x);
    bool lost;
    value.convert(dtype == DType::F16 ? llvm::APFloat::IEEEhalf() : llvm::APFloat::BFloat(),
                  llvm::APFloat::rmNearestTiesToEven, &lost);
    return value.bitcastToAPInt().getZExtValue();
  }
  case DType::Bool:
    return x != 0;
  default:
    return bitsOfInteger(static_cast<int64_t>(x), dtype);
  }
}

uint64_t bitsOfInteger(int64_t x, DType dtype) {
  if (isFloat(dtype))
    return bitsOfDouble(static_cast<double>(x), dtype);
  if (dtype == DType::Bool)
    return x != 0;
  int64_t width = itemSize(dtype) * 8;
  return width == 64 ? uint64_t(x) : uint64_t(x) & ((uint64_t(1) << width) - 1);
}

double doubleOfBits(uint64_t bits, DType dtype) {
  switch (dtype) {
  case DType::F64: {
    double x;
    std::memcpy(&x, &bits, 8);
    return x;
  }
  case DType::F32: {
    float x;
    std::memcpy(&x, &bits, 4);
    return x;
  }
  case DType::F16:
  case DType::BF16: {
    llvm::APFloat value(dtype == DType::F16 ? llvm::APFloat::IEEEhalf() : llvm::APFloat::BFloat(),
                        llvm::APInt(16, bits & 0xffff));
    bool lost;
    value.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &lost);
    return value.convertToDouble();
  }
  default:
    return static_cast<double>(integerOfBits(bits, dtype));
  }
}

int64_t integerOfBits(uint64_t bits, DType dtype) {
  switch (dtype) {
  case DType::Bool:
    return (bits & 0xff) != 0;
  case DType::U8:
    return uint8_t(bits);
  case DType::I8:
    return int8_t(bits);
  case DType::I16:
    return int16_t(bits);
  case DType::I32:
    return int32_t(bits);
  case DType::I64:
    return int64_t(bits);
  default:
    return static_cast<int64_t>(doubleOfBits(bits, dtype));
  }
}

} // namespace portico::native
