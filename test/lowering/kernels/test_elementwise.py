"""Every elementwise primitive, for every dtype it takes, against the reference."""

import numpy as np
import pytest

import portico as pt
from portico._generated import ops
from portico._generated.op_table import OPS

from .conftest import check, numpy_dtype, sample

ELEMENTWISE = {
    name: record
    for name, record in OPS.items()
    if "Elementwise" in record.traits and name not in ("cast", "bitcast", "compare", "select")
}
DIRECTIONS = ("eq", "ne", "lt", "le", "gt", "ge")
DTYPES = OPS["select"].operands[1].dtypes
DIVISIONS = ("div", "rem")
#: A flat kernel, one with a tail, one element, none.
SHAPES = [(4, 33), (7,), (), (0, 3)]


def test_the_table_is_not_empty():
    assert len(ELEMENTWISE) > 30


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_elementwise(name, rng):
    operands = ELEMENTWISE[name].operands
    for dtype in operands[0].dtypes:
        for shape in SHAPES:
            arrays = [sample(rng, shape, dtype) for _ in operands]
            if name in DIVISIONS and numpy_dtype(dtype).kind in "iu":
                arrays[1] = np.where(arrays[1] == 0, arrays[1].dtype.type(3), arrays[1])
            check(name, arrays)


@pytest.mark.parametrize("dtype", [d for d in DTYPES if numpy_dtype(d).kind in "iu"])
@pytest.mark.parametrize("name", DIVISIONS)
def test_an_integer_divided_by_zero(name, dtype):
    """Wherever it is: in a vector, in the tail after them, alone, or the same for all."""
    function = getattr(ops, OPS[name].function)
    for shape, place in [((4, 33), 5), ((4, 33), 131), ((7,), 6), ((), 0)]:
        x, y = (np.ones(shape, numpy_dtype(dtype)) for _ in range(2))
        fine = function(pt.from_numpy(x), pt.from_numpy(y))
        np.testing.assert_array_equal(fine.numpy(), x if name == "div" else 0 * x)
        y.reshape(-1)[place] = 0
        with pytest.raises(RuntimeError, match=rf"\[{name}\] integer division by zero.*{__file__}"):
            function(pt.from_numpy(x), pt.from_numpy(y)).numpy()
    ones = pt.ones((4, 33), dtype=getattr(pt, dtype))
    with pytest.raises(RuntimeError, match="integer division by zero"):
        function(ones, pt.zeros((4, 33), dtype=ones.dtype)).numpy()


@pytest.mark.parametrize("zero", [None, (0, 0), (2, 35), (4, 69)])
def test_division_by_zero_inside_other_kernels(zero):
    """In rows before and after the reduction, and behind a product."""
    x, y = np.full((5, 70), 12), np.full((5, 70), 4)
    if zero:
        y[zero] = 0
    a, b = pt.ones((5, 3), dtype=pt.int64), pt.ones((3, 70), dtype=pt.int64)
    for program, value in [
        (lambda x, y: (x // y).sum(1), 210),
        (lambda x, y: (x // y).sum(0), 15),
        (lambda x, y: x.sum(1) // y.amin(1), 210),
        (lambda x, y: (a @ b) // y, 0),
        (lambda x, y: x % (y * (a @ b)), 0),
    ]:
        result = program(pt.tensor(x), pt.tensor(y))
        if zero:
            with pytest.raises(RuntimeError, match="integer division by zero"):
                result.tolist()
        else:
            assert (result == value).all()


def test_division_by_zero_where_nothing_is_divided():
    """No element, no error; and none for lanes that a guard or a tail leaves out."""
    x, zero = pt.zeros((0, 3), dtype=pt.int32), pt.tensor(0, dtype=pt.int32)
    assert (x // zero).shape == (0, 3)
    assert pt.nn.functional.pad(x[:, 0] // zero, (2, 2)).tolist() == [0, 0, 0, 0]
    for n in range(1, 40):
        y = pt.arange(1, n + 1)
        assert pt.nn.functional.pad(2 * y // y, (3, 5)).sum().item() == 2 * n


@pytest.mark.parametrize("dtype", DTYPES)
def test_compare_and_select(dtype, rng):
    x, y = sample(rng, (5, 21), dtype), sample(rng, (5, 21), dtype)
    y[1:3] = x[1:3]
    for direction in DIRECTIONS:
        check("compare", [x, y], {"direction": direction})
    check("select", [rng.random(x.shape) < 0.5, x, y])


@pytest.mark.parametrize("source", DTYPES)
def test_cast(source, rng):
    x = sample(rng, (3, 29), source)
    if numpy_dtype(source).kind not in "iub":
        # What does not fit 64 bits is the same everywhere here, but not in NumPy.
        x = np.where(np.isfinite(x.astype(np.float32)), x, 300).astype(x.dtype)
    for target in DTYPES:
        check("cast", [x], {"dtype": getattr(pt, target)})


def test_float_to_integer_out_of_range():
    """Too large for 64 bits gives their smallest, as x86 and PyTorch have it."""
    x = np.array([np.inf, -np.inf, np.nan, 1e30, -1e30, 3e9, -3e9] * 3, dtype=np.float32)
    assert pt.from_numpy(x).to(pt.int64).tolist()[:5] == [-(2**63)] * 5
    assert pt.from_numpy(x).to(pt.int32).tolist()[5:7] == [3000000000 - 2**32, 2**32 - 3000000000]


@pytest.mark.parametrize("pair", [("float32", "int32"), ("float64", "int64"), ("int8", "uint8")])
def test_bitcast(pair, rng):
    for source, target in (pair, pair[::-1]):
        check("bitcast", [sample(rng, (4, 19), source)], {"dtype": getattr(pt, target)})
