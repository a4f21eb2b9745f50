//===- KernelCode.h - a kernel's LLVM IR on its way to the host -------------===//

#ifndef PORTICO_TARGETS_HOSTSIMT_KERNELCODE_H
#define PORTICO_TARGETS_HOSTSIMT_KERNELCODE_H

#include "targets/cuda/TensorMap.h"
#include "targets/hostsimt/SimtAbi.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace portico::hostsimt {

/// Where an instruction came from: "file:line", and the op in the kernel.
struct Origin {
  std::string where;
  int32_t op = -1;
};

/// Reads an instruction's debug location, which is what carries origins through
/// LLVM's passes.
using OriginOf = std::function<Origin(const llvm::DebugLoc &)>;

/// The origins of code that was compiled for a debugger.
Origin originOfSource(const llvm::DebugLoc &location);

/// One kernel, a function `void(Item *, const uint64_t *words)`.
class KernelCode {
public:
  KernelCode(llvm::Function &function, const OriginOf &originOf)
      : function(function), originOf(originOf) {}

  llvm::Function &function;
  /// The loads of the parameters that are addresses, with their numbers.
  llvm::DenseMap<const llvm::Value *, int32_t> addresses;
  uint32_t words = 0;
  uint32_t groupMemoryBytes = 0;
  uint32_t groupGranularity = 16;
  uint32_t privateBytes = 0;
  bool synchronises = false;
  std::array<uint32_t, 3> groupSize = {0, 0, 0};
  /// The last parameters are these.
  std::vector<cuda::TensorMap> tensorMaps;

  llvm::Value *item() const { return function.getArg(0); }

  /// The field of Item at `offset`.
  llvm::Value *load(llvm::IRBuilder<> &builder, size_t offset, llvm::Type *type) const;

  /// A call of the function at `offset` of Services, with the item in front.
  llvm::CallInst *call(llvm::IRBuilder<> &builder, size_t offset, llvm::Type *result,
                       llvm::ArrayRef<llvm::Value *> arguments) const;

  /// A Site for `instruction`; one that waits for others has one of its own.
  llvm::Constant *site(const llvm::Instruction &instruction, bool own);

private:
  const OriginOf &originOf;
  std::map<std::pair<std::string, int32_t>, llvm::Constant *> sites;
  std::map<std::string, llvm::Constant *> texts;
};

/// A copy of `device` for the host: one address space, a function of the form above
/// for each kernel, and calls of `device.<name>` instead of those of the intrinsics
/// `llvm.<name>` that only the device has.
///
/// Before:
///   define ptx_kernel void @k(ptr addrspace(1) %x, i64 %extent) {
///     %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
/// After:
///   define void @k(ptr %item, ptr %words) {
///     %x = load ptr, ptr %words
///     %t = call i32 @device.nvvm.read.ptx.sreg.tid.x()
struct RetargetedModule {
  std::unique_ptr<llvm::Module> module;
  std::vector<KernelCode> kernels;
};
llvm::Expected<RetargetedModule> retarget(llvm::Module &device, const OriginOf &originOf);

/// The variables that stand for pieces of the group's memory until their places
/// in it are known.
bool isGroupVariable(const llvm::GlobalVariable &variable);

/// Puts checks before the loads and stores of a kernel.
void addChecks(KernelCode &kernel);

/// Gives each piece of group memory its place and replaces the variables.
void placeGroupMemory(KernelCode &kernel);

/// Turns calls of `device.*` into what the emulator offers. Fails on what it does
/// not know, by name.
llvm::Error lowerIntrinsics(KernelCode &kernel);

/// The parts of it: each replaces `call` (of `device.` + `name`) and returns true, or
/// leaves it alone.
bool lowerRegister(KernelCode &kernel, llvm::CallInst &call, llvm::StringRef name);
bool lowerNvvm(KernelCode &kernel, llvm::CallInst &call, llvm::StringRef name);
bool lowerAmdgcn(KernelCode &kernel, llvm::CallInst &call, llvm::StringRef name);
bool lowerMatrix(KernelCode &kernel, llvm::CallInst &call, llvm::StringRef name);
bool lowerNvvmTransfer(KernelCode &kernel, llvm::CallInst &call, llvm::StringRef name);
/// The same for text that is meant for NVIDIA's assembler.
bool lowerNvvmAssembly(KernelCode &kernel, llvm::CallInst &call);

/// Adds the conversions to halves that the host's code generator calls by name.
void addHalfConversions(llvm::Module &module);

/// Adds the symbol by which the driver finds the kernel.
void addRecord(const KernelCode &kernel, llvm::StringRef symbol, uint32_t subgroupSize);

} // namespace portico::hostsimt

#endif // PORTICO_TARGETS_HOSTSIMT_KERNELCODE_H
