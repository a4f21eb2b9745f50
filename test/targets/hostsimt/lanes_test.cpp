//===- lanes_test.cpp - exchanges that only one vendor has ------------------===//

#include "test/targets/hostsimt/harness.h"

#include <functional>

using namespace portico::test;

namespace {

/// Runs a wave of 64 lanes whose value is their number; `code` makes i32 %y out of
/// i32 %x, and expects lane `i` to get `expected(i)`.
void expectLanes(const std::string &declarations, const std::string &code,
                 const std::function<int(int)> &expected) {
  Memory<float> a = {std::vector<float>(64)}, b = a;
  Outcome outcome =
      runCode("declare i32 @llvm.amdgcn.workitem.id.x()\n" + declarations +
                  "define amdgpu_kernel void @k(ptr addrspace(1) %a, ptr addrspace(1) %b, i64 %e, "
                  "ptr addrspace(1) %s) {\n"
                  "  %x = call i32 @llvm.amdgcn.workitem.id.x()\n" +
                  code +
                  "  %f = sitofp i32 %y to float\n"
                  "  %p = getelementptr float, ptr addrspace(1) %b, i32 %x\n"
                  "  store float %f, ptr addrspace(1) %p\n  ret void\n}\n",
              64, a, b, {1, 64});
  if (!outcome.ok)
    failAt(__FILE__, __LINE__, "an exchange, got '" + outcome.message + "'");
  for (int i = 0; i < 64; ++i)
    if (b.values[size_t(i)] != float(expected(i)))
      failAt(__FILE__, __LINE__,
             "lane " + std::to_string(i) + " to get " + std::to_string(expected(i)) + ", got " +
                 std::to_string(b.values[size_t(i)]));
}

void expectDpp(int control, const std::function<int(int)> &expected) {
  // What a lane keeps where its source is outside: -1.
  expectLanes("declare i32 @llvm.amdgcn.update.dpp.i32(i32, i32, i32, i32, i32, i1)\n",
              "  %y = call i32 @llvm.amdgcn.update.dpp.i32(i32 -1, i32 %x, i32 " +
                  std::to_string(control) + ", i32 15, i32 15, i1 false)\n",
              expected);
}

} // namespace

TEST(hostsimt_bpermute_reads_and_permute_sends) {
  expectLanes("declare i32 @llvm.amdgcn.ds.bpermute(i32, i32)\n",
              "  %n = add i32 %x, 3\n  %at = shl i32 %n, 2\n"
              "  %y = call i32 @llvm.amdgcn.ds.bpermute(i32 %at, i32 %x)\n",
              [](int i) { return (i + 3) % 64; });
  expectLanes("declare i32 @llvm.amdgcn.ds.permute(i32, i32)\n",
              "  %n = add i32 %x, 3\n  %at = shl i32 %n, 2\n"
              "  %y = call i32 @llvm.amdgcn.ds.permute(i32 %at, i32 %x)\n",
              [](int i) { return (i + 61) % 64; });
}

TEST(hostsimt_lanes_know_their_number) {
  expectLanes("declare i32 @llvm.amdgcn.mbcnt.lo(i32, i32)\n"
              "declare i32 @llvm.amdgcn.mbcnt.hi(i32, i32)\n",
              "  %l = call i32 @llvm.amdgcn.mbcnt.lo(i32 -1, i32 0)\n"
              "  %y = call i32 @llvm.amdgcn.mbcnt.hi(i32 -1, i32 %l)\n",
              [](int i) { return i; });
}

TEST(hostsimt_dpp_moves_within_rows) {
  expectDpp(0x111, [](int i) { return i % 16 ? i - 1 : -1; });           // row_shr:1
  expectDpp(0x102, [](int i) { return i % 16 < 14 ? i + 2 : -1; });      // row_shl:2
  expectDpp(0x121, [](int i) { return i / 16 * 16 + (i + 15) % 16; });   // row_ror:1
  expectDpp(0x140, [](int i) { return i / 16 * 16 + 15 - i % 16; });     // row_mirror
  expectDpp(0x141, [](int i) { return i / 8 * 8 + 7 - i % 8; });         // row_half_mirror
  expectDpp(0x1b, [](int i) { return i / 4 * 4 + 3 - i % 4; });          // quad_perm:[3,2,1,0]
  expectDpp(0x142, [](int i) { return i < 16 ? -1 : i / 16 * 16 - 1; }); // row_bcast:15
  expectDpp(0x143, [](int i) { return i < 32 ? -1 : 31; });              // row_bcast:31
  expectDpp(0x155, [](int i) { return i / 16 * 16 + 5; });               // row_share:5
}

TEST(hostsimt_swizzles_swap_neighbours) {
  expectLanes("declare i32 @llvm.amdgcn.ds.swizzle(i32, i32)\n",
              "  %y = call i32 @llvm.amdgcn.ds.swizzle(i32 %x, i32 1055)\n", // and 31, xor 1
              [](int i) { return i ^ 1; });
}

TEST(hostsimt_wide_values_travel_in_words) {
  expectLanes("declare i64 @llvm.amdgcn.readlane.i64(i64, i32)\n",
              "  %w = zext i32 %x to i64\n  %v = shl i64 %w, 33\n"
              "  %r = call i64 @llvm.amdgcn.readlane.i64(i64 %v, i32 9)\n"
              "  %d = lshr i64 %r, 33\n  %y = trunc i64 %d to i32\n",
              [](int) { return 9; });
}

TEST(hostsimt_ballots_see_all_lanes) {
  expectLanes("declare i64 @llvm.amdgcn.ballot.i64(i1)\n",
              "  %c = icmp ugt i32 %x, 60\n"
              "  %r = call i64 @llvm.amdgcn.ballot.i64(i1 %c)\n"
              "  %d = lshr i64 %r, 60\n  %y = trunc i64 %d to i32\n",
              [](int) { return 14; });
}
