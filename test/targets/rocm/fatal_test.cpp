//===- fatal_test.cpp - a code generator that gives up -----------------------===//

#include "test/lowering/program/broken.h"
#include "test/runtime/harness.h"

using namespace portico::test;

TEST(rocm_survives_what_it_cannot_select) { expectSurvives("rocm:gfx942", "llvm.nvvm.membar.gl"); }
