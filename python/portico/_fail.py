"""Raises the errors of the library: `[op] what; got ...; expected ...; try ...`."""

from __future__ import annotations

from . import errors


def message(op, what, got=None, expected=None, hint=None):
    text = f"[{op}] {what}"
    if got is not None:
        text += f"; got {got}"
    if expected is not None:
        text += f"; expected {expected}"
    if hint is not None:
        text += f"; try {hint}"
    return text


def fail_type(op, what, got=None, expected=None, hint=None):
    raise errors.PorticoTypeError(message(op, what, got, expected, hint))


def fail_value(op, what, got=None, expected=None, hint=None):
    raise errors.PorticoValueError(message(op, what, got, expected, hint))


def fail_index(op, what, got=None, expected=None, hint=None):
    raise errors.PorticoIndexError(message(op, what, got, expected, hint))


def fail_runtime(op, what, got=None, expected=None, hint=None):
    raise errors.PorticoRuntimeError(message(op, what, got, expected, hint))


def fail_unsupported(op, what, got=None, expected=None, hint=None):
    raise errors.PorticoNotImplementedError(message(op, what, got, expected, hint))


def fail_assertion(op, what, got=None, expected=None, hint=None):
    raise errors.PorticoAssertionError(message(op, what, got, expected, hint))


def fail_key(op, what, got=None, expected=None, hint=None):
    raise errors.PorticoKeyError(message(op, what, got, expected, hint))
