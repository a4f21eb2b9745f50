"""portico.mlir: modules can be walked, run through passes and printed."""

import ml_dtypes
import numpy as np
import pytest

from portico import mlir
from portico.errors import MlirError, PorticoError

TEXT = """
func.func @main(%x: tensor<2x3xf32>) -> tensor<3x2xf32> {
  %0 = portico.permute %x {permutation = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %1 = portico.neg %0 : (tensor<3x2xf32>) -> tensor<3x2xf32> loc("user.py":7:3)
  return %1 : tensor<3x2xf32>
}
"""


def body(module):
    return module.operations[0].regions[0].blocks[0]


def test_walk():
    module = mlir.parse(TEXT)
    block = body(module)
    assert [op.name for op in block.operations] == [
        "portico.permute",
        "portico.neg",
        "func.return",
    ]
    permute, neg, ret = block.operations
    assert permute.attributes == {"permutation": (1, 0)}
    assert permute.operands[0] == block.arguments[0]
    assert neg.operands[0] == permute.results[0] and hash(neg.operands[0]) == hash(
        permute.results[0]
    )
    assert neg.operands[0].owner == permute and neg.results[0].number == 0
    assert ret.operands[0].type.shape == (3, 2) and ret.operands[0].type.element_type == "f32"
    assert "user.py" in neg.location and permute.parent == module.operations[0]
    assert module.operations[0].attributes["sym_name"] == "main"
    assert [op.name for op in module.operation.walk()][:2] == ["builtin.module", "func.func"]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("dense<[1.5, -2.0]> : tensor<2xf32>", np.float32([1.5, -2])),
        ("dense<[1.5, -2.0]> : tensor<2xbf16>", np.array([1.5, -2], ml_dtypes.bfloat16)),
        ("dense<[true, false, true]> : tensor<3xi1>", np.array([True, False, True])),
        ("dense<[[1, 255]]> : tensor<1x2xui8>", np.uint8([[1, 255]])),
        ("dense<-3> : tensor<2x2xi64>", np.full((2, 2), -3)),
    ],
)
def test_constants_are_arrays(text, expected):
    module = mlir.parse(f"func.func @main() {{ %0 = portico.constant {text} \n return }}")
    value = body(module).operations[0].attributes["value"]
    assert value.dtype == expected.dtype and value.shape == expected.shape
    assert np.array_equal(value, expected)


def test_diagnostics_are_exceptions():
    with pytest.raises(MlirError, match="expected"):
        mlir.parse("func.func @main(")
    with pytest.raises(PorticoError, match="(?s)neg.*operand"):
        mlir.parse(
            "func.func @f(%x: tensor<2xi1>) {\n"
            "portico.neg %x : (tensor<2xi1>) -> tensor<2xi1>\n return }"
        )
    with pytest.raises(MlirError, match="no-such-pass"):
        mlir.run_pipeline(mlir.parse(TEXT), "no-such-pass")


def test_pipeline_changes_the_module():
    module = mlir.parse(
        TEXT.replace(
            "return %1", "%2 = portico.abs %1 : (tensor<3x2xf32>) -> tensor<3x2xf32>\n return %1"
        )
    )
    assert "portico.abs" in str(module)
    assert "portico.abs" not in str(mlir.run_pipeline(module, "canonicalize"))


def test_a_pipeline_that_fails_leaves_the_module_as_it_was():
    module = mlir.parse(
        "func.func @f(%a: tensor<4xf32>) -> tensor<4xf32> {\n"
        "%0 = portico.neg %a : (tensor<4xf32>) -> tensor<4xf32>\n"
        '%1 = portico.custom_call "nonesuch" (%0) : (tensor<4xf32>) -> tensor<4xf32>\n'
        "return %1 : tensor<4xf32> }"
    )
    before = str(module)
    with pytest.raises(MlirError, match="nonesuch"):
        mlir.run_pipeline(module, "portico-autodiff{function=f}")
    assert str(module) == before


def test_operations_stay_what_they_were_when_a_pipeline_erases_them():
    module = mlir.parse(
        TEXT.replace(
            "return %1", "%2 = portico.abs %1 : (tensor<3x2xf32>) -> tensor<3x2xf32>\n return %1"
        )
    )
    unused = next(op for op in module.operations[0].walk() if op.name == "portico.abs")
    mlir.run_pipeline(module, "canonicalize")
    assert "portico.abs" in str(unused)
    assert "portico.abs" not in str(module)


def test_objects_outlive_the_module():
    op = mlir.parse(TEXT).operations[0]
    assert op.name == "func.func" and "portico.neg" in str(op)
    assert "user.py" in op.print(True)
