"""Dropout: random zeros while training, the identity otherwise."""

import portico as pt
from portico._fail import fail_runtime, fail_value

from ._args import stored

__all__ = [
    "alpha_dropout",
    "dropout",
    "dropout1d",
    "dropout2d",
    "dropout3d",
    "feature_alpha_dropout",
]


def _drop(op, input, p, training, inplace, shape, dropped=None):
    """Drops where a mask of `shape` says so; `dropped(keep)` is the result."""
    if not 0.0 <= p <= 1.0:
        fail_value(op, f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or p == 0.0:
        return input
    if p == 1.0:
        return stored(input, input * 0.0, inplace)
    keep = pt.rand(shape, device=input.device) >= p
    if dropped is None:
        scaled = input * (1.0 / (1.0 - p))
        value = pt.where(keep, scaled, pt.zeros_like(scaled))
    else:
        value = dropped(keep)
    return stored(input, value, inplace)


def dropout(input, p=0.5, training=True, inplace=False):
    """Sets elements to 0 with probability `p` and scales the others by ``1 / (1 - p)``.

    Any shape; `inplace` writes the result into the input.

    Raises:
        ValueError: p outside [0, 1].

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.dropout.html

    >>> F.dropout(pt.ones(3), 0.5, training=False)
    tensor([1., 1., 1.])
    """
    return _drop("dropout", input, p, training, inplace, tuple(input.shape))


def _channels(op, input, p, training, inplace, batched_ndim):
    """Drops whole channels; an input of one dimension less has no batch."""
    if input.ndim not in (batched_ndim - 1, batched_ndim):
        fail_runtime(
            op,
            f"Expected {batched_ndim - 1}D or {batched_ndim}D input",
            f"a {input.ndim}D input",
        )
    lead = 2 if input.ndim == batched_ndim else 1
    shape = (*input.shape[:lead], *(1,) * (input.ndim - lead))
    return _drop(op, input, p, training, inplace, shape)


def dropout1d(input, p=0.5, training=True, inplace=False):
    """`dropout` of whole channels of [N, C, L] or [C, L].

    Raises:
        ValueError: p outside [0, 1]; RuntimeError: an input of another rank.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.dropout1d.html

    >>> F.dropout1d(pt.ones(1, 2, 3), 1.0).sum()
    tensor(0.)
    """
    return _channels("dropout1d", input, p, training, inplace, 3)


def dropout2d(input, p=0.5, training=True, inplace=False):
    """`dropout` of whole channels of [N, C, H, W].

    Raises:
        ValueError: p outside [0, 1].

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.dropout2d.html

    >>> F.dropout2d(pt.ones(1, 2, 3, 3), 1.0).sum()
    tensor(0.)
    """
    shape = (*input.shape[:2], *(1,) * (input.ndim - 2))
    return _drop("dropout2d", input, p, training, inplace, shape)


def dropout3d(input, p=0.5, training=True, inplace=False):
    """`dropout` of whole channels of [N, C, D, H, W] or [C, D, H, W].

    Raises:
        ValueError: p outside [0, 1]; RuntimeError: an input of another rank.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.dropout3d.html

    >>> F.dropout3d(pt.ones(1, 2, 3, 3, 3), 1.0).sum()
    tensor(0.)
    """
    return _channels("dropout3d", input, p, training, inplace, 5)


# The value that SELU tends to for large negative inputs: dropping to it, and
# then an affine map, keeps mean and variance (Klambauer et al., 2017).
_SELU_FLOOR = -1.7580993408473766


def _alpha(op, input, p, training, inplace, shape):
    def dropped(keep):
        scale = ((1 - p) * (1 + p * _SELU_FLOOR**2)) ** -0.5
        shift = -scale * p * _SELU_FLOOR
        return pt.where(keep, input, pt.full_like(input, _SELU_FLOOR)) * scale + shift

    return _drop(op, input, p, training, inplace, shape, dropped)


def alpha_dropout(input, p=0.5, training=False, inplace=False):
    """`dropout` that keeps mean and variance of SELU activations (Klambauer et al., 2017).

    Raises:
        ValueError: p outside [0, 1].

    >>> F.alpha_dropout(pt.ones(3), 0.5, training=False)
    tensor([1., 1., 1.])
    """
    return _alpha("alpha_dropout", input, p, training, inplace, tuple(input.shape))


def feature_alpha_dropout(input, p=0.5, training=False, inplace=False):
    """`alpha_dropout` of whole channels of [N, C, ..].

    Raises:
        ValueError: p outside [0, 1].

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.feature_alpha_dropout.html

    >>> F.feature_alpha_dropout(pt.ones(1, 2, 3), 0.5, training=True).shape
    portico.Size([1, 2, 3])
    """
    shape = (*input.shape[:2], *(1,) * (input.ndim - 2))
    return _alpha("feature_alpha_dropout", input, p, training, inplace, shape)
