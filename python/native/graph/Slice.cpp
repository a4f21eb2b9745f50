//===- Slice.cpp - what has to run for some values -------------------------===//

#include "python/native/graph/Slice.h"

namespace portico::native {

static uint64_t lastEpoch = 0;

DeviceId Slice::device() const {
  // A gradient can mix devices: that of a number of the host's. The others are the majority.
  DeviceId found = anywhere;
  for (const Node *node : outputs)
    if (node->device != anywhere && (found == anywhere || found == hostDevice))
      found = node->device;
  return found == anywhere ? defaultDevice() : found;
}

static inline uint64_t mix(uint64_t a, uint64_t b) {
  __uint128_t product =
      static_cast<__uint128_t>(a ^ 0xa0761d6478bd642full) * (b ^ 0xe7037ed1a0b428dbull);
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

//===----------------------------------------------------------------------===//
// The walk
//===----------------------------------------------------------------------===//

static void number(Node *node, Slice &slice) {
  node->number = slice.order.size();
  node->released = 0;
  slice.order.push_back(node);
}

static void walk(llvm::ArrayRef<Node *> roots, Slice &slice) {
  uint64_t epoch = ++lastEpoch;
  static std::vector<std::pair<Node *, uint32_t>> stack;
  for (Node *root : roots) {
    if (root->epoch == epoch)
      continue;
    root->epoch = epoch;
    stack.push_back({root, 0});
    while (!stack.empty()) {
      Node *node = stack.back().first;
      uint32_t next = stack.back().second;
      if (node->pending() && next < node->operands.size()) {
        ++stack.back().second;
        Node *operand = node->operands[next].get();
        if (operand->epoch != epoch) {
          operand->epoch = epoch;
          stack.push_back({operand, 0});
        }
        continue;
      }
      stack.pop_back();
      number(node, slice);
      if (!node->pending())
        slice.inputs.push_back(node);
      else if (node->form != NodeForm::projection)
        slice.ops += node->callee ? node->callee->ops.size() : 1;
      if (node->form != NodeForm::multi)
        continue;
      // Results that somebody waits for come along: they cost nothing now.
      for (Node *projection : node->results->projections)
        if (projection && projection->epoch != epoch) {
          projection->epoch = epoch;
          number(projection, slice);
        }
    }
  }
}

//===----------------------------------------------------------------------===//
// What dies and what is worth keeping
//===----------------------------------------------------------------------===//

/// `released` counts the references to a node that go away with this flush.
/// Users come after their operands, so one pass from the back knows for every
/// node whether it dies. A root forgets its operands though it lives.
static void countReleased(Slice &slice, llvm::ArrayRef<bool> isOutput) {
  for (size_t i = slice.order.size(); i-- > 0;) {
    Node *node = slice.order[i];
    if (!node->pending())
      continue;
    bool forgets = isOutput[i] || node->released == node->refs;
    if (!forgets)
      continue;
    for (const Ref<Node> &operand : node->operands)
      ++operand->released;
  }
}

static bool costly(const Node *node) {
  if (node->form == NodeForm::projection || node->form == NodeForm::multi)
    return true;
  const OpInfo &info = opInfo(node->kind);
  return info.is(traits::Contraction | traits::Reduction | traits::Opaque) ||
         node->kind == OpKind::random_bits;
}

static void addCostly(Slice &slice, llvm::SmallVectorImpl<bool> &isOutput) {
  // wanted[i]: a later flush would compute node i again.
  llvm::SmallVector<bool, 64> wanted(slice.order.size(), false);
  for (size_t i = slice.order.size(); i-- > 0;) {
    Node *node = slice.order[i];
    if (!node->pending() || isOutput[i] || node->form == NodeForm::multi)
      continue;
    if (node->released != node->refs)
      wanted[i] = true; // someone outside of this flush holds it
    if (!wanted[i])
      continue;
    if (costly(node)) {
      isOutput[i] = true;
      slice.outputs.push_back(node);
      continue;
    }
    for (const Ref<Node> &operand : node->operands)
      if (operand->pending())
        wanted[operand->number] = true;
  }
}

//===----------------------------------------------------------------------===//
// The key
//===----------------------------------------------------------------------===//

static void writeKey(Slice &slice) {
  std::vector<int64_t> &key = slice.key;
  key.reserve(slice.order.size() * 4);
  uint64_t shapeless = 1;
  for (const Node *node : slice.order) {
    uint64_t head = uint64_t(node->form) | uint64_t(node->kind) << 8 |
                    uint64_t(node->device) << 24 | uint64_t(node->operands.size()) << 32;
    switch (node->form) {
    case NodeForm::scalar:
    case NodeForm::value:
      key.push_back(uint64_t(node->form) | uint64_t(node->spec.dtype) << 8 |
                    uint64_t(node->device) << 24 | uint64_t(node->spec.rank()) << 32);
      key.insert(key.end(), node->spec.dims.begin(), node->spec.dims.end());
      shapeless = mix(shapeless, uint64_t(node->form) << 8 | uint64_t(node->spec.dtype));
      continue;
    case NodeForm::projection:
      key.push_back(head);
      key.push_back(node->bits);
      break;
    case NodeForm::op:
    case NodeForm::multi:
      key.push_back(head);
      key.push_back(node->callee ? -int64_t(node->callee->id) : int64_t(node->attrs.size()));
      key.insert(key.end(), node->attrs.begin(), node->attrs.end());
      break;
    }
    shapeless = mix(shapeless, head);
    for (const Ref<Node> &operand : node->operands) {
      key.push_back(operand->number);
      shapeless = mix(shapeless, operand->number);
    }
  }
  key.push_back(-1);
  for (const Node *output : slice.outputs)
    key.push_back(output->number);
  // What may be overwritten decides how the program lays out its memory.
  key.push_back(-1);
  for (size_t i = 0; i < slice.donatable.size(); ++i) {
    if (i % 64 == 0)
      key.push_back(0);
    key.back() |= int64_t(uint64_t(slice.donatable[i]) << (i % 64));
  }
  uint64_t hash = key.size();
  for (int64_t word : key)
    hash = mix(hash, word);
  slice.hash = hash;
  slice.shapeless = shapeless;
}

void sliceFor(llvm::ArrayRef<Node *> roots, bool keepCostly, Slice &slice) {
  walk(roots, slice);
  llvm::SmallVector<bool, 64> isOutput(slice.order.size(), false);
  for (Node *root : roots)
    if (root->pending() && !isOutput[root->number]) {
      isOutput[root->number] = true;
      slice.outputs.push_back(root);
    }
  countReleased(slice, isOutput);
  if (keepCostly) {
    size_t before = slice.outputs.size();
    addCostly(slice, isOutput);
    if (slice.outputs.size() != before) {
      for (Node *node : slice.order)
        node->released = 0;
      countReleased(slice, isOutput);
    }
  }
  for (const Node *input : slice.inputs)
    slice.donatable.push_back(input->form == NodeForm::value && input->released == input->refs &&
                              input->value.references() == 1 &&
                              !portico_buffer_is_external(input->value.get()));
  writeKey(slice);
}

//===----------------------------------------------------------------------===//
// The program
//===----------------------------------------------------------------------===//

Ref<Trace> traceOf(const Slice &slice) {
  Ref<Trace> trace = Trace::create();
  // Value numbers of a node; of all its results for a multi node.
  std::vector<std::vector<uint32_t>> numbers(slice.order.size());
  for (const Node *input : slice.inputs)
    numbers[input->number] = {trace->addInput(input->spec)};
  llvm::SmallVector<uint32_t, 8> operands;
  for (const Node *node : slice.order) {
    if (!node->pending())
      continue;
    std::vector<uint32_t> &results = numbers[node->number];
    if (node->form == NodeForm::projection) {
      results = {numbers[node->operands[0]->number][node->bits]};
      continue;
    }
    operands.clear();
    for (const Ref<Node> &operand : node->operands)
      operands.push_back(numbers[operand->number][0]);
    if (node->callee) {
      trace->inlineCall(*node->callee, operands, results);
      continue;
    }
    uint32_t location = trace->addLocation(node->location.decode());
    llvm::ArrayRef<TensorSpec> specs = node->results
                                           ? llvm::ArrayRef<TensorSpec>(node->results->specs)
                                           : llvm::ArrayRef<TensorSpec>(node->spec);
    uint32_t first = trace->addOp(node->kind, operands, node->attrs, specs, location);
    for (uint32_t i = 0; i < specs.size(); ++i)
      results.push_back(first + i);
  }
  for (const Node *output : slice.outputs)
    trace->outputs.push_back(numbers[output->number][0]);
  return trace;
}

} // namespace portico::native
