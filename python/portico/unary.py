"""Functions of one tensor, element by element."""

from __future__ import annotations

import math

from . import _core, _notes
from ._broadcast import as_float, cast, connected, constant, filled, require_tensor
from ._dtypes import (
    CATEGORY,
    FLOAT,
    bfloat16,
    bool_,
    float16,
    float32,
    int16,
    int32,
    int64,
    uint8,
)
from ._fail import fail_runtime
from ._generated import ops
from ._registry import FUNCTIONS, op

EQ, NE, LT, LE, GT, GE = range(6)


# Smooth functions with a primitive of their own; integers become floats first ------------------


def _float_primitive(name, primitive, summary, example):
    def f(input):
        require_tensor(name, input)
        return primitive(as_float(input))

    f.__name__ = name
    f.__doc__ = f"""{summary}, element by element.

    Shape and dtype of `input`; integers and booleans become the default dtype.

    Raises:
        TypeError: the input is no tensor.

    {example}
    """
    return op(inplace=True, out=True)(f)


for _name, _primitive, _summary, _example in (
    ("exp", ops.exp, "e to the x", ">>> pt.exp(pt.tensor([0.0]))\n    tensor([1.])"),
    (
        "expm1",
        ops.expm1,
        "exp(x) - 1, accurate near 0",
        ">>> pt.expm1(pt.tensor([0.0]))\n    tensor([0.])",
    ),
    ("log", ops.log, "Natural logarithm", ">>> pt.log(pt.tensor([1.0]))\n    tensor([0.])"),
    (
        "log1p",
        ops.log1p,
        "log(1 + x), accurate near 0",
        ">>> pt.log1p(pt.tensor([0.0]))\n    tensor([0.])",
    ),
    ("log2", ops.log2, "Base-2 logarithm", ">>> pt.log2(pt.tensor([8.0]))\n    tensor([3.])"),
    ("sqrt", ops.sqrt, "Square root", ">>> pt.sqrt(pt.tensor([4.0]))\n    tensor([2.])"),
    ("rsqrt", ops.rsqrt, "1 / sqrt(x)", ">>> pt.rsqrt(pt.tensor([4.0]))\n    tensor([0.5000])"),
    ("sin", ops.sin, "Sine", ">>> pt.sin(pt.tensor([0.0]))\n    tensor([0.])"),
    ("cos", ops.cos, "Cosine", ">>> pt.cos(pt.tensor([0.0]))\n    tensor([1.])"),
    ("tanh", ops.tanh, "Hyperbolic tangent", ">>> pt.tanh(pt.tensor([0.0]))\n    tensor([0.])"),
    ("erf", ops.erf, "Error function", ">>> pt.erf(pt.tensor([0.0]))\n    tensor([0.])"),
):
    _float_primitive(_name, _primitive, _summary, _example)

exp, expm1, log, log1p, log2, sqrt, rsqrt, sin, cos, tanh, erf = (
    FUNCTIONS[n]
    for n in ("exp", "expm1", "log", "log1p", "log2", "sqrt", "rsqrt", "sin", "cos", "tanh", "erf")
)


# Signs and rounding ----------------------------------------------------------------------------


@op("abs", inplace=True, out=True, aliases=("absolute",))
def absolute(input):
    """Absolute value. Shape and dtype of `input`; the gradient at 0 is 0.

    Raises:
        TypeError: the input is no tensor.
        RuntimeError: booleans.

    >>> pt.abs(pt.tensor([-2, 3]))
    tensor([2, 3])
    """
    require_tensor("abs", input)
    d = input.dtype
    if d is bool_:
        fail_runtime("abs", "\"abs_cpu\" not implemented for 'Bool'")
    return clone(input) if d is uint8 else ops.abs(input)


@op("neg", inplace=True, out=True, aliases=("negative",))
def neg(input):
    """Negation; integers wrap. Booleans are refused.

    Shape and dtype of `input`.

    Raises:
        TypeError: the input is no tensor.
        RuntimeError: booleans.

    >>> pt.neg(pt.tensor([1, -2]))
    tensor([-1,  2])
    """
    require_tensor("neg", input)
    if input.dtype is bool_:
        fail_runtime(
            "neg",
            "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to "
            "invert a "
            "mask, use the `~` or `logical_not()` operator instead.",
        )
    return ops.neg(input)


@op()
def positive(input):
    """The input itself; booleans are refused.

    Shape and dtype of `input`.

    Raises:
        TypeError: the input is no tensor.
        RuntimeError: booleans.

    >>> pt.positive(pt.tensor([1, -2]))
    tensor([ 1, -2])
    """
    if input.dtype is bool_:
        fail_runtime("positive", "The `+` operator, on a bool tensor is not supported.")
    return input


@op("sign", inplace=True, out=True, aliases=("sgn",), notes=_notes.TENSOR_ONLY)
def sign(input):
    """-1, 0 or 1 by the sign of each element. Shape and dtype of `input`.

    >>> pt.sign(pt.tensor([-2.0, 0.0, 5.0]))
    tensor([-1.,  0.,  1.])
    """
    require_tensor("sign", input)
    return clone(input) if input.dtype is bool_ else connected(ops.sign(input), input)


def _rounding(name, primitive, summary, example, aliases=()):
    def f(input):
        require_tensor(name, input)
        if CATEGORY[input.dtype] == FLOAT:
            return connected(primitive(input), input)
        if input.dtype is bool_:
            fail_runtime(name, f"\"{name}\" not implemented for 'Bool'")
        return clone(input)

    f.__name__ = name
    f.__doc__ = (
        f"{summary}. Shape and dtype of `input`; integers stay as they are.\n\n"
        f"    Raises:\n        RuntimeError: booleans.\n\n    {example}\n    "
    )
    return op(inplace=True, out=True, aliases=aliases)(f)


floor = _rounding(
    "floor",
    ops.floor,
    "Largest integer not above x",
    ">>> pt.floor(pt.tensor([-1.5]))\n    tensor([-2.])",
)
ceil = _rounding(
    "ceil",
    ops.ceil,
    "Smallest integer not below x",
    ">>> pt.ceil(pt.tensor([1.5]))\n    tensor([2.])",
)
trunc = _rounding(
    "trunc",
    ops.trunc,
    "Integer part",
    ">>> pt.trunc(pt.tensor([-1.5]))\n    tensor([-1.])",
    aliases=("fix",),
)


@op("round", inplace=True, out=True)
def round_(input, *, decimals=0):
    """Nearest value with `decimals` digits after the point; halves go to the even neighbour.

    Shape and dtype of `input`. Integers stay as they are.

    Raises:
        TypeError: the input is no tensor.

    >>> pt.round(pt.tensor([0.5, 1.5, 2.5]))
    tensor([0., 2., 2.])
    """
    require_tensor("round", input)
    if CATEGORY[input.dtype] != FLOAT:
        return clone(input)
    if decimals == 0:
        return connected(ops.round(input), input)
    ten = 10.0 ** abs(decimals)
    x = input.detach()
    r = ops.round(x * ten) / ten if decimals > 0 else ops.round(x / ten) * ten
    return connected(r, input)


@op(inplace=True, out=True, notes=_notes.ELEMENTWISE)
def frac(input):
    """x - trunc(x): the fractional part, with the sign of x.

    >>> pt.frac(pt.tensor([1.25, -1.25]))
    tensor([ 0.2500, -0.2500])
    """
    require_tensor("frac", input)
    return input - ops.trunc(input.detach()) if CATEGORY[input.dtype] == FLOAT else input - input


@op(method="clone", notes=_notes.TENSOR_ONLY)
def clone(input, *, memory_format=None):
    """A copy with storage of its own; gradients flow through it.

    >>> pt.clone(pt.tensor([1, 2]))
    tensor([1, 2])
    """
    require_tensor("clone", input)
    return ops.reshape(input, tuple(input.shape))


_SIGN_BITS = {float16: int16, bfloat16: int16, float32: int32}


@op(out=True, notes=_notes.TENSOR_ONLY)
def signbit(input):
    """Whether the sign bit is set: also true of -0.0. Booleans of input's shape.

    >>> pt.signbit(pt.tensor([-0.0, 0.0]))
    tensor([ True, False])
    """
    require_tensor("signbit", input)
    d = input.dtype
    if d is bool_ or d is uint8:
        bits = cast(input, int16)
    elif CATEGORY[d] == FLOAT:
        bits = ops.bitcast(input, _SIGN_BITS.get(d, int64))
    else:
        bits = input
    return ops.compare(bits, constant(0, bits), LT)


# Powers ----------------------------------------------------------------------------------------


@op(inplace=True, out=True, notes=_notes.ELEMENTWISE)
def square(input):
    """x * x.

    >>> pt.square(pt.tensor([-3.0]))
    tensor([9.])
    """
    require_tensor("square", input)
    x = cast(input, int64) if input.dtype is bool_ else input
    return x * x


@op(inplace=True, out=True, notes=_notes.ELEMENTWISE_FLOAT)
def reciprocal(input):
    """1 / x; integers become the default dtype.

    >>> pt.reciprocal(pt.tensor([4.0]))
    tensor([0.2500])
    """
    x = as_float(require_tensor("reciprocal", input))
    return ops.div(constant(1, x), x)


@op(inplace=True, out=True, notes=_notes.ELEMENTWISE_FLOAT)
def exp2(input):
    """2 to the x.

    >>> pt.exp2(pt.tensor([3.0]))
    tensor([8.])
    """
    x = as_float(require_tensor("exp2", input))
    return ops.pow(constant(2, x), x)


@op(inplace=True, out=True, notes=_notes.ELEMENTWISE_FLOAT)
def log10(input):
    """Base-10 logarithm.

    >>> pt.log10(pt.tensor([10.0]))
    tensor([1.])
    """
    x = as_float(require_tensor("log10", input))
    return ops.mul(ops.log(x), constant(1 / math.log(10), x))


# Trigonometry and hyperbolics, in terms of sin, cos, atan2, exp and expm1 ----------------------


@op(inplace=True, out=True, notes=_notes.ELEMENTWISE_FLOAT)
def tan(input):
    """Tangent.

    >>> pt.tan(pt.tensor([0.0]))
    tensor([0.])
    """
    x = as_float(require_tensor("tan", input))
    return ops.div(ops.sin(x), ops.cos(x))


def _cosine_of_arc(x):
    """sqrt(1 - x*x) without cancellation near 1."""
    one = constant(1, x)
    return ops.sqrt(ops.mul(ops.sub(one, x), ops.add(one, x)))


@op(inplace=True, out=True, aliases=("arcsin",), notes=_notes.ELEMENTWISE_FLOAT)
def asin(input):
    """Inverse sine; nan outside [-1, 1].

    >>> pt.asin(pt.tensor([0.0]))
    tensor([0.])
    """
    x = as_float(require_tensor("asin", input))
    return ops.atan2(x, _cosine_of_arc(x))


@op(inplace=True, out=True, aliases=("arccos",), notes=_notes.ELEMENTWISE_FLOAT)
def acos(input):
    """Inverse cosine; nan outside [-1, 1].

    >>> pt.acos(pt.tensor([1.0]))
    tensor([0.])
    """
    x = as_float(require_tensor("acos", input))
    return ops.atan2(_cosine_of_arc(x), x)


@op(inplace=True, out=True, aliases=("arctan",), notes=_notes.ELEMENTWISE_FLOAT)
def atan(input):
    """Inverse tangent.

    >>> pt.atan(pt.tensor([0.0]))
    tensor([0.])
    """
    x = as_float(require_tensor("atan", input))
    return ops.atan2(x, constant(1, x))


def _halves(x):
    """exp(x)/2 and exp(-x)/2 as products, so that they overflow only when the result does."""
    half = constant(0.5, x)
    up, down = ops.exp(ops.mul(x, half)), ops.exp(ops.mul(ops.neg(x), half))
    return ops.mul(ops.mul(up, half), up), ops.mul(ops.mul(down, half), down)


@op(inplace=True, out=True, notes=_notes.ELEMENTWISE_FLOAT)
def sinh(input):
    """Hyperbolic sine, accurate near 0.

    >>> pt.sinh(pt.tensor([0.0]))
    tensor([0.])
    """
    x = as_float(require_tensor("sinh", input))
    small = ops.compare(ops.abs(x), constant(1, x), LT)
    # exp(x) - exp(-x) cancels near 0: there t + t / (t + 1) with t = exp(x) - 1.
    t = ops.expm1(ops.select(small, x, constant(0, x)))
    near = ops.mul(ops.add(t, ops.div(t, ops.add(t, constant(1, x)))), constant(0.5, x))
    up, down = _halves(x)
    return ops.select(small, near, ops.sub(up, down))


@op(inplace=True, out=True, notes=_notes.ELEMENTWISE_FLOAT)
def cosh(input):
    """Hyperbolic cosine.

    >>> pt.cosh(pt.tensor([0.0]))
    tensor([1.])
    """
    return ops.add(*_halves(as_float(require_tensor("cosh", input))))


@op(inplace=True, out=True, aliases=("arcsinh",), notes=_notes.ELEMENTWISE_FLOAT)
def asinh(input):
    """Inverse hyperbolic sine.

    >>> pt.asinh(pt.tensor([0.0]))
    tensor([0.])
    """
    x = as_float(require_tensor("asinh", input))
    one = constant(1, x)
    large = ops.compare(ops.abs(x), constant(1e4, x), GT)
    # log1p(|x| + x*x / (1 + sqrt(1 + x*x))); x*x overflows for large x, where log|x| + log 2 is
    # exact.
    s = ops.select(large, one, x)
    a = magnitude(s)
    q = ops.mul(s, s)
    near = ops.log1p(ops.add(a, ops.div(q, ops.add(one, ops.sqrt(ops.add(one, q))))))
    far = ops.add(ops.log(ops.select(large, magnitude(x), one)), constant(math.log(2), x))
    return with_sign_of(ops.select(large, far, near), x)


def magnitude(x):
    """|x| whose gradient at 0 is 1, for odd functions made of |x| and a sign."""
    return ops.select(ops.compare(x, constant(0, x), LT), ops.neg(x), x)


def with_sign_of(r, x):
    return ops.select(ops.compare(x, constant(0, x), LT), ops.neg(r), r)


@op(inplace=True, out=True, aliases=("arccosh",), notes=_notes.ELEMENTWISE_FLOAT)
def acosh(input):
    """Inverse hyperbolic cosine; nan below 1.

    >>> pt.acosh(pt.tensor([1.0]))
    tensor([0.])
    """
    x = as_float(require_tensor("acosh", input))
    one = constant(1, x)
    large = ops.compare(x, constant(1e4, x), GT)
    t = ops.sub(ops.select(large, one, x), one)
    near = ops.log1p(ops.add(t, ops.sqrt(ops.mul(t, ops.add(t, constant(2, x))))))
    far = ops.add(ops.log(ops.select(large, x, one)), constant(math.log(2), x))
    return ops.select(large, far, near)


@op(inplace=True, out=True, aliases=("arctanh",), notes=_notes.ELEMENTWISE_FLOAT)
def atanh(input):
    """Inverse hyperbolic tangent; nan outside [-1, 1].

    >>> pt.atanh(pt.tensor([0.0]))
    tensor([0.])
    """
    x = as_float(require_tensor("atanh", input))
    return ops.mul(ops.sub(ops.log1p(x), ops.log1p(ops.neg(x))), constant(0.5, x))


@op(inplace=True, out=True, notes=_notes.ELEMENTWISE_FLOAT)
def deg2rad(input):
    """Degrees to radians.

    >>> pt.deg2rad(pt.tensor([180.0]))
    tensor([3.1416])
    """
    return as_float(require_tensor("deg2rad", input)) * (math.pi / 180)


@op(inplace=True, out=True, notes=_notes.ELEMENTWISE_FLOAT)
def rad2deg(input):
    """Radians to degrees.

    >>> pt.rad2deg(pt.tensor([0.5]))
    tensor([28.6479])
    """
    return as_float(require_tensor("rad2deg", input)) * (180 / math.pi)


# Functions that saturate -----------------------------------------------------------------------


@op(inplace=True, out=True, notes=_notes.ELEMENTWISE_FLOAT)
def sigmoid(input):
    """1 / (1 + exp(-x)), accurate in both tails.

    >>> pt.sigmoid(pt.tensor([0.0]))
    tensor([0.5000])
    """
    x = as_float(require_tensor("sigmoid", input))
    one = constant(1, x)
    right = ops.compare(x, constant(0, x), GE)
    # exp never overflows: its argument is -|x|.
    e = ops.exp(ops.select(right, ops.neg(x), x))
    return ops.div(ops.select(right, one, e), ops.add(one, e))


@op(inplace=True, out=True, notes=_notes.ELEMENTWISE_FLOAT)
def logit(input, eps=None):
    """log(x / (1 - x)), with x clamped to [eps, 1 - eps] when eps is given.

    >>> pt.logit(pt.tensor([0.5]))
    tensor([0.])
    """
    x = as_float(require_tensor("logit", input))
    if eps is not None:
        lo, hi = filled(eps, x), filled(1 - eps, x)
        x = ops.select(ops.compare(x, lo, LT), lo, ops.select(ops.compare(x, hi, GT), hi, x))
    one = constant(1, x)
    return ops.log(ops.div(x, ops.sub(one, x)))


@op(inplace=True, out=True, notes=_notes.ELEMENTWISE_FLOAT)
def sinc(input):
    """sin(pi x) / (pi x), 1 at 0.

    >>> pt.sinc(pt.tensor([0.0, 0.5]))
    tensor([1.0000, 0.6366])
    """
    x = as_float(require_tensor("sinc", input))
    zero = ops.compare(x, constant(0, x), EQ)
    p = ops.mul(ops.select(zero, constant(1, x), x), constant(math.pi, x))
    return ops.select(zero, constant(1, x), ops.div(ops.sin(p), p))


@op(inplace=True, out=True, notes=_notes.ELEMENTWISE)
def nan_to_num(input, nan=0.0, posinf=None, neginf=None):
    """nan, inf and -inf replaced by numbers: 0 and the largest and smallest finite ones by default.

    `posinf` and `neginf` are taken for infinities, by default the extremes of the dtype.

    >>> pt.nan_to_num(pt.tensor([float("nan"), 1.0]))
    tensor([0., 1.])
    """
    from ._dtypes import finfo

    require_tensor("nan_to_num", input)
    if CATEGORY[input.dtype] != FLOAT:
        return clone(input)
    info = finfo(input.dtype)
    x = input
    inf = constant(math.inf, x)
    hi = filled(info.max if posinf is None else posinf, x)
    lo = filled(info.min if neginf is None else neginf, x)
    r = ops.select(ops.compare(x, inf, EQ), hi, ops.select(ops.compare(x, ops.neg(inf), EQ), lo, x))
    return ops.select(ops.compare(x, x, NE), filled(0.0 if nan is None else nan, x), r)


# Classification --------------------------------------------------------------------------------


@op(notes=_notes.PREDICATE)
def isnan(input):
    """Whether each element is nan.

    >>> pt.isnan(pt.tensor([float("nan"), 1.0]))
    tensor([ True, False])
    """
    require_tensor("isnan", input)
    return ops.compare(input, input, NE)


def _infinite(input, value, direction):
    if CATEGORY[input.dtype] != FLOAT:
        return _core.full(tuple(input.shape), False, bool_, input.device)
    return ops.compare(input, constant(value, input), direction)


@op(notes=_notes.PREDICATE)
def isinf(input):
    """Whether each element is +inf or -inf.

    >>> pt.isinf(pt.tensor([float("inf"), 1.0]))
    tensor([ True, False])
    """
    require_tensor("isinf", input)
    return _infinite(ops.abs(input) if CATEGORY[input.dtype] == FLOAT else input, math.inf, EQ)


@op(out=True, notes=_notes.PREDICATE)
def isposinf(input):
    """Whether each element is +inf.

    >>> pt.isposinf(pt.tensor([float("inf"), 1.0]))
    tensor([ True, False])
    """
    return _infinite(require_tensor("isposinf", input), math.inf, EQ)


@op(out=True, notes=_notes.PREDICATE)
def isneginf(input):
    """Whether each element is -inf.

    >>> pt.isneginf(pt.tensor([float("-inf"), 1.0]))
    tensor([ True, False])
    """
    return _infinite(require_tensor("isneginf", input), -math.inf, EQ)


@op(notes=_notes.PREDICATE)
def isfinite(input):
    """Whether each element is neither nan nor infinite.

    >>> pt.isfinite(pt.tensor([float("inf"), 1.0]))
    tensor([False,  True])
    """
    require_tensor("isfinite", input)
    if CATEGORY[input.dtype] != FLOAT:
        return _core.full(tuple(input.shape), True, bool_, input.device)
    return ops.compare(ops.abs(input), constant(math.inf, input), LT)


@op(notes=_notes.PREDICATE)
def isreal(input):
    """True everywhere: all dtypes are real.

    >>> pt.isreal(pt.tensor([1.0]))
    tensor([True])
    """
    return _core.full(tuple(input.shape), True, bool_, input.device)


@op(notes=_notes.ELEMENTWISE_FLOAT)
def angle(input):
    """0 for x >= 0, pi for x < 0, nan for nan; the gradient is 0.

    >>> pt.angle(pt.tensor([1.0, -1.0]))
    tensor([0.0000, 3.1416])
    """
    x = as_float(require_tensor("angle", input))
    x = x.detach()
    zero = constant(0, x)
    r = ops.select(ops.compare(x, zero, LT), constant(math.pi, x), zero)
    r = ops.select(ops.compare(x, x, NE), x, r)
    return connected(r, input)


@op("real")
def real(input):
    """The input itself: all dtypes are real.

    Raises:
        TypeError: the input is no tensor.

    >>> pt.real(pt.tensor([1.0]))
    tensor([1.])
    """
    return require_tensor("real", input)


def _itself(name):
    def f(input):
        return input

    f.__doc__ = f"""input itself: all dtypes are real.

    >>> pt.{name}(pt.tensor([1.0]))
    tensor([1.])
    """
    op(name)(f)


for _name in ("conj", "resolve_conj", "resolve_neg"):
    _itself(_name)


@op(aliases=("conj_physical",))
def conj_physical(input):
    """A copy: all dtypes are real.

    Raises:
        TypeError: the input is no tensor.

    >>> pt.conj_physical(pt.tensor([1.0]))
    tensor([1.])
    """
    return clone(input)
