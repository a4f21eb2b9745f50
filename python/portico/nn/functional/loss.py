"""Losses between an input and a target of the same shape."""

import math

import portico as pt
from portico._fail import fail_runtime, fail_value

from ._args import legacy_reduction, reduced

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cosine_embedding_loss",
    "gaussian_nll_loss",
    "hinge_embedding_loss",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "margin_ranking_loss",
    "mse_loss",
    "poisson_nll_loss",
    "smooth_l1_loss",
    "soft_margin_loss",
    "triplet_margin_loss",
    "triplet_margin_with_distance_loss",
]


def _same_size(op, input, target):
    if tuple(input.shape) != tuple(target.shape):
        fail_value(
            op,
            "target and input must have the same size",
            f"target {list(target.shape)} and input {list(input.shape)}",
        )


def _weighted(loss, weight):
    return loss if weight is None else loss * weight


def _weighted_mean(op, loss, weight, reduction):
    """Reduces a weighted loss; its mean is divided by the weights."""
    loss = _weighted(loss, weight)
    if weight is not None and reduction == "mean":
        return loss.sum() / weight.expand_as(loss).sum()
    return reduced(op, loss, reduction)


def mse_loss(input, target, size_average=None, reduce=None, reduction="mean", weight=None):
    """Mean of squared differences.

    Shapes broadcast; `reduction` is "mean", "sum" or "none".

    `target` has the shape of `input`.

    Raises:
        RuntimeError: shapes that do not broadcast; ValueError: another reduction.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.mse_loss.html

    >>> F.mse_loss(pt.tensor([1., 2.]), pt.tensor([1., 4.]))
    tensor(2.)
    """
    difference = input - target
    reduction = legacy_reduction(reduction, size_average, reduce)
    return _weighted_mean("mse_loss", difference * difference, weight, reduction)


def l1_loss(input, target, size_average=None, reduce=None, reduction="mean", weight=None):
    """Mean of absolute differences; arguments and errors are those of `mse_loss`.

    `target` has the shape of `input`.

    Raises:
        ValueError: an unknown `reduction`.
        RuntimeError: shapes that do not broadcast.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.l1_loss.html

    >>> F.l1_loss(pt.tensor([1., 2.]), pt.tensor([1., 4.]))
    tensor(1.)
    """
    reduction = legacy_reduction(reduction, size_average, reduce)
    return _weighted_mean("l1_loss", (input - target).abs(), weight, reduction)


def smooth_l1_loss(input, target, size_average=None, reduce=None, reduction="mean", beta=1.0):
    """d^2 / (2 beta) where d = |input - target| is below beta, else d - beta / 2 (Girshick, 2015).

    Raises:
        RuntimeError: a negative beta.

    >>> F.smooth_l1_loss(pt.tensor([0.5, 3.0]), pt.zeros(2))
    tensor(1.3125)
    """
    reduction = legacy_reduction(reduction, size_average, reduce)
    if beta < 0:
        fail_runtime("smooth_l1_loss", "does not support negative values for beta", beta)
    if beta == 0:
        return l1_loss(input, target, reduction=reduction)
    d = (input - target).abs()
    loss = pt.where(d < beta, d * d * (0.5 / beta), d - 0.5 * beta)
    return reduced("smooth_l1_loss", loss, reduction)


def huber_loss(input, target, reduction="mean", delta=1.0, weight=None):
    """d^2 / 2 where d = |input - target| is at most delta, else delta * (d - delta / 2).

    Source: Huber, "Robust Estimation of a Location Parameter", 1964.

    Raises:
        RuntimeError: a delta that is not positive.

    >>> F.huber_loss(pt.tensor([0.5, 3.0]), pt.zeros(2), delta=2.0)
    tensor(2.0625)
    """
    if delta <= 0:
        fail_runtime("huber_loss", "does not support non-positive values for delta", delta)
    d = (input - target).abs()
    loss = pt.where(d <= delta, d * d * 0.5, (d - 0.5 * delta) * delta)
    return _weighted_mean("huber_loss", loss, weight, reduction)


def binary_cross_entropy(
    input, target, weight=None, size_average=None, reduce=None, reduction="mean"
):
    """``-(t log x + (1 - t) log(1 - x))`` with logarithms not below -100.

    Both of one shape; `weight` broadcasts; `reduction` is "mean", "sum" or "none".

    `target` has the shape of `input`.

    Raises:
        ValueError: shapes that differ, or another reduction.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.binary_cross_entropy.html

    >>> F.binary_cross_entropy(pt.tensor([0.5]), pt.tensor([1.]))
    tensor(0.6931)
    """
    _same_size("binary_cross_entropy", input, target)
    log_x, log_rest = input.log().clamp_min(-100), (1 - input).log().clamp_min(-100)
    loss = _weighted((target - 1) * log_rest - target * log_x, weight)
    reduction = legacy_reduction(reduction, size_average, reduce)
    return reduced("binary_cross_entropy", loss, reduction)


def binary_cross_entropy_with_logits(
    input, target, weight=None, size_average=None, reduce=None, reduction="mean", pos_weight=None
):
    """`binary_cross_entropy` of ``sigmoid(input)``, without its loss of accuracy.

    Both of one shape; `weight` broadcasts; `reduction` is "mean", "sum" or "none".

    `target` has the shape of `input`; `pos_weight` are factors of the terms of 1.

    Raises:
        ValueError: shapes that differ, or another reduction.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.binary_cross_entropy_with_logits.html

    >>> F.binary_cross_entropy_with_logits(pt.tensor([0.]), pt.tensor([1.]))
    tensor(0.6931)
    """
    _same_size("binary_cross_entropy_with_logits", input, target)
    log_sigmoid = pt.nn.functional.logsigmoid(input)
    if pos_weight is not None:
        log_sigmoid = log_sigmoid * ((pos_weight - 1) * target + 1)
    loss = _weighted((1 - target) * input - log_sigmoid, weight)
    reduction = legacy_reduction(reduction, size_average, reduce)
    return reduced("binary_cross_entropy_with_logits", loss, reduction)


def kl_div(input, target, size_average=None, reduce=None, reduction="mean", log_target=False):
    """target * (log(target) - input) for log-probabilities `input`: Kullback-Leibler divergence.

    `log_target` says that the target is logarithmic too; `reduction` may also be "batchmean".

    Raises:
        ValueError: an unknown `reduction`.
        RuntimeError: shapes that do not broadcast.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.kl_div.html

    >>> F.kl_div(pt.tensor([[0.5, 0.5]]).log(), pt.tensor([[1.0, 0.0]]), reduction="batchmean")
    tensor(0.6931)
    """
    if log_target:
        loss = target.exp() * (target - input)
    else:
        loss = pt.xlogy(target, target) - target * input
    reduction = legacy_reduction(reduction, size_average, reduce)
    if reduction == "batchmean":
        return loss.sum() / input.shape[0]
    return reduced("kl_div", loss, reduction)


def poisson_nll_loss(
    input, target, log_input=True, full=False, size_average=None, eps=1e-8, reduce=None,
    reduction="mean",
):  # fmt: skip
    """exp(input) - target * input: minus the log-likelihood of a Poisson distribution.

    Without `log_input` the input is the rate itself, and eps is added before its logarithm; `full`
    adds Stirling's approximation of log(target!).

    Raises:
        ValueError: an unknown `reduction`.
        RuntimeError: shapes that do not broadcast.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.poisson_nll_loss.html

    >>> F.poisson_nll_loss(pt.tensor([0.0]), pt.tensor([2.0]))
    tensor(1.)
    """
    loss = input.exp() - target * input if log_input else input - target * (input + eps).log()
    if full:
        stirling = target * target.log() - target + 0.5 * (2 * math.pi * target).log()
        loss = loss + pt.where(target > 1, stirling, 0.0)
    reduction = legacy_reduction(reduction, size_average, reduce)
    return reduced("poisson_nll_loss", loss, reduction)


def gaussian_nll_loss(input, target, var, full=False, eps=1e-6, reduction="mean"):
    """(log(var) + (input - target)^2 / var) / 2, with var kept above eps.

    `full` adds log(2 pi) / 2. `var` has the shape of the input, or 1 or nothing as its last size.

    Raises:
        ValueError: a negative variance, or one of another shape.

    Source: Nix & Weigend, "Estimating the mean and variance", 1994.

    >>> F.gaussian_nll_loss(pt.tensor([3.0]), pt.tensor([1.0]), pt.tensor([1.0]))
    tensor(2.)
    """
    if isinstance(var, float):
        if var < 0:
            fail_value("gaussian_nll_loss", "var has negative entry/entries")
        var = var * pt.ones_like(input)
    elif (var < 0).any():
        fail_value("gaussian_nll_loss", "var has negative entry/entries")
    if tuple(var.shape) != tuple(input.shape):
        if tuple(input.shape[:-1]) == tuple(var.shape):
            var = var.unsqueeze(-1)
        elif tuple(input.shape[:-1]) != tuple(var.shape[:-1]) or var.shape[-1] != 1:
            fail_value("gaussian_nll_loss", "var is of incorrect size", list(var.shape))
    with pt.no_grad():
        # The gradient ignores the clamp, as PyTorch's does.
        clamped = var.clamp(min=eps)
    var = var + (clamped - var).detach()
    loss = 0.5 * (var.log() + (input - target) ** 2 / var)
    if full:
        loss = loss + 0.5 * math.log(2 * math.pi)
    return reduced("gaussian_nll_loss", loss, reduction)


def soft_margin_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    """``log(1 + exp(-target * input))`` for targets 1 and -1 of the input's shape.

    Raises:
        ValueError: shapes that differ.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.soft_margin_loss.html

    >>> F.soft_margin_loss(pt.tensor([0.0]), pt.tensor([1.0]))
    tensor(0.6931)
    """
    _same_size("soft_margin_loss", input, target)
    loss = (-target * input).exp().log1p()
    reduction = legacy_reduction(reduction, size_average, reduce)
    return reduced("soft_margin_loss", loss, reduction)


def hinge_embedding_loss(
    input, target, margin=1.0, size_average=None, reduce=None, reduction="mean"
):
    """The input where target is 1, ``max(0, margin - input)`` where it is -1; shapes broadcast.

    Raises:
        ValueError: an unknown `reduction`.
        RuntimeError: shapes that do not broadcast.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.hinge_embedding_loss.html

    >>> F.hinge_embedding_loss(pt.tensor([0.5, 0.25]), pt.tensor([1.0, -1.0]))
    tensor(0.6250)
    """
    apart = pt.where(target == 1, 0.0, (margin - input).clamp_min(0))
    together = pt.where(target == -1, 0.0, input)
    reduction = legacy_reduction(reduction, size_average, reduce)
    return reduced("hinge_embedding_loss", apart + together, reduction)


def margin_ranking_loss(
    input1, input2, target, margin=0, size_average=None, reduce=None, reduction="mean"
):
    """``max(0, -target * (input1 - input2) + margin)`` for targets 1 and -1; shapes broadcast.

    Raises:
        RuntimeError: ranks that differ.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.margin_ranking_loss.html

    >>> F.margin_ranking_loss(pt.tensor([1.0]), pt.tensor([3.0]), pt.tensor([1.0]))
    tensor(2.)
    """
    if not input1.ndim == input2.ndim == target.ndim:
        fail_runtime(
            "margin_ranking_loss",
            "All input tensors should have same dimension but got sizes: "
            f"input1: {list(input1.shape)}, input2: {list(input2.shape)}, "
            f"target: {list(target.shape)}",
        )
    loss = (-target * (input1 - input2) + margin).clamp_min(0)
    reduction = legacy_reduction(reduction, size_average, reduce)
    return reduced("margin_ranking_loss", loss, reduction)


def cosine_embedding_loss(
    input1, input2, target, margin=0, size_average=None, reduce=None, reduction="mean"
):
    """``1 - cos`` of pairs with target 1, ``max(0, cos - margin)`` of those with -1.

    Shapes: inputs [N, D], target [N]; or [D] and [].

    The pairs are rows of `input1` and `input2`.

    Raises:
        RuntimeError: inputs or a target of other ranks.
        ValueError: an unknown `reduction`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.cosine_embedding_loss.html

    >>> x, y = pt.tensor([[1.0, 0.0]]), pt.tensor([[0.0, 1.0]])
    >>> F.cosine_embedding_loss(x, y, pt.tensor([1.0]))
    tensor(1.)
    """
    if target.ndim > 1:
        fail_runtime(
            "cosine_embedding_loss", "0D or 1D target tensor expected, multi-target not supported",
            list(target.shape),
        )  # fmt: skip
    if input1.ndim != target.ndim + 1 or input2.ndim != target.ndim + 1:
        fail_runtime(
            "cosine_embedding_loss",
            f"{target.ndim}D target tensor expects {target.ndim + 1}D input tensors",
            f"inputs of shapes {list(input1.shape)} and {list(input2.shape)}",
        )
    epsilon = 1e-12
    product = (input1 * input2).sum(-1)
    lengths = ((input1 * input1).sum(-1) + epsilon) * ((input2 * input2).sum(-1) + epsilon)
    cos = product / lengths.sqrt()
    loss = pt.where(target == 1, 1 - cos, 0.0)
    loss = loss + pt.where(target == -1, (cos - margin).clamp_min(0), 0.0)
    reduction = legacy_reduction(reduction, size_average, reduce)
    return reduced("cosine_embedding_loss", loss, reduction)


def triplet_margin_loss(
    anchor, positive, negative, margin=1.0, p=2, eps=1e-6, swap=False, size_average=None,
    reduce=None, reduction="mean",
):  # fmt: skip
    """``max(0, |anchor - positive| - |anchor - negative| + margin)`` in the p-norm.

    Shapes: three times [N, D] or [D]; `swap` takes the distance of positive and negative where
    that is less; eps is added to differences (Balntas et al., 2016).

    Raises:
        ValueError: a margin that is not positive, an unknown `reduction`.
        RuntimeError: tensors of different ranks, or shapes that do not broadcast.

    >>> a, p, n = pt.zeros(1, 2), pt.tensor([[3.0, 4.0]]), pt.tensor([[0.0, 2.0]])
    >>> F.triplet_margin_loss(a, p, n)
    tensor(4.0000)
    """

    def distance(a, b):
        return pt.nn.functional.pairwise_distance(a, b, p, eps)

    reduction = legacy_reduction(reduction, size_average, reduce)
    return triplet_margin_with_distance_loss(
        anchor, positive, negative, distance_function=distance, margin=margin, swap=swap,
        reduction=reduction,
    )  # fmt: skip


def triplet_margin_with_distance_loss(
    anchor, positive, negative, *, distance_function=None, margin=1.0, swap=False, reduction="mean",
):  # fmt: skip
    """`triplet_margin_loss` with any function of two tensors as the distance.

    Raises:
        ValueError: a margin that is not positive, an unknown `reduction`.
        RuntimeError: tensors of different ranks.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.triplet_margin_with_distance_loss.html

    >>> a, p, n = pt.zeros(1, 2), pt.tensor([[3.0, 4.0]]), pt.tensor([[0.0, 2.0]])
    >>> city_block = lambda x, y: (x - y).abs().sum(1)
    >>> F.triplet_margin_with_distance_loss(a, p, n, distance_function=city_block)
    tensor(6.)
    """
    if margin <= 0:
        fail_value("triplet_margin_loss", "margin must be greater than 0", margin)
    ranks = anchor.ndim, positive.ndim, negative.ndim
    if len(set(ranks)) > 1:
        fail_runtime(
            "triplet_margin_loss",
            "The anchor, positive, and negative tensors are expected to have the same number of "
            "dimensions",
            ", ".join(f"{n}D" for n in ranks),
        )
    distance = distance_function or pt.nn.functional.pairwise_distance
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = pt.minimum(far, distance(positive, negative))
    return reduced("triplet_margin_loss", (near - far + margin).clamp_min(0), reduction)
