"""What a tensor does besides the ops: NumPy's operators, copies, writes to shared elements."""

import numpy as np
import pytest

import portico as pt


@pytest.mark.parametrize(
    ("compute", "expected"),
    [
        (lambda t, a: t + a, [1, 3, 5]),
        (lambda t, a: t * a, [0, 2, 6]),
        (lambda t, a: t / (a + 1), [1, 1, 1]),
        (lambda t, a: np.maximum(t, a), [1, 2, 3]),
        (lambda t, a: np.negative(t), [-1, -2, -3]),
    ],
)
def test_numpy_with_a_tensor_gives_a_tensor(compute, expected):
    result = compute(pt.tensor([1.0, 2.0, 3.0]), np.arange(3.0))
    assert type(result) is pt.Tensor
    assert result.tolist() == expected


def test_arrays_are_compared_element_by_element():
    t, a = pt.tensor([1, 2]), np.array([1, 3])
    assert (t == a).tolist() == (a == t).tolist() == [True, False]
    assert (t != a).tolist() == (a != t).tolist() == [False, True]
    assert (t == "text") is False and (t != None) is True  # noqa: E711


def test_numpy_computes_in_its_own_dtype():
    assert (pt.ones(2) * np.ones(2)).dtype is pt.float64
    assert (pt.ones(2) * np.ones(2, np.float32)).dtype is pt.float32


def test_copy_broadcasts_and_casts_its_source():
    x = pt.zeros(2, 3, dtype=pt.int64)
    assert x.copy_(pt.tensor([1.5, 2.0, 3.0])) is x
    assert x.tolist() == [[1, 2, 3]] * 2


@pytest.mark.parametrize(
    ("shape", "source", "words"),
    [
        ((3,), (1, 3), "output with shape"),
        ((), (1,), "output with shape"),
        ((2, 3), (4,), "must match the size"),
    ],
)
def test_copy_does_not_broadcast_its_destination(shape, source, words):
    with pytest.raises(RuntimeError, match=words):
        pt.zeros(shape).copy_(pt.ones(source))


WRITES = {
    "add_": lambda x: x.add_(1),
    "+=": lambda x: x.__iadd__(1),
    "exp_": lambda x: x.exp_(),
    "copy_": lambda x: x.copy_(pt.ones(2, 3)),
    "slice": lambda x: x.__setitem__(slice(None), pt.ones(2, 3)),
    "out=": lambda x: pt.add(pt.ones(2, 3), 1, out=x),
    "normal_": lambda x: x.normal_(),
}


@pytest.mark.parametrize("write", WRITES)
def test_writes_to_elements_that_share_memory_raise(write):
    base = pt.zeros(1, 3)
    with pytest.raises(RuntimeError, match="refers to a single memory location"):
        WRITES[write](base.expand(2, 3))
    assert base.tolist() == [[0, 0, 0]]
    WRITES[write](base.expand(2, 3).clone())
