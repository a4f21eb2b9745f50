"""Every public name says what it does, takes and raises, with an example, and every example runs.

Public is what users reach through a namespace of PyTorch's: the functions and classes listed
there (`__all__`, or names without an underscore) and the methods of those classes. Properties and
dunder methods need nothing; an override may leave its words to what it overrides.
"""

import ast
import builtins
import doctest
import importlib
import inspect
import re
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

import portico as pt
from portico import _fail
from portico._fail import fail_index
from portico.nn import functional as F

NAMESPACES = (
    "portico", "portico.accelerator", "portico.autograd", "portico.autograd.functional",
    "portico.backends", "portico.cpu", "portico.errors", "portico.linalg", "portico.mlir",
    "portico.nn", "portico.nn.functional", "portico.nn.init", "portico.nn.utils",
    "portico.nn.utils.rnn", "portico.optim", "portico.optim.lr_scheduler", "portico.random",
    "portico.reference", "portico.serialization", "portico.special", "portico.testing",
    "portico.utils.data",
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


def source(function):
    """The syntax tree of a Python function behind its decorators; None for a native one."""
    try:
        text = inspect.getsource(inspect.unwrap(function))
    except (OSError, TypeError):
        return None
    tree = ast.parse(textwrap.dedent(text)).body[0]
    return tree if isinstance(tree, ast.FunctionDef) else None


def statements(tree):
    """The nodes of a function, without those of functions and classes inside it."""
    for node in ast.iter_child_nodes(tree):
        yield node
        if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            yield from statements(node)


def raised(function):
    """The exception classes that a function raises itself, by `raise`, `assert` or `fail_...`."""
    tree = source(function)
    names = vars(builtins) | getattr(inspect.unwrap(function), "__globals__", {})
    for node in () if tree is None else statements(tree):
        if isinstance(node, ast.Assert):
            yield AssertionError
        called = node.exc if isinstance(node, ast.Raise) else node
        called = called.func if isinstance(called, ast.Call) else called
        kind = names.get(called.id) if isinstance(called, ast.Name) else None
        if isinstance(node, ast.Raise) and inspect.isclass(kind):
            yield kind
        elif isinstance(node, ast.Call) and kind in FAILS:
            yield FAILS[kind]


def raised_by(fail):
    try:
        fail("op", "what")
    except pt.PorticoError as error:
        return type(error)


FAILS = {f: raised_by(f) for n, f in vars(_fail).items() if n.startswith("fail_")}


def told(kind, text):
    """Whether a docstring names an error, by its class or by a builtin one that it is."""
    known = [c.__name__ for c in kind.__mro__ if c not in (Exception, BaseException, object)]
    return any(re.search(rf"\b{name}\b", text) for name in known)


def described(name, function):
    """The docstring of a function, and of the class it is listed under."""
    owner = PUBLIC.get(name.rpartition(".")[0])
    return "\n".join(inspect.getdoc(x) or "" for x in (function, owner) if x is not None)


def silent_about(name, function):
    """The errors that neither the docstring of a function nor that of its class names."""
    text = described(name, function)
    return sorted({k.__name__ for k in raised(function) if not told(k, text)})


def functions():
    """Public functions and methods, and the constructors of public classes under the class."""
    for name, value in PUBLIC.items():
        if not inspect.isclass(value):
            yield name, value
        elif belongs(value.__init__) and inspect.isfunction(value.__init__):
            yield f"{name}.__init__", value.__init__


def test_every_public_name_says_what_it_raises():
    silent = {name: silent_about(name, value) for name, value in functions()}
    assert {name: kinds for name, kinds in silent.items() if kinds} == {}


def test_what_is_raised_is_found():
    def public(x):
        if x:
            raise KeyError(x)
        assert x is not None

        def inner():
            raise ValueError

        fail_index("public", "what", inner)

    assert list(raised(public)) == [KeyError, AssertionError, pt.errors.PorticoIndexError]


#: The page that says what arguments mean that mean the same everywhere.
COMMON = Path(__file__).parents[2] / "docs" / "guide" / "arguments.md"


def common_arguments():
    rows = re.findall(r"^\| (`.+?`) \|", COMMON.read_text(), re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def referred(text):
    """The docstrings of the public names that a docstring has between backticks."""
    names = {n.rpartition(".")[2] for n in re.findall(r"`([\w.]+)`", text)}
    return [
        inspect.getdoc(value) or ""
        for name, value in PUBLIC.items()
        if name.rpartition(".")[2] in names
    ]


def arguments(function):
    """The arguments a docstring has to speak of: all but the first, which its summary is about."""
    try:
        taken = [*inspect.signature(function).parameters.values()]
    except (TypeError, ValueError):
        return []
    named = [p.name for p in taken if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    named = named[2:] if named[:1] in (["self"], ["cls"]) else named[1:]
    return [name for name in named if not name.startswith("_")]


def unexplained(name, function, common):
    text = described(name, function)
    told = "\n".join([text, *referred(text)])
    return [a for a in arguments(function) if a not in common and not re.search(rf"\b{a}\b", told)]


def test_every_argument_is_explained():
    """By the docstring, by one that it refers to, or by the page of common arguments."""
    common = common_arguments()
    assert {"dim", "keepdim", "generator"} <= common
    # A method without a docstring of its own is part of its class, where that is public.
    own = {n: f for n, f in functions() if f.__doc__ or n.rpartition(".")[0] in PUBLIC}
    missing = {name: unexplained(name, f, common) for name, f in own.items()}
    assert {name: names for name, names in missing.items() if names} == {}


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
