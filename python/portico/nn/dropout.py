"""Dropout layers: active while training."""

from portico._fail import fail_value

from . import functional as F
from ._function_layer import FunctionLayer

__all__ = ["AlphaDropout", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "FeatureAlphaDropout"]


class _Dropout(FunctionLayer):
    _settings = ("p", "training", "inplace")
    _shown = ("p", "inplace")

    def __init__(self, p=0.5, inplace=False):
        super().__init__()
        if not 0.0 <= p <= 1.0:
            fail_value(
                type(self).__name__,
                f"dropout probability has to be between 0 and 1, but got {p}",
            )
        self.p, self.inplace = p, inplace


class Dropout(_Dropout):
    """While training, zeroes elements with probability `p` and divides the rest by ``1 - p``.

    Any shape; `inplace` writes the result into the input.

    Raises:
        ValueError: a probability outside [0, 1].

    Source: Srivastava et al., "Dropout", 2014.

    >>> pt.nn.Dropout(0.5).eval()(pt.ones(3))
    tensor([1., 1., 1.])
    """

    _function = staticmethod(F.dropout)


class Dropout1d(_Dropout):
    """`Dropout` of whole channels of [N, C, L] or [C, L].

    Raises:
        ValueError: p outside [0, 1].
        RuntimeError: an input of another rank.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout1d.html

    >>> pt.nn.Dropout1d(1.0)(pt.ones(1, 2, 3)).sum()
    tensor(0.)
    """

    _function = staticmethod(F.dropout1d)


class Dropout2d(_Dropout):
    """`Dropout` of whole channels of [N, C, H, W] or [C, H, W].

    Raises:
        ValueError: p outside [0, 1].
        RuntimeError: an input of another rank.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout2d.html

    >>> pt.nn.Dropout2d(1.0)(pt.ones(1, 2, 3, 3)).sum()
    tensor(0.)
    """

    _function = staticmethod(F.dropout2d)


class Dropout3d(_Dropout):
    """`Dropout` of whole channels of [N, C, D, H, W] or [C, D, H, W].

    Raises:
        ValueError: p outside [0, 1].
        RuntimeError: an input of another rank.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout3d.html

    >>> pt.nn.Dropout3d(1.0)(pt.ones(1, 2, 3, 3, 3)).sum()
    tensor(0.)
    """

    _function = staticmethod(F.dropout3d)


class _AlphaDropout(_Dropout):
    _settings = ("p", "training")


class AlphaDropout(_AlphaDropout):
    """`Dropout` that keeps mean and variance of SELU activations (Klambauer et al., 2017).

    Raises:
        ValueError: p outside [0, 1].

    >>> pt.nn.AlphaDropout(0.5).eval()(pt.ones(3))
    tensor([1., 1., 1.])
    """

    _function = staticmethod(F.alpha_dropout)


class FeatureAlphaDropout(_AlphaDropout):
    """`AlphaDropout` of whole channels.

    Raises:
        ValueError: p outside [0, 1].

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.FeatureAlphaDropout.html

    >>> pt.nn.FeatureAlphaDropout(0.5).eval()(pt.ones(1, 2, 3)).shape
    portico.Size([1, 2, 3])
    """

    _function = staticmethod(F.feature_alpha_dropout)
