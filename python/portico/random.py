"""Random numbers: counter-based, the same on every target and machine.

A `Generator` is a seed and an offset. Each call takes the next blocks of the stream
Philox(seed): a tensor of n elements takes ceil(n / 4) blocks for each 32 random bits an
element needs, and the offset moves on by as many. Seed and offset are run-time arguments,
so drawing again never compiles again. With b the 32 (or 64) bits of an element:

    rand      float32: (b >> 8) / 2^24       float64: (b64 >> 11) / 2^53
              float16: (b >> 21) / 2^11      bfloat16: (b >> 24) / 2^8
    randn     sqrt(-2 log(1 - u1)) cos(2 pi u2), u1 and u2 two draws of rand
    randint   low + floor(b * (high - low) / 2^32), or 64 bits modulo the range where it is larger
    bernoulli u < p
    randperm  the order of 64-bit keys
"""

from __future__ import annotations

import builtins
import contextlib
import math
import os

import numpy as np

from . import _core
from ._broadcast import (
    broadcast_shapes,
    cast,
    constant,
    expand_value,
    filled,
    operand,
    require_tensor,
    sizes_of,
)
from ._device import HOST
from ._dtypes import (
    bool_,
    float16,
    float32,
    float64,
    get_default_dtype,
    iinfo,
    int32,
    int64,
    is_float,
    uint8,
)
from ._fail import fail_runtime, fail_type, fail_value
from ._generated import ops
from ._registry import assign, method, op, write_out
from .creation import checked_sizes, finish

__all__ = [
    "Generator", "default_generator", "fork_rng", "get_rng_state", "initial_seed", "manual_seed",
    "seed", "set_rng_state",
]  # fmt: skip

Tensor = _core.Tensor
_MASK64 = 2**64 - 1


def _signed(v):
    """A 64-bit pattern as the i64 that holds it."""
    v &= _MASK64
    return v - 2**64 if v >= 2**63 else v


class Generator:
    """A stream of random numbers: a seed, and how much of the stream was used.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Generator.html

    >>> g = pt.Generator().manual_seed(7)
    >>> pt.equal(pt.rand(3, generator=g), pt.rand(3, generator=g.manual_seed(7)))
    True
    """

    def __init__(self, device=None):
        self.device = HOST if device is None else _core.device(device)
        self._seed, self._offset = 67280421310721, 0

    def manual_seed(self, seed):
        """Starts the stream of `seed`, an integer of 64 bits, anew; returns the generator.

        Raises:
            ValueError: an integer of more bits.

        >>> pt.Generator().manual_seed(7).initial_seed()
        7
        """
        seed = seed.__index__()
        if not -(2**63) <= seed <= _MASK64:
            fail_value("manual_seed", "Overflow when unpacking long long", seed, "a 64-bit integer")
        self._seed, self._offset = seed & _MASK64, 0
        return self

    def seed(self):
        """Starts a stream chosen by the operating system; returns its seed.

        >>> g = pt.Generator()
        >>> g.seed() == g.initial_seed()
        True
        """
        self.manual_seed(builtins.int.from_bytes(os.urandom(8), "little") & (2**63 - 1))
        return self._seed

    def initial_seed(self):
        """The seed of the stream.

        >>> pt.Generator().manual_seed(7).initial_seed()
        7
        """
        return self._seed

    def get_state(self):
        """Seed and offset, as a tensor of 16 uint8.

        >>> pt.Generator().get_state().shape
        portico.Size([16])
        """
        state = np.array([self._seed, self._offset], np.uint64).view(np.uint8).copy()
        return _core.from_buffer(state, copy=True, device=HOST)

    def set_state(self, state):
        """Goes back to what `get_state` returned.

        Raises:
            TypeError: something else.

        >>> g = pt.Generator()
        >>> state = g.get_state()
        >>> x = pt.rand(3, generator=g)
        >>> g.set_state(state)
        >>> pt.equal(x, pt.rand(3, generator=g))
        True
        """
        if not isinstance(state, Tensor) or state.dtype is not uint8 or state.numel() != 16:
            fail_type("set_state", "RNG state must be a uint8 tensor of 16 bytes")
        self._seed, self._offset = (
            builtins.int(v) for v in state.numpy(force=True).copy().view(np.uint64)
        )

    def clone_state(self):
        """Another generator at the same place of the same stream.

        >>> g = pt.Generator()
        >>> h = g.clone_state()
        >>> pt.equal(pt.rand(3, generator=g), pt.rand(3, generator=h))
        True
        """
        g = Generator(self.device)
        g._seed, g._offset = self._seed, self._offset
        return g

    def take(self, blocks):
        """The next blocks of the stream: seed and first block, as run-time arguments.

        >>> seed, first = pt.Generator().manual_seed(7).take(2)
        >>> seed, first
        (tensor(7), tensor(0))
        """
        seed, offset = (
            _core.scalar(_signed(self._seed), int64),
            _core.scalar(_signed(self._offset), int64),
        )
        self._offset = (self._offset + blocks) & _MASK64
        return seed, offset


default_generator = Generator()


@op(method=False)
def manual_seed(seed):
    """Seeds the default generator, and returns it.

    Raises:
        ValueError: an integer of more than 64 bits.

    >>> _ = pt.manual_seed(0); a = pt.rand(2); _ = pt.manual_seed(0); pt.equal(a, pt.rand(2))
    True
    """
    return default_generator.manual_seed(seed)


@op(method=False)
def seed():
    """Starts a stream chosen by the operating system in the default generator; returns its seed.

    >>> state = pt.get_rng_state()
    >>> pt.seed() == pt.initial_seed()
    True
    >>> pt.set_rng_state(state)
    """
    return default_generator.seed()


@op(method=False)
def initial_seed():
    """The seed of the default generator.

    >>> generator = pt.manual_seed(7)
    >>> pt.initial_seed()
    7
    """
    return default_generator.initial_seed()


@op(method=False)
def get_rng_state():
    """The state of the default generator, as a tensor of 16 uint8.

    >>> pt.get_rng_state().dtype
    portico.uint8
    """
    return default_generator.get_state()


@op(method=False)
def set_rng_state(new_state):
    """Restores the state of the default generator.

    Raises:
        TypeError: no state.

    >>> state = pt.get_rng_state()
    >>> x = pt.rand(3)
    >>> pt.set_rng_state(state)
    >>> pt.equal(x, pt.rand(3))
    True
    """
    default_generator.set_state(new_state)


@contextlib.contextmanager
def fork_rng(devices=(), enabled=True):
    """Restores the state of the default generator at the end of a `with` block, if `enabled`.

    Source: https://docs.pytorch.org/docs/stable/random.html#torch.random.fork_rng

    >>> with pt.fork_rng():
    ...     x = pt.rand(3)
    >>> pt.equal(x, pt.rand(3))
    True
    """
    state = get_rng_state()
    try:
        yield
    finally:
        if enabled:
            set_rng_state(state)


# Bits and uniform numbers -------------------------------------------------------------------------


def bits(shape, generator=None):
    """32 random bits an element, as int32."""
    g = generator or default_generator
    n = math.prod(shape)
    seed, offset = g.take((n + 3) // 4)
    return ops.random_bits(seed, offset, tuple(shape))


def _unsigned(b):
    """The 32 bits of an int32 as a non-negative int64."""
    wide = cast(b, int64)
    return ops.and_(wide, constant(0xFFFFFFFF, wide))


def _bits64(shape, generator):
    high, low = bits(shape, generator), bits(shape, generator)
    wide = cast(high, int64)
    return ops.or_(ops.shl(wide, constant(32, wide)), _unsigned(low))


def _logical_shift(b, count, width):
    """b >> count without the sign."""
    return ops.and_(ops.shr(b, constant(count, b)), constant(2 ** (width - count) - 1, b))


def uniform(shape, dtype, generator=None):
    """Numbers in [0, 1) that are multiples of the dtype's precision."""
    if dtype is float64:
        b = _logical_shift(_bits64(shape, generator), 11, 64)
        x = cast(b, float64)
        return ops.mul(x, constant(2.0**-53, x))
    digits = 24 if dtype is float32 else 11 if dtype is float16 else 8
    b = _logical_shift(bits(shape, generator), 32 - digits, 32)
    x = cast(b, float32)
    return cast(ops.mul(x, constant(2.0**-digits, x)), dtype)


def normal_values(shape, dtype, generator=None):
    """Standard normal numbers (Box and Muller)."""
    work = float64 if dtype is float64 else float32
    u, v = uniform(shape, work, generator), uniform(shape, work, generator)
    radius = ops.sqrt(ops.mul(ops.log(ops.sub(constant(1, u), u)), constant(-2, u)))
    return cast(ops.mul(radius, ops.cos(ops.mul(v, constant(2 * math.pi, v)))), dtype)


def integers(shape, low, high, dtype, generator=None):
    """Integers in [low, high)."""
    span = high - low
    if span <= 2**32:
        wide = _unsigned(bits(shape, generator))
        scaled = ops.mul(wide, filled(span, wide))
        r = _logical_shift(scaled, 32, 64)
    else:
        b = _logical_shift(_bits64(shape, generator), 1, 64)
        r = ops.rem(b, filled(min(span, 2**63 - 1), b))
    r = ops.add(r, filled(low, r)) if low else r
    return cast(r, dtype)


# Functions that make tensors ----------------------------------------------------------------------


def _sized(name, draw, summary):
    def f(
        *size, generator=None, out=None, dtype=None, layout=None, device=None, requires_grad=False,
        pin_memory=False, names=None, **more,
    ):  # fmt: skip
        if "size" in more:
            size = (more.pop("size"),)
        if more:
            fail_type(name, f"{name}() got an unexpected keyword argument '{next(iter(more))}'")
        dtype = dtype or (out.dtype if out is not None else get_default_dtype())
        if not is_float(dtype):
            fail_runtime(
                name, f"\"{name}\" not implemented for '{dtype}'", None, "a floating-point dtype"
            )
        r = draw(checked_sizes(name, sizes_of(size)), dtype, generator)
        return write_out(name, out, r) if out is not None else finish(r, requires_grad)

    f.__name__ = name
    f.__doc__ = f"""{summary}, of the given sizes, in the default dtype.

    `names` is accepted: dimensions have none.

    Raises:
        RuntimeError: a negative size, or a dtype that is not floating.
        TypeError: sizes given twice, or what is no size.

    >>> pt.{name}(2, 3).shape
    portico.Size([2, 3])
    """
    return op(method=False)(f)


rand = _sized("rand", uniform, "Uniform random numbers in [0, 1)")
randn = _sized("randn", normal_values, "Standard normal random numbers")


def _sized_like(name, draw):
    def f(
        input, *, dtype=None, layout=None, device=None, requires_grad=False, memory_format=None,
        generator=None, pin_memory=False,
    ):  # fmt: skip
        return finish(draw(tuple(input.shape), dtype or input.dtype, generator), requires_grad)

    f.__name__ = name
    f.__doc__ = f"""`{name[:-5]}` of input's shape and dtype.

    Raises:
        TypeError: the input is no tensor.

    >>> pt.{name}(pt.zeros(2)).shape
    portico.Size([2])
    """
    return op(method=False)(f)


rand_like = _sized_like("rand_like", uniform)
randn_like = _sized_like("randn_like", normal_values)


def _bounds(name, low, high):
    if high is None:
        low, high = 0, low
    low, high = (builtins.int(v.item() if isinstance(v, Tensor) else v) for v in (low, high))
    if low >= high:
        fail_runtime(
            name, f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}"
        )
    return low, high


@op(method=False, out=True)
def randint(
    low, high=None, size=None, *, generator=None, dtype=None, layout=None, device=None,
    requires_grad=False, pin_memory=False,
):  # fmt: skip
    """Random integers in [low, high): randint(high, size) or randint(low, high, size). int64 by
    default.

    Raises:
        RuntimeError: low not below high.

    >>> pt.randint(10, (2, 3)).shape
    portico.Size([2, 3])
    """
    if size is None:
        low, high, size = 0, low, high
    low, high = _bounds("randint", low, high)
    return finish(
        integers(checked_sizes("randint", sizes_of((size,))), low, high, dtype or int64, generator),
        requires_grad,
    )


@op(method=False)
def randint_like(
    input, low, high=None, *, dtype=None, layout=None, device=None, requires_grad=False,
    memory_format=None, generator=None,
):  # fmt: skip
    """Random integers in [low, high) of input's shape and dtype.

    Raises:
        RuntimeError: low not below high.

    >>> pt.randint_like(pt.zeros(2), 10).shape
    portico.Size([2])
    """
    low, high = _bounds("randint_like", low, high)
    return finish(
        integers(tuple(input.shape), low, high, dtype or input.dtype, generator), requires_grad
    )


@op(method=False, out=True)
def randperm(
    n, *, generator=None, dtype=None, layout=None, device=None, requires_grad=False,
    pin_memory=False,
):  # fmt: skip
    """A random permutation of 0, ..., n - 1.

    A vector of n int64.

    Raises:
        RuntimeError: a negative n.

    >>> pt.randperm(4).sort().values
    tensor([0, 1, 2, 3])
    """
    if n < 0:
        fail_runtime("randperm", f"n must be non-negative, got{n}")
    order = ops.sort(_bits64((n,), generator), 0, False)[1]
    return finish(cast(order, dtype or int64), requires_grad)


@op(method=False, out=True)
def normal(
    mean=0.0, std=1.0, size=None, *, generator=None, dtype=None, layout=None, device=None,
    requires_grad=False, pin_memory=False,
):  # fmt: skip
    """Normal random numbers; mean and std are numbers (with `size`) or tensors.

    Shapes of mean and std broadcast.

    Raises:
        RuntimeError: a negative std.
        TypeError: neither tensor nor size.

    >>> pt.normal(0.0, 1.0, (2,)).shape
    portico.Size([2])
    """
    if size is not None:
        shape, dtype = sizes_of((size,)), dtype or get_default_dtype()
    else:
        given = [v for v in (mean, std) if isinstance(v, Tensor)]
        if not given:
            fail_type("normal", "needs a tensor of means or standard deviations, or a size")
        shape, dtype = tuple(broadcast_shapes(*(v.shape for v in given))), given[0].dtype
    if not isinstance(std, Tensor) and std < 0:
        fail_runtime("normal", f"normal expects std >= 0.0, but found std {std}")
    return finish(normal_values(shape, dtype, generator) * std + mean, requires_grad)


@op(name="bernoulli", out=True)
def bernoulli(input, p=None, *, generator=None):
    """1 with the probability each element gives (or p), else 0.

    Shape and dtype of `input`.

    Raises:
        RuntimeError: p out of [0, 1].

    >>> pt.bernoulli(pt.ones(2))
    tensor([1., 1.])
    """
    x = require_tensor("bernoulli", input)
    if p is not None:
        _probability("bernoulli", p)
    work = float64 if x.dtype is float64 else float32
    u = uniform(tuple(x.shape), work, generator)
    prob = cast(x.detach(), work) if p is None else filled(p, u)
    return cast(ops.compare(u, prob, 2), x.dtype)


def _probability(name, p):
    if not isinstance(p, Tensor) and not 0 <= p <= 1:
        fail_runtime(name, f"{name} expects p to be in [0, 1], but got p={p}")


@op(out=True)
def multinomial(input, num_samples, replacement=False, *, generator=None):
    """Indices drawn with the probabilities (not necessarily normalised) of each row.

    Shapes: [n] or [rows, n] -> [num_samples] or [rows, num_samples], int64.

    Raises:
        RuntimeError: other ranks or dtypes, or more samples than there are without replacement.

    >>> pt.multinomial(pt.tensor([0.0, 1.0]), 1)
    tensor([1])
    """
    x = require_tensor("multinomial", input).detach()
    if x.ndim not in (1, 2):
        fail_runtime("multinomial", "prob_dist must be 1 or 2 dim")
    if not is_float(x.dtype):
        fail_runtime(
            "multinomial",
            f"multinomial only supports floating-point dtypes for input, got: {x.dtype}",
        )
    n = x.shape[-1]
    if num_samples <= 0:
        fail_runtime("multinomial", "cannot sample n_sample <= 0 samples", num_samples)
    if not replacement and num_samples > n:
        fail_runtime(
            "multinomial",
            "cannot sample n_sample > prob_dist.size(-1) samples without replacement",
            num_samples,
        )
    rows = ops.reshape(x, (math.prod(x.shape[:-1]), n))
    if replacement:
        from .sorting import searchsorted

        total = ops.scan(rows, 0, 1, False)
        u = uniform((rows.shape[0], num_samples), x.dtype, generator)
        u = ops.mul(u, expand_value(total[:, -1:], u.shape))
        r = searchsorted(total, u, right=True).clamp(max=n - 1)
    else:
        # The k smallest of independent exponential times with rates p (Efraimidis and Spirakis).
        u = uniform(tuple(rows.shape), x.dtype, generator)
        times = ops.neg(ops.log1p(ops.neg(u))) / rows
        r = ops.sort(times, 1, False)[1][:, :num_samples]
    return r.reshape(tuple(x.shape[:-1]) + (num_samples,)).contiguous()


@op(method=False)
def poisson(input, generator=None):
    """Poisson random numbers with the given rates, by inversion in float64.

    Shape and dtype of `input`.

    Raises:
        RuntimeError: integers.
        TypeError: the input is no tensor.

    >>> pt.poisson(pt.zeros(2))
    tensor([0., 0.])
    """
    u = uniform(tuple(input.shape), float64, generator)
    rate = cast(input.detach(), float64)
    top = builtins.float(rate.max().item()) if input.numel() else 0.0
    steps = builtins.int(top + 12 * math.sqrt(top) + 20)
    # The count of partial sums of the distribution that u reaches.
    k = ops.iota(tuple(input.shape) + (steps,), input.ndim, float64)
    wide = ops.broadcast(rate, tuple(k.shape), tuple(range(input.ndim)))
    safe = ops.max(wide, constant(1e-300, wide))
    log_factorial = _core.from_buffer(
        np.cumsum(np.log(np.maximum(np.arange(steps), 1.0))), copy=True
    )
    log_p = k * ops.log(safe) - wide - ops.broadcast(log_factorial, tuple(k.shape), (input.ndim,))
    cdf = ops.scan(ops.exp(log_p), 0, input.ndim, False)
    reached = ops.compare(ops.broadcast(u, tuple(k.shape), tuple(range(input.ndim))), cdf, 5)
    return cast(ops.reduce(cast(reached, int32), 0, (input.ndim,)), input.dtype)


# In-place -----------------------------------------------------------------------------------------


def _float_of(self):
    return float64 if self.dtype is float64 else float32


def _fill(name, self, values):
    return assign(name, self, cast(values, self.dtype))


@method()
def uniform_(self, from_=0.0, to=1.0, *, generator=None, **names):
    """Fills with uniform numbers in [from, to); returns self.

    Raises:
        RuntimeError: from above to.

    >>> pt.empty(2).uniform_(3.0, 3.0)
    tensor([3., 3.])
    """
    from_ = names.get("from", from_)
    if from_ > to:
        fail_runtime(
            "uniform_",
            f"uniform_ expects to return a [from, to) range, but found from={from_} > to={to}",
        )
    u = uniform(tuple(self.shape), _float_of(self), generator)
    return _fill("uniform_", self, u * (to - from_) + from_)


@method()
def normal_(self, mean=0.0, std=1.0, *, generator=None):
    """Fills with normal numbers; returns self.

    Raises:
        RuntimeError: a negative std.

    >>> pt.empty(2).normal_(3.0, 0.0)
    tensor([3., 3.])
    """
    if std < 0:
        fail_runtime("normal_", f"normal expects std >= 0.0, but found std {std}")
    return _fill(
        "normal_", self, normal_values(tuple(self.shape), _float_of(self), generator) * std + mean
    )


@method()
def bernoulli_(self, p=0.5, *, generator=None):
    """Fills with 1 with probability p (a number or a tensor), else 0; returns self.

    Raises:
        RuntimeError: a number outside [0, 1].

    >>> pt.empty(2).bernoulli_(1.0)
    tensor([1., 1.])
    """
    _probability("bernoulli_", p)
    u = uniform(
        tuple(self.shape),
        float64 if isinstance(p, Tensor) and p.dtype is float64 else float32,
        generator,
    )
    prob = expand_value(operand(p, u.dtype), u.shape)
    return _fill("bernoulli_", self, ops.compare(u, prob, 2))


@method()
def random_(self, from_=None, to=None, *, generator=None, **names):
    """Fills with integers in [from, to), in [0, from), or in the dtype's range; returns self.

    Raises:
        RuntimeError: from not below to.

    >>> pt.empty(2).random_(3, 4)
    tensor([3., 3.])
    """
    from_ = names.get("from", from_)
    if from_ is None:
        digits = {float32: 24, float64: 53, float16: 11, bool_: 1}.get(self.dtype)
        from_, to = (
            0,
            (2**digits + (1 if is_float(self.dtype) else 0))
            if digits
            else 2**8
            if self.dtype.name == "bfloat16"
            else iinfo(self.dtype).max + 1,
        )
    elif to is None:
        from_, to = 0, from_
    from_, to = _bounds("random_", from_, to)
    return _fill("random_", self, integers(tuple(self.shape), from_, to, int64, generator))


@method()
def exponential_(self, lambd=1.0, *, generator=None):
    """Fills with exponential numbers of rate lambd; returns self.

    Raises:
        RuntimeError: a rate not above 0.

    >>> bool((pt.empty(5).exponential_() >= 0).all())
    True
    """
    if lambd <= 0:
        fail_runtime("exponential_", f"exponential_ expects lambda > 0.0, but found lambda={lambd}")
    u = uniform(tuple(self.shape), _float_of(self), generator)
    return _fill("exponential_", self, ops.neg(ops.log1p(ops.neg(u))) / lambd)


@method()
def geometric_(self, p, *, generator=None):
    """Fills with the number of trials up to the first success of probability p; returns self.

    Raises:
        RuntimeError: a probability outside (0, 1).

    >>> bool((pt.empty(5).geometric_(0.5) >= 1).all())
    True
    """
    if not 0 < p < 1:
        fail_runtime("geometric_", f"geometric_ expects p to be in (0, 1), but got p={p}")
    u = uniform(tuple(self.shape), _float_of(self), generator)
    return _fill("geometric_", self, (ops.log1p(ops.neg(u)) / math.log1p(-p)).ceil().clamp(min=1))


@method()
def cauchy_(self, median=0.0, sigma=1.0, *, generator=None):
    """Fills with Cauchy numbers around `median`, of scale `sigma`; returns self.

    Raises:
        RuntimeError: a scale not above 0.

    >>> pt.empty(2).cauchy_().shape
    portico.Size([2])
    """
    if sigma <= 0:
        fail_runtime("cauchy_", f"cauchy_ expects sigma > 0.0, but found sigma={sigma}")
    u = uniform(tuple(self.shape), _float_of(self), generator)
    return _fill("cauchy_", self, ((u - 0.5) * math.pi).tan() * sigma + median)


@method()
def log_normal_(self, mean=1.0, std=2.0, *, generator=None):
    """Fills with exponentials of normal numbers; returns self.

    Raises:
        RuntimeError: a std not above 0.

    >>> bool((pt.empty(5).log_normal_() > 0).all())
    True
    """
    if std <= 0:
        fail_runtime("log_normal_", f"log_normal_ expects std > 0.0, but found std={std}")
    return _fill(
        "log_normal_",
        self,
        ops.exp(normal_values(tuple(self.shape), _float_of(self), generator) * std + mean),
    )
