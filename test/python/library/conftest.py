"""The library is tested on the reference interpreter: what is wrong here is wrong above the
compiler.

PORTICO_TEST_EXECUTOR=compiled runs the same tests through the compiler.
"""

import os

import pytest

import portico as pt
from portico import _core


@pytest.fixture(autouse=True)
def executor():
    before = _core.get_option("executor")
    _core.set_option("executor", os.environ.get("PORTICO_TEST_EXECUTOR", "reference"))
    pt.manual_seed(0)
    yield
    _core.set_option("executor", before)
