"""Computes the conformance matrix on a device whose results mean nothing, for its code.

The imitation of AMD's library takes code objects and launches without running anything. What it
is given here is every kernel of the matrix: `python record_matrix.py LEVEL DTYPES` in the
environment that verify.py sets. Prints how much was compiled, and what could not be.
"""

import sys

from portico import _core
from portico.testing._conformance.cases import DeviceCase
from portico.testing._conformance.groups import groups

#: Cases of one flush: enough kernels to keep every core busy.
BATCH = 96


def compile_cases(cases, failures):
    """One flush; cut in two where it fails, until the case that makes it fail is alone."""
    try:
        results = [t for case in cases for t in case.record("rocm")]
        _core.evaluate(results, "matrix")
    except Exception as error:
        results = None  # what is pending goes with the tensors
        if len(cases) == 1:
            failures.append(f"{cases[0].name}: {error}")
            return
        middle = len(cases) // 2
        compile_cases(cases[:middle], failures)
        compile_cases(cases[middle:], failures)


def main(level, dtypes):
    count, failures = 0, []
    for group in groups(dtypes, level):
        cases = [case for case in group.cases() if not isinstance(case, DeviceCase)]
        count += len(cases)
        for start in range(0, len(cases), BATCH):
            compile_cases(cases[start : start + BATCH], failures)
    print(count)
    print("\n".join(failures))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2].split(","))
