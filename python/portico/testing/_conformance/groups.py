"""The whole matrix, as groups: one for each op and direction, program, and part of the device."""

from __future__ import annotations

from dataclasses import dataclass

from portico._generated.op_table import DTYPES, OPS

from . import device as device_cases
from . import forward, gradient, programs


@dataclass(frozen=True)
class Group:
    name: str
    make: object
    dtypes: tuple
    level: str

    def cases(self):
        kind, _, what = self.name.partition("/")
        return self.make(what, self.dtypes, self.level)

    def __str__(self):
        return self.name


def checked_dtypes(dtypes):
    """Names of dtypes, from names or dtypes; all of them for None."""
    if dtypes is None:
        return DTYPES
    names = tuple(d if isinstance(d, str) else str(d).rsplit(".", 1)[-1] for d in dtypes)
    for name in names:
        if name not in DTYPES:
            raise ValueError(
                f"[conformance] no such dtype; got {name!r}; expected some of {', '.join(DTYPES)}"
            )
    return names


def groups(dtypes=None, level="standard", only=None):
    """Every group of the matrix; `only` keeps those whose name contains it."""
    dtypes = checked_dtypes(dtypes)
    named = [(f"device/{name}", device_cases.cases) for name in device_cases.CHECKS]
    named += [(f"forward/{op}", forward.cases) for op in OPS]
    named += [(f"gradient/{op}", gradient.cases) for op in OPS if gradient.differentiable(op)]
    named += [(f"program/{name}", programs.cases) for name in programs.names(level)]
    return [Group(n, make, dtypes, level) for n, make in named if not only or only in n]
