//===- ReferenceExecutor.cpp - the NumPy interpreter as an executor --------===//
//
// `PORTICO_EXECUTOR=reference` runs every program through portico.reference: the
// oracle for whole programs of the user's, and a way to work without a compiler.
//
//===----------------------------------------------------------------------===//

#include "python/native/bind/TensorObject.h"
#include "python/native/bind/Types.h"
#include "python/native/graph/Counters.h"
#include "python/native/graph/Executable.h"
#include "python/native/graph/Flush.h"
#include "python/native/graph/Transfer.h"

#include <nanobind/stl/string.h>

#include <cstring>

namespace nb = nanobind;

namespace portico::native {

namespace {

class ReferenceExecutable : public Executable {
public:
  ReferenceExecutable(const Trace &trace, DeviceId device)
      : text(printTrace(trace, false)), device(device) {
    for (uint32_t i = 0; i < trace.numInputs; ++i)
      inputSpecs.push_back(trace.specs[i]);
    for (uint32_t output : trace.outputs)
      outputSpecs.push_back(trace.specs[output]);
  }

  ~ReferenceExecutable() override {
    nb::gil_scoped_acquire gil;
    module.reset();
  }

  portico_code run(const std::vector<portico_buffer *> &inputs, const std::vector<uint8_t> &,
                   std::vector<portico_buffer *> &outputs, portico_status &status) override {
    nb::gil_scoped_acquire gil;
    try {
      if (!module.is_valid())
        module = nb::module_::import_("portico.mlir").attr("parse")(text);
      nb::list arrays;
      for (size_t i = 0; i < inputs.size(); ++i)
        arrays.append(arrayOf(inputs[i], inputSpecs[i]));
      nb::object results =
          nb::module_::import_("portico.reference").attr("evaluate_module")(module, arrays);
      for (size_t i = 0; i < outputs.size(); ++i)
        outputs[i] = bufferOf(results[i], outputSpecs[i]);
      return PORTICO_OK;
    } catch (nb::python_error &error) {
      nb::object fault = nb::module_::import_("portico.reference.errors").attr("ValueFault");
      if (error.matches(fault)) {
        status.op = nb::cast<int32_t>(error.value().attr("op"));
        status.value = nb::cast<int64_t>(error.value().attr("value"));
        status.bound = nb::cast<int64_t>(error.value().attr("bound"));
        return nb::cast<portico_code>(error.value().attr("code"));
      }
      error.restore(); // the caller finds it: it may be a KeyboardInterrupt
      return PORTICO_DEVICE_ERROR;
    } catch (const Failure &failure) {
      return fail(status, failure.what());
    }
  }

private:
  static portico_code fail(portico_status &status, const char *message) {
    std::strncpy(status.message, message, sizeof(status.message) - 1);
    return PORTICO_DEVICE_ERROR;
  }

  static nb::object arrayOf(portico_buffer *buffer, const TensorSpec &spec) {
    std::string bytes(portico_buffer_bytes(buffer), 0);
    portico_buffer_retain(buffer);
    readBuffer(Buffer::adopt(buffer), bytes.data(), bytes.size());
    nb::object numpy = nb::module_::import_("numpy");
    return numpy.attr("frombuffer")(nb::bytes(bytes.data(), bytes.size()), numpyDtype(spec.dtype))
        .attr("reshape")(nb::steal(sizeObject(spec.dims)));
  }

  portico_buffer *bufferOf(nb::handle array, const TensorSpec &spec) {
    nb::object numpy = nb::module_::import_("numpy");
    nb::bytes bytes =
        nb::bytes(numpy.attr("ascontiguousarray")(array, numpyDtype(spec.dtype)).attr("tobytes")());
    size_t expected = spec.numElements() * itemSize(spec.dtype);
    if (bytes.size() != expected)
      raise(ErrorKind::internal, "[reference] result of another size; expected " + toString(spec));
    Buffer buffer = allocate(device, expected);
    writeBuffer(buffer, bytes.c_str(), expected);
    return buffer.release();
  }

  std::string text;
  DeviceId device;
  std::vector<TensorSpec> inputSpecs, outputSpecs;
  nb::object module;
};

} // namespace

std::shared_ptr<Executable> buildReference(const Trace &trace, DeviceId device) {
  return std::make_shared<ReferenceExecutable>(trace, device);
}

} // namespace portico::native
