"""Semantics are tested against the NumPy interpreter: a wrong answer here is the recorder's."""

import pytest

from portico import _core


@pytest.fixture(autouse=True)
def executor(request):
    before = _core.get_option("executor")
    _core.set_option("executor", getattr(request, "param", "reference"))
    _core.clear_explain()
    yield
    _core.set_option("executor", before)
    _core.set_option("eager", False)
    _core.set_option("max_pending_ops", 2000)
    _core.set_grad_enabled(True)
    _core.set_inference_mode(False)
