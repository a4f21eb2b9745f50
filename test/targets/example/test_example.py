"""A target from outside the tree: found by its entry point, and conforming."""

import pytest

pytestmark = pytest.mark.timeout(900)


def test_the_package_needs_no_header_of_this_tree(installed):
    headers = installed.run("-m", "portico.utils.cpp_extension").stdout.strip()
    assert headers.startswith(str(installed.packages))


def test_import_reads_nothing_of_a_plugin(installed):
    code = "import sys, portico; assert 'portico_example' not in sys.modules"
    installed.run("-c", code)


def test_it_is_found_when_it_is_asked_for(installed):
    code = (
        "import sys, portico as pt\n"
        "x = pt.arange(5, device='example') * 2\n"
        "assert 'portico_example' in sys.modules\n"
        "print(x.device.type, x.tolist(), pt.device('example:0') == x.device)"
    )
    assert installed.run("-c", code).stdout.split("\n")[0] == "example [0, 2, 4, 6, 8] True"


def test_memory_is_its_own(installed):
    """What the host computes with is not what the device has."""
    code = (
        "import portico as pt\n"
        "x = pt.ones(3, device='example')\n"
        "try: x.numpy()\n"
        "except TypeError as error: print(error)"
    )
    assert "cpu" in installed.run("-c", code).stdout


def test_conformance(installed):
    done = installed.run("-m", "portico.testing", "example", "--quiet", check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    assert " 0 failed" in done.stdout


STAGES = """
import portico as pt
from portico import _core
a, b = (pt.randn({n}, {n}, device="example") for _ in "ab")
print([name for name, _ in _core.stages({product}) if name.endswith("library")])
got = ({product}).cpu()
a, b = a.cpu(), b.cpu()
pt.testing.assert_close({product}, got, rtol=1e-4, atol=1e-4)
"""


@pytest.mark.parametrize(
    "product, n, variables, chosen",
    [
        ("a @ b", 256, {}, True),
        ("a @ b", 4, {}, False),  # calling it would take longer
        ("a.t() @ b", 256, {}, False),  # it does not do this one
        ("a @ b", 256, {"PORTICO_LIBRARY_KERNELS": "0"}, False),
    ],
)
def test_the_library_kernel_is_chosen_by_cost(installed, product, n, variables, chosen):
    code = STAGES.format(product=product, n=n)
    done = installed.run("-c", code, environment=variables)
    assert (done.stdout.strip() != "[]") == chosen


def test_all_devices_are_listed(installed):
    assert "example" in installed.run("-m", "portico", "devices").stdout
