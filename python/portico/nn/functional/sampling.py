"""Sampling images at run-time positions (spatial transformers)."""

import itertools

import portico as pt
from portico._fail import fail_runtime, fail_value

__all__ = [
    "affine_grid",
    "grid_sample",
]


def affine_grid(theta, size, align_corners=None):
    """Positions for `grid_sample` from affine matrices [N, 2, 3] (or [N, 3, 4]).

    Args:
        theta (Tensor): the matrices, of a floating dtype.
        size (tuple): [N, C, H, W] (or [N, C, D, H, W]) of the image; the grid is [N, H, W, 2].
        align_corners (bool): whether -1 and 1 are the centres of the corner pixels or their edges.

    Raises:
        ValueError: matrices of another shape.

    Source: Jaderberg et al., "Spatial Transformer Networks", 2015.

    >>> identity = pt.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]])
    >>> F.affine_grid(identity, (1, 1, 1, 2), align_corners=False)
    tensor([[[[-0.5000,  0.0000],
              [ 0.5000,  0.0000]]]])
    """
    if theta.ndim != 3 or tuple(theta.shape[1:]) not in ((2, 3), (3, 4)):
        fail_value("affine_grid", "Expected a batch of 2D or 3D affine matrices", list(theta.shape))
    n, _, *spatial = size

    def axis(length):
        steps = pt.linspace(-1, 1, length, dtype=theta.dtype, device=theta.device)
        if length <= 1:
            steps = pt.zeros(length, dtype=theta.dtype, device=theta.device)
        return steps if align_corners else steps * ((length - 1) / length)

    coordinates = pt.meshgrid(*[axis(length) for length in spatial], indexing="ij")
    last_first = [c.reshape(-1) for c in reversed(coordinates)]
    points = pt.stack([*last_first, pt.ones_like(last_first[0])], -1)
    grid = points.unsqueeze(0) @ theta.transpose(1, 2)
    return grid.reshape(n, *spatial, len(spatial))


def _to_pixels(x, length, align_corners):
    return (x + 1) * ((length - 1) / 2) if align_corners else ((x + 1) * length - 1) * 0.5


def _reflected(x, length, align_corners):
    low, high = (0.0, length - 1.0) if align_corners else (-0.5, length - 0.5)
    span = high - low
    if span <= 0:
        return x * 0.0
    distance = (x - low).abs()
    rest = distance.fmod(span)
    flips = (distance / span).floor()
    return pt.where(flips.fmod(2.0) == 0, rest + low, span - rest + low)


def _bordered(x, length, mode, align_corners):
    if mode == "reflection":
        x = _reflected(x, length, align_corners)
    return x.clamp(0, length - 1) if mode != "zeros" else x


def _cubic_weights(t):
    a = -0.75

    def near(x):
        return ((a + 2) * x - (a + 3)) * x * x + 1

    def far(x):
        return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a

    return far(t + 1), near(t), near(1 - t), far(2 - t)


def _fetch(input, cells, sizes):
    """input[n, :, cells..] with 0 where a cell is outside; cells are [N, points] each."""
    inside, flat = None, None
    for cell, length in zip(cells, sizes, strict=True):
        here = (cell >= 0) & (cell <= length - 1)
        inside = here if inside is None else inside & here
        index = cell.clamp(0, length - 1).long()
        flat = index if flat is None else flat * length + index
    n, c = input.shape[:2]
    values = input.reshape(n, c, -1).gather(2, flat.unsqueeze(1).expand(n, c, flat.shape[-1]))
    return pt.where(inside.unsqueeze(1), values, 0.0)


def grid_sample(input, grid, mode="bilinear", padding_mode="zeros", align_corners=None):
    """Values of `input` [N, C, (D,) H, W] at `grid` [N, .., 2 or 3], whose -1..1 spans the image.

    Args:
        mode (str): "bilinear", "nearest" or "bicubic".
        padding_mode (str): what is outside: "zeros", "border" or "reflection".
        align_corners (bool): whether -1 and 1 are the centres of the corner pixels or their edges.

    Raises:
        ValueError: another mode; RuntimeError: shapes that do not match.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.grid_sample.html

    >>> image = pt.tensor([[[[1.0, 3.0]]]])
    >>> F.grid_sample(image, pt.zeros(1, 1, 1, 2), align_corners=False)
    tensor([[[[2.]]]])
    """
    op = "grid_sample"
    if mode not in ("bilinear", "nearest", "bicubic"):
        fail_value(op, "expected mode to be 'bilinear', 'nearest' or 'bicubic'", mode)
    if padding_mode not in ("zeros", "border", "reflection"):
        fail_value(
            op, "expected padding_mode to be 'zeros', 'border', or 'reflection'", padding_mode
        )
    sizes = tuple(input.shape[2:])
    if grid.ndim != input.ndim or grid.shape[-1] != len(sizes) or grid.shape[0] != input.shape[0]:
        fail_runtime(
            op,
            "expected grid and input to agree in batch and dimensions",
            f"input {list(input.shape)} and grid {list(grid.shape)}",
        )
    if mode == "bicubic" and len(sizes) != 2:
        fail_runtime(op, "bicubic interpolation only supports 4D input", input.ndim)
    n, points = input.shape[0], grid.reshape(grid.shape[0], -1, len(sizes))
    at = [
        _to_pixels(points[..., len(sizes) - 1 - d], length, align_corners)
        for d, length in enumerate(sizes)
    ]

    def border(x, length):
        return _bordered(x, length, padding_mode, align_corners)

    if mode == "nearest":
        cells = [border(x, length).round() for x, length in zip(at, sizes, strict=True)]
        y = _fetch(input, cells, sizes)
    else:
        if mode == "bilinear":
            at = [border(x, length) for x, length in zip(at, sizes, strict=True)]
        floors = [x.detach().floor() for x in at]
        parts = [x - low for x, low in zip(at, floors, strict=True)]
        if mode == "bilinear":
            weights, first = [(1 - t, t) for t in parts], 0
        else:
            weights, first = [_cubic_weights(t) for t in parts], -1
        y = None
        for tap in itertools.product(*(range(len(w)) for w in weights)):
            cells = [low + (k + first) for low, k in zip(floors, tap, strict=True)]
            if mode == "bicubic":
                cells = [border(c, length) for c, length in zip(cells, sizes, strict=True)]
            share = None
            for w, k in zip(weights, tap, strict=True):
                share = w[k] if share is None else share * w[k]
            part = _fetch(input, cells, sizes) * share.unsqueeze(1)
            y = part if y is None else y + part
    return y.reshape(n, input.shape[1], *grid.shape[1:-1])
