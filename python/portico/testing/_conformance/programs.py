"""Programs of several ops: what fusion, views, writes, gradients and random numbers do together."""

from __future__ import annotations

import numpy as np

import portico as pt
from portico.nn import functional as F

from . import values
from .cases import ProgramCase
from .levels import reaches

PROGRAMS = {}


def program(*shapes, level="smoke", make=values.random, same_bits=False, limit=None, dtypes=None):
    """Publishes a program of tensors of these shapes; an integer instead of a shape stands for
    indices below it. `same_bits`: results are compared bit for bit."""

    def publish(f):
        PROGRAMS[f.__name__] = (f, shapes, level, make, same_bits, limit, dtypes)
        return f

    return publish


def with_gradients(function, *tensors):
    """The results of a function and the gradients of all its float operands."""
    leaves = [t.detach().requires_grad_() if t.is_floating_point() else t for t in tensors]
    result = function(*leaves)
    wanted = [t for t in leaves if t.requires_grad]
    return [result, *pt.autograd.grad((result * result).sum(), wanted)]


# Chains -------------------------------------------------------------------------------------------


@program((5, 41), (41,), (5, 1))
def elementwise_chain(x, row, column):
    y = (x * row + column).tanh() * x.abs().sqrt() - row.exp().clamp(max=4.0)
    return [y, pt.where(y > 0, y, y * 0.25), (y < column).to(pt.int32)]


@program((6, 7), (6, 7))
def chain_gradient(x, y):
    return with_gradients(lambda x, y: (x.sin() * y + (x * y).sigmoid()).exp(), x, y)


@program((4, 9), (4, 9))
def mixed_dtypes(x, y):
    whole = (x * 4).to(pt.int32)
    return [whole * 3 - (y * 4).to(pt.int64), (whole.to(x.dtype) / 2 + y), (x > y) & (whole > 0)]


# Rows ---------------------------------------------------------------------------------------------


@program((7, 133))
def softmax(x):
    return with_gradients(lambda x: F.softmax(x, -1), x)


@program((61, 5), level="standard")
def softmax_of_columns(x):
    return with_gradients(lambda x: F.log_softmax(x, 0), x)


@program((6, 70), (70,), (70,))
def layer_norm(x, weight, bias):
    return with_gradients(lambda x, w, b: F.layer_norm(x, (70,), w, b), x, weight, bias)


@program((5, 4, 6, 6), (4,), (4,), level="standard")
def batch_norm(x, weight, bias):
    # The squares of what has mean 0 and variance 1 have one sum, whatever x is: their gradient
    # would be 0 and all of it rounding. Behind a function that is not even it is not.
    def run(x, weight, bias):
        return F.batch_norm(x, None, None, weight, bias, training=True).exp()

    return with_gradients(run, x, weight, bias)


@program((3, 50), level="standard")
def variance_and_mean(x):
    return [*pt.var_mean(x, 1), x.norm(), pt.logsumexp(x, 1)]


@program((3, 200_003), level="standard", make=values.smooth)
def sums_of_many_blocks(x):
    return [x.sum(), x.sum(1), x.mean(0), x.amax(1), x.argmin(1)]


# Products -----------------------------------------------------------------------------------------


@program((17, 33), (33, 40), (40,))
def matmul_bias_gelu(x, w, b):
    return with_gradients(lambda x, w, b: F.gelu(x @ w + b), x, w, b)


@program((2, 3, 20, 16), (2, 3, 20, 16), (2, 3, 20, 16), level="standard")
def attention(q, k, v):
    return with_gradients(lambda q, k, v: F.scaled_dot_product_attention(q, k, v), q, k, v)


@program((2, 3, 9, 10), (4, 3, 3, 3), (4,))
def conv_bias_relu(x, w, b):
    return with_gradients(lambda x, w, b: F.relu(F.conv2d(x, w, b, padding=1)), x, w, b)


@program((2, 3, 8, 8), make=values.smooth)
def pooling(x):
    return with_gradients(lambda x: F.max_pool2d(x, 2) + F.avg_pool2d(x, 2), x)


# Views and writes ---------------------------------------------------------------------------------


@program((8, 10), (8,))
def writes_through_views(x, column):
    y = x.clone()
    y[:, 3] = column
    y[1::2].mul_(2)
    y.t()[0].add_(1)
    y[y > 2] = 0.5
    return [y, y[2:5, ::3], y.flip(0)[0]]


@program((4, 6), (9, 6), 4)
def gather_and_scatter(x, table, index):
    rows = table[index]
    sums = pt.zeros_like(table).index_add(0, index, rows * 2)
    return [rows, sums, pt.cat([x, rows]), pt.stack([x[0], rows[0]])]


@program((5, 37), make=values.smooth)
def order(x):
    top, at = x.topk(5)
    return [top, at, x.sort(0).values, x.argsort(1), x.cumsum(1), x.median(1).indices]


# Training -----------------------------------------------------------------------------------------


@program((16, 12), (12, 20), (20,), (20, 5), 5, limit=None)
def training_steps(x, w1, b1, w2, target):
    """Three steps of a small network, with momentum."""
    target = target.repeat(4)[: x.shape[0]]
    parameters = [(p * 0.3).detach().requires_grad_() for p in (w1, b1, w2)]
    optimizer = pt.optim.SGD(parameters, lr=0.1, momentum=0.9)
    losses = []
    for _ in range(3):
        optimizer.zero_grad()
        loss = F.cross_entropy(F.relu(x @ parameters[0] + parameters[1]) @ parameters[2], target)
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return losses + [p.detach() for p in parameters]


@program((8, 6), (6, 3), level="standard", dtypes=("float32", "float64"))
def adam_steps(x, w):
    parameter = w.detach().clone().requires_grad_()
    optimizer = pt.optim.AdamW([parameter], lr=0.01)
    for _ in range(4):
        optimizer.zero_grad()
        ((x @ parameter).tanh() ** 2).mean().backward()
        optimizer.step()
    return [parameter.detach()]


# Random numbers -----------------------------------------------------------------------------------


def _generator(seed):
    return pt.Generator().manual_seed(seed)


@program((1,), same_bits=True)
def random_bits(like):
    """The same bits on every target."""
    g, on = _generator(5), dict(device=like.device)
    return [
        pt.randint(-7, 1000, (33,), generator=g, **on),
        pt.rand(3, 5, generator=g, dtype=like.dtype, **on),
        pt.randperm(40, generator=g, **on),
        pt.bernoulli(pt.full((50,), 0.3, **on), generator=g),
    ]


@program((1,), dtypes=("float32",), limit=1e-5)
def normal_numbers(like):
    return [pt.randn(51, generator=_generator(9), device=like.device)]


def names(level):
    """The programs that are part of a level."""
    return [name for name, (_, _, needed, *_) in PROGRAMS.items() if reaches(level, needed)]


def cases(name, dtypes, level):
    work, shapes, _, make, same_bits, limit, only = PROGRAMS[name]
    wanted = [d for d in ("float32", "float64", "float16", "bfloat16") if d in dtypes]
    if only:
        wanted = [d for d in wanted if d in only]
    if not reaches(level, "standard"):
        wanted = wanted[:1]
    for dtype in wanted:
        rng = values.generator(f"{name} {dtype}")
        inputs = [
            rng.integers(0, s, 2 * s) if isinstance(s, int) else make(rng, s, dtype) for s in shapes
        ]
        yield ProgramCase(
            name=f"program/{name}/{dtype}",
            inputs=[np.asarray(x) for x in inputs],
            work=work,
            dtype=dtype,
            same_bits=same_bits,
            limit=limit,
        )
