//===- SpirvDevice.h - what the driver asks of OpenCL and of Level Zero ------===//
//
// The driver's table (SpirvDriver.cpp) is written once, over these classes; each
// of the two interfaces implements them. Failures are thrown as `Error` and turned
// into codes at the table.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_TARGETS_SPIRV_SPIRVDEVICE_H
#define PORTICO_TARGETS_SPIRV_SPIRVDEVICE_H

#include "targets/spirv/SpirvMachines.h"

#include "portico/driver.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace portico::spirv {

struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// In order; work of two streams is in no order.
class Stream {
public:
  virtual ~Stream() = default;
  virtual void copy(void *destination, const void *source, size_t bytes) = 0;
  virtual void fill(void *destination, uint64_t pattern, uint32_t patternBytes, size_t bytes) = 0;
  virtual void launch(const portico_launch &launch) = 0;
  virtual void waitFor(class Event &event) = 0;
  virtual void synchronize() = 0;
};

class Event {
public:
  virtual ~Event() = default;
  virtual void record(Stream &stream) = 0;
  virtual void wait() = 0;
  virtual bool happened() = 0;
  /// Milliseconds between the two, which both happened.
  virtual double since(Event &start) = 0;
};

/// The kernels of one SPIR-V module.
class Code {
public:
  virtual ~Code() = default;
  /// A kernel for `Stream::launch`; null where the module has none of that name.
  /// Lives as long as the code.
  virtual void *kernel(const std::string &name) = 0;
};

/// An open device.
class Device {
public:
  virtual ~Device() = default;
  virtual void *allocate(size_t bytes) = 0;
  virtual void *allocateHost(size_t bytes) = 0;
  virtual void release(void *memory) = 0;
  virtual std::unique_ptr<Stream> makeStream() = 0;
  virtual std::unique_ptr<Event> makeEvent() = 0;
  virtual std::unique_ptr<Code> build(std::string_view spirv) = 0;
};

/// A device that was found.
class Found {
public:
  virtual ~Found() = default;
  virtual std::string name() const = 0;
  virtual std::string driverVersion() const = 0;
  virtual uint64_t memoryBytes() const = 0;
  virtual uint32_t computeUnits() const = 0;
  virtual Abilities abilities() const = 0;
  virtual std::unique_ptr<Device> open() const = 0;
};

struct Discovery {
  std::vector<std::unique_ptr<Found>> devices;
  /// What was looked for and what came of it, one sentence per place.
  std::string report;
  void say(const std::string &sentence) { report += (report.empty() ? "" : "; ") + sentence; }
};

/// Intel's GPUs through Level Zero.
void findLevelZero(Discovery &discovery);

/// Devices of OpenCL that take SPIR-V, GPUs first; without the GPUs where
/// `hasGpus` says that Level Zero has them already.
void findOpenCL(Discovery &discovery, bool hasGpus);

} // namespace portico::spirv

#endif // PORTICO_TARGETS_SPIRV_SPIRVDEVICE_H
