"""Dtypes of results: PyTorch's promotion, its float functions and its casting rule."""

import pytest

import portico as pt

B, U8, I32, I64, F16, BF16, F32, F64 = (
    pt.bool, pt.uint8, pt.int32, pt.int64, pt.float16, pt.bfloat16, pt.float32, pt.float64
)  # fmt: skip


@pytest.mark.parametrize(
    ("a", "b", "result"),
    [
        (B, U8, U8), (U8, pt.int8, pt.int16), (I32, I64, I64), (I64, F16, F16), (F16, BF16, F32),
        (F32, F64, F64),
        (B, F16, F16), (B, B, B),
    ],
)  # fmt: skip
def test_tensors(a, b, result):
    x, y = pt.ones(2, dtype=a), pt.ones(2, dtype=b)
    assert pt.promote_types(a, b) is result
    assert pt.result_type(x, y) is result
    assert (x * y).dtype is result
    assert pt.where(pt.tensor([True, False]), x, y).dtype is result
    assert pt.cat([x, y]).dtype is result


@pytest.mark.parametrize(
    ("tensor", "number", "result"),
    [
        (B, True, B),
        (B, 1, I64),
        (U8, 1, U8),
        (U8, 1.5, F32),
        (F16, 1.5, F16),
        (F64, 2, F64),
        (I32, True, I32),
    ],
)
def test_numbers(tensor, number, result):
    assert (pt.ones(2, dtype=tensor) * number).dtype is result
    assert (number * pt.ones(2, dtype=tensor)).dtype is result


def test_zero_dim_tensors_are_weaker():
    wide, narrow = pt.ones((), dtype=F64), pt.ones(2, dtype=F32)
    assert (narrow + wide).dtype is F32
    assert (pt.ones(2, dtype=I32) + pt.ones((), dtype=I64)).dtype is I32
    assert (pt.ones(2, dtype=I32) + pt.ones((), dtype=F64)).dtype is F64


def test_integers_become_float_where_they_must():
    x = pt.tensor([1, 4])
    for f in (pt.sqrt, pt.exp, pt.sin, pt.sigmoid, pt.reciprocal, pt.atan):
        assert f(x).dtype is F32
    assert (x / 2).dtype is F32
    assert (x // 2).dtype is I64
    assert x.sum().dtype is I64 and x.bool().sum().dtype is I64
    assert pt.ones(2, dtype=U8).cumsum(0).dtype is I64
    assert x.to(I32).prod().dtype is I64


def test_in_place_keeps_its_dtype():
    x = pt.ones(2, dtype=F32)
    x += pt.ones(2, dtype=F64)
    assert x.dtype is F32
    with pytest.raises(RuntimeError, match="can't be cast to the desired output type"):
        pt.ones(2, dtype=I64).add_(0.5)
    with pytest.raises(RuntimeError, match="can't be cast to the desired output type Long"):
        pt.sqrt(pt.tensor([4.0]), out=pt.empty(1, dtype=I64))


def test_default_dtype():
    pt.set_default_dtype(F64)
    try:
        assert (
            pt.tensor([0.5]).dtype is F64
            and pt.zeros(1).dtype is F64
            and (pt.tensor([1]) / 2).dtype is F64
        )
    finally:
        pt.set_default_dtype(F32)
    with pytest.raises(TypeError, match="floating-point types"):
        pt.set_default_dtype(I64)


def test_out_resizes_and_returns_itself():
    out = pt.empty(0)
    assert pt.add(pt.ones(3), 1, out=out) is out and out.tolist() == [2.0, 2.0, 2.0]
    values, indices = pt.empty(2), pt.empty(2, dtype=I64)
    pt.sort(pt.tensor([2.0, 1.0]), out=(values, indices))
    assert values.tolist() == [1.0, 2.0] and indices.tolist() == [1, 0]
    with pytest.raises(RuntimeError, match="don't support automatic differentiation"):
        pt.exp(pt.ones(1, requires_grad=True), out=pt.empty(1))
