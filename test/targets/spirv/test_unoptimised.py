"""Kernels give the same where the device's compiler optimises nothing: what only an optimiser
hides, such as a missing barrier or an element that was never written, shows here."""

import os
import subprocess
import sys

from devices import device_or_skip

# Where work-items act together: in subgroups, through the memory of the group, or both.
GROUPS = ("forward/reduce", "forward/scan", "forward/sort", "forward/dot", "program/")

PROGRAM = """
import portico as pt
for only in %r:
    report = pt.testing.conformance("spirv", dtypes=["float32", "int32"], only=only)
    assert report.ok and report.counts, str(report)
"""

# Without optimisation Intel's runtime for processors does not vectorise, and subgroups of a
# SPIR-V module have one work-item each (targets/spirv/README.md).
OPTIONS = {"PORTICO_SPIRV_BUILD_OPTIONS": "-cl-opt-disable", "CL_CONFIG_CPU_O0_VECTORIZATION": "1"}


def test_results_do_not_need_the_optimiser():
    device_or_skip("spirv")
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM % (GROUPS,)],
        env=os.environ | OPTIONS,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr
