"""Affine layers."""

import math

from portico._fail import fail_value

from . import functional as F
from . import init
from .module import Module
from .parameter import register

__all__ = ["Bilinear", "Identity", "Linear"]


class Identity(Module):
    """Returns its input; takes and ignores any arguments.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Identity.html

    >>> pt.nn.Identity(54, unused=True)(pt.ones(2))
    tensor([1., 1.])
    """

    def __init__(self, *args, **kwargs):
        super().__init__()

    def forward(self, input):
        return input


class Linear(Module):
    """``y = x @ weight.T + bias`` on the last dimension.

    Shapes: [.., in_features] -> [.., out_features]; weight [out_features, in_features] and bias
    [out_features] are uniform in +-1 / sqrt(in_features) at first.

    Raises:
        RuntimeError: another last dimension, or another dtype than the weight's.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html

    >>> pt.nn.Linear(3, 2)(pt.ones(4, 3)).shape
    portico.Size([4, 2])
    """

    def __init__(self, in_features, out_features, bias=True, device=None, dtype=None):
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        register(self, "weight", (out_features, in_features), True, device, dtype)
        register(self, "bias", out_features, bias, device, dtype)
        self.reset_parameters()

    def reset_parameters(self):
        """Draws weight and bias again, uniform in +-1 / sqrt(in_features).

        >>> layer = pt.nn.Linear(4, 2)
        >>> layer.reset_parameters()
        >>> bool((layer.weight.abs() <= 0.5).all())
        True
        """
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features) if self.in_features > 0 else 0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input):
        return F.linear(input, self.weight, self.bias)

    def extra_repr(self):
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}"
        )


class Bilinear(Module):
    """``y_k = x1 @ weight_k @ x2 + bias_k`` on the last dimensions.

    Shapes: [.., in1_features] and [.., in2_features] -> [.., out_features]; weight
    [out_features, in1_features, in2_features], bias [out_features].

    Called with `input1` and `input2`.

    Raises:
        ValueError: in1_features not above 0; RuntimeError: shapes that do not match.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Bilinear.html

    >>> pt.nn.Bilinear(3, 4, 2)(pt.ones(5, 3), pt.ones(5, 4)).shape
    portico.Size([5, 2])
    """

    def __init__(
        self, in1_features, in2_features, out_features, bias=True, device=None, dtype=None
    ):
        super().__init__()
        if in1_features <= 0:
            fail_value("Bilinear", f"in1_features must be > 0, but got {in1_features}")
        self.in1_features, self.in2_features = in1_features, in2_features
        self.out_features = out_features
        register(self, "weight", (out_features, in1_features, in2_features), True, device, dtype)
        register(self, "bias", out_features, bias, device, dtype)
        self.reset_parameters()

    def reset_parameters(self):
        """Draws weight and bias again, uniform in +-1 / sqrt(in1_features).

        >>> layer = pt.nn.Bilinear(4, 3, 2)
        >>> layer.reset_parameters()
        >>> bool((layer.weight.abs() <= 0.5).all())
        True
        """
        bound = 1 / math.sqrt(self.weight.shape[1])
        init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input1, input2):
        return F.bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self):
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, "
            f"out_features={self.out_features}, bias={self.bias is not None}"
        )
