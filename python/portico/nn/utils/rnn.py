"""Sequences of different lengths: padded, or packed without padding."""

from typing import NamedTuple

import portico as pt
from portico._arguments import explain_all
from portico._fail import fail_runtime, fail_value

__all__ = [
    "PackedSequence",
    "pack_padded_sequence",
    "pack_sequence",
    "pad_packed_sequence",
    "pad_sequence",
    "unpack_sequence",
    "unpad_sequence",
]


class PackedSequence(NamedTuple):
    """The elements of sequences, time step by time step, without padding.

    `batch_sizes[t]` sequences are longer than t; `sorted_indices` says how the
    batch was sorted by length and `unsorted_indices` how to undo it.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.PackedSequence.html

    >>> pt.nn.utils.rnn.pack_sequence([pt.ones(2), pt.zeros(1)]).batch_sizes
    tensor([2, 1])
    """

    data: object
    batch_sizes: object
    sorted_indices: object = None
    unsorted_indices: object = None

    def to(self, *args, **kwargs):
        """The sequence with its data on another device or of another dtype.

        Raises:
            RuntimeError: no such device.
            TypeError: what is neither device nor dtype.

        >>> packed = pt.nn.utils.rnn.pack_sequence([pt.ones(2)])
        >>> packed.to(pt.float64).data.dtype
        portico.float64
        """
        return self._replace(data=self.data.to(*args, **kwargs))


def pad_sequence(sequences, batch_first=False, padding_value=0.0, padding_side="right"):
    """Stacks sequences [L_i, ..] as [T, N, ..] (or [N, T, ..]), padded to the longest.

    `padding_value` fills the ends.

    Raises:
        RuntimeError: no sequences; ValueError: another `padding_side`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pad_sequence.html

    >>> pt.nn.utils.rnn.pad_sequence([pt.ones(1), pt.ones(2)], batch_first=True)
    tensor([[1., 0.],
            [1., 1.]])
    """
    if padding_side not in ("left", "right"):
        fail_value("pad_sequence", "padding_side must be 'left' or 'right'", padding_side)
    sequences = list(sequences)
    if not sequences:
        fail_runtime("pad_sequence", "received an empty list of sequences")
    longest = max(s.shape[0] for s in sequences)
    padded = []
    for s in sequences:
        amounts = [0] * (2 * s.ndim)
        amounts[-1 if padding_side == "right" else -2] = longest - s.shape[0]
        padded.append(pt.nn.functional.pad(s, amounts, value=padding_value))
    return pt.stack(padded, 0 if batch_first else 1)


def unpad_sequence(padded_sequences, lengths, batch_first=False):
    """The sequences [L_i, ..] of a padded batch [T, N, ..] (or [N, T, ..]), lengths a tensor [N].

    Raises:
        RuntimeError: a length above that of the padding.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.unpad_sequence.html

    >>> pt.nn.utils.rnn.unpad_sequence(pt.ones(2, 2), pt.tensor([2, 1]))
    [tensor([1., 1.]), tensor([1.])]
    """
    if not batch_first:
        padded_sequences = padded_sequences.transpose(0, 1)
    return [s[:n] for s, n in zip(padded_sequences, lengths.tolist(), strict=True)]


def pack_padded_sequence(input, lengths, batch_first=False, enforce_sorted=True):
    """Packs a padded batch [T, N, ..] (or [N, T, ..]) of sequences of the given lengths.

    Raises:
        RuntimeError: lengths that are 0, too many or too few, or, unless `enforce_sorted` is False,
            not in decreasing order.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pack_padded_sequence.html

    >>> pt.nn.utils.rnn.pack_padded_sequence(pt.tensor([[1, 2], [3, 0]]), [2, 1]).data
    tensor([1, 2, 3])
    """
    op = "pack_padded_sequence"
    lengths = lengths.tolist() if isinstance(lengths, pt.Tensor) else [int(n) for n in lengths]
    if batch_first:
        input = input.transpose(0, 1)
    if not lengths or min(lengths) <= 0:
        fail_runtime(
            op,
            "Length of all samples has to be greater than 0, but found an element in 'lengths' "
            "that is <= 0",
        )
    if len(lengths) != input.shape[1]:
        fail_runtime(
            op,
            f"Expected `len(lengths)` to be equal to batch_size, but got {len(lengths)} "
            f"(batch_size={input.shape[1]})",
        )
    order = sorted(range(len(lengths)), key=lambda i: -lengths[i])
    in_order = all(a >= b for a, b in zip(lengths, lengths[1:], strict=False))
    if enforce_sorted and not in_order:
        fail_runtime(
            op,
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. "
            "You can pass `enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to "
            "sidestep this requirement",
        )
    sorted_indices = unsorted_indices = None
    if not enforce_sorted:
        back = sorted(range(len(order)), key=order.__getitem__)
        sorted_indices = pt.tensor(order, dtype=pt.int64)
        unsorted_indices = pt.tensor(back, dtype=pt.int64)
        input = input.index_select(1, sorted_indices)
        lengths = [lengths[i] for i in order]
    sizes = [sum(n > t for n in lengths) for t in range(lengths[0])]
    data = pt.cat([input[t, :size] for t, size in enumerate(sizes)])
    return PackedSequence(data, pt.tensor(sizes, dtype=pt.int64), sorted_indices, unsorted_indices)


def pack_like(padded, packed):
    """Packs [T, N, ..] with the batch sizes of another packed sequence."""
    sizes = packed.batch_sizes.tolist()
    data = pt.cat([padded[t, :size] for t, size in enumerate(sizes)])
    return packed._replace(data=data)


def pad_packed_sequence(sequence, batch_first=False, padding_value=0.0, total_length=None):
    """The padded batch [T, N, ..] (or [N, T, ..]) of a packed sequence, and the lengths [N].

    `padding_value` fills the ends.

    Raises:
        ValueError: a `total_length` below the longest sequence.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pad_packed_sequence.html

    >>> packed = pt.nn.utils.rnn.pack_sequence([pt.tensor([1, 3]), pt.tensor([2])])
    >>> pt.nn.utils.rnn.pad_packed_sequence(packed)
    (tensor([[1, 2],
            [3, 0]]), tensor([2, 1]))
    """
    sizes = sequence.batch_sizes.tolist()
    longest = len(sizes)
    if total_length is not None:
        if total_length < longest:
            fail_value(
                "pad_packed_sequence",
                "Expected total_length to be at least the length of the longest sequence in input, "
                f"but got total_length={total_length} and max sequence length being {longest}",
            )
        longest = total_length
    steps, start = [], 0
    for size in sizes:
        step = sequence.data[start : start + size]
        missing = [0] * (2 * step.ndim)
        missing[-1] = sizes[0] - size
        steps.append(pt.nn.functional.pad(step, missing, value=padding_value))
        start += size
    padded = pt.stack(steps)
    if longest > len(sizes):
        behind = [0] * (2 * padded.ndim)
        behind[-1] = longest - len(sizes)
        padded = pt.nn.functional.pad(padded, behind, value=padding_value)
    lengths = pt.tensor([sum(size > i for size in sizes) for i in range(sizes[0])], dtype=pt.int64)
    if sequence.unsorted_indices is not None:
        padded = padded.index_select(1, sequence.unsorted_indices)
        lengths = lengths.index_select(0, sequence.unsorted_indices)
    return (padded.transpose(0, 1) if batch_first else padded), lengths


def pack_sequence(sequences, enforce_sorted=True):
    """Packs sequences [L_i, ..] of decreasing lengths (any, if `enforce_sorted` is False).

    Raises:
        RuntimeError: no sequences, or lengths that do not decrease.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pack_sequence.html

    >>> pt.nn.utils.rnn.pack_sequence([pt.tensor([1, 3]), pt.tensor([2])]).data
    tensor([1, 2, 3])
    """
    lengths = [s.shape[0] for s in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences):
    """The sequences [L_i, ..] of a packed sequence, in their first order.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.unpack_sequence.html

    >>> packed = pt.nn.utils.rnn.pack_sequence([pt.tensor([1, 3]), pt.tensor([2])])
    >>> pt.nn.utils.rnn.unpack_sequence(packed)
    [tensor([1, 3]), tensor([2])]
    """
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)


explain_all(globals())
