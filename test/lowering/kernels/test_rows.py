"""Reductions over any axes: along rows, across them, interleaved, long enough to split."""

import numpy as np
import pytest

import portico as pt

from .conftest import check, numpy_dtype, sample

#: Shapes and axes; the last ones are few long rows, done in phases.
CASES = [
    ((7,), (0,)),
    ((5, 3), (1,)),
    ((5, 3), (0,)),
    ((33, 130), (1,)),
    ((33, 130), (0,)),
    ((4, 5, 6), (0, 2)),
    ((4, 5, 6), (1,)),
    ((1, 5), (0,)),
    ((5, 1), (1,)),
    ((8, 16, 7, 7), (0, 2, 3)),
    ((2, 3, 4, 5, 6), (0, 2, 4)),
    ((2, 3, 4, 5, 6), (1, 3)),
    ((3, 4), ()),
    ((2, 100000), (1,)),
    ((70000, 20), (0,)),
    ((300, 3, 25, 25), (0, 2, 3)),
    ((3, 30000, 7), (1,)),
]


@pytest.mark.parametrize("shape,axes", CASES)
def test_reduce(shape, axes, rng):
    for dtype in ("float32", "float64", "int64", "int8", "uint8", "bfloat16", "bool"):
        x = sample(rng, shape, dtype)
        for kind in ("max", "min"):
            check("reduce", [x], {"kind": kind, "axes": axes}, tolerance=0)
        if dtype == "bool":
            continue
        if numpy_dtype(dtype).kind not in "iu":
            x = rng.uniform(0, 1, shape).astype(x.dtype)
        check("reduce", [x], {"kind": "sum", "axes": axes})
    near_one = rng.uniform(0.9999, 1.0001, shape)
    check("reduce", [near_one], {"kind": "prod", "axes": axes}, tolerance=1e-10)


@pytest.mark.parametrize("shape,axes", [case for case in CASES if case[1]])
def test_arg_reduce(shape, axes, rng):
    """The first of many equals, and nan before all."""
    for dtype in ("float32", "int32", "uint8"):
        x = rng.integers(0, 50, shape).astype(dtype)
        if dtype == "float32":
            x.ravel()[rng.integers(0, x.size, 3)] = np.nan
        for kind in ("max", "min"):
            check("arg_reduce", [x], {"kind": kind, "axis": axes[-1]})


ROWS = [((50, 37), 1), ((50, 37), 0), ((5, 100000), 1), ((7, 9, 11), 1), ((40, 256), 1)]


@pytest.mark.parametrize("shape,axis", ROWS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_fused_rows(shape, axis, dtype, rng):
    """Kernels of several passes: a value kept between them, results of both shapes."""
    x = (rng.standard_normal(shape) * 3).astype(dtype)
    bound = 5e-6 if dtype == np.float32 else 1e-13
    t, wide = pt.from_numpy(x), x.astype(np.float64)
    exact = np.exp(wide - wide.max(axis, keepdims=True))
    exact /= exact.sum(axis, keepdims=True)
    np.testing.assert_allclose(pt.softmax(t, axis).numpy(), exact, rtol=bound, atol=1e-30)
    np.testing.assert_allclose(
        pt.log_softmax(t, axis).numpy(), np.log(exact), rtol=bound, atol=bound
    )
    mean = t.mean(axis, keepdim=True)
    spread = ((t - mean) ** 2).mean(axis, keepdim=True)
    normal = (t - mean) * pt.rsqrt(spread + 1e-5)
    centred = wide - wide.mean(axis, keepdims=True)
    variance = (centred**2).mean(axis, keepdims=True)
    for got, wanted in (
        (normal, centred / np.sqrt(variance + 1e-5)),
        (spread, variance),
    ):
        np.testing.assert_allclose(got.numpy(), wanted, rtol=10 * bound, atol=10 * bound)


def test_the_same_bits_again(rng):
    """A sum has one order for a shape, however its tasks fall to the threads."""
    x = pt.from_numpy(rng.standard_normal(1_000_003).astype(np.float32))
    first = x.sum().item()
    assert all((x + 0).sum().item() == first and x.sum().item() == first for _ in range(20))
