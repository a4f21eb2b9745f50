"""The module of one kind of device."""

from __future__ import annotations

import collections
import types

from .. import _core
from .._device import HOST, placed
from .._dtypes import BY_NAME
from .._fail import fail_runtime, fail_type, fail_value
from ..errors import OutOfMemoryError
from .memory import MemoryStatistics
from .randomness import RandomNumbers
from .streams import StreamContext, event_class, stream_class

Properties = collections.namedtuple(
    "DeviceProperties",
    "name total_memory multi_processor_count arch driver_version major minor",
)


def current(device=None, kind=None):
    """The device that an argument means: a device, an index, or None for the current one."""
    if isinstance(device, _core.device):
        return device
    if isinstance(device, int):
        device = f"{kind or _core.accelerator()}:{device}"
    return _core.device(device or kind or _core.accelerator() or HOST.type)


class DeviceModule(MemoryStatistics, RandomNumbers, types.ModuleType):
    """What `torch.cuda` is in PyTorch, for the devices of one kind."""

    def __init__(self, word, kind):
        super().__init__(f"portico.{word}", f"Devices of the kind {word}.")
        self._word = word
        #: The driver's name; None where this build has no such driver.
        self._kind = kind
        #: For each device, the values from which its counters count.
        self._counted = {}
        self.Event = event_class(self)
        self.Stream = stream_class(self)
        self.StreamContext = StreamContext
        self.OutOfMemoryError = OutOfMemoryError

    @property
    def __all__(self):
        return sorted(n for n in {*vars(self), *dir(type(self))} if not n.startswith("_"))

    def __dir__(self):
        return self.__all__

    def _named(self):
        return self._kind() if callable(self._kind) else self._kind

    def _at(self, device=None):
        kind = self._named()
        if kind is None:
            fail_runtime(
                self._word, f"portico not built with {self._word}", None, None,
                "python -m portico devices",
            )  # fmt: skip
        found = current(device, kind)
        if found.type != kind:
            fail_value(self._word, f"Expected a {kind} device, but got: {found}", str(found))
        return found

    # Devices

    def is_available(self):
        """Whether there is such a device.

        >>> pt.cpu.is_available()
        True
        """
        return self.device_count() > 0

    def is_initialized(self):
        """The same: devices are opened when they are first used.

        >>> pt.cpu.is_initialized()
        True
        """
        return self.is_available()

    def init(self):
        """Opens the current device. Nothing needs it: the first use does the same.

        Raises:
            RuntimeError: there is none.

        >>> pt.cpu.init()
        """
        _core.default_stream(self._at())

    def device_count(self):
        """How many such devices this process may use.

        >>> pt.cpu.device_count()
        1
        """
        kind = self._named()
        return 0 if kind is None else _core.device_count(kind)

    def current_device(self):
        """The index of the device that the kind's name alone means.

        >>> pt.cpu.current_device()
        0
        """
        return self._at().index or 0

    def set_device(self, device):
        """Makes `device` the one that the kind's name alone means, in this thread. A negative index
        changes nothing.

        Raises:
            ValueError: a device of another kind.

        >>> pt.cpu.set_device(0)
        """
        if isinstance(device, int) and device < 0:
            return
        found = self._at(device)
        _core.set_current_ordinal(found.type, found.index or 0)

    def device(self, device):
        """A context in which `device` is the current one.

        >>> with pt.cpu.device(0):
        ...     pt.cpu.current_device()
        0
        """
        return _CurrentDevice(self, device)

    def device_of(self, obj):
        """A context in which the device of the tensor `obj` is the current one, if it is of this
        kind.

        >>> with pt.cpu.device_of(pt.ones(2)):
        ...     pt.cpu.current_device()
        0
        """
        return _CurrentDevice(self, obj.device if obj.device.type == self._named() else -1)

    def get_device_name(self, device=None):
        """What `device` calls itself.

        >>> pt.cpu.get_device_name()
        'host processor'
        """
        return self.get_device_properties(device).name

    def get_device_properties(self, device=None):
        """Name, bytes of memory, processors, architecture, driver and version of `device`.

        >>> pt.cpu.get_device_properties().total_memory > 0
        True
        """
        found = self._at(device)
        known = _core.describe_device(f"{found.type}:{found.index or 0}")
        return Properties(*(known[field] for field in Properties._fields))

    def get_device_capability(self, device=None):
        """The version of the architecture of `device`, as its vendor counts: (9, 0), for example;
        (0, 0) where it does not.

        >>> pt.cpu.get_device_capability()
        (0, 0)
        """
        properties = self.get_device_properties(device)
        return properties.major, properties.minor

    def get_arch_list(self):
        """The architectures that this build compiles for.

        >>> len(pt.cpu.get_arch_list()) > 0
        True
        """
        kind = self._named()
        return next((d["archs"] for d in _core.drivers() if d["name"] == kind), [])

    def can_device_access_peer(self, device, peer_device):
        """False: copies from `device` to `peer_device` go through the host.

        >>> pt.cpu.can_device_access_peer(0, 0)
        False
        """
        self._at(device), self._at(peer_device)
        return False

    def is_bf16_supported(self, including_emulation=True):
        """Whether there is such a device: all of them compute in bfloat16, some in instructions of
        their own. `including_emulation` is accepted.

        >>> pt.cpu.is_bf16_supported()
        True
        """
        return self.is_available()

    def synchronize(self, device=None):
        """Waits until `device` has done all that it was asked for.

        >>> pt.cpu.synchronize()
        """
        _core.synchronize(self._at(device))

    # Streams

    def current_stream(self, device=None):
        """The stream of `device` that this thread's work goes to.

        >>> pt.cpu.current_stream() == pt.cpu.default_stream()
        True
        """
        return _core.current_stream(self._at(device))

    def default_stream(self, device=None):
        """The stream of `device` that work goes to unless another is chosen.

        >>> pt.cpu.default_stream().query()
        True
        """
        return _core.default_stream(self._at(device))

    def stream(self, stream):
        """A context in which work goes to `stream`. None changes nothing.

        >>> with pt.cpu.stream(pt.cpu.Stream()):
        ...     y = pt.ones(2) + 1
        """
        return StreamContext(stream)

    def set_stream(self, stream):
        """Makes `stream` the one that this thread's work goes to.

        Raises:
            TypeError: no stream.

        >>> pt.cpu.set_stream(pt.cpu.default_stream())
        """
        if not isinstance(stream, _core.Stream):
            fail_type("set_stream", "not a stream", type(stream).__name__, "a Stream")
        stream.make_current()

    def is_current_stream_capturing(self):
        """False: the runtime records graphs by itself, and never while a program looks.

        >>> pt.cpu.is_current_stream_capturing()
        False
        """
        return False


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
        """The kind of device that is not the host's, or None. `check_available` is accepted.

        >>> found = pt.accelerator.current_accelerator()
        >>> (found is not None) == pt.accelerator.is_available()
        True
        """
        kind = self._named()
        return None if kind is None else _core.device(kind)

    def get_device_capability(self, device=None):
        """What `device` can do: the dtypes that it computes in.

        >>> pt.float32 in pt.accelerator.get_device_capability()["supported_dtypes"]
        True
        """
        self._at(device)
        return {"supported_dtypes": set(BY_NAME.values())}

    def _at(self, device=None):
        # Without an accelerator the host is waited for, which has always done everything.
        return super()._at(device) if self._named() else HOST

    # PyTorch's names of the same functions here.
    current_device_index = current_device_idx = DeviceModule.current_device
    set_device_index = set_device_idx = DeviceModule.set_device
    device_index = DeviceModule.device
    get_memory_info = DeviceModule.mem_get_info
    empty_host_cache = DeviceModule.ipc_collect
