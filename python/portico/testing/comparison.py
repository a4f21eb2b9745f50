"""Assertions that two tensors are close."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from portico import _core
from portico._dtypes import bfloat16, float16, float32, float64, is_float
from portico._registry import FUNCTIONS

Tensor = _core.Tensor

#: (rtol, atol) by dtype, as PyTorch's.
TOLERANCES = {
    float16: (1e-3, 1e-5),
    bfloat16: (1.6e-2, 1e-5),
    float32: (1.3e-6, 1e-5),
    float64: (1e-7, 1e-7),
}


def _array(x):
    a = x.detach().numpy(force=True)
    return a.astype(np.float32) if x.dtype is bfloat16 else a


def _fail(msg, text):
    if callable(msg):
        text = msg(text)
    elif msg is not None:
        text = msg
    raise AssertionError(text)


def assert_close(
    actual,
    expected,
    *,
    allow_subclasses=True,
    rtol=None,
    atol=None,
    equal_nan=False,
    check_device=True,
    check_dtype=True,
    check_layout=True,
    check_stride=False,
    msg=None,
):
    """Raises `AssertionError` unless actual and expected (tensors, numbers, sequences, dicts) are
    close.

    |actual - expected| <= atol + rtol * |expected|, with tolerances that follow the dtype.

    `check_device` and `check_dtype` compare those too; `allow_subclasses`, `check_layout` and
    `check_stride` are accepted; `msg` replaces the message, or is a function of it.

    Raises:
        ValueError: one of `rtol` and `atol` alone.

    Source: https://docs.pytorch.org/docs/stable/testing.html#torch.testing.assert_close

    >>> pt.testing.assert_close(pt.tensor([1.0]), pt.tensor([1.0 + 1e-7]))
    """
    options = dict(
        rtol=rtol,
        atol=atol,
        equal_nan=equal_nan,
        check_device=check_device,
        check_dtype=check_dtype,
        msg=msg,
    )
    if (rtol is None) != (atol is None):
        raise ValueError("rtol and atol must both be specified or both be unspecified")
    if isinstance(expected, Mapping):
        if set(actual) != set(expected):
            _fail(
                msg,
                f"The keys of the mappings do not match: {sorted(actual)} and {sorted(expected)}",
            )
        for k in expected:
            assert_close(actual[k], expected[k], **options)
        return
    if isinstance(expected, Sequence) and not isinstance(expected, str):
        if len(actual) != len(expected):
            _fail(msg, f"The length of the sequences mismatch: {len(actual)} != {len(expected)}")
        for a, e in zip(actual, expected, strict=True):
            assert_close(a, e, **options)
        return
    if expected is None or actual is None:
        if actual is not expected:
            _fail(msg, f"None mismatch: {actual} is not {expected}")
        return
    tensor = FUNCTIONS["as_tensor"]
    if isinstance(actual, Tensor) != isinstance(expected, Tensor):
        _fail(msg, f"Types do not match: {type(actual).__name__} and {type(expected).__name__}")
    if not isinstance(actual, Tensor):
        check_dtype = False
    a, e = tensor(actual), tensor(expected)
    if a.shape != e.shape:
        _fail(msg, f"The values for attribute 'shape' do not match: {a.shape} != {e.shape}.")
    if check_dtype and a.dtype is not e.dtype:
        _fail(msg, f"The values for attribute 'dtype' do not match: {a.dtype} != {e.dtype}.")
    if check_device and a.device != e.device:
        _fail(msg, f"The values for attribute 'device' do not match: {a.device} != {e.device}.")
    if rtol is None:
        pairs = [TOLERANCES[x.dtype] if is_float(x.dtype) else (0.0, 0.0) for x in (a, e)]
        rtol, atol = (max(v) for v in zip(*pairs, strict=True))
    x, y = _array(a), _array(e)
    work = np.result_type(x, y)
    if work.kind == "b":
        close = x == y
        gap = (x != y).astype(np.float64)
    else:
        wide = np.float64 if work.kind == "f" else np.int64
        x, y = x.astype(wide), y.astype(wide)
        with np.errstate(all="ignore"):
            gap = np.abs(x - y)
            close = (x == y) | (np.isfinite(y) & (gap <= atol + rtol * np.abs(y)))
        if equal_nan:
            close |= (x != x) & (y != y)
    if close.all():
        return
    wrong = np.argwhere(~close)
    if not x.ndim:
        _fail(
            msg,
            f"Scalars are not close!\n\nExpected {y} but got {x}.\nAbsolute difference: {gap} (up "
            f"to {atol} allowed)",
        )
    worst = tuple(
        int(i)
        for i in np.unravel_index(
            np.argmax(np.where(close, 0, np.nan_to_num(gap, nan=np.inf))), gap.shape
        )
    )
    _fail(
        msg,
        f"Tensor-likes are not {'close' if rtol or atol else 'equal'}!\n\n"
        f"Mismatched elements: {len(wrong)} / {x.size} ({100 * len(wrong) / x.size:.1f}%)\n"
        f"Greatest absolute difference: {gap[worst]} at index {worst} (up to {atol} allowed)\n"
        f"Expected {y[worst]} but got {x[worst]} there.",
    )


def assert_allclose(actual, expected, rtol=None, atol=None, equal_nan=True, msg=""):
    """`assert_close` without the dtype check.

    `msg` replaces the message, or is a function of it.

    Raises:
        AssertionError: values that differ.

    Source: https://docs.pytorch.org/docs/stable/testing.html#torch.testing.assert_allclose

    >>> pt.testing.assert_allclose(pt.ones(2), pt.ones(2, dtype=pt.float64))
    """
    assert_close(
        actual,
        expected,
        rtol=rtol,
        atol=atol,
        equal_nan=equal_nan,
        check_dtype=False,
        msg=msg or None,
    )
