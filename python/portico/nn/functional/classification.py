"""Losses of class scores against class numbers (or class probabilities).

The class score of each sample is picked by one gather along the class axis with
every other axis as a batch dimension, so that log_softmax, gather and the
reductions are one fusible graph over the rows.
"""

import portico as pt
from portico._fail import fail_runtime, fail_value
from portico._generated import ops

from ._args import legacy_reduction, reduced

__all__ = [
    "cross_entropy",
    "linear_cross_entropy",
    "multi_margin_loss",
    "multilabel_margin_loss",
    "multilabel_soft_margin_loss",
    "nll_loss",
]


def _classes_last(x):
    """[N, C, d..] as [N, d.., C]; [C] stays."""
    return x.movedim(1, -1) if x.ndim > 2 else x


def _check_target(op, input, target, weight):
    if input.ndim < 1:
        fail_value(op, f"Expected 1 or more dimensions (got {input.ndim})")
    classes = input.shape[0] if input.ndim == 1 else input.shape[1]
    wanted = (*input.shape[:1], *input.shape[2:]) if input.ndim > 1 else ()
    if tuple(target.shape) != tuple(wanted):
        if input.ndim > 1 and target.ndim and target.shape[0] != input.shape[0]:
            fail_value(
                op,
                f"Expected input batch_size ({input.shape[0]}) to match target batch_size "
                f"({target.shape[0]})",
            )
        fail_runtime(op, "target has the wrong shape", list(target.shape), f"{list(wanted)}")
    if target.dtype not in (pt.int64, pt.int32, pt.uint8):
        fail_runtime(op, "expected scalar type Long", target.dtype, "int64 class numbers")
    if weight is not None and (weight.ndim != 1 or weight.shape[0] != classes):
        fail_runtime(
            op,
            f"weight tensor should be defined either for all {classes} classes or no classes "
            f"but got weight tensor of shape: {list(weight.shape)}",
        )


def _nll(op, log_p, target, weight, ignore_index, smoothing=0.0):
    """Loss and weight of each sample; log_p has its classes last."""
    if target.dtype is pt.uint8:
        target = target.long()
    counted = target != ignore_index
    safe = pt.where(counted, target, 0)
    axis = log_p.ndim - 1
    loss = -ops.gather(log_p, safe, axis, axis)
    if weight is not None:
        share = ops.gather(weight, safe, 0, 0)
        loss = loss * share
    else:
        share = None
    if smoothing:
        spread = log_p if weight is None else log_p * weight
        smooth = -spread.sum(-1) / log_p.shape[-1]
        loss = loss * (1 - smoothing) + smooth * smoothing
    zero = pt.zeros((), dtype=loss.dtype, device=loss.device)
    share = counted.to(loss.dtype) if share is None else pt.where(counted, share, zero)
    return pt.where(counted, loss, zero), share


def _reduce_by_weight(op, loss, share, reduction):
    if reduction == "mean":
        return loss.sum() / share.sum()
    return reduced(op, loss, reduction)


def nll_loss(
    input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean",
):  # fmt: skip
    """Negative log likelihood: minus the `input` (log-probabilities [N, C, d..]) at `target`.

    `target` holds class numbers [N, d..]; samples of class `ignore_index` count
    for nothing. A class outside [0, C) raises `IndexError` at run time.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.nll_loss.html

    >>> F.nll_loss(pt.tensor([[-1., -2.], [-3., -4.]]), pt.tensor([1, 0]))
    tensor(2.5000)
    """
    _check_target("nll_loss", input, target, weight)
    loss, share = _nll("nll_loss", _classes_last(input), target, weight, ignore_index)
    reduction = legacy_reduction(reduction, size_average, reduce)
    return _reduce_by_weight("nll_loss", loss, share, reduction)


def cross_entropy(
    input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean",
    label_smoothing=0.0,
):  # fmt: skip
    """`nll_loss` of ``log_softmax(input)``; `target` may also hold class probabilities.

    `input` is [N, C, d..] or [C]. `target` holds class numbers [N, d..] of an
    integer dtype, or probabilities of the shape of `input`.

    `label_smoothing` in [0, 1] is the share that all classes divide.

    Raises:
        ValueError, RuntimeError: shapes that do not match, another reduction or smoothing.
        IndexError: a class out of range, when the result is computed.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.cross_entropy.html

    >>> F.cross_entropy(pt.tensor([[0., 0.]]), pt.tensor([1]))
    tensor(0.6931)
    """
    if not 0.0 <= label_smoothing <= 1.0:
        fail_runtime(
            "cross_entropy", "label_smoothing must be between 0.0 and 1.0", label_smoothing
        )
    reduction = legacy_reduction(reduction, size_average, reduce)
    if target.dtype.is_floating_point:
        return _soft_cross_entropy(input, target, weight, reduction, label_smoothing, ignore_index)
    _check_target("cross_entropy", input, target, weight)
    log_p = pt.log_softmax(_classes_last(input), -1)
    loss, share = _nll("cross_entropy", log_p, target, weight, ignore_index, label_smoothing)
    return _reduce_by_weight("cross_entropy", loss, share, reduction)


def linear_cross_entropy(
    input, linear_weight, target, *, linear_bias=None, weight=None, reduction="mean",
    ignore_index=None, label_smoothing=0.0, options=None,
):  # fmt: skip
    """`cross_entropy` of ``linear(input, linear_weight, linear_bias)``.

    Shapes: input [N, in], linear_weight [C, in], linear_bias [C], target as for `cross_entropy`.

    `ignore_index` and `label_smoothing` are those of `cross_entropy`; `options` is accepted.

    Raises:
        RuntimeError: sizes or dtypes that do not match.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.linear_cross_entropy.html

    >>> F.linear_cross_entropy(pt.ones(1, 2), pt.zeros(3, 2), pt.tensor([1]))
    tensor(1.0986)
    """
    classes = tuple(linear_weight.shape[:-1])
    flat = linear_weight.reshape(-1, linear_weight.shape[-1])
    bias = None if linear_bias is None else linear_bias.reshape(-1)
    scores = pt.nn.functional.linear(input, flat, bias)
    return cross_entropy(
        scores.reshape(*input.shape[:-1], *classes),
        target,
        weight,
        ignore_index=-100 if ignore_index is None else ignore_index,
        reduction=reduction,
        label_smoothing=label_smoothing,
    )


def _soft_cross_entropy(input, target, weight, reduction, smoothing, ignore_index):
    if tuple(input.shape) != tuple(target.shape):
        fail_runtime(
            "cross_entropy",
            "class probabilities must have the shape of the input",
            list(target.shape),
            list(input.shape),
        )
    if ignore_index >= 0:
        fail_runtime(
            "cross_entropy", "ignore_index is not supported for floating point target", ignore_index
        )
    log_p, target = pt.log_softmax(_classes_last(input), -1), _classes_last(target)
    if smoothing:
        target = target * (1 - smoothing) + smoothing / target.shape[-1]
    spread = log_p * target if weight is None else log_p * target * weight
    loss = -spread.sum(-1)
    if reduction == "mean":
        return loss.sum() / max(1, loss.numel())
    return reduced("cross_entropy", loss, reduction)


def _rows(op, input, target):
    """[N, C] and [N] (or a target of [N, C]), and whether a batch was added."""
    if input.ndim not in (1, 2):
        fail_runtime(op, "Expected non-empty vector or matrix", list(input.shape))
    if not input.shape[-1]:
        fail_runtime(op, "Expected at least one class", list(input.shape))
    if input.ndim == 1:
        return input.unsqueeze(0), target.reshape(1, -1), True
    return input, target, False


def multi_margin_loss(
    input, target, p=1, margin=1.0, weight=None, size_average=None, reduce=None, reduction="mean",
):  # fmt: skip
    """``sum over i != y of max(0, margin - x[y] + x[i])^p / C``.

    Shapes: input [N, C] (or [C]), target [N] (or []) of int64, weight [C].

    Raises:
        ValueError: p other than 1 or 2, an unknown `reduction`.
        RuntimeError: an input of another rank or without classes, a target of another shape.
        IndexError: a class out of range, when the result is computed.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.multi_margin_loss.html

    >>> F.multi_margin_loss(pt.tensor([[0.5, 1.0]]), pt.tensor([1]))
    tensor(0.2500)
    """
    if p not in (1, 2):
        fail_value("multi_margin_loss", "only p == 1 and p == 2 supported", p)
    if input.ndim == 0:
        input = input.reshape(1)
    x, target, unbatched = _rows("multi_margin_loss", input, target)
    target = target.reshape(-1)
    if target.shape[0] != x.shape[0]:
        fail_runtime(
            "multi_margin_loss", "target must have an entry for each sample", list(target.shape),
            [x.shape[0]],
        )  # fmt: skip
    score = x.gather(1, target.unsqueeze(1))
    loss = (margin - score + x).clamp_min(0)
    loss = loss * loss if p == 2 else loss
    if weight is not None:
        loss = loss * weight.index_select(0, target).unsqueeze(1)
    others = pt.arange(x.shape[1], device=x.device) != target.unsqueeze(1)
    loss = pt.where(others, loss, 0.0).sum(1) / x.shape[1]
    loss = loss.squeeze(0) if unbatched and target.numel() == 1 else loss
    reduction = legacy_reduction(reduction, size_average, reduce)
    return reduced("multi_margin_loss", loss, reduction)


def multilabel_margin_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    """``sum over labels j, others i of max(0, 1 - x[j] + x[i]) / C``.

    Shapes: input and int64 target [N, C] or [C]; a target lists its labels, ended by -1.

    Raises:
        RuntimeError: an input of another rank or without classes, a target of another shape.
        ValueError: an unknown `reduction`.
        IndexError: a label out of range, when the result is computed.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.multilabel_margin_loss.html

    >>> F.multilabel_margin_loss(pt.tensor([[0.5, 1.0]]), pt.tensor([[1, -1]]))
    tensor(0.2500)
    """
    if input.ndim == 0:
        x, target, unbatched = input.reshape(1, 1), target.reshape(1, 1), True
    else:
        x, target, unbatched = _rows("multilabel_margin_loss", input, target)
    if target.shape != x.shape:
        fail_runtime(
            "multilabel_margin_loss", "inconsistent target size", list(target.shape), list(x.shape)
        )
    classes = x.shape[1]
    listed = (target == -1).long().cumsum(1) == 0
    safe = pt.where(listed, target, 0)
    is_label = pt.zeros_like(x).scatter_add(1, safe, listed.to(x.dtype)) > 0
    score = x.gather(1, safe)
    gap = (1 - score.unsqueeze(2) + x.unsqueeze(1)).clamp_min(0)
    pairs = listed.unsqueeze(2) & ~is_label.unsqueeze(1)
    loss = pt.where(pairs, gap, 0.0).sum((1, 2)) / classes
    loss = loss.squeeze(0) if unbatched else loss
    reduction = legacy_reduction(reduction, size_average, reduce)
    return reduced("multilabel_margin_loss", loss, reduction)


def multilabel_soft_margin_loss(
    input, target, weight=None, size_average=None, reduce=None, reduction="mean"
):
    """Mean over classes of binary cross entropy of sigmoid(input); both [N, C] or [C].

    `target` is 0 or 1.

    Raises:
        RuntimeError: shapes that do not broadcast.
        ValueError: an unknown `reduction`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.multilabel_soft_margin_loss.html

    >>> F.multilabel_soft_margin_loss(pt.tensor([[0.0, 0.0]]), pt.tensor([[1.0, 0.0]]))
    tensor(0.6931)
    """
    log_sigmoid = pt.nn.functional.logsigmoid
    loss = -(target * log_sigmoid(input) + (1 - target) * log_sigmoid(-input))
    if weight is not None:
        loss = loss * weight
    loss = loss.sum(-1) / input.shape[-1]
    reduction = legacy_reduction(reduction, size_average, reduce)
    return reduced("multilabel_soft_margin_loss", loss, reduction)
