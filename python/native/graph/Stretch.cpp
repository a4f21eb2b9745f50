//===- Stretch.cpp - differentiating a run of tape nodes -------------------===//
//
// The forward ops of the stretch become a function again, which the compiler's
// autodiff pass differentiates. The reverse function is kept by the structure
// of the forward one, so a training loop differentiates once; it is recorded as
// one call node, or, for second derivatives, replayed op by op on the tape.
//
//===----------------------------------------------------------------------===//

#include "python/native/graph/Stretch.h"
#include "python/native/graph/Counters.h"
#include "python/native/graph/Failure.h"
#include "python/native/ir/Bridge.h"

#include "llvm/ADT/DenseMap.h"

#include <tuple>
#include <unordered_map>

namespace portico::native {

namespace {

/// A value of the forward function.
struct ForwardValue {
  Ref<Node> value; // null where no op saved it
  Edge edge;       // its place on the tape, for second derivatives
};

struct Forward {
  Ref<Trace> trace;
  std::vector<bool> wanted; // of each input
  std::vector<ForwardValue> values;
  std::vector<Edge> inputEdges;
  std::vector<Tracked> cotangents;
  std::vector<int64_t> key;
};

struct CachedDerivative {
  std::vector<int64_t> key;
  Derivative derivative;
};

} // namespace

/// A program that changes its sizes all the time must not fill the memory.
constexpr size_t maxDerivatives = 4096;
static std::unordered_multimap<uint64_t, CachedDerivative> cache;
void clearDerivatives() { cache.clear(); }

static uint64_t hashOf(llvm::ArrayRef<int64_t> key) {
  uint64_t hash = key.size();
  for (int64_t word : key)
    hash = (hash ^ uint64_t(word)) * 0x9e3779b97f4a7c15ull, hash ^= hash >> 29;
  return hash;
}

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

static void checkVersion(const TapeNode &node, const SavedValue &saved, const TensorSpec &spec) {
  if (!saved.counter || saved.counter->value == saved.version)
    return;
  raise(ErrorKind::runtime,
        "[backward] one of the variables needed for gradient computation has been modified by an "
        "inplace operation: [" +
            toString(spec) + "], an operand or result of " + node.name() + ", is at version " +
            std::to_string(saved.counter->value) + "; expected version " +
            std::to_string(saved.version) +
            " instead; try the op that returns a new tensor, or .clone() before writing");
}

static void check(const TapeNode &node) {
  if (node.freed)
    raise(ErrorKind::runtime,
          "[backward] Trying to backward through the graph a second time (or directly access saved "
          "tensors after they have already been freed). Saved intermediate values of the graph are "
          "freed when you call .backward() or autograd.grad(). Specify retain_graph=True if you "
          "need to backward through the graph a second time or if you need to access saved tensors "
          "after calling backward.; got a freed " +
              node.name() + "; expected a live graph; try retain_graph=True");
  for (const TapeOperand &operand : node.operands)
    checkVersion(node, operand.saved, operand.spec);
  for (size_t i = 0; i < node.savedResults.size(); ++i)
    checkVersion(node, node.savedResults[i], node.results[i]);
}

//===----------------------------------------------------------------------===//
// The forward function
//===----------------------------------------------------------------------===//

namespace {
class ForwardBuilder {
public:
  ForwardBuilder(llvm::ArrayRef<TapeNode *> nodes, bool (*needed)(const Edge &))
      : nodes(nodes), needed(needed) {}

  void build(llvm::ArrayRef<Cotangents> cotangents, Forward &forward) {
    forward.trace = Trace::create();
    for (size_t i = 0; i < nodes.size(); ++i)
      position[nodes[i]] = i;
    // Inputs first: their numbers come before those of results.
    for (TapeNode *node : nodes)
      for (TapeOperand &operand : node->operands)
        if (!inner(operand.edge))
          input(operand, forward);
    results.resize(nodes.size());
    for (size_t i = 0; i < nodes.size(); ++i)
      addNode(i, forward);
    for (size_t i = 0; i < nodes.size(); ++i)
      for (size_t r = 0; r < cotangents[i].size(); ++r)
        if (cotangents[i][r].value) {
          forward.trace->outputs.push_back(results[i] + r);
          forward.cotangents.push_back(cotangents[i][r]);
        }
    writeKey(forward);
  }

private:
  bool inner(const Edge &edge) const { return edge && position.count(edge.node.get()); }

  /// The same value with the same edge is the same input.
  using Identity = std::tuple<const void *, uint64_t, uint64_t>;
  static Identity identityOf(const TapeOperand &operand) {
    return {operand.edge.node.get(), operand.edge.index, operand.serial};
  }

  void input(const TapeOperand &operand, Forward &forward) {
    Identity identity = identityOf(operand);
    uint32_t number;
    auto found = inputs.find(identity);
    if (found == inputs.end()) {
      number = forward.trace->addInput(operand.spec);
      forward.wanted.push_back(operand.edge && isFloat(operand.spec.dtype) && needed(operand.edge));
      forward.inputEdges.push_back(operand.edge);
      forward.values.push_back({nullptr, operand.edge});
      inputs[identity] = number;
    } else {
      number = found->second;
    }
    if (operand.saved.value)
      forward.values[number].value = operand.saved.value;
  }

  uint32_t numberOf(const TapeOperand &operand) {
    if (inner(operand.edge))
      return results[position.lookup(operand.edge.node.get())] + operand.edge.index;
    return inputs[identityOf(operand)];
  }

  void addNode(size_t i, Forward &forward) {
    TapeNode *node = nodes[i];
    llvm::SmallVector<uint32_t, 4> operands;
    for (const TapeOperand &operand : node->operands) {
      uint32_t number = numberOf(operand);
      if (operand.saved.value)
        forward.values[number].value = operand.saved.value;
      operands.push_back(number);
    }
    results[i] =
        forward.trace->addOp(node->kind, operands, node->attrs, node->results, /*location=*/0);
    for (uint32_t r = 0; r < node->results.size(); ++r) {
      ForwardValue value;
      if (r < node->savedResults.size())
        value.value = node->savedResults[r].value;
      value.edge = Edge{Ref<TapeNode>(node), r};
      forward.values.push_back(std::move(value));
    }
  }

  void writeKey(Forward &forward) {
    const Trace &trace = *forward.trace;
    std::vector<int64_t> &key = forward.key;
    key.push_back(trace.numInputs);
    for (uint32_t i = 0; i < trace.numInputs; ++i) {
      const TensorSpec &spec = trace.specs[i];
      key.push_back(int64_t(spec.dtype) | int64_t(spec.rank()) << 8 |
                    int64_t(forward.wanted[i]) << 32);
      key.insert(key.end(), spec.dims.begin(), spec.dims.end());
    }
    for (const TraceOp &op : trace.ops) {
      key.push_back(int64_t(op.kind) | int64_t(op.numOperands) << 16 | int64_t(op.numAttrs) << 40);
      for (uint32_t operand : trace.operandsOf(op))
        key.push_back(operand);
      auto attrs = trace.attrsOf(op);
      key.insert(key.end(), attrs.begin(), attrs.end());
    }
    key.push_back(-1);
    for (uint32_t output : trace.outputs)
      key.push_back(output);
    // Which values there are decides what the reverse function reads.
    key.push_back(-1);
    for (size_t i = 0; i < forward.values.size(); ++i) {
      if (i % 64 == 0)
        key.push_back(0);
      key.back() |= int64_t(uint64_t(bool(forward.values[i].value)) << (i % 64));
    }
  }

  llvm::ArrayRef<TapeNode *> nodes;
  bool (*needed)(const Edge &);
  llvm::DenseMap<TapeNode *, size_t> position;
  llvm::DenseMap<Identity, uint32_t> inputs;
  std::vector<uint32_t> results; // number of the first result of each node
};
} // namespace

static const Derivative &derivativeOf(const Forward &forward, llvm::ArrayRef<TapeNode *> nodes) {
  uint64_t hash = hashOf(forward.key);
  auto [begin, end] = cache.equal_range(hash);
  for (auto it = begin; it != end; ++it)
    if (it->second.key == forward.key) {
      ++counters().gradientHits;
      return it->second.derivative;
    }
  ++counters().gradientsBuilt;
  // Decoded only now: backward is asked for far more often than it is built.
  for (size_t i = 0; i < nodes.size(); ++i)
    forward.trace->ops[i].location = forward.trace->addLocation(nodes[i]->location.decode());
  std::vector<bool> available;
  for (const ForwardValue &value : forward.values)
    available.push_back(bool(value.value));
  Derivative derivative;
  std::string error;
  if (!differentiate(*forward.trace, forward.wanted, available, derivative, error))
    raise(ErrorKind::notImplemented, "[backward] " + error);
  if (cache.size() >= maxDerivatives)
    cache.clear();
  return cache.emplace(hash, CachedDerivative{forward.key, std::move(derivative)})
      ->second.derivative;
}

//===----------------------------------------------------------------------===//
// The reverse function
//===----------------------------------------------------------------------===//

/// Records the ops of a trace one by one, each on the tape.
static void replay(const Trace &trace, llvm::ArrayRef<Tracked> inputs,
                   std::vector<Tracked> &outputs) {
  std::vector<Tracked> values(inputs.begin(), inputs.end());
  values.resize(trace.specs.size());
  for (const TraceOp &op : trace.ops) {
    llvm::SmallVector<Tracked, 4> operands;
    for (uint32_t operand : trace.operandsOf(op))
      operands.push_back(values[operand]);
    llvm::SmallVector<Tracked, 2> results;
    apply(op.kind, operands, trace.attrsOf(op), results);
    for (uint32_t i = 0; i < op.numResults; ++i)
      values[op.firstResult + i] = results[i];
  }
  for (uint32_t output : trace.outputs)
    outputs.push_back(values[output]);
}

static void call(const Derivative &derivative, llvm::ArrayRef<Tracked> inputs, DeviceId device,
                 std::vector<Tracked> &outputs) {
  const Trace &trace = *derivative.trace;
  llvm::SmallVector<Node *, 8> operands;
  for (const Tracked &input : inputs)
    operands.push_back(input.value.get());
  std::vector<TensorSpec> specs;
  for (uint32_t output : trace.outputs)
    specs.push_back(trace.specs[output]);
  llvm::SmallVector<Ref<Node>, 8> results;
  Node::multi({}, derivative.trace, operands, {}, std::move(specs), device, results);
  for (Ref<Node> &result : results)
    outputs.push_back({std::move(result), {}, nullptr});
}

std::vector<StretchGradient> differentiateStretch(llvm::ArrayRef<TapeNode *> nodes,
                                                  llvm::ArrayRef<Cotangents> cotangents,
                                                  bool (*needed)(const Edge &), bool createGraph) {
  for (TapeNode *node : nodes)
    check(*node);
  Forward forward;
  ForwardBuilder(nodes, needed).build(cotangents, forward);
  std::vector<StretchGradient> gradients;
  if (forward.cotangents.empty())
    return gradients;
  const Derivative &derivative = derivativeOf(forward, nodes);

  std::vector<Tracked> inputs;
  for (uint32_t residual : derivative.residuals) {
    const ForwardValue &value = forward.values[residual];
    if (!value.value)
      raise(ErrorKind::internal,
            "[backward] a gradient rule reads a value that its op record does not list in `saves`");
    inputs.push_back({value.value, createGraph ? value.edge : Edge(), nullptr});
  }
  inputs.insert(inputs.end(), forward.cotangents.begin(), forward.cotangents.end());
  std::vector<Tracked> outputs;
  if (createGraph)
    replay(*derivative.trace, inputs, outputs);
  else
    call(derivative, inputs, nodes[0]->device, outputs);
  std::vector<Tracked> gradientOf(forward.wanted.size());
  for (size_t i = 0; i < derivative.gradOf.size(); ++i)
    gradientOf[derivative.gradOf[i]] = outputs[i];
  for (size_t i = 0; i < forward.wanted.size(); ++i)
    if (forward.wanted[i])
      gradients.push_back({forward.inputEdges[i], gradientOf[i]});
  return gradients;
}

} // namespace portico::native
