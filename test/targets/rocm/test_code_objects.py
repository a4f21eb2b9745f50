"""The code objects of the conformance matrix, in a few dtypes; `make verify-targets` has all."""

import pytest
from conformance_code import code_of_matrix

from . import verify


@pytest.mark.parametrize("gpu", verify.MACHINES)
def test_code_objects(gpu, tmp_path):
    matrix = code_of_matrix(f"rocm:{gpu}", tmp_path, dtypes=("float32", "bfloat16", "int64"))
    figures, wrong = verify.look_at(matrix.code, gpu)
    assert not matrix.failures + wrong, "\n".join((matrix.failures + wrong)[:20])
    assert matrix.cases > 500 and len(matrix.code) > 80, figures


def test_a_kernel_that_asks_for_too_much_is_found():
    kernel = {
        "name": "k", "symbol": "k.kd", "wavefront_size": "64", "max_flat_workgroup_size": "1024",
        "group_segment_fixed_size": "65536", "vgpr_count": "128", "sgpr_count": "32",
        "uses_dynamic_stack": "false", "args": ["global_buffer", "hidden_block_count_x"],
        "block": [1024, 1, 1],
    }  # fmt: skip
    assert verify.complaints(kernel, "gfx942") == []
    for change in [
        {"group_segment_fixed_size": "65537"}, {"vgpr_count": "129"}, {"wavefront_size": "32"},
        {"max_flat_workgroup_size": "256"}, {"uses_dynamic_stack": "true"}, {"symbol": "k"},
        {"args": ["hidden_hostcall_buffer"]},
    ]:  # fmt: skip
        assert len(verify.complaints({**kernel, **change}, "gfx942")) == 1, change
