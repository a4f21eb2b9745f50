"""Sliding-window pooling over one to three trailing dimensions."""

import math

import portico as pt
from portico._fail import fail_runtime
from portico._generated import ops

from ._args import per_dim, per_dims, with_batch

__all__ = [
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "lp_pool1d",
    "lp_pool2d",
    "lp_pool3d",
    "max_pool1d",
    "max_pool1d_with_indices",
    "max_pool2d",
    "max_pool2d_with_indices",
    "max_pool3d",
    "max_pool3d_with_indices",
    "max_unpool1d",
    "max_unpool2d",
    "max_unpool3d",
]

SUM, MAX = 0, 2


def _window_sizes(op, size, kernel, stride, padding, dilation, ceil_mode):
    """Output sizes, and the padding behind that makes the windows fit."""
    out, high = [], []
    for n, k, s, p, d in zip(size, kernel, stride, padding, dilation, strict=True):
        if k <= 0 or s <= 0 or d <= 0:
            fail_runtime(
                op, "kernel size, stride and dilation must be greater than zero", (k, s, d)
            )
        if p < 0 or p > ((k - 1) * d + 1) // 2:
            fail_runtime(
                op,
                f"pad should be at most half of effective kernel size, but got pad={p}, "
                f"kernel_size={k} and dilation={d}",
            )
        span = (k - 1) * d + 1
        room = n + 2 * p - span
        count = (-(-room // s) if ceil_mode else room // s) + 1
        if ceil_mode and (count - 1) * s >= n + p:
            count -= 1  # the last window must begin inside the input or the padding before it
        if count < 1:
            fail_runtime(op, f"Given input size: {tuple(size)}. Output size is too small", (count,))
        out.append(count)
        high.append(max(0, (count - 1) * s + span - n - p))
    return out, high


def _geometry(op, n, kernel_size, stride, padding, dilation):
    if stride is None or stride == () or stride == []:
        stride = kernel_size
    return per_dims(
        op, n, kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation
    )


def _max_pool(op, n, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices):
    x, unbatched = with_batch(op, input, n)
    kernel, stride, padding, dilation = _geometry(op, n, kernel_size, stride, padding, dilation)
    _, high = _window_sizes(op, x.shape[2:], kernel, stride, padding, dilation, ceil_mode)
    y = ops.reduce_window(x, MAX, kernel, stride, dilation, padding, high)
    y = y.squeeze(0) if unbatched else y
    if not return_indices:
        return y
    where = ops.arg_reduce_window(x.detach(), MAX, kernel, stride, dilation, padding, high)
    return y, where.squeeze(0) if unbatched else where


def _max_pool_function(n, doc):
    op = f"max_pool{n}d"

    def pool(
        input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False,
        return_indices=False,
    ):  # fmt: skip
        return _max_pool(
            op, n, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices
        )

    def pool_with_indices(
        input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False,
        return_indices=True,
    ):  # fmt: skip
        return _max_pool(op, n, input, kernel_size, stride, padding, dilation, ceil_mode, True)

    pool.__name__ = pool.__qualname__ = op
    pool.__doc__ = doc
    name = f"{op}_with_indices"
    pool_with_indices.__name__ = pool_with_indices.__qualname__ = name
    pool_with_indices.__doc__ = f"""`{op}`, and the flat int64 position of each maximum.

    Raises:
        RuntimeError: an input of another rank; windows that leave no output.

    >>> F.{name}(pt.ones(1, 1{", 2" * n}), 2)[1].flatten()
    tensor([0])
    """
    return pool, pool_with_indices


max_pool1d, max_pool1d_with_indices = _max_pool_function(
    1,
    """Largest element of each window of `input` [N, C, L]; nan wins.

    Args:
        kernel_size, stride, padding, dilation (int): the windows, `stride` apart (as wide as a
            window by default), elements `dilation` apart, `padding` elements of -inf around.
        ceil_mode (bool): keep the last window where it is not full.
        return_indices (bool): return the int64 positions of the maxima too.

    Raises:
        RuntimeError: an input of another rank; windows that leave no output.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_pool1d.html

    >>> F.max_pool1d(pt.tensor([[[1., 3., 2., 4.]]]), 2)
    tensor([[[3., 4.]]])
    """,
)
max_pool2d, max_pool2d_with_indices = _max_pool_function(
    2,
    """Largest element of each window of `input` [N, C, H, W]; nan wins.

    Arguments are those of `max_pool1d`; sizes are an int or one int per dimension.

    Raises:
        RuntimeError: an input of another rank; windows that leave no output.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_pool2d.html

    >>> F.max_pool2d(pt.arange(16.).reshape(1, 1, 4, 4), 2)
    tensor([[[[ 5.,  7.],
              [13., 15.]]]])
    """,
)
max_pool3d, max_pool3d_with_indices = _max_pool_function(
    3,
    """Largest element of each window of `input` [N, C, D, H, W]; nan wins.

    Arguments are those of `max_pool1d`; sizes are an int or one int per dimension.

    Raises:
        RuntimeError: an input of another rank; windows that leave no output.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_pool3d.html

    >>> F.max_pool3d(pt.ones(1, 1, 2, 2, 2), 2).shape
    portico.Size([1, 1, 1, 1, 1])
    """,
)


def _max_unpool(op, n, input, indices, kernel_size, stride, padding, output_size):
    kernel, stride, padding, _ = _geometry(op, n, kernel_size, stride, padding, 1)
    if indices.dtype is not pt.int64:
        fail_runtime(op, "elements in indices should be type int64", indices.dtype)
    if indices.shape != input.shape:
        fail_runtime(
            op, "indices must have the shape of the input", list(indices.shape), list(input.shape)
        )
    spatial = input.shape[-n:]
    size = [
        (i - 1) * s + k - 2 * p for i, s, k, p in zip(spatial, stride, kernel, padding, strict=True)
    ]
    if output_size is not None:
        size = [int(s) for s in output_size][-n:]
    lead = input.shape[: input.ndim - n]
    flat = pt.zeros((*lead, math.prod(size)), dtype=input.dtype, device=input.device)
    where, values = indices.flatten(-n), input.flatten(-n)
    placed = flat.scatter(-1, where, values.detach())
    if input.requires_grad and pt.is_grad_enabled():
        # As in PyTorch, values that share an index all get its gradient, also those
        # that another one overwrote. This sum is 0 and has that gradient.
        placed = placed + flat.scatter_add(-1, where, values - values.detach())
    return placed.reshape(*lead, *size)


def max_unpool1d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    """Puts each pooled value [N, C, L] back at its index; other elements are 0.

    `output_size` is needed where the size before pooling is not certain.

    Raises:
        RuntimeError: indices of another shape or dtype.
        IndexError: an index out of range, when the result is computed.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool1d.html

    >>> maxima, indices = F.max_pool1d(pt.tensor([[1., 3., 2., 0.]]), 2, return_indices=True)
    >>> F.max_unpool1d(maxima, indices, 2)
    tensor([[0., 3., 2., 0.]])
    """
    return _max_unpool("max_unpool1d", 1, input, indices, kernel_size, stride, padding, output_size)


def max_unpool2d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    """Puts each pooled value [N, C, H, W] back at its index; other elements are 0.

    Raises:
        RuntimeError: indices of another shape or dtype.
        IndexError: an index out of range, when the result is computed.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool2d.html

    >>> maxima, indices = F.max_pool2d(pt.ones(1, 1, 4, 4), 2, return_indices=True)
    >>> F.max_unpool2d(maxima, indices, 2).sum()
    tensor(4.)
    """
    return _max_unpool("max_unpool2d", 2, input, indices, kernel_size, stride, padding, output_size)


def max_unpool3d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    """Puts each pooled value [N, C, D, H, W] back at its index; other elements are 0.

    Raises:
        RuntimeError: indices of another shape or dtype.
        IndexError: an index out of range, when the result is computed.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool3d.html

    >>> maxima, indices = F.max_pool3d(pt.ones(1, 1, 4, 4, 4), 2, return_indices=True)
    >>> F.max_unpool3d(maxima, indices, 2).sum()
    tensor(8.)
    """
    return _max_unpool("max_unpool3d", 3, input, indices, kernel_size, stride, padding, output_size)


def _avg_pool(
    op, n, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
):
    x, unbatched = with_batch(op, input, n)
    kernel, stride, padding, ones = _geometry(op, n, kernel_size, stride, padding, 1)
    size = x.shape[2:]
    _, high = _window_sizes(op, size, kernel, stride, padding, ones, ceil_mode)
    if divisor_override is not None and divisor_override == 0:
        fail_runtime(op, "divisor must be not zero", divisor_override)
    total = ops.reduce_window(x, SUM, kernel, stride, ones, padding, high)
    beyond = any(h > p for h, p in zip(high, padding, strict=True))
    if divisor_override is not None:
        y = total / divisor_override
    elif not beyond and (count_include_pad or not any(padding) and not any(high)):
        y = total * (1.0 / math.prod(kernel))
    else:
        # How many elements a window has differs at the borders: count them.
        low, behind = padding, high
        if count_include_pad:
            size = [s + 2 * p for s, p in zip(size, padding, strict=True)]
            low = (0,) * n
            behind = [max(0, h - p) for h, p in zip(high, padding, strict=True)]
        cells = pt.ones(tuple(size), dtype=x.dtype, device=x.device)
        y = total / ops.reduce_window(cells, SUM, kernel, stride, ones, low, behind)
    return y.squeeze(0) if unbatched else y


def avg_pool1d(input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
    """Mean of each window of `input` [N, C, L].

    Windows are `stride` apart (as wide as a window by default) with `padding` zeros around, which
    count if `count_include_pad`; `ceil_mode` keeps the last window where it is not full.

    Raises:
        RuntimeError: an input of another rank; windows that leave no output.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool1d.html

    >>> F.avg_pool1d(pt.tensor([[[1., 3., 2., 4.]]]), 2)
    tensor([[[2., 3.]]])
    """
    return _avg_pool(
        "avg_pool1d", 1, input, kernel_size, stride, padding, ceil_mode, count_include_pad, None
    )


def avg_pool2d(
    input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True,
    divisor_override=None,
):  # fmt: skip
    """Mean of each window of `input` [N, C, H, W].

    Arguments and errors are those of `avg_pool1d`; sizes are an int or one int per dimension.
    `divisor_override` divides the sums by another number.

    Raises:
        RuntimeError: an input of another rank, a window larger than the padded input, padding over
            half a window.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool2d.html

    >>> F.avg_pool2d(pt.arange(4.).reshape(1, 1, 2, 2), 2)
    tensor([[[[1.5000]]]])
    """
    return _avg_pool(
        "avg_pool2d", 2, input, kernel_size, stride, padding, ceil_mode, count_include_pad,
        divisor_override,
    )  # fmt: skip


def avg_pool3d(
    input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True,
    divisor_override=None,
):  # fmt: skip
    """Mean of each window of `input` [N, C, D, H, W]; all else is as for `avg_pool2d`.

    Raises:
        RuntimeError: an input of another rank, a window larger than the padded input, padding over
            half a window.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool3d.html

    >>> F.avg_pool3d(pt.ones(1, 1, 2, 2, 2), 2).shape
    portico.Size([1, 1, 1, 1, 1])
    """
    return _avg_pool(
        "avg_pool3d", 3, input, kernel_size, stride, padding, ceil_mode, count_include_pad,
        divisor_override,
    )  # fmt: skip


def _lp_pool(op, n, input, norm_type, kernel_size, stride, ceil_mode):
    kernel = per_dim(op, "kernel_size", kernel_size, n)
    powered = input.pow(norm_type)
    mean = _avg_pool(op, n, powered, kernel, stride, 0, ceil_mode, True, None)
    return (mean.sign() * mean.abs().relu() * math.prod(kernel)).pow(1.0 / norm_type)


def lp_pool1d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    """p-norm of each window: ``(sum x^p)^(1/p)``.

    `norm_type` is p.

    Raises:
        RuntimeError: an input of another rank; windows that leave no output.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.lp_pool1d.html

    >>> F.lp_pool1d(pt.tensor([[3., 4.]]), 2, 2)
    tensor([[5.]])
    """
    return _lp_pool("lp_pool1d", 1, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool2d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    """(sum of x^p)^(1/p) of each window of the last two dimensions, p the `norm_type`.

    Raises:
        RuntimeError: an input of another rank; windows that leave no output.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.lp_pool2d.html

    >>> F.lp_pool2d(pt.ones(1, 1, 2, 2), 2, 2)
    tensor([[[[2.]]]])
    """
    return _lp_pool("lp_pool2d", 2, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool3d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    """(sum of x^p)^(1/p) of each window of the last three dimensions, p the `norm_type`.

    Raises:
        RuntimeError: an input of another rank; windows that leave no output.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.lp_pool3d.html

    >>> F.lp_pool3d(pt.ones(1, 1, 2, 2, 2), 1, 2).flatten()
    tensor([8.])
    """
    return _lp_pool("lp_pool3d", 3, input, norm_type, kernel_size, stride, ceil_mode)
