"""Arithmetic whose rules differ from NumPy's, and conversions."""

import math

import numpy as np

from ..dtypes import is_float, to_numpy
from ..errors import DivisionFault
from .enums import COMPARISONS, case_name

_erf = np.vectorize(math.erf, otypes=[np.float64])


def erf(x):
    return _erf(x).astype(x.dtype) if x.size else x


def ref_div(lhs, rhs):
    if is_float(lhs.dtype):
        return np.divide(lhs, rhs)
    if not rhs.all():
        raise DivisionFault
    # C division: towards zero. NumPy floors, so one is added where the signs
    # differ and something was left over.
    floor = np.floor_divide(lhs, rhs)
    rest = lhs - floor * rhs
    towards_zero = np.where((rest != 0) & ((lhs < 0) != (rhs < 0)), floor + 1, floor)
    return towards_zero.astype(lhs.dtype)


def ref_rem(lhs, rhs):
    if is_float(lhs.dtype):
        return np.fmod(lhs, rhs)
    if not rhs.all():
        raise DivisionFault
    return np.fmod(lhs, rhs).astype(lhs.dtype)


def ref_pow(lhs, rhs):
    if is_float(lhs.dtype):
        return np.power(lhs, rhs)
    # Square and multiply in the dtype itself, so that it wraps.
    result, base = np.ones_like(lhs), lhs.copy()
    exponent = np.where(rhs < 0, np.zeros_like(rhs), rhs)
    while np.any(exponent > 0):
        result = np.where(exponent & 1, result * base, result)
        base = base * base
        exponent = exponent >> 1
    one, minus_one = lhs == 1, (lhs + 1) == 0 if lhs.dtype.kind == "i" else np.False_
    negative = np.where(one, 1, np.where(minus_one, np.where(rhs & 1, -1, 1), 0))
    return np.where(rhs < 0, negative, result).astype(lhs.dtype)


def _in_width(lhs, rhs):
    return (rhs >= 0) & (rhs < lhs.dtype.itemsize * 8)


def ref_shl(lhs, rhs):
    ok = _in_width(lhs, rhs)
    return np.where(ok, np.left_shift(lhs, np.where(ok, rhs, 0)), 0).astype(lhs.dtype)


def ref_shr(lhs, rhs):
    ok = _in_width(lhs, rhs)
    sign = np.where(lhs < 0, -1, 0) if lhs.dtype.kind == "i" else 0
    return np.where(ok, np.right_shift(lhs, np.where(ok, rhs, 0)), sign).astype(lhs.dtype)


_COMPARE = {
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
}


def ref_compare(lhs, rhs, direction):
    return _COMPARE[case_name(direction, COMPARISONS)](lhs, rhs)


def ref_cast(x, dtype):
    dtype = to_numpy(dtype)
    if dtype == np.bool_:
        return np.not_equal(x, 0)  # nan is not 0: true
    if is_float(x.dtype) and dtype.kind in "iu":
        # Through i64, whose low bits are the wrapped value; what does not fit
        # i64 (and nan) is the hardware's "indefinite", as in PyTorch on x86.
        wide = np.trunc(x.astype(np.float64))
        fits = (wide >= -(2.0**63)) & (wide < 2.0**63)
        whole = np.where(fits, wide, 0).astype(np.int64)
        return np.where(fits, whole, np.iinfo(np.int64).min).astype(dtype)
    return x.astype(dtype)


def ref_bitcast(x, dtype):
    return np.ascontiguousarray(x).view(to_numpy(dtype)).reshape(x.shape)
