"""What a machine lacks is neither a mistake of Portico nor anything to report. Needs no device."""

import pytest
from conformance_code import code_of_matrix

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
