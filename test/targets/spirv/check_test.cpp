//===- check_test.cpp - errors where the back end would end the process -----===//

#include "test/runtime/harness.h"

#include "targets/UnsupportedByMachine.h"
#include "targets/spirv/SpirvCheck.h"
#include "targets/spirv/SpirvMachines.h"

#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Support/SourceMgr.h"

using namespace portico::test;
using namespace portico::spirv;

namespace {

/// What the check says of a function with this body.
llvm::Error check(const std::string &body, const char *machine, const std::string &declarations) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  auto module = llvm::parseAssemblyString(
      declarations + "\ndefine void @k(ptr addrspace(1) %p, i32 %n) {\n" + body + "\nret void\n}",
      diagnostic, context);
  EXPECT(module && "the test's own text");
  return checkModule(*module, *findMachine(machine));
}

/// The same as text; empty where it has nothing to say.
std::string verdict(const std::string &body, const char *machine = "spirv64",
                    const std::string &declarations = "") {
  return llvm::toString(check(body, machine, declarations));
}

bool says(const std::string &text, const char *part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST(spirv_check_takes_what_the_core_has) {
  EXPECT(verdict("%v = load float, ptr addrspace(1) %p\n"
                 "%w = call float @llvm.fma.f32(float %v, float %v, float %v)\n"
                 "store float %w, ptr addrspace(1) %p\n"
                 "%o = atomicrmw add ptr addrspace(1) %p, i32 1 monotonic",
                 "spirv64", "declare float @llvm.fma.f32(float, float, float)") == "");
}

TEST(spirv_check_refuses_odd_integers) {
  EXPECT(says(verdict("%v = trunc i32 %n to i4\n%w = zext i4 %v to i32"), "an integer of 4 bits"));
}

TEST(spirv_check_refuses_bfloat) {
  EXPECT(says(verdict("%v = load bfloat, ptr addrspace(1) %p"), "the type bfloat"));
}

TEST(spirv_check_refuses_doubles_where_there_are_none) {
  const char *body = "%v = load double, ptr addrspace(1) %p";
  EXPECT(verdict(body) == "");
  EXPECT(says(verdict(body, "dg2"), "dg2 has no f64"));
}

TEST(spirv_check_tells_what_a_machine_lacks_from_mistakes) {
  auto isLack = [](llvm::Error error) {
    EXPECT(bool(error));
    bool lack = error.isA<portico::UnsupportedByMachine>();
    llvm::consumeError(std::move(error));
    return lack;
  };
  EXPECT(isLack(check("%v = load double, ptr addrspace(1) %p", "dg2", "")));
  EXPECT(!isLack(check("%v = trunc i32 %n to i4", "dg2", "")));
}

TEST(spirv_check_refuses_atomics_on_floats) {
  EXPECT(says(verdict("%v = atomicrmw fadd ptr addrspace(1) %p, float 1.0 monotonic"),
              "an atomic update of float"));
}

TEST(spirv_check_refuses_long_vectors) {
  EXPECT(says(verdict("%v = load <5 x float>, ptr addrspace(1) %p"), "a vector of 5 elements"));
}

TEST(spirv_check_refuses_calls) {
  EXPECT(says(verdict("%v = call float @expf(float 1.0)", "spirv64", "declare float @expf(float)"),
              "a call of 'expf'"));
  EXPECT(says(verdict("%v = call float @llvm.sin.f32(float 1.0)", "spirv64",
                      "declare float @llvm.sin.f32(float)"),
              "the intrinsic llvm.sin.f32"));
}

TEST(spirv_check_refuses_stacks_that_grow) {
  EXPECT(says(verdict("%v = alloca i8, i32 %n"), "private memory of a size"));
}

TEST(spirv_machines_are_chosen_by_what_a_device_has) {
  Abilities device;
  EXPECT(bestMachine(device) == nullptr);
  device.subgroupSizes[8] = true;
  device.maxWorkgroupSize = 1024;
  device.groupMemoryBytes = 64 << 10;
  device.doubles = true;
  EXPECT(std::string(bestMachine(device)->arch) == "spirv64-sg8");
  device.subgroupSizes[16] = true;
  EXPECT(std::string(bestMachine(device)->arch) == "spirv64");
  device.version = 12060;
  EXPECT(std::string(bestMachine(device)->arch) == "pvc");
  device.version = 12057;
  device.doubles = false;
  EXPECT(std::string(bestMachine(device)->arch) == "dg2");
  EXPECT(!runsOn(*findMachine("pvc"), device));
  device.groupMemoryBytes = 16 << 10;
  EXPECT(bestMachine(device) == nullptr);
  EXPECT(findMachine("vax") == nullptr);
}
