"""What a run of the kit found."""

from __future__ import annotations

import collections
import time
from dataclasses import dataclass, field


@dataclass
class Failure:
    case: str
    message: str
    device: str
    level: str

    @property
    def repro(self) -> str:
        """A program that runs this case alone, or its group where the case is not known."""
        if self.case.count("/") == 1 and not self.case.startswith("device/"):
            return (
                "from portico.testing import conformance\n"
                f"print(conformance({self.device!r}, only={self.case!r}, level={self.level!r}, "
                "isolate=True))\n"
            )
        return (
            "from portico.testing import conformance_case\n"
            f"conformance_case({self.case!r}, {self.device!r}, level={self.level!r})\n"
        )


@dataclass
class Report:
    """`str()` of it is a summary; `ok` is whether every case held."""

    device: str
    level: str
    dtypes: tuple
    #: Group -> [passed, failed].
    counts: dict = field(default_factory=lambda: collections.defaultdict(lambda: [0, 0]))
    failures: list = field(default_factory=list)
    #: Groups whose outcome was in the journal of an earlier run.
    kept: int = 0
    #: Groups that were not tried, since time was up or the device was gone.
    left: int = 0
    #: The group during which the device ceased to work.
    gone: str | None = None
    kernels: int = 0
    flushes: int = 0
    started: float = field(default_factory=time.perf_counter)
    seconds: float = 0

    @property
    def passed(self):
        return sum(good for good, _ in self.counts.values())

    @property
    def ok(self):
        return not self.failures and not self.left and self.passed > 0

    def add(self, group, case, message=None):
        """The outcome of a case: a message is what is wrong with it."""
        self.counts[group][message is not None] += 1
        if message is not None:
            self.failures.append(Failure(case, message, self.device, self.level))

    def finish(self):
        self.seconds = time.perf_counter() - self.started
        return self

    def merge(self, other):
        for group, (good, bad) in other.counts.items():
            self.counts[group][0] += good
            self.counts[group][1] += bad
        self.failures += other.failures
        self.kept += other.kept
        self.kernels += other.kernels
        self.flushes += other.flushes
        self.seconds += other.seconds

    def table(self):
        """(kind, ops, cases passed, failed) for each kind of group."""
        kinds = {}
        for group, (good, bad) in self.counts.items():
            row = kinds.setdefault(group.split("/")[0], [0, 0, 0])
            row[0] += 1
            row[1] += good
            row[2] += bad
        return kinds

    def text(self, failures=20):
        """The summary with so many failures at most; None: with all."""
        lines = [
            f"conformance of {self.device}, level {self.level}: {self.passed} passed, "
            f"{len(self.failures)} failed in {self.seconds:.1f} s "
            f"({self.kernels} kernels compiled in {self.flushes} flushes)"
        ]
        if self.kept:
            lines.append(f"  {self.kept} groups were tried by an earlier run, as its journal says")
        if self.gone:
            lines.append(
                f"  the device is gone since {self.gone}: {self.left} groups were not tried; "
                "try --isolate (isolate=True), which goes on in another process"
            )
        elif self.left:
            lines.append(f"  {self.left} groups were not tried: time was up")
        lines.append(f"  {'':12}{'groups':>8}{'passed':>8}{'failed':>8}")
        for kind, (groups, good, bad) in self.table().items():
            lines.append(f"  {kind:12}{groups:8}{good:8}{bad:8}")
        for group, (good, bad) in self.counts.items():
            if bad:
                lines.append(f"  {group}: {bad} of {good + bad} failed")
        for failure in self.failures[:failures]:
            lines += ["", failure.case, "  " + failure.message.replace("\n", "\n  ")]
            lines += ["  again: " + failure.repro.splitlines()[1]]
        if failures is not None and len(self.failures) > failures:
            more = len(self.failures) - failures
            lines.append(f"\n... and {more} more: --verbose prints them, report.failures has them")
        return "\n".join(lines)

    __str__ = __repr__ = text
