"""What each group of a run gave, in a file: a run that was cut short goes on from there.

A line of JSON for each group, written when the group is done. It counts only while nothing has
changed that the result depends on: the code of the package and of the target, the variables that
are set, the level and the dtypes.
"""

from __future__ import annotations

import hashlib
import json
import os
import pathlib

import portico
from portico import _plugins

from .report import Failure, Report


def _files(device):
    """The files of the package, and of another one that brings the target."""
    root = pathlib.Path(portico.__file__).parent
    yield from sorted(p for p in root.rglob("*") if p.suffix in (".py", ".so"))
    plugin = _plugins.found().get(device.partition(":")[0])
    if plugin is not None:
        yield from map(pathlib.Path, plugin.load()())


def digest_of_what_is_tried(device) -> str:
    digest = hashlib.sha256()
    for path in _files(device):
        digest.update(path.name.encode() + path.read_bytes())
    for name in sorted(os.environ):
        if name.startswith("PORTICO_"):
            digest.update(f"{name}={os.environ[name]}\n".encode())
    return digest.hexdigest()[:32]


class Journal:
    """The groups of one run that are done."""

    def __init__(self, path, report):
        self.path = pathlib.Path(path)
        self.run = [
            digest_of_what_is_tried(report.device),
            report.device,
            report.level,
            sorted(report.dtypes),
        ]
        self.done = {}
        if self.path.exists():
            for line in self.path.read_text(errors="replace").splitlines():
                self._read(line)

    def _read(self, line):
        """A line of another run, or one that was cut off, tells nothing."""
        try:
            entry = json.loads(line)
            if entry["run"] == self.run:
                self.done[entry["group"]] = entry
        except (ValueError, KeyError, TypeError):
            pass

    def find(self, group) -> Report | None:
        """What a group gave, as a report of its own; None where it is not known."""
        entry = self.done.get(group)
        if entry is None:
            return None
        _, device, level, dtypes = self.run
        report = Report(device, level, tuple(dtypes))
        if entry["passed"] or entry["failures"]:
            report.counts[group] = [entry["passed"], len(entry["failures"])]
        report.failures = [
            Failure(case, message, device, level) for case, message in entry["failures"]
        ]
        report.kernels, report.flushes = entry["kernels"], entry["flushes"]
        report.seconds, report.kept = entry["seconds"], 1
        return report

    def add(self, group, report):
        """Writes down what a group gave."""
        entry = {
            "run": self.run,
            "group": group,
            "passed": report.passed,
            "failures": [(f.case, f.message) for f in report.failures],
            "kernels": report.kernels,
            "flushes": report.flushes,
            "seconds": round(report.seconds, 3),
        }
        with self.path.open("a") as file:
            file.write(json.dumps(entry) + "\n")
