//===- Passes.td - the stages of lowering as passes ------------------------===//
//
// The compiler calls the same functions kernel by kernel (Program/KernelCompiler.cpp);
// these passes are for portico-opt, so that every stage can be looked at and tested.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_LOWERING_PASSES_TD
#define PORTICO_LOWERING_PASSES_TD

include "mlir/Pass/PassBase.td"

def PorticoLowerKernels : Pass<"portico-lower-kernels", "::mlir::ModuleOp"> {
  let summary = "turns kernels into loops over memory";
  let description = [{
    Each `portico.kernel` becomes one function per phase, as lowering/Kernels/Kernels.h
    lays down; the functions that held them go away. What a caller has to know is in
    attributes of the function. The figures of the target are options with the
    defaults of `TargetInfo`, so that the result does not depend on the machine.

    Before:
    ```mlir
    func.func @main(%x: tensor<1000xf32>) -> tensor<1000xf32> {
      %0 = portico.kernel "loop" (%a = %x) : (tensor<1000xf32>) -> tensor<1000xf32> {
        %1 = portico.neg %a : (tensor<1000xf32>) -> tensor<1000xf32>
        portico.yield %1 : tensor<1000xf32>
      }
      return %0 : tensor<1000xf32>
    }
    ```
    After (the remainder, and the scratch, shared and status arguments, left out; N is
    `kAnyExtent`: the code does not depend on the size):
    ```mlir
    func.func @kernel0(%x: memref<Nxf32>, %y: memref<Nxf32>, %begin: index, %end: index)
        attributes {portico.extent = 1000, portico.grain = 1000} {
      scf.for %i = %begin to %end step %c8 {
        %0 = vector.load %x[%i] : memref<Nxf32>, vector<8xf32>
        %1 = arith.negf %0 : vector<8xf32>
        vector.store %1, %y[%i] : memref<Nxf32>, vector<8xf32>
      }
      return
    }
    ```
  }];
  let options = [
    Option<"vectorBits", "vector-bits", "int64_t", "256", "width of a vector register">,
    Option<"vectorRegisters", "vector-registers", "int64_t", "16", "number of vector registers">,
    Option<"maskedMemory", "masked-memory", "bool", "false", "masked loads are single instructions">];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::func::FuncDialect", "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"];
}

def PorticoExpandMath : Pass<"portico-expand-math"> {
  let summary = "replaces math ops by polynomials and bit arithmetic";
  let description = [{
    What is no single instruction everywhere (exp, tanh, pow...) is computed in `arith`,
    for scalars and vectors of f32 and f64: the same bits on every target.

    Before:
    ```mlir
    %0 = math.exp %x : f32
    ```
    After (the end of it; %p is a polynomial, %scale a power of two from its bits):
    ```mlir
    %8 = math.fma %p, %r, %one : f32
    %9 = arith.mulf %8, %scale : f32
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
                           "::mlir::vector::VectorDialect"];
}

#endif // PORTICO_LOWERING_PASSES_TD
