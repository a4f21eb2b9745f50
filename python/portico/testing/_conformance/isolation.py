"""Runs groups in a process of their own: a target that takes the process with it (a driver that
crashes, a compiler that aborts, a kernel that never ends or after which the device refuses all
others) costs one case, which is named, and not the report.

The worker reads names from its standard input, of groups or of cases, and writes one line of JSON
for each to a pipe of its own: what it is given prints whatever it likes.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys

from .groups import groups
from .report import Report
from .runner import run_group, works

#: Seconds for which a process may give its device back when it ends.
PATIENCE = 30


class Worker:
    """A process that runs groups, started when it is needed."""

    def __init__(self, device, dtypes, level, timeout=None):
        self.arguments = (str(device), level, ",".join(dtypes))
        self.timeout = timeout
        self.process = None
        #: Whether a group found that the device works.
        self.worked = False

    def _start(self):
        reader, writer = os.pipe()
        code = f"from {__name__} import serve; serve()"
        command = [sys.executable, "-c", code, *self.arguments, str(writer)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, pass_fds=[writer]
        )
        os.close(writer)
        self.answers = os.fdopen(reader)

    def run(self, name):
        """The outcomes as (group, case, message) triples, or how the process ended."""
        if self.process is None:
            self._start()
        try:
            print(name, file=self.process.stdin, flush=True)
        except BrokenPipeError:
            return self._ended()
        if not select.select([self.answers], [], [], self.timeout)[0]:
            self.process.kill()
            self._ended()
            return f"no result after {self.timeout:g} s"
        line = self.answers.readline()
        if not line:
            return self._ended()
        answer = json.loads(line)
        # A process of its own is no help to a device that is gone for all of them.
        answer["gone"] = self.worked and not answer["worked"]
        self.worked |= answer["worked"]
        return answer

    def _ended(self):
        code = self.process.wait()
        self.close()
        if code >= 0:
            return f"the process ended with code {code}"
        return f"the process was killed by {signal.Signals(-code).name}"

    def close(self):
        if self.process is None:
            return
        for end in (self.process.stdin, self.answers):
            try:
                end.close()
            except BrokenPipeError:
                pass
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


def run_isolated(group, device, worker, report):
    """Adds the outcomes of a group; where it kills the process or breaks the device, its cases
    are run one by one. One that is gone for a new process too is `report.gone`."""
    answer = worker.run(group.name)
    if _is_gone(answer, group, report):
        return
    if not isinstance(answer, str) and not answer["broken"]:
        _add(answer, report)
        return
    worker.close()
    for case in group.cases():
        answer = worker.run(case.name)
        if isinstance(answer, str):
            report.add(group.name, case.name, answer)
            continue
        if _is_gone(answer, group, report):
            return
        _add(answer, report)
        if answer["broken"]:
            worker.close()


def _is_gone(answer, group, report):
    if isinstance(answer, str) or not answer["gone"]:
        return False
    report.gone = group.name
    if report.passed == 0 and not report.failures:
        report.add(group.name, group.name, "the device is gone, for a new process too")
    return True


def _add(answer, report):
    for group, case, message in answer["outcomes"]:
        report.add(group, case, message)
    report.kernels += answer["kernels"]
    report.flushes += answer["flushes"]


class _Outcomes(Report):
    """A report that remembers every outcome."""

    def add(self, group, case, message=None):
        self.__dict__.setdefault("outcomes", []).append((group, case, message))
        super().add(group, case, message)


class _Part:
    """The case of that name of a group, or all of them."""

    def __init__(self, group, name):
        self.name, self.group, self.wanted = group.name, group, name

    def cases(self):
        for case in self.group.cases():
            if self.wanted in (self.name, case.name):
                yield case


def serve():
    """What the worker does."""
    device, level, dtypes, writer = sys.argv[1:]
    by_name = {group.name: group for group in groups(dtypes.split(","), level)}
    with os.fdopen(int(writer), "w") as answers:
        for line in sys.stdin:
            name = line.strip()
            group = by_name["/".join(name.split("/")[:2])]
            report = _Outcomes(device, level, ())
            worked = works(device)
            run_group(_Part(group, name), device, report)
            answer = {
                "outcomes": getattr(report, "outcomes", []),
                "worked": worked,
                "broken": bool(report.failures) and not works(device),
                "kernels": report.kernels,
                "flushes": report.flushes,
            }
            print(json.dumps(answer), file=answers, flush=True)
