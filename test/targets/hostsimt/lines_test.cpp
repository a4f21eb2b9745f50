//===- lines_test.cpp - which of the user's ops a report is about -----------===//

#include "test/lowering/program/compile.h"
#include "test/runtime/harness.h"

#include "portico/program_generated.h"

#include <cstring>

using namespace portico;
using namespace portico::test;

namespace fb = portico::program;

namespace {

const char *const kModule =
    "func.func @main(%a: tensor<256xf32>, %b: tensor<256xf32>) -> tensor<256xf32> {\n"
    "  %0 = portico.exp %a : (tensor<256xf32>) -> tensor<256xf32>\n"
    "  %1 = portico.add %0, %b : (tensor<256xf32>, tensor<256xf32>) -> tensor<256xf32>\n"
    "  return %1 : tensor<256xf32>\n}";

/// Tells the first launch that its buffer `number` is smaller than it is.
void shrink(std::vector<uint8_t> &bytes, unsigned number) {
  const auto *launch = fb::GetProgram(bytes.data())->commands()->GetAs<fb::Launch>(0);
  auto *ref = const_cast<fb::Ref *>(launch->buffers()->Get(number));
  *ref = fb::Ref(ref->base(), ref->index(), ref->offset(), 100);
}

/// The message of a run in which buffer `number` is too small, and its op.
std::string runShrunk(const std::string &device, unsigned number, int &op) {
  CompileOptions options;
  options.device = device;
  options.cache = false;
  std::vector<uint8_t> bytes = compileText(kModule, {}, options).program;
  shrink(bytes, number);
  Status status;
  portico_device *where = nullptr;
  EXPECT_OK(portico_device_get(device.c_str(), &where, &status), status);
  portico_program *program = nullptr;
  EXPECT_OK(portico_program_load(where, bytes.data(), bytes.size(), &program, &status), status);
  portico_buffer *inputs[2], *output = nullptr;
  for (portico_buffer *&input : inputs) {
    EXPECT_OK(portico_buffer_allocate(where, 1024, &input, &status), status);
    memset(portico_buffer_data(input), 0, 1024);
  }
  EXPECT_CODE(portico_program_run(program, inputs, nullptr, &output, &status), PORTICO_DEVICE_ERROR,
              status);
  op = status.op;
  for (portico_buffer *input : inputs)
    portico_buffer_release(input);
  portico_program_release(program);
  return status.text();
}

} // namespace

TEST(hostsimt_a_report_is_about_the_op_that_touched_the_memory) {
  for (const char *device : {"hostsimt:nvvm", "hostsimt:rocdl", "hostsimt:rocdl32"})
    for (int number : {0, 1}) {
      int op = -1;
      std::string message = runShrunk(device, unsigned(number), op);
      std::string buffer = "of buffer " + std::to_string(number);
      EXPECT(message.find("[kernel] out of bounds") != std::string::npos);
      EXPECT(message.find(buffer) != std::string::npos);
      // %a is read by op 0, %b by op 1 of @main, which are one kernel.
      EXPECT(op == number);
    }
}
