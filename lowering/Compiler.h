//===- Compiler.h - a module of portico in, a program out -------------------===//
//
// The one driver of the compiler: simplify, fuse, lower each kernel, hand it to
// the target, lay out the memory, write the program down. The stages and the
// order of the passes are named in Compiler.cpp and nowhere else.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_LOWERING_COMPILER_H
#define PORTICO_LOWERING_COMPILER_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace portico {

struct CompileOptions {
  /// "target" or "target:ordinal", as the user wrote it; empty is the default.
  std::string device;
  std::string fusionPolicy = "greedy";
  /// How many fusions may be done; negative: as many as there are.
  int64_t fuel = -1;
  /// A fusion plan (JSON) to replay instead of asking the policy.
  std::string fusionPlan;
  /// Round half types after every op instead of at the edges of a kernel: where
  /// there are any, nothing is fused.
  bool strict = false;
  /// Look into and fill the caches in memory and on disk.
  bool cache = true;
  /// Keep the text of the program after every stage.
  bool keepStages = false;
  /// Where to put the bundle that reproduces a failure; empty: next to the cache.
  std::string reproducerDir;
};

/// The program after a stage, or a kernel after a stage.
struct CompileStage {
  /// "input", "simplify", "fuse", "kernel0.lowered", "kernel0.llvm", ...
  std::string name;
  std::string text;
};

struct CompileResult {
  /// What portico_program_load takes.
  std::vector<uint8_t> program;
  /// Kernel launches of one run, and those kernels that had to be compiled now.
  int kernels = 0;
  int kernelsCompiled = 0;
  bool memoryHit = false;
  bool diskHit = false;
  double ms = 0;
  /// What was fused, as JSON; can be replayed through CompileOptions.
  std::string planJson;
  std::vector<CompileStage> stages;
  /// What the user should hear once: a cache that cannot be used, say.
  std::vector<std::string> warnings;
};

/// A failure inside the compiler or a target; what LLVM calls a fatal error is one like any other
/// (targets/Recovery.h). It is never the user's mistake: those are found when an op is
/// recorded.
class CompileError : public llvm::ErrorInfo<CompileError> {
public:
  static char ID;

  /// "[op] what; got ...; expected ...", with dtype, target and user location.
  std::string message;
  /// The op that could not be compiled, and its ordinal among the ops of @main.
  std::string op;
  int64_t ordinal = -1;
  /// The IR that failed: a kernel, or the whole program.
  std::string module;
  /// What a target was given: a module to compile, as text and, of a target from outside the
  /// build, the very bytes, with the prefix for names; or objects to link.
  struct Given {
    std::string text, bytecode, prefix;
    std::vector<std::string> objects;
  };
  /// Set where the target failed, and not what comes before it.
  std::optional<Given> given;
  /// The folder with the module, the options and the versions; may be empty.
  std::string reproducer;
  /// LLVM gave up in the middle of a pass over the whole program: a thread that will
  /// never go on stands in the context of the module. It must not be destroyed.
  bool contextLost = false;
  /// The machine lacks what the program asks for: no mistake of the compiler's.
  bool unsupported = false;

  void log(llvm::raw_ostream &os) const override;
  std::error_code convertToErrorCode() const override;
};

/// Compiles `@main` of `module`. `donatable[i]` says that input i may be
/// overwritten where that saves memory; the run decides anew each time.
///
/// The ordinals in run-time errors count the ops of `@main` as given here.
///
/// Thread-safe; holds no lock of the caller's. `module` is left as it is and its
/// context must not be in use by another thread. Needs no context of its own
/// apart from PorticoDialect and FuncDialect.
llvm::Expected<CompileResult> compile(mlir::ModuleOp module, llvm::ArrayRef<bool> donatable,
                                      const CompileOptions &options);

/// Loads what `compile` needs in the context of its argument.
void loadCompilerDialects(mlir::MLIRContext &context);

} // namespace portico

#endif // PORTICO_LOWERING_COMPILER_H
