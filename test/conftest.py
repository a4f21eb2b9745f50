"""Options belong to the process: a test that leaves one changed would change what others test."""

import pytest

from portico import _core

OPTIONS = ("eager", "executor", "fusion_policy", "fuel", "strict", "cache")


@pytest.fixture(autouse=True)
def options_stay():
    before = [_core.get_option(name) for name in OPTIONS]
    yield
    after = [_core.get_option(name) for name in OPTIONS]
    for name, value in zip(OPTIONS, before, strict=True):
        _core.set_option(name, value)
    assert after == before
