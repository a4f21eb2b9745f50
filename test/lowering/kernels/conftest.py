"""Runs one primitive on the CPU target and in the reference interpreter."""

import ml_dtypes
import numpy as np
import pytest

import portico as pt
from portico._generated import ops
from portico._generated.op_table import OPS
from portico.reference import evaluate_op

NUMPY = {"bfloat16": np.dtype(ml_dtypes.bfloat16), "bool": np.dtype(bool)}
#: Results are rounded once more than the reference's, or by another route.
TOLERANCE = {"float16": 2e-3, "bfloat16": 1.6e-2, "float32": 2e-6, "float64": 1e-13}


def numpy_dtype(name):
    return NUMPY.get(name) or np.dtype(name)


def sample(rng, shape, dtype):
    """Values that meet the corners of a dtype: signs, zeros, extremes, nan and inf."""
    kind = numpy_dtype(dtype)
    if dtype == "bool":
        return rng.random(shape) < 0.5
    count = int(np.prod(shape))
    if kind.kind in "iu":
        info = np.iinfo(kind)
        values = rng.integers(max(info.min, -20), 21, count)
        corners = np.array([0, 1, info.min, info.max, 2], dtype=kind)
    else:
        values = rng.standard_normal(count) * 4
        corners = np.array([0.0, -0.0, np.inf, -np.inf, np.nan], dtype=kind)
    values = values.astype(kind)
    if count >= 2 * len(corners):
        values[rng.choice(count, len(corners), replace=False)] = corners
    return values.reshape(shape)


def check(name, operands, attrs=None, tolerance=None):
    attrs = attrs or {}
    function = getattr(ops, OPS[name].function)
    got = function(*[pt.from_numpy(np.asarray(x)) for x in operands], **attrs)
    got = got if isinstance(got, tuple) else (got,)
    named = {k: str(v).removeprefix("portico.") if k == "dtype" else v for k, v in attrs.items()}
    for result, wanted in zip(got, evaluate_op(name, operands, named), strict=True):
        actual = result.to(pt.float32).numpy() if result.dtype == pt.bfloat16 else result.numpy()
        label = f"{name} {[f'{x.dtype}{x.shape}' for x in operands]} {attrs}"
        bound = tolerance if tolerance is not None else TOLERANCE.get(str(wanted.dtype), 0)
        if wanted.dtype == np.dtype(ml_dtypes.bfloat16):
            wanted = wanted.astype(np.float32)
        assert actual.shape == wanted.shape, label
        if bound:
            np.testing.assert_allclose(
                actual.astype(np.float64),
                wanted.astype(np.float64),
                rtol=bound,
                atol=bound,
                err_msg=label,
            )
        else:
            np.testing.assert_array_equal(actual, wanted, err_msg=label)


@pytest.fixture
def rng():
    return np.random.default_rng(11)
