"""Layers that move elements: flatten, fold, shuffle, resize."""

import math

import portico as pt
from portico._fail import fail_type

from . import functional as F
from ._function_layer import FunctionLayer
from .module import Module

__all__ = [
    "ChannelShuffle",
    "Flatten",
    "Fold",
    "PixelShuffle",
    "PixelUnshuffle",
    "Unflatten",
    "Unfold",
    "Upsample",
    "UpsamplingBilinear2d",
    "UpsamplingNearest2d",
]


class Flatten(FunctionLayer):
    """Makes one dimension of dimensions `start_dim` to `end_dim`.

    Raises:
        IndexError: a dimension out of range.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Flatten.html

    >>> pt.nn.Flatten()(pt.ones(2, 3, 4)).shape
    portico.Size([2, 12])
    """

    _function = staticmethod(pt.flatten)
    _settings = _shown = ("start_dim", "end_dim")

    def __init__(self, start_dim=1, end_dim=-1):
        super().__init__()
        self._keep(locals())


class Unflatten(Module):
    """Makes dimensions of sizes `unflattened_size`, of which one may be -1, of dimension `dim`.

    Raises:
        TypeError: a dimension that is no int; RuntimeError: sizes that do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Unflatten.html

    >>> pt.nn.Unflatten(1, (2, -1))(pt.ones(3, 8)).shape
    portico.Size([3, 2, 4])
    """

    def __init__(self, dim, unflattened_size):
        super().__init__()
        if not isinstance(dim, int):
            fail_type("Unflatten", f"unflattened dim must be an int, got {type(dim).__name__}")
        self.dim, self.unflattened_size = dim, tuple(unflattened_size)

    def forward(self, input):
        dim = self.dim % input.ndim
        sizes = list(self.unflattened_size)
        if -1 in sizes:
            rest = -math.prod(sizes)
            sizes[sizes.index(-1)] = input.shape[dim] // rest if rest else 0
        return input.reshape(*input.shape[:dim], *sizes, *input.shape[dim + 1 :])

    def extra_repr(self):
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"


class Fold(FunctionLayer):
    """Adds columns of blocks back into images: the transpose of `Unfold`.

    Shape: [N, C * prod(kernel_size), blocks] -> [N, C, *output_size]; N may be missing.
    Arguments are an int or one int per dimension.

    Raises:
        RuntimeError: columns that do not fit the output.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Fold.html

    >>> pt.nn.Fold(2, kernel_size=2)(pt.ones(1, 4, 1)).shape
    portico.Size([1, 1, 2, 2])
    """

    _function = staticmethod(F.fold)
    _settings = _shown = ("output_size", "kernel_size", "dilation", "padding", "stride")

    def __init__(self, output_size, kernel_size, dilation=1, padding=0, stride=1):
        super().__init__()
        self._keep(locals())


class Unfold(FunctionLayer):
    """Sliding blocks of images as columns.

    Shape: [N, C, H, W] -> [N, C * prod(kernel_size), blocks]; N may be missing.
    Arguments are an int or one int per dimension.

    Raises:
        RuntimeError: an input of another rank; blocks that do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Unfold.html

    >>> pt.nn.Unfold(2)(pt.ones(1, 3, 4, 4)).shape
    portico.Size([1, 12, 9])
    """

    _function = staticmethod(F.unfold)
    _settings = _shown = ("kernel_size", "dilation", "padding", "stride")

    def __init__(self, kernel_size, dilation=1, padding=0, stride=1):
        super().__init__()
        self._keep(locals())


class PixelShuffle(FunctionLayer):
    """[.., C * r^2, H, W] as [.., C, H * r, W * r], with r the `upscale_factor`.

    Raises:
        RuntimeError: channels that r^2 does not divide.

    Source: Shi et al., "Real-Time Single Image and Video Super-Resolution", 2016.

    >>> pt.nn.PixelShuffle(2)(pt.ones(1, 8, 3, 3)).shape
    portico.Size([1, 2, 6, 6])
    """

    _function = staticmethod(F.pixel_shuffle)
    _settings = _shown = ("upscale_factor",)

    def __init__(self, upscale_factor):
        super().__init__()
        self._keep(locals())


class PixelUnshuffle(FunctionLayer):
    """[.., C, H * r, W * r] as [.., C * r^2, H, W], with r the `downscale_factor`.

    Raises:
        RuntimeError: sizes that r does not divide.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.PixelUnshuffle.html

    >>> pt.nn.PixelUnshuffle(2)(pt.ones(1, 2, 6, 6)).shape
    portico.Size([1, 8, 3, 3])
    """

    _function = staticmethod(F.pixel_unshuffle)
    _settings = _shown = ("downscale_factor",)

    def __init__(self, downscale_factor):
        super().__init__()
        self._keep(locals())


class ChannelShuffle(FunctionLayer):
    """Interleaves `groups` groups of the channels of [N, C, ..] (Zhang et al., 2018).

    Raises:
        RuntimeError: channels that the groups do not divide.

    >>> pt.nn.ChannelShuffle(2)(pt.arange(4.0).reshape(1, 4, 1, 1)).flatten()
    tensor([0., 2., 1., 3.])
    """

    _function = staticmethod(F.channel_shuffle)
    _settings = _shown = ("groups",)

    def __init__(self, groups):
        super().__init__()
        self._keep(locals())


class Upsample(FunctionLayer):
    """Resizes the spatial dimensions of [N, C, L], [N, C, H, W] or [N, C, D, H, W].

    Args:
        size or scale_factor (number or tuple): the new sizes, or what the old are multiplied by.
        mode (str): "nearest", "linear", "bilinear", "bicubic" or "trilinear".
        align_corners (bool): whether the corners of both grids are the same points.
        recompute_scale_factor (bool): take the factors from the rounded sizes.

    Raises:
        ValueError: neither or both of size and scale_factor; a mode that is not for the rank.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Upsample.html

    >>> pt.nn.Upsample(scale_factor=2)(pt.tensor([[[1.0, 2.0]]]))
    tensor([[[1., 1., 2., 2.]]])
    """

    _function = staticmethod(F.interpolate)
    _settings = ("size", "scale_factor", "mode", "align_corners", "recompute_scale_factor")

    def __init__(
        self, size=None, scale_factor=None, mode="nearest", align_corners=None,
        recompute_scale_factor=None,
    ):  # fmt: skip
        super().__init__()
        self._keep(locals())
        if isinstance(scale_factor, tuple):
            self.scale_factor = tuple(float(f) for f in scale_factor)
        else:
            self.scale_factor = float(scale_factor) if scale_factor else None

    def extra_repr(self):
        if self.scale_factor is not None:
            return f"scale_factor={self.scale_factor!r}, mode={self.mode!r}"
        return f"size={self.size!r}, mode={self.mode!r}"


class UpsamplingNearest2d(Upsample):
    """`Upsample` of [N, C, H, W] with mode nearest.

    Raises:
        ValueError: neither or both of `size` and `scale_factor`.
        NotImplementedError: an input that is not 4D.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.UpsamplingNearest2d.html

    >>> pt.nn.UpsamplingNearest2d(scale_factor=2)(pt.ones(1, 1, 2, 2)).shape
    portico.Size([1, 1, 4, 4])
    """

    def __init__(self, size=None, scale_factor=None):
        super().__init__(size, scale_factor, mode="nearest")


class UpsamplingBilinear2d(Upsample):
    """`Upsample` of [N, C, H, W] with mode bilinear and aligned corners.

    Raises:
        ValueError: neither or both of `size` and `scale_factor`.
        NotImplementedError: an input that is not 4D.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.UpsamplingBilinear2d.html

    >>> pt.nn.UpsamplingBilinear2d(size=3)(pt.tensor([[[[0.0, 2.0]]]]).expand(1, 1, 2, 2))[0, 0, 0]
    tensor([0., 1., 2.])
    """

    def __init__(self, size=None, scale_factor=None):
        super().__init__(size, scale_factor, mode="bilinear", align_corners=True)
