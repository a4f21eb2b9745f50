//===- Passes.td - the passes over the portico dialect ---------------------===//

#ifndef PORTICO_PASSES_TD
#define PORTICO_PASSES_TD

include "mlir/Pass/PassBase.td"
include "Fusion/Passes.td"

def PorticoInline : Pass<"portico-inline", "::mlir::ModuleOp"> {
  let summary = "replaces calls by the bodies they call";
  let description = [{
    A gradient is recorded as one call of a cached function; here the call becomes
    its ops, so that fusion sees through it. Private functions that nothing calls
    any more are removed.

    ```mlir
    func.func private @twice(%x: tensor<4xf32>) -> tensor<4xf32> {
      %0 = portico.add %x, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
      return %0 : tensor<4xf32>
    }
    func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
      %0 = portico.call @twice(%x) : (tensor<4xf32>) -> tensor<4xf32>
      return %0 : tensor<4xf32>
    }
    ```

    becomes

    ```mlir
    func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
      %0 = portico.add %x, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
      return %0 : tensor<4xf32>
    }
    ```
  }];
}

def PorticoSimplify : Pass<"portico-simplify", "::mlir::func::FuncOp"> {
  let dependentDialects = ["::portico::PorticoDialect"];
  let summary = "canonical form, common subexpressions once, dead code removed";
  let description = [{
    Canonicalises, folds and shares, and rewrites what differentiation leaves
    behind: sums of repeated values, transposes in front of a contraction, pairs
    of shape changes around elementwise ops, arithmetic on repeated values.
    Rewrites keep every value that is not rounded, nan and the sign of zero
    included; those that round once where the original rounded more often (a sum
    of equal numbers) are taken. A concat of more operands than a device takes as
    the parameters of a kernel becomes one of concats.

    ```mlir
    %0 = portico.broadcast %dy {shape = array<i64: 8, 4>, dims = array<i64>} : (tensor<f32>) -> tensor<8x4xf32>
    %1 = portico.reduce sum %0 {axes = array<i64: 0>} : (tensor<8x4xf32>) -> tensor<4xf32>
    ```

    becomes

    ```mlir
    %cst = portico.constant dense<8.0> : tensor<f32>
    %0 = portico.mul %dy, %cst : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %1 = portico.broadcast %0 {shape = array<i64: 4>, dims = array<i64>} : (tensor<f32>) -> tensor<4xf32>
    ```
  }];
}

def PorticoAutodiff : Pass<"portico-autodiff", "::mlir::ModuleOp"> {
  let dependentDialects = ["::portico::PorticoDialect"];
  let summary = "makes the reverse function of a function of tensors";
  let description = [{
    Reverse-mode differentiation by the rules of the ops. `@f` gets a companion
    `@f.vjp` that takes the arguments of `@f` and a cotangent for each result, and
    gives the gradient of each argument. Values that several ops read get the sum
    of what arrives. It is built from portico ops alone: run the pass on it again
    for second derivatives.

    ```mlir
    func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> attributes {portico.differentiate} {
      %0 = portico.sin %x : (tensor<4xf32>) -> tensor<4xf32>
      return %0 : tensor<4xf32>
    }
    ```

    gains

    ```mlir
    func.func @f.vjp(%x: tensor<4xf32>, %dy: tensor<4xf32>) -> tensor<4xf32> {
      %0 = portico.cos %x : (tensor<4xf32>) -> tensor<4xf32>
      %1 = portico.mul %dy, %0 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
      return %1 : tensor<4xf32>
    }
    ```

    With `residuals` nothing is computed twice: `@f.vjp` takes, before the
    cotangents, the forward values that it reads, and says in `portico.residuals`
    which these are: an argument number, or `[op, result]` where `op` counts the
    ops of `@f` from 0. `portico.grad_of` gives the argument of each gradient;
    arguments that are not listed have none. `@f.fwd` is `@f` with the residuals
    as further results.
  }];
  let options = [
    Option<"function", "function", "std::string", "", "the function; default: those with the "
           "attribute portico.differentiate">,
    ListOption<"wrt", "wrt", "int64_t", "arguments that need a gradient; default: all of floating "
               "point">,
    ListOption<"cotangents", "cotangents", "int64_t", "results that have a cotangent; default: all "
               "of floating point">,
    Option<"residuals", "residuals", "bool", "false", "take forward values as arguments">];
}

#endif // PORTICO_PASSES_TD
