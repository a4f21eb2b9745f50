//===- Passes.td - fusion ---------------------------------------------------===//

#ifndef PORTICO_FUSION_PASSES_TD
#define PORTICO_FUSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def PorticoFuse : Pass<"portico-fuse", "::mlir::func::FuncOp"> {
  let summary = "groups ops into kernels";
  let description = [{
    Puts each op of a function into a `portico.kernel`. A policy ranks pairs of
    groups that share values; legality decides whether a pair can be one kernel.

    Before:
    ```mlir
    %0 = portico.mul %a, %b : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
    %1 = portico.exp %0 : (tensor<8xf32>) -> tensor<8xf32>
    ```
    After:
    ```mlir
    %0 = portico.kernel "loop" (%x = %a, %y = %b) : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32> {
      %1 = portico.mul %x, %y : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
      %2 = portico.exp %1 : (tensor<8xf32>) -> tensor<8xf32>
      portico.yield %2 : tensor<8xf32>
    }
    ```
    The plan (groups, refusals with reasons) can be dumped as JSON and replayed.
    `fuel` bounds the number of merges, to bisect a fusion that goes wrong.
  }];
  let options = [
    Option<"policy", "policy", "std::string", "\"greedy\"", "which policy ranks candidates">,
    Option<"plan", "plan", "std::string", "\"\"", "file with a plan to replay">,
    Option<"dumpPlan", "dump-plan", "std::string", "\"\"", "file to write the plan to; - for standard output">,
    Option<"fuel", "fuel", "int64_t", "-1", "merges that may be made; negative: any number">];
  let statistics = [Statistic<"kernels", "kernels", "kernels formed">];
  let dependentDialects = ["::portico::PorticoDialect"];
}

#endif // PORTICO_FUSION_PASSES_TD
