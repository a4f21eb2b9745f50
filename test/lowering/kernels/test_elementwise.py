"""Every elementwise primitive, for every dtype it takes, against the reference."""

import numpy as np
import pytest

import portico as pt
from portico._generated.op_table import OPS

from .conftest import check, numpy_dtype, sample

ELEMENTWISE = {
    name: record
    for name, record in OPS.items()
    if "Elementwise" in record.traits and name not in ("cast", "bitcast", "compare", "select")
}
DIRECTIONS = ("eq", "ne", "lt", "le", "gt", "ge")
DTYPES = OPS["select"].operands[1].dtypes
#: A flat kernel, one with a tail, one element, none.
SHAPES = [(4, 33), (7,), (), (0, 3)]


def test_the_table_is_not_empty():
    assert len(ELEMENTWISE) > 30


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_elementwise(name, rng):
    operands = ELEMENTWISE[name].operands
    for dtype in operands[0].dtypes:
        for shape in SHAPES:
            check(name, [sample(rng, shape, dtype) for _ in operands])


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
