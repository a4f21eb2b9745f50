"""Sums, extremes and everything else that combines elements along dimensions."""

from __future__ import annotations

import builtins
import math
from collections import namedtuple

from . import _core, _notes
from ._broadcast import (
    as_float,
    cast,
    connected,
    constant,
    require_float,
    require_tensor,
    wrap_dim,
    wrap_dims,
)
from ._dtypes import (
    CATEGORY,
    FLOAT,
    SCALAR_NAME,
    bool_,
    float64,
    int64,
    is_float,
    promote_types,
    uint8,
)
from ._fail import fail_index, fail_runtime, fail_type
from ._generated import ops
from ._registry import op, write_out
from .arithmetic import maximum, minimum
from .comparison import truth
from .unary import EQ, NE, clone

Tensor = _core.Tensor
SUM, PROD, MAX, MIN = range(4)


def _result(name, fields):
    """A named tuple that prints as PyTorch's return types do."""
    cls = namedtuple(name, fields)
    cls.__module__ = "portico.return_types"

    def show(self):
        return (
            f"portico.return_types.{name}(\n"
            + ",\n".join(f"{f}={v!r}" for f, v in zip(fields, self, strict=True))
            + ")"
        )

    cls.__repr__ = show
    return cls


RETURN_TYPES = {}


def return_type(name, fields):
    RETURN_TYPES[name] = cls = _result(name, fields)
    return cls


ValuesIndices = {
    n: return_type(n, ("values", "indices"))
    for n in (
        "max",
        "min",
        "median",
        "nanmedian",
        "mode",
        "kthvalue",
        "sort",
        "topk",
        "cummax",
        "cummin",
    )
}
AMinMax = return_type("aminmax", ("min", "max"))


def keep_dims(r, shape, axes):
    """r, reduced from `shape` over `axes`, with those axes kept as size 1."""
    return ops.reshape(r, tuple(1 if i in axes else n for i, n in enumerate(shape)))


def repeat_back(r, shape, axes):
    """r, reduced from `shape` over `axes`, repeated to `shape`."""
    return ops.broadcast(r, tuple(shape), tuple(i for i in range(len(shape)) if i not in axes))


def reduce(x, kind, axes, keepdim=False):
    r = ops.reduce(x, kind, axes) if x.ndim else clone(x)
    return keep_dims(r, x.shape, axes) if keepdim and x.ndim else r


def _count(shape, axes):
    return math.prod(shape[a] for a in axes)


def _sum_input(x, dtype):
    if dtype is None:
        dtype = int64 if CATEGORY[x.dtype] != FLOAT else x.dtype
    return cast(x, dtype)


@op("sum", out=True, notes=_notes.REDUCTION)
def sum_(input, dim=None, keepdim=False, *, dtype=None):
    """Sum over the given dimensions (all by default); integers and booleans sum in int64.

    >>> pt.sum(pt.tensor([[1, 2], [3, 4]]), 0)
    tensor([4, 6])
    """
    require_tensor("sum", input)
    axes = _dims_or_all("sum", dim, input.ndim)
    return _bool_safe_sum(_sum_input(input, dtype), axes, keepdim)


def _dims_or_all(name, dim, rank):
    """PyTorch reduces everything for dim=None and for dim=()."""
    return wrap_dims(
        name,
        None if dim is None or (not isinstance(dim, builtins.int) and len(dim) == 0) else dim,
        rank,
    )


def _bool_safe_sum(x, axes, keepdim):
    if x.dtype is bool_:
        return reduce(x, MAX, axes, keepdim)
    return reduce(x, SUM, axes, keepdim)


@op("nansum", out=True, notes=_notes.REDUCTION)
def nansum(input, dim=None, keepdim=False, *, dtype=None):
    """Sum over the given dimensions, with nan counted as 0.

    >>> pt.nansum(pt.tensor([1.0, float("nan")]))
    tensor(1.)
    """
    x = (
        input
        if CATEGORY[input.dtype] != FLOAT
        else ops.select(ops.compare(input, input, NE), constant(0, input), input)
    )
    return sum_(x, dim, keepdim, dtype=dtype)


@op("prod", out=True)
def prod(input, dim=None, keepdim=False, *, dtype=None):
    """Product of all elements, or along `dim`; integers and booleans multiply in int64.

    `dim` is an int; it goes, or stays with size 1 if `keepdim`.

    Raises:
        IndexError: a dimension out of range.

    >>> pt.prod(pt.tensor([2, 3, 4]))
    tensor(24)
    """
    require_tensor("prod", input)
    axes = wrap_dims("prod", dim, input.ndim)
    return reduce(_sum_input(input, dtype), PROD, axes, keepdim)


@op("mean", out=True, notes=_notes.REDUCTION_FLOAT)
def mean(input, dim=None, keepdim=False, *, dtype=None):
    """Mean over the given dimensions (all by default); integers are refused without `dtype`.

    >>> pt.mean(pt.tensor([1.0, 3.0]))
    tensor(2.)
    """
    x = require_tensor("mean", input)
    if dtype is not None:
        x = cast(x, dtype)
    if not is_float(x.dtype):
        what = "could not infer output dtype. Input" if dtype is None else "got unsupported"
        fail_runtime(
            "mean",
            f"mean(): {what} dtype must be either a floating point or complex dtype. Got: "
            f"{SCALAR_NAME[x.dtype]}",
            None,
            None,
            "x.float().mean()",
        )
    axes = _dims_or_all("mean", dim, x.ndim)
    s = reduce(x, SUM, axes, keepdim)
    n = _count(x.shape, axes)
    return ops.div(s, constant(n, s)) if n != 1 or not x.ndim else s


@op("nanmean", out=True, notes=_notes.REDUCTION_FLOAT)
def nanmean(input, dim=None, keepdim=False, *, dtype=None):
    """Mean over what is not nan.

    >>> pt.nanmean(pt.tensor([1.0, float("nan"), 3.0]))
    tensor(2.)
    """
    if dtype is None:
        require_float("nanmean", input, "expected input to have a floating point dtype")
    present = ops.not_(ops.compare(input, input, NE))
    return nansum(input, dim, keepdim, dtype=dtype) / sum_(present, dim, keepdim)


# Extremes --------------------------------------------------------------------------------------


def _require_elements(name, x, axes, dim):
    for a in axes:
        if x.ndim and x.shape[a] == 0:
            if dim is None:
                fail_runtime(
                    name,
                    f"{name}(): Expected reduction dim to be specified for input.numel() == 0. "
                    "Specify the reduction dim with the 'dim' argument.",
                )
            fail_index(name, f"{name}(): Expected reduction dim {a} to have non-zero size.")


def _extreme(name, kind, input, dim, keepdim):
    x = require_tensor(name, input)
    axes = _dims_or_all(name, dim, x.ndim)
    _require_elements(name, x, axes, None if dim is None or dim == () else dim)
    return reduce(x, kind, axes, keepdim)


@op("amax", out=True, notes=_notes.REDUCTION)
def amax(input, dim=(), keepdim=False):
    """Largest element over the given dimensions; the gradient is shared among equal ones.

    >>> pt.amax(pt.tensor([[1, 5], [7, 2]]), 1)
    tensor([5, 7])
    """
    return _extreme("amax", MAX, input, dim, keepdim)


@op("amin", out=True, notes=_notes.REDUCTION)
def amin(input, dim=(), keepdim=False):
    """Smallest element over the given dimensions; the gradient is shared among equal ones.

    >>> pt.amin(pt.tensor([[1, 5], [7, 2]]), 1)
    tensor([1, 2])
    """
    return _extreme("amin", MIN, input, dim, keepdim)


@op("aminmax", out=True)
def aminmax(input, *, dim=None, keepdim=False):
    """Smallest and largest elements, of all or along `dim`.

    `dim` is an int; it goes, or stays with size 1 if `keepdim`.

    Raises:
        IndexError: a dimension out of range.
        RuntimeError: no elements.

    >>> pt.aminmax(pt.tensor([3, 1, 2])).max
    tensor(3)
    """
    dims = () if dim is None else dim
    return AMinMax(
        _extreme("aminmax", MIN, input, dims, keepdim),
        _extreme("aminmax", MAX, input, dims, keepdim),
    )


def pick(x, indices, axis):
    """x at one index along axis for each position of the other dimensions (the axis goes)."""
    if not x.ndim:
        return clone(x)
    order = [i for i in range(x.ndim) if i != axis] + [axis]
    moved = ops.permute(x, tuple(order)) if order != list(range(x.ndim)) else x
    flat = ops.reshape(moved, (math.prod(moved.shape[:-1]), moved.shape[-1]))
    taken = ops.gather(flat, ops.reshape(indices, (flat.shape[0],)), 1, 1)
    return ops.reshape(taken, tuple(indices.shape))


def _arg_input(x):
    return cast(x, uint8) if x.dtype is bool_ else x


def _along(name, kind, x, dim, keepdim):
    """Values and indices along one dimension: the gradient goes to the index that was chosen."""
    axis = wrap_dim(name, dim, x.ndim)
    _require_elements(name, x, (axis,), dim)
    if not x.ndim:
        return ValuesIndices[name](clone(x), _core.full((), 0, int64, x.device))
    indices = ops.arg_reduce(_arg_input(x), kind, axis)
    values = pick(x, indices, axis) if x.requires_grad else ops.reduce(x, kind, (axis,))
    if keepdim:
        values, indices = keep_dims(values, x.shape, (axis,)), keep_dims(indices, x.shape, (axis,))
    return ValuesIndices[name](values, indices)


def _max_or_min(name, kind, elementwise, input, args, kwargs):
    x = require_tensor(name, input)
    other = kwargs.pop("other", None)
    if args and isinstance(args[0], Tensor):
        other = args[0]
    if other is not None:
        return elementwise(x, other)
    dim = args[0] if args else kwargs.pop("dim", None)
    keepdim = args[1] if len(args) > 1 else kwargs.pop("keepdim", False)
    if kwargs or len(args) > 2:
        fail_type(
            name,
            "unexpected arguments",
            ", ".join(kwargs) or args[2:],
            "(input), (input, dim, keepdim) or (input, other)",
        )
    if dim is None:
        axes = tuple(range(x.ndim))
        _require_elements(name, x, axes, None)
        return reduce(x, kind, axes)
    return _along(name, kind, x, dim, keepdim)


@op("max", out=True)
def max_(input, *args, **kwargs):
    """max(input): the largest element. max(input, dim, keepdim=False): values, indices along dim.
    max(input, other): the larger of two tensors, as `maximum`. Indices are int64.

    Raises:
        IndexError: a dimension out of range; RuntimeError: no elements.

    >>> pt.max(pt.tensor([[1, 5], [7, 2]]), 1).values
    tensor([5, 7])
    """
    return _max_or_min("max", MAX, maximum, input, args, kwargs)


@op("min", out=True)
def min_(input, *args, **kwargs):
    """min(input): the smallest element. min(input, dim, keepdim=False): values, indices along dim.
    min(input, other): the smaller of two tensors, as `minimum`. Errors are those of `max`.

    >>> pt.min(pt.tensor([[1, 5], [7, 2]]), 1).indices
    tensor([0, 1])
    """
    return _max_or_min("min", MIN, minimum, input, args, kwargs)


def _arg(name, kind, input, dim, keepdim):
    x = require_tensor(name, input)
    if dim is None:
        if not x.numel():
            fail_index(
                name, f"{name}(): Expected reduction dim to be specified for input.numel() == 0."
            )
        r = ops.arg_reduce(_arg_input(ops.reshape(x, (x.numel(),))), kind, 0)
        return ops.reshape(r, (1,) * x.ndim) if keepdim else r
    axis = wrap_dim(name, dim, x.ndim)
    _require_elements(name, x, (axis,), dim)
    if not x.ndim:
        return _core.full((), 0, int64, x.device)
    r = ops.arg_reduce(_arg_input(x), kind, axis)
    return keep_dims(r, x.shape, (axis,)) if keepdim else r


@op("argmax", out=True)
def argmax(input, dim=None, keepdim=False):
    """Index of the largest element, the first among equals: of the flattened tensor, or along dim.

    The result is int64.

    Raises:
        IndexError: a dimension out of range, or no elements in it.

    >>> pt.argmax(pt.tensor([1, 9, 9]))
    tensor(1)
    """
    return _arg("argmax", MAX, input, dim, keepdim)


@op("argmin", out=True)
def argmin(input, dim=None, keepdim=False):
    """Index of the smallest element, the first among equals: of the flattened tensor, or along dim.

    The result is int64.

    Raises:
        IndexError: a dimension out of range, or no elements in it.

    >>> pt.argmin(pt.tensor([4, 1, 9]))
    tensor(1)
    """
    return _arg("argmin", MIN, input, dim, keepdim)


# Logic and counting ----------------------------------------------------------------------------


def _logic(name, kind, input, dim, keepdim):
    x = require_tensor(name, input)
    r = reduce(truth(x), kind, wrap_dims(name, dim, x.ndim), keepdim)
    return cast(r, uint8) if x.dtype is uint8 else r


@op("all", out=True, notes=_notes.REDUCTION)
def all_(input, dim=None, keepdim=False):
    """Whether no element is 0, over the given dimensions (all by default).

    >>> pt.all(pt.tensor([True, False]))
    tensor(False)
    """
    return _logic("all", MIN, input, dim, keepdim)


@op("any", out=True, notes=_notes.REDUCTION)
def any_(input, dim=None, keepdim=False):
    """Whether some element is not 0, over the given dimensions (all by default).

    >>> pt.any(pt.tensor([True, False]))
    tensor(True)
    """
    return _logic("any", MAX, input, dim, keepdim)


@op("count_nonzero", notes=_notes.ALONG)
def count_nonzero(input, dim=None):
    """How many elements are not 0, over the given dimensions (all by default), as int64.

    >>> pt.count_nonzero(pt.tensor([0, 3, 4]))
    tensor(2)
    """
    return sum_(truth(require_tensor("count_nonzero", input)), dim)


# Logarithms of sums and norms ------------------------------------------------------------------


@op("logsumexp", out=True, notes=_notes.REDUCTION)
def logsumexp(input, dim, keepdim=False):
    """log(sum(exp(x))) over the given dimensions, without overflow.

    >>> pt.logsumexp(pt.tensor([0.0, 0.0]), 0)
    tensor(0.6931)
    """
    x = as_float(require_tensor("logsumexp", input))
    axes = _dims_or_all("logsumexp", dim, x.ndim)
    if not x.numel() and _count(x.shape, axes) == 0:
        return ops.log(reduce(x, SUM, axes, keepdim))
    m = reduce(x.detach(), MAX, axes)
    inf = constant(math.inf, m)
    m = ops.select(ops.compare(ops.abs(m), inf, EQ), constant(0, m), m)
    e = ops.exp(ops.sub(x, repeat_back(m, x.shape, axes) if x.ndim else m))
    r = ops.add(ops.log(reduce(e, SUM, axes)), m)
    return keep_dims(r, x.shape, axes) if keepdim and x.ndim else r


def vector_norm(x, p, axes, keepdim):
    """(sum |x|^p)^(1/p), with the subgradient 0 where PyTorch has 0."""
    if not x.ndim:
        axes = ()
    if p in (math.inf, -math.inf):
        return reduce(ops.abs(x), MAX if p > 0 else MIN, axes, keepdim)
    if p == 0:
        return reduce(
            connected(cast(ops.compare(x, constant(0, x), NE), x.dtype), x), SUM, axes, keepdim
        )
    if p == 1:
        return reduce(ops.abs(x), SUM, axes, keepdim)
    if p == 2:
        total = reduce(ops.mul(x, x), SUM, axes, keepdim)
        # sqrt has no gradient at 0; the norm's is 0 there.
        zero = ops.compare(total, constant(0, total), EQ)
        return ops.select(
            zero, constant(0, total), ops.sqrt(ops.select(zero, constant(1, total), total))
        )
    a = ops.abs(x)
    zero = ops.compare(a, constant(0, a), EQ)
    powers = ops.select(
        zero, constant(0 if p > 0 else math.inf, a), ops.select(zero, constant(1, a), a) ** p
    )
    total = reduce(powers, SUM, axes, keepdim)
    zero = ops.compare(total, constant(0, total), EQ)
    root = ops.select(zero, constant(1, total), total) ** (1 / p)
    return ops.select(zero, constant(0 if p > 0 else math.inf, total), root)


@op("norm")
def norm(input, p="fro", dim=None, keepdim=False, out=None, dtype=None):
    """p-norm over the given dimensions (all by default); "fro" is the 2-norm, "nuc" a matrix norm.

    `dim` is an int or several; those dimensions go, or stay with size 1 if `keepdim`.

    Raises:
        IndexError: a dimension out of range.
        RuntimeError: integers without `dtype`.

    >>> pt.norm(pt.tensor([3.0, 4.0]))
    tensor(5.)
    """
    x = require_tensor("norm", input)
    if dtype is not None:
        x = cast(x, dtype)
    if not is_float(x.dtype):
        fail_runtime(
            "norm",
            "norm(): input dtype should be either floating point or complex. Got "
            f"{SCALAR_NAME[x.dtype]} instead.",
        )
    axes = wrap_dims("norm", dim, x.ndim)
    if p == "nuc":
        from .linalg import matrix_norm

        r = matrix_norm(x, "nuc", dim=dim if dim is not None else (0, 1), keepdim=keepdim)
    else:
        r = vector_norm(x, 2.0 if p in ("fro", None) else p, axes, keepdim)
    if out is not None:
        return write_out("norm", out, r)
    return r


@op("dist")
def dist(input, other, p=2):
    """p-norm of input - other.

    Shapes broadcast; the result has no dimensions.

    Raises:
        RuntimeError: shapes that do not broadcast.

    >>> pt.dist(pt.tensor([1.0]), pt.tensor([4.0]))
    tensor(3.)
    """
    d = input - other
    return vector_norm(d, p, tuple(range(d.ndim)), False)


# Variance --------------------------------------------------------------------------------------


def _moments(name, input, dim, unbiased, correction, keepdim):
    """Mean and variance by two passes."""
    x = require_tensor(name, input)
    require_float(name, x, f"{name} only support floating point and complex dtypes")
    axes = _dims_or_all(name, dim, x.ndim)
    if correction is None:
        correction = 1 if unbiased is None or unbiased else 0
    n = _count(x.shape, axes)
    m = ops.reduce(x, SUM, axes) if x.ndim else x
    m = ops.div(m, constant(n, m))
    c = ops.sub(x, repeat_back(m, x.shape, axes))
    s = ops.reduce(ops.mul(c, c), SUM, axes) if x.ndim else ops.mul(c, c)
    v = ops.div(s, constant(max(n - correction, 0), s))
    if keepdim and x.ndim:
        m, v = keep_dims(m, x.shape, axes), keep_dims(v, x.shape, axes)
    return m, v


def _variance_arguments(dim, unbiased, correction):
    """var(x, unbiased), var(x, dim, unbiased) and var(x, dim, correction=...)."""
    if isinstance(dim, builtins.bool):
        return None, dim, correction
    return dim, unbiased, correction


@op("var", out=True, notes=_notes.REDUCTION_FLOAT)
def var(input, dim=None, unbiased=None, keepdim=False, *, correction=None):
    """Variance over the given dimensions, divided by n - correction (1 by default).

    Divides by n - `correction`; `unbiased` is its old form: 1 or 0.

    >>> pt.var(pt.tensor([1.0, 3.0]))
    tensor(2.)
    """
    dim, unbiased, correction = _variance_arguments(dim, unbiased, correction)
    return _moments("var", input, dim, unbiased, correction, keepdim)[1]


@op("std", out=True, notes=_notes.REDUCTION_FLOAT)
def std(input, dim=None, unbiased=None, keepdim=False, *, correction=None):
    """Standard deviation over the given dimensions, divided by n - correction (1 by default).

    Divides by n - `correction`; `unbiased` is its old form: 1 or 0.

    >>> pt.std(pt.tensor([1.0, 3.0]))
    tensor(1.4142)
    """
    dim, unbiased, correction = _variance_arguments(dim, unbiased, correction)
    return _root(_moments("std", input, dim, unbiased, correction, keepdim)[1])


def _root(v):
    """sqrt with the gradient 0 at 0, as PyTorch's std has."""
    zero = ops.compare(v, constant(0, v), EQ)
    return ops.select(zero, constant(0, v), ops.sqrt(ops.select(zero, constant(1, v), v)))


@op("var_mean", notes=_notes.REDUCTION_FLOAT)
def var_mean(input, dim=None, unbiased=None, keepdim=False, *, correction=None, out=None):
    """Variance and mean.

    Divides by n - `correction`; `unbiased` is its old form: 1 or 0.

    >>> pt.var_mean(pt.tensor([1.0, 3.0]))
    (tensor(2.), tensor(2.))
    """
    dim, unbiased, correction = _variance_arguments(dim, unbiased, correction)
    return _moments("var_mean", input, dim, unbiased, correction, keepdim)[::-1]


@op("std_mean", notes=_notes.REDUCTION_FLOAT)
def std_mean(input, dim=None, unbiased=None, keepdim=False, *, correction=None, out=None):
    """Standard deviation and mean.

    Divides by n - `correction`; `unbiased` is its old form: 1 or 0.

    >>> pt.std_mean(pt.tensor([1.0, 3.0]))
    (tensor(1.4142), tensor(2.))
    """
    dim, unbiased, correction = _variance_arguments(dim, unbiased, correction)
    m, v = _moments("std_mean", input, dim, unbiased, correction, keepdim)
    return _root(v), m


# Running combinations --------------------------------------------------------------------------


def _scan(name, input, dim, kind, dtype):
    x = _sum_input(require_tensor(name, input), dtype)
    axis = wrap_dim(name, dim, x.ndim)
    if not x.ndim:
        return clone(x)
    return ops.scan(x, kind, axis, False)


@op("cumsum", inplace=True, out=True, notes=_notes.SCAN)
def cumsum(input, dim, *, dtype=None):
    """Running sum along dim; integers and booleans sum in int64.

    >>> pt.cumsum(pt.tensor([1, 2, 3]), 0)
    tensor([1, 3, 6])
    """
    return _scan("cumsum", input, dim, SUM, dtype)


@op("cumprod", inplace=True, out=True, notes=_notes.SCAN)
def cumprod(input, dim, *, dtype=None):
    """Running product along dim; integers and booleans multiply in int64.

    >>> pt.cumprod(pt.tensor([1, 2, 3]), 0)
    tensor([1, 2, 6])
    """
    return _scan("cumprod", input, dim, PROD, dtype)


def _running_extreme(name, kind, input, dim):
    x = require_tensor(name, input)
    axis = wrap_dim(name, dim, x.ndim)
    if not x.ndim:
        return ValuesIndices[name](clone(x), _core.full((), 0, int64, x.device))
    d = _arg_input(x.detach())
    best = ops.scan(d, kind, axis, False)
    # The index of the last element that equals the running extreme so far (nan equals nan).
    position = ops.iota(tuple(x.shape), axis, int64)
    hit = ops.compare(d, best, EQ)
    if is_float(d.dtype):
        hit = ops.or_(hit, ops.compare(d, d, NE))
    indices = ops.scan(ops.select(hit, position, constant(0, position)), MAX, axis, False)
    if x.requires_grad:
        from .gather_scatter import gather

        return ValuesIndices[name](gather(x, axis, indices), indices)
    return ValuesIndices[name](cast(best, x.dtype), indices)


@op("cummax", out=True, notes=_notes.SCAN)
def cummax(input, dim):
    """Running maximum along dim, and the index it was last found at.

    >>> pt.cummax(pt.tensor([1, 3, 2]), 0).values
    tensor([1, 3, 3])
    """
    return _running_extreme("cummax", MAX, input, dim)


@op("cummin", out=True, notes=_notes.SCAN)
def cummin(input, dim):
    """Running minimum along dim, and the index it was last found at.

    >>> pt.cummin(pt.tensor([3, 1, 2]), 0).values
    tensor([3, 1, 1])
    """
    return _running_extreme("cummin", MIN, input, dim)


@op("logcumsumexp", out=True, notes=_notes.SCAN)
def logcumsumexp(input, dim):
    """log(cumsum(exp(x))) along dim.

    >>> pt.logcumsumexp(pt.tensor([0.0, 0.0]), 0)
    tensor([0.0000, 0.6931])
    """
    x = as_float(require_tensor("logcumsumexp", input))
    axis = wrap_dim("logcumsumexp", dim, x.ndim)
    if not x.ndim:
        return clone(x)
    # Doubling: after step k each element combines 2^k of its predecessors, without a global
    # maximum.
    n, r, step = x.shape[axis], x, 1
    from .arithmetic import logaddexp
    from .joining import cat

    while step < n:
        head, tail = r.narrow(axis, 0, step), r.narrow(axis, step, n - step)
        r = cat([head, logaddexp(tail, r.narrow(axis, 0, n - step))], axis)
        step *= 2
    return clone(r) if r is x else r


@op("diff", out=True)
def diff(input, n=1, dim=-1, prepend=None, append=None):
    """Differences of neighbours along dim, n times.

    The size of dim goes down by n.

    `prepend` and `append` are put before and behind first.

    Raises:
        IndexError: a dimension out of range.
        RuntimeError: no dimensions.

    >>> pt.diff(pt.tensor([1, 4, 9]))
    tensor([3, 5])
    """
    from .joining import cat

    x = require_tensor("diff", input)
    axis = wrap_dim("diff", dim, x.ndim)
    if not x.ndim:
        fail_runtime("diff", "diff expects input to be at least one-dimensional")
    if n == 0:
        return clone(x)
    parts = [p for p in (prepend, x, append) if p is not None]
    x = cat(parts, axis) if len(parts) > 1 else x
    for _ in range(min(n, x.shape[axis])):
        m = x.shape[axis]
        if not m:
            break
        a, b = x.narrow(axis, 1, m - 1), x.narrow(axis, 0, m - 1)
        x = a ^ b if x.dtype is bool_ else a - b
    return x


@op("trace")
def trace(input):
    """Sum of the diagonal of a matrix.

    The result has no dimensions; integers sum in int64.

    Raises:
        RuntimeError: an input that is no matrix.

    >>> pt.trace(pt.tensor([[1, 2], [3, 4]]))
    tensor(5)
    """
    if require_tensor("trace", input).ndim != 2:
        fail_runtime("trace", f"expected a matrix, but got tensor with dim {input.ndim}")
    return sum_(input.diagonal())


@op("bincount")
def bincount(input, weights=None, minlength=0):
    """How often each non-negative integer occurs (or the sum of its weights).

    A vector of int64, or of the dtype of the weights.

    There are at least `minlength` counts.

    Raises:
        RuntimeError: an input that is no vector of non-negative integers, or other weights.

    >>> pt.bincount(pt.tensor([0, 2, 2]))
    tensor([1, 0, 2])
    """
    x = require_tensor("bincount", input)
    if x.ndim != 1 or CATEGORY[x.dtype] == FLOAT:
        fail_runtime("bincount", "bincount only supports 1-d non-negative integral inputs.")
    x = cast(x, int64)
    size = minlength
    if x.numel():
        lowest, highest = x.min().item(), x.max().item()
        if lowest < 0:
            fail_runtime(
                "bincount", "bincount only supports 1-d non-negative integral inputs.", f"{lowest}"
            )
        size = max(minlength, highest + 1)
    if weights is None:
        dtype, w = int64, _core.full((x.numel(),), 1, int64, x.device)
    else:
        dtype = weights.dtype if is_float(weights.dtype) else promote_types(weights.dtype, float64)
        w = cast(weights, dtype)
    return ops.scatter(_core.full((size,), 0, dtype, x.device), x, w, 0, 0, 1)
