//===- Compiler.cpp - a module of portico in, a program out -----------------===//

#include "lowering/Compiler.h"

#include "dialects/portico/IR/Portico.h"
#include "dialects/portico/Transforms/Fusion/Fusion.h"
#include "dialects/portico/Transforms/Inline.h"
#include "dialects/portico/Transforms/Simplify.h"
#include "lowering/BuildId.h"
#include "lowering/Cache.h"
#include "lowering/Kernels/LibraryKernels.h"
#include "lowering/Program/ForkGate.h"
#include "lowering/Program/KernelCompiler.h"
#include "lowering/Program/Ordinals.h"
#include "lowering/Program/ProgramWriter.h"
#include "lowering/Reproducer.h"
#include "targets/Recovery.h"
#include "targets/Target.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>
#include <optional>
#include <set>

using namespace mlir;
using namespace portico;

char CompileError::ID = 0;

void CompileError::log(llvm::raw_ostream &os) const { os << message; }
std::error_code CompileError::convertToErrorCode() const { return llvm::inconvertibleErrorCode(); }

namespace {

/// The stages before the kernels, as portico-opt takes them.
std::string pipelineText(const CompileOptions &options) {
  return llvm::formatv("--portico-inline --portico-simplify --portico-fuse='policy={0} fuel={1}'",
                       options.fusionPolicy, options.fuel);
}

std::string print(ModuleOp module, bool locations = false) {
  std::string text;
  llvm::raw_string_ostream os(text);
  OpPrintingFlags flags;
  if (locations)
    flags.enableDebugInfo(true);
  module.print(os, flags);
  return text;
}

/// Everything that decides what the program is. Locations do not.
std::string makeKey(const std::string &text, ArrayRef<bool> donatable, const Target &target,
                    const CompileOptions &options) {
  std::string key;
  llvm::raw_string_ostream os(key);
  std::unique_ptr<FusionPolicy> policy = makeFusionPolicy(options.fusionPolicy);
  os << compilerVersion() << "\n"
     << compilerBuildId() << "\n"
     << target.name() << "\n"
     << target.info().arch << "\n"
     << (policy ? policy->id() : options.fusionPolicy) << "\n"
     << options.fuel << "\n"
     << options.fusionPlan.size() << "\n"
     << options.fusionPlan << "\n"
     << (options.strict ? "strict" : "") << "\n"
     << (libraryKernelsEnabled() ? "" : "no library kernels") << "\n";
  for (bool flag : donatable)
    os << (flag ? '1' : '0');
  os << "\n" << text;
  return key;
}

/// Makes a failure of a stage before the kernels an error of ours.
class StageDiagnostics {
public:
  explicit StageDiagnostics(MLIRContext *context)
      : handler(context, [this](Diagnostic &diagnostic) {
          if (diagnostic.getSeverity() != DiagnosticSeverity::Error)
            return success();
          text += (text.empty() ? "" : "\n") + diagnostic.str();
          for (Diagnostic &note : diagnostic.getNotes())
            text += "\n  " + note.str();
          if (ordinal < 0)
            ordinal = ordinalOf(diagnostic.getLocation());
          if (line.empty())
            line = userLine(diagnostic.getLocation());
          return success();
        }) {}

  llvm::Error error(StringRef stage, ArrayRef<std::string> opNames, const Target &target) {
    auto error = std::make_unique<CompileError>();
    error->ordinal = ordinal;
    if (ordinal >= 0 && size_t(ordinal) < opNames.size())
      error->op = opNames[ordinal];
    error->message = "[" + (error->op.empty() ? "compile" : error->op) + "] " + stage.str() +
                     " failed for " + target.name().str() + (line.empty() ? "" : " at " + line) +
                     (text.empty() ? "" : "; " + text);
    return llvm::Error(std::move(error));
  }

private:
  std::string text, line;
  int64_t ordinal = -1;
  ScopedDiagnosticHandler handler;
};

/// Whether any op computes in a type that kernels widen.
bool hasHalfTypes(func::FuncOp main) {
  return main
      .walk([](Operation *op) {
        for (Type type : op->getResultTypes())
          if (auto tensor = dyn_cast<RankedTensorType>(type))
            if (tensor.getElementType().isF16() || tensor.getElementType().isBF16())
              return WalkResult::interrupt();
        return WalkResult::advance();
      })
      .wasInterrupted();
}

/// One compilation, from the clone of the module to the bytes.
class Compilation {
public:
  Compilation(ModuleOp module, ArrayRef<bool> donatable, const Target &target,
              const CompileOptions &options)
      : module(module), main(module.lookupSymbol<func::FuncOp>("main")), donatable(donatable),
        target(target), options(options) {}

  llvm::Expected<CompileResult> run() {
    opNames = numberOps(main);
    keep("input");
    if (llvm::Error error = transform())
      return std::move(error);

    SmallVector<KernelOp> kernels(main.getOps<KernelOp>());
    llvm::Expected<CompiledKernels> compiled = compileKernels(kernels, target, options);
    if (!compiled)
      return compiled.takeError();
    for (CompileStage &stage : compiled->stages)
      result.stages.push_back(std::move(stage));
    result.kernelsCompiled = compiled->compiled;

    BufferPlan plan = planBuffers(main, compiled->kernels, donatable);
    for (const PlannedCommand &command : plan.commands)
      result.kernels += command.kind == PlannedCommand::Kind::launch;
    llvm::Expected<std::string> code = link(compiled->kernels);
    if (!code)
      return code.takeError();
    if (options.keepStages)
      result.stages.push_back({"code", *code});
    result.program = writeProgram({compilerVersion(), target.name().str(), target.info().arch,
                                   std::move(*code), plan, compiled->kernels, opNames});
    return std::move(result);
  }

private:
  llvm::Error transform() {
    StageDiagnostics diagnostics(module.getContext());
    if (failed(inlineCalls(main)))
      return diagnostics.error("inlining", opNames, target);
    for (auto function : llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
      if (function != main)
        function.erase();
    if (failed(simplify(main)))
      return diagnostics.error("simplification", opNames, target);
    keep("simplify");
    FusionOptions fusion;
    // A value of a half type is rounded where it leaves its kernel.
    fusion.policy = options.strict && hasHalfTypes(main) ? "none" : options.fusionPolicy;
    fusion.fuel = options.fuel;
    fusion.plan = options.fusionPlan;
    FailureOr<FusionReport> report = fuse(main, fusion);
    if (failed(report))
      return diagnostics.error("fusion", opNames, target);
    result.planJson = llvm::formatv("{0}", report->plan);
    keep("fuse");
    return llvm::Error::success();
  }

  llvm::Expected<std::string> link(ArrayRef<std::shared_ptr<const CompiledKernel>> kernels) {
    SmallVector<StringRef> objects;
    // By name, which is a hash of the code: two threads may have compiled equal code at once.
    std::set<StringRef> seen;
    for (const auto &kernel : kernels)
      if (!kernel->symbols.empty() && seen.insert(kernel->symbols.front()).second)
        objects.push_back(*kernel->object);
    if (objects.empty())
      return std::string();
    llvm::Expected<std::string> code = target.link(objects);
    if (code)
      return code;
    auto error = std::make_unique<CompileError>();
    error->message = "[compile] the program cannot be linked for " + target.name().str() + "; " +
                     llvm::toString(code.takeError());
    error->given.emplace();
    for (StringRef object : objects)
      error->given->objects.push_back(object.str());
    return llvm::Error(std::move(error));
  }

  void keep(const char *stage) {
    if (options.keepStages)
      result.stages.push_back({stage, print(module)});
  }

  ModuleOp module;
  func::FuncOp main;
  ArrayRef<bool> donatable;
  const Target &target;
  const CompileOptions &options;
  std::vector<std::string> opNames;
  CompileResult result;
};

/// The above on a thread that LLVM may keep.
llvm::Expected<CompileResult> compileApart(ModuleOp module, ArrayRef<bool> donatable,
                                           const Target &target, const CompileOptions &options) {
  std::optional<llvm::Expected<CompileResult>> result;
  std::optional<std::string> said = attempt([&] {
    OwningOpRef<ModuleOp> clone = module.clone();
    result.emplace(Compilation(*clone, donatable, target, options).run());
  });
  if (!said)
    return std::move(*result);
  auto error = std::make_unique<CompileError>();
  error->message = "[compile] the program cannot be compiled for " + target.name().str() +
                   "; LLVM gives up: " + *said;
  error->contextLost = true;
  return llvm::Error(std::move(error));
}

/// Who is told of a failure: what a plug-in was given is right, or it is Portico's mistake.
std::string whoseMistake(const CompileError &error, const Target &target) {
  if (!error.given || target.maker().empty())
    return "Portico";
  return "the target '" + target.name().str() + "' (" + target.maker().str() + ")";
}

llvm::Error checkModule(ModuleOp module) {
  auto main = module.lookupSymbol<func::FuncOp>("main");
  if (main && !main.isExternal() && main.getBody().hasOneBlock())
    return llvm::Error::success();
  return llvm::createStringError(
      "[compile] nothing to compile; expected a function @main of one block");
}

CompileResult fromCache(const CachedProgram &cached) {
  CompileResult result;
  result.program = cached.program;
  result.kernels = cached.kernels;
  result.planJson = cached.planJson;
  return result;
}

double since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

} // namespace

void portico::loadCompilerDialects(MLIRContext &context) {
  context.loadDialect<PorticoDialect, func::FuncDialect>();
}

llvm::Expected<CompileResult> portico::compile(ModuleOp module, ArrayRef<bool> donatable,
                                               const CompileOptions &options) {
  ForkGate gate;
  auto start = std::chrono::steady_clock::now();
  llvm::Expected<const Target *> target = lookupTarget(options.device);
  if (!target)
    return target.takeError();
  if (llvm::Error error = checkModule(module))
    return std::move(error);

  std::string text = print(module);
  std::string key = makeKey(text, donatable, **target, options);
  bool lookUp = options.cache && !options.keepStages;
  // Without a build id an old program could not be told from a new one.
  bool onDisk = options.cache && !compilerBuildId().empty();
  std::vector<std::string> warnings;
  DiskCache disk(warnings);
  if (lookUp) {
    if (std::shared_ptr<const CachedProgram> cached = MemoryCache::find(key)) {
      CompileResult result = fromCache(*cached);
      result.memoryHit = true;
      result.ms = since(start);
      return result;
    }
    if (onDisk) {
      if (std::optional<CachedProgram> cached = disk.find(key)) {
        auto shared = std::make_shared<const CachedProgram>(std::move(*cached));
        MemoryCache::insert(key, shared);
        CompileResult result = fromCache(*shared);
        result.diskHit = true;
        result.warnings = std::move(warnings);
        result.ms = since(start);
        return result;
      }
    }
  }

  llvm::Expected<CompileResult> result = compileApart(module, donatable, **target, options);
  if (!result) {
    return llvm::handleErrors(
        result.takeError(), [&](std::unique_ptr<CompileError> error) -> llvm::Error {
          if (error->unsupported)
            return llvm::Error(std::move(error));
          error->reproducer = writeReproducer(print(module, /*locations=*/true), *error,
                                              pipelineText(options), **target, options);
          error->message +=
              "\nthis is a mistake in " + whoseMistake(*error, **target) + ", not in the program";
          if (!error->reproducer.empty())
            error->message += "; what is needed to reproduce it is in " + error->reproducer;
          return llvm::Error(std::move(error));
        });
  }
  if (options.cache) {
    auto cached = std::make_shared<CachedProgram>();
    cached->program = result->program;
    cached->kernels = result->kernels;
    cached->planJson = result->planJson;
    if (onDisk)
      disk.insert(key, *cached);
    MemoryCache::insert(key, std::move(cached));
  }
  result->warnings = std::move(warnings);
  result->ms = since(start);
  return result;
}
