"""Views alias, writes through them are seen by all: NumPy is the witness."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .helpers import t


def test_slices_alias():
    x = t(np.arange(6.0).reshape(2, 3))
    v = x._view_slice((0, 1), (2, 3), (1, 1))
    assert v.stride() == (3, 1) and v.storage_offset() == 1 and v._base.tolist() == x.tolist()
    v += 10
    assert x.tolist() == [[0, 11, 12], [3, 14, 15]]
    x *= 2
    assert v.tolist() == [[22, 24], [28, 30]] and v._version == x._version == 2


def test_expand_cannot_be_written():
    x = t([[1.0], [2.0]])
    e = x._view_expand((2, 3))
    assert e.tolist() == [[1, 1, 1], [2, 2, 2]] and e.stride() == (1, 0)
    with pytest.raises(RuntimeError, match="more than one element of the written-to tensor"):
        e += 1
    one = x._view_expand((1, 2, 1))  # nothing repeated: may be written
    one += 1
    assert x.tolist() == [[2.0], [3.0]]
    with pytest.raises(RuntimeError, match="expanded size"):
        x._view_expand((3, 3))


def test_view_needs_fitting_strides():
    x = t(np.zeros((2, 3)))._view_permute((1, 0))
    assert not x.is_contiguous() and not x._can_view((6,))
    with pytest.raises(RuntimeError, match="view size is not compatible"):
        x._view_reshape((6,))
    assert x._can_view((3, 1, 2))


def test_bitcast_view():
    x = t([1.0, -1.0])
    v = x._view_bitcast("int32")
    assert v.tolist() == np.float32([1, -1]).view(np.int32).tolist()
    v._assign(t([0, 1 << 30], np.int32))
    assert x.tolist() == np.int32([0, 1 << 30]).view(np.float32).tolist()


def test_assignment_from_itself():
    x = t([1.0, 2.0, 3.0, 4.0])
    x._view_slice((1,), (4,), (1,))._assign(x._view_slice((0,), (3,), (1,)))
    assert x.tolist() == [1, 1, 2, 3]


def test_reads_before_a_write_keep_their_value():
    x = t([1.0, 2.0])
    y = x * 10
    x += 5
    assert y.tolist() == [10, 20] and x.tolist() == [6, 7]


def test_detach_and_data_alias():
    x = t([1.0, 2.0], grad=True)
    x.detach()._assign(t([5.0, 6.0]))
    assert x.tolist() == [5, 6] and x._version == 1
    x.data += 1
    assert x.tolist() == [6, 7] and x._version == 1  # .data is not counted


def test_set_data():
    p = t([1.0, 2.0], grad=True)
    q = t([[3.0]])
    p.data = q
    assert p.tolist() == [[3.0]] and p.requires_grad and p._shares_storage(q)
    (p * 2)._view_reshape((1,))
    with pytest.raises(RuntimeError):
        (p * 2).data = q


# Random programs: the same views and writes on an array and on a tensor.

steps = st.lists(
    st.tuples(
        st.sampled_from(["slice", "permute", "reshape", "write", "read"]), st.integers(0, 2**31)
    ),
    min_size=1,
    max_size=12,
)


def apply_step(kind, rng, array, tensor):
    if kind == "slice":
        starts, limits, strides = [], [], []
        for n in array.shape:
            a = int(rng.integers(0, max(n, 1)))
            starts.append(a)
            limits.append(int(rng.integers(a, n + 1)))
            strides.append(int(rng.integers(1, 3)))
        key = tuple(slice(*s) for s in zip(starts, limits, strides, strict=True))
        return array[key], tensor._view_slice(tuple(starts), tuple(limits), tuple(strides))
    if kind == "permute":
        p = tuple(int(i) for i in rng.permutation(array.ndim))
        return array.transpose(p), tensor._view_permute(p)
    shapes = [(array.size,), (1, *array.shape), (*array.shape, 1)]
    shape = shapes[int(rng.integers(0, 3))]
    view = array.reshape(shape)
    if array.size and not np.shares_memory(view, array):
        assert not tensor._can_view(shape)
        return array, tensor
    if not tensor._can_view(shape):  # NumPy is more lenient with empty arrays
        return array, tensor
    return view, tensor._view_reshape(shape)


@settings(max_examples=150, deadline=None)
@given(steps, st.booleans())
def test_random_programs(program, grad):
    array = np.arange(24, dtype=np.float32).reshape(2, 3, 4).copy()
    tensor = t(array)
    views = [(array, tensor)]
    with_grad = t(np.ones(()), grad=grad)
    for kind, seed in program:
        rng = np.random.default_rng(seed)
        a, x = views[int(rng.integers(0, len(views)))]
        if kind == "write":
            value = float(rng.integers(-9, 9))
            a += value
            x += with_grad * value
        elif kind == "read":
            assert np.array_equal(x.detach().numpy(), a)
        else:
            views.append(apply_step(kind, rng, a, x))
    for a, x in views:
        assert x.shape == a.shape and np.array_equal(x.tolist(), a.tolist())
        if a.size:
            assert tuple(s * 4 for s in x.stride()) == a.strides or 1 in a.shape
        assert x._version == tensor._version


def test_one_repetition_of_an_expanded_tensor_can_be_written():
    x = t([[1.0, 2.0]])
    e = x._view_expand((3, 2))
    row = e._view_slice((1, 0), (2, 2), (1, 1))._view_reshape((2,))
    row += 10
    assert x.tolist() == [[11, 12]] and e.tolist() == [[11, 12]] * 3
    with pytest.raises(RuntimeError, match="more than one element"):
        two = e._view_slice((1, 0), (3, 2), (1, 1))
        two += 1
