"""`DataLoader`: batches of a data set, made here or by worker processes ahead of time."""

import itertools
import multiprocessing
import queue
import time
import warnings

import numpy as np

import portico as pt
from portico import _core
from portico._fail import fail_value
from portico.errors import PorticoRuntimeError, PorticoValueError

from . import worker
from .collate import collate, default_collate, default_convert, to_owned_tensor
from .dataset import IterableDataset, Subset, TensorDataset
from .sampler import BatchSampler, RandomSampler, SequentialSampler

__all__ = ["DataLoader"]


def _keep(array):
    return array


class Fetcher:
    """Turns indices (or the next items of a stream) into a collated batch."""

    def __init__(self, collate_fn, batched, drop_last=False):
        self.collate_fn, self.batched, self.drop_last = collate_fn, batched, drop_last

    def __call__(self, dataset):
        if is_stream(dataset):
            return _StreamFetch(self, dataset)
        rows = self.batched and getattr(self.collate_fn, "rows", None)
        if self.batched and self.collate_fn is default_collate:
            rows = _take_rows
        tensors, indices = _tensors_behind(dataset)
        if rows and tensors is not None:
            return _RowsFetch(rows, tensors, indices)
        return _MapFetch(self, dataset)


def _tensors_behind(dataset):
    """The tensors of a (subset of a) plain TensorDataset, and the subset's indices."""
    chosen = None
    while type(dataset) is Subset:
        inner = dataset.indices
        chosen = inner if chosen is None else [inner[i] for i in chosen]
        dataset = dataset.dataset
    return (dataset.tensors, chosen) if type(dataset) is TensorDataset else (None, None)


def _take_rows(tensor, indices):
    return tensor.index_select(0, pt.tensor(indices, dtype=pt.int64, device=tensor.device))


class _RowsFetch:
    """A batch of a TensorDataset is one gather per tensor, not one sample after another."""

    def __init__(self, rows, tensors, chosen):
        self.rows, self.tensors, self.chosen = rows, tensors, chosen

    def __call__(self, indices):
        if self.chosen is not None:
            indices = [self.chosen[i] for i in indices]
        return [self.rows(tensor, indices) for tensor in self.tensors]


class _MapFetch:
    def __init__(self, fetcher, dataset):
        self.collate, self.batched, self.dataset = fetcher.collate_fn, fetcher.batched, dataset

    def __call__(self, indices):
        if not self.batched:
            return self.collate(self.dataset[indices])
        many = getattr(self.dataset, "__getitems__", None)
        if callable(many):
            return self.collate(many(indices))
        return self.collate([self.dataset[i] for i in indices])


class _StreamFetch:
    def __init__(self, fetcher, dataset):
        self.fetcher, self.iterator = fetcher, iter(dataset)

    def __call__(self, indices):
        if not self.fetcher.batched:
            return self.fetcher.collate_fn(next(self.iterator))
        samples = list(itertools.islice(self.iterator, len(indices)))
        if not samples or (self.fetcher.drop_last and len(samples) < len(indices)):
            raise StopIteration
        return self.fetcher.collate_fn(samples)


def is_stream(dataset):
    return isinstance(dataset, IterableDataset)


def _arrays(data):
    """Tensors that a user's collate_fn made in a worker, as arrays for the way home."""
    if isinstance(data, pt.Tensor):
        return np.array(data.numpy(force=True))
    if isinstance(data, dict):
        return {key: _arrays(value) for key, value in data.items()}
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*map(_arrays, data))
    if isinstance(data, (list, tuple)):
        return type(data)(map(_arrays, data))
    return data


class _WorkerCollate:
    """Collates in a worker: arrays only, so that nothing is compiled there."""

    def __init__(self, collate_fn):
        self.collate_fn = collate_fn
        if collate_fn is default_collate:
            self.rows = lambda tensor, indices: tensor.numpy(force=True)[indices]

    def __call__(self, samples):
        if self.collate_fn is default_collate:
            result = collate(list(samples), _keep)
            return list(result) if type(result) is tuple else result
        if self.collate_fn is default_convert:
            return _arrays(samples)
        return _arrays(self.collate_fn(samples))


class DataLoader:
    """Iterates over batches of a data set.

    With ``num_workers > 0`` that many processes make batches ahead of time
    (`prefetch_factor` each) and send them through shared memory; an exception
    in one is raised here, with its traceback. Order is that of the sampler.

    Args:
        dataset (Dataset): what to load; a stream has no sampler.
        batch_size (int): samples per batch, or None for the samples themselves.
        shuffle (bool), sampler, batch_sampler: the order; only one of them.
        collate_fn: makes a batch of a list of samples; `default_collate` by default.
        drop_last (bool): leave out a last batch that is not full.

    `timeout` is how many seconds a worker may take, 0 for ever; `worker_init_fn` is called with its
    number; `multiprocessing_context` is how it is started; `persistent_workers` keeps them for the
    next epoch. `pin_memory_device` and `in_order` are accepted.

    Raises:
        ValueError: options that are out of range or exclude each other.

    Source: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.DataLoader

    >>> data = pt.utils.data.TensorDataset(pt.arange(4))
    >>> [batch[0].tolist() for batch in pt.utils.data.DataLoader(data, batch_size=2)]
    [[0, 1], [2, 3]]
    """

    def __init__(
        self, dataset, batch_size=1, shuffle=None, sampler=None, batch_sampler=None, num_workers=0,
        collate_fn=None, pin_memory=False, drop_last=False, timeout=0, worker_init_fn=None,
        multiprocessing_context=None, generator=None, *, prefetch_factor=None,
        persistent_workers=False, pin_memory_device="", in_order=True,
    ):  # fmt: skip
        self._check_numbers(num_workers, timeout, prefetch_factor, persistent_workers)
        self.dataset, self.num_workers, self.timeout = dataset, num_workers, timeout
        self.worker_init_fn, self.generator = worker_init_fn, generator
        self.prefetch_factor = 2 if prefetch_factor is None else prefetch_factor
        self.persistent_workers, self.pin_memory = persistent_workers, pin_memory
        self.multiprocessing_context = multiprocessing_context
        stream = is_stream(dataset)
        if stream and (shuffle or sampler is not None or batch_sampler is not None):
            fail_value(
                "DataLoader",
                "DataLoader with IterableDataset: expected unspecified shuffle, sampler and "
                "batch_sampler options",
            )
        if sampler is not None and shuffle:
            fail_value("DataLoader", "sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                fail_value(
                    "DataLoader",
                    "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, "
                    "and drop_last",
                )
            batch_size = None
        elif batch_size is None and drop_last:
            fail_value(
                "DataLoader",
                "batch_size=None option disables auto-batching and is mutually exclusive with "
                "drop_last",
            )
        if sampler is None:
            if stream:
                sampler = _Endless()
            elif shuffle:
                sampler = RandomSampler(dataset, generator=generator)
            else:
                sampler = SequentialSampler(dataset)
        if batch_size is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last and not stream)
        self.batch_size, self.drop_last = batch_size, drop_last
        self.sampler, self.batch_sampler = sampler, batch_sampler
        if collate_fn is None:
            collate_fn = default_convert if batch_sampler is None else default_collate
        self.collate_fn = collate_fn
        self._workers = None

    @staticmethod
    def _check_numbers(num_workers, timeout, prefetch_factor, persistent_workers):
        if num_workers < 0:
            fail_value(
                "DataLoader",
                "num_workers option should be non-negative; use num_workers=0 to disable "
                "multiprocessing.",
            )
        if timeout < 0:
            fail_value("DataLoader", "timeout option should be non-negative")
        if num_workers == 0 and prefetch_factor is not None:
            fail_value(
                "DataLoader",
                "prefetch_factor option could only be specified in multiprocessing. Let "
                "num_workers > 0 to enable multiprocessing, otherwise set prefetch_factor to None.",
            )
        if prefetch_factor is not None and prefetch_factor < 1:
            raise PorticoValueError("prefetch_factor option should be positive", prefetch_factor)
        if persistent_workers and num_workers == 0:
            fail_value("DataLoader", "persistent_workers option needs num_workers > 0")

    def __len__(self):
        if is_stream(self.dataset):
            count = len(self.dataset)
            if self.batch_size is None:
                return count
            whole, rest = divmod(count, self.batch_size)
            return whole + bool(rest and not self.drop_last)
        return len(self.batch_sampler if self.batch_sampler is not None else self.sampler)

    def __iter__(self):
        if self.num_workers == 0:
            return self._iterate_here()
        if not self.persistent_workers:
            return self._iterate_workers(_Workers(self), close=True)
        if self._workers is None:
            self._workers = _Workers(self)
        return self._iterate_workers(self._workers, close=False)

    def _indices(self):
        return iter(self.batch_sampler if self.batch_sampler is not None else self.sampler)

    def _fetcher(self, collate_fn):
        return Fetcher(collate_fn, self.batch_sampler is not None, self.drop_last)

    def _iterate_here(self):
        fetch = self._fetcher(self.collate_fn)(self.dataset)
        for indices in self._indices():
            try:
                batch = fetch(indices)
            except StopIteration:
                return
            yield batch

    def _iterate_workers(self, workers, close):
        try:
            yield from workers.run(self._indices(), self.prefetch_factor, self.timeout)
        finally:
            if close:
                workers.close()
            else:
                workers.drain()

    def __del__(self):
        workers = getattr(self, "_workers", None)
        if workers is not None:
            workers.close()


class _Endless:
    """The indices of a stream: it ends when the stream does."""

    def __iter__(self):
        return itertools.repeat(None)


class _Workers:
    """The worker processes of one loader."""

    def __init__(self, loader):
        context = loader.multiprocessing_context
        if context is None or isinstance(context, str):
            context = multiprocessing.get_context(context)
        seed = int(pt.randint(0, 2**31 - 1, (), generator=loader.generator).item())
        _core.flush_all("worker processes")  # a fork must not inherit half of a computation
        self.results = context.Queue()
        self.tasks, self.processes = [], []
        fetch = loader._fetcher(_WorkerCollate(loader.collate_fn))
        for i in range(loader.num_workers):
            tasks = context.Queue()
            process = context.Process(
                target=worker.work,
                args=(tasks, self.results, fetch, loader.dataset, i, loader.num_workers, seed,
                      loader.worker_init_fn),
                daemon=True,
            )  # fmt: skip
            with warnings.catch_warnings():
                # Python warns of forking a process with threads. A worker runs NumPy only and
                # never enters Portico's runtime, whose threads it does not have.
                warnings.simplefilter("ignore", DeprecationWarning)
                process.start()
            self.tasks.append(tasks)
            self.processes.append(process)
        self._number = 0
        #: batches asked for: number -> worker, until they are received
        self._pending = {}
        #: batches received before their turn: number -> (worker, block, data)
        self._ready = {}

    def run(self, indices, prefetch, timeout):
        """Batches in the order of their indices, `prefetch` per worker ahead."""
        active = list(range(len(self.processes)))
        turn = itertools.cycle(range(len(self.processes)))
        first = self._number

        def send():
            if not active:
                return
            batch = next(indices, _END)
            if batch is _END:
                return
            target = next(i for i in turn if i in active)
            self.tasks[target].put((self._number, batch))
            self._pending[self._number] = target
            self._number += 1

        for _ in range(prefetch * len(active)):
            send()
        wanted = first
        while wanted < self._number:
            while wanted not in self._ready:
                self._receive(timeout)
            sender, block, data = self._ready.pop(wanted)
            wanted += 1
            if data is StopIteration:
                if sender in active:
                    active.remove(sender)
                send()
                continue
            send()
            if isinstance(data, worker.WorkerError):
                data.reraise()
            yield worker.unpack(block, data, to_owned_tensor)

    def _receive(self, timeout):
        deadline = time.monotonic() + timeout if timeout else None
        while True:
            try:
                self._take(self.results.get(timeout=min(timeout or 0.5, 0.5)))
                return
            except queue.Empty:
                dead = [p for p in self.processes if not p.is_alive()]
                if dead:
                    raise PorticoRuntimeError(
                        f"DataLoader worker (pid(s) {', '.join(str(p.pid) for p in dead)}) exited "
                        f"unexpectedly with exit code {dead[0].exitcode}"
                    ) from None
                if deadline is not None and time.monotonic() >= deadline:
                    raise PorticoRuntimeError(
                        f"DataLoader timed out after {timeout} seconds"
                    ) from None

    def _take(self, result):
        number, sender, block, data = result
        self._pending.pop(number, None)
        self._ready[number] = (sender, block, data)

    def drain(self):
        """Takes in what is still on the way, so that the next epoch begins clean."""
        while self._pending:
            self._receive(0)
        self._forget_ready()

    def _forget_ready(self):
        for _, block, _ in self._ready.values():
            worker.discard(block)
        self._ready.clear()

    def close(self):
        """Ends the processes and frees batches that were made but not read."""
        if not self.processes:
            return
        for tasks in self.tasks:
            tasks.put(None)
        patience = time.monotonic() + 5
        while any(p.is_alive() for p in self.processes) or not self.results.empty():
            if time.monotonic() > patience:  # a sample that never ends
                for process in self.processes:
                    process.terminate()
            try:
                self._take(self.results.get(timeout=0.02))
            except queue.Empty:
                continue
        for process in self.processes:
            process.join()
        for tasks in self.tasks:
            tasks.close()
            tasks.cancel_join_thread()
        self.results.close()
        self._forget_ready()
        self.processes = []


_END = object()
