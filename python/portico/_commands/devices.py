"""`python -m portico devices`: every target of this build, with its devices or why it has none."""

from __future__ import annotations

import os
import textwrap

from portico import _core, _plugins

HEADER = ("device", "name", "memory", "units", "arch", "driver")
_WIDEST = 40


def add_arguments(parser):
    parser.add_argument("--json", action="store_true", help="for programs to read")


def _bytes(n):
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if n < 1024 or unit == "TiB":
            return f"{n:.0f} {unit}" if unit == "B" else f"{n:.1f} {unit}"
        n /= 1024


def survey():
    """A record for every driver, those of plug-ins too: its devices, or why there are none."""
    _plugins.load_all()
    found = []
    for driver in _core.drivers():
        devices = []
        for ordinal in range(driver["count"]):
            name = f"{driver['name']}:{ordinal}"
            devices.append({"device": name, **_core.describe_device(name)})
        reason = driver["reason"]
        hidden = driver["present"] - driver["count"]
        if hidden:
            chosen = os.environ["PORTICO_VISIBLE_DEVICES"]
            reason = f"{hidden} hidden by PORTICO_VISIBLE_DEVICES={chosen}"
        found.append(
            {
                "target": driver["name"],
                "other_names": [w for w in driver["aliases"].split(",") if w],
                "archs": driver["archs"],
                "devices": devices,
                "reason": "" if devices and not hidden else reason or "no device",
            }
        )
    return found


def _row(d):
    arch = d["arch"] or "-"
    return (
        d["device"], d["name"], _bytes(d["total_memory"]), str(d["multi_processor_count"] or "-"),
        arch if len(arch) <= _WIDEST else arch[: _WIDEST - 3] + "...", d["driver_version"] or "-",
    )  # fmt: skip


def _table(rows):
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip()


def report():
    """The table, as lines."""
    targets = survey()
    present = [_row(d) for target in targets for d in target["devices"]]
    yield from _table([HEADER, *present])
    absent = [target for target in targets if target["reason"]]
    for target in absent:
        names = target["target"] + "".join(f", {w}" for w in target["other_names"])
        what = "partly hidden" if target["devices"] else "absent"
        yield ""
        yield f"{names}: {what}; compiles for {', '.join(target['archs']) or 'nothing'}"
        for part in target["reason"].split("; "):
            yield from textwrap.wrap(part, 96, initial_indent="  - ", subsequent_indent="    ")


def run(arguments) -> int:
    if arguments.json:
        import json

        print(json.dumps(survey(), indent=2))
        return 0
    for line in report():
        print(line)
    return 0
