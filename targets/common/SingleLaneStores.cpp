//===- SingleLaneStores.cpp -------------------------------------------------===//

#include "targets/common/SingleLaneStores.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

#include <optional>

using namespace llvm;

/// The lane of a constant mask that has one; nothing for other masks.
static std::optional<unsigned> onlyLane(Value *mask) {
  auto *constant = dyn_cast<Constant>(mask);
  auto *type = dyn_cast<FixedVectorType>(mask->getType());
  if (!constant || !type)
    return std::nullopt;
  std::optional<unsigned> lane;
  for (unsigned i = 0; i < type->getNumElements(); ++i) {
    Constant *bit = constant->getAggregateElement(i);
    if (!bit || !isa<ConstantInt>(bit))
      return std::nullopt;
    if (bit->isNullValue())
      continue;
    if (lane)
      return std::nullopt;
    lane = i;
  }
  return lane;
}

static void storeSingleLane(IntrinsicInst &call, unsigned lane) {
  IRBuilder<> b(&call);
  Value *element = b.CreateExtractElement(call.getArgOperand(0), uint64_t(lane));
  Value *place = call.getArgOperand(1);
  uint64_t bytes = call.getDataLayout().getTypeStoreSize(element->getType());
  Align align = commonAlignment(call.getParamAlign(1).valueOrOne(), lane * bytes);
  place = b.CreateConstInBoundsGEP1_64(element->getType(), place, lane);
  Instruction *store = b.CreateAlignedStore(element, place, align);
  store->copyMetadata(call);
  call.eraseFromParent();
}

void portico::host::storeSingleLanes(Module &module) {
  for (Function &function : module)
    for (Instruction &instruction : make_early_inc_range(instructions(function)))
      if (auto *call = dyn_cast<IntrinsicInst>(&instruction))
        if (call->getIntrinsicID() == Intrinsic::masked_store)
          if (auto lane = onlyLane(call->getArgOperand(call->arg_size() - 1)))
            storeSingleLane(*call, *lane);
}
