"""Rows of a table, chosen by integer indices."""

import portico as pt
from portico._fail import fail_runtime, fail_value
from portico._generated import ops

__all__ = [
    "embedding",
    "embedding_bag",
    "one_hot",
]


def _check_indices(op, input):
    if input.dtype not in (pt.int64, pt.int32):
        fail_runtime(
            op,
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: "
            "Long, Int",
            input.dtype,
        )


def _padding_row(op, padding_idx, rows):
    if padding_idx is None:
        return None
    if not -rows <= padding_idx < rows:
        fail_value(
            op, "padding_idx must be within num_embeddings", padding_idx, f"|index| < {rows}"
        )
    return padding_idx % rows


def _renormalise(weight, indices, max_norm, norm_type):
    """Rows in use that are longer than max_norm are cut to it, in place."""
    with pt.no_grad():
        norms = weight.norm(norm_type, 1, keepdim=True)
        used = pt.zeros(weight.shape[0], dtype=pt.bool, device=weight.device)
        used = used.index_fill(0, indices.reshape(-1).long(), True).unsqueeze(1)
        scale = pt.where(used & (norms > max_norm), max_norm / (norms + 1e-7), 1.0)
        weight.mul_(scale)


def embedding(
    input, weight, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False,
    sparse=False,
):  # fmt: skip
    """``weight[input]``: rows of `weight` [num, dim] at integer indices.

    The row `padding_idx` gets no gradient. An index out of range raises
    `IndexError` when the result is computed. Gradients are dense also with
    `sparse`.

    Shape: [..] -> [.., dim]; indices are int64 or int32.

    Rows whose `norm_type`-norm is above `max_norm` are made shorter in the table;
    `scale_grad_by_freq` divides gradients by how often an index occurs.

    Raises:
        RuntimeError: indices of another dtype.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.embedding.html

    >>> F.embedding(pt.tensor([1, 0]), pt.tensor([[1., 2.], [3., 4.]]))
    tensor([[3., 4.],
            [1., 2.]])
    """
    _check_indices("embedding", input)
    if weight.ndim != 2:
        fail_runtime("embedding", "'weight' must be 2-D", list(weight.shape))
    padding_idx = _padding_row("embedding", padding_idx, weight.shape[0])
    if max_norm is not None:
        _renormalise(weight, input, max_norm, norm_type)
    rows = ops.gather(weight, input, 0, 0)
    if not (pt.is_grad_enabled() and weight.requires_grad):
        return rows
    if scale_grad_by_freq:
        counts = pt.bincount(input.reshape(-1).long(), minlength=weight.shape[0])
        share = 1.0 / counts[input].to(rows.dtype).unsqueeze(-1)
        rows = rows.detach() + (rows - rows.detach()) * share
    if padding_idx is not None:
        rows = pt.where((input == padding_idx).unsqueeze(-1), rows.detach(), rows)
    return rows


def _bags(op, input, offsets, include_last_offset):
    """[L] indices, [L] bag numbers and the number of bags."""
    if input.ndim == 2:
        if offsets is not None:
            fail_value(op, "if input is 2D, then offsets has to be None", list(offsets.shape))
        bags, length = input.shape
        number = pt.arange(bags, device=input.device).unsqueeze(1).expand(bags, length)
        return input.reshape(-1), number.reshape(-1), bags
    if input.ndim != 1:
        fail_value(op, f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.ndim}")
    if offsets is None or offsets.ndim != 1:
        fail_value(op, "offsets has to be a 1D Tensor when input is 1D")
    bags = offsets.shape[0] - (1 if include_last_offset else 0)
    position = pt.arange(input.shape[0], device=input.device)
    begun = offsets[:bags].unsqueeze(0) <= position.unsqueeze(1)
    return input, begun.long().sum(1) - 1, bags


def embedding_bag(
    input, weight, offsets=None, max_norm=None, norm_type=2, scale_grad_by_freq=False, mode="mean",
    sparse=False, per_sample_weights=None, include_last_offset=False, padding_idx=None,
):  # fmt: skip
    """Sum, mean or maximum of the rows of each bag of indices.

    `input` is [B, N], or 1-d with `offsets` where each bag begins.

    Gives [B, dim]; `mode` is sum, mean or max.

    Rows whose `norm_type`-norm is above `max_norm` are made shorter in the table;
    `scale_grad_by_freq` divides gradients by how often an index occurs.

    `per_sample_weights` are factors of the rows; with `include_last_offset` the last offset is the
    end; the row `padding_idx` is left out; `sparse` is accepted.

    Raises:
        ValueError: no offsets, or another mode; RuntimeError: indices of another dtype.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.embedding_bag.html

    >>> F.embedding_bag(pt.tensor([[0, 1]]), pt.tensor([[1., 2.], [3., 4.]]))
    tensor([[2., 3.]])
    """
    op = "embedding_bag"
    if input.is_floating_point() and not weight.is_floating_point():
        # The order of an early PyTorch, which it still takes.
        input, weight = weight, input
    if mode not in ("sum", "mean", "max"):
        fail_value(op, "mode has to be one of sum, mean or max", mode)
    if per_sample_weights is not None:
        if mode != "sum":
            fail_runtime(op, f"per_sample_weights is only supported for mode='sum' (got '{mode}')")
        if tuple(per_sample_weights.shape) != tuple(input.shape):
            fail_value(
                op,
                "per_sample_weights must have the shape of input",
                list(per_sample_weights.shape),
                list(input.shape),
            )
    _check_indices(op, input)
    indices, bag, bags = _bags(op, input, offsets, include_last_offset)
    padding_idx = _padding_row(op, padding_idx, weight.shape[0])
    rows = embedding(indices, weight, padding_idx, max_norm, norm_type, scale_grad_by_freq)
    if per_sample_weights is not None:
        rows = rows * per_sample_weights.reshape(-1, 1)
    counted = pt.ones(indices.shape, dtype=rows.dtype, device=rows.device)
    if padding_idx is not None:
        counted = (indices != padding_idx).to(rows.dtype)
    zeros = pt.zeros((bags, weight.shape[1]), dtype=rows.dtype, device=rows.device)
    count = pt.zeros(bags, dtype=rows.dtype, device=rows.device).index_add(0, bag, counted)
    if mode == "max":
        lowest = zeros - float("inf")
        kept = pt.where(counted.unsqueeze(1) > 0, rows, float("-inf"))
        spread = bag.unsqueeze(1).expand(-1, rows.shape[1])
        top = lowest.scatter_reduce(0, spread, kept, "amax", include_self=True)
        return pt.where((count > 0).unsqueeze(1), top, 0.0)
    total = zeros.index_add(0, bag, rows * counted.unsqueeze(1))
    return total / count.clamp_min(1).unsqueeze(1) if mode == "mean" else total


def one_hot(tensor, num_classes=-1):
    """A last dimension with 1 at the class number and 0 elsewhere.

    Shape: int64 [..] -> int64 [.., num_classes], by default the largest number and 1.

    Raises:
        RuntimeError: a number out of range, or another dtype.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.one_hot.html

    >>> F.one_hot(pt.tensor([2, 0]), 3)
    tensor([[0, 0, 1],
            [1, 0, 0]])
    """
    op = "one_hot"
    if tensor.dtype is not pt.int64:
        fail_runtime(
            op, "one_hot is only applicable to index tensor of type LongTensor", tensor.dtype
        )
    if tensor.numel():
        low, high = int(tensor.min().item()), int(tensor.max().item())
        if low < 0:
            fail_runtime(op, "Class values must be non-negative.", low)
        if num_classes == -1:
            num_classes = high + 1
        elif high >= num_classes:
            fail_runtime(op, "Class values must be smaller than num_classes.", high, num_classes)
    elif num_classes <= 0:
        fail_runtime(op, "Can not infer total number of classes from empty tensor.", num_classes)
    if num_classes < 1:
        fail_runtime(op, "num_classes should be positive", num_classes)
    classes = pt.arange(num_classes, device=tensor.device)
    return (tensor.unsqueeze(-1) == classes).long()
