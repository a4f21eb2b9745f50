"""For each differentiable op, points at which its rule is checked.

A point is away from kinks and ties, so that differences are derivatives; what
happens there is in test_conventions.py.
"""

import numpy as np

from .differentiate import Sample

_rng = np.random.default_rng(11)


def normal(*shape):
    return _rng.normal(size=shape)


def positive(*shape):
    return _rng.uniform(0.5, 2.0, size=shape)


def distinct(*shape):
    """Values at least 0.1 from each other and from 0."""
    count = int(np.prod(shape))
    return (_rng.permutation(count) - count / 2 + 0.3).reshape(shape) * 0.2


def integers(high, *shape):
    return _rng.integers(0, high, size=shape)


def i64(value):
    return np.array(value, np.int64)


def window(k, strides=None, dilations=None, low=None, high=None):
    rank = len(k)
    return dict(
        window=k,
        strides=strides or (1,) * rank,
        dilations=dilations or (1,) * rank,
        low=low or (0,) * rank,
        high=high or (0,) * rank,
    )


def conv(strides, padding, dilations, groups):
    return dict(strides=strides, padding=padding, dilations=dilations, groups=groups)


def dot(lhs_batch=(), rhs_batch=(), lhs_contract=(), rhs_contract=()):
    return locals()


def unary(make=normal):
    return [Sample((make(2, 3),))]


def binary(left=normal, right=normal):
    return [Sample((left(2, 3), right(2, 3)))]


DOTS = [
    Sample((normal(3, 4), normal(4, 5)), dot(lhs_contract=(1,), rhs_contract=(0,)), "nn"),
    Sample((normal(3, 4), normal(5, 4)), dot(lhs_contract=(1,), rhs_contract=(1,)), "nt"),
    Sample((normal(4, 3), normal(4, 5)), dot(lhs_contract=(0,), rhs_contract=(0,)), "tn"),
    Sample((normal(2, 3, 4), normal(4, 2, 5)), dot((0,), (1,), (2,), (0,)), "batch"),
    Sample((normal(3, 2, 4, 2), normal(4, 3, 2, 2)), dot((0, 3), (1, 2), (2,), (0,)), "two batch"),
    Sample(
        (normal(2, 3, 4, 5), normal(5, 2, 3)),
        dot(lhs_contract=(1, 3), rhs_contract=(2, 0)),
        "two contract",
    ),
    Sample((normal(3), normal(4)), dot(), "outer"),
    Sample((normal(4), normal(4)), dot(lhs_contract=(0,), rhs_contract=(0,)), "inner"),
    Sample((normal(), normal(2)), dot(), "scalar"),
]

# x shape, w shape, attributes, spatial shape of y
CONVOLUTIONS = [
    ((2, 2, 7), (4, 2, 3), conv((1,), (0,), (1,), 1), (5,)),
    ((1, 2, 5, 6), (3, 2, 3, 2), conv((2, 1), (1, 0), (1, 2), 1), (3, 4)),
    ((2, 4, 4, 5), (2, 2, 3, 3), conv((2, 2), (1, 1), (1, 1), 2), (2, 3)),
    ((1, 3, 4, 4), (3, 1, 2, 2), conv((1, 1), (0, 0), (1, 1), 3), (3, 3)),
]


def y_shape(x, w, spatial):
    return (x[0], w[0], *spatial)


REDUCTIONS = [
    Sample((distinct(2, 3, 4),), dict(kind=kind, axes=axes), f"{kind} {axes}")
    for kind in ("sum", "prod", "max", "min")
    for axes in ((1,), (2,), (0, 2), (0, 1, 2), ())
]
SCANS = [
    Sample((distinct(2, 4, 3),), dict(kind=kind, axis=axis, reverse=reverse), f"{kind} {axis}")
    for kind in ("sum", "prod", "max", "min")
    for axis in (1, 2)
    for reverse in (False, True)
]
# Products are polynomials: smooth where an element is 0, too.
REDUCTIONS += [
    Sample((np.array([[0.0, 2, 3], [0, 0, 3], [4, 2, 3]]),), dict(kind="prod", axes=(1,)), "zeros"),
    Sample((np.array([[0.0, 2, 3], [5, 7, 3]]),), dict(kind="prod", axes=(0, 1)), "zero"),
    Sample((np.array([[0.0, 2, 0], [5, 0, 3]]),), dict(kind="prod", axes=(0, 1)), "three zeros"),
    Sample((np.zeros((2, 0)),), dict(kind="prod", axes=(1,)), "empty"),
]
_ONE_ZERO = np.array([[1.5, 0, 3, 2], [0, 2, 3, 1], [3, 2, -1, 0]])
# Two and more in a line, side by side and apart, at its ends and within.
_ZEROS = np.array(
    [[1.5, 0, 3, 0, 2, 1], [0, 0, 3, 1, 0, 2], [2, 0, 0, 0, 3, 1], [0, 3, 2, 1, 2, 0]]
)
for _reverse in (False, True):
    _attrs = dict(kind="prod", axis=1, reverse=_reverse)
    SCANS += [
        Sample((_ONE_ZERO,), _attrs, "zero"),
        Sample((_ZEROS,), _attrs, "zeros"),
    ]
WINDOWS = [
    Sample((distinct(*shape),), dict(kind=kind, **attrs), f"{kind} {number}")
    for kind in ("sum", "prod", "max", "min")
    for number, (shape, attrs) in enumerate(
        [
            ((2, 6), window((3,))),
            ((1, 2, 5, 6), window((2, 2), strides=(2, 2))),
            ((2, 6, 5), window((3, 2), strides=(2, 1), low=(1, 0), high=(1, 1))),
            ((7,), window((2,), strides=(3,), dilations=(2,), low=(1,))),
            ((3, 4), window((2,), low=(3,), high=(2,))),  # windows of padding alone
            ((2, 7), window((2,), strides=(3,))),  # elements in no window
        ]
    )
]
_PRODUCT = dict(kind="prod", **window((2,), low=(1,)))
WINDOWS += [
    Sample((np.array([[2.0, 0, 3, 4, 0, 5]]),), _PRODUCT, "zero"),
    Sample((np.array([[2.0, 0, 0, 4]]),), _PRODUCT, "zeros"),
    Sample((_ZEROS,), dict(kind="prod", **window((3,))), "zeros in a window"),
    Sample((_ZEROS,), dict(kind="prod", **window((3, 4), low=(1, 0), high=(0, 2))), "many zeros"),
]
SCATTERS = [
    Sample((x, indices, updates), dict(axis=axis, batch_dims=batch, combiner=combiner), combiner)
    for combiner in ("set", "add", "mul", "max", "min")
    for x, indices, updates, axis, batch in [
        (distinct(5, 3), i64([1, 4, 1]), distinct(3, 3) + 0.07, 0, 0),
        (distinct(2, 6), i64([[0, 3, 3], [5, 1, 0]]), distinct(2, 3) + 0.07, 1, 1),
        (distinct(2, 4, 3), i64([[0, 3], [3, 1]]), distinct(2, 2, 2, 3) + 0.07, 1, 0),
        (distinct(4, 2), i64(2), distinct(2) + 0.07, 0, 0),
    ]
]
_SLOTS = dict(axis=0, batch_dims=0, combiner="mul")
SCATTERS += [
    Sample((normal(3), i64([1, 1, 0]), np.array([0.0, 2, 3])), _SLOTS, "zero"),
    Sample((np.array([0.0, 0, 2]), i64([1, 1, 0]), np.array([5.0, 2, 3])), _SLOTS, "zero in x"),
    Sample((normal(3), i64([1, 1, 1]), np.array([0.0, 0, 2])), _SLOTS, "two zeros"),
    Sample((normal(3), i64([1, 1, 0, 1]), np.array([0.0, 0, 2, 0])), _SLOTS, "three zeros"),
    Sample((np.zeros(3), i64([1, 1, 0]), np.array([0.0, 0, 0])), _SLOTS, "zeros everywhere"),
]

SAMPLES = {
    # Elementwise
    "abs": unary(distinct),
    "neg": unary(),
    "exp": unary(),
    "expm1": unary(),
    "log": unary(positive),
    "log1p": unary(positive),
    "log2": unary(positive),
    "sqrt": unary(positive),
    "rsqrt": unary(positive),
    "sin": unary(),
    "cos": unary(),
    "tanh": unary(),
    "erf": unary(),
    "add": binary(),
    "sub": binary(),
    "mul": binary(),
    "div": binary(normal, positive),
    "rem": [Sample((np.array([2.3, -5.1, 4.4]), np.array([0.7, 2.2, -1.3])))],
    "pow": binary(positive, normal),
    "max": binary(distinct, lambda *shape: distinct(*shape) + 0.07),
    "min": binary(distinct, lambda *shape: distinct(*shape) + 0.07),
    "atan2": binary(),
    "select": [Sample((_rng.uniform(size=(2, 3)) < 0.5, normal(2, 3), normal(2, 3)))],
    "cast": [Sample((normal(2, 3),), dict(dtype="float64"))],
    # Shape
    "reshape": [
        Sample((normal(2, 6),), dict(shape=(3, 4))),
        Sample((normal(1, 1),), dict(shape=())),
    ],
    "broadcast": [
        Sample((normal(3),), dict(shape=(2, 3, 4), dims=(1,))),
        Sample((normal(2, 1, 3),), dict(shape=(2, 4, 2, 3), dims=(0, 1, 3))),
        Sample((normal(1, 1),), dict(shape=(1, 5), dims=(0, 1))),
        Sample((normal(),), dict(shape=(2, 2), dims=())),
    ],
    "permute": [Sample((normal(2, 3, 4),), dict(permutation=(2, 0, 1)))],
    "slice": [
        Sample((normal(5, 4),), dict(starts=(1, 0), limits=(4, 4), strides=(1, 1))),
        Sample((normal(7, 4),), dict(starts=(1, 0), limits=(6, 4), strides=(2, 3))),
        Sample((normal(3, 4),), dict(starts=(1, 2), limits=(1, 4), strides=(1, 1)), "empty"),
    ],
    "update_slice": [
        Sample((normal(5, 4), normal(2, 2)), dict(starts=(1, 1), strides=(1, 2))),
        Sample((normal(3, 4), normal(3, 4)), dict(starts=(0, 0), strides=(1, 1)), "whole"),
        Sample((normal(3, 4), normal(0, 4)), dict(starts=(2, 0), strides=(1, 1)), "empty"),
    ],
    "pad": [
        Sample((normal(2, 3), normal()), dict(low=(1, 0), high=(0, 2))),
        Sample((normal(2, 3), normal()), dict(low=(0, 0), high=(0, 0)), "nothing"),
    ],
    "concat": [Sample((normal(2, 1), normal(2, 3), normal(2, 0)), dict(axis=1))],
    "reverse": [Sample((normal(2, 3, 2),), dict(axes=(0, 2)))],
    # Indexing
    "gather": [
        Sample((normal(5, 3), i64([4, 1, 1])), dict(axis=0, batch_dims=0)),
        Sample((normal(2, 6), i64([[0, 3, 3], [5, 1, 0]])), dict(axis=1, batch_dims=1)),
        Sample((normal(2, 4, 3), i64([[0, 3], [3, 1]])), dict(axis=1, batch_dims=0)),
        Sample((normal(2, 3, 4), i64([[1, 1], [0, 3]])), dict(axis=2, batch_dims=1)),
    ],
    "scatter": SCATTERS,
    "dynamic_slice": [Sample((normal(5, 4), i64(2), i64(9)), dict(sizes=(2, 3)))],
    "dynamic_update_slice": [Sample((normal(5, 4), normal(2, 3), i64(-3), i64(1)))],
    # Reduction
    "reduce": REDUCTIONS,
    "scan": SCANS,
    "reduce_window": WINDOWS,
    "sort": [
        Sample((distinct(2, 4, 3),), dict(axis=axis, descending=descending))
        for axis in (0, 1, 2)
        for descending in (False, True)
    ],
    # Contraction
    "dot_general": DOTS,
    "convolution": [Sample((normal(*x), normal(*w)), attrs) for x, w, attrs, _ in CONVOLUTIONS],
    "convolution_input_grad": [
        Sample((normal(*y_shape(x, w, y)), normal(*w)), dict(input_size=x[2:], **attrs))
        for x, w, attrs, y in CONVOLUTIONS
    ],
    "convolution_filter_grad": [
        Sample((normal(*x), normal(*y_shape(x, w, y))), dict(filter_size=w[2:], **attrs))
        for x, w, attrs, y in CONVOLUTIONS
    ],
}
