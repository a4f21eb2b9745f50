"""The functions of `linalg` that PyTorch also has in its main namespace and as methods."""

from __future__ import annotations

from ._registry import op


def _forward(name, target, doc, result):
    def f(input, *args, **kwargs):
        from . import linalg

        return getattr(linalg, target)(input, *args, **kwargs)

    f.__name__ = name
    f.__doc__ = f"""{doc} See `linalg.{target}`.

    Raises:
        RuntimeError: integers, or fewer than 2 dimensions.

    >>> pt.{name}(pt.tensor([[2.0]]))
    {result}
    """
    op(name)(f)


for _names in (
    ("det", "det", "The determinants [..] of square matrices [.., n, n].", "tensor(2.)"),
    (
        "slogdet",
        "slogdet",
        "Sign and logarithm of the absolute value of the determinants, twice [..].",
        "portico.return_types.linalg_slogdet(\n    sign=tensor(1.),\n    logabsdet=tensor(0.6931))",
    ),
    ("inverse", "inv", "The inverses of square matrices [.., n, n].", "tensor([[0.5000]])"),
    (
        "pinverse",
        "pinv",
        "The pseudo-inverses [.., m, n] of matrices [.., n, m].",
        "tensor([[0.5000]])",
    ),
):
    _forward(*_names)


@op()
def logdet(input):
    """The logarithm of the determinant; nan where it is negative.

    Shape: [.., n, n] -> [..].

    Raises:
        RuntimeError: matrices that are not square, or integers.

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

    Shape: [.., n, n], which stays.

    `upper` gives the upper factor.

    Raises:
        LinAlgError: a matrix that is not positive definite.
        RuntimeError: matrices that are not square, or integers.

    >>> pt.cholesky(pt.tensor([[4.0]]))
    tensor([[2.]])
    """
    from .linalg import cholesky as factor

    return factor(input, upper=upper)


@op("qr")
def qr(input, some=True):
    """The QR decomposition.

    Shapes are those of `linalg`.

    Without `some` the square factor is complete.

    Raises:
        RuntimeError: fewer than 2 dimensions, or integers.

    >>> pt.qr(pt.eye(2))[1].shape
    portico.Size([2, 2])
    """
    from .linalg import qr as factor

    return factor(input, "reduced" if some else "complete")


@op("svd")
def svd(input, some=True, compute_uv=True):
    """The singular value decomposition: U, S, V.

    Shapes are those of `linalg`.

    Without `some` the factors are square; without `compute_uv` they are zeros.

    Raises:
        RuntimeError: fewer than 2 dimensions, or integers.

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
