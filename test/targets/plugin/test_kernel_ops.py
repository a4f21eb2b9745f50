"""The page of the manual that says which ops a compile half must take is complete."""

import re
import subprocess
import sys

import kernel_ops
import pytest


def forms(page):
    """(op, form of kernels, part, type) for all that a page lists."""
    listed = set()
    for op, *cells in re.findall(r"^\| `(\S+)` \| (.*?) ?\| (.*?) ?\|$", page, re.MULTILINE):
        for kernels, cell in zip(("ranges", "groups"), cells, strict=True):
            for part in filter(None, cell.split("; ")):
                vectors = part.startswith("vectors of ")
                types = part.removeprefix("vectors of ").split()
                listed |= {(op, kernels, vectors, one) for one in types}
    return listed


@pytest.mark.timeout(600)
def test_the_page_lists_what_kernels_consist_of():
    """In a process of its own: the machines that it loads stay."""
    done = subprocess.run([sys.executable, kernel_ops.__file__], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found, listed = forms(done.stdout), forms(kernel_ops.PAGE.read_text())
    assert len(found) > 300
    missing = sorted(found - listed)
    assert not missing, f"not in {kernel_ops.PAGE.name}; write it again: {kernel_ops.__doc__}"
