"""`as_strided` and `unfold`: views of a storage at any strides, read and written."""

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

import portico as pt

rng = np.random.default_rng(3)


def view_of(array, size, stride, offset):
    """NumPy's view of the same elements."""
    flat = array.reshape(-1)[offset:]
    return as_strided(flat, size, [s * array.itemsize for s in stride])


PLACES = {
    "a block": ((3, 2), (4, 1), 1),
    "columns first": ((2, 3), (1, 5), 0),
    "the diagonal": ((4,), (6,), 0),
    "three dimensions": ((2, 2, 3), (12, 5, 1), 2),
    "one element": ((), (), 7),
    "sizes of 1": ((1, 4, 1), (100, 3, 100), 3),
    "nothing": ((0, 3), (1, 1), 2),
    "everything": ((4, 6), (6, 1), 0),
    "overlapping rows": ((4, 5), (3, 1), 2),
}


@pytest.mark.parametrize("dtype", [np.float32, np.int64, np.bool_])
@pytest.mark.parametrize("places", PLACES)
def test_reads_and_writes_are_numpys(places, dtype):
    size, stride, offset = PLACES[places]
    memory = rng.integers(0, 2 if dtype is np.bool_ else 99, (4, 6)).astype(dtype)
    x = pt.tensor(memory)
    view = x.as_strided(size, stride, offset)
    expected = view_of(memory, size, stride, offset)
    np.testing.assert_array_equal(view.numpy(), expected)
    assert view.stride() == stride and view.storage_offset() == offset
    written = rng.integers(0, 2, size).astype(dtype)
    x, memory = x.clone(), memory.copy()  # no NumPy array looks into it
    view_of(memory, size, stride, offset)[...] = written
    x.as_strided(size, stride, offset).copy_(pt.tensor(written))
    np.testing.assert_array_equal(x.numpy(), memory)


def test_the_base_and_other_views_see_a_write_and_the_view_sees_theirs():
    x = pt.arange(12.0)
    view, other = x.as_strided((3, 2), (4, 1), 1), x[4:8]
    view.add_(100)
    assert x.tolist() == [0, 101, 102, 3, 4, 105, 106, 7, 8, 109, 110, 11]
    assert other.tolist() == [4, 105, 106, 7]
    other.zero_()
    assert view.tolist() == [[101, 102], [0, 0], [109, 110]]
    assert x._version == view._version == 2 and view._base is not None


def test_offsets_and_strides_are_those_of_the_storage():
    x = pt.arange(12).reshape(3, 4)
    part = x[1:, 1:]
    view = part.as_strided((2, 2), (1, 3))
    assert view.storage_offset() == 5
    view.zero_()
    assert x.tolist() == [[0, 1, 2, 3], [4, 0, 0, 7], [0, 0, 10, 11]]
    x.t().as_strided((2, 2), (1, 3), 2).neg_()
    assert x.tolist() == [[0, 1, -2, -3], [4, 0, 0, 7], [0, 0, 10, 11]]


def test_views_of_strided_views():
    x = pt.arange(12.0)
    v = x.as_strided((3, 2), (4, 1))
    w = v.t()[1:]
    w += 1
    z = v.as_strided((2,), (5,), 2)
    z.neg_()
    assert x.tolist() == [0, 2, -2, 3, 4, 6, 6, -7, 8, 10, 10, 11]
    assert w.tolist() == [[2, 6, 10]] and w.stride() == (1, 4) and w.storage_offset() == 1


def test_windows_are_views():
    x = pt.arange(6.0)
    windows = x.unfold(0, 2, 2)
    windows[1] = pt.tensor([7.0, 8.0])
    assert x.tolist() == [0, 1, 7, 8, 4, 5] and windows.stride() == (2, 1)
    x[0] = 9
    assert windows.tolist() == [[9, 1], [7, 8], [4, 5]]
    y = pt.arange(24.0).reshape(2, 3, 4).permute(2, 0, 1).unfold(0, 2, 1)
    assert y.shape == (3, 2, 3, 2) and y.stride() == (1, 12, 4, 1)
    nested = x.unfold(0, 2, 2).unfold(0, 2, 1)
    nested[0, 0, 1] = 99.0
    assert x.tolist() == [9, 1, 99, 8, 4, 5]
    assert pt.tensor(3).unfold(0, 1, 1).tolist() == [3]


def test_where_elements_overlap_the_last_one_written_stays():
    x = pt.zeros(5)
    x.unfold(0, 3, 1).copy_(pt.arange(9.0).reshape(3, 3))
    assert x.tolist() == [0, 3, 6, 7, 8]
    x.unfold(0, 2, 1).fill_(3.0)
    assert x.tolist() == [3, 3, 3, 3, 3]


def test_repeated_elements_take_one_number_and_nothing_else():
    x = pt.zeros(3)
    twice = x.as_strided((3, 2), (1, 0))
    for write in (
        lambda: twice.add_(1),
        lambda: twice.copy_(pt.ones(3, 2)),
        lambda: twice.fill_(pt.tensor(3.0)),
        lambda: twice[0].neg_(),
    ):
        with pytest.raises(RuntimeError, match="more than one element of the written-to tensor"):
            write()
    assert x.tolist() == [0, 0, 0]
    twice.fill_(4.0)
    assert x.tolist() == [4, 4, 4]
    twice[:, 1].add_(1)
    assert x.tolist() == [5, 5, 5]


def fill_row(v):
    v[1, 1:].fill_(4.0)


def set_where(v):
    v[pt.tensor([[False, False, True], [False, False, False]])] = 7.0


FILLS = {
    "fill_": (lambda v: v.fill_(2.0), [2, 2]),
    "zero_": (lambda v: v.zero_(), [0, 0]),
    "fill_ of a part": (fill_row, [1, 4]),
    "masked_fill_": (lambda v: v.masked_fill_(pt.tensor([[True], [False]]), 3.0), [3, 1]),
    "masked_fill_ of one": (
        lambda v: v.masked_fill_(pt.tensor([[False, True, False], [False] * 3]), 3.0),
        [3, 1],
    ),
    "index_fill_": (lambda v: v.index_fill_(0, pt.tensor([1]), 3.0), [1, 3]),
    "index_fill_ along the repetition": (
        lambda v: v.index_fill_(1, pt.tensor([2]), 3.0),
        [3, 3],
    ),
    "fill_diagonal_": (lambda v: v.fill_diagonal_(5.0), [5, 5]),
    "a mask as index": (set_where, [7, 1]),
    "a write to one repetition": (lambda v: v[0][:1].add_(2), [3, 1]),
    "a copy of itself": (lambda v: v.copy_(v), [1, 1]),
}


@pytest.mark.parametrize("name", FILLS)
def test_an_expanded_tensor_can_be_filled(name):
    write, expected = FILLS[name]
    x = pt.ones(2, 1)
    write(x.expand(2, 3))
    assert x.flatten().tolist() == expected


def test_gradients_through_strided_views():
    x = pt.arange(1.0, 7, requires_grad=True)
    (x.as_strided((3, 2), (1, 2)) * pt.arange(6.0).reshape(3, 2)).sum().backward()
    assert x.grad.tolist() == [0, 2, 5, 3, 5, 0]
    x.grad = None
    (x.unfold(0, 3, 2) ** 2).sum().backward()
    assert x.grad.tolist() == [2, 4, 12, 8, 10, 0]
    y = (x**2).as_strided((4,), (1,), 1)
    (first,) = pt.autograd.grad(y.sum(), x, create_graph=True)
    (second,) = pt.autograd.grad(first.sum(), x)
    assert second.tolist() == [0, 2, 2, 2, 2, 0]
    assert pt.autograd.gradcheck(
        lambda x: x.unfold(1, 2, 1), pt.randn(2, 4, dtype=pt.float64, requires_grad=True)
    )


def test_gradients_of_what_was_written_through_a_strided_view():
    w = pt.arange(1.0, 7, requires_grad=True)
    x = w * 1
    x.as_strided((2, 2), (3, 1)).mul_(5)
    (x**2).sum().backward()
    assert w.grad.tolist() == [50, 100, 6, 200, 250, 12]
    v = pt.arange(1.0, 5, requires_grad=True)
    x = pt.zeros(6)
    x.as_strided((2, 2), (3, 1), 1).copy_(v.reshape(2, 2))
    assert x.requires_grad
    (x * pt.arange(6.0)).sum().backward()
    assert v.grad.tolist() == [1, 2, 4, 5]


def test_autograd_watches_writes_through_strided_views():
    x = pt.arange(4.0, requires_grad=True)
    with pytest.raises(RuntimeError, match="a view of a leaf Variable that requires grad"):
        x.as_strided((2,), (1,)).add_(1)
    y = x * 2
    z = y * y
    y.as_strided((2,), (1,)).mul_(2.0)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        z.sum().backward()


def test_windows_of_a_part_that_was_detached():
    z = pt.arange(12.0).reshape(3, 4)[:, 1:].detach().requires_grad_()
    u = z.unfold(1, 2, 1)
    (u * u).sum().backward()
    assert z.grad.tolist() == [[2, 8, 6], [10, 24, 14], [18, 40, 22]]
    with pytest.raises(RuntimeError, match="no gradient for elements outside"):
        z.as_strided((2,), (1,), 0)
    assert z.detach().as_strided((2,), (1,), 0).tolist() == [0, 1]


def test_memory_shared_with_numpy():
    x = pt.arange(6.0)
    array, view = x.numpy(), x.as_strided((2, 2), (3, 1), 1)
    array[1] = 70
    view[1, 1] = 80.0
    seen = view.numpy()
    seen[0, 1] = 90
    assert x.tolist() == array.tolist() == [0, 70, 90, 3, 4, 80]
    assert seen.strides == (12, 4)
    foreign = np.arange(12, dtype=np.float32)
    pt.from_numpy(foreign[::2]).as_strided((3,), (4,)).neg_()
    assert foreign.tolist() == [0, 1, 2, 3, -4, 5, 6, 7, -8, 9, 10, 11]
    foreign = np.arange(12, dtype=np.float32).reshape(3, 4)
    pt.from_numpy(foreign).t().unfold(0, 2, 2).neg_()
    assert foreign.tolist() == (-np.arange(12.0).reshape(3, 4)).tolist()


def test_another_dtype_of_the_same_width():
    x = pt.arange(4, dtype=pt.int32)
    x.view(pt.float32).as_strided((2,), (2,)).fill_(1.0)
    assert x.tolist() == [0x3F800000, 1, 0x3F800000, 3]


@pytest.mark.parametrize(
    ("size", "stride", "offset", "message"),
    [
        ((2, 2), (3, 3), None, "out of bounds for storage of size 5"),
        ((2,), (1,), 4, "out of bounds for storage of size 5"),
        ((2,), (1,), -1, "invalid storage offset -1"),
        ((2,), (-1,), None, "Negative strides"),
        ((2, 2), (1,), None, "mismatch in length of strides and shape"),
    ],
)
def test_places_that_are_none(size, stride, offset, message):
    with pytest.raises(RuntimeError, match=message):
        pt.arange(5.0).as_strided(size, stride, offset)
