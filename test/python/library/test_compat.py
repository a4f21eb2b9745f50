"""What torch programs ask for besides tensors."""

import copy
import pickle

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
