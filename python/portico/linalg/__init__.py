"""Linear algebra: `pt.linalg.*`."""

from __future__ import annotations

from .._arguments import explain_all
from .._broadcast import wrap_dim
from .._fail import fail_runtime
from .._registry import accept_out
from ..linear import cross_along, matmul, matrix_power
from ._host import LinAlgError
from .decompositions import cholesky, eigh, eigvalsh, qr, svd, svdvals
from .norms import cond, matrix_norm, norm, vector_norm
from .solvers import (
    det,
    inv,
    inv_ex,
    lstsq,
    matrix_rank,
    pinv,
    slogdet,
    solve,
    solve_ex,
    solve_triangular,
)

__all__ = [
    "LinAlgError", "cholesky", "cond", "cross", "det", "diagonal", "eigh", "eigvalsh", "inv",
    "inv_ex", "lstsq",
    "matmul", "matrix_norm", "matrix_power", "matrix_rank", "multi_dot", "norm", "pinv", "qr",
    "slogdet", "solve",
    "solve_ex", "solve_triangular", "svd", "svdvals", "tensorinv", "tensorsolve", "vander",
    "vecdot", "vector_norm",
]  # fmt: skip


@accept_out
def cross(input, other, *, dim=-1):
    """The vector product in three dimensions, along dim.

    Shapes broadcast.

    Raises:
        RuntimeError: a dimension that has not size 3.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.cross.html

    >>> pt.linalg.cross(pt.tensor([1, 0, 0]), pt.tensor([0, 1, 0]))
    tensor([0, 0, 1])
    """
    if input.ndim != other.ndim:
        fail_runtime(
            "cross",
            f"linalg.cross: inputs must have the same number of dimensions, got {input.ndim} and "
            f"{other.ndim}",
        )
    return cross_along("cross", input, other, dim)


def diagonal(A, *, offset=0, dim1=-2, dim2=-1):
    """The diagonal of matrices in two dimensions.

    A view.

    `dim1` and `dim2` are those of the matrices.

    Raises:
        IndexError, RuntimeError: dimensions out of range, or the same twice.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.diagonal.html

    >>> pt.linalg.diagonal(pt.tensor([[1, 2], [3, 4]]))
    tensor([1, 4])
    """
    return A.diagonal(offset, dim1, dim2)


@accept_out
def vecdot(x, y, *, dim=-1):
    """Sums of products along dim.

    Shapes broadcast; dim goes.

    `x` and `y` are vectors along `dim`.

    Raises:
        RuntimeError: shapes that do not broadcast.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.vecdot.html

    >>> pt.linalg.vecdot(pt.tensor([1, 2]), pt.tensor([3, 4]))
    tensor(11)
    """
    return (x * y).sum(dim)


@accept_out
def multi_dot(tensors):
    """The product of several matrices, in the cheapest order.

    Raises:
        RuntimeError: fewer than 2 matrices, other ranks (the first and the last may be vectors),
            or sizes that do not fit.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.multi_dot.html

    >>> pt.linalg.multi_dot([pt.ones(1, 2), pt.ones(2, 1)])
    tensor([[2.]])
    """
    from ..linear import einsum

    if len(tensors) < 2:
        fail_runtime(
            "multi_dot", f"multi_dot(): expected at least 2 tensors but got {len(tensors)}"
        )
    ends = (0, len(tensors) - 1)
    for i, x in enumerate(tensors):
        if x.ndim != 2 and not (x.ndim == 1 and i in ends):
            fail_runtime(
                "multi_dot", f"multi_dot(): tensor {i} has a wrong rank", f"{x.ndim}D",
                "1D or 2D" if i in ends else "2D",
            )  # fmt: skip
    if len(tensors) == 2:
        return matmul(*tensors)
    letters = "abcdefghijklmnopqrstuvwxyz"
    first, last = tensors[0].ndim == 1, tensors[-1].ndim == 1
    terms = [letters[i : i + 2] for i in range(len(tensors))]
    if first:
        terms[0] = terms[0][1]
    if last:
        terms[-1] = terms[-1][0]
    result = ("" if first else terms[0][0]) + ("" if last else terms[-1][-1])
    return einsum(",".join(terms) + "->" + result, *tensors)


@accept_out
def vander(x, *, N=None):
    """Powers 0, ..., N - 1 of each element, along a new last dimension.

    Shape: [.., n] -> [.., n, N].

    Raises:
        RuntimeError: an N below 2.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.vander.html

    >>> pt.linalg.vander(pt.tensor([2, 3]))
    tensor([[1, 2],
            [1, 3]])
    """
    from ..joining import cat

    x = x if x.ndim else x.unsqueeze(0)
    n = x.shape[-1] if N is None else N
    if n < 2:
        fail_runtime("vander", "N must be greater than 1", n)
    wide = x.unsqueeze(-1).expand(tuple(x.shape) + (n - 1,))
    ones = x.new_ones(tuple(x.shape) + (1,))
    return cat([ones, wide.cumprod(-1)], -1) if n > 1 else ones


@accept_out
def tensorinv(A, ind=2):
    """The inverse with respect to tensordot over `ind` dimensions.

    Raises:
        RuntimeError: an input that is not square in that sense, or singular.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.tensorinv.html

    >>> pt.linalg.tensorinv(pt.eye(4).reshape(2, 2, 4), 2).shape
    portico.Size([4, 2, 2])
    """
    if ind <= 0:
        fail_runtime("tensorinv", "Expected a strictly positive integer for 'ind'", ind)
    import math

    s = tuple(A.shape)
    n = math.prod(s[:ind])
    return inv(A.reshape(n, math.prod(s[ind:]))).reshape(s[ind:] + s[:ind])


@accept_out
def tensorsolve(A, B, dims=None):
    """X with tensordot(A, X, X.ndim) = B.

    Raises:
        RuntimeError: sizes that do not fit, or a singular system.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.tensorsolve.html

    >>> pt.linalg.tensorsolve(pt.eye(4).reshape(4, 2, 2), pt.ones(4)).shape
    portico.Size([2, 2])
    """
    if dims is not None:
        dims = [wrap_dim("tensorsolve", d, A.ndim) for d in dims]
        A = A.movedim(dims, list(range(A.ndim - len(dims), A.ndim)))
    shape = tuple(A.shape[B.ndim :])
    return solve(A.reshape(B.numel(), B.numel()), B.reshape(-1)).reshape(shape)


explain_all(globals())
