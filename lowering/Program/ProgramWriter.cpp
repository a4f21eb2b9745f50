//===- ProgramWriter.cpp - a planned program as bytes -----------------------===//

#include "lowering/Program/ProgramWriter.h"

#include "portico/checksum.h"
#include "portico/program_generated.h"

#include <map>

using namespace portico;
namespace fb = portico::program;

static fb::Ref toRef(const BufferRef &ref) {
  static_assert(int(BufferRef::Base::output) == int(fb::Base::Output), "the same order");
  return fb::Ref(fb::Base(uint8_t(ref.base)), ref.index, ref.offset, ref.bytes);
}

static fb::Dim3 toDim3(const std::array<uint32_t, 3> &values) {
  return {values[0], values[1], values[2]};
}

std::vector<uint8_t> portico::writeProgram(const ProgramParts &parts) {
  flatbuffers::FlatBufferBuilder builder(1 << 16);
  const BufferPlan &plan = parts.plan;

  // Every phase that is launched is a kernel of the program, once.
  std::map<std::string, uint32_t> numberOfSymbol;
  std::vector<flatbuffers::Offset<fb::Kernel>> kernels;
  std::vector<fb::Command> commandTypes;
  std::vector<flatbuffers::Offset<void>> commands;
  for (const PlannedCommand &command : plan.commands) {
    switch (command.kind) {
    case PlannedCommand::Kind::launch: {
      const CompiledKernel &kernel = *parts.kernels[command.kernel];
      const std::string &symbol = kernel.symbols[command.phase];
      auto [found, fresh] = numberOfSymbol.try_emplace(symbol, uint32_t(kernels.size()));
      if (fresh)
        kernels.push_back(
            fb::CreateKernelDirect(builder, symbol.c_str(), uint64_t(kernel.abi.scratchBytes)));
      std::vector<fb::Ref> refs;
      for (const BufferRef &ref : command.buffers)
        refs.push_back(toRef(ref));
      const KernelPhase &phase = kernel.abi.phases[command.phase];
      commandTypes.push_back(fb::Command::Launch);
      fb::Dim3 grid = toDim3(phase.shape.grid), block = toDim3(phase.shape.block);
      // A launch of ranges has no geometry at all.
      bool forGroups = block.x() != 0;
      commands.push_back(fb::CreateLaunchDirect(builder, found->second, &refs, phase.extent,
                                                std::max<int64_t>(phase.grain, 1), &command.ops,
                                                forGroups ? &grid : nullptr,
                                                forGroups ? &block : nullptr,
                                                phase.shape.groupMemoryBytes)
                             .Union());
      break;
    }
    case PlannedCommand::Kind::copy: {
      fb::Ref destination = toRef(command.buffers[0]), source = toRef(command.buffers[1]);
      commandTypes.push_back(fb::Command::Copy);
      commands.push_back(fb::CreateCopy(builder, &destination, &source).Union());
      break;
    }
    case PlannedCommand::Kind::fill: {
      fb::Ref destination = toRef(command.buffers[0]);
      commandTypes.push_back(fb::Command::Fill);
      commands.push_back(
          fb::CreateFill(builder, &destination, command.pattern, command.patternBytes).Union());
      break;
    }
    }
  }

  std::vector<flatbuffers::Offset<fb::Input>> inputs;
  for (uint64_t bytes : plan.inputs)
    inputs.push_back(fb::CreateInput(builder, bytes));
  std::vector<flatbuffers::Offset<fb::Output>> outputs;
  for (const PlannedOutput &output : plan.outputs)
    outputs.push_back(fb::CreateOutput(builder, output.bytes, output.donor));

  auto bytes = [&](const char *data, size_t size) {
    return builder.CreateVector(reinterpret_cast<const uint8_t *>(data), size);
  };
  auto compiler = builder.CreateString(parts.compiler);
  auto target = builder.CreateString(parts.target);
  auto arch = builder.CreateString(parts.arch);
  auto code = bytes(parts.code.data(), parts.code.size());
  auto constants = bytes(plan.constants.data(), plan.constants.size());
  auto inputVector = builder.CreateVector(inputs);
  auto outputVector = builder.CreateVector(outputs);
  auto kernelVector = builder.CreateVector(kernels);
  auto typeVector = builder.CreateVector(commandTypes);
  auto commandVector = builder.CreateVector(commands);
  auto names = builder.CreateVectorOfStrings(
      std::vector<std::string>(parts.opNames.begin(), parts.opNames.end()));

  fb::ProgramBuilder program(builder);
  program.add_version(fb::Version::Current);
  program.add_compiler(compiler);
  program.add_target(target);
  program.add_arch(arch);
  program.add_code(code);
  program.add_code_checksum(portico_checksum(parts.code.data(), parts.code.size()));
  program.add_constants(constants);
  program.add_arena_bytes(plan.arenaBytes);
  program.add_inputs(inputVector);
  program.add_outputs(outputVector);
  program.add_kernels(kernelVector);
  program.add_commands_type(typeVector);
  program.add_commands(commandVector);
  program.add_op_names(names);
  fb::FinishProgramBuffer(builder, program.Finish());
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}
