//===- Bridge.h - what the recorder asks of MLIR ---------------------------===//
//
// No MLIR in this header: the recorder compiles without it. Nothing here needs
// the GIL, and every call works in a context of its own.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_NATIVE_IR_BRIDGE_H
#define PORTICO_NATIVE_IR_BRIDGE_H

#include "python/native/graph/Trace.h"

#include <memory>
#include <string>

namespace portico::native {

/// The program as text; `locations` in MLIR's pretty form.
std::string printTrace(const Trace &trace, bool locations);

/// A reverse function: `(residuals..., cotangents...) -> gradients...`.
struct Derivative {
  Ref<Trace> trace;
  /// Value numbers, in the forward trace, of the leading arguments.
  std::vector<uint32_t> residuals;
  /// Output i is the gradient of forward input gradOf[i].
  std::vector<uint32_t> gradOf;
};

/// Differentiates `forward` for the inputs in `wrt`, with one cotangent for each
/// of its outputs. Values that no rule reads become residuals only if they are
/// `available`. False and the diagnostics where an op has no rule.
bool differentiate(const Trace &forward, const std::vector<bool> &wrt,
                   const std::vector<bool> &available, Derivative &derivative, std::string &error);

/// The machines that a target can make code for; none where there is no such target.
std::vector<std::string> targetArchs(const std::string &target);
/// What is wrong with a target string; empty: nothing.
std::string checkTarget(const std::string &target);

/// Options of the compiler that the user can set.
struct CompilerSettings {
  std::string fusionPolicy = "greedy";
  std::string fusionPlan;
  int64_t fuel = -1;
  bool strict = false;
  bool cache = true;
  bool keepStages = false;
};

struct CompiledProgram {
  std::vector<uint8_t> bytes;
  int kernels = 0;
  int kernelsCompiled = 0;
  bool memoryHit = false, diskHit = false;
  double ms = 0;
  std::string plan;
  std::vector<std::pair<std::string, std::string>> stages;
  /// What the user should hear, each once per process.
  std::vector<std::string> warnings;
};

/// Why there is no program.
struct BuildFailure {
  std::string message;
  /// The machine lacks what the program asks for; otherwise the mistake is Portico's.
  bool unsupported = false;
  /// What was to be compiled is no program.
  bool noProgram = false;
};

/// Compiles a trace for a device. False and the reason where there is no program for it.
bool compileTrace(const Trace &trace, const std::vector<bool> &donatable, const std::string &device,
                  const CompilerSettings &settings, CompiledProgram &program,
                  BuildFailure &failure);

/// The same for a module of the dialect as text, with a function @main.
bool compileText(const std::string &text, const std::string &device,
                 const CompilerSettings &settings, CompiledProgram &program, BuildFailure &failure);

} // namespace portico::native

#endif // PORTICO_NATIVE_IR_BRIDGE_H
