"""Every gradient rule of the dialect, first and second order, against differences."""

import numpy as np
import pytest

from portico._generated.op_table import OPS
from portico.reference import evaluate_module, evaluate_op

from .differentiate import (
    cotangents,
    difference_gradients,
    differentiated,
    is_float,
    program,
    vjp,
)
from .samples import SAMPLES

DIFFERENTIABLE = sorted(name for name, op in OPS.items() if op.differentiable)
CASES = [
    pytest.param(name, sample, id=f"{name}-{i}{'-' + sample.label if sample.label else ''}")
    for name in DIFFERENTIABLE
    for i, sample in enumerate(SAMPLES.get(name, []))
]


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def test_every_differentiable_op_has_a_sample():
    assert sorted(SAMPLES) == DIFFERENTIABLE


def test_every_float_op_has_a_rule_or_says_that_it_has_none():
    undecided = [
        name
        for name, op in OPS.items()
        if op.differentiable == ("NonDifferentiable" in op.traits)
        and any("float64" in operand.dtypes for operand in op.operands)
    ]
    assert undecided == []


@pytest.mark.parametrize(("name", "sample"), CASES)
def test_first_derivative(name, sample, rng):
    def forward(inputs):
        return evaluate_op(name, inputs, sample.attrs)

    given = cotangents(forward(sample.operands), rng)
    got = vjp(name, sample, given)
    expected = difference_gradients(forward, sample.operands, given)
    assert len(got) == len(expected)
    for g, e in zip(got, expected, strict=True):
        np.testing.assert_allclose(g, e, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(("name", "sample"), CASES)
def test_second_derivative(name, sample, rng):
    module = differentiated(program(name, sample), "main", "main.vjp")

    def gradient(inputs):
        return evaluate_module(module, inputs, "main.vjp")

    inputs = [*sample.operands, *cotangents(evaluate_op(name, sample.operands, sample.attrs), rng)]
    given = cotangents(gradient(inputs), rng)
    got = evaluate_module(module, [*inputs, *given], "main.vjp.vjp")
    expected = difference_gradients(gradient, inputs, given)
    for g, e in zip(got, expected, strict=True):
        np.testing.assert_allclose(g, e, rtol=2e-6, atol=1e-6)


@pytest.mark.parametrize(("name", "sample"), CASES)
def test_residuals_are_what_the_record_says_is_saved(name, sample):
    """`saves` in the op record is what version counters watch: nothing else may be read."""
    module = differentiated(program(name, sample), "main", options="residuals=true")
    (reverse,) = [f for f in module.operations if f.attributes.get("sym_name") == "main.vjp"]
    op = OPS[name]
    declared = [o.name for o in op.operands]
    for residual in reverse.attributes["portico.residuals"]:
        if isinstance(residual, int):
            assert declared[min(residual, len(declared) - 1)] in op.saves
        else:
            assert op.saves_result


@pytest.mark.parametrize(("name", "sample"), CASES)
def test_forward_and_reverse_are_the_self_contained_gradient(name, sample, rng):
    given = cotangents(evaluate_op(name, sample.operands, sample.attrs), rng)
    whole = vjp(name, sample, given)
    module = differentiated(program(name, sample), "main", options="residuals=true")
    outputs = evaluate_op(name, sample.operands, sample.attrs)
    forward = evaluate_module(module, sample.operands, "main.fwd")
    residuals = forward[len(outputs) :]
    parts = evaluate_module(module, [*residuals, *given], "main.vjp")
    (reverse,) = [f for f in module.operations if f.attributes.get("sym_name") == "main.vjp"]
    floats = [i for i, x in enumerate(sample.operands) if is_float(x)]
    listed = reverse.attributes["portico.grad_of"]
    for argument, gradient in zip(floats, whole, strict=True):
        if argument in listed:
            np.testing.assert_array_equal(parts[listed.index(argument)], gradient)
        else:
            assert not gradient.any()
