"""Shape classes, and the ways in which an operand can lie in memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# A layout takes an array and gives (what is copied to the device, the view that is the operand
# there, the operand's values).


def plain(array):
    return array, lambda t: t, array


def transposed(array):
    return np.ascontiguousarray(array.T), lambda t: t.permute(*reversed(range(t.dim()))), array


def strided(array):
    return np.repeat(array, 2, axis=-1), lambda t: t[..., ::2], array


def offset(array):
    return np.concatenate([array[:1], array, array[:1]]), lambda t: t[1:-1], array


def expanded(array):
    row = array[:1]
    values = np.ascontiguousarray(np.broadcast_to(row, array.shape))
    return row, lambda t: t.expand(*array.shape), values


@dataclass(frozen=True)
class ShapeClass:
    name: str
    shape: tuple
    layouts: tuple = (plain,)  # of the operands in turn
    level: str = "smoke"


SHAPES = (
    ShapeClass("scalar", ()),
    ShapeClass("one", (1,), level="standard"),
    ShapeClass("empty", (0, 3)),
    ShapeClass("odd", (7,)),
    ShapeClass("matrix", (5, 33), level="standard"),
    ShapeClass("rank5", (2, 3, 1, 5, 4), level="standard"),
    ShapeClass("transposed", (9, 34), (transposed, plain)),
    ShapeClass("strided", (6, 19), (strided, plain), level="standard"),
    ShapeClass("offset", (11, 5), (offset, plain, strided), level="standard"),
    ShapeClass("broadcast", (8, 17), (plain, expanded)),
    ShapeClass("large", (70_001,), level="standard"),
    ShapeClass("huge", (4_194_305,), level="full"),
)
