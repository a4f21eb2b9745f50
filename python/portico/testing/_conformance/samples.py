"""Operands and attributes of the ops that are not elementwise.

Which ops there are comes from the op table; an op without samples here is a failure of the kit,
reported as one. A sampler takes `make`, which gives an operand of a shape, and yields
(label, operands, attributes).
"""

from __future__ import annotations

import numpy as np

SAMPLERS = {}


def samples(*ops):
    def publish(f):
        for op in ops:
            SAMPLERS[op] = f
        return f

    return publish


class Maker:
    """Operands of one dtype; `full` asks for large samples too, `rounds` for products whose
    factors may be rounded to TF32."""

    def __init__(self, rng, dtype, values, full=False, rounds=False):
        self.rng, self.dtype, self.values, self.full = rng, dtype, values, full
        self.rounds = rounds

    def __call__(self, *shape):
        return self.values(self.rng, shape, self.dtype)

    def near_one(self, *shape):
        """Factors of long products."""
        if self.dtype.kind in "iub":
            return self(*shape)
        return (1 + self.rng.uniform(-0.05, 0.05, shape)).astype(self.dtype)

    def indices(self, high, *shape, dtype=np.int64):
        return np.asarray(self.rng.integers(0, high, shape)).astype(dtype)


def i64(value):
    return np.array(value, np.int64)


# Creation -----------------------------------------------------------------------------------------


@samples("iota")
def iota(make):
    for shape, axis in (((7,), 0), ((3, 40), 1), ((4, 5, 6), 0), ((2, 0), 1)):
        yield f"{shape}", (), dict(shape=shape, axis=axis)


@samples("random_bits")
def random_bits(make):
    for seed, first, shape in ((0, 0, (5,)), (2**40 + 7, 2**33 + 1, (3, 37)), (-1, 9, (0,))):
        yield f"{shape}", (i64(seed), i64(first)), dict(shape=shape)


@samples("constant")
def constant(make):
    yield "vector", (), dict(value=make(7))


# Shape --------------------------------------------------------------------------------------------


@samples("reshape")
def reshape(make):
    yield "split", (make(2, 6),), dict(shape=(3, 4))
    yield "to scalar", (make(1, 1),), dict(shape=())
    yield "empty", (make(0, 4),), dict(shape=(2, 0))


@samples("broadcast")
def broadcast(make):
    yield "inner", (make(3),), dict(shape=(2, 3, 4), dims=(1,))
    yield "ones", (make(2, 1, 3),), dict(shape=(2, 4, 5, 3), dims=(0, 2, 3))
    yield "scalar", (make(),), dict(shape=(5, 7), dims=())
    yield "empty", (make(1, 3),), dict(shape=(0, 3), dims=(0, 1))


@samples("permute")
def permute(make):
    yield "rotation", (make(3, 5, 34),), dict(permutation=(2, 0, 1))
    yield "transpose", (make(65, 33),), dict(permutation=(1, 0))
    yield "batch", (make(3, 17, 20),), dict(permutation=(0, 2, 1))
    yield "bits of the index", (make(2, 2, 2, 2),), dict(permutation=(3, 2, 1, 0))
    yield "scalar", (make(),), dict(permutation=())


@samples("slice")
def slice_(make):
    yield "steps", (make(9, 14),), dict(starts=(1, 2), limits=(9, 13), strides=(2, 3))
    yield "rows", (make(9, 14),), dict(starts=(3, 0), limits=(8, 14), strides=(1, 1))
    yield "empty", (make(3, 4),), dict(starts=(1, 2), limits=(1, 4), strides=(1, 1))


@samples("update_slice")
def update_slice(make):
    yield "steps", (make(7, 9), make(3, 4)), dict(starts=(1, 1), strides=(2, 2))
    yield "whole", (make(3, 4), make(3, 4)), dict(starts=(0, 0), strides=(1, 1))
    yield "empty", (make(3, 4), make(0, 4)), dict(starts=(2, 0), strides=(1, 1))


@samples("pad")
def pad(make):
    yield "sides", (make(3, 5), make()), dict(low=(1, 0), high=(0, 2))
    yield "nothing", (make(2, 3), make()), dict(low=(0, 0), high=(0, 0))
    yield "empty", (make(0, 3), make()), dict(low=(1, 0), high=(1, 0))


@samples("concat")
def concat(make):
    yield "columns", (make(3, 1), make(3, 17), make(3, 0)), dict(axis=1)
    yield "rows", (make(2, 5), make(7, 5)), dict(axis=0)
    yield "alone", (make(4),), dict(axis=0)


@samples("reverse")
def reverse(make):
    yield "two", (make(3, 4, 19),), dict(axes=(0, 2))
    yield "none", (make(3, 4),), dict(axes=())


# Indexing -----------------------------------------------------------------------------------------


@samples("gather")
def gather(make):
    at = make.indices
    yield "rows", (make(6, 17), at(6, 9)), dict(axis=0, batch_dims=0)
    yield "batch", (make(3, 40), at(40, 3, 6)), dict(axis=1, batch_dims=1)
    yield "inside", (make(2, 5, 3), at(5, 2, 2)), dict(axis=1, batch_dims=0)
    yield "i32", (make(6, 4), at(6, 5, dtype=np.int32)), dict(axis=0, batch_dims=0)
    yield "none", (make(6, 4), at(6, 0)), dict(axis=0, batch_dims=0)


def _distinct(make, high, count):
    return make.rng.permutation(high)[:count].astype(np.int64)


@samples("scatter")
def scatter(make):
    at = make.indices
    combiners = (
        ("set", "max", "min") if make.dtype == np.bool_ else ("set", "add", "mul", "max", "min")
    )
    for combiner in combiners:
        same = dict(combiner=combiner)
        many = make.near_one if combiner == "mul" else make
        yield (
            f"{combiner} rows",
            (make(5, 7), at(5, 9), many(9, 7)),
            dict(axis=0, batch_dims=0, **same),
        )
        yield (
            f"{combiner} batch",
            (make(3, 9), at(9, 3, 6), many(3, 6)),
            dict(axis=1, batch_dims=1, **same),
        )
        yield f"{combiner} none", (make(4), at(4, 0), make(0)), dict(axis=0, batch_dims=0, **same)
        if combiner == "mul":
            continue
        # So many that a device may put them in order first, evenly spread and not.
        yield (
            f"{combiner} many",
            (make(2, 30, 3), at(30, 2, 6000), make(2, 6000, 3)),
            dict(axis=1, batch_dims=1, **same),
        )
        yield (
            f"{combiner} many on few",
            (make(300), at(300, 9000) // 250 * 250, make(9000)),
            dict(axis=0, batch_dims=0, **same),
        )
    if make.full:
        yield (
            "set distinct",
            (make(5000, 3), _distinct(make, 5000, 3000), make(3000, 3)),
            dict(axis=0, batch_dims=0, combiner="set"),
        )


@samples("dynamic_slice")
def dynamic_slice(make):
    yield "inside", (make(7, 9), i64(2), i64(3)), dict(sizes=(3, 4))
    yield "clamped", (make(5, 4), i64(-2), i64(9)), dict(sizes=(2, 3))


@samples("dynamic_update_slice")
def dynamic_update_slice(make):
    yield "inside", (make(7, 9), make(2, 3), i64(2), i64(3)), {}
    yield "clamped", (make(5, 4), make(2, 3), i64(-3), i64(9)), {}


# Reduction ----------------------------------------------------------------------------------------


def _kinds(make):
    return ("max", "min") if make.dtype == np.bool_ else ("sum", "prod", "max", "min")


@samples("reduce")
def reduce(make):
    for kind in _kinds(make):
        operand = make.near_one if kind == "prod" else make
        for shape, axes in (
            ((4, 37), (1,)), ((37, 4), (0,)), ((3, 5, 9), (0, 2)), ((129,), (0,)), ((3, 4), ()),
            ((), ()),
        ):  # fmt: skip
            yield f"{kind} {shape} {axes}", (operand(*shape),), dict(kind=kind, axes=axes)
        if kind in ("sum", "prod"):
            yield f"{kind} of none", (make(3, 0),), dict(kind=kind, axes=(1,))
        if make.full and kind != "prod":
            yield f"{kind} long", (make(1_000_003),), dict(kind=kind, axes=(0,))
            yield f"{kind} tall", (make(30_011, 17),), dict(kind=kind, axes=(0,))


@samples("arg_reduce")
def arg_reduce(make):
    for kind in ("max", "min"):
        for shape, axis in (((4, 37), 1), ((37, 4), 0), ((200,), 0), ((2, 1), 1)):
            yield f"{kind} {shape}", (make(*shape),), dict(kind=kind, axis=axis)


@samples("scan")
def scan(make):
    for kind in ("sum", "prod", "max", "min"):
        operand = make.near_one if kind == "prod" else make
        for shape, axis, reverse in (((3, 50), 1, False), ((29, 4), 0, True), ((0, 3), 1, False)):
            attrs = dict(kind=kind, axis=axis, reverse=reverse)
            yield f"{kind} {shape}", (operand(*shape),), attrs
        if make.full and kind != "prod":
            yield f"{kind} long", (make(2, 3001),), dict(kind=kind, axis=1, reverse=False)


def _window(sizes, strides=None, dilations=None, low=None, high=None):
    ones, zeros = (1,) * len(sizes), (0,) * len(sizes)
    return dict(
        window=sizes,
        strides=strides or ones,
        dilations=dilations or ones,
        low=low or zeros,
        high=high or zeros,
    )


WINDOWS = (
    ("pooling", (2, 9, 10), _window((2, 2), (2, 2))),
    ("padded", (2, 7, 8), _window((3, 3), (2, 1), None, (1, 1), (1, 1))),
    ("dilated", (3, 20), _window((3,), (2,), (3,), (2,), (1,))),
)


@samples("reduce_window")
def reduce_window(make):
    for kind in ("sum", "prod", "max", "min"):
        operand = make.near_one if kind == "prod" else make
        for label, shape, attrs in WINDOWS:
            yield f"{kind} {label}", (operand(*shape),), dict(kind=kind, **attrs)


@samples("arg_reduce_window")
def arg_reduce_window(make):
    for kind in ("max", "min"):
        for label, shape, attrs in WINDOWS:
            yield f"{kind} {label}", (make(*shape),), dict(kind=kind, **attrs)


@samples("sort")
def sort(make):
    for shape, axis, descending in (
        ((3, 37), 1, False), ((50, 3), 0, True), ((1,), 0, False), ((0, 3), 1, False),
    ):  # fmt: skip
        yield f"{shape} {descending}", (make(*shape),), dict(axis=axis, descending=descending)
    if make.full:
        yield "long", (make(2, 5000),), dict(axis=1, descending=False)


# Contraction --------------------------------------------------------------------------------------


def _dot(lhs_batch=(), rhs_batch=(), lhs_contract=(), rhs_contract=()):
    return locals()


@samples("dot_general")
def dot_general(make):
    yield "nn", (make(7, 19), make(19, 33)), _dot(lhs_contract=(1,), rhs_contract=(0,))
    yield "nt", (make(13, 40), make(9, 40)), _dot(lhs_contract=(1,), rhs_contract=(1,))
    yield "tn", (make(17, 5), make(17, 8)), _dot(lhs_contract=(0,), rhs_contract=(0,))
    yield "batch", (make(2, 5, 6), make(6, 2, 7)), _dot((0,), (1,), (2,), (0,))
    yield "two sums", (make(3, 4, 5), make(5, 4, 6)), _dot((), (), (1, 2), (1, 0))
    yield "outer", (make(3), make(4)), _dot()
    yield "inner", (make(300), make(300)), _dot(lhs_contract=(0,), rhs_contract=(0,))
    yield "column", (make(1, 70), make(70, 65)), _dot(lhs_contract=(1,), rhs_contract=(0,))
    yield "no terms", (make(3, 0), make(0, 4)), _dot(lhs_contract=(1,), rhs_contract=(0,))
    yield "no rows", (make(0, 3), make(3, 4)), _dot(lhs_contract=(1,), rhs_contract=(0,))
    yield "tiles", (make(65, 130), make(130, 70)), _dot(lhs_contract=(1,), rhs_contract=(0,))
    # A matrix times few vectors: by rows, by columns, of each of a batch, and with few results.
    yield "few by rows", (make(50, 256), make(3, 256)), _dot(lhs_contract=(1,), rhs_contract=(1,))
    yield "few by columns", (make(2, 90), make(90, 96)), _dot(lhs_contract=(1,), rhs_contract=(0,))
    yield "few of a batch", (make(6, 1, 40), make(6, 40, 24)), _dot((0,), (0,), (2,), (1,))
    yield "few results", (make(2, 8192), make(8192)), _dot(lhs_contract=(1,), rhs_contract=(0,))
    if make.rounds:
        attrs = dict(_dot(lhs_contract=(1,), rhs_contract=(0,)), allow_tf32=True)
        yield "tiles in tf32", (make(65, 130), make(130, 70)), attrs
    if make.full:
        for m, n, k in ((128, 128, 128), (257, 129, 513), (512, 512, 64)):
            operands = (make(m, k), make(k, n))
            yield f"{m}x{n}x{k}", operands, _dot(lhs_contract=(1,), rhs_contract=(0,))


def _geometry(strides, padding, dilations, groups):
    return dict(strides=strides, padding=padding, dilations=dilations, groups=groups)


# label, x, w, geometry, spatial shape of the result
CONVOLUTIONS = (
    ("plain", (2, 3, 9, 8), (5, 3, 3, 3), _geometry((1, 1), (1, 1), (1, 1), 1), (9, 8)),
    ("strides", (1, 2, 9, 11), (3, 2, 3, 2), _geometry((2, 1), (1, 0), (1, 2), 1), (5, 9)),
    ("groups", (2, 4, 5, 6), (6, 2, 3, 3), _geometry((2, 2), (1, 1), (1, 1), 2), (3, 3)),
    ("depthwise", (1, 5, 6, 6), (5, 1, 2, 2), _geometry((1, 1), (0, 0), (1, 1), 5), (5, 5)),
    ("points", (2, 8, 6, 7), (9, 8, 1, 1), _geometry((1, 1), (0, 0), (1, 1), 1), (6, 7)),
    ("1-d", (2, 3, 20), (4, 3, 5), _geometry((2,), (2,), (2,), 1), (8,)),
    ("3-d", (1, 2, 4, 5, 6), (3, 2, 2, 3, 2), _geometry((1, 2, 1), (0, 1, 0), (1, 1, 1), 1),
     (3, 3, 5)),
)  # fmt: skip
#: Large enough, whichever of its three tensors is the result, for matrix instructions.
ROUNDED = (
    ("in tf32", (1, 40, 9, 9), (40, 40, 3, 3),
     dict(_geometry((1, 1), (1, 1), (1, 1), 1), allow_tf32=True), (9, 9)),
)  # fmt: skip


def _convolutions(make):
    return CONVOLUTIONS + (ROUNDED if make.rounds else ())


@samples("convolution")
def convolution(make):
    for label, x, w, geometry, _ in _convolutions(make):
        yield label, (make(*x), make(*w)), geometry


@samples("convolution_input_grad")
def convolution_input_grad(make):
    for label, x, w, geometry, y in _convolutions(make):
        dy = make(x[0], w[0], *y)
        yield label, (dy, make(*w)), dict(input_size=x[2:], **geometry)


@samples("convolution_filter_grad")
def convolution_filter_grad(make):
    for label, x, w, geometry, y in _convolutions(make):
        dy = make(x[0], w[0], *y)
        yield label, (make(*x), dy), dict(filter_size=w[2:], **geometry)
