"""The op records say enough for everything that is made from them."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from portico._generated import op_table

ROOT = Path(__file__).resolve().parents[2]
OPS = op_table.OPS
FLOATS = {"float16", "bfloat16", "float32", "float64"}


@cache
def sources(pattern):
    return "\n".join(p.read_text() for p in sorted(ROOT.glob(pattern)))


@cache
def python_functions():
    """Read, not imported: they need nothing but the table to be right."""
    tree = ast.parse(Path(op_table.__file__).with_name("ops.py").read_text())
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_fewer_than_seventy_ops():
    assert 0 < len(OPS) + len(op_table.STRUCTURE) < 70


def test_kinds_are_the_order_of_the_table():
    assert [op.kind for op in OPS.values()] == list(range(len(OPS)))


@pytest.mark.parametrize("op", OPS.values(), ids=lambda op: op.name)
class TestRecord:
    def test_says_what_it_is(self, op):
        assert op.summary and op.numpy and op.infer
        families = {"Elementwise", "Creation", "DataMovement", "Reduction", "Contraction", "Opaque"}
        assert len(families & op.traits) == 1, "fusion wants exactly one of these traits"

    def test_float_ops_have_a_gradient_or_say_that_there_is_none(self, op):
        assert op.differentiable != ("NonDifferentiable" in op.traits)
        if op.differentiable:
            assert any(FLOATS & set(o.dtypes) for o in op.operands)

    def test_saves_only_what_there_is(self, op):
        assert set(op.saves) <= {o.name for o in op.operands}
        assert op.differentiable or not (op.saves or op.saves_result)

    def test_numpy_line_uses_operands_and_attributes(self, op):
        names = set(re.findall(r"[a-z_]+", op.numpy))
        # A unit attribute is a permission: the reference does not take it.
        for value in (*op.operands, *(a for a in op.attrs if a.kind != "Unit")):
            assert value.name in names, f"{value.name} is not in `{op.numpy}`"

    def test_has_a_python_function(self, op):
        function = python_functions()[op.function]
        parameters = [a.arg for a in function.args.args]
        assert parameters == [v.name for v in (*op.operands, *op.attrs)]
        assert ast.get_docstring(function)

    def test_every_constraint_has_a_test(self, op):
        # Ops of one `infer` share one function: the test of one is the test of all.
        errors = sources("test/dialect/*-errors.mlir")
        sharing = [o.name for o in OPS.values() if o.infer == op.infer]
        for number, constraint in enumerate(op.constraints, 1):
            labels = [f"({name}_c{number})" for name in sharing]
            assert any(label in errors for label in labels), f"no test breaks {constraint!r}"


@pytest.mark.parametrize("op", op_table.STRUCTURE.values(), ids=lambda op: op.name)
def test_every_structure_constraint_has_a_test(op):
    errors = sources("test/dialect/*-errors.mlir")
    assert all(f"({c.split(':')[0]})" in errors for c in op.constraints)


def test_error_tests_break_only_constraints_there_are():
    every = {c.split(":")[0] for op in (OPS | op_table.STRUCTURE).values() for c in op.constraints}
    every |= {f"{name}_c0" for name in OPS}
    every |= set(re.findall(r"\b\w+_c\d+\b", sources("dialects/simt/*.td")))
    assert set(re.findall(r"\((\w+_c\d+)\)", sources("test/dialect/*-errors.mlir"))) <= every


def test_reference_page_has_every_op():
    page = (ROOT / "docs/reference/ops.md").read_text()
    headings = re.findall(r"^### (\w+)$", page, re.M)
    assert headings == [*OPS, *op_table.STRUCTURE]


def test_no_op_is_named_in_the_generator():
    text = (ROOT / "dialects/portico/IR/generate.py").read_text()
    text += (ROOT / "dialects/portico/IR/records.py").read_text()
    quoted = set(re.findall(r"[\"'](\w+)[\"']", text))
    # Attribute and field names may be words that ops use too.
    assert not quoted & (set(OPS) - {"and", "or", "xor", "not"})
