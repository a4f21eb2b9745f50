//===- Indexing.td - elements chosen by run-time indices -------------------===//

#ifndef PORTICO_INDEXING_TD
#define PORTICO_INDEXING_TD

include "PorticoBase.td"

def Portico_GatherOp : Portico_InferredOp<"gather", [Portico_DataMovement, Differentiable]> {
  let summary = "takes slices of x along axis at indices";
  let description = [{
    With `b = batch_dims`, the first `b` dimensions of `x` and `indices` agree and

        result[b0.., p0.., i0.., q0..] = x[b0.., p0.., indices[b0.., i0..], q0..]

    where `axis >= b` is the dimension of `x` that is indexed, `p` are its
    dimensions between `b` and `axis` and `q` those after. With `batch_dims = 0`
    this is `index_select` and `embedding`; with `batch_dims = axis = rank - 1`
    it is `torch.gather` along the last dimension.
    An index outside `[0, x.shape[axis])` is an error at run time.
  }];
  let arguments = (ins Portico_Tensor:$x, Portico_IndexTensor:$indices, I64Attr:$axis, I64Attr:$batch_dims);
  let results = (outs Portico_Tensor:$result);
  let infer = "Gather"; let numpy = "ref_gather(x, indices, axis, batch_dims)"; let torch = "gather";
  let saves = ["indices"];
  let constraints = [
    "gather_c1: 0 <= batch_dims <= axis < rank of x, and batch_dims <= rank of indices",
    "gather_c2: x and indices agree in the first batch_dims dimensions"];
}

def Portico_ScatterCombiner : I64EnumAttr<"ScatterCombiner", "how updates meet the operand", [
    I64EnumAttrCase<"Set", 0, "set">, I64EnumAttrCase<"Add", 1, "add">, I64EnumAttrCase<"Mul", 2, "mul">,
    I64EnumAttrCase<"Max", 3, "max">, I64EnumAttrCase<"Min", 4, "min">]> {
  let cppNamespace = "::portico";
}
def Portico_ScatterOp : Portico_InferredOp<"scatter", [Portico_Opaque, Differentiable]> {
  let summary = "x with updates combined in at indices; the shape of updates is the result shape of gather";
  let description = [{
    In order of the flattened indices: the same inputs give the same bits, and
    with `set` the last of equal indices wins.
  }];
  let arguments = (ins Portico_Tensor:$x, Portico_IndexTensor:$indices, Portico_Tensor:$updates,
                       I64Attr:$axis, I64Attr:$batch_dims, Portico_ScatterCombiner:$combiner);
  let results = (outs Portico_Tensor:$result);
  let assemblyFormat = "$combiner operands attr-dict `:` functional-type(operands, results)";
  let infer = "Scatter"; let numpy = "ref_scatter(x, indices, updates, axis, batch_dims, combiner)"; let torch = "scatter";
  let saves = ["x", "indices", "updates"]; let savesResult = 1;
  let constraints = [
    "scatter_c1: 0 <= batch_dims <= axis < rank of x, and batch_dims <= rank of indices",
    "scatter_c2: x and indices agree in the first batch_dims dimensions",
    "scatter_c3: updates has the shape that gather gives for x and indices",
    "scatter_c4: updates has the dtype of x",
    "scatter_c5: i1 takes only set, max and min"];
}
def Portico_DynamicSliceOp : Portico_InferredOp<"dynamic_slice", [Portico_DataMovement, Differentiable]> {
  let summary = "a window of `sizes` that begins at run-time starts, clamped into x";
  let arguments = (ins Portico_Tensor:$x, Variadic<Portico_I64Scalar>:$starts, DenseI64ArrayAttr:$sizes);
  let results = (outs Portico_Tensor:$result);
  let infer = "DynamicSlice"; let numpy = "ref_dynamic_slice(x, starts, sizes)"; let torch = "narrow";
  let saves = ["starts"]; let hasCanonicalizer = 1;
  let constraints = [
    "dynamic_slice_c1: there is one start for each dimension of x",
    "dynamic_slice_c2: sizes has one entry for each dimension of x, 0 <= sizes[i] <= x.shape[i]"];
}
def Portico_DynamicUpdateSliceOp : Portico_InferredOp<"dynamic_update_slice", [Portico_DataMovement, Differentiable]> {
  let summary = "x with the window at run-time starts, clamped into x, replaced by update";
  let arguments = (ins Portico_Tensor:$x, Portico_Tensor:$update, Variadic<Portico_I64Scalar>:$starts);
  let results = (outs Portico_Tensor:$result);
  let infer = "DynamicUpdateSlice"; let numpy = "ref_dynamic_update_slice(x, update, starts)";
  let saves = ["starts"]; let hasCanonicalizer = 1;
  let constraints = [
    "dynamic_update_slice_c1: there is one start for each dimension of x",
    "dynamic_update_slice_c2: x and update have the same dtype and rank",
    "dynamic_update_slice_c3: update is no larger than x in any dimension"];
}

#endif // PORTICO_INDEXING_TD
