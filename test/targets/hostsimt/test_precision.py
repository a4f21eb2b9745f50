"""What matrix instructions compute on emulated GPUs, against a model in NumPy.

Of a sum of k products of float32 any order and fusing of the roundings is within k eps of the sum
of the magnitudes, eps = 2**-24. A factor in TF32 keeps 10 bits behind the point, so it is off by at
most u = 2**-11 of itself and a product by (1 + u)**2 - 1.
"""

import numpy as np
import pytest
from devices import device_or_skip

import portico as pt

K = 100
SUM = K * 2.0**-24
ROUNDED = 2.0**-10 + 2.0**-22


@pytest.fixture(autouse=True)
def exact_again():
    yield
    pt.set_float32_matmul_precision("highest")
    pt.backends.cudnn.allow_tf32 = False


def to_tf32(x):
    """To the nearest of 10 bits behind the point, of two to the one farther from zero."""
    bits = x.view(np.uint32)
    return ((bits + np.uint32(0x1000)) & np.uint32(0xFFFFE000)).view(np.float32)


def factors(dtype=np.float32):
    rng = np.random.default_rng(7)
    return rng.standard_normal((70, K)).astype(dtype), rng.standard_normal((K, 45)).astype(dtype)


def product(name, x, y):
    where = device_or_skip(name)
    return (pt.from_numpy(x).to(where) @ pt.from_numpy(y).to(where)).cpu().numpy()


def error_of(got, x, y):
    """Of the products of x and y, in parts of the sum of the magnitudes."""
    x, y = x.astype(np.float64), y.astype(np.float64)
    return np.max(np.abs(got - x @ y) / (np.abs(x) @ np.abs(y)))


def test_the_model_rounds_halves_away_from_zero():
    step = np.float32(2**-10)
    x = np.float32([1 + step / 2, -1 - step / 2, np.nextafter(np.float32(1 + step / 2), 0)])
    assert to_tf32(x).tolist() == [1 + step, -1 - step, 1]


@pytest.mark.parametrize("name", ["hostsimt:nvvm", "hostsimt:rocdl"])
def test_factors_are_rounded_where_they_may_be(name):
    x, y = factors()
    pt.set_float32_matmul_precision("high")
    got = product(name, x, y)
    assert error_of(got, to_tf32(x), to_tf32(y)) <= SUM
    # It does round, and no more than the format says.
    assert 4 * SUM < error_of(got, x, y) <= ROUNDED + SUM


@pytest.mark.parametrize("name", ["hostsimt:nvvm", "hostsimt:rocdl", "hostsimt:rocdl32"])
def test_factors_are_whole_where_nobody_asked(name):
    x, y = factors()
    assert error_of(product(name, x, y), x, y) <= SUM


def test_a_machine_without_such_instructions_rounds_nothing():
    x, y = factors()
    pt.set_float32_matmul_precision("high")
    assert error_of(product("hostsimt:rocdl32", x, y), x, y) <= SUM


@pytest.mark.parametrize("name", ["hostsimt:nvvm", "hostsimt:rocdl"])
def test_doubles_are_whole(name):
    x, y = factors(np.float64)
    assert error_of(product(name, x, y), x, y) <= K * 2.0**-53


@pytest.mark.parametrize("name", ["hostsimt:nvvm", "hostsimt:rocdl"])
def test_a_tie_goes_away_from_zero(name):
    """Each sum has one product: what it is shows how its factors were rounded."""
    step = 2.0**-10
    x = np.eye(64, dtype=np.float32) * np.float32(1 + step / 2)
    pt.set_float32_matmul_precision("high")
    got = product(name, x, np.eye(64, dtype=np.float32) * np.float32(-1 - 2.5 * step))
    assert np.diag(got).tolist() == [np.float32(-(1 + step) * (1 + 3 * step))] * 64


@pytest.mark.parametrize("name", ["hostsimt:nvvm", "hostsimt:rocdl"])
def test_what_is_not_finite_stays(name):
    x = np.eye(64, dtype=np.float32)
    x[3, 3], x[5, 5], x[7, 7] = np.inf, -np.inf, np.nan
    pt.set_float32_matmul_precision("high")
    got = product(name, x, np.ones((64, 64), np.float32))
    assert (got[3] == np.inf).all() and (got[5] == -np.inf).all() and np.isnan(got[7]).all()
    assert (np.delete(got, (3, 5, 7), 0) == 1).all()


@pytest.mark.parametrize("name", ["hostsimt:nvvm", "hostsimt:rocdl"])
def test_convolutions_and_their_gradients_round_by_a_switch_of_their_own(name):
    where = device_or_skip(name)
    rng = np.random.default_rng(8)
    x, w = rng.standard_normal((1, 40, 7, 7)), rng.standard_normal((40, 40, 3, 3))

    def results(at, dtype):
        a, b = (pt.from_numpy(v.astype(dtype)).to(at).requires_grad_() for v in (x, w))
        y = pt.nn.functional.conv2d(a, b, padding=1)
        y.square().sum().backward()
        return [t.detach().cpu().numpy().astype(np.float64) for t in (y, a.grad, b.grad)]

    def off():
        pairs = zip(results(where, np.float32), results("cpu", np.float64), strict=True)
        return [np.max(np.abs(got - true)) / np.max(np.abs(true)) for got, true in pairs]

    whole = off()
    pt.set_float32_matmul_precision("high")
    assert off() == whole
    pt.backends.cudnn.allow_tf32 = True
    assert all(1e-5 < part < 4 * ROUNDED for part in off()) and max(whole) < 1e-5
