//===- Creation.td - values from attributes and scalars --------------------===//

#ifndef PORTICO_CREATION_TD
#define PORTICO_CREATION_TD

include "PorticoBase.td"

def Portico_ConstantOp : Portico_Op<"constant", [Portico_Creation, Portico_NonDifferentiable, ConstantLike,
                                                  DeclareOpInterfaceMethods<InferTypeOpInterface>]> {
  let summary = "a value known at compile time";
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Portico_Tensor:$result);
  let infer = "Constant"; let numpy = "value"; let hasFolder = 1;
  let assemblyFormat = "attr-dict $value";
  let constraints = [
    "constant_c1: value holds as many bytes as its type needs, or one element that is repeated"];
}
def Portico_IotaOp : Portico_InferredOp<"iota", [Portico_Creation, Portico_NonDifferentiable]> {
  let summary = "the index along `axis`";
  let arguments = (ins DenseI64ArrayAttr:$shape, I64Attr:$axis, TypeAttr:$dtype);
  let results = (outs Portico_NumTensor:$result);
  let infer = "Iota"; let numpy = "ref_iota(shape, axis, dtype)"; let torch = "arange";
  let constraints = [
    "iota_c1: no dimension of shape is negative",
    "iota_c2: 0 <= axis < rank"];
}
def Portico_RandomBitsOp : Portico_InferredOp<"random_bits", [Portico_Creation, Portico_NonDifferentiable]> {
  let summary = "32 random bits per element, the same on every target";
  let description = [{
    Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
    SC 2011). Element `i` of the flattened result is word `i % 4` of the block
    with counter `offset + i / 4` (64 bit, in words 0 and 1 of the counter; words
    2 and 3 are 0) and key `seed` (low word first).
  }];
  let arguments = (ins Portico_I64Scalar:$seed, Portico_I64Scalar:$offset, DenseI64ArrayAttr:$shape);
  let results = (outs Portico_I32Tensor:$result);
  let infer = "RandomBits"; let numpy = "ref_random_bits(seed, offset, shape)";
  let constraints = [
    "random_bits_c1: no dimension of shape is negative"];
}

#endif // PORTICO_CREATION_TD
