"""A row that ends one element past a vector writes that element and nothing behind it."""

import numpy as np
import pytest

import portico as pt
from portico import _core
from portico._generated import ops


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16"])
@pytest.mark.parametrize("columns", [5, 9, 17, 33, 65])
def test_what_lies_behind_a_row_is_left_alone(dtype, columns):
    # Powers are computed in 32 bits. The result takes the memory of the base, whose
    # second row has not been read when the end of the first one is written.
    base = (np.arange(2 * columns).reshape(2, columns) + 2).astype(dtype)
    exponent = np.full((1, columns), 3, dtype)
    x = _core.from_buffer(base.copy(), copy=True)
    power = ops.pow(x, _core.from_buffer(exponent, copy=True).expand(2, columns))
    del x
    _core.evaluate([power], "test")
    assert pt.explain()[-1]["donated"]
    np.testing.assert_array_equal(power.numpy(), (base.astype(np.int64) ** 3).astype(dtype))
