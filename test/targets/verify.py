"""Compiles the conformance matrix for machines that need not be here, and has its code looked at
by other tools than ours.

For every machine of the verify.py of a target: each case is compiled, and each different piece of
code goes to the vendor's compiler or has its limits checked. Nothing is run.

    python test/targets/verify.py                          # the usual machines
    python test/targets/verify.py dg2 tgllp --level standard
"""

import argparse
import importlib
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from conformance_code import code_of_matrix

from portico import _core

#: How many complaints of a machine are shown.
SHOWN = 20


def targets():
    """The verify modules by the names of their targets."""
    names = sorted(path.parent.name for path in Path(__file__).parent.glob("*/verify.py"))
    return {name: importlib.import_module(f"{name}.verify") for name in names}


def verify(target, module, machine, level, only=None, keep=None):
    """Prints the figures of a machine; its number of complaints."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(keep or scratch) / machine
        folder.mkdir(parents=True, exist_ok=True)
        matrix = code_of_matrix(
            f"{target}:{machine}", folder, level, module.MACHINES[machine].dtypes, only
        )
        figures, complaints = module.look_at(matrix.code, machine)
    wrong = matrix.failures + complaints
    if not matrix.code:
        wrong.append("there is no code")
    print(
        f"{target}:{machine}, level {level}: {matrix.cases} cases, {figures}; "
        f"{len(wrong)} complaints; {time.monotonic() - start:.0f} s"
    )
    for complaint in wrong[:SHOWN]:
        print("  " + complaint.replace("\n", "\n  "))
    sys.stdout.flush()
    return len(wrong)


def main():
    known = targets()
    machines = {machine: target for target, module in known.items() for machine in module.MACHINES}
    usual = [m for m, target in machines.items() if known[target].MACHINES[m].usual]
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument(
        "machines", nargs="*", default=usual, metavar="MACHINE",
        help=f"of {', '.join(machines)}; by default {', '.join(usual)}",
    )  # fmt: skip
    parser.add_argument("--level", default="smoke", choices=("smoke", "standard", "full"))
    parser.add_argument("--only", metavar="TEXT", help="groups whose name contains this")
    parser.add_argument("--keep", metavar="FOLDER", help="where to leave the code")
    arguments = parser.parse_args()
    unknown = set(arguments.machines) - set(machines)
    if unknown:
        parser.error(f"no machine {', '.join(unknown)}; expected some of {', '.join(machines)}")
    built = {driver["name"] for driver in _core.drivers()}
    left_out = [m for m in arguments.machines if machines[m] not in built]
    chosen = [m for m in arguments.machines if m not in left_out]
    for target in {machines[m] for m in chosen}:
        if missing := known[target].missing():
            parser.error(missing)
    start = time.monotonic()
    wrong = {}
    for machine in chosen:
        target = machines[machine]
        wrong[machine] = verify(
            target, known[target], machine, arguments.level, arguments.only, arguments.keep
        )
    bad = [machine for machine, complaints in wrong.items() if complaints]
    print(
        f"level {arguments.level}: {len(wrong) - len(bad)} of {len(wrong)} machines are fine"
        + (f", not {', '.join(bad)}" if bad else "")
        + (f"; not in this build: {', '.join(left_out)}" if left_out else "")
        + f"; {time.monotonic() - start:.0f} s"
    )
    return 1 if bad or not wrong else 0


if __name__ == "__main__":
    sys.exit(main())
