"""Cholesky, QR, eigen and singular value decompositions."""

from __future__ import annotations

import numpy as np

from .. import _core
from .._fail import fail_runtime
from .._registry import accept_out
from ..autograd.function import Function
from ..reductions import return_type
from . import _host

QR = return_type("linalg_qr", ("Q", "R"))
Eigh = return_type("linalg_eigh", ("eigenvalues", "eigenvectors"))
SVD = return_type("linalg_svd", ("U", "S", "Vh"))


def _t(x):
    return x.transpose(-2, -1)


def _diag(x):
    return x.diag_embed()


def _halved_lower(x):
    """The lower triangle with half of the diagonal."""
    return x.tril(-1) + 0.5 * _diag(x.diagonal(0, -2, -1))


# Cholesky -----------------------------------------------------------------------------------------


class _Cholesky(Function):
    @staticmethod
    def forward(ctx, a):
        factor = _host.tensor(_host.run("cholesky", np.linalg.cholesky, a), a)
        ctx.save_for_backward(factor)
        return factor

    @staticmethod
    def backward(ctx, g):
        (factor,) = ctx.saved_tensors
        from .solvers import inv

        inverse = inv(factor)
        s = _t(inverse) @ _halved_lower(_t(factor) @ g) @ inverse
        return 0.5 * (s + _t(s))


@accept_out
def cholesky(A, *, upper=False):
    """The lower (or upper) triangular L with L L^T = A, for symmetric positive definite A.

    Raises `LinAlgError` where A is not positive definite.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.cholesky.html

    >>> pt.linalg.cholesky(pt.tensor([[4.0]]))
    tensor([[2.]])
    """
    _host.matrices("cholesky", A, square=True)
    factor = _Cholesky.apply(A)
    return _t(factor) if upper else factor


# QR -----------------------------------------------------------------------------------------------


def _copy_lower(m):
    """The symmetric matrix with m's lower triangle."""
    lower = m.tril(-1)
    return lower + _t(lower) + _diag(m.diagonal(0, -2, -1))


class _QR(Function):
    @staticmethod
    def forward(ctx, a, mode):
        q, r = _host.run("qr", lambda x: np.linalg.qr(x, mode=mode), a)
        q, r = _host.tensor(q, a), _host.tensor(r, a)
        ctx.save_for_backward(a, q, r)
        ctx.mode = mode
        return q, r

    @staticmethod
    def backward(ctx, gq, gr):
        from .solvers import inv

        a, q, r = ctx.saved_tensors
        m, n = a.shape[-2:]
        if ctx.mode == "complete" and m > n:
            fail_runtime(
                "qr",
                "The QR decomposition is not differentiable when mode='complete' and nrows > ncols",
            )
        if m >= n:
            return _qr_square(q, r, gq, gr, inv), None
        # A = [A1 A2] and R = [R1 R2]: A1 = Q R1 is square, A2 = Q R2 is a product.
        r1, gr1, gr2 = r[..., :m], gr[..., :m], gr[..., m:]
        gq = gq + a[..., m:] @ _t(gr2)
        from ..joining import cat

        return cat([_qr_square(q, r1, gq, gr1, inv), q @ gr2], -1), None


def _qr_square(q, r, gq, gr, inv):
    m = r @ _t(gr) - _t(gq) @ q
    return (gq + q @ _copy_lower(m)) @ _t(inv(r))


@accept_out
def qr(A, mode="reduced"):
    """Q with orthonormal columns and upper triangular R, Q R = A; mode "reduced", "complete" or
    "r".

    Shape: [.., m, n] -> [.., m, k] and [.., k, n], k the smaller size (m if complete).

    Raises:
        RuntimeError: fewer than 2 dimensions, or integers; another mode.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.qr.html

    >>> pt.linalg.qr(pt.eye(2)).R.abs()
    tensor([[1., 0.],
            [0., 1.]])
    """
    _host.matrices("qr", A)
    if mode not in ("reduced", "complete", "r"):
        fail_runtime(
            "qr",
            f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), "
            "'r', or 'complete'",
        )
    q, r = _QR.apply(A, "reduced" if mode == "r" else mode)
    if mode == "r":
        return QR(_core.full((0,), 0, A.dtype, A.device), r)
    return QR(q, r)


# Symmetric eigenvalues ----------------------------------------------------------------------------


def _gaps(values, power):
    """values_j^power - values_i^power off the diagonal, 1 on it."""
    v = values if power == 1 else values * values
    e = v.unsqueeze(-2) - v.unsqueeze(-1)
    return e + _diag(e.new_ones(values.shape))


def _off_diagonal(x):
    return x - _diag(x.diagonal(0, -2, -1))


class _Eigh(Function):
    @staticmethod
    def forward(ctx, a, uplo):
        values, vectors = _host.run("eigh", lambda x: np.linalg.eigh(x, UPLO=uplo), a)
        values, vectors = _host.tensor(values, a), _host.tensor(vectors, a)
        ctx.save_for_backward(values, vectors)
        return values, vectors

    @staticmethod
    def backward(ctx, gl, gv):
        values, v = ctx.saved_tensors
        inner = _diag(gl) + _off_diagonal(_t(v) @ gv) / _gaps(values, 1)
        return v @ inner @ _t(v), None


@accept_out
def eigh(A, UPLO="L"):
    """Eigenvalues, ascending, and eigenvectors of symmetric matrices, of which one triangle is
    read.

    Shape: [.., n, n] -> [.., n] and [.., n, n].

    `UPLO` says which triangle is read, "L" or "U".

    Raises:
        RuntimeError: matrices that are not square, or integers.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.eigh.html

    >>> pt.linalg.eigh(pt.eye(2)).eigenvalues
    tensor([1., 1.])
    """
    _host.matrices("eigh", A, square=True)
    if UPLO.upper() not in ("L", "U"):
        fail_runtime("eigh", f"Expected UPLO argument to be 'L' or 'U', but got {UPLO}")
    return Eigh(*_Eigh.apply(A, UPLO.upper()))


@accept_out
def eigvalsh(A, UPLO="L"):
    """The eigenvalues of symmetric matrices, ascending.

    Shape: [.., n, n] -> [.., n].

    `UPLO` says which triangle is read, "L" or "U".

    Raises:
        RuntimeError: matrices that are not square, or integers.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.eigvalsh.html

    >>> pt.linalg.eigvalsh(pt.eye(2))
    tensor([1., 1.])
    """
    return eigh(A, UPLO).eigenvalues


# Singular values ----------------------------------------------------------------------------------


class _SVD(Function):
    @staticmethod
    def forward(ctx, a):
        factors = _host.run("svd", lambda x: np.linalg.svd(x, full_matrices=False), a)
        factors = tuple(_host.tensor(f, a) for f in factors)
        ctx.save_for_backward(*factors)
        return factors

    @staticmethod
    def backward(ctx, gu, gs, gvh):
        u, s, vh = ctx.saved_tensors
        e = _gaps(s, 2)

        def skew(x):
            return _off_diagonal(x - _t(x))

        left, right = _t(u) @ gu, gvh @ _t(vh)
        inner = (
            (skew(left) / e) * s.unsqueeze(-2) + s.unsqueeze(-1) * (skew(_t(right)) / e) + _diag(gs)
        )
        m, n, k = u.shape[-2], vh.shape[-1], s.shape[-1]
        outer = u @ inner
        if m > k:
            outer = outer + (gu - u @ left) / s.unsqueeze(-2)
        g = outer @ vh
        if n > k:
            g = g + (u / s.unsqueeze(-2)) @ (gvh - right @ vh)
        return g


@accept_out
def svd(A, full_matrices=True, *, driver=None):
    """Singular values, descending, and vectors: U diag(S) Vh = A.

    Gradients need full_matrices=False or a square A.

    Shape: [.., m, n] -> [.., m, k], [.., k] and [.., k, n], k the smaller size.

    `driver` is accepted.

    Raises:
        RuntimeError: fewer than 2 dimensions, or integers.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.svd.html

    >>> pt.linalg.svd(pt.eye(2)).S
    tensor([1., 1.])
    """
    _host.matrices("svd", A)
    m, n = A.shape[-2:]
    if not full_matrices or m == n:
        return SVD(*_SVD.apply(A))
    u, s, vh = _SVD.apply(A)
    full = _host.run("svd", np.linalg.svd, A)
    wide_u, _, wide_vh = (_host.tensor(f, A) for f in full)
    k = s.shape[-1]
    from ..joining import cat

    # The added vectors have no gradient; those of the reduced decomposition do.
    if m > k:
        u = cat([u, wide_u[..., :, k:]], -1)
    if n > k:
        vh = cat([vh, wide_vh[..., k:, :]], -2)
    return SVD(u, s, vh)


class _SingularValues(Function):
    @staticmethod
    def forward(ctx, a):
        u, s, vh = _host.run("svd", lambda x: np.linalg.svd(x, full_matrices=False), a)
        ctx.save_for_backward(_host.tensor(u, a), _host.tensor(vh, a))
        return _host.tensor(s, a)

    @staticmethod
    def backward(ctx, g):
        u, vh = ctx.saved_tensors
        return (u * g.unsqueeze(-2)) @ vh


@accept_out
def svdvals(A, *, driver=None):
    """The singular values, descending.

    Shape: [.., m, n] -> [.., the smaller size].

    `driver` is accepted.

    Raises:
        RuntimeError: fewer than 2 dimensions, or integers.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.linalg.svdvals.html

    >>> pt.linalg.svdvals(pt.eye(2))
    tensor([1., 1.])
    """
    _host.matrices("svdvals", A)
    return _SingularValues.apply(A)
