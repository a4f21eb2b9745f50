"""The arrays that cases are made of, by dtype."""

from __future__ import annotations

import zlib

import ml_dtypes
import numpy as np

from portico.reference.dtypes import is_float, to_numpy


def generator(name: str) -> np.random.Generator:
    """Random numbers that depend on the name of a case and on nothing else."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def finfo(dtype):
    return ml_dtypes.finfo(dtype) if dtype == np.dtype(ml_dtypes.bfloat16) else np.finfo(dtype)


def specials(dtype) -> np.ndarray:
    """What arithmetic goes wrong at: zeros of both signs, infinities, nan, denormals, extremes,
    halves that round to even, and arguments at the edge of what exp can take."""
    dtype = to_numpy(dtype)
    if dtype == np.bool_:
        return np.array([False, True])
    if not is_float(dtype):
        info = np.iinfo(dtype)
        wanted = [0, 1, 2, 3, 7, -1, -2, -8, 8, 31, 63, info.max, info.max - 1, info.min]
        wanted += [info.min + 1, info.max // 2]
        return np.array([v for v in wanted if info.min <= v <= info.max], dtype)
    info = finfo(dtype)
    smallest = float(info.smallest_subnormal)
    positive = [
        0.0, np.inf, float(info.max), float(info.tiny), smallest, 3 * smallest,
        float(info.tiny) * 0.75, 0.5, 1.0, 1.5, 2.5, 3.0, 1 + float(info.eps), 1e-3, 3.14159, 20.0,
        88.5, 103.0,
    ]  # fmt: skip
    with np.errstate(over="ignore"):
        values = np.array(positive).astype(dtype)
    return np.concatenate([values, -values, np.array([np.nan]).astype(dtype)])


def random(rng, shape, dtype) -> np.ndarray:
    """Moderate values: floats of both signs, small integers."""
    dtype = to_numpy(dtype)
    if dtype == np.bool_:
        return rng.random(shape) < 0.5
    if is_float(dtype):
        return np.asarray(rng.standard_normal(shape) * 2).astype(dtype)
    return np.asarray(rng.integers(max(np.iinfo(dtype).min, -9), 10, shape)).astype(dtype)


def smooth(rng, shape, dtype) -> np.ndarray:
    """Distinct positive values in [0.5, 2): no kinks, and every function is defined there."""
    count = int(np.prod(shape))
    return (0.5 + 1.5 * rng.permutation(count) / max(count, 1)).reshape(shape).astype(dtype)


def combinations(dtype, count: int) -> list[np.ndarray]:
    """`count` vectors of specials: all of them, or every pair of them."""
    values = specials(dtype)
    grids = np.meshgrid(*[values] * min(count, 2), indexing="ij")
    vectors = [grid.reshape(-1) for grid in grids]
    return vectors + vectors[: count - len(vectors)]
