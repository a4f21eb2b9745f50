"""Tensors print as PyTorch prints them: these strings are its own."""

import pytest

import portico as pt

CASES = [
    (lambda: pt.tensor(1.0), "tensor(1.)"),
    (lambda: pt.tensor(3), "tensor(3)"),
    (lambda: pt.tensor([True, False]), "tensor([ True, False])"),
    (lambda: pt.tensor([1.0, 2.5]), "tensor([1.0000, 2.5000])"),
    (lambda: pt.tensor([1e-8, 1.0]), "tensor([1.0000e-08, 1.0000e+00])"),
    (lambda: pt.tensor([float("inf"), 1.0]), "tensor([inf, 1.])"),
    (lambda: pt.tensor([float("nan"), 1.5]), "tensor([   nan, 1.5000])"),
    (lambda: pt.tensor([-1, 10]), "tensor([-1, 10])"),
    (lambda: pt.tensor([1.0], dtype=pt.float64), "tensor([1.], dtype=portico.float64)"),
    (lambda: pt.tensor([]), "tensor([])"),
    (lambda: pt.zeros(0, 3), "tensor([], size=(0, 3))"),
    (lambda: pt.tensor([[1, 2], [3, 4]]), "tensor([[1, 2],\n        [3, 4]])"),
    (lambda: pt.zeros(1, 2, 1), "tensor([[[0.],\n         [0.]]])"),
    (
        lambda: pt.arange(2000),
        "tensor([   0,    1,    2,  ..., 1997, 1998, 1999])",
    ),
    (
        lambda: pt.arange(30.0),
        "tensor([ 0.,  1.,  2.,  3.,  4.,  5.,  6.,  7.,  8.,  9., 10., 11., 12., 13.,\n"
        "        14., 15., 16., 17., 18., 19., 20., 21., 22., 23., 24., 25., 26., 27.,\n"
        "        28., 29.])",
    ),
    (lambda: pt.ones(1, requires_grad=True), "tensor([1.], requires_grad=True)"),
    (lambda: pt.tensor([1.0], dtype=pt.bfloat16), "tensor([1.], dtype=portico.bfloat16)"),
    (lambda: pt.tensor([1000000.0, 1.0]), "tensor([1.0000e+06, 1.0000e+00])"),
]


@pytest.mark.parametrize(("make", "text"), CASES, ids=[t[:40] for _, t in CASES])
def test_repr(make, text):
    assert repr(make()) == text


def test_grad_fn_is_named():
    assert "grad_fn=<MulBackward0>" in repr(pt.ones(1, requires_grad=True) * 2)


def test_options():
    with pt.printing.printoptions(precision=2, sci_mode=False):
        assert repr(pt.tensor([1.2345])) == "tensor([1.23])"
    assert repr(pt.tensor([1.2345])) == "tensor([1.2345])"


def test_format():
    assert f"{pt.tensor(1.5):.2f}" == "1.50"
