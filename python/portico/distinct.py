"""Distinct elements: how many there are is known only after they are found."""

from __future__ import annotations

import math

import numpy as np

from . import _core
from ._broadcast import cast, constant, require_tensor, wrap_dim
from ._device import host_values
from ._dtypes import bool_, int64
from ._generated import ops
from ._positions import true_positions
from ._registry import op
from .gather_scatter import SET
from .unary import NE
from .views import reshape_to, slice_along

_SUM, _ANY = 0, 2


def _from_host(arrays, device):
    """What NumPy found, as tensors: the values, where each element went, how often each occurs."""
    values, inverse, counts = arrays
    return tuple(
        _core.from_buffer(a, copy=True, device=device)
        for a in (values, inverse.astype(np.int64), counts.astype(np.int64))
    )


def _host_runs(x, axis):
    """`_runs` of a NumPy array: nothing has to be compiled for the numbers that it finds."""
    rows = np.moveaxis(x, axis, 0)
    differ = (rows[1:] != rows[:-1]).reshape(len(rows) - 1, math.prod(rows.shape[1:])).any(1)
    begins = np.concatenate(([True], differ))
    starts = np.flatnonzero(begins)
    counts = np.diff(np.append(starts, len(rows)))
    return np.moveaxis(rows[starts], 0, axis), np.cumsum(begins) - 1, counts


def _runs(x, axis):
    """The first of each run of equal slices along an axis, the run of each slice, and how long the
    runs are."""
    n = x.shape[axis]
    if not n:
        return x, _core.full((0,), 0, int64, x.device), _core.full((0,), 0, int64, x.device)
    if _core.is_host(x.device):
        return _from_host(_host_runs(x.numpy(force=True), axis), x.device)
    differ = ops.compare(slice_along(x, axis, 1, n), slice_along(x, axis, 0, n - 1), NE)
    others = tuple(d for d in range(x.ndim) if d != axis)
    differ = ops.reduce(differ, _ANY, others) if others else differ
    begins = ops.concat([_core.full((1,), True, bool_, x.device), differ], 0)
    starts = true_positions(begins)
    run = ops.scan(cast(begins, int64), _SUM, 0, False)
    ends = ops.concat(
        [slice_along(starts, 0, 1, starts.shape[0]), _core.full((1,), n, int64, x.device)], 0
    )
    return ops.gather(x, starts, axis, 0), ops.sub(run, constant(1, run)), ops.sub(ends, starts)


def _unique(x):
    """Distinct elements of all of x, where each element went, and how often each occurs."""
    if _core.is_host(x.device):
        flat = x.numpy(force=True).reshape(-1)
        return _from_host(
            np.unique(flat, return_inverse=True, return_counts=True, equal_nan=False), x.device
        )
    ordered, order = ops.sort(reshape_to(x, (x.numel(),)), 0, False)
    values, run, counts = _runs(ordered, 0)
    nowhere = _core.full((x.numel(),), 0, int64, x.device)
    return values, ops.scatter(nowhere, order, run, 0, 0, SET), counts


def _pack(values, inverse, counts, return_inverse, return_counts):
    result = [values]
    if return_inverse:
        result.append(inverse)
    if return_counts:
        result.append(counts)
    return result[0] if len(result) == 1 else tuple(result)


@op("unique")
def unique(input, sorted=True, return_inverse=False, return_counts=False, dim=None):
    """Distinct elements in order (or distinct slices of dim), with where each element went and how
    often.

    The number of elements depends on the values, which are computed now.

    `return_inverse` adds where each element went, `return_counts` how often each occurs; `sorted`
    is accepted: they always are. Slices of `dim` are put in order by the host.

    Raises:
        IndexError: a dimension out of range.

    >>> pt.unique(pt.tensor([3, 1, 3]))
    tensor([1, 3])
    """
    x = require_tensor("unique", input).detach()
    if dim is None:
        values, inverse, counts = _unique(x)
        inverse = reshape_to(inverse, tuple(x.shape))
    else:
        axis = wrap_dim("unique", dim, x.ndim)
        found = np.unique(
            host_values(x, "unique"), axis=axis, return_inverse=True, return_counts=True
        )
        values, inverse, counts = _from_host(found, x.device)
        inverse = reshape_to(inverse, (inverse.numel(),))
    return _pack(values, inverse, counts, return_inverse, return_counts)


@op("unique_consecutive")
def unique_consecutive(input, return_inverse=False, return_counts=False, dim=None):
    """The first of each run of equal elements (or slices of dim).

    The number of elements depends on the values, which are computed now.

    `return_inverse` adds where each element went, `return_counts` how long each run is.

    Raises:
        IndexError: a dimension out of range.

    >>> pt.unique_consecutive(pt.tensor([1, 1, 2, 1]))
    tensor([1, 2, 1])
    """
    x = require_tensor("unique_consecutive", input).detach()
    if dim is None:
        values, inverse, counts = _runs(reshape_to(x, (x.numel(),)), 0)
        inverse = reshape_to(inverse, tuple(x.shape))
    else:
        values, inverse, counts = _runs(x, wrap_dim("unique_consecutive", dim, x.ndim))
    return _pack(values, inverse, counts, return_inverse, return_counts)
