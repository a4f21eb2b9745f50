"""Tensors as text, exactly as PyTorch prints them."""

from __future__ import annotations

import contextlib
import math

import numpy as np

from . import _core
from ._dtypes import CATEGORY, FLOAT, bool_, get_default_dtype, int64
from ._fail import fail_value
from ._registry import op

_PROFILES = {
    "default": dict(precision=4, threshold=1000, edgeitems=3, linewidth=80),
    "short": dict(precision=2, threshold=1000, edgeitems=2, linewidth=80),
    "full": dict(precision=4, threshold=math.inf, edgeitems=3, linewidth=80),
}
_options = dict(_PROFILES["default"], sci_mode=None)


@op(method=False)
def set_printoptions(
    precision=None, threshold=None, edgeitems=None, linewidth=None, profile=None, sci_mode=None
):
    """Sets digits, length before "...", items at the edges, line width and scientific notation.

    `profile` is "default", "short" or "full".

    They are `precision`, `threshold`, `edgeitems`, `linewidth` and `sci_mode`; None leaves one as
    it is, and lets values decide about the notation.

    Raises:
        ValueError: an unknown profile.

    >>> pt.set_printoptions(precision=2)
    >>> pt.tensor([0.125])
    tensor([0.12])
    >>> pt.set_printoptions(profile="default")
    """
    if profile is not None:
        if profile not in _PROFILES:
            fail_value("set_printoptions", "unknown profile", profile, ", ".join(_PROFILES))
        _options.update(_PROFILES[profile])
    given = dict(precision=precision, threshold=threshold, edgeitems=edgeitems, linewidth=linewidth)
    _options.update({k: v for k, v in given.items() if v is not None})
    _options["sci_mode"] = sci_mode


@op(method=False, own=True)
def get_printoptions():
    """The present print options, as a dict.

    >>> pt.get_printoptions()["precision"]
    4
    """
    return dict(_options)


@contextlib.contextmanager
def printoptions(**options):
    """Print options for the duration of a `with` block.

    >>> with pt.printing.printoptions(precision=2):
    ...     print(pt.tensor([0.125]))
    tensor([0.12])
    """
    saved = dict(_options)
    set_printoptions(**options)
    try:
        yield
    finally:
        _options.update(saved)


class _Formatter:
    """One width and notation for all values of a tensor."""

    def __init__(self, values, floating):
        self.floating, self.integral, self.scientific, self.width = floating, True, False, 1
        flat = values.reshape(-1)
        if not floating:
            self.width = max([1, *(len(str(v)) for v in flat.tolist())])
            return
        finite = flat[np.isfinite(flat) & (flat != 0)]
        if not finite.size:
            return
        size = np.abs(finite.astype(np.float64))
        self.integral = bool((finite == np.ceil(finite)).all())
        self.scientific = _options["sci_mode"]
        if self.scientific is None:
            self.scientific = bool(
                size.max() / size.min() > 1000.0 or size.max() > 1.0e8 or size.min() < 1.0e-4
            )
        self.width = max([1, *(len(self._text(v)) for v in finite.tolist())])

    def _text(self, v):
        if not self.floating:
            return str(v)
        precision = _options["precision"]
        if self.scientific:
            return f"{v:.{precision}e}"
        if self.integral:
            return f"{v:.0f}" + ("." if math.isfinite(v) else "")
        return f"{v:.{precision}f}"

    def __call__(self, v):
        return self._text(v).rjust(self.width)


def _rows(values, indent, summarize, form):
    edge = _options["edgeitems"]
    if values.ndim == 0:
        return form(values.item())
    cut = summarize and len(values) > 2 * edge
    if values.ndim == 1:
        per_line = max(1, (_options["linewidth"] - indent) // (form.width + 2))
        if cut:
            tail = values[-edge:].tolist() if edge else []
            text = (
                [form(v) for v in values[:edge].tolist()]
                + [" ..." if edge else "..."]
                + [form(v) for v in tail]
            )
        else:
            text = [form(v) for v in values.tolist()]
        lines = [", ".join(text[i : i + per_line]) for i in range(0, len(text), per_line)]
        return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"
    parts = [*values[:edge], None, *values[len(values) - edge :]] if cut else list(values)
    text = ["..." if p is None else _rows(p, indent + 1, summarize, form) for p in parts]
    return "[" + ("," + "\n" * (values.ndim - 1) + " " * (indent + 1)).join(text) + "]"


def _edges(values):
    """What a summary shows."""
    edge = _options["edgeitems"]
    for axis in range(values.ndim):
        if values.shape[axis] > 2 * edge:
            keep = [*range(edge), *range(values.shape[axis] - edge, values.shape[axis])]
            values = np.take(values, keep, axis)
    return values


def format_values(x, indent):
    values = x.numpy(force=True)
    floating = CATEGORY[x.dtype] == FLOAT
    if values.dtype.itemsize == 2 and floating:
        values = values.astype(np.float32)
    summarize = values.size > _options["threshold"]
    return _rows(
        values, indent, summarize, _Formatter(_edges(values) if summarize else values, floating)
    )


def tensor_repr(self):
    """As PyTorch prints a tensor: values, then device, dtype and gradient where they are not the
    default."""
    ours = type(self) is _core.Tensor or type(self).__module__.startswith("portico.")
    prefix = "tensor(" if ours else f"{type(self).__name__}("
    indent, suffixes = len(prefix), []
    default = get_default_dtype()
    if not _core.is_host(self.device):
        suffixes.append(f"device='{self.device}'")
    if self.numel() == 0:
        if self.ndim != 1:
            suffixes.append(f"size={tuple(self.shape)}")
        if self.dtype is not default:
            suffixes.append(f"dtype={self.dtype}")
        body = "[]"
    else:
        if self.dtype not in (default, int64, bool_):
            suffixes.append(f"dtype={self.dtype}")
        body = format_values(self, indent)
    if self.grad_fn is not None:
        name = getattr(self.grad_fn, "name", None)
        name = name() if callable(name) else name or type(self.grad_fn).__name__
        suffixes.append(f"grad_fn=<{name}>")
    elif self.requires_grad:
        suffixes.append("requires_grad=True")
    text = [prefix + body]
    last = len(text[0]) - text[0].rfind("\n") + 1
    for s in suffixes:
        if last + len(s) + 2 > _options["linewidth"]:
            text.append(",\n" + " " * indent + s)
            last = indent + len(s)
        else:
            text.append(", " + s)
            last += len(s) + 2
    return "".join(text) + ")"
