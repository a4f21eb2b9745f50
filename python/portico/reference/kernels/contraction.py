"""Sums of products: batched dot and the three faces of convolution."""

import itertools
import math

import numpy as np

from ..dtypes import accumulator


def ref_dot_general(lhs, rhs, lhs_batch, rhs_batch, lhs_contract, rhs_contract):
    def as_matrix(x, batch, contract, free_first):
        free = [d for d in range(x.ndim) if d not in batch and d not in contract]
        middle = [*free, *contract] if free_first else [*contract, *free]
        sizes = [math.prod(x.shape[d] for d in dims) for dims in (batch, free, contract)]
        b, f, c = sizes
        moved = np.transpose(x, [*batch, *middle]).astype(accumulator(x.dtype))
        return moved.reshape((b, f, c) if free_first else (b, c, f)), [x.shape[d] for d in free]

    left, left_free = as_matrix(lhs, list(lhs_batch), list(lhs_contract), True)
    right, right_free = as_matrix(rhs, list(rhs_batch), list(rhs_contract), False)
    batch_shape = [lhs.shape[d] for d in lhs_batch]
    product = np.matmul(left, right)
    return product.reshape((*batch_shape, *left_free, *right_free)).astype(lhs.dtype)


# A convolution is a trilinear form: a sum over kernel positions ("taps") of
# <dy, x shifted by the tap, w at the tap>. Each op contracts two of the three.


def _taps(kernel, out, strides, dilations):
    """For each kernel position: its index and the slice of the padded input it meets."""
    for tap in itertools.product(*map(range, kernel)):
        begins = [t * d for t, d in zip(tap, dilations, strict=True)]
        yield (
            tap,
            tuple(
                slice(b, b + s * (n - 1) + 1 if n else b, s)
                for b, s, n in zip(begins, strides, out, strict=True)
            ),
        )


def _split(x, groups, dim):
    return x.reshape(*x.shape[:dim], groups, x.shape[dim] // groups, *x.shape[dim + 1 :])


def _out_size(size, kernel, strides, padding, dilations):
    return [
        (n + 2 * p - (k - 1) * d - 1) // s + 1
        for n, k, s, p, d in zip(size, kernel, strides, padding, dilations, strict=True)
    ]


def _pad(x, padding):
    return np.pad(x, [(0, 0), (0, 0), *((p, p) for p in padding)])


def ref_convolution(x, w, strides, padding, dilations, groups):
    wide = accumulator(x.dtype)
    out = _out_size(x.shape[2:], w.shape[2:], strides, padding, dilations)
    padded = _split(_pad(x.astype(wide), padding), groups, 1)
    filters = _split(w.astype(wide), groups, 0)
    y = np.zeros((x.shape[0], groups, w.shape[0] // groups, *out), wide)
    for tap, where in _taps(w.shape[2:], out, strides, dilations):
        y += np.einsum(
            "ngc...,gfc->ngf...", padded[(..., *where)], filters[(..., *tap)], optimize=True
        )
    return y.reshape(x.shape[0], w.shape[0], *out).astype(x.dtype)


def ref_convolution_input_grad(dy, w, input_size, strides, padding, dilations, groups):
    wide = accumulator(dy.dtype)
    n, per_group = dy.shape[0], w.shape[1]
    grads = _split(dy.astype(wide), groups, 1)
    filters = _split(w.astype(wide), groups, 0)
    padded_size = [size + 2 * p for size, p in zip(input_size, padding, strict=True)]
    dx = np.zeros((n, groups, per_group, *padded_size), wide)
    for tap, where in _taps(w.shape[2:], dy.shape[2:], strides, dilations):
        dx[(..., *where)] += np.einsum(
            "ngf...,gfc->ngc...", grads, filters[(..., *tap)], optimize=True
        )
    inside = tuple(slice(p, p + size) for p, size in zip(padding, input_size, strict=True))
    return dx[(..., *inside)].reshape(n, groups * per_group, *input_size).astype(dy.dtype)


def ref_convolution_filter_grad(x, dy, filter_size, strides, padding, dilations, groups):
    wide = accumulator(x.dtype)
    padded = _split(_pad(x.astype(wide), padding), groups, 1)
    grads = _split(dy.astype(wide), groups, 1)
    features, per_group = dy.shape[1], x.shape[1] // groups
    dw = np.zeros((groups, features // groups, per_group, *filter_size), wide)
    for tap, where in _taps(filter_size, dy.shape[2:], strides, dilations):
        seen = padded[(..., *where)]
        flat_x = seen.reshape(*seen.shape[:3], -1)
        flat_dy = grads.reshape(*grads.shape[:3], -1)
        dw[(..., *tap)] = np.einsum("ngcs,ngfs->gfc", flat_x, flat_dy, optimize=True)
    return dw.reshape(features, per_group, *filter_size).astype(x.dtype)
