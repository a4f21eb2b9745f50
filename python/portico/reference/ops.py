"""One primitive at a time: the ODS `numpy` line of an op, evaluated."""

import numpy as np

from portico._generated.op_table import OPS

from . import kernels
from .dtypes import is_half, to_numpy

_NAMESPACE = {"np": np} | {name: getattr(kernels, name) for name in kernels.__all__}

#: Ops about representation: they must see half types as they are.
_AS_STORED = frozenset({"cast", "bitcast", "constant"})

_compiled: dict[str, object] = {}


def _expression(name: str):
    if name not in _compiled:
        record = OPS.get(name)
        if record is None or not record.numpy:
            raise NotImplementedError(f"[reference] no NumPy meaning for op {name!r}")
        _compiled[name] = compile(record.numpy, f"<numpy of portico.{name}>", "eval")
    return _compiled[name]


def _bind_operands(name: str, operands) -> dict[str, object]:
    """Operand names to arrays; the variadic operand, if any, takes what the others leave."""
    declared = OPS[name].operands
    spare = len(operands) - (len(declared) - 1)
    bound, rest = {}, list(operands)
    for operand in declared:
        if operand.variadic:
            bound[operand.name], rest = rest[:spare], rest[spare:]
        elif rest:
            bound[operand.name] = rest.pop(0)
        else:
            raise TypeError(f"[{name}] operand {operand.name!r} is missing")
    if rest:
        raise TypeError(f"[{name}] too many operands; got {len(operands)}")
    return bound


def _bind_attributes(name: str, attrs: dict[str, object]) -> dict[str, object]:
    bound = {}
    for attr in OPS[name].attrs:
        if attr.kind == "Unit":  # a permission that changes nothing here
            continue
        if attr.name not in attrs:
            raise TypeError(f"[{name}] attribute {attr.name!r} is missing")
        value = attrs[attr.name]
        bound[attr.name] = to_numpy(value) if attr.kind == "DType" else value
    return bound


def evaluate_op(name: str, operands, attrs: dict[str, object] | None = None) -> list[np.ndarray]:
    """The results of one primitive.

    ``name`` is the mnemonic (``"add"``), ``operands`` are NumPy arrays in ODS
    order and ``attrs`` maps attribute names to plain values (ints, tuples of
    ints, a dtype or its name, an enum case's name or number). f16 and bf16 are
    computed in f32 and rounded once, as every target does inside a kernel.

    Raises:
        TypeError: operands or attributes that are missing or too many.
        NotImplementedError: an op that has no meaning in NumPy.

    >>> evaluate_op("add", [np.float32([1, 2]), np.float32([3, 4])])
    [array([4., 6.], dtype=float32)]
    """
    code = _expression(name)
    operands = [np.asarray(operand) for operand in operands]
    half = next((o.dtype for o in operands if is_half(o.dtype)), None)
    if half is not None and name not in _AS_STORED:
        operands = [o.astype(np.float32) if is_half(o.dtype) else o for o in operands]
    else:
        half = None
    scope = _NAMESPACE | _bind_operands(name, operands) | _bind_attributes(name, attrs or {})
    with np.errstate(all="ignore"):
        results = eval(code, scope)
        results = results if isinstance(results, tuple) else (results,)
        return [_round_half(np.asarray(result), half) for result in results]


def _round_half(result: np.ndarray, half) -> np.ndarray:
    return result.astype(half) if half is not None and result.dtype == np.float32 else result
