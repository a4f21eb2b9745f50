"""Activation functions: pointwise ones, and softmax with its relatives."""

from __future__ import annotations

import math

from ._broadcast import cast, constant, expand_value, filled, require_tensor, wrap_dim
from ._dtypes import bool_, is_float
from ._fail import fail_runtime
from ._generated import ops
from ._registry import op
from .unary import GE, GT, LE, LT, clone, sigmoid, tanh

SUM, PROD, MAX, MIN = range(4)


@op("relu", inplace=True)
def relu(input):
    """max(x, 0), with gradient 0 at 0.

    Shape and dtype of `input`.

    Raises:
        TypeError: the input is no tensor.
        RuntimeError: booleans.

    >>> pt.relu(pt.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    if require_tensor("relu", input).dtype is bool_:
        fail_runtime("relu", "Boolean inputs not supported for relu")
    zero = constant(0, input)
    return ops.select(ops.compare(input, zero, LE), zero, input)


@op("relu6", method=False)
def relu6(input):
    """min(max(x, 0), 6).

    Shape and dtype of `input`.

    Raises:
        TypeError: the input is no tensor.
        RuntimeError: booleans.

    >>> pt.relu6(pt.tensor([-1.0, 2.0, 8.0]))
    tensor([0., 2., 6.])
    """
    return hardtanh(input, 0.0, 6.0)


def hardtanh(input, min_val=-1.0, max_val=1.0):
    """x limited to [min_val, max_val], with gradient 0 at the bounds."""
    x = require_tensor("hardtanh", input)
    if x.dtype is bool_:
        fail_runtime("hardtanh", "Bool inputs not supported for hardtanh")
    lo, hi = filled(min_val, x), filled(max_val, x)
    x = ops.select(ops.compare(x, lo, LE), lo, x)
    return ops.select(ops.compare(x, hi, GE), hi, x)


@op("threshold", inplace=True)
def threshold(input, threshold, value):
    """x where x > threshold, else value.

    Shape and dtype of `input`.

    Raises:
        TypeError: the input is no tensor, or what is no number.

    >>> pt.threshold(pt.tensor([0.5, 2.0]), 1.0, -1.0)
    tensor([-1.,  2.])
    """
    x = require_tensor("threshold", input)
    return ops.select(ops.compare(x, filled(threshold, x), LE), filled(value, x), x)


def leaky_relu(input, negative_slope=0.01):
    """x where x > 0, else negative_slope * x."""
    x = require_tensor("leaky_relu", input)
    return ops.select(ops.compare(x, constant(0, x), GT), x, x * negative_slope)


@op("prelu")
def prelu(input, weight):
    """x where x > 0, else weight * x; one weight, or one for each channel (dimension 1).

    Shape and dtype of `input`.

    Raises:
        RuntimeError: another number of weights.

    >>> pt.prelu(pt.tensor([-2.0, 1.0]), pt.tensor(0.5))
    tensor([-1.,  1.])
    """
    x = require_tensor("prelu", input)
    if weight.numel() == 1:
        w = expand_value(ops.reshape(weight, ()), x.shape)
    else:
        channels = x.shape[1] if x.ndim > 1 else 1
        if weight.numel() != channels:
            fail_runtime(
                "prelu",
                "Mismatch of parameter numbers and input channel size. Found parameter numbers = "
                f"{weight.numel()} "
                f"and channel size = {channels}.",
            )
        w = ops.broadcast(weight, tuple(x.shape), (1,) if x.ndim > 1 else (0,))
    return ops.select(ops.compare(x, constant(0, x), GT), x, ops.mul(w, x))


def elu(input, alpha=1.0):
    """x where x > 0, else alpha * (exp(x) - 1)."""
    return _elu(require_tensor("elu", input), alpha, 1.0)


def _elu(x, alpha, scale):
    positive = ops.compare(x, constant(0, x), GT)
    # The exponential must not overflow where it is not used: inf * 0 in the gradient is nan.
    left = ops.expm1(ops.select(positive, constant(0, x), x))
    if alpha != 1.0:
        left = left * alpha
    r = ops.select(positive, x, left)
    return r if scale == 1.0 else r * scale


@op("selu", inplace=True)
def selu(input):
    """scale * elu(x, alpha), with the constants that keep mean 0 and variance 1.

    Shape and dtype of `input`, of a floating dtype.

    Raises:
        RuntimeError: integers.

    >>> pt.selu(pt.tensor([1.0]))
    tensor([1.0507])
    """
    return _elu(require_tensor("selu", input), 1.6732632423543772, 1.0507009873554805)


@op("celu", inplace=True)
def celu(input, alpha=1.0):
    """max(0, x) + min(0, alpha * (exp(x / alpha) - 1)).

    Shape and dtype of `input`, of a floating dtype.

    Raises:
        RuntimeError: integers.

    >>> pt.celu(pt.tensor([1.0, 0.0]))
    tensor([1., 0.])
    """
    x = require_tensor("celu", input)
    positive = ops.compare(x, constant(0, x), GT)
    left = ops.expm1(ops.select(positive, constant(0, x), x) / alpha) * alpha
    return ops.select(positive, x, left)


def silu(input):
    """x * sigmoid(x)."""
    x = require_tensor("silu", input)
    return ops.mul(x, sigmoid(x))


def mish(input):
    """x * tanh(softplus(x))."""
    x = require_tensor("mish", input)
    return ops.mul(x, ops.tanh(softplus(x)))


def softplus(input, beta=1.0, threshold=20.0):
    """log(1 + exp(beta * x)) / beta; x itself where beta * x > threshold."""
    x = require_tensor("softplus", input)
    z = x if beta == 1 else x * beta
    linear = ops.compare(z, filled(threshold, x), GT)
    r = ops.log1p(ops.exp(ops.select(linear, constant(0, x), z)))
    return ops.select(linear, x, r if beta == 1 else r / beta)


def logsigmoid(input):
    """log(sigmoid(x)), accurate in both tails."""
    x = require_tensor("logsigmoid", input)
    return ops.sub(ops.min(x, constant(0, x)), ops.log1p(ops.exp(ops.neg(ops.abs(x)))))


def softsign(input):
    """x / (1 + |x|)."""
    x = require_tensor("softsign", input)
    return x / (1 + ops.abs(x))


def tanhshrink(input):
    """x - tanh(x)."""
    return input - tanh(input)


def softshrink(input, lambd=0.5):
    """x moved towards 0 by lambd, 0 within [-lambd, lambd]."""
    x = require_tensor("softshrink", input)
    if lambd < 0:
        fail_runtime(
            "softshrink", f"lambda must be greater or equal to 0, but found to be {lambd}."
        )
    l, zero = filled(lambd, x), constant(0, x)  # noqa: E741
    r = ops.select(ops.compare(x, ops.neg(l), LT), ops.add(x, l), zero)
    r = ops.select(ops.compare(x, l, GT), ops.sub(x, l), r)
    return ops.select(ops.compare(x, x, 1), x, r)


def hardshrink(input, lambd=0.5):
    """x outside [-lambd, lambd], 0 within."""
    x = require_tensor("hardshrink", input)
    l = filled(lambd, x)  # noqa: E741
    inside = ops.and_(ops.compare(x, ops.neg(l), GE), ops.compare(x, l, LE))
    return ops.select(inside, constant(0, x), x)


def hardsigmoid(input):
    """relu6(x + 3) / 6."""
    return hardtanh(require_tensor("hardsigmoid", input) + 3.0, 0.0, 6.0) / 6.0


def hardswish(input):
    """x * relu6(x + 3) / 6."""
    x = require_tensor("hardswish", input)
    three = constant(3, x)
    r = ops.mul(x, ops.div(ops.add(x, three), constant(6, x)))
    r = ops.select(ops.compare(x, ops.neg(three), LE), constant(0, x), r)
    return ops.select(ops.compare(x, three, GE), x, r)


def gelu(input, approximate="none"):
    """x times the normal distribution function at x; "tanh" approximates it."""
    x = require_tensor("gelu", input)
    half, one = constant(0.5, x), constant(1, x)
    if approximate == "none":
        return ops.mul(
            ops.mul(x, half), ops.add(one, ops.erf(ops.mul(x, constant(math.sqrt(0.5), x))))
        )
    if approximate != "tanh":
        fail_runtime("gelu", "approximate argument must be either none or tanh.", approximate)
    cube = ops.mul(ops.mul(x, x), x)
    inner = ops.mul(
        constant(math.sqrt(2 / math.pi), x), ops.add(x, ops.mul(constant(0.044715, x), cube))
    )
    return ops.mul(ops.mul(x, half), ops.add(one, ops.tanh(inner)))


def glu(input, dim=-1):
    """a * sigmoid(b), where a and b are the halves of input along dim."""
    x = require_tensor("glu", input)
    if not x.ndim:
        fail_runtime("glu", "glu does not support 0-dimensional tensors")
    axis = wrap_dim("glu", dim, x.ndim)
    n = x.shape[axis]
    if n % 2:
        fail_runtime("glu", f"Halving dimension must be even, but dimension {axis} is size {n}")
    a, b = (x.narrow(axis, start, n // 2) for start in (0, n // 2))
    return a * sigmoid(b)


# Softmax ---------------------------------------------------------------------------------------


def _centred(name, input, dim, dtype):
    """x - max(x) along dim (whose gradient cancels), and the axis."""
    x = require_tensor(name, input)
    if dtype is not None:
        x = cast(x, dtype)
    if not is_float(x.dtype):
        fail_runtime(
            name,
            f"\"{name}\" not implemented for '{x.dtype}'",
            None,
            "a floating-point dtype",
            "dtype=...",
        )
    axis = wrap_dim(name, dim, x.ndim)
    if not x.ndim or not x.numel():
        return x, x, None
    return x, ops.sub(x, _kept(ops.reduce(x.detach(), MAX, (axis,)), x.shape, axis)), axis


def _kept(reduced, shape, axis):
    """A reduced value repeated along the axis it was reduced over."""
    return ops.broadcast(reduced, tuple(shape), tuple(i for i in range(len(shape)) if i != axis))


@op("softmax", out=True)
def softmax(input, dim, dtype=None):
    """exp(x) / sum(exp(x)) along dim, without overflow.

    Keeps the shape; `dtype` casts the input first.

    Raises:
        IndexError: a dimension out of range.
        RuntimeError: integers without `dtype`.

    >>> pt.softmax(pt.tensor([0.0, 0.0]), 0)
    tensor([0.5000, 0.5000])
    """
    x, c, axis = _centred("softmax", input, dim, dtype)
    if axis is None:
        return _degenerate(x, 1)
    e = ops.exp(c)
    return ops.div(e, _kept(ops.reduce(e, SUM, (axis,)), x.shape, axis))


def _degenerate(x, value):
    """The softmax (1) or log-softmax (0) of a 0-d or empty tensor, with gradient 0."""
    return ops.add(ops.mul(x, constant(0, x)), constant(value, x)) if x.numel() else clone(x)


@op("log_softmax", out=True)
def log_softmax(input, dim, dtype=None):
    """x - log(sum(exp(x))) along dim; arguments and errors are those of `softmax`.

    Raises:
        RuntimeError: integers without a `dtype`.
        IndexError: a dimension out of range.

    >>> pt.log_softmax(pt.tensor([0.0, 0.0]), 0)
    tensor([-0.6931, -0.6931])
    """
    x, c, axis = _centred("log_softmax", input, dim, dtype)
    if axis is None:
        return _degenerate(x, 0)
    s = ops.log(ops.reduce(ops.exp(c), SUM, (axis,)))
    return ops.sub(c, _kept(s, x.shape, axis))


def softmin(input, dim, dtype=None):
    """softmax(-x)."""
    return softmax(-input, dim, dtype)
