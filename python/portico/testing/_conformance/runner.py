"""Runs cases: many in one flush, so that their kernels are compiled together; a flush that fails
is cut in two until the case that makes it fail is alone."""

from __future__ import annotations

import traceback

import portico as pt
from portico import _core

from .cases import DeviceCase, ProgramCase, to_host

#: Cases of one flush. Compiling is most of the time: a flush should keep every core busy.
BATCH = 96


def run_group(group, device, report):
    """Adds the outcome of every case of a group to the report."""
    before = pt.stats()
    batch = []
    try:
        for case in group.cases():
            if isinstance(case, DeviceCase):
                report.add(group.name, case.name, _run_device_case(case, device))
                continue
            batch.append(case)
            if len(batch) == BATCH:
                _run_batch(batch, group.name, device, report)
                batch = []
    except Exception as error:
        report.add(group.name, group.name, f"the cases could not be made: {_text(error)}")
    _run_batch(batch, group.name, device, report)
    after = pt.stats()
    report.kernels += after["kernels_compiled"] - before["kernels_compiled"]
    report.flushes += after["flushes"] - before["flushes"]


def _text(error):
    text = f"{type(error).__name__}: {error}"
    if not isinstance(error, pt.PorticoError):
        text += "\n" + "".join(traceback.format_exception(error)[-4:])
    return text.rstrip()


def _run_device_case(case, device):
    try:
        case.run(device)
    except Exception as error:
        return _text(error) if not isinstance(error, AssertionError) else str(error) or repr(error)
    return None


def _prepared(batch, group, report):
    """The cases whose reference could be computed. All of them in one go: programs of other
    options are forgotten when options change."""
    if not any(isinstance(case, ProgramCase) for case in batch):
        return batch
    ready = []
    with pt.options(executor="reference"):
        for case in batch:
            try:
                case.prepare()
                ready.append(case)
            except Exception as error:
                report.add(group, case.name, f"the reference failed: {_text(error)}")
    return ready


def _run_batch(batch, group, device, report):
    if not batch:
        return
    recorded = []
    for case in _prepared(batch, group, report):
        try:
            recorded.append((case, case.record(device)))
        except Exception as error:
            report.add(group, case.name, f"not recorded: {_text(error)}")
    try:
        _core.evaluate([t for _, results in recorded for t in results], "conformance")
    except Exception as error:
        # What is pending goes with the tensors; each half is recorded again.
        cases = [case for case, _ in recorded]
        recorded = None
        if len(cases) == 1:
            report.add(group, cases[0].name, f"not computed: {_text(error)}")
            return
        middle = len(cases) // 2
        _run_batch(cases[:middle], group, device, report)
        _run_batch(cases[middle:], group, device, report)
        return
    for case, results in recorded:
        try:
            report.add(group, case.name, case.check([to_host(t) for t in results]))
        except Exception as error:
            report.add(group, case.name, f"not checked: {_text(error)}")
