"""The page with one program at every stage on every target is made from a real program."""

import importlib.util
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def page():
    spec = importlib.util.spec_from_file_location("isa", DOCS / "from_tensor_to_isa.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_target_has_stages_down_to_its_code(page):
    machines = page.machines()
    assert machines
    for machine in machines:
        names = [name for name, _ in page.compiled(machine)]
        assert names[: len(page.SHARED)] == list(page.SHARED)
        assert "kernel0.lowered" in names
        # At least one stage of the target's own comes after it.
        assert names.index("kernel0.lowered") < len(names) - 1


def test_kernels_are_loops_on_the_host_and_work_groups_elsewhere(page):
    for machine in page.machines():
        lowered = dict(page.compiled(machine))["kernel0.lowered"]
        # A host is named without a machine.
        assert ("gpu.func" if ":" in machine else "func.func") in lowered


def test_the_page_names_every_target(page):
    text = page.render()
    assert all(f"## {machine}\n" in text for machine in page.machines())
