//===- KernelCompiler.cpp - many kernels to objects, in parallel ------------===//
//
// A kernel travels to a worker thread as bytecode, is lowered in a context of that
// thread, and comes back as an object. Two things are kept for the next program:
// by the text of the portico.kernel all of it, by the text of the lowered functions
// the object. The second finds kernels that differ in sizes only, where the code
// does not depend on them. A kernel that LLVM gave up on is kept, too: each costs a
// thread (targets/Recovery.h), so it is not tried again.
//
//===----------------------------------------------------------------------===//

#include "lowering/Program/KernelCompiler.h"

#include "lowering/Kernels/LibraryKernels.h"
#include "lowering/Program/Contexts.h"
#include "lowering/Program/Ordinals.h"
#include "targets/KernelBytecode.h"
#include "targets/Recovery.h"
#include "targets/UnsupportedByMachine.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>

using namespace mlir;
using namespace portico;

namespace {

constexpr const char *kName = "kernel";

/// Bounded, and emptied as a whole when full: the next programs fill it again
/// with what is still in use.
template <typename Value> class BoundedMap {
public:
  Value find(const std::string &key) {
    std::lock_guard<std::mutex> lock(mutex);
    auto found = entries.find(key);
    return found == entries.end() ? nullptr : found->second;
  }
  void insert(const std::string &key, Value value) {
    std::lock_guard<std::mutex> lock(mutex);
    if (bytes > kMaxBytes) {
      entries.clear();
      bytes = 0;
    }
    if (entries.emplace(key, std::move(value)).second)
      bytes += key.size() + kBytesOfEntry;
  }

private:
  static constexpr size_t kMaxBytes = size_t(64) << 20;
  // What an object is worth, roughly; only the order of magnitude matters.
  static constexpr size_t kBytesOfEntry = size_t(8) << 10;
  std::mutex mutex;
  std::unordered_map<std::string, Value> entries;
  size_t bytes = 0;
};

BoundedMap<std::shared_ptr<const CompiledKernel>> &kernelCache() {
  static auto *instance = new BoundedMap<std::shared_ptr<const CompiledKernel>>;
  return *instance;
}
BoundedMap<std::shared_ptr<const std::string>> &objectCache() {
  static auto *instance = new BoundedMap<std::shared_ptr<const std::string>>;
  return *instance;
}

/// What LLVM said of a kernel, and whether the target had it.
struct GivenUp {
  std::string error;
  std::optional<CompileError::Given> given;
};
BoundedMap<std::shared_ptr<const GivenUp>> &givenUp() {
  static auto *instance = new BoundedMap<std::shared_ptr<const GivenUp>>;
  return *instance;
}

/// One distinct kernel on its way.
struct Job {
  std::string text;
  std::string key;
  std::string bytecode;
  /// For messages: the first op, as the user knows it.
  std::string op, types, line;
  int64_t ordinal = -1;

  std::shared_ptr<const CompiledKernel> result;
  bool compiled = false;
  std::string error;
  /// The error is an `UnsupportedByMachine`.
  bool unsupported = false;
  /// What the target has in hands.
  std::optional<CompileError::Given> given;
  std::vector<CompileStage> stages;
};

/// `kernel` alone in a module, as @main.
OwningOpRef<ModuleOp> isolate(KernelOp kernel) {
  OpBuilder builder(kernel.getContext());
  OwningOpRef<ModuleOp> module = ModuleOp::create(builder, kernel.getLoc());
  builder.setInsertionPointToStart(module->getBody());
  auto type = builder.getFunctionType(kernel.getOperandTypes(), kernel.getResultTypes());
  auto function = func::FuncOp::create(builder, kernel.getLoc(), "main", type);
  Block *block = function.addEntryBlock();
  builder.setInsertionPointToStart(block);
  IRMapping mapping;
  mapping.map(kernel.getOperands(), block->getArguments());
  Operation *copy = builder.clone(*kernel, mapping);
  func::ReturnOp::create(builder, kernel.getLoc(), copy->getResults());
  return module;
}

std::string print(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream os(text);
  module.print(os);
  return text;
}

/// The op that a kernel is named after in messages.
Operation *tellingOp(KernelOp kernel) {
  Block &body = kernel.getBody().front();
  for (Operation &op : body.without_terminator())
    if (!op.hasTrait<portico::OpTrait::DataMovement>() &&
        !op.hasTrait<portico::OpTrait::Creation>() && !isa<ConstantOp>(op))
      return &op;
  return &body.front();
}

/// Makes locations tell the op of the kernel: see kKernelOpAttr.
void markOps(KernelOp kernel) {
  OpBuilder builder(kernel.getContext());
  int64_t number = 0;
  Location loc = kernel.getLoc();
  Operation *telling = tellingOp(kernel);
  for (Operation &op : kernel.getBody().front()) {
    auto fact = builder.getNamedAttr(kKernelOpAttr, builder.getI64IntegerAttr(number++));
    auto mark = [&](Location from) {
      return FusedLoc::get(builder.getContext(), {from}, builder.getDictionaryAttr(fact));
    };
    op.setLoc(mark(op.getLoc()));
    if (&op == telling)
      loc = mark(loc);
  }
  kernel->setLoc(loc);
}

Job makeJob(KernelOp kernel, ModuleOp module, std::string text, const Target &target) {
  Job job;
  job.text = std::move(text);
  job.key = target.name().str() + "\n" + target.info().arch + "\n" + job.text;
  llvm::raw_string_ostream os(job.bytecode);
  (void)writeBytecodeToFile(module, os);
  Operation *first = tellingOp(kernel);
  job.op = first->getName().stripDialect().str();
  job.ordinal = ordinalOf(first->getLoc());
  job.line = userLine(first->getLoc());
  llvm::raw_string_ostream types(job.types);
  llvm::interleaveComma(first->getOperandTypes(), types);
  types << " -> ";
  llvm::interleaveComma(first->getResultTypes(), types);
  return job;
}

/// Collects what goes wrong in a context, with the op it is about.
class Diagnostics {
public:
  Diagnostics(MLIRContext *context, Job &job)
      : handler(context, [this, &job](Diagnostic &diagnostic) {
          if (diagnostic.getSeverity() != DiagnosticSeverity::Error)
            return success();
          text += (text.empty() ? "" : "\n") + diagnostic.str();
          for (Diagnostic &note : diagnostic.getNotes())
            text += "\n  " + note.str();
          if (int64_t ordinal = ordinalOf(diagnostic.getLocation()); ordinal >= 0)
            job.ordinal = ordinal;
          if (std::string line = userLine(diagnostic.getLocation()); !line.empty())
            job.line = line;
          return success();
        }) {}
  std::string text;

private:
  ScopedDiagnosticHandler handler;
};

/// A result may share its memory with an input of the same index; of all other
/// pointers the code may assume that nobody else has them.
void markUnaliased(ModuleOp module, const KernelABI &abi) {
  size_t inputs = abi.sameIndex.size();
  size_t results = inputs ? abi.sameIndex.front().size() : 0;
  std::vector<bool> aliased(inputs + results, false);
  for (size_t i = 0; i < inputs; ++i)
    for (size_t r = 0; r < results; ++r)
      if (abi.sameIndex[i][r])
        aliased[i] = aliased[inputs + r] = true;
  module.walk([&](FunctionOpInterface function) {
    for (unsigned i = 0; i < function.getNumArguments(); ++i)
      if (isa<MemRefType>(function.getArgumentTypes()[i]) && (i >= aliased.size() || !aliased[i]))
        function.setArgAttr(i, kNoAliasAttr, UnitAttr::get(module.getContext()));
  });
}

/// Code of the target's own for the kernel of a job.
llvm::Error takeLibraryKernel(Job &job, const LibraryChoice &choice, CompiledKernel &result) {
  std::string symbol =
      "k" + llvm::utohexstr(llvm::xxh3_64bits(job.text), /*LowerCase=*/true) + "_library";
  LibraryLaunch launch;
  job.given.emplace();
  llvm::Expected<std::string> object = choice.kernel->make(choice.product, symbol, launch);
  if (!object)
    return object.takeError();
  job.given.reset();
  result.abi = libraryKernelABI(launch);
  result.abi.phases.front().name = "library";
  result.symbols.push_back(std::move(symbol));
  result.object = std::make_shared<const std::string>(std::move(*object));
  return llvm::Error::success();
}

std::optional<std::string> compileOne(Job &job, const Target &target,
                                      const CompileOptions &options) {
  PooledContext pooled(target);
  MLIRContext *context = pooled.get();
  Diagnostics diagnostics(context, job);
  auto error = [&](const Twine &what) {
    return (diagnostics.text.empty() ? what : what + ": " + diagnostics.text).str();
  };
  auto keep = [&](const char *stage, std::string text) {
    if (options.keepStages)
      job.stages.push_back({stage, std::move(text)});
  };

  OwningOpRef<ModuleOp> source =
      parseSourceString<ModuleOp>(job.bytecode, ParserConfig(context, /*verifyAfterParse=*/false));
  if (!source)
    return error("the kernel cannot be read back");
  auto main = source->lookupSymbol<func::FuncOp>("main");
  auto kernel = cast<KernelOp>(main.getBody().front().front());
  markOps(kernel);

  auto result = std::make_shared<CompiledKernel>();
  if (std::optional<LibraryChoice> choice = chooseLibraryKernel(kernel, target)) {
    if (llvm::Error failure = takeLibraryKernel(job, *choice, *result))
      return error(llvm::toString(std::move(failure)));
    keep("library", choice->kernel->name);
    job.compiled = true;
    job.result = std::move(result);
    return std::nullopt;
  }
  OwningOpRef<ModuleOp> lowered = ModuleOp::create(source->getLoc());
  if (failed(lowerKernel(kernel, target.info(), *lowered, kName, result->abi)))
    return error("the kernel cannot be lowered");
  if (failed(verify(*lowered)))
    return error("the lowered kernel is not valid");
  if (result->abi.phases.empty()) {
    job.result = std::move(result);
    return std::nullopt;
  }
  markUnaliased(*lowered, result->abi);
  std::string text = print(*lowered);
  std::string prefix = "k" + llvm::utohexstr(llvm::xxh3_64bits(text), /*LowerCase=*/true) + "_";
  for (const KernelPhase &phase : result->abi.phases)
    result->symbols.push_back(prefix + phase.name);
  keep("lowered", text);

  std::string objectKey = target.name().str() + "\n" + target.info().arch + "\n" + text;
  if (!options.keepStages)
    result->object = objectCache().find(objectKey);
  if (!result->object) {
    bool fromOutside = !target.maker().empty();
    job.given = {text, fromOutside ? kernelBytecode(*lowered) : "", prefix, /*objects=*/{}};
    llvm::Expected<TargetObject> object =
        target.compileKernel(*lowered, prefix, options.keepStages);
    if (!object) {
      job.unsupported = object.errorIsA<UnsupportedByMachine>();
      return error(llvm::toString(object.takeError()));
    }
    job.given.reset();
    for (auto &[stage, stageText] : object->stages)
      keep(stage.c_str(), std::move(stageText));
    result->object = std::make_shared<const std::string>(std::move(object->bytes));
    objectCache().insert(objectKey, result->object);
    job.compiled = true;
  }
  job.result = std::move(result);
  return std::nullopt;
}

llvm::Error makeError(const Job &job, const Target &target) {
  auto error = std::make_unique<CompileError>();
  error->op = job.op;
  error->ordinal = job.ordinal;
  error->unsupported = job.unsupported;
  error->message = "[" + job.op + "] cannot be compiled for " + target.name().str() + "; got " +
                   job.types + (job.line.empty() ? "" : " at " + job.line) + "; " + job.error;
  error->module = job.text;
  error->given = job.given;
  return llvm::Error(std::move(error));
}

/// A thread that takes jobs, and which one it is at.
struct Worker {
  Job *job = nullptr;
  std::unique_ptr<Attempt> attempt;
};

/// Where LLVM gives up on a kernel its worker is lost; the others go on.
void compileAll(ArrayRef<Job *> jobs, const Target &target, const CompileOptions &options) {
  std::atomic<size_t> next{0};
  std::vector<Worker> workers(
      std::min<size_t>(jobs.size(), std::max(1u, std::thread::hardware_concurrency())));
  for (Worker &worker : workers)
    worker.attempt = std::make_unique<Attempt>([&] {
      for (size_t i; (i = next++) < jobs.size();) {
        worker.job = jobs[i];
        if (std::optional<std::string> error = compileOne(*jobs[i], target, options))
          jobs[i]->error = std::move(*error);
      }
    });
  for (Worker &worker : workers)
    if (std::optional<std::string> said = worker.attempt->wait()) {
      worker.job->error = "LLVM gives up: " + *said;
      givenUp().insert(worker.job->key, std::make_shared<const GivenUp>(
                                            GivenUp{worker.job->error, worker.job->given}));
    }
}

} // namespace

llvm::Expected<CompiledKernels> portico::compileKernels(ArrayRef<KernelOp> kernels,
                                                        const Target &target,
                                                        const CompileOptions &options) {
  // Equal kernels are one job.
  std::vector<std::unique_ptr<Job>> jobs;
  std::map<std::string, size_t> jobOfText;
  std::vector<size_t> jobOfKernel;
  for (KernelOp kernel : kernels) {
    OwningOpRef<ModuleOp> module = isolate(kernel);
    std::string text = print(*module);
    auto [found, fresh] = jobOfText.try_emplace(text, jobs.size());
    jobOfKernel.push_back(found->second);
    if (fresh)
      jobs.push_back(std::make_unique<Job>(makeJob(kernel, *module, std::move(text), target)));
  }

  std::vector<Job *> missing;
  for (auto &job : jobs) {
    if (!options.keepStages)
      job->result = kernelCache().find(job->key);
    if (std::shared_ptr<const GivenUp> known = givenUp().find(job->key)) {
      job->error = known->error;
      job->given = known->given;
    } else if (!job->result)
      missing.push_back(job.get());
  }
  compileAll(missing, target, options);
  for (auto &job : jobs)
    if (!job->error.empty())
      return makeError(*job, target);

  CompiledKernels result;
  for (size_t i = 0; i < jobs.size(); ++i) {
    Job &job = *jobs[i];
    result.compiled += job.compiled;
    kernelCache().insert(job.key, job.result);
    if (options.keepStages) {
      std::string name = "kernel" + std::to_string(i);
      result.stages.push_back({name, job.text});
      for (CompileStage &stage : job.stages)
        result.stages.push_back({name + "." + stage.name, std::move(stage.text)});
    }
  }
  for (size_t job : jobOfKernel)
    result.kernels.push_back(jobs[job]->result);
  return result;
}
