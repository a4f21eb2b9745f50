"""Where a mask is true. How many places there are depends on the values: that number is waited for.

The host finds the places itself. On other devices the values stay where they are, and a stable sort
of the mask puts the places in front:

    mask              false true  false true
    its order, true first     1  3  0  2      the first two are the places
"""

from __future__ import annotations

import builtins
import math

import numpy as np

from . import _core
from ._broadcast import cast, constant
from ._dtypes import int64, uint8
from ._generated import ops

_SUM = 0


def true_positions(mask):
    """The places of what is true in the flattened mask, ascending: an int64 vector."""
    mask = mask.detach()
    if _core.is_host(mask.device):
        found = np.flatnonzero(mask.numpy(force=True))
        return _core.from_buffer(found, copy=True, device=mask.device)
    flat = ops.reshape(mask, (math.prod(mask.shape),))
    found = builtins.int(ops.reduce(cast(flat, int64), _SUM, (0,)).item())
    order = ops.sort(cast(ops.not_(flat), uint8), 0, False)[1]
    return ops.slice(order, (0,), (found,), (1,))


def true_indices(mask):
    """The same as indices: an int64 vector for each dimension, and one for a mask without any."""
    if _core.is_host(mask.device):
        found = np.nonzero(np.atleast_1d(mask.detach().numpy(force=True)))
        return [_core.from_buffer(a, copy=True, device=mask.device) for a in found]
    left, indices = true_positions(mask), []
    for size in reversed(tuple(mask.shape)[1:]):
        n = constant(size, left)
        indices.append(ops.rem(left, n))
        left = ops.div(left, n)
    return [left, *reversed(indices)]
