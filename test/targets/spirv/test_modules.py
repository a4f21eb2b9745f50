"""What is asked of every SPIR-V module, and that the validator would notice."""

import subprocess

import pytest
from devices import device_or_skip

import portico as pt

from .conftest import validate


@pytest.fixture(scope="session")
def device():
    return device_or_skip("spirv")


@pytest.fixture(scope="session")
def module(device, built_modules):
    """A module that was not there before: built modules are kept for the process."""
    before = set(built_modules.glob("*.spv"))
    x = pt.rand(17, 1021).to(device)
    (x * 0.123 + x.softmax(-1)).cpu().numpy()
    (fresh, *_) = sorted(set(built_modules.glob("*.spv")) - before)
    return fresh


def disassemble(module):
    return subprocess.run(
        ["spirv-dis", "--no-color", module], capture_output=True, text=True, check=True
    ).stdout


def test_modules_are_of_the_kernel_flavour(module):
    text = disassemble(module)
    assert "; Version: 1.4" in text
    assert "OpMemoryModel Physical64 OpenCL" in text
    # Nothing but the core and OpenCL's instructions: every device that takes 1.4 has them.
    assert "OpExtension" not in text


def test_products_and_sums_are_not_fused(module):
    """Results would differ from those of other targets."""
    text = disassemble(module)
    kernels = text.count("OpEntryPoint")
    assert kernels and text.count("ContractionOff") == kernels


def test_kernels_say_how_they_are_launched(module):
    text = disassemble(module)
    kernels = text.count("OpEntryPoint")
    assert text.count(" LocalSize ") == kernels
    assert text.count(" SubgroupSize ") == kernels


def test_the_validator_notices_damage(module, tmp_path):
    assert validate(module) == ""
    words = bytearray(module.read_bytes())
    words[-8:-4] = (0xFFFF0000).to_bytes(4, "little")
    damaged = tmp_path / "damaged.spv"
    damaged.write_bytes(words)
    assert validate(damaged) != ""
