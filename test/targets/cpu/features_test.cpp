//===- features_test.cpp - which code the host accepts ----------------------===//

#include "test/runtime/harness.h"

#include "targets/Target.h"
#include "targets/cpu/CpuFeatures.h"

using namespace portico::test;

TEST(the_host_runs_its_own_code) {
  std::string arch = portico::lookupTarget("cpu").get()->info().arch;
  EXPECT(portico::cpu::hostSupports(arch.c_str()));
}

TEST(the_host_refuses_other_machines) {
  for (const char *arch : {"", "vax", "vax;780;", "x86_64"})
    EXPECT(!portico::cpu::hostSupports(arch));
#if defined(__x86_64__)
  EXPECT(!portico::cpu::hostSupports("aarch64;generic;neon"));
  EXPECT(portico::cpu::hostSupports("x86_64;generic;"));
  EXPECT(portico::cpu::hostSupports("x86_64;generic;avx512f") ==
         bool(__builtin_cpu_supports("avx512f")));
#endif
}
