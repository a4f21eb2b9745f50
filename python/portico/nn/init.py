"""Filling parameters before training: PyTorch's formulas."""

import math

import portico as pt
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
    """Values between `a` and `b`."""
    with pt.no_grad():
        return tensor.uniform_(a, b, generator=generator)


def normal_(tensor, mean=0.0, std=1.0, generator=None):
    """Normally distributed values."""
    with pt.no_grad():
        return tensor.normal_(mean, std, generator=generator)


def trunc_normal_(tensor, mean=0.0, std=1.0, a=-2.0, b=2.0, generator=None):
    """Normally distributed values, drawn again until they are in [a, b]."""

    def below(x):
        return (1.0 + math.erf(x / math.sqrt(2.0))) / 2.0

    with pt.no_grad():
        low, high = below((a - mean) / std), below((b - mean) / std)
        tensor.uniform_(2 * low - 1, 2 * high - 1, generator=generator)
        tensor.erfinv_().mul_(std * math.sqrt(2.0)).add_(mean)
        return tensor.clamp_(min=a, max=b)


def constant_(tensor, val):
    """`val` everywhere."""
    with pt.no_grad():
        return tensor.fill_(val)


def ones_(tensor):
    return constant_(tensor, 1.0)


def zeros_(tensor):
    return constant_(tensor, 0.0)


def eye_(tensor):
    """The identity matrix."""
    if tensor.ndim != 2:
        fail_value("eye_", "Only tensors with 2 dimensions are supported", tensor.ndim)
    with pt.no_grad():
        return tensor.copy_(pt.eye(*tensor.shape, dtype=tensor.dtype, device=tensor.device))


def dirac_(tensor, groups=1):
    """A convolution weight that passes its input through, as far as channels allow."""
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
    """Uniform in +-gain * sqrt(6 / (fan_in + fan_out)) (Glorot & Bengio, 2010)."""
    bound = math.sqrt(3.0) * gain * math.sqrt(2.0 / sum(_fans(tensor)))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor, gain=1.0, generator=None):
    """Normal with deviation gain * sqrt(2 / (fan_in + fan_out))."""
    return normal_(tensor, 0.0, gain * math.sqrt(2.0 / sum(_fans(tensor))), generator)


def kaiming_uniform_(tensor, a=0, mode="fan_in", nonlinearity="leaky_relu", generator=None):
    """Uniform in +-gain * sqrt(3 / fan) (He et al., 2015)."""
    if 0 in tensor.shape:
        return tensor
    std = calculate_gain(nonlinearity, a) / math.sqrt(_fan(tensor, mode))
    bound = math.sqrt(3.0) * std
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(tensor, a=0, mode="fan_in", nonlinearity="leaky_relu", generator=None):
    """Normal with deviation gain / sqrt(fan)."""
    if 0 in tensor.shape:
        return tensor
    std = calculate_gain(nonlinearity, a) / math.sqrt(_fan(tensor, mode))
    return normal_(tensor, 0.0, std, generator)


def orthogonal_(tensor, gain=1, generator=None):
    """Orthonormal rows or columns (Saxe et al., 2013), by Gram-Schmidt on normal values."""
    if tensor.ndim < 2:
        fail_value("orthogonal_", "Only tensors with 2 or more dimensions are supported")
    if tensor.numel() == 0:
        return tensor
    import numpy as np

    rows, columns = tensor.shape[0], tensor.numel() // tensor.shape[0]
    with pt.no_grad():
        flat = pt.empty((rows, columns), dtype=tensor.dtype, device=tensor.device)
        values = normal_(flat, 0.0, 1.0, generator).double().numpy()
        q, r = np.linalg.qr(values.T if rows < columns else values)
        q = q * np.sign(np.diagonal(r))
        q = q.T if rows < columns else q
        value = pt.tensor(np.ascontiguousarray(q * gain), dtype=tensor.dtype, device=tensor.device)
        return tensor.copy_(value.reshape(tensor.shape))


def sparse_(tensor, sparsity, std=0.01, generator=None):
    """Normal values with a fraction `sparsity` of each column set to 0."""
    if tensor.ndim != 2:
        fail_value("sparse_", "Only tensors with 2 dimensions are supported", tensor.ndim)
    rows, columns = tensor.shape
    zeros = math.ceil(sparsity * rows)
    with pt.no_grad():
        tensor.normal_(0, std, generator=generator)
        order = pt.rand((rows, columns), generator=generator).argsort(0).argsort(0)
        return tensor.masked_fill_(order.to(tensor.device) < zeros, 0.0)
