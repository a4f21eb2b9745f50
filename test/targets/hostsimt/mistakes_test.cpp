//===- mistakes_test.cpp - kernels that are wrong, and who says so ----------===//

#include "test/targets/hostsimt/harness.h"

using namespace portico::test;

namespace {

#define GLOBAL " : memref<1024xf32, #gpu.address_space<global>>"
#define GROUP " : memref<1024xf32, #gpu.address_space<workgroup>>"
#define LINE(number) " loc(\"model.py\":" #number ":0)\n"

Memory<float> ones(size_t count) { return {std::vector<float>(count, 1)}; }

/// Expects each flavour to refuse `body` with all of `parts`.
void expectMistake(const std::string &body, std::vector<const char *> parts,
                   Memory<float> a = ones(1024), Memory<float> b = ones(1024)) {
  for (const std::string &flavour : flavours()) {
    Outcome outcome = runKernel(flavour, body, a, b);
    for (const char *part : parts)
      if (!outcome.says(part))
        failAt(__FILE__, __LINE__,
               flavour + " to say '" + part + "', got '" + outcome.message + "'");
    EXPECT(!outcome.ok);
  }
}

const std::string kHalf = "  %c32 = arith.constant 32 : index\n"
                          "  %half = arith.cmpi ult, %i, %c32 : index\n";

} // namespace

TEST(hostsimt_a_barrier_that_some_skip_is_divergent) {
  expectMistake(kHalf + "  scf.if %half {\n    gpu.barrier" LINE(7) "  }\n",
                {"[kernel] divergent barrier; got 32 of 64 work-items of group (0, 0, 0) wait",
                 "32 have finished", "expected all of the group", "; at model.py:7"});
}

TEST(hostsimt_two_barriers_are_not_one) {
  expectMistake(
      kHalf +
          "  scf.if %half {\n    gpu.barrier" LINE(7) "    %p = memref.load %a[%i]" GLOBAL LINE(
              8) "    memref.store %p, %b[%i]" GLOBAL LINE(8) "  } else {\n"
                                                              "    gpu.barrier" LINE(10) "  }\n",
      {"divergent barrier", "32 wait elsewhere (model.py:10)", "; at model.py:7"});
}

TEST(hostsimt_a_shuffle_that_some_lanes_skip_is_divergent) {
  expectMistake("  %c5 = arith.constant 5 : index\n"
                "  %few = arith.cmpi ult, %i, %c5 : index\n"
                "  scf.if %few {\n"
                "    %x = memref.load %a[%i]" GLOBAL LINE(
                    3) "    %c1 = arith.constant 1 : i32\n"
                       "    %width = arith.constant 32 : i32\n"
                       "    %y, %p = gpu.shuffle xor %x, %c1, %width : f32" LINE(
                           4) "    memref.store %y, %b[%i]" GLOBAL LINE(5) "  }\n",
                {"divergent shuffle; got 5 of", "expected all of the subgroup", "; at model.py:4"});
}

TEST(hostsimt_reading_what_a_neighbour_writes_is_a_race) {
  expectMistake(
      "  %x = memref.load %a[%i]" GLOBAL LINE(1) "  memref.store %x, %w[%i]" GROUP LINE(
          2) "  %c63 = arith.constant 63 : index\n"
             "  %j = arith.subi %c63, %i : index\n"
             "  %y = memref.load %w[%j]" GROUP LINE(3) "  memref.store %y, %b[%i]" GLOBAL LINE(4),
      {"race on the memory of the group", "since the last barrier", "try a barrier between the two",
       "; at model.py:"});
}

TEST(hostsimt_writing_what_others_read_is_a_race) {
  expectMistake("  %x = memref.load %a[%i]" GLOBAL LINE(1) "  memref.store %x, %w[%i]" GROUP LINE(
                    2) "  gpu.barrier" LINE(3) "  %c63 = arith.constant 63 : index\n"
                                               "  %j = arith.subi %c63, %i : index\n"
                                               "  %y = memref.load %w[%j]" GROUP LINE(
                                                   4) "  memref.store %y, %w[%i]" GROUP LINE(5),
                {"race on the memory of the group", "; at model.py:"});
}

TEST(hostsimt_two_writers_are_a_race) {
  expectMistake(
      "  %x = memref.load %a[%i]" GLOBAL LINE(1) "  memref.store %x, %w[%zero]" GROUP LINE(2),
      {"which writes offset 0, which work-item 0 has written", "; at model.py:2"});
}

TEST(hostsimt_a_read_behind_a_buffer_is_out_of_bounds) {
  Memory<float> a = ones(1024);
  a.bytes = 64 * 4 - 4;
  expectMistake(
      "  %x = memref.load %a[%i]" GLOBAL LINE(11) "  memref.store %x, %b[%i]" GLOBAL LINE(12),
      {"[kernel] out of bounds; got work-item (63, 0, 0) of group (0, 0, 0)",
       "reads 4 bytes at offset 252 of buffer 0", "from 0 to below 252", "; at model.py:11"},
      a);
}

TEST(hostsimt_a_write_before_a_buffer_is_out_of_bounds) {
  expectMistake(
      "  %x = memref.load %a[%i]" GLOBAL LINE(11) "  %j = arith.subi %i, %one : index\n"
                                                  "  memref.store %x, %b[%j]" GLOBAL LINE(12),
      {"writes 4 bytes at offset -4 of buffer 1", "; at model.py:12"});
}

TEST(hostsimt_a_write_behind_group_memory_is_out_of_bounds) {
  expectMistake("  %x = memref.load %a[%i]" GLOBAL LINE(
                    11) "  %c1000 = arith.constant 1000 : index\n"
                        "  %j = arith.addi %i, %c1000 : index\n"
                        "  memref.store %x, %w[%j]" GROUP LINE(
                            12) "  gpu.barrier\n"
                                "  %y = memref.load %w[%j]" GROUP LINE(
                                    13) "  memref.store %y, %b[%i]" GLOBAL LINE(14),
                {"out of bounds", "writes 4 bytes at offset 4096 of the memory of the group",
                 "; at model.py:12"});
}

TEST(hostsimt_an_index_beside_a_private_array_is_out_of_bounds) {
  expectMistake("  %p = memref.alloca() : memref<8xf32, #gpu.address_space<private>>\n"
                "  %x = memref.load %a[%i]" GLOBAL LINE(
                    11) "  memref.store %x, %p[%i] : memref<8xf32, "
                        "#gpu.address_space<private>>" LINE(
                            12) "  %y = memref.load %p[%zero] : memref<8xf32, "
                                "#gpu.address_space<private>>" LINE(13) "  memref.store %y, "
                                                                        "%b[%i]" GLOBAL LINE(14),
                {"out of bounds", "writes 4 bytes beside a private array", "; at model.py:12"});
}

TEST(hostsimt_a_mistake_leaves_the_device_as_it_was) {
  for (const std::string &flavour : flavours()) {
    Memory<float> a = ones(1024), b = ones(1024);
    for (int round = 0; round < 3; ++round) {
      Outcome bad =
          runKernel(flavour, kHalf + "  scf.if %half {\n    gpu.barrier\n  }\n", a, b, {32, 64});
      EXPECT(bad.says("divergent barrier"));
      Outcome good = runKernel(flavour,
                               "  %x = memref.load %a[%i]" GLOBAL "\n  gpu.barrier\n"
                               "  memref.store %x, %b[%i]" GLOBAL "\n",
                               a, b);
      EXPECT(good.message.empty());
    }
  }
}
