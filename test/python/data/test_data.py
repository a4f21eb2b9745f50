"""Data sets, samplers and the loader, with and without worker processes."""

import os
import time
from pathlib import Path

import numpy as np
import pytest

import portico as pt
from portico.utils import data


class Squares(data.Dataset):
    def __init__(self, n=11):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        return np.full(2, i, np.float32), i * i, {"name": f"#{i}"}


class Count(data.IterableDataset):
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        info = data.get_worker_info()
        first, step = (0, 1) if info is None else (info.id, info.num_workers)
        return iter(range(first, self.n, step))


WORKERS = pytest.mark.parametrize("workers", [0, 2])


@WORKERS
def test_batches_in_order(workers):
    loader = data.DataLoader(Squares(), 4, num_workers=workers)
    batches = list(loader)
    assert len(loader) == len(batches) == 3
    rows, squares, names = batches[2]
    assert rows.tolist() == [[8, 8], [9, 9], [10, 10]] and rows.dtype is pt.float32
    assert squares.tolist() == [64, 81, 100] and squares.dtype is pt.int64
    assert names == {"name": ["#8", "#9", "#10"]}


@WORKERS
def test_tensor_dataset_shuffled(workers):
    pt.manual_seed(1)
    x = pt.arange(20)
    loader = data.DataLoader(data.TensorDataset(x, x * 3), 6, shuffle=True, num_workers=workers)
    first, second = [[b[0].tolist() for b in loader] for _ in range(2)]
    assert sorted(sum(first, [])) == list(range(20)) and first != second
    for a, b in loader:
        assert (a * 3).tolist() == b.tolist()


@WORKERS
def test_batches_own_their_memory(workers):
    source = np.zeros((4, 2), np.float32)

    class Rows(data.Dataset):
        def __len__(self):
            return 4

        def __getitem__(self, i):
            return source[i]

    (batch,) = data.DataLoader(Rows(), 4, num_workers=workers)
    batch += 1
    assert not source.any() and batch.sum().item() == 8


@WORKERS
def test_streams(workers):
    batches = [b.tolist() for b in data.DataLoader(Count(7), 2, num_workers=workers)]
    assert sorted(sum(batches, [])) == list(range(7))
    dropped = list(data.DataLoader(Count(7), 2, num_workers=workers, drop_last=True))
    assert all(len(b) == 2 for b in dropped)


@WORKERS
def test_an_exception_comes_with_its_traceback(workers):
    class Broken(Squares):
        def __getitem__(self, i):
            if i == 5:
                raise LookupError("sample five is broken")
            return i

    seen = []
    with pytest.raises(LookupError, match="sample five is broken") as caught:
        for batch in data.DataLoader(Broken(), 2, num_workers=workers):
            seen.append(batch)
    assert len(seen) == 2
    if workers:
        assert "in DataLoader worker process" in str(caught.value)
        assert "in __getitem__" in str(caught.value)


def test_a_worker_that_dies_is_noticed():
    class Deadly(Squares):
        def __getitem__(self, i):
            os._exit(3)

    with pytest.raises(RuntimeError, match="exited unexpectedly with exit code 3"):
        list(data.DataLoader(Deadly(), 2, num_workers=1))


def test_timeout():
    class Slow(Squares):
        def __getitem__(self, i):
            time.sleep(2)

    with pytest.raises(RuntimeError, match="timed out after 0.2 seconds"):
        list(data.DataLoader(Slow(2), 2, num_workers=1, timeout=0.2))


def blocks():
    shared = Path("/dev/shm")
    return {p.name for p in shared.glob("psm_*")} if shared.exists() else set()


@pytest.mark.parametrize("persistent", [False, True])
def test_leaving_early_leaves_nothing_behind(persistent):
    before = blocks()
    loader = data.DataLoader(Squares(40), 4, num_workers=2, persistent_workers=persistent)
    for _ in range(2):
        for i, _batch in enumerate(loader):
            if i == 1:
                break
    assert len(list(loader)) == 10
    del loader
    assert blocks() <= before


def test_worker_init_and_seeds():
    class Info(data.Dataset):
        def __len__(self):
            return 4

        def __getitem__(self, i):
            info = data.get_worker_info()
            return info.id, float(np.random.random()), info.dataset.mark

    dataset = Info()
    dataset.mark = 1

    def init(worker_id):
        data.get_worker_info().dataset.mark = 10 + worker_id

    ids, numbers, marks = zip(
        *data.DataLoader(dataset, 1, num_workers=2, worker_init_fn=init), strict=True
    )
    assert [int(i) for i in ids] == [0, 1, 0, 1]
    assert [int(m) for m in marks] == [10, 11, 10, 11]
    assert len({float(n) for n in numbers}) == 4


def test_workers_may_be_forked_after_portico_has_computed():
    x = pt.arange(6.0) * 2
    assert x.sum().item() == 30
    loader = data.DataLoader(data.TensorDataset(x), 3, num_workers=1)
    assert [b[0].tolist() for b in loader] == [[0, 2, 4], [6, 8, 10]]
    assert (x + 1).sum().item() == 36


def test_subset_concat_and_split():
    whole = data.ConcatDataset([Squares(3), Squares(2)])
    assert [whole[i][1] for i in range(5)] == [0, 1, 4, 0, 1] and whole[-1][1] == 1
    part = data.Subset(data.TensorDataset(pt.arange(10)), [5, 3, 8])
    assert [b[0].tolist() for b in data.DataLoader(part, 2)] == [[5, 3], [8]]
    pt.manual_seed(0)
    a, b = data.random_split(range(10), [0.75, 0.25])
    assert (len(a), len(b)) == (8, 2) and sorted([*a, *b]) == list(range(10))
    with pytest.raises(ValueError, match="Sum of input lengths"):
        data.random_split(range(10), [3, 3])


def test_samplers():
    assert list(data.SequentialSampler(range(3))) == [0, 1, 2]
    assert sorted(data.RandomSampler(range(5))) == list(range(5))
    drawn = list(data.RandomSampler(range(2), replacement=True, num_samples=50))
    assert len(drawn) == 50 and set(drawn) == {0, 1}
    assert list(data.WeightedRandomSampler([0.0, 1.0, 0.0], 3)) == [1, 1, 1]
    assert sorted(data.SubsetRandomSampler([7, 9])) == [7, 9]
    sampler = data.BatchSampler(range(5), 2, drop_last=True)
    assert list(sampler) == [[0, 1], [2, 3]] and len(sampler) == 2


def test_a_generator_makes_the_order_repeat():
    def order():
        g = pt.Generator()
        g.manual_seed(5)
        return [b.tolist() for b in data.DataLoader(range(10), 3, shuffle=True, generator=g)]

    assert order() == order()


def test_collate():
    batch = data.default_collate([(1, 2.0, True, "a"), (3, 4.0, False, "b")])
    assert [t.dtype for t in batch[:3]] == [pt.int64, pt.float64, pt.bool]
    assert batch[3] == ["a", "b"]
    stacked = data.default_collate([pt.ones(2, dtype=pt.bfloat16)] * 3)
    assert stacked.shape == (3, 2) and stacked.dtype is pt.bfloat16
    with pytest.raises(RuntimeError, match="equal size"):
        data.default_collate([pt.ones(2), pt.ones(3)])
    with pytest.raises(TypeError, match="must contain tensors"):
        data.default_collate([object()])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: data.DataLoader(range(3), num_workers=-1), "non-negative"),
        (lambda: data.DataLoader(range(3), batch_size=0), "positive integer"),
        (lambda: data.DataLoader(range(3), shuffle=True, sampler=[0]), "mutually exclusive"),
        (lambda: data.DataLoader(Count(3), shuffle=True), "IterableDataset"),
        (lambda: data.DataLoader(range(3), prefetch_factor=2), "multiprocessing"),
    ],
)
def test_misuse(make, message):
    with pytest.raises(ValueError, match=message):
        make()
