"""x[...] and x[...] = v in all their forms, and the functions behind them.

An index is parsed in two steps. Integers, slices, None and ... make a view. Index
tensors and masks that remain pick elements of that view: several of them are merged
into one flat index over the dimensions they cover, so that one gather or scatter does it.
"""

from __future__ import annotations

import builtins
import math

import numpy as np

from . import _core
from ._broadcast import broadcast_two, cast, constant, expand_value, operand, require_tensor
from ._device import move
from ._dtypes import bool_, int64, is_float, uint8
from ._fail import fail_index, fail_runtime, fail_type
from ._generated import ops
from ._positions import true_indices
from ._registry import method, op
from .comparison import truth
from .gather_scatter import ADD, SET, wrap_index
from .unary import GE, LT
from .views import select, slice_along, without_repetition

Tensor = _core.Tensor


# Nonzero: its shape depends on values -------------------------------------------------------------


@op(out=True)
def nonzero(input, *, as_tuple=False):
    """Indices of the elements that are not 0: one row each, or a tuple of vectors.

    int64; the number of rows depends on the values, which are computed now.

    `as_tuple` gives one tensor for each dimension instead.

    Raises:
        TypeError: the input is no tensor.

    >>> pt.nonzero(pt.tensor([0, 3, 4]))
    tensor([[1],
            [2]])
    """
    x = require_tensor("nonzero", input)
    found = true_indices(truth(x.detach()))
    if as_tuple:
        return tuple(found)
    n = found[0].shape[0]
    if not x.ndim:
        return _core.full((n, 0), 0, int64, x.device)
    if _core.is_host(x.device):
        rows = np.stack([a.numpy(force=True) for a in found], 1)
        return _core.from_buffer(rows, copy=True, device=x.device)
    return ops.concat([ops.reshape(a, (n, 1)) for a in found], 1)


@op()
def argwhere(input):
    """Indices of the elements that are not 0, one row each.

    int64; the number of rows depends on the values, which are computed now.

    Raises:
        TypeError: the input is no tensor.

    >>> pt.argwhere(pt.tensor([0, 3]))
    tensor([[1]])
    """
    return nonzero(input)


# Parsing -----------------------------------------------------------------------------------------


def _beside(x, index):
    """The index on x's device: indices of the host go with any tensor, as in PyTorch."""
    return move(index, x.device) if _core.is_host(index.device) else index


def _as_index(item):
    """Sequences and arrays become index tensors."""
    if isinstance(item, Tensor):
        return cast(item, bool_) if item.dtype is uint8 else item
    array = np.asarray(item)
    if array.dtype == object or array.dtype.kind not in "biu":
        if array.size == 0:
            array = array.astype(np.int64)
        else:
            fail_index(
                "index",
                "tensors used as indices must be long, int, byte or bool tensors",
                f"{item!r:.80}",
            )
    return _core.from_buffer(
        array if array.dtype.kind == "b" else array.astype(np.int64), copy=True
    )


def _normalise(x, index):
    """A tuple of int, slice, None, bool and Tensor with the ellipsis expanded."""
    if not isinstance(index, tuple):
        index = (index,)
    items, used = [], 0
    for i in index:
        if i is None or i is Ellipsis or isinstance(i, slice | builtins.bool):
            pass
        elif isinstance(i, builtins.int | np.integer):
            i = builtins.int(i)
        elif isinstance(i, Tensor | list | tuple | np.ndarray | range):
            i = _as_index(i)
            if i.dtype is not bool_ and is_float(i.dtype):
                fail_index(
                    "index",
                    "tensors used as indices must be long, int, byte or bool tensors",
                    i.dtype,
                )
            used += i.ndim if i.dtype is bool_ else 1
        elif hasattr(i, "__index__"):
            i = i.__index__()
        else:
            fail_index(
                "index",
                "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables "
                "are valid indices "
                f"(got {type(i).__name__})",
            )
        if isinstance(i, slice) or type(i) is int:
            used += 1
        items.append(i)
    if used > x.ndim:
        fail_index("index", f"too many indices for tensor of dimension {x.ndim}")
    if Ellipsis in [i for i in items if not isinstance(i, Tensor)]:
        at = next(k for k, i in enumerate(items) if i is Ellipsis)
        if any(i is Ellipsis for i in items[at + 1 :]):
            fail_index("index", "an index can only have a single ellipsis ('...')")
        items[at : at + 1] = [slice(None)] * (x.ndim - used)
    return items


def _bound(v):
    return None if v is None else builtins.int(v.item()) if isinstance(v, Tensor) else v.__index__()


def _resolve_slice(s, n):
    step = 1 if s.step is None else _bound(s.step)
    if step <= 0:
        fail_index("index", "step must be greater than zero", step, None, "flip")
    start, stop, step = slice(_bound(s.start), _bound(s.stop), step).indices(n)
    return start, max(stop, start), step


def parse(x, index):
    """-> (the view that the basic part selects, {dimension of the view: index tensor})"""
    items = _normalise(x, index)
    starts, stops, steps = [0] * x.ndim, list(x.shape), [1] * x.ndim
    shape, tensors, d, sliced = [], {}, 0, False
    for i in items:
        if i is None:
            shape.append(1)
        elif isinstance(i, builtins.bool) or (
            isinstance(i, Tensor) and i.dtype is bool_ and not i.ndim
        ):
            # A scalar mask is an index [0] or [] into a new dimension.
            keep = i if isinstance(i, builtins.bool) else builtins.bool(i.item())
            tensors[len(shape)] = _core.from_buffer(np.zeros(1 if keep else 0, np.int64), copy=True)
            shape.append(1)
        elif isinstance(i, Tensor):
            if i.dtype is bool_:
                for m in range(i.ndim):
                    if i.shape[m] != x.shape[d + m]:
                        fail_index(
                            "index",
                            f"The shape of the mask {list(i.shape)} at index {m} does not match "
                            "the shape of the "
                            f"indexed tensor {list(x.shape)} at index {d + m}",
                        )
                for found in true_indices(i):
                    tensors[len(shape)] = _beside(x, found)
                    shape.append(x.shape[d])
                    d += 1
            else:
                tensors[len(shape)] = _beside(x, i)
                shape.append(x.shape[d])
                d += 1
        elif isinstance(i, slice):
            n = x.shape[d]
            start, stop, step = _resolve_slice(i, n)
            starts[d], stops[d], steps[d] = start, stop, step
            sliced = sliced or (start, stop, step) != (0, n, 1)
            shape.append(-(-(stop - start) // step))
            d += 1
        else:
            n = x.shape[d]
            if not -n <= i < n:
                fail_index(
                    "index",
                    f"index {i} is out of bounds for dimension {d} with size {n}"
                    if x.ndim
                    else "invalid index of a 0-dim tensor. Use `tensor.item()` in Python",
                )
            starts[d] = i % n
            stops[d] = starts[d] + 1
            sliced = True
            d += 1
    shape.extend(x.shape[d:])
    v = x._view_slice(tuple(starts), tuple(stops), tuple(steps)) if sliced else x
    if tuple(v.shape) != tuple(shape):
        v = v._view_reshape(tuple(shape))
    return v, tensors


# Picking -----------------------------------------------------------------------------------------


class Picked:
    """Where index tensors point to: x rearranged so that they cover one dimension, `axis`."""

    def __init__(self, x, tensors):
        dims = sorted(tensors)
        index = [wrap_index(tensors[d], x.shape[d]) for d in dims]
        common = ()
        for i in index:
            try:
                common = broadcast_two("index", common, i.shape)
            except RuntimeError:
                fail_index(
                    "index",
                    "shape mismatch: indexing tensors could not be broadcast together with shapes "
                    + ", ".join(str(list(i.shape)) for i in index),
                )
        index = [expand_value(i, common) for i in index]
        self.order = None
        if dims != list(range(dims[0], dims[0] + len(dims))):
            # Dimensions that are not neighbours move to the front, as in NumPy.
            self.order = dims + [d for d in range(x.ndim) if d not in dims]
            x = ops.permute(x, tuple(self.order))
            dims = list(range(len(dims)))
        self.axis = dims[0]
        self.moved = tuple(x.shape)
        sizes = self.moved[self.axis : self.axis + len(dims)]
        self.flat_shape = (
            self.moved[: self.axis] + (math.prod(sizes),) + self.moved[self.axis + len(dims) :]
        )
        self.flat = ops.reshape(x, self.flat_shape) if len(dims) > 1 else x
        self.index = index[0] if len(dims) == 1 else _merge(index, sizes)
        self.result_shape = (
            self.moved[: self.axis] + tuple(common) + self.moved[self.axis + len(dims) :]
        )

    def get(self):
        return ops.gather(self.flat, self.index, self.axis, 0)

    def put(self, values, combiner):
        """x with values (of result_shape) written where the index points to."""
        base = self.flat
        if base.dtype is bool_:
            r = ops.scatter(
                cast(base, uint8), self.index, cast(values, uint8), self.axis, 0, combiner
            )
            r = cast(r, bool_)
        else:
            r = ops.scatter(base, self.index, values, self.axis, 0, combiner)
        if tuple(r.shape) != self.moved:
            r = ops.reshape(r, self.moved)
        if self.order:
            r = ops.permute(r, tuple(self.order.index(i) for i in range(len(self.order))))
        return r


def _merge(index, sizes):
    """One flat index; an index out of its own range must stay out of range."""
    flat, inside = None, None
    for i, n in zip(index, sizes, strict=True):
        ok = ops.and_(ops.compare(i, constant(0, i), GE), ops.compare(i, constant(n, i), LT))
        inside = ok if inside is None else ops.and_(inside, ok)
        flat = i if flat is None else ops.add(ops.mul(flat, constant(n, flat)), i)
    return ops.select(inside, flat, constant(-1, flat))


def _scalars_first(v, tensors):
    """0-d index tensors next to others select first, as integers do."""
    if len(tensors) > 1:
        for d in sorted((d for d, i in tensors.items() if not i.ndim), reverse=True):
            v = select(v, d, builtins.int(tensors.pop(d).item()))
            tensors = {(k if k < d else k - 1): t for k, t in tensors.items()}
    return v, tensors


@method("__getitem__")
def getitem(self, index):
    """self[index]: a view for integers, slices, None and ...; a copy for index tensors and
    masks."""
    if type(index) is int and self.ndim:
        n = self.shape[0]
        if not -n <= index < n:
            fail_index("index", f"index {index} is out of bounds for dimension 0 with size {n}")
        return select(self, 0, index)
    if type(index) is slice and self.ndim:
        return slice_along(self, 0, *_resolve_slice(index, self.shape[0]))
    v, tensors = _scalars_first(*parse(self, index))
    if tensors:
        return Picked(v, tensors).get()
    return v._view_reshape(tuple(v.shape)) if v is self else v


def _fit_value(value, shape, dtype, name="index"):
    """value cast and repeated to shape; leading dimensions of size 1 may be missing there."""
    if not isinstance(value, Tensor):
        if isinstance(value, np.ndarray | list | tuple):
            value = _core.from_buffer(np.asarray(value), copy=True)
        elif not isinstance(value, builtins.int | builtins.float | np.generic):
            fail_type("setitem", f"can't assign a {type(value).__name__} to a {dtype} tensor")
    v = operand(value, dtype)
    extra = v.ndim - len(shape)
    if extra > 0 and all(n == 1 for n in v.shape[:extra]):
        v = ops.reshape(v, tuple(v.shape[extra:]))
    try:
        fits = tuple(broadcast_two(name, shape, v.shape)) == tuple(shape)
    except RuntimeError:
        fits = False
    if not fits:
        fail_runtime(
            name,
            f"shape mismatch: value tensor of shape {list(v.shape)} cannot be broadcast to "
            f"indexing result of shape {list(shape)}",
        )
    return expand_value(v, shape)


@method("__setitem__")
def setitem(self, index, value):
    """self[index] = value; value broadcasts and is cast to self's dtype."""
    plain = not isinstance(value, Tensor) or not value.ndim
    if isinstance(index, Tensor) and index.dtype is bool_ and index.ndim and plain:
        return _fill_where(self, index, value)
    v, tensors = _scalars_first(*parse(self, index))
    if not tensors:
        v._assign(_fit_value(value, tuple(v.shape), self.dtype, "setitem"))
        return
    picked = Picked(v, tensors)
    v._assign(picked.put(_fit_value(value, picked.result_shape, self.dtype), SET))


def _fill_where(x, mask, value):
    """x[mask] = number needs no count of the mask."""
    if tuple(mask.shape) != tuple(x.shape[: mask.ndim]):
        parse(x, mask)  # raises
    full = ops.broadcast(mask, tuple(x.shape), tuple(range(mask.ndim)))
    x, full = without_repetition(x, full)
    x._assign(ops.select(full, _fit_value(value, tuple(x.shape), x.dtype), x))


def _indices(x, indices):
    """The index tensors of index_put, by dimension; masks expand, None skips a dimension."""
    items = [slice(None) if i is None else _as_index(i) for i in indices]
    return parse(x, tuple(items))


@op("index_put", inplace=True)
def index_put(input, indices, values, accumulate=False):
    """A copy of input with values written (or added) at a tuple of index tensors.

    `indices` is a tuple of what may stand between brackets; `accumulate` adds.

    Raises:
        IndexError: an index out of range; RuntimeError: dtypes that differ.

    >>> pt.index_put(pt.zeros(3), (pt.tensor([1]),), pt.tensor(5.0))
    tensor([0., 5., 0.])
    """
    x = require_tensor("index_put", input)
    if values.dtype is not x.dtype:
        fail_runtime(
            "index_put",
            f"Index put requires the source and destination dtypes match, got {x.dtype} for the "
            f"destination and {values.dtype} for the source.",
        )
    v, tensors = _indices(x, indices)
    picked = Picked(v, tensors)
    r = picked.put(_fit_value(values, picked.result_shape, x.dtype), ADD if accumulate else SET)
    return ops.reshape(r, tuple(x.shape)) if r.shape != x.shape else r


@method("index")
def index_method(self, indices):
    """self at a tuple of index tensors, of which None takes a whole dimension.

    Raises:
        IndexError: an index out of range; shapes that do not broadcast.

    >>> pt.tensor([5, 6, 7]).index((pt.tensor([0, 2]),))
    tensor([5, 7])
    """
    return getitem(self, tuple(slice(None) if i is None else i for i in indices))
