"""Padding layers: one class per kind and number of dimensions."""

from portico._fail import fail_value

from . import functional as F
from .module import Module

_KINDS = {
    "Constant": ("constant", "a constant"),
    "Zero": ("constant", "zeros"),
    "Reflection": ("reflect", "the reflection of the input"),
    "Replication": ("replicate", "the edge of the input"),
    "Circular": ("circular", "the other end of the input"),
}


class _Pad(Module):
    _mode: str
    _dims: int

    def __init__(self, padding):
        super().__init__()
        n = 2 * self._dims
        self.padding = (padding,) * n if isinstance(padding, int) else tuple(padding)
        if len(self.padding) != n:
            fail_value(type(self).__name__, f"padding must have {n} entries, got {padding}")

    def forward(self, input):
        return F.pad(input, self.padding, self._mode)

    def extra_repr(self):
        return f"{self.padding}"


class _ConstantPad(_Pad):
    def __init__(self, padding, value):
        super().__init__(padding)
        self.value = value

    def forward(self, input):
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self):
        return f"padding={self.padding}, value={self.value}"


def _make(kind, mode, what, n):
    base = _ConstantPad if kind == "Constant" else _Pad
    name = f"{kind}Pad{n}d"
    sizes = ", ".join("2" * (n + 2))
    value = ", 0.5" if kind == "Constant" else ""
    constant = " `value` is the constant." if kind == "Constant" else ""
    wider = ", ".join(["2", "2"] + ["4"] * n)
    doc = f"""Surrounds the last {n} dimension(s) with {what}.

    `padding` is an int, or {2 * n} ints: how much before and after the last dimension, the one
    before it, and so on. Leading dimensions stay.{constant}

    Raises:
        ValueError: another number of ints.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.{name}.html

    >>> pt.nn.{name}(1{value})(pt.ones({sizes})).shape
    portico.Size([{wider}])
    """
    members = {"_mode": mode, "_dims": n, "__doc__": doc, "__module__": __name__}
    return type(name, (base,), members)


__all__ = []
for _kind, (_mode, _what) in _KINDS.items():
    for _n in (1, 2, 3):
        _class = _make(_kind, _mode, _what, _n)
        globals()[_class.__name__] = _class
        __all__.append(_class.__name__)
