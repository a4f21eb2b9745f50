"""What a test needs of the machine or of the build, and does without by being skipped."""

import pytest

import portico as pt
from portico import _core


def device_or_skip(name):
    """A device of this machine."""
    try:
        return pt.ones(1, device=name).device
    except pt.PorticoError as error:
        pytest.skip(str(error))


def archs_or_skip(kind):
    """What this build compiles for, of one kind of device."""
    for driver in _core.drivers():
        if driver["name"] == kind:
            return driver["archs"]
    pytest.skip(f"this build has no {kind}")
