//===- NvvmTransfers.cpp - PTX's copies and products that go on by themselves ===//
//
// mbarrier and cp.async.bulk.tensor are intrinsics; products of warpgroups are text for
// the assembler, whose beginning says what they are:
//
//   {
//   .reg .pred p;
//   setp.ne.b32 p, 1, 0;
//   wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16 {$0, ...}, $128, $129, p, 1, 1, 0, 1;
//   }
//
//===----------------------------------------------------------------------===//

#include "targets/cuda/TensorMap.h"
#include "targets/hostsimt/KernelCode.h"

#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/Instructions.h"
#include "llvm/Support/Regex.h"

using namespace llvm;
using namespace portico::hostsimt;

namespace {

class TransferLowering {
public:
  TransferLowering(KernelCode &kernel, CallInst &call)
      : kernel(kernel), call(call), builder(&call), site(kernel.site(call, /*own=*/true)) {}

  bool runIntrinsic(StringRef name) {
    if (name == "mbarrier.init.shared")
      return serve(offsetof(Services, initSignal), {operand(0), operand(1), site});
    if (name == "mbarrier.arrive.expect.tx.scope.cta.space.cta" && call.use_empty())
      return serve(offsetof(Services, expectBytes), {operand(0), operand(1), site});
    if (name == "mbarrier.try.wait.parity.scope.cta.space.cta") {
      // It gives up never.
      call.replaceAllUsesWith(builder.getTrue());
      return serve(offsetof(Services, awaitSignal), {operand(0), operand(1), site});
    }
    if (name.consume_front("cp.async.bulk.tensor.g2s.tile."))
      return copyTile(name);
    // Of registers; the emulator's are always in order.
    if (name == "wgmma.fence.sync.aligned") {
      call.eraseFromParent();
      return true;
    }
    if (name == "wgmma.commit_group.sync.aligned")
      return serve(offsetof(Services, commitMultiplies), {});
    return false;
  }

  bool runAssembly(StringRef text) {
    SmallVector<StringRef> part;
    if (Regex("^wgmma\\.wait_group\\.sync\\.aligned ([0-9]+);$").match(text, &part))
      return awaitMultiplies(number(part[1]));
    if (Regex(
            "^\\{\n\\.reg \\.pred p;\nsetp\\.ne\\.b32 p, 1, 0;\n"
            "wgmma\\.mma_async\\.sync\\.aligned\\.m64n([0-9]+)k16\\.f32\\.(bf16|f16)\\.(bf16|f16) "
            "\\{[$0-9, ]*\\}, \\$[0-9]+, \\$[0-9]+, p, 1, 1, ([01]), ([01]);\n\\}$")
            .match(text, &part) &&
        part[2] == part[3])
      return multiply({64, number(part[1]), 16,
                       part[2] == "f16" ? MatrixElement::f16 : MatrixElement::bf16, number(part[4]),
                       number(part[5])});
    return false;
  }

private:
  static uint32_t number(StringRef text) {
    uint32_t value = 0;
    text.getAsInteger(10, value);
    return value;
  }
  Value *operand(unsigned number) { return call.getArgOperand(number); }

  bool serve(size_t service, ArrayRef<Value *> arguments) {
    kernel.synchronises = true;
    kernel.call(builder, service, builder.getVoidTy(), arguments);
    call.eraseFromParent();
    return true;
  }

  Value *array(Type *element, uint64_t count) {
    IRBuilder<> entry(&*kernel.function.getEntryBlock().getFirstInsertionPt());
    AllocaInst *array = entry.CreateAlloca(ArrayType::get(element, count));
    array->setAlignment(Align(16));
    return array;
  }

  /// (to, signal, map, a coordinate for each dimension, how many groups, hints...); the hints
  /// say who else gets it: nobody.
  bool copyTile(StringRef rank) {
    uint64_t dims = number(rank.drop_back());
    constexpr unsigned kFirst = 3, kBehind = 5;
    if (dims < 1 || dims > portico::cuda::TensorMap::kMostRank ||
        call.arg_size() != kFirst + dims + kBehind)
      return false;
    for (unsigned i = kFirst + unsigned(dims); i < call.arg_size(); ++i)
      if (auto *hint = dyn_cast<ConstantInt>(operand(i)); !hint || !hint->isZero())
        return false;
    Value *position = array(builder.getInt32Ty(), dims);
    for (unsigned i = 0; i < dims; ++i)
      builder.CreateStore(operand(kFirst + i),
                          builder.CreateConstGEP1_32(builder.getInt32Ty(), position, i));
    return serve(offsetof(Services, copyTile),
                 {operand(0), operand(1), operand(2), position, site});
  }

  /// The registers of the sums in memory, and back.
  Value *spill(unsigned count) {
    Value *sums = array(builder.getFloatTy(), count);
    for (unsigned i = 0; i < count; ++i)
      builder.CreateStore(operand(i), builder.CreateConstGEP1_32(builder.getFloatTy(), sums, i));
    return sums;
  }
  void replaceSums(unsigned count, function_ref<Value *(unsigned)> sum) {
    Value *result = PoisonValue::get(call.getType());
    for (unsigned i = 0; i < count; ++i)
      result = builder.CreateInsertValue(result, sum(i), i);
    call.replaceAllUsesWith(result);
  }

  bool multiply(const GroupMatrixShape &shape) {
    auto *type = dyn_cast<StructType>(call.getType());
    unsigned count = shape.n / 2;
    if (!type || type->getNumElements() != count || call.arg_size() != count + 2)
      return false;
    SmallVector<uint32_t> words = {shape.m,       shape.n,      shape.k, uint32_t(shape.input),
                                   shape.aAcross, shape.bAcross};
    static_assert(sizeof(GroupMatrixShape) == 6 * sizeof(uint32_t), "as written above");
    Constant *value = ConstantDataArray::get(builder.getContext(), words);
    auto *described =
        new GlobalVariable(*kernel.function.getParent(), value->getType(),
                           /*isConstant=*/true, GlobalValue::PrivateLinkage, value, "matrix");
    Value *sums = spill(count);
    kernel.call(builder, offsetof(Services, groupMultiply), builder.getVoidTy(),
                {described, operand(count), operand(count + 1), sums, site});
    replaceSums(count, [&](unsigned i) {
      return builder.CreateLoad(builder.getFloatTy(),
                                builder.CreateConstGEP1_32(builder.getFloatTy(), sums, i));
    });
    kernel.synchronises = true;
    call.eraseFromParent();
    return true;
  }

  bool awaitMultiplies(uint32_t pending) {
    if (!isa<StructType>(call.getType()))
      return false;
    replaceSums(unsigned(call.arg_size()), [&](unsigned i) { return operand(i); });
    return serve(offsetof(Services, awaitMultiplies), {builder.getInt32(pending), site});
  }

  KernelCode &kernel;
  CallInst &call;
  IRBuilder<> builder;
  Constant *site;
};

} // namespace

bool portico::hostsimt::lowerNvvmTransfer(KernelCode &kernel, CallInst &call, StringRef name) {
  return name.consume_front("nvvm.") && TransferLowering(kernel, call).runIntrinsic(name);
}

bool portico::hostsimt::lowerNvvmAssembly(KernelCode &kernel, CallInst &call) {
  auto *text = cast<InlineAsm>(call.getCalledOperand());
  return TransferLowering(kernel, call).runAssembly(text->getAsmString());
}
