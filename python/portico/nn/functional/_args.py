"""Arguments that PyTorch lets be a number or a tuple."""

from portico._fail import fail_runtime, fail_value


def per_dim(op: str, name: str, value, n: int) -> tuple[int, ...]:
    """One int for each of n spatial dimensions.

    >>> per_dim("conv2d", "stride", 2, 2)
    (2, 2)
    """
    if isinstance(value, (tuple, list)):
        if len(value) == 1:
            value = tuple(value) * n
        if len(value) != n:
            fail_runtime(op, f"{name} must have 1 or {n} entries", tuple(value))
        return tuple(int(v) for v in value)
    return (int(value),) * n


def per_dims(op: str, n: int, **values):
    """`per_dim` of several arguments.

    >>> per_dims("conv2d", 2, stride=2, padding=(0, 1))
    [(2, 2), (0, 1)]
    """
    return [per_dim(op, name, value, n) for name, value in values.items()]


def stored(input, value, inplace):
    """A result, or the input with the result written into it."""
    return input.copy_(value) if inplace else value


def reduced(op: str, loss, reduction: str):
    """Applies a loss function's `reduction`."""
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    if reduction != "none":
        fail_value(op, f"{reduction} is not a valid value for reduction", None, "none, mean or sum")
    return loss


def legacy_reduction(reduction, size_average, reduce):
    """What the deprecated `size_average` and `reduce` mean."""
    if size_average is None and reduce is None:
        return reduction
    if reduce is False:
        return "none"
    return "sum" if size_average is False else "mean"


def with_batch(op: str, input, n: int):
    """`input` as [N, C, spatial..] and whether the batch was added here."""
    if input.ndim == n + 2:
        return input, False
    if input.ndim == n + 1:
        return input.unsqueeze(0), True
    fail_runtime(
        op,
        f"Expected {n + 1}D (unbatched) or {n + 2}D (batched) input to {op}, "
        f"but got input of size: {list(input.shape)}",
    )


def half(tensor) -> bool:
    """float16 or bfloat16: statistics of these are taken in float32, as in PyTorch."""
    return tensor.dtype.is_floating_point and tensor.dtype.itemsize == 2
