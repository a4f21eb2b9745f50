"""Brings operands to one shape and one dtype, as the primitives want them."""

from __future__ import annotations

import builtins

import numpy as np

from . import _core
from ._dtypes import (
    CATEGORY,
    FLOAT,
    bool_,
    float_dtype,
    get_default_dtype,
    number_dtype,
    result_type,
)
from ._fail import fail_index, fail_runtime, fail_type, fail_value
from ._generated import ops

Tensor = _core.Tensor
Size = _core.Size

NUMBERS = (builtins.int, builtins.float, builtins.bool, np.number, np.bool_)


OPERANDS = (Tensor, *NUMBERS)


def is_number(x):
    return isinstance(x, NUMBERS)


def require_tensor(op, x, argument="input", position=1):
    if not isinstance(x, Tensor):
        fail_type(
            op,
            f"{op}(): argument '{argument}' (position {position}) must be Tensor, not "
            f"{type(x).__name__}",
            None,
            None,
            "pt.as_tensor(...)" if is_number(x) or isinstance(x, np.ndarray | list) else None,
        )
    return x


def require_float(op, x, what):
    if CATEGORY[x.dtype] != FLOAT:
        fail_runtime(op, what, x.dtype, None, "x.float()")
    return x


def broadcast_two(op, a, b):
    if a == b:
        return a
    n = max(len(a), len(b))
    result = []
    for i in range(n):
        p = a[i - n + len(a)] if i >= n - len(a) else 1
        q = b[i - n + len(b)] if i >= n - len(b) else 1
        if p != q and p != 1 and q != 1:
            fail_runtime(
                op,
                f"The size of tensor a ({p}) must match the size of tensor b ({q}) at "
                f"non-singleton dimension {i}",
                f"shapes {list(a)} and {list(b)}",
                "shapes that broadcast",
            )
        result.append(q if p == 1 else p)
    return tuple(result)


def broadcast_shapes(*shapes):
    """The shape that `shapes` broadcast to.

    Raises:
        RuntimeError: shapes that do not broadcast, or what is no shape.
        ValueError: a negative size.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.broadcast_shapes.html

    >>> pt.broadcast_shapes((2, 1), (3,))
    portico.Size([2, 3])
    """
    result = ()
    for s in shapes:
        s = (s,) if isinstance(s, builtins.int) else s
        if not isinstance(s, tuple | list) or not all(isinstance(n, builtins.int) for n in s):
            fail_runtime("broadcast_shapes", "not a shape", s, "ints, or tuples or lists of ints")
        if any(n < 0 for n in s):
            fail_value("broadcast_shapes", "a dimension with negative length", tuple(s))
        result = broadcast_two("broadcast_shapes", result, tuple(s))
    return Size(result)


def expand_value(x, shape):
    """x repeated to `shape`: a new value, not a view."""
    old = x.shape
    if old == shape:
        return x
    return ops.broadcast(x, tuple(shape), tuple(range(len(shape) - len(old), len(shape))))


def cast(x, dtype):
    return x if x.dtype is dtype else ops.cast(x, dtype)


def as_float(x):
    """x, or x in the default dtype when it is an integer or boolean tensor."""
    d = x.dtype
    return x if CATEGORY[d] == FLOAT else ops.cast(x, get_default_dtype())


def operand(x, dtype):
    """A tensor of `dtype` from a tensor or a Python number (a run-time argument)."""
    if isinstance(x, Tensor):
        return x if x.dtype is dtype else ops.cast(x, dtype)
    if dtype is bool_:
        x = builtins.bool(x)
    elif CATEGORY[dtype] != FLOAT and isinstance(x, builtins.float | np.floating):
        x = builtins.int(x)
    return _core.scalar(x.item() if isinstance(x, np.generic) else x, dtype)


def align(op, *operands, dtype=None, floating=False, to=None):
    """The operands as tensors of one shape and dtype (PyTorch's promotion unless `dtype`)."""
    if dtype is None:
        for x in operands:
            if not isinstance(x, OPERANDS):
                fail_type(
                    op, "not a tensor or a number", type(x).__name__, "Tensor, bool, int or float"
                )
        dtype = result_type(*operands)
        if floating:
            dtype = float_dtype(dtype)
    shape = () if to is None else to
    for x in operands:
        if isinstance(x, Tensor) and x.shape != shape:
            shape = broadcast_two(op, shape, x.shape)
    return [expand_value(operand(x, dtype), shape) for x in operands]


def constant(value, like):
    """A compile-time constant of like's shape and dtype: for coefficients that never change."""
    return _core.splat(like.shape, value, like.dtype)


def filled(value, like):
    """A run-time argument repeated to like's shape, of like's dtype."""
    return expand_value(operand(value, like.dtype), like.shape)


def connected(value, x):
    """value as a function of x whose derivative is 0, for the tape alone."""
    if not (x.requires_grad and _core.is_grad_enabled()):
        return value
    return ops.select(_core.splat(value.shape, True, bool_), value, x)


# Dimensions -------------------------------------------------------------------------------------


def wrap_dim(op, dim, rank):
    """A dimension counted from the front; a 0-d tensor is treated as 1-d."""
    if not isinstance(dim, builtins.int) or isinstance(dim, builtins.bool):
        if isinstance(dim, Tensor | np.integer) or hasattr(dim, "__index__"):
            dim = dim.__index__()
        else:
            fail_type(op, f"{op}(): argument 'dim' must be int, not {type(dim).__name__}")
    n = rank or 1
    if -n <= dim < n:
        return dim if dim >= 0 else dim + n
    fail_index(
        op,
        f"Dimension out of range (expected to be in range of [{-n}, {n - 1}], but got {dim})",
    )


def wrap_dims(op, dims, rank, unique=True):
    """Several dimensions, sorted; all of them for None or ()."""
    if dims is None:
        return tuple(range(rank))
    if isinstance(dims, builtins.int):
        d = wrap_dim(op, dims, rank)
        return (d,) if rank else ()
    result = [wrap_dim(op, d, rank) for d in dims]
    if unique and len(set(result)) != len(result):
        repeated = next(d for d in result if result.count(d) > 1)
        fail_runtime(op, f"dim {repeated} appears multiple times in the list of dims")
    return tuple(sorted(result)) if rank else ()


def wrapped_dtype(x):
    return x.dtype if isinstance(x, Tensor) else number_dtype(x)


def sizes_of(args, named=None, name=None):
    """The sizes of `f(2, 3)`, `f((2, 3))` or `f(name=(2, 3))`, as a tuple of ints."""
    if named:
        if args or set(named) != {name}:
            other = next((k for k in named if k != name), name)
            fail_type(name, f"unexpected or repeated argument '{other}'")
        args = (named[name],)
    if len(args) == 1 and not isinstance(args[0], builtins.int) and hasattr(args[0], "__iter__"):
        args = tuple(args[0])
    return tuple(a if type(a) is int else a.__index__() for a in args)
