//===- PorticoBase.td - dialect, types, traits and op base of portico ------===//
//
// Everything that is true of every op is said here once. Each op record is the
// single truth from which are made: the C++ op class (mlir-tblgen), the node
// table of the recorder, the Python op module, the op reference page and the
// test matrix (generate.py, from `llvm-tblgen --dump-json`).
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_BASE_TD
#define PORTICO_BASE_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Portico_Dialect : Dialect {
  let name = "portico";
  let cppNamespace = "::portico";
  let summary = "tensors with value semantics and explicit broadcasting";
  let description = [{
    The tensor dialect of Portico. Operands and results are builtin ranked
    tensors. Nothing broadcasts, promotes or casts implicitly: the front end
    says so with `broadcast` and `cast`. There are fewer than 70 primitives;
    every other tensor function is composed from them.
  }];
  let hasConstantMaterializer = 1;
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

/// A tensor with one of these element types; `elementTypes` is what
/// generate.py reads to check dtypes in the recorder as the op does in MLIR.
class Portico_TensorOf<list<Type> elems> : RankedTensorOf<elems> {
  list<Type> elementTypes = elems;
}
def Portico_Tensor       : Portico_TensorOf<[F16, BF16, F32, F64, I8, I16, I32, I64, UI<8>, I1]>;
def Portico_FloatTensor  : Portico_TensorOf<[F16, BF16, F32, F64]>;
def Portico_NumTensor    : Portico_TensorOf<[F16, BF16, F32, F64, I8, I16, I32, I64, UI<8>]>;
def Portico_IntTensor    : Portico_TensorOf<[I8, I16, I32, I64, UI<8>]>;
def Portico_BitsTensor   : Portico_TensorOf<[I8, I16, I32, I64, UI<8>, I1]>;
def Portico_BoolTensor   : Portico_TensorOf<[I1]>;
def Portico_IndexTensor  : Portico_TensorOf<[I32, I64]>;
def Portico_I32Tensor    : Portico_TensorOf<[I32]>;
def Portico_I64Tensor    : Portico_TensorOf<[I64]>;
/// One run-time integer. Rank 0 is part of the type here and of `<op>_c0` in the recorder.
def Portico_I64Scalar    : 0DTensorOf<[I64]> {
  list<Type> elementTypes = [I64];
}

//===----------------------------------------------------------------------===//
// Traits: what an op is to fusion and to autodiff
//===----------------------------------------------------------------------===//

class Portico_Trait<string name> : NativeOpTrait<name> {
  let cppNamespace = "::portico::OpTrait";
}
/// Each result element depends on the operand elements at the same index.
def Portico_Elementwise  : Portico_Trait<"Elementwise">;
/// Makes values from attributes or scalars alone.
def Portico_Creation     : Portico_Trait<"Creation">;
/// Each result element is one operand element (or the pad value).
def Portico_DataMovement : Portico_Trait<"DataMovement">;
/// Combines elements along axes with an associative function.
def Portico_Reduction    : Portico_Trait<"Reduction">;
/// Sums of products.
def Portico_Contraction  : Portico_Trait<"Contraction">;
/// A kernel of its own: never fused with a neighbour.
def Portico_Opaque       : Portico_Trait<"Opaque">;
/// The derivative is zero or undefined everywhere.
def Portico_NonDifferentiable : Portico_Trait<"NonDifferentiable">;

def DifferentiableOpInterface : OpInterface<"DifferentiableOpInterface"> {
  let cppNamespace = "::portico";
  let description = [{
    The gradient rule of an op, written in portico ops, so that gradients of
    gradients work.
  }];
  let methods = [InterfaceMethod<[{
      Reverse mode. `cotangents` holds one value per result (null where the
      cotangent is zero). Sets `grads[i]` for each operand with `needs[i]`, to
      a value of the operand's type or to null for zero.
    }],
    "::llvm::LogicalResult", "vjp",
    (ins "::mlir::OpBuilder &":$builder, "::mlir::ValueRange":$cotangents,
         "::llvm::ArrayRef<bool>":$needs,
         "::llvm::SmallVectorImpl<::mlir::Value> &":$grads)>];
}

//===----------------------------------------------------------------------===//
// Op bases
//===----------------------------------------------------------------------===//

/// A portico primitive. The fields below are read by generate.py.
class Portico_Op<string mnemonic, list<Trait> traits = []>
    : Op<Portico_Dialect, mnemonic, !listconcat(traits, [Pure])> {
  /// C++ function `portico::infer<infer>` that computes the result specs from
  /// operand specs and attributes; shared by the recorder and the MLIR op.
  string infer = "";
  /// What must hold, one sentence each, numbered `<op>_c1`, `<op>_c2`...; the
  /// labels come back in error messages and tests. `<op>_c0` is implied by all:
  /// operands have the listed dtypes, attributes are well formed and the result
  /// has at most 2^62 bytes.
  list<string> constraints = [];
  /// One NumPy expression over the operand and attribute names: the reference.
  string numpy = "";
  /// The PyTorch function with these semantics, where there is one.
  string torch = "";
  /// Operands whose values the gradient rule reads (PyTorch's "saved tensors").
  list<string> saves = [];
  /// The gradient rule reads the result.
  bit savesResult = 0;
  /// Saved operands matter only when another operand needs a gradient
  /// (bilinear ops: d(a*b) reads b only for a's gradient).
  bit bilinear = 0;
}

/// An op whose result types follow from operands and attributes.
class Portico_InferredOp<string mnemonic, list<Trait> traits = []>
    : Portico_Op<mnemonic, !listconcat(traits,
        [DeclareOpInterfaceMethods<InferTypeOpInterface>])> {
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

defvar Differentiable = DeclareOpInterfaceMethods<DifferentiableOpInterface>;

#endif // PORTICO_BASE_TD
