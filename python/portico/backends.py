"""What PyTorch keeps under `torch.backends`: switches, and questions about what is there.

There is `pt.backends.<kind>` for every kind of device that has a module `pt.<kind>`. A switch
under one of them is the same under all: what is recorded does not know yet where it will run, and
devices that have nothing to switch ignore it.
"""

from __future__ import annotations

import functools
import types

from . import _precision
from ._fail import fail_runtime


def _checked(name, value):
    if not isinstance(value, bool):
        fail_runtime(name, "not a bool", repr(value), "True or False")
    return value


class MatmulSwitches:
    """How products of matrices are computed.

    >>> pt.backends.cuda.matmul.allow_tf32
    False
    """

    __slots__ = ()

    @property
    def allow_tf32(self):
        """Whether elements of float32 may be rounded to TF32, 10 bits behind the point, before
        they are multiplied; the same as `pt.get_float32_matmul_precision() != "highest"`."""
        return _precision.matmul() != "highest"

    @allow_tf32.setter
    def allow_tf32(self, allowed):
        _precision.set_matmul("high" if _checked("allow_tf32", allowed) else "highest")


class DeviceBackend(types.ModuleType):
    """`pt.backends.<kind>`: the devices of one kind, as a part of this build.

    >>> pt.backends.mps.is_available()
    False
    """

    matmul = MatmulSwitches()

    def __init__(self, word, devices):
        super().__init__(f"portico.backends.{word}", f"Devices of the kind {word}.")
        self._devices = devices

    def is_built(self):
        """Whether this build has a driver for them.

        >>> pt.backends.mps.is_built()
        False
        """
        return self._devices._named() is not None

    def is_available(self):
        """Whether this machine has one.

        >>> pt.backends.cuda.is_available() == pt.cuda.is_available()
        True
        """
        return self._devices.is_available()


class ConvolutionSwitches(types.SimpleNamespace):
    """How convolutions are computed, under the name of the library that PyTorch uses; all of it
    but `allow_tf32` is accepted and changes nothing.

    >>> pt.backends.cudnn.allow_tf32
    False
    """

    @property
    def allow_tf32(self):
        """Whether elements of float32 may be rounded to TF32 before they are multiplied. False
        until it is set; in PyTorch it is True."""
        return _precision.convolutions()

    @allow_tf32.setter
    def allow_tf32(self, allowed):
        _precision.set_convolutions(_checked("allow_tf32", allowed))


cudnn = ConvolutionSwitches(
    deterministic=True, benchmark=False, enabled=False, is_available=lambda: False
)


@functools.cache
def _backend(word):
    from ._accelerators import module, words

    return DeviceBackend(word, module(word)) if word in words() - {"accelerator"} else None


def __getattr__(name):
    found = _backend(name)
    if found is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return found


def __dir__():
    from ._accelerators import words

    return sorted({"cudnn", *words()} - {"accelerator"})
