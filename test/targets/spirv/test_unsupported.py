"""What a machine lacks is neither a mistake of Portico nor anything to report."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conformance_code import code_of_matrix
from devices import device_or_skip

import portico as pt
from portico import _core


def doubled(dtype):
    return [_core.empty((8,), dtype) * 2]


def test_machines_without_f64_say_so(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTICO_REPRODUCER_DIR", str(tmp_path))
    with pytest.raises(pt.errors.PorticoRuntimeError) as caught:
        _core.compile_for(doubled(pt.float64), "spirv:dg2")
    text = str(caught.value)
    assert text.startswith("[mul] cannot be compiled for spirv; got tensor<8xf64>")
    assert "dg2 has no f64, in which this is computed; expected f32" in text
    assert "mistake in Portico" not in text and not list(tmp_path.iterdir())


def test_they_have_f32_and_others_have_f64():
    assert _core.compile_for(doubled(pt.float32), "spirv:dg2")["kernels"] == 1
    assert _core.compile_for(doubled(pt.float64), "spirv:pvc")["kernels"] == 1


def test_gradients_of_f32_need_no_f64(tmp_path):
    matrix = code_of_matrix("spirv:dg2", tmp_path, dtypes=("float32",), only="gradient/neg")
    assert matrix.cases and matrix.code and not matrix.failures


def test_the_whole_library_but_float64_needs_no_f64(tmp_path):
    """No case of the matrix in other dtypes is refused. Its kernels are compiled, not run."""
    floats = ("float32", "bfloat16")
    for only in ("forward/sin", "forward/pow", "forward/rem", "forward/scan", "program/"):
        matrix = code_of_matrix("spirv:dg2", tmp_path, dtypes=floats, only=only)
        assert matrix.cases and matrix.code and not matrix.failures


def test_functions_without_f64_are_as_exact():
    """The bounds of test_math_accuracy.py, for a machine without f64, run on the processor."""
    device_or_skip("spirv")
    tests = Path(__file__).parents[2] / "python" / "test_math_accuracy.py"
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "f32", tests],
        env=os.environ | {"PORTICO_SPIRV_ARCH": "spirv64-nof64", "PORTICO_TEST_DEVICE": "spirv:0"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr
