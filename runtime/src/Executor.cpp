//===- Executor.cpp - one run of a program ----------------------------------===//
//
// A run costs little more than its kernels: the commands were prepared when the
// program was loaded, so all that is left is to find the bases (arena, inputs,
// outputs), add the offsets, and go through the list. Where the device works apart
// from the host, the run has only been handed over by then; what its kernels find
// wrong is reported by whoever waits for it (Pending.h).
//
//===----------------------------------------------------------------------===//

#include "Buffer.h"
#include "Device.h"
#include "Program.h"
#include "Status.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <mutex>
#include <shared_mutex>

using namespace portico::rt;

namespace {

/// A table of pointers on the stack, on the heap only where there are many.
class Table {
public:
  explicit Table(size_t count) {
    if (count > kInline)
      heap.reset(new void *[count]);
    data = heap ? heap.get() : local;
  }
  void **at(size_t i) { return data + i; }

private:
  static constexpr size_t kInline = 512;
  void *local[kInline];
  std::unique_ptr<void *[]> heap;
  void **data;
};

/// The state of one run; its destructor gives back what the run did not deliver.
class Run {
public:
  Run(portico_program &program, portico_buffer *const *inputs, const uint8_t *donate,
      portico_buffer **outputs, portico_status *status)
      : program(program), device(*program.device), driver(*device.driver),
        stream(*portico_stream_current(&device)), inputs(inputs), donate(donate), outputs(outputs),
        status(status), firstOutput(uint32_t(kFirstInputBase + program.inputBytes.size())),
        outputCount(uint32_t(program.outputBytes.size())),
        table(firstOutput + 2 * outputCount + program.addresses.size()), bases(table.at(0)),
        produced(reinterpret_cast<portico_buffer **>(table.at(firstOutput + outputCount))),
        pointers(table.at(firstOutput + 2 * outputCount)) {}

  ~Run() {
    if (hasArena)
      device.allocator.release(arena);
    for (uint32_t i = 0; i < producedCount; ++i)
      if (!outputs[i])
        portico_buffer_release(produced[i]);
  }

  portico_code execute() {
    portico_code code;
    if ((code = bindInputs()) || (code = bindOutputs()) || (code = bindArena()))
      return code;
    for (size_t i = 0; i < program.addresses.size(); ++i) {
      const Address &address = program.addresses[i];
      pointers[i] = static_cast<char *>(bases[address.base]) + address.offset;
    }
    if ((code = program.graphs.enabled() ? issueAsGraph() : issueEach()))
      return code;
    if (program.hasStatus)
      device.pending.add(&program, stream);
    for (uint32_t i = 0; i < outputCount; ++i)
      if (!outputs[i])
        outputs[i] = produced[i];
    return firstError;
  }

private:
  portico_code badBuffer(const char *what, size_t index, const portico_buffer *buffer,
                         uint64_t bytes) {
    return fail(status, PORTICO_INVALID_ARGUMENT,
                "[run] wrong buffer for %s %zu; got %s on %s; expected %s on %s", what, index,
                buffer ? humanBytes(buffer->bytes).c_str() : "nothing",
                buffer ? buffer->device->name.c_str() : "no device", humanBytes(bytes).c_str(),
                device.name.c_str());
  }

  portico_code deviceError(const char *what) {
    return fail(status, PORTICO_DEVICE_ERROR, "[run] %s failed on %s: %s", what,
                device.name.c_str(), driver.last_error());
  }

  portico_code bindInputs() {
    bases[kNullBase] = nullptr;
    bases[kConstantBase] = program.constants.memory;
    for (size_t i = 0; i < program.inputBytes.size(); ++i) {
      portico_buffer *input = inputs[i];
      if (!input || input->device != &device || input->bytes != program.inputBytes[i])
        return badBuffer("input", i, input, program.inputBytes[i]);
      if (portico_code code = input->beforeRead(stream, status))
        return code;
      bases[kFirstInputBase + i] = input->data;
    }
    return PORTICO_OK;
  }

  portico_code bindOutputs() {
    for (uint32_t i = 0; i < outputCount; ++i) {
      uint64_t bytes = program.outputBytes[i];
      int32_t donor = program.outputDonor[i];
      if (portico_buffer *given = outputs[i]) {
        if (given->device != &device || given->bytes != bytes)
          return badBuffer("output", i, given, bytes);
        produced[i] = given;
      } else if (donor >= 0 && donate && donate[donor]) {
        produced[i] = inputs[donor];
        portico_buffer_retain(produced[i]);
      } else if (portico_code code =
                     portico_buffer_allocate(&device, bytes, &produced[i], status)) {
        return code;
      }
      producedCount = i + 1;
      if (portico_code code = produced[i]->beforeWrite(stream, status))
        return code;
      bases[firstOutput + i] = produced[i]->data;
    }
    return PORTICO_OK;
  }

  portico_code bindArena() {
    bases[kArenaBase] = nullptr;
    if (!program.arenaBytes)
      return PORTICO_OK;
    if (portico_code code =
            device.allocator.allocate(program.arenaBytes, stream.number, arena, status))
      return code;
    hasArena = true;
    bases[kArenaBase] = arena.memory;
    return PORTICO_OK;
  }

  portico_code issueEach() {
    std::shared_lock<std::shared_mutex> use;
    if (!device.hostMemory)
      use = std::shared_lock<std::shared_mutex>(stream.recording);
    return issueAll();
  }

  portico_code issueAll() {
    for (size_t i = 0; i < program.commands.size(); ++i)
      if (portico_code code = issue(program.commands[i], i))
        return code;
    return PORTICO_OK;
  }

  portico_code issueAsGraph() {
    size_t count = firstOutput + outputCount;
    bool record = false;
    void *graph = program.graphs.find(bases, count, record);
    if (!graph && !record)
      return issueEach();
    if (!graph) {
      std::unique_lock<std::shared_mutex> alone(stream.recording, std::try_to_lock);
      if (!alone)
        return issueEach();
      // A driver that cannot do it here is not asked again.
      if (driver.graph_begin(device.handle, stream.handle) != 0) {
        program.graphs.disable();
        return issueAll();
      }
      portico_code code = issueAll();
      if (driver.graph_end(device.handle, stream.handle, &graph) != 0)
        graph = nullptr;
      if (code || !graph) {
        program.graphs.disable();
        if (graph)
          driver.graph_destroy(device.handle, graph);
        // What was to be recorded was not done. It may have failed only for being recorded:
        // other libraries of the process can break a recording.
        return issueAll();
      }
      program.graphs.keep(bases, count, graph);
    }
    std::shared_lock<std::shared_mutex> use(stream.recording);
    return driver.graph_launch(device.handle, graph, stream.handle) == 0
               ? PORTICO_OK
               : deviceError("graph_launch");
  }

  portico_code issue(const Command &command, size_t index) {
    void **operands = pointers + command.firstPointer;
    switch (command.kind) {
    case Command::Kind::launch:
      return launch(command, index, operands);
    case Command::Kind::copy:
      if (operands[0] != operands[1] && command.bytes &&
          driver.copy(device.handle, operands[0], operands[1], command.bytes, PORTICO_COPY_WITHIN,
                      stream.handle) != 0)
        return deviceError("copy");
      return PORTICO_OK;
    case Command::Kind::fill:
      if (command.bytes && driver.fill(device.handle, operands[0], command.pattern,
                                       command.patternBytes, command.bytes, stream.handle) != 0)
        return deviceError("fill");
      return PORTICO_OK;
    }
    return PORTICO_OK;
  }

  portico_code launch(const Command &command, size_t index, void **operands) {
    if (command.extent == 0)
      return PORTICO_OK;
    portico_launch launch{};
    launch.struct_size = sizeof(launch);
    launch.kernel = command.kernel;
    launch.buffers = operands;
    launch.buffer_count = command.pointerCount;
    launch.extent = command.extent;
    launch.grain = command.grain;
    launch.scratch_bytes = command.scratchBytes;
    launch.status = program.hasStatus
                        ? static_cast<int64_t *>(program.status.memory) + index * kStatusWords
                        : hostStatus;
    for (int i = 0; i < 3; ++i) {
      launch.grid[i] = command.grid[i];
      launch.block[i] = command.block[i];
    }
    launch.group_memory_bytes = command.groupMemoryBytes;
    launch.stream = stream.handle;
    launch.buffer_bytes = program.addressBytes.data() + command.firstPointer;
    if (driver.launch(device.handle, &launch) != 0) {
      portico_code code = deviceError("launch");
      uint64_t local = program.hasStatus ? 0 : uint64_t(hostStatus[3]);
      setOp(status, &program, local < command.opCount ? program.ops[command.firstOp + local] : -1);
      return code;
    }
    if (hostStatus[0]) {
      // The first error is kept: the rest may follow from it.
      if (!firstError)
        firstError = describeError(program, command, hostStatus, status);
      std::fill(std::begin(hostStatus), std::end(hostStatus), 0);
    }
    return PORTICO_OK;
  }

  portico_program &program;
  portico_device &device;
  const portico_driver &driver;
  portico_stream &stream;
  portico_buffer *const *inputs;
  const uint8_t *donate;
  portico_buffer **outputs;
  portico_status *status;

  uint32_t firstOutput, outputCount, producedCount = 0;
  Table table;
  void **bases;
  portico_buffer **produced;
  void **pointers;

  Block arena;
  bool hasArena = false;
  int64_t hostStatus[kStatusWords] = {0, 0, 0, 0};
  portico_code firstError = PORTICO_OK;
};

} // namespace

portico_code portico_program_run(portico_program *program, portico_buffer *const *inputs,
                                 const uint8_t *donate, portico_buffer **outputs,
                                 portico_status *status) {
  Run run(*program, inputs, donate, outputs, status);
  return run.execute();
}
