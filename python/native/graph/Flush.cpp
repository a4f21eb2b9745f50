//===- Flush.cpp - running what is pending ---------------------------------===//

#include "python/native/graph/Flush.h"
#include "python/native/graph/Counters.h"
#include "python/native/graph/Failure.h"
#include "python/native/graph/Memory.h"
#include "python/native/graph/Slice.h"
#include "python/native/graph/Storage.h"
#include "python/native/graph/Transfer.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <new>
#include <unordered_map>
#include <unordered_set>

namespace portico::native {

FlushSettings &flushSettings() {
  static FlushSettings settings;
  return settings;
}

//===----------------------------------------------------------------------===//
// One flush at a time
//===----------------------------------------------------------------------===//

// A flush lets go of the GIL while it compiles and runs. Another thread may
// record meanwhile, but must not look at what is being run: its inputs may be
// donated, and the scratch fields of the nodes are in use.
static std::recursive_mutex &flushMutex() {
  static std::recursive_mutex mutex;
  return mutex;
}

namespace {
class FlushLock {
public:
  FlushLock() {
    if (flushMutex().try_lock())
      return;
    Py_BEGIN_ALLOW_THREADS flushMutex().lock();
    Py_END_ALLOW_THREADS
  }
  ~FlushLock() { flushMutex().unlock(); }
  FlushLock(const FlushLock &) = delete;
};

class WithoutGil {
public:
  WithoutGil() : state(PyEval_SaveThread()) {}
  ~WithoutGil() { PyEval_RestoreThread(state); }
  WithoutGil(const WithoutGil &) = delete;

private:
  PyThreadState *state;
};
} // namespace

void resetAfterFork() { new (&flushMutex()) std::recursive_mutex(); }

//===----------------------------------------------------------------------===//
// Programs
//===----------------------------------------------------------------------===//

namespace {
struct Program {
  std::vector<int64_t> key;
  std::shared_ptr<Executable> executable;
  uint64_t lastUse = 0;
  /// Kept for what comes up after a run, on devices that work apart from the host.
  Ref<Trace> trace;
  /// Where the ops of the latest run were recorded, by their number in the trace.
  std::vector<std::pair<uint32_t, Location>> lines;
};
} // namespace

/// A program that changes its sizes all the time must not fill the memory.
constexpr size_t maxPrograms = 4096;
static uint64_t useCount = 0;

// Never destroyed: what they hold must not outlive Python's interpreter.
static auto &programs = *new std::unordered_multimap<uint64_t, Program>();
static auto &shapelessSeen = *new std::unordered_set<uint64_t>();

void clearPrograms() {
  programs.clear();
  shapelessSeen.clear();
}

static Program *findProgram(const Slice &slice) {
  auto [begin, end] = programs.equal_range(slice.hash);
  for (auto it = begin; it != end; ++it)
    if (it->second.key == slice.key)
      return &it->second;
  return nullptr;
}

/// Drops the quarter that was not used for the longest time.
static void dropOldPrograms() {
  std::vector<uint64_t> uses;
  for (auto &[hash, program] : programs)
    uses.push_back(program.lastUse);
  auto quarter = uses.begin() + uses.size() / 4;
  std::nth_element(uses.begin(), quarter, uses.end());
  for (auto it = programs.begin(); it != programs.end();)
    it = it->second.lastUse < *quarter ? programs.erase(it) : std::next(it);
}

static double now() {
  return std::chrono::duration<double, std::milli>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

[[noreturn]] static void fail(const BuildFailure &failure) {
  raise(failure.unsupported ? ErrorKind::runtime : ErrorKind::internal, failure.message);
}

static void build(const Slice &slice, FlushRecord &record) {
  record.reason = shapelessSeen.insert(slice.shapeless).second
                      ? "these ops were not seen together before"
                      : "seen before with other sizes, attributes or outputs";
  Ref<Trace> trace = traceOf(slice);
  BuildFailure failure;
  std::shared_ptr<Executable> executable;
  DeviceId device = slice.device();
  openDevice(device);
  {
    WithoutGil unlocked;
    executable = buildExecutable(*trace, slice.donatable, device, record.build, failure);
  }
  if (!executable)
    fail(failure);
  // A warning that the user has turned into an error must not lose the program.
  for (const std::string &warning : record.build.warnings)
    if (PyErr_WarnEx(PyExc_RuntimeWarning, warning.c_str(), 1) != 0)
      PyErr_WriteUnraisable(nullptr);
  Counters &count = counters();
  count.compiles += record.build.compiled;
  count.diskHits += record.build.diskHit;
  count.kernelsCompiled += record.build.kernelsCompiled;
  count.compileMs += record.build.ms;
  record.result = record.build.compiled ? "compiled" : record.build.diskHit ? "disk hit" : "built";
  if (programs.size() >= maxPrograms)
    dropOldPrograms();
  programs.emplace(
      slice.hash,
      Program{slice.key, executable, ++useCount, isHost(device) ? Ref<Trace>() : trace, {}});
}

//===----------------------------------------------------------------------===//
// A run
//===----------------------------------------------------------------------===//

[[noreturn]] static void failRun(Ref<Trace> trace, portico_code code, const portico_status &status,
                                 const Location *recorded = nullptr) {
  std::string op = "run", line;
  if (status.op >= 0 && trace) {
    if (uint32_t(status.op) < trace->ops.size()) {
      const TraceOp &failed = trace->ops[status.op];
      const SourceLine source = recorded ? recorded->decode() : trace->locations[failed.location];
      op = opInfo(failed.kind).name;
      if (!source.file.empty())
        line = " (recorded at " + source.file + ":" + std::to_string(source.line) + ")";
    }
  }
  if (code == PORTICO_INDEX_OUT_OF_RANGE)
    raise(ErrorKind::index, "[" + op + "] index out of range in self; got " +
                                std::to_string(status.value) + "; expected an index from 0 to " +
                                std::to_string(status.bound - 1) + line);
  if (code == PORTICO_DIVISION_BY_ZERO)
    raise(ErrorKind::runtime,
          "[" + op +
              "] integer division by zero (PyTorch's ZeroDivisionError); got a divisor of 0; "
              "expected another; try pt.where(divisor == 0, 1, divisor)" +
              line);
  if (code == PORTICO_OUT_OF_MEMORY)
    raise(ErrorKind::memory, "[" + op + "] " + status.message + line);
  if (code == PORTICO_UNAVAILABLE || code == PORTICO_INVALID_ARGUMENT)
    raise(ErrorKind::runtime, status.message + line);
  raise(ErrorKind::internal, "[" + op + "] " + status.message + line);
}

void waitFor(llvm::function_ref<portico_code(portico_status &)> call) {
  portico_status status = {};
  status.struct_size = sizeof(status);
  status.op = -1;
  portico_code code;
  {
    WithoutGil unlocked;
    code = call(status);
  }
  if (code == PORTICO_OK)
    return;
  Ref<Trace> trace;
  Location recorded;
  if (status.program)
    for (auto &[hash, program] : programs)
      if (program.executable->handle() == status.program) {
        trace = program.trace;
        for (auto &[number, location] : program.lines)
          if (int64_t(number) == status.op)
            recorded = location;
      }
  failRun(trace, code, status, recorded ? &recorded : nullptr);
}

/// Equal programs come from many lines: what goes wrong later is told with those of this run.
static void noteLines(const Slice &slice, Program &program) {
  program.lines.clear();
  uint32_t number = 0;
  for (const Node *node : slice.order) {
    if (!node->pending() || node->form == NodeForm::projection)
      continue;
    if (!node->callee)
      program.lines.emplace_back(number, node->location);
    number += node->callee ? node->callee->ops.size() : 1;
  }
}

/// The inputs in the memory of the device: numbers become buffers, and small tables of the
/// library's own, which are at home everywhere, are copied.
static std::vector<Buffer> inputBuffers(const Slice &slice, DeviceId device) {
  std::vector<Buffer> buffers;
  for (const Node *input : slice.inputs) {
    if (input->form != NodeForm::scalar) {
      buffers.push_back(copyTo(input->value, device));
      continue;
    }
    uint64_t bytes = itemSize(input->spec.dtype);
    buffers.push_back(allocate(device, bytes));
    writeNumber(buffers.back(), input->bits, bytes);
  }
  return buffers;
}

static void run(const Slice &slice, Executable &executable, FlushRecord &record) {
  DeviceId device = slice.device();
  // Others may drop their last references while the GIL is away.
  std::vector<Ref<Node>> results;
  for (Node *output : slice.outputs)
    results.emplace_back(output);
  std::vector<Buffer> buffers = inputBuffers(slice, device);
  std::vector<portico_buffer *> inputs, outputs(slice.outputs.size(), nullptr);
  std::vector<uint8_t> donate;
  for (size_t i = 0; i < slice.inputs.size(); ++i) {
    inputs.push_back(buffers[i].get());
    donate.push_back(slice.donatable[i]);
    record.donated += slice.donatable[i];
  }
  portico_status status = {};
  status.struct_size = sizeof(status);
  status.op = -1;
  portico_code code;
  double start = now();
  {
    WithoutGil unlocked;
    code = executable.run(inputs, donate, outputs, status);
  }
  record.runMs = now() - start;
  std::vector<Buffer> delivered;
  for (portico_buffer *output : outputs)
    delivered.push_back(Buffer::adopt(output));
  if (PyErr_Occurred()) // the interpreter's own error
    throw PythonErrorSet();
  bool complete = llvm::all_of(delivered, [](const Buffer &buffer) { return bool(buffer); });
  if (code != PORTICO_OK && !(portico_is_value_error(code) && complete))
    failRun(status.op >= 0 ? traceOf(slice) : Ref<Trace>(), code, status);
  std::unique_ptr<Failure> failure;
  if (code != PORTICO_OK) {
    try {
      failRun(status.op >= 0 ? traceOf(slice) : Ref<Trace>(), code, status);
    } catch (Failure &error) {
      failure = std::make_unique<Failure>(error);
    }
  }
  for (size_t i = 0; i < results.size(); ++i) {
    if (results[i]->device == anywhere)
      results[i]->device = device;
    else if (results[i]->device != device)
      delivered[i] = copyTo(delivered[i], results[i]->device);
    results[i]->evaluated(std::move(delivered[i]));
  }
  if (failure)
    throw *failure;
}

static auto &log = *new std::deque<FlushRecord>();
const std::deque<FlushRecord> &flushLog() { return log; }
void clearFlushLog() { log.clear(); }
void logFlush(FlushRecord record) {
  if (log.size() == 512)
    log.pop_front();
  log.push_back(std::move(record));
}

/// True when the slice ran. A slice that had to be built first has to be cut again: while the
/// GIL was away, other threads may have let go of its values or have taken some that it counted
/// on to overwrite.
static bool flush(llvm::ArrayRef<Node *> roots, bool keepCostly, FlushRecord &record) {
  Slice slice;
  sliceFor(roots, keepCostly, slice);
  record.ops = slice.ops;
  record.inputs = slice.inputs.size();
  record.outputs = slice.outputs.size();
  Program *program = findProgram(slice);
  if (!program) {
    record.line = Location::here().text();
    build(slice, record);
    return false;
  }
  Counters &count = counters();
  ++count.flushes;
  if (record.result.empty()) {
    ++count.memoryHits;
    record.result = "memory hit";
  }
  program->lastUse = ++useCount;
  std::shared_ptr<Executable> executable = program->executable;
  DeviceId device = slice.device();
  record.device = deviceName(device);
  if (!isHost(device))
    noteLines(slice, *program);
  run(slice, *executable, record);
  logFlush(std::move(record));
  return true;
}

//===----------------------------------------------------------------------===//
// When
//===----------------------------------------------------------------------===//

/// What was pending after the last flush of everything: values that only the
/// tape holds and that are cheap to compute again.
static uint64_t pendingFloor = 0;
static uint64_t bytesAtFlush = 0;

static uint64_t liveBytes() {
  uint64_t bytes = 0;
  for (portico_device *device : openDevices()) {
    portico_memory_stats stats = {};
    stats.struct_size = sizeof(stats);
    portico_memory_get_stats(device, &stats);
    bytes += stats.live_bytes;
  }
  return bytes;
}

static void flushPending(llvm::ArrayRef<Node *> values, bool keepCostly, const char *why) {
  FlushLock lock;
  llvm::SmallVector<Node *, 8> roots;
  FlushRecord record;
  // One program for each device.
  while (true) {
    roots.clear();
    DeviceId device = anywhere;
    for (Node *value : values) {
      if (!value->pending())
        continue;
      if (device == anywhere)
        device = value->device;
      if (value->device == device || value->device == anywhere)
        roots.push_back(value);
    }
    if (roots.empty())
      return;
    record.why = why;
    if (flush(roots, keepCostly, record))
      record = {};
    else if (PyErr_CheckSignals() != 0) // Ctrl-C during the build: nothing has run yet
      throw PythonErrorSet();
  }
}

void evaluate(llvm::ArrayRef<Node *> values, const char *why) {
  // The caller's tensors may go while another thread runs.
  llvm::SmallVector<Ref<Node>, 4> alive;
  for (Node *value : values) {
    alive.emplace_back(value);
    if (value->form == NodeForm::scalar) {
      if (value->device == anywhere)
        value->device = defaultDevice();
      Buffer buffer = allocate(value->device, itemSize(value->spec.dtype));
      writeNumber(buffer, value->bits, buffer.bytes());
      value->evaluated(std::move(buffer));
    }
  }
  flushPending(values, true, why);
}

void flushAll(const char *why) {
  {
    FlushLock lock;
    std::vector<Node *> values = Storage::pendingValues();
    std::vector<Ref<Node>> alive; // their tensors may go while another thread runs
    for (Node *value : values)
      alive.emplace_back(value);
    flushPending(values, true, why);
  }
  pendingFloor = counters().pendingOps;
  bytesAtFlush = liveBytes();
}

void recorded(Node *value) {
  FlushSettings &settings = flushSettings();
  // What is at home everywhere has nowhere to run yet.
  if (settings.eager && value->pending() && value->device != anywhere)
    return evaluate(value, "eager mode");
  Counters &count = counters();
  pendingFloor = std::min(pendingFloor, count.pendingOps);
  if (count.pendingOps > pendingFloor + settings.maxPendingOps)
    return flushAll("many ops pending");
  // Memory is asked about now and then only: the question costs more than an op.
  if ((count.opsRecorded & 63) == 0 && liveBytes() > bytesAtFlush + settings.maxHeldBytes)
    flushAll("much memory held by pending ops");
}

static Ref<Trace> pendingTrace(llvm::ArrayRef<Node *> values) {
  Slice slice;
  sliceFor(values, false, slice);
  Ref<Trace> trace = traceOf(slice);
  if (trace->outputs.empty()) // evaluated: the program that hands it back
    trace->outputs.push_back(0);
  return trace;
}

std::string pendingIr(Node *value, bool locations) {
  FlushLock lock;
  return printTrace(*pendingTrace(value), locations);
}

CompiledProgram compilePending(llvm::ArrayRef<Node *> values, const std::string &target) {
  FlushLock lock;
  Ref<Trace> trace = pendingTrace(values);
  CompilerSettings settings = flushSettings().compiler;
  settings.keepStages = true;
  settings.cache = false; // a cached program has no stages to show
  CompiledProgram program;
  BuildFailure failure;
  if (!compileTrace(*trace, std::vector<bool>(trace->numInputs, false), target, settings, program,
                    failure))
    fail(failure);
  return program;
}

} // namespace portico::native
