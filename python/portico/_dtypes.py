"""Element types: names, categories, promotion, limits and the default dtype.

The dtype objects live in the native module; here they get PyTorch's names and
its rules. Promotion looks at three classes of operands apart, as PyTorch does:
tensors with dimensions, 0-d tensors, and Python numbers. A class of a lower
rank changes the dtype only when its category (bool < integer < float) is
higher.
"""

from __future__ import annotations

import builtins

import numpy as np

from . import _core
from ._fail import fail_runtime, fail_type

dtype = _core.dtype
NAMES = (
    "bool",
    "uint8",
    "int8",
    "int16",
    "int32",
    "int64",
    "float16",
    "bfloat16",
    "float32",
    "float64",
)
BY_NAME = {name: getattr(_core, name) for name in NAMES}

bool_ = BY_NAME["bool"]
uint8, int8, int16, int32, int64 = (BY_NAME[n] for n in NAMES[1:6])
float16, bfloat16, float32, float64 = (BY_NAME[n] for n in NAMES[6:])

#: PyTorch's second names.
ALIASES = {
    "half": float16,
    "float": float32,
    "double": float64,
    "short": int16,
    "int": int32,
    "long": int64,
}

BOOL, INT, FLOAT = 0, 1, 2
CATEGORY = {
    d: (BOOL if d is bool_ else FLOAT if n.startswith(("f", "bf")) else INT)
    for n, d in BY_NAME.items()
}
#: PyTorch's C++ names, which its error messages use.
SCALAR_NAME = {
    bool_: "Bool", uint8: "Byte", int8: "Char", int16: "Short", int32: "Int", int64: "Long",
    float16: "Half", bfloat16: "BFloat16", float32: "Float", float64: "Double",
}  # fmt: skip


def get_default_dtype():
    """The dtype that Python floats and `pt.tensor([0.5])` become.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.get_default_dtype.html

    >>> pt.get_default_dtype()
    portico.float32
    """
    return _core.get_default_dtype()


def set_default_dtype(d):
    """Sets the default floating-point dtype; raises `TypeError` for any other dtype.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.set_default_dtype.html

    >>> pt.set_default_dtype(pt.float64)
    >>> pt.tensor([1.0]).dtype
    portico.float64
    >>> pt.set_default_dtype(pt.float32)
    """
    if CATEGORY.get(d) != FLOAT:
        fail_type(
            "set_default_dtype", "only floating-point types are supported as the default type", d
        )
    _core.set_default_dtype(d)


def is_float(d):
    return CATEGORY[d] == FLOAT


def is_integral(d):
    return CATEGORY[d] == INT


def number_dtype(value):
    """The dtype a Python number has in promotion."""
    if isinstance(value, builtins.bool | np.bool_):
        return bool_
    if isinstance(value, builtins.int | np.integer):
        return int64
    if isinstance(value, builtins.float | np.floating):
        return _core.get_default_dtype()
    fail_type(
        "result_type",
        "not a tensor or a number",
        type(value).__name__,
        "Tensor, bool, int or float",
    )


_PROMOTED = {(a, b): _core.promote_types(a, b) for a in CATEGORY for b in CATEGORY}


def _known(op, dtype):
    if not isinstance(dtype, _core.dtype):
        fail_type(op, "not a dtype", type(dtype).__name__, "one like portico.float32")
    return dtype


def promote_types(type1, type2):
    """The smallest dtype that both convert to without changing category downwards.

    `type1` and `type2` may be exchanged.

    Raises:
        TypeError: what is no such dtype.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.promote_types.html

    >>> pt.promote_types(pt.int32, pt.float16)
    portico.float16
    """
    return _PROMOTED[_known("promote_types", type1), _known("promote_types", type2)]


def result_type(*operands):
    """The dtype an arithmetic operation on `operands` (tensors and Python numbers) has.

    Raises:
        TypeError: what is no such dtype.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.result_type.html

    >>> pt.result_type(pt.tensor([1, 2]), 1.0)
    portico.float32
    >>> pt.result_type(pt.tensor([1], dtype=pt.uint8), pt.tensor(1000))
    portico.uint8
    """
    return _core.result_type(*operands)


def can_cast(from_, to):
    """Whether PyTorch's casting rule lets a result of dtype `from_` be written to dtype `to`.

    Raises:
        TypeError: what is no such dtype.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.can_cast.html

    >>> pt.can_cast(pt.float32, pt.int64), pt.can_cast(pt.int64, pt.float32)
    (False, True)
    """
    return CATEGORY[_known("can_cast", from_)] <= CATEGORY[_known("can_cast", to)]


def require_cast(op, from_, to):
    if CATEGORY[from_] > CATEGORY[to]:
        fail_runtime(
            op,
            f"result type {SCALAR_NAME[from_]} can't be cast to the desired output type "
            f"{SCALAR_NAME[to]}",
        )


def float_dtype(d):
    """`d`, or the default dtype for integers and booleans."""
    return d if CATEGORY[d] == FLOAT else _core.get_default_dtype()


_NUMPY = {n: np.dtype(n) for n in NAMES if n != "bfloat16"}
_FROM_NUMPY = {v: BY_NAME[n] for n, v in _NUMPY.items()}


def to_numpy_dtype(d):
    name = d.name
    if name == "bfloat16":
        import ml_dtypes

        return np.dtype(ml_dtypes.bfloat16)
    return _NUMPY[name]


def from_numpy_dtype(np_dtype, op="from_numpy"):
    found = _FROM_NUMPY.get(np_dtype)
    if found is None:
        if np_dtype.name == "bfloat16":
            return bfloat16
        fail_type(
            op,
            f"can't convert np.ndarray of type {np_dtype}",
            None,
            "bool, uint8, int8, int16, int32, int64, float16, bfloat16, float32 or float64",
            "array.astype(...) first",
        )
    return found


class finfo:
    """Limits of a floating-point dtype (the default dtype when none is given).

    Raises:
        TypeError: what is no such dtype.

    Source: https://docs.pytorch.org/docs/stable/type_info.html#torch.torch.finfo

    >>> pt.finfo(pt.float32).max
    3.4028234663852886e+38
    """

    __slots__ = ("bits", "dtype", "eps", "max", "min", "smallest_normal", "tiny", "resolution")

    def __init__(self, dtype=None):
        d = _core.get_default_dtype() if dtype is None else dtype
        if CATEGORY.get(d) != FLOAT:
            fail_type(
                "finfo",
                f"requires a floating point type, got {d}",
                None,
                None,
                "use iinfo for integers",
            )
        if d is bfloat16:
            import ml_dtypes

            info = ml_dtypes.finfo(ml_dtypes.bfloat16)
        else:
            info = np.finfo(_NUMPY[d.name])
        self.bits, self.dtype = info.bits, d.name
        self.eps, self.max, self.min = (
            builtins.float(info.eps),
            builtins.float(info.max),
            builtins.float(info.min),
        )
        self.smallest_normal = self.tiny = builtins.float(info.tiny)
        self.resolution = builtins.float(info.resolution)

    def __repr__(self):
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, "
            f"eps={self.eps:g}, "
            f"smallest_normal={self.smallest_normal:g}, tiny={self.tiny:g}, dtype={self.dtype})"
        )


class iinfo:
    """Limits of an integer dtype.

    Raises:
        TypeError: what is no such dtype.

    Source: https://docs.pytorch.org/docs/stable/type_info.html#torch.torch.iinfo

    >>> pt.iinfo(pt.int8).min
    -128
    """

    __slots__ = ("bits", "dtype", "max", "min")

    def __init__(self, dtype):
        if CATEGORY.get(dtype) != INT:
            fail_type(
                "iinfo",
                f"requires an integer type, got {dtype}",
                None,
                None,
                "use finfo for floats",
            )
        info = np.iinfo(_NUMPY[dtype.name])
        self.bits, self.dtype = info.bits, dtype.name
        self.min, self.max = builtins.int(info.min), builtins.int(info.max)

    def __repr__(self):
        return f"iinfo(min={self.min}, max={self.max}, dtype={self.dtype})"


def lowest(d):
    """The identity of `max` on dtype `d`."""
    return -float("inf") if is_float(d) else False if d is bool_ else iinfo(d).min


def highest(d):
    """The identity of `min` on dtype `d`."""
    return float("inf") if is_float(d) else True if d is bool_ else iinfo(d).max
