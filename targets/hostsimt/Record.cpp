//===- Record.cpp - what the driver finds under a kernel's name -------------===//

#include "targets/hostsimt/KernelCode.h"

using namespace llvm;
using namespace portico::hostsimt;
using portico::cuda::TensorMap;

void portico::hostsimt::addRecord(const KernelCode &kernel, StringRef symbol,
                                  uint32_t subgroupSize) {
  Module &module = *kernel.function.getParent();
  auto word = [&](uint32_t value) {
    return ConstantInt::get(Type::getInt32Ty(module.getContext()), value);
  };
  Constant *maps = ConstantPointerNull::get(PointerType::getUnqual(module.getContext()));
  if (!kernel.tensorMaps.empty()) {
    const auto *numbers = reinterpret_cast<const uint64_t *>(kernel.tensorMaps.data());
    size_t count = kernel.tensorMaps.size() * sizeof(TensorMap) / sizeof(uint64_t);
    Constant *value =
        ConstantDataArray::get(module.getContext(), ArrayRef<uint64_t>(numbers, count));
    maps = new GlobalVariable(module, value->getType(), /*isConstant=*/true,
                              GlobalValue::PrivateLinkage, value, "maps");
  }
  // The fields of SimtAbi.h's Record, in its order.
  Constant *record = ConstantStruct::getAnon(
      {word(kAbiVersion), word(kernel.synchronises ? kSynchronises : 0), &kernel.function,
       word(kernel.words), word(subgroupSize), word(kernel.groupMemoryBytes),
       word(kernel.groupGranularity), word(kernel.privateBytes), word(kernel.groupSize[0]),
       word(kernel.groupSize[1]), word(kernel.groupSize[2]),
       word(uint32_t(kernel.tensorMaps.size())), word(0), maps});
  static_assert(offsetof(Record, code) == 8 && offsetof(Record, words) == 16 &&
                    offsetof(Record, groupSize) == 36 && offsetof(Record, tensorMapCount) == 48 &&
                    offsetof(Record, tensorMaps) == 56,
                "as written above");
  new GlobalVariable(module, record->getType(), /*isConstant=*/true, GlobalValue::ExternalLinkage,
                     record, symbol);
}
