"""Products with zeros on the default device: both derivatives against differences."""

import numpy as np
import pytest

import portico as pt
from portico._generated import ops
from portico.autograd import gradcheck, gradgradcheck

LINES = {
    "two zeros": [1.5, 0, 3, 0, 2],
    "two beside each other": [1.5, 0, 0, 3, 2],
    "three zeros": [0, 1.5, 0, 0, 2],
}
WINDOW = dict(window=(3,), strides=(1,), dilations=(1,), low=(1,), high=(1,))


def scatter_mul(x):
    start = pt.tensor([2.0, 0.0, 3.0], dtype=pt.float64)
    index = pt.tensor([0, 2, 0, 0, 1])
    return start.scatter_reduce(0, index, x, "prod")


def scatter_mul_with_start(start):
    index = pt.tensor([0, 2, 0, 0, 1])
    factors = pt.tensor([0.0, 2, 3, 0, 5], dtype=pt.float64)
    return start.scatter_reduce(0, index, factors, "prod")


def window_product(x):
    return ops.reduce_window(x, 1, *WINDOW.values())  # 1: the product


PRODUCTS = {
    "prod": lambda x: x.prod(),
    "prod of a dimension": lambda x: pt.stack([x, x + 1]).prod(1),
    "cumprod": lambda x: x.cumprod(0),
    "cumprod from the end": lambda x: x.flip(0).cumprod(0).flip(0),
    "reduce_window": window_product,
    "scatter": scatter_mul,
    "scatter into": lambda x: scatter_mul_with_start(x[:3]),
}


@pytest.mark.parametrize("name", PRODUCTS)
@pytest.mark.parametrize("line", LINES)
def test_derivatives_of_products(name, line):
    x = pt.tensor(LINES[line], dtype=pt.float64, requires_grad=True)
    assert gradcheck(PRODUCTS[name], (x,))
    assert gradgradcheck(PRODUCTS[name], (x,))


def test_the_derivative_between_two_zeros_is_the_product_of_the_others():
    x = pt.tensor([2.0, 0, 3, 0, 5], dtype=pt.float64, requires_grad=True)
    (first,) = pt.autograd.grad(x.cumprod(0).sum(), x, create_graph=True)
    (second,) = pt.autograd.grad(first[1], x)
    # y = 2, 2a, 6a, 6ab, 30ab: what is left of its sum without a, differentiated.
    np.testing.assert_allclose(second.numpy(), [4, 0, 2, 36, 0])
