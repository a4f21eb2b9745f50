"""What a caller is told whose arguments are of types or ranks that a function does not take.

Functions look at what they need and no more; an argument of a wrong type, or a tensor without the
dimensions it should have, then fails somewhere inside, with Python's words for a line that the
caller did not write. Here those errors become one that names the function, what it got and what it
takes. Nothing is paid until one arrives.
"""

from __future__ import annotations

import functools
import inspect
import os

from . import _core
from ._fail import message
from .errors import PorticoError, PorticoIndexError, PorticoTypeError, PorticoValueError

_HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep


class _WrongArguments(PorticoTypeError):
    """The error made here; a function that called the one it names puts its own name to it."""


_WrongArguments.__name__ = _WrongArguments.__qualname__ = PorticoTypeError.__name__
_WrongArguments.__module__ = PorticoTypeError.__module__


#: How an argument of a wrong type or rank makes itself felt, and what it is told as.
_TOLD_AS = {
    TypeError: _WrongArguments,
    AttributeError: _WrongArguments,
    ValueError: PorticoValueError,
    IndexError: PorticoIndexError,
}
RAW = tuple(_TOLD_AS)


def _from_caller(tb):
    """Whether code outside the library, such as a function that the caller gave, was running."""
    while tb is not None:
        if not tb.tb_frame.f_code.co_filename.startswith(_HERE):
            return True
        tb = tb.tb_next
    return False


def _kind(value):
    if isinstance(value, _core.Tensor):
        return f"Tensor of {str(value.dtype).rpartition('.')[2]}{list(value.shape)}"
    return type(value).__name__


def explain(name, f, args, kwargs, error):
    """Raises what is to be told in place of `error`, unless that is not the library's own."""
    told = isinstance(error, PorticoError)
    if (told and not isinstance(error, _WrongArguments)) or _from_caller(error.__traceback__):
        return
    given = [_kind(a) for a in args] + [f"{k}={_kind(v)}" for k, v in kwargs.items()]
    # One frame means that the call itself failed, for which Python has good words.
    what = str(error) if error.__traceback__.tb_next is None else "invalid combination of arguments"
    kind = next(made for raw, made in _TOLD_AS.items() if isinstance(error, raw))
    text = message(name, what, f"({', '.join(given)})", f"{name}{inspect.signature(f)}")
    raise kind(text) from (error.__cause__ if told else error)


def explained(f, name=None):
    """`f`, with an error that names it where it cannot do with the types of its arguments."""
    name = name or f.__name__

    @functools.wraps(f)
    def g(*args, **kwargs):
        try:
            return f(*args, **kwargs)
        except RAW as error:
            explain(name, f, args, kwargs, error)
            raise

    g.explained = True
    return g


def explain_all(namespace):
    """Makes the public functions of a namespace, its `globals()`, `explained`."""
    inside = f"{namespace['__name__']}."
    for name in namespace.get("__all__") or [*namespace]:
        f = namespace[name]
        own = "__all__" in namespace or getattr(f, "__module__", "").startswith(inside)
        if inspect.isfunction(f) and own and not hasattr(f, "explained"):
            namespace[name] = explained(f, name)
