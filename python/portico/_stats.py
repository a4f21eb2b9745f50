"""What was recorded, compiled and allocated."""

from __future__ import annotations

from . import _core
from ._registry import op


@op(method=False, own=True)
def stats():
    """Counters since the start: ops recorded, flushes, compiles, cache hits, compile time and
    memory.

    >>> pt.stats()["ops_recorded"] >= 0
    True
    """
    return _core.stats()


class Explanation(list):
    """What `explain` returns: a list of dicts, printed as a table."""

    def __str__(self):
        rows = [("asked for by", "at", "ops", "program", "kernels", "compile ms", "run ms")]
        for r in self:
            program = f"{r['result']} ({r['reason']})" if r["reason"] else r["result"]
            rows.append(
                (r["why"], r["line"], str(r["ops"]), program, str(r["kernels"]),
                 f"{r['compile_ms']:.1f}", f"{r['run_ms']:.2f}")
            )  # fmt: skip
        widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        )

    __repr__ = __str__


@op(method=False, own=True)
def explain():
    """What was run lately, oldest first: which observation asked for it and at which of your
    lines, whether its program was known or had to be compiled and why, into how many kernels, and
    how long that took.

    Returns:
        a list of dicts with the keys `why, line, ops, inputs, outputs, donated, result, reason,
        kernels, kernels_compiled, compile_ms, run_ms`, which prints as a table.

    >>> _ = (pt.ones(3) + 1).tolist()
    >>> pt.explain()[-1]["why"]
    'tolist'
    """
    return Explanation(_core.explain())


@op(method=False, name="eval", own=True)
def evaluate(*tensors):
    """Computes pending tensors now. Nothing ever needs this; it is for timing.

    Raises:
        TypeError: what is no tensor.
        RuntimeError, IndexError: what failed on a device, with the line that asked for it.

    >>> x = pt.ones(2) + 1
    >>> pt.eval(x)
    >>> x
    tensor([2., 2.])
    """
    flat = [t for x in tensors for t in (x if isinstance(x, list | tuple) else (x,))]
    _core.evaluate(flat)


@op(method=False, own=True)
def flush():
    """Runs everything that is pending.

    Raises:
        RuntimeError, IndexError: what failed on a device, with the line that asked for it.

    >>> x = pt.ones(2) + 1
    >>> pt.flush()
    """
    _core.flush_all()
