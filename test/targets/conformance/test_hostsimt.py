"""The conformance kit on emulated GPUs: the kernels of cuda and rocm, run on the host."""

from portico.testing import conformance_cases

test_nvvm = conformance_cases("hostsimt:nvvm")
test_rocdl = conformance_cases("hostsimt:rocdl")
# Where the code for sm_90a differs.
test_nvvm90a = conformance_cases("hostsimt:nvvm90a", only="dot_general")

# With subgroups of 32 other lanes meet, which shows in one dtype already, and other matrix
# instructions multiply, which half types have.
test_rocdl32 = conformance_cases("hostsimt:rocdl32", dtypes=["float32"])
test_rocdl32_products = conformance_cases(
    "hostsimt:rocdl32", dtypes=["float16", "bfloat16"], only="dot_general"
)
