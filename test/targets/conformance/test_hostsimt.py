"""The conformance kit on emulated GPUs: the kernels of cuda and rocm, run on the host."""

from portico.testing import conformance_cases

test_nvvm = conformance_cases("hostsimt:nvvm")
test_rocdl = conformance_cases("hostsimt:rocdl")
