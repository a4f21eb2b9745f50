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
    """Whether an object is Portico's own; native ones have no module."""
    return (getattr(value, "__module__", None) or "portico").split(".")[0] == "portico"


def members(namespace):
    module = importlib.import_module(namespace)
    listed = getattr(module, "__all__", None)
    for name in listed or vars(module):
        value = getattr(module, name)
        public = listed or namespace == "portico" or value.__class__.__name__ == "function"
        if public and callable(value) and belongs(value) and not name.startswith("_"):
            if listed or namespace == "portico" or value.__module__.startswith(namespace):
                yield name, value


def methods(cls):
    for name in dir(cls):
        value = inspect.getattr_static(cls, name)
        if not name.startswith("_") and not isinstance(value, property) and belongs(value):
            value = getattr(cls, name)
            if inspect.isroutine(value):
                yield name, value


def public():
    found, seen = {}, set()

    def add(name, value):
        if id(getattr(value, "__func__", value)) not in seen:
            seen.add(id(getattr(value, "__func__", value)))
            found[name] = value

    for namespace in NAMESPACES:
        for name, value in members(namespace):
            add(f"{namespace}.{name}", value)
            if inspect.isclass(value):
                for method, function in methods(value):
                    add(f"{namespace}.{name}.{method}", function)
    return found


PUBLIC = public()


def test_the_walk_reaches_every_namespace():
    reached = {name.rpartition(".")[0] for name in PUBLIC}
    assert set(NAMESPACES) <= reached
    assert {"portico.Tensor", "portico.nn.Module", "portico.Tensor.add_"} <= reached | set(PUBLIC)
    assert len(PUBLIC) > 1200


def test_every_public_name_has_a_docstring():
    assert [name for name, value in PUBLIC.items() if not inspect.getdoc(value)] == []


def test_every_public_name_has_an_example():
    missing = [n for n, value in PUBLIC.items() if ">>>" not in (inspect.getdoc(value) or "")]
    assert missing == []


@pytest.mark.parametrize("name", PUBLIC)
def test_example_runs(name):
    value = PUBLIC[name]
    scope = dict(vars(sys.modules.get(getattr(value, "__module__", None)) or pt))
    scope |= {"pt": pt, "np": np, "F": F}
    parser, runner = (
        doctest.DocTestParser(),
        doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE),
    )
    report = []
    runner.run(
        parser.get_doctest(inspect.getdoc(value) or "", scope, name, None, None), out=report.append
    )
    assert not runner.failures, "".join(report)
