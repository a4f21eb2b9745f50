"""The page that follows one line from Python to machine code is made from a real program."""

import importlib.util
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def page():
    spec = importlib.util.spec_from_file_location("life", DOCS / "life_of_one_line.py")
    life = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(life)
    return life


def test_every_stage_is_what_it_says(page):
    stages = page.stages()
    assert "portico.dot_general" in stages["recorded"] and "example.py" in stages["recorded"]
    assert "@main.vjp" in stages["gradient"]
    assert 'portico.kernel "row"' in stages["fused"]
    assert "linalg.generic" in stages["linalg"] and "iterator_types" in stages["linalg"]
    assert "vector.load" in stages["lowered"] and "linalg." not in stages["lowered"]
    assert "define" in stages["llvm"] and "fmul <" in stages["llvm"]


def test_the_template_is_filled(page):
    text = page.render()
    assert not any("{" + name + "}" in text for name in page.stages())
