"""portico-simplify keeps values: on the gradients of every op, and on random programs."""

import numpy as np
import pytest
from hypothesis import given, settings

from portico import mlir
from portico.reference import evaluate_module, evaluate_op

from .differentiate import cotangents, differentiated, program
from .random_programs import programs
from .test_rules import CASES

SIMPLIFY = "func.func(portico-simplify)"


@pytest.mark.parametrize(("name", "sample"), CASES)
def test_gradients_keep_their_values(name, sample):
    rng = np.random.default_rng(3)
    text = program(name, sample)
    functions = ("main", "main.vjp")
    plain = differentiated(text, *functions)
    simple = mlir.run_pipeline(differentiated(text, *functions), SIMPLIFY)
    inputs = list(sample.operands)
    outputs = evaluate_op(name, sample.operands, sample.attrs)
    for function in ("main", "main.vjp", "main.vjp.vjp"):
        expected = evaluate_module(plain, inputs, function)
        got = evaluate_module(simple, inputs, function)
        for g, e in zip(got, expected, strict=True):
            assert g.dtype == e.dtype
            np.testing.assert_allclose(g, e, rtol=1e-12, atol=1e-12)
        inputs += cotangents(outputs if function == "main" else expected, rng)


@settings(max_examples=400, deadline=None)
@given(programs())
def test_random_programs_keep_their_values(text):
    rng = np.random.default_rng(4)
    inputs = [rng.uniform(0.5, 1.5, size=(2, 3, 1)) for _ in range(2)]
    plain, simple = mlir.parse(text), mlir.run_pipeline(mlir.parse(text), SIMPLIFY)
    with np.errstate(all="ignore"):
        expected, got = evaluate_module(plain, inputs), evaluate_module(simple, inputs)
    for g, e in zip(got, expected, strict=True):
        np.testing.assert_allclose(g, e, rtol=1e-9, atol=1e-9)


@settings(max_examples=50, deadline=None)
@given(programs())
def test_simplification_comes_to_an_end(text):
    once = mlir.run_pipeline(mlir.parse(text), SIMPLIFY)
    twice = mlir.run_pipeline(mlir.parse(str(once)), SIMPLIFY)
    assert str(once) == str(twice)
