"""The same gradients by the tape.

Each op is recorded like a user's, `backward` differentiates it, and what comes
out is compared with the gradient of the pass: first order, and second order
through `create_graph`.
"""

import numpy as np
import pytest

from portico import _core
from portico._generated import ops
from portico._generated.op_table import OPS
from portico.reference import evaluate_module, evaluate_op

from .differentiate import cotangents, differentiated, is_float, program, vjp
from .test_rules import CASES


@pytest.fixture(autouse=True, params=["reference", "compiled"])
def executor(request):
    before = _core.get_option("executor")
    _core.set_option("executor", request.param)
    yield
    _core.set_option("executor", before)


def record(name, sample):
    """The recorded op: its float operands as leaves, and its float results."""
    tensors = [_core.from_buffer(x.copy(order="C")) for x in sample.operands]
    for tensor, x in zip(tensors, sample.operands, strict=True):
        tensor.requires_grad = is_float(x)
    op, arguments, rest = OPS[name], [], list(tensors)
    for operand in op.operands:
        if operand.variadic:
            spare = len(tensors) - (len(op.operands) - 1)
            arguments.append(rest[:spare])
            rest = rest[spare:]
        else:
            arguments.append(rest.pop(0))
    attrs = [a.name in sample.attrs if a.kind == "Unit" else sample.attrs[a.name] for a in op.attrs]
    attrs = [
        getattr(_core, v) if a.kind == "DType" else v for a, v in zip(op.attrs, attrs, strict=True)
    ]
    results = getattr(ops, op.function)(*arguments, *attrs)
    results = results if isinstance(results, tuple) else (results,)
    leaves = [t for t, x in zip(tensors, sample.operands, strict=True) if is_float(x)]
    return leaves, [y for y in results if y.requires_grad]


def gradients(outputs, given, inputs, create_graph=False):
    return _core.backward(outputs, given, create_graph, create_graph, inputs, accumulate=False)


def check(got, expected):
    for g, e in zip(got, expected, strict=True):
        g = np.zeros_like(e) if g is None else g.numpy()
        assert g.dtype == e.dtype and g.shape == e.shape
        np.testing.assert_allclose(g, e, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize(("name", "sample"), CASES)
def test_first_derivative(name, sample):
    rng = np.random.default_rng(5)
    given = cotangents(evaluate_op(name, sample.operands, sample.attrs), rng)
    leaves, outputs = record(name, sample)
    got = gradients(outputs, [_core.from_buffer(np.asarray(c)) for c in given], leaves)
    check(got, vjp(name, sample, given))


@pytest.mark.parametrize(("name", "sample"), CASES)
def test_second_derivative(name, sample):
    rng = np.random.default_rng(5)
    module = differentiated(program(name, sample), "main", "main.vjp")
    given = cotangents(evaluate_op(name, sample.operands, sample.attrs), rng)
    inputs = [*sample.operands, *given]
    first = evaluate_module(module, inputs, "main.vjp")
    outer = cotangents(first, rng)
    expected = evaluate_module(module, [*inputs, *outer], "main.vjp.vjp")

    leaves, outputs = record(name, sample)
    seeds = [_core.from_buffer(c) for c in given]
    for seed in seeds:
        seed.requires_grad = True
    grads = gradients(outputs, seeds, leaves, create_graph=True)
    pairs = [
        (g, _core.from_buffer(c))
        for g, c in zip(grads, outer, strict=True)
        if g is not None and g.requires_grad
    ]
    if not pairs:
        assert not any(e.any() for e in expected)
        return
    got = gradients([g for g, _ in pairs], [c for _, c in pairs], [*leaves, *seeds])
    check(got, expected)


def test_views_of_values_that_nothing_saved():
    """The product saves the repeated b, not b: b must not be asked for."""
    rng = np.random.default_rng(6)
    x, w, b = rng.normal(size=(4, 5)), rng.normal(size=(3, 5)), rng.normal(size=3)
    leaves = [_core.from_buffer(v) for v in (x, w, b)]
    for leaf in leaves:
        leaf.requires_grad = True
    y = ops.dot_general(leaves[0], ops.permute(leaves[1], (1, 0)), (), (), (1,), (0,))
    z = ops.mul(y, ops.broadcast(leaves[2], (4, 3), (1,)))
    seed = rng.normal(size=(4, 3))
    got = gradients([z], [_core.from_buffer(seed)], leaves)
    dy = seed * b
    check(got, [dy @ w, dy.T @ x, (seed * (x @ w.T)).sum(0)])
