"""Samplers: in which order samples are taken."""

import itertools

import portico as pt
from portico._fail import fail_type, fail_value

__all__ = [
    "BatchSampler",
    "RandomSampler",
    "Sampler",
    "SequentialSampler",
    "SubsetRandomSampler",
    "WeightedRandomSampler",
]


class Sampler:
    """Iterates over indices of samples (or lists of them); a subclass defines ``__iter__``.

    Raises:
        NotImplementedError: a subclass that does not say its indices.

    Source: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.Sampler

    >>> class Backwards(pt.utils.data.Sampler):
    ...     def __iter__(self):
    ...         return iter([2, 1, 0])
    >>> list(pt.utils.data.DataLoader([5, 6, 7], sampler=Backwards(), batch_size=None))
    [7, 6, 5]
    """

    def __class_getitem__(cls, item):
        return cls

    def __init__(self, data_source=None):
        pass

    def __iter__(self):
        raise NotImplementedError


class SequentialSampler(Sampler):
    """0, 1, 2, ... up to the length of the data set.

    Source: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.SequentialSampler

    >>> list(pt.utils.data.SequentialSampler([5, 6, 7]))
    [0, 1, 2]
    """

    def __init__(self, data_source):
        self.data_source = data_source

    def __iter__(self):
        return iter(range(len(self.data_source)))

    def __len__(self):
        return len(self.data_source)


class RandomSampler(Sampler):
    """All samples in random order, or `num_samples` drawn with replacement.

    Raises:
        TypeError: a `replacement` that is no bool; ValueError: a negative number of samples.

    Source: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.RandomSampler

    >>> sorted(pt.utils.data.RandomSampler([5, 6, 7]))
    [0, 1, 2]
    """

    def __init__(self, data_source, replacement=False, num_samples=None, generator=None):
        if not isinstance(replacement, bool):
            fail_type(
                "RandomSampler",
                f"replacement should be a boolean value, but got replacement={replacement}",
            )
        self.data_source, self.replacement = data_source, replacement
        self._num_samples, self.generator = num_samples, generator
        if not isinstance(self.num_samples, int) or self.num_samples < 0:
            fail_value(
                "RandomSampler",
                "num_samples should be a non-negative integer value, but got "
                f"num_samples={self.num_samples}",
            )

    @property
    def num_samples(self):
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self):
        count, wanted = len(self.data_source), self.num_samples
        if self.replacement:
            yield from pt.randint(0, count, (wanted,), generator=self.generator).tolist()
            return
        while wanted > 0:
            order = pt.randperm(count, generator=self.generator).tolist()[:wanted]
            yield from order
            wanted -= len(order)
            if not order:
                return

    def __len__(self):
        return self.num_samples


class SubsetRandomSampler(Sampler):
    """Given indices in random order.

    Source: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.SubsetRandomSampler

    >>> sorted(pt.utils.data.SubsetRandomSampler([4, 9]))
    [4, 9]
    """

    def __init__(self, indices, generator=None):
        self.indices, self.generator = indices, generator

    def __iter__(self):
        for i in pt.randperm(len(self.indices), generator=self.generator).tolist():
            yield self.indices[i]

    def __len__(self):
        return len(self.indices)


class WeightedRandomSampler(Sampler):
    """`num_samples` indices drawn with given weights, a vector.

    Without `replacement` an index occurs once.

    Raises:
        ValueError: weights of another rank, or a number of samples that is no positive integer.

    Source: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.WeightedRandomSampler

    >>> list(pt.utils.data.WeightedRandomSampler([0.0, 1.0], 3))
    [1, 1, 1]
    """

    def __init__(self, weights, num_samples, replacement=True, generator=None):
        if not isinstance(num_samples, int) or isinstance(num_samples, bool) or num_samples <= 0:
            fail_value(
                "WeightedRandomSampler",
                "num_samples should be a positive integer value",
                f"num_samples={num_samples}",
            )
        if isinstance(weights, pt.Tensor):
            self.weights = weights.double()
        else:
            self.weights = pt.tensor(list(weights), dtype=pt.float64)
        if self.weights.ndim != 1:
            fail_value(
                "WeightedRandomSampler",
                "weights should be a 1d sequence but given weights have shape "
                f"{tuple(self.weights.shape)}",
            )
        self.num_samples, self.replacement = num_samples, replacement
        self.generator = generator

    def __iter__(self):
        drawn = pt.multinomial(
            self.weights, self.num_samples, self.replacement, generator=self.generator
        )
        return iter(drawn.tolist())

    def __len__(self):
        return self.num_samples


class BatchSampler(Sampler):
    """Lists of `batch_size` indices of another sampler.

    Raises:
        ValueError: a batch size that is no positive integer, a `drop_last` that is no bool.

    Source: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.BatchSampler

    >>> list(pt.utils.data.BatchSampler(range(5), 2, drop_last=False))
    [[0, 1], [2, 3], [4]]
    """

    def __init__(self, sampler, batch_size, drop_last):
        if not isinstance(batch_size, int) or isinstance(batch_size, bool) or batch_size <= 0:
            fail_value(
                "BatchSampler",
                f"batch_size should be a positive integer value, but got batch_size={batch_size}",
            )
        if not isinstance(drop_last, bool):
            fail_value(
                "BatchSampler",
                f"drop_last should be a boolean value, but got drop_last={drop_last}",
            )
        self.sampler, self.batch_size, self.drop_last = sampler, batch_size, drop_last

    def __iter__(self):
        indices = iter(self.sampler)
        while batch := list(itertools.islice(indices, self.batch_size)):
            if len(batch) == self.batch_size or not self.drop_last:
                yield batch

    def __len__(self):
        count = len(self.sampler)
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)
