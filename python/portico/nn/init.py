"""Filling parameters before training: PyTorch's formulas."""

import math

import portico as pt
from portico._arguments import explain_all
from portico._fail import fail_value

__all__ = [
    "calculate_gain",
    "constant_",
    "dirac_",
    "eye_",
    "kaiming_normal_",
    "kaiming_uniform_",
    "normal_",
    "ones_",
    "orthogonal_",
    "sparse_",
    "trunc_normal_",
    "uniform_",
    "xavier_normal_",
    "xavier_uniform_",
    "zeros_",
]

_GAINS = {"tanh": 5.0 / 3, "relu": math.sqrt(2.0), "selu": 3.0 / 4}
_NO_GAIN = ("sigmoid", "linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d",
            "conv_transpose2d", "conv_transpose3d")  # fmt: skip


def calculate_gain(nonlinearity, param=None):
    """The factor by which an activation shrinks the standard deviation of its input.

    `param` is the slope of "leaky_relu".

    Raises:
        ValueError: an unknown nonlinearity, or a slope that is no number.

    Source: https://docs.pytorch.org/docs/stable/nn.init.html#torch.nn.init.calculate_gain

    >>> round(pt.nn.init.calculate_gain("relu"), 4)
    1.4142
    """
    if nonlinearity in _NO_GAIN:
        return 1
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, (int, float)):
            fail_value("calculate_gain", f"negative_slope {param} not a valid number")
        return math.sqrt(2.0 / (1 + slope**2))
    if nonlinearity not in _GAINS:
        fail_value("calculate_gain", f"Unsupported nonlinearity {nonlinearity}")
    return _GAINS[nonlinearity]


def _fans(tensor):
    """How many inputs and outputs one unit of a weight has."""
    if tensor.ndim < 2:
        fail_value(
            "init",
            "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions",
            list(tensor.shape),
        )
    field = math.prod(tensor.shape[2:])
    return tensor.shape[1] * field, tensor.shape[0] * field


def _fan(tensor, mode):
    mode = mode.lower()
    if mode not in ("fan_in", "fan_out"):
        fail_value("init", f"Mode {mode} not supported, please use one of ['fan_in', 'fan_out']")
    return _fans(tensor)[mode == "fan_out"]


def uniform_(tensor, a=0.0, b=1.0, generator=None):
    """Fills with numbers uniform in [a, b); returns the tensor, which may require a gradient.

    Raises:
        RuntimeError: what is no floating-point tensor, or a lower bound above the upper one.

    Source: https://docs.pytorch.org/docs/stable/nn.init.html#torch.nn.init.uniform_

    >>> pt.nn.init.uniform_(pt.empty(2), 3.0, 3.0)
    tensor([3., 3.])
    """
    with pt.no_grad():
        return tensor.uniform_(a, b, generator=generator)


def normal_(tensor, mean=0.0, std=1.0, generator=None):
    """Fills with normal numbers of mean `mean` and deviation `std`; returns the tensor.

    Raises:
        RuntimeError: a negative std.

    Source: https://docs.pytorch.org/docs/stable/nn.init.html#torch.nn.init.normal_

    >>> pt.nn.init.normal_(pt.empty(2), 3.0, 0.0)
    tensor([3., 3.])
    """
    with pt.no_grad():
        return tensor.normal_(mean, std, generator=generator)


def trunc_normal_(tensor, mean=0.0, std=1.0, a=-2.0, b=2.0, generator=None):
    """Fills with normal numbers, drawn again until they are in [a, b]; returns the tensor.

    `mean` and `std` are those before the bounds.

    Raises:
        RuntimeError: what is no floating-point tensor, or a lower bound above the upper one.

    Source: https://docs.pytorch.org/docs/stable/nn.init.html#torch.nn.init.trunc_normal_

    >>> bool((pt.nn.init.trunc_normal_(pt.empty(9), a=-0.5, b=0.5).abs() <= 0.5).all())
    True
    """

    def below(x):
        return (1.0 + math.erf(x / math.sqrt(2.0))) / 2.0

    with pt.no_grad():
        low, high = below((a - mean) / std), below((b - mean) / std)
        tensor.uniform_(2 * low - 1, 2 * high - 1, generator=generator)
        tensor.erfinv_().mul_(std * math.sqrt(2.0)).add_(mean)
        return tensor.clamp_(min=a, max=b)


def constant_(tensor, val):
    """Fills with `val`; returns the tensor.

    Source: https://docs.pytorch.org/docs/stable/nn.init.html#torch.nn.init.constant_

    >>> pt.nn.init.constant_(pt.empty(2), 0.3)
    tensor([0.3000, 0.3000])
    """
    with pt.no_grad():
        return tensor.fill_(val)


def ones_(tensor):
    """Fills with 1; returns the tensor.

    Source: https://docs.pytorch.org/docs/stable/nn.init.html#torch.nn.init.ones_

    >>> pt.nn.init.ones_(pt.empty(2))
    tensor([1., 1.])
    """
    return constant_(tensor, 1.0)


def zeros_(tensor):
    """Fills with 0; returns the tensor.

    Source: https://docs.pytorch.org/docs/stable/nn.init.html#torch.nn.init.zeros_

    >>> pt.nn.init.zeros_(pt.ones(2))
    tensor([0., 0.])
    """
    return constant_(tensor, 0.0)


def eye_(tensor):
    """Makes a matrix the identity, as far as its shape allows; returns it.

    Raises:
        ValueError: a tensor of another rank.

    Source: https://docs.pytorch.org/docs/stable/nn.init.html#torch.nn.init.eye_

    >>> pt.nn.init.eye_(pt.empty(2, 3))
    tensor([[1., 0., 0.],
            [0., 1., 0.]])
    """
    if tensor.ndim != 2:
        fail_value("eye_", "Only tensors with 2 dimensions are supported", tensor.ndim)
    with pt.no_grad():
        return tensor.copy_(pt.eye(*tensor.shape, dtype=tensor.dtype, device=tensor.device))


def dirac_(tensor, groups=1):
    """Makes a convolution weight pass its input through, as far as channels allow; returns it.

    Raises:
        ValueError: a rank other than 3 to 5, or groups that do not divide dimension 0.

    Source: https://docs.pytorch.org/docs/stable/nn.init.html#torch.nn.init.dirac_

    >>> pt.nn.init.dirac_(pt.empty(1, 1, 3))
    tensor([[[0., 1., 0.]]])
    """
    if tensor.ndim not in (3, 4, 5):
        fail_value("dirac_", "Only tensors with 3, 4, or 5 dimensions are supported", tensor.ndim)
    if tensor.shape[0] % groups:
        fail_value("dirac_", "dim 0 must be divisible by groups", tensor.shape[0], f"k * {groups}")
    per_group = tensor.shape[0] // groups
    centre = tuple(size // 2 for size in tensor.shape[2:])
    with pt.no_grad():
        tensor.zero_()
        for group in range(groups):
            for d in range(min(per_group, tensor.shape[1])):
                tensor[(group * per_group + d, d, *centre)] = 1
    return tensor


def xavier_uniform_(tensor, gain=1.0, generator=None):
    """Fills uniformly in +-gain * sqrt(6 / (fan_in + fan_out)) (Glorot & Bengio, 2010).

    Raises:
        ValueError: fewer than 2 dimensions.

    >>> bool((pt.nn.init.xavier_uniform_(pt.empty(3, 3)).abs() <= 1).all())
    True
    """
    bound = math.sqrt(3.0) * gain * math.sqrt(2.0 / sum(_fans(tensor)))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor, gain=1.0, generator=None):
    """Fills with normal numbers of deviation gain * sqrt(2 / (fan_in + fan_out)).

    Raises:
        ValueError: fewer than 2 dimensions.

    Source: Glorot & Bengio, "Understanding the difficulty of training", 2010.

    >>> pt.nn.init.xavier_normal_(pt.empty(2, 3), gain=0.0)
    tensor([[0., 0., 0.],
            [0., 0., 0.]])
    """
    return normal_(tensor, 0.0, gain * math.sqrt(2.0 / sum(_fans(tensor))), generator)


def kaiming_uniform_(tensor, a=0, mode="fan_in", nonlinearity="leaky_relu", generator=None):
    """Fills uniformly in +-gain * sqrt(3 / fan) (He et al., 2015); a is the slope of a leaky ReLU.

    `nonlinearity` is a name that `calculate_gain` knows.

    Raises:
        ValueError: fewer than 2 dimensions, a mode other than "fan_in" and "fan_out".

    >>> bool((pt.nn.init.kaiming_uniform_(pt.empty(2, 6)).abs() <= 1).all())
    True
    """
    if 0 in tensor.shape:
        return tensor
    std = calculate_gain(nonlinearity, a) / math.sqrt(_fan(tensor, mode))
    bound = math.sqrt(3.0) * std
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(tensor, a=0, mode="fan_in", nonlinearity="leaky_relu", generator=None):
    """Fills with normal numbers of deviation gain / sqrt(fan) (He et al., 2015).

    `nonlinearity` is a name that `calculate_gain` knows.

    Raises:
        ValueError: fewer than 2 dimensions, a mode other than "fan_in" and "fan_out".

    >>> pt.nn.init.kaiming_normal_(pt.empty(2, 3), mode="fan_out").shape
    portico.Size([2, 3])
    """
    if 0 in tensor.shape:
        return tensor
    std = calculate_gain(nonlinearity, a) / math.sqrt(_fan(tensor, mode))
    return normal_(tensor, 0.0, std, generator)


def orthogonal_(tensor, gain=1, generator=None):
    """Makes rows or columns orthonormal, times gain, by the QR decomposition of normal numbers.

    Raises:
        ValueError: fewer than 2 dimensions.

    Source: Saxe et al., "Exact solutions to the nonlinear dynamics of learning", 2013.

    >>> w = pt.nn.init.orthogonal_(pt.empty(2, 3))
    >>> pt.allclose(w @ w.T, pt.eye(2), atol=1e-5)
    True
    """
    if tensor.ndim < 2:
        fail_value("orthogonal_", "Only tensors with 2 or more dimensions are supported")
    if tensor.numel() == 0:
        return tensor
    import numpy as np

    rows, columns = tensor.shape[0], tensor.numel() // tensor.shape[0]
    with pt.no_grad():
        flat = pt.empty((rows, columns), dtype=tensor.dtype, device=tensor.device)
        values = normal_(flat, 0.0, 1.0, generator).double().numpy(force=True)
        q, r = np.linalg.qr(values.T if rows < columns else values)
        q = q * np.sign(np.diagonal(r))
        q = q.T if rows < columns else q
        value = pt.tensor(np.ascontiguousarray(q * gain), dtype=tensor.dtype, device=tensor.device)
        return tensor.copy_(value.reshape(tensor.shape))


def sparse_(tensor, sparsity, std=0.01, generator=None):
    """Fills with normal numbers, a fraction `sparsity` of each column with 0 (Martens, 2010).

    The others are normal with deviation `std`.

    Raises:
        ValueError: a tensor of another rank than 2.

    >>> (pt.nn.init.sparse_(pt.empty(4, 2), sparsity=0.5) == 0).sum(0)
    tensor([2, 2])
    """
    if tensor.ndim != 2:
        fail_value("sparse_", "Only tensors with 2 dimensions are supported", tensor.ndim)
    rows, columns = tensor.shape
    zeros = math.ceil(sparsity * rows)
    with pt.no_grad():
        tensor.normal_(0, std, generator=generator)
        order = pt.rand((rows, columns), generator=generator).argsort(0).argsort(0)
        return tensor.masked_fill_(order.to(tensor.device) < zeros, 0.0)


explain_all(globals())
