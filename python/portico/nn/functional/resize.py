"""Resampling images: each dimension on its own, as a sum of a few taps."""

import math

import numpy as np

import portico as pt
from portico._fail import fail_runtime, fail_unsupported, fail_value

__all__ = [
    "interpolate",
    "upsample",
    "upsample_bilinear",
    "upsample_nearest",
]

_LINEAR = {"linear": 1, "bilinear": 2, "trilinear": 3}


def _positions(size, out, scale, align_corners):
    """Where each output element lies in the input, as PyTorch counts."""
    at = np.arange(out, dtype=np.float64)
    if align_corners:
        return at * ((size - 1) / (out - 1) if out > 1 else 0.0)
    return (at + 0.5) * scale - 0.5


def _scale(size, out, factor):
    """Input elements per output element; a factor given by the caller wins."""
    return 1.0 / factor if factor is not None and factor > 0 else size / out


def _nearest(size, out, scale, exact):
    at = (np.arange(out) + (0.5 if exact else 0.0)) * np.float32(scale)
    return np.minimum(np.floor(at.astype(np.float32)).astype(np.int64), size - 1)


def _linear_taps(size, out, scale, align_corners):
    at = np.maximum(_positions(size, out, scale, align_corners), 0.0)
    low = np.minimum(np.floor(at).astype(np.int64), size - 1)
    weight = at - low
    return [(low, 1.0 - weight), (np.minimum(low + 1, size - 1), weight)]


def _cubic(x, a):
    x = np.abs(x)
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    far = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    return np.where(x <= 1, near, np.where(x < 2, far, 0.0))


def _cubic_taps(size, out, scale, align_corners):
    at = _positions(size, out, scale, align_corners)
    low = np.floor(at).astype(np.int64)
    return [(np.clip(low + k, 0, size - 1), _cubic(at - (low + k), -0.75)) for k in (-1, 0, 1, 2)]


def _antialias_matrix(size, out, scale, align_corners, cubic):
    """[out, size]: the filter, stretched when it shrinks the image, normalised."""
    if align_corners:
        scale = (size - 1) / (out - 1) if out > 1 else 0.0
    stretch = max(scale, 1.0)
    centre = scale * (np.arange(out) + 0.5)
    reach = (2.0 if cubic else 1.0) * stretch
    low = np.maximum((centre - reach + 0.5).astype(np.int64), 0)
    high = np.minimum((centre + reach + 0.5).astype(np.int64), size)
    cells = np.arange(size)
    distance = (cells[None] - centre[:, None] + 0.5) / stretch
    weight = _cubic(distance, -0.5) if cubic else np.maximum(0.0, 1.0 - np.abs(distance))
    weight = np.where((cells >= low[:, None]) & (cells < high[:, None]), weight, 0.0)
    return weight / weight.sum(1, keepdims=True)


def _combine(x, dim, taps):
    """sum_k weight_k * x[index_k] along dim."""
    shape = [1] * x.ndim
    shape[dim] = -1
    total = None
    for index, weight in taps:
        part = x.index_select(dim, pt.tensor(index, device=x.device))
        part = part * pt.tensor(weight, dtype=x.dtype, device=x.device).reshape(shape)
        total = part if total is None else total + part
    return total


def _sizes(input, size, scale_factor, recompute):
    n = input.ndim - 2
    op = "interpolate"
    if (size is None) == (scale_factor is None):
        fail_value(op, "either size or scale_factor should be defined, and not both")
    if size is not None:
        out = list(size) if isinstance(size, (tuple, list)) else [size] * n
        if len(out) != n:
            fail_value(
                op,
                "Input and output must have the same number of spatial dimensions, but got input "
                f"with spatial dimensions of {list(input.shape[2:])} and output size of {out}. "
                "Please provide input tensor in (N, C, d1, d2, ...,dK) format and output size in "
                "(o1, o2, ...,oK) format.",
            )
        return [int(o) for o in out], [None] * n
    factors = list(scale_factor) if isinstance(scale_factor, (tuple, list)) else [scale_factor] * n
    if len(factors) != n:
        fail_value(op, "scale_factor must have one entry per spatial dimension", factors)
    out = [math.floor(float(s) * f) for s, f in zip(input.shape[2:], factors, strict=True)]
    return out, [None] * n if recompute else [float(f) for f in factors]


def interpolate(
    input, size=None, scale_factor=None, mode="nearest", align_corners=None,
    recompute_scale_factor=None, antialias=False,
):  # fmt: skip
    """Resizes the spatial dimensions of `input` [N, C, d..].

    `mode`: nearest, nearest-exact, linear (3-d input), bilinear, bicubic (4-d),
    trilinear (5-d) or area.

    Either `size` or `scale_factor`: a number, or one per dimension.

    `align_corners` lets the corners' centres meet; `recompute_scale_factor` takes the factor from
    the sizes; `antialias` smooths where the image shrinks.

    Raises:
        ValueError: neither or both of them.
        NotImplementedError: a mode that there is not, or not for this rank.
        RuntimeError: a size with another number of dimensions.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html

    >>> F.interpolate(pt.tensor([[[1., 2.]]]), scale_factor=2)
    tensor([[[1., 1., 2., 2.]]])
    """
    op = "interpolate"
    n = input.ndim - 2
    if mode in ("nearest", "nearest-exact", "area"):
        if align_corners is not None:
            fail_value(
                op,
                "align_corners option can only be set with the interpolating modes: "
                "linear | bilinear | bicubic | trilinear",
            )
    elif mode not in (*_LINEAR, "bicubic"):
        fail_unsupported(op, f"no such mode: {mode}")
    elif n != _LINEAR.get(mode, 2):
        fail_unsupported(
            op, f"Got {input.ndim}D input, but {mode} mode needs {_LINEAR.get(mode, 2) + 2}D input"
        )
    if antialias and mode not in ("bilinear", "bicubic"):
        fail_value(op, "Anti-alias option is restricted to bilinear and bicubic modes", mode)
    out, factors = _sizes(input, size, scale_factor, recompute_scale_factor)
    if min(out) <= 0 or 0 in input.shape[2:]:
        fail_runtime(
            op,
            f"Input and output sizes should be greater than 0, but got input "
            f"{list(input.shape[2:])} and output {out}",
        )
    if mode == "area":
        pools = pt.nn.functional
        pool = (pools.adaptive_avg_pool1d, pools.adaptive_avg_pool2d, pools.adaptive_avg_pool3d)
        return pool[n - 1](input, out)
    x = input
    for dim, (o, factor) in enumerate(zip(out, factors, strict=True), 2):
        length = x.shape[dim]
        scale = _scale(length, o, factor)
        if mode.startswith("nearest"):
            index = _nearest(length, o, scale, mode == "nearest-exact")
            if not np.array_equal(index, np.arange(length)):
                x = x.index_select(dim, pt.tensor(index, device=x.device))
        elif antialias:
            matrix = _antialias_matrix(length, o, scale, align_corners, mode == "bicubic")
            matrix = pt.tensor(matrix, dtype=x.dtype, device=x.device)
            x = (x.movedim(dim, -1) @ matrix.t()).movedim(-1, dim)
        elif length != o or factor is not None:
            taps = _cubic_taps if mode == "bicubic" else _linear_taps
            x = _combine(x, dim, taps(length, o, scale, align_corners))
    return x.clone() if x is input else x


def upsample(input, size=None, scale_factor=None, mode="nearest", align_corners=None):
    """`interpolate` under its first name.

    `align_corners` is that of `interpolate`.

    Raises:
        ValueError: neither or both of `size` and `scale_factor`.
        NotImplementedError: an input of a rank that the mode does not take.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.upsample.html

    >>> F.upsample(pt.tensor([[[1.0, 2.0]]]), scale_factor=2)
    tensor([[[1., 1., 2., 2.]]])
    """
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input, size=None, scale_factor=None):
    """`interpolate` with mode nearest.

    Raises:
        ValueError: neither or both of `size` and `scale_factor`.
        NotImplementedError: an input of a rank that the mode does not take.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.upsample_nearest.html

    >>> F.upsample_nearest(pt.tensor([[[1.0, 2.0]]]), 4)
    tensor([[[1., 1., 2., 2.]]])
    """
    return interpolate(input, size, scale_factor, mode="nearest")


def upsample_bilinear(input, size=None, scale_factor=None):
    """`interpolate` of [N, C, H, W] with mode bilinear and aligned corners.

    Raises:
        ValueError: neither or both of `size` and `scale_factor`.
        NotImplementedError: an input of a rank that the mode does not take.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.upsample_bilinear.html

    >>> F.upsample_bilinear(pt.tensor([[[[0.0, 2.0]]]]), (1, 3))
    tensor([[[[0., 1., 2.]]]])
    """
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)
