//===- program_test.cpp - programs loaded and run ---------------------------===//

#include "compile.h"

#include <cmath>
#include <cstring>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace portico;
using namespace portico::test;

namespace {

const char *const kAdd = R"(
func.func @main(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %0 = portico.add %a, %b : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
})";

/// Two unfused kernels with a value between them in the arena.
const char *const kAddMul = R"(
func.func @main(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %0 = portico.add %a, %b : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %1 = portico.mul %0, %a : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
})";

CompileOptions unfused() {
  CompileOptions options;
  options.fusionPolicy = "none";
  return options;
}

Floats run(const Program &program, std::vector<portico_buffer *> inputs,
           const uint8_t *donate = nullptr) {
  Status status;
  portico_buffer *output = nullptr;
  EXPECT_OK(portico_program_run(*program, inputs.data(), donate, &output, &status), status);
  return Floats(output);
}

} // namespace

TEST(a_program_runs) {
  Program program(compileText(kAdd).program);
  Floats a{1, 2, 3, 4}, b{10, 20, 30, 40};
  EXPECT(run(program, {*a, *b}).equals({11, 22, 33, 44}));
  EXPECT(a.equals({1, 2, 3, 4}));
}

TEST(values_between_kernels_lie_in_the_arena) {
  Program program(compileText(kAddMul, {}, unfused()).program);
  portico_program_info info{};
  info.struct_size = sizeof(info);
  portico_program_get_info(*program, &info);
  EXPECT(info.arena_bytes == 64);
  EXPECT(info.commands == 2);
  Floats a{1, 2, 3, 4}, b{10, 20, 30, 40};
  EXPECT(run(program, {*a, *b}).equals({11, 44, 99, 176}));
}

TEST(a_donated_input_becomes_the_output) {
  CompileResult compiled = compileText(kAdd, {true, false});
  Program program(compiled.program);
  EXPECT(portico_program_output_donor(*program, 0) == 0);
  Floats a{1, 2, 3, 4}, b{10, 20, 30, 40};
  uint8_t donate[] = {1, 0};
  Floats output = run(program, {*a, *b}, donate);
  EXPECT(*output == *a);
  EXPECT(portico_buffer_references(*a) == 2);
  EXPECT(output.equals({11, 22, 33, 44}));
}

TEST(an_input_not_donated_in_this_run_is_left_alone) {
  Program program(compileText(kAdd, {true, false}).program);
  Floats a{1, 2, 3, 4}, b{10, 20, 30, 40};
  Floats output = run(program, {*a, *b});
  EXPECT(*output != *a);
  EXPECT(a.equals({1, 2, 3, 4}));
  EXPECT(output.equals({11, 22, 33, 44}));
}

TEST(an_input_that_is_read_later_is_no_donor) {
  // The first kernel's result is returned too; %a is still read by the second.
  const char *text = R"(
func.func @main(%a: tensor<4xf32>, %b: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = portico.add %a, %b : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %1 = portico.mul %0, %a : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
})";
  Program program(compileText(text, {true, false}, unfused()).program);
  EXPECT(portico_program_output_donor(*program, 0) == -1);
  EXPECT(portico_program_output_donor(*program, 1) == 0);
  Floats a{1, 2, 3, 4}, b{10, 20, 30, 40};
  portico_buffer *inputs[] = {*a, *b}, *outputs[] = {nullptr, nullptr};
  uint8_t donate[] = {1, 0};
  Status status;
  EXPECT_OK(portico_program_run(*program, inputs, donate, outputs, &status), status);
  EXPECT(Floats(outputs[0]).equals({11, 22, 33, 44}));
  EXPECT(Floats(outputs[1]).equals({11, 44, 99, 176}));
}

TEST(a_permuted_input_is_no_donor) {
  // Written in place, the elements not yet read would be lost.
  const char *text = R"(
func.func @main(%a: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %0 = portico.permute %a {permutation = array<i64: 1, 0>} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  return %0 : tensor<2x2xf32>
})";
  Program program(compileText(text, {true}).program);
  EXPECT(portico_program_output_donor(*program, 0) == -1);
  Floats a{1, 2, 3, 4};
  uint8_t donate[] = {1};
  EXPECT(run(program, {*a}, donate).equals({1, 3, 2, 4}));
}

TEST(inputs_and_constants_can_be_outputs) {
  const char *text = R"(
func.func @main(%a: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2x1xf32>) {
  %c = portico.constant dense<[5.0, 6.0]> : tensor<2xf32>
  %r = portico.reshape %a {shape = array<i64: 2, 1>} : (tensor<2xf32>) -> tensor<2x1xf32>
  return %a, %c, %r : tensor<2xf32>, tensor<2xf32>, tensor<2x1xf32>
})";
  Program program(compileText(text, {true}).program);
  Floats a{1, 2};
  portico_buffer *inputs[] = {*a}, *outputs[] = {nullptr, nullptr, nullptr};
  uint8_t donate[] = {1};
  Status status;
  EXPECT_OK(portico_program_run(*program, inputs, donate, outputs, &status), status);
  // One output may be the donated buffer, the other has to be a copy.
  EXPECT(outputs[0] == *a && outputs[2] != *a);
  EXPECT(Floats(outputs[0]).equals({1, 2}));
  EXPECT(Floats(outputs[1]).equals({5, 6}));
  EXPECT(Floats(outputs[2]).equals({1, 2}));
}

TEST(outputs_can_be_given) {
  Program program(compileText(kAdd).program);
  Floats a{1, 2, 3, 4}, b{10, 20, 30, 40}, given{0, 0, 0, 0};
  portico_buffer *inputs[] = {*a, *b}, *output = *given;
  Status status;
  EXPECT_OK(portico_program_run(*program, inputs, nullptr, &output, &status), status);
  EXPECT(output == *given);
  EXPECT(portico_buffer_references(*given) == 1);
  EXPECT(given.equals({11, 22, 33, 44}));
}

TEST(wrong_buffers_are_refused) {
  Program program(compileText(kAdd).program);
  Floats a{1, 2, 3, 4}, small{1};
  Status status;
  for (portico_buffer *bad : {*small, static_cast<portico_buffer *>(nullptr)}) {
    portico_buffer *inputs[] = {*a, bad}, *output = nullptr;
    EXPECT_CODE(portico_program_run(*program, inputs, nullptr, &output, &status),
                PORTICO_INVALID_ARGUMENT, status);
    EXPECT(status.says("input 1"));
    EXPECT(!output);
  }
  portico_buffer *inputs[] = {*a, *a}, *output = *small;
  EXPECT_CODE(portico_program_run(*program, inputs, nullptr, &output, &status),
              PORTICO_INVALID_ARGUMENT, status);
}

TEST(running_out_of_memory_loses_nothing) {
  const char *text = R"(
func.func @main(%a: tensor<1000000xf32>) -> (tensor<1000000xf32>, tensor<1000000xf32>) {
  %0 = portico.neg %a : (tensor<1000000xf32>) -> tensor<1000000xf32>
  %1 = portico.abs %a : (tensor<1000000xf32>) -> tensor<1000000xf32>
  return %0, %1 : tensor<1000000xf32>, tensor<1000000xf32>
})";
  Program program(compileText(text).program);
  Status status;
  portico_buffer *input = nullptr, *outputs[] = {nullptr, nullptr};
  EXPECT_OK(portico_buffer_allocate(device(), 4000000, &input, &status), status);
  portico_memory_stats before{}, after{};
  before.struct_size = after.struct_size = sizeof(before);
  portico_memory_get_stats(device(), &before);
  portico_memory_set_limit(device(), before.live_bytes + 5000000);
  EXPECT_CODE(portico_program_run(*program, &input, nullptr, outputs, &status),
              PORTICO_OUT_OF_MEMORY, status);
  EXPECT(!outputs[0] && !outputs[1]);
  portico_memory_get_stats(device(), &after);
  EXPECT(after.live_bytes == before.live_bytes);
  portico_memory_set_limit(device(), 0);
  EXPECT_OK(portico_program_run(*program, &input, nullptr, outputs, &status), status);
  for (portico_buffer *buffer : {input, outputs[0], outputs[1]})
    portico_buffer_release(buffer);
}

TEST(an_index_out_of_range_names_its_op) {
  const char *text = R"(
func.func @main(%a: tensor<4xf32>, %i: tensor<2xi64>) -> (tensor<4xf32>, tensor<2xf32>) {
  %0 = portico.neg %a : (tensor<4xf32>) -> tensor<4xf32>
  %1 = portico.gather %0, %i {axis = 0 : i64, batch_dims = 0 : i64} : (tensor<4xf32>, tensor<2xi64>) -> tensor<2xf32>
  return %0, %1 : tensor<4xf32>, tensor<2xf32>
})";
  Program program(compileText(text).program);
  Floats a{1, 2, 3, 4};
  Status status;
  portico_buffer *indices = nullptr, *outputs[] = {nullptr, nullptr};
  EXPECT_OK(portico_buffer_allocate(device(), 16, &indices, &status), status);
  int64_t wrong[] = {1, 9}, right[] = {3, 0};
  EXPECT_OK(portico_buffer_write(indices, 0, wrong, 16, &status), status);
  portico_buffer *inputs[] = {*a, indices};
  EXPECT_CODE(portico_program_run(*program, inputs, nullptr, outputs, &status),
              PORTICO_INDEX_OUT_OF_RANGE, status);
  EXPECT(status.op == 1);
  EXPECT(status.value == 9 && status.bound == 4);
  EXPECT(status.says("[gather]") && status.says("got 9"));
  // The values are delivered all the same, and the next run starts anew.
  EXPECT(Floats(outputs[0]).equals({-1, -2, -3, -4}));
  portico_buffer_release(outputs[1]);
  EXPECT_OK(portico_buffer_write(indices, 0, right, 16, &status), status);
  outputs[0] = outputs[1] = nullptr;
  EXPECT_OK(portico_program_run(*program, inputs, nullptr, outputs, &status), status);
  portico_buffer_release(outputs[0]);
  EXPECT(Floats(outputs[1]).equals({-4, -1}));
  portico_buffer_release(indices);
}

TEST(truncated_programs_are_refused) {
  std::vector<uint8_t> bytes = compileText(kAdd).program;
  Status status;
  portico_program *program = nullptr;
  for (size_t size = 0; size < bytes.size(); size += size < 512 ? 1 : 97) {
    EXPECT_CODE(portico_program_load(device(), bytes.data(), size, &program, &status),
                PORTICO_BAD_PROGRAM, status);
    EXPECT(!program);
  }
}

TEST(foreign_bytes_are_refused) {
  std::vector<uint8_t> bytes(5000);
  for (size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = uint8_t(i * 2654435761u >> 13);
  Status status;
  portico_program *program = nullptr;
  EXPECT_CODE(portico_program_load(device(), bytes.data(), bytes.size(), &program, &status),
              PORTICO_BAD_PROGRAM, status);
  memcpy(bytes.data() + 4, "PRTC", 4);
  EXPECT_CODE(portico_program_load(device(), bytes.data(), bytes.size(), &program, &status),
              PORTICO_BAD_PROGRAM, status);
}

TEST(damaged_programs_do_not_crash_the_loader) {
  const std::vector<uint8_t> bytes = compileText(kAddMul, {}, unfused()).program;
  Status status;
  int refused = 0;
  for (size_t at = 0; at < bytes.size(); at += at < 2048 ? 1 : 101) {
    for (int bit : {0, 7}) {
      std::vector<uint8_t> damaged = bytes;
      damaged[at] ^= uint8_t(1 << bit);
      portico_program *program = nullptr;
      if (portico_program_load(device(), damaged.data(), damaged.size(), &program, &status))
        ++refused;
      else
        portico_program_release(program);
    }
  }
  EXPECT(refused > 100);
}

TEST(memory_of_others_need_not_be_aligned) {
  const char *text = R"(
func.func @main(%a: tensor<100xf32>) -> tensor<100xf32> {
  %0 = portico.add %a, %a : (tensor<100xf32>, tensor<100xf32>) -> tensor<100xf32>
  return %0 : tensor<100xf32>
})";
  Program program(compileText(text).program);
  alignas(64) static float memory[204];
  for (int i = 0; i < 100; ++i)
    memory[i + 1] = float(i);
  Status status;
  portico_buffer *input = nullptr, *output = nullptr;
  EXPECT_OK(portico_buffer_wrap(device(), memory + 1, 400, nullptr, nullptr, &input, &status),
            status);
  EXPECT_OK(portico_buffer_wrap(device(), memory + 103, 400, nullptr, nullptr, &output, &status),
            status);
  EXPECT_OK(portico_program_run(*program, &input, nullptr, &output, &status), status);
  for (int i = 0; i < 100; ++i)
    EXPECT(memory[103 + i] == 2.0f * float(i));
  EXPECT(memory[101] == 0 && memory[102] == 0 && memory[203] == 0);
  portico_buffer_release(input);
  portico_buffer_release(output);
}

TEST(the_same_module_gives_the_same_bytes) {
  CompileOptions options = unfused();
  options.cache = false;
  EXPECT(compileText(kAddMul, {}, options).program == compileText(kAddMul, {}, options).program);
}

TEST(the_number_of_threads_changes_no_bit) {
  const char *text = R"(
func.func @main(%a: tensor<1000x300xf32>) -> (tensor<300xf32>, tensor<1000xf32>) {
  %0 = portico.reduce sum %a {axes = array<i64: 0>} : (tensor<1000x300xf32>) -> tensor<300xf32>
  %1 = portico.reduce sum %a {axes = array<i64: 1>} : (tensor<1000x300xf32>) -> tensor<1000xf32>
  return %0, %1 : tensor<300xf32>, tensor<1000xf32>
})";
  Program program(compileText(text).program);
  Status status;
  portico_buffer *input = nullptr;
  EXPECT_OK(portico_buffer_allocate(device(), 1200000, &input, &status), status);
  for (int i = 0; i < 300000; ++i)
    static_cast<float *>(portico_buffer_data(input))[i] = std::sin(float(i));
  std::vector<float> first;
  for (int threads : {1, 2, 3, 8}) {
    EXPECT_OK(portico_set_num_threads(threads, &status), status);
    portico_buffer *outputs[] = {nullptr, nullptr};
    EXPECT_OK(portico_program_run(*program, &input, nullptr, outputs, &status), status);
    std::vector<float> values(1300);
    memcpy(values.data(), portico_buffer_data(outputs[0]), 1200);
    memcpy(values.data() + 300, portico_buffer_data(outputs[1]), 4000);
    if (first.empty())
      first = values;
    EXPECT(memcmp(values.data(), first.data(), 5200) == 0);
    portico_buffer_release(outputs[0]);
    portico_buffer_release(outputs[1]);
  }
  float sum = 0;
  for (int i = 0; i < 300; ++i)
    sum += std::sin(float(i));
  EXPECT(std::fabs(first[300] - sum) < 1e-3f);
  portico_buffer_release(input);
}

TEST(strict_rounds_half_types_after_every_op) {
  const char *half = R"(
func.func @main(%a: tensor<4xf16>) -> tensor<4xf16> {
  %0 = portico.mul %a, %a : (tensor<4xf16>, tensor<4xf16>) -> tensor<4xf16>
  %1 = portico.add %0, %a : (tensor<4xf16>, tensor<4xf16>) -> tensor<4xf16>
  return %1 : tensor<4xf16>
})";
  CompileOptions strict;
  strict.strict = true;
  EXPECT(compileText(half).kernels == 1);
  EXPECT(compileText(half, {}, strict).kernels == 2);
  // Others are rounded after every op as it is.
  EXPECT(compileText(kAddMul).kernels == 1);
  EXPECT(compileText(kAddMul, {}, strict).kernels == 1);
}

TEST(empty_tensors_run) {
  const char *text = R"(
func.func @main(%a: tensor<0x3xf32>) -> tensor<0x3xf32> {
  %0 = portico.neg %a : (tensor<0x3xf32>) -> tensor<0x3xf32>
  return %0 : tensor<0x3xf32>
})";
  Program program(compileText(text).program);
  Floats empty{};
  Status status;
  portico_buffer *input = nullptr;
  EXPECT_OK(portico_buffer_allocate(device(), 0, &input, &status), status);
  Floats output = run(program, {input});
  EXPECT(portico_buffer_bytes(*output) == 0);
  portico_buffer_release(input);
}

TEST(threads_run_one_program_at_once) {
  Program program(compileText(kAddMul, {}, unfused()).program);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&program, t] {
      for (int i = 0; i < 2000; ++i) {
        float x = float(t * 10000 + i);
        Floats a{x, x, 1, 2}, b{1, 2, 3, 4};
        EXPECT(run(program, {*a, *b}).equals({(x + 1) * x, (x + 2) * x, 4, 12}));
      }
    });
  for (std::thread &thread : threads)
    thread.join();
}

TEST(threads_compile_and_run_at_once) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([t] {
      for (int i = 0; i < 4; ++i) {
        std::string size = std::to_string(2 + (t + i) % 5);
        std::string type = "tensor<" + size + "x2xf32>";
        std::string text = "func.func @main(%a: " + type + ") -> " + type +
                           " {\n %0 = portico.mul %a, %a : (" + type + ", " + type + ") -> " +
                           type + "\n %1 = portico.neg %0 : (" + type + ") -> " + type +
                           "\n return %1 : " + type + "\n}";
        CompileOptions options = unfused();
        options.cache = i % 2;
        Program program(compileText(text, {}, options).program);
        Status status;
        portico_buffer *input = nullptr;
        uint64_t count = 2 * uint64_t(2 + (t + i) % 5);
        EXPECT_OK(portico_buffer_allocate(device(), count * 4, &input, &status), status);
        for (uint64_t k = 0; k < count; ++k)
          static_cast<float *>(portico_buffer_data(input))[k] = float(k);
        Floats output = run(program, {input});
        for (uint64_t k = 0; k < count; ++k)
          EXPECT(output.data()[k] == -float(k) * float(k));
        portico_buffer_release(input);
      }
    });
  for (std::thread &thread : threads)
    thread.join();
}

TEST(a_forked_child_compiles_and_runs) {
  Program program(compileText(kAdd).program);
  // Another thread is in the middle of a compilation when this one forks.
  std::thread busy([] {
    CompileOptions options = unfused();
    options.cache = false;
    for (int i = 0; i < 10; ++i)
      compileText(kAddMul, {}, options);
  });
  for (int i = 0; i < 5; ++i) {
    pid_t child = fork();
    if (child == 0) {
      alarm(60);
      CompileOptions options = unfused();
      options.cache = false;
      Program own(compileText(kAddMul, {}, options).program);
      Floats a{1, 2, 3, 4}, b{10, 20, 30, 40};
      bool ok = run(own, {*a, *b}).equals({11, 44, 99, 176}) &&
                run(program, {*a, *b}).equals({11, 22, 33, 44});
      _exit(ok ? 0 : 1);
    }
    int result = -1;
    EXPECT(waitpid(child, &result, 0) == child);
    EXPECT(WIFEXITED(result) && WEXITSTATUS(result) == 0);
  }
  busy.join();
}
