"""Shape ops and run-time indexing against plain loops."""

import itertools

import numpy as np
import pytest

from portico.reference import evaluate_op


def run(name, *operands, **attrs):
    (result,) = evaluate_op(name, operands, attrs)
    return result


def counting(*shape):
    return np.arange(np.prod(shape, dtype=int), dtype=np.float32).reshape(shape)


def test_broadcast_places_dimensions():
    x = counting(2, 1)
    got = run("broadcast", x, shape=(4, 2, 3), dims=(1, 2))
    np.testing.assert_array_equal(got, np.stack([np.repeat(x, 3, 1)] * 4))
    assert got.flags.writeable


def test_slice_then_update_is_the_identity():
    x = counting(5, 7)
    part = run("slice", x, starts=(1, 0), limits=(5, 7), strides=(2, 3))
    np.testing.assert_array_equal(part, x[1:5:2, 0:7:3])
    back = run("update_slice", x, part, starts=(1, 0), strides=(2, 3))
    np.testing.assert_array_equal(back, x)
    marked = run("update_slice", x, -part - 1, starts=(1, 0), strides=(2, 3))
    want = x.copy()
    want[1:5:2, 0:7:3] = -part - 1
    np.testing.assert_array_equal(marked, want)


def test_update_slice_with_nothing():
    x = counting(3)
    got = run("update_slice", x, counting(0), starts=(3,), strides=(1,))
    np.testing.assert_array_equal(got, x)


def test_pad():
    x = counting(2, 3)
    got = run("pad", x, np.float32(9).reshape(()), low=(1, 0), high=(0, 2))
    np.testing.assert_array_equal(got, np.pad(x, ((1, 0), (0, 2)), constant_values=9))


def test_pad_with_negative_amounts_crops():
    x = counting(4, 5)
    got = run("pad", x, np.float32(9).reshape(()), low=(-1, 1), high=(0, -2))
    want = np.full((3, 4), 9, np.float32)
    want[:, 1:] = x[1:, :3]
    np.testing.assert_array_equal(got, want)


def test_concat_and_reverse():
    x, y = counting(2, 3), counting(1, 3)
    np.testing.assert_array_equal(run("concat", x, y, axis=0), np.concatenate([x, y]))
    np.testing.assert_array_equal(run("reverse", x, axes=(0, 1)), x[::-1, ::-1])
    assert run("concat", counting(0), counting(2), axis=0).shape == (2,)


def test_iota():
    got = run("iota", shape=(2, 3), axis=1, dtype="i16")
    np.testing.assert_array_equal(got, np.array([[0, 1, 2]] * 2, np.int16))


def gather_by_loops(x, indices, axis, b):
    """The formula of the op, element by element."""
    batch, p, q = x.shape[:b], x.shape[b:axis], x.shape[axis + 1 :]
    i = indices.shape[b:]
    result = np.empty((*batch, *p, *i, *q), x.dtype)
    for bi, pi, ii, qi in itertools.product(*map(np.ndindex, (batch, p, i, q))):
        result[(*bi, *pi, *ii, *qi)] = x[(*bi, *pi, indices[(*bi, *ii)], *qi)]
    return result


CASES = [
    ((5, 3), (4,), 0, 0),  # embedding
    ((5, 3), (2, 2), 1, 0),
    ((2, 3, 6), (2, 3, 4), 2, 2),  # torch.gather along the last dimension
    ((2, 3, 4, 2), (2, 5), 2, 1),
    ((2, 4, 3), (2, 2, 3), 1, 1),
    ((4,), (), 0, 0),
    ((3, 0), (2,), 0, 0),
]


@pytest.mark.parametrize(("shape", "index_shape", "axis", "batch_dims"), CASES)
def test_gather(shape, index_shape, axis, batch_dims, rng):
    x = rng.normal(size=shape).astype(np.float32)
    indices = rng.integers(0, shape[axis], index_shape)
    got = run("gather", x, indices, axis=axis, batch_dims=batch_dims)
    np.testing.assert_array_equal(got, gather_by_loops(x, indices, axis, batch_dims))


@pytest.mark.parametrize("bad", [-1, 5])
@pytest.mark.parametrize("name", ["gather", "scatter"])
def test_index_out_of_range(name, bad):
    operands = [counting(5, 3), np.array([0, bad])]
    attrs = {"axis": 0, "batch_dims": 0}
    if name == "scatter":
        operands.append(counting(2, 3))
        attrs["combiner"] = "add"
    with pytest.raises(IndexError, match=rf"got {bad}; expected 0 <= index < 5"):
        run(name, *operands, **attrs)


COMBINE = {
    "set": lambda old, new: new,
    "add": lambda old, new: old + new,
    "mul": lambda old, new: old * new,
    "max": max,
    "min": min,
}


@pytest.mark.parametrize("combiner", COMBINE)
@pytest.mark.parametrize(("shape", "index_shape", "axis", "batch_dims"), CASES)
def test_scatter_in_order(shape, index_shape, axis, batch_dims, combiner, rng):
    x = rng.normal(size=shape).astype(np.float32)
    indices = rng.integers(0, shape[axis], index_shape)
    b = batch_dims
    batch, p, q = shape[:b], shape[b:axis], shape[axis + 1 :]
    i = index_shape[b:]
    updates = rng.normal(size=(*batch, *p, *i, *q)).astype(np.float32)
    want = x.copy()
    for bi, ii, pi, qi in itertools.product(*map(np.ndindex, (batch, i, p, q))):
        where = (*bi, *pi, indices[(*bi, *ii)], *qi)
        want[where] = COMBINE[combiner](want[where], updates[(*bi, *pi, *ii, *qi)])
    got = run("scatter", x, indices, updates, axis=axis, batch_dims=b, combiner=combiner)
    np.testing.assert_array_equal(got, want)


def test_dynamic_slice_clamps():
    x = counting(4, 5)
    start = [np.array(3), np.array(-7)]
    np.testing.assert_array_equal(run("dynamic_slice", x, *start, sizes=(2, 3)), x[2:4, 0:3])
    want = x.copy()
    want[2:4, 0:3] = -1
    update = np.full((2, 3), -1, np.float32)
    np.testing.assert_array_equal(run("dynamic_update_slice", x, update, *start), want)
