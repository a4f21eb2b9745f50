"""Our declarations of libamdhip64 against AMD's own header."""

import os
from pathlib import Path

import pytest
from vendor_header import COMPILER, complaints

SOURCE = Path(__file__).with_name("vendor") / "api.cpp"


def includes():
    """Where Debian's package and AMD's installer put the header."""
    root = Path(__file__).parents[3] / ".deps/root/usr"
    places = [root, Path("/usr"), Path(os.environ.get("ROCM_PATH") or "/opt/rocm")]
    return [p / "include" for p in places if (p / "include/hip/hip_runtime_api.h").exists()]


@pytest.mark.skipif(not COMPILER, reason="clang++ is missing")
@pytest.mark.skipif(
    not includes(), reason="HIP's header is missing: make verify-targets installs libamdhip64-dev"
)
def test_declarations_are_those_of_amd():
    for include in includes():
        assert complaints(SOURCE, include) == "", include
