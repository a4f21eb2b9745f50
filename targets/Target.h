//===- Target.h - the compile half of a target ------------------------------===//
//
// What a target tells the compiler, and what it does with a kernel. The run half
// is the table of runtime/include/portico/driver.h. A new target is one directory
// with both; targets/CMakeLists.txt says what it must offer.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_TARGETS_TARGET_H
#define PORTICO_TARGETS_TARGET_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mlir {
class DialectRegistry;
class ModuleOp;
} // namespace mlir

namespace portico {

/// The figures by which a kernel strategy chooses its shape. A strategy reads
/// these and the sizes of the kernel, and nothing else.
struct TargetInfo {
  /// Width of a vector register in bits.
  int64_t vectorBits = 256;
  /// How many vector registers there are: bounds the accumulators of a tile.
  int64_t vectorRegisters = 16;
  /// Multiply-add with one rounding is one instruction.
  bool fma = true;
  /// Masked loads and stores are single instructions for every element width.
  bool maskedMemory = false;
  int64_t l1Bytes = 32 << 10;
  int64_t l2Bytes = 512 << 10;
  int64_t l3Bytes = 8 << 20;
};

/// A kernel in the target's own form, before linking, and its IR where asked for.
struct TargetObject {
  std::string bytes;
  /// (stage, text) pairs, filled in only where the caller wants to see them.
  std::vector<std::pair<std::string, std::string>> stages;
};

/// A memref argument of a kernel function with this attribute shares its memory
/// with no other argument.
constexpr const char *kNoAliasAttr = "portico.noalias";

class Target {
public:
  virtual ~Target();

  /// The word before the colon in a device string.
  virtual llvm::StringRef name() const = 0;

  /// The machine that code is made for; everything that decides what the code
  /// is, as text. Part of every cache key, and what the driver compares.
  virtual std::string arch() const = 0;

  virtual const TargetInfo &info() const = 0;

  /// The dialects and translations that `compileKernel` needs in a context.
  virtual void registerDialects(mlir::DialectRegistry &registry) const = 0;

  /// Turns the functions of `module` (the form of lowering/Kernels/Kernels.h) into
  /// an object in which each has external linkage under the name
  /// `prefix + function name`. Called from several threads, each with a context
  /// of its own.
  virtual llvm::Expected<TargetObject> compileKernel(mlir::ModuleOp module, llvm::StringRef prefix,
                                                     bool keepStages) const = 0;

  /// Joins the objects of a program into the blob that the driver loads.
  virtual llvm::Expected<std::string> link(llvm::ArrayRef<llvm::StringRef> objects) const = 0;
};

/// The target of a device string ("name" or "name:ordinal"; empty is the first of
/// the build), or an error that lists what there is.
llvm::Expected<const Target *> lookupTarget(llvm::StringRef device);

/// Every target of this build, the default one first.
llvm::ArrayRef<const Target *> allTargets();

} // namespace portico

#endif // PORTICO_TARGETS_TARGET_H
