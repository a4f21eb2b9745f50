"""Distances and similarities between vectors."""

import portico as pt
from portico._fail import fail_runtime

__all__ = [
    "cosine_similarity",
    "pairwise_distance",
    "pdist",
]


def cosine_similarity(x1, x2, dim=1, eps=1e-8):
    """Cosine of the angle between `x1` and `x2` along `dim`.

    Shapes broadcast; dim goes.

    Raises:
        RuntimeError: shapes that do not broadcast.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.cosine_similarity.html

    >>> F.cosine_similarity(pt.tensor([[1., 0.]]), pt.tensor([[1., 1.]]))
    tensor([0.7071])
    """
    kind = pt.promote_types(x1.dtype, x2.dtype)
    if not kind.is_floating_point:
        fail_runtime("cosine_similarity", "expected common dtype to be floating point", kind)
    x1, x2 = pt.broadcast_tensors(x1.to(kind), x2.to(kind))
    long1 = (x1 * x1).sum(dim, keepdim=True).sqrt()
    long2 = (x2 * x2).sum(dim, keepdim=True).sqrt()
    with pt.no_grad():
        low1, low2 = long1.clamp_min(eps), long2.clamp_min(eps)
    long1, long2 = long1 + (low1 - long1).detach(), long2 + (low2 - long2).detach()
    return ((x1 / long1) * (x2 / long2)).sum(dim)


def pairwise_distance(x1, x2, p=2.0, eps=1e-6, keepdim=False):
    """p-norm of ``x1 - x2 + eps`` along the last dimension.

    Shapes broadcast; the last dimension goes, or stays with size 1 if `keepdim`.

    Raises:
        RuntimeError: shapes that do not broadcast.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pairwise_distance.html

    >>> F.pairwise_distance(pt.tensor([[0., 0.]]), pt.tensor([[3., 4.]]))
    tensor([5.0000])
    """
    return (x1 - x2 + eps).norm(p, -1, keepdim=keepdim)


def pdist(input, p=2.0):
    """p-norms of the differences of all pairs of rows [N, M], as a vector [N (N - 1) / 2].

    Raises:
        RuntimeError: an input that is no matrix.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pdist.html

    >>> F.pdist(pt.tensor([[0.0, 0.0], [3.0, 4.0], [0.0, 0.0]]))
    tensor([5., 0., 5.])
    """
    if input.ndim != 2:
        fail_runtime("pdist", f"pdist only supports 2D tensors, got: {input.ndim}D")
    rows, columns = pt.triu_indices(input.shape[0], input.shape[0], 1).unbind(0)
    apart = input.index_select(0, rows) - input.index_select(0, columns)
    return apart.norm(p, 1)
