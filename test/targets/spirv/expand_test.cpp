//===- expand_test.cpp - what replaces the intrinsics that SPIR-V lacks ------===//
//
// The expansions are folded by LLVM's constant folder: what is left is the value.
//
//===----------------------------------------------------------------------===//

#include "test/runtime/harness.h"

#include "targets/spirv/SpirvExpand.h"

#include "llvm/Analysis/ConstantFolding.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/SourceMgr.h"

using namespace portico::test;

namespace {

/// The constant that a function of this body returns, once expanded; as text.
std::string value(const std::string &type, const std::string &call) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  auto module = llvm::parseAssemblyString("define " + type + " @f() {\n%r = call " + call +
                                              "\nret " + type + " %r\n}",
                                          diagnostic, context);
  EXPECT(module && "the test's own text");
  portico::spirv::expandMaskReductions(*module);
  portico::spirv::expandIntrinsics(*module);
  llvm::Function &function = *module->getFunction("f");
  for (llvm::Instruction &instruction : llvm::make_early_inc_range(llvm::instructions(function)))
    if (llvm::Constant *folded =
            llvm::ConstantFoldInstruction(&instruction, module->getDataLayout()))
      instruction.replaceAllUsesWith(folded);
  auto *end = llvm::cast<llvm::ReturnInst>(function.back().getTerminator());
  auto *result = llvm::dyn_cast<llvm::Constant>(end->getReturnValue());
  EXPECT(result && "a value that folds");
  std::string text;
  llvm::raw_string_ostream os(text);
  result->printAsOperand(os, /*PrintType=*/false);
  return text;
}

const char *const kNan = "0x7FF8000000000000", *const kInf = "0x7FF0000000000000";

std::string extreme(const char *name, const std::string &x, const std::string &y) {
  return value("float",
               "float @llvm." + std::string(name) + ".f32(float " + x + ", float " + y + ")");
}

std::string isClass(const std::string &x, int mask) {
  return value("i1", "i1 @llvm.is.fpclass.f32(float " + x + ", i32 " + std::to_string(mask) + ")");
}

} // namespace

TEST(spirv_extremes_keep_nan_and_order_zeros) {
  EXPECT(extreme("maximum", "1.0", "2.0") == "2.000000e+00");
  EXPECT(extreme("minimum", "1.0", "2.0") == "1.000000e+00");
  for (const char *name : {"maximum", "minimum"}) {
    EXPECT(extreme(name, "1.0", kNan) == kNan);
    EXPECT(extreme(name, kNan, kInf) == kNan);
  }
  EXPECT(extreme("maximum", "0.0", "-0.0") == "0.000000e+00");
  EXPECT(extreme("minimum", "0.0", "-0.0") == "-0.000000e+00");
}

TEST(spirv_comparisons_have_three_results) {
  EXPECT(value("i8", "i8 @llvm.scmp.i8.i32(i32 -1, i32 1)") == "-1");
  EXPECT(value("i8", "i8 @llvm.scmp.i8.i32(i32 4, i32 4)") == "0");
  EXPECT(value("i8", "i8 @llvm.ucmp.i8.i32(i32 -1, i32 1)") == "1");
}

TEST(spirv_rotations_take_any_count) {
  EXPECT(value("i8", "i8 @llvm.fshl.i8(i8 3, i8 -128, i8 1)") == "7");
  EXPECT(value("i8", "i8 @llvm.fshl.i8(i8 3, i8 -128, i8 0)") == "3");
  EXPECT(value("i8", "i8 @llvm.fshl.i8(i8 3, i8 -128, i8 9)") == "7");
  EXPECT(value("i8", "i8 @llvm.fshr.i8(i8 3, i8 4, i8 1)") == "-126");
  EXPECT(value("i8", "i8 @llvm.fshr.i8(i8 3, i8 4, i8 8)") == "4");
}

TEST(spirv_reversals_of_any_width) {
  EXPECT(value("i32", "i32 @llvm.bitreverse.i32(i32 1)") == "-2147483648");
  EXPECT(value("i8", "i8 @llvm.bitreverse.i8(i8 6)") == "96");
  EXPECT(value("i3", "i3 @llvm.bitreverse.i3(i3 1)") == "-4");
}

/// An index is cut to as many bits as are reversed; nothing of that width may be left.
TEST(spirv_reversals_leave_no_narrow_integer) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  auto module = llvm::parseAssemblyString("define i64 @f(i64 %i) {\n%n = trunc i64 %i to i3\n"
                                          "%m = and i3 %n, 3\n"
                                          "%r = call i3 @llvm.bitreverse.i3(i3 %m)\n"
                                          "%w = zext i3 %r to i64\nret i64 %w\n}",
                                          diagnostic, context);
  EXPECT(module && "the test's own text");
  portico::spirv::expandIntrinsics(*module);
  for (llvm::Instruction &instruction : llvm::instructions(*module->getFunction("f")))
    EXPECT(!instruction.getType()->isIntegerTy(3));
}

TEST(spirv_classes_of_floats) {
  const struct {
    const char *value;
    int bit;
  } classes[] = {{"0x7FF4000000000000", 1},
                 {kNan, 2},
                 {"0xFFF0000000000000", 4},
                 {"-1.0", 8},
                 {"0xB6A0000000000000", 16},
                 {"-0.0", 32},
                 {"0.0", 64},
                 {"0x36A0000000000000", 128},
                 {"1.0", 256},
                 {kInf, 512}};
  for (const auto &x : classes)
    for (const auto &y : classes)
      EXPECT(isClass(x.value, y.bit) == (x.bit == y.bit ? "true" : "false"));
  EXPECT(isClass("1.0", 0) == "false" && isClass("1.0", 1023) == "true");
}

TEST(spirv_masks_are_reduced) {
  EXPECT(value("i1", "i1 @llvm.vector.reduce.or.v2i1(<2 x i1> <i1 0, i1 1>)") == "true");
  EXPECT(value("i1", "i1 @llvm.vector.reduce.and.v2i1(<2 x i1> <i1 0, i1 1>)") == "false");
  EXPECT(value("i1", "i1 @llvm.vector.reduce.and.v2i1(<2 x i1> <i1 1, i1 1>)") == "true");
}
