"""A virtual accelerator for Portico: `pt.ones(3, device="example")`."""

from pathlib import Path


def libraries():
    """The shared libraries of the target: the run half, and the compile half, which needs LLVM."""
    here = Path(__file__).parent
    return [here / "libexample_driver.so", here / "libexample_compiler.so"]
