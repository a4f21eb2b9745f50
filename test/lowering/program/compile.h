//===- compile.h - modules compiled, loaded and run, for the tests ----------===//

#ifndef PORTICO_TEST_COMPILE_H
#define PORTICO_TEST_COMPILE_H

#include "test/runtime/harness.h"

#include "lowering/Compiler.h"

#include <memory>
#include <vector>

namespace portico::test {

/// Compiles the text of a module; the test fails where that does.
CompileResult compileText(const std::string &text, const std::vector<bool> &donatable = {},
                          const CompileOptions &options = {});

/// The message of a compilation that has to fail, in a context of its own or the given.
std::string compileFailure(const std::string &text, const CompileOptions &options = {},
                           CompileError *error = nullptr, mlir::MLIRContext *context = nullptr);

class Program {
public:
  explicit Program(const std::vector<uint8_t> &bytes);
  ~Program() { portico_program_release(handle); }
  Program(const Program &) = delete;
  portico_program *operator*() const { return handle; }

private:
  portico_program *handle = nullptr;
};

/// A buffer of floats.
class Floats {
public:
  Floats() = default;
  Floats(std::initializer_list<float> values);
  explicit Floats(portico_buffer *buffer) : buffer(buffer) {}
  Floats(Floats &&other) noexcept : buffer(other.buffer) { other.buffer = nullptr; }
  ~Floats() { portico_buffer_release(buffer); }
  portico_buffer *operator*() const { return buffer; }
  const float *data() const { return static_cast<const float *>(portico_buffer_data(buffer)); }
  bool equals(std::initializer_list<float> values) const;

private:
  portico_buffer *buffer = nullptr;
};

} // namespace portico::test

#endif // PORTICO_TEST_COMPILE_H
