"""How pending work is compiled and run."""

from __future__ import annotations

from contextlib import contextmanager

from . import _core
from ._registry import op

_NAMES = (
    "eager", "executor", "max_pending_ops", "max_held_bytes", "fusion_policy", "fusion_plan",
    "fuel", "strict", "cache",
)  # fmt: skip


@op(method=False, own=True)
@contextmanager
def options(**values):
    """Sets options for a block of code; what was pending before runs under the old ones.

    Args:
        eager (bool): run each operation at its call.
        executor (str): "compiled", or "reference" for the NumPy interpreter of the dialect.
        fusion_policy (str): "greedy", "none", or a registered policy.
        fusion_plan (str): a fusion plan (JSON) to replay instead of asking the policy.
        fuel (int): how many fusions may be made; -1 for any number.
        strict (bool): round half types after every operation, not at the edges of kernels.
        cache (bool): keep compiled programs on disk.
        max_pending_ops, max_held_bytes (int): what may be pending at most.

    Raises:
        TypeError: an option that there is not.

    >>> with pt.options(fusion_policy="none"):
    ...     print((pt.ones(3) + 1).tolist())
    [2.0, 2.0, 2.0]
    """
    for name in values:
        if name not in _NAMES:
            raise TypeError(
                f"[options] unknown option; got {name}; expected one of {', '.join(_NAMES)}"
            )
    _core.flush_all("change of options")
    before = {name: _core.get_option(name) for name in values}
    try:
        for name, value in values.items():
            _core.set_option(name, value)
        yield
        _core.flush_all("change of options")
    finally:
        for name, value in before.items():
            _core.set_option(name, value)


@op(method=False)
def set_num_threads(count):
    """Sets how many threads kernels on the CPU may use, an int of at least 1.

    Raises:
        ValueError: a count below 1.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.set_num_threads.html

    >>> pt.set_num_threads(pt.get_num_threads())
    """
    _core.set_num_threads(count)


@op(method=False)
def get_num_threads():
    """How many threads kernels on the CPU may use, as an int.

    >>> pt.get_num_threads() >= 1
    True
    """
    return _core.get_num_threads()
