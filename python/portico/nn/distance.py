"""Distance layers."""

from . import functional as F
from ._function_layer import FunctionLayer
from .module import Module

__all__ = ["CosineSimilarity", "PairwiseDistance"]


class CosineSimilarity(FunctionLayer):
    """x1 . x2 / max(|x1| |x2|, eps) along `dim`, which the result is without.

    Raises:
        RuntimeError: shapes that do not broadcast.
        IndexError: a dimension out of range.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.CosineSimilarity.html

    >>> pt.nn.CosineSimilarity()(pt.tensor([[3.0, 4.0]]), pt.tensor([[1.0, 0.0]]))
    tensor([0.6000])
    """

    _function = staticmethod(F.cosine_similarity)
    _settings = ("dim", "eps")

    def __init__(self, dim=1, eps=1e-8):
        super().__init__()
        self._keep(locals())

    def forward(self, x1, x2):
        return self._compute(x1, x2)


class PairwiseDistance(Module):
    """p-norm of x1 - x2 + eps along the last dimension, which is dropped unless `keepdim`.

    Raises:
        RuntimeError: shapes that do not broadcast.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.PairwiseDistance.html

    >>> pt.nn.PairwiseDistance()(pt.tensor([[3.0, 4.0]]), pt.zeros(1, 2))
    tensor([5.0000])
    """

    def __init__(self, p=2.0, eps=1e-6, keepdim=False):
        super().__init__()
        self.norm, self.eps, self.keepdim = p, eps, keepdim

    def forward(self, x1, x2):
        return F.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)
