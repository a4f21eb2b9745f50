"""Runs cases: many in one flush, so that their kernels are compiled together; a flush that fails
is cut in two until the case that makes it fail is alone. Where the device answers nothing any more
no case after that could tell anything, and the group ends."""

from __future__ import annotations

import traceback

import portico as pt
from portico import _core

from .cases import DeviceCase, ProgramCase, to_host

#: Cases of one flush. Compiling is most of the time: a flush should keep every core busy.
BATCH = 96


#: Cases that are each small enough may be too much together.
OUT_OF_MEMORY = pt.errors.OutOfMemoryError.__name__

#: How often a device is asked whether it works: one that fails now and then is not gone.
ASKED = 3


def works(device):
    """Whether the device adds. One that met a wild address may refuse everything that this
    process asks of it from then on."""
    for _ in range(ASKED):
        try:
            if (pt.zeros(3, device=device) + 1).tolist() == [1, 1, 1]:
                return True
        except Exception:
            continue
    return False


class DeviceGone(Exception):
    """The device worked before some cases, and refuses everything after them."""

    def __init__(self, names, message):
        which = names[0] if len(names) == 1 else f"{names[0]} or one of the {len(names) - 1} after"
        super().__init__(f"the device is gone: it worked before {which}, then no more; {message}")
        self.names = names


def run_group(group, device, report):
    """Adds the outcome of every case of a group to the report, up to one that takes the device
    away: then `report.gone` is the group."""
    before = pt.stats()
    run = _Run(group, device, report)
    try:
        run.all_cases()
    except DeviceGone as gone:
        alone = len(gone.names) == 1
        report.add(group.name, gone.names[0] if alone else group.name, str(gone))
        report.gone = group.name
    after = pt.stats()
    report.kernels += after["kernels_compiled"] - before["kernels_compiled"]
    report.flushes += after["flushes"] - before["flushes"]


def _text(error):
    """An error of Portico or of a target says all there is; of others the traceback tells more."""
    text = f"{type(error).__name__}: {error}"
    if not isinstance(error, pt.PorticoError | pt.errors.InternalError):
        text += "\n" + "".join(traceback.format_exception(error, chain=False)[-4:])
    return text.rstrip()


def _run_device_case(case, device):
    try:
        case.run(device)
    except Exception as error:
        return _text(error) if not isinstance(error, AssertionError) else str(error) or repr(error)
    return None


def _computed(tensors):
    """Computes them; what went wrong, or None."""
    try:
        _core.evaluate(tensors, "conformance")
    except Exception as error:
        return _text(error)
    return None


class _Run:
    """The cases of one group on their way."""

    def __init__(self, group, device, report):
        self.group, self.device, self.report = group, device, report
        # A device that cannot even add, as at the start of a new target, is not asked again.
        self.worked = works(device)

    def all_cases(self):
        batch = []
        try:
            for case in self.group.cases():
                if isinstance(case, DeviceCase):
                    self.add(case, _run_device_case(case, self.device))
                    continue
                batch.append(case)
                if len(batch) == BATCH:
                    self.batch(batch)
                    batch = []
        except DeviceGone:
            raise
        except Exception as error:
            name = self.group.name
            self.report.add(name, name, f"the cases could not be made: {_text(error)}")
        self.batch(batch)

    def add(self, case, message=None):
        """The outcome of a case."""
        if message is not None:
            self.check_device([case], message)
        self.report.add(self.group.name, case.name, message)

    def check_device(self, cases, message):
        if self.worked and not works(self.device):
            raise DeviceGone([case.name for case in cases], message)

    def prepared(self, batch):
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
                    message = f"the reference failed: {_text(error)}"
                    self.report.add(self.group.name, case.name, message)
        return ready

    def batch(self, batch):
        if not batch:
            return
        recorded = []
        for case in self.prepared(batch):
            try:
                recorded.append((case, case.record(self.device)))
            except Exception as error:
                self.add(case, f"not recorded: {_text(error)}")
        cases = [case for case, _ in recorded]
        wrong = _computed([t for _, results in recorded for t in results])
        if wrong is None:
            for case, results in recorded:
                self.add(case, self.verdict(case, results))
            return
        # What is pending goes with the tensors; each half is recorded again.
        recorded = None
        self.check_device(cases, f"not computed: {wrong}")
        if len(cases) == 1:
            self.add(cases[0], f"not computed: {wrong}")
            return
        middle, before = len(cases) // 2, len(self.report.failures)
        self.batch(cases[:middle])
        self.batch(cases[middle:])
        # A driver that fails now and then must not pass because cases are tried again.
        if len(self.report.failures) == before and not wrong.startswith(OUT_OF_MEMORY):
            message = f"{len(cases)} cases failed together, and none of them alone: {wrong}"
            self.report.add(self.group.name, self.group.name, message)

    def verdict(self, case, results):
        try:
            return case.check([to_host(t) for t in results])
        except Exception as error:
            return f"not checked: {_text(error)}"
