"""Tensors of random values for tests."""

from __future__ import annotations

from portico._dtypes import is_float
from portico._registry import FUNCTIONS


def make_tensor(
    *shape,
    dtype,
    device=None,
    low=None,
    high=None,
    requires_grad=False,
    noncontiguous=False,
    exclude_zero=False,
    memory_format=None,
):
    """A tensor of random values in [low, high) (by default [-9, 9) for floats, [0, 10) or [-9, 10)
    for integers).

    `noncontiguous` puts gaps between elements; `exclude_zero` puts 1 in place of 0.

    Raises:
        RuntimeError: a negative size.

    Source: https://docs.pytorch.org/docs/stable/testing.html#torch.testing.make_tensor

    >>> pt.testing.make_tensor(2, 3, dtype=pt.float32).shape
    portico.Size([2, 3])
    """
    if len(shape) == 1 and not isinstance(shape[0], int):
        shape = tuple(shape[0])
    f = FUNCTIONS
    if is_float(dtype):
        low, high = -9.0 if low is None else low, 9.0 if high is None else high
        t = f["rand"](shape, dtype=dtype) * (high - low) + low
    elif dtype is f["zeros"](0).bool().dtype:
        t = f["randint"](0, 2, shape).bool()
    else:
        low = (0 if dtype.name == "uint8" else -9) if low is None else low
        t = f["randint"](low, 10 if high is None else high, shape, dtype=dtype)
    if exclude_zero:
        t = t.masked_fill(t == 0, 1)
    t = t.detach() if device is None else t.detach().to(device)
    if noncontiguous and t.numel() > 1:
        # Every other element of twice as many.
        t = f["stack"]([t, t], -1).contiguous()[..., 0]
    if requires_grad:
        t.requires_grad = True
    return t
