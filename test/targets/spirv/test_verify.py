"""What `make verify-targets` does, on little: modules that are fine, and one that is not."""

import pytest
from conformance_code import code_of_matrix

from . import verify

pytestmark = pytest.mark.skipif(verify.missing() is not None, reason=str(verify.missing()))


@pytest.fixture(scope="module")
def matrix(tmp_path_factory):
    folder = tmp_path_factory.mktemp("matrix")
    return code_of_matrix("spirv:pvc", folder, dtypes=("float32",), only="forward/neg")


def test_both_tools_take_the_modules(matrix):
    assert matrix.cases > 3 and not matrix.failures
    figures, complaints = verify.look_at(matrix.code, "pvc")
    assert not complaints and figures.startswith(f"{len(matrix.code)} different modules")


def test_both_tools_notice_damage(matrix, tmp_path):
    words = bytearray(matrix.code[0].read_bytes())
    words[-8:-4] = (0xFFFF0000).to_bytes(4, "little")
    damaged = tmp_path / "damaged.bin"
    damaged.write_bytes(words)
    figures, complaints = verify.look_at([matrix.code[0], damaged], "pvc")
    assert [text.split(" refuses ")[0] for text in complaints] == ["spirv-val", "ocloc"]
    assert "1 refused by spirv-val, 1 by ocloc" in figures


def test_cases_that_do_not_compile_are_named(tmp_path):
    matrix = code_of_matrix("spirv:none", tmp_path, dtypes=("float32",), only="forward/neg")
    assert len(matrix.failures) == matrix.cases > 3 and not matrix.code
    assert any(text.startswith("forward/neg/float32/odd: ") for text in matrix.failures)
