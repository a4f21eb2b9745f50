"""The tests of a target need a build that has it (CMake's PORTICO_TARGETS)."""

from pathlib import Path

import pytest

from portico import _core

TARGETS = Path(__file__).parents[2] / "targets"


def pytest_collection_modifyitems(items):
    built = {driver["name"] for driver in _core.drivers()}
    here = Path(__file__).parent
    for item in items:
        if here not in item.path.parents:
            continue
        folder = item.path.relative_to(here).parts[0]
        name = item.path.stem.removeprefix("test_") if folder == "conformance" else folder
        if (TARGETS / name / "target.cmake").exists() and name not in built:
            item.add_marker(pytest.mark.skip(reason=f"this build has no {name}"))
