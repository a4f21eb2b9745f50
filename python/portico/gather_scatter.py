"""Elements chosen by index tensors along one dimension: gather, scatter and their relatives."""

from __future__ import annotations

import builtins
import math

from . import _core, _notes
from ._broadcast import (
    broadcast_two,
    cast,
    connected,
    constant,
    expand_value,
    operand,
    require_tensor,
    wrap_dim,
)
from ._dtypes import CATEGORY, INT, bool_, highest, int32, int64, is_float, lowest, uint8
from ._fail import fail_index, fail_runtime
from ._generated import ops
from ._positions import true_positions
from ._registry import assign, method, op
from .unary import EQ, LT, clone
from .views import reshape_to, without_repetition

Tensor = _core.Tensor
SET, ADD, MUL, MAX, MIN = range(5)


def _index(name, index):
    if not index.numel():
        return cast(index, int64)
    if index.dtype is not int64 and index.dtype is not int32:
        fail_index(
            name,
            f"{name}(): Expected dtype int32/int64 for index",
            index.dtype,
            None,
            "index.long()",
        )
    return index


def _last(x, axis):
    """x with `axis` last, and the permutation back (None when nothing moved)."""
    n = x.ndim
    if axis == n - 1:
        return x, None
    order = [i for i in range(n) if i != axis] + [axis]
    return ops.permute(x, tuple(order)), tuple(order.index(i) for i in range(n))


def _crop(x, shape, axis):
    """x cut to `shape` in all dimensions but axis."""
    limits = tuple(x.shape[i] if i == axis else n for i, n in enumerate(shape))
    if limits == tuple(x.shape):
        return x
    return ops.slice(x, (0,) * x.ndim, limits, (1,) * x.ndim)


def gather_last(x, index):
    """result[..., i] = x[..., index[..., i]], with all leading dimensions equal."""
    rows = math.prod(x.shape[:-1])
    flat = ops.gather(
        ops.reshape(x, (rows, x.shape[-1])), ops.reshape(index, (rows, index.shape[-1])), 1, 1
    )
    return ops.reshape(flat, tuple(index.shape))


@op(out=True)
def gather(input, dim, index, *, sparse_grad=False):
    """input[..., index[..., i, ...], ...] along dim. The result has index's shape.

    Raises `RuntimeError` when index is larger than input in another dimension, `IndexError` when an
    index is out of range.

    `sparse_grad` is accepted; gradients are dense.

    >>> pt.gather(pt.tensor([[1, 2], [3, 4]]), 1, pt.tensor([[0], [1]]))
    tensor([[1],
            [4]])
    """
    x = require_tensor("gather", input)
    axis = wrap_dim("gather", dim, x.ndim)
    index = _index("gather", index)
    if not x.ndim or not index.ndim:
        r = ops.gather(reshape_to(x, (x.numel(),)), reshape_to(index, (index.numel(),)), 0, 0)
        return ops.reshape(r, tuple(index.shape))
    if index.ndim != x.ndim:
        if not index.numel():
            return _core.full(tuple(index.shape), 0, x.dtype, x.device)
        fail_runtime(
            "gather",
            "Index tensor must have the same number of dimensions as input tensor",
            f"{index.ndim} and {x.ndim}",
        )
    for d in range(x.ndim):
        if d != axis and index.shape[d] > x.shape[d]:
            fail_runtime(
                "gather",
                f"Size does not match at dimension {d} expected index {list(index.shape)} to be "
                "no larger than self "
                f"{list(x.shape)} apart from dimension {axis}",
            )
    x, back = _last(_crop(x, index.shape, axis), axis)
    index, _ = _last(index, axis)
    r = gather_last(x, index)
    return ops.permute(r, back) if back else r


@op(notes=_notes.INDEXED)
def take_along_dim(input, indices, dim=None):
    """`gather` with broadcasting; of the flattened tensors when dim is None.

    `indices` are int64.

    >>> pt.take_along_dim(pt.tensor([[3, 1, 2]]), pt.tensor([[1, 2]]), 1)
    tensor([[1, 2]])
    """
    if dim is None:
        return gather(
            reshape_to(input, (input.numel(),)), 0, reshape_to(indices, (indices.numel(),))
        )
    axis = wrap_dim("take_along_dim", dim, input.ndim)
    if input.ndim != indices.ndim:
        fail_runtime(
            "take_along_dim",
            f"input and indices should have the same number of dimensions, but got {input.ndim} "
            f"dimensions for input, and {indices.ndim} dimensions for indices",
        )
    lead = [tuple(1 if i == axis else n for i, n in enumerate(x.shape)) for x in (input, indices)]
    common = broadcast_two("take_along_dim", *lead)

    def spread(x):
        return expand_value(x, tuple(x.shape[i] if i == axis else n for i, n in enumerate(common)))

    return gather(spread(input), axis, wrap_index(spread(indices), input.shape[axis]))


def _scatter(name, x, dim, index, src, combiner):
    """x with src combined in along dim at index, of whose shape src must be (or larger)."""
    axis = wrap_dim(name, dim, require_tensor(name, x).ndim)
    index = _index(name, index)
    if not isinstance(src, Tensor):
        src = expand_value(operand(src, x.dtype), index.shape)
    if not index.numel():
        return clone(x)
    if src.dtype is not x.dtype:
        fail_runtime(
            name,
            f"{name}(): Expected self.dtype to be equal to src.dtype",
            f"{x.dtype} and {src.dtype}",
        )
    if not x.ndim or not index.ndim:
        flat = lambda t: reshape_to(t, (t.numel(),))  # noqa: E731
        return ops.reshape(_scatter_last(flat(x), flat(index), flat(src), combiner), tuple(x.shape))
    if index.ndim != x.ndim or src.ndim != x.ndim:
        fail_runtime(
            name, "Index tensor must have the same number of dimensions as self and src tensors"
        )
    for d in range(x.ndim):
        if index.shape[d] > src.shape[d] or (d != axis and index.shape[d] > x.shape[d]):
            fail_runtime(
                name,
                f"Expected index {list(index.shape)} to be no larger than self {list(x.shape)} "
                "apart from dimension "
                f"{axis} and to be no larger size than src {list(src.shape)}",
            )
    if src.shape != index.shape:
        src = ops.slice(src, (0,) * src.ndim, tuple(index.shape), (1,) * src.ndim)
    part = _crop(x, index.shape, axis)
    moved, back = _last(part, axis)
    r = _scatter_last(moved, _last(index, axis)[0], _last(src, axis)[0], combiner)
    r = ops.permute(r, back) if back else r
    return r if part is x else ops.update_slice(x, r, (0,) * x.ndim, (1,) * x.ndim)


def _scatter_last(x, index, src, combiner):
    if x.dtype is bool_:
        return cast(_scatter_last(cast(x, uint8), index, cast(src, uint8), combiner), bool_)
    rows = math.prod(x.shape[:-1])
    as_rows = lambda t: ops.reshape(t, (rows, t.shape[-1]))  # noqa: E731
    r = ops.scatter(as_rows(x), as_rows(index), as_rows(src), 1, 1, combiner)
    return ops.reshape(r, tuple(x.shape))


@op("scatter", inplace=True, out=True, notes=_notes.INDEXED)
def scatter(input, dim, index, src=None, *, value=None, reduce=None):
    """A copy of input with src (or a number) written along dim at index.

    In place of `src` a number may be given, also as `value`.

    >>> pt.scatter(pt.zeros(3), 0, pt.tensor([2]), 5.0)
    tensor([0., 0., 5.])
    """
    source = value if src is None else src
    if reduce not in (None, "add", "multiply"):
        fail_runtime("scatter", "reduce argument must be either add or multiply.", reduce)
    combiner = {None: SET, "add": ADD, "multiply": MUL}[reduce]
    return _scatter("scatter", input, dim, index, source, combiner)


@op("scatter_add", inplace=True, out=True, notes=_notes.INDEXED)
def scatter_add(input, dim, index, src):
    """A copy of input with src added along dim at index.

    >>> pt.scatter_add(pt.zeros(2), 0, pt.tensor([1, 1]), pt.ones(2))
    tensor([0., 2.])
    """
    return _scatter("scatter_add", input, dim, index, src, ADD)


_REDUCTIONS = {"sum": ADD, "prod": MUL, "amax": MAX, "amin": MIN, "mean": ADD}


def _identity(reduce, dtype):
    return {"sum": 0, "mean": 0, "prod": 1, "amax": lowest(dtype), "amin": highest(dtype)}[reduce]


def _reduced(name, x, include_self, reduce, scatter_into):
    """The common part of scatter_reduce and index_reduce. `scatter_into(base, what, combiner)`."""
    if reduce not in _REDUCTIONS:
        fail_runtime(
            name, f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}."
        )
    base = x
    if not include_self:
        # What is written to starts from the identity, what is not keeps its value.
        zero = _core.full(tuple(x.shape), False, bool_, x.device)
        touched = scatter_into(zero, True, SET)
        base = ops.select(
            touched, expand_value(_core.scalar(_identity(reduce, x.dtype), x.dtype), x.shape), x
        )
    r = scatter_into(base, None, _REDUCTIONS[reduce])
    if reduce != "mean":
        return r
    ones = _core.full(tuple(x.shape), 1 if include_self else 0, x.dtype, x.device)
    count = scatter_into(ones, 1, ADD)
    count = ops.select(ops.compare(count, constant(0, count), EQ), constant(1, count), count)
    if is_float(x.dtype):
        return ops.div(r, count)
    return r.div(count, rounding_mode="floor")


@op("scatter_reduce", inplace=True, out=True, notes=_notes.INDEXED)
def scatter_reduce(input, dim, index, src, reduce, *, include_self=True):
    """A copy of input with src reduced along dim at index: sum, prod, mean, amax or amin.

    Without `include_self` elements that are written start from nothing.

    >>> pt.scatter_reduce(pt.zeros(2), 0, pt.tensor([1, 1]), pt.tensor([3.0, 4.0]), "amax")
    tensor([0., 4.])
    """

    def into(base, what, combiner):
        source = src if what is None else expand_value(_core.scalar(what, base.dtype), index.shape)
        return _scatter("scatter_reduce", base, dim, index, source, combiner)

    return _reduced("scatter_reduce", input, include_self, reduce, into)


# A vector of indices of whole slices -----------------------------------------------------------


@op(out=True, notes=_notes.INDEXED)
def index_select(input, dim, index):
    """Slices of dim at a vector of indices.

    >>> pt.index_select(pt.tensor([[1, 2], [3, 4]]), 0, pt.tensor([1]))
    tensor([[3, 4]])
    """
    x = require_tensor("index_select", input)
    axis = wrap_dim("index_select", dim, x.ndim)
    if index.ndim > 1:
        fail_index(
            "index_select", "index_select(): Index is supposed to be a vector", list(index.shape)
        )
    index = reshape_to(_index("index_select", index), (index.numel(),))
    if not x.ndim:
        return ops.reshape(ops.gather(reshape_to(x, (1,)), index, 0, 0), ())
    return ops.gather(x, index, axis, 0)


def _index_write(name, x, dim, index, source, combiner, scale=None):
    axis = wrap_dim(name, dim, require_tensor(name, x).ndim)
    if index.ndim > 1:
        fail_index(name, f"{name}(): Index is supposed to be a vector", list(index.shape))
    index = reshape_to(_index(name, index), (index.numel(),))
    shape = tuple(x.shape)
    if not x.ndim:
        x = reshape_to(x, (1,))
    want = tuple(x.shape[:axis]) + (index.shape[0],) + tuple(x.shape[axis + 1 :])
    if not isinstance(source, Tensor):
        source = expand_value(operand(source, x.dtype), want)
    elif source.dtype is not x.dtype:
        fail_runtime(
            name,
            f"{name}(): self and source expected to have the same dtype, but got (self) {x.dtype} "
            f"and (source) {source.dtype}",
        )
    if not source.ndim:
        source = ops.reshape(source, (1,)) if want == (1,) else expand_value(source, want)
    if tuple(source.shape) != want:
        fail_index(
            name,
            f"{name}(): Number of indices ({index.shape[0]}) should be equal to source.size(dim)",
            list(source.shape),
            list(want),
        )
    if scale is not None:
        source = source * scale
    if x.dtype is bool_:
        r = cast(ops.scatter(cast(x, uint8), index, cast(source, uint8), axis, 0, combiner), bool_)
    else:
        r = ops.scatter(x, index, source, axis, 0, combiner)
    return ops.reshape(r, shape) if tuple(r.shape) != shape else r


@op("index_add", inplace=True, out=True, notes=_notes.INDEXED)
def index_add(input, dim, index, source, *, alpha=1):
    """A copy of input with alpha * source added to slices of dim.

    >>> pt.index_add(pt.zeros(2), 0, pt.tensor([1, 1]), pt.ones(2))
    tensor([0., 2.])
    """
    return _index_write("index_add", input, dim, index, source, ADD, None if alpha == 1 else alpha)


@op("index_copy", inplace=True, out=True, notes=_notes.INDEXED)
def index_copy(input, dim, index, source):
    """A copy of input with slices of dim replaced by source.

    >>> pt.index_copy(pt.zeros(2), 0, pt.tensor([1]), pt.ones(1))
    tensor([0., 1.])
    """
    return _index_write("index_copy", input, dim, index, source, SET)


def _index_fill_mask(input, dim, index, value):
    if isinstance(value, Tensor) and value.ndim:
        fail_runtime(
            "index_fill",
            "index_fill_ only supports a 0-dimensional value tensor, but got tensor with "
            f"{value.ndim} dimension(s).",
        )
    axis = wrap_dim("index_fill", dim, input.ndim)
    if index.ndim > 1:
        fail_index(
            "index_fill", "index_fill_(): Index is supposed to be a vector", list(index.shape)
        )
    # A mask, so that an index that occurs twice counts once in the gradient of value.
    n = input.shape[axis] if input.ndim else 1
    index = reshape_to(_index("index_fill", index), (index.numel(),))
    hits = ops.scatter(
        _core.full((n,), 0, uint8, input.device),
        index,
        _core.full((index.shape[0],), 1, uint8, input.device),
        0,
        0,
        SET,
    )
    mask = cast(hits, bool_)
    return ops.broadcast(mask, tuple(input.shape), (axis,)) if input.ndim else ops.reshape(mask, ())


@op("index_fill", notes=_notes.INDEXED)
def index_fill(input, dim, index, value):
    """A copy of input with slices of dim filled with a number.

    `value` is a number or a 0-d tensor.

    >>> pt.index_fill(pt.zeros(2), 0, pt.tensor([1]), 3)
    tensor([0., 3.])
    """
    mask = _index_fill_mask(input, dim, index, value)
    return ops.select(mask, expand_value(operand(value, input.dtype), input.shape), input)


@op("index_fill_", notes=_notes.INDEXED)
def index_fill_(input, dim, index, value):
    """Fills slices of dim with a number, in place; returns input. Elements may be repeated in it.

    `value` is a number or a 0-d tensor.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.index_fill_.html

    >>> pt.zeros(2).index_fill_(0, pt.tensor([1]), 3)
    tensor([0., 3.])
    """
    x, mask = without_repetition(input, _index_fill_mask(input, dim, index, value))
    value = expand_value(operand(value, x.dtype), x.shape)
    assign("index_fill_", x, ops.select(mask, value, x))
    return input


@op("index_reduce", inplace=True, out=True, notes=_notes.INDEXED)
def index_reduce(input, dim, index, source, reduce, *, include_self=True):
    """A copy of input with source reduced into slices of dim: prod, mean, amax or amin.

    Without `include_self` elements that are written start from nothing.

    >>> pt.index_reduce(pt.ones(2), 0, pt.tensor([1, 1]), pt.tensor([3.0, 4.0]), "prod")
    tensor([ 1., 12.])
    """

    def into(base, what, combiner):
        return _index_write(
            "index_reduce", base, dim, index, source if what is None else what, combiner
        )

    return _reduced("index_reduce", input, include_self, reduce, into)


# Flat indices ----------------------------------------------------------------------------------


def _flat_index(name, index, n):
    if CATEGORY[index.dtype] != INT:
        fail_runtime(
            name, f"{name}(): Expected a long tensor for index", index.dtype, None, "index.long()"
        )
    return wrap_index(index, n)


def wrap_index(index, n):
    """Negative indices counted from the end."""
    if index.dtype is not int64:
        index = cast(index, int64)
    return ops.select(
        ops.compare(index, constant(0, index), LT), ops.add(index, constant(n, index)), index
    )


@op(out=True, notes=_notes.INDEXED)
def take(input, index):
    """Elements of the flattened input.

    >>> pt.take(pt.tensor([[1, 2], [3, 4]]), pt.tensor([3, 0]))
    tensor([4, 1])
    """
    n = input.numel()
    return ops.gather(ops.reshape(input, (n,)), _flat_index("take", index, n), 0, 0)


@op("put", inplace=True, notes=_notes.INDEXED)
def put(input, index, source, accumulate=False):
    """A copy of input with elements of the flattened tensor replaced by, or increased by, source.

    `accumulate` adds.

    >>> pt.put(pt.zeros(2), pt.tensor([1]), pt.ones(1))
    tensor([0., 1.])
    """
    n, m = input.numel(), index.numel()
    if source.numel() != m:
        fail_runtime(
            "put",
            "put_(): Expected source and index to have the same number of elements, but got "
            f"source.numel() = {source.numel()}, index.numel() = {m}",
        )
    flat = ops.reshape(input, (n,))
    at = ops.reshape(_flat_index("put", index, n), (m,))
    r = ops.scatter(flat, at, ops.reshape(source, (m,)), 0, 0, ADD if accumulate else SET)
    return ops.reshape(r, tuple(input.shape))


@op(out=True)
def masked_select(input, mask):
    """Elements where mask is true, as a vector; both broadcast.

    Raises:
        RuntimeError: a mask that is not boolean, or shapes that do not broadcast.

    >>> pt.masked_select(pt.tensor([1, 2, 3]), pt.tensor([True, False, True]))
    tensor([1, 3])
    """
    x = require_tensor("masked_select", input)
    if mask.dtype is not bool_:
        fail_runtime("masked_select", "masked_select: expected BoolTensor for mask", mask.dtype)
    shape = broadcast_two("masked_select", x.shape, mask.shape)
    x, mask = expand_value(x, shape), expand_value(mask, shape)
    index = true_positions(mask)
    return ops.gather(ops.reshape(x, (math.prod(shape),)), index, 0, 0)


@op("masked_scatter", inplace=True)
def masked_scatter(input, mask, source):
    """A copy of input with the elements where mask is true replaced by those of source, in order.

    Raises:
        RuntimeError: a mask that is not boolean, or shapes that do not broadcast.

    >>> pt.masked_scatter(pt.zeros(3), pt.tensor([True, False, True]), pt.tensor([1.0, 2.0]))
    tensor([1., 0., 2.])
    """
    if mask.dtype is not bool_:
        fail_runtime("masked_scatter", "masked_scatter_ only supports boolean masks", mask.dtype)
    if source.dtype is not input.dtype:
        fail_runtime(
            "masked_scatter",
            f"masked_scatter: expected self and source to have same dtypes but got {input.dtype} "
            f"and {source.dtype}",
        )
    shape = broadcast_two("masked_scatter", input.shape, mask.shape)
    x, mask = expand_value(input, shape), expand_value(mask, shape)
    n = math.prod(shape)
    index = true_positions(mask)
    m = builtins.int(index.shape[0])
    if source.numel() < m:
        fail_runtime(
            "masked_scatter",
            "Number of elements of source < number of ones in mask",
            f"{source.numel()} and {m}",
        )
    taken = ops.slice(ops.reshape(source, (source.numel(),)), (0,), (m,), (1,))
    r = ops.scatter(ops.reshape(x, (n,)), index, taken, 0, 0, SET)
    return ops.reshape(r, tuple(shape))


def _filling(name, x, value):
    if isinstance(value, Tensor) and value.ndim:
        fail_runtime(
            name,
            f"{name} only supports 0-dimension value tensor but got tensor with {value.ndim} "
            "dimensions.",
        )
    return expand_value(operand(value, x.dtype), x.shape)


@method("fill_")
def fill_(self, value):
    """Fills this tensor with a number or a 0-d tensor; returns it.

    Raises:
        RuntimeError: a value of more dimensions.

    >>> pt.zeros(2).fill_(3)
    tensor([3., 3.])
    """
    # A number may be written more than once to one place.
    x = self if isinstance(value, Tensor) else without_repetition(self)
    assign("fill_", x, _filling("fill_", x, value))
    return self


@op("fill", method=False)
def fill(input, value):
    """A tensor of input's shape and dtype filled with a number or a 0-d tensor.

    Raises:
        RuntimeError: a value of more dimensions.

    >>> pt.fill(pt.zeros(2), 3)
    tensor([3., 3.])
    """
    return connected(_filling("fill", input, value), input)


@method("zero_")
def zero_(self):
    """Fills this tensor with zeros; returns it.

    >>> pt.ones(2).zero_()
    tensor([0., 0.])
    """
    return fill_(self, 0)
