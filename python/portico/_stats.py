"""What was recorded, compiled and allocated."""

from __future__ import annotations

from . import _core
from ._registry import op


@op(method=False)
def stats():
    """Counters since the start: ops recorded, flushes, compiles, cache hits, compile time and
    memory.

    >>> pt.stats()["ops_recorded"] >= 0
    True
    """
    return _core.stats()


@op(method=False)
def explain(*args, **kwargs):
    """What was compiled lately: why (which observation, which miss), for how long, at which of
    your lines."""
    return _core.explain(*args, **kwargs)


@op(method=False, name="eval")
def evaluate(*tensors):
    """Computes pending tensors now. Nothing ever needs this; it is for timing."""
    flat = [t for x in tensors for t in (x if isinstance(x, list | tuple) else (x,))]
    _core.evaluate(flat)


@op(method=False)
def flush():
    """Runs everything that is pending."""
    _core.flush_all()
