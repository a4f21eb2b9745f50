//===- CpuFeatures.cpp - which code runs on this host -----------------------===//
//
// A program may come from another machine (a cache on a shared disk, a file made
// ahead of time). This half of the target has no LLVM to ask, so the compiler's
// builtins answer, for those features that instruction selection acts upon.
//
//===----------------------------------------------------------------------===//

#include "targets/cpu/CpuFeatures.h"

#include <string_view>

#if defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace {

#if defined(__x86_64__)

constexpr std::string_view kMachine = "x86_64";

bool hostHas(std::string_view feature) {
#define FEATURE(name)                                                                              \
  if (feature == name)                                                                             \
    return __builtin_cpu_supports(name);
  FEATURE("popcnt")
  FEATURE("sse3")
  FEATURE("ssse3")
  FEATURE("sse4.1")
  FEATURE("sse4.2")
  FEATURE("avx")
  FEATURE("avx2")
  FEATURE("fma")
  FEATURE("bmi")
  FEATURE("bmi2")
  FEATURE("avx512f")
  FEATURE("avx512cd")
  FEATURE("avx512bw")
  FEATURE("avx512dq")
  FEATURE("avx512vl")
  FEATURE("avx512ifma")
  FEATURE("avx512vbmi")
  FEATURE("avx512vbmi2")
  FEATURE("avx512vnni")
  FEATURE("avx512bitalg")
  FEATURE("avx512vpopcntdq")
  FEATURE("avx512bf16")
  FEATURE("avx512fp16")
  FEATURE("f16c")
  FEATURE("gfni")
#undef FEATURE
  return true; // not one that generated code depends on
}

#elif defined(__aarch64__)

constexpr std::string_view kMachine = "aarch64";

bool hostHas(std::string_view feature) {
  if (feature == "sve")
    return getauxval(AT_HWCAP) & HWCAP_SVE;
  if (feature == "fullfp16")
    return getauxval(AT_HWCAP) & HWCAP_ASIMDHP;
  return true;
}

#else
#error "the cpu target knows x86-64 and AArch64"
#endif

} // namespace

bool portico::cpu::hostSupports(const char *arch) {
  std::string_view text = arch;
  if (text.substr(0, text.find(';')) != kMachine)
    return false;
  size_t features = text.rfind(';');
  if (features == std::string_view::npos)
    return false;
  text.remove_prefix(features + 1);
  while (!text.empty()) {
    size_t end = text.find(',');
    if (!hostHas(text.substr(0, end)))
      return false;
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return true;
}
