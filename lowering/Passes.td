//===- Passes.td - the stages of lowering as passes ------------------------===//
//
// The compiler calls the same functions kernel by kernel (Program/KernelCompiler.cpp);
// these passes are for portico-opt, so that every stage can be looked at and tested.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_LOWERING_PASSES_TD
#define PORTICO_LOWERING_PASSES_TD

include "mlir/Pass/PassBase.td"

def PorticoToLinalg : Pass<"portico-to-linalg", "::mlir::ModuleOp"> {
  let summary = "writes kernels of loops and rows as linalg on memory";
  let description = [{
    The first half of `portico-lower-kernels`: each `portico.kernel` of category "loop"
    or "row" becomes a function (inputs..., results..., status) over a short sequence of
    `linalg.generic`. Data movement is in the indexing maps; a reduction, and a costly
    value that several reductions share, is a stage of its own with memory in between,
    which the row strategy keeps in registers.

    Before:
    ```mlir
    %0 = portico.kernel "row" (%a = %x) : (tensor<4x8xf32>) -> tensor<8xf32> {
      %1 = portico.exp %a : (tensor<4x8xf32>) -> tensor<4x8xf32>
      %2 = portico.reduce sum %1 {axes = array<i64: 0>} : (tensor<4x8xf32>) -> tensor<8xf32>
      portico.yield %2 : tensor<8xf32>
    }
    ```
    After (the copy of %sum to the result left out):
    ```mlir
    %sum = memref.alloc() : memref<8xf32>
    linalg.fill ins(%zero : f32) outs(%sum : memref<8xf32>)
    linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>],
                    iterator_types = ["reduction", "parallel"]}
        ins(%x : memref<4x8xf32>) outs(%sum : memref<8xf32>) {
    ^bb0(%in: f32, %out: f32):
      %0 = math.exp %in : f32
      %1 = arith.addf %out, %0 : f32
      linalg.yield %1 : f32
    }
    ```
  }];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::func::FuncDialect", "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect"];
}

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
    After with `subgroup-size=32 vector-bits=128`, a work-item for as many neighbours as make a load of
    16 bytes (what lies in global memory not marked):
    ```mlir
    gpu.module @kernels {
      gpu.func @kernel0(%x: memref<Nxf32>, %y: memref<Nxf32>, %extent: i64) kernel
          attributes {known_block_size = array<i32: 256, 1, 1>, portico.extent = 1000,
                      portico.grid = array<i64: 1, 1, 1>} {
        scf.if %whole {
          %0 = vector.load %x[%first] : memref<Nxf32>, vector<4xf32>
          %1 = arith.negf %0 : vector<4xf32>
          vector.store %1, %y[%first] : memref<Nxf32>, vector<4xf32>
        } else {
          scf.for %i = %first to %end step %c1 { memref.load, arith.negf, memref.store }
        }
        gpu.return
      }
    }
    ```
    A kernel that its strategy does not take, or a launch that the machine does not have,
    is an error at the kernel; figures that no machine has are one at the module.
  }];
  let options = [
    Option<"vectorBits", "vector-bits", "int64_t", "256", "width of a vector register">,
    Option<"vectorRegisters", "vector-registers", "int64_t", "16", "number of vector registers">,
    Option<"maskedMemory", "masked-memory", "bool", "false", "masked loads are single instructions">,
    Option<"doubles", "doubles", "bool", "true", "there is f64">,
    Option<"subgroupSize", "subgroup-size", "int64_t", "0", "work-items that go in step; 0: no work-groups">,
    Option<"maxWorkgroupSize", "max-workgroup-size", "int64_t", "1024", "work-items in a group">,
    Option<"computeUnits", "compute-units", "int64_t", "32", "groups that run at a time at least">,
    Option<"groupMemoryBytes", "group-memory", "int64_t", "49152", "bytes that a group shares">];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::func::FuncDialect", "::mlir::gpu::GPUDialect", "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"];
}

def PorticoExpandMath : Pass<"portico-expand-math"> {
  let summary = "replaces math ops by polynomials and bit arithmetic";
  let description = [{
    What is no single instruction everywhere (exp, tanh, pow...) is computed in `arith`,
    for scalars and vectors of f32 and f64: the same bits on every target. A function
    for which there is no polynomial is an error: nothing links a C library.

    Before:
    ```mlir
    %0 = math.exp %x : f32
    ```
    After (the end of it; %p is a polynomial, %scale a power of two from its bits):
    ```mlir
    %8 = math.fma %p, %r, %one : f32
    %9 = arith.mulf %8, %scale : f32
    ```
    Functions of f32 that are more exact in f64 go through it unless `doubles=false`.
  }];
  let options = [Option<"doubles", "doubles", "bool", "true", "there is f64">];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"];
}

#endif // PORTICO_LOWERING_PASSES_TD
