"""The elementary functions against NumPy in higher precision, on the CPU or PORTICO_TEST_DEVICE.

f32 is compared with NumPy's f64, f64 with its long double where that has more bits.
Inputs are special values, random bit patterns (so every exponent, denormals and huge
arguments appear) and values where the functions do something.
"""

import math
import os
from fractions import Fraction

import numpy as np
import pytest

import portico as pt

SINGLE, DOUBLE = np.float32, np.float64
DEVICE = os.environ.get("PORTICO_TEST_DEVICE", "cpu")
LONG_DOUBLE_IS_WIDER = np.finfo(np.longdouble).nmant > 60

# The bound in units in the last place: 2 for the first four, 4 for the rest.
UNARY = {
    "exp": (np.exp, 2),
    "log": (np.log, 2),
    "sin": (np.sin, 2),
    "cos": (np.cos, 2),
    "expm1": (np.expm1, 4),
    "log1p": (np.log1p, 4),
    "log2": (np.log2, 4),
    "tanh": (np.tanh, 4),
    "erf": (np.vectorize(math.erf, otypes=[np.float64]), 4),
    "sqrt": (np.sqrt, 0.5),
    "rsqrt": (lambda x: 1 / np.sqrt(x), 4),
}
BINARY = {
    "pow": (np.power, 4),
    "atan2": (np.arctan2, 4),
    "fmod": (np.fmod, 0),
}
ODD = {"sin", "tanh", "erf", "expm1", "log1p"}


def placed(x):
    return pt.from_numpy(x).to(DEVICE)


def special_values(dtype):
    info = np.finfo(dtype)
    positive = [0.0, 1.0, 2.0, 3.0, 0.5, 1e-3, 1e-10, 88.72, 103.9, 709.7, 745.1, 1e6, 1e30, np.inf]
    positive += [info.max, info.tiny, info.smallest_subnormal, 1 - info.epsneg, 1 + info.eps]
    values = np.array(positive, dtype=dtype)
    return np.concatenate([values, -values, np.array([np.nan], dtype=dtype)])


def arguments(dtype, count=8000):
    rng = np.random.default_rng(7)
    bits = rng.integers(0, 2**64, count, dtype=np.uint64)
    patterns = bits.astype(np.uint32).view(SINGLE) if dtype == SINGLE else bits.view(DOUBLE)
    ranges = [(-4, 4), (-110, 90), (0.9, 1.1), (-1e-3, 1e-3), (-1e5, 1e5)]
    parts = [special_values(dtype), patterns]
    parts += [rng.uniform(low, high, count).astype(dtype) for low, high in ranges]
    return np.concatenate(parts)


def argument_pairs(dtype):
    rng = np.random.default_rng(8)
    special = special_values(dtype)
    first, second = (grid.ravel() for grid in np.meshgrid(special, special))
    x, y = arguments(dtype), arguments(dtype)
    rng.shuffle(y)
    small = rng.uniform(0, 20, 8000).astype(dtype), rng.uniform(-20, 20, 8000).astype(dtype)
    whole = rng.standard_normal(8000).astype(dtype), rng.integers(-8, 8, 8000).astype(dtype)
    return (
        np.concatenate([first, x, small[0], whole[0]]),
        np.concatenate([second, y, small[1], whole[1]]),
    )


def check(name, got, wanted, inputs, bound):
    """Every finite result within `bound` units in the last place; inf and nan exactly."""
    dtype = got.dtype
    with np.errstate(over="ignore"):
        rounded = wanted.astype(dtype)

    def shown(k):
        values = ", ".join(repr(x[k]) for x in inputs)
        return f"{name}({values}) = {got[k]!r}, expected {rounded[k]!r}"

    wrong = (np.isnan(rounded) != np.isnan(got)) | (np.isinf(rounded) & (got != rounded))
    # A result that rounds to the largest number may come out as inf by one unit.
    wrong |= np.isinf(got) & np.isfinite(rounded) & (np.abs(rounded) < np.finfo(dtype).max)
    assert not wrong.any(), shown(np.argmax(wrong))
    finite = np.isfinite(rounded) & np.isfinite(got) & (np.abs(rounded) < np.finfo(dtype).max)
    unit = np.spacing(np.abs(rounded[finite])).astype(wanted.dtype)
    error = np.zeros(got.shape)
    error[finite] = np.abs(got[finite].astype(wanted.dtype) - wanted[finite]) / unit
    worst = int(np.argmax(error))
    # The reference itself is rounded: allow for it where it is no wider.
    slack = 1.0 if wanted.dtype == dtype else 1e-3
    assert error[worst] <= bound + slack, f"{shown(worst)}: off by {error[worst]:.2f} ulp"


def wide(x):
    if x.dtype == SINGLE:
        return x.astype(DOUBLE)
    return x.astype(np.longdouble) if LONG_DOUBLE_IS_WIDER else x


@pytest.mark.parametrize("dtype", [SINGLE, DOUBLE], ids=["f32", "f64"])
@pytest.mark.parametrize("name", UNARY)
def test_unary(name, dtype):
    reference, bound = UNARY[name]
    x = arguments(dtype)
    got = getattr(pt, name)(placed(x)).numpy(force=True)
    with np.errstate(all="ignore"):
        # math.erf has no wider form.
        wanted = reference(x.astype(DOUBLE) if name == "erf" else wide(x))
    check(name, got, wanted, (x,), bound)


@pytest.mark.parametrize("dtype", [SINGLE, DOUBLE], ids=["f32", "f64"])
@pytest.mark.parametrize("name", sorted(ODD))
def test_minus_zero(name, dtype):
    got = getattr(pt, name)(placed(np.array([-0.0, 0.0] * 20, dtype=dtype))).numpy(force=True)
    assert (np.signbit(got) == np.array([True, False] * 20)).all()


@pytest.mark.parametrize("dtype", [SINGLE, DOUBLE], ids=["f32", "f64"])
@pytest.mark.parametrize("name", BINARY)
def test_binary(name, dtype):
    reference, bound = BINARY[name]
    x, y = argument_pairs(dtype)
    got = getattr(pt, name)(placed(x), placed(y)).numpy(force=True)
    with np.errstate(all="ignore"):
        wanted = reference(wide(x), wide(y))
    check(name, got, wanted, (x, y), bound)
    # The sign of zeros and infinities.
    extreme = (wanted == 0) | np.isinf(wanted)
    assert (np.signbit(got) == np.signbit(wanted))[extreme].all()


def test_scalars_and_vectors_agree():
    """A lane is computed as it would be alone."""
    x = arguments(SINGLE, 50)
    x = x[np.isfinite(x)]
    for name in UNARY:
        function = getattr(pt, name)
        together = function(placed(x)).numpy(force=True)
        alone = np.array(
            [function(placed(x[k : k + 1])).numpy(force=True)[0] for k in range(0, 40)]
        )
        np.testing.assert_array_equal(together[:40], alone, err_msg=name)


def integer_power(base, exponent, bits):
    if exponent < 0:
        return {1: 1, -1: 1 - 2 * (exponent & 1)}.get(base, 0)
    value = pow(base, exponent, 1 << bits)
    return value - (1 << bits) if value >= 1 << (bits - 1) else value


@pytest.mark.parametrize("dtype", [np.int8, np.int32, np.int64])
def test_integer_power(dtype):
    rng = np.random.default_rng(9)
    base, exponent = rng.integers(-9, 10, 500).astype(dtype), rng.integers(0, 40, 500).astype(dtype)
    got = pt.pow(placed(base), placed(exponent)).numpy(force=True)
    bits = np.iinfo(dtype).bits
    wanted = [integer_power(int(b), int(e), bits) for b, e in zip(base, exponent, strict=True)]
    assert got.tolist() == wanted


@pytest.mark.parametrize("dtype", [SINGLE, DOUBLE], ids=["f32", "f64"])
def test_sum_is_accurate(dtype):
    """Long sums keep about the precision of their elements, along either axis."""
    rng = np.random.default_rng(10)
    x = rng.uniform(0, 1, (3000, 1100)).astype(dtype)
    bound = 16 * np.finfo(dtype).eps
    exact = sum((Fraction(float(v)) for v in x[:, 0]), Fraction(0))
    assert abs(float(pt.sum(placed(x), 0)[0]) / float(exact) - 1) < bound
    exact = math.fsum(x.astype(DOUBLE).ravel())
    assert abs(float(pt.sum(placed(x))) / exact - 1) < bound
