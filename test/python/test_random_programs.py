"""Random programs: whatever is written in them, all ways of running them agree.

A program is a list of steps over a growing list of tensors: elementwise operations with
broadcasting, reductions, views, writes through views, contractions. It is run four ways: by the
compiler as it comes, with fusion off, operation by operation (eager), and by the reference
interpreter in NumPy.
"""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import portico as pt

UNARY = ["neg", "abs", "exp", "tanh", "sigmoid", "relu", "sin", "sqrt_abs", "square"]
BINARY = ["add", "sub", "mul", "maximum", "minimum", "where", "div"]
REDUCE = ["sum", "mean", "amax", "amin"]
VIEWS = ["t", "slice", "step", "reshape", "expand", "flip", "select"]
WRITES = ["add_", "mul_", "fill_slice", "copy_row", "zero_column"]
DTYPES = ["float32", "float64", "int64", "int32", "uint8"]


@st.composite
def programs(draw):
    rows, columns = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    leaves = draw(
        st.lists(
            st.tuples(
                st.sampled_from(DTYPES),
                st.sampled_from(["matrix", "row", "column", "scalar"]),
                st.integers(0, 2**31 - 1),
            ),
            min_size=1,
            max_size=3,
        )
    )
    step = st.tuples(
        st.sampled_from(UNARY + BINARY + REDUCE + VIEWS + WRITES + ["matmul", "cumsum", "cat"]),
        st.integers(0, 1 << 16),
        st.integers(0, 1 << 16),
        st.integers(0, 8),
    )
    return rows, columns, leaves, draw(st.lists(step, min_size=1, max_size=12))


def leaf(kind, dtype, rows, columns, seed):
    shape = {"matrix": (rows, columns), "row": (columns,), "column": (rows, 1), "scalar": ()}[kind]
    generator = np.random.default_rng(seed)
    if dtype.startswith("float"):
        return generator.normal(size=shape).astype(dtype)
    return generator.integers(0, 7, size=shape).astype(dtype)


def as_float(x):
    return x if x.is_floating_point() else x.float()


def unary(name, x):
    if name in ("neg", "abs", "square") and x.dtype is not pt.uint8:
        return getattr(pt, name)(x)
    x = as_float(x)
    if name == "sqrt_abs":
        return x.abs().sqrt()
    if name == "exp":
        return x.clamp(-3, 3).exp()
    return getattr(pt, name)(x)


def binary(name, x, y):
    if name == "where":
        return pt.where(x > y, x, y)
    if name == "div":
        return as_float(x) / (as_float(y).abs() + 1)
    return getattr(pt, name)(x, y)


def view(name, x, k):
    if x.dim() == 0:
        return x.reshape(1)
    if name == "t":
        return x.transpose(0, -1)
    if name == "slice":
        return x[k % x.shape[0] :]
    if name == "step":
        return x[:: 1 + k % 3]
    if name == "reshape":
        return x.reshape(-1)
    if name == "expand":
        return x.unsqueeze(0).expand(1 + k % 3, *x.shape)
    if name == "flip":
        return x.flip(0)
    return x[k % x.shape[0]]


def write(name, x, y, k):
    if name == "add_":
        x.add_(1)
    elif name == "mul_":
        x.mul_(2)
    elif x.dim() == 0:
        x.fill_(k)
    elif name == "fill_slice":
        x[k % x.shape[0] :] = k
    elif name == "copy_row":
        x[0] = y.reshape(-1)[0].to(x.dtype)
    else:
        x[..., 0].zero_()


def run(program):
    """The values of all tensors of the program, or the name of the user error it ends with."""
    rows, columns, leaves, steps = program
    tensors = [pt.tensor(leaf(k, d, rows, columns, s)) for d, k, s in leaves]
    for name, a, b, k in steps:
        x, y = tensors[a % len(tensors)], tensors[b % len(tensors)]
        try:
            if name in UNARY:
                result = unary(name, x)
            elif name in BINARY:
                result = binary(name, x, y)
            elif name in REDUCE:
                result = getattr(pt, name)(as_float(x), k % x.dim() if x.dim() else 0)
            elif name in VIEWS:
                result = view(name, x, k)
            elif name in WRITES:
                write(name, x, y, k)
                continue
            elif name == "matmul":
                result = as_float(x).to(pt.float64) @ as_float(y).to(pt.float64).transpose(0, -1)
            elif name == "cumsum":
                result = as_float(x).cumsum(0)
            else:
                result = pt.cat([x.reshape(-1), y.reshape(-1)])
        except (pt.PorticoError, IndexError) as error:
            result = pt.tensor(float(len(type(error).__name__)))
        if result.numel() <= 4096:
            tensors.append(result)
    return [t.numpy().copy() for t in tensors]


def agree(got, expected):
    assert len(got) == len(expected)
    for a, b in zip(got, expected, strict=True):
        assert a.dtype == b.dtype and a.shape == b.shape
        tolerance = 1e-4 if a.dtype == np.float32 else 1e-9
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance, equal_nan=True)


WAYS = {
    "unfused": {"fusion_policy": "none"},
    "eager": {"eager": True},
    "reference": {"executor": "reference"},
}


@pytest.mark.parametrize("way", WAYS)
@settings(
    max_examples=int(os.environ.get("PORTICO_FUZZ_EXAMPLES", "40")),
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(program=programs())
def test_all_ways_agree(way, program):
    got = run(program)
    with pt.options(**WAYS[way]):
        expected = run(program)
    agree(got, expected)


def test_eager_environment_variable_runs_each_op():
    code = "import portico as pt; x = pt.ones(3) + 1; print(pt.stats()['flushes'] > 0)"
    env = dict(os.environ, PORTICO_EAGER="1")
    result = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "True"
