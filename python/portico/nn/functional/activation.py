"""Activations with the arguments of `torch.nn.functional`: `inplace`, `dtype`, `training`."""

import portico as pt
from portico import activation as _plain
from portico._fail import fail_value
from portico._registry import in_place_doc

from ._args import stored

__all__ = [
    "celu",
    "celu_",
    "elu",
    "elu_",
    "gelu",
    "glu",
    "gumbel_softmax",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "hardtanh_",
    "leaky_relu",
    "leaky_relu_",
    "log_softmax",
    "logsigmoid",
    "mish",
    "prelu",
    "relu",
    "relu6",
    "relu_",
    "rrelu",
    "rrelu_",
    "selu",
    "selu_",
    "sigmoid",
    "silu",
    "softmax",
    "softmin",
    "softplus",
    "softshrink",
    "softsign",
    "tanh",
    "tanhshrink",
    "threshold",
    "threshold_",
]


def threshold(input, threshold, value, inplace=False):
    """x where x > threshold, else value; any shape.

    Raises:
        TypeError: the input is no tensor.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.threshold.html

    >>> F.threshold(pt.tensor([0.5, 2.0]), 1.0, -5.0)
    tensor([-5.,  2.])
    """
    return stored(input, _plain.threshold(input, threshold, value), inplace)


def relu(input, inplace=False):
    """max(x, 0) of each element; any shape. `inplace` writes the result into the input.

    Raises:
        TypeError: the input is no tensor.
        RuntimeError: booleans.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.relu.html

    >>> F.relu(pt.tensor([-1., 2.]))
    tensor([0., 2.])
    """
    return stored(input, _plain.relu(input), inplace)


def relu6(input, inplace=False):
    """min(max(x, 0), 6) of each element; any shape.

    Raises:
        TypeError: the input is no tensor.
        RuntimeError: booleans.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.relu6.html

    >>> F.relu6(pt.tensor([-1.0, 2.0, 8.0]))
    tensor([0., 2., 6.])
    """
    return stored(input, _plain.hardtanh(input, 0.0, 6.0), inplace)


def hardtanh(input, min_val=-1.0, max_val=1.0, inplace=False):
    """x limited to [min_val, max_val]; any shape.

    Raises:
        ValueError: min_val above max_val.
        RuntimeError: booleans.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.hardtanh.html

    >>> F.hardtanh(pt.tensor([-2.0, 0.5]))
    tensor([-1.0000,  0.5000])
    """
    if min_val > max_val:
        fail_value("hardtanh", "min_val cannot be greater than max_val", (min_val, max_val))
    return stored(input, _plain.hardtanh(input, min_val, max_val), inplace)


def elu(input, alpha=1.0, inplace=False):
    """x where x > 0, else alpha * (exp(x) - 1); any shape (Clevert et al., 2015).

    Raises:
        RuntimeError: integers.

    >>> F.elu(pt.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """
    return stored(input, _plain.elu(input, alpha), inplace)


def selu(input, inplace=False):
    """The self-normalising `elu`; any shape (Klambauer et al., 2017).

    Raises:
        RuntimeError: integers.

    >>> F.selu(pt.tensor([-1.0, 1.0]))
    tensor([-1.1113,  1.0507])
    """
    return stored(input, _plain.selu(input), inplace)


def celu(input, alpha=1.0, inplace=False):
    """max(0, x) + min(0, alpha * (exp(x / alpha) - 1)); any shape (Barron, 2017).

    Raises:
        RuntimeError: integers.

    >>> F.celu(pt.tensor([-1.0, 2.0]), alpha=2.0)
    tensor([-0.7869,  2.0000])
    """
    return stored(input, _plain.celu(input, alpha), inplace)


def leaky_relu(input, negative_slope=0.01, inplace=False):
    """x where x > 0, else negative_slope * x; any shape.

    Raises:
        RuntimeError: integers.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.leaky_relu.html

    >>> F.leaky_relu(pt.tensor([-1.0, 2.0]), 0.5)
    tensor([-0.5000,  2.0000])
    """
    return stored(input, _plain.leaky_relu(input, negative_slope), inplace)


def rrelu(input, lower=1.0 / 8, upper=1.0 / 3, training=False, inplace=False):
    """`leaky_relu` with slopes drawn from [lower, upper] while training, else their mean.

    Any shape (Xu et al., 2015).

    Raises:
        ValueError: lower above upper.

    >>> F.rrelu(pt.tensor([-1.0, 2.0]), 0.25, 0.75)
    tensor([-0.5000,  2.0000])
    """
    if lower > upper:
        fail_value(
            "rrelu", "Lower bound should be less than or equal to the upper bound", (lower, upper)
        )
    if training:
        slope = pt.rand(tuple(input.shape), dtype=input.dtype, device=input.device)
        value = pt.where(input > 0, input, input * (slope * (upper - lower) + lower))
    else:
        value = _plain.leaky_relu(input, (lower + upper) / 2)
    return stored(input, value, inplace)


def silu(input, inplace=False):
    """x * sigmoid(x) of each element; any shape.

    Raises:
        RuntimeError: integers.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.silu.html

    >>> F.silu(pt.tensor([-1.0, 1.0]))
    tensor([-0.2689,  0.7311])
    """
    return stored(input, _plain.silu(input), inplace)


def mish(input, inplace=False):
    """x * tanh(softplus(x)) of each element; any shape (Misra, 2019).

    Raises:
        RuntimeError: integers.

    >>> F.mish(pt.tensor([-1.0, 1.0]))
    tensor([-0.3034,  0.8651])
    """
    return stored(input, _plain.mish(input), inplace)


def hardsigmoid(input, inplace=False):
    """relu6(x + 3) / 6 of each element; any shape.

    Raises:
        TypeError: the input is no tensor.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.hardsigmoid.html

    >>> F.hardsigmoid(pt.tensor([-3.0, 0.0, 1.5]))
    tensor([0.0000, 0.5000, 0.7500])
    """
    return stored(input, _plain.hardsigmoid(input), inplace)


def hardswish(input, inplace=False):
    """x * relu6(x + 3) / 6 of each element; any shape (Howard et al., 2019).

    Raises:
        TypeError: the input is no tensor.
        RuntimeError: booleans.

    >>> F.hardswish(pt.tensor([1.0, 4.0]))
    tensor([0.6667, 4.0000])
    """
    return stored(input, _plain.hardswish(input), inplace)


def _default_dim(name, dim, ndim):
    if dim is not None:
        return dim
    return 0 if ndim in (0, 1, 3) else 1


def softmax(input, dim=None, _stacklevel=3, dtype=None):
    """exp(x) normalised to sum 1 along `dim`.

    Keeps the shape; `dtype` casts the input first.

    Raises:
        IndexError: a dimension out of range; RuntimeError: integers without `dtype`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html

    >>> F.softmax(pt.tensor([0., 0.]), 0)
    tensor([0.5000, 0.5000])
    """
    return _plain.softmax(input, _default_dim("softmax", dim, input.ndim), dtype)


def softmin(input, dim=None, _stacklevel=3, dtype=None):
    """`softmax` of -x along `dim`; keeps the shape.

    Raises:
        RuntimeError: integers without a `dtype`.
        IndexError: a dimension out of range.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softmin.html

    >>> F.softmin(pt.tensor([0.0, 1.0]), 0)
    tensor([0.7311, 0.2689])
    """
    return _plain.softmax(-input, _default_dim("softmin", dim, input.ndim), dtype)


def log_softmax(input, dim=None, _stacklevel=3, dtype=None):
    """log(softmax(x)) along `dim`, accurate for large differences; keeps the shape.

    Raises:
        RuntimeError: integers without a `dtype`.
        IndexError: a dimension out of range.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.log_softmax.html

    >>> F.log_softmax(pt.tensor([0.0, 1000.0]), 0)
    tensor([-1000.,     0.])
    """
    return _plain.log_softmax(input, _default_dim("log_softmax", dim, input.ndim), dtype)


def gumbel_softmax(logits, tau=1, hard=False, eps=1e-10, dim=-1):
    """A sample of the Gumbel-softmax distribution with temperature tau; keeps the shape.

    With `hard` the sample is one-hot and its gradient that of the soft one (Jang et al., 2017).

    Raises:
        RuntimeError: integers.
        IndexError: a dimension out of range.

    >>> F.gumbel_softmax(pt.zeros(2, 3), hard=True).sum(-1)
    tensor([1., 1.])
    """
    noise = -pt.empty_like(logits).exponential_().log()
    soft = _plain.softmax((logits + noise) / tau, dim)
    if not hard:
        return soft
    index = soft.detach().argmax(dim, keepdim=True)
    return pt.zeros_like(logits).scatter(dim, index, 1.0) - soft.detach() + soft


def sigmoid(input):
    """1 / (1 + exp(-x)) of each element; any shape.

    Raises:
        TypeError: the input is no tensor.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.sigmoid.html

    >>> F.sigmoid(pt.tensor([0.0, 2.0]))
    tensor([0.5000, 0.8808])
    """
    return input.sigmoid()


def tanh(input):
    """Hyperbolic tangent of each element; any shape.

    Raises:
        TypeError: the input is no tensor.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.tanh.html

    >>> F.tanh(pt.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7616])
    """
    return input.tanh()


gelu = _plain.gelu
glu = _plain.glu
hardshrink = _plain.hardshrink
logsigmoid = _plain.logsigmoid
prelu = _plain.prelu
softplus = _plain.softplus
softshrink = _plain.softshrink
softsign = _plain.softsign
tanhshrink = _plain.tanhshrink


def _in_place(function):
    def apply(input, *args, **kwargs):
        return function(input, *args, inplace=True, **kwargs)

    name = function.__name__
    apply.__name__ = apply.__qualname__ = name + "_"
    apply.__doc__ = in_place_doc(function, name + "_", f"F.{name}", method=False)
    return apply


threshold_ = _in_place(threshold)
relu_ = _in_place(relu)
hardtanh_ = _in_place(hardtanh)
elu_ = _in_place(elu)
selu_ = _in_place(selu)
celu_ = _in_place(celu)
leaky_relu_ = _in_place(leaky_relu)
rrelu_ = _in_place(rrelu)
