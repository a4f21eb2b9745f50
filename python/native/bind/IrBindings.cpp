//===- IrBindings.cpp - modules, ops and passes for portico.mlir ------------===//
//
// A module owns its context; every other object keeps its module alive. Nothing
// here releases the GIL, so a context is never used by two threads at once.
//
//===----------------------------------------------------------------------===//

#include "python/native/bind/Bindings.h"
#include "python/native/graph/Failure.h"
#include "python/native/ir/Attributes.h"
#include "python/native/ir/Context.h"
#include "python/native/ir/Passes.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"

#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

namespace nb = nanobind;
using namespace nb::literals;

namespace portico::native {
namespace {

/// A context in which LLVM gave up is never destroyed.
struct ContextOwner {
  ~ContextOwner() {
    if (lost)
      (void)context.release();
  }
  std::unique_ptr<mlir::MLIRContext> context;
  bool lost = false;
};

/// A pipeline makes a new one of these, in the same context: operations that Python
/// holds on to stay those that they were.
struct ModuleOwner {
  std::shared_ptr<ContextOwner> context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};
using Owner = std::shared_ptr<ModuleOwner>;

struct IrModule {
  Owner owner;
};
struct IrOperation {
  Owner owner;
  mlir::Operation *op;
};
struct IrRegion {
  Owner owner;
  mlir::Region *region;
};
struct IrBlock {
  Owner owner;
  mlir::Block *block;
};
struct IrValue {
  Owner owner;
  mlir::Value value;
};
struct IrType {
  Owner owner;
  mlir::Type type;
};

template <typename T> std::string print(const T &object) {
  std::string text;
  llvm::raw_string_ostream out(text);
  object.print(out);
  return text;
}

std::string printOp(mlir::Operation *op, bool debugInfo) {
  std::string text;
  llvm::raw_string_ostream out(text);
  mlir::OpPrintingFlags flags;
  if (debugInfo)
    flags.enableDebugInfo(true, /*prettyForm=*/true);
  op->print(out, flags);
  return text;
}

/// NumPy spells our element types differently, and has no bfloat16 of its own.
nb::object numpyDtype(const std::string &dtype) {
  nb::module_ numpy = nb::module_::import_("numpy");
  if (dtype == "bf16")
    return numpy.attr("dtype")(nb::module_::import_("ml_dtypes").attr("bfloat16"));
  static const std::pair<const char *, const char *> names[] = {
      {"i1", "bool"},   {"ui8", "uint8"},   {"i8", "int8"},     {"i16", "int16"},  {"i32", "int32"},
      {"i64", "int64"}, {"f16", "float16"}, {"f32", "float32"}, {"f64", "float64"}};
  for (auto [ours, theirs] : names)
    if (dtype == ours)
      return numpy.attr("dtype")(theirs);
  raise(ErrorKind::type, "[mlir] no NumPy dtype for an element type; got " + dtype);
}

nb::object denseToNumpy(mlir::DenseElementsAttr attr) {
  DenseBytes dense = readDense(attr);
  nb::module_ numpy = nb::module_::import_("numpy");
  nb::object flat = numpy.attr("frombuffer")(nb::bytes(dense.bytes.data(), dense.bytes.size()),
                                             numpyDtype(dense.dtype));
  nb::tuple shape = nb::tuple(nb::cast(dense.shape));
  if (dense.splat)
    return numpy.attr("full")(shape, flat.attr("__getitem__")(0), flat.attr("dtype"));
  return flat.attr("reshape")(shape);
}

nb::object toPython(mlir::Attribute attr, const Owner &owner) {
  if (!attr)
    return nb::none();
  if (auto a = mlir::dyn_cast<mlir::BoolAttr>(attr))
    return nb::bool_(a.getValue());
  if (mlir::isa<mlir::UnitAttr>(attr))
    return nb::bool_(true);
  if (auto a = mlir::dyn_cast<mlir::IntegerAttr>(attr))
    return nb::int_(a.getValue().getSExtValue());
  if (auto a = mlir::dyn_cast<mlir::FloatAttr>(attr))
    return nb::float_(a.getValueAsDouble());
  if (auto a = mlir::dyn_cast<mlir::StringAttr>(attr))
    return nb::str(a.getValue().data(), a.getValue().size());
  if (auto a = mlir::dyn_cast<mlir::FlatSymbolRefAttr>(attr))
    return nb::str(a.getValue().data(), a.getValue().size());
  if (auto a = mlir::dyn_cast<mlir::DenseI64ArrayAttr>(attr)) {
    nb::list list;
    for (int64_t x : a.asArrayRef())
      list.append(x);
    return nb::tuple(list);
  }
  if (auto a = mlir::dyn_cast<mlir::TypeAttr>(attr)) {
    mlir::Type type = a.getValue();
    if (type.isIntOrFloat())
      return nb::cast(typeText(type));
    return nb::cast(IrType{owner, type});
  }
  if (auto a = mlir::dyn_cast<mlir::DenseElementsAttr>(attr))
    return denseToNumpy(a);
  if (auto a = mlir::dyn_cast<mlir::ArrayAttr>(attr)) {
    nb::list list;
    for (mlir::Attribute x : a)
      list.append(toPython(x, owner));
    return list;
  }
  if (auto a = mlir::dyn_cast<mlir::DictionaryAttr>(attr)) {
    nb::dict dict;
    for (mlir::NamedAttribute x : a)
      dict[nb::str(x.getName().data(), x.getName().size())] = toPython(x.getValue(), owner);
    return dict;
  }
  return nb::cast(print(attr));
}

nb::object locationOf(mlir::Location loc) {
  if (mlir::isa<mlir::UnknownLoc>(loc))
    return nb::none();
  std::string text;
  llvm::raw_string_ostream out(text);
  loc.print(out);
  return nb::cast(text);
}

IrModule parse(const std::string &text, bool allDialects) {
  auto owner = std::make_shared<ModuleOwner>();
  owner->context = std::make_shared<ContextOwner>();
  owner->context->context = allDialects ? makeFullContext() : makeContext();
  DiagnosticCollector diagnostics(owner->context->context.get());
  owner->module = mlir::parseSourceString<mlir::ModuleOp>(text, owner->context->context.get());
  if (!owner->module)
    raise(ErrorKind::mlir, "[mlir] the module does not parse; got\n" + diagnostics.text());
  return {owner};
}

void runPipeline(IrModule &module, const std::string &pipeline) {
  const Owner &before = module.owner;
  PipelineResult result = runPassPipeline(*before->module, pipeline);
  before->context->lost |= result.contextLost;
  if (!result.module)
    raise(ErrorKind::mlir, "[mlir] pass pipeline `" + pipeline + "`; got\n" + result.error);
  module.owner =
      std::make_shared<ModuleOwner>(ModuleOwner{before->context, std::move(result.module)});
}

template <typename T, typename Range, typename Make> nb::list listOf(Range &&range, Make make) {
  nb::list list;
  for (auto &&item : range)
    list.append(nb::cast<T>(make(item)));
  return list;
}

void bindValuesAndTypes(nb::module_ &m) {
  nb::class_<IrType>(m, "Type", R"(The type of a value: `shape` is None unless it is a tensor's.

>>> text = "func.func @f(%x: tensor<2xf32>) { return }"
>>> pt.mlir.parse(text).operations[0].regions[0].blocks[0].arguments[0].type.element_type
'f32')")
      .def("__str__", [](IrType &t) { return print(t.type); })
      .def("__eq__", [](IrType &a, IrType &b) { return a.type == b.type; })
      .def("__hash__", [](IrType &t) { return size_t(t.type.getAsOpaquePointer()); })
      .def_prop_ro("shape",
                   [](IrType &t) -> nb::object {
                     auto shaped = mlir::dyn_cast<mlir::ShapedType>(t.type);
                     if (!shaped)
                       return nb::none();
                     nb::list dims;
                     for (int64_t d : shaped.getShape())
                       dims.append(d);
                     return nb::tuple(dims);
                   })
      .def_prop_ro("element_type", [](IrType &t) {
        auto shaped = mlir::dyn_cast<mlir::ShapedType>(t.type);
        return typeText(shaped ? shaped.getElementType() : t.type);
      });
  nb::class_<IrValue>(m, "Value", R"(A result of an operation, or an argument of a block.

>>> text = "func.func @f(%x: tensor<2xf32>) { return }"
>>> pt.mlir.parse(text).operations[0].regions[0].blocks[0].arguments[0].number
0)")
      .def("__str__", [](IrValue &v) { return print(v.value); })
      .def("__eq__", [](IrValue &a, IrValue &b) { return a.value == b.value; })
      .def("__hash__", [](IrValue &v) { return size_t(v.value.getAsOpaquePointer()); })
      .def_prop_ro("type", [](IrValue &v) { return IrType{v.owner, v.value.getType()}; })
      .def_prop_ro("owner",
                   [](IrValue &v) -> nb::object {
                     if (mlir::Operation *op = v.value.getDefiningOp())
                       return nb::cast(IrOperation{v.owner, op});
                     return nb::cast(IrBlock{v.owner, v.value.getParentBlock()});
                   })
      .def_prop_ro("number", [](IrValue &v) {
        if (auto result = mlir::dyn_cast<mlir::OpResult>(v.value))
          return result.getResultNumber();
        return mlir::cast<mlir::BlockArgument>(v.value).getArgNumber();
      });
}

void bindOperations(nb::module_ &m) {
  nb::class_<IrOperation>(m, "Operation", R"(An operation: name, operands, results, attributes.

>>> pt.mlir.parse("func.func @f() { return }").operations[0].attributes["sym_name"]
'f')")
      .def("__str__", [](IrOperation &o) { return printOp(o.op, false); })
      .def("__eq__", [](IrOperation &a, IrOperation &b) { return a.op == b.op; })
      .def("__hash__", [](IrOperation &o) { return size_t(o.op); })
      .def(
          "print", [](IrOperation &o, bool debug) { return printOp(o.op, debug); },
          "debug_info"_a = false, R"(The text of the operation, with locations if asked for.

>>> "return" in pt.mlir.parse("func.func @f() { return }").operations[0].print()
True)")
      .def_prop_ro("name", [](IrOperation &o) { return o.op->getName().getStringRef().str(); })
      .def_prop_ro("location", [](IrOperation &o) { return locationOf(o.op->getLoc()); })
      .def_prop_ro("operands",
                   [](IrOperation &o) {
                     return listOf<IrValue>(o.op->getOperands(),
                                            [&](mlir::Value v) { return IrValue{o.owner, v}; });
                   })
      .def_prop_ro("results",
                   [](IrOperation &o) {
                     return listOf<IrValue>(o.op->getResults(),
                                            [&](mlir::Value v) { return IrValue{o.owner, v}; });
                   })
      .def_prop_ro("attributes",
                   [](IrOperation &o) {
                     nb::dict dict;
                     for (mlir::NamedAttribute a : o.op->getAttrs())
                       dict[nb::str(a.getName().data(), a.getName().size())] =
                           toPython(a.getValue(), o.owner);
                     return dict;
                   })
      .def_prop_ro("parent",
                   [](IrOperation &o) -> nb::object {
                     mlir::Operation *parent = o.op->getParentOp();
                     return parent ? nb::cast(IrOperation{o.owner, parent}) : nb::none();
                   })
      .def_prop_ro("regions",
                   [](IrOperation &o) {
                     return listOf<IrRegion>(o.op->getRegions(), [&](mlir::Region &r) {
                       return IrRegion{o.owner, &r};
                     });
                   })
      .def(
          "walk",
          [](IrOperation &o) {
            // Collected first: the caller may look at anything while iterating.
            nb::list ops;
            o.op->walk<mlir::WalkOrder::PreOrder>(
                [&](mlir::Operation *op) { ops.append(nb::cast(IrOperation{o.owner, op})); });
            return ops;
          },
          R"(The operation and all inside it, outer ones first.

>>> module = pt.mlir.parse("func.func @f() { return }")
>>> [op.name for op in module.operations[0].walk()]
['func.func', 'func.return'])");
  nb::class_<IrRegion>(m, "Region", R"(A region of an operation: its `blocks`.

>>> len(pt.mlir.parse("func.func @f() { return }").operations[0].regions[0].blocks)
1)")
      .def_prop_ro("blocks", [](IrRegion &r) {
        return listOf<IrBlock>(*r.region, [&](mlir::Block &b) { return IrBlock{r.owner, &b}; });
      });
  nb::class_<IrBlock>(m, "Block", R"(A block of a region: its `arguments` and `operations`.

>>> block = pt.mlir.parse("func.func @f() { return }").operations[0].regions[0].blocks[0]
>>> [op.name for op in block.operations]
['func.return'])")
      .def_prop_ro("arguments",
                   [](IrBlock &b) {
                     return listOf<IrValue>(b.block->getArguments(),
                                            [&](mlir::Value v) { return IrValue{b.owner, v}; });
                   })
      .def_prop_ro("operations", [](IrBlock &b) {
        return listOf<IrOperation>(*b.block,
                                   [&](mlir::Operation &op) { return IrOperation{b.owner, &op}; });
      });
}

} // namespace

void bindIr(nb::module_ &m) {
  nb::module_ ir = m.def_submodule("ir", "MLIR modules, walked from Python");
  bindValuesAndTypes(ir);
  bindOperations(ir);
  nb::class_<IrModule>(ir, "Module",
                       R"(An MLIR module that owns its context; `mlir.parse` makes one.

>>> [op.name for op in pt.mlir.Module.parse("func.func @f() { return }").operations]
['func.func'])")
      .def("__str__", [](IrModule &x) { return printOp(x.owner->module->getOperation(), false); })
      .def(
          "print",
          [](IrModule &x, bool debug) { return printOp(x.owner->module->getOperation(), debug); },
          "debug_info"_a = false, R"(The text of the module, with locations if asked for.

>>> print(pt.mlir.parse("module {}").print().strip())
module {
})")
      .def_prop_ro(
          "operation",
          [](IrModule &x) { return IrOperation{x.owner, x.owner->module->getOperation()}; })
      .def_prop_ro("operations",
                   [](IrModule &x) {
                     return listOf<IrOperation>(
                         *x.owner->module->getBody(),
                         [&](mlir::Operation &op) { return IrOperation{x.owner, &op}; });
                   })
      .def(
          "verify",
          [](IrModule &x) {
            DiagnosticCollector diagnostics(x.owner->context->context.get());
            if (mlir::failed(mlir::verify(*x.owner->module)))
              raise(ErrorKind::mlir,
                    "[mlir] the module does not verify; got\n" + diagnostics.text());
          },
          R"(Checks the module; raises MlirError with MLIR's diagnostics.

>>> pt.mlir.parse("module {}").verify())")
      .def("run_pipeline", &runPipeline, "pipeline"_a,
           R"(Runs MLIR's textual pass pipeline on the module; raises MlirError, and leaves it as it
was, where that fails. Operations taken from it before are still those of the old module.

>>> pt.mlir.parse("module {}").run_pipeline("canonicalize,cse"))");
  m.def("mlir_parse", &parse, "text"_a, "all_dialects"_a = false,
        "Parses and verifies a module; diagnostics become a MlirError.");
}

} // namespace portico::native
