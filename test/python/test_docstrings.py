"""Every public name says what it does, with an example, and every example runs.

Public is what users reach through a namespace of PyTorch's: the functions and classes listed
there (`__all__`, or names without an underscore) and the methods of those classes. Properties and
dunder methods need nothing; an override may leave its words to what it overrides.
"""

import doctest
import importlib
import inspect
import sys

import numpy as np
import pytest

import portico as pt
from portico.nn import functional as F

NAMESPACES = (
    "portico", "portico.autograd", "portico.autograd.functional", "portico.errors",
    "portico.linalg", "portico.mlir", "portico.nn", "portico.nn.functional", "portico.nn.init",
    "portico.nn.utils", "portico.nn.utils.rnn", "portico.optim", "portico.optim.lr_scheduler",
    "portico.random", "portico.reference", "portico.serialization", "portico.special",
    "portico.testing", "portico.utils.data",
)  # fmt: skip


def belongs(value):
    """Whether an object is Portico's own; native functions have no module."""
    return (getattr(value, "__module__", None) or "portico").split(".")[0] == "portico"


def members(namespace):
    """What a namespace lists, or defines itself; the main one has what the ops publish."""
    module = importlib.import_module(namespace)
    listed = getattr(module, "__all__", None)
    for name in listed or vars(module):
        value = getattr(module, name)
        home = getattr(value, "__module__", None) or ""
        here = listed or namespace == "portico" or home.startswith(namespace)
        if here and callable(value) and belongs(value) and not name.startswith("_"):
            yield name, value


def methods(cls):
    """Public methods of a class and of those it comes from, by the class that defines them."""
    for owner in cls.__mro__:
        if belongs(owner):
            for name in vars(owner):
                value = getattr(cls, name)
                if not name.startswith("_") and inspect.isroutine(value) and belongs(value):
                    yield f"{owner.__name__}.{name}", value


def public():
    found, seen = {}, set()

    def add(name, value):
        plain = getattr(value, "__func__", value)
        if id(plain) not in seen:
            seen.add(id(plain))
            found[name] = value

    for namespace in NAMESPACES:
        for name, value in members(namespace):
            add(f"{namespace}.{name}", value)
            if inspect.isclass(value):
                for method, function in methods(value):
                    add(f"{namespace}.{method}", function)
    return found


PUBLIC = public()


def test_the_walk_reaches_every_namespace():
    assert [n for n in NAMESPACES if not any(members(n))] == []
    assert {"portico.Tensor.add_", "portico.nn.Module.train", "portico.linalg.cond"} <= set(PUBLIC)
    assert len(PUBLIC) > 900


def test_every_public_name_has_a_docstring():
    assert [name for name, value in PUBLIC.items() if not inspect.getdoc(value)] == []


def test_every_public_name_has_an_example():
    missing = [n for n, value in PUBLIC.items() if ">>>" not in (inspect.getdoc(value) or "")]
    assert missing == []


@pytest.mark.parametrize("name", [n for n, value in PUBLIC.items() if value.__doc__])
def test_example_runs(name):
    value = PUBLIC[name]
    home = sys.modules.get(getattr(value, "__module__", None), pt)
    scope = vars(home) | {"pt": pt, "np": np, "F": F}
    test = doctest.DocTestParser().get_doctest(
        inspect.cleandoc(value.__doc__), scope, name, None, None
    )
    report = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    runner.run(test, out=report.append)
    assert not report, "".join(report)
