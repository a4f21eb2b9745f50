"""Special functions: `pt.special.*`, some of them in `pt` too.

They compute in float64 and round once, so that float32 results are correct to the last digit
or nearly; where the derivative of the approximation would be worse than its closed form, the
closed form is the gradient.
"""

from __future__ import annotations

import builtins
import math

from . import _core, _notes, activation, arithmetic, reductions, unary
from ._broadcast import align, as_float, cast, constant, require_tensor
from ._dtypes import float64
from ._fail import fail_runtime
from ._generated import ops
from ._registry import FUNCTIONS, assign, method, op
from .autograd.function import Function
from .unary import EQ, GE, GT, LE, LT, NE

Tensor = _core.Tensor
_SQRT_PI = math.sqrt(math.pi)


class _Derivative(Function):
    """value(x), whose derivative is another function of x."""

    @staticmethod
    def forward(ctx, x, value, derivative):
        ctx.save_for_backward(x)
        ctx.derivative = derivative
        return value(x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * ctx.derivative(x), None, None


def _wide(name, input, value, derivative):
    """value in float64 of a tensor of any dtype, rounded to its float dtype."""
    x = as_float(require_tensor(name, input))
    return cast(_Derivative.apply(cast(x, float64), value, derivative), x.dtype)


def _horner(x, coefficients):
    """A polynomial, highest power first."""
    r = constant(coefficients[0], x)
    for c in coefficients[1:]:
        r = ops.add(ops.mul(r, x), constant(c, x))
    return r


def _chebyshev(x, coefficients):
    """The sum of c_k T_k(x / 2), half of c_0."""
    d = constant(0, x)
    dd = d
    for c in reversed(coefficients[1:]):
        d, dd = ops.add(ops.sub(ops.mul(x, d), dd), constant(c, x)), d
    half = constant(0.5, x)
    return ops.sub(ops.mul(half, ops.add(ops.mul(x, d), constant(coefficients[0], x))), dd)


# The error function's relatives ------------------------------------------------------------------

# erfc(x) = t exp(-x^2 + P(4t - 2)), t = 2 / (2 + x), x >= 0.
# W. Press et al., Numerical Recipes, 3rd edition, section 6.2.2.
_ERFC = (
    -1.3026537197817094, 6.4196979235649026e-1, 1.9476473204185836e-2, -9.561514786808631e-3,
    -9.46595344482036e-4, 3.66839497852761e-4, 4.2523324806907e-5, -2.0278578112534e-5,
    -1.624290004647e-6, 1.303655835580e-6, 1.5626441722e-8, -8.5238095915e-8, 6.529054439e-9,
    5.059343495e-9, -9.91364156e-10, -2.27365122e-10, 9.6467911e-11, 2.394038e-12, -6.886027e-12,
    8.94487e-13, 3.13092e-13, -1.12708e-13, 3.81e-16, 7.106e-15, -1.523e-15, -9.4e-17, 1.21e-16,
    -2.8e-17,
)  # fmt: skip


def _scaled_erfc(x):
    """exp(x^2) erfc(x) for x >= 0."""
    two = constant(2, x)
    t = ops.div(two, ops.add(two, x))
    p = _chebyshev(ops.sub(ops.mul(t, constant(4, t)), two), _ERFC)
    return ops.mul(t, ops.exp(p))


def _erfc(x):
    a = ops.abs(x)
    r = ops.mul(_scaled_erfc(a), ops.exp(ops.neg(ops.mul(a, a))))
    return ops.select(ops.compare(x, constant(0, x), LT), ops.sub(constant(2, x), r), r)


@op(inplace=True, out=True, notes=_notes.ELEMENTWISE_FLOAT)
def erfc(input):
    """1 - erf(x), accurate where erf is nearly 1.

    >>> pt.erfc(pt.tensor([0.0]))
    tensor([1.])
    """
    return _wide("erfc", input, _erfc, lambda x: (-2 / _SQRT_PI) * (-x * x).exp())


def _erfcx(x):
    a = ops.abs(x)
    # erfc(-a) = 2 - erfc(a)
    left = ops.sub(ops.mul(constant(2, x), ops.exp(ops.mul(a, a))), _scaled_erfc(a))
    return ops.select(ops.compare(x, constant(0, x), LT), left, _scaled_erfc(a))


@op(method=False, function=False, notes=_notes.ELEMENTWISE_FLOAT)
def erfcx(input):
    """exp(x^2) erfc(x).

    >>> pt.special.erfcx(pt.tensor([0.0]))
    tensor([1.])
    """
    return _wide("erfcx", input, _erfcx, lambda x: 2 * x * erfcx(x) - 2 / _SQRT_PI)


def _erfinv(x):
    one = constant(1, x)
    inside = ops.compare(ops.abs(x), one, LT)
    s = ops.select(inside, x, constant(0, x))
    # M. Giles, "Approximating the erfinv function": a start that Newton's method makes exact.
    w = ops.neg(ops.log(ops.mul(ops.sub(one, s), ops.add(one, s))))
    near = _horner(
        ops.sub(w, constant(2.5, w)),
        (2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087,
         -0.00125372503, -0.00417768164, 0.246640727, 1.50140941),
    )  # fmt: skip
    far = _horner(
        ops.sub(ops.sqrt(w), constant(3, w)),
        (-0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773,
         -0.0076224613, 0.00943887047, 1.00167406, 2.83297682),
    )  # fmt: skip
    y = ops.mul(s, ops.select(ops.compare(w, constant(5, w), LT), near, far))
    for _ in range(2):
        # erf(y) - x, by erfc in the tails where erf rounds to 1.
        a = ops.abs(y)
        tail = ops.sub(ops.sub(one, ops.abs(s)), _erfc(a))
        centre = ops.sub(ops.erf(a), ops.abs(s))
        gap = ops.select(ops.compare(a, constant(1, a), GT), tail, centre)
        step = ops.mul(ops.mul(gap, constant(_SQRT_PI / 2, gap)), ops.exp(ops.mul(a, a)))
        a = ops.sub(a, step)
        y = ops.select(ops.compare(s, constant(0, s), LT), ops.neg(a), a)
    edge = ops.div(x, ops.sub(one, ops.abs(x)))  # +-inf at +-1
    out = ops.select(ops.compare(ops.abs(x), one, EQ), edge, constant(math.nan, x))
    return ops.select(inside, y, out)


@op(inplace=True, out=True, notes=_notes.ELEMENTWISE_FLOAT)
def erfinv(input):
    """The inverse of erf: infinite at -1 and 1, nan outside.

    >>> pt.erfinv(pt.tensor([0.0, 1.0]))
    tensor([0., inf])
    """
    return _wide(
        "erfinv", input, _erfinv, lambda x: (_SQRT_PI / 2) * (_erfinv_of(x) * _erfinv_of(x)).exp()
    )


def _erfinv_of(x):
    return _Derivative.apply(x, _erfinv, lambda v: (_SQRT_PI / 2) * (_erfinv_of(v) ** 2).exp())


@op(method=False, function=False, notes=_notes.ELEMENTWISE_FLOAT)
def ndtr(input):
    """The normal distribution function.

    >>> pt.special.ndtr(pt.tensor([0.0]))
    tensor([0.5000])
    """
    x = as_float(require_tensor("ndtr", input))
    return cast(0.5 * erfc(cast(x, float64) * -math.sqrt(0.5)), x.dtype)


@op(method=False, function=False, notes=_notes.ELEMENTWISE_FLOAT)
def ndtri(input):
    """The inverse of the normal distribution function.

    >>> pt.special.ndtri(pt.tensor([0.5]))
    tensor([0.])
    """
    x = as_float(require_tensor("ndtri", input))
    return cast(math.sqrt(2) * erfinv(2 * cast(x, float64) - 1), x.dtype)


def _log_ndtr(x):
    z = ops.mul(x, constant(-math.sqrt(0.5), x))
    a = ops.abs(z)
    half = constant(0.5, x)
    tail = ops.sub(ops.log(ops.mul(half, _scaled_erfc(a))), ops.mul(a, a))
    centre = ops.log1p(ops.mul(ops.neg(half), _erfc(ops.neg(z))))
    return ops.select(ops.compare(x, constant(-1, x), LT), tail, centre)


@op(method=False, function=False, notes=_notes.ELEMENTWISE_FLOAT)
def log_ndtr(input):
    """The logarithm of the normal distribution function, accurate in both tails.

    >>> pt.special.log_ndtr(pt.tensor([0.0]))
    tensor([-0.6931])
    """
    scale = math.sqrt(2 / math.pi)
    return _wide("log_ndtr", input, _log_ndtr, lambda x: scale / erfcx(x * -math.sqrt(0.5)))


# Gamma functions ----------------------------------------------------------------------------------

# Lanczos, g = 7: P. Godfrey's coefficients.
_LANCZOS = (
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
    -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
    1.5056327351493116e-7,
)  # fmt: skip


def _sin_pi(x):
    """sin(pi x), exact at integers."""
    r = ops.sub(x, ops.round(x))
    odd = ops.sub(
        ops.round(x), ops.mul(constant(2, x), ops.floor(ops.mul(ops.round(x), constant(0.5, x))))
    )
    s = ops.sin(ops.mul(r, constant(math.pi, x)))
    return ops.select(ops.compare(odd, constant(0, x), EQ), s, ops.neg(s))


def _lgamma(x):
    half, one = constant(0.5, x), constant(1, x)
    left = ops.compare(x, half, LT)
    z = ops.sub(ops.select(left, ops.sub(one, x), x), one)
    total = constant(_LANCZOS[0], z)
    for i, c in enumerate(_LANCZOS[1:], 1):
        total = ops.add(total, ops.div(constant(c, z), ops.add(z, constant(i, z))))
    t = ops.add(z, constant(7.5, z))
    r = ops.add(
        ops.sub(ops.mul(ops.add(z, half), ops.log(t)), t),
        ops.add(ops.log(total), constant(0.5 * math.log(2 * math.pi), z)),
    )
    # gamma(x) gamma(1 - x) = pi / sin(pi x)
    reflected = ops.sub(ops.sub(constant(math.log(math.pi), x), ops.log(ops.abs(_sin_pi(x)))), r)
    r = ops.select(left, reflected, r)
    infinite = ops.compare(ops.abs(x), constant(math.inf, x), EQ)
    return ops.select(infinite, constant(math.inf, x), r)


@op(inplace=True, out=True, notes=_notes.ELEMENTWISE_FLOAT)
def lgamma(input):
    """log |gamma(x)|; infinite at 0, -1, -2, ...

    >>> pt.lgamma(pt.tensor([3.0]))
    tensor([0.6931])
    """
    return _wide("lgamma", input, _lgamma, digamma)


def _digamma(x):
    one, zero = constant(1, x), constant(0, x)
    left = ops.compare(x, zero, LT)
    z = ops.select(left, ops.sub(one, x), x)
    total = zero
    for k in range(10):
        total = ops.sub(total, ops.div(one, ops.add(z, constant(k, z))))
    y = ops.add(z, constant(10, z))
    q = ops.div(one, ops.mul(y, y))
    # The asymptotic series: sum of B_2k / (2k y^2k).
    series = ops.mul(
        q, _horner(q, (1 / 12, -691 / 32760, 1 / 132, -1 / 240, 1 / 252, -1 / 120, 1 / 12))
    )
    r = ops.sub(ops.sub(ops.add(total, ops.log(y)), ops.div(constant(0.5, y), y)), series)
    f = ops.mul(ops.sub(x, ops.round(x)), constant(math.pi, x))
    reflected = ops.sub(r, ops.div(ops.mul(constant(math.pi, x), ops.cos(f)), ops.sin(f)))
    integer = ops.compare(x, ops.round(x), EQ)
    r = ops.select(left, ops.select(integer, constant(math.nan, x), reflected), r)
    # At +0 and -0 the pole has a sign.
    pole = ops.div(constant(-1, x), x)
    r = ops.select(ops.compare(x, zero, EQ), pole, r)
    return ops.select(ops.compare(x, constant(math.inf, x), EQ), x, r)


@op(inplace=True, out=True, notes=_notes.ELEMENTWISE_FLOAT)
def digamma(input):
    """The derivative of lgamma.

    >>> pt.digamma(pt.tensor([1.0]))
    tensor([-0.5772])
    """
    return _wide("digamma", input, _digamma, lambda x: polygamma(1, x))


_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)


def _zeta(s, q):
    """sum of (q + k)^-s for k >= 0, by Euler and Maclaurin (q > 0, s > 1)."""
    one = constant(1, s)
    total = constant(0, s)
    for k in range(12):
        total = ops.add(total, ops.pow(ops.add(q, constant(k, q)), ops.neg(s)))
    a = ops.add(q, constant(12, q))
    tail = ops.pow(a, ops.neg(s))
    total = ops.add(total, ops.div(ops.mul(tail, a), ops.sub(s, one)))
    total = ops.add(total, ops.mul(tail, constant(0.5, s)))
    factor = ops.div(ops.mul(s, tail), a)
    for j, b in enumerate(_BERNOULLI):
        total = ops.add(total, ops.mul(factor, constant(b / math.factorial(2 * j + 2), s)))
        rising = ops.mul(ops.add(s, constant(2 * j + 1, s)), ops.add(s, constant(2 * j + 2, s)))
        factor = ops.div(ops.mul(factor, rising), ops.mul(a, a))
    integer = ops.compare(q, ops.floor(q), EQ)
    poles = ops.select(integer, constant(math.inf, q), constant(math.nan, q))
    total = ops.select(ops.compare(q, constant(0, q), LE), poles, total)
    total = ops.select(ops.compare(s, one, EQ), constant(math.inf, s), total)
    return ops.select(ops.compare(s, one, LT), constant(math.nan, s), total)


@op(method=False, function=False, notes=_notes.ARITHMETIC_FLOAT)
def zeta(input, other):
    """Hurwitz' zeta function: the sum of (other + k)^-input for k >= 0.

    >>> pt.special.zeta(pt.tensor([2.0]), 1.0)
    tensor([1.6449])
    """
    s, q = align("zeta", input, other, floating=True)
    return cast(_zeta(cast(s.detach(), float64), cast(q.detach(), float64)), s.dtype)


def _polygamma(n, x):
    one = constant(1, x)
    # Reflection is needed below 0 only for the derivatives PyTorch defines there: n = 1.
    left = ops.compare(x, constant(0.5, x), LT)
    z = ops.select(left, ops.sub(one, x), x) if n == 1 else x
    value = ops.mul(
        _zeta(constant(n + 1, z), z), constant((-1.0) ** (n + 1) * math.factorial(n), z)
    )
    if n != 1:
        return value
    sine = _sin_pi(x)
    square = ops.div(constant(math.pi**2, x), ops.mul(sine, sine))
    return ops.select(left, ops.sub(square, value), value)


@op(method=False)
def polygamma(n, input):
    """The n-th derivative of digamma.

    The result has the shape of the input; integers become the default dtype.

    Raises:
        RuntimeError: a negative n.

    >>> pt.polygamma(1, pt.tensor([1.0]))
    tensor([1.6449])
    """
    if n < 0:
        fail_runtime("polygamma", "polygamma(n, x) does not support negative n.", n)
    if n == 0:
        return digamma(input)
    return _wide("polygamma", input, lambda x: _polygamma(n, x), lambda x: polygamma(n + 1, x))


@op("polygamma", function=False)
def polygamma_method(self, n):
    """The n-th derivative of digamma; of self's shape, integers become the default dtype.

    Raises:
        RuntimeError: a negative n.

    >>> pt.tensor([1.0]).polygamma(1)
    tensor([1.6449])
    """
    return polygamma(n, self)


@method()
def polygamma_(self, n):
    """In-place version of `polygamma`: writes the result to self and returns it.

    Raises:
        RuntimeError: a negative n, or self is no float tensor.

    >>> pt.tensor([1.0]).polygamma_(1)
    tensor([1.6449])
    """
    return assign("polygamma_", self, polygamma(n, self))


@op(inplace=True, out=True, notes=_notes.ELEMENTWISE_FLOAT)
def mvlgamma(input, p):
    """The logarithm of the multivariate gamma function of dimension p.

    Raises:
        RuntimeError: a p below 1.

    >>> pt.mvlgamma(pt.tensor([2.0]), 1)
    tensor([0.])
    """
    x = as_float(require_tensor("mvlgamma", input))
    if p < 1:
        fail_runtime("mvlgamma", f"p has to be greater than or equal to 1, got {p}")
    r = None
    for j in range(p):
        term = lgamma(x - j / 2)
        r = term if r is None else r + term
    return r + p * (p - 1) / 4 * math.log(math.pi)


# Bessel functions of the first kind, imaginary argument -------------------------------------------


def _bessel(x, order):
    """exp(-|x|) I_order(x) for x >= 0: the power series below 20, the asymptotic one above."""
    small = ops.select(ops.compare(x, constant(20, x), LT), x, constant(1, x))
    q = ops.mul(ops.mul(small, small), constant(0.25, x))
    series = _horner(
        q, [1 / (math.factorial(k) * math.factorial(k + order)) for k in range(60, -1, -1)]
    )
    if order:
        series = ops.mul(series, ops.mul(small, constant(0.5, x)))
    near = ops.mul(series, ops.exp(ops.neg(small)))
    large = ops.select(ops.compare(x, constant(20, x), LT), constant(20, x), x)
    coefficients, c = [1.0], 1.0
    for k in range(1, 24):
        c *= -(4 * order**2 - (2 * k - 1) ** 2) / (8 * k)
        coefficients.append(c)
    far = _horner(ops.div(constant(1, large), large), coefficients[::-1])
    far = ops.div(far, ops.sqrt(ops.mul(large, constant(2 * math.pi, large))))
    return ops.select(ops.compare(x, constant(20, x), LT), near, far)


def _i0e(x):
    return _bessel(ops.abs(x), 0)


def _i1e(x):
    r = _bessel(ops.abs(x), 1)
    return ops.select(ops.compare(x, constant(0, x), LT), ops.neg(r), r)


def _grown(f):
    return lambda x: ops.mul(f(x), ops.exp(ops.abs(x)))


@op(inplace=True, out=True, notes=_notes.ELEMENTWISE_FLOAT)
def i0(input):
    """The modified Bessel function of order 0.

    >>> pt.i0(pt.tensor([0.0]))
    tensor([1.])
    """
    return _wide("i0", input, _grown(_i0e), i1)


@op(method=False, function=False, notes=_notes.ELEMENTWISE_FLOAT)
def i0e(input):
    """exp(-|x|) i0(x).

    >>> pt.special.i0e(pt.tensor([0.0]))
    tensor([1.])
    """
    return _wide("i0e", input, _i0e, lambda x: i1e(x) - x.sign() * i0e(x))


def _over_x(f, x):
    """f(x) / x for an odd f with slope 1/2 at 0."""
    zero = x == 0
    return FUNCTIONS["where"](zero, 0.5, f / FUNCTIONS["where"](zero, 1.0, x))


@op(method=False, function=False, notes=_notes.ELEMENTWISE_FLOAT)
def i1(input):
    """The modified Bessel function of order 1.

    >>> pt.special.i1(pt.tensor([0.0]))
    tensor([0.])
    """
    return _wide("i1", input, _grown(_i1e), lambda x: i0(x) - _over_x(i1(x), x))


@op(method=False, function=False, notes=_notes.ELEMENTWISE_FLOAT)
def i1e(input):
    """exp(-|x|) i1(x).

    >>> pt.special.i1e(pt.tensor([0.0]))
    tensor([0.])
    """
    return _wide("i1e", input, _i1e, lambda x: i0e(x) - i1e(x) * x.sign() - _over_x(i1e(x), x))


# Compositions -------------------------------------------------------------------------------------


@op(method=False, function=False, notes=_notes.ELEMENTWISE_FLOAT)
def entr(input):
    """-x log(x); 0 at 0, -inf below.

    >>> pt.special.entr(pt.tensor([0.0, 1.0]))
    tensor([0., -0.])
    """
    x = as_float(require_tensor("entr", input))
    positive = ops.compare(x, constant(0, x), GT)
    safe = ops.select(positive, x, constant(1, x))
    r = ops.neg(ops.mul(safe, ops.log(safe)))
    other = ops.select(ops.compare(x, constant(0, x), EQ), constant(0, x), constant(-math.inf, x))
    other = ops.select(ops.compare(x, x, NE), x, other)
    return ops.select(positive, r, other)


def xlog1py(input, other):
    """input * log1p(other), 0 where input is 0 (unless other is nan).

    Raises:
        RuntimeError: shapes that do not broadcast.
        TypeError: operands that are neither tensors nor numbers.

    Source: https://docs.pytorch.org/docs/stable/special.html#torch.special.xlog1py

    >>> pt.special.xlog1py(pt.tensor([0.0]), pt.tensor([-1.0]))
    tensor([0.])
    """
    return arithmetic.xlog1py(input, other)


def _polynomial(name, first, step, doc):
    """Orthogonal polynomials of degree n at x, by their three-term recurrence."""

    def f(input, n):
        x, degree = align(name, input, n, floating=True)
        x, degree = x.detach(), degree.detach()
        highest = builtins.int(degree.max().item()) if degree.numel() else 0
        before, value = constant(1, x), first(x)
        result = ops.select(ops.compare(degree, constant(0, x), EQ), before, value)
        for k in range(1, highest):
            before, value = value, step(k, x, value, before)
            result = ops.select(ops.compare(degree, constant(k, x), GT), value, result)
        return ops.select(ops.compare(degree, constant(0, x), GE), result, constant(0, x))

    f.__name__ = name
    f.__doc__ = f"""{doc} of degree n at x.

    Shapes broadcast; n is a number or a tensor of integers.

    Raises:
        RuntimeError: shapes that do not broadcast.
        TypeError: operands that are neither tensors nor numbers.

    Source: https://docs.pytorch.org/docs/stable/special.html#torch.special.{name}

    >>> pt.special.{name}(pt.tensor([1.0]), 0)
    tensor([1.])
    """
    return f


def _plain(k, x, value, before):
    return 2 * x * value - before


def _shifted(k, x, value, before):
    return 2 * (2 * x - 1) * value - before


_CHEBYSHEV = (
    ("t", lambda x: x, "first"),
    ("u", lambda x: 2 * x, "second"),
    ("v", lambda x: 2 * x - 1, "third"),
    ("w", lambda x: 2 * x + 1, "fourth"),
)
for _letter, _first, _kind in _CHEBYSHEV:
    _name = f"chebyshev_polynomial_{_letter}"
    globals()[_name] = _polynomial(
        _name, _first, _plain, f"Chebyshev polynomial of the {_kind} kind"
    )
    _name = "shifted_" + _name
    globals()[_name] = _polynomial(
        _name,
        lambda x, f=_first: f(2 * x - 1),
        _shifted,
        f"Shifted Chebyshev polynomial of the {_kind} kind",
    )
hermite_polynomial_h = _polynomial(
    "hermite_polynomial_h",
    lambda x: 2 * x,
    lambda k, x, v, b: 2 * x * v - 2 * k * b,
    "Physicists' Hermite polynomial",
)
hermite_polynomial_he = _polynomial(
    "hermite_polynomial_he",
    lambda x: x,
    lambda k, x, v, b: x * v - k * b,
    "Probabilists' Hermite polynomial",
)
laguerre_polynomial_l = _polynomial(
    "laguerre_polynomial_l",
    lambda x: 1 - x,
    lambda k, x, v, b: ((2 * k + 1 - x) * v - k * b) / (k + 1),
    "Laguerre polynomial",
)
legendre_polynomial_p = _polynomial(
    "legendre_polynomial_p",
    lambda x: x,
    lambda k, x, v, b: ((2 * k + 1) * x * v - k * b) / (k + 1),
    "Legendre polynomial",
)

erf, exp2, expm1, log1p = unary.erf, unary.exp2, unary.expm1, unary.log1p
expit, logit, round, sinc = unary.sigmoid, unary.logit, unary.round_, unary.sinc
softmax, log_softmax = activation.softmax, activation.log_softmax
logsumexp = reductions.logsumexp
xlogy = arithmetic.xlogy
psi, gammaln, multigammaln = digamma, lgamma, mvlgamma
