"""The library is tested on the reference interpreter, where what is wrong is wrong above the
compiler, and (the examples excepted) through the compiler too.
"""

import pytest

import portico as pt
from portico import _core


def pytest_generate_tests(metafunc):
    examples = metafunc.module.__name__.endswith("test_examples")
    metafunc.parametrize(
        "executor", ["reference"] if examples else ["reference", "compiled"], indirect=True
    )


@pytest.fixture(autouse=True)
def executor(request):
    before = _core.get_option("executor")
    _core.set_option("executor", request.param)
    pt.manual_seed(0)
    yield
    pt.flush()  # nothing pending is left to tests that count
    _core.set_option("executor", before)
