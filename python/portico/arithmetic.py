"""Arithmetic of two or three operands, with broadcasting and PyTorch's promotion."""

from __future__ import annotations

import builtins
import math

from . import _core, _notes
from ._broadcast import (
    align,
    as_float,
    cast,
    connected,
    constant,
    is_number,
    require_tensor,
)
from ._dtypes import CATEGORY, INT, bool_, float64, is_float, result_type
from ._fail import fail_runtime, fail_type
from ._generated import ops
from ._registry import op
from .unary import EQ, GE, GT, LE, LT, NE, clone, signbit

Tensor = _core.Tensor


def _scaled(name, other, alpha):
    """other * alpha, refusing a float alpha for integers as PyTorch does."""
    if isinstance(alpha, builtins.bool) and not (
        isinstance(other, Tensor) and other.dtype is bool_
    ):
        fail_runtime(name, "Boolean alpha only supported for Boolean results.")
    if (
        isinstance(alpha, builtins.float)
        and isinstance(other, Tensor)
        and not is_float(other.dtype)
    ):
        fail_runtime(
            name, "For integral input tensors, argument alpha must not be a floating point number."
        )
    return other * alpha


@op(inplace=True, out=True)
def add(input, other, *, alpha=1):
    """input + alpha * other.

    Shapes broadcast and dtypes promote; on booleans `+` is logical or. Raises `RuntimeError`
    when the shapes do not broadcast.

    >>> pt.add(pt.tensor([1, 2]), 10)
    tensor([11, 12])
    """
    require_tensor("add", input)
    if alpha is not True and alpha != 1:
        other = _scaled("add", other, alpha)
    return input + other


@op(inplace=True, out=True, aliases=("subtract",))
def sub(input, other, *, alpha=1):
    """input - alpha * other; two booleans are refused.

    Shapes broadcast and dtypes promote; `other` may be a number.

    Raises:
        RuntimeError: shapes that do not broadcast, or two booleans.

    >>> pt.sub(pt.tensor([1, 2]), 10)
    tensor([-9, -8])
    """
    require_tensor("sub", input)
    if alpha != 1:
        other = _scaled("sub", other, alpha)
    return input - other


@op(notes=_notes.ARITHMETIC)
def rsub(input, other, *, alpha=1):
    """other - alpha * input.

    >>> pt.rsub(pt.tensor([1, 2]), 10)
    tensor([9, 8])
    """
    require_tensor("rsub", input)
    return other - (input if alpha == 1 else _scaled("rsub", input, alpha))


@op(inplace=True, out=True, aliases=("multiply",), notes=_notes.ARITHMETIC)
def mul(input, other):
    """input * other; on booleans `*` is logical and.

    >>> pt.mul(pt.tensor([1, 2]), 0.5)
    tensor([0.5000, 1.0000])

    >>> pt.mul(pt.tensor([1.0, 2.0]), 0.5)
    tensor([0.5000, 1.0000])
    """
    return require_tensor("mul", input) * other


@op(inplace=True, out=True, aliases=("divide",), notes=_notes.ARITHMETIC)
def div(input, other, *, rounding_mode=None):
    """input / other; integers divide to the default float dtype.

    `rounding_mode` "trunc" or "floor" rounds, and keeps integers.

    >>> pt.div(pt.tensor([1, 2]), 2)
    tensor([0.5000, 1.0000])
    >>> pt.div(pt.tensor([-3]), 2, rounding_mode="floor")
    tensor([-2])
    """
    if rounding_mode is None:
        return require_tensor("div", input) / other
    a, b = align("div", input, other)
    if a.dtype is bool_:
        fail_runtime("div", f"\"div_{rounding_mode}_cpu\" not implemented for 'Bool'")
    if rounding_mode == "trunc":
        return _rounded(ops.trunc, a, b) if is_float(a.dtype) else ops.div(a, b)
    if rounding_mode == "floor":
        return _floor_divide(a, b)
    fail_runtime(
        "div",
        "div expected rounding_mode to be one of None, 'trunc', or 'floor' but found "
        f"'{rounding_mode}'",
    )


@op(inplace=True, out=True, notes=_notes.ARITHMETIC_FLOAT)
def true_divide(input, other):
    """input / other, always in floating point.

    >>> pt.true_divide(pt.tensor([1]), 2)
    tensor([0.5000])

    >>> pt.true_divide(pt.tensor([3.0]), 2)
    tensor([1.5000])
    """
    return div(input, other)


def _rounded(primitive, a, b):
    q = ops.div(a, b)
    return connected(primitive(q), q)


def _adjusts(rem, b):
    """Where truncation and flooring differ: the remainder is not 0 and its sign is not b's."""
    zero = constant(0, rem)
    return ops.and_(
        ops.compare(rem, zero, NE),
        ops.xor(ops.compare(rem, zero, LT), ops.compare(b, zero, LT)),
    )


def _floor_divide(a, b):
    if not is_float(a.dtype):
        q = ops.div(a, b)
        adjusts = _adjusts(ops.rem(a, b), b)
        return ops.select(adjusts, ops.sub(q, constant(1, q)), q)
    # As Python does: exact remainder first, then a quotient that is nearly an integer.
    rem = ops.rem(a, b).detach()
    q = ops.div(ops.sub(a, rem), b)
    q = ops.select(_adjusts(rem, b), ops.sub(q, constant(1, q)), q)
    f = ops.floor(q)
    f = ops.select(ops.compare(ops.sub(q, f), constant(0.5, q), GT), ops.add(f, constant(1, f)), f)
    f = connected(f, q)
    return ops.select(ops.compare(b, constant(0, b), EQ), ops.div(a, b), f)


@op(inplace=True, out=True, notes=_notes.ARITHMETIC)
def floor_divide(input, other):
    """floor(input / other), in the promoted dtype.

    >>> pt.floor_divide(pt.tensor([-3, 7]), 2)
    tensor([-2,  3])
    """
    a, b = align("floor_divide", input, other)
    return _floor_divide(a, b)


@op(inplace=True, out=True, notes=_notes.ARITHMETIC)
def remainder(input, other):
    """Python's modulus: the result has the sign of `other`.

    >>> pt.remainder(pt.tensor([-3, 7]), 2)
    tensor([1, 1])
    """
    a, b = align("remainder", input, other)
    if a.dtype is bool_:
        fail_runtime("remainder", "\"remainder_cpu\" not implemented for 'Bool'")
    r = ops.rem(a, b)
    return ops.select(_adjusts(r, b), ops.add(r, b), r)


@op(inplace=True, out=True, notes=_notes.ARITHMETIC)
def fmod(input, other):
    """C's fmod: the result has the sign of `input`.

    >>> pt.fmod(pt.tensor([-3, 7]), 2)
    tensor([-1,  1])
    """
    a, b = align("fmod", input, other)
    if a.dtype is bool_:
        fail_runtime("fmod", "\"fmod_cpu\" not implemented for 'Bool'")
    return ops.rem(a, b)


def _small_power(x, n):
    """x to a small integer, as products."""
    if n < 0:
        return ops.div(constant(1, x), _small_power(x, -n))
    if n == 1:
        return clone(x)
    half = _small_power(x, n // 2) if n > 3 else x
    square = ops.mul(half, half)
    return ops.mul(square, x) if n % 2 else square


@op(inplace=True, out=True)
def pow(input, exponent):
    """input ** exponent.

    A scalar exponent of 2, 3 or 0.5 is a product or a square root. An integer tensor to a
    negative integer power raises `RuntimeError`.

    >>> pt.pow(pt.tensor([2.0, 3.0]), 2)
    tensor([4., 9.])
    """
    if is_number(exponent) and isinstance(input, Tensor):
        dtype = result_type(input, exponent)
        x = cast(input, dtype)
        if not is_float(dtype) and exponent < 0:
            fail_runtime(
                "pow",
                "Integers to negative integer powers are not allowed.",
                None,
                None,
                "a float base",
            )
        if dtype is not bool_:
            if exponent == 0:
                return connected(constant(1, x), x)  # of nan too
            if exponent in (1, 2, 3, -1, -2) or (exponent == 4 and is_float(dtype)):
                return _small_power(x, builtins.int(exponent))
            if exponent == 0.5:
                return ops.sqrt(x)
            if exponent == -0.5:
                return ops.rsqrt(x)
    a, b = align("pow", input, exponent)
    if a.dtype is bool_:
        # x ** y is false only for 0 ** 1.
        return ops.or_(a, ops.not_(b))
    return ops.pow(a, b)


@op(inplace=True, out=True)
def float_power(input, exponent):
    """input ** exponent in float64.

    Shapes broadcast; the result is float64.

    Raises:
        RuntimeError: shapes that do not broadcast.

    >>> pt.float_power(pt.tensor([2, 3]), 2)
    tensor([4., 9.], dtype=portico.float64)

    >>> pt.float_power(pt.tensor([2.0], dtype=pt.float64), 2)
    tensor([4.], dtype=portico.float64)
    """
    a, b = align("float_power", input, exponent, dtype=float64)
    return pow(a, exponent) if is_number(exponent) else ops.pow(a, b)


@op(inplace=True, out=True, aliases=("arctan2",), notes=_notes.ARITHMETIC_FLOAT)
def atan2(input, other):
    """Angle of the point (other, input), in (-pi, pi].

    >>> pt.atan2(pt.tensor([1.0]), pt.tensor([1.0]))
    tensor([0.7854])
    """
    return ops.atan2(*align("atan2", input, other, floating=True))


def _extreme(name, primitive, on_bool, input, other):
    require_tensor(name, input)
    a, b = align(name, input, require_tensor(name, other, "other", 2))
    return on_bool(a, b) if a.dtype is bool_ else primitive(a, b)


@op(out=True, notes=_notes.PAIRWISE)
def maximum(input, other):
    """The larger of two tensors, element by element; nan if either is nan.

    >>> pt.maximum(pt.tensor([1, 5]), pt.tensor([3, 2]))
    tensor([3, 5])
    """
    return _extreme("maximum", ops.max, ops.or_, input, other)


@op(out=True, notes=_notes.PAIRWISE)
def minimum(input, other):
    """The smaller of two tensors, element by element; nan if either is nan.

    >>> pt.minimum(pt.tensor([1, 5]), pt.tensor([3, 2]))
    tensor([1, 2])
    """
    return _extreme("minimum", ops.min, ops.and_, input, other)


def _ignoring_nan(name, primitive, on_bool, input, other):
    a, b = align(name, require_tensor(name, input), require_tensor(name, other, "other", 2))
    if a.dtype is bool_:
        return on_bool(a, b)
    if not is_float(a.dtype):
        return primitive(a, b)
    # The gradient goes to `input` where it is chosen or both are equal, as in PyTorch.
    better = GE if primitive is ops.max else LE
    first = ops.or_(ops.compare(a, b, better), ops.compare(b, b, NE))
    return ops.select(first, a, b)


@op(out=True, notes=_notes.PAIRWISE)
def fmax(input, other):
    """The larger of two tensors; a nan loses against a number.

    >>> pt.fmax(pt.tensor([1.0, float("nan")]), pt.tensor([0.5, 2.0]))
    tensor([1., 2.])
    """
    return _ignoring_nan("fmax", ops.max, ops.or_, input, other)


@op(out=True, notes=_notes.PAIRWISE)
def fmin(input, other):
    """The smaller of two tensors; a nan loses against a number.

    >>> pt.fmin(pt.tensor([1.0, float("nan")]), pt.tensor([0.5, 2.0]))
    tensor([0.5000, 2.0000])
    """
    return _ignoring_nan("fmin", ops.min, ops.and_, input, other)


# Clamping: with selects, so that the gradient at a bound goes to the input ----------------------


def _not_below(x, lo, nan_bound):
    below = ops.compare(x, lo, LT)
    if nan_bound and is_float(x.dtype):
        below = ops.or_(below, ops.compare(lo, lo, NE))
    return ops.select(below, lo, x)


def _not_above(x, hi, nan_bound):
    above = ops.compare(x, hi, GT)
    if nan_bound and is_float(x.dtype):
        above = ops.or_(above, ops.compare(hi, hi, NE))
    return ops.select(above, hi, x)


@op(inplace=True, out=True, aliases=("clip",))
def clamp(input, min=None, max=None):
    """input limited to [min, max]; either bound may be None, a number or a tensor.

    Where min > max the result is max. Raises `RuntimeError` when both are None.

    >>> pt.clamp(pt.tensor([-1.0, 0.5, 2.0]), 0, 1)
    tensor([0.0000, 0.5000, 1.0000])
    """
    require_tensor("clamp", input)
    if min is None and max is None:
        fail_runtime("clamp", "At least one of 'min' or 'max' must not be None")
    if input.dtype is bool_:
        fail_runtime("clamp", "clamp is not implemented for 'Bool'")
    return _limited("clamp", input, min, max)


def _limited(name, input, min, max):
    bounds = [b for b in (min, max) if b is not None]
    x, *bounds = align(name, require_tensor(name, input), *bounds)
    if min is not None:
        x = _not_below(x, bounds[0], isinstance(min, Tensor))
    if max is not None:
        x = _not_above(x, bounds[-1], isinstance(max, Tensor))
    return x


@op(inplace=True, out=True)
def clamp_min(input, min):
    """input, or `min` where input is smaller.

    The limit is a number or a tensor that broadcasts; dtypes promote.

    Raises:
        RuntimeError: shapes that do not broadcast.

    >>> pt.clamp_min(pt.tensor([-1.0, 2.0]), 0)
    tensor([0., 2.])
    """
    return _limited("clamp_min", input, min, None)


@op(inplace=True, out=True)
def clamp_max(input, max):
    """input, or `max` where input is larger.

    The limit is a number or a tensor that broadcasts; dtypes promote.

    Raises:
        RuntimeError: shapes that do not broadcast.

    >>> pt.clamp_max(pt.tensor([-1.0, 2.0]), 0)
    tensor([-1.,  0.])
    """
    return _limited("clamp_max", input, None, max)


# Three operands and compositions ---------------------------------------------------------------


@op(inplace=True, out=True)
def addcmul(input, tensor1, tensor2, *, value=1):
    """input + value * tensor1 * tensor2.

    Shapes broadcast and dtypes promote.

    Raises:
        RuntimeError: shapes that do not broadcast.

    >>> pt.addcmul(pt.tensor([1.0]), pt.tensor([2.0]), pt.tensor([3.0]), value=10)
    tensor([61.])
    """
    x, a, b = align("addcmul", input, tensor1, tensor2)
    r = ops.mul(a, b)
    return ops.add(x, r if value == 1 else r * value)


@op(inplace=True, out=True)
def addcdiv(input, tensor1, tensor2, *, value=1):
    """input + value * tensor1 / tensor2; integers are refused.

    Shapes broadcast and dtypes promote.

    Raises:
        RuntimeError: shapes that do not broadcast, or integers.

    >>> pt.addcdiv(pt.tensor([1.0]), pt.tensor([6.0]), pt.tensor([3.0]))
    tensor([3.])
    """
    x, a, b = align("addcdiv", input, tensor1, tensor2)
    if not is_float(x.dtype):
        fail_runtime(
            "addcdiv",
            "Integer division with addcdiv is no longer supported",
            None,
            None,
            "float tensors",
        )
    r = ops.div(a, b)
    return ops.add(x, r if value == 1 else r * value)


@op(inplace=True, out=True)
def lerp(input, end, weight):
    """input + weight * (end - input), exact at both ends. `weight` is a number or a tensor.

    Shapes broadcast; input and end have one dtype.

    Raises:
        RuntimeError: shapes that do not broadcast, or dtypes that differ.

    >>> pt.lerp(pt.tensor([0.0]), pt.tensor([10.0]), 0.25)
    tensor([2.5000])
    """
    if isinstance(end, Tensor) and end.dtype is not input.dtype:
        fail_runtime("lerp", f"expected dtype {input.dtype} for `end` but got dtype {end.dtype}")
    a, b, w = align("lerp", input, end, weight)
    d = ops.sub(b, a)
    low = lambda: ops.add(a, ops.mul(w, d))  # noqa: E731
    high = lambda: ops.sub(b, ops.mul(d, ops.sub(constant(1, w), w)))  # noqa: E731
    if is_number(weight):
        return low() if abs(weight) < 0.5 else high()
    return ops.select(ops.compare(ops.abs(w), constant(0.5, w), LT), low(), high())


@op(inplace=True, out=True, notes=_notes.ARITHMETIC_FLOAT)
def hypot(input, other):
    """sqrt(input**2 + other**2) without overflow.

    >>> pt.hypot(pt.tensor([3.0]), pt.tensor([4.0]))
    tensor([5.])
    """
    a, b = align("hypot", input, other, floating=True)
    scale = ops.max(ops.abs(a.detach()), ops.abs(b.detach()))
    one = constant(1, a)
    inf = constant(math.inf, a)
    usable = ops.and_(ops.compare(scale, constant(0, a), GT), ops.compare(scale, inf, LT))
    s = ops.select(usable, scale, one)
    p, q = ops.div(a, s), ops.div(b, s)
    return ops.mul(ops.sqrt(ops.add(ops.mul(p, p), ops.mul(q, q))), s)


def _log_add(a, b, exp, log1p):
    m = ops.max(a, b)
    d = ops.sub(a, b)
    # inf - inf is nan: equal operands differ by 0.
    d = ops.select(ops.compare(a, b, EQ), constant(0, d), d)
    return ops.add(m, log1p(exp(ops.neg(ops.abs(d)))))


@op(out=True, notes=_notes.ARITHMETIC_FLOAT)
def logaddexp(input, other):
    """log(exp(input) + exp(other)) without overflow.

    >>> pt.logaddexp(pt.tensor([0.0]), pt.tensor([0.0]))
    tensor([0.6931])
    """
    a, b = align("logaddexp", input, other, floating=True)
    return _log_add(a, b, ops.exp, ops.log1p)


@op(out=True, notes=_notes.ARITHMETIC_FLOAT)
def logaddexp2(input, other):
    """log2(2**input + 2**other) without overflow.

    >>> pt.logaddexp2(pt.tensor([0.0]), pt.tensor([0.0]))
    tensor([1.])
    """
    a, b = align("logaddexp2", input, other, floating=True)
    inv = constant(1 / math.log(2), a)
    exp2 = lambda t: ops.pow(constant(2, t), t)  # noqa: E731
    return _log_add(a, b, exp2, lambda t: ops.mul(ops.log1p(t), inv))


@op(inplace=True, out=True, notes=_notes.ARITHMETIC_FLOAT)
def copysign(input, other):
    """|input| with the sign of other.

    >>> pt.copysign(pt.tensor([1.0, -2.0]), -0.0)
    tensor([-1., -2.])
    """
    a, b = align("copysign", input, other, floating=True)
    m = ops.abs(a)
    return ops.select(signbit(b.detach()), ops.neg(m), m)


@op(inplace=True, out=True, notes=_notes.BROADCAST)
def heaviside(input, values):
    """0 for x < 0, 1 for x > 0, `values` at 0.

    >>> pt.heaviside(pt.tensor([-1.0, 0.0, 2.0]), pt.tensor(0.5))
    tensor([0.0000, 0.5000, 1.0000])
    """
    if input.dtype is not values.dtype:
        fail_runtime(
            "heaviside", "heaviside is not yet implemented for tensors with different dtypes."
        )
    a, v = align("heaviside", input.detach(), values.detach())
    zero = constant(0, a)
    step = cast(ops.compare(a, zero, GT), a.dtype)
    step = ops.select(ops.compare(a, a, NE), a, step)
    return ops.select(ops.compare(a, zero, EQ), v, step)


@op(inplace=True, out=True, notes=_notes.BROADCAST)
def ldexp(input, other):
    """input * 2**other.

    >>> pt.ldexp(pt.tensor([1.0]), pt.tensor([4]))
    tensor([16.])
    """
    a, b = align("ldexp", as_float(input), other, floating=True)
    return ops.mul(a, ops.pow(constant(2, b), b))


@op(inplace=True, out=True, notes=_notes.ARITHMETIC_FLOAT)
def xlogy(input, other):
    """input * log(other), 0 where input is 0 (unless other is nan).

    >>> pt.xlogy(pt.tensor([0.0, 2.0]), pt.tensor([0.0, 1.0]))
    tensor([0., 0.])
    """
    return _x_times(ops.log, 0, *align("xlogy", input, other, floating=True))


def _x_times(log, origin, x, y):
    zero, nan = constant(0, x), ops.compare(y, y, NE)
    at_zero = ops.and_(ops.compare(x, zero, EQ), ops.not_(nan))
    # Where x is 0 and the logarithm is not finite, both gradients are 0; where only x is 0, x's is
    # log(y).
    infinite = ops.or_(
        ops.compare(y, constant(origin, y), LE), ops.compare(y, constant(math.inf, y), EQ)
    )
    singular = ops.and_(at_zero, infinite)
    value = ops.mul(x, log(ops.select(singular, constant(1, y), y)))
    return ops.select(singular, zero, value)


def xlog1py(input, other):
    """input * log1p(other), 0 where input is 0 (unless other is nan)."""
    return _x_times(ops.log1p, -1, *align("xlog1py", input, other, floating=True))


@op(out=True, inplace=True, notes=_notes.BROADCAST)
def nextafter(input, other):
    """The next representable value after input towards other.

    >>> pt.nextafter(pt.tensor([1.0]), pt.tensor([2.0])) > 1
    tensor([True])
    """
    from .unary import _SIGN_BITS

    x, y = align("nextafter", input, other)
    a, b = x.detach(), y.detach()
    if not is_float(a.dtype):
        fail_runtime("nextafter", f"\"nextafter_cpu\" not implemented for '{a.dtype}'")
    if a.dtype is float64:
        from ._dtypes import int64

        bits_type = int64
    else:
        bits_type = _SIGN_BITS[a.dtype]
    bits, zero = ops.bitcast(a, bits_type), constant(0, a)
    one = constant(1, bits)
    # Away from zero the bits grow by one, towards zero they shrink.
    away = ops.xor(ops.compare(b, a, GT), ops.compare(a, zero, LT))
    stepped = ops.bitcast(ops.select(away, ops.add(bits, one), ops.sub(bits, one)), a.dtype)
    tiny = ops.bitcast(one, a.dtype)
    from_zero = ops.select(ops.compare(b, zero, GT), tiny, ops.neg(tiny))
    r = ops.select(ops.compare(a, zero, EQ), from_zero, stepped)
    r = ops.select(ops.compare(a, b, EQ), b, r)
    nan = ops.or_(ops.compare(a, a, NE), ops.compare(b, b, NE))
    r = ops.select(nan, ops.add(a, b), r)
    return connected(connected(r, x), y)


@op(out=True, inplace=True)
def gcd(input, other):
    """Greatest common divisor of integers.

    Shapes broadcast and dtypes promote.

    Raises:
        RuntimeError: shapes that do not broadcast.
        TypeError: floats.

    >>> pt.gcd(pt.tensor([12, 18]), pt.tensor([8, 27]))
    tensor([4, 9])
    """
    a, b = align("gcd", input, other)
    if CATEGORY[a.dtype] != INT:
        fail_type(
            "gcd", "only integers have a greatest common divisor", a.dtype, "an integer dtype"
        )
    # Euclid with a fixed number of steps: Fibonacci numbers are the worst case.
    steps = {8: 12, 16: 24, 32: 46, 64: 91}[a.dtype.itemsize * 8]
    return _euclid(a, b, steps)


def _euclid(a, b, steps):
    zero, one = constant(0, a), constant(1, a)
    for _ in range(steps):
        done = ops.compare(b, zero, EQ)
        rest = ops.rem(a, ops.select(done, one, b))
        a, b = ops.select(done, a, b), ops.select(done, b, rest)
    return ops.abs(a)
