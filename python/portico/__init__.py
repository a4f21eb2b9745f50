"""Portico: a tensor library with PyTorch's face whose every operation is a compiler program.

    import portico as pt

    x = pt.randn(3, 4, requires_grad=True)
    y = (x @ x.T).relu().sum()
    y.backward()

Calls are recorded, and run when a value is looked at. `pt.explain()` tells what was compiled
and why.
"""
# ruff: noqa: F401 - what is imported here is the namespace of the library

from __future__ import annotations

import importlib as _importlib

from . import _core, _finder, _plugins, _traceback, autograd, backends
from . import _dtypes as _dtypes
from . import _libraries as _libraries
from . import _registry as _registry
from ._broadcast import broadcast_shapes
from ._core import Size, Tensor, device
from ._dtypes import (
    can_cast,
    dtype,
    finfo,
    get_default_dtype,
    iinfo,
    promote_types,
    result_type,
    set_default_dtype,
)
from .autograd import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from .compat import FUNCTIONAL as _FUNCTIONAL
from .constants import *  # noqa: F403
from .errors import OutOfMemoryError, PorticoError
from .random import Generator, default_generator, fork_rng

__version__ = "0.1.0"

#: Each of these publishes its ops when it is imported.
_OP_MODULES = (
    "_linalg_names", "_options", "_stats", "activation", "arithmetic", "calculus", "compat",
    "comparison", "creation", "distinct",
    "gather_scatter", "indexing",
    "joining", "linear",
    "printing", "random", "reductions", "sorting", "special", "tensor", "unary", "views",
)  # fmt: skip
#: Imported when first used.
_LAZY_MODULES = (
    "distributions", "fft", "jit", "linalg", "mlir", "nn", "optim", "reference", "serialization",
    "testing",
    "utils",
)  # fmt: skip
_LAZY_NAMES = {
    "save": "serialization",
    "load": "serialization",
    "Event": "_accelerators.streams",
    "Stream": "_accelerators",
    "get_device_module": "_accelerators",
}

for _name in _OP_MODULES:
    _importlib.import_module(f"{__name__}.{_name}")
globals().update(_dtypes.BY_NAME)
globals().update(_dtypes.ALIASES)
_registry.install(globals())
_traceback.install()
_finder.install()
_libraries.announce()


def __getattr__(name):
    if name in _FUNCTIONAL:
        return getattr(_importlib.import_module(f"{__name__}.nn.functional"), name)
    if name in _LAZY_MODULES:
        try:
            return _importlib.import_module(f"{__name__}.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"{__name__}.{name}":
                raise
    elif name in _LAZY_NAMES:
        value = getattr(_importlib.import_module(f"{__name__}.{_LAZY_NAMES[name]}"), name)
        globals()[name] = value
        return value
    else:
        from ._accelerators import module

        found = module(name)
        if found is not None:
            globals()[name] = found
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    from ._accelerators import words

    return sorted({*globals(), *_LAZY_MODULES, *_LAZY_NAMES, *words()})
