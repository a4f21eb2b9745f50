//===- Executor.cpp - one run of a program ----------------------------------===//
//
// A run costs little more than its kernels: the commands were prepared when the
// program was loaded, so all that is left is to find the bases (arena, inputs,
// outputs), add the offsets, and go through the list.
//
//===----------------------------------------------------------------------===//

#include "Buffer.h"
#include "Device.h"
#include "Program.h"
#include "Status.h"

#include <memory>
#include <vector>

using namespace portico::rt;

namespace {

constexpr uint64_t kStatusBytes = 4 * sizeof(int64_t);
void *const kDefaultStream = nullptr;

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
      : program(program), device(*program.device), driver(*device.driver), inputs(inputs),
        donate(donate), outputs(outputs), status(status),
        firstOutput(uint32_t(kFirstInputBase + program.inputBytes.size())),
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
    for (size_t i = 0; i < program.commands.size(); ++i)
      if ((code = issue(program.commands[i], i)))
        return code;
    if (!device.hostMemory && (code = readStatus()))
      return code;
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
      bases[firstOutput + i] = produced[i]->data;
    }
    return PORTICO_OK;
  }

  portico_code bindArena() {
    // A device that the host cannot look into reports through the end of the arena.
    uint64_t statusBytes = device.hostMemory ? 0 : program.commands.size() * kStatusBytes;
    bases[kArenaBase] = nullptr;
    if (uint64_t bytes = program.arenaBytes + statusBytes) {
      if (portico_code code = device.allocator.allocate(bytes, arena, status))
        return code;
      hasArena = true;
      bases[kArenaBase] = arena.memory;
    }
    deviceStatus = static_cast<char *>(arena.memory) + program.arenaBytes;
    if (statusBytes &&
        driver.fill(device.handle, deviceStatus, 0, 8, statusBytes, kDefaultStream) != 0)
      return deviceError("fill");
    return PORTICO_OK;
  }

  portico_code issue(const Command &command, size_t index) {
    void **operands = pointers + command.firstPointer;
    switch (command.kind) {
    case Command::Kind::launch:
      return launch(command, index, operands);
    case Command::Kind::copy:
      if (operands[0] != operands[1] && command.bytes &&
          driver.copy(device.handle, operands[0], operands[1], command.bytes, PORTICO_COPY_WITHIN,
                      kDefaultStream) != 0)
        return deviceError("copy");
      return PORTICO_OK;
    case Command::Kind::fill:
      if (command.bytes && driver.fill(device.handle, operands[0], command.pattern,
                                       command.patternBytes, command.bytes, kDefaultStream) != 0)
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
    launch.status = device.hostMemory
                        ? hostStatus
                        : reinterpret_cast<int64_t *>(deviceStatus + index * kStatusBytes);
    for (int i = 0; i < 3; ++i) {
      launch.grid[i] = command.grid[i];
      launch.block[i] = command.block[i];
    }
    launch.group_memory_bytes = command.groupMemoryBytes;
    launch.stream = kDefaultStream;
    if (driver.launch(device.handle, &launch) != 0)
      return deviceError("launch");
    if (hostStatus[0])
      noteError(command, hostStatus);
    return PORTICO_OK;
  }

  /// A kernel found something wrong. The first one is kept: the rest may follow from it.
  void noteError(const Command &command, int64_t (&words)[4]) {
    if (!firstError) {
      uint64_t local = uint64_t(words[3]);
      int32_t op = local < command.opCount ? program.ops[command.firstOp + local] : -1;
      const char *name = portico_program_op_name(&program, op);
      firstError = fail(status, PORTICO_INDEX_OUT_OF_RANGE,
                        "[%s] index out of range; got %lld; expected at least 0 and below %lld",
                        name ? name : "run", static_cast<long long>(words[1]),
                        static_cast<long long>(words[2]));
      if (status) {
        status->op = op;
        status->value = words[1];
        status->bound = words[2];
      }
    }
    words[0] = words[1] = words[2] = words[3] = 0;
  }

  portico_code readStatus() {
    std::vector<int64_t> words(program.commands.size() * 4);
    if (words.empty())
      return PORTICO_OK;
    if (driver.copy(device.handle, words.data(), deviceStatus, words.size() * sizeof(int64_t),
                    PORTICO_COPY_TO_HOST, kDefaultStream) != 0 ||
        driver.stream_synchronize(device.handle, kDefaultStream) != 0)
      return deviceError("run");
    for (size_t i = 0; i < program.commands.size(); ++i) {
      int64_t own[4] = {words[4 * i], words[4 * i + 1], words[4 * i + 2], words[4 * i + 3]};
      if (own[0])
        noteError(program.commands[i], own);
    }
    return PORTICO_OK;
  }

  portico_program &program;
  portico_device &device;
  const portico_driver &driver;
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
  int64_t hostStatus[4] = {0, 0, 0, 0};
  char *deviceStatus = nullptr;
  portico_code firstError = PORTICO_OK;
};

} // namespace

portico_code portico_program_run(portico_program *program, portico_buffer *const *inputs,
                                 const uint8_t *donate, portico_buffer **outputs,
                                 portico_status *status) {
  Run run(*program, inputs, donate, outputs, status);
  return run.execute();
}
