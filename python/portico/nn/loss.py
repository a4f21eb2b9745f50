"""Loss layers: a loss function and its settings."""

from . import functional as F
from ._function_layer import FunctionLayer
from .functional._args import legacy_reduction

__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "CTCLoss",
    "CosineEmbeddingLoss",
    "CrossEntropyLoss",
    "GaussianNLLLoss",
    "HingeEmbeddingLoss",
    "HuberLoss",
    "KLDivLoss",
    "L1Loss",
    "MSELoss",
    "MarginRankingLoss",
    "MultiLabelMarginLoss",
    "MultiLabelSoftMarginLoss",
    "MultiMarginLoss",
    "NLLLoss",
    "NLLLoss2d",
    "PoissonNLLLoss",
    "SmoothL1Loss",
    "SoftMarginLoss",
    "TripletMarginLoss",
    "TripletMarginWithDistanceLoss",
]


class _Loss(FunctionLayer):
    """A loss of an input and a target; `size_average` and `reduce` are its deprecated reductions.

    All take `reduction`: "mean", "sum", or "none" for a loss per element or sample.
    """

    _settings = ("reduction",)

    def __init__(self, size_average=None, reduce=None, reduction="mean"):
        super().__init__()
        self.reduction = legacy_reduction(reduction, size_average, reduce)

    def forward(self, input, target):
        return self._compute(input, target)


class _WeightedLoss(_Loss):
    _settings = ("reduction", "weight")

    def __init__(self, weight=None, size_average=None, reduce=None, reduction="mean"):
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)


class _ClassLoss(_WeightedLoss):
    _settings = ("reduction", "weight", "ignore_index")

    def __init__(
        self, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean"
    ):
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index


class _PairLoss(_Loss):
    """A loss of two inputs, a target that is 1 or -1, and a margin."""

    _settings = ("reduction", "margin")

    def __init__(self, margin=0.0, size_average=None, reduce=None, reduction="mean"):
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input1, input2, target):
        return self._compute(input1, input2, target)


class L1Loss(_Loss):
    """Mean of |input - target|; both of one shape.

    `reduction` is "mean", "sum" or "none" (a loss per element).

    Raises:
        ValueError: another reduction.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.L1Loss.html

    >>> pt.nn.L1Loss()(pt.tensor([1.0, 2.0]), pt.tensor([0.0, 4.0]))
    tensor(1.5000)
    """

    _function = staticmethod(F.l1_loss)


class MSELoss(_Loss):
    """Mean of (input - target)^2; both of one shape. `reduction` as for `L1Loss`.

    Raises:
        RuntimeError: shapes that do not broadcast.
        ValueError: an unknown `reduction`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.MSELoss.html

    >>> pt.nn.MSELoss()(pt.tensor([1.0, 2.0]), pt.tensor([0.0, 4.0]))
    tensor(2.5000)
    """

    _function = staticmethod(F.mse_loss)


class SmoothL1Loss(_Loss):
    """d^2 / (2 beta) where d = |input - target| is below beta, else d - beta / 2.

    Both of one shape; `reduction` as for `L1Loss` (Girshick, 2015).

    Raises:
        RuntimeError: shapes that do not broadcast.
        ValueError: an unknown `reduction`.

    >>> pt.nn.SmoothL1Loss()(pt.tensor([0.5, 3.0]), pt.zeros(2))
    tensor(1.3125)
    """

    _function = staticmethod(F.smooth_l1_loss)
    _settings = ("reduction", "beta")

    def __init__(self, size_average=None, reduce=None, reduction="mean", beta=1.0):
        super().__init__(size_average, reduce, reduction)
        self.beta = beta


class HuberLoss(_Loss):
    """d^2 / 2 where d = |input - target| is below delta, else delta * (d - delta / 2).

    Both of one shape; `reduction` as for `L1Loss` (Huber, 1964).

    Raises:
        RuntimeError: shapes that do not broadcast.
        ValueError: a delta that is not positive, an unknown `reduction`.

    >>> pt.nn.HuberLoss()(pt.tensor([0.5, 3.0]), pt.zeros(2))
    tensor(1.3125)
    """

    _function = staticmethod(F.huber_loss)
    _settings = ("reduction", "delta")

    def __init__(self, reduction="mean", delta=1.0):
        super().__init__(reduction=reduction)
        self.delta = delta


class NLLLoss(_ClassLoss):
    """Minus the log-probability of the right class.

    Shapes: input [N, C, ..] of log-probabilities, target [N, ..] of int64 classes.

    Args:
        weight (Tensor): [C], the weight of each class; "mean" divides by the weights.
        ignore_index (int): a target that counts for nothing.
        reduction (str): "mean", "sum" or "none".

    Raises:
        RuntimeError, ValueError: shapes that do not match; IndexError: a class out of range.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html

    >>> pt.nn.NLLLoss()(pt.tensor([[-0.5, -1.0]]), pt.tensor([1]))
    tensor(1.)
    """

    _function = staticmethod(F.nll_loss)


NLLLoss2d = NLLLoss


class CrossEntropyLoss(_ClassLoss):
    """Cross entropy of scores with class numbers or class probabilities.

    Shapes: input [N, C, ..] of scores; target [N, ..] of int64 classes or [N, C, ..] of
    probabilities. Arguments and errors are those of `NLLLoss`, and:

    Args:
        label_smoothing (float): how much of the target is spread over all classes, in [0, 1].

    Raises:
        RuntimeError, ValueError: a target, weights or smoothing that do not fit: `F.cross_entropy`.
        IndexError: a class out of range, when the result is computed.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html

    >>> pt.nn.CrossEntropyLoss()(pt.tensor([[0., 0.]]), pt.tensor([1]))
    tensor(0.6931)
    """

    _function = staticmethod(F.cross_entropy)
    _settings = (*_ClassLoss._settings, "label_smoothing")

    def __init__(
        self, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean",
        label_smoothing=0.0,
    ):  # fmt: skip
        super().__init__(weight, size_average, ignore_index, reduce, reduction)
        self.label_smoothing = label_smoothing


class BCELoss(_WeightedLoss):
    """Binary cross entropy of probabilities with targets in [0, 1], of one shape.

    `weight` broadcasts to the input; `reduction` as for `L1Loss`.

    Raises:
        ValueError: shapes that differ.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.BCELoss.html

    >>> pt.nn.BCELoss()(pt.tensor([0.5]), pt.tensor([1.0]))
    tensor(0.6931)
    """

    _function = staticmethod(F.binary_cross_entropy)


class BCEWithLogitsLoss(_WeightedLoss):
    """Binary cross entropy of sigmoid(input) with targets in [0, 1], of one shape.

    `weight` and `pos_weight` (of positive targets) broadcast; `reduction` as for `L1Loss`.

    Raises:
        ValueError: shapes that differ.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html

    >>> pt.nn.BCEWithLogitsLoss()(pt.tensor([0.0]), pt.tensor([1.0]))
    tensor(0.6931)
    """

    _function = staticmethod(F.binary_cross_entropy_with_logits)
    _settings = ("reduction", "weight", "pos_weight")

    def __init__(
        self, weight=None, size_average=None, reduce=None, reduction="mean", pos_weight=None
    ):
        super().__init__(weight, size_average, reduce, reduction)
        self.register_buffer("pos_weight", pos_weight)


class KLDivLoss(_Loss):
    """target * (log(target) - input) for log-probabilities `input`, of one shape.

    `log_target` says that the target is logarithmic too; `reduction` as for `L1Loss`, or
    "batchmean", which divides by the first dimension.

    Raises:
        RuntimeError: shapes that do not broadcast.
        ValueError: an unknown `reduction`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.KLDivLoss.html

    >>> loss = pt.nn.KLDivLoss(reduction="batchmean")
    >>> loss(pt.tensor([[0.5, 0.5]]).log(), pt.tensor([[1.0, 0.0]]))
    tensor(0.6931)
    """

    _function = staticmethod(F.kl_div)
    _settings = ("reduction", "log_target")

    def __init__(self, size_average=None, reduce=None, reduction="mean", log_target=False):
        super().__init__(size_average, reduce, reduction)
        self.log_target = log_target


class PoissonNLLLoss(_Loss):
    """exp(input) - target * input: minus the log-likelihood of a Poisson distribution.

    Args:
        log_input (bool): the input is the logarithm of the rate.
        full (bool): add Stirling's approximation of log(target!).
        eps (float): added to a rate whose logarithm is taken.
        reduction (str): as for `L1Loss`.

    Raises:
        RuntimeError: shapes that do not broadcast.
        ValueError: an unknown `reduction`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.PoissonNLLLoss.html

    >>> pt.nn.PoissonNLLLoss()(pt.tensor([0.0]), pt.tensor([2.0]))
    tensor(1.)
    """

    _function = staticmethod(F.poisson_nll_loss)
    _settings = ("reduction", "log_input", "full", "eps")

    def __init__(
        self, log_input=True, full=False, size_average=None, eps=1e-8, reduce=None,
        reduction="mean",
    ):  # fmt: skip
        super().__init__(size_average, reduce, reduction)
        self.log_input, self.full, self.eps = log_input, full, eps

    def forward(self, log_input, target):
        return self._compute(log_input, target)


class GaussianNLLLoss(_Loss):
    """(log(var) + (input - target)^2 / var) / 2: minus the log-likelihood of a Gaussian.

    `var` broadcasts and is kept above eps; `full` adds log(2 pi) / 2; `reduction` as for
    `L1Loss` (Nix & Weigend, 1994).

    Raises:
        ValueError: a negative variance or one of another shape.

    >>> pt.nn.GaussianNLLLoss()(pt.tensor([3.0]), pt.tensor([1.0]), pt.tensor([1.0]))
    tensor(2.)
    """

    _function = staticmethod(F.gaussian_nll_loss)
    _settings = ("reduction", "full", "eps")

    def __init__(self, *, full=False, eps=1e-6, reduction="mean"):
        super().__init__(reduction=reduction)
        self.full, self.eps = full, eps

    def forward(self, input, target, var):
        return self._compute(input, target, var)


class SoftMarginLoss(_Loss):
    """log(1 + exp(-target * input)) for targets 1 and -1; `reduction` as for `L1Loss`.

    Raises:
        RuntimeError: shapes that do not broadcast.
        ValueError: an unknown `reduction`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.SoftMarginLoss.html

    >>> pt.nn.SoftMarginLoss()(pt.tensor([0.0]), pt.tensor([1.0]))
    tensor(0.6931)
    """

    _function = staticmethod(F.soft_margin_loss)


class HingeEmbeddingLoss(_Loss):
    """The input where the target is 1, max(0, margin - input) where it is -1.

    `reduction` as for `L1Loss`.

    Raises:
        RuntimeError: shapes that do not broadcast.
        ValueError: an unknown `reduction`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.HingeEmbeddingLoss.html

    >>> pt.nn.HingeEmbeddingLoss()(pt.tensor([0.5, 0.25]), pt.tensor([1.0, -1.0]))
    tensor(0.6250)
    """

    _function = staticmethod(F.hinge_embedding_loss)
    _settings = ("reduction", "margin")

    def __init__(self, margin=1.0, size_average=None, reduce=None, reduction="mean"):
        super().__init__(size_average, reduce, reduction)
        self.margin = margin


class CosineEmbeddingLoss(_PairLoss):
    """1 - cos(input1, input2) where the target is 1, max(0, cos - margin) where it is -1.

    Shapes: inputs [N, D], target [N] (or [D] and []); `reduction` as for `L1Loss`.

    Raises:
        RuntimeError: inputs or a target of other ranks.
        ValueError: an unknown `reduction`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.CosineEmbeddingLoss.html

    >>> x, y = pt.tensor([[1.0, 0.0]]), pt.tensor([[0.0, 1.0]])
    >>> pt.nn.CosineEmbeddingLoss()(x, y, pt.tensor([1.0]))
    tensor(1.)
    """

    _function = staticmethod(F.cosine_embedding_loss)


class MarginRankingLoss(_PairLoss):
    """max(0, -target * (input1 - input2) + margin) for targets 1 and -1, of one shape.

    `reduction` as for `L1Loss`.

    Raises:
        RuntimeError: shapes that do not broadcast.
        ValueError: an unknown `reduction`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.MarginRankingLoss.html

    >>> pt.nn.MarginRankingLoss()(pt.tensor([1.0]), pt.tensor([3.0]), pt.tensor([1.0]))
    tensor(2.)
    """

    _function = staticmethod(F.margin_ranking_loss)


class MultiMarginLoss(_WeightedLoss):
    """Mean over the other classes of max(0, margin - x[right] + x[other])^p.

    Shapes: input [N, C] (or [C]), target [N] (or []) of int64, weight [C].

    Args:
        p (int): 1 or 2.
        margin (float), weight (Tensor), reduction (str): as above and for `L1Loss`.

    Raises:
        RuntimeError: an input of another rank or without classes, a target of another shape.
        ValueError: p other than 1 or 2, an unknown `reduction`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiMarginLoss.html

    >>> pt.nn.MultiMarginLoss()(pt.tensor([[0.5, 1.0]]), pt.tensor([1]))
    tensor(0.2500)
    """

    _function = staticmethod(F.multi_margin_loss)
    _settings = ("reduction", "weight", "p", "margin")

    def __init__(
        self, p=1, margin=1.0, weight=None, size_average=None, reduce=None, reduction="mean"
    ):
        super().__init__(weight, size_average, reduce, reduction)
        self.p, self.margin = p, margin


class MultiLabelMarginLoss(_Loss):
    """Hinge loss of several right classes against all others, divided by their number.

    Shapes: input and target [N, C] or [C]; a target lists its int64 classes, ended by -1.

    Raises:
        RuntimeError: an input of another rank or without classes, a target of another shape.
        ValueError: an unknown `reduction`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiLabelMarginLoss.html

    >>> pt.nn.MultiLabelMarginLoss()(pt.tensor([[0.5, 1.0]]), pt.tensor([[1, -1]]))
    tensor(0.2500)
    """

    _function = staticmethod(F.multilabel_margin_loss)


class MultiLabelSoftMarginLoss(_WeightedLoss):
    """Mean over classes of binary cross entropy of sigmoid(input); both [N, C] or [C].

    `weight` [C] weighs classes; `reduction` as for `L1Loss`.

    Raises:
        RuntimeError: shapes that do not broadcast.
        ValueError: an unknown `reduction`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiLabelSoftMarginLoss.html

    >>> pt.nn.MultiLabelSoftMarginLoss()(pt.tensor([[0.0, 0.0]]), pt.tensor([[1.0, 0.0]]))
    tensor(0.6931)
    """

    _function = staticmethod(F.multilabel_soft_margin_loss)


class _TripletLoss(_Loss):
    def forward(self, anchor, positive, negative):
        return self._compute(anchor, positive, negative)


class TripletMarginLoss(_TripletLoss):
    """max(0, |anchor - positive| - |anchor - negative| + margin) in the p-norm.

    Shapes: three times [N, D] or [D] (Balntas et al., 2016).

    Args:
        margin, p, eps (float): as above; eps is added to differences.
        swap (bool): use the distance of positive and negative where that is less.
        reduction (str): as for `L1Loss`.

    Raises:
        RuntimeError: tensors of different ranks.
        ValueError: a margin that is not positive, an unknown `reduction`.

    >>> a, p, n = pt.zeros(1, 2), pt.tensor([[3.0, 4.0]]), pt.tensor([[0.0, 2.0]])
    >>> pt.nn.TripletMarginLoss()(a, p, n)
    tensor(4.0000)
    """

    _function = staticmethod(F.triplet_margin_loss)
    _settings = ("reduction", "margin", "p", "eps", "swap")

    def __init__(
        self, margin=1.0, p=2.0, eps=1e-6, swap=False, size_average=None, reduce=None,
        reduction="mean",
    ):  # fmt: skip
        super().__init__(size_average, reduce, reduction)
        self.margin, self.p, self.eps, self.swap = margin, p, eps, swap


class TripletMarginWithDistanceLoss(_TripletLoss):
    """`TripletMarginLoss` with any distance, a function of two tensors [N, D].

    Raises:
        RuntimeError: tensors of different ranks.
        ValueError: a margin that is not positive, an unknown `reduction`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.TripletMarginWithDistanceLoss.html

    >>> city_block = lambda x, y: (x - y).abs().sum(1)
    >>> loss = pt.nn.TripletMarginWithDistanceLoss(distance_function=city_block)
    >>> loss(pt.zeros(1, 2), pt.tensor([[3.0, 4.0]]), pt.tensor([[0.0, 2.0]]))
    tensor(6.)
    """

    _function = staticmethod(F.triplet_margin_with_distance_loss)
    _settings = ("reduction", "distance_function", "margin", "swap")

    def __init__(self, *, distance_function=None, margin=1.0, swap=False, reduction="mean"):
        super().__init__(reduction=reduction)
        self.distance_function = distance_function or F.pairwise_distance
        self.margin, self.swap = margin, swap


class CTCLoss(_Loss):
    """Connectionist temporal classification: minus the log-likelihood of label sequences.

    Shapes: log_probs [T, N, C] (or [T, C]), targets [N, S] or all in one row, lengths [N].

    Args:
        blank (int): the class between labels.
        reduction (str): "mean" also divides by target lengths; else as for `L1Loss`.
        zero_infinity (bool): take targets that do not fit for 0.

    Called with `log_probs`, `targets`, `input_lengths` and `target_lengths`.

    Raises:
        RuntimeError: lengths or targets that do not fit: `F.ctc_loss`.
        ValueError: an unknown `reduction`.

    Source: Graves et al., "Connectionist Temporal Classification", 2006.

    >>> log_probs = pt.full((2, 1, 2), 0.5).log()
    >>> pt.nn.CTCLoss()(log_probs, pt.tensor([[1]]), pt.tensor([2]), pt.tensor([1]))
    tensor(0.2877)
    """

    _function = staticmethod(F.ctc_loss)
    _settings = ("blank", "reduction", "zero_infinity")

    def __init__(self, blank=0, reduction="mean", zero_infinity=False):
        super().__init__(reduction=reduction)
        self.blank, self.zero_infinity = blank, zero_infinity

    def forward(self, log_probs, targets, input_lengths, target_lengths):
        return self._compute(log_probs, targets, input_lengths, target_lengths)
