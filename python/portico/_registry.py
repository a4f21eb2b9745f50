"""One decorator makes a public function: namespace, method, in-place variant, `out=`.

A composite op is one Python function with `@op(...)` in front:

    @op(inplace=True, out=True)
    def exp2(input): ...

gives `pt.exp2(x, out=...)`, `x.exp2()` and `x.exp2_()`. Nothing else lists the
ops of the library.
"""

from __future__ import annotations

import functools
import inspect

from . import _core
from ._arguments import RAW, explain, explained
from ._device import on_device
from ._dtypes import require_cast
from ._fail import fail_runtime, fail_type
from ._generated import ops

Tensor = _core.Tensor

#: public name -> function, of `pt.*`
FUNCTIONS = {}
#: attribute name -> function or property, of `pt.Tensor`
METHODS = {}


_NUMPY_NAMES = {"axis": "dim", "keepdims": "keepdim"}


def assign(op_name, target, value):
    """target[...] = value, with PyTorch's rules for in-place results."""
    if value.shape != target.shape:
        fail_runtime(
            op_name,
            f"output with shape {list(target.shape)} doesn't match the broadcast shape "
            f"{list(value.shape)}",
        )
    if value.dtype is not target.dtype:
        require_cast(op_name, value.dtype, target.dtype)
        value = ops.cast(value, target.dtype)
    target._assign(value)
    return target


def write_out(op_name, out, value):
    """Stores results in the tensors of `out=`, resizing those of another shape."""
    if isinstance(value, tuple):
        for o, v in zip(out, value, strict=True):
            write_out(op_name, o, v)
        return type(value)(*out) if hasattr(value, "_fields") else tuple(out)
    if not isinstance(out, Tensor):
        if isinstance(out, tuple) and len(out) == 1:
            return write_out(op_name, out[0], value)
        fail_type(op_name, "argument 'out' must be Tensor", type(out).__name__)
    if _core.is_grad_enabled() and (value.requires_grad or out.requires_grad):
        fail_runtime(
            op_name,
            "functions with out=... arguments don't support automatic differentiation, "
            "but one of the arguments requires grad",
        )
    if out.shape != value.shape:
        require_cast(op_name, value.dtype, out.dtype)
        out._set_data(ops.cast(value, out.dtype) if value.dtype is not out.dtype else value)
        return out
    return assign(op_name, out, value)


def accept_out(f, name=None):
    """`f` with a keyword `out`, and with NumPy's names of `dim` and `keepdim`."""
    name = name or f.__name__
    parameters = inspect.signature(f).parameters
    others = {o: n for o, n in _NUMPY_NAMES.items() if n in parameters and o not in parameters}

    @functools.wraps(f)
    def g(*args, out=None, **kwargs):
        if kwargs and not others.keys().isdisjoint(kwargs):
            kwargs = {others.get(k, k): v for k, v in kwargs.items()}
        try:
            r = f(*args, **kwargs)
            return r if out is None else write_out(name, out, r)
        except RAW as error:
            explain(name, f, args, kwargs, error)
            raise

    g.explained = True
    return g


def first_call(doc, call):
    """The first argument and the others of the last `call` in an example, as text."""
    text = (doc or "").rpartition(call + "(")[2]
    depth, comma = 0, None
    for i, c in enumerate(text):
        if c in "([{":
            depth += 1
        elif depth and c in ")]}":
            depth -= 1
        elif c == ")":
            comma = i if comma is None else comma
            return text[:comma], text[comma + 1 : i].strip()
        elif c == "," and not depth and comma is None:
            comma = i
    return None


def in_place_doc(f, name, call, method):
    """Documents `name`, which writes f's result to its first argument: f's example, in place."""
    doc = (
        f"In-place version of `{name[:-1]}`: writes the result to its first argument and returns "
        "it.\n\nThe result must have that tensor's shape and a dtype that casts to its.\n\n"
        "Raises:\n    RuntimeError: it does not, or the tensor may not be written to.\n"
    )
    arguments = first_call(f.__doc__, call)
    if arguments is None:
        return doc
    first, rest = arguments
    written = f"x.{name}({rest})" if method else f"{call}_(x{', ' if rest else ''}{rest})"
    return f"{doc}\n>>> x = {first}\n>>> {written} is x\nTrue\n"


def in_place(f, name):
    """The method `name_` that stores f's result in its first argument."""

    def g(self, *args, **kwargs):
        try:
            return assign(name, self, f(self, *args, **kwargs))
        except RAW as error:
            explain(name, f, (self, *args), kwargs, error)
            raise

    g.__name__ = g.__qualname__ = name
    g.__doc__ = in_place_doc(f, name, f"pt.{f.__name__}", method=True)
    g.__module__ = f.__module__
    return g


_PAGES = "https://docs.pytorch.org/docs/stable/generated/"


def _indent(doc):
    """What the lines of a docstring start with: Python 3.13 takes the indentation of the source
    away, but not that of a string made at run time."""
    return "    " if "\n    >>>" in doc else ""


def _name_source(f, page):
    """Ends a docstring that names no source with PyTorch's page."""
    if f.__doc__ and "Source:" not in f.__doc__:
        indent = _indent(f.__doc__)
        f.__doc__ = f"{f.__doc__.rstrip()}\n\n{indent}Source: {_PAGES}{page}.html\n{indent}"


def _add_notes(f, notes):
    """Puts what a family of functions shares before the example of one.

    The errors of the one follow those of the family.
    """
    indent = _indent(f.__doc__)
    summary, _, example = f.__doc__.partition(">>>")
    summary, _, raises = summary.partition("Raises:\n")
    indented = notes.replace("\n", f"\n{indent}").replace(f"{indent}\n", "\n")
    if raises:
        heading = "" if "Raises:" in notes else f"\n\n{indent}Raises:"
        indented = f"{indented}{heading}\n{raises.rstrip()}"
    f.__doc__ = f"{summary.rstrip()}\n\n{indent}{indented}\n\n{indent}>>>{example}"


def op(
    name=None, *, method=True, function=True, inplace=False, out=False, aliases=(), notes=None,
    own=False,
):  # fmt: skip
    """Publishes a function. `method` may be another name for the method; `notes` is what its
    docstring shares with others; `own` says that PyTorch has no such function."""

    def publish(f):
        public = name or f.__name__
        f.__name__ = f.__qualname__ = public
        if notes is not None:
            _add_notes(f, notes)
        if not own:
            _name_source(f, f"torch.{public}" if function else f"torch.Tensor.{public}")
        f = on_device(f)
        plain = f
        if out:
            f = accept_out(f, public)
        # The library itself calls the plain function, which costs one frame less.
        shown = f if out else explained(f, public)
        for n in (public, *aliases):
            if function:
                FUNCTIONS[n] = shown
            if method:
                METHODS[method if isinstance(method, str) else n] = shown
            if inplace:
                METHODS[n + "_"] = in_place(plain, n + "_")
                if function:
                    FUNCTIONS.setdefault(n + "_", METHODS[n + "_"])
        return f

    return publish


def method(name=None):
    """Publishes a method (or a property) that is no function of the namespace."""

    def publish(f):
        if inspect.isfunction(f):
            _name_source(f, f"torch.Tensor.{name or f.__name__}")
        public = name or f.__name__
        named = inspect.isfunction(f) and not public.startswith("_")
        METHODS[public] = explained(f, name) if named else f
        return f

    return publish


def install(namespace):
    """Attaches all methods to Tensor and all functions to `namespace`.

    What the native Tensor defines itself is kept: it is the fast path.
    """
    native = set(vars(Tensor))
    for n, f in METHODS.items():
        if n not in native or n in OVERRIDES:
            setattr(Tensor, n, f)
    namespace.update(FUNCTIONS)


#: Methods every object has, so that a native type that does not define them seems to.
OVERRIDES = {"__repr__", "__str__", "__format__", "__reduce_ex__", "__dir__", "__hash__"}
