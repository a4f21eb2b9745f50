"""Mistakes raise at the call, as the right builtin class, with a message that helps."""

import subprocess
import sys

import numpy as np
import pytest

import portico as pt

CASES = [
    (lambda: pt.ones(2) + pt.ones(3), RuntimeError, "must match the size"),
    (lambda: pt.matmul(pt.ones(2, 3), pt.ones(2, 3)), RuntimeError, "cannot be multiplied"),
    (lambda: pt.ones(2, 3).sum(2), IndexError, "Dimension out of range"),
    (lambda: pt.ones(2).view(3), RuntimeError, "is invalid for input of size 2"),
    (lambda: pt.ones(2, 3).reshape(-1, -1), RuntimeError, "only one dimension can be inferred"),
    (lambda: pt.exp(1.0), TypeError, "must be Tensor, not float"),
    (lambda: pt.cat([]), RuntimeError, "non-empty list"),
    (lambda: pt.cat([pt.ones(2, 2), pt.ones(3)]), RuntimeError, "same number of dimensions"),
    (lambda: pt.stack([pt.ones(2), pt.ones(3)]), RuntimeError, "equal size"),
    (lambda: pt.tensor([[1, 2], [3]]), ValueError, "expected sequence of length"),
    (lambda: pt.tensor("a"), TypeError, "invalid data type"),
    (lambda: pt.tensor(np.array([None])), TypeError, "numpy.object_"),
    (lambda: pt.from_numpy([1]), TypeError, "expected np.ndarray"),
    (lambda: pt.from_numpy(np.arange(3)[::-1]), ValueError, "negative"),
    (lambda: pt.from_numpy(np.arange(3, dtype=">i4")), (TypeError, ValueError), "byte order"),
    (lambda: pt.zeros(-1), RuntimeError, "negative dimension"),
    (lambda: pt.zeros(2**40, 2**40), RuntimeError, "overflow"),
    (lambda: pt.ones(2).item(), RuntimeError, "cannot be converted to Scalar"),
    (lambda: bool(pt.ones(2)), RuntimeError, "ambiguous"),
    (lambda: pt.zeros(0).max(), RuntimeError, "reduction dim"),
    (lambda: pt.tensor([1, 2]).mean(), RuntimeError, "floating point"),
    (lambda: -pt.tensor([True]), RuntimeError, "bool"),
    (lambda: pt.tensor([2]) ** -1, RuntimeError, "negative integer powers"),
    (lambda: pt.ones(3).expand(2), RuntimeError, "must match the existing size"),
    (lambda: pt.ones(2).add_(pt.ones(2, 2)), RuntimeError, "broadcast shape"),
    (lambda: pt.ones(2, 2).gather(0, pt.zeros(1)), (IndexError, RuntimeError), "int64"),
    (lambda: pt.einsum("ij,jk->il", pt.ones(2, 2), pt.ones(2, 2)), RuntimeError, "does not appear"),
    (lambda: pt.ones(2).topk(3), RuntimeError, "out of range"),
    (lambda: pt.linalg.inv(pt.zeros(2, 2)), RuntimeError, "ingular"),
    (lambda: pt.linalg.cholesky(-pt.eye(2)), RuntimeError, "positive definite"),
    (lambda: len(pt.ones(())), TypeError, "0-d"),
    (lambda: pt.ones(1).to("nowhere"), RuntimeError, "nowhere"),
    (lambda: pt.ones(2, requires_grad=True).numpy(), RuntimeError, "requires grad"),
    (lambda: pt.arange(0, 1, 0), RuntimeError, "step must be nonzero"),
    (lambda: pt.range(0, 1, 0), RuntimeError, "step must be nonzero"),
    (lambda: pt.range(0, 1, -1), RuntimeError, "inconsistent with step sign"),
    (lambda: pt.histc(pt.ones(2), 0), RuntimeError, "bins must be > 0"),
    (lambda: pt.histc(pt.ones(2), 2, 1, 0), RuntimeError, "max must be larger than min"),
    (lambda: pt.histogram(pt.ones(2), 0), RuntimeError, "bins must be > 0"),
    (lambda: pt.fill(pt.ones(2), pt.ones(2)), RuntimeError, "0-dimension value"),
    (lambda: pt.ones(2).fill_(pt.ones(2)), RuntimeError, "0-dimension value"),
    (lambda: pt.cartesian_prod(pt.ones(2, 2)), RuntimeError, "1D vector"),
    (lambda: pt.nanmean(pt.tensor([1, 2])), RuntimeError, "floating point"),
    (
        lambda: pt.linalg.solve_triangular(pt.eye(2), pt.ones(3, 1), upper=True),
        RuntimeError,
        "Incompatible shapes",
    ),
    (
        lambda: pt.linalg.inv_ex(pt.zeros(2, 2), check_errors=True),
        pt.linalg.LinAlgError,
        "ingular",
    ),
    (lambda: pt.tensor([1])[pt.tensor([4])].item(), IndexError, "range in self; got 4; .*recorded"),
]


@pytest.mark.parametrize(("call", "error", "words"), CASES, ids=range(len(CASES)))
def test_message(call, error, words):
    with pytest.raises(error, match=words):
        call()


@pytest.mark.parametrize(
    "divide",
    [
        lambda a, b: a // b,
        lambda a, b: a % b,
        lambda a, b: a // b[0].item(),
        lambda a, b: 7 % b,
        pt.floor_divide,
        pt.remainder,
        pt.fmod,
        lambda a, b: pt.div(a, b, rounding_mode="trunc"),
        lambda a, b: a.floor_divide_(b),
    ],
)
def test_an_integer_divided_by_zero(divide):
    with pytest.raises(RuntimeError, match="integer division by zero.*ZeroDivisionError") as info:
        divide(pt.tensor([1, 2]), pt.tensor([0, 1])).tolist()
    assert f"recorded at {__file__}" in str(info.value)
    assert divide(pt.tensor([1.0, 2.0]), pt.tensor([0.0, 1.0])).shape == (2,)


def test_gcd_and_lcm_divide_by_no_zero():
    a, b = pt.tensor([0, 4, 0, 12]), pt.tensor([0, 0, 5, 18])
    assert pt.gcd(a, b).tolist() == [0, 4, 5, 6] and pt.lcm(a, b).tolist() == [0, 0, 0, 36]


def test_what_is_wrong_with_values_loses_nothing_else():
    """The other tensors of the same evaluation are there, and so are later ones."""
    a, b = pt.tensor([8, 9]), pt.tensor([2, 0])
    good, bad = a * b, a // b
    with pytest.raises(RuntimeError, match="division by zero"):
        bad.tolist()
    assert good.tolist() == [16, 0] and (good + a).tolist() == [24, 9]


def test_the_callers_line_is_last_in_the_traceback():
    program = "import portico as pt\nx = pt.ones(2)\npt.cat([x, pt.ones(1, 1)])\n"
    run = [sys.executable, "-c", program]
    text = subprocess.run(run, capture_output=True, text=True).stderr
    assert "PorticoRuntimeError" in text and "line 3" in text and "joining.py" not in text
    import os

    full = subprocess.run(
        run, capture_output=True, text=True, env={**os.environ, "PORTICO_FULL_TRACEBACK": "1"}
    )
    assert "joining.py" in full.stderr


def test_singular_matrices_are_reported_one_by_one():
    A = pt.stack([pt.eye(2), pt.zeros(2, 2), 2 * pt.eye(2)])
    inverse, info = pt.linalg.inv_ex(A)
    assert info.tolist() == [0, 1, 0] and info.dtype is pt.int32
    assert inverse[2].tolist() == [[0.5, 0], [0, 0.5]] and inverse[1].isnan().all()
    result, info = pt.linalg.solve_ex(A, pt.ones(3, 2))
    assert info.tolist() == [0, 1, 0]
    assert result[2].tolist() == [0.5, 0.5] and result[1].isnan().all()
