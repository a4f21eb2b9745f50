"""Hides the library's own frames where a mistake of the caller ends the program.

`PORTICO_FULL_TRACEBACK=1` shows everything. Nothing is paid until an error arrives.
"""

from __future__ import annotations

import os
import sys

from .errors import PorticoError

_HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep


def trimmed(tb):
    """tb without frames of this package below the last frame of the caller."""
    frames = []
    while tb is not None:
        frames.append(tb)
        tb = tb.tb_next
    keep = [f for f in frames if not f.tb_frame.f_code.co_filename.startswith(_HERE)]
    if not keep:
        return frames[0] if frames else None
    for before, after in zip(keep, keep[1:] + [None], strict=True):
        before.tb_next = after
    return keep[0]


def install():
    """Puts the trimming in front of `sys.excepthook`."""
    if os.environ.get("PORTICO_FULL_TRACEBACK") == "1" or getattr(sys.excepthook, "portico", False):
        return
    following = sys.excepthook

    def hook(kind, error, tb):
        if isinstance(error, PorticoError):
            tb = trimmed(tb)
            error.__traceback__ = tb
        following(kind, error, tb)

    hook.portico = True
    sys.excepthook = hook
