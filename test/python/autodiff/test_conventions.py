"""What the rules do where there is no derivative: PyTorch's answers, one by one."""

import numpy as np
import pytest

from portico.reference import evaluate_module, evaluate_op

from .differentiate import Sample, differentiated, program, vjp

NAN = float("nan")


def gradients(name, *operands, **attrs):
    """Gradients for a cotangent of 1 in every float result."""
    operands = tuple(np.asarray(x, np.float64) for x in operands)
    sample = Sample(operands, attrs)
    result = evaluate_op(name, operands, attrs)[0]
    return vjp(name, sample, [np.ones_like(result)])


def check(got, *expected):
    for g, e in zip(got, expected, strict=True):
        np.testing.assert_array_equal(g, np.asarray(e, np.float64))


def test_abs_is_flat_at_zero():
    check(gradients("abs", [-2, 0, 3]), [-1, 0, 1])


@pytest.mark.parametrize(("name", "left", "right"), [("max", 0, 1), ("min", 1, 0)])
def test_ties_of_max_and_min_share(name, left, right):
    got = gradients(name, [1, 2, 2], [2, 2, 1])
    check(got, [left, 0.5, right], [right, 0.5, left])


def test_nan_reaches_both_operands_of_max():
    check(gradients("max", [NAN, 1], [1, NAN]), [1, 1], [1, 1])


def test_pow_at_zero():
    got = gradients("pow", [0, 0, 0, 3], [0, 2, 1, 0])
    check(got, [0, 0, 1, 0], [0, 0, 0, np.log(3)])
    check(gradients("pow", [0.0], [-1.0])[:1], [-np.inf])


def test_second_derivative_of_pow_at_zero_is_a_number():
    sample = Sample((np.zeros(3), np.array([0.0, 2, 3])))
    module = differentiated(program("pow", sample), "main", "main.vjp")
    one = np.ones(3)
    # The derivative, in x, of the gradient in x: 0, 2 and 6x.
    inputs = [*sample.operands, one, one, np.zeros(3)]
    check(evaluate_module(module, inputs, "main.vjp.vjp")[:1], [0, 2, 0])


def test_atan2_is_flat_at_the_origin():
    check(gradients("atan2", [0, 0], [0, 2]), [0, 0.5], [0, 0])


@pytest.mark.parametrize("kind", ["max", "min"])
def test_reduce_shares_among_ties(kind):
    got = gradients("reduce", [[2, 2, 2, 2], [5, 5, 5, 5]], kind=kind, axes=(1,))
    check(got, [[0.25] * 4] * 2)
    got = gradients("reduce", [[1, 2], [2, 1]], kind=kind, axes=(0, 1))
    check(got, [[0, 0.5], [0.5, 0]] if kind == "max" else [[0.5, 0], [0, 0.5]])


def test_running_maximum_belongs_to_the_latest_of_equals():
    got = gradients("scan", [1, 3, 3, 2, 3], kind="max", axis=0, reverse=False)
    check(got, [1, 1, 2, 0, 1])
    got = gradients("scan", [1, 3, 3, 2, 3], kind="max", axis=0, reverse=True)
    check(got, [0, 2, 1, 0, 2])
    got = gradients("scan", [2, NAN, 1, NAN], kind="min", axis=0, reverse=False)
    check(got, [1, 2, 0, 1])


def test_window_maximum_belongs_to_the_first_of_equals():
    attrs = dict(window=(2,), strides=(2,), dilations=(1,), low=(0,), high=(0,))
    check(gradients("reduce_window", [3, 3, 1, 2], kind="max", **attrs), [1, 0, 0, 1])


def test_last_of_equal_indices_takes_the_gradient_of_scatter_set():
    sample = Sample(
        (np.zeros(4), np.array([1, 1, 3]), np.array([5.0, 6, 7])),
        dict(axis=0, batch_dims=0, combiner="set"),
    )
    check(vjp("scatter", sample, [np.array([1.0, 2, 3, 4])]), [1, 0, 3, 0], [0, 2, 4])


def test_ties_of_scatter_max_share():
    sample = Sample(
        (np.array([5.0, 1]), np.array([0, 0, 1]), np.array([5.0, 2, 3])),
        dict(axis=0, batch_dims=0, combiner="max"),
    )
    check(vjp("scatter", sample, [np.array([1.0, 1])]), [0.5, 0], [0.5, 0, 1])


def test_no_gradient_through_integers():
    sample = Sample((np.array([1.0, 2]),), dict(dtype="int64"))
    module = differentiated(program("cast", sample), "main")
    check(evaluate_module(module, sample.operands, "main.vjp"), [0, 0])


def test_cast_gives_the_gradient_in_the_operand_dtype():
    sample = Sample((np.array([1.0, 2]),), dict(dtype="float32"))
    (got,) = vjp("cast", sample, [np.array([3, 4], np.float32)])
    assert got.dtype == np.float64
    check([got], [3, 4])
