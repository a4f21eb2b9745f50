"""Streams and events: PyTorch's, for devices of every kind."""

from __future__ import annotations

import threading

from .. import _core
from .._fail import fail_runtime, fail_value

_STREAM_DOC = """Work of a device that is done in the order in which it was asked for.

A device has 32 streams besides the default one, which are handed out in turn. Work of two
streams may overlap; what touches the same tensors is done in the order of the calls. Used as a
context, a stream is the one that this thread's work goes to. `priority` is accepted.

Source: https://docs.pytorch.org/docs/stable/generated/torch.Stream.html

>>> with pt.cpu.Stream() as stream:
...     y = pt.ones(2) + 1
>>> stream.synchronize()
>>> y
tensor([2., 2.])
"""


def _wait_event(self, event):
    """What this stream is asked for from now on comes after the event."""
    event.wait(self)


def _wait_stream(self, stream):
    """What this stream is asked for from now on comes after what `stream` was asked for."""
    self.wait_event(stream.record_event())


def _record_event(self, event=None):
    """An event (a new one, if none is given) after all that this stream was asked for."""
    event = Event(self.device) if event is None else event
    event.record(self)
    return event


_entered = threading.local()


def _enter(self):
    _entered.__dict__.setdefault("contexts", []).append(StreamContext(self))
    return _entered.contexts[-1].__enter__()


def _leave(self, *error):
    _entered.contexts.pop().__exit__(*error)


def _show(self):
    return f"<portico.Stream device={self.device} number={self.number}>"


_core.Stream.wait_event = _wait_event
_core.Stream.wait_stream = _wait_stream
_core.Stream.record_event = _record_event
_core.Stream.__enter__ = _enter
_core.Stream.__exit__ = _leave
_core.Stream.__repr__ = _show


class StreamContext:
    """Within it, this thread's work goes to `stream`; None changes nothing.

    >>> with pt.cpu.StreamContext(pt.cpu.Stream()) as stream:
    ...     pt.cpu.current_stream() == stream
    True
    """

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

    `device` is the one whose work it marks: by default that of the stream it is first recorded in.
    `enable_timing` and `blocking` are accepted: every event can tell its time, and waiting blocks.

    Raises:
        ValueError: `interprocess`: events are not shared between processes.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Event.html

    >>> event = pt.Event()
    >>> event.query()
    True
    """

    #: The module whose current device it belongs to until it is recorded.
    _module = None

    def __init__(self, device=None, *, enable_timing=False, blocking=False, interprocess=False):
        if interprocess:
            fail_value("Event", "events are not shared between processes", interprocess, False)
        self._native = None if device is None else _core.Event(device)

    @property
    def device(self):
        """The device whose work it marks; None before it is recorded, if none was named."""
        return None if self._native is None else self._native.device

    def record(self, stream=None):
        """Puts the event after all that `stream`, by default the current one, was asked for.

        >>> event = pt.cpu.Event()
        >>> event.record()
        >>> event.query()
        True
        """
        if stream is None:
            stream = _core.current_stream(self.device or self._current_device())
        if self._native is None:
            self._native = _core.Event(stream.device)
        self._native.record(stream)

    def _current_device(self):
        from . import module

        return (self._module or module("accelerator"))._at()

    def wait(self, stream=None):
        """What `stream`, by default the current one, is asked for from now on comes after the
        event.

        >>> event = pt.cpu.current_stream().record_event()
        >>> event.wait(pt.cpu.Stream())
        """
        if self._native is not None:
            self._native.wait(stream or _core.current_stream(self._native.device))

    def query(self):
        """Whether the event has happened; one that was not recorded has.

        >>> pt.cpu.Event().query()
        True
        """
        return self._native is None or self._native.query()

    def synchronize(self):
        """Waits until the event has happened.

        >>> pt.cpu.current_stream().record_event().synchronize()
        """
        if self._native is not None:
            self._native.synchronize()

    def elapsed_time(self, end_event):
        """Milliseconds from this event to `end_event`; both must have happened.

        Raises:
            RuntimeError: one was not recorded, or has not happened yet.

        >>> start, end = pt.cpu.Event(enable_timing=True), pt.cpu.Event(enable_timing=True)
        >>> start.record()
        >>> end.record()
        >>> start.elapsed_time(end) >= 0
        True
        """
        if self._native is None or end_event._native is None:
            fail_runtime("elapsed_time", "both events must be recorded", "one that was not")
        return self._native.elapsed(end_event._native)


class _StreamOf(type):
    """The class `Stream` of a module: calling it hands out one of the current device's streams."""

    def __call__(cls, device=None, priority=0):
        return _core.next_stream(cls.module._at(device))

    def __instancecheck__(cls, x):
        return isinstance(x, _core.Stream)


class _EventOf(type):
    """The class `Event` of a module: an event of the kind's current device, unless one is named."""

    def __call__(cls, enable_timing=False, blocking=False, interprocess=False, *, device=None):
        event = Event(device, enable_timing=enable_timing, blocking=blocking,
                      interprocess=interprocess)  # fmt: skip
        event._module = cls.module
        return event

    def __instancecheck__(cls, x):
        return isinstance(x, Event)


def stream_class(module):
    """The class `Stream` of a device module."""
    return _StreamOf("Stream", (), {"module": module, "__doc__": _STREAM_DOC})


def event_class(module):
    """The class `Event` of a device module."""
    return _EventOf("Event", (), {"module": module, "__doc__": Event.__doc__})
