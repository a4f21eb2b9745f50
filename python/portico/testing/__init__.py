"""For tests: comparisons, random tensors, and the conformance kit for targets.

The kit is loaded when it is first used:

    pt.testing.conformance("mydevice")                  # a report
    test_mydevice = conformance_cases("mydevice")       # a pytest module in one line
    python -m portico.testing mydevice --level standard # from the command line
"""

from .comparison import TOLERANCES, assert_allclose, assert_close
from .generation import make_tensor

__all__ = [
    "TOLERANCES", "assert_allclose", "assert_close", "conformance", "conformance_case",
    "conformance_cases", "make_tensor",
]  # fmt: skip


def __getattr__(name):
    if name in ("conformance", "conformance_case", "conformance_cases"):
        from . import _conformance

        return getattr(_conformance, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
