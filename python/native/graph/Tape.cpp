//===- Tape.cpp - what backward will need ----------------------------------===//

#include "python/native/graph/Tape.h"
#include "python/native/graph/Failure.h"
#include "python/native/graph/Transfer.h"

namespace portico::native {

//===----------------------------------------------------------------------===//
// Tape nodes
//===----------------------------------------------------------------------===//

Ref<TapeNode> TapeNode::create(TapeForm form) {
  static uint64_t lastSequence = 0;
  TapeNode *node = Pool<TapeNode>::create();
  node->form = form;
  node->sequence = ++lastSequence;
  return Ref<TapeNode>(node);
}

void TapeNode::destroy(TapeNode *node) {
  // As in Node::destroy: no recursion along a long history.
  static std::vector<TapeNode *> doomed;
  static bool working = false;
  doomed.push_back(node);
  if (working)
    return;
  working = true;
  while (!doomed.empty()) {
    TapeNode *next = doomed.back();
    doomed.pop_back();
    for (ResultHooks &result : next->resultHooks)
      for (Hook &hook : result.hooks)
        Py_CLEAR(hook.callable);
    for (Hook &hook : next->postHooks)
      Py_CLEAR(hook.callable);
    Py_CLEAR(next->leaf);
    Py_CLEAR(next->callable);
    Pool<TapeNode>::recycle(next);
  }
  working = false;
}

/// What moves elements and computes none: its reverse reads nothing, but the
/// compiler prefers to make its result again from the operand (see Autodiff.cpp),
/// so the operand is kept, without a claim on its version.
static bool isView(OpKind kind) {
  return kind == OpKind::reshape || kind == OpKind::permute || kind == OpKind::broadcast;
}

bool TapeNode::savesAnything() const {
  if (form == TapeForm::op && isView(kind))
    return false;
  for (const TapeOperand &operand : operands)
    if (operand.saved.value)
      return true;
  return !savedResults.empty();
}

void TapeNode::free() {
  if (form == TapeForm::function) {
    freed = true;
    return;
  }
  if (form != TapeForm::op || freed)
    return;
  freed = savesAnything();
  for (TapeOperand &operand : operands)
    operand.saved = {};
  for (SavedValue &saved : savedResults)
    saved = {};
}

ResultHooks &TapeNode::hooksOf(uint32_t index) {
  for (ResultHooks &hooks : resultHooks)
    if (hooks.index == index)
      return hooks;
  resultHooks.push_back({index, {}, {}});
  return resultHooks.back();
}

std::string TapeNode::name() const {
  if (form == TapeForm::accumulate)
    return "AccumulateGrad";
  if (form == TapeForm::function)
    return label;
  // "dot_general" -> "DotGeneralBackward0"
  std::string text;
  bool upper = true;
  for (const char *c = opInfo(kind).name; *c; ++c) {
    if (*c == '_') {
      upper = true;
      continue;
    }
    text += upper && *c >= 'a' && *c <= 'z' ? char(*c - 'a' + 'A') : *c;
    upper = false;
  }
  return text + "Backward0";
}

static thread_local bool gradEnabled = true;
static thread_local bool inferenceEnabled = false;
bool GradMode::enabled() { return gradEnabled; }
void GradMode::set(bool enabled) { gradEnabled = enabled; }
bool GradMode::inference() { return inferenceEnabled; }
void GradMode::setInference(bool enabled) { inferenceEnabled = enabled; }

//===----------------------------------------------------------------------===//
// Recording
//===----------------------------------------------------------------------===//

/// Position among the operands of the op record: a variadic operand is one.
static int recordOperand(const OpInfo &info, int position, int count) {
  int variadic = info.variadicOperand;
  if (variadic < 0 || position < variadic)
    return position;
  int length = count - (int(info.operands.size()) - 1);
  return position < variadic + length ? variadic : position - length + 1;
}

static SavedValue save(const Tracked &operand) {
  SavedValue saved;
  saved.value = operand.value;
  if (operand.origin) {
    saved.counter = Ref<VersionCounter>(operand.origin->versions());
    saved.version = saved.counter->value;
  }
  return saved;
}

/// A sum among the reductions, a plain or adding scatter: these are linear, and
/// their rules read neither floats nor the result, whatever the record of the
/// whole family says.
static bool isLinearMember(const OpInfo &info, llvm::ArrayRef<int64_t> words) {
  AttrReader reader(words);
  for (const AttrInfo &attr : info.attrs) {
    if (attr.kind == AttrKind::I64Array) {
      (void)reader.array();
      continue;
    }
    if (attr.kind == AttrKind::Elements)
      return false;
    int64_t value = reader.i64();
    if (attr.kind != AttrKind::Enum || size_t(value) >= attr.cases.size())
      continue;
    llvm::StringRef text = attr.cases[value];
    return text == "sum" || text == "add" || text == "set";
  }
  return false;
}

static Ref<TapeNode> tapeFor(const OpInfo &info, llvm::ArrayRef<Tracked> operands,
                             llvm::ArrayRef<int64_t> attrs) {
  Ref<TapeNode> node = TapeNode::create(TapeForm::op);
  node->kind = info.kind;
  node->attrs.assign(attrs.begin(), attrs.end());
  unsigned tracked = 0;
  for (const Tracked &operand : operands)
    tracked += bool(operand.edge);
  bool linear = info.savedOperands && isLinearMember(info, attrs);
  node->operands.resize(operands.size());
  for (size_t i = 0; i < operands.size(); ++i) {
    TapeOperand &slot = node->operands[i];
    slot.spec = operands[i].value->spec;
    slot.serial = operands[i].value->serial;
    slot.edge = operands[i].edge;
    if (isView(info.kind))
      slot.saved.value = operands[i].value;
    if (!(info.savedOperands >> recordOperand(info, i, operands.size()) & 1))
      continue;
    if (info.bilinear && tracked - bool(operands[i].edge) == 0)
      continue;
    if (linear && isFloat(slot.spec.dtype))
      continue;
    slot.saved = save(operands[i]);
  }
  return node;
}

static bool wantsTape(llvm::ArrayRef<Tracked> operands) {
  if (!gradEnabled)
    return false;
  for (const Tracked &operand : operands)
    if (operand.edge)
      return true;
  return false;
}

static void attach(const OpInfo &info, Ref<TapeNode> &node,
                   llvm::MutableArrayRef<Tracked> results) {
  bool anyFloat = false;
  for (Tracked &result : results)
    anyFloat |= isFloat(result.value->spec.dtype);
  if (!anyFloat)
    return;
  const Node &forward = *results[0].value;
  node->device = forward.device;
  node->location =
      forward.form == NodeForm::projection ? forward.operands[0]->location : forward.location;
  bool saves = info.savesResult && !isLinearMember(info, node->attrs);
  for (uint32_t i = 0; i < results.size(); ++i) {
    node->results.push_back(results[i].value->spec);
    node->serials.push_back(results[i].value->serial);
    if (isFloat(results[i].value->spec.dtype))
      results[i].edge = Edge{node, i};
    if (saves) {
      node->savedResults.emplace_back();
      node->savedResults.back().value = results[i].value;
    }
  }
}

/// The one device of the operands; false where there are several. A number is at home
/// everywhere.
static bool commonDevice(llvm::ArrayRef<Tracked> operands, DeviceId &device) {
  device = anywhere;
  for (const Tracked &operand : operands) {
    const Node *node = operand.value.get();
    if (node->form == NodeForm::scalar || node->device == anywhere || node->device == device)
      continue;
    if (device != anywhere)
      return false;
    device = node->device;
  }
  return true;
}

[[noreturn]] static void failDevices(const OpInfo &info, DeviceId a, DeviceId b) {
  raise(ErrorKind::runtime,
        std::string("[") + info.name +
            "] Expected all tensors to be on the same device, but found at least two devices, " +
            deviceName(a) + " and " + deviceName(b) + "!; got " + deviceName(a) + " and " +
            deviceName(b) + "; expected one; try .to(device)");
}

/// Operands on several devices: a tensor of the host without dimensions goes with any
/// others, as in PyTorch. Returns the device of the others.
static DeviceId meet(const OpInfo &info, llvm::SmallVectorImpl<Tracked> &operands) {
  DeviceId device = anywhere;
  for (const Tracked &operand : operands)
    if (operand.value->form != NodeForm::scalar && operand.value->device != anywhere &&
        operand.value->device != hostDevice)
      device = operand.value->device;
  for (Tracked &operand : operands) {
    DeviceId own = operand.value->device;
    if (own == device || own == anywhere || operand.value->form == NodeForm::scalar)
      continue;
    Ref<Node> number = unsettled(operand.value);
    if (!number) {
      const Tracked &front = operands.front();
      failDevices(info, front.value->device == anywhere ? device : front.value->device,
                  front.value->device == own ? device : own);
    }
    operand.value = number;
  }
  return device;
}

using NodeList = llvm::SmallVector<Node *, 4>;
static NodeList nodesOf(llvm::ArrayRef<Tracked> operands) {
  NodeList nodes;
  for (const Tracked &operand : operands)
    nodes.push_back(operand.value.get());
  return nodes;
}

Tracked applyKnown(OpKind kind, llvm::ArrayRef<Tracked> operands, llvm::ArrayRef<int64_t> attrs,
                   TensorSpec spec) {
  const OpInfo &info = opInfo(kind);
  DeviceId device;
  llvm::SmallVector<Tracked, 4> together;
  if (LLVM_UNLIKELY(!commonDevice(operands, device))) {
    together.assign(operands.begin(), operands.end());
    device = meet(info, together);
    operands = together;
  }
  Tracked result;
  result.value = Node::op(kind, nodesOf(operands), attrs, std::move(spec), device);
  if (wantsTape(operands)) {
    Ref<TapeNode> node = tapeFor(info, operands, attrs);
    attach(info, node, result);
  }
  return result;
}

void apply(OpKind kind, llvm::ArrayRef<Tracked> operands, llvm::ArrayRef<int64_t> attrs,
           llvm::SmallVectorImpl<Tracked> &results) {
  const OpInfo &info = opInfo(kind);
  llvm::SmallVector<TensorSpec, 4> operandSpecs, resultSpecs;
  for (const Tracked &operand : operands)
    operandSpecs.push_back(operand.value->spec);
  std::string error;
  if (!info.infer(info, operandSpecs, attrs, resultSpecs, error))
    raise(ErrorKind::runtime, std::string("[") + info.name + "] " + error);
  if (resultSpecs.size() == 1) {
    results.push_back(applyKnown(kind, operands, attrs, std::move(resultSpecs[0])));
    return;
  }
  DeviceId device;
  llvm::SmallVector<Tracked, 4> together;
  if (LLVM_UNLIKELY(!commonDevice(operands, device))) {
    together.assign(operands.begin(), operands.end());
    device = meet(info, together);
    operands = together;
  }
  llvm::SmallVector<Ref<Node>, 2> nodes;
  Node::multi(kind, nullptr, nodesOf(operands), attrs,
              std::vector<TensorSpec>(resultSpecs.begin(), resultSpecs.end()), device, nodes);
  size_t first = results.size();
  for (Ref<Node> &node : nodes) {
    results.emplace_back();
    results.back().value = std::move(node);
  }
  if (wantsTape(operands)) {
    Ref<TapeNode> node = tapeFor(info, operands, attrs);
    attach(info, node, llvm::MutableArrayRef<Tracked>(results).drop_front(first));
  }
}

Tracked apply(OpKind kind, llvm::ArrayRef<Tracked> operands, llvm::ArrayRef<int64_t> attrs) {
  llvm::SmallVector<Tracked, 1> results;
  apply(kind, operands, attrs, results);
  return results[0];
}

} // namespace portico::native
