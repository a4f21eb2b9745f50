"""Runs every test of the C++ test program, each in a process of its own."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / os.environ.get("PORTICO_BUILD", "build") / "bin" / "portico-test"

#: What harness.h exits with where a test cannot be run.
SKIPPED = 77


def names():
    listed = subprocess.run([PROGRAM, "--list"], capture_output=True, text=True, check=True)
    return listed.stdout.split()


@pytest.mark.parametrize("name", names())
def test_cpp(name, tmp_path):
    environment = dict(os.environ, PORTICO_CACHE_DIR=str(tmp_path / "cache"))
    run = subprocess.run(
        [PROGRAM, name], capture_output=True, text=True, timeout=120, env=environment, cwd=tmp_path
    )
    if run.returncode == SKIPPED:
        pytest.skip(run.stderr.strip())
    assert run.returncode == 0, run.stdout + run.stderr
