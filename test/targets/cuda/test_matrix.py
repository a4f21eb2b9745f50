"""Every op of the dialect in every dtype, compiled for the machines of the test matrix.

LLVM makes the PTX; ptxas, where it is installed (`pip install portico[cuda]`), has to accept it
and says what the code needs. PORTICO_VERIFY=1 tries every dtype on every machine.
"""

import os
import re

import pytest

from portico._generated.op_table import DTYPES

from .matrix import joined, ops_with, program_of, stages_of, tool

ARCHS = ("sm_80", "sm_90a", "sm_100")
EVERYTHING = os.environ.get("PORTICO_VERIFY") == "1"
FEW = ("float32", "bfloat16")


def chosen():
    for arch in ARCHS:
        for dtype in DTYPES:
            if EVERYTHING or arch == "sm_80" or dtype in FEW:
                yield arch, dtype


@pytest.mark.parametrize("arch,dtype", list(chosen()))
def test_every_op_compiles(arch, dtype, tmp_path):
    programs = {op: program_of(op, dtype) for op in ops_with(dtype)}
    programs = {op: text for op, text in programs.items() if text}
    assert len(programs) > 20
    stages = stages_of(joined(programs.values()), arch, tmp_path)
    ptx = sorted(stages.glob("*.ptx"))
    assert len(ptx) >= len(programs) // 2
    for file in ptx:
        text = file.read_text()
        assert f".target {arch}" in text
        # A call would look for a library, contraction would change results.
        assert not re.search(r"\bcall\b|\.approx|\.ftz|\bmad\.f|\bmul\.f|\badd\.f", text), file
    if not tool("ptxas"):
        pytest.skip("compiled by LLVM; ptxas is not installed: try pip install portico[cuda]")
    reports = [file.read_text() for file in stages.glob("*.ptxas")]
    assert len(reports) == len(ptx)
    for report in reports:
        assert "Used" in report and "warning" not in report, report
        spills = re.findall(r"(\d+) bytes spill (?:stores|loads)", report)
        assert spills and set(spills) == {"0"}, report


def test_many_operands_fit_in_the_parameters_of_a_kernel(tmp_path):
    names = [f"%x{i}" for i in range(300)]
    inputs = ", ".join(f"{name}: tensor<8xf32>" for name in names)
    program = (
        f"func.func @main({inputs}) -> tensor<2400xf32> {{\n"
        f"  %0 = portico.concat {', '.join(names)} {{axis = 0 : i64}}\n"
        f"      : ({', '.join(['tensor<8xf32>'] * 300)}) -> tensor<2400xf32>\n"
        "  return %0 : tensor<2400xf32>\n}"
    )
    stages = stages_of(program, "sm_80", tmp_path)
    kernels = [len(re.findall(r"\.param \.u64", f.read_text())) for f in stages.glob("*.ptx")]
    # Until CUDA 12.1 the driver takes 4096 bytes; Intel's GPUs take half of it.
    assert kernels and max(kernels) <= 2048 // 8
