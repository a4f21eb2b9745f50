//===- HostCode.h - LLVM IR to code of the host -----------------------------===//
//
// For targets whose code runs on the host: an object for each kernel, a shared
// object for a program.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_TARGETS_COMMON_HOSTCODE_H
#define PORTICO_TARGETS_COMMON_HOSTCODE_H

#include "targets/Recovery.h"
#include "targets/Target.h"

#include "llvm/ADT/ArrayRef.h"

#include <memory>
#include <shared_mutex>
#include <string>

namespace llvm {
class Module;
class TargetMachine;
} // namespace llvm

namespace portico::host {

/// What code is made for.
struct Processor {
  std::string triple;
  std::string name;
  /// "+avx2,-avx512f,...", as a target machine wants it.
  std::string features;
  int64_t vectorBits = 256;
};

/// A code generator. Each belongs to one thread at a time.
std::unique_ptr<llvm::TargetMachine> createTargetMachine(const Processor &processor);

/// Optimises and assembles. Fails where the code calls a function that a kernel
/// must not need.
llvm::Expected<TargetObject> emitObject(llvm::Module &module, const Processor &processor,
                                        bool keepStages);

/// Whoever runs passes or generates code, for any machine, holds this meanwhile:
/// a link resets the command line options of the whole process, which they read.
RecoverableLock<std::shared_lock<std::shared_mutex>> codegenLock();

/// Links objects of the host into a shared one. Takes the above for itself.
llvm::Expected<std::string> linkShared(llvm::ArrayRef<llvm::StringRef> objects);

/// The same for ELF objects of any machine, with options of ld.lld's command line.
llvm::Expected<std::string> linkElf(llvm::ArrayRef<llvm::StringRef> objects,
                                    llvm::ArrayRef<llvm::StringRef> options);

} // namespace portico::host

#endif // PORTICO_TARGETS_COMMON_HOSTCODE_H
