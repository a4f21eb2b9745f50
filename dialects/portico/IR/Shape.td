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
}
def Portico_PermuteOp : Portico_ShapeOp<"permute"> {
  let summary = "result dimension i is operand dimension permutation[i]";
  let arguments = (ins Portico_Tensor:$x, DenseI64ArrayAttr:$permutation);
  let results = (outs Portico_Tensor:$result);
  let infer = "Permute"; let numpy = "np.transpose(x, permutation)"; let torch = "permute";
  let hasCanonicalizer = 1;
}
def Portico_SliceOp : Portico_ShapeOp<"slice"> {
  let summary = "x[starts[i]:limits[i]:strides[i]] along every dimension i; strides > 0";
  let arguments = (ins Portico_Tensor:$x, DenseI64ArrayAttr:$starts, DenseI64ArrayAttr:$limits,
                       DenseI64ArrayAttr:$strides);
  let results = (outs Portico_Tensor:$result);
  let infer = "Slice"; let numpy = "x[ref_slices(starts, limits, strides)]"; let torch = "Tensor.__getitem__";
  let hasCanonicalizer = 1;
}
def Portico_UpdateSliceOp : Portico_ShapeOp<"update_slice"> {
  let summary = "x with x[starts[i] + strides[i] * k] replaced by update; inverse of slice";
  let arguments = (ins Portico_Tensor:$x, Portico_Tensor:$update, DenseI64ArrayAttr:$starts,
                       DenseI64ArrayAttr:$strides);
  let results = (outs Portico_Tensor:$result);
  let infer = "UpdateSlice"; let numpy = "ref_update_slice(x, update, starts, strides)"; let torch = "slice_scatter";
}
def Portico_PadOp : Portico_ShapeOp<"pad"> {
  let summary = "x with low[i] elements before and high[i] after each dimension, filled with value";
  let arguments = (ins Portico_Tensor:$x, Portico_Tensor:$value, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high);
  let results = (outs Portico_Tensor:$result);
  let infer = "Pad"; let numpy = "ref_pad(x, value, low, high)"; let torch = "nn.functional.pad";
}
def Portico_ConcatOp : Portico_ShapeOp<"concat"> {
  let summary = "operands one after another along axis";
  let arguments = (ins Variadic<Portico_Tensor>:$xs, I64Attr:$axis);
  let results = (outs Portico_Tensor:$result);
  let infer = "Concat"; let numpy = "np.concatenate(xs, axis)"; let torch = "cat";
}
def Portico_ReverseOp : Portico_ShapeOp<"reverse"> {
  let summary = "elements in reverse order along axes";
  let arguments = (ins Portico_Tensor:$x, DenseI64ArrayAttr:$axes);
  let results = (outs Portico_Tensor:$result);
  let infer = "Reverse"; let numpy = "np.flip(x, axes)"; let torch = "flip";
}

#endif // PORTICO_SHAPE_TD
