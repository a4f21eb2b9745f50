//===- Structure.cpp - kernel, call and constant ---------------------------===//

#include "dialects/portico/IR/Portico.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace portico;

//===----------------------------------------------------------------------===//
// kernel
//
//   %r = portico.kernel "row" (%a = %x, %b = %y) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32> {
//     ...
//     portico.yield %v : tensor<4xf32>
//   }
//===----------------------------------------------------------------------===//

ParseResult KernelOp::parse(OpAsmParser &parser, OperationState &state) {
  std::string category;
  SMLoc loc = parser.getCurrentLocation();
  if (succeeded(parser.parseOptionalString(&category)))
    state.addAttribute(getCategoryAttrName(state.name),
                       parser.getBuilder().getStringAttr(category));
  SmallVector<OpAsmParser::Argument> arguments;
  SmallVector<OpAsmParser::UnresolvedOperand> operands;
  auto parsePair = [&] {
    return failure(parser.parseArgument(arguments.emplace_back()) || parser.parseEqual() ||
                   parser.parseOperand(operands.emplace_back()));
  };
  FunctionType type;
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, parsePair) ||
      parser.parseOptionalAttrDictWithKeyword(state.attributes) || parser.parseColonType(type))
    return failure();
  if (type.getNumInputs() != arguments.size())
    return parser.emitError(loc, "kernel has ")
           << arguments.size() << " inputs but its type has " << type.getNumInputs();
  for (auto [argument, inputType] : llvm::zip_equal(arguments, type.getInputs()))
    argument.type = inputType;
  state.addTypes(type.getResults());
  Region *body = state.addRegion();
  if (parser.resolveOperands(operands, type.getInputs(), loc, state.operands) ||
      parser.parseRegion(*body, arguments))
    return failure();
  // A body without results may leave out its yield.
  ensureTerminator(*body, parser.getBuilder(), state.location);
  return success();
}

void KernelOp::print(OpAsmPrinter &printer) {
  if (std::optional<StringRef> category = getCategory())
    printer << " \"" << *category << '"';
  printer << " (";
  llvm::interleaveComma(llvm::zip(getBody().getArguments(), getInputs()), printer, [&](auto pair) {
    auto [argument, input] = pair;
    printer.printRegionArgument(argument, {}, /*omitType=*/true);
    printer << " = " << input;
  });
  printer << ")";
  printer.printOptionalAttrDictWithKeyword((*this)->getAttrs(), {getCategoryAttrName()});
  printer << " : ";
  printer.printFunctionalType(*this);
  printer << ' ';
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}

/// Numbered as in the op record: kernel_c1...
LogicalResult KernelOp::verifyRegions() {
  Block &block = getBody().front();
  if (TypeRange(block.getArgumentTypes()) != TypeRange(getInputs().getTypes()))
    return emitOpError("block arguments and inputs differ; got ")
           << block.getArgumentTypes() << "; expected " << getInputs().getTypes() << " (kernel_c1)";
  auto yield = dyn_cast<YieldOp>(block.getTerminator());
  if (!yield || yield.getValues().getTypes() != getResultTypes())
    return emitOpError("yielded values and results differ; got ")
           << block.getTerminator()->getOperandTypes() << "; expected " << getResultTypes()
           << " (kernel_c2)";
  for (Operation &op : block.without_terminator())
    if (!isa<PorticoDialect>(op.getDialect()) || isa<KernelOp, CallOp>(op))
      return emitOpError("body has an op that is no primitive; got ")
             << op.getName() << "; expected primitives of portico (kernel_c3)";
  return success();
}

//===----------------------------------------------------------------------===//
// call
//===----------------------------------------------------------------------===//

LogicalResult CallOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto callee = symbols.lookupNearestSymbolFrom<func::FuncOp>(*this, getCalleeAttr());
  if (!callee)
    return emitOpError("callee is not there; got @")
           << getCallee() << "; expected the name of a func.func (call_c1)";
  auto type = FunctionType::get(getContext(), getOperandTypes(), getResultTypes());
  if (callee.getFunctionType() != type)
    return emitOpError("call and callee differ in type; got ")
           << type << "; expected " << callee.getFunctionType() << " (call_c2)";
  return success();
}
