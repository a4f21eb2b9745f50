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

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mlir {
class DialectRegistry;
class ModuleOp;
} // namespace mlir

namespace portico {

/// The part of a matrix that a lane of a subgroup holds: its element `e` lies at
/// (row, column), each the sum of `x / divisor % modulus * factor` over some digits,
/// where x is the number of the lane or that of the element.
struct MatrixPart {
  enum class Source { lane, element };
  struct Digit {
    Source source;
    int64_t divisor, modulus, factor;
  };
  /// How many elements each lane holds; some may be held by several lanes.
  int64_t elements;
  std::vector<Digit> row, column;
};

/// One size of the matrix instructions of a machine: D[m, n] = A[m, k] B[k, n] + C.
/// A kernel uses it by `simt.multiply_add` (dialects/simt).
struct MatrixUnit {
  enum class Element { f16, bf16, tf32, f32, f64, i8, i32 };
  int64_t m, n, k;
  /// tf32: f32 of which 10 bits behind the point are looked at. Such a unit is used where an
  /// op allows it; of the others, products of f32 and f64 must be whole, with denormals.
  Element input, accumulator;
  /// `c` is also the layout of D.
  MatrixPart a, b, c;
};

/// Matrix instructions that neighbouring subgroups do together and that read both operands
/// in panels of group memory, to which copies of whole tiles bring them:
/// D[m, n] = A[m, k] B[k, n] + C. A kernel uses them by `simt.group_multiply_add` and its
/// neighbours, which say what a panel is.
struct GroupMatrixUnit {
  int64_t m, n, k;
  /// How many subgroups; the first is a multiple of it.
  int64_t subgroups;
  MatrixUnit::Element input, accumulator;
  /// What lies where in C and D; lanes are counted through all subgroups.
  MatrixPart c;
};

/// A machine that runs a kernel as a grid of work-groups. Its work-items come in
/// subgroups, which go in step and can look into each other's registers.
struct SimtInfo {
  int64_t subgroupSize = 32;
  int64_t maxWorkgroupSize = 1024;
  /// Fast memory that the work-items of one group share.
  int64_t groupMemoryBytes = 48 << 10;
  /// How many groups run at the same time at least: decides how finely work is cut.
  int64_t computeUnits = 32;
  /// The best first; none where there are no matrix instructions.
  std::vector<MatrixUnit> matrixUnits;
  /// The widest first of each input; none where operands come from registers alone.
  std::vector<GroupMatrixUnit> groupMatrixUnits;
};

/// The figures by which a kernel strategy chooses its shape. A strategy reads
/// these and the sizes of the kernel, and nothing else.
struct TargetInfo {
  /// The machine that code is made for; everything that decides what the code
  /// is, as text. Part of every cache key, and what the driver compares.
  std::string arch;
  /// Width of a vector register in bits.
  int64_t vectorBits = 256;
  /// How many vector registers there are: bounds the accumulators of a tile.
  int64_t vectorRegisters = 16;
  /// Multiply-add with one rounding is one instruction.
  bool fma = true;
  /// There is f64. Where there is none, functions and scans of f32 do without.
  bool doubles = true;
  /// Masked loads and stores are single instructions for every element width.
  bool maskedMemory = false;
  int64_t l1Bytes = 32 << 10;
  int64_t l2Bytes = 512 << 10;
  int64_t l3Bytes = 8 << 20;
  /// Set where kernels run as work-groups (the second form of Kernels.h).
  std::optional<SimtInfo> simt;
};

/// A kernel in the target's own form, before linking, and its IR where asked for.
struct TargetObject {
  std::string bytes;
  /// (stage, text) pairs, filled in only where the caller wants to see them.
  std::vector<std::pair<std::string, std::string>> stages;
};

/// A product as code of a library sees it: for each of `batch`, result[m, n] =
/// lhs[m, k] rhs[k, n], row by row and without gaps.
struct LibraryProduct {
  int64_t batch = 1, m = 1, n = 1, k = 1;
  /// lhs lies in memory as [k, m], rhs as [n, k].
  bool lhsTransposed = false, rhsTransposed = false;
  /// Of operands and result.
  MatrixUnit::Element element = MatrixUnit::Element::f32;
};

/// How code of a library is launched: as a kernel of one phase.
struct LibraryLaunch {
  int64_t extent = 1, grain = 1;
  int64_t scratchBytes = 0, sharedBytes = 0;
  std::array<uint32_t, 3> grid = {0, 0, 0}, block = {0, 0, 0};
  uint32_t groupMemoryBytes = 0;
};

/// Code of the target's own that does what a kernel would do. It is used where it takes
/// less time than the compiler's own estimate of its kernel.
struct LibraryKernel {
  std::string name;
  /// Microseconds; none where it does not do this product.
  std::function<std::optional<double>(const LibraryProduct &)> cost;
  /// An object with the function `symbol`, called like a kernel of two inputs and one result.
  std::function<llvm::Expected<std::string>(const LibraryProduct &, llvm::StringRef symbol,
                                            LibraryLaunch &launch)>
      make;
};

/// A memref argument of a kernel function with this attribute shares its memory
/// with no other argument.
constexpr const char *kNoAliasAttr = "portico.noalias";

/// In the location of what came from op N of a portico.kernel, whose line in the
/// user's program differs from one place of use to the next:
///
///   loc(fused<{portico.kernel_op = N}>[...])
constexpr const char *kKernelOpAttr = "portico.kernel_op";

class Target {
public:
  virtual ~Target();

  /// The word before the colon in a device string.
  virtual llvm::StringRef name() const = 0;

  /// Who made a target from outside the build, as a message names them; empty: Portico.
  llvm::StringRef maker() const { return madeBy; }

  /// The machines that code can be made for, the best known first.
  virtual std::vector<std::string> archs() const = 0;

  /// This target for another of its machines; lives as long as the process.
  virtual llvm::Expected<const Target *> forArch(llvm::StringRef arch) const = 0;

  /// The machine that this object makes code for.
  virtual const TargetInfo &info() const = 0;

  /// The dialects and translations that `compileKernel` needs in a context.
  virtual void registerDialects(mlir::DialectRegistry &registry) const = 0;

  /// Turns the functions of `module` (the form of lowering/Kernels/Kernels.h) into
  /// an object in which each has external linkage under the name
  /// `prefix + function name`. Called from several threads, each with a context
  /// of its own. Where LLVM gives up in here, it never comes back (targets/Recovery.h).
  /// What the machine lacks is an `UnsupportedByMachine`.
  virtual llvm::Expected<TargetObject> compileKernel(mlir::ModuleOp module, llvm::StringRef prefix,
                                                     bool keepStages) const = 0;

  /// Joins the objects of a program into the blob that the driver loads.
  virtual llvm::Expected<std::string> link(llvm::ArrayRef<llvm::StringRef> objects) const = 0;

  /// Code of its own that it offers for some kernels.
  virtual llvm::ArrayRef<LibraryKernel> libraryKernels() const { return {}; }

protected:
  explicit Target(std::string maker = "") : madeBy(std::move(maker)) {}

private:
  const std::string madeBy;
};

/// The target of a device string, or an error that lists what there is:
/// "" is the first target of the build, "name:ordinal" makes code for that very
/// device, "name:arch" for a machine that need not be there, "name" for its
/// first device or, where it has none, its first machine.
llvm::Expected<const Target *> lookupTarget(llvm::StringRef device);

/// Every target of this build, the default one first, and those added since.
std::vector<const Target *> allTargets();

/// Adds a target from outside the build, of a name that is free; it stays for ever.
void addTarget(std::unique_ptr<const Target> target);

} // namespace portico

#endif // PORTICO_TARGETS_TARGET_H
