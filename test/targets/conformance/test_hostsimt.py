"""The conformance kit on emulated GPUs: the kernels of cuda and rocm, run on the host."""

from portico.testing import conformance_cases

test_nvvm = conformance_cases("hostsimt:nvvm")
test_rocdl = conformance_cases("hostsimt:rocdl")
# Where the code for sm_90a differs.
test_nvvm90a = conformance_cases("hostsimt:nvvm90a", only="dot_general")
