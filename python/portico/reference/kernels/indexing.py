"""Elements chosen by run-time indices."""

import math

import numpy as np

from ..errors import IndexFault
from .enums import COMBINERS, case_name


def _check_range(indices, size):
    bad = (indices < 0) | (indices >= size)
    if bad.any():
        raise IndexFault(indices[bad].flat[0], size)


class _GatherLayout:
    """Brings `x[b.., p.., n, q..]` to `[B, n, P*Q]` and the gathered
    `[b.., p.., i.., q..]` to `[B, I, P*Q]`, and back."""

    def __init__(self, x_shape, index_shape, axis, batch_dims):
        b = batch_dims
        self.axis, self.b = axis, b
        self.batch, self.p = x_shape[:b], x_shape[b:axis]
        self.n, self.q = x_shape[axis], x_shape[axis + 1 :]
        self.i = index_shape[b:]
        self.B, self.I = math.prod(self.batch), math.prod(self.i)
        self.rest = math.prod(self.p) * math.prod(self.q)

    def flat_x(self, x):
        return np.moveaxis(x, self.axis, self.b).reshape(self.B, self.n, self.rest)

    def unflat_x(self, flat):
        x = flat.reshape((*self.batch, self.n, *self.p, *self.q))
        return np.moveaxis(x, self.b, self.axis)

    def _moves(self):
        b, p, i = self.b, len(self.p), len(self.i)
        return range(b + p, b + p + i), range(b, b + i)

    def flat_result(self, result):
        return np.moveaxis(result, *self._moves()).reshape(self.B, self.I, self.rest)

    def unflat_result(self, flat):
        result = flat.reshape((*self.batch, *self.i, *self.p, *self.q))
        behind_p, before_p = self._moves()
        return np.moveaxis(result, before_p, behind_p)


def ref_gather(x, indices, axis, batch_dims):
    layout = _GatherLayout(x.shape, indices.shape, axis, batch_dims)
    _check_range(indices, layout.n)
    rows = np.arange(layout.B)[:, None]
    picked = layout.flat_x(x)[rows, indices.reshape(layout.B, layout.I)]
    return np.ascontiguousarray(layout.unflat_result(picked))


_COMBINE = {
    "add": np.add,
    "mul": np.multiply,
    "max": np.maximum,
    "min": np.minimum,
}


def ref_scatter(x, indices, updates, axis, batch_dims, combiner):
    layout = _GatherLayout(x.shape, indices.shape, axis, batch_dims)
    _check_range(indices, layout.n)
    combiner = case_name(combiner, COMBINERS)
    flat = np.array(layout.flat_x(x))
    new = layout.flat_result(updates)
    # Both of these go through the updates in the order of the flattened indices.
    where = np.arange(layout.B)[:, None], indices.reshape(layout.B, layout.I)
    if combiner == "set":
        flat[where] = new
    else:
        _COMBINE[combiner].at(flat, where, new)
    return np.ascontiguousarray(layout.unflat_x(flat))


def _window(shape, starts, sizes):
    begins = [
        min(max(int(start), 0), size - length)
        for start, size, length in zip(starts, shape, sizes, strict=True)
    ]
    return tuple(slice(b, b + n) for b, n in zip(begins, sizes, strict=True))


def ref_dynamic_slice(x, starts, sizes):
    return x[_window(x.shape, starts, sizes)].copy()


def ref_dynamic_update_slice(x, update, starts):
    result = x.copy()
    result[_window(x.shape, starts, update.shape)] = update
    return result
