//===- Structure.td - calls, kernels and doors to the outside --------------===//

#ifndef PORTICO_STRUCTURE_TD
#define PORTICO_STRUCTURE_TD

include "PorticoBase.td"
include "mlir/IR/SymbolInterfaces.td"

def Portico_CallOp : Portico_Op<"call", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "calls a function of tensors; inlined before fusion";
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<Portico_Tensor>:$operands);
  let results = (outs Variadic<Portico_Tensor>:$results);
  let constraints = [
    "call_c1: callee names a func.func",
    "call_c2: operands and results have the types of the callee"];
  let assemblyFormat = "$callee `(` $operands `)` attr-dict `:` functional-type($operands, $results)";
}
def Portico_KernelOp : Portico_Op<"kernel", [IsolatedFromAbove, SingleBlockImplicitTerminator<"YieldOp">]> {
  let summary = "ops that run as one kernel; made by portico-fuse";
  let description = [{
    The block has one argument per input. `category` names the lowering strategy
    family that legality proved for the body (see Transforms/Fusion/Legality.h).
  }];
  let arguments = (ins Variadic<Portico_Tensor>:$inputs, OptionalAttr<StrAttr>:$category);
  let results = (outs Variadic<Portico_Tensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1; let hasRegionVerifier = 1;
  let constraints = [
    "kernel_c1: block arguments have the types of the inputs",
    "kernel_c2: the yielded values have the types of the results",
    "kernel_c3: the body holds primitives of portico only"];
}
def Portico_YieldOp : Portico_Op<"yield", [Terminator, ParentOneOf<["KernelOp"]>]> {
  let summary = "the results of a kernel";
  let arguments = (ins Variadic<Portico_Tensor>:$values);
  let builders = [OpBuilder<(ins), "build($_builder, $_state, ::mlir::ValueRange());">];
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
}
def Portico_CustomCallOp : Portico_Op<"custom_call", [Portico_Opaque, Portico_NonDifferentiable]> {
  let summary = "a function registered with the runtime under a name";
  let arguments = (ins Variadic<Portico_Tensor>:$operands, StrAttr:$target, OptionalAttr<DictionaryAttr>:$config);
  let results = (outs Variadic<Portico_Tensor>:$results);
  let assemblyFormat = "$target `(` $operands `)` attr-dict `:` functional-type($operands, $results)";
}

#endif // PORTICO_STRUCTURE_TD
