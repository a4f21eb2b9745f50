"""The dialect's element types as NumPy dtypes."""

import ml_dtypes
import numpy as np

BFLOAT16 = np.dtype(ml_dtypes.bfloat16)

#: MLIR spelling -> NumPy dtype. The order is that of `portico::DType`.
BY_MLIR_NAME = {
    "i1": np.dtype(np.bool_),
    "ui8": np.dtype(np.uint8),
    "i8": np.dtype(np.int8),
    "i16": np.dtype(np.int16),
    "i32": np.dtype(np.int32),
    "i64": np.dtype(np.int64),
    "f16": np.dtype(np.float16),
    "bf16": BFLOAT16,
    "f32": np.dtype(np.float32),
    "f64": np.dtype(np.float64),
}
MLIR_NAMES = {dtype: name for name, dtype in BY_MLIR_NAME.items()}
BY_NUMBER = tuple(BY_MLIR_NAME.values())


def to_numpy(dtype) -> np.dtype:
    """The NumPy dtype that a dtype attribute means.

    Takes what callers have at hand: MLIR's name (``"bf16"``), NumPy's or
    Portico's (``"bfloat16"``, ``pt.bfloat16``), a NumPy dtype, or the number of
    a ``portico::DType``.
    """
    if isinstance(dtype, np.dtype):
        return dtype
    if isinstance(dtype, int) and not isinstance(dtype, bool):
        return BY_NUMBER[dtype]
    name = dtype if isinstance(dtype, str) else getattr(dtype, "name", None) or str(dtype)
    name = name.rsplit(".", 1)[-1]
    if name in BY_MLIR_NAME:
        return BY_MLIR_NAME[name]
    if name == "bfloat16":
        return BFLOAT16
    return np.dtype(dtype if isinstance(dtype, type) else name)


def is_half(dtype: np.dtype) -> bool:
    """f16 and bf16: computed in f32, rounded at the edges of an op."""
    return dtype == np.float16 or dtype == BFLOAT16


def is_float(dtype: np.dtype) -> bool:
    return dtype.kind == "f" or dtype == BFLOAT16


def accumulator(dtype: np.dtype) -> np.dtype:
    """The dtype in which sums are taken: wide for floats, wrapping for integers.

    An oracle should be closer to the true value than what it judges, so float
    sums are taken in f64 and rounded once.
    """
    return np.dtype(np.float64) if is_float(dtype) else dtype
