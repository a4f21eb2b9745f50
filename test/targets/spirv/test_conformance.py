"""Every op on a real device: OpenCL, on the processor where there is no GPU."""

import pytest

from portico.testing import conformance_cases

pytestmark = pytest.mark.usefixtures("built_modules")

test_spirv = conformance_cases("spirv")
