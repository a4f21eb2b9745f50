"""Every example in a docstring runs, and every public function has one."""

import doctest
import importlib
import inspect

import numpy as np
import pytest

import portico as pt
from portico import _registry

MODULES = [
    *pt._OP_MODULES,
    "_broadcast",
    "_dtypes",
    "autograd",
    "autograd.function",
    "autograd.grad_mode",
]
MODULES += ["autograd._gradcheck", "autograd.functional", "testing", "linalg"]
MODULES += ["linalg.norms", "linalg.decompositions", "linalg.solvers"]


def published():
    special = importlib.import_module("portico.special")
    functions = {f"pt.{n}": f for n, f in _registry.FUNCTIONS.items()}
    functions |= {
        f"pt.special.{n}": f
        for n, f in vars(special).items()
        if inspect.isfunction(f) and n[0] != "_"
    }
    for name in MODULES:
        module = importlib.import_module(f"portico.{name}")
        for n, f in vars(module).items():
            if getattr(f, "__module__", None) == module.__name__ and getattr(f, "__doc__", None):
                if f not in functions.values():
                    functions[f"{name}.{n}"] = f
    return functions


@pytest.mark.parametrize(
    "name", sorted(n for n, f in published().items() if ">>>" in (f.__doc__ or ""))
)
def test_example(name):
    function = published()[name]
    test = doctest.DocTestParser().get_doctest(
        inspect.getdoc(function), {"pt": pt, "np": np}, name, None, None
    )
    report = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(test, out=report.append)
    assert not report, "".join(report)


#: Functions whose result is a side effect or depends on the machine.
WITHOUT_EXAMPLE = {
    "conj", "resolve_conj", "resolve_neg", "conj_physical", "seed", "initial_seed",
    "get_rng_state", "set_rng_state",
    "set_printoptions", "get_printoptions", "explain", "eval", "flush", "is_same_size", "hardtanh",
    "relu6",
    "_log_sigmoid",
}  # fmt: skip


def test_every_function_has_an_example():
    missing = {
        n
        for n, f in _registry.FUNCTIONS.items()
        if ">>>" not in (f.__doc__ or "") and not n.endswith("_") and n not in WITHOUT_EXAMPLE
    }
    assert not missing
