//===- broken.h - targets that fail where a code generator can ---------------===//

#ifndef PORTICO_TEST_BROKEN_H
#define PORTICO_TEST_BROKEN_H

#include "targets/Target.h"

#include "mlir/IR/Builders.h"

#include <functional>
#include <string>

namespace portico::test {

/// What is put in front of the code of every kernel.
using Fault = std::function<void(mlir::OpBuilder &, mlir::Location)>;

/// A call of an intrinsic that takes and returns nothing: one of another machine cannot
/// be selected, which is a fatal error of LLVM.
Fault callIntrinsic(std::string name);
/// Assembly with a result in a register that no machine has, which is an error of the
/// LLVM context.
Fault impossibleAssembly();

/// Makes "`name`" a device string: the target of `device` with a fault in each kernel.
void addBrokenTarget(const char *name, const char *device, Fault fault);

/// The same, which fails where programs are linked.
void addTargetThatCannotLink(const char *name);

/// Compiles a sum for `device` with a call of another machine's intrinsic in the kernel: that is
/// a failure of the compiler with all it has to say, and the next compile works.
void expectSurvives(const char *device, const char *foreign);

} // namespace portico::test

#endif // PORTICO_TEST_BROKEN_H
