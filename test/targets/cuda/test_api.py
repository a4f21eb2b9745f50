"""Our declarations of libcuda, and the formats we fill in for it, against NVIDIA's own headers."""

import sysconfig
from pathlib import Path

import pytest
from vendor_header import COMPILER, complaints, version

SOURCE = Path(__file__).with_name("vendor") / "api.cpp"


def headers():
    """By version, the header of NVIDIA's packages on PyPI and of its installer."""
    site = Path(sysconfig.get_path("purelib")) / "nvidia"
    found = [*site.glob("*/include/cuda.h"), *Path("/usr/local").glob("cuda-*/include/cuda.h")]
    return {version(path, "CUDA_VERSION"): path.parent for path in found}


@pytest.mark.skipif(not COMPILER, reason="clang++ is missing")
@pytest.mark.skipif(not headers(), reason="cuda.h is missing: try pip install portico[cuda]")
def test_declarations_are_those_of_nvidia():
    for number, include in headers().items():
        assert complaints(SOURCE, include) == "", f"cuda.h {number}"
