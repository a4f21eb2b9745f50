"""portico-autodiff on whole programs: its two forms agree, and so do differences."""

import numpy as np
from hypothesis import assume, given, settings

from portico import mlir
from portico.reference import evaluate_module

from .differentiate import cotangents, difference_gradients, differentiated
from .random_programs import programs


def inputs():
    rng = np.random.default_rng(8)
    return [rng.uniform(0.5, 1.5, size=(2, 3, 1)) for _ in range(2)]


def function(module, name):
    (found,) = [f for f in module.operations if f.attributes.get("sym_name") == name]
    return found


@settings(max_examples=200, deadline=None)
@given(programs())
def test_residuals_and_recomputation_agree(text):
    values = inputs()
    outputs = evaluate_module(text, values)
    seeds = cotangents(outputs, np.random.default_rng(9))
    whole = evaluate_module(differentiated(text, "main"), [*values, *seeds], "main.vjp")

    module = differentiated(text, "main", options="residuals=true")
    forward = evaluate_module(module, values, "main.fwd")
    reverse = function(module, "main.vjp")
    residuals = forward[len(outputs) :]
    assert len(residuals) == len(reverse.attributes["portico.residuals"])
    parts = evaluate_module(module, [*residuals, *seeds], "main.vjp")
    listed = reverse.attributes["portico.grad_of"]
    for argument, gradient in enumerate(whole):
        if argument in listed:
            got = parts[listed.index(argument)]
            np.testing.assert_allclose(got, gradient, rtol=1e-9, atol=1e-9)
        else:
            assert not gradient.any()


@settings(max_examples=60, deadline=None)
@given(programs(smooth=True))
def test_gradients_are_differences(text):
    values, module = inputs(), mlir.parse(text)

    def forward(at):
        return evaluate_module(module, at)

    outputs = forward(values)
    # Beyond that, differences say nothing in f64.
    assume(all(np.all(np.abs(y) < 1e3) for y in outputs))
    seeds = cotangents(outputs, np.random.default_rng(9))
    got = evaluate_module(differentiated(text, "main"), [*values, *seeds], "main.vjp")
    expected = difference_gradients(forward, values, seeds)
    for g, e in zip(got, expected, strict=True):
        np.testing.assert_allclose(g, e, rtol=1e-3, atol=1e-3)
