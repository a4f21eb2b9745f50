"""The exceptions of portico.

Two families, never mixed:

- what the caller did wrong (`PorticoError` and its subclasses). Each class is
  also the builtin exception that PyTorch raises in the same place, so
  ``except ValueError`` and ``except RuntimeError`` keep working;
- what portico did wrong (`InternalError`): please report these.

Messages read ``[op] what; got ...; expected ...; try ...``.
"""


class PorticoError(Exception):
    """Base of every error that the caller can fix."""


class PorticoTypeError(PorticoError, TypeError):
    """An argument of a type or dtype that the operation does not take."""


class PorticoValueError(PorticoError, ValueError):
    """An argument of the right type with a value that makes no sense here."""


class PorticoIndexError(PorticoError, IndexError):
    """An index or a dimension that is out of range."""


class PorticoRuntimeError(PorticoError, RuntimeError):
    """Operands that do not fit together, or an operation out of order."""


class PorticoNotImplementedError(PorticoError, NotImplementedError):
    """A combination of arguments that PyTorch refuses too, or that is not there yet."""


class OutOfMemoryError(PorticoError, RuntimeError, MemoryError):
    """Not enough memory; nothing was lost."""


class MlirError(PorticoError, RuntimeError):
    """IR that does not parse, does not verify, or that a pass refused."""


class InternalError(RuntimeError):
    """A defect of portico itself; the message says where a reproducer is."""


__all__ = [
    "PorticoError",
    "PorticoTypeError",
    "PorticoValueError",
    "PorticoIndexError",
    "PorticoRuntimeError",
    "PorticoNotImplementedError",
    "OutOfMemoryError",
    "MlirError",
    "InternalError",
]
