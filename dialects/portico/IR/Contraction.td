//===- Contraction.td - sums of products -----------------------------------===//

#ifndef PORTICO_CONTRACTION_TD
#define PORTICO_CONTRACTION_TD

include "PorticoBase.td"

/// What all sums of products say of `allow_tf32`.
defvar AllowTf32 = [{
    With `allow_tf32`, elements of f32 may be rounded to TF32 (10 bits behind the point, the
    exponents of f32) before they are multiplied, where the target has instructions for that;
    sums stay in f32. It is a permission: a target without them computes as if it were not there,
    and it says nothing of other dtypes. The gradients of an op have it too.
}];

def Portico_DotGeneralOp : Portico_InferredOp<"dot_general", [Portico_Contraction, Differentiable]> {
  let summary = "batched contraction; f16 and bf16 accumulate in f32";
  let description = [{
    Result dimensions: batch, then the free dimensions of lhs, then those of rhs.
  }] # AllowTf32;
  let arguments = (ins Portico_NumTensor:$lhs, Portico_NumTensor:$rhs,
                       DenseI64ArrayAttr:$lhs_batch, DenseI64ArrayAttr:$rhs_batch,
                       DenseI64ArrayAttr:$lhs_contract, DenseI64ArrayAttr:$rhs_contract,
                       UnitAttr:$allow_tf32);
  let results = (outs Portico_NumTensor:$result);
  let infer = "DotGeneral"; let numpy = "ref_dot_general(lhs, rhs, lhs_batch, rhs_batch, lhs_contract, rhs_contract)";
  let torch = "matmul"; let saves = ["lhs", "rhs"]; let bilinear = 1;
  let constraints = [
    "dot_general_c1: lhs and rhs have the same dtype",
    "dot_general_c2: lhs_batch and rhs_batch have the same length, and so have lhs_contract and rhs_contract",
    "dot_general_c3: batch and contract dimensions are dimensions of their operand, each at most once",
    "dot_general_c4: batch dimensions of lhs and rhs have the same sizes",
    "dot_general_c5: contract dimensions of lhs and rhs have the same sizes"];
}

// A convolution is a trilinear form <dy, conv(x, w)>. Its three partial
// contractions are ops; the gradient rule of each is written in the others.
// x is [N, C, spatial..], w is [F, C/groups, kernel..], y is [N, F, out..].

def Portico_ConvolutionOp : Portico_InferredOp<"convolution", [Portico_Contraction, Differentiable]> {
  let summary = "cross-correlation of x [N, C, ..] with w [F, C/groups, ..], zero padding on both sides";
  let description = AllowTf32;
  let arguments = (ins Portico_FloatTensor:$x, Portico_FloatTensor:$w, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$padding, DenseI64ArrayAttr:$dilations, I64Attr:$groups,
                       UnitAttr:$allow_tf32);
  let results = (outs Portico_FloatTensor:$result);
  let infer = "Convolution"; let numpy = "ref_convolution(x, w, strides, padding, dilations, groups)";
  let torch = "nn.functional.conv2d"; let saves = ["x", "w"]; let bilinear = 1;
  let constraints = [
    "convolution_c1: x and w have the same dtype",
    "convolution_c2: x and w have the same rank, at least 3, and strides, padding and dilations one entry for each spatial dimension",
    "convolution_c3: strides[i] and dilations[i] are at least 1, padding[i] at least 0",
    "convolution_c4: groups >= 1 divides C and F, and w has C/groups channels",
    "convolution_c5: kernel dimensions are at least 1 and the dilated kernel fits into the padded input"];
}
def Portico_ConvolutionInputGradOp : Portico_InferredOp<"convolution_input_grad", [Portico_Contraction, Differentiable]> {
  let summary = "gradient of convolution in x, of spatial shape input_size: a transposed convolution";
  let description = AllowTf32;
  let arguments = (ins Portico_FloatTensor:$dy, Portico_FloatTensor:$w, DenseI64ArrayAttr:$input_size,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$padding, DenseI64ArrayAttr:$dilations,
                       I64Attr:$groups, UnitAttr:$allow_tf32);
  let results = (outs Portico_FloatTensor:$result);
  let infer = "ConvolutionInputGrad"; let numpy = "ref_convolution_input_grad(dy, w, input_size, strides, padding, dilations, groups)";
  let torch = "nn.functional.conv_transpose2d"; let saves = ["dy", "w"]; let bilinear = 1;
  let constraints = [
    "convolution_input_grad_c1: dy and w have the same dtype",
    "convolution_input_grad_c2: dy and w have the same rank, at least 3, and input_size, strides, padding and dilations one entry for each spatial dimension",
    "convolution_input_grad_c3: strides[i] and dilations[i] are at least 1, padding[i] and input_size[i] at least 0",
    "convolution_input_grad_c4: groups >= 1 divides F, and dy and w agree in F",
    "convolution_input_grad_c5: a convolution of an input of input_size with w has the spatial shape of dy"];
}
def Portico_ConvolutionFilterGradOp : Portico_InferredOp<"convolution_filter_grad", [Portico_Contraction, Differentiable]> {
  let summary = "gradient of convolution in w, of kernel shape filter_size";
  let description = AllowTf32;
  let arguments = (ins Portico_FloatTensor:$x, Portico_FloatTensor:$dy, DenseI64ArrayAttr:$filter_size,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$padding, DenseI64ArrayAttr:$dilations,
                       I64Attr:$groups, UnitAttr:$allow_tf32);
  let results = (outs Portico_FloatTensor:$result);
  let infer = "ConvolutionFilterGrad"; let numpy = "ref_convolution_filter_grad(x, dy, filter_size, strides, padding, dilations, groups)";
  let saves = ["x", "dy"]; let bilinear = 1;
  let constraints = [
    "convolution_filter_grad_c1: x and dy have the same dtype",
    "convolution_filter_grad_c2: x and dy have the same rank, at least 3, and filter_size, strides, padding and dilations one entry for each spatial dimension",
    "convolution_filter_grad_c3: strides[i], dilations[i] and filter_size[i] are at least 1, padding[i] at least 0",
    "convolution_filter_grad_c4: groups >= 1 divides C and F, and x and dy agree in N",
    "convolution_filter_grad_c5: a convolution of x with a kernel of filter_size has the spatial shape of dy"];
}

#endif // PORTICO_CONTRACTION_TD
