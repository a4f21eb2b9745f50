"""Whether products of float32 may be rounded: read when an op is recorded, and part of it.

PyTorch allows it for convolutions from the start. Here everything is exact until somebody asks: a
program gives the same results, to a few roundings, on every device, and who trades digits for
speed does it knowingly.
"""

from __future__ import annotations

from ._dtypes import float32
from ._fail import fail_runtime

MATMUL_WORDS = ("highest", "high", "medium")

_matmul = "highest"
_convolutions = False


def matmul():
    return _matmul


def set_matmul(word):
    global _matmul
    if not isinstance(word, str) or word not in MATMUL_WORDS:
        fail_runtime(
            "set_float32_matmul_precision", "no such precision", repr(word),
            "'highest', 'high' or 'medium'",
        )  # fmt: skip
    _matmul = word


def convolutions():
    return _convolutions


def set_convolutions(allowed):
    global _convolutions
    _convolutions = allowed


def products_allow_tf32(dtype):
    """The attribute of a contraction of two tensors of a dtype."""
    return dtype is float32 and _matmul != "highest"


def convolutions_allow_tf32(dtype):
    return dtype is float32 and _convolutions
