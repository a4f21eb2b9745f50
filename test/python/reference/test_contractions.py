"""dot_general and the convolution triple: loops, and the identities between them."""

import itertools

import ml_dtypes
import numpy as np
import pytest

from portico.reference import evaluate_op


def run(name, *operands, **attrs):
    (result,) = evaluate_op(name, operands, attrs)
    return result


def dims(lhs_batch=(), rhs_batch=(), lhs_contract=(), rhs_contract=()):
    return locals()


@pytest.mark.parametrize(
    ("left", "right", "spec", "einsum"),
    [
        ((3, 4), (4, 5), dims(lhs_contract=(1,), rhs_contract=(0,)), "ik,kj->ij"),
        ((3, 4), (5, 4), dims(lhs_contract=(1,), rhs_contract=(1,)), "ik,jk->ij"),
        ((2, 3, 4), (4, 2, 5), dims((0,), (1,), (2,), (0,)), "bik,kbj->bij"),
        ((2, 3, 4, 5), (5, 6, 3), dims(lhs_contract=(1, 3), rhs_contract=(2, 0)), "ackd,dfc->akf"),
        ((3,), (4,), dims(), "i,j->ij"),
        ((4,), (4,), dims(lhs_contract=(0,), rhs_contract=(0,)), "i,i->"),
        ((3, 0), (0, 2), dims(lhs_contract=(1,), rhs_contract=(0,)), "ik,kj->ij"),
    ],
)
def test_dot_general(left, right, spec, einsum, rng):
    a, b = rng.normal(size=left), rng.normal(size=right)
    np.testing.assert_allclose(run("dot_general", a, b, **spec), np.einsum(einsum, a, b))


def test_dot_general_keeps_the_dtype_and_wraps():
    spec = dims(lhs_contract=(0,), rhs_contract=(0,))
    x = np.array([100, 100], np.int8)
    got = run("dot_general", x, np.array([1, 1], np.int8), **spec)
    assert got.dtype == np.int8 and got == -56
    ones = np.ones(4096, ml_dtypes.bfloat16)
    got = run("dot_general", ones, ones, **spec)
    assert got.dtype == ml_dtypes.bfloat16 and got == 4096


def convolution_by_loops(x, w, strides, padding, dilations, groups):
    spatial = x.ndim - 2
    out = [
        (x.shape[2 + d] + 2 * padding[d] - (w.shape[2 + d] - 1) * dilations[d] - 1) // strides[d]
        + 1
        for d in range(spatial)
    ]
    per_group, features = w.shape[1], w.shape[0] // groups
    y = np.zeros((x.shape[0], w.shape[0], *out))
    for n, f, *at in itertools.product(*map(range, y.shape)):
        for c, *tap in itertools.product(*map(range, w.shape[1:])):
            cell = [at[d] * strides[d] + tap[d] * dilations[d] - padding[d] for d in range(spatial)]
            if all(0 <= cell[d] < x.shape[2 + d] for d in range(spatial)):
                channel = (f // features) * per_group + c
                y[(n, f, *at)] += x[(n, channel, *cell)] * w[(f, c, *tap)]
    return y


GEOMETRIES = [
    ((2, 2, 7), (4, 2, 3), (1,), (0,), (1,), 1),
    ((1, 2, 5, 6), (3, 2, 3, 2), (2, 1), (1, 0), (1, 2), 1),
    ((2, 4, 6, 5), (6, 2, 3, 3), (2, 2), (1, 1), (1, 1), 2),
    ((1, 3, 4, 4), (3, 1, 2, 2), (1, 1), (0, 0), (1, 1), 3),
    ((1, 2, 3, 4, 3), (2, 2, 2, 2, 2), (1, 2, 1), (1, 0, 1), (1, 1, 1), 1),
]


@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_convolution(geometry, rng):
    x_shape, w_shape, strides, padding, dilations, groups = geometry
    x, w = rng.normal(size=x_shape), rng.normal(size=w_shape)
    attrs = dict(strides=strides, padding=padding, dilations=dilations, groups=groups)
    np.testing.assert_allclose(
        run("convolution", x, w, **attrs), convolution_by_loops(x, w, **attrs)
    )


@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_the_three_convolutions_are_one_trilinear_form(geometry, rng):
    x_shape, w_shape, strides, padding, dilations, groups = geometry
    x, w = rng.normal(size=x_shape), rng.normal(size=w_shape)
    attrs = dict(strides=strides, padding=padding, dilations=dilations, groups=groups)
    y = run("convolution", x, w, **attrs)
    dy = rng.normal(size=y.shape)
    dx = run("convolution_input_grad", dy, w, input_size=x_shape[2:], **attrs)
    dw = run("convolution_filter_grad", x, dy, filter_size=w_shape[2:], **attrs)
    assert dx.shape == x_shape and dw.shape == w_shape
    form = np.vdot(dy, y)
    np.testing.assert_allclose([np.vdot(dx, x), np.vdot(dw, w)], [form, form])
    # <dy, conv(e, w)> for a unit x is one element of dx: the form alone would
    # not notice two elements that were swapped.
    for where in rng.permutation(list(np.ndindex(*x_shape)))[:5]:
        unit = np.zeros(x_shape)
        unit[tuple(where)] = 1
        np.testing.assert_allclose(
            dx[tuple(where)], np.vdot(dy, run("convolution", unit, w, **attrs)), atol=1e-12
        )
    for where in rng.permutation(list(np.ndindex(*w_shape)))[:5]:
        unit = np.zeros(w_shape)
        unit[tuple(where)] = 1
        np.testing.assert_allclose(
            dw[tuple(where)], np.vdot(dy, run("convolution", x, unit, **attrs)), atol=1e-12
        )
