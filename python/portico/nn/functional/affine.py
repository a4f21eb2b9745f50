"""Affine maps."""

import portico as pt
from portico._fail import fail_runtime

__all__ = [
    "bilinear",
    "linear",
]


def linear(input, weight, bias=None):
    """``input @ weight.T + bias`` with `weight` [out, in] (or [in]).

    Shapes: [.., in] and [out] of bias -> [.., out], of one dtype.

    Raises:
        RuntimeError: other sizes or dtypes.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.linear.html

    >>> F.linear(pt.tensor([1., 2.]), pt.tensor([[3., 4.]]), pt.tensor([1.]))
    tensor([12.])
    """
    if input.ndim == 0 or input.shape[-1] != weight.shape[-1]:
        rows = input.numel() // input.shape[-1] if input.ndim and input.shape[-1] else 0
        columns = input.shape[-1] if input.ndim else "()"
        fail_runtime(
            "linear",
            f"mat1 and mat2 shapes cannot be multiplied ({rows}x{columns} and "
            f"{weight.shape[-1]}x{weight.shape[0]})",
            f"input {list(input.shape)} and weight {list(weight.shape)}",
        )
    y = pt.matmul(input, weight.t() if weight.ndim == 2 else weight)
    if bias is None:
        return y
    if bias.ndim > 1 or (bias.ndim == 1 and bias.shape[0] not in (1, *y.shape[-1:])):
        fail_runtime("linear", "bias does not fit", list(bias.shape), list(weight.shape[:-1]))
    return y + bias


def bilinear(input1, input2, weight, bias=None):
    """``x1 @ weight_k @ x2 + bias_k`` for each of K outputs.

    Shapes: [.., A] and [.., B] with weight [K, A, B] and bias [K] -> [.., K].

    `input1` and `input2` have the same leading sizes.

    Raises:
        RuntimeError: shapes that do not match.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.bilinear.html

    >>> F.bilinear(pt.ones(1, 2), pt.ones(1, 3), pt.ones(1, 2, 3))
    tensor([[6.]])
    """
    if input1.shape[-1] != weight.shape[1] or input2.shape[-1] != weight.shape[2]:
        fail_runtime(
            "bilinear",
            "input sizes do not match weight size",
            f"{input1.shape[-1]}, {input2.shape[-1]}",
            f"{weight.shape[1]}, {weight.shape[2]}",
        )
    if tuple(input1.shape[:-1]) != tuple(input2.shape[:-1]):
        fail_runtime(
            "bilinear",
            "input batch dimensions do not match",
            f"{list(input1.shape)} and {list(input2.shape)}",
        )
    lead = tuple(input1.shape[:-1])
    x1, x2 = input1.reshape(-1, input1.shape[-1]), input2.reshape(-1, input2.shape[-1])
    features, i, j = weight.shape
    half = (x1 @ weight.permute(1, 0, 2).reshape(i, features * j)).reshape(-1, features, j)
    y = (half * x2.unsqueeze(1)).sum(-1).reshape(*lead, features)
    return y if bias is None else y + bias
