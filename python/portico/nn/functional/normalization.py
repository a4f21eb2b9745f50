"""Normalisation: statistics over some dimensions, then an affine map."""

import math

import portico as pt
from portico._fail import fail_runtime, fail_value

from ._args import half

__all__ = [
    "batch_norm",
    "group_norm",
    "instance_norm",
    "layer_norm",
    "local_response_norm",
    "normalize",
    "rms_norm",
]


def _standardise(x, dims, eps):
    """x with mean 0 and variance 1 over `dims`; also mean and (biased) variance."""
    mean = x.mean(dims, keepdim=True)
    centred = x - mean
    var = (centred * centred).mean(dims, keepdim=True)
    return centred * (var + eps).rsqrt(), mean, var


def _affine(x, weight, bias, shape=None):
    if weight is not None:
        x = x * (weight if shape is None else weight.reshape(shape))
    if bias is not None:
        x = x + (bias if shape is None else bias.reshape(shape))
    return x


def _update_running(running, batch, momentum):
    """running = (1 - momentum) * running + momentum * batch, in place."""
    if running is not None:
        running.mul_(1 - momentum).add_(batch.to(running.dtype) * momentum)


def _check_channels(op, name, tensor, channels):
    if tensor is not None and tensor.numel() != channels:
        fail_runtime(op, f"{name} should contain {channels} elements not {tensor.numel()}")


def batch_norm(
    input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1,
    eps=1e-5,
):  # fmt: skip
    """Normalises each channel (dimension 1) over the batch.

    With `training` the batch's own statistics are used, and the running ones,
    where given, are updated in place; without, the running ones are used.

    Shapes: input [N, C, ..], which stays; the others [C].

    `running_mean` and `running_var` are [C].

    Raises:
        RuntimeError: sizes that do not match.
        ValueError: one value per channel while training.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.batch_norm.html

    >>> F.batch_norm(pt.tensor([[1.], [3.]]), None, None, training=True)
    tensor([[-1.0000],
            [ 1.0000]])
    """
    if not input.numel():
        return input.clone()
    if input.ndim < 2:
        fail_value("batch_norm", f"expected at least 2D input (got {input.ndim}D input)")
    channels = input.shape[1]
    tensors = {"running_mean": running_mean, "running_var": running_var}
    for name, tensor in (tensors | {"weight": weight, "bias": bias}).items():
        _check_channels("batch_norm", name, tensor, channels)
    shape = (1, channels, *(1,) * (input.ndim - 2))
    dims = (0, *range(2, input.ndim))
    x = input.float() if half(input) else input
    if training:
        count = input.numel() // channels if channels else 0
        if count <= 1:
            fail_value(
                "batch_norm",
                "Expected more than 1 value per channel when training, "
                f"got input size {tuple(input.shape)}",
            )
        y, mean, var = _standardise(x, dims, eps)
        if running_mean is not None or running_var is not None:
            with pt.no_grad():
                _update_running(running_mean, mean.detach().flatten(), momentum)
                unbiased = var.detach().flatten() * (count / (count - 1))
                _update_running(running_var, unbiased, momentum)
    else:
        if running_mean is None or running_var is None:
            fail_runtime(
                "batch_norm",
                "Expected running_mean and running_var to be defined when training=False",
            )
        scale = (running_var.to(x.dtype) + eps).rsqrt()
        y = (x - running_mean.to(x.dtype).reshape(shape)) * scale.reshape(shape)
    return _affine(y, weight, bias, shape).to(input.dtype)


def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-5):
    """Normalises over the last dimensions, whose sizes are `normalized_shape`.

    Keeps the shape; `weight` has the shape `normalized_shape`.

    Raises:
        RuntimeError: an input whose last dimensions differ.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.layer_norm.html

    >>> F.layer_norm(pt.tensor([[1., 3.], [2., 6.]]), (2,))
    tensor([[-1.0000,  1.0000],
            [-1.0000,  1.0000]])
    """
    dims = _normalized_dims("layer_norm", input, normalized_shape, weight=weight, bias=bias)
    x = input.float() if half(input) else input
    y, _, _ = _standardise(x, dims, eps)
    return _affine(y, weight, bias).to(input.dtype)


def rms_norm(input, normalized_shape, weight=None, eps=None):
    """Divides by the root mean square over the last dimensions.

    Keeps the shape; `weight` has the shape `normalized_shape`.

    Raises:
        RuntimeError: an input whose last dimensions differ.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.rms_norm.html

    >>> F.rms_norm(pt.tensor([3., 4.]), (2,))
    tensor([0.8485, 1.1314])
    """
    dims = _normalized_dims("rms_norm", input, normalized_shape, weight=weight)
    x = input.float() if half(input) else input
    eps = pt.finfo(x.dtype).eps if eps is None else eps
    y = x * ((x * x).mean(dims, keepdim=True) + eps).rsqrt()
    return _affine(y, weight, None).to(input.dtype)


def _normalized_dims(op, input, normalized_shape, **tensors):
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    if not shape:
        fail_runtime(op, "Expected normalized_shape to be at least 1-dimensional", shape)
    if tuple(input.shape[-len(shape) :]) != shape:
        fail_runtime(
            op,
            f"Given normalized_shape={list(shape)}, expected input with shape "
            f"[*, {', '.join(map(str, shape))}], but got input of size{list(input.shape)}",
        )
    for name, tensor in tensors.items():
        if tensor is not None and tuple(tensor.shape) != shape:
            fail_runtime(
                op,
                f"Expected {name} to be of same shape as normalized_shape, but got {name} of shape "
                f"{list(tensor.shape)} and normalized_shape = {list(shape)}",
            )
    return tuple(range(input.ndim - len(shape), input.ndim))


def group_norm(input, num_groups, weight=None, bias=None, eps=1e-5):
    """Normalises each of `num_groups` groups of channels of each sample.

    Shapes: input [N, C, ..], which stays; weight and bias [C].

    Raises:
        RuntimeError: groups that do not divide the channels.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.group_norm.html

    >>> F.group_norm(pt.tensor([[1., 3., 2., 6.]]), 2)
    tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])
    """
    if input.ndim < 2:
        fail_runtime("group_norm", "Expected at least 2 dimensions for input tensor", input.ndim)
    n, channels = input.shape[:2]
    if num_groups <= 0 or channels % num_groups:
        fail_runtime(
            "group_norm",
            "Expected number of channels in input to be divisible by num_groups, but got input of "
            f"shape {list(input.shape)} and num_groups={num_groups}",
        )
    for name, tensor in (("weight", weight), ("bias", bias)):
        _check_channels("group_norm", name, tensor, channels)
    x = input.float() if half(input) else input
    per_group = math.prod(x.shape[1:]) // num_groups
    y, _, _ = _standardise(x.reshape(n, num_groups, per_group), (2,), eps)
    shape = (1, channels, *(1,) * (input.ndim - 2))
    return _affine(y.reshape(input.shape), weight, bias, shape).to(input.dtype)


def instance_norm(
    input, running_mean=None, running_var=None, weight=None, bias=None, use_input_stats=True,
    momentum=0.1, eps=1e-5,
):  # fmt: skip
    """Normalises each channel of each sample over its spatial dimensions.

    Shapes: input [N, C, ..], which stays; the others [C].

    `running_mean` and `running_var` are [C].

    `use_input_stats=False` uses them instead of the input's.

    Raises:
        ValueError: one value per channel while training.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.instance_norm.html

    >>> F.instance_norm(pt.tensor([[[1., 3.], [2., 6.]]]))
    tensor([[[-1.0000,  1.0000],
             [-1.0000,  1.0000]]])
    """
    if not use_input_stats:
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    channels, count = input.shape[1], math.prod(input.shape[2:])
    if count <= 1:
        fail_value(
            "instance_norm",
            "Expected more than 1 spatial element when training, "
            f"got input size {list(input.shape)}",
        )
    x = input.float() if half(input) else input
    y, mean, var = _standardise(x, tuple(range(2, x.ndim)), eps)
    if running_mean is not None or running_var is not None:
        with pt.no_grad():
            per_sample = mean.detach().reshape(-1, channels)
            _update_running(running_mean, per_sample.mean(0), momentum)
            unbiased = var.detach().reshape(-1, channels).mean(0) * (count / (count - 1))
            _update_running(running_var, unbiased, momentum)
    shape = (1, channels, *(1,) * (input.ndim - 2))
    return _affine(y, weight, bias, shape).to(input.dtype)


def local_response_norm(input, size, alpha=1e-4, beta=0.75, k=1.0):
    """x / (k + alpha * mean of x^2 over `size` neighbouring channels)^beta for [N, C, ..].

    Raises:
        ValueError: fewer than 3 dimensions.

    Source: Krizhevsky et al., "ImageNet Classification with Deep Networks", 2012.

    >>> F.local_response_norm(pt.ones(1, 2, 1), 1, alpha=1.0, beta=1.0)
    tensor([[[0.5000],
             [0.5000]]])
    """
    if input.ndim < 3:
        fail_value("local_response_norm", "Expected 3D or higher dimensionality input", input.ndim)
    if input.numel() == 0:
        return input
    lead, (channels, *rest) = input.shape[0], input.shape[1:]
    squares = (input * input).reshape(lead, 1, channels, -1)
    padded = pt.nn.functional.pad(squares, (0, 0, size // 2, (size - 1) // 2))
    mean = pt.nn.functional.avg_pool2d(padded, (size, 1), stride=1)
    return input / (mean.reshape(lead, channels, *rest) * alpha + k).pow(beta)


def normalize(input, p=2.0, dim=1, eps=1e-12, out=None):
    """Divides by the p-norm along `dim` (at least `eps`).

    Keeps the shape.

    Raises:
        IndexError: a dimension out of range.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.normalize.html

    >>> F.normalize(pt.tensor([[3., 4.]]))
    tensor([[0.6000, 0.8000]])
    """
    result = input / input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)
    return result if out is None else out.copy_(result)
