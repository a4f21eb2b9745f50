//===- figures_test.cpp - the machines of all targets -----------------------===//

#include "test/runtime/harness.h"

#include "targets/MachineFigures.h"

using namespace portico;
using namespace portico::test;

// Plug-ins are asked for this when they are loaded; the targets of the build are asked here.
TEST(every_machine_has_figures_that_all_strategies_can_use) {
  size_t machines = 0;
  for (const Target *target : allTargets())
    for (const std::string &arch : target->archs()) {
      llvm::Expected<const Target *> made = target->forArch(arch);
      EXPECT(bool(made));
      for (auto check : {checkFigures, checkRoom}) {
        std::string wrong = llvm::toString(check((*made)->info()));
        if (!wrong.empty())
          failAt(__FILE__, __LINE__, (target->name() + ":" + arch + ": " + wrong).str().c_str());
      }
      ++machines;
    }
  EXPECT(machines >= allTargets().size());
}
