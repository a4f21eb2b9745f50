"""Pooling to a given output size: window i of n covers [i*size/n, (i+1)*size/n)."""

import itertools
import math

import numpy as np

import portico as pt
from portico._fail import fail_runtime
from portico._generated import ops

from ._args import with_batch
from .pooling import MAX, SUM

__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "adaptive_max_pool1d",
    "adaptive_max_pool1d_with_indices",
    "adaptive_max_pool2d",
    "adaptive_max_pool2d_with_indices",
    "adaptive_max_pool3d",
    "adaptive_max_pool3d_with_indices",
]


def _output_size(op, output_size, size):
    n = len(size)
    if not isinstance(output_size, (tuple, list)):
        output_size = (output_size,) * n
    if len(output_size) != n:
        fail_runtime(op, f"output_size must have {n} entries", tuple(output_size))
    wanted = tuple(s if o is None else int(o) for o, s in zip(output_size, size, strict=True))
    if min(wanted, default=1) < 0:
        fail_runtime(op, "output_size must be non-negative", wanted)
    if 0 in size:
        fail_runtime(op, "Expected input to have non-zero size for non-batch dimensions", size)
    return wanted


def _bounds(size, out):
    return [(i * size // out, -(-(i + 1) * size // out)) for i in range(out)]


def _adaptive_avg(op, n, input, output_size):
    x, unbatched = with_batch(op, input, n)
    size = tuple(x.shape[2:])
    out = _output_size(op, output_size, size)
    if all(o == 1 for o in out):
        y = x.mean(tuple(range(2, n + 2)), keepdim=True)
    elif 0 not in out and all(s % o == 0 for s, o in zip(size, out, strict=True)):
        window = [s // o for s, o in zip(size, out, strict=True)]
        none = (0,) * n
        y = ops.reduce_window(x, SUM, window, window, (1,) * n, none, none)
        y = y * (1.0 / math.prod(window))
    else:
        # Boxes are separable: average along one dimension after the other.
        y = x
        for dim, (s, o) in enumerate(zip(size, out, strict=True), 2):
            weights = np.zeros((o, s))
            for row, (begin, end) in enumerate(_bounds(s, o)):
                weights[row, begin:end] = 1.0 / (end - begin)
            weights = pt.tensor(weights, dtype=x.dtype, device=x.device)
            y = (y.movedim(dim, -1) @ weights.t()).movedim(-1, dim)
    return y.squeeze(0) if unbatched else y


def adaptive_avg_pool1d(input, output_size):
    """Means of `output_size` windows that cover `input` [N, C, L].

    Raises:
        RuntimeError: an input of another rank.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool1d.html

    >>> F.adaptive_avg_pool1d(pt.tensor([[[1., 2., 3., 4.]]]), 2)
    tensor([[[1.5000, 3.5000]]])
    """
    return _adaptive_avg("adaptive_avg_pool1d", 1, input, output_size)


def adaptive_avg_pool2d(input, output_size):
    """Means of windows that cover `input` [N, C, H, W]; an entry may be None (keep).

    Raises:
        RuntimeError: an input of another rank.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool2d.html

    >>> F.adaptive_avg_pool2d(pt.ones(1, 2, 5, 7), (3, None)).shape
    portico.Size([1, 2, 3, 7])
    """
    return _adaptive_avg("adaptive_avg_pool2d", 2, input, output_size)


def adaptive_avg_pool3d(input, output_size):
    """Means of `output_size` windows (an int, or one per dimension) that cover [N, C, D, H, W].

    Raises:
        RuntimeError: an input of another rank.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool3d.html

    >>> F.adaptive_avg_pool3d(pt.ones(1, 1, 4, 4, 4), 2).shape
    portico.Size([1, 1, 2, 2, 2])
    """
    return _adaptive_avg("adaptive_avg_pool3d", 3, input, output_size)


def _window_positions(size, out):
    """[windows, longest window] flat positions; short windows repeat their last element."""
    dims = []
    for s, o in zip(size, out, strict=True):
        bounds = _bounds(s, o)
        longest = max((end - begin for begin, end in bounds), default=1)
        dims.append([[min(b + k, e - 1) for k in range(longest)] for b, e in bounds])
    rows = []
    for window in itertools.product(*dims):
        cells = itertools.product(*window)
        rows.append([int(np.ravel_multi_index(cell, size)) for cell in cells])
    return np.array(rows, np.int64).reshape(len(rows), -1)


def _adaptive_max(op, n, input, output_size, return_indices):
    x, unbatched = with_batch(op, input, n)
    size = tuple(x.shape[2:])
    out = _output_size(op, output_size, size)
    lead = tuple(x.shape[:2])
    if 0 not in out and all(s % o == 0 for s, o in zip(size, out, strict=True)):
        window = [s // o for s, o in zip(size, out, strict=True)]
        geometry = (window, window, (1,) * n, (0,) * n, (0,) * n)
        y = ops.reduce_window(x, MAX, *geometry)
        where = ops.arg_reduce_window(x.detach(), MAX, *geometry) if return_indices else None
    else:
        positions = pt.tensor(_window_positions(size, out), device=x.device)
        cells = x.flatten(2).index_select(2, positions.flatten()).reshape(*lead, *positions.shape)
        best = cells.detach().argmax(-1)
        y = cells.gather(-1, best.unsqueeze(-1)).reshape(*lead, *out)
        spread = positions.expand(*lead, *positions.shape)
        where = spread.gather(-1, best.unsqueeze(-1)).reshape(*lead, *out)
    if unbatched:
        y, where = y.squeeze(0), where if where is None else where.squeeze(0)
    return (y, where) if return_indices else y


def adaptive_max_pool1d(input, output_size, return_indices=False):
    """Maxima of `output_size` windows that cover [N, C, L]; their positions too if asked for.

    Raises:
        RuntimeError: an input of another rank.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool1d.html

    >>> F.adaptive_max_pool1d(pt.tensor([[1.0, 3.0, 2.0, 0.0]]), 2)
    tensor([[3., 2.]])
    """
    return _adaptive_max("adaptive_max_pool1d", 1, input, output_size, return_indices)


def adaptive_max_pool2d(input, output_size, return_indices=False):
    """Maxima of `output_size` windows that cover [N, C, H, W]; their positions too if asked for.

    Raises:
        RuntimeError: an input of another rank.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool2d.html

    >>> F.adaptive_max_pool2d(pt.ones(1, 1, 4, 4), (2, 1)).shape
    portico.Size([1, 1, 2, 1])
    """
    return _adaptive_max("adaptive_max_pool2d", 2, input, output_size, return_indices)


def adaptive_max_pool3d(input, output_size, return_indices=False):
    """Maxima of `output_size` windows that cover [N, C, D, H, W]; their positions too if asked for.

    Raises:
        RuntimeError: an input of another rank.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool3d.html

    >>> F.adaptive_max_pool3d(pt.ones(1, 1, 4, 4, 4), 2).shape
    portico.Size([1, 1, 2, 2, 2])
    """
    return _adaptive_max("adaptive_max_pool3d", 3, input, output_size, return_indices)


def adaptive_max_pool1d_with_indices(input, output_size, return_indices=True):
    """`adaptive_max_pool1d`, and the int64 position of each maximum in L.

    Raises:
        RuntimeError: an input of another rank.

    >>> F.adaptive_max_pool1d_with_indices(pt.tensor([[1.0, 3.0, 2.0, 0.0]]), 2)[1]
    tensor([[1, 2]])
    """
    return adaptive_max_pool1d(input, output_size, True)


def adaptive_max_pool2d_with_indices(input, output_size, return_indices=True):
    """`adaptive_max_pool2d`, and the int64 position of each maximum in H * W.

    Raises:
        RuntimeError: an input of another rank.

    >>> F.adaptive_max_pool2d_with_indices(pt.arange(4.0).reshape(1, 2, 2), 1)[1]
    tensor([[[3]]])
    """
    return adaptive_max_pool2d(input, output_size, True)


def adaptive_max_pool3d_with_indices(input, output_size, return_indices=True):
    """`adaptive_max_pool3d`, and the int64 position of each maximum in D * H * W.

    Raises:
        RuntimeError: an input of another rank.

    >>> F.adaptive_max_pool3d_with_indices(pt.arange(8.0).reshape(1, 2, 2, 2), 1)[1]
    tensor([[[[7]]]])
    """
    return adaptive_max_pool3d(input, output_size, True)
