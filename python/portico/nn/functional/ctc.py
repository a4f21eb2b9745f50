"""Connectionist temporal classification (Graves et al., 2006)."""

import portico as pt
from portico._fail import fail_runtime

from ._args import reduced

__all__ = [
    "ctc_loss",
]

_NEVER = float("-inf")


def _log_add(*terms):
    """log(sum exp) that stays -inf, with zero gradients, where all terms are."""
    stacked = pt.stack(terms)
    top = stacked.detach().amax(0)
    top = pt.where(top == _NEVER, 0.0, top)
    total = (stacked - top).exp().sum(0)
    empty = total == 0
    return pt.where(empty, _NEVER, pt.where(empty, 1.0, total).log() + top)


def _lengths(name, lengths, batch, device):
    if not isinstance(lengths, pt.Tensor):
        lengths = pt.tensor(list(lengths), dtype=pt.int64, device=device)
    if lengths.dtype.is_floating_point:
        fail_runtime("ctc_loss", f"{name} must be integral", lengths.dtype)
    lengths = lengths.reshape(-1)
    if lengths.shape[0] != batch:
        fail_runtime("ctc_loss", f"{name} must be of size batch_size", list(lengths.shape), [batch])
    return lengths.long()


def _padded_targets(targets, lengths):
    """[N, S]: rows of a concatenated 1-d target, padded with its element 0."""
    if targets.ndim == 2:
        return targets.long()
    longest = max(int(lengths.max().item()), 1)
    begins = lengths.cumsum(0) - lengths
    where = begins.unsqueeze(1) + pt.arange(longest, device=targets.device)
    return targets.long()[where.clamp(0, max(targets.shape[0] - 1, 0))]


def ctc_loss(
    log_probs, targets, input_lengths, target_lengths, blank=0, reduction="mean",
    zero_infinity=False,
):  # fmt: skip
    """Connectionist temporal classification: minus the log-likelihood of label sequences.

    Shapes: log_probs [T, N, C] (or [T, C]), int targets [N, S] or all in one row, lengths [N].
    `blank` is the class between labels; `zero_infinity` takes targets that do not fit for 0.

    `input_lengths` and `target_lengths` are tensors or sequences of ints.

    Raises:
        RuntimeError: lengths that are no integers or not one for each sequence, targets of
            another rank or number of rows.
        ValueError: an unknown `reduction`.
        IndexError: a label out of range, when the result is computed.

    Source: Graves et al., "Connectionist Temporal Classification", 2006.

    >>> log_probs = pt.full((2, 1, 2), 0.5).log()
    >>> F.ctc_loss(log_probs, pt.tensor([[1]]), pt.tensor([2]), pt.tensor([1]))
    tensor(0.2877)
    """
    unbatched = log_probs.ndim == 2
    if unbatched:
        log_probs, targets = log_probs.unsqueeze(1), targets.reshape(1, -1)
    steps, batch, _ = log_probs.shape
    device = log_probs.device
    times = _lengths("input_lengths", input_lengths, batch, device)
    sizes = _lengths("target_lengths", target_lengths, batch, device)
    if targets.ndim not in (1, 2) or (targets.ndim == 2 and targets.shape[0] != batch):
        fail_runtime(
            "ctc_loss", "targets have a wrong shape", list(targets.shape), f"[{batch}, S] or 1D"
        )
    labels = _padded_targets(targets, sizes)
    width = 2 * labels.shape[1] + 1
    # blank, l0, blank, l1, .. blank
    extended = pt.full((batch, width), blank, dtype=pt.int64, device=device)
    extended[:, 1::2] = labels
    column = pt.arange(width, device=device)
    skips = (column % 2 == 1) & (column > 1)
    skips = skips & (extended != extended.roll(2, 1))

    def emitted(t):
        return log_probs[t].gather(1, extended)

    def behind(alpha, by):
        return pt.nn.functional.pad(alpha, (by, 0), value=_NEVER)[:, :width]

    reachable = column < pt.minimum(2 * sizes + 1, sizes * 0 + 2).unsqueeze(1)
    alpha = pt.where(reachable, emitted(0), _NEVER)
    last = alpha
    for t in range(1, steps):
        jump = pt.where(skips, behind(alpha, 2), _NEVER)
        alpha = _log_add(alpha, behind(alpha, 1), jump) + emitted(t)
        last = pt.where((times == t + 1).unsqueeze(1), alpha, last)
    end = (2 * sizes).unsqueeze(1)
    final = last.gather(1, end).squeeze(1)
    before = last.gather(1, (end - 1).clamp_min(0)).squeeze(1)
    loss = -_log_add(final, pt.where(sizes > 0, before, _NEVER))
    # PyTorch's gradient is that in the logits behind a log_softmax, passed through
    # once more: it has exp(log_probs) in each step. This term has that gradient and value 0.
    p = log_probs.exp()
    running = pt.arange(steps, device=device).unsqueeze(1) < times
    loss = loss + ((p - p.detach()).sum(2) * running.to(p.dtype)).sum(0)
    if zero_infinity:
        loss = pt.where(loss == float("inf"), 0.0, loss)
    if reduction == "mean":
        return (loss / sizes.clamp_min(1).to(loss.dtype)).mean()
    loss = loss.squeeze(0) if unbatched and reduction == "none" else loss
    return reduced("ctc_loss", loss, reduction)
