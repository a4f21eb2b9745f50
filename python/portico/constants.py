"""Numbers and markers that PyTorch has in its namespace."""

from math import e, inf, nan, pi

__all__ = [
    "channels_last", "channels_last_3d", "contiguous_format", "e", "inf", "layout",
    "memory_format", "nan", "newaxis",
    "pi", "preserve_format", "strided",
]  # fmt: skip

newaxis = None


class _Marker:
    """A named value that is only ever compared."""

    def __init__(self, name):
        self._name = name

    def __repr__(self):
        return f"portico.{self._name}"

    def __reduce__(self):
        return self._name


class memory_format(_Marker):
    """An order of elements in memory. The library chooses its own; these are accepted and ignored.

    Source: https://docs.pytorch.org/docs/stable/tensor_attributes.html#torch.memory_format

    >>> pt.channels_last
    portico.channels_last
    """


class layout(_Marker):
    """How elements are stored; there is one way.

    Source: https://docs.pytorch.org/docs/stable/tensor_attributes.html#torch.layout

    >>> pt.strided
    portico.strided
    """


strided = layout("strided")
contiguous_format, preserve_format, channels_last, channels_last_3d = (
    memory_format(n)
    for n in ("contiguous_format", "preserve_format", "channels_last", "channels_last_3d")
)
