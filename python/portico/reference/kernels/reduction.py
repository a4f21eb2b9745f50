"""Combining elements along axes, and sorting along one."""

import numpy as np

from ..dtypes import accumulator
from .enums import REDUCE_KINDS, case_name


def ref_reduce(x, kind, axes):
    kind, axes = case_name(kind, REDUCE_KINDS), tuple(axes)
    if x.dtype == np.bool_:
        return {"max": np.any, "min": np.all}[kind](x, axis=axes)
    if kind in ("sum", "prod"):
        combine = np.sum if kind == "sum" else np.prod
        return np.asarray(combine(x, axis=axes, dtype=accumulator(x.dtype))).astype(x.dtype)
    if any(x.shape[axis] == 0 for axis in axes):
        raise ValueError(f"{kind} over no elements; got shape {x.shape}; axes {axes}")
    return (np.max if kind == "max" else np.min)(x, axis=axes)


def ref_arg_reduce(x, kind, axis):
    pick = np.argmax if case_name(kind, REDUCE_KINDS) == "max" else np.argmin
    return pick(x, axis=axis).astype(np.int64)


_RUNNING = {"sum": np.add, "prod": np.multiply, "max": np.maximum, "min": np.minimum}


def ref_scan(x, kind, axis, reverse):
    kind = case_name(kind, REDUCE_KINDS)
    wide = x.astype(accumulator(x.dtype))
    wide = np.flip(wide, axis) if reverse else wide
    result = _RUNNING[kind].accumulate(wide, axis=axis, dtype=wide.dtype)
    return (np.flip(result, axis) if reverse else result).astype(x.dtype)


def ref_sort(x, axis, descending):
    # NumPy sorts nan last. A stable descending sort is the ascending stable
    # sort of the reversed elements, reversed: equal elements keep their order
    # and nan, the largest, comes first.
    if descending:
        order = np.argsort(np.flip(x, axis), axis=axis, kind="stable")
        order = np.flip(x.shape[axis] - 1 - order, axis)
    else:
        order = np.argsort(x, axis=axis, kind="stable")
    order = order.astype(np.int64)
    return np.take_along_axis(x, order, axis), order
