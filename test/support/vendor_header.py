"""Lets the compiler compare a driver's declarations with a vendor's own header (see abi.h)."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMPILER = shutil.which("clang++-22") or shutil.which("clang++")


def version(header, macro):
    """The number that a header gives itself."""
    return int(re.search(rf"#define +{macro} +(\d+)", header.read_text()).group(1))


def complaints(source, include, *options):
    """What the compiler says of `source` with the vendor's headers in `include`; "" if nothing."""
    command = [COMPILER, "-std=c++17", "-fsyntax-only", "-Wall", "-Werror"]
    command += shlex.split(os.environ.get("CXXFLAGS", ""))
    command += [f"-I{ROOT}", f"-I{ROOT / 'runtime/include'}", "-isystem", include, *options, source]
    return subprocess.run(command, capture_output=True, text=True).stderr
