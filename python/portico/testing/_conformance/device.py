"""The device itself: copies, memory, concurrency."""

from __future__ import annotations

import threading
import time

import numpy as np

import portico as pt
from portico import _accelerators

from . import values
from .cases import DeviceCase, to_device, to_host
from .layouts import SHAPES
from .levels import reaches

CHECKS = {}

#: Of what a driver allocates, in bytes: PORTICO_ALIGNMENT of driver.h.
ALIGNMENT = 64


def check(f):
    CHECKS[f.__name__] = f
    return f


def same(got, expected, what):
    assert got.dtype == expected.dtype and got.shape == expected.shape, (
        f"{what}: got {got.dtype}{list(got.shape)}; expected {expected.dtype}{list(expected.shape)}"
    )
    assert got.tobytes() == expected.tobytes(), f"{what}: the bytes differ"


@check
def copies(device, dtypes, level):
    """There and back, for every dtype and shape, of views too; and on the device."""
    for dtype in dtypes:
        for shape in SHAPES:
            if not reaches(level, shape.level):
                continue
            rng = values.generator(f"copies {dtype} {shape.name}")
            array = np.asarray(rng.choice(values.specials(dtype), shape.shape))
            tensor = to_device(array, device)
            assert tensor.device == pt.device(device), f"on {tensor.device}, not on {device}"
            what = f"{dtype}{list(shape.shape)}"
            at = tensor.data_ptr()
            assert at % ALIGNMENT == 0, f"{what} lies at {at:#x}, not at a multiple of {ALIGNMENT}"
            same(to_host(tensor), array, f"{what} there and back")
            same(to_host(tensor.clone()), array, f"{what} cloned")
            if array.ndim == 2:
                same(to_host(tensor.t()), np.ascontiguousarray(array.T), f"{what} transposed")
                same(to_host(tensor[:, ::2]), np.ascontiguousarray(array[:, ::2]), f"{what} steps")
            other = pt.empty(shape.shape, dtype=tensor.dtype, device=device)
            other.copy_(tensor)
            same(to_host(other), array, f"{what} copied into another")


@check
def copy_is_no_alias(device, dtypes, level):
    """What is written after a copy was made is not seen by it."""
    array = np.arange(12, dtype=np.float32)
    tensor = to_device(array, device)
    array[:] = -1
    same(to_host(tensor), np.arange(12, dtype=np.float32), "the tensor follows its source")
    copy = tensor.clone()
    tensor.add_(1)
    same(to_host(copy), np.arange(12, dtype=np.float32), "the clone follows its source")


@check
def fills(device, dtypes, level):
    for dtype in dtypes:
        for shape in ((), (0,), (1,), (3, 5), (1025,)):
            tensor = pt.full(shape, 1, dtype=getattr(pt, dtype), device=device)
            got = to_host(tensor)
            same(got, np.ones(shape, got.dtype), f"full {dtype}{list(shape)}")


@check
def donated_memory(device, dtypes, level):
    """In-place steps reuse memory and keep values."""
    x = to_device(np.zeros(4097, np.float32), device)
    for _ in range(5):
        x.add_(1).mul_(2)
        x[:7].sub_(1)
    expected = np.zeros(4097, np.float32)
    for _ in range(5):
        expected = (expected + 1) * 2
        expected[:7] -= 1
    same(to_host(x), expected, "five steps in place")


@check
def index_out_of_range(device, dtypes, level):
    """A bad index is an IndexError at the line of the user, and nothing else is lost."""
    x = to_device(np.arange(6, dtype=np.float32), device)
    y = x * 2
    bad = to_device(np.array([1, 6]), device)
    try:
        to_host(x[bad])
    except IndexError:
        pass
    else:
        raise AssertionError("an index of 6 into 6 elements was accepted")
    same(to_host(y), np.arange(6, dtype=np.float32) * 2, "what was pending")


@check
def division_by_zero(device, dtypes, level):
    """Dividing an integer by 0 is an error, and nothing else is lost."""
    x = to_device(np.array([6, 7, 8], np.int32), device)
    y = x * 2
    try:
        to_host(x // to_device(np.array([2, 0, 3], np.int32), device))
    except (RuntimeError, ZeroDivisionError) as error:
        assert "zero" in str(error).lower(), f"the message says nothing of zero: {error}"
    else:
        raise AssertionError("7 // 0 gave a value")
    same(to_host(y), np.array([12, 14, 16], np.int32), "what was pending")


@check
def out_of_memory(device, dtypes, level):
    """Too much memory is an error; tensors live on, and the device goes on working."""
    x = to_device(np.arange(1000, dtype=np.float32), device)
    try:
        pt.eval(pt.arange(1 << 47, device=device))
    except (MemoryError, RuntimeError) as error:
        assert "memory" in str(error).lower(), f"the message says nothing of memory: {error}"
    else:
        raise AssertionError("a petabyte was allocated")
    same(to_host(x + 1), np.arange(1000, dtype=np.float32) + 1, "a tensor after that")


@check
def rounding(device, dtypes, level):
    """A product is rounded before it is added: kernels say where one rounding is enough."""
    for dtype, small in (("float32", 2.0**-13), ("float64", 2.0**-27)):
        if dtype not in dtypes:
            continue
        # x * x is 1 + 2 small + small^2, whose last term is lost when it is rounded.
        one = np.ones(1025, dtype)
        x, rest = (to_device(one * value, device) for value in (1 + small, 1 + 2 * small))
        for what, result in (
            ("x * x - c", x * x - rest),
            ("c - x * x", rest - x * x),
            ("-c + x * x", -rest + x * x),
        ):
            same(to_host(result), one * 0, f"{dtype} {what}, a product with a rounding of its own")


@check
def results_repeat(device, dtypes, level):
    """The same inputs give the same bits."""
    rng = values.generator("results repeat")
    a, b = (to_device(rng.standard_normal((70, 70)).astype(np.float32), device) for _ in "ab")
    x = to_device(rng.standard_normal(300_001).astype(np.float32), device)

    def run():
        return [to_host(t).tobytes() for t in (a @ b, x.sum(), x.cumsum(0), (a @ b).softmax(1))]

    assert run() == run(), "two runs gave different bits"


@check
def threads(device, dtypes, level):
    """Several threads compute at a time, each with tensors of its own and one that they share."""
    shared = to_device(np.arange(64 * 64, dtype=np.float32).reshape(64, 64) / 4096, device)
    failures = []

    def work(number):
        try:
            rng = values.generator(f"thread {number}")
            for _ in range(4 if reaches(level, "standard") else 2):
                array = rng.standard_normal((64, 64)).astype(np.float32)
                x = to_device(array, device)
                got = to_host((x @ shared).relu().sum(1) + number)
                wide = np.maximum(array.astype(np.float64) @ to_host(shared), 0).sum(1) + number
                np.testing.assert_allclose(got, wide, rtol=1e-4, atol=1e-4)
        except BaseException as error:
            failures.append(f"thread {number}: {error}")

    pool = [threading.Thread(target=work, args=(k,)) for k in range(6)]
    for thread in pool:
        thread.start()
    for thread in pool:
        thread.join()
    assert not failures, "\n".join(failures)


@check
def events(device, dtypes, level):
    """An event happens when what was asked for before it is done, and streams wait for it."""
    kind = _kind(device)
    x = to_device(np.arange(4096, dtype=np.float32), device)
    first, second = kind.Stream(device), kind.Stream(device)
    begin, end = kind.Event(enable_timing=True), kind.Event(enable_timing=True)
    assert begin.query(), "an event that was not recorded has not happened"
    with kind.stream(first):
        begin.record()
        y = x * 2
        pt.eval(y)
        end.record()
    second.wait_event(end)
    with kind.stream(second):
        z = y + 1
        pt.eval(z)
    second.synchronize()
    assert end.query(), "what a stream waited for has not happened when the stream is done"
    assert _elapsed(begin, end) >= 0, "an event before another was after it"
    _event_is_not_early(kind, device)
    same(to_host(z), np.arange(4096, dtype=np.float32) * 2 + 1, "the value behind two streams")


def _event_is_not_early(kind, device):
    """Where a query says that an event has happened the stream has nothing left to wait for. It
    can be told on devices that work behind the caller's back, and long enough."""
    stream = kind.Stream(device)

    def took(size):
        """Seconds from the query to the end, where it says yes, and those of all."""
        x = to_device(np.ones(size, np.float32), device)
        stream.synchronize()
        start, end = time.perf_counter(), kind.Event()
        with kind.stream(stream):
            for _ in range(20):
                x = x.sin()
            pt.eval(x)
            end.record()
        happened, asked = end.query(), time.perf_counter()
        stream.synchronize()
        done = time.perf_counter()
        return (done - asked if happened else 0), done - start

    for size in (1 << k for k in range(16, 25, 2)):
        took(size)  # compiles
        if took(size)[1] > 0.05:
            break
    # A machine that is busy may keep us waiting for nothing now and then.
    after = [took(size) for _ in range(4)]
    assert any(late < 0.01 or late < whole / 4 for late, whole in after), (
        f"a query said that an event had happened, {min(after)[0] * 1e3:.0f} ms before it did"
    )


@check
def concurrent_streams(device, dtypes, level):
    """Chains of work on several streams, asked for in turn, do not touch each other's memory."""
    kind = _kind(device)
    streams = [kind.Stream(device) for _ in range(4)]
    values_ = [to_device(np.full(20_001, k, np.float32), device) for k in range(len(streams))]
    for step in range(8 if reaches(level, "standard") else 4):
        for k, stream in enumerate(streams):
            with kind.stream(stream):
                values_[k] = values_[k] * 2 + step
                pt.eval(values_[k])
    for stream in streams:
        stream.synchronize()
    for k, value in enumerate(values_):
        expected = np.full(20_001, k, np.float32)
        for step in range(8 if reaches(level, "standard") else 4):
            expected = expected * 2 + step
        same(to_host(value), expected, f"stream {k}")


def _elapsed(begin, end):
    """Milliseconds between events; 0 where the driver does not time them, which it need not."""
    try:
        return begin.elapsed_time(end)
    except pt.PorticoError as error:
        assert "cannot time events" in str(error), str(error)
        return 0


def _kind(device):
    """The module with the streams and events of a device."""
    return _accelerators.module(pt.device(device).type)


def cases(name, dtypes, level):
    yield DeviceCase(f"device/{name}", lambda device: CHECKS[name](device, dtypes, level))
