//===- tiles_test.cpp - copies of tiles, and products that read them --------===//
//
// Four subgroups multiply x by its own transpose: both operands are the same 64 rows of 64
// summands, brought to two places of group memory.
//
//===----------------------------------------------------------------------===//

#include "test/targets/hostsimt/harness.h"

#include <cstring>

using namespace portico::test;

namespace {

#define SIGNALS " : memref<2xi64, #gpu.address_space<workgroup>>"

int valueAt(int row, int k) { return row % 7 - k % 5 + (row * k) % 3; }

Memory<uint16_t> rows() {
  Memory<uint16_t> x;
  for (int row = 0; row < 64; ++row)
    for (int k = 0; k < 64; ++k) {
      auto single = float(valueAt(row, k));
      uint32_t bits;
      memcpy(&bits, &single, sizeof(bits));
      x.values.push_back(uint16_t(bits >> 16));
    }
  return x;
}

Memory<float> results() { return {std::vector<float>(4096, -1)}; }

/// Line `line` of the user brings rows [first, first + 64) to byte %`to` of group memory.
std::string copy(const char *to, const char *first = "%c0", int line = 5) {
  return std::string("    simt.copy_tile %x[%c0, ") + first + "] to %memory[" + to +
         "] signal %signals[%c0] {sizes = array<i64: 64, 64>, strides = array<i64: 1, 64>, "
         "offset = 0, box = array<i64: 64, 64>} : memref<4096xbf16, #gpu.address_space<global>>, "
         "memref<32768xi8, #gpu.address_space<workgroup>>, memref<2xi64, "
         "#gpu.address_space<workgroup>> loc(\"model.py\":" +
         std::to_string(line) + ":0)\n";
}

const std::string kBegin = "  %at = arith.constant 8192 : index\n"
                           "  %none = arith.constant dense<0.0> : vector<32xf32>\n"
                           "  %first = arith.cmpi eq, %i, %c0 : index\n"
                           "  scf.if %first { simt.init_signals %signals" SIGNALS " }\n"
                           "  gpu.barrier\n";
const std::string kFirst = "  scf.if %first {\n", kEnd = "  }\n";
const std::string kExpect = "    simt.expect_bytes %signals[%c0] {bytes = 16384}" SIGNALS "\n";
const std::string kWait =
    "  simt.await_signal %signals[%c0], %c0" SIGNALS " loc(\"model.py\":7:0)\n";
const std::string kMultiply =
    "  %d = simt.group_multiply_add %memory[%c0], %at, %none {element = bf16, m = 64, n = 64, "
    "k = 64} : memref<32768xi8, #gpu.address_space<workgroup>>, vector<32xf32> "
    "loc(\"model.py\":8:0)\n";
const std::string kFinish = "  %e = simt.group_multiply_wait %d {pending = 0} : vector<32xf32>\n";
const std::string kStore = "  %width = arith.constant 32 : index\n"
                           "  %o = arith.muli %i, %width : index\n"
                           "  vector.store %e, %out[%o] : memref<4096xf32, "
                           "#gpu.address_space<global>>, vector<32xf32>\n";

void expectMistake(const std::string &body, std::vector<const char *> parts) {
  Memory<uint16_t> x = rows();
  Memory<float> out = results();
  Outcome outcome = runTiles(body, x, out);
  EXPECT(!outcome.ok);
  for (const char *part : parts)
    if (!outcome.says(part))
      failAt(__FILE__, __LINE__, std::string("'") + part + "', got '" + outcome.message + "'");
}

} // namespace

// The PTX manual, "Register Fragments for wgmma.mma_async.m64nNk16".
TEST(hostsimt_a_product_of_tiles_that_were_copied) {
  Memory<uint16_t> x = rows();
  Memory<float> out = results();
  Outcome outcome = runTiles(kBegin + kFirst + kExpect + copy("%c0") + copy("%at") + kEnd + kWait +
                                 kMultiply + kFinish + kStore,
                             x, out);
  if (!outcome.ok)
    failAt(__FILE__, __LINE__, "a product, got '" + outcome.message + "'");
  for (int item = 0; item < 128; ++item)
    for (int i = 0; i < 32; ++i) {
      int row = item / 32 * 16 + item % 32 / 4 + (i % 4 < 2 ? 0 : 8);
      int column = i / 4 * 8 + item % 4 * 2 + i % 2, sum = 0;
      for (int k = 0; k < 64; ++k)
        sum += valueAt(row, k) * valueAt(column, k);
      EXPECT(out.values[size_t(item * 32 + i)] == float(sum));
    }
}

TEST(hostsimt_what_lies_outside_the_tensor_is_zero) {
  Memory<uint16_t> x = rows();
  Memory<float> out = results();
  Outcome outcome = runTiles(kBegin + "  %later = arith.constant 40 : index\n" + kFirst + kExpect +
                                 copy("%c0", "%later") + copy("%at") + kEnd + kWait + kMultiply +
                                 kFinish + kStore,
                             x, out);
  EXPECT(outcome.ok);
  // Row 16 of the product is row 56 of x, row 24 is none.
  int sum = 0;
  for (int k = 0; k < 64; ++k)
    sum += valueAt(56, k) * valueAt(0, k);
  EXPECT(out.values[32 * 32] == float(sum));
  EXPECT(out.values[32 * 32 + 2] == 0);
}

TEST(hostsimt_multiplying_what_is_still_copied_is_a_race) {
  expectMistake(kBegin + kFirst + kExpect + copy("%c0") + copy("%at") + kEnd + "  gpu.barrier\n" +
                    kMultiply + kFinish + kWait + kStore,
                {"race on the memory of the group", "while a copy there is under way",
                 "wait for its signal", "; at model.py:8"});
}

TEST(hostsimt_copying_over_what_is_still_multiplied_is_a_race) {
  expectMistake(kBegin + kFirst + kExpect + copy("%c0") + copy("%at") + kEnd + kWait + kMultiply +
                    "  gpu.barrier\n" + kFirst + copy("%c0", "%c0", 9) + kEnd + kFinish + kStore,
                {"race on the memory of the group", "while a product reads", "; at model.py:9"});
}

TEST(hostsimt_copying_over_what_others_may_still_read_is_a_race) {
  // Work-item 0 waits for its own subgroup's products, not for those of the others.
  expectMistake(kBegin + kFirst + kExpect + copy("%c0") + copy("%at") + kEnd + kWait + kMultiply +
                    kFinish + kFirst + copy("%c0", "%c0", 9) + kEnd + kStore,
                {"race on the memory of the group"});
}

TEST(hostsimt_bytes_that_do_not_come_are_waited_for_without_end) {
  expectMistake(kBegin + kFirst + kExpect + copy("%c0") + kEnd + kWait,
                {"a wait without end", "at the signal at offset 32768", "; at model.py:7"});
}

TEST(hostsimt_a_copy_that_nobody_waits_for_is_reported) {
  expectMistake(kBegin + kFirst + kExpect + copy("%c0") + kEnd,
                {"a copy to the memory of the group is under way when the group ends"});
}

TEST(hostsimt_a_product_that_some_lanes_skip_is_divergent) {
  expectMistake(kBegin + kFirst + kExpect + copy("%c0") + copy("%at") + kEnd + kWait +
                    "  %c5 = arith.constant 5 : index\n"
                    "  %some = arith.cmpi ult, %i, %c5 : index\n"
                    "  scf.if %some {\n" +
                    kMultiply + kFinish + kStore + "  }\n",
                {"divergent matrix instruction; got 5 of 32", "; at model.py:8"});
}
