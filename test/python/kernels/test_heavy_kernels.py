"""Products, convolutions, windows, scans, sorts and scatters: the CPU target against NumPy.

The strategies choose by shape, so shapes are chosen to reach each of them: rows and
columns alone, sizes around the tile and the block, strides, groups, padding, dtypes.
"""

import numpy as np
import pytest

import portico as pt
from portico._generated import ops
from portico.reference.kernels import contraction, indexing, reduction, window

SEED = 20


def values(rng, shape, dtype="float32", special=False):
    dtype = np.dtype(dtype)
    if dtype.kind in "iu":
        return rng.integers(0 if dtype.kind == "u" else -9, 10, shape).astype(dtype)
    x = rng.standard_normal(shape).astype(dtype)
    if special and x.size:
        flat = x.reshape(-1)
        for value in (np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, 1.0):
            flat[rng.integers(0, flat.size, max(1, flat.size // 20))] = value
    return x


def on_cpu(op, arrays, *attributes):
    result = op(*(pt.from_numpy(np.ascontiguousarray(a)) for a in arrays), *attributes)
    results = result if isinstance(result, tuple) else (result,)
    return [r.numpy() for r in results]


def close(got, expected, summands):
    """Within the rounding of a sum of so many terms, in any order."""
    if got.dtype.kind in "iub":
        np.testing.assert_array_equal(got, expected)
        return
    scale = np.max(np.abs(expected), initial=1.0)
    bound = 4 * np.finfo(got.dtype).eps * max(summands, 1) ** 0.5 * scale
    assert np.max(np.abs(got.astype(np.float64) - expected), initial=0.0) <= bound


SIZES = [
    (1, 1, 1), (2, 3, 4), (1, 300, 70), (300, 1, 70), (3, 200, 65), (7, 33, 19), (64, 64, 64),
    (16, 10, 84), (65, 17, 130), (13, 520, 700), (140, 600, 300), (511, 513, 509), (4, 5, 0),
    (0, 4, 4), (1200, 130, 40),
]  # fmt: skip


@pytest.mark.parametrize("sizes", SIZES, ids=lambda s: "x".join(map(str, s)))
@pytest.mark.parametrize("transposed", ["nn", "nt", "tn", "tt"])
def test_matmul(sizes, transposed):
    m, n, k = sizes
    rng = np.random.default_rng(SEED)
    a = values(rng, (k, m) if transposed[0] == "t" else (m, k))
    b = values(rng, (n, k) if transposed[1] == "t" else (k, n))
    dims = [], [], [0 if transposed[0] == "t" else 1], [1 if transposed[1] == "t" else 0]
    expected = np.tensordot(a.astype(np.float64), b.astype(np.float64), (dims[2], dims[3]))
    close(on_cpu(ops.dot_general, (a, b), *dims)[0], expected, k)


@pytest.mark.parametrize("dtype", ["float64", "float16", "int8", "uint8", "int32", "int64"])
@pytest.mark.parametrize("sizes", [(1, 1, 1), (1, 40, 50), (7, 33, 19), (65, 70, 40)])
def test_matmul_dtypes(dtype, sizes):
    m, n, k = sizes
    rng = np.random.default_rng(SEED)
    a, b = values(rng, (m, k), dtype), values(rng, (k, n), dtype)
    got = on_cpu(ops.dot_general, (a, b), [], [], [1], [0])[0]
    expected = contraction.ref_dot_general(a, b, [], [], [1], [0])
    close(got, expected if a.dtype.kind in "iu" else expected.astype(np.float64), k)


@pytest.mark.parametrize(
    "shapes, dims",
    [
        (((2, 5, 3, 8), (2, 7, 3, 8)), ([0, 2], [0, 2], [3], [3])),
        (((4, 5, 6), (7, 8)), ([], [], [], [])),
        (((3, 4, 5), (5, 4, 6)), ([], [], [1, 2], [1, 0])),
        (((6, 4, 3), (5, 4, 3)), ([1], [1], [2], [2])),
        (((6, 2, 9), (3, 9, 50)), ([], [], [2], [1])),
        (((4,), (4,)), ([], [], [0], [0])),
    ],
)
def test_contractions_that_are_no_plain_product(shapes, dims):
    rng = np.random.default_rng(SEED)
    a, b = (values(rng, shape) for shape in shapes)
    expected = contraction.ref_dot_general(a.astype(np.float64), b.astype(np.float64), *dims)
    close(on_cpu(ops.dot_general, (a, b), *dims)[0], expected, 20)


# images, channels, size, filters, kernel, strides, padding, dilations, groups
CONVOLUTIONS = [
    (2, 1, (28, 28), 6, (5, 5), (1, 1), (0, 0), (1, 1), 1),
    (2, 8, (9, 7), 10, (3, 3), (2, 2), (1, 1), (1, 1), 1),
    (1, 3, (17, 19), 5, (7, 7), (2, 2), (3, 3), (1, 1), 1),
    (2, 8, (14, 14), 16, (1, 1), (1, 1), (0, 0), (1, 1), 1),
    (2, 6, (14, 15), 9, (1, 1), (2, 2), (0, 0), (1, 1), 3),
    (2, 8, (20, 20), 8, (3, 3), (1, 1), (1, 1), (1, 1), 8),
    (2, 8, (11, 13), 12, (3, 2), (1, 2), (2, 1), (2, 1), 4),
    (1, 2, (16, 16), 4, (4, 4), (4, 4), (0, 0), (1, 1), 1),
    (1, 2, (9, 9), 4, (2, 2), (3, 3), (3, 3), (1, 1), 1),
    (1, 2, (5, 6), 4, (1, 1), (1, 1), (2, 3), (1, 1), 1),
    (3, 4, (50,), 6, (5,), (2,), (2,), (2,), 2),
    (2, 3, (5, 6, 7), 4, (3, 2, 3), (1, 2, 1), (1, 0, 1), (1, 1, 2), 1),
    (5, 20, (7, 7), 30, (3, 3), (1, 1), (1, 1), (1, 1), 1),
    (1, 64, (56, 56), 32, (3, 3), (1, 1), (1, 1), (1, 1), 1),
]


@pytest.mark.parametrize("case", CONVOLUTIONS, ids=str)
def test_convolution_and_gradients(case):
    images, channels, size, filters, kernel, *geometry, groups = case
    rng = np.random.default_rng(SEED)
    x = values(rng, (images, channels, *size))
    w = values(rng, (filters, channels // groups, *kernel))
    y = contraction.ref_convolution(x.astype(np.float64), w.astype(np.float64), *geometry, groups)
    close(on_cpu(ops.convolution, (x, w), *geometry, groups)[0], y, w[0].size)
    dy = values(rng, y.shape)
    wide = dy.astype(np.float64)
    dx = contraction.ref_convolution_input_grad(wide, w.astype(np.float64), size, *geometry, groups)
    got = on_cpu(ops.convolution_input_grad, (dy, w), size, *geometry, groups)[0]
    close(got, dx, w[0].size)
    dw = contraction.ref_convolution_filter_grad(
        x.astype(np.float64), wide, kernel, *geometry, groups
    )
    got = on_cpu(ops.convolution_filter_grad, (x, dy), kernel, *geometry, groups)[0]
    close(got, dw, dy[:, 0].size)


# shape, window, strides, dilations, low, high
WINDOWS = [
    ((3, 24, 24), (2, 2), (2, 2), (1, 1), (0, 0), (0, 0)),
    ((2, 30, 31), (3, 3), (2, 2), (1, 1), (1, 1), (1, 1)),
    ((2, 5, 6, 7), (2, 3, 2), (1, 2, 3), (2, 1, 1), (1, 0, 1), (0, 1, 1)),
    ((4, 30), (5,), (3,), (2,), (4,), (3,)),
    ((2, 4, 100), (1, 3), (1, 2), (1, 1), (0, 0), (0, 0)),
    ((2, 4, 5), (2, 2), (3, 5), (1, 1), (0, 0), (0, 0)),
]


@pytest.mark.parametrize("case", WINDOWS, ids=str)
@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "uint8"])
def test_windows(case, dtype):
    shape, *geometry = case
    rng = np.random.default_rng(SEED)
    x = values(rng, shape, dtype, special=True)
    for kind in ("max", "min"):
        expected = window.ref_reduce_window(x, kind, *geometry)
        np.testing.assert_array_equal(on_cpu(ops.reduce_window, (x,), kind, *geometry)[0], expected)
        expected = window.ref_arg_reduce_window(x, kind, *geometry)
        got = on_cpu(ops.arg_reduce_window, (x,), kind, *geometry)[0]
        np.testing.assert_array_equal(got, expected)
    x = values(rng, shape, dtype)
    expected = window.ref_reduce_window(x, "sum", *geometry)
    close(on_cpu(ops.reduce_window, (x,), "sum", *geometry)[0], expected, np.prod(geometry[0]))


@pytest.mark.parametrize("shape, axis", [((3, 50), 1), ((5, 37), 0), ((2, 9, 1100), 1), ((7,), 0)])
@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "uint8"])
@pytest.mark.parametrize("reverse", [False, True])
def test_scan(shape, axis, dtype, reverse):
    rng = np.random.default_rng(SEED)
    for kind in ("sum", "prod", "max", "min"):
        x = values(rng, shape, dtype, special=kind in ("max", "min"))
        if kind == "prod" and x.dtype.kind == "f":
            x = 1 + x / 20
        expected = reduction.ref_scan(x, kind, axis, reverse)
        got = on_cpu(ops.scan, (x,), kind, axis, reverse)[0]
        if kind in ("max", "min") or x.dtype.kind in "iu":
            np.testing.assert_array_equal(got, expected)
        else:
            close(got, expected.astype(np.float64), 1)


@pytest.mark.parametrize(
    "shape, axis", [((1,), 0), ((3, 30), 1), ((48,), 0), ((49,), 0), ((3, 200, 4), 1), ((0, 3), 1)]
)
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int8", "uint8", "int64"])
@pytest.mark.parametrize("descending", [False, True])
def test_sort_is_stable(shape, axis, dtype, descending):
    x = values(np.random.default_rng(SEED), shape, dtype, special=True)
    got = on_cpu(ops.sort, (x,), axis, descending)
    for result, expected in zip(got, reduction.ref_sort(x, axis, descending), strict=True):
        np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize(
    "shape, indices, axis, batch",
    [
        ((5, 7), (4, 3), 0, 0),
        ((3, 5, 40), (3, 6), 1, 1),
        ((3, 4, 5, 17), (3, 2), 2, 1),
        ((2, 6), (2, 6), 1, 1),
        ((4,), (0,), 0, 0),
        ((100, 300), (400,), 0, 0),
    ],
)
@pytest.mark.parametrize("combiner", ["set", "add", "mul", "max", "min"])
def test_scatter_in_order(shape, indices, axis, batch, combiner):
    rng = np.random.default_rng(SEED)
    x, where = values(rng, shape), rng.integers(0, shape[axis], indices)
    updates = values(rng, shape[:axis] + indices[batch:] + shape[axis + 1 :])
    expected = indexing.ref_scatter(x, where, updates, axis, batch, combiner)
    got = on_cpu(ops.scatter, (x, where, updates), axis, batch, combiner)[0]
    # The same order, so the same bits.
    np.testing.assert_array_equal(got, expected)


def test_scatter_reports_an_index_out_of_range():
    x, updates = np.zeros((4, 3), np.float32), np.ones((2, 3), np.float32)
    for bad in (-1, 4):
        with pytest.raises(IndexError):
            on_cpu(ops.scatter, (x, np.array([0, bad]), updates), 0, 0, "add")


def test_results_do_not_depend_on_the_run():
    rng = np.random.default_rng(SEED)
    x, w = values(rng, (8, 16, 20, 20)), values(rng, (24, 16, 3, 3))
    dy = values(rng, (8, 24, 20, 20))
    attributes = (3, 3), (1, 1), (1, 1), (1, 1), 1
    first = on_cpu(ops.convolution_filter_grad, (x, dy), *attributes)[0]
    for _ in range(3):
        again = on_cpu(ops.convolution_filter_grad, (x, dy), *attributes)[0]
        np.testing.assert_array_equal(again, first)
    assert w[0].size == first[0].size
