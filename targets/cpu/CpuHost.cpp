//===- CpuHost.cpp - the processor that code is made for --------------------===//

#include "targets/cpu/CpuHost.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

#include <algorithm>
#include <unistd.h>

using namespace portico;

static int64_t cacheBytes(int name, int64_t fallback) {
  long bytes = sysconf(name);
  return bytes > 0 ? bytes : fallback;
}

static TargetInfo describe(const llvm::StringMap<bool> &features) {
  auto has = [&](llvm::StringRef name) { return features.lookup(name); };
  TargetInfo info;
  info.vectorBits = has("avx512f") ? 512 : has("avx") ? 256 : 128;
  info.vectorRegisters = has("avx512f") || has("neon") ? 32 : 16;
  info.fma = has("fma") || has("neon");
  info.maskedMemory = has("avx512bw") && has("avx512vl");
  info.l1Bytes = cacheBytes(_SC_LEVEL1_DCACHE_SIZE, info.l1Bytes);
  info.l2Bytes = cacheBytes(_SC_LEVEL2_CACHE_SIZE, info.l2Bytes);
  info.l3Bytes = cacheBytes(_SC_LEVEL3_CACHE_SIZE, info.l3Bytes);
  return info;
}

static cpu::Host detect() {
  cpu::Host machine;
  portico::host::Processor &processor = machine.processor;
  processor.triple = llvm::sys::getDefaultTargetTriple();
  processor.name = llvm::sys::getHostCPUName().str();
  llvm::StringMap<bool> features = llvm::sys::getHostCPUFeatures();
  std::vector<std::string> present, signedNames;
  for (const auto &feature : features) {
    signedNames.push_back((feature.second ? "+" : "-") + feature.first().str());
    if (feature.second)
      present.push_back(feature.first().str());
  }
  // The order of a hash table is no part of what a machine is.
  std::sort(signedNames.begin(), signedNames.end());
  std::sort(present.begin(), present.end());
  processor.features = llvm::join(signedNames, ",");
  machine.info = describe(features);
  machine.info.arch = (llvm::Triple::getArchTypeName(llvm::Triple(processor.triple).getArch()) +
                       ";" + processor.name + ";" + llvm::join(present, ","))
                          .str();
  return machine;
}

const cpu::Host &cpu::machine() {
  static const Host instance = detect();
  return instance;
}
