"""What is told, and kept, where the compile half of a plug-in fails: whose mistake it is, the op
and the user's line, and all that its author needs."""

import re
import shlex
from pathlib import Path

import pytest
from plugin_package import build, install, python

MODEL = """
import portico as pt


def work(x):
    return pt.exp(x)
"""


@pytest.fixture
def compile(tmp_path):
    """Installs a plug-in of these macros, and compiles the model for it as a user would."""

    def run(**macros):
        library = build(tmp_path, **macros)
        install(tmp_path, "broken_plugin", "broken", f"def libraries(): return [{str(library)!r}]")
        (tmp_path / "model.py").write_text(MODEL)
        arguments = ["model.py:work", "--input", "float32[8]", "--target", "broken", "-o", "out"]
        environment = {"PORTICO_REPRODUCER_DIR": str(tmp_path / "kept")}
        return python(
            tmp_path, "-m", "portico", "compile", *arguments, cwd=tmp_path, environment=environment
        )

    return run


def folder_of(done):
    """Where the message says that the failure can be reproduced."""
    return Path(re.search(r"what is needed to reproduce it is in (\S+)", done.stderr)[1])


def test_the_command_loads_plugins(compile):
    done = compile()
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("compiled for broken: 1 kernels")


def test_a_failure_names_the_package_the_op_and_the_line(compile):
    done = compile(given='"/dev/null"')
    assert done.returncode == 1 and "Traceback" not in done.stderr
    said = done.stderr.splitlines()
    assert said[0].startswith("portico compile: [exp] cannot be compiled for broken; got tensor<8x")
    assert "model.py:6;" in said[0] and said[0].endswith("it was made to fail")
    assert said[1].startswith(
        "this is a mistake in the target 'broken' (broken_plugin 1.0), not in the program; "
    )
    assert len(said) == 2


def test_what_the_target_was_given_is_kept(compile, tmp_path):
    done = compile(given=f'"{tmp_path / "given"}"')
    folder = folder_of(done)
    assert (folder / "kernel.mlirbc").read_bytes() == (tmp_path / "given").read_bytes()
    assert "func.func @kernel(" in (folder / "kernel.mlir").read_text()
    report = (folder / "report.txt").read_text()
    assert "target: broken of broken_plugin 1.0\nmachine: arch\n" in report
    assert re.search(r"with the prefix k[0-9a-f]+_ for names", report)
    assert "portico-opt" not in report


def test_the_report_names_a_command_that_does_it_again(compile, tmp_path):
    folder = folder_of(compile(given='"/dev/null"'))
    *_, command = (folder / "report.txt").read_text().splitlines()
    first, *arguments = shlex.split(command)
    assert first == "python" and arguments[:3] == ["-m", "portico", "compile"]
    again = python(tmp_path, *arguments, cwd=folder)
    assert again.returncode == 1 and "model.py:6; [broken] compiling" in again.stderr


def test_a_link_that_fails(compile):
    done = compile(link_fails="1")
    said = done.stderr.splitlines()
    assert said[0].endswith("[broken] linking failed for 'arch': it was made to fail")
    assert said[1].startswith("this is a mistake in the target 'broken' (broken_plugin 1.0), not")
    folder = folder_of(done)
    assert (folder / "object0").exists() and "object0" in (folder / "report.txt").read_text()


def test_a_program_that_does_not_parse_is_the_users(tmp_path):
    (tmp_path / "program.mlir").write_text("func.func @main() { nothing }")
    done = python(tmp_path, "-m", "portico", "compile", "program.mlir", cwd=tmp_path)
    assert done.returncode == 1 and "[compile] not a program; got" in done.stderr
    assert "mistake" not in done.stderr and "Traceback" not in done.stderr
