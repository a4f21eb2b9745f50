"""Sorting, selection by rank, and search in sorted sequences."""

from __future__ import annotations

import builtins
import math

from . import _core, _notes
from ._broadcast import as_float, cast, constant, operand, require_tensor, wrap_dim
from ._dtypes import int32, int64, is_float
from ._fail import fail_index, fail_runtime
from ._generated import ops
from ._registry import op
from .gather_scatter import gather
from .reductions import ValuesIndices, keep_dims, return_type
from .unary import EQ, LE, LT, NE, clone
from .views import reshape_to, slice_along

Tensor = _core.Tensor


def _sorted(x, axis, descending):
    if not x.ndim:
        return clone(x), _core.full((), 0, int64, x.device)
    return ops.sort(x, axis, descending)


@op("sort", out=True, notes=_notes.ORDER)
def sort(input, dim=-1, descending=False, stable=False):
    """Values in order along dim, and their indices. The sort is always stable; nan is the largest.

    `descending` turns the order round; nan is the largest.

    >>> pt.sort(pt.tensor([3, 1, 2])).values
    tensor([1, 2, 3])
    """
    x = require_tensor("sort", input)
    return ValuesIndices["sort"](
        *_sorted(x, wrap_dim("sort", dim, x.ndim), builtins.bool(descending))
    )


@op(notes=_notes.ORDER)
def argsort(input, dim=-1, descending=False, stable=False):
    """Indices that sort along dim.

    `descending` turns the order round; nan is the largest.

    >>> pt.argsort(pt.tensor([3, 1, 2]))
    tensor([1, 2, 0])
    """
    return sort(input, dim, descending).indices


@op(out=True, notes=_notes.ORDER)
def msort(input):
    """Values in order along dimension 0.

    >>> pt.msort(pt.tensor([3, 1, 2]))
    tensor([1, 2, 3])
    """
    return sort(input, 0).values


@op(out=True, notes=_notes.ORDER)
def topk(input, k, dim=-1, largest=True, sorted=True):
    """The k largest (or smallest) values along dim in order, and their indices.

    `sorted` is accepted: they always are.

    Raises:
        RuntimeError: a k out of range.

    >>> pt.topk(pt.tensor([3, 1, 2]), 2).values
    tensor([3, 2])
    """
    x = require_tensor("topk", input)
    axis = wrap_dim("topk", dim, x.ndim)
    n = x.shape[axis] if x.ndim else 1
    if isinstance(k, Tensor):
        k = builtins.int(k.item())
    if not 0 <= k <= n:
        fail_runtime("topk", "selected index k out of range", k, f"0 to {n}")
    values, indices = _sorted(x, axis, largest)
    if x.ndim:
        values, indices = (slice_along(t, axis, 0, k).contiguous() for t in (values, indices))
    return ValuesIndices["topk"](values, indices)


def _ranked(name, values, indices, axis, k, keepdim, x):
    """The k-th of sorted values."""
    if not x.ndim:
        return ValuesIndices[name](values, indices)
    pair = []
    for t in (values, indices):
        part = slice_along(t, axis, k, k + 1)
        pair.append(
            part.clone()
            if keepdim
            else ops.reshape(part, tuple(n for i, n in enumerate(x.shape) if i != axis))
        )
    return ValuesIndices[name](*pair)


@op(out=True, notes=_notes.PICK)
def kthvalue(input, k, dim=-1, keepdim=False):
    """The k-th smallest value along dim (from 1), and its index.

    Raises:
        RuntimeError: a k out of range.

    >>> pt.kthvalue(pt.tensor([3, 1, 2]), 2).values
    tensor(2)
    """
    x = require_tensor("kthvalue", input)
    axis = wrap_dim("kthvalue", dim, x.ndim)
    n = x.shape[axis] if x.ndim else 1
    if not 1 <= k <= n:
        fail_runtime(
            "kthvalue",
            "kthvalue(): selected number k out of range for dimension " + str(axis),
            k,
            f"1 to {n}",
        )
    return _ranked("kthvalue", *_sorted(x, axis, False), axis, k - 1, keepdim, x)


def _median(name, input, dim, keepdim, skip_nan):
    x = require_tensor(name, input)
    whole = dim is None
    if whole:
        if not x.numel():
            return _core.full(
                (),
                math.nan if is_float(x.dtype) else -(2**63) if x.dtype is int64 else 0,
                x.dtype,
                x.device,
            )
        x = reshape_to(x, (x.numel(),))
        dim = 0
    axis = wrap_dim(name, dim, x.ndim)
    n = x.shape[axis] if x.ndim else 1
    if not n:
        fail_index(name, f"{name}(): Expected reduction dim {axis} to have non-zero size.")
    values, indices = _sorted(x, axis, False)
    if not x.ndim:
        r = ValuesIndices[name](values, indices)
        return r.values if whole else r
    if not is_float(x.dtype):
        r = _ranked(name, values, indices, axis, (n - 1) // 2, keepdim and not whole, x)
        return r.values if whole else r
    # nan sorts last: any nan makes the median nan, or shortens the row for nanmedian.
    nan = cast(ops.compare(x, x, NE), int64)
    count = keep_dims(ops.reduce(nan, 0, (axis,)), x.shape, (axis,))
    if skip_nan:
        rank = ops.max(constant(n - 1, count) - count, constant(0, count)).div(
            2, rounding_mode="trunc"
        )
    else:
        any_nan = ops.compare(count, constant(0, count), NE)
        first_nan = constant(n, count) - count
        rank = ops.select(any_nan, first_nan, constant((n - 1) // 2, count))
    picked = gather(values, axis, rank), gather(indices, axis, rank)
    if not keepdim or whole:
        shape = tuple(m for i, m in enumerate(x.shape) if i != axis)
        picked = tuple(ops.reshape(p, shape) for p in picked)
    r = ValuesIndices[name](*picked)
    return r.values if whole else r


@op(out=True, notes=_notes.PICK)
def median(input, dim=None, keepdim=False):
    """The lower median of all elements, or of each row along dim with its index.

    >>> pt.median(pt.tensor([3, 1, 2]))
    tensor(2)
    """
    return _median("median", input, dim, keepdim, False)


@op(out=True, notes=_notes.PICK)
def nanmedian(input, dim=None, keepdim=False):
    """`median` of what is not nan.

    >>> pt.nanmedian(pt.tensor([3.0, float("nan"), 1.0]))
    tensor(1.)
    """
    return _median("nanmedian", input, dim, keepdim, True)


@op(out=True, notes=_notes.PICK)
def mode(input, dim=-1, keepdim=False):
    """The most frequent value along dim (the smallest of equals), and the index of its last
    occurrence.

    >>> pt.mode(pt.tensor([1, 2, 2])).values
    tensor(2)
    """
    x = require_tensor("mode", input)
    axis = wrap_dim("mode", dim, x.ndim)
    if not x.ndim:
        return ValuesIndices["mode"](clone(x), _core.full((), 0, int64, x.device))
    values, indices = _sorted(x.detach(), axis, False)
    n = x.shape[axis]
    position = ops.iota(tuple(x.shape), axis, int64)
    # In sorted order, a run starts where a value differs from the one before; its length so far is
    # the
    # distance to that start.
    if n > 1:
        before = slice_along(values, axis, 0, n - 1)
        after = slice_along(values, axis, 1, n)
        starts = ops.compare(after, before, NE)
        pad = [0] * x.ndim
        pad[axis] = 1
        starts = ops.pad(
            starts, _core.full((), True, starts.dtype, x.device), tuple(pad), (0,) * x.ndim
        )
        first = ops.scan(ops.select(starts, position, constant(0, position)), 2, axis, False)
        length = ops.sub(position, first)
    else:
        length = constant(0, position)
    best = ops.arg_reduce(length, 2, axis)
    best = keep_dims(best, x.shape, (axis,))
    at = gather(indices, axis, best)
    picked = gather(x, axis, at), at
    if not keepdim:
        shape = tuple(m for i, m in enumerate(x.shape) if i != axis)
        picked = tuple(ops.reshape(p, shape) for p in picked)
    return ValuesIndices["mode"](*picked)


# Quantiles ---------------------------------------------------------------------------------------


def _quantile(name, input, q, dim, keepdim, interpolation, skip_nan):
    x = require_tensor(name, input)
    if not is_float(x.dtype):
        fail_runtime(name, f"{name}() input tensor must be either float or double dtype", x.dtype)
    if interpolation not in ("linear", "lower", "higher", "midpoint", "nearest"):
        fail_runtime(
            name,
            f"{name}() interpolation must be one of linear, lower, higher, midpoint or nearest, "
            f"but got {interpolation}",
        )
    if not isinstance(q, Tensor):
        if not 0 <= q <= 1:
            fail_runtime(name, f"{name}() q must be in the range [0, 1] but got {q}")
        q = _core.scalar(builtins.float(q), x.dtype)
    elif q.ndim > 1:
        fail_runtime(name, f"{name}() q must be a scalar or 1D tensor")
    elif q.dtype is not x.dtype:
        fail_runtime(name, f"{name}() q tensor must be same dtype as the input tensor")
    rank = x.ndim
    if dim is None:
        axis, work = 0, reshape_to(x, (x.numel(),))
    else:
        axis = wrap_dim(name, dim, rank)
        work = x if rank else reshape_to(x, (1,))
    n = work.shape[axis]
    if not n:
        fail_runtime(name, f"{name}() input tensor must be non-empty")
    # The reduced dimension goes last, and the ranks of q after it.
    order = [i for i in range(work.ndim) if i != axis] + [axis]
    work = work.permute(*order)
    values = ops.sort(work, work.ndim - 1, False)[0]
    lead = tuple(values.shape[:-1])
    m = q.numel()
    wide = lead + (m,)
    qs = ops.broadcast(reshape_to(q, (m,)), wide, (len(lead),))
    nans = ops.reduce(cast(ops.compare(work, work, NE), x.dtype), 0, (len(lead),))
    nans = ops.broadcast(nans, wide, tuple(range(len(lead))))
    last = constant(n - 1, nans)
    if skip_nan:
        last = ops.max(ops.sub(last, nans), constant(0, nans))
    place = ops.mul(qs, last)
    if not skip_nan:
        # A row with nan gives nan, which is its last value.
        place = ops.select(ops.compare(nans, constant(0, nans), NE), last, place)
    if interpolation == "lower":
        place = ops.floor(place)
    elif interpolation == "higher":
        place = ops.ceil(place)
    elif interpolation == "nearest":
        place = ops.round(place)
    low = ops.floor(place)
    below = gather(values, -1, cast(low, int64))
    if interpolation in ("linear", "midpoint"):
        above = gather(values, -1, cast(ops.ceil(place), int64))
        weight = constant(0.5, low) if interpolation == "midpoint" else ops.sub(place, low)
        below = below.lerp(above, weight)
    shape = list(lead)
    if keepdim:
        kept = [1] * rank if dim is None else shape[:axis] + [1] + shape[axis:]
        shape = kept if rank else []
    r = below.movedim(-1, 0) if q.ndim else below
    return r.reshape(([m] if q.ndim else []) + (shape if dim is not None or keepdim else []))


@op(out=True)
def quantile(input, q, dim=None, keepdim=False, *, interpolation="linear"):
    """The q-th quantiles of all elements or along dim; nan if any element is nan.

    q is a number or a vector in [0, 1], whose size becomes the first.

    `interpolation` is "linear", "lower", "higher", "midpoint" or "nearest".

    Raises:
        RuntimeError: q out of range, or integers.
        IndexError: a dimension out of range.

    >>> pt.quantile(pt.tensor([1.0, 2.0, 3.0]), 0.5)
    tensor(2.)
    """
    return _quantile("quantile", input, q, dim, keepdim, interpolation, False)


@op(out=True)
def nanquantile(input, q, dim=None, keepdim=False, *, interpolation="linear"):
    """`quantile` of what is not nan; arguments and errors are the same.

    Raises:
        RuntimeError: integers, no elements, a q outside [0, 1], an unknown `interpolation`.
        IndexError: a dimension out of range.

    >>> pt.nanquantile(pt.tensor([1.0, float("nan"), 3.0]), 0.5)
    tensor(2.)
    """
    return _quantile("nanquantile", input, q, dim, keepdim, interpolation, True)


# Search ------------------------------------------------------------------------------------------


@op(out=True)
def searchsorted(sorted_sequence, input, *, out_int32=False, right=False, side=None, sorter=None):
    """Where each value would be inserted in a sorted sequence (its last dimension) to keep its
    order.

    The leading dimensions of both must agree, unless the sequence is a vector.

    int64, or int32 if `out_int32`, of the shape of the values.

    `right`, or `side` "right", puts equal values before the place; `sorter` is an order that sorts
    the sequence.

    Raises:
        RuntimeError: sequences that do not fit the values.

    >>> pt.searchsorted(pt.tensor([1, 3, 5]), pt.tensor([2, 5]))
    tensor([1, 2])
    """
    seq = require_tensor("searchsorted", sorted_sequence, "sorted_sequence")
    if side is not None:
        if side not in ("left", "right"):
            fail_runtime(
                "searchsorted", f"searchsorted(): side can only be 'left' or 'right' but got {side}"
            )
        if right and side == "left":
            fail_runtime(
                "searchsorted",
                "searchsorted(): side and right can't be set to opposites, got side of left while "
                "right was True",
            )
        right = right or side == "right"
    if sorter is not None:
        seq = gather(seq, -1, sorter)
    scalar = not isinstance(input, Tensor)
    v = operand(input, seq.dtype) if scalar else input
    if v.dtype is not seq.dtype:
        fail_runtime(
            "searchsorted",
            "searchsorted(): input value tensor and boundaries tensor should have same dtype, "
            f"but got {v.dtype} and {seq.dtype}",
        )
    if seq.ndim > 1 and tuple(seq.shape[:-1]) != tuple(v.shape[:-1]):
        fail_runtime(
            "searchsorted",
            "searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions "
            f"of boundaries tensor and input value tensor must match, but got {list(seq.shape)} "
            f"and {list(v.shape)}",
        )
    shape = tuple(v.shape)
    if seq.ndim <= 1:
        flat, seq = reshape_to(v, (1, v.numel())), reshape_to(seq, (1, seq.numel()))
    else:
        rows = math.prod(shape[:-1])
        flat, seq = reshape_to(v, (rows, shape[-1])), reshape_to(seq, (rows, seq.shape[-1]))
    r = ops.reshape(_bisect(seq.detach(), flat.detach(), right), shape)
    return cast(r, int32) if out_int32 else r


def _bisect(seq, values, right):
    """Binary search in each row: log2(n) + 1 rounds of one gather."""
    rows, n = seq.shape
    zero = _core.full(tuple(values.shape), 0, int64, values.device)
    if not n:
        return zero
    lo, hi = zero, constant(n, zero)
    for _ in range(n.bit_length()):
        open_ = ops.compare(lo, hi, LT)
        mid = ops.div(ops.add(lo, hi), constant(2, lo))
        at = ops.gather(seq, ops.min(mid, constant(n - 1, mid)), 1, 1)
        # Past `at` when it comes before the value; nan comes after everything.
        before = ops.compare(at, values, LE if right else LT)
        if is_float(seq.dtype):
            value_nan = ops.compare(values, values, NE)
            ahead = value_nan if right else ops.and_(value_nan, ops.compare(at, at, EQ))
            before = ops.or_(before, ahead)
        up = ops.and_(open_, before)
        lo = ops.select(up, ops.add(mid, constant(1, mid)), lo)
        hi = ops.select(ops.and_(open_, ops.not_(before)), mid, hi)
    return lo


@op(out=True, method=False)
def bucketize(input, boundaries, *, out_int32=False, right=False):
    """The bucket of each value between sorted boundaries.

    int64, or int32 if `out_int32`, of the shape of the values.

    `right` puts a value that equals a boundary into the bucket behind it.

    Raises:
        RuntimeError: sequences that do not fit the values.

    >>> pt.bucketize(pt.tensor([0, 4]), pt.tensor([1, 3, 5]))
    tensor([0, 2])
    """
    if boundaries.ndim != 1:
        fail_runtime(
            "bucketize",
            f"bucketize(): boundaries tensor must be 1 dimension, but got dim({boundaries.ndim})",
        )
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)


# Histograms ---------------------------------------------------------------------------------------


def _check_bins(name, bins):
    if bins <= 0:
        fail_runtime(name, f"bins must be > 0, but got {bins}")


@op(out=True)
def histc(input, bins=100, min=0, max=0):
    """How many elements fall into each of `bins` equal bins between min and max.

    A vector of size `bins`, of input's dtype.

    Raises:
        RuntimeError: bins not above 0, or max below min.

    >>> pt.histc(pt.tensor([1.0, 2.0, 1.0]), 2, 0, 4)
    tensor([2., 1.])
    """
    x = reshape_to(as_float(require_tensor("histc", input)).detach(), (input.numel(),))
    _check_bins("histc", bins)
    if max < min:
        fail_runtime("histc", "max must be larger than min", f"{min} and {max}")
    if min == max and x.numel():
        min, max = x.min().item(), x.max().item()
    if min == max:
        min, max = min - 1, max + 1
    position = ((x - min) / (max - min) * bins).floor().clamp(max=bins - 1)
    inside = ops.and_((x >= min), (x <= max))
    index = cast(ops.select(inside, position, constant(0, position)), int64)
    weight = cast(inside, x.dtype)
    return ops.scatter(_core.full((bins,), 0, x.dtype, x.device), index, weight, 0, 0, 1)


HistogramResult = return_type("histogram", ("hist", "bin_edges"))


@op(out=True)
def histogram(input, bins, *, range=None, weight=None, density=False):
    """How many elements (or how much weight) each bin has, and the edges of the bins.

    Vectors of sizes bins and bins + 1, of input's dtype.

    `density` divides by the sum and the widths.

    Raises:
        RuntimeError: bins or a range that make no sense.

    >>> pt.histogram(pt.tensor([1.0, 2.0, 1.0]), 2, range=(0.0, 4.0)).hist
    tensor([2., 1.])
    """
    from .creation import linspace

    x = reshape_to(require_tensor("histogram", input).detach(), (input.numel(),))
    if isinstance(bins, Tensor):
        edges = bins
    else:
        _check_bins("histogram", bins)
        low, high = (
            range
            if range is not None
            else (x.min().item(), x.max().item())
            if x.numel()
            else (0.0, 1.0)
        )
        if low == high:
            low, high = low - 0.5, high + 0.5
        edges = linspace(low, high, bins + 1, dtype=x.dtype)
    n = edges.shape[0] - 1
    place = searchsorted(edges, x, right=True) - 1
    place = place.where(x != edges[-1], _core.scalar(n - 1, int64))
    inside = ops.and_(place >= 0, place < n)
    w = (
        cast(inside, x.dtype)
        if weight is None
        else reshape_to(weight, (x.numel(),)) * cast(inside, x.dtype)
    )
    index = ops.select(inside, place, constant(0, place))
    hist = ops.scatter(_core.full((n,), 0, x.dtype, x.device), index, w, 0, 0, 1)
    if density:
        hist = hist / hist.sum() / (edges[1:] - edges[:-1])
    return HistogramResult(hist, edges)
