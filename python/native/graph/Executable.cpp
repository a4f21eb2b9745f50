//===- Executable.cpp - compiled programs ----------------------------------===//

#include "python/native/graph/Executable.h"
#include "python/native/graph/Flush.h"

namespace portico::native {

namespace {
class CompiledExecutable : public Executable {
public:
  explicit CompiledExecutable(portico_program *program) : program(program) {}
  ~CompiledExecutable() override { portico_program_release(program); }

  portico_code run(const std::vector<portico_buffer *> &inputs, const std::vector<uint8_t> &donate,
                   std::vector<portico_buffer *> &outputs, portico_status &status) override {
    return portico_program_run(program, inputs.data(), donate.data(), outputs.data(), &status);
  }

  const portico_program *handle() const override { return program; }

private:
  portico_program *program;
};
} // namespace

std::shared_ptr<Executable> buildExecutable(const Trace &trace, const std::vector<bool> &donatable,
                                            DeviceId device, BuildReport &report,
                                            BuildFailure &failure) {
  const FlushSettings &settings = flushSettings();
  if (settings.executor == ExecutorChoice::reference)
    return buildReference(trace, device);
  portico_device *opened = openDevice(device);
  CompiledProgram compiled;
  if (!compileTrace(trace, donatable, deviceName(device), settings.compiler, compiled, failure))
    return nullptr;
  report.compiled = !compiled.memoryHit && !compiled.diskHit;
  report.diskHit = compiled.diskHit;
  report.kernels = compiled.kernels;
  report.kernelsCompiled = compiled.kernelsCompiled;
  report.ms = compiled.ms;
  report.warnings = std::move(compiled.warnings);
  portico_status status = {};
  status.struct_size = sizeof(status);
  portico_program *program = nullptr;
  if (portico_program_load(opened, compiled.bytes.data(), compiled.bytes.size(), &program,
                           &status) != PORTICO_OK) {
    failure.message = std::string("[load] ") + status.message;
    return nullptr;
  }
  return std::make_shared<CompiledExecutable>(program);
}

} // namespace portico::native
