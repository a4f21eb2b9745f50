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


def quoted_includes(file):
    return re.findall(r'#\s*include\s*"([^"]+)"', file.read_text(errors="replace"))


def with_headers(files):
    """The files and the headers of this tree that they include, directly or not."""
    found, rest = set(), list(files)
    while rest:
        file = rest.pop()
        if file in found or not file.is_file():
            continue
        found.add(file)
        rest += [root / name for name in quoted_includes(file) for root in HEADER_ROOTS]
    return sorted(found)


COMPILER_INCLUDE = r'#\s*include\s*[<"](mlir|llvm|lld)[/-]'
HEADER_ROOTS = (ROOT, ROOT / "runtime" / "include", ROOT / "runtime" / "src")


def target_names():
    listed = (ROOT / "targets" / "CMakeLists.txt").read_text()
    names = set(re.search(r'set\(PORTICO_TARGETS "([^"]*)"', listed).group(1).split(";"))
    return names | {"cuda", "rocm", "spirv", "hostsimt"}


def driver_files():
    """Every source of a run half: those the build lists, and the example's."""
    listed = re.findall(
        r"driver_sources ([^)]*)\)",
        "".join(f.read_text() for f in tracked("targets") if f.suffix in {".cmake", ".txt"}),
    )
    names = [name for line in listed for name in line.split() if name.endswith(".cpp")]
    example = [f for f in tracked("targets/example/src") if f.stem in {"driver", "memory", "queue"}]
    return [ROOT / "targets" / name for name in names] + example


def body_of(text, start, end):
    """What lies between two marks, without comments."""
    part = text[text.index(start) : text.index(end, text.index(start))]
    return re.sub(r"/\*.*?\*/|//[^\n]*", "", part, flags=re.S)


def test_runtime_knows_no_mlir():
    assert not matches(COMPILER_INCLUDE, with_headers(tracked("runtime")))


def test_drivers_know_no_mlir():
    files = driver_files()
    assert len(files) > 5 and all(f.is_file() for f in files), files
    assert not matches(COMPILER_INCLUDE, with_headers(files))


def test_dialects_know_no_lowering():
    assert not matches(r'#\s*include\s*[<"](lowering|targets|runtime|python)/', tracked("dialects"))


def test_lowering_knows_no_python():
    assert not matches(r'#\s*include\s*[<"]python/', tracked("lowering", "targets", "runtime"))


@pytest.mark.parametrize("folder", ["dialects", "lowering", "runtime", "python"])
def test_no_target_is_named_outside_targets(folder):
    quoted = "|".join(sorted(target_names()))
    suffixes = {".cpp", ".h", ".c", ".td", ".fbs", ".txt", ".py"}
    named = matches(rf'"({quoted})(:\d+)?"|targets/({quoted})/', (
        f for f in tracked(folder) if f.suffix in suffixes
    ))  # fmt: skip
    assert [line for line in named if not line.startswith(USERS_WORDS)] == []


#: Where a device string is what the user writes: PyTorch's own words, and examples in docstrings.
USERS_WORDS = (
    "python/portico/_accelerators/__init__.py", "python/portico/nn/module.py",
    "python/portico/testing/_conformance/__init__.py", "python/native/bind/Types.cpp",
)  # fmt: skip


def test_the_compile_half_is_small():
    """At most eight methods in C++, and as many functions in C."""
    text = (ROOT / "targets" / "Target.h").read_text()
    methods = re.findall(r"\bvirtual\s+(?!~)", body_of(text, "class Target {", "\n};"))
    assert 1 <= len(methods) <= 8
    text = (ROOT / "targets" / "plugin.h").read_text()
    table = body_of(text, "typedef struct portico_compiler {", "} portico_compiler;")
    assert 1 <= len(re.findall(r"\(\*\w+\)\(", table)) <= 8


def test_the_run_half_is_small():
    """At most 25 required functions."""
    text = (ROOT / "runtime" / "include" / "portico" / "driver.h").read_text()
    table = text[text.index("typedef struct portico_driver {") :]
    required = table[: table.index("/* Optional")]
    assert 1 <= len(re.findall(r"\(\*\w+\)\(", required)) <= 25


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
