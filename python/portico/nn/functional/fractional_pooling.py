"""Max pooling over windows at random, evenly spread places (Graham, 2014)."""

import math

import portico as pt
from portico._fail import fail_value

from ._args import per_dim, with_batch

__all__ = [
    "fractional_max_pool2d",
    "fractional_max_pool2d_with_indices",
    "fractional_max_pool3d",
    "fractional_max_pool3d_with_indices",
]


def _starts(sample, size, out, window):
    """[N, C, out] first positions of the windows along one dimension."""
    last = size - window
    if out == 1:
        return pt.full((*sample.shape, 1), last, dtype=pt.int64, device=sample.device)
    alpha = last / (out - 1)
    step = pt.arange(out - 1, dtype=sample.dtype, device=sample.device)
    sample = sample.unsqueeze(-1)
    begins = ((step + sample) * alpha).floor().long() - (sample * alpha).floor().long()
    return pt.nn.functional.pad(begins, (0, 1), value=last)


def _fractional(
    op, n, input, kernel_size, output_size, output_ratio, return_indices, random_samples, order
):
    x, unbatched = with_batch(op, input, n)
    if (output_size is None) == (output_ratio is None):
        fail_value(op, "requires specifying either an output_size or an output_ratio")
    window = per_dim(op, "kernel_size", kernel_size, n)
    size = tuple(x.shape[2:])
    if output_size is not None:
        out = per_dim(op, "output_size", output_size, n)
    else:
        ratios = output_ratio if isinstance(output_ratio, (tuple, list)) else (output_ratio,) * n
        out = tuple(int(s * r) for s, r in zip(size, ratios, strict=True))
    for s, o, w in zip(size, out, window, strict=True):
        if o + w - 1 > s:
            fail_value(op, "pool size is too large relative to input size", (s, o, w))
    lead = tuple(x.shape[:2])
    if random_samples is None:
        random_samples = pt.rand((*lead, n), dtype=x.dtype, device=x.device)
    # Flat positions [N, C, out.., window..], one dimension after the other.
    flat = None
    for d in range(n):
        begins = _starts(random_samples[..., order[d]].expand(lead), size[d], out[d], window[d])
        cells = begins.unsqueeze(-1) + pt.arange(window[d], device=x.device)
        shape = [1] * (2 * n)
        shape[d], shape[n + d] = out[d], window[d]
        cells = cells.reshape(*lead, *shape)
        flat = cells if flat is None else flat * size[d] + cells
    flat = flat.expand(*lead, *out, *window).reshape(*lead, -1)
    values = x.flatten(2).gather(2, flat).reshape(*lead, *out, math.prod(window))
    best = values.detach().argmax(-1, keepdim=True)
    y = values.gather(-1, best).squeeze(-1)
    where = flat.reshape(*lead, *out, math.prod(window)).gather(-1, best).squeeze(-1)
    if unbatched:
        y, where = y.squeeze(0), where.squeeze(0)
    return (y, where) if return_indices else y


def fractional_max_pool2d(
    input, kernel_size, output_size=None, output_ratio=None, return_indices=False,
    _random_samples=None,
):  # fmt: skip
    """Maxima of windows at random places of [N, C, H, W] or [C, H, W] (Graham, 2014).

    Args:
        kernel_size (int or tuple): the windows.
        output_size (int or tuple) or output_ratio (float or tuple in (0, 1)): how many.
        return_indices (bool): return the flat position of each maximum too.

    Raises:
        ValueError, RuntimeError: neither size nor ratio, or windows that do not fit.

    >>> F.fractional_max_pool2d(pt.ones(1, 1, 6, 6), 2, output_size=3).shape
    portico.Size([1, 1, 3, 3])
    """
    return _fractional(
        "fractional_max_pool2d", 2, input, kernel_size, output_size, output_ratio, return_indices,
        _random_samples, (1, 0),
    )  # fmt: skip


def fractional_max_pool3d(
    input, kernel_size, output_size=None, output_ratio=None, return_indices=False,
    _random_samples=None,
):  # fmt: skip
    """Maxima of windows at random places of [N, C, D, H, W] or [C, D, H, W].

    Arguments and errors are those of `fractional_max_pool2d`.

    Raises:
        RuntimeError: an input of another rank, no `output_size` or `output_ratio`, a window larger
            than the input.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.fractional_max_pool3d.html

    >>> F.fractional_max_pool3d(pt.ones(1, 1, 6, 6, 6), 2, output_ratio=0.5).shape
    portico.Size([1, 1, 3, 3, 3])
    """
    return _fractional(
        "fractional_max_pool3d", 3, input, kernel_size, output_size, output_ratio, return_indices,
        _random_samples, (0, 1, 2),
    )  # fmt: skip


def fractional_max_pool2d_with_indices(
    input, kernel_size, output_size=None, output_ratio=None, return_indices=True,
    _random_samples=None,
):  # fmt: skip
    """`fractional_max_pool2d`, and the flat int64 position of each maximum.

    Raises:
        RuntimeError: those of the function without indices.

    >>> F.fractional_max_pool2d_with_indices(pt.ones(1, 1, 6, 6), 2, output_size=3)[1].shape
    portico.Size([1, 1, 3, 3])
    """
    return fractional_max_pool2d(
        input, kernel_size, output_size, output_ratio, True, _random_samples
    )


def fractional_max_pool3d_with_indices(
    input, kernel_size, output_size=None, output_ratio=None, return_indices=True,
    _random_samples=None,
):  # fmt: skip
    """`fractional_max_pool3d`, and the flat int64 position of each maximum.

    Raises:
        RuntimeError: those of the function without indices.

    >>> F.fractional_max_pool3d_with_indices(pt.ones(1, 1, 6, 6, 6), 2, output_size=3)[1].dtype
    portico.int64
    """
    return fractional_max_pool3d(
        input, kernel_size, output_size, output_ratio, True, _random_samples
    )
