"""Whether a result is what the reference says."""

from __future__ import annotations

import numpy as np

from portico.reference.dtypes import is_float, is_half

from .values import finfo


def _first(wrong):
    return tuple(int(i) for i in np.argwhere(wrong)[0])


def _mismatch(wrong, got, expected, bound):
    index = _first(wrong)
    return Mismatch(
        index,
        f"{np.count_nonzero(wrong)} of {wrong.size} elements; first at {list(index)}: "
        f"got {got[index]!r}; expected {expected[index]!r}{bound}",
    )


class Mismatch:
    """Where the first wrong element is, and what is wrong with it."""

    def __init__(self, index, text):
        self.index = index
        self.text = text


def rounded(true, dtype):
    """The reference's result in the dtype of what it judges."""
    with np.errstate(over="ignore", invalid="ignore"):
        return true.astype(dtype)


def form(got, expected):
    """The mismatch of shape or dtype, or None."""
    if got.dtype != expected.dtype or got.shape != expected.shape:
        return Mismatch(
            None,
            f"got {got.dtype}{list(got.shape)}; expected {expected.dtype}{list(expected.shape)}",
        )
    return None


@np.errstate(all="ignore")
def exact(got, expected, signed_zero=True):
    """Bit for bit; a nan is a nan, whatever its bits."""
    if not is_float(expected.dtype):
        wrong = got != expected
    else:
        wrong = (got != expected) & ~(np.isnan(got) & np.isnan(expected))
        if signed_zero:
            wrong |= (got == 0) & (expected == 0) & (np.signbit(got) != np.signbit(expected))
    return _mismatch(wrong, got, expected, " (exactly)") if wrong.any() else None


def within(got, true, tolerance, magnitude=None):
    """By a tolerance of the table. `true` is the reference in f64, not rounded yet; `magnitude`
    the sum of the magnitudes of the terms, where the tolerance has terms."""
    dtype = got.dtype
    info = finfo(dtype)
    with np.errstate(all="ignore"):
        expected = rounded(true, dtype)
        units = max(tolerance.ulp, 0.5) if not is_half(dtype) else 1.0
        slack = units * np.spacing(np.abs(expected)).astype(np.float64)
        if dtype == np.float64:
            slack = slack * 2  # the reference is itself rounded, by a library of its own
        bound = slack
        if tolerance.terms:
            width = np.finfo(np.float32 if is_half(dtype) else dtype).eps
            bound = bound + (tolerance.terms * width + tolerance.factors) * magnitude
        if tolerance.flush:
            bound = bound + np.where(np.abs(true) <= float(info.tiny), float(info.tiny), 0)
        error = np.abs(got.astype(np.float64) - true)
        good = error <= bound
        # Close to the largest number the rounding decides between it and infinity.
        edge = np.isinf(got) & (np.abs(true) >= float(info.max) - bound)
        good |= (got == expected) | (np.isnan(got) & np.isnan(expected))
        good |= edge & (np.sign(got.astype(np.float64)) == np.sign(true))
        if tolerance.signed_zero:
            zeros = (got == 0) & (true == 0)
            good &= ~(zeros & (np.signbit(got) != np.signbit(true)))
    return None if good.all() else _mismatch(~good, got, expected, _allowed(~good, error, bound))


def _allowed(wrong, error, bound):
    index = _first(wrong)
    return f" (off by {error[index]:.3g}, {bound[index]:.3g} allowed)"


def scaled(got, true, limit):
    """|got - true| is within `limit` of the largest magnitude in `true`; nan and inf alike."""
    with np.errstate(all="ignore"):
        expected = rounded(true, got.dtype)
        finite = np.isfinite(true)
        scale = np.max(np.abs(true), where=finite, initial=0.0)
        bound = np.full(got.shape, limit * scale)
        error = np.abs(got.astype(np.float64) - true)
        good = (error <= bound) | (got == expected) | (np.isnan(got) & np.isnan(expected))
    return None if good.all() else _mismatch(~good, got, expected, _allowed(~good, error, bound))
