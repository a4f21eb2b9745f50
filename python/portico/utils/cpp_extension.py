"""For building native code against Portico: drivers and targets from outside its tree.

python -m portico.utils.cpp_extension        # the folder, for a build system
"""

from pathlib import Path


def include_paths():
    """The folders to compile C and C++ with: they hold `portico/driver.h`, `portico/plugin.h`
    and `portico/runtime.h`.

    >>> from portico.utils.cpp_extension import include_paths
    >>> import pathlib
    >>> [sorted(p.name for p in pathlib.Path(d, "portico").iterdir())[0] for d in include_paths()]
    ['driver.h']
    """
    return [str(Path(__file__).absolute().parent.parent / "_include")]


if __name__ == "__main__":
    print(*include_paths(), sep=";")
