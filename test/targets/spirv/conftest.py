"""Every SPIR-V module that a test here has built is read by Khronos' validator."""

import os
import shutil
import subprocess

import pytest

ENVIRONMENT = "spv1.4"


def validate(module):
    """The validator's complaint about a file, or nothing."""
    run = subprocess.run(
        ["spirv-val", "--target-env", ENVIRONMENT, module], capture_output=True, text=True
    )
    return run.stdout + run.stderr if run.returncode else ""


@pytest.fixture(scope="session")
def built_modules(tmp_path_factory):
    """The folder into which the driver writes the modules; they are validated at the end."""
    if not shutil.which("spirv-val"):
        pytest.skip("spirv-val is missing: Debian package spirv-tools")
    folder = tmp_path_factory.mktemp("spirv")
    os.environ["PORTICO_SPIRV_DUMP"] = str(folder)
    yield folder
    del os.environ["PORTICO_SPIRV_DUMP"]
    modules = sorted(folder.glob("*.spv"))
    found = {module.name: validate(module) for module in modules}
    assert not {name: text for name, text in found.items() if text}
