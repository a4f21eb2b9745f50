"""The code of the conformance matrix for a machine that need not be here.

`code_of_matrix` compiles every case of the kit in a process of its own, which a compiler may take
down, and leaves each distinct piece of code in a folder, under a name made of what is in it.

    python test/support/conformance_code.py rocm:gfx942 smoke FOLDER --only forward/exp
"""

import argparse
import hashlib
import json
import os
import struct
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DTYPES = ("bool", "uint8", "int8", "int16", "int32", "int64",
          "float16", "bfloat16", "float32", "float64")  # fmt: skip
#: Cases of one program: enough kernels to keep every core busy.
BATCH = 96


@dataclass(frozen=True)
class Machine:
    """What is asked of a target's machine; `usual`: where nobody says which machines."""

    dtypes: tuple
    usual: bool = True


@dataclass
class Matrix:
    """What came of a matrix: `failures` are cases that could not be compiled, and why."""

    cases: int = 0
    failures: list = field(default_factory=list)
    #: The files, each of different code.
    code: list = field(default_factory=list)


class Progress:
    """A line that is written over on a terminal; elsewhere one now and then."""

    #: Seconds between lines of a log.
    PAUSE = 60

    def __init__(self, label):
        self.label, self.terminal, self.last = label, sys.stderr.isatty(), time.monotonic()

    def __call__(self, done, total, what=""):
        line = f"{self.label} [{done}/{total}] {what}"
        if self.terminal:
            print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)
        elif time.monotonic() - self.last > self.PAUSE:
            self.last = time.monotonic()
            print(line, file=sys.stderr, flush=True)

    def end(self):
        if self.terminal:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def code_of_matrix(target, folder, level="smoke", dtypes=DTYPES, only=None):
    """Compiles the matrix for `target` ("rocm:gfx942"); its code goes to `folder`."""
    command = [sys.executable, __file__, target, level, str(folder), "--dtypes", *dtypes]
    if only:
        command += ["--only", only]
    paths = [str(ROOT / "python"), os.environ.get("PYTHONPATH", "")]
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(p for p in paths if p))
    matrix, progress = Matrix(), Progress(f"{target}: compiling")
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as child:
        group = "the start"
        for line in child.stdout:
            answer = json.loads(line)
            if "begin" in answer:
                group = answer["begin"]
                progress(answer["done"], answer["total"], group)
            else:
                matrix.cases += answer["cases"]
                matrix.failures += answer["failures"]
    progress.end()
    if child.returncode:
        matrix.failures.append(f"{group}: the compiler ended with code {child.returncode}")
    matrix.code = sorted(p for p in Path(folder).iterdir() if p.is_file())
    return matrix


def pieces(code):
    """The modules of a bundle (targets/common/Bundle.cpp); other code is one piece."""
    if code[:4] != b"PRTB":
        return [code]
    (count,) = struct.unpack_from("<I", code, 4)
    entries = [struct.unpack_from("<QQ", code, 8 + 16 * i) for i in range(count)]
    return [code[offset : offset + size] for offset, size in entries]


def _compile(cases, target, folder, failures):
    """One program; cut in two where it fails, until the case that makes it fail is alone."""
    from portico import _core

    try:
        results = [t for case in cases for t in case.record("cpu")]
        stages = dict(_core.compile_for(results, target)["stages"])
    except Exception as error:
        results = None  # what is pending goes with the tensors
        if len(cases) == 1:
            failures.append(f"{cases[0].name}: {error}")
            return
        middle = len(cases) // 2
        _compile(cases[:middle], target, folder, failures)
        _compile(cases[middle:], target, folder, failures)
        return
    for piece in pieces(stages.get("code", b"")):
        if piece:
            name = hashlib.sha256(piece).hexdigest()[:24] + ".bin"
            (folder / name).write_bytes(piece)


def main():
    from portico.testing._conformance.cases import DeviceCase
    from portico.testing._conformance.groups import groups

    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("target", help="such as spirv:pvc")
    parser.add_argument("level", choices=("smoke", "standard", "full"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dtypes", nargs="*", default=DTYPES)
    parser.add_argument("--only", metavar="TEXT", help="groups whose name contains this")
    arguments = parser.parse_args()
    chosen = groups(arguments.dtypes, arguments.level, arguments.only)
    for done, group in enumerate(chosen):
        print(json.dumps({"begin": group.name, "done": done, "total": len(chosen)}), flush=True)
        cases = [case for case in group.cases() if not isinstance(case, DeviceCase)]
        failures = []
        for first in range(0, len(cases), BATCH):
            _compile(cases[first : first + BATCH], arguments.target, arguments.folder, failures)
        print(json.dumps({"cases": len(cases), "failures": failures}), flush=True)


if __name__ == "__main__":
    main()
