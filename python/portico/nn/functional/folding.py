"""Sliding blocks as columns, and pixels as channels."""

import itertools

import portico as pt
from portico._fail import fail_runtime, fail_value

from ._args import per_dims

__all__ = [
    "channel_shuffle",
    "fold",
    "native_channel_shuffle",
    "pixel_shuffle",
    "pixel_unshuffle",
    "unfold",
]


def _block_counts(op, size, kernel, dilation, padding, stride):
    counts = [
        (n + 2 * p - d * (k - 1) - 1) // s + 1
        for n, k, d, p, s in zip(size, kernel, dilation, padding, stride, strict=True)
    ]
    if min(counts) < 1:
        fail_runtime(
            op,
            f"Given input with spatial size {tuple(size)}, kernel_size={kernel}, "
            f"dilation={dilation}, padding={padding}, calculated shape of the array of sliding "
            f"blocks as {tuple(counts)}, which is too small (non-positive)",
        )
    return counts


def _taps(kernel, dilation, stride, counts):
    """For each kernel position, where its elements are in the padded image."""
    for tap in itertools.product(*map(range, kernel)):
        yield tuple(
            slice(t * d, t * d + s * (n - 1) + 1, s)
            for t, d, s, n in zip(tap, dilation, stride, counts, strict=True)
        )


def unfold(input, kernel_size, dilation=1, padding=0, stride=1):
    """Each sliding block of `input` [N, C, H, W] as a column: [N, C * KH * KW, blocks].

    Sizes are an int or a pair; N may be missing.

    Raises:
        RuntimeError: an input of another rank; blocks that do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.unfold.html

    >>> F.unfold(pt.arange(4.).reshape(1, 1, 2, 2), 2)
    tensor([[[0.],
             [1.],
             [2.],
             [3.]]])
    """
    op = "unfold"
    if input.ndim not in (3, 4):
        fail_runtime(op, "Expected 3D or 4D (batch mode) tensor for input", list(input.shape))
    kernel, dilation, padding, stride = per_dims(
        op, 2, kernel_size=kernel_size, dilation=dilation, padding=padding, stride=stride
    )
    x = input if input.ndim == 4 else input.unsqueeze(0)
    counts = _block_counts(op, x.shape[2:], kernel, dilation, padding, stride)
    if any(padding):
        x = pt.nn.functional.pad(x, (padding[1], padding[1], padding[0], padding[0]))
    blocks = [x[(..., *where)] for where in _taps(kernel, dilation, stride, counts)]
    columns = pt.stack(blocks, 2).reshape(
        x.shape[0], x.shape[1] * len(blocks), counts[0] * counts[1]
    )
    return columns if input.ndim == 4 else columns.squeeze(0)


def fold(input, output_size, kernel_size, dilation=1, padding=0, stride=1):
    """Adds columns [N, C * KH * KW, blocks] back into images: the transpose of `unfold`.

    Gives [N, C, *output_size]; N may be missing. Sizes are an int or a pair.

    Raises:
        RuntimeError: columns that do not fit the output.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.fold.html

    >>> F.fold(F.unfold(pt.ones(1, 1, 2, 3), 2), (2, 3), 2)
    tensor([[[[1., 2., 1.],
              [1., 2., 1.]]]])
    """
    op = "fold"
    if input.ndim not in (2, 3):
        fail_runtime(op, "Expected 2D or 3D (batch mode) tensor for input", list(input.shape))
    size, kernel = per_dims(op, 2, output_size=output_size, kernel_size=kernel_size)
    dilation, padding, stride = per_dims(op, 2, dilation=dilation, padding=padding, stride=stride)
    x = input if input.ndim == 3 else input.unsqueeze(0)
    counts = _block_counts(op, size, kernel, dilation, padding, stride)
    taps, blocks = kernel[0] * kernel[1], counts[0] * counts[1]
    if x.shape[1] % taps or x.shape[2] != blocks:
        fail_runtime(
            op,
            f"Given output_size={size}, kernel_size={kernel}, dilation={dilation}, "
            f"padding={padding}, stride={stride}, "
            f"expected input of shape [*, k * {taps}, {blocks}]",
            list(input.shape),
        )
    channels = x.shape[1] // taps
    parts = x.reshape(x.shape[0], channels, taps, *counts)
    padded = [s + 2 * p for s, p in zip(size, padding, strict=True)]
    image = pt.zeros((x.shape[0], channels, *padded), dtype=x.dtype, device=x.device)
    for tap, where in enumerate(_taps(kernel, dilation, stride, counts)):
        image[(..., *where)] += parts[:, :, tap]
    image = image[..., padding[0] : padding[0] + size[0], padding[1] : padding[1] + size[1]]
    return image if input.ndim == 3 else image.squeeze(0)


def pixel_shuffle(input, upscale_factor):
    """[.., C * r^2, H, W] as [.., C, H * r, W * r] (Shi et al., 2016).

    `upscale_factor` is r.

    Raises:
        RuntimeError: channels that r^2 does not divide.

    >>> F.pixel_shuffle(pt.arange(4.0).reshape(4, 1, 1), 2)
    tensor([[[0., 1.],
             [2., 3.]]])
    """
    r = int(upscale_factor)
    if input.ndim < 3:
        fail_runtime(
            "pixel_shuffle",
            f"expects input to have at least 3 dimensions, but got input with {input.ndim} "
            "dimension(s)",
        )
    if r <= 0:
        fail_runtime("pixel_shuffle", "expects a positive upscale_factor", r)
    *lead, c, h, w = input.shape
    if c % (r * r):
        fail_runtime(
            "pixel_shuffle",
            "expects its input's 'channel' dimension to be divisible by the square of "
            f"upscale_factor, but input.size(-3)={c} is not divisible by {r * r}",
        )
    n = len(lead)
    x = input.reshape(*lead, c // (r * r), r, r, h, w)
    x = x.permute(*range(n), n, n + 3, n + 1, n + 4, n + 2)
    return x.reshape(*lead, c // (r * r), h * r, w * r)


def pixel_unshuffle(input, downscale_factor):
    """[.., C, H * r, W * r] as [.., C * r^2, H, W].

    `downscale_factor` is r.

    Raises:
        RuntimeError: sizes that r does not divide.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pixel_unshuffle.html

    >>> F.pixel_unshuffle(pt.arange(4.0).reshape(1, 2, 2), 2).flatten()
    tensor([0., 1., 2., 3.])
    """
    r = int(downscale_factor)
    if input.ndim < 3:
        fail_runtime(
            "pixel_unshuffle",
            f"expects input to have at least 3 dimensions, but got input with {input.ndim} "
            "dimension(s)",
        )
    if r <= 0:
        fail_runtime("pixel_unshuffle", "expects a positive downscale_factor", r)
    *lead, c, h, w = input.shape
    if h % r or w % r:
        fail_runtime(
            "pixel_unshuffle",
            "expects height and width to be divisible by downscale_factor",
            f"{h}x{w}, factor {r}",
        )
    n = len(lead)
    x = input.reshape(*lead, c, h // r, r, w // r, r)
    x = x.permute(*range(n), n, n + 2, n + 4, n + 1, n + 3)
    return x.reshape(*lead, c * r * r, h // r, w // r)


def channel_shuffle(input, groups):
    """Interleaves `groups` groups of the channels of [N, C, ..] (Zhang et al., 2018).

    Raises:
        RuntimeError: channels that the groups do not divide.
        ValueError: groups that are not positive.

    >>> F.channel_shuffle(pt.arange(4.0).reshape(1, 4, 1, 1), 2).flatten()
    tensor([0., 2., 1., 3.])
    """
    if groups <= 0:
        fail_runtime(
            "channel_shuffle", "Number of groups to divide channels in must be positive.", groups
        )
    n, c, *rest = input.shape
    if c % groups:
        fail_value("channel_shuffle", "Number of channels must be divisible by groups", (c, groups))
    x = input.reshape(n, groups, c // groups, *rest)
    return x.transpose(1, 2).reshape(n, c, *rest)


native_channel_shuffle = channel_shuffle
