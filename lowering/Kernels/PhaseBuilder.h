//===- PhaseBuilder.h - the function of one phase of a kernel ---------------===//

#ifndef PORTICO_LOWERING_KERNELS_PHASEBUILDER_H
#define PORTICO_LOWERING_KERNELS_PHASEBUILDER_H

#include "lowering/Kernels/Kernels.h"
#include "lowering/Kernels/Lanes.h"
#include "lowering/Kernels/Nest.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace portico {

/// Starts functions with the arguments of the contract (Kernels.h) for a linalg
/// function (inputs..., results..., status), whose body they replace.
class PhaseBuilder {
public:
  PhaseBuilder(mlir::func::FuncOp linalgFunc, llvm::StringRef name, KernelABI &abi)
      : linalgFunc(linalgFunc), name(name), abi(abi) {}

  /// Starts the next phase; `b` is then in its body, before the return.
  mlir::func::FuncOp start(mlir::OpBuilder &b, int64_t extent, int64_t grain);

  mlir::Value begin(mlir::func::FuncOp f) { return f.getArgument(f.getNumArguments() - 3); }
  mlir::Value end(mlir::func::FuncOp f) { return f.getArgument(f.getNumArguments() - 2); }
  mlir::Value scratch(mlir::func::FuncOp f) { return f.getArgument(f.getNumArguments() - 5); }
  mlir::Value shared(mlir::func::FuncOp f) { return f.getArgument(f.getNumArguments() - 4); }

  /// Where an argument or a global of the linalg function lies in phase `f`;
  /// null for a temporary.
  mlir::Value memory(mlir::OpBuilder &b, mlir::func::FuncOp f, mlir::Value memref);

  /// Gives the scratch arguments their final sizes in all phases.
  void finish();

  mlir::func::FuncOp linalgFunc;
  std::string name;
  KernelABI &abi;
  llvm::SmallVector<mlir::func::FuncOp> functions;
};

/// How many lanes suit the types that `stages` compute with.
int64_t lanesFor(llvm::ArrayRef<NestStage> stages, const TargetInfo &target);
/// 32 where no address in the nest needs more, else 64.
unsigned indexBitsFor(const Nest &nest);
/// A rough count of the work of one point, in simple operations.
int64_t costOf(mlir::linalg::GenericOp generic);
/// Whether every result of the stage is larger than the caches and consists of
/// whole vectors of `lanes` aligned elements along rows of `rowLength`, so that
/// it is better written past the caches.
bool wantsStreaming(const NestStage &stage, int64_t rowLength, int64_t lanes,
                    const TargetInfo &target);
/// How many points make a task worth handing out.
int64_t grainFor(int64_t costPerItem);

/// The digits of `flat` in the mixed radix `sizes`, outermost first.
llvm::SmallVector<mlir::Value> delinearize(mlir::OpBuilder &b, mlir::Location loc, mlir::Value flat,
                                           llvm::ArrayRef<int64_t> sizes);

/// scf.for with a body.
void forLoop(mlir::OpBuilder &b, mlir::Location loc, mlir::Value from, mlir::Value to, int64_t step,
             llvm::function_ref<void(mlir::Value)> body);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_PHASEBUILDER_H
