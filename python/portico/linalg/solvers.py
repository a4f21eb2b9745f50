"""Inverses, determinants and systems of equations."""

from __future__ import annotations

import numpy as np

from .. import _core
from .._broadcast import broadcast_two, cast
from .._dtypes import int32
from .._fail import fail_runtime
from .._registry import accept_out
from ..autograd.function import Function
from ..comparison import where
from ..reductions import return_type
from . import _host
from .decompositions import eigh, svd, svdvals

SlogDet = return_type("linalg_slogdet", ("sign", "logabsdet"))
LstSq = return_type("linalg_lstsq", ("solution", "residuals", "rank", "singular_values"))
InvEx = return_type("linalg_inv_ex", ("inverse", "info"))
SolveEx = return_type("linalg_solve_ex", ("result", "info"))


def _t(x):
    return x.transpose(-2, -1)


class _Inverse(Function):
    @staticmethod
    def forward(ctx, a):
        r = _host.tensor(_host.run("inv", np.linalg.inv, a), a)
        ctx.save_for_backward(a)
        ctx.result = r.detach()
        return r

    @staticmethod
    def backward(ctx, g):
        # The inverse again, as a function of A, so that it has a gradient of its own.
        (a,) = ctx.saved_tensors
        r = _t(inv(a) if _core.is_grad_enabled() and a.requires_grad else ctx.result)
        return -(r @ g @ r)


@accept_out
def inv(A):
    """The inverse of square matrices; raises `LinAlgError` for singular ones.

    Shape: [.., n, n], which stays.

    Raises:
        LinAlgError: a singular matrix.
        RuntimeError: matrices that are not square, or integers.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.inv.html

    >>> pt.linalg.inv(pt.tensor([[2.0]]))
    tensor([[0.5000]])
    """
    _host.matrices("inv", A, square=True)
    return _Inverse.apply(A)


def _is_singular(matrix):
    try:
        np.linalg.inv(matrix)
    except np.linalg.LinAlgError:
        return True
    return False


def _and_info(A, compute, check_errors):
    """compute(A), nan for singular matrices, and an int32 for each: 1 if it is singular."""
    lead = tuple(A.shape[:-2])
    try:
        return compute(A), _core.full(lead, 0, int32, A.device)
    except _host.LinAlgError:
        if check_errors:
            raise
    matrices = _host.array(A).reshape(-1, *A.shape[-2:])
    singular = _core.from_buffer(
        np.array([_is_singular(m) for m in matrices]).reshape(lead), copy=True
    )
    eye = _eye_like(A, A.shape[-1])
    result = compute(where(singular.reshape(*lead, 1, 1), eye, A))
    spread = singular.reshape(*lead, *(1,) * (result.ndim - len(lead)))
    return result.masked_fill(spread, float("nan")), cast(singular, int32)


@accept_out
def inv_ex(A, *, check_errors=False):
    """The inverse, and an int32: 0 for each matrix that has one, else nan and 1.

    Shapes: [.., n, n] -> [.., n, n] and int32 [..].

    `check_errors` raises instead of returning them.

    Raises:
        RuntimeError: matrices that are not square, or integers.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.inv_ex.html

    >>> pt.linalg.inv_ex(pt.tensor([[2.0]])).info
    tensor(0, dtype=portico.int32)
    """
    return InvEx(*_and_info(A, inv, check_errors))


class _Solve(Function):
    @staticmethod
    def forward(ctx, a, b):
        x = _host.tensor(_host.run("solve", np.linalg.solve, a, b), a)
        ctx.save_for_backward(a, b)
        ctx.result = x.detach()
        return x

    @staticmethod
    def backward(ctx, g):
        a, b = ctx.saved_tensors
        graph = _core.is_grad_enabled() and (a.requires_grad or b.requires_grad)
        x = _Solve.apply(a, b) if graph else ctx.result
        gb = _Solve.apply(_t(a), g)
        return -(gb @ _t(x)), gb


@accept_out
def solve(A, B, *, left=True):
    """X with A X = B (or X A = B); B is a batch of matrices or of vectors.

    Shapes: [.., n, n] and [.., n, k] -> [.., n, k], or [.., n] -> [.., n].

    `left=False` solves X A = B.

    Raises:
        LinAlgError: a singular matrix.
        RuntimeError: sizes that do not fit, or integers.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.solve.html

    >>> pt.linalg.solve(pt.tensor([[2.0]]), pt.tensor([4.0]))
    tensor([2.])
    """
    _host.matrices("solve", A, square=True)
    if A.dtype is not B.dtype:
        fail_runtime(
            "solve",
            "linalg.solve: Expected A and B to have the same dtype, but found A of type "
            f"{A.dtype} and B of type {B.dtype} instead",
        )
    vector = B.ndim == 1 or (A.ndim - 1 == B.ndim and tuple(B.shape) == tuple(A.shape[:-1]))
    b = B.unsqueeze(-1) if vector else B
    if not left:
        return _t(solve(_t(A), _t(b)))
    if A.shape[-1] != b.shape[-2]:
        fail_runtime(
            "solve",
            "linalg.solve: Incompatible shapes of A and B for the equation AX = B "
            f"({A.shape[-2]}x{A.shape[-1]} and {b.shape[-2]}x{b.shape[-1]})",
        )
    lead = tuple(broadcast_two("solve", A.shape[:-2], b.shape[:-2]))
    x = _Solve.apply(A.expand(lead + tuple(A.shape[-2:])), b.expand(lead + tuple(b.shape[-2:])))
    return x.squeeze(-1) if vector else x


@accept_out
def solve_ex(A, B, *, left=True, check_errors=False):
    """`solve`, and an int32: 0 for each system that has a solution, else nan and 1.

    Shapes are those of `solve`, and int32 [..].

    `check_errors` raises instead of returning them; `left=False` solves X A = B.

    Raises:
        RuntimeError: sizes that do not fit, or integers.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.solve_ex.html

    >>> pt.linalg.solve_ex(pt.tensor([[2.0]]), pt.tensor([4.0])).result
    tensor([2.])
    """
    return SolveEx(*_and_info(A, lambda a: solve(a, B, left=left), check_errors))


@accept_out
def solve_triangular(A, B, *, upper, left=True, unitriangular=False):
    """X with A X = B (or X A = B) for triangular A, of which one triangle is read.

    Shapes: [.., n, n] and [.., n, k] -> [.., n, k].

    `left=False` solves X A = B; `unitriangular` takes the diagonal for ones.

    Raises:
        RuntimeError: sizes that do not fit, or integers.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.solve_triangular.html

    >>> pt.linalg.solve_triangular(pt.tensor([[2.0]]), pt.tensor([[4.0]]), upper=True)
    tensor([[2.]])
    """
    _host.matrices("solve_triangular", A, square=True)
    if B.ndim < 2 or B.shape[-2 if left else -1] != A.shape[-1]:
        fail_runtime(
            "solve_triangular",
            "linalg.solve_triangular: Incompatible shapes of A and B for the equation "
            f"{'AX' if left else 'XA'} = B",
            f"{list(A.shape)} and {list(B.shape)}",
        )
    a = A.triu() if upper else A.tril()
    if unitriangular:
        a = a - a.diagonal(0, -2, -1).diag_embed() + a.new_ones(a.shape[:-1]).diag_embed()
    if not left:
        return _t(solve(_t(a), _t(B)))
    # A matrix of the shape of a batch of vectors is still a matrix here.
    lead = tuple(broadcast_two("solve_triangular", a.shape[:-2], B.shape[:-2]))
    return _Solve.apply(a.expand(lead + tuple(a.shape[-2:])), B.expand(lead + tuple(B.shape[-2:])))


# Determinants -------------------------------------------------------------------------------------


class _Det(Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return _host.tensor(_host.run("det", np.linalg.det, a), a)

    @staticmethod
    def backward(ctx, g):
        # The adjugate, from singular values, exists for singular matrices too.
        (a,) = ctx.saved_tensors
        if _core.is_grad_enabled() and a.requires_grad:
            d = _Det.apply(a)
            return (g * d).unsqueeze(-1).unsqueeze(-1) * _t(inv(a))
        h = _host.array(a).astype(np.float64)
        u, s, vh = np.linalg.svd(h)
        n = s.shape[-1]
        others = np.ones_like(s)
        for i in range(n):
            others[..., i] = np.prod(np.delete(s, i, -1), -1)
        sign = np.linalg.det(u) * np.linalg.det(vh)
        cofactors = (u * (others * sign[..., None])[..., None, :]) @ vh
        return g.unsqueeze(-1).unsqueeze(-1) * _host.tensor(cofactors, a)


@accept_out
def det(A):
    """The determinant of square matrices.

    Shape: [.., n, n] -> [..].

    Raises:
        RuntimeError: matrices that are not square, or integers.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.det.html

    >>> pt.linalg.det(pt.tensor([[2.0]]))
    tensor(2.)
    """
    _host.matrices("det", A, square=True)
    return _Det.apply(A)


class _SlogDet(Function):
    @staticmethod
    def forward(ctx, a):
        sign, logabs = _host.run("slogdet", np.linalg.slogdet, a)
        ctx.save_for_backward(a)
        sign = _host.tensor(sign, a)
        ctx.mark_non_differentiable(sign)
        return sign, _host.tensor(logabs, a)

    @staticmethod
    def backward(ctx, *grads):
        (a,) = ctx.saved_tensors
        return grads[-1].unsqueeze(-1).unsqueeze(-1) * _t(inv(a))


@accept_out
def slogdet(A):
    """Sign and logarithm of the absolute value of the determinant.

    Shape: [.., n, n] -> twice [..].

    Raises:
        RuntimeError: matrices that are not square, or integers.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.slogdet.html

    >>> pt.linalg.slogdet(pt.tensor([[1.0]])).logabsdet
    tensor(0.)
    """
    _host.matrices("slogdet", A, square=True)
    return SlogDet(*_SlogDet.apply(A))


# Least squares ------------------------------------------------------------------------------------


@accept_out
def pinv(A, *, atol=None, rtol=None, hermitian=False, rcond=None):
    """The pseudo-inverse; singular values up to max(atol, rtol * the largest) count as 0.

    Shape: [.., n, m] -> [.., m, n].

    `hermitian` reads one triangle and uses eigenvalues; `rcond` is an older name of `rtol`.

    Raises:
        RuntimeError: fewer than 2 dimensions, or integers.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.pinv.html

    >>> pt.linalg.pinv(pt.tensor([[2.0], [0.0]]))
    tensor([[0.5000, 0.0000]])
    """
    from .._dtypes import finfo

    _host.matrices("pinv", A, square=hermitian)
    if not A.numel():
        return A.new_empty(tuple(A.shape[:-2]) + (A.shape[-1], A.shape[-2]))
    rtol = rcond if rtol is None else rtol
    if rtol is None:
        rtol = 0.0 if atol is not None else finfo(A.dtype).eps * max(A.shape[-2:])
    atol = 0.0 if atol is None else atol

    def inverted(values):
        size = values.abs()
        cut = size.amax(-1, keepdim=True) * (
            rtol.unsqueeze(-1) if isinstance(rtol, _core.Tensor) else rtol
        )
        cut = (
            cut.clamp(min=atol)
            if not isinstance(atol, _core.Tensor)
            else cut.maximum(atol.unsqueeze(-1))
        )
        keep = (size > cut).detach()
        return keep, values.masked_fill(~keep, 1).reciprocal() * keep

    if hermitian:
        values, vectors = eigh(A.detach())
        keep, _ = inverted(values)
        left = right = vectors * keep.unsqueeze(-2).to(A.dtype)
    else:
        u, values, vh = svd(A.detach(), full_matrices=False)
        keep, _ = inverted(values)
        left = u * keep.unsqueeze(-2).to(A.dtype)
        right = _t(vh) * keep.unsqueeze(-2).to(A.dtype)
    return _PseudoInverse.apply(A, left, right, inverted(values)[1])


class _PseudoInverse(Function):
    @staticmethod
    def forward(ctx, a, left, right, inverse):
        p = (right * inverse.unsqueeze(-2)) @ _t(left)
        ctx.save_for_backward(a)
        ctx.result = p.detach()
        return p

    @staticmethod
    def backward(ctx, g):
        # G. Golub and V. Pereyra (1973): the rank is constant nearby.
        (a,) = ctx.saved_tensors
        p = ctx.result
        m, n = a.shape[-2:]
        eye_m, eye_n = (_eye_like(a, k) for k in (m, n))
        pt_, gt = _t(p), _t(g)
        r = -(pt_ @ g @ pt_)
        r = r + (eye_m - a @ p) @ gt @ (p @ pt_)
        r = r + (pt_ @ p) @ gt @ (eye_n - p @ a)
        return r, None, None, None


def _eye_like(a, n):
    from ..creation import eye

    return eye(n, dtype=a.dtype)


def lstsq(A, B, rcond=None, *, driver=None):
    """X that minimises the 2-norm of A X - B, with residuals, rank and singular values.

    Shapes: [.., m, n] and [.., m, k] -> [.., n, k].

    `rcond` is the bound below which singular values are 0; `driver` is "gelsy", "gels", "gelsd" or
    "gelss" and says which results are filled.

    Raises:
        RuntimeError: sizes that do not fit, or integers.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.lstsq.html

    >>> pt.linalg.lstsq(pt.tensor([[1.0], [0.0]]), pt.tensor([[2.0], [3.0]])).solution
    tensor([[2.]])
    """
    _host.matrices("lstsq", A)
    if A.dtype is not B.dtype:
        fail_runtime(
            "lstsq",
            "linalg.lstsq: Expected input and other to have the same dtype",
            f"{A.dtype} and {B.dtype}",
        )
    vector = A.ndim - 1 == B.ndim and tuple(A.shape[:-1]) == tuple(B.shape)
    b = B.unsqueeze(-1) if vector else B
    x = pinv(A, rtol=rcond) @ b if rcond is not None else pinv(A) @ b
    m, n = A.shape[-2:]
    none = A.new_empty(0)
    driver = driver or "gelsy"
    from .._dtypes import int64

    rank = _core.full((0,), 0, int64, A.device)
    if driver != "gels":
        rank = matrix_rank(A, rtol=rcond)
    residuals = none
    if m > n and driver != "gelsy" and (driver == "gels" or bool((rank == n).all().item())):
        residuals = ((A @ x - b) ** 2).sum(-2)
    values = svdvals(A.detach()) if driver in ("gelsd", "gelss") else none
    return LstSq(x.squeeze(-1) if vector else x, residuals, rank, values)


@accept_out
def matrix_rank(A, *, atol=None, rtol=None, hermitian=False, tol=None):
    """The number of singular values above max(atol, rtol * the largest).

    Shape: [.., n, m] -> int64 [..].

    `hermitian` reads one triangle and uses eigenvalues; `tol` is the absolute bound below which
    values are 0.

    Raises:
        RuntimeError: fewer than 2 dimensions, or integers.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.matrix_rank.html

    >>> pt.linalg.matrix_rank(pt.eye(2))
    tensor(2)
    """
    from .._dtypes import finfo

    _host.matrices("matrix_rank", A, square=hermitian)
    s = eigh(A.detach()).eigenvalues.abs() if hermitian else svdvals(A.detach())
    if tol is not None:
        atol, rtol = tol, 0.0
    if rtol is None:
        rtol = 0.0 if atol is not None else finfo(A.dtype).eps * max(A.shape[-2:])
    if not s.shape[-1]:
        return (s > 0).sum(-1)
    rtol, atol = (
        v.unsqueeze(-1) if isinstance(v, _core.Tensor) else v
        for v in (rtol, 0.0 if atol is None else atol)
    )
    cut = s.amax(-1, keepdim=True) * rtol
    cut = cut.maximum(atol) if isinstance(atol, _core.Tensor) else cut.clamp(min=atol)
    return (s > cut).sum(-1)
