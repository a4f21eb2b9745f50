"""The modules `pt.<kind>` for each kind of device, with the functions of PyTorch's `torch.cuda`.

There is one for every driver and for each of its other names, made when it is first asked for, and
`pt.accelerator` for whichever kind this machine has. A kind without devices has its module too:
`is_available()` is how programs ask.
"""

from __future__ import annotations

import collections
import functools
import types

from . import _core
from ._device import HOST, placed
from ._fail import fail_runtime, fail_type, fail_value

#: What programs written for PyTorch ask about, whether or not this build has it.
PYTORCH_KINDS = ("cuda", "xpu", "mps")

_STREAM_DOC = """Work of a device that is done in the order in which it was asked for.

A device has 32 streams besides the default one, which are handed out in turn. Work of two
streams may overlap; what touches the same tensors is done in the order of the calls.
"""


def _wait_event(self, event):
    """What this stream is asked for from now on comes after the event."""
    event.wait(self)


def _wait_stream(self, stream):
    """What this stream is asked for from now on comes after what `stream` was asked for."""
    self.wait_event(stream.record_event())


def _record_event(self, event=None):
    """An event (a new one, if none is given) after all that this stream was asked for."""
    event = Event(device=self.device) if event is None else event
    event.record(self)
    return event


def _show_stream(self):
    return f"<portico.Stream device={self.device} number={self.number}>"


_core.Stream.wait_event = _wait_event
_core.Stream.wait_stream = _wait_stream
_core.Stream.record_event = _record_event
_core.Stream.__repr__ = _show_stream


class _EventType(type):
    """The class `pt.<kind>.Event`: an event of the kind's current device, unless one is named."""

    def __call__(cls, *args, device=None, **options):
        return Event(*args, device=device, module=cls.module, **options)

    def __instancecheck__(cls, x):
        return isinstance(x, Event)


class _StreamType(type):
    """The class `pt.<kind>.Stream`: calling it hands out one of the device's streams."""

    def __call__(cls, device=None, priority=0):
        return _core.next_stream(cls.module._at(device))

    def __instancecheck__(cls, x):
        return isinstance(x, _core.Stream)


class _Chosen:
    """Within it, this thread's work goes to a stream."""

    def __init__(self, stream):
        self.stream = stream

    def __enter__(self):
        if self.stream is not None:
            self.before = _core.current_stream(self.stream.device)
            self.stream.make_current()
        return self.stream

    def __exit__(self, *error):
        if self.stream is not None:
            self.before.make_current()


class Event:
    """A point in the work of a stream, to wait for or to measure time with.

    >>> event = pt.accelerator.Event()
    >>> event.query()
    True
    """

    def __init__(
        self, enable_timing=False, blocking=False, interprocess=False, *, device=None, module=None
    ):
        self._module = module
        if interprocess:
            fail_value("Event", "events are not shared between processes", interprocess, False)
        self._native = None if device is None else _core.Event(device)

    def record(self, stream=None):
        """Puts the event after all that a stream was asked for so far."""
        if stream is None:
            stream = _core.current_stream(self._device())
        if self._native is None:
            self._native = _core.Event(stream.device)
        self._native.record(stream)

    def _device(self):
        if self._native is not None:
            return self._native.device
        return _current() if self._module is None else self._module._at()

    def wait(self, stream=None):
        """What a stream is asked for from now on comes after the event."""
        if self._native is not None:
            self._native.wait(stream or _core.current_stream(self._native.device))

    def query(self):
        """Whether the event has happened; one that was not recorded has."""
        return self._native is None or self._native.query()

    def synchronize(self):
        """Waits until the event has happened."""
        if self._native is not None:
            self._native.synchronize()

    def elapsed_time(self, end_event):
        """Milliseconds from this event to another one; both must have happened."""
        if self._native is None or end_event._native is None:
            fail_runtime("elapsed_time", "both events must be recorded", "one that was not")
        return self._native.elapsed(end_event._native)


def _current(device=None, kind=None):
    """The device that an argument means: a device, an index, or None for the current one."""
    if isinstance(device, _core.device):
        return device
    if isinstance(device, int):
        device = f"{kind or _core.accelerator()}:{device}"
    return _core.device(device or kind or _core.accelerator() or HOST.type)


Properties = collections.namedtuple(
    "DeviceProperties",
    "name total_memory multi_processor_count arch driver_version",
)


def _seed(seed):
    from .random import manual_seed

    manual_seed(seed)


class DeviceModule(types.ModuleType):
    """What `torch.cuda` is in PyTorch, for the devices of one kind."""

    def __init__(self, word, kind):
        super().__init__(f"portico.{word}", f"Devices of the kind {word}.")
        self._word = word
        #: The driver's name; None where this build has no such driver.
        self._kind = kind
        self.Event = _EventType("Event", (), {"module": self, "__doc__": Event.__doc__})
        self.Stream = _StreamType("Stream", (), {"module": self, "__doc__": _STREAM_DOC})

    def _named(self):
        return self._kind() if callable(self._kind) else self._kind

    def _at(self, device=None):
        kind = self._named()
        if kind is None:
            fail_runtime(
                self._word, f"portico not built with {self._word}", None, None,
                "python -m portico devices",
            )  # fmt: skip
        found = _current(device, kind)
        if found.type != kind:
            fail_value(self._word, f"Expected a {kind} device, but got: {found}", str(found))
        return found

    # Devices

    def is_available(self):
        """Whether there is such a device."""
        return self.device_count() > 0

    is_initialized = is_available

    def init(self):
        """Opens the current device. Nothing needs it: the first use does the same."""
        _core.default_stream(self._at())

    def device_count(self):
        """How many such devices this process may use."""
        kind = self._named()
        return 0 if kind is None else _core.device_count(kind)

    def current_device(self):
        """The index of the device that the kind's name alone means."""
        return self._at().index or 0

    def set_device(self, device):
        """Makes a device the one that the kind's name alone means, in this thread."""
        if isinstance(device, int) and device < 0:
            return
        found = self._at(device)
        _core.set_current_ordinal(found.type, found.index or 0)

    set_device_index = set_device

    def device(self, device):
        """A context in which a device is the current one."""
        return _CurrentDevice(self, device)

    def get_device_name(self, device=None):
        """What the device calls itself."""
        return self.get_device_properties(device).name

    def get_device_properties(self, device=None):
        """Name, memory, processors, architecture and driver of a device."""
        found = self._at(device)
        known = _core.describe_device(f"{found.type}:{found.index or 0}")
        return Properties(*(known[field] for field in Properties._fields))

    def synchronize(self, device=None):
        """Waits until a device has done all that it was asked for."""
        _core.synchronize(self._at(device))

    # Streams

    def current_stream(self, device=None):
        """The stream that this thread's work goes to."""
        return _core.current_stream(self._at(device))

    def default_stream(self, device=None):
        """The stream that work goes to unless another is chosen."""
        return _core.default_stream(self._at(device))

    def stream(self, stream):
        """A context in which work goes to a stream. None changes nothing."""
        return _Chosen(stream)

    def set_stream(self, stream):
        """Makes a stream the one that this thread's work goes to."""
        if not isinstance(stream, _core.Stream):
            fail_type("set_stream", "not a stream", type(stream).__name__, "a Stream")
        stream.make_current()

    # Memory

    def _stats(self, device):
        return _core.memory_stats(self._at(device))

    def memory_allocated(self, device=None):
        """Bytes that tensors hold."""
        return self._stats(device)["live_bytes"]

    def max_memory_allocated(self, device=None):
        """The most bytes that tensors held since `reset_peak_memory_stats`."""
        return self._stats(device)["peak_bytes"]

    def memory_reserved(self, device=None):
        """Bytes that tensors hold and that are kept for the next ones."""
        stats = self._stats(device)
        return stats["live_bytes"] + stats["cached_bytes"]

    def memory_stats(self, device=None):
        """The figures of the allocator, under PyTorch's names."""
        s = self._stats(device)
        reserved = s["live_bytes"] + s["cached_bytes"]
        return collections.OrderedDict(
            {
                "active_bytes.all.current": s["live_bytes"],
                "allocated_bytes.all.current": s["live_bytes"],
                "allocated_bytes.all.peak": s["peak_bytes"],
                "allocation.all.allocated": s["allocations"],
                "allocation.all.current": s["live_buffers"],
                "num_alloc_retries": s["retries"],
                "reserved_bytes.all.current": reserved,
            }
        )

    def reset_peak_memory_stats(self, device=None):
        """Starts `max_memory_allocated` anew."""
        _core.reset_device_peak(self._at(device))

    def empty_cache(self):
        """Gives the memory that is kept for the next tensors back to the device."""
        kind = self._named()
        if kind is not None:
            for ordinal in range(_core.device_count(kind)):
                _core.release_device_cache(f"{kind}:{ordinal}")

    def mem_get_info(self, device=None):
        """Bytes that the device has free, and all that it has."""
        return _core.memory_info(self._at(device))

    def set_per_process_memory_fraction(self, fraction, device=None):
        """The part of a device's memory that tensors may take."""
        if not 0 <= fraction <= 1:
            fail_value(
                "set_per_process_memory_fraction", "invalid fraction", fraction, "from 0 to 1"
            )
        found = self._at(device)
        _core.set_device_memory_limit(found, int(_core.memory_info(found)[1] * fraction) or 1)

    # Random numbers: one stream of them for all devices

    def manual_seed(self, seed):
        """Seeds random numbers, which are the same on all devices."""
        _seed(seed)

    manual_seed_all = manual_seed


class _CurrentDevice(placed):
    """Within it, a device is the one that its kind's name alone means."""

    def __init__(self, module, device):
        self.module, self.target = module, device

    def __enter__(self):
        self.before = self.module.current_device()
        self.module.set_device(self.target)

    def __exit__(self, *error):
        self.module.set_device(self.before)


class Accelerator(DeviceModule):
    """`torch.accelerator`: whichever kind of device this machine has."""

    def __init__(self):
        super().__init__("accelerator", lambda: _core.accelerator() or None)

    def current_accelerator(self, check_available=False):
        """The kind of device that is not the host's, or None."""
        kind = self._named()
        return None if kind is None else _core.device(kind)

    current_device_index = DeviceModule.current_device

    def _at(self, device=None):
        # Without an accelerator the host is waited for, which has always done everything.
        return super()._at(device) if self._named() else HOST


@functools.cache
def module(word):
    """The module of the devices that `word` names, or None if it is no such word."""
    if word == "accelerator":
        return Accelerator()
    kind = _core.driver_name(word)
    if kind is None and word not in PYTORCH_KINDS:
        return None
    return DeviceModule(word, kind)


def words():
    """All names for which there is a module."""
    known = {"accelerator", *PYTORCH_KINDS}
    for driver in _core.drivers():
        known.update(w for w in (driver["name"], *driver["aliases"].split(",")) if w)
    return known
