//===- Plan.cpp - a fusion plan as JSON ------------------------------------===//
//
// Ops are named by their position in the function after cheap ops were sunk;
// that is the same for the same function, so a plan can be dumped, edited and
// replayed:
//
//   {"version": 1, "policy": "greedy/1",
//    "groups": [{"category": "loop", "ops": [0, 1], "names": ["mul", "add"]}],
//    "refused": [{"producer": 1, "consumer": 2, "by": "policy", "reason": "..."}]}
//
//===----------------------------------------------------------------------===//

#include "dialects/portico/Transforms/Fusion/Fusion.h"

#include "mlir/IR/Diagnostics.h"

using namespace mlir;
using namespace portico;
namespace json = llvm::json;

static constexpr int64_t planVersion = 1;

json::Value portico::planToJSON(const GroupGraph &graph, llvm::StringRef policy,
                                ArrayRef<Refusal> refusals) {
  json::Array groups, refused;
  for (size_t id = 0; id < graph.size(); ++id) {
    if (!graph.alive(id))
      continue;
    json::Array ops, names;
    for (Operation *op : graph.group(id).ops) {
      ops.push_back(graph.ordinal(op));
      names.push_back(op->getName().stripDialect().str());
    }
    groups.push_back(json::Object{{"category", stringify(graph.group(id).category).str()},
                                  {"ops", std::move(ops)},
                                  {"names", std::move(names)}});
  }
  for (const Refusal &refusal : refusals)
    refused.push_back(
        json::Object{{"producer", graph.ordinal(graph.group(refusal.producer).ops.back())},
                     {"consumer", graph.ordinal(graph.group(refusal.consumer).ops.front())},
                     {"by", refusal.by},
                     {"reason", refusal.reason}});
  return json::Object{{"version", planVersion},
                      {"policy", policy.str()},
                      {"groups", std::move(groups)},
                      {"refused", std::move(refused)}};
}

LogicalResult portico::mergeByPlan(GroupGraph &graph, llvm::StringRef text, Location loc) {
  llvm::Expected<json::Value> parsed = json::parse(text);
  if (!parsed)
    return emitError(loc) << "fusion plan is not JSON: " << llvm::toString(parsed.takeError());
  const json::Object *plan = parsed->getAsObject();
  if (!plan || plan->getInteger("version") != planVersion || !plan->getArray("groups"))
    return emitError(loc) << "fusion plan; got no \"groups\" of version " << planVersion
                          << "; expected what portico-fuse{dump-plan=...} writes";
  for (auto [number, value] : llvm::enumerate(*plan->getArray("groups"))) {
    const json::Object *group = value.getAsObject();
    const json::Array *ordinals = group ? group->getArray("ops") : nullptr;
    if (!ordinals)
      return emitError(loc) << "fusion plan: group " << number << " has no \"ops\"";
    int target = -1;
    for (const json::Value &ordinal : *ordinals) {
      Operation *op = graph.opAt(ordinal.getAsInteger().value_or(-1));
      int id = op ? graph.groupOf(op) : -1;
      if (id < 0)
        return emitError(loc) << "fusion plan: group " << number
                              << " names an op that this function does not have";
      if (target < 0 || id == target) {
        target = id;
        continue;
      }
      // Between two ops of the group there may be a third that is merged
      // later, so legality and cycles are asked of the whole group below.
      graph.merge(target, id, graph.group(target).category);
    }
  }
  for (size_t id = 0; id < graph.size(); ++id) {
    if (!graph.alive(id) || graph.group(id).ops.size() == 1)
      continue;
    ArrayRef<Operation *> ops = graph.group(id).ops;
    Verdict verdict = classify(ops, GroupGraph::resultsOf(ops));
    if (!verdict)
      return emitError(ops.front()->getLoc()) << "fusion plan is not legal: " << verdict.reason;
    if (graph.wouldCycle(id, id))
      return emitError(ops.front()->getLoc())
             << "fusion plan is not legal: the kernel would wait for itself";
    graph.setCategory(id, *verdict.category);
  }
  return success();
}
