"""The example target, built and installed as a vendor would: a copy of its folder, an environment
of its own, and of Portico nothing but the installed package."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def clean_environment():
    """Without what leads to this source tree."""
    dropped = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PORTICO_EAGER"}
    return {k: v for k, v in os.environ.items() if k not in dropped}


def cached_setting(name):
    """A setting of the build of this tree, such as where MLIR is."""
    cache = ROOT / os.environ.get("PORTICO_BUILD", "build") / "CMakeCache.txt"
    found = re.search(rf"^{name}:\w+=(.+)$", cache.read_text(), re.M) if cache.is_file() else None
    return found and found.group(1)


class Environment:
    """A virtual environment in which Portico is installed."""

    def __init__(self, folder):
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        self.python = folder / "bin" / "python"
        self.packages = Path(self.output("import sysconfig; print(sysconfig.get_path('purelib'))"))
        # The packages that Portico and the build need come from the environment of the tests.
        (self.packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
        # What a wheel holds; nothing in it leads back to this tree.
        shutil.copytree(
            ROOT / "python" / "portico",
            self.packages / "portico",
            ignore=shutil.ignore_patterns("__pycache__"),
        )

    def run(self, *arguments, check=True, **options):
        done = subprocess.run(
            [self.python, *arguments],
            capture_output=True,
            text=True,
            cwd=self.packages,
            env=clean_environment() | options.pop("environment", {}),
            **options,
        )
        if check:
            assert done.returncode == 0, done.stdout + done.stderr
        return done

    def output(self, code, **options):
        done = subprocess.run(
            [self.python, "-c", code], capture_output=True, text=True, env=clean_environment()
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture(scope="session")
def environment(tmp_path_factory):
    return Environment(tmp_path_factory.mktemp("vendor") / "venv")


@pytest.fixture(scope="session")
def installed(environment, tmp_path_factory):
    """The environment with the example target in it."""
    source = tmp_path_factory.mktemp("source") / "portico-example"
    shutil.copytree(ROOT / "targets" / "example", source)
    settings = []
    for name in ("MLIR_DIR", "CMAKE_PREFIX_PATH"):
        if cached_setting(name):
            settings.append(f"--config-settings=cmake.define.{name}={cached_setting(name)}")
    compilers = {}
    for variable, program in (("CC", "clang-22"), ("CXX", "clang++-22")):
        if shutil.which(program):
            compilers[variable] = program
    environment.run(
        "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation",
        *settings, str(source),
        environment=compilers,
    )  # fmt: skip
    return environment
