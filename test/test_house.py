"""The rules of the house that no compiler checks: who may know whom."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOP_LEVEL = {
    "CMakeLists.txt", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "Makefile", "README.md",
    "pyproject.toml", ".clang-format", ".gitignore", "dialects", "lowering", "python", "runtime",
    "targets", "test", "integration", "docs", ".ci", ".github",
}  # fmt: skip


def tracked(*folders):
    listed = subprocess.run(
        ["git", "ls-files", *folders], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def matches(pattern, files):
    found = []
    for file in files:
        for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1):
            if re.search(pattern, line):
                found.append(f"{file.relative_to(ROOT)}:{number}: {line.strip()}")
    return found


def test_top_level_is_as_given():
    assert {f.relative_to(ROOT).parts[0] for f in tracked()} <= TOP_LEVEL


def test_runtime_knows_no_mlir():
    assert not matches(r'#\s*include\s*[<"](mlir|llvm)[/-]', tracked("runtime"))


def test_dialects_know_no_lowering():
    assert not matches(r'#\s*include\s*[<"](lowering|targets|runtime|python)/', tracked("dialects"))


def test_lowering_knows_no_python():
    assert not matches(r'#\s*include\s*[<"]python/', tracked("lowering", "targets", "runtime"))


@pytest.mark.parametrize("folder", ["dialects", "lowering", "runtime"])
def test_no_target_is_named_outside_targets(folder):
    targets = {p.parent.name for p in tracked("targets") if p.parent.parent == ROOT / "targets"}
    assert targets, "no target found: the test would pass on anything"
    quoted = "|".join(sorted(targets | {"cuda", "rocm", "spirv", "hostsimt"}))
    sources = [f for f in tracked(folder) if f.suffix in {".cpp", ".h", ".td", ".fbs", ".txt"}]
    assert not matches(rf'"({quoted})(:\d+)?"|targets/({quoted})/', sources)


def test_no_work_is_left_for_later():
    suffixes = {".py", ".cpp", ".h", ".td", ".mlir", ".md"}
    files = [f for f in tracked() if f.suffix in suffixes and f != Path(__file__).resolve()]
    assert not matches(r"\b(TODO|FIXME|XXX)\b", files)


def test_python_of_the_environment_reaches_the_setup():
    """`PYTHON=... make` chooses the Python: no variable of the Makefile may take its name."""
    recipe = 'show:\n\t@echo "$$PYTHON"\n'
    shown = subprocess.run(
        ["make", "-s", "-f", "Makefile", "-f", "-", "show"],
        cwd=ROOT, capture_output=True, text=True, input=recipe,
        env={**os.environ, "PYTHON": "/one"},
    )  # fmt: skip
    assert shown.stdout.strip() == "/one"
    assert not matches(r"\$\(PYTHON\)", [ROOT / "Makefile"])
