//===- Backward.cpp - gradients along the tape -----------------------------===//
//
// Tape nodes are visited from the youngest to the oldest. Maximal runs of plain
// primitives are differentiated as one program each; a run ends where Python
// has a say: a hook, a gradient to be kept or handed out, a Function.
//
//===----------------------------------------------------------------------===//

#include "python/native/graph/Backward.h"
#include "python/native/graph/Failure.h"
#include "python/native/graph/Stretch.h"
#include "python/native/graph/Transfer.h"

#include <algorithm>

namespace portico::native {

static uint64_t lastEpoch = 0;

namespace {

class Engine {
public:
  Engine(const BackwardOptions &options) : options(options) {}

  std::vector<Tracked> run(llvm::ArrayRef<BackwardRoot> roots) {
    collect(roots);
    if (options.inputs)
      restrictToInputs();
    arrived.resize(nodes.size());
    for (size_t i = 0; i < nodes.size(); ++i)
      arrived[i].resize(std::max<size_t>(nodes[i]->results.size(), 1));
    mark();
    captured.resize(options.inputs ? options.inputs->size() : 0);
    for (const BackwardRoot &root : roots)
      if (wants(root.edge))
        add(root.edge, root.gradient);
    for (TapeNode *node : nodes)
      if (node->form != TapeForm::accumulate)
        visit(node);
    finishStretch();
    for (TapeNode *node : nodes)
      if (node->form == TapeForm::accumulate)
        visitLeaf(node);
    if (!options.retainGraph)
      for (TapeNode *node : nodes)
        node->free();
    return std::move(captured);
  }

private:
  void mark() {
    for (size_t i = 0; i < nodes.size(); ++i) {
      nodes[i]->epoch = epoch;
      nodes[i]->number = i;
    }
    marked = lastEpoch;
  }
  /// Python code may have run another backward over some of the same nodes.
  void markAgain() {
    if (marked != lastEpoch)
      mark();
  }

  bool wants(const Edge &edge) const { return edge && edge.node->epoch == epoch; }

  /// All nodes that the roots reach, youngest first.
  void collect(llvm::ArrayRef<BackwardRoot> roots) {
    epoch = ++lastEpoch;
    std::vector<TapeNode *> stack;
    auto reach = [&](const Edge &edge) {
      if (!edge || edge.node->epoch == epoch)
        return;
      edge.node->epoch = epoch;
      nodes.push_back(edge.node.get());
      alive.push_back(edge.node);
      stack.push_back(edge.node.get());
    };
    for (const BackwardRoot &root : roots)
      reach(root.edge);
    while (!stack.empty()) {
      TapeNode *node = stack.back();
      stack.pop_back();
      for (const TapeOperand &operand : node->operands)
        reach(operand.edge);
    }
    std::sort(nodes.begin(), nodes.end(),
              [](TapeNode *a, TapeNode *b) { return a->sequence > b->sequence; });
  }

  /// Drops the nodes that lead to none of the wanted inputs.
  void restrictToInputs() {
    uint64_t reached = epoch;
    epoch = ++lastEpoch;
    for (const Edge &edge : *options.inputs)
      if (edge && edge.node->epoch == reached)
        edge.node->epoch = epoch;
    // A leaf can be older or younger than the ops that use it: it has no
    // operands, so only the order among the others matters.
    for (size_t i = nodes.size(); i-- > 0;)
      for (const TapeOperand &operand : nodes[i]->operands)
        if (operand.edge && operand.edge.node->epoch == epoch)
          nodes[i]->epoch = epoch;
    nodes.erase(std::remove_if(nodes.begin(), nodes.end(),
                               [&](TapeNode *node) { return node->epoch != epoch; }),
                nodes.end());
  }

  void add(const Edge &edge, const Tracked &gradient) {
    Tracked &slot = arrived[edge.node->number][edge.index];
    if (!slot.value)
      slot = gradient;
    else
      slot = apply(OpKind::add, {slot, gradient});
  }

  bool isCaptured(TapeNode *node) const {
    if (options.inputs && node->form != TapeForm::accumulate)
      for (const Edge &edge : *options.inputs)
        if (edge.node.get() == node)
          return true;
    return false;
  }

  void visit(TapeNode *node) {
    bool barrier =
        node->form == TapeForm::function || !node->resultHooks.empty() || isCaptured(node);
    if (barrier) {
      finishStretch(); // its gradients are final now
      Cotangents &gradients = arrived[node->number];
      for (uint32_t i = 0; i < gradients.size(); ++i)
        arrive(node, i, gradients[i]);
      markAgain();
    }
    if (node->form != TapeForm::op)
      return runFunction(node);
    if (std::find(cuts.begin(), cuts.end(), node) != cuts.end())
      finishStretch();
    stretch.push_back(node);
    // A tensor that was written without the tape's knowledge (under no_grad) has
    // another value than the op that made it: the two cannot be one program.
    for (const TapeOperand &operand : node->operands) {
      const Edge &edge = operand.edge;
      if (edge && operand.serial && edge.index < edge.node->serials.size() &&
          edge.node->serials[edge.index] != operand.serial)
        cuts.push_back(edge.node.get());
    }
  }

  /// A gradient is complete: hooks, `.grad` of those who asked, captures.
  void arrive(TapeNode *node, uint32_t index, Tracked &gradient) {
    if (!gradient.value)
      return;
    GradModeGuard guard(options.createGraph);
    for (ResultHooks &hooks : node->resultHooks) {
      if (hooks.index != index)
        continue;
      for (size_t i = 0; i < hooks.hooks.size(); ++i)
        callHook(hooks.hooks[i].callable, gradient);
      if (hooks.retain && options.accumulate)
        accumulateInto(*hooks.retain, gradient);
    }
    if (!options.inputs)
      return;
    for (size_t i = 0; i < options.inputs->size(); ++i)
      if ((*options.inputs)[i].node.get() == node && (*options.inputs)[i].index == index)
        captured[i] = gradient;
  }

  void finishStretch() {
    if (stretch.empty())
      return;
    std::vector<TapeNode *> run(stretch.rbegin(), stretch.rend());
    stretch.clear();
    // Nodes that no gradient reaches, directly or through the run, are left out.
    std::vector<TapeNode *> live = reachedIn(run);
    if (live.empty())
      return;
    std::vector<Cotangents> cotangents;
    for (TapeNode *node : live)
      cotangents.push_back(arrived[node->number]);
    currentEpoch = epoch;
    GradModeGuard guard(options.createGraph);
    for (StretchGradient &gradient : differentiateStretch(
             live, cotangents, [](const Edge &edge) { return edge.node->epoch == currentEpoch; },
             options.createGraph)) {
      if (gradient.value.value)
        add(gradient.edge, gradient.value);
      else
        zeros.push_back(gradient.edge);
    }
  }

  std::vector<TapeNode *> reachedIn(llvm::ArrayRef<TapeNode *> run) {
    std::vector<bool> live(nodes.size(), false), inRun(nodes.size(), false);
    for (TapeNode *node : run)
      inRun[node->number] = true;
    std::vector<TapeNode *> result;
    for (size_t i = run.size(); i-- > 0;) {
      TapeNode *node = run[i];
      bool reached = live[node->number];
      for (const Tracked &gradient : arrived[node->number])
        reached |= bool(gradient.value);
      if (!reached)
        continue;
      result.push_back(node);
      for (const TapeOperand &operand : node->operands)
        if (wants(operand.edge) && inRun[operand.edge.node->number])
          live[operand.edge.node->number] = true;
    }
    std::reverse(result.begin(), result.end());
    return result;
  }

  void runFunction(TapeNode *node) {
    bool any = false;
    for (const Tracked &gradient : arrived[node->number])
      any |= bool(gradient.value);
    if (!any)
      return;
    if (node->freed)
      raise(ErrorKind::runtime,
            "[backward] Trying to backward through the graph a second time (or directly access "
            "saved tensors after they have already been freed). Specify retain_graph=True if you "
            "need to backward through the graph a second time.; got a freed " +
                node->name() + "; expected a live graph; try retain_graph=True");
    llvm::SmallVector<Tracked, 4> results;
    GradModeGuard guard(options.createGraph);
    Cotangents gradients = arrived[node->number];
    callFunction(*node, gradients, results);
    markAgain();
    for (size_t i = 0; i < results.size(); ++i)
      if (results[i].value && wants(node->operands[i].edge))
        add(node->operands[i].edge, results[i]);
  }

  void visitLeaf(TapeNode *node) {
    Tracked gradient = arrived[node->number][0];
    GradModeGuard guard(options.createGraph);
    if (!gradient.value) {
      // Reached only through ops whose derivative is zero: zeros, as in PyTorch.
      bool zero = false;
      for (const Edge &edge : zeros)
        zero |= edge.node.get() == node;
      if (!zero)
        return;
      const TensorSpec &spec = node->results[0];
      llvm::SmallVector<int64_t, 8> attrs = {int64_t(spec.dtype), spec.rank()};
      attrs.append(spec.dims.begin(), spec.dims.end());
      attrs.push_back(itemSize(spec.dtype));
      attrs.push_back(0);
      gradient.value = Node::op(OpKind::constant, {}, attrs, spec, node->device);
    }
    // A number of the host's that was used on another device has its gradient there.
    if (gradient.value->device != node->device)
      gradient.value = gradient.value->device == anywhere ? settled(gradient.value, node->device)
                                                          : moved(gradient.value, node->device);
    for (ResultHooks &hooks : node->resultHooks)
      for (size_t i = 0; i < hooks.hooks.size(); ++i)
        callHook(hooks.hooks[i].callable, gradient);
    markAgain();
    if (options.inputs)
      for (size_t i = 0; i < options.inputs->size(); ++i)
        if ((*options.inputs)[i].node.get() == node)
          captured[i] = gradient;
    if (!options.accumulate)
      return;
    accumulateInto(*node->slot, gradient);
    callPostHooks(*node);
    markAgain();
  }

  const BackwardOptions &options;
  uint64_t epoch = 0;
  uint64_t marked = 0; // `lastEpoch` when the nodes were marked
  static thread_local uint64_t currentEpoch;
  std::vector<TapeNode *> nodes;
  std::vector<Ref<TapeNode>> alive;
  std::vector<Cotangents> arrived; // by node number
  std::vector<TapeNode *> stretch; // youngest first
  std::vector<TapeNode *> cuts;    // not in one stretch with what comes before
  std::vector<Edge> zeros;
  std::vector<Tracked> captured;
};

thread_local uint64_t Engine::currentEpoch = 0;

} // namespace

std::vector<Tracked> backward(llvm::ArrayRef<BackwardRoot> roots, const BackwardOptions &options) {
  GradModeGuard guard(options.createGraph);
  return Engine(options).run(roots);
}

} // namespace portico::native
