"""The conformance kit on the host processor."""

from portico.testing import conformance_cases

test_conformance = conformance_cases("cpu")
