"""Tables of vectors."""

import portico as pt
from portico._fail import fail_assertion

from . import functional as F
from . import init
from ._function_layer import FunctionLayer
from .functional.lookup import _padding_row
from .parameter import Parameter

__all__ = ["Embedding", "EmbeddingBag"]


class _Table(FunctionLayer):
    def _make_weight(self, rows, width, weight, freeze, device, dtype):
        if weight is None:
            self.weight = Parameter(
                pt.empty((rows, width), device=device, dtype=dtype), requires_grad=not freeze
            )
            self.reset_parameters()
        else:
            if list(weight.shape) != [rows, width]:
                fail_assertion(
                    type(self).__name__,
                    "Shape of weight does not match num_embeddings and embedding_dim",
                )
            self.weight = Parameter(weight, requires_grad=not freeze)

    def reset_parameters(self):
        """Draws the vectors again, standard normal; that of `padding_idx` is 0.

        >>> table = pt.nn.Embedding(3, 2, padding_idx=0)
        >>> table.reset_parameters()
        >>> table.weight[0].tolist()
        [0.0, 0.0]
        """
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with pt.no_grad():
                self.weight[self.padding_idx].fill_(0)

    @classmethod
    def from_pretrained(cls, embeddings, freeze=True, **kwargs):
        """A table that holds given vectors [num, dim], not trained unless told so.

        With `freeze` they are not trained.

        Raises:
            AssertionError: a table that is no matrix.

        >>> pt.nn.Embedding.from_pretrained(pt.tensor([[1.0], [3.0]]))(pt.tensor([1]))
        tensor([[3.]])
        """
        if embeddings.ndim != 2:
            fail_assertion(
                cls.__name__, "Embeddings parameter is expected to be 2-dimensional",
                list(embeddings.shape),
            )  # fmt: skip
        rows, width = embeddings.shape
        return cls(rows, width, _weight=embeddings, _freeze=freeze, **kwargs)


class Embedding(_Table):
    """Vectors of `embedding_dim` elements for integers below `num_embeddings`.

    Shapes: int64 or int32 [..] -> [.., embedding_dim]; weight [num_embeddings, embedding_dim].

    Args:
        padding_idx (int): an integer whose vector is zero at first and is not trained.
        max_norm (float): vectors whose `norm_type`-norm is larger are made shorter when used.
        scale_grad_by_freq (bool): divide gradients by how often an integer occurs.
        sparse (bool): accepted; gradients are dense.

    Raises:
        IndexError: an integer out of range; AssertionError: a padding_idx out of range.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Embedding.html

    >>> pt.nn.Embedding(10, 3)(pt.tensor([[1, 2]])).shape
    portico.Size([1, 2, 3])
    """

    _function = staticmethod(F.embedding)
    _settings = (
        "weight", "padding_idx", "max_norm", "norm_type", "scale_grad_by_freq", "sparse"
    )  # fmt: skip

    def __init__(
        self, num_embeddings, embedding_dim, padding_idx=None, max_norm=None, norm_type=2.0,
        scale_grad_by_freq=False, sparse=False, _weight=None, _freeze=False, device=None,
        dtype=None,
    ):  # fmt: skip
        super().__init__()
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        self.padding_idx = _padding_row("Embedding", padding_idx, num_embeddings)
        self.max_norm, self.norm_type = max_norm, norm_type
        self.scale_grad_by_freq, self.sparse = scale_grad_by_freq, sparse
        self._make_weight(num_embeddings, embedding_dim, _weight, _freeze, device, dtype)

    def extra_repr(self):
        text = f"{self.num_embeddings}, {self.embedding_dim}"
        if self.padding_idx is not None:
            text += f", padding_idx={self.padding_idx}"
        if self.max_norm is not None:
            text += f", max_norm={self.max_norm}"
        if self.norm_type != 2:
            text += f", norm_type={self.norm_type}"
        if self.scale_grad_by_freq:
            text += f", scale_grad_by_freq={self.scale_grad_by_freq}"
        return text + (", sparse=True" if self.sparse else "")


class EmbeddingBag(_Table):
    """Sums, means or maxima of the vectors of bags of integers.

    Shapes: [N, L] (N bags), or all bags in one row with the [N] `offsets` at which they begin
    -> [N, embedding_dim]. Arguments and errors are those of `Embedding`, and:

    Args:
        mode (str): "sum", "mean" or "max".
        include_last_offset (bool): whether the offsets end with the number of all integers.

    Raises:
        ValueError: `offsets` with an input that is a matrix, missing with one that is a vector, or
            `per_sample_weights` without the mode "sum".
        RuntimeError: indices that are no integers.
        IndexError: an index out of range, when the result is computed.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.EmbeddingBag.html

    >>> bags = pt.nn.EmbeddingBag.from_pretrained(pt.tensor([[1.0], [3.0]]))
    >>> bags(pt.tensor([0, 1, 1]), offsets=pt.tensor([0, 2]))
    tensor([[2.],
            [3.]])
    """

    _function = staticmethod(F.embedding_bag)
    _settings = (*Embedding._settings, "mode", "include_last_offset")

    def __init__(
        self, num_embeddings, embedding_dim, max_norm=None, norm_type=2.0,
        scale_grad_by_freq=False, mode="mean", sparse=False, _weight=None,
        include_last_offset=False, padding_idx=None, device=None, dtype=None, _freeze=False,
    ):  # fmt: skip
        super().__init__()
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        self.max_norm, self.norm_type = max_norm, norm_type
        self.scale_grad_by_freq, self.mode, self.sparse = scale_grad_by_freq, mode, sparse
        self.include_last_offset = include_last_offset
        self.padding_idx = _padding_row("EmbeddingBag", padding_idx, num_embeddings)
        self._make_weight(num_embeddings, embedding_dim, _weight, _freeze, device, dtype)

    def forward(self, input, offsets=None, per_sample_weights=None):
        return self._compute(input, offsets=offsets, per_sample_weights=per_sample_weights)

    def extra_repr(self):
        text = f"{self.num_embeddings}, {self.embedding_dim}, mode='{self.mode}'"
        return text + ("" if self.padding_idx is None else f", padding_idx={self.padding_idx}")
