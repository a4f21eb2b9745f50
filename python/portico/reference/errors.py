"""What a program can do wrong with the values it was given.

The compiler's kernels report the same to the runtime; ``code`` is the runtime's number of it.
"""

from portico.errors import PorticoIndexError, PorticoRuntimeError


class ValueFault(Exception):
    """Raised by the op that met the values; ``op`` is its place in the function that was run."""

    code = 0
    op = -1
    value = 0
    bound = 0


class IndexFault(ValueFault, PorticoIndexError):
    code = 5

    def __init__(self, value, bound):
        super().__init__(f"index out of range; got {value}; expected 0 <= index < {bound}")
        self.value, self.bound = int(value), int(bound)


class DivisionFault(ValueFault, PorticoRuntimeError):
    code = 7

    def __init__(self):
        super().__init__("integer division by zero; got a divisor of 0; expected another")
