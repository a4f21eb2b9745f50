"""Norms of vectors and matrices."""

from __future__ import annotations

import builtins
import math

from .._broadcast import cast, require_float, wrap_dim, wrap_dims
from .._fail import fail_runtime
from .._registry import accept_out
from ..reductions import _require_elements
from ..reductions import vector_norm as _vector_norm
from .decompositions import svdvals


def _float_input(name, x, dtype):
    if dtype is not None:
        x = cast(x, dtype)
    what = f"linalg.{name}: Expected a floating point or complex tensor as input."
    return require_float(name, x, what)


@accept_out
def vector_norm(x, ord=2, dim=None, keepdim=False, *, dtype=None):
    """(sum |x|^ord)^(1/ord) over the given dimensions (all by default).

    `dim` is an int or several; those dimensions go, or stay with size 1 if `keepdim`.

    Raises:
        RuntimeError: integers.
        IndexError: a dimension out of range.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.vector_norm.html

    >>> pt.linalg.vector_norm(pt.tensor([3.0, 4.0]))
    tensor(5.)
    """
    x = _float_input("vector_norm", x, dtype)
    axes = wrap_dims("vector_norm", dim, x.ndim) if dim != () else tuple(range(x.ndim))
    if ord in (math.inf, -math.inf) or ord < 0:
        _require_elements("vector_norm", x, axes, None if dim is None else dim)
    return _vector_norm(x, ord, axes, keepdim)


@accept_out
def matrix_norm(A, ord="fro", dim=(-2, -1), keepdim=False, *, dtype=None):
    """A norm of matrices in two dimensions: "fro", "nuc", 1, -1, 2, -2, inf or -inf.

    Those dimensions go, or stay with size 1 if `keepdim`.

    `ord` is "fro", "nuc", 1, -1, 2, -2, inf or -inf.

    Raises:
        RuntimeError: integers, or an order that there is not.
        IndexError: a dimension out of range.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.matrix_norm.html

    >>> pt.linalg.matrix_norm(pt.tensor([[3.0, 0.0], [0.0, 4.0]]))
    tensor(5.)
    """
    x = _float_input("matrix_norm", A, dtype)
    if len(dim) != 2:
        fail_runtime("matrix_norm", "linalg.matrix_norm: dim must be a 2-tuple", dim)
    if x.ndim < 2:
        fail_runtime(
            "matrix_norm", "linalg.matrix_norm: The input tensor A must have at least 2 dimensions."
        )
    rows, cols = (wrap_dim("matrix_norm", d, x.ndim) for d in dim)
    if rows == cols:
        fail_runtime("matrix_norm", "linalg.matrix_norm: dims must be different", dim)
    if ord == "fro":
        return _vector_norm(x, 2, tuple(sorted((rows, cols))), keepdim)
    if ord in ("nuc", 2, -2):
        s = svdvals(x.movedim((rows, cols), (-2, -1)))
        if ord == "nuc":
            r = s.sum(-1)
        else:
            # No singular values: a norm of 0.
            r = s.sum(-1) if not s.shape[-1] else s.amax(-1) if ord == 2 else s.amin(-1)
        if keepdim:
            for d in sorted((rows, cols)):
                r = r.unsqueeze(d)
        return r
    if ord not in (1, -1, math.inf, -math.inf):
        fail_runtime("matrix_norm", f"linalg.matrix_norm: Order {ord} not supported.")
    over, then = (cols, rows) if abs(ord) == math.inf else (rows, cols)
    sums = _vector_norm(x, 1, (over,), True)
    # No rows: a norm of 0, as for vectors.
    if ord > 0 and not x.shape[then]:
        r = sums.sum(then, keepdim=True)
    else:
        r = sums.amax(then, keepdim=True) if ord > 0 else sums.amin(then, keepdim=True)
    return r if keepdim else r.squeeze((over, then))


@accept_out
def norm(A, ord=None, dim=None, keepdim=False, *, dtype=None):
    """A vector norm, or a matrix norm where ord and dim say so.

    Those dimensions go, or stay with size 1 if `keepdim`.

    Raises:
        RuntimeError: integers, or an order that there is not.
        IndexError: a dimension out of range.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.norm.html

    >>> pt.linalg.norm(pt.tensor([3.0, 4.0]))
    tensor(5.)
    """
    if dim is not None:
        dims = (dim,) if isinstance(dim, builtins.int) else tuple(dim)
        if len(dims) not in (1, 2) and ord is not None:
            fail_runtime(
                "norm", "linalg.norm: If dim is specified, it must be of length 1 or 2.", dim
            )
        if ord is not None and len(dims) == 2:
            return matrix_norm(A, ord, dims, keepdim, dtype=dtype)
        return vector_norm(A, 2 if ord is None else ord, dims, keepdim, dtype=dtype)
    if ord is None:
        return vector_norm(A, 2, None, keepdim, dtype=dtype)
    if A.ndim not in (1, 2):
        fail_runtime(
            "norm",
            "linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D.",
            f"{A.ndim}D",
        )
    if A.ndim == 1:
        return vector_norm(A, ord, None, keepdim, dtype=dtype)
    return matrix_norm(A, ord, (0, 1), keepdim, dtype=dtype)


@accept_out
def cond(A, p=None):
    """The condition number of matrices in a norm (the 2-norm by default).

    Shape: [.., n, m] -> [..].

    `p` is an order of `matrix_norm`, by default 2.

    Raises:
        RuntimeError: integers, or matrices that are not square for other norms.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.cond.html

    >>> pt.linalg.cond(pt.eye(2))
    tensor(1.)
    """
    from .solvers import inv

    if p in (None, 2, -2):
        s = svdvals(A)
        r = s[..., 0] / s[..., -1] if p != -2 else s[..., -1] / s[..., 0]
        return r.masked_fill(r.isnan(), math.inf)
    return matrix_norm(A, p) * matrix_norm(inv(A), p)
