//===- kernels_test.cpp - kernels that are right ----------------------------===//

#include "test/targets/hostsimt/harness.h"

#include <cmath>

using namespace portico::test;

namespace {

#define GLOBAL " : memref<1024xf32, #gpu.address_space<global>>\n"
#define GROUP " : memref<1024xf32, #gpu.address_space<workgroup>>\n"

Memory<float> counting(size_t count) {
  Memory<float> memory;
  for (size_t i = 0; i < count; ++i)
    memory.values.push_back(float(i));
  return memory;
}

Memory<float> zeros(size_t count) { return {std::vector<float>(count)}; }

} // namespace

TEST(hostsimt_work_items_see_what_others_wrote_before_a_barrier) {
  for (const std::string &flavour : flavours()) {
    Memory<float> a = counting(256), b = zeros(256);
    Outcome outcome = runKernel(
        flavour,
        "  %x = memref.load %a[%i]" GLOBAL "  memref.store %x, %w[%i]" GROUP "  gpu.barrier\n"
        "  %last = arith.constant 255 : index\n"
        "  %j = arith.subi %last, %i : index\n"
        "  %y = memref.load %w[%j]" GROUP "  memref.store %y, %b[%i]" GLOBAL,
        a, b, {1, 256});
    EXPECT(outcome.message.empty());
    for (int i = 0; i < 256; ++i)
      EXPECT(b.values[i] == float(255 - i));
  }
}

TEST(hostsimt_barriers_in_loops_keep_rounds_apart) {
  for (const std::string &flavour : flavours()) {
    // The sum of 64 numbers, by halves.
    Memory<float> a = counting(64), b = zeros(64);
    Outcome outcome =
        runKernel(flavour,
                  "  %x = memref.load %a[%i]" GLOBAL "  memref.store %x, %w[%i]" GROUP
                  "  %start = arith.constant 32 : index\n"
                  "  %two = arith.constant 2 : index\n"
                  "  scf.while (%half = %start) : (index) -> index {\n"
                  "    %more = arith.cmpi ugt, %half, %zero : index\n"
                  "    scf.condition(%more) %half : index\n"
                  "  } do {\n"
                  "  ^bb0(%half: index):\n"
                  "    gpu.barrier\n"
                  "    %mine = arith.cmpi ult, %i, %half : index\n"
                  "    scf.if %mine {\n"
                  "      %j = arith.addi %i, %half : index\n"
                  "      %p = memref.load %w[%i]" GROUP "      %q = memref.load %w[%j]" GROUP
                  "      %s = arith.addf %p, %q : f32\n"
                  "      memref.store %s, %w[%i]" GROUP "    }\n"
                  "    %next = arith.divui %half, %two : index\n"
                  "    scf.yield %next : index\n"
                  "  }\n"
                  "  gpu.barrier\n"
                  "  %r = memref.load %w[%zero]" GROUP "  memref.store %r, %b[%i]" GLOBAL,
                  a, b);
    EXPECT(outcome.message.empty());
    for (float value : b.values)
      EXPECT(value == 64 * 63 / 2);
  }
}

TEST(hostsimt_shuffles_exchange_within_subgroups) {
  for (const std::string &flavour : flavours()) {
    Memory<float> a = counting(128), b = zeros(128);
    Outcome outcome =
        runKernel(flavour,
                  "  %x = memref.load %a[%i]" GLOBAL "  %c1 = arith.constant 1 : i32\n"
                  "  %c32 = arith.constant 32 : i32\n"
                  "  %y, %p = gpu.shuffle xor %x, %c1, %c32 : f32\n"
                  "  %z, %q = gpu.shuffle idx %y, %c1, %c32 : f32\n"
                  "  %s = arith.addf %y, %z : f32\n"
                  "  memref.store %s, %b[%i]" GLOBAL,
                  a, b, {1, 128});
    EXPECT(outcome.message.empty());
    int width = flavour == "rocdl" ? 64 : 32;
    for (int i = 0; i < 128; ++i) {
      int first = i / width * width;
      EXPECT(b.values[i] == float(i ^ 1) + float(first));
    }
  }
}

TEST(hostsimt_every_group_has_memory_of_its_own) {
  for (const std::string &flavour : flavours()) {
    Memory<float> a = counting(64), b = zeros(1024);
    Outcome outcome = runKernel(flavour,
                                "  %x = memref.load %a[%i]" GLOBAL "  %block = gpu.block_id x\n"
                                "  %cast = arith.index_cast %block : index to i32\n"
                                "  %number = arith.sitofp %cast : i32 to f32\n"
                                "  %v = arith.addf %x, %number : f32\n"
                                "  memref.store %v, %w[%i]" GROUP "  gpu.barrier\n"
                                "  %y = memref.load %w[%i]" GROUP "  %width = gpu.block_dim x\n"
                                "  %base = arith.muli %block, %width : index\n"
                                "  %at = arith.addi %base, %i : index\n"
                                "  memref.store %y, %b[%at]" GLOBAL,
                                a, b, {16, 64});
    EXPECT(outcome.message.empty());
    for (int i = 0; i < 1024; ++i)
      EXPECT(b.values[i] == float(i % 64 + i / 64));
  }
}

TEST(hostsimt_group_memory_begins_with_no_number) {
  for (const std::string &flavour : flavours()) {
    Memory<float> a = counting(64), b = zeros(64);
    Outcome outcome = runKernel(
        flavour, "  %y = memref.load %w[%i]" GROUP "  memref.store %y, %b[%i]" GLOBAL, a, b);
    EXPECT(outcome.message.empty());
    for (float value : b.values)
      EXPECT(std::isnan(value));
  }
}
