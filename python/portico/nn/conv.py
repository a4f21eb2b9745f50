"""Convolution layers."""

import math

from portico._fail import fail_value

from . import functional as F
from . import init
from .functional._args import per_dim
from .module import Module
from .parameter import register

__all__ = ["Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"]

_PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class _Conv(Module):
    """What all convolutions share: geometry, weight, bias and how they are printed."""

    _dims: int
    _transposed = False

    def __init__(
        self, in_channels, out_channels, kernel_size, stride, padding, output_padding, dilation,
        groups, bias, padding_mode, device, dtype,
    ):  # fmt: skip
        super().__init__()
        name, n = type(self).__name__, self._dims
        if groups <= 0:
            fail_value(name, "groups must be a positive integer", groups)
        if in_channels % groups or out_channels % groups:
            fail_value(
                name,
                "in_channels and out_channels must be divisible by groups",
                (in_channels, out_channels, groups),
            )
        if isinstance(padding, str):
            if padding not in ("same", "valid"):
                fail_value(name, f"Invalid padding string {padding!r}", None, "'same' or 'valid'")
        else:
            padding = per_dim(name, "padding", padding, n)
        if padding_mode not in _PADDING_MODES:
            fail_value(name, f"padding_mode must be one of {_PADDING_MODES}", padding_mode)
        self.in_channels, self.out_channels = in_channels, out_channels
        self.kernel_size = per_dim(name, "kernel_size", kernel_size, n)
        self.stride = per_dim(name, "stride", stride, n)
        self.padding = padding
        self.dilation = per_dim(name, "dilation", dilation, n)
        self.output_padding = per_dim(name, "output_padding", output_padding, n)
        if padding == "same" and any(s != 1 for s in self.stride):
            fail_value(name, "padding='same' is not supported for strided convolutions")
        self.transposed, self.groups = self._transposed, groups
        self.padding_mode = padding_mode
        first, second = (
            (in_channels, out_channels) if self._transposed else (out_channels, in_channels)
        )
        shape = (first, second // groups, *self.kernel_size)
        register(self, "weight", shape, True, device, dtype)
        register(self, "bias", out_channels, bias, device, dtype)
        self.reset_parameters()

    def reset_parameters(self):
        """Draws weight and bias again, uniform in +-1 / sqrt(inputs of one output).

        >>> layer = pt.nn.Conv1d(2, 3, 2)
        >>> layer.reset_parameters()
        >>> bool((layer.weight.abs() <= 0.5).all())
        True
        """
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in, _ = init._fans(self.weight)
            if fan_in:
                bound = 1 / math.sqrt(fan_in)
                init.uniform_(self.bias, -bound, bound)

    def extra_repr(self):
        n = self._dims
        text = (
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, "
            f"stride={self.stride}"
        )
        if self.padding != (0,) * n:
            text += f", padding={self.padding}"
        if self.dilation != (1,) * n:
            text += f", dilation={self.dilation}"
        if self.output_padding != (0,) * n:
            text += f", output_padding={self.output_padding}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        if self.bias is None:
            text += ", bias=False"
        if self.padding_mode != "zeros":
            text += f", padding_mode={self.padding_mode}"
        return text


class _ForwardConv(_Conv):
    def __init__(
        self, in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1,
        bias=True, padding_mode="zeros", device=None, dtype=None,
    ):  # fmt: skip
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, 0, dilation, groups, bias,
            padding_mode, device, dtype,
        )  # fmt: skip

    def _border(self):
        """The amounts for `pad` when the border is not zeros."""
        if self.padding == "valid":
            return [0] * (2 * self._dims)
        if self.padding == "same":
            total = [d * (k - 1) for d, k in zip(self.dilation, self.kernel_size, strict=True)]
            pairs = [(t // 2, t - t // 2) for t in total]
        else:
            pairs = [(p, p) for p in self.padding]
        return [amount for pair in reversed(pairs) for amount in pair]

    def forward(self, input):
        padding = self.padding
        if self.padding_mode != "zeros":
            input = F.pad(input, self._border(), mode=self.padding_mode)
            padding = 0
        return type(self)._function(
            input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups
        )


class Conv1d(_ForwardConv):
    """Cross-correlation of [N, C, L] (or [C, L]) inputs.

    Shapes: [N, in_channels, L] -> [N, out_channels, L_out], where L_out =
    (L + 2 padding - dilation (kernel_size - 1) - 1) // stride + 1; weight
    [out_channels, in_channels // groups, kernel_size], bias [out_channels].

    Args:
        in_channels, out_channels, kernel_size, stride, dilation (int): the geometry.
        padding (int or str): elements added at both ends; "valid" for none, "same" to keep L.
        groups (int): blocks of channels that do not mix.
        bias (bool): whether to add one.
        padding_mode (str): what is added: "zeros", "reflect", "replicate" or "circular".

    Raises:
        ValueError: groups that do not divide the channels, unknown paddings, "same" with a stride.
        RuntimeError: an input of another rank, dtype or number of channels.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv1d.html

    >>> pt.nn.Conv1d(2, 4, 3)(pt.ones(1, 2, 5)).shape
    portico.Size([1, 4, 3])
    """

    _dims = 1
    _function = staticmethod(F.conv1d)


class Conv2d(_ForwardConv):
    """Cross-correlation of [N, C, H, W] (or [C, H, W]) inputs.

    Arguments and errors are those of `Conv1d`; sizes are an int or one int per dimension.

    Raises:
        ValueError: groups that do not divide the channels, unknown paddings.
        RuntimeError: an input of another rank, dtype or number of channels.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html

    >>> pt.nn.Conv2d(1, 4, 3, padding=1)(pt.ones(2, 1, 5, 5)).shape
    portico.Size([2, 4, 5, 5])
    """

    _dims = 2
    _function = staticmethod(F.conv2d)


class Conv3d(_ForwardConv):
    """Cross-correlation of [N, C, D, H, W] (or [C, D, H, W]) inputs.

    Arguments and errors are those of `Conv1d`; sizes are an int or one int per dimension.

    Raises:
        ValueError: groups that do not divide the channels, unknown paddings.
        RuntimeError: an input of another rank, dtype or number of channels.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv3d.html

    >>> pt.nn.Conv3d(1, 2, 3)(pt.ones(1, 1, 4, 4, 4)).shape
    portico.Size([1, 2, 2, 2, 2])
    """

    _dims = 3
    _function = staticmethod(F.conv3d)


class _TransposedConv(_Conv):
    _transposed = True

    def __init__(
        self, in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0,
        groups=1, bias=True, dilation=1, padding_mode="zeros", device=None, dtype=None,
    ):  # fmt: skip
        if padding_mode != "zeros":
            fail_value(
                type(self).__name__,
                f'Only "zeros" padding mode is supported for {type(self).__name__}',
            )
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, output_padding, dilation,
            groups, bias, padding_mode, device, dtype,
        )  # fmt: skip

    def _padding_for(self, input, output_size):
        """The output padding that gives `output_size`."""
        if output_size is None:
            return self.output_padding
        n = self._dims
        if len(output_size) == input.ndim:
            output_size = output_size[-n:]
        if len(output_size) != n:
            fail_value(
                type(self).__name__,
                f"output_size must have {n} or {n + 2} elements (got {len(output_size)})",
            )
        amounts = []
        for d, wanted in enumerate(output_size):
            least = (
                (input.shape[d - n] - 1) * self.stride[d]
                - 2 * self.padding[d]
                + self.dilation[d] * (self.kernel_size[d] - 1)
                + 1
            )
            if not least <= wanted < least + self.stride[d]:
                fail_value(
                    type(self).__name__,
                    f"requested an output size of {list(output_size)}, but valid sizes of "
                    f"dimension {d} range from {least} to {least + self.stride[d] - 1}",
                )
            amounts.append(wanted - least)
        return tuple(amounts)

    def forward(self, input, output_size=None):
        output_padding = self._padding_for(input, output_size)
        return type(self)._function(
            input, self.weight, self.bias, self.stride, self.padding, output_padding, self.groups,
            self.dilation,
        )  # fmt: skip


class ConvTranspose1d(_TransposedConv):
    """The transpose of `Conv1d`: what its gradient does, as a layer.

    Shapes: [N, in_channels, L] -> [N, out_channels, L_out], where L_out = (L - 1) stride -
    2 padding + dilation (kernel_size - 1) + output_padding + 1; weight
    [in_channels, out_channels // groups, kernel_size], bias [out_channels].

    Arguments and errors are those of `Conv1d`, with zeros for the padding mode, and:

    Args:
        output_padding (int): added to one end of the output; calls may give `output_size` instead.

    Raises:
        ValueError: groups that do not divide the channels, unknown paddings.
        RuntimeError: an input of another rank, dtype or number of channels.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose1d.html

    >>> pt.nn.ConvTranspose1d(2, 4, 2, stride=2)(pt.ones(1, 2, 3)).shape
    portico.Size([1, 4, 6])
    """

    _dims = 1
    _function = staticmethod(F.conv_transpose1d)


class ConvTranspose2d(_TransposedConv):
    """The transpose of `Conv2d`; arguments and errors are those of `ConvTranspose1d`.

    Raises:
        ValueError: groups that do not divide the channels, unknown paddings.
        RuntimeError: an input of another rank, dtype or number of channels.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html

    >>> pt.nn.ConvTranspose2d(4, 1, 2, stride=2)(pt.ones(1, 4, 3, 3)).shape
    portico.Size([1, 1, 6, 6])
    """

    _dims = 2
    _function = staticmethod(F.conv_transpose2d)


class ConvTranspose3d(_TransposedConv):
    """The transpose of `Conv3d`; arguments and errors are those of `ConvTranspose1d`.

    Raises:
        ValueError: groups that do not divide the channels, unknown paddings.
        RuntimeError: an input of another rank, dtype or number of channels.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose3d.html

    >>> pt.nn.ConvTranspose3d(2, 1, 2, stride=2)(pt.ones(1, 2, 3, 3, 3)).shape
    portico.Size([1, 1, 6, 6, 6])
    """

    _dims = 3
    _function = staticmethod(F.conv_transpose3d)
