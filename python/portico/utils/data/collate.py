"""From a list of samples to a batch."""

from collections.abc import Mapping, Sequence

import numpy as np

import portico as pt
from portico import _core
from portico._fail import fail_runtime, fail_type

__all__ = ["default_collate", "default_convert"]


def _rebuilt(sample, values):
    """`values` as the kind of sequence that the sample was."""
    if isinstance(sample, tuple) and hasattr(sample, "_fields"):
        return type(sample)(*values)
    return tuple(values) if isinstance(sample, tuple) else list(values)


def default_convert(data):
    """Arrays become tensors, also within sequences and mappings; everything else stays.

    Source: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.default_convert

    >>> pt.utils.data.default_convert({"x": np.array([1, 2]), "name": "a"})
    {'x': tensor([1, 2]), 'name': 'a'}
    """
    if isinstance(data, (np.ndarray, np.generic)) and data.dtype.kind in "biuf":
        return pt.from_numpy(np.array(data))
    if isinstance(data, Mapping):
        return {key: default_convert(value) for key, value in data.items()}
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        return _rebuilt(data, [default_convert(value) for value in data])
    return data


def collate(batch, make):
    """Stacks samples of equal structure; `make` turns a stacked array into the result.

    Arrays are stacked in NumPy: that is one copy, and nothing is compiled. Workers
    keep the arrays and send them; the main process makes tensors that own their memory.
    """
    first = batch[0]
    if isinstance(first, pt.Tensor):
        shapes = {tuple(sample.shape) for sample in batch}
        if len(shapes) > 1:
            fail_runtime(
                "default_collate",
                "stack expects each tensor to be equal size; try a collate_fn that pads: got "
                f"{' and '.join(str(list(s)) for s in sorted(shapes)[:2])}",
            )
        return make(np.stack([sample.numpy(force=True) for sample in batch]))
    if isinstance(first, (np.ndarray, np.generic)):
        if first.dtype.kind not in "biuf":
            fail_type(
                "default_collate",
                "batch must contain tensors, numpy arrays, numbers, dicts or "
                f"lists; found an array of dtype {first.dtype}",
            )
        return make(np.stack([np.asarray(sample) for sample in batch]))
    if isinstance(first, bool):
        return make(np.array(batch, np.bool_))
    if isinstance(first, int):
        return make(np.array(batch, np.int64))
    if isinstance(first, float):
        return make(np.array(batch, np.float64))
    if isinstance(first, (str, bytes)):
        return list(batch)
    if isinstance(first, Mapping):
        return {key: collate([sample[key] for sample in batch], make) for key in first}
    if isinstance(first, Sequence):
        if any(len(sample) != len(first) for sample in batch):
            fail_runtime("default_collate", "each element in list of batch should be of equal size")
        return _rebuilt(first, [collate(list(part), make) for part in zip(*batch, strict=True)])
    fail_type(
        "default_collate",
        f"batch must contain tensors, numpy arrays, numbers, dicts or lists; found {type(first)}",
    )


def default_collate(batch):
    """Samples as a batch: tensors, arrays and numbers stacked, structures kept.

    Raises:
        TypeError: elements of a type that is not collated.
        RuntimeError: tensors of different shapes, sequences of different lengths.

    Source: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.default_collate

    >>> pt.utils.data.default_collate([(1, 2.0), (3, 4.0)])
    [tensor([1, 3]), tensor([2., 4.], dtype=portico.float64)]
    """
    result = collate(list(batch), to_owned_tensor)
    return list(result) if type(result) is tuple else result


def to_owned_tensor(array):
    """A tensor with memory of its own."""
    return _core.settle(_core.from_buffer(np.asarray(array), copy=True))
