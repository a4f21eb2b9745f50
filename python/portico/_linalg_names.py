"""The functions of `linalg` that PyTorch also has in its main namespace and as methods."""

from __future__ import annotations

from ._registry import op


def _forward(name, target, doc):
    def f(input, *args, **kwargs):
        from . import linalg

        return getattr(linalg, target)(input, *args, **kwargs)

    f.__name__ = name
    f.__doc__ = doc + f"\n\n    >>> callable(pt.{name})\n    True\n    "
    op(name)(f)


for _name, _target, _doc in (
    ("det", "det", "The determinant of square matrices."),
    ("slogdet", "slogdet", "Sign and logarithm of the absolute value of the determinant."),
    ("inverse", "inv", "The inverse of square matrices."),
    ("pinverse", "pinv", "The pseudo-inverse."),
):
    _forward(_name, _target, _doc)


@op()
def logdet(input):
    """The logarithm of the determinant; nan where it is negative.

    >>> pt.logdet(pt.eye(2))
    tensor(0.)
    """
    from .comparison import where
    from .linalg import slogdet

    sign, logabs = slogdet(input)
    return where(sign == -1, float("nan"), logabs)


@op("cholesky")
def cholesky(input, upper=False):
    """The triangular factor of symmetric positive definite matrices.

    >>> pt.cholesky(pt.tensor([[4.0]]))
    tensor([[2.]])
    """
    from .linalg import cholesky as factor

    return factor(input, upper=upper)


@op("qr")
def qr(input, some=True):
    """The QR decomposition.

    >>> pt.qr(pt.eye(2))[1].shape
    portico.Size([2, 2])
    """
    from .linalg import qr as factor

    return factor(input, "reduced" if some else "complete")


@op("svd")
def svd(input, some=True, compute_uv=True):
    """The singular value decomposition: U, S, V.

    >>> pt.svd(pt.eye(2))[1]
    tensor([1., 1.])
    """
    from .linalg import svd as factor

    u, s, vh = factor(input, full_matrices=not some)
    if not compute_uv:
        m, n = input.shape[-2:]
        lead = tuple(input.shape[:-2])
        return input.new_zeros(lead + (m, m)), s, input.new_zeros(lead + (n, n))
    return u, s, vh.transpose(-2, -1)
