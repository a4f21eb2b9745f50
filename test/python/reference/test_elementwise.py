"""Arithmetic rules that differ from NumPy's: hand values and Python integers."""

import math

import ml_dtypes
import numpy as np
import pytest

from portico.reference import evaluate_op
from portico.reference.errors import DivisionFault

INTS = [np.int8, np.int16, np.int32, np.int64, np.uint8]


def run(name, *operands, **attrs):
    (result,) = evaluate_op(name, operands, attrs)
    return result


def wrap(value, dtype):
    bits = np.dtype(dtype).itemsize * 8
    value &= (1 << bits) - 1
    signed = np.dtype(dtype).kind == "i" and value >> (bits - 1)
    return value - (1 << bits) if signed else value


def extremes(dtype):
    info = np.iinfo(dtype)
    values = {info.min, info.min + 1, 0, 1, 2, 3, 7, info.max - 1, info.max}
    values |= {-1, -2, -7} if info.min < 0 else set()
    pairs = [(a, b) for a in sorted(values) for b in sorted(values)]
    return np.array(pairs, dtype).T


@pytest.mark.parametrize("dtype", INTS)
@pytest.mark.parametrize(
    ("name", "exact"),
    [
        ("add", lambda a, b: a + b),
        ("sub", lambda a, b: a - b),
        ("mul", lambda a, b: a * b),
        ("div", lambda a, b: (abs(a) // abs(b)) * (1 if a * b >= 0 else -1)),
        ("rem", lambda a, b: (abs(a) % abs(b)) * (1 if a >= 0 else -1)),
        ("max", max),
        ("min", min),
    ],
)
def test_integers_follow_python_and_wrap(name, exact, dtype):
    lhs, rhs = extremes(dtype)
    if name in ("div", "rem"):
        with pytest.raises(DivisionFault, match="integer division by zero"):
            run(name, lhs, rhs)
        lhs, rhs = lhs[rhs != 0], rhs[rhs != 0]
    want = [wrap(exact(int(a), int(b)), dtype) for a, b in zip(lhs, rhs, strict=True)]
    got = run(name, lhs, rhs)
    assert got.dtype == dtype
    np.testing.assert_array_equal(got, np.array(want, dtype))


@pytest.mark.parametrize("dtype", INTS)
def test_shifts_outside_the_width(dtype):
    lhs, rhs = extremes(dtype)
    bits = np.dtype(dtype).itemsize * 8
    left = [
        wrap(int(a) << int(b), dtype) if 0 <= b < bits else 0 for a, b in zip(lhs, rhs, strict=True)
    ]
    right = [
        int(a) >> int(b) if 0 <= b < bits else (-1 if a < 0 else 0)
        for a, b in zip(lhs, rhs, strict=True)
    ]
    np.testing.assert_array_equal(run("shl", lhs, rhs), np.array(left, dtype))
    np.testing.assert_array_equal(run("shr", lhs, rhs), np.array(right, dtype))


def test_integer_power():
    base = np.array([2, 3, -2, -1, -1, 1, 0, 0, 5, 2], np.int8)
    exponent = np.array([7, 5, 3, -3, -2, -9, -1, 0, -1, 6], np.int8)
    want = [wrap(2**7, np.int8), wrap(3**5, np.int8), -8, -1, 1, 1, 0, 1, 0, 64]
    np.testing.assert_array_equal(run("pow", base, exponent), np.array(want, np.int8))


def test_nan_wins_maximum_and_has_no_sign():
    nan = np.float32(np.nan)
    x, y = np.array([1, nan, nan], np.float32), np.array([nan, 1, nan], np.float32)
    assert np.isnan(run("max", x, y)).all() and np.isnan(run("min", x, y)).all()
    np.testing.assert_array_equal(run("sign", x), np.float32([1, 0, 0]))


def test_rounding_goes_to_even():
    x = np.float32([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5])
    np.testing.assert_array_equal(run("round", x), np.float32([-2, -2, -0.0, 0, 2, 2]))


def test_only_ne_is_true_of_nan():
    x, y = np.float32([np.nan, 1, 2]), np.float32([np.nan, 1, 1])
    want = {
        "eq": [0, 1, 0],
        "ne": [1, 0, 1],
        "lt": [0, 0, 0],
        "le": [0, 1, 0],
        "gt": [0, 0, 1],
        "ge": [0, 1, 1],
    }
    for number, (direction, values) in enumerate(want.items()):
        for spelling in (direction, number):
            got = run("compare", x, y, direction=spelling)
            np.testing.assert_array_equal(got, np.array(values, bool))


def test_casts_truncate_wrap_and_keep_nan_true():
    x = np.float32([1.9, -1.9, 300.7, -129.5, np.nan])
    np.testing.assert_array_equal(
        run("cast", x[:4], dtype="i8"), np.array([1, -1, wrap(300, np.int8), 127], np.int8)
    )
    np.testing.assert_array_equal(run("cast", x, dtype="i1"), [True] * 5)
    np.testing.assert_array_equal(
        run("cast", np.int32([256, -1]), dtype="ui8"), np.array([0, 255], np.uint8)
    )


def test_halves_are_computed_in_f32_and_rounded_once():
    # In f16 arithmetic 2048 + 1 is 2048; so is it in f32 rounded once. But the
    # square root of 2 in bf16 must be the rounded true value.
    x = np.array([2048], np.float16)
    assert run("add", x, np.array([1], np.float16)) == np.float16(2048)
    two = np.array([2], ml_dtypes.bfloat16)
    got = run("sqrt", two)
    assert got.dtype == ml_dtypes.bfloat16 and got == ml_dtypes.bfloat16(math.sqrt(2))


def test_bitcast_keeps_the_bits_of_halves():
    x = np.array([1.0, -2.0], ml_dtypes.bfloat16)
    got = run("bitcast", x, dtype="i16")
    np.testing.assert_array_equal(got, np.array([0x3F80, 0xC000 - 0x10000], np.int16))
    np.testing.assert_array_equal(run("bitcast", got, dtype="bf16"), x)


def test_erf():
    x = np.float64([-1, 0, 0.5, 3])
    np.testing.assert_array_equal(run("erf", x), [math.erf(v) for v in x])


def test_zero_dimensional_arrays_stay_arrays():
    got = run("rsqrt", np.float32(4).reshape(()))
    assert isinstance(got, np.ndarray) and got.shape == () and got.dtype == np.float32
