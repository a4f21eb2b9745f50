//===- Simt.td - what work-items do together and gpu has no op for ----------===//

#ifndef PORTICO_DIALECTS_SIMT
#define PORTICO_DIALECTS_SIMT

include "mlir/IR/OpBase.td"
include "mlir/IR/CommonTypeConstraints.td"

def Simt_Dialect : Dialect {
  let name = "simt";
  let cppNamespace = "::portico::simt";
  let summary = "Instructions of a whole subgroup, the same on every machine that has them";
  let description = [{
    Kernels for work-groups are written in the gpu dialect. Its own matrix ops hide what a
    work-item holds, and have not every element type; here a matrix is what its lanes hold, and
    which lane holds what is data of the target (`MatrixUnit` in `targets/Target.h`).
  }];
}

def Simt_Part : VectorOfRankAndType<[1], [F16, BF16, F32, F64, I8, I32]>;

def Simt_MultiplyAddOp : Op<Simt_Dialect, "multiply_add", [AllTypesMatch<["c", "result"]>]> {
  let summary = "A B + C of one subgroup, by one matrix instruction";
  let description = [{
    All lanes of a subgroup execute it together. Each brings its part of A (m x k), of
    B (k x n) and of C (m x n), and gets its part of the sum. Which elements of a matrix are a
    lane's is said by the target's `MatrixUnit` of this size and these types; an op that is none of
    them does not lower.

    With `tf32` the f32 elements of A and B are rounded to 10 bits behind the point.

    Constraints:
    - (multiply_add_c1) A and B have one element type.
    - (multiply_add_c2) `m`, `n` and `k` are positive.
    - (multiply_add_c3) `tf32` only where that type is f32.

    ```mlir
    %d = simt.multiply_add %a, %b, %c {m = 16, n = 16, k = 16}
        : vector<4xf16>, vector<4xf16>, vector<4xf32>
    ```
  }];
  let arguments = (ins Simt_Part:$a, Simt_Part:$b, Simt_Part:$c, I64Attr:$m, I64Attr:$n,
                       I64Attr:$k, UnitAttr:$tf32);
  let results = (outs Simt_Part:$result);
  let assemblyFormat = "$a `,` $b `,` $c attr-dict `:` type($a) `,` type($b) `,` type($c)";
  let hasVerifier = 1;
}

#endif // PORTICO_DIALECTS_SIMT
