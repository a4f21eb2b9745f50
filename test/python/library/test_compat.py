"""What torch programs ask for besides tensors."""

import copy
import operator
import pickle

import numpy as np
import pytest

import portico as pt


def test_old_constructors():
    assert pt.Tensor([1, 2]).tolist() == [1.0, 2.0] and pt.Tensor([1, 2]).dtype is pt.float32
    assert pt.Tensor(2, 3).shape == (2, 3) and pt.Tensor().shape == (0,)
    assert pt.LongTensor([1]).dtype is pt.int64 and pt.BoolTensor(2).dtype is pt.bool
    assert pt.ones(1, dtype=pt.int32).new([7]).dtype is pt.int32
    with pytest.raises(TypeError, match="unexpected argument"):
        pt.Tensor([1], colour=3)


def test_subclasses():
    class Mine(pt.Tensor):
        pass

    x = Mine([1.0])
    assert type(x) is Mine and repr(x) == "Mine([1.])"
    assert type(x + 1) is pt.Tensor


def test_no_accelerator_is_here():
    for kind in (pt.cuda, pt.mps, pt.xpu):
        assert kind.is_available() == (kind.device_count() > 0)
    assert pt.zeros(1).is_cpu and pt.zeros(1).layout is pt.strided


def test_functional_names():
    x = pt.rand(2, 4)
    assert pt.equal(pt.layer_norm(x, (4,)), pt.nn.functional.layer_norm(x, (4,)))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        pt.nothing  # noqa: B018


def test_copies_and_pickles():
    for x in (pt.rand(2, 3), pt.ones(2, dtype=pt.bfloat16), pt.tensor(True)):
        for y in (copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
            assert pt.equal(x, y) and y.dtype is x.dtype
    leaf = pt.ones(1, requires_grad=True)
    assert copy.deepcopy(leaf).requires_grad
    with pytest.raises(RuntimeError, match="graph leaves"):
        copy.deepcopy(leaf * 2)


def test_fill_diagonal():
    assert pt.zeros(3, 2).fill_diagonal_(1).tolist() == [[1, 0], [0, 1], [0, 0]]


def test_names_of_numpy_and_keywords():
    x = pt.arange(6.0).reshape(shape=(2, 3))
    assert pt.sum(x, axis=0, keepdims=True).shape == (1, 3) and x.mean(axis=1).tolist() == [1, 4]
    assert pt.cat([x, x], axis=1).shape == (2, 6) and x.permute(dims=(1, 0)).shape == (3, 2)
    assert x.flip(dims=(0,))[0, 0].item() == 3 and x.repeat(repeats=(2, 1)).shape == (4, 3)
    assert x.view(size=(6,)).shape == (6,) and x[:1].expand(size=(4, 3)).shape == (4, 3)
    with pytest.raises(TypeError, match="colour"):
        x.permute(colour=1)


ARITHMETIC = [
    operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod,
    operator.pow,
]  # fmt: skip


@pytest.mark.parametrize("function", ARITHMETIC)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_array_and_a_tensor_make_a_tensor(function, dtype):
    array = np.array([[1, 2, 3], [7, 5, 4]], dtype)
    tensor = pt.tensor([1.0, 2, 4])
    for a, b in ((array, tensor), (tensor, array)):
        result = function(a, b)
        expected = function(np.asarray(a), np.asarray(b))
        assert isinstance(result, pt.Tensor) and result.dtype.name == expected.dtype.name
        np.testing.assert_allclose(result.numpy(), expected, rtol=1e-6)


@pytest.mark.parametrize("function", [operator.and_, operator.or_, operator.xor])
def test_bits_of_an_array_and_a_tensor(function):
    array, tensor = np.array([1, 2, 3]), pt.tensor([3, 5, 6])
    result = function(array, tensor)
    assert isinstance(result, pt.Tensor)
    assert (
        result.tolist() == function(tensor, array).tolist() == function(array, [3, 5, 6]).tolist()
    )


def test_an_array_of_no_dimensions_divides():
    result = np.array(2.0, np.float32) / pt.tensor([1.0, 2, 4])
    assert isinstance(result, pt.Tensor) and result.tolist() == [2, 1, 0.5]


def test_numpy_cannot_compute_with_what_requires_grad():
    with pytest.raises(RuntimeError, match="requires grad"):
        np.ones(2) / pt.ones(2, requires_grad=True)


def test_numpys_functions_take_tensors():
    x = pt.tensor([[1.0, 2], [4, 3]])
    assert isinstance(np.sin(x), pt.Tensor) and isinstance(np.add(np.ones(2), x), pt.Tensor)
    assert np.sum(x).item() == 10 and np.mean(x, axis=0).tolist() == [2.5, 2.5]
    assert np.concatenate([x, x]).shape == (4, 2)
