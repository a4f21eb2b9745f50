//===- Elementwise.td - one result element per operand element -------------===//

#ifndef PORTICO_ELEMENTWISE_TD
#define PORTICO_ELEMENTWISE_TD

include "PorticoBase.td"

//===----------------------------------------------------------------------===//
// Unary
//===----------------------------------------------------------------------===//

class Portico_Unary<string mnemonic, Type operand, list<Trait> traits>
    : Portico_InferredOp<mnemonic, !listconcat(traits, [Portico_Elementwise])> {
  let arguments = (ins operand:$x);
  let results = (outs operand:$result);
  let infer = "Unary";
}
/// A smooth float function; its rule reads its operand unless said otherwise.
class Portico_FloatUnary<string mnemonic>
    : Portico_Unary<mnemonic, Portico_FloatTensor, [Differentiable]> {
  let saves = ["x"];
}
class Portico_Rounding<string mnemonic>
    : Portico_Unary<mnemonic, Portico_FloatTensor, [Portico_NonDifferentiable]> {
  let hasFolder = 1;
}

def Portico_AbsOp : Portico_Unary<"abs", Portico_NumTensor, [Differentiable]> {
  let summary = "absolute value; two's complement wraps for the smallest integer";
  let numpy = "np.abs(x)"; let torch = "abs"; let saves = ["x"]; let hasFolder = 1;
}
def Portico_NegOp : Portico_Unary<"neg", Portico_NumTensor, [Differentiable]> {
  let summary = "negation; integers wrap";
  let numpy = "np.negative(x)"; let torch = "neg"; let hasFolder = 1;
}
def Portico_SignOp : Portico_Unary<"sign", Portico_NumTensor, [Portico_NonDifferentiable]> {
  let summary = "-1, 0 or 1; 0 for nan, as PyTorch";
  let numpy = "np.where(x != x, np.zeros_like(x), np.sign(x))"; let torch = "sign";
  let hasFolder = 1;
}
def Portico_FloorOp : Portico_Rounding<"floor"> {
  let summary = "largest integer not above x"; let numpy = "np.floor(x)"; let torch = "floor";
}
def Portico_CeilOp : Portico_Rounding<"ceil"> {
  let summary = "smallest integer not below x"; let numpy = "np.ceil(x)"; let torch = "ceil";
}
def Portico_TruncOp : Portico_Rounding<"trunc"> {
  let summary = "integer part"; let numpy = "np.trunc(x)"; let torch = "trunc";
}
def Portico_RoundOp : Portico_Rounding<"round"> {
  let summary = "nearest integer, halves to even"; let numpy = "np.rint(x)"; let torch = "round";
}
def Portico_NotOp : Portico_Unary<"not", Portico_BitsTensor, [Portico_NonDifferentiable]> {
  let summary = "bitwise not; logical not on i1";
  let numpy = "np.invert(x)"; let torch = "bitwise_not"; let hasFolder = 1;
}

def Portico_ExpOp : Portico_FloatUnary<"exp"> {
  let summary = "e to the x"; let numpy = "np.exp(x)"; let torch = "exp";
  let saves = []; let savesResult = 1;
}
def Portico_Expm1Op : Portico_FloatUnary<"expm1"> {
  let summary = "exp(x) - 1, accurate near 0"; let numpy = "np.expm1(x)"; let torch = "expm1";
  let saves = []; let savesResult = 1;
}
def Portico_LogOp : Portico_FloatUnary<"log"> {
  let summary = "natural logarithm"; let numpy = "np.log(x)"; let torch = "log";
}
def Portico_Log1pOp : Portico_FloatUnary<"log1p"> {
  let summary = "log(1 + x), accurate near 0"; let numpy = "np.log1p(x)"; let torch = "log1p";
}
def Portico_Log2Op : Portico_FloatUnary<"log2"> {
  let summary = "base-2 logarithm"; let numpy = "np.log2(x)"; let torch = "log2";
}
def Portico_SqrtOp : Portico_FloatUnary<"sqrt"> {
  let summary = "square root, correctly rounded"; let numpy = "np.sqrt(x)"; let torch = "sqrt";
  let saves = []; let savesResult = 1;
}
def Portico_RsqrtOp : Portico_FloatUnary<"rsqrt"> {
  let summary = "1 / sqrt(x)"; let numpy = "1 / np.sqrt(x)"; let torch = "rsqrt";
  let saves = []; let savesResult = 1;
}
def Portico_SinOp : Portico_FloatUnary<"sin"> {
  let summary = "sine"; let numpy = "np.sin(x)"; let torch = "sin";
}
def Portico_CosOp : Portico_FloatUnary<"cos"> {
  let summary = "cosine"; let numpy = "np.cos(x)"; let torch = "cos";
}
def Portico_TanhOp : Portico_FloatUnary<"tanh"> {
  let summary = "hyperbolic tangent"; let numpy = "np.tanh(x)"; let torch = "tanh";
  let saves = []; let savesResult = 1;
}
def Portico_ErfOp : Portico_FloatUnary<"erf"> {
  let summary = "error function"; let numpy = "erf(x)"; let torch = "erf";
}

//===----------------------------------------------------------------------===//
// Binary: operands and result have one type
//===----------------------------------------------------------------------===//

class Portico_Binary<string mnemonic, Type operand, list<Trait> traits>
    : Portico_InferredOp<mnemonic, !listconcat(traits, [Portico_Elementwise])> {
  let arguments = (ins operand:$lhs, operand:$rhs);
  let results = (outs operand:$result);
  let infer = "Binary";
  let constraints = [
    mnemonic # "_c1: lhs and rhs have the same dtype",
    mnemonic # "_c2: lhs and rhs have the same shape"];
}

def Portico_AddOp : Portico_Binary<"add", Portico_NumTensor, [Differentiable, Commutative]> {
  let summary = "sum; integers wrap";
  let numpy = "np.add(lhs, rhs)"; let torch = "add"; let hasFolder = 1;
}
def Portico_SubOp : Portico_Binary<"sub", Portico_NumTensor, [Differentiable]> {
  let summary = "difference; integers wrap";
  let numpy = "np.subtract(lhs, rhs)"; let torch = "sub"; let hasFolder = 1;
}
def Portico_MulOp : Portico_Binary<"mul", Portico_NumTensor, [Differentiable, Commutative]> {
  let summary = "product; integers wrap";
  let numpy = "np.multiply(lhs, rhs)"; let torch = "mul"; let hasFolder = 1;
  let saves = ["lhs", "rhs"]; let bilinear = 1;
}
def Portico_DivOp : Portico_Binary<"div", Portico_NumTensor, [Differentiable]> {
  let summary = "quotient; integers truncate towards zero, and dividing one by 0 is an error at run time";
  let numpy = "ref_div(lhs, rhs)"; let torch = "div"; let hasFolder = 1;
  let saves = ["lhs", "rhs"];
}
def Portico_RemOp : Portico_Binary<"rem", Portico_NumTensor, [Differentiable]> {
  let summary = "remainder with the sign of lhs (C fmod); x rem 0 is nan for floats, for integers an error at run time";
  let numpy = "ref_rem(lhs, rhs)"; let torch = "fmod"; let saves = ["lhs", "rhs"];
  let hasFolder = 1;
}
def Portico_PowOp : Portico_Binary<"pow", Portico_NumTensor, [Differentiable]> {
  let summary = "lhs to the rhs; integers wrap, a negative integer exponent gives 0 unless |lhs| is 1";
  let numpy = "ref_pow(lhs, rhs)"; let torch = "pow";
  let saves = ["lhs", "rhs"]; let savesResult = 1; let hasFolder = 1; let hasCanonicalizer = 1;
}
def Portico_MaxOp : Portico_Binary<"max", Portico_NumTensor, [Differentiable, Commutative]> {
  let summary = "larger value; nan if either is nan";
  let numpy = "np.maximum(lhs, rhs)"; let torch = "maximum"; let saves = ["lhs", "rhs"];
  let hasFolder = 1;
}
def Portico_MinOp : Portico_Binary<"min", Portico_NumTensor, [Differentiable, Commutative]> {
  let summary = "smaller value; nan if either is nan";
  let numpy = "np.minimum(lhs, rhs)"; let torch = "minimum"; let saves = ["lhs", "rhs"];
  let hasFolder = 1;
}
def Portico_Atan2Op : Portico_Binary<"atan2", Portico_FloatTensor, [Differentiable]> {
  let summary = "angle of the point (rhs, lhs)";
  let numpy = "np.arctan2(lhs, rhs)"; let torch = "atan2"; let saves = ["lhs", "rhs"];
}

class Portico_Bitwise<string mnemonic, list<Trait> traits = []>
    : Portico_Binary<mnemonic, Portico_BitsTensor, !listconcat(traits, [Portico_NonDifferentiable])> {
  let hasFolder = 1;
}
def Portico_AndOp : Portico_Bitwise<"and", [Commutative]> {
  let summary = "bitwise and; logical on i1"; let numpy = "np.bitwise_and(lhs, rhs)"; let torch = "bitwise_and";
}
def Portico_OrOp : Portico_Bitwise<"or", [Commutative]> {
  let summary = "bitwise or; logical on i1"; let numpy = "np.bitwise_or(lhs, rhs)"; let torch = "bitwise_or";
}
def Portico_XorOp : Portico_Bitwise<"xor", [Commutative]> {
  let summary = "bitwise exclusive or; logical on i1"; let numpy = "np.bitwise_xor(lhs, rhs)"; let torch = "bitwise_xor";
}
class Portico_Shift<string mnemonic>
    : Portico_Binary<mnemonic, Portico_IntTensor, [Portico_NonDifferentiable]> {
  let hasFolder = 1;
}
def Portico_ShlOp : Portico_Shift<"shl"> {
  let summary = "shift left; 0 when rhs is negative or not below the width";
  let numpy = "ref_shl(lhs, rhs)"; let torch = "bitwise_left_shift";
}
def Portico_ShrOp : Portico_Shift<"shr"> {
  let summary = "arithmetic shift right (logical on ui8); all sign bits when rhs is negative or not below the width";
  let numpy = "ref_shr(lhs, rhs)"; let torch = "bitwise_right_shift";
}

//===----------------------------------------------------------------------===//
// Compare, select, casts
//===----------------------------------------------------------------------===//

def Portico_CompareDirection : I64EnumAttr<"CompareDirection", "comparison", [
    I64EnumAttrCase<"EQ", 0, "eq">, I64EnumAttrCase<"NE", 1, "ne">, I64EnumAttrCase<"LT", 2, "lt">,
    I64EnumAttrCase<"LE", 3, "le">, I64EnumAttrCase<"GT", 4, "gt">, I64EnumAttrCase<"GE", 5, "ge">]> {
  let cppNamespace = "::portico";
}
def Portico_CompareOp : Portico_InferredOp<"compare", [Portico_Elementwise, Portico_NonDifferentiable]> {
  let summary = "compares with IEEE rules: only `ne` is true of nan";
  let arguments = (ins Portico_Tensor:$lhs, Portico_Tensor:$rhs, Portico_CompareDirection:$direction);
  let results = (outs Portico_BoolTensor:$result);
  let assemblyFormat = "$direction operands attr-dict `:` functional-type(operands, results)";
  let infer = "Compare"; let numpy = "ref_compare(lhs, rhs, direction)"; let hasFolder = 1;
  let constraints = [
    "compare_c1: lhs and rhs have the same dtype",
    "compare_c2: lhs and rhs have the same shape"];
}
def Portico_SelectOp : Portico_InferredOp<"select", [Portico_Elementwise, Differentiable]> {
  let summary = "on_true where pred, else on_false";
  let arguments = (ins Portico_BoolTensor:$pred, Portico_Tensor:$on_true, Portico_Tensor:$on_false);
  let results = (outs Portico_Tensor:$result);
  let infer = "Select"; let numpy = "np.where(pred, on_true, on_false)"; let torch = "where";
  let saves = ["pred"]; let hasFolder = 1;
  let constraints = [
    "select_c1: on_true and on_false have the same dtype",
    "select_c2: pred, on_true and on_false have the same shape"];
}
def Portico_CastOp : Portico_InferredOp<"cast", [Portico_Elementwise, Differentiable]> {
  let summary = "value conversion: floats to integers truncate and wrap, anything to i1 is x != 0";
  let arguments = (ins Portico_Tensor:$x, TypeAttr:$dtype);
  let results = (outs Portico_Tensor:$result);
  let infer = "Cast"; let numpy = "ref_cast(x, dtype)"; let torch = "Tensor.to"; let hasFolder = 1;
}
def Portico_BitcastOp : Portico_InferredOp<"bitcast", [Portico_Elementwise, Portico_NonDifferentiable]> {
  let summary = "same bits, another dtype of equal width";
  let arguments = (ins Portico_Tensor:$x, TypeAttr:$dtype);
  let results = (outs Portico_Tensor:$result);
  let infer = "Bitcast"; let numpy = "ref_bitcast(x, dtype)"; let torch = "Tensor.view"; let hasFolder = 1;
  let constraints = [
    "bitcast_c1: dtype has the width of x; i1 goes to i1 only"];
}

#endif // PORTICO_ELEMENTWISE_TD
