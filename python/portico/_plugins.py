"""Targets that other packages bring, found through the entry-point group `portico.targets`.

An entry point's name is the word before the colon in a device string; what it points to is
called without arguments and gives the paths of the target's shared libraries (targets/plugin.h).
Only metadata is read until a device of that name is asked for, and nothing at all at import. A
plug-in that does not work is a warning, never an error: the other targets are not its business.
"""

from __future__ import annotations

import functools
import warnings

from . import _core

GROUP = "portico.targets"

#: Name -> None where it was loaded, or what went wrong.
_tried = {}


@functools.cache
def found():
    """The entry points by name; of two with one name the first is taken."""
    from importlib.metadata import entry_points  # takes as long to import as the rest of us

    by_name = {}
    for point in entry_points(group=GROUP):
        if point.name in by_name:
            warnings.warn(
                f"[target] two packages bring a target {point.name!r}; {point.value} is not used",
                stacklevel=2,
            )
        by_name.setdefault(point.name, point)
    return by_name


def load(name):
    """Loads the plug-in called `name` unless that was tried before; whether there is one now."""
    if name not in _tried:
        point = found().get(name)
        if point is None:
            return False
        _tried[name] = _failure_of(point)
        if _tried[name] is not None:
            warnings.warn(
                f"[target] the target {name!r} of {point.value} cannot be used; {_tried[name]}; "
                "try reinstalling the package that brings it",
                stacklevel=2,
            )
    return _tried[name] is None


def _failure_of(point):
    """Loads a plug-in; what went wrong, or None."""
    try:
        name = _core.load_target([str(path) for path in point.load()()], _maker(point))
    # Whatever the code of a stranger raises.
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    if name != point.name:
        return f"its libraries are of a target {name!r}; expected the entry point's name"
    return None


def _maker(point):
    """The package that brings a plug-in, with its version."""
    return f"{point.dist.name} {point.dist.version}" if point.dist else point.value


def load_all():
    """Loads every plug-in there is; name -> what went wrong, or None."""
    for name in found():
        load(name)
    return dict(_tried)


_core.set_target_finder(load)
