"""Plug-ins for tests: broken.c, built and installed as a package of a folder for PYTHONPATH."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from portico.utils.cpp_extension import include_paths

SOURCE = Path(__file__).parents[1] / "targets" / "plugin" / "broken.c"


def build(folder, *, offered="portico_target_compiler", **macros):
    """The library of broken.c with these macros (in lower case; an empty one is not defined)."""
    library = folder / "broken.so"
    compiler = shutil.which("clang-22") or shutil.which("cc")
    flags = [f"-D{name.upper()}={value}" for name, value in macros.items() if value]
    includes = [f"-I{path}" for path in include_paths()]
    subprocess.run(
        [compiler, "-shared", "-fPIC", *includes, *flags, f"-DOFFERED={offered}", SOURCE, "-o",
         library],
        check=True,
    )  # fmt: skip
    return library


def install(folder, name, target, module):
    """A package with an entry point, in a folder for PYTHONPATH."""
    (folder / f"{name}.py").write_text(module)
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[portico.targets]\n{target} = {name}:libraries\n")


def python(folder, *arguments, **options):
    """Runs Python where the packages of a folder are found."""
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = os.environ | {"PYTHONPATH": path} | options.pop("environment", {})
    return subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, **options
    )
