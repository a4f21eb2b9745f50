"""Tensors on a device that works apart from the host.

The mock device runs the host's code behind memory that the host cannot touch, and late. The same
tests run on a real device: PORTICO_TEST_DEVICE=kind:0 python -m pytest test/python/device
"""

import os
from pathlib import Path

import pytest

import portico as pt
from portico import _core

ROOT = Path(__file__).parents[3]
MOCK = ROOT / os.environ.get("PORTICO_BUILD", "build") / "lib" / "libportico_mock.so"

_core.load_driver(str(MOCK))
os.environ["PORTICO_MOCK_LIBRARY"] = str(MOCK)  # for the processes that tests start
NAME = os.environ.get("PORTICO_TEST_DEVICE", "mock:0")


@pytest.fixture
def device():
    """The device under test."""
    pt.manual_seed(0)
    yield pt.device(NAME)
    pt.flush()


@pytest.fixture
def mock(device):
    """The mock device, for what only it can be made to do."""
    if device.type != "mock":
        pytest.skip("needs the mock device")
    return device


@pytest.fixture
def kind(device):
    """The module of the device under test, as torch.cuda is one."""
    return getattr(pt, device.type)
