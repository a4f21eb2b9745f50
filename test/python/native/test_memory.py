"""Arrays in and out: copies, shared memory, DLPack, and what is refused."""

import gc
import warnings

import ml_dtypes
import numpy as np
import pytest

from portico import _core
from portico._generated import ops

from .helpers import last, t

DTYPES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]


@pytest.mark.parametrize("dtype", DTYPES)
def test_round_trip(dtype):
    a = np.array([[0, 1, 2], [3, 4, 5]]).astype(dtype)
    x = _core.from_buffer(a)
    assert x.dtype.name == dtype and x.numpy().dtype == a.dtype and np.array_equal(x.numpy(), a)


def test_bfloat16():
    a = np.array([1.5, -2.25], ml_dtypes.bfloat16)
    x = _core.from_buffer(a)
    assert x.dtype is _core.bfloat16 and x.numpy().dtype == a.dtype
    assert x.tolist() == [1.5, -2.25] and (x + x).tolist() == [3.0, -4.5]


def test_layouts_are_copied_right():
    a = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    for b in (
        a.T,
        a[:, ::2],
        a[::-1],
        a[0, 0, 0],
        np.broadcast_to(a[:1], a.shape),
        np.asfortranarray(a),
    ):
        assert np.array_equal(_core.from_buffer(b).tolist(), b.tolist())
    assert _core.from_buffer(np.zeros((0, 3))).shape == (0, 3)
    record = np.zeros(3, dtype=[("x", "f4"), ("y", "i2")])["x"]
    assert _core.from_buffer(record, copy=False).tolist() == [0, 0, 0]


def test_byte_order():
    a = np.array([1, 256], dtype=">i4")
    assert _core.from_buffer(a, copy=False).tolist() == [1, 256]


def test_refused():
    with pytest.raises(TypeError, match="object"):
        _core.from_buffer(np.array([None, 1]))
    with pytest.raises(TypeError, match="complex"):
        _core.from_buffer(np.array([1j]))
    with pytest.raises(TypeError):
        _core.from_buffer(np.array(["a"]))
    with pytest.raises(ValueError, match="negative"):
        _core.from_buffer(np.zeros(3)[::-1], copy=False)


def test_from_numpy_shares():
    a = np.zeros((2, 3), np.float32)
    x = _core.from_buffer(a, copy=False)
    a[0, 1] = 5
    assert x.tolist() == [[0, 5, 0], [0, 0, 0]]
    y = x + 1
    a[:] = 7
    assert y.tolist() == [[1, 6, 1], [1, 1, 1]]  # the value at the time of the op
    x += 1
    assert (a == 8).all()
    v = x._view_permute((1, 0))._view_slice((1, 0), (3, 2), (1, 1))
    v._assign(t([[1, 2], [3, 4]]))
    assert a.tolist() == [[8, 1, 3], [8, 2, 4]]
    a[0, 1] = -1
    assert v.tolist() == [[-1, 2], [3, 4]]


def test_strided_memory_is_shared():
    a = np.arange(12, dtype=np.float32).reshape(3, 4)
    x = _core.from_buffer(a.T[::2], copy=False)
    assert x.stride() == (2, 4) and x.tolist() == a.T[::2].tolist()
    x *= 10
    assert a[:, 0].tolist() == [0, 40, 80] and a[:, 1].tolist() == [1, 5, 9]


def test_memory_stays_while_it_is_used():
    a = np.ones(1000, np.float32)
    x = _core.from_buffer(a, copy=False)
    del a
    gc.collect()
    assert x.tolist() == [1.0] * 1000


def test_read_only_memory_warns_and_cannot_be_written():
    a = np.ones(3, np.float32)
    a.flags.writeable = False
    with pytest.warns(UserWarning, match="not writable"):
        x = _core.from_buffer(a, copy=False)
    assert (x + 1).tolist() == [2, 2, 2]
    with pytest.raises(RuntimeError, match="read-only"):
        x += 1


def test_read_only_memory_warns_once_at_the_users_line():
    import portico as pt

    a = np.ones(3)
    a.flags.writeable = False
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        pt.from_numpy(a)
        pt.as_tensor(a)
    assert [w.filename for w in caught] == [__file__] * 2


def test_numpy_shares():
    x = t([1, 2, 3])
    a = x.numpy()
    a[0] = 9
    assert x.tolist() == [9, 2, 3]
    x += 1
    assert a.tolist() == [10, 3, 4]
    b = x._view_slice((1,), (3,), (1,)).numpy()
    b[:] = 0
    assert a.tolist() == [10, 0, 0] and x.numpy()[0] == 10
    del a, b
    x += 1  # ours alone again
    assert x.tolist() == [11, 1, 1]


def test_numpy_does_not_change_what_was_recorded_before():
    x = t([1.0, 2.0])
    y = x * 10
    a = x.numpy()
    a[:] = 0
    assert y.tolist() == [10, 20] and x.tolist() == [0, 0]


def test_numpy_of_views_has_their_strides():
    x = t(np.arange(6.0).reshape(2, 3))
    a = x._view_permute((1, 0)).numpy()
    assert a.strides == (4, 12) and a.tolist() == [[0, 3], [1, 4], [2, 5]]
    a[0, 1] = 100
    assert x.tolist()[1][0] == 100


def test_numpy_needs_no_history():
    w = t([1.0], grad=True)
    with pytest.raises(RuntimeError, match="requires grad"):
        w.numpy()
    assert w.numpy(force=True).tolist() == [1] and w.detach().numpy().tolist() == [1]


def test_array_outlives_the_tensor():
    a = (t([1.0, 2.0]) + 1).numpy()
    gc.collect()
    junk = [t(np.ones(2)) + i for i in range(50)]
    _core.evaluate(junk)
    assert a.tolist() == [2, 3]


def test_dlpack_to_numpy_and_back():
    x = t(np.arange(6.0).reshape(2, 3))
    a = np.from_dlpack(x._view_permute((1, 0)))
    assert a.tolist() == [[0, 3], [1, 4], [2, 5]]
    x += 1
    assert a[0, 0] == 1
    b = np.arange(4, dtype=np.int16)
    y = _core.from_dlpack(b)
    b[0] = 7
    y += 1
    assert b.tolist() == [8, 2, 3, 4] and y.tolist() == [8, 2, 3, 4]


def test_dlpack_between_tensors():
    x = t([1.0, 2.0])
    y = _core.from_dlpack(x)
    y += 1
    assert x.tolist() == [2, 3]
    del x
    gc.collect()
    assert y.tolist() == [2, 3]
    unused = t([1.0]).__dlpack__()
    del unused  # never consumed: its own destructor frees it
    with pytest.raises(RuntimeError, match="require gradient"):
        t([1.0], grad=True).__dlpack__()


def test_memory_is_given_back():
    _core.flush_all()
    gc.collect()
    before = _core.stats()["live_bytes"]
    x = t(np.ones(100_000))
    (x + 1).tolist()
    a = x.numpy()
    del a, x
    gc.collect()
    assert _core.stats()["live_bytes"] <= before + 1024


def test_large_shared_memory_is_not_copied():
    a = np.arange(1 << 18, dtype=np.float32)
    x = _core.from_buffer(a, copy=False)
    before = _core.stats()["allocations"]
    y = ops.reduce(x, "max", (0,))
    assert _core.stats()["allocations"] - before <= 2  # the result, not the operand
    assert last()["why"] == "an op on memory shared with the outside"
    a[0] = 1e9
    assert y.item() == (1 << 18) - 1 and (x + 1).tolist()[0] == np.float32(1e9 + 1)
    pending = _core.stats()["ops_pending"]  # other tests of this process may have left some
    x += 1  # the old value must not be overwritten before it is read
    assert a[1] == 2 and _core.stats()["ops_pending"] <= pending


def test_borrowed_memory_lives_as_long_as_the_tape():
    x = _core.from_buffer(np.full(1 << 17, 2.0, np.float32), copy=False)
    w = t(3.0, grad=True)
    y = ops.reduce(x * w, "sum", (0,))
    del x
    gc.collect()
    _core.backward([y])
    assert w.grad.item() == 2.0 * (1 << 17)
