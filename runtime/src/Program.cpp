//===- Program.cpp - checking and preparing a program -----------------------===//
//
// The bytes may come from a file, so nothing in them is believed: FlatBuffers'
// verifier checks the structure, this file every number that becomes an index, an
// offset or a size. The machine code inside is as trusted as the file.
//
//===----------------------------------------------------------------------===//

#include "Program.h"

#include "Device.h"
#include "Status.h"
#include "portico/checksum.h"
#include "portico/program_generated.h"

#include <cstring>
#include <memory>
#include <new>

using namespace portico::rt;
namespace fb = portico::program;

portico_program::~portico_program() {
  // Kernels of an earlier run may still be on their way.
  if (!device->hostMemory)
    device->driver->synchronize(device->handle);
  graphs.destroy(*device->driver, device->handle);
  if (module)
    device->driver->module_unload(device->handle, module);
  if (hasConstants)
    device->allocator.release(constants);
  if (hasStatus)
    device->allocator.release(status);
}

namespace {

// Fills in a program from verified bytes; `check` remembers the first number that is wrong.
class Loader {
public:
  Loader(const fb::Program &source, portico_program &program) : source(source), program(program) {}

  bool load() {
    program.arenaBytes = source.arena_bytes();
    for (const fb::Input *input : *source.inputs())
      program.inputBytes.push_back(input->bytes());
    for (const fb::Output *output : *source.outputs()) {
      int32_t donor = output->donor();
      check(donor >= -1 && donor < int64_t(source.inputs()->size()), "the donor of an output");
      check(donor < 0 || error || program.inputBytes[donor] == output->bytes(),
            "the size of a donated input");
      program.outputBytes.push_back(output->bytes());
      program.outputDonor.push_back(donor);
    }
    check(source.commands_type() && source.commands_type()->size() == source.commands()->size(),
          "the command types");
    for (uint32_t i = 0; !error && i < source.commands()->size(); ++i)
      command(source.commands_type()->Get(i), source.commands()->Get(i));
    if (const auto *names = source.op_names())
      for (const auto *name : *names)
        program.opNames.push_back(name->str());
    return !error;
  }

  /// The kernel of each launch, by command.
  std::vector<uint32_t> kernelOfCommand;
  const char *error = nullptr;

private:
  void check(bool holds, const char *what) {
    if (!holds && !error)
      error = what;
  }

  void address(const fb::Ref *ref) {
    Address result;
    uint64_t size = 0;
    uint32_t inputs = uint32_t(program.inputBytes.size());
    switch (ref->base()) {
    case fb::Base::None:
      break;
    case fb::Base::Arena:
      result.base = kArenaBase;
      size = program.arenaBytes;
      break;
    case fb::Base::Constant:
      result.base = kConstantBase;
      size = source.constants() ? source.constants()->size() : 0;
      break;
    case fb::Base::Input:
      check(ref->index() < inputs, "the index of an input");
      result.base = kFirstInputBase + ref->index();
      size = error ? 0 : program.inputBytes[ref->index()];
      break;
    case fb::Base::Output:
      check(ref->index() < program.outputBytes.size(), "the index of an output");
      result.base = kFirstInputBase + inputs + ref->index();
      size = error ? 0 : program.outputBytes[ref->index()];
      break;
    default:
      check(false, "the base of a buffer");
    }
    check(ref->offset() <= size && ref->bytes() <= size - ref->offset(), "the range of a buffer");
    result.offset = ref->offset();
    program.addresses.push_back(result);
    program.addressBytes.push_back(ref->bytes());
  }

  void geometry(const fb::Launch &launch, Command &result) {
    check(!launch.grid() == !launch.block(), "the geometry of a launch");
    if (error || !launch.grid())
      return;
    const fb::Dim3 &grid = *launch.grid(), &block = *launch.block();
    uint32_t grids[3] = {grid.x(), grid.y(), grid.z()};
    uint32_t blocks[3] = {block.x(), block.y(), block.z()};
    for (int i = 0; i < 3; ++i) {
      check(grids[i] && grids[i] <= INT32_MAX && blocks[i] && blocks[i] <= UINT16_MAX,
            "the geometry of a launch");
      result.grid[i] = grids[i];
      result.block[i] = blocks[i];
    }
    result.groupMemoryBytes = launch.group_memory_bytes();
  }

  void command(fb::Command type, const void *table) {
    Command result;
    result.firstPointer = uint32_t(program.addresses.size());
    uint32_t kernel = 0;
    switch (type) {
    case fb::Command::Launch: {
      const auto *launch = static_cast<const fb::Launch *>(table);
      kernel = launch->kernel();
      check(kernel < source.kernels()->size(), "the kernel of a launch");
      check(launch->buffers()->size() >= (launch->block() ? 1u : 2u), "the buffers of a launch");
      check(launch->extent() >= 0 && launch->grain() >= 1, "the extent of a launch");
      if (error)
        return;
      for (const fb::Ref *ref : *launch->buffers())
        address(ref);
      result.scratchBytes = source.kernels()->Get(kernel)->scratch_bytes();
      result.extent = launch->extent();
      result.grain = launch->grain();
      geometry(*launch, result);
      result.firstOp = uint32_t(program.ops.size());
      if (launch->ops())
        program.ops.insert(program.ops.end(), launch->ops()->begin(), launch->ops()->end());
      result.opCount = uint32_t(program.ops.size()) - result.firstOp;
      break;
    }
    case fb::Command::Copy: {
      const auto *copy = static_cast<const fb::Copy *>(table);
      result.kind = Command::Kind::copy;
      address(copy->destination());
      address(copy->source());
      result.bytes = copy->destination()->bytes();
      check(result.bytes == copy->source()->bytes(), "the size of a copy");
      break;
    }
    case fb::Command::Fill: {
      const auto *fill = static_cast<const fb::Fill *>(table);
      result.kind = Command::Kind::fill;
      address(fill->destination());
      result.bytes = fill->destination()->bytes();
      result.pattern = fill->pattern();
      result.patternBytes = fill->pattern_bytes();
      check(result.patternBytes && result.patternBytes <= 8 &&
                (result.patternBytes & (result.patternBytes - 1)) == 0 &&
                result.bytes % result.patternBytes == 0,
            "the pattern of a fill");
      break;
    }
    default:
      check(false, "the kind of a command");
    }
    result.pointerCount = uint32_t(program.addresses.size()) - result.firstPointer;
    program.commands.push_back(result);
    kernelOfCommand.push_back(kernel);
  }

  const fb::Program &source;
  portico_program &program;
};

portico_code loadConstants(portico_program &program, const fb::Program &source,
                           portico_status *status) {
  const auto *bytes = source.constants();
  if (!bytes || !bytes->size())
    return PORTICO_OK;
  portico_device *device = program.device;
  if (portico_code code =
          device->allocator.allocate(bytes->size(), /*stream=*/0, program.constants, status))
    return code;
  program.hasConstants = true;
  if (device->driver->copy(device->handle, program.constants.memory, bytes->data(), bytes->size(),
                           PORTICO_COPY_TO_DEVICE, /*stream=*/nullptr) != 0 ||
      device->driver->stream_synchronize(device->handle, nullptr) != 0)
    return fail(status, PORTICO_DEVICE_ERROR, "[program] cannot copy the constants to %s: %s",
                device->name.c_str(), device->driver->last_error());
  return PORTICO_OK;
}

portico_code makeStatus(portico_program &program, portico_status *status) {
  portico_device *device = program.device;
  uint64_t bytes = program.commands.size() * kStatusBytes;
  if (device->hostMemory || !bytes)
    return PORTICO_OK;
  if (portico_code code = device->allocator.allocate(bytes, /*stream=*/0, program.status, status))
    return code;
  program.hasStatus = true;
  if (device->driver->fill(device->handle, program.status.memory, 0, 8, bytes, nullptr) != 0 ||
      device->driver->stream_synchronize(device->handle, nullptr) != 0)
    return fail(status, PORTICO_DEVICE_ERROR, "[program] cannot prepare %s: %s",
                device->name.c_str(), device->driver->last_error());
  return PORTICO_OK;
}

portico_code loadCode(portico_program &program, const fb::Program &source,
                      const std::vector<uint32_t> &kernelOfCommand, portico_status *status) {
  portico_device *device = program.device;
  const portico_driver *driver = device->driver;
  if (!source.kernels()->size())
    return PORTICO_OK;
  if (portico_checksum(source.code()->data(), source.code()->size()) != source.code_checksum())
    return fail(status, PORTICO_BAD_PROGRAM, "[program] damaged; the code is not what was written");
  if (driver->module_load(device->handle, source.code()->data(), source.code()->size(),
                          &program.module) != 0)
    return fail(status, PORTICO_BAD_PROGRAM, "[program] %s cannot load the code: %s",
                device->name.c_str(), driver->last_error());
  std::vector<void *> kernels(source.kernels()->size());
  for (uint32_t i = 0; i < kernels.size(); ++i) {
    const char *name = source.kernels()->Get(i)->name()->c_str();
    if (driver->module_kernel(device->handle, program.module, name, &kernels[i]) != 0)
      return fail(status, PORTICO_BAD_PROGRAM, "[program] the code has no kernel '%s': %s", name,
                  driver->last_error());
  }
  for (size_t i = 0; i < program.commands.size(); ++i)
    if (program.commands[i].kind == Command::Kind::launch)
      program.commands[i].kernel = kernels[kernelOfCommand[i]];
  return PORTICO_OK;
}

} // namespace

/// What kernels store in the first word besides 1, an index out of range
/// (KernelStatus of the compiler).
static constexpr int64_t kDivisionByZero = 2;

portico_code portico::rt::describeError(const portico_program &program, const Command &command,
                                        const int64_t *words, portico_status *status) {
  uint64_t local = uint64_t(words[3]);
  int32_t op = local < command.opCount ? program.ops[command.firstOp + local] : -1;
  const char *name = portico_program_op_name(&program, op);
  if (!name)
    name = "run";
  portico_code code;
  if (words[0] == kDivisionByZero)
    code = fail(status, PORTICO_DIVISION_BY_ZERO,
                "[%s] integer division by zero; got a divisor of 0; expected another", name);
  else
    code = fail(status, PORTICO_INDEX_OUT_OF_RANGE,
                "[%s] index out of range; got %lld; expected at least 0 and below %lld", name,
                static_cast<long long>(words[1]), static_cast<long long>(words[2]));
  setOp(status, &program, op, words[1], words[2]);
  return code;
}

portico_code portico_program_load(portico_device *device, const void *bytes, uint64_t size,
                                  portico_program **result, portico_status *status) {
  // FlatBuffers reads words in place: the copy is aligned, and ours for as long as we look.
  std::unique_ptr<uint64_t[]> copy(new (std::nothrow) uint64_t[size / 8 + 1]);
  if (!copy)
    return fail(status, PORTICO_OUT_OF_MEMORY, "[program] the host is out of memory");
  memcpy(copy.get(), bytes, size);
  const auto *data = reinterpret_cast<const uint8_t *>(copy.get());

  flatbuffers::Verifier verifier(data, size, /*max_depth=*/64, /*max_tables=*/100000000);
  if (size < 16 || !fb::ProgramBufferHasIdentifier(data) || !fb::VerifyProgramBuffer(verifier))
    return fail(status, PORTICO_BAD_PROGRAM,
                "[program] not a program; got %llu bytes that are truncated or of another kind",
                static_cast<unsigned long long>(size));
  const fb::Program &source = *fb::GetProgram(data);
  if (source.version() != fb::Version::Current)
    return fail(
        status, PORTICO_BAD_PROGRAM,
        "[program] a program of another version; got %u; expected %u; try compiling it again",
        uint32_t(source.version()), uint32_t(fb::Version::Current));
  const portico_driver &driver = *device->driver;
  if (source.target()->str() != (driver.code_target ? driver.code_target : driver.name) ||
      !device->driver->device_supports(device->own, source.arch()->c_str()))
    return fail(status, PORTICO_BAD_PROGRAM,
                "[program] a program for another device; got target '%s', arch '%s'; expected what "
                "%s runs; try compiling it again",
                source.target()->c_str(), source.arch()->c_str(), device->name.c_str());

  std::unique_ptr<portico_program> program(new portico_program);
  program->device = device;
  Loader loader(source, *program);
  if (!loader.load())
    return fail(status, PORTICO_BAD_PROGRAM, "[program] damaged; %s is wrong", loader.error);
  if (portico_code code = loadConstants(*program, source, status))
    return code;
  if (portico_code code = makeStatus(*program, status))
    return code;
  if (portico_code code = loadCode(*program, source, loader.kernelOfCommand, status))
    return code;

  portico_program_info &info = program->info;
  info.inputs = uint32_t(program->inputBytes.size());
  info.outputs = uint32_t(program->outputBytes.size());
  info.kernels = source.kernels()->size();
  info.commands = uint32_t(program->commands.size());
  info.arena_bytes = program->arenaBytes;
  info.constant_bytes = source.constants() ? source.constants()->size() : 0;
  info.code_bytes = source.code()->size();
  program->graphs.enable(driver, program->commands.size());
  *result = program.release();
  return PORTICO_OK;
}

void portico_program_retain(portico_program *program) {
  program->references.fetch_add(1, std::memory_order_relaxed);
}

void portico_program_release(portico_program *program) {
  if (program && program->references.fetch_sub(1, std::memory_order_acq_rel) == 1)
    delete program;
}

void portico_program_get_info(const portico_program *program, portico_program_info *info) {
  portico_program_info all = program->info;
  all.graphs = uint32_t(const_cast<portico_program *>(program)->graphs.size());
  all.struct_size = info->struct_size;
  memcpy(info, &all, info->struct_size < sizeof(all) ? info->struct_size : sizeof(all));
}

uint64_t portico_program_input_bytes(const portico_program *program, uint32_t input) {
  return input < program->inputBytes.size() ? program->inputBytes[input] : 0;
}

uint64_t portico_program_output_bytes(const portico_program *program, uint32_t output) {
  return output < program->outputBytes.size() ? program->outputBytes[output] : 0;
}

int32_t portico_program_output_donor(const portico_program *program, uint32_t output) {
  return output < program->outputDonor.size() ? program->outputDonor[output] : -1;
}

const char *portico_program_op_name(const portico_program *program, int32_t op) {
  return op >= 0 && size_t(op) < program->opNames.size() ? program->opNames[op].c_str() : nullptr;
}
