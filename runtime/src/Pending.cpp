//===- Pending.cpp - runs whose errors nobody has seen yet ------------------===//

#include "Pending.h"

#include "Device.h"
#include "Program.h"
#include "Status.h"

#include <utility>

using namespace portico::rt;

PendingRun::PendingRun(portico_program *program, uint8_t stream)
    : program(program), stream(stream) {
  portico_program_retain(program);
}

PendingRun::PendingRun(const PendingRun &other) : PendingRun(other.program, other.stream) {}

PendingRun &PendingRun::operator=(PendingRun other) noexcept {
  std::swap(program, other.program);
  std::swap(stream, other.stream);
  return *this;
}

PendingRun::~PendingRun() { portico_program_release(program); }

void PendingRuns::add(portico_program *program, const portico_stream &stream) {
  std::lock_guard<std::mutex> lock(mutex);
  for (const PendingRun &run : runs)
    if (run.program == program && run.stream == stream.number)
      return;
  runs.emplace_back(program, stream.number);
}

std::vector<PendingRun> PendingRuns::take(StreamSet streams) {
  std::vector<PendingRun> taken;
  std::lock_guard<std::mutex> lock(mutex);
  std::vector<PendingRun> kept;
  for (PendingRun &run : runs)
    (streams >> run.stream & 1 ? taken : kept).push_back(std::move(run));
  runs = std::move(kept);
  return taken;
}

std::vector<PendingRun> PendingRuns::copy(StreamSet streams) {
  std::vector<PendingRun> found;
  std::lock_guard<std::mutex> lock(mutex);
  for (const PendingRun &run : runs)
    if (streams >> run.stream & 1)
      found.push_back(run);
  return found;
}

portico_code portico::rt::finish(portico_stream &stream, std::vector<PendingRun> &runs,
                                 portico_status *status) {
  portico_device &device = *stream.device;
  const portico_driver &driver = *device.driver;
  portico_code first = PORTICO_OK;
  std::vector<int64_t> words;
  for (PendingRun &run : runs) {
    portico_program &program = *run.program;
    uint64_t bytes = program.commands.size() * kStatusBytes;
    words.resize(program.commands.size() * kStatusWords);
    if (driver.copy(device.handle, words.data(), program.status.memory, bytes, PORTICO_COPY_TO_HOST,
                    stream.handle) != 0 ||
        driver.stream_synchronize(device.handle, stream.handle) != 0)
      return fail(status, PORTICO_DEVICE_ERROR, "[run] failed on %s: %s", device.name.c_str(),
                  driver.last_error());
    bool wrong = false;
    for (size_t i = 0; i < program.commands.size(); ++i) {
      const int64_t *own = &words[i * kStatusWords];
      if (own[0] && !first)
        first = describeError(program, program.commands[i], own, status);
      wrong |= own[0] != 0;
    }
    if (wrong && driver.fill(device.handle, program.status.memory, 0, 8, bytes, stream.handle) != 0)
      return fail(status, PORTICO_DEVICE_ERROR, "[run] failed on %s: %s", device.name.c_str(),
                  driver.last_error());
  }
  runs.clear();
  return first;
}
