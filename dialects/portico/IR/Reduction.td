//===- Reduction.td - combines elements along axes -------------------------===//

#ifndef PORTICO_REDUCTION_TD
#define PORTICO_REDUCTION_TD

include "PorticoBase.td"

def Portico_ReduceKind : I64EnumAttr<"ReduceKind", "associative function", [
    I64EnumAttrCase<"Sum", 0, "sum">, I64EnumAttrCase<"Prod", 1, "prod">,
    I64EnumAttrCase<"Max", 2, "max">, I64EnumAttrCase<"Min", 3, "min">]> {
  let cppNamespace = "::portico";
}

def Portico_ReduceOp : Portico_InferredOp<"reduce", [Portico_Reduction, Differentiable]> {
  let summary = "combines along axes, which disappear; f16 and bf16 accumulate in f32";
  let description = [{
    `sum` and `prod` take numbers; `max` and `min` also take i1 (any, all).
    nan wins `max` and `min`. Over no elements: 0, 1; an error for `max`, `min`
    on numbers; false, true on i1.
  }];
  let arguments = (ins Portico_Tensor:$x, Portico_ReduceKind:$kind, DenseI64ArrayAttr:$axes);
  let results = (outs Portico_Tensor:$result);
  let assemblyFormat = "$kind operands attr-dict `:` functional-type(operands, results)";
  let infer = "Reduce"; let numpy = "ref_reduce(x, kind, axes)"; let torch = "sum";
  let saves = ["x"]; let savesResult = 1; let hasFolder = 1; let hasCanonicalizer = 1;
  let constraints = [
    "reduce_c1: axes are dimensions of x, each at most once",
    "reduce_c2: sum and prod take numbers",
    "reduce_c3: max and min of numbers are over at least one element"];
}
def Portico_ArgReduceOp : Portico_InferredOp<"arg_reduce", [Portico_Reduction, Portico_NonDifferentiable]> {
  let summary = "first index of the max or min along axis, which disappears; nan wins";
  let arguments = (ins Portico_Tensor:$x, Portico_ReduceKind:$kind, I64Attr:$axis);
  let results = (outs Portico_I64Tensor:$result);
  let assemblyFormat = "$kind operands attr-dict `:` functional-type(operands, results)";
  let infer = "ArgReduce"; let numpy = "ref_arg_reduce(x, kind, axis)"; let torch = "argmax";
  let constraints = [
    "arg_reduce_c1: 0 <= axis < rank",
    "arg_reduce_c2: kind is max or min",
    "arg_reduce_c3: x.shape[axis] >= 1"];
}
def Portico_ScanOp : Portico_InferredOp<"scan", [Portico_Opaque, Differentiable]> {
  let summary = "inclusive running combination along axis; from the end when reverse";
  let arguments = (ins Portico_NumTensor:$x, Portico_ReduceKind:$kind, I64Attr:$axis, BoolAttr:$reverse);
  let results = (outs Portico_NumTensor:$result);
  let assemblyFormat = "$kind operands attr-dict `:` functional-type(operands, results)";
  let infer = "Scan"; let numpy = "ref_scan(x, kind, axis, reverse)"; let torch = "cumsum";
  let saves = ["x"]; let savesResult = 1;
  let constraints = [
    "scan_c1: 0 <= axis < rank"];
}
def Portico_ReduceWindowOp : Portico_InferredOp<"reduce_window", [Portico_Opaque, Differentiable]> {
  let summary = "combines a sliding window over the trailing dimensions (pooling)";
  let description = [{
    `window`, `strides`, `dilations`, `low` and `high` have one entry for each of
    the trailing dimensions. Padding counts as the identity of `kind`.
  }];
  let arguments = (ins Portico_NumTensor:$x, Portico_ReduceKind:$kind, DenseI64ArrayAttr:$window,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations,
                       DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high);
  let results = (outs Portico_NumTensor:$result);
  let assemblyFormat = "$kind operands attr-dict `:` functional-type(operands, results)";
  let infer = "ReduceWindow"; let numpy = "ref_reduce_window(x, kind, window, strides, dilations, low, high)";
  let torch = "nn.functional.max_pool2d"; let saves = ["x"];
  let constraints = [
    "reduce_window_c1: window, strides, dilations, low and high have one entry for each of the same trailing dimensions",
    "reduce_window_c2: window[i], strides[i] and dilations[i] are at least 1",
    "reduce_window_c3: low[i] >= 0 and high[i] >= 0",
    "reduce_window_c4: the dilated window fits into the padded dimension"];
}
def Portico_ArgReduceWindowOp : Portico_InferredOp<"arg_reduce_window", [Portico_Opaque, Portico_NonDifferentiable]> {
  let summary = "flat index, in the trailing dimensions of x, of the max or min of each window";
  let arguments = (ins Portico_NumTensor:$x, Portico_ReduceKind:$kind, DenseI64ArrayAttr:$window,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations,
                       DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high);
  let results = (outs Portico_I64Tensor:$result);
  let assemblyFormat = "$kind operands attr-dict `:` functional-type(operands, results)";
  let infer = "ArgReduceWindow"; let numpy = "ref_arg_reduce_window(x, kind, window, strides, dilations, low, high)";
  let torch = "nn.functional.max_pool2d_with_indices";
  let constraints = [
    "arg_reduce_window_c1: window, strides, dilations, low and high have one entry for each of the same trailing dimensions",
    "arg_reduce_window_c2: window[i], strides[i] and dilations[i] are at least 1",
    "arg_reduce_window_c3: low[i] >= 0 and high[i] >= 0",
    "arg_reduce_window_c4: the dilated window fits into the padded dimension",
    "arg_reduce_window_c5: kind is max or min",
    "arg_reduce_window_c6: every window has at least one element of x"];
}
def Portico_SortOp : Portico_InferredOp<"sort", [Portico_Opaque, Differentiable]> {
  let summary = "stable sort along axis: values and their indices; nan is the largest";
  let arguments = (ins Portico_Tensor:$x, I64Attr:$axis, BoolAttr:$descending);
  let results = (outs Portico_Tensor:$values, Portico_I64Tensor:$indices);
  let infer = "Sort"; let numpy = "ref_sort(x, axis, descending)"; let torch = "sort";
  let savesResult = 1;
  let constraints = [
    "sort_c1: 0 <= axis < rank"];
}

#endif // PORTICO_REDUCTION_TD
