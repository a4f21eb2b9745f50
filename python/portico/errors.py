"""The exceptions of portico.

Two families, never mixed:

- what the caller did wrong (`PorticoError` and its subclasses). Each class is
  also the builtin exception that PyTorch raises in the same place, so
  ``except ValueError`` and ``except RuntimeError`` keep working;
- what portico did wrong, or a target that a package brings (`InternalError`): please report
  these, to whom the message names.

Messages read ``[op] what; got ...; expected ...; try ...``.
"""


class PorticoError(Exception):
    """Base of every error that the caller can fix.

    >>> try:
    ...     pt.ones(2) + pt.ones(3)
    ... except pt.PorticoError as error:
    ...     print(type(error).__name__)
    PorticoRuntimeError
    """


class PorticoTypeError(PorticoError, TypeError):
    """An argument of a type or dtype that the operation does not take.

    >>> try:
    ...     pt.exp(1.0)
    ... except TypeError as error:
    ...     print(type(error).__name__)
    PorticoTypeError
    """


class PorticoValueError(PorticoError, ValueError):
    """An argument of the right type with a value that makes no sense here.

    >>> try:
    ...     pt.tensor([[1, 2], [3]])
    ... except ValueError as error:
    ...     print(type(error).__name__)
    PorticoValueError
    """


class PorticoIndexError(PorticoError, IndexError):
    """An index or a dimension that is out of range.

    >>> try:
    ...     pt.ones(2).sum(3)
    ... except IndexError as error:
    ...     print(type(error).__name__)
    PorticoIndexError
    """


class PorticoRuntimeError(PorticoError, RuntimeError):
    """Operands that do not fit together, or an operation out of order.

    >>> try:
    ...     pt.ones(2) + pt.ones(3)
    ... except RuntimeError as error:
    ...     print(type(error).__name__)
    PorticoRuntimeError
    """


class PorticoNotImplementedError(PorticoError, NotImplementedError):
    """A combination of arguments that PyTorch refuses too, or that is not there yet.

    >>> try:
    ...     pt.ones(2) & pt.ones(2)
    ... except NotImplementedError as error:
    ...     print(type(error).__name__)
    PorticoNotImplementedError
    """


class PorticoAssertionError(PorticoError, AssertionError):
    """What PyTorch asserts of arguments does not hold.

    >>> try:
    ...     pt.nn.Hardtanh(1.0, -1.0)
    ... except AssertionError as error:
    ...     print(type(error).__name__)
    PorticoAssertionError
    """


class PorticoKeyError(PorticoError, KeyError):
    """A name that is not there, or that may not be given.

    >>> try:
    ...     pt.nn.Module().register_buffer("a.b", None)
    ... except KeyError as error:
    ...     print(type(error).__name__)
    PorticoKeyError
    """

    # KeyError shows the representation of what it was made of, with quotes around a sentence.
    __str__ = Exception.__str__


class OutOfMemoryError(PorticoError, RuntimeError, MemoryError):
    """Not enough memory; nothing was lost.

    >>> issubclass(pt.errors.OutOfMemoryError, MemoryError)
    True
    """


class MlirError(PorticoError, RuntimeError):
    """IR that does not parse, does not verify, or that a pass refused.

    >>> try:
    ...     pt.mlir.parse("module")
    ... except pt.errors.MlirError as error:
    ...     print(type(error).__name__)
    MlirError
    """


class InternalError(RuntimeError):
    """A defect of portico itself, or of a target that a package brings; the message says whose,
    and where a reproducer is.

    >>> issubclass(pt.errors.InternalError, pt.PorticoError)
    False
    """


__all__ = [
    "PorticoError",
    "PorticoTypeError",
    "PorticoValueError",
    "PorticoIndexError",
    "PorticoRuntimeError",
    "PorticoNotImplementedError",
    "PorticoAssertionError",
    "PorticoKeyError",
    "OutOfMemoryError",
    "MlirError",
    "InternalError",
]
