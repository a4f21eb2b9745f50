//===- BufferPlan.cpp - where every value of a program lives ----------------===//

#include "lowering/Program/BufferPlan.h"

#include "lowering/Program/Arena.h"
#include "lowering/Program/Ordinals.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

#include <cstring>
#include <map>

using namespace mlir;
using namespace portico;

uint64_t portico::bytesInMemory(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  uint64_t bits = tensor.getElementType().getIntOrFloatBitWidth();
  return uint64_t(tensor.getNumElements()) * ((bits + 7) / 8);
}

namespace {

/// The value whose memory `value` names.
Value rootOf(Value value) {
  while (auto reshape = value.getDefiningOp<ReshapeOp>())
    value = reshape->getOperand(0);
  return value;
}

/// The bytes of a constant as they lie in memory.
std::vector<char> constantBytes(DenseElementsAttr value) {
  std::vector<char> bytes(bytesInMemory(value.getType()));
  if (value.getElementType().isInteger(1)) {
    size_t i = 0;
    for (bool element : value.getValues<bool>())
      bytes[i++] = element;
    return bytes;
  }
  ArrayRef<char> raw = value.getRawData();
  if (!value.isSplat()) {
    std::memcpy(bytes.data(), raw.data(), bytes.size());
    return bytes;
  }
  for (size_t at = 0; at + raw.size() <= bytes.size(); at += raw.size())
    std::memcpy(bytes.data() + at, raw.data(), raw.size());
  return bytes;
}

class Planner {
public:
  Planner(func::FuncOp main, ArrayRef<std::shared_ptr<const CompiledKernel>> kernels,
          ArrayRef<bool> donatable)
      : block(main.getBody().front()), kernels(kernels), donatable(donatable) {}

  BufferPlan run() {
    findLifetimes();
    placeArguments();
    placeOutputs();
    int64_t position = 0;
    size_t kernelIndex = 0;
    for (Operation &op : block.without_terminator()) {
      if (auto constant = dyn_cast<ConstantOp>(op))
        placeConstant(constant);
      else if (auto kernel = dyn_cast<KernelOp>(op))
        launch(kernel, kernelIndex++, position);
      ++position;
    }
    returnTheRest();
    plan.arenaBytes = arena.bytes();
    return std::move(plan);
  }

private:
  /// A repeated constant of more bytes than this is written in each run: that is
  /// cheaper than to keep it in every program.
  static constexpr uint64_t kLargeSplat = 4096;
  static bool isLargeSplat(Value value) {
    auto constant = value.getDefiningOp<ConstantOp>();
    return constant && cast<DenseElementsAttr>(constant.getValue()).isSplat() &&
           bytesInMemory(value.getType()) > kLargeSplat;
  }

  void findLifetimes() {
    int64_t position = 0;
    for (Operation &op : block) {
      // A reshape reads nothing; whoever reads its result reads its operand.
      if (!isa<ReshapeOp>(op))
        for (Value operand : op.getOperands())
          lastUse[rootOf(operand)] = position;
      ++position;
    }
  }

  void placeArguments() {
    for (BlockArgument argument : block.getArguments()) {
      uint64_t bytes = bytesInMemory(argument.getType());
      plan.inputs.push_back(bytes);
      place[argument] = {BufferRef::Base::input, argument.getArgNumber(), 0, bytes};
    }
    isDonor.assign(plan.inputs.size(), false);
  }

  /// The first output that returns a value is where the value is computed.
  void placeOutputs() {
    Operation *terminator = block.getTerminator();
    for (auto [i, operand] : llvm::enumerate(terminator->getOperands())) {
      uint64_t bytes = bytesInMemory(operand.getType());
      plan.outputs.push_back({bytes, -1});
      Value root = rootOf(operand);
      BufferRef output{BufferRef::Base::output, uint32_t(i), 0, bytes};
      if ((root.getDefiningOp<KernelOp>() || isLargeSplat(root)) &&
          place.try_emplace(root, output).second)
        continue;
      pendingCopies.push_back({root, output});
      // An input that is returned as it is stays where it is, if it may.
      if (auto argument = dyn_cast<BlockArgument>(root))
        if (canDonate(argument.getArgNumber(), bytes)) {
          plan.outputs[i].donor = int32_t(argument.getArgNumber());
          isDonor[argument.getArgNumber()] = true;
        }
    }
  }

  void returnTheRest() {
    for (auto &[root, output] : pendingCopies) {
      PlannedCommand copy;
      copy.kind = PlannedCommand::Kind::copy;
      copy.buffers = {output, place.lookup(root)};
      if (output.bytes)
        plan.commands.push_back(std::move(copy));
    }
  }

  bool canDonate(size_t input, uint64_t bytes) const {
    return input < donatable.size() && donatable[input] && !isDonor[input] && bytes &&
           plan.inputs[input] == bytes;
  }

  void placeConstant(ConstantOp constant) {
    Value result = constant->getResult(0);
    auto value = cast<DenseElementsAttr>(constant.getValue());
    uint64_t bytes = bytesInMemory(result.getType());
    if (isLargeSplat(result)) {
      std::vector<char> element = constantBytes(DenseElementsAttr::get(
          RankedTensorType::get({}, value.getElementType()), value.getSplatValue<Attribute>()));
      PlannedCommand fill;
      fill.kind = PlannedCommand::Kind::fill;
      std::memcpy(&fill.pattern, element.data(), element.size());
      fill.patternBytes = uint8_t(element.size());
      // It may be an output already.
      if (!place.count(result))
        place[result] = {BufferRef::Base::arena, 0, arena.allocate(bytes), bytes};
      fill.buffers = {place[result]};
      plan.commands.push_back(std::move(fill));
      return;
    }
    std::vector<char> data = constantBytes(value);
    auto [found, fresh] =
        constantOffset.try_emplace(std::string(data.begin(), data.end()), plan.constants.size());
    if (fresh) {
      plan.constants.insert(plan.constants.end(), data.begin(), data.end());
      plan.constants.resize((plan.constants.size() + 63) / 64 * 64);
    }
    place[result] = {BufferRef::Base::constant, 0, found->second, bytes};
  }

  /// Whether result `r` may be written over the memory of `root`, which the kernel
  /// at `position` is the last to read, if any.
  bool mayOverwrite(KernelOp kernel, const KernelABI &abi, size_t r, Value root,
                    int64_t position) const {
    auto use = lastUse.find(root);
    if (use != lastUse.end() && use->second > position)
      return false;
    for (auto [i, operand] : llvm::enumerate(kernel.getOperands()))
      if (rootOf(operand) == root && !(i < abi.sameIndex.size() && abi.sameIndex[i][r]))
        return false;
    return true;
  }

  /// Result `r` is an output: look for an input that may give its memory.
  void findDonor(KernelOp kernel, const KernelABI &abi, size_t r, PlannedOutput &output,
                 int64_t position) {
    auto consider = [&](BlockArgument argument) {
      unsigned input = argument.getArgNumber();
      if (!canDonate(input, output.bytes) || !mayOverwrite(kernel, abi, r, argument, position))
        return false;
      output.donor = int32_t(input);
      isDonor[input] = true;
      return true;
    };
    // What the kernel has just read is still in the cache.
    for (Value operand : kernel.getOperands())
      if (auto argument = dyn_cast<BlockArgument>(rootOf(operand)))
        if (consider(argument))
          return;
    for (BlockArgument argument : block.getArguments())
      if (consider(argument))
        return;
  }

  BufferRef placeTemporary(KernelOp kernel, const KernelABI &abi, size_t r, int64_t position) {
    uint64_t bytes = bytesInMemory(kernel.getResult(r).getType());
    for (Value operand : kernel.getOperands()) {
      Value root = rootOf(operand);
      auto found = place.find(root);
      if (found == place.end() || found->second.base != BufferRef::Base::arena ||
          found->second.bytes != bytes || handedOn.contains(root) ||
          !mayOverwrite(kernel, abi, r, root, position))
        continue;
      handedOn.insert(root);
      return found->second;
    }
    return {BufferRef::Base::arena, 0, arena.allocate(bytes), bytes};
  }

  void launch(KernelOp kernel, size_t index, int64_t position) {
    const KernelABI &abi = kernels[index]->abi;
    std::vector<BufferRef> buffers;
    for (Value operand : kernel.getOperands()) {
      BufferRef ref = place.lookup(rootOf(operand));
      buffers.push_back(ref);
    }
    for (auto [r, result] : llvm::enumerate(kernel.getResults())) {
      auto found = place.find(result);
      if (found == place.end())
        found = place.insert({result, placeTemporary(kernel, abi, r, position)}).first;
      else if (found->second.base == BufferRef::Base::output)
        findDonor(kernel, abi, r, plan.outputs[found->second.index], position);
      buffers.push_back(found->second);
    }
    // The scratch slot, which tasks need and work-groups do not have.
    bool forGroups = !abi.phases.empty() && abi.phases.front().shape.block[0] != 0;
    if (!forGroups)
      buffers.push_back({});
    BufferRef shared;
    if (abi.sharedBytes > 0)
      shared = {BufferRef::Base::arena, 0, arena.allocate(uint64_t(abi.sharedBytes)),
                uint64_t(abi.sharedBytes)};
    buffers.push_back(shared);

    std::vector<int32_t> ops;
    for (Operation &op : kernel.getBody().front().without_terminator())
      ops.push_back(int32_t(ordinalOf(op.getLoc())));
    for (auto [phase, description] : llvm::enumerate(abi.phases)) {
      if (description.extent == 0)
        continue;
      PlannedCommand command;
      command.buffers = buffers;
      command.kernel = index;
      command.phase = phase;
      command.ops = ops;
      plan.commands.push_back(std::move(command));
    }

    if (abi.sharedBytes > 0)
      arena.release(shared.offset, shared.bytes);
    releaseDead(kernel, position);
  }

  /// Gives back the places of values that the kernel at `position` read last, and
  /// of results that nobody reads.
  void releaseDead(KernelOp kernel, int64_t position) {
    auto release = [&](Value root) {
      auto found = place.find(root);
      if (found == place.end() || found->second.base != BufferRef::Base::arena ||
          handedOn.contains(root))
        return;
      auto use = lastUse.find(root);
      if (use != lastUse.end() && use->second > position)
        return;
      arena.release(found->second.offset, found->second.bytes);
      handedOn.insert(root);
    };
    for (Value operand : kernel.getOperands())
      release(rootOf(operand));
    for (Value result : kernel.getResults())
      release(result);
  }

  Block &block;
  ArrayRef<std::shared_ptr<const CompiledKernel>> kernels;
  ArrayRef<bool> donatable;

  BufferPlan plan;
  Arena arena;
  /// By root: the position of the last op that reads the value.
  llvm::DenseMap<Value, int64_t> lastUse;
  llvm::DenseMap<Value, BufferRef> place;
  /// By bytes.
  std::map<std::string, uint64_t> constantOffset;
  /// Values of the arena whose place belongs to somebody else by now.
  llvm::DenseSet<Value> handedOn;
  std::vector<bool> isDonor;
  std::vector<std::pair<Value, BufferRef>> pendingCopies;
};

} // namespace

BufferPlan portico::planBuffers(func::FuncOp main,
                                ArrayRef<std::shared_ptr<const CompiledKernel>> kernels,
                                ArrayRef<bool> donatable) {
  return Planner(main, kernels, donatable).run();
}
