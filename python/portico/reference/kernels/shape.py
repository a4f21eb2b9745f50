"""Ops that move elements and compute none."""

import numpy as np


def ref_broadcast(x, shape, dims):
    aligned = [1] * len(shape)
    for size, dim in zip(x.shape, dims, strict=True):
        aligned[dim] = size
    return np.broadcast_to(x.reshape(aligned), shape).copy()


def ref_slices(starts, limits, strides):
    return tuple(slice(*bounds) for bounds in zip(starts, limits, strides, strict=True))


def ref_update_slice(x, update, starts, strides):
    where = tuple(
        slice(start, start + stride * (size - 1) + 1 if size else start, stride)
        for start, stride, size in zip(starts, strides, update.shape, strict=True)
    )
    result = x.copy()
    result[where] = update
    return result


def ref_pad(x, value, low, high):
    # A negative amount takes elements away.
    shape = [size + lo + hi for size, lo, hi in zip(x.shape, low, high, strict=True)]
    result = np.full(shape, value, x.dtype)
    inside = tuple(
        slice(max(lo, 0), size - max(hi, 0)) for lo, hi, size in zip(low, high, shape, strict=True)
    )
    kept = tuple(
        slice(max(-lo, 0), size - max(-hi, 0))
        for lo, hi, size in zip(low, high, x.shape, strict=True)
    )
    if 0 not in shape:
        result[inside] = x[kept]
    return result
