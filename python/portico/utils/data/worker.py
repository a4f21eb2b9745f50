"""What a worker process of the loader does, and how batches travel.

Arrays go through shared memory, one block per batch; the rest through a pipe.
A worker never touches Portico's compiler or its threads: it makes NumPy
arrays, so it may be forked from a process that has compiled and run.
"""

import os
import pickle
import random
import sys
import threading
import traceback
from dataclasses import dataclass
from multiprocessing import shared_memory

import numpy as np

__all__ = ["WorkerInfo", "get_worker_info"]

_info = None


@dataclass(frozen=True)
class WorkerInfo:
    """Which worker this is; see `get_worker_info`.

    >>> pt.utils.data.WorkerInfo(id=0, num_workers=2, seed=7, dataset=[]).num_workers
    2
    """

    id: int
    num_workers: int
    seed: int
    dataset: object


def get_worker_info():
    """The `WorkerInfo` of this process, or None in the main process.

    Source: https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.get_worker_info

    >>> pt.utils.data.get_worker_info() is None
    True
    """
    return _info


class WorkerError:
    """An exception of a worker with its traceback as text."""

    def __init__(self, where):
        kind, error, _ = sys.exc_info()
        self.kind, self.where = kind, where
        self.text = traceback.format_exc()
        try:
            self.args = pickle.loads(pickle.dumps(error.args))
        except Exception:
            self.args = (str(error),)

    def reraise(self):
        message = f"Caught {self.kind.__name__} {self.where}.\nOriginal {self.text}"
        if self.kind is KeyError:
            raise KeyError(_Plain(message))
        try:
            error = self.kind(message)
        except Exception:
            raise RuntimeError(message) from None
        raise error


class _Plain(str):
    """A KeyError shows its argument with repr; this one keeps the line breaks."""

    def __repr__(self):
        return str(self)


@dataclass(frozen=True)
class _Placed:
    """Where an array of a batch lies in its block of shared memory."""

    offset: int
    shape: tuple
    dtype: str


def _map_arrays(data, change):
    """The structure with `change` applied to every array (or placed array) in it."""
    if isinstance(data, (np.ndarray, _Placed)):
        return change(data)
    if isinstance(data, dict):
        return {key: _map_arrays(value, change) for key, value in data.items()}
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*(_map_arrays(value, change) for value in data))
    if isinstance(data, (list, tuple)):
        return type(data)(_map_arrays(value, change) for value in data)
    return data


def _dtype_name(dtype):
    return dtype.name if dtype.kind == "V" else dtype.str


def _dtype(name):
    if name == "bfloat16":
        import ml_dtypes

        return np.dtype(ml_dtypes.bfloat16)
    return np.dtype(name)


def pack(data):
    """(name of a block of shared memory or None, structure without arrays)."""
    arrays = []

    def place(array):
        array = np.ascontiguousarray(array)
        end = arrays[-1][0] + arrays[-1][1].nbytes if arrays else 0
        offset = -(-end // 64) * 64
        arrays.append((offset, array))
        return _Placed(offset, array.shape, _dtype_name(array.dtype))

    structure = _map_arrays(data, place)
    size = arrays[-1][0] + arrays[-1][1].nbytes if arrays else 0
    if not size:
        return None, _map_arrays(structure, lambda p: np.empty(p.shape, _dtype(p.dtype)))
    try:
        block = _create_block(size)
    except OSError:
        # No room in shared memory: the pipe is slower but always there.
        return None, data
    for offset, array in arrays:
        view = np.ndarray(array.shape, array.dtype, buffer=block.buf, offset=offset)
        view[...] = array
        del view
    name = block.name
    block.close()
    return name, structure


def _create_block(size):
    """A block that the receiver frees: no tracker process may do it earlier."""
    block = shared_memory.SharedMemory(create=True, size=size)
    _untrack(block)
    return block


def _untrack(block):
    from multiprocessing import resource_tracker

    resource_tracker.unregister(block._name, "shared_memory")


def unpack(name, structure, make):
    """The batch with `make` applied to each array; frees the block."""
    if name is None:
        return _map_arrays(structure, make)
    block = shared_memory.SharedMemory(name=name)
    try:

        def read(placed):
            array = np.ndarray(
                placed.shape, _dtype(placed.dtype), buffer=block.buf, offset=placed.offset
            )
            result = make(array)
            del array
            return result

        return _map_arrays(structure, read)
    finally:
        block.close()
        block.unlink()


def discard(name):
    """Frees the block of a batch that nobody will read."""
    if name is not None:
        block = shared_memory.SharedMemory(name=name)
        block.close()
        block.unlink()


def work(tasks, results, fetch, dataset, worker_id, workers, seed, init):
    """The loop of a worker: (number, indices) in, (number, block, structure) out."""
    global _info
    watcher = threading.Thread(target=_leave_with_parent, args=(os.getppid(),), daemon=True)
    watcher.start()
    random.seed(seed + worker_id)
    np.random.seed((seed + worker_id) % 2**32)
    _info = WorkerInfo(worker_id, workers, seed + worker_id, dataset)
    where = f"in DataLoader worker process {worker_id}"
    failed = None
    try:
        if init is not None:
            init(worker_id)
        fetch = fetch(dataset)
    except Exception:
        failed = WorkerError(where)
    while True:
        task = tasks.get()
        if task is None:
            return
        number, indices = task
        try:
            if failed is not None:
                results.put((number, worker_id, None, failed))
                continue
            results.put((number, worker_id, *pack(fetch(indices))))
        except StopIteration:
            results.put((number, worker_id, None, StopIteration))
        except KeyboardInterrupt:
            return
        except Exception:
            results.put((number, worker_id, None, WorkerError(where)))


def _leave_with_parent(parent):
    """Ends the worker when its parent has died: nobody would read its results."""
    import time

    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)
