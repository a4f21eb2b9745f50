"""The conformance kit: every op, dtype, shape class and special value, forward and gradient, and
programs, against the reference interpreter; copies, memory, events and threads of the device.

    cases.py        what a case is              forward, gradient, programs, device: the cases
    samples.py      operands of ops             layouts.py, values.py: shapes and values
    tolerances.py   how exact, by op            judge.py: whether a result is
    runner.py       many cases in one flush     report.py: what was found
    isolation.py    in a process of its own     journal.py: a run that goes on later
"""

from __future__ import annotations

import time

from portico._dtypes import NAMES

from .groups import groups
from .isolation import Worker, run_isolated
from .journal import Journal
from .levels import LEVELS
from .report import Report
from .runner import run_group

__all__ = ["LEVELS", "Report", "conformance", "conformance_case", "conformance_cases"]


def _checked_level(level):
    if level not in LEVELS:
        raise ValueError(
            f"[conformance] no such level; got {level!r}; expected one of {', '.join(LEVELS)}"
        )
    return level


def conformance(
    device, *, dtypes=None, level="smoke", only=None, progress=None, isolate=False, timeout=None,
    seconds=None, journal=None,
):  # fmt: skip
    """Tries a device: everything a target must do, against the reference interpreter.

    Args:
        device (str): as in ``tensor.to(device)``.
        dtypes (sequence of dtype or str, optional): the dtypes to try; by default all.
        level (str): "smoke" tries every op with special values in every dtype, "standard" every
            shape class in every dtype and every gradient in every float dtype, "full" large
            shapes too.
        only (str, optional): only groups whose name contains this, such as "forward/exp".
        progress (callable, optional): is called with (group, done, total) before each group.
        isolate (bool): compute in another process, which is started again when the device takes
            it down or works no longer; the case that did is a failure like others.
        timeout (float, optional): with ``isolate``, the seconds after which a group that gave
            nothing has hung; its cases are then tried one by one, each for as long.
        seconds (float, optional): begin no group when they are over. ``report.left`` says how
            many were not tried, and a report that lacks some is not ``ok``.
        journal (path, optional): a file that keeps what each group gave. Groups that are in it are
            not tried again, unless the package, the target or the arguments have changed.

    Returns:
        Report: ``report.ok``, ``report.gone`` (the group during which the device ceased to work:
            none after it was tried), ``report.failures`` (each with a message and ``repro`` code),
        ``report.counts`` by group; ``print(report)`` shows a summary.

    >>> report = pt.testing.conformance("cpu", dtypes=["float32"], only="forward/add")
    >>> report.ok
    True
    """
    chosen = groups(dtypes, _checked_level(level), only)
    report = Report(str(device), level, tuple(chosen[0].dtypes) if chosen else ())
    kept = Journal(journal, report) if journal is not None else None
    worker = Worker(device, report.dtypes, level, timeout)
    end = None if seconds is None else time.monotonic() + seconds
    for done, group in enumerate(chosen):
        if report.gone:
            report.left += 1
            continue
        part = kept.find(group.name) if kept is not None else None
        if part is None:
            if end is not None and time.monotonic() >= end:
                report.left += 1
                continue
            if progress is not None:
                progress(group.name, done, len(chosen))
            part = Report(report.device, level, report.dtypes)
            if isolate:
                run_isolated(group, device, worker, part)
            else:
                run_group(group, device, part)
            part.finish()
            report.gone = part.gone
            if kept is not None and not part.gone:
                kept.add(group.name, part)
        report.merge(part)
    worker.close()
    return report


def conformance_case(name, device, *, level="full"):
    """Runs one case by its name, as a report gives it.

    `level` is the one that the case belongs to.

    Raises:
        AssertionError: the case fails; ValueError: there is no such case.

    >>> pt.testing.conformance_case("forward/add/float32/scalar", "cpu").ok
    True
    """
    kind, op, *rest = name.split("/")
    # Alone, a dtype has more shapes; with others, casts to them, such as "odd-float64".
    tried = [rest[:1], [rest[0], rest[-1].rpartition("-")[2]]] if kind != "device" else []
    tried = [d for d in tried if set(d) <= set(NAMES)] + [None]
    for group in (g for dtypes in tried for g in groups(dtypes, _checked_level(level))):
        if group.name != f"{kind}/{op}":
            continue
        for case in group.cases():
            if case.name == name:
                report = Report(str(device), level, group.dtypes)
                run_group(_Alone(group.name, case), device, report)
                assert report.ok, str(report.finish())
                return report.finish()
    raise ValueError(f"[conformance_case] no such case at level {level}; got {name!r}")


class _Alone:
    """A group of one case."""

    def __init__(self, name, case):
        self.name, self.case = name, case

    def cases(self):
        return [self.case]


def conformance_cases(device, *, dtypes=None, level="smoke", only=None):
    """The matrix as a pytest test, one item for each group: a test module is one line.

    Arguments are those of `conformance`. Where there is no such device the items are skipped, with
    the reason.

    >>> test_conformance = pt.testing.conformance_cases("cpu", only="forward/exp")
    """
    import pytest

    import portico as pt

    gone = []

    @pytest.mark.parametrize("group", groups(dtypes, _checked_level(level), only), ids=str)
    def test_conformance(group):
        try:
            pt.device(device)
        except pt.PorticoError as error:
            pytest.skip(str(error))
        if gone:
            pytest.fail(f"the device is gone since {gone[0]}", pytrace=False)
        report = Report(str(device), level, group.dtypes)
        run_group(group, device, report)
        if report.gone:
            gone.append(report.gone)
        if not report.counts:
            pytest.skip(f"nothing to try at level {level}")
        assert report.ok, str(report.finish())

    return test_conformance
