"""Convolutions and their transposes: three primitives, one to three dimensions."""

import portico as pt
from portico._fail import fail_runtime, fail_value
from portico._generated import ops
from portico._precision import convolutions_allow_tf32

from ._args import per_dim, per_dims, with_batch

__all__ = [
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
]


def _check(op, x, weight, bias, groups, transposed):
    n = weight.ndim - 2
    if x.dtype != weight.dtype:
        fail_runtime(
            op, f"Input type ({x.dtype}) and weight type ({weight.dtype}) should be the same"
        )
    if bias is not None and bias.dtype != x.dtype:
        fail_runtime(op, f"Input type ({x.dtype}) and bias type ({bias.dtype}) should be the same")
    if groups <= 0:
        fail_runtime(op, "non-positive groups is not supported", groups)
    sizes = list(weight.shape)
    if weight.shape[0] % groups:
        fail_runtime(
            op,
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, "
            f"but got weight of size {sizes} instead",
        )
    channels = weight.shape[0] if transposed else weight.shape[1] * groups
    if x.shape[1] != channels:
        fail_runtime(
            op,
            f"Given {'transposed=1, ' if transposed else ''}groups={groups}, "
            f"weight of size {sizes}, expected input{list(x.shape)} to have {channels} channels, "
            f"but got {x.shape[1]} channels instead",
        )
    features = weight.shape[1] * groups if transposed else weight.shape[0]
    if bias is not None and tuple(bias.shape) != (features,):
        fail_runtime(
            op,
            f"Given weight of size {sizes}, expected bias to be 1-dimensional with {features} "
            f"elements, but got bias of size {list(bias.shape)} instead",
        )
    return n


def _finish(y, bias, n, unbatched):
    if bias is not None:
        y = y + bias.reshape(1, -1, *(1,) * n)
    return y.squeeze(0) if unbatched else y


def _conv(op, n, input, weight, bias, stride, padding, dilation, groups):
    if weight.ndim != n + 2:
        fail_runtime(op, "weight has the wrong number of dimensions", weight.ndim, n + 2)
    x, unbatched = with_batch(op, input, n)
    _check(op, x, weight, bias, groups, False)
    stride = per_dim(op, "stride", stride, n)
    dilation = per_dim(op, "dilation", dilation, n)
    if min(stride) <= 0:
        fail_runtime(op, "non-positive stride is not supported", stride)
    kernel = tuple(weight.shape[2:])
    if isinstance(padding, str):
        x, padding = _named_padding(op, x, padding, kernel, stride, dilation)
    padding = per_dim(op, "padding", padding, n)
    if min(padding) < 0:
        fail_runtime(op, "negative padding is not supported", padding)
    padded = [s + 2 * p for s, p in zip(x.shape[2:], padding, strict=True)]
    span = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    if any(size < reach for size, reach in zip(padded, span, strict=True)):
        fail_runtime(
            op,
            f"Calculated padded input size per channel: {tuple(padded)}. Kernel size: "
            f"{tuple(span)}. Kernel size can't be greater than actual input size",
        )
    allow_tf32 = convolutions_allow_tf32(x.dtype)
    y = ops.convolution(x, weight, stride, padding, dilation, groups, allow_tf32)
    return _finish(y, bias, n, unbatched)


def _named_padding(op, x, padding, kernel, stride, dilation):
    if padding == "valid":
        return x, 0
    if padding != "same":
        fail_value(op, "invalid padding string", repr(padding), "'valid' or 'same'")
    if any(s != 1 for s in stride):
        fail_runtime(op, "padding='same' is not supported for strided convolutions", stride)
    total = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    if any(t % 2 for t in total):  # the odd element goes behind
        extra = [v for t in reversed(total) for v in (0, t % 2)]
        x = pt.nn.functional.pad(x, extra)
    return x, tuple(t // 2 for t in total)


def conv1d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Cross-correlates `input` [N, C, L] with `weight` [F, C/groups, K].

    `padding` is a number, a tuple, ``"valid"`` or ``"same"``. Floating dtypes.

    Raises:
        RuntimeError: ranks, channels or dtypes that do not match; a kernel larger than the input.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv1d.html

    >>> F.conv1d(pt.ones(1, 1, 4), pt.ones(1, 1, 3))
    tensor([[[3., 3.]]])
    """
    return _conv("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Cross-correlates `input` [N, C, H, W] with `weight` [F, C/groups, KH, KW].

    `padding` is a number, a tuple, ``"valid"`` or ``"same"``. Floating dtypes.

    Raises:
        RuntimeError: ranks, channels or dtypes that do not match; a kernel larger than the input.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv2d.html

    >>> F.conv2d(pt.ones(1, 1, 3, 3), pt.ones(1, 1, 3, 3))
    tensor([[[[9.]]]])
    """
    return _conv("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    """Cross-correlates `input` [N, C, D, H, W] with `weight` [F, C/groups, KD, KH, KW].

    Raises:
        RuntimeError: ranks, channels or dtypes that do not match; a kernel larger than the input.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv3d.html

    >>> F.conv3d(pt.ones(1, 1, 2, 2, 2), pt.ones(1, 1, 2, 2, 2))
    tensor([[[[[8.]]]]])
    """
    return _conv("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


def _conv_transpose(op, n, input, weight, bias, stride, padding, output_padding, groups, dilation):
    if weight.ndim != n + 2:
        fail_runtime(op, "weight has the wrong number of dimensions", weight.ndim, n + 2)
    x, unbatched = with_batch(op, input, n)
    _check(op, x, weight, bias, groups, True)
    stride, padding, extra, dilation = per_dims(
        op, n, stride=stride, padding=padding, output_padding=output_padding, dilation=dilation
    )
    if any(e >= max(s, d) and e for e, s, d in zip(extra, stride, dilation, strict=True)):
        fail_runtime(op, "output padding must be smaller than either stride or dilation", extra)
    kernel = weight.shape[2:]
    full = [
        (i - 1) * s + d * (k - 1) + 1
        for i, s, d, k in zip(x.shape[2:], stride, dilation, kernel, strict=True)
    ]
    size = [f - 2 * p + e for f, p, e in zip(full, padding, extra, strict=True)]
    if any(s < 1 for s in size):
        fail_runtime(op, f"Calculated output size {size} is too small", list(x.shape))
    allow_tf32 = convolutions_allow_tf32(x.dtype)
    if all(e < s for e, s in zip(extra, stride, strict=True)):
        y = ops.convolution_input_grad(
            x, weight, size, stride, padding, dilation, groups, allow_tf32
        )
    else:
        # With more output padding than stride, a convolution of that size would
        # have more positions than x: make the whole result, then cut.
        y = ops.convolution_input_grad(
            x, weight, full, stride, (0,) * n, dilation, groups, allow_tf32
        )
        cut = [
            v for p, e in zip(reversed(padding), reversed(extra), strict=True) for v in (-p, e - p)
        ]
        y = pt.nn.functional.pad(y, cut)
    return _finish(y, bias, n, unbatched)


def conv_transpose1d(
    input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1
):
    """Transposed convolution of `input` [N, C, L] with `weight` [C, F/groups, K].

    Raises:
        RuntimeError: ranks, channels or dtypes that do not match; too much output padding.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose1d.html

    >>> F.conv_transpose1d(pt.ones(1, 1, 2), pt.ones(1, 1, 2))
    tensor([[[1., 2., 1.]]])
    """
    return _conv_transpose(
        "conv_transpose1d", 1, input, weight, bias, stride, padding, output_padding, groups,
        dilation,
    )  # fmt: skip


def conv_transpose2d(
    input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1
):
    """Transposed convolution of `input` [N, C, H, W] with `weight` [C, F/groups, KH, KW].

    Raises:
        RuntimeError: ranks, channels or dtypes that do not match; too much output padding.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose2d.html

    >>> F.conv_transpose2d(pt.ones(1, 1, 1, 1), pt.ones(1, 1, 2, 2))
    tensor([[[[1., 1.],
              [1., 1.]]]])
    """
    return _conv_transpose(
        "conv_transpose2d", 2, input, weight, bias, stride, padding, output_padding, groups,
        dilation,
    )  # fmt: skip


def conv_transpose3d(
    input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1
):
    """Transposed convolution of `input` [N, C, D, H, W] with `weight` [C, F/groups, KD, KH, KW].

    Arguments and errors are those of `conv_transpose2d`.

    Raises:
        ValueError: groups that do not divide the channels.
        RuntimeError: an input of another rank, dtype or number of channels.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.conv_transpose3d.html

    >>> F.conv_transpose3d(pt.ones(1, 1, 1, 1, 1), pt.ones(1, 2, 1, 1, 1)).shape
    portico.Size([1, 2, 1, 1, 1])
    """
    return _conv_transpose(
        "conv_transpose3d", 3, input, weight, bias, stride, padding, output_padding, groups,
        dilation,
    )  # fmt: skip
