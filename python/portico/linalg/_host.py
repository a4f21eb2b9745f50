"""Decompositions by the host's LAPACK, which NumPy brings; gradients in closed form.

A decomposition is a barrier: its operand is computed, handed to LAPACK, and the result is a new
tensor. The gradients are ordinary ops on the factors, so second derivatives work.
"""

from __future__ import annotations

import numpy as np

from .. import _core
from .._dtypes import float32, float64, is_float
from .._fail import fail_runtime

Tensor = _core.Tensor


class LinAlgError(RuntimeError):
    """A matrix that the decomposition does not exist for.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.LinAlgError.html

    >>> try:
    ...     pt.linalg.inv(pt.zeros(2, 2))
    ... except pt.linalg.LinAlgError as error:
    ...     print("singular")
    singular
    """


def array(x):
    """A copy of x's values on the host."""
    return np.array(x.numpy(force=True), copy=True)


def tensor(a, like):
    """A result, of the dtype and on the device of an operand."""
    a = np.ascontiguousarray(a).reshape(np.shape(a))
    return _core.from_buffer(a.astype(like.dtype.name, copy=False), copy=True, device=like.device)


def matrices(name, *operands, square=False):
    for x in operands:
        if x.ndim < 2:
            fail_runtime(
                name,
                f"linalg.{name}: The input tensor A must have at least 2 dimensions.",
                list(x.shape),
            )
        if not is_float(x.dtype):
            fail_runtime(
                name,
                f"linalg.{name}: Expected a floating point or complex tensor as input.",
                x.dtype,
            )
        if x.dtype is not float32 and x.dtype is not float64:
            fail_runtime(name, f"linalg.{name}: Low precision dtypes not supported. Got {x.dtype}")
        if square and x.shape[-1] != x.shape[-2]:
            fail_runtime(
                name,
                f"linalg.{name}: A must be batches of square matrices, but they are "
                f"{x.shape[-2]} by {x.shape[-1]} matrices",
            )


def run(name, f, *operands):
    """f of NumPy, with its error in the library's words. `explain` tells of the call."""
    arrays = [array(x) for x in operands]
    _core.note_host_call(f"linalg.{name}", operands[0].device)
    try:
        return f(*arrays)
    except np.linalg.LinAlgError as error:
        raise LinAlgError(f"[{name}] linalg.{name}: {error}") from None
