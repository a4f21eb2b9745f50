"""Reductions, scans, sorts and windows against plain loops."""

import functools
import itertools
import operator

import ml_dtypes
import numpy as np
import pytest

from portico.reference import evaluate_op

COMBINE = {"sum": operator.add, "prod": operator.mul, "max": max, "min": min}


def run(name, *operands, **attrs):
    (result,) = evaluate_op(name, operands, attrs)
    return result


def small_integers(rng, shape, dtype):
    """Values whose sums and products are exact in every dtype."""
    return rng.integers(1, 3, shape).astype(dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.int32, np.uint8])
@pytest.mark.parametrize("kind", COMBINE)
@pytest.mark.parametrize("axes", [(0,), (1,), (0, 2), (0, 1, 2), ()])
def test_reduce(kind, axes, dtype, rng):
    x = small_integers(rng, (2, 3, 2), dtype)
    x[0, :, 1] = 1
    got = run("reduce", x, kind=kind, axes=axes)
    assert got.dtype == dtype
    kept = [d for d in range(3) if d not in axes]
    assert got.shape == tuple(x.shape[d] for d in kept)
    moved = np.transpose(x, [*kept, *axes]).reshape(*got.shape, -1)
    for where in np.ndindex(got.shape):
        assert got[where] == functools.reduce(COMBINE[kind], moved[where].tolist())


def test_reduce_of_nothing():
    empty = np.zeros((0, 2), np.float32)
    np.testing.assert_array_equal(run("reduce", empty, kind="sum", axes=(0,)), [0, 0])
    np.testing.assert_array_equal(run("reduce", empty, kind="prod", axes=(0,)), [1, 1])
    with pytest.raises(ValueError, match="max over no elements"):
        run("reduce", empty, kind="max", axes=(0,))
    none = np.zeros((0,), bool)
    assert not run("reduce", none, kind="max", axes=(0,))
    assert run("reduce", none, kind="min", axes=(0,))


def test_integer_sums_wrap():
    x = np.array([127, 1], np.int8)
    assert run("reduce", x, kind="sum", axes=(0,)) == -128


def test_half_sums_accumulate_wide():
    x = np.ones(4096, ml_dtypes.bfloat16)  # in bf16 arithmetic this sticks at 256
    assert run("reduce", x, kind="sum", axes=(0,)) == 4096


def test_nan_wins_and_the_first_index_counts():
    x = np.float32([[1, np.nan, 3, np.nan], [2, 5, 5, 0]])
    assert np.isnan(run("reduce", x, kind="max", axes=(1,))[0])
    np.testing.assert_array_equal(run("arg_reduce", x, kind="max", axis=1), [1, 1])
    np.testing.assert_array_equal(run("arg_reduce", x, kind="min", axis=1), [1, 3])


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("kind", COMBINE)
def test_scan(kind, reverse, rng):
    x = small_integers(rng, (3, 4), np.int64)
    x[1, 2] = 9
    rows = x[:, ::-1] if reverse else x
    want = np.array([list(itertools.accumulate(row.tolist(), COMBINE[kind])) for row in rows])
    want = want[:, ::-1] if reverse else want
    got = run("scan", x, kind=kind, axis=1, reverse=reverse)
    np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("descending", [False, True])
def test_sort_is_stable_and_nan_is_largest(descending):
    x = np.float32([3, np.nan, 1, 3, -np.inf, 1, np.inf, np.nan])
    values, indices = evaluate_op("sort", [x], {"axis": 0, "descending": descending})
    want = [1, 7, 6, 0, 3, 2, 5, 4] if descending else [4, 2, 5, 0, 3, 6, 1, 7]
    np.testing.assert_array_equal(indices, want)
    np.testing.assert_array_equal(values, x[want])
    assert indices.dtype == np.int64


def test_sort_along_the_first_axis_and_of_booleans():
    x = np.array([[True, False], [False, True], [True, True]])
    values, indices = evaluate_op("sort", [x], {"axis": 0, "descending": True})
    np.testing.assert_array_equal(indices, [[0, 1], [2, 2], [1, 0]])
    np.testing.assert_array_equal(values, [[1, 1], [1, 1], [0, 0]])


WINDOWS = [
    dict(window=(2, 2), strides=(2, 2), dilations=(1, 1), low=(0, 0), high=(0, 0)),
    dict(window=(3, 2), strides=(1, 2), dilations=(1, 2), low=(1, 0), high=(1, 1)),
    dict(window=(1, 3), strides=(1, 1), dilations=(1, 2), low=(0, 2), high=(0, 2)),
]


def windows_by_loops(x, window, strides, dilations, low, high):
    """For each output position, the flat positions of x inside the window."""
    size = x.shape[-2:]
    out = [
        (n + lo + hi - ((w - 1) * d + 1)) // s + 1
        for n, lo, hi, w, d, s in zip(size, low, high, window, dilations, strides, strict=True)
    ]
    for position in itertools.product(*map(range, out)):
        cells = []
        for tap in itertools.product(*map(range, window)):
            at = [
                o * s + t * d - lo
                for o, s, t, d, lo in zip(position, strides, tap, dilations, low, strict=True)
            ]
            if all(0 <= a < n for a, n in zip(at, size, strict=True)):
                cells.append(at[0] * size[1] + at[1])
        yield position, cells


@pytest.mark.parametrize("geometry", WINDOWS)
@pytest.mark.parametrize("kind", COMBINE)
def test_reduce_window(kind, geometry, rng):
    x = small_integers(rng, (2, 5, 6), np.float32)
    got = run("reduce_window", x, kind=kind, **geometry)
    flat = x.reshape(2, -1)
    seen = 0
    for position, cells in windows_by_loops(x, **geometry):
        for batch in range(2):
            want = functools.reduce(COMBINE[kind], flat[batch, cells].tolist())
            assert got[(batch, *position)] == want
            seen += 1
    assert seen == got.size


@pytest.mark.parametrize("geometry", WINDOWS)
@pytest.mark.parametrize("kind", ["max", "min"])
def test_arg_reduce_window(kind, geometry, rng):
    x = small_integers(rng, (2, 5, 6), np.float32)
    x[0, 2, 2] = np.nan
    x[1] = -np.inf if kind == "max" else np.inf  # ties with the padding's identity
    got = run("arg_reduce_window", x, kind=kind, **geometry)
    flat = x.reshape(2, -1)
    best = np.argmax if kind == "max" else np.argmin
    for position, cells in windows_by_loops(x, **geometry):
        for batch in range(2):
            assert got[(batch, *position)] == cells[best(flat[batch, cells])]
