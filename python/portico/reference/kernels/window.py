"""Sliding windows over the trailing dimensions (pooling)."""

import numpy as np

from ..dtypes import accumulator, is_float
from .enums import REDUCE_KINDS, case_name


def _identity(dtype, kind):
    if kind in ("sum", "prod"):
        return 0 if kind == "sum" else 1
    if is_float(dtype):
        return -np.inf if kind == "max" else np.inf
    return np.iinfo(dtype).min if kind == "max" else np.iinfo(dtype).max


def _windows(x, fill, window, strides, dilations, low, high):
    """`[..., out.., window..]`: every window of the padded x."""
    k = len(window)
    pads = [(0, 0)] * (x.ndim - k) + list(zip(low, high, strict=True))
    padded = np.pad(x, pads, constant_values=fill)
    span = [(w - 1) * d + 1 for w, d in zip(window, dilations, strict=True)]
    axes = tuple(range(x.ndim - k, x.ndim))
    view = np.lib.stride_tricks.sliding_window_view(padded, span, axis=axes)
    out = tuple(slice(None, None, s) for s in strides)
    taps = tuple(slice(None, None, d) for d in dilations)
    return view[(..., *out, *taps)]


def ref_reduce_window(x, kind, window, strides, dilations, low, high):
    kind = case_name(kind, REDUCE_KINDS)
    view = _windows(x, _identity(x.dtype, kind), window, strides, dilations, low, high)
    axes = tuple(range(view.ndim - len(window), view.ndim))
    if kind in ("sum", "prod"):
        combine = np.sum if kind == "sum" else np.prod
        return combine(view, axis=axes, dtype=accumulator(x.dtype)).astype(x.dtype)
    return (np.max if kind == "max" else np.min)(view, axis=axes)


def ref_arg_reduce_window(x, kind, window, strides, dilations, low, high):
    kind = case_name(kind, REDUCE_KINDS)
    k = len(window)
    geometry = (window, strides, dilations, low, high)
    trailing = x.shape[x.ndim - k :]
    positions = np.arange(np.prod(trailing, dtype=np.int64)).reshape(trailing)
    # Padding may hold a value that ties with a real one; it must never win, so
    # it is told apart by its position.
    where = _windows(positions, -1, *geometry)
    values = _windows(x, _identity(x.dtype, kind), *geometry)
    flat_values = values.reshape(*values.shape[:-k], -1)
    flat_where = np.broadcast_to(where, values.shape).reshape(flat_values.shape)
    best = (np.max if kind == "max" else np.min)(flat_values, axis=-1, keepdims=True)
    wins = (flat_where >= 0) & ((flat_values == best) | (flat_values != flat_values))
    first = np.argmax(wins, axis=-1)[..., None]
    return np.take_along_axis(flat_where, first, -1)[..., 0].astype(np.int64)
