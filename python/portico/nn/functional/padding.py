"""Padding: constant, reflected, replicated or wrapped around."""

import portico as pt
from portico._fail import fail_runtime, fail_unsupported
from portico._generated import ops

__all__ = [
    "pad",
]


def _pairs(pad, ndim):
    """[(low, high)] for every dimension, from the last-dimension-first list of the caller."""
    pad = [int(p) for p in pad]
    if len(pad) % 2 or len(pad) > 2 * ndim:
        fail_runtime(
            "pad",
            "Padding length should be even and at most twice the number of dimensions of the input",
            f"{len(pad)} for {ndim} dimensions",
        )
    given = [(pad[i], pad[i + 1]) for i in range(0, len(pad), 2)]
    return [(0, 0)] * (ndim - len(given)) + given[::-1]


def _constant(input, pairs, value):
    for size, (low, high) in zip(input.shape, pairs, strict=True):
        if size + low + high < 0:
            fail_runtime("pad", f"The input size {size}, plus negative padding {low} and {high}, "
                         "resulted in a negative output size")  # fmt: skip
    # A negative amount is a slice.
    for dim, (low, high) in enumerate(pairs):
        if low < 0 or high < 0:
            begin, end = max(-low, 0), input.shape[dim] - max(-high, 0)
            input = input.narrow(dim, begin, end - begin)
    low, high = [max(lo, 0) for lo, _ in pairs], [max(hi, 0) for _, hi in pairs]
    if not any(low) and not any(high):
        return input.clone() if all(p == (0, 0) for p in pairs) else input
    fill = pt.full((), 0.0 if value is None else value, dtype=input.dtype, device=input.device)
    return ops.pad(input, fill, low, high)


def _reflect(x, dim, low, high):
    size = x.shape[dim]
    if max(low, high) >= size:
        fail_runtime(
            "pad",
            "Padding size should be less than the corresponding input dimension, but got: "
            f"padding ({low}, {high}) at dimension {dim} of input {list(x.shape)}",
        )
    before = [x.narrow(dim, 1, low).flip(dim)] if low > 0 else []
    after = [x.narrow(dim, size - 1 - high, high).flip(dim)] if high > 0 else []
    return before, after


def _replicate(x, dim, low, high):
    def edge(at, count):
        sizes = [count if d == dim else -1 for d in range(x.ndim)]
        return [x.narrow(dim, at, 1).expand(sizes)] if count > 0 else []

    return edge(0, low), edge(x.shape[dim] - 1, high)


def _circular(x, dim, low, high):
    size = x.shape[dim]
    if max(low, high) > size:
        fail_runtime("pad", "Padding value causes wrapping around more than once.", (low, high))
    before = [x.narrow(dim, size - low, low)] if low > 0 else []
    after = [x.narrow(dim, 0, high)] if high > 0 else []
    return before, after


_BORDER = {"reflect": _reflect, "replicate": _replicate, "circular": _circular}


def pad(input, pad, mode="constant", value=None):
    """Adds elements around a tensor; negative amounts take elements away.

    `pad` begins with the last dimension: ``(left, right, top, bottom, ...)``.
    `mode` is constant, reflect, replicate or circular.

    Raises:
        RuntimeError: an odd number of amounts or too many, or more than there is to reflect.
        NotImplementedError: another mode.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pad.html

    >>> F.pad(pt.tensor([1., 2., 3.]), (1, 1), mode="replicate")
    tensor([1., 1., 2., 3., 3.])
    """
    if mode == "constant":
        return _constant(input, _pairs(pad, input.ndim), value)
    if mode not in _BORDER:
        fail_unsupported("pad", f"Unrecognised padding mode {mode}")
    if value is not None and value != 0:
        fail_runtime("pad", f'Padding mode "{mode}" doesn\'t take in value argument', value)
    n = len(pad) // 2
    if n > 3 or input.ndim not in (n, n + 1, n + 2):
        fail_unsupported(
            "pad",
            "Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now",
            f"{input.ndim}D input and {len(pad)} amounts",
        )
    x = input
    for dim, (low, high) in enumerate(_pairs(pad, x.ndim)):
        if not low and not high:
            continue
        begin = max(-low, 0)
        cut = x.narrow(dim, begin, x.shape[dim] - begin - max(-high, 0))
        # Circular padding wraps what is left; the others look at the whole input.
        before, after = _BORDER[mode](cut if mode == "circular" else x, dim, low, high)
        x = cut
        x = pt.cat([*before, x, *after], dim) if before or after else x
    return x
