"""One op as a program, its gradient by the pass, and its gradient by differences."""

from dataclasses import dataclass, field

import numpy as np

from portico import mlir
from portico._generated.op_table import OPS
from portico.reference import evaluate_module, evaluate_op

MLIR_DTYPES = {"float64": "f64", "float32": "f32", "int64": "i64", "int32": "i32", "bool": "i1"}


@dataclass(frozen=True)
class Sample:
    """Operands and attributes of one op at a point where it is smooth."""

    operands: tuple
    attrs: dict = field(default_factory=dict)
    label: str = ""


def is_float(array) -> bool:
    return array.dtype.kind == "f"


def tensor_type(array) -> str:
    dims = "".join(f"{size}x" for size in array.shape)
    return f"tensor<{dims}{MLIR_DTYPES[array.dtype.name]}>"


def attribute(attr, value) -> str:
    if attr.kind == "I64Array":
        text = "array<i64: " + ", ".join(map(str, value)) + ">" if len(value) else "array<i64>"
    elif attr.kind == "Bool":
        text = "true" if value else "false"
    elif attr.kind == "Unit":
        return attr.name
    elif attr.kind == "DType":
        text = MLIR_DTYPES[value]
    else:
        text = f"{value} : i64"
    return f"{attr.name} = {text}"


def program(name: str, sample: Sample) -> str:
    """`@main` with the one op."""
    types = [tensor_type(x) for x in sample.operands]
    results = [tensor_type(y) for y in evaluate_op(name, sample.operands, sample.attrs)]
    declared = OPS[name].attrs
    cases = "".join(f" {sample.attrs[a.name]}" for a in declared if a.kind == "Enum")
    written = [
        a for a in declared if a.kind != "Enum" and (a.kind != "Unit" or a.name in sample.attrs)
    ]
    attrs = ", ".join(attribute(a, sample.attrs[a.name]) for a in written)
    arguments = [f"%x{i}" for i in range(len(types))]
    signature = ", ".join(f"{a}: {t}" for a, t in zip(arguments, types, strict=True))
    values = [f"%0#{i}" for i in range(len(results))] if len(results) > 1 else ["%0"]
    count = f":{len(results)}" if len(results) > 1 else ""
    return f"""
func.func @main({signature}) -> ({", ".join(results)}) {{
  %0{count} = portico.{name}{cases} {", ".join(arguments)} {{{attrs}}}
    : ({", ".join(types)}) -> {results[0] if len(results) == 1 else f"({', '.join(results)})"}
  return {", ".join(values)} : {", ".join(results)}
}}"""


def differentiated(text: str, *functions: str, options: str = ""):
    """The module with the gradient of each function, one after the other."""
    passes = ",".join(f"portico-autodiff{{function={f} {options}}}" for f in functions)
    return mlir.run_pipeline(mlir.parse(text), passes)


def cotangents(outputs, rng) -> list[np.ndarray]:
    return [rng.normal(size=y.shape).astype(y.dtype) for y in outputs if is_float(y)]


def difference_gradients(function, inputs, given, step=1e-6) -> list[np.ndarray]:
    """The gradient of sum(outputs * given) in each float input, by central differences."""

    def value(at):
        outputs = [y for y in function(at) if is_float(y)]
        # An infinite output (max over padding alone) does not move.
        return sum(
            float(np.sum(np.where(np.isfinite(y), y, 0) * c))
            for y, c in zip(outputs, given, strict=True)
        )

    gradients = []
    for i, x in enumerate(inputs):
        if not is_float(x):
            continue
        gradient = np.zeros_like(x)
        for index in np.ndindex(x.shape):
            high, low = [np.array(v) for v in inputs], [np.array(v) for v in inputs]
            high[i][index] += step
            low[i][index] -= step
            gradient[index] = (value(high) - value(low)) / (2 * step)
        gradients.append(gradient)
    return gradients


def vjp(name: str, sample: Sample, given) -> list[np.ndarray]:
    """The gradients of the float operands of one op by the pass."""
    module = differentiated(program(name, sample), "main")
    return evaluate_module(module, [*sample.operands, *given], "main.vjp")
