"""Makes docs/guide/from-tensor-to-isa.md: one program at every stage, on every target."""

import sys
from pathlib import Path

from portico import _core

GUIDE = Path(__file__).resolve().parent / "guide"
LINES = 24
#: Stages before the kernels are the same for every target and shown once.
SHARED = ("input", "simplify", "fuse")

PROGRAM = """\
import portico as pt

x = pt.empty(256, 1024)
w = pt.empty(1024)
y = (x * w).softmax(-1)"""


def machines():
    """A device string for each target: its first machine, which need not be here."""
    found = []
    for driver in _core.drivers():
        if driver["archs"]:
            arch = driver["archs"][0]
            # A host is made code for as it is; its name would be a page of features.
            found.append(driver["name"] if ";" in arch else f"{driver['name']}:{arch}")
    return found


def excerpt(text, lines=LINES):
    """The beginning of a long text, and how much more there is."""
    rows = [row.rstrip() for row in text.strip().splitlines()]
    if len(rows) <= lines:
        return "\n".join(rows)
    return "\n".join([*rows[:lines], f"... and {len(rows) - lines} lines more"])


def compiled(machine):
    """The stages of the program for a machine, texts only, in order."""
    scope = {}
    exec(compile(PROGRAM, "<from tensor to isa>", "exec"), scope)
    result = _core.compile_for([scope["y"]], machine)
    return [(name, text) for name, text in result["stages"] if isinstance(text, str)]


def fence(text, language=""):
    return f"```{language}\n{text}\n```\n"


def render():
    """The page."""
    everything = {machine: compiled(machine) for machine in machines()}
    first = dict(next(iter(everything.values())))
    parts = [
        "# From tensor to ISA\n",
        "Made by `docs/from_tensor_to_isa.py`, which compiles one program for every target of the\n"
        "build and prints each stage. Nothing has to be there to run it; nothing here is typed by\n"
        "hand. `python -m portico compile` does the same for your own functions.\n",
        fence(PROGRAM, "python"),
        "## What all targets share\n",
    ]
    for stage in SHARED:
        parts += [f"### {stage}\n", fence(excerpt(first[stage]), "mlir")]
    for machine, stages in everything.items():
        parts.append(f"## {machine}\n")
        for name, text in stages:
            if name not in SHARED and "." in name:
                parts += [f"### {name.replace('.', ': ')}\n", fence(excerpt(text))]
    return "\n".join(parts)


if __name__ == "__main__":
    (GUIDE / "from-tensor-to-isa.md").write_text(render())
    sys.exit(0)
