"""Several threads, a fork, and Ctrl-C: nothing hangs and nothing is lost."""

import os
import signal
import threading

import numpy as np
import pytest

from portico import _core
from portico._generated import ops

from .helpers import t, total

BOTH = pytest.mark.parametrize("executor", ["reference", "compiled"], indirect=True)


@BOTH
def test_threads():
    failures = []

    def work(seed):
        try:
            for i in range(30):
                n = 3 + (seed + i) % 5
                x = t(np.full(n, seed))
                x += i
                y = x * x - 1
                assert y.tolist() == [float((seed + i) ** 2 - 1)] * n
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(s,)) for s in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures[0]


def test_threads_share_a_pending_value():
    x = t(np.ones(100))
    for _ in range(20):
        x += 1  # donated step by step
        y = x * 2
        results = []
        threads = [threading.Thread(target=lambda: results.append(y.tolist()[0])) for _ in range(4)]  # noqa: B023
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(results)) == 1


def in_threads(count, work):
    failures = []
    barrier = threading.Barrier(count)

    def guarded(number):
        try:
            barrier.wait()
            work(number)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


@BOTH
def test_threads_share_memory_with_numpy():
    """Each thread's array keeps the memory shared; the storage counts them all."""
    for n in range(50, 70):
        x = t(np.arange(float(n)))
        x *= 2  # pending when the threads meet

        def work(number):
            array = x.numpy()  # noqa: B023
            assert array[3] == 6
            if number == 0:
                array[-1] = 1  # the tensor sees it
            del array
            assert x.tolist()[:4] == [0, 2, 4, 6]  # noqa: B023

        in_threads(6, work)
        assert x.tolist()[-1] == 1
        x += 1
        assert x.tolist()[:2] == [1, 3]


@BOTH
def test_threads_use_what_others_share():
    """While one thread builds a program, others make its inputs external and values again."""
    shared = t(np.linspace(0, 1, 600).reshape(20, 30))
    expected = shared.tolist()

    def work(number):
        for n in range(1, 8):
            x = t(np.ones((n, 20)))
            y = ops.dot_general(x, shared, (), (), (1,), (0,)) + number
            assert np.allclose(y.numpy(), np.sum(expected, 0) + number, atol=1e-4)
            assert shared.numpy()[2, 3] == np.float32(expected[2][3])

    in_threads(6, work)
    assert shared.tolist() == expected


@BOTH
def test_threads_write_to_shared_memory():
    array = np.zeros(6, np.float32)
    x = _core.from_buffer(array, copy=False)

    def work(number):
        for i in range(20):
            x[number : number + 1] = t([float(i)]) * 2
            x.numpy()

    in_threads(6, work)
    assert array.tolist() == x.tolist() == [38.0] * 6


def test_grad_mode_is_a_threads_own():
    _core.set_grad_enabled(False)
    seen = []
    thread = threading.Thread(target=lambda: seen.append(_core.is_grad_enabled()))
    thread.start()
    thread.join()
    assert seen == [True]


@BOTH
def test_fork():
    x = t(np.arange(1000.0))
    (x + 1).tolist()
    pending = x * 3
    child = os.fork()
    if child == 0:
        ok = pending.tolist()[2] == 6 and (x - 1).tolist()[0] == -1
        os._exit(0 if ok else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert pending.tolist()[2] == 6


@pytest.fixture
def interruptible():
    """A shell starts what runs in the background with Ctrl-C ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_interrupt(interruptible):
    """Ctrl-C in the middle of things: KeyboardInterrupt, and what was pending still is."""
    x = t([1.0, 2.0])
    for i in range(20):
        y = x
        for _ in range(i + 1):
            y = y * 2 + i
        timer = threading.Timer(0.0005 * (i % 4), os.kill, (os.getpid(), signal.SIGINT))
        try:
            timer.start()
            while True:
                y.tolist()
                (y + 0).tolist()
        except KeyboardInterrupt:
            pass
        timer.join()
        expected = np.float32([1, 2])
        for _ in range(i + 1):
            expected = expected * 2 + np.float32(i)
        assert np.allclose(y.tolist(), expected)


def test_compiled_and_reference_agree():
    def program():
        x = t(np.linspace(-2, 2, 7))
        w = t(np.linspace(1, 2, 7), grad=True)
        y = ops.max(x * w, x) / (1 + x * x)
        _core.backward([total(y * y)])
        return np.concatenate([y.detach().numpy(), w.grad.numpy()])

    expected = program()
    _core.set_option("executor", "compiled")
    assert np.allclose(program(), expected, rtol=1e-5)


def test_threads_train_apart():
    x = t(np.arange(12.0).reshape(4, 3) * 0.1)

    def train(seed, out):
        w = t(np.full((3, 2), seed), grad=True)
        for _ in range(10):
            y = ops.dot_general(x, w, (), (), (1,), (0,))
            _core.backward([total(y * y)])
            w.data -= w.grad * 0.01
            w.grad = None
        out[seed] = w.tolist()

    alone, together = {}, {}
    for seed in range(4):
        train(seed, alone)
    threads = [threading.Thread(target=train, args=(s, together)) for s in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone
