//===- fatal_test.cpp - a code generator that gives up -----------------------===//

#include "test/lowering/program/broken.h"
#include "test/runtime/harness.h"

using namespace portico::test;

TEST(cuda_survives_what_it_cannot_select) { expectSurvives("cuda:sm_80", "llvm.amdgcn.s.barrier"); }
