"""`import portico.cuda`: the modules of devices are made, and there is no file to find."""

from __future__ import annotations

import importlib
import importlib.machinery
import sys

_PACKAGE = f"{__package__}."


class _DeviceModules:
    """Finds a device module for the import system, after everything else failed."""

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        word = name.removeprefix(_PACKAGE)
        if word == name or "." in word or not cls._made(word):
            return None
        return importlib.machinery.ModuleSpec(name, cls, origin="made")

    @staticmethod
    def _made(word):
        return importlib.import_module("._accelerators", __package__).module(word)

    @classmethod
    def create_module(cls, spec):
        return cls._made(spec.name.removeprefix(_PACKAGE))

    @staticmethod
    def exec_module(module):
        """It is complete when it is made."""


def install():
    """Lets `import portico.<kind>` find the module that `portico.<kind>` is."""
    sys.meta_path.append(_DeviceModules)
