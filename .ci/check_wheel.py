"""Checks that a wheel is self-contained, names the oldest glibc it runs on, and puts it in place.

python .ci/check_wheel.py built.whl dist/
"""

import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

LARGEST = 45 << 20
# What every Linux with Python has; the rest must be in the wheel.
SYSTEM = re.compile(r"(libc|libm|libdl|libpthread|librt|ld-linux-[\w-]+)\.so\.\d+")


def readelf(*arguments):
    tool = "llvm-readelf-22"
    return subprocess.run([tool, *arguments], capture_output=True, text=True, check=True).stdout


def needed(library):
    return re.findall(r"\(NEEDED\)\s+Shared library: \[(.+?)\]", readelf("-d", library))


def glibc(library):
    versions = re.findall(r"@GLIBC_(\d+)\.(\d+)", readelf("--dyn-syms", library))
    return max((int(major), int(minor)) for major, minor in versions)


def missing(library):
    """Symbols that nobody would bring: all but Python's and those of the system's libraries,
    which have versions."""
    table = readelf("--dyn-syms", library)
    names = re.findall(r"GLOBAL\s+DEFAULT\s+UND (\S+)", table)
    return [n for n in names if "@" not in n and not n.startswith(("Py", "_Py", "pthreadpool_"))]


def check(wheel, folder):
    """The oldest glibc; exits where something is missing or too large."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    libraries = [p for p in Path(folder).rglob("*.so*") if p.is_file()]
    inside = {p.name for p in libraries}
    for library in libraries:
        for name in needed(library):
            if name not in inside and not SYSTEM.fullmatch(name):
                sys.exit(f"{wheel.name}: {library.name} needs {name}, which is not in the wheel")
        if names := missing(library):
            sys.exit(f"{wheel.name}: {library.name} lacks {', '.join(names[:9])}")
    if wheel.stat().st_size > LARGEST:
        sys.exit(
            f"{wheel.name}: {wheel.stat().st_size >> 20} MiB; expected at most {LARGEST >> 20}"
        )
    return max(glibc(library) for library in libraries)


def main(wheel, destination):
    wheel = Path(wheel)
    with tempfile.TemporaryDirectory() as folder:
        major, minor = check(wheel, folder)
    tag = f"manylinux_{major}_{minor}_x86_64"
    renamed = subprocess.run(
        [sys.executable, "-m", "wheel", "tags", "--remove", "--platform-tag", tag, str(wheel)],
        capture_output=True, text=True, check=True,
    ).stdout.split()[-1]  # fmt: skip
    final = Path(destination) / renamed
    shutil.move(wheel.parent / renamed, final)
    print(f"{final}: {final.stat().st_size / 1e6:.1f} MB, glibc {major}.{minor} or later")


if __name__ == "__main__":
    main(*sys.argv[1:])
