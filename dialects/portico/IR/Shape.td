//===- Shape.td - moves elements, computes none ----------------------------===//

#ifndef PORTICO_SHAPE_TD
#define PORTICO_SHAPE_TD

include "PorticoBase.td"

class Portico_ShapeOp<string mnemonic> : Portico_InferredOp<mnemonic, [Portico_DataMovement, Differentiable]> {
  let hasFolder = 1;
}

def Portico_ReshapeOp : Portico_ShapeOp<"reshape"> {
  let summary = "same elements in row-major order, another shape";
  let arguments = (ins Portico_Tensor:$x, DenseI64ArrayAttr:$shape);
  let results = (outs Portico_Tensor:$result);
  let infer = "Reshape"; let numpy = "np.reshape(x, shape)"; let torch = "reshape";
  let hasCanonicalizer = 1;
  let constraints = [
    "reshape_c1: no dimension of shape is negative",
    "reshape_c2: shape has as many elements as x"];
}
def Portico_BroadcastOp : Portico_ShapeOp<"broadcast"> {
  let summary = "repeats x along new dimensions and dimensions of size 1";
  let description = [{
    `dims[i]` is the result dimension of operand dimension `i`, strictly
    increasing. An operand dimension of size 1 is repeated.
  }];
  let arguments = (ins Portico_Tensor:$x, DenseI64ArrayAttr:$shape, DenseI64ArrayAttr:$dims);
  let results = (outs Portico_Tensor:$result);
  let infer = "Broadcast"; let numpy = "ref_broadcast(x, shape, dims)"; let torch = "expand";
  let hasCanonicalizer = 1;
  let constraints = [
    "broadcast_c1: no dimension of shape is negative",
    "broadcast_c2: dims has one entry for each dimension of x, strictly increasing, within shape",
    "broadcast_c3: a dimension of x is 1 or equal to the dimension of shape it goes to"];
}
def Portico_PermuteOp : Portico_ShapeOp<"permute"> {
  let summary = "result dimension i is operand dimension permutation[i]";
  let arguments = (ins Portico_Tensor:$x, DenseI64ArrayAttr:$permutation);
  let results = (outs Portico_Tensor:$result);
  let infer = "Permute"; let numpy = "np.transpose(x, permutation)"; let torch = "permute";
  let hasCanonicalizer = 1;
  let constraints = [
    "permute_c1: permutation has every dimension of x once"];
}
def Portico_SliceOp : Portico_ShapeOp<"slice"> {
  let summary = "x[starts[i]:limits[i]:strides[i]] along every dimension i; strides > 0";
  let arguments = (ins Portico_Tensor:$x, DenseI64ArrayAttr:$starts, DenseI64ArrayAttr:$limits,
                       DenseI64ArrayAttr:$strides);
  let results = (outs Portico_Tensor:$result);
  let infer = "Slice"; let numpy = "x[ref_slices(starts, limits, strides)]"; let torch = "Tensor.__getitem__";
  let hasCanonicalizer = 1;
  let constraints = [
    "slice_c1: starts, limits and strides have one entry for each dimension of x",
    "slice_c2: 0 <= starts[i] <= limits[i] <= x.shape[i]",
    "slice_c3: strides[i] >= 1"];
}
def Portico_UpdateSliceOp : Portico_ShapeOp<"update_slice"> {
  let summary = "x with x[starts[i] + strides[i] * k] replaced by update; inverse of slice";
  let arguments = (ins Portico_Tensor:$x, Portico_Tensor:$update, DenseI64ArrayAttr:$starts,
                       DenseI64ArrayAttr:$strides);
  let results = (outs Portico_Tensor:$result);
  let infer = "UpdateSlice"; let numpy = "ref_update_slice(x, update, starts, strides)"; let torch = "slice_scatter";
  let constraints = [
    "update_slice_c1: x and update have the same dtype and rank",
    "update_slice_c2: starts and strides have one entry for each dimension of x",
    "update_slice_c3: starts[i] >= 0 and strides[i] >= 1",
    "update_slice_c4: the last index written, starts[i] + strides[i] * (update.shape[i] - 1), is within x"];
}
def Portico_PadOp : Portico_ShapeOp<"pad"> {
  let summary = "x with low[i] elements before and high[i] after each dimension, filled with value";
  let arguments = (ins Portico_Tensor:$x, Portico_Tensor:$value, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high);
  let results = (outs Portico_Tensor:$result);
  let infer = "Pad"; let numpy = "ref_pad(x, value, low, high)"; let torch = "nn.functional.pad";
  let constraints = [
    "pad_c1: value has rank 0 and the dtype of x",
    "pad_c2: low and high have one entry for each dimension of x",
    "pad_c3: low[i] >= 0 and high[i] >= 0"];
}
def Portico_ConcatOp : Portico_ShapeOp<"concat"> {
  let summary = "operands one after another along axis";
  let arguments = (ins Variadic<Portico_Tensor>:$xs, I64Attr:$axis);
  let results = (outs Portico_Tensor:$result);
  let infer = "Concat"; let numpy = "np.concatenate(xs, axis)"; let torch = "cat";
  let constraints = [
    "concat_c1: there is at least one operand",
    "concat_c2: operands have the same dtype and rank",
    "concat_c3: 0 <= axis < rank",
    "concat_c4: operands agree in every dimension but axis"];
}
def Portico_ReverseOp : Portico_ShapeOp<"reverse"> {
  let summary = "elements in reverse order along axes";
  let arguments = (ins Portico_Tensor:$x, DenseI64ArrayAttr:$axes);
  let results = (outs Portico_Tensor:$result);
  let infer = "Reverse"; let numpy = "np.flip(x, axes)"; let torch = "flip";
  let constraints = [
    "reverse_c1: axes are dimensions of x, each at most once"];
}

#endif // PORTICO_SHAPE_TD
