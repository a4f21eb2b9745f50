"""Data movement in all its layouts: along, across, reversed, padded, chosen at run time."""

import numpy as np
import pytest

import portico as pt
from portico._generated import ops

from .conftest import check, sample

SHAPE = (6, 33, 20)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int16", "bool"])
@pytest.mark.parametrize("order", [(2, 1, 0), (0, 2, 1), (1, 0, 2), (2, 0, 1)])
def test_permute(order, dtype, rng):
    check("permute", [sample(rng, SHAPE, dtype)], {"permutation": order})


@pytest.mark.parametrize("shape", [(130, 77), (64, 64), (9, 300), (300, 9), (8, 8)])
def test_transpose_with_a_row(shape, rng):
    """A tile of the transposed input next to an input that lies along the result."""
    x, row = sample(rng, shape, "float32"), sample(rng, (shape[0],), "float32")
    got = pt.from_numpy(x).t() * 2 + pt.from_numpy(row)
    np.testing.assert_array_equal(got.numpy(), x.T * 2 + row)


def test_large_results_are_whole():
    """Large enough to be written past the caches."""
    x = np.arange(3000 * 3200, dtype=np.float32).reshape(3000, 3200)
    np.testing.assert_array_equal(pt.from_numpy(x).t().contiguous().numpy(), x.T)
    np.testing.assert_array_equal((pt.from_numpy(x) + 1).numpy(), x + 1)
    np.testing.assert_array_equal((pt.from_numpy(x[:, :3199]) + 1).numpy(), x[:, :3199] + 1)


@pytest.mark.parametrize("axes", [(0,), (1,), (2,), (0, 1, 2)])
def test_reverse(axes, rng):
    check("reverse", [sample(rng, SHAPE, "float32")], {"axes": axes})


def test_slice_and_update(rng):
    x = sample(rng, SHAPE, "float32")
    window = {"starts": (1, 3, 0), "strides": (2, 3, 1)}
    check("slice", [x], {**window, "limits": (4, 24, 20)})
    check("slice", [x], {"starts": (0, 0, 5), "limits": SHAPE, "strides": (1, 1, 1)})
    check("slice", [x], {"starts": (0, 0, 1), "limits": SHAPE, "strides": (1, 1, 3)})
    check("update_slice", [x, sample(rng, (2, 7, 20), "float32")], window)


@pytest.mark.parametrize("dims", [(1,), (0, 2), ()])
def test_broadcast(dims, rng):
    x = sample(rng, tuple(SHAPE[d] for d in dims), "float32")
    check("broadcast", [x], {"shape": SHAPE, "dims": dims})


@pytest.mark.parametrize(
    "low,high", [((1, 0, 2), (0, 3, 4)), ((0, 0, 0), (0, 0, 5)), ((2, 0, 0), (0, 0, 0))]
)
def test_pad(low, high, rng):
    check("pad", [sample(rng, SHAPE, "float32"), np.float32(7)], {"low": low, "high": high})


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_concat(axis, rng):
    def part(size):
        return sample(rng, SHAPE[:axis] + (size,) + SHAPE[axis + 1 :], "float32")

    parts = [part(size) for size in (3, 1, 0, 5, 2)]
    got = ops.concat([pt.from_numpy(x) for x in parts], axis=axis)
    np.testing.assert_array_equal(got.numpy(), np.concatenate(parts, axis))


@pytest.mark.parametrize("shape", [(6, 33, 4, 5), (198, 20), (3960,), (6, 11, 3, 20), (40, 99)])
def test_reshape_between_permutations(shape, rng):
    x = sample(rng, SHAPE, "float32")
    got = pt.from_numpy(x).permute(2, 0, 1).reshape(shape)
    got = got.permute(tuple(reversed(range(len(shape))))) + 1
    np.testing.assert_array_equal(got.numpy(), x.transpose(2, 0, 1).reshape(shape).T + 1)


@pytest.mark.parametrize("dtype", ["int64", "int32"])
def test_gather(dtype, rng):
    x = sample(rng, SHAPE, "float32")
    check("gather", [x, rng.integers(0, 33, (4, 5)).astype(dtype)], {"axis": 1, "batch_dims": 0})
    last = rng.integers(0, 20, (6, 33, 9)).astype(dtype)
    check("gather", [x, last], {"axis": 2, "batch_dims": 2})


@pytest.mark.parametrize("bad", [20, -1, 2**40])
def test_gather_reports_the_index(bad, rng):
    index = rng.integers(0, 20, (6, 33, 9))
    index[3, 4, 5] = bad
    got = ops.gather(
        pt.from_numpy(sample(rng, SHAPE, "float32")), pt.from_numpy(index), axis=2, batch_dims=2
    )
    with pytest.raises(IndexError, match=str(bad)):
        got.numpy()


@pytest.mark.parametrize("start", [2, -5, 100])
def test_dynamic_windows(start, rng):
    x, update = sample(rng, SHAPE, "float32"), sample(rng, (6, 10, 20), "float32")
    starts = [np.int64(0), np.int64(start), np.int64(0)]
    clamped = min(max(start, 0), 23)
    tensors = [pt.from_numpy(np.array(s)) for s in starts]
    got = ops.dynamic_slice(pt.from_numpy(x), tensors, sizes=(6, 10, 20))
    np.testing.assert_array_equal(got.numpy(), x[:, clamped : clamped + 10])
    wanted = x.copy()
    wanted[:, clamped : clamped + 10] = update
    got = ops.dynamic_update_slice(pt.from_numpy(x), pt.from_numpy(update), tensors)
    np.testing.assert_array_equal(got.numpy(), wanted)


@pytest.mark.parametrize("axis", [0, 1])
def test_iota(axis):
    for dtype in ("float32", "float64", "int64", "int32", "int8", "uint8"):
        check("iota", [], {"shape": (5, 37), "axis": axis, "dtype": getattr(pt, dtype)})


def test_random_bits():
    seed, offset = np.array(1234567890123), np.array(5)
    check("random_bits", [seed, offset], {"shape": (7, 43)})
    check("random_bits", [seed, np.array(2**40)], {"shape": (1000,)})
