"""Recording: shapes, dtypes, promotion, numbers, locations, errors at the call."""

import gc
import re
import weakref

import numpy as np
import pytest

from portico import _core, errors
from portico._generated import ops

from .helpers import t, total


def test_an_error_is_raised_at_the_call_with_pytorchs_sentence():
    sentence = (
        "[add] The size of tensor a (3) must match the size of tensor b (4) "
        "at non-singleton dimension 0"
    )
    with pytest.raises(RuntimeError, match=re.escape(sentence)):
        t([1, 2, 3]) + t([1, 2, 3, 4])
    with pytest.raises(errors.PorticoError):
        ops.reshape(t([1, 2, 3]), (2,))
    with pytest.raises(TypeError):
        ops.exp(3)
    with pytest.raises(TypeError):
        ops.reshape(t([1]), ("a",))


def test_errors_have_two_classes():
    for name in (
        "PorticoTypeError",
        "PorticoValueError",
        "PorticoIndexError",
        "PorticoRuntimeError",
    ):
        cls = getattr(errors, name)
        builtin = getattr(__import__("builtins"), name.removeprefix("Portico"))
        assert issubclass(cls, errors.PorticoError) and issubclass(cls, builtin)
    assert not issubclass(errors.InternalError, errors.PorticoError)


def test_broadcasting():
    a, b = np.float32([[1], [2]]), np.float32([10, 20, 30])
    for f in (
        lambda x, y: x + y,
        lambda x, y: x - y,
        lambda x, y: x * y,
        lambda x, y: x / y,
        lambda x, y: x < y,
    ):
        assert np.array_equal(f(t(a), t(b)).numpy(), f(a, b))


# PyTorch 2.13: result dtypes of x + y.
PROMOTION = [
    ("uint8", "int8", "int16"), ("int32", "int64", "int64"), ("bool", "uint8", "uint8"),
    ("int64", "float16", "float16"), ("float16", "bfloat16", "float32"),
    ("float32", "float64", "float64"),
    ("bool", "bool", "bool"), ("int16", "bool", "int16"), ("uint8", "int32", "int32"),
]  # fmt: skip


@pytest.mark.parametrize("a, b, expected", PROMOTION)
def test_promotion_of_tensors(a, b, expected):
    assert _core.promote_types(a, b).name == _core.promote_types(b, a).name == expected
    x, y = _core.full((2,), 1, a), _core.full((2,), 1, b)
    assert (x + y).dtype.name == expected


def test_promotion_by_category():
    i, f, h = t([1, 2], np.int32), t([1, 2]), t([1, 2], np.float16)
    assert (i + 2).dtype.name == "int32" and (i + 2.5).dtype.name == "float32"
    assert (h + 2.5).dtype.name == "float16" and (i + True).dtype.name == "int32"
    assert (h + t(1.0, np.float64)).dtype.name == "float16"  # 0-d counts less
    assert (i + t(1.0, np.float64)).dtype.name == "float64"
    assert (t([True], bool) + 1).dtype.name == "int64"
    assert (i / i).dtype.name == "float32" and (i / 2).tolist() == [0.5, 1.0]
    assert (i == 1.5).dtype.name == "bool" and (f**2).dtype.name == "float32"
    assert _core.result_type(i, 1.5, True).name == "float32"
    assert not _core.can_cast("float32", "int64") and _core.can_cast("int64", "float16")


def test_default_dtype():
    before = _core.get_default_dtype()
    try:
        _core.set_default_dtype("float64")
        assert (t([1], np.int64) * 0.5).dtype.name == "float64"
        with pytest.raises(TypeError):
            _core.set_default_dtype("int32")
    finally:
        _core.set_default_dtype(before)


def test_bool_arithmetic():
    a, b = t([True, False], bool), t([True, True], bool)
    assert (a + b).tolist() == [True, True] and (a * b).tolist() == [True, False]
    with pytest.raises(RuntimeError, match="Subtraction"):
        a - b
    with pytest.raises(RuntimeError, match="Negation"):
        a.__neg__()
    assert (~a).tolist() == [False, True] and (a ^ b).tolist() == [False, True]


def test_powers():
    x = t([1.0, 2.0, 3.0])
    assert (x**2).tolist() == [1, 4, 9] and (x**3).tolist() == [1, 8, 27]
    assert np.allclose((x**0.5).tolist(), np.sqrt([1, 2, 3])) and np.allclose(
        (2**x).tolist(), [2, 4, 8]
    )
    assert np.allclose((x**-1.5).tolist(), np.float32([1, 2, 3]) ** -1.5)
    with pytest.raises(RuntimeError, match="negative integer powers"):
        t([2], np.int64) ** -1


def test_numbers_are_arguments():
    """A new learning rate is no new program."""
    x = t([1.0, 2.0])
    before = _core.stats()["memory_hits"]
    for rate in (0.1, 0.2, 0.3):
        assert np.allclose((x * rate).tolist(), [rate, 2 * rate])
    assert _core.stats()["memory_hits"] == before + 2


def test_numpy_numbers():
    x = t([1, 2], np.int64)
    assert (x + np.int32(3)).tolist() == [4, 5] and (x * np.float32(0.5)).dtype.name == "float32"
    assert (np.bool_(True) * x).tolist() == [1, 2]


def test_foreign_operands():
    x = t([1.0])
    assert (x == None) is False and (x != "a") is True  # noqa: E711
    with pytest.raises(TypeError):
        x + "a"
    with pytest.raises(OverflowError):
        x + 10**30


def test_in_place():
    x = t([1, 2, 3], np.int32)
    y = x
    x += 1
    x *= t([2, 2, 2], np.int32)
    assert y.tolist() == [4, 6, 8] and y is x and x._version == 2
    with pytest.raises(
        RuntimeError, match="float32 can't be cast to the desired output type int32"
    ):
        x += 0.5
    with pytest.raises(RuntimeError, match="doesn't match the broadcast shape"):
        x += t([[1], [2]], np.int32)
    assert y.tolist() == [4, 6, 8]


def test_multiple_results():
    values, indices = ops.sort(t([3, 1, 2]), 0, False)
    assert values.tolist() == [1, 2, 3] and indices.tolist() == [1, 2, 0]
    assert indices.dtype.name == "int64"


def test_attributes_and_variadics():
    a, b = t([1, 2]), t([3])
    assert ops.concat([a, b], 0).tolist() == [1, 2, 3]
    assert ops.constant(np.array([[1, 2]], np.int16)).tolist() == [[1, 2]]
    assert ops.constant(np.array(2.5)).shape == ()
    assert ops.cast(a, "int64").dtype is _core.int64 and ops.compare(a, a, "eq").tolist() == [
        True,
        True,
    ]


def test_locations():
    x = t([1.0, 2.0])
    y = x + x  # the marked line
    line = next(
        i for i, s in enumerate(open(__file__), 1) if "# the marked line" in s and "y =" in s
    )
    assert f"test_record.py:{line}:" in y.ir()
    # Library code between the user and the op does not show.
    assert "_generated" not in ops.exp(x).ir()
    assert "loc" not in y.ir(locations=False)


def test_ir_is_the_pending_program():
    x = t([[1.0, 2.0]])
    y = ops.exp(x) * 3
    text = y.ir(locations=False)
    for op in ("portico.exp", "portico.broadcast", "portico.mul"):
        assert op in text
    y.tolist()
    assert "portico.exp" not in y.ir() and "return %arg0" in y.ir(locations=False)


def test_long_chains_need_no_stack():
    x = t([0.0])
    _core.set_option("max_pending_ops", 10**9)
    for _ in range(200_000):
        x = x + x
    del x
    w = t([1.0], grad=True)
    y = w
    for _ in range(200_000):
        y = y + y
    del y
    gc.collect()
    assert _core.stats()["ops_pending"] < 1000


def test_objects():
    x = t([1.0])
    x.note = [x]
    seen = weakref.ref(x)
    del x
    gc.collect()
    assert seen() is None  # a cycle through the object's dict is collected

    class Sub(_core.Tensor):
        def __init__(self, *args):
            pass

    p = _core.make_subclass(Sub, t([1.0, 2.0]), True)
    assert type(p) is Sub and p.requires_grad and p.is_leaf and (p * 2).tolist() == [2, 4]
    assert (
        isinstance(p.shape, tuple) and repr(p.shape) == "portico.Size([2])" and p.shape.numel() == 2
    )
    assert hash(p) == hash(p) and len({p, p}) == 1


def test_conversions():
    assert (
        t(3.5).item() == 3.5 and type(t(3, np.int64).item()) is int and t(True, bool).item() is True
    )
    assert int(t(3.7)) == 3 and float(t(2, np.int32)) == 2.0 and [10, 20][t(1, np.int64)] == 20
    assert bool(t([0.0])) is False and bool(t(float("nan"))) is True
    with pytest.raises(RuntimeError, match="more than one value is ambiguous"):
        bool(t([1, 2]))
    with pytest.raises(RuntimeError, match="cannot be converted to Scalar"):
        t([1, 2]).item()
    with pytest.raises(TypeError):
        [1][t(0.0)]
    with pytest.raises(TypeError, match="0-d"):
        len(t(1.0))
    assert t(np.zeros((2, 0))).tolist() == [[], []] and len(t([[1], [2]])) == 2


def test_full_and_scalar():
    assert _core.full((2, 2), 7, "uint8").tolist() == [[7, 7], [7, 7]]
    assert (
        _core.full((), True).dtype.name == "bool" and _core.full((3,), 2.5).dtype.name == "float32"
    )
    assert _core.scalar(2, "float16").item() == 2.0
    assert (
        "dense<1.0" in _core.full((2,), 1.0).ir() and "dense<2.5" not in _core.full((2,), 2.5).ir()
    )
    with pytest.raises(RuntimeError, match="negative dimension"):
        _core.full((-1,), 0)
    with pytest.raises(MemoryError):
        _core.full((2**40, 2**40), 0)
    with pytest.raises(errors.OutOfMemoryError):
        _core.empty((2**45,))


def test_reductions_of_views_of_numbers():
    assert total(_core.full((2, 3), 2.0)).item() == 12.0
