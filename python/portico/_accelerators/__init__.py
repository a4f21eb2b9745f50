"""The modules `pt.<kind>` for each kind of device, with the functions of PyTorch's `torch.cuda`.

There is one for every driver and for each of its other names, made when it is first asked for, and
`pt.accelerator` for whichever kind this machine has. A kind without devices has its module too:
`is_available()` is how programs ask.
"""

from __future__ import annotations

import functools

from .. import _core
from .._device import HOST
from .._fail import fail_runtime
from .kinds import Accelerator, DeviceModule, current
from .streams import stream_class

#: What programs written for PyTorch ask about, whether or not this build has it.
PYTORCH_KINDS = ("cuda", "xpu", "mps")


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


def get_device_module(device=None):
    """The module of the devices of one kind: that of `device`, a device or its name, or by default
    the accelerator's.

    Raises:
        RuntimeError: there is no such kind of device.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.get_device_module.html

    >>> pt.get_device_module("cpu") is pt.cpu
    True
    """
    if device is None:
        device = _core.accelerator() or HOST
    word = str(device).partition(":")[0]
    found = module(word)
    if found is None:
        fail_runtime(
            "get_device_module", "no such kind of device", word, ", ".join(sorted(words())),
            "python -m portico devices",
        )  # fmt: skip
    return found


class _AnyKind:
    """What the class `Stream` of the main namespace asks for its device."""

    _at = staticmethod(current)


Stream = stream_class(_AnyKind)
