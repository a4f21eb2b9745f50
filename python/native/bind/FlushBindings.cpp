//===- FlushBindings.cpp - evaluation, statistics and explain --------------===//

#include "python/native/bind/Bindings.h"
#include "python/native/bind/TensorObject.h"
#include "python/native/bind/Types.h"
#include "python/native/graph/Counters.h"
#include "python/native/graph/Flush.h"

#include <nanobind/stl/string.h>

#include <cstdlib>
#include <cstring>

namespace nb = nanobind;
using namespace nb::literals;

namespace portico::native {

static bool flag(const char *variable) {
  const char *value = std::getenv(variable);
  return value && *value && std::strcmp(value, "0") != 0;
}

static void readEnvironment() {
  FlushSettings &settings = flushSettings();
  settings.eager = flag("PORTICO_EAGER");
  settings.compiler.strict = flag("PORTICO_STRICT");
  if (const char *executor = std::getenv("PORTICO_EXECUTOR"))
    settings.executor = std::strcmp(executor, "reference") == 0 ? ExecutorChoice::reference
                                                                : ExecutorChoice::compiled;
  if (const char *policy = std::getenv("PORTICO_FUSION"))
    settings.compiler.fusionPolicy = policy;
}

static nb::object textOrBytes(const std::string &data) {
  if (PyObject *text = PyUnicode_DecodeUTF8(data.data(), data.size(), nullptr))
    return nb::steal(text);
  PyErr_Clear();
  return nb::bytes(data.data(), data.size());
}

static nb::list stageList(const CompiledProgram &program) {
  nb::list list;
  for (auto &[name, text] : program.stages)
    list.append(nb::make_tuple(name, textOrBytes(text)));
  return list;
}

/// Loads the plug-in of that name where there is one.
static void requireTarget(const std::string &target) {
  std::string wrong = checkTarget(target);
  if (!wrong.empty() && findTargetOf(target))
    wrong = checkTarget(target);
  if (!wrong.empty())
    raise(ErrorKind::value, wrong);
}

static nb::dict asDict(const CompiledProgram &compiled) {
  nb::dict d;
  d["program"] =
      nb::bytes(reinterpret_cast<const char *>(compiled.bytes.data()), compiled.bytes.size());
  d["kernels"] = compiled.kernels;
  d["compile_ms"] = compiled.ms;
  d["stages"] = stageList(compiled);
  return d;
}

static nb::dict compileModule(const std::string &text, const std::string &target) {
  requireTarget(target);
  CompilerSettings settings = flushSettings().compiler;
  settings.keepStages = true;
  settings.cache = false; // a cached program has no stages to show
  CompiledProgram compiled;
  BuildFailure failure;
  auto compile = [&] {
    nb::gil_scoped_release unlocked;
    return compileText(text, target, settings, compiled, failure);
  };
  if (compile())
    return asDict(compiled);
  if (failure.noProgram)
    raise(ErrorKind::mlir, "[compile] not a program; got " + failure.message);
  raise(failure.unsupported ? ErrorKind::runtime : ErrorKind::internal, failure.message);
}

static nb::dict compileFor(nb::handle tensors, const std::string &target) {
  requireTarget(target);
  std::vector<Ref<Node>> values;
  llvm::SmallVector<Node *, 8> roots;
  for (nb::handle tensor : nb::iter(tensors)) {
    if (!isTensor(tensor.ptr()))
      raise(ErrorKind::type, "[compile] not a tensor");
    values.push_back(tensorOf(tensor.ptr()).read().value);
    roots.push_back(values.back().get());
  }
  return asDict(compilePending(roots, target));
}

static nb::dict stats() {
  const Counters &count = counters();
  portico_memory_stats memory = {};
  memory.struct_size = sizeof(memory);
  portico_memory_get_stats(openDevice(hostDevice), &memory);
  nb::dict d;
  d["ops_recorded"] = count.opsRecorded;
  d["ops_pending"] = count.pendingOps;
  d["flushes"] = count.flushes;
  d["compiles"] = count.compiles;
  d["memory_hits"] = count.memoryHits;
  d["disk_hits"] = count.diskHits;
  d["kernels_compiled"] = count.kernelsCompiled;
  d["compile_ms"] = count.compileMs;
  d["gradients_built"] = count.gradientsBuilt;
  d["gradient_hits"] = count.gradientHits;
  d["live_bytes"] = memory.live_bytes;
  d["peak_bytes"] = memory.peak_bytes;
  d["cached_bytes"] = memory.cached_bytes;
  d["external_bytes"] = memory.external_bytes;
  d["allocations"] = memory.allocations;
  d["allocation_hits"] = memory.cache_hits;
  return d;
}

static nb::list explain() {
  nb::list list;
  for (const FlushRecord &record : flushLog()) {
    nb::dict d;
    d["why"] = record.why;
    d["line"] = record.line;
    d["result"] = record.result;
    d["reason"] = record.reason;
    d["ops"] = record.ops;
    d["inputs"] = record.inputs;
    d["outputs"] = record.outputs;
    d["donated"] = record.donated;
    d["kernels"] = record.build.kernels;
    d["kernels_compiled"] = record.build.kernelsCompiled;
    d["compile_ms"] = record.build.ms;
    d["run_ms"] = record.runMs;
    d["device"] = record.device;
    list.append(d);
  }
  return list;
}

static void setOption(const std::string &name, nb::handle value) {
  FlushSettings &settings = flushSettings();
  if (name == "eager")
    settings.eager = nb::cast<bool>(value);
  else if (name == "executor")
    settings.executor = nb::cast<std::string>(value) == "reference" ? ExecutorChoice::reference
                                                                    : ExecutorChoice::compiled;
  else if (name == "max_pending_ops")
    settings.maxPendingOps = nb::cast<uint64_t>(value);
  else if (name == "max_held_bytes")
    settings.maxHeldBytes = nb::cast<uint64_t>(value);
  else if (name == "fusion_policy")
    settings.compiler.fusionPolicy = nb::cast<std::string>(value);
  else if (name == "fusion_plan")
    settings.compiler.fusionPlan = nb::cast<std::string>(value);
  else if (name == "fuel")
    settings.compiler.fuel = nb::cast<int64_t>(value);
  else if (name == "strict")
    settings.compiler.strict = nb::cast<bool>(value);
  else if (name == "cache")
    settings.compiler.cache = nb::cast<bool>(value);
  else
    raise(ErrorKind::value, "[set_option] no such option; got " + name);
  // What was built under other options must not be found.
  clearPrograms();
}

static nb::object getOption(const std::string &name) {
  FlushSettings &settings = flushSettings();
  if (name == "eager")
    return nb::bool_(settings.eager);
  if (name == "executor")
    return nb::str(settings.executor == ExecutorChoice::reference ? "reference" : "compiled");
  if (name == "max_pending_ops")
    return nb::int_(settings.maxPendingOps);
  if (name == "max_held_bytes")
    return nb::int_(settings.maxHeldBytes);
  if (name == "fusion_policy")
    return nb::cast(settings.compiler.fusionPolicy);
  if (name == "fusion_plan")
    return nb::cast(settings.compiler.fusionPlan);
  if (name == "fuel")
    return nb::int_(settings.compiler.fuel);
  if (name == "strict")
    return nb::bool_(settings.compiler.strict);
  if (name == "cache")
    return nb::bool_(settings.compiler.cache);
  raise(ErrorKind::value, "[get_option] no such option; got " + name);
}

void bindFlush(nb::module_ &m) {
  readEnvironment();
  m.def(
      "evaluate",
      [](nb::handle tensors, const std::string &why) {
        std::vector<Ref<Node>> values;
        llvm::SmallVector<Node *, 8> roots;
        for (nb::handle tensor : nb::iter(tensors)) {
          if (!isTensor(tensor.ptr()))
            raise(ErrorKind::type, "[evaluate] not a tensor");
          values.push_back(tensorOf(tensor.ptr()).read().value);
          roots.push_back(values.back().get());
        }
        evaluate(roots, why.c_str());
      },
      "tensors"_a, "why"_a = "evaluate", "Runs what these tensors wait for.");
  m.def(
      "flush_all", [](const std::string &why) { flushAll(why.c_str()); }, "why"_a = "flush_all",
      "Runs what every living tensor waits for.");
  m.def("stats", &stats);
  m.def("reset_peak", [] { portico_memory_reset_peak(openDevice(hostDevice)); });
  m.def(
      "set_memory_limit",
      [](uint64_t bytes) { portico_memory_set_limit(openDevice(hostDevice), bytes); },
      "The most that tensors may take; 0: what the machine has.");
  m.def("release_cached_memory", [] { portico_memory_release_cached(openDevice(hostDevice)); });
  m.def("get_num_threads", [] { return portico_get_num_threads(); });
  m.def("set_num_threads", [](int threads) {
    portico_status status = {};
    status.struct_size = sizeof(status);
    if (portico_set_num_threads(threads, &status) != PORTICO_OK)
      raise(ErrorKind::value, std::string("[set_num_threads] ") + status.message);
  });
  m.def("explain", &explain, "One record per flush, oldest first.");
  m.def("clear_explain", &clearFlushLog);
  m.def("clear_programs", &clearPrograms, "Forgets every program in memory.");
  m.def("set_option", &setOption);
  m.def("get_option", &getOption);
  m.def(
      "stages",
      [](TensorArg x) {
        Ref<Node> value = x->read().value;
        return stageList(compilePending(value.get(), deviceName(value->device)));
      },
      "The pending program behind a tensor after every stage of the compiler: (name, text), and "
      "(name, bytes) for code.");
  m.def("compile_for", &compileFor, "tensors"_a, "target"_a,
        "The program that would give these tensors, compiled for a target that need not be here.");
  m.def("compile_module", &compileModule, "text"_a, "target"_a,
        "The same for a module of the dialect, as text.");
  m.def("_after_fork", &resetAfterFork);
}

} // namespace portico::native
