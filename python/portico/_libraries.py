"""Tells the drivers where the packages of this Python environment put shared libraries."""

import os
import sys

_VARIABLE = "PORTICO_LIBRARY_PATH"


def announce():
    """Adds the environment's library folder to the end of PORTICO_LIBRARY_PATH.

    A driver is native code: it cannot ask which environment it was imported in.
    """
    folder = os.path.join(sys.prefix, "lib")
    listed = os.environ.get(_VARIABLE, "")
    if folder not in listed.split(os.pathsep):
        os.environ[_VARIABLE] = f"{listed}{os.pathsep}{folder}" if listed else folder
