"""Data sets: samples by index, or a stream of samples."""

import itertools
import math
from bisect import bisect_right

import portico as pt
from portico._fail import fail_assertion, fail_type, fail_value

__all__ = [
    "ChainDataset",
    "ConcatDataset",
    "Dataset",
    "IterableDataset",
    "StackDataset",
    "Subset",
    "TensorDataset",
    "random_split",
]


class Dataset:
    """Samples by index: a subclass defines ``__getitem__`` and usually ``__len__``.

    `+` puts data sets one after another.

    Raises:
        NotImplementedError: a subclass that does not say what its elements are.

    Source: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.Dataset

    >>> class Squares(pt.utils.data.Dataset):
    ...     def __getitem__(self, index):
    ...         return index * index
    >>> Squares()[3]
    9
    """

    def __class_getitem__(cls, item):
        return cls

    def __getitem__(self, index):
        raise NotImplementedError("Subclasses of Dataset should implement __getitem__.")

    def __add__(self, other):
        return ConcatDataset([self, other])


class IterableDataset(Dataset):
    """A stream of samples: a subclass defines ``__iter__``. `+` puts streams one after another.

    Raises:
        NotImplementedError: a subclass that does not say what its elements are.

    Source: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.IterableDataset

    >>> class Two(pt.utils.data.IterableDataset):
    ...     def __iter__(self):
    ...         return iter([1, 2])
    >>> list(Two() + Two())
    [1, 2, 1, 2]
    """

    def __iter__(self):
        raise NotImplementedError("Subclasses of IterableDataset should implement __iter__.")

    def __add__(self, other):
        return ChainDataset([self, other])


class TensorDataset(Dataset):
    """The rows of tensors with equal first dimensions.

    Raises:
        AssertionError: first dimensions that differ.

    Source: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.TensorDataset

    >>> data = pt.utils.data.TensorDataset(pt.arange(3), pt.arange(3) * 2)
    >>> data[1]
    (tensor(1), tensor(2))
    """

    def __init__(self, *tensors):
        if any(t.shape[0] != tensors[0].shape[0] for t in tensors):
            fail_assertion("TensorDataset", "Size mismatch between tensors")
        self.tensors = tensors

    def __getitem__(self, index):
        return tuple(t[index] for t in self.tensors)

    def __len__(self):
        return self.tensors[0].shape[0]


class StackDataset(Dataset):
    """Samples that are tuples (or dicts, by keyword) of the samples of several data sets.

    Raises:
        ValueError: sizes that differ, or both positions and keywords.

    Source: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.StackDataset

    >>> pt.utils.data.StackDataset(x=[1, 2], y=[3, 4])[0]
    {'x': 1, 'y': 3}
    """

    def __init__(self, *args, **kwargs):
        if bool(args) == bool(kwargs):
            fail_value(
                "StackDataset", "Supported either tuple- or dict-like input, not both or none"
            )
        self.datasets = kwargs or args
        parts = list(kwargs.values()) if kwargs else list(args)
        self._length = len(parts[0])
        if any(len(part) != self._length for part in parts):
            fail_value("StackDataset", "Size mismatch between datasets")

    def __getitem__(self, index):
        if isinstance(self.datasets, dict):
            return {name: part[index] for name, part in self.datasets.items()}
        return tuple(part[index] for part in self.datasets)

    def __len__(self):
        return self._length


class ConcatDataset(Dataset):
    """Data sets one after another.

    Raises:
        AssertionError: no data sets, or streams; ValueError: an index far below 0.

    Source: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.ConcatDataset

    >>> pt.utils.data.ConcatDataset([[1, 2], [3]])[2]
    3
    """

    def __init__(self, datasets):
        self.datasets = list(datasets)
        if not self.datasets:
            fail_assertion("ConcatDataset", "datasets should not be an empty iterable")
        if any(isinstance(d, IterableDataset) for d in self.datasets):
            fail_assertion("ConcatDataset", "ConcatDataset does not support IterableDataset")
        self.cumulative_sizes = list(itertools.accumulate(len(d) for d in self.datasets))

    def __len__(self):
        return self.cumulative_sizes[-1]

    def __getitem__(self, index):
        if index < 0:
            if -index > len(self):
                fail_value(
                    "ConcatDataset", "absolute value of index should not exceed dataset length"
                )
            index += len(self)
        part = bisect_right(self.cumulative_sizes, index)
        begun = self.cumulative_sizes[part - 1] if part else 0
        return self.datasets[part][index - begun]


class ChainDataset(IterableDataset):
    """Streams one after another.

    Raises:
        AssertionError: a data set that is no stream.

    Source: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.ChainDataset

    >>> class Two(pt.utils.data.IterableDataset):
    ...     def __iter__(self):
    ...         return iter([1, 2])
    >>> list(pt.utils.data.ChainDataset([Two(), Two()]))
    [1, 2, 1, 2]
    """

    def __init__(self, datasets):
        self.datasets = datasets

    def __iter__(self):
        for dataset in self.datasets:
            if not isinstance(dataset, IterableDataset):
                fail_assertion("ChainDataset", "ChainDataset only supports IterableDataset")
            yield from dataset

    def __len__(self):
        return sum(len(d) for d in self.datasets)


class Subset(Dataset):
    """The samples of a data set at given indices.

    Raises:
        IndexError: an index out of range of `indices` or of the data set.

    Source: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.Subset

    >>> pt.utils.data.Subset([5, 6, 7], [2, 0])[0]
    7
    """

    def __init__(self, dataset, indices):
        self.dataset, self.indices = dataset, indices

    def __getitem__(self, index):
        if isinstance(index, list):
            return self.dataset[[self.indices[i] for i in index]]
        return self.dataset[self.indices[index]]

    def __getitems__(self, indices):
        picked = [self.indices[i] for i in indices]
        many = getattr(self.dataset, "__getitems__", None)
        return many(picked) if callable(many) else [self.dataset[i] for i in picked]

    def __len__(self):
        return len(self.indices)


def random_split(dataset, lengths, generator=None):
    """Splits a data set at random into parts of given lengths (or fractions).

    Raises:
        ValueError: lengths that do not sum to the size; TypeError: what is no integer.

    Source: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.random_split

    >>> parts = pt.utils.data.random_split(range(10), [0.7, 0.3])
    >>> [len(part) for part in parts]
    [7, 3]
    """
    total = len(dataset)
    if math.isclose(sum(lengths), 1) and sum(lengths) <= 1:
        for i, share in enumerate(lengths):
            if not 0 <= share <= 1:
                fail_value("random_split", f"Fraction at index {i} is not between 0 and 1")
        counts = [math.floor(total * share) for share in lengths]
        for i in range(total - sum(counts)):
            counts[i % len(counts)] += 1
        lengths = counts
    if any(not isinstance(n, int) for n in lengths):
        fail_type("random_split", "lengths must be integers or fractions that sum to 1")
    if sum(lengths) != total:
        fail_value(
            "random_split", "Sum of input lengths does not equal the length of the input dataset!"
        )
    order = pt.randperm(total, generator=generator).tolist()
    ends = list(itertools.accumulate(lengths))
    return [
        Subset(dataset, order[end - length : end])
        for end, length in zip(ends, lengths, strict=True)
    ]
