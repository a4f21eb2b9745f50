"""Values from attributes and scalars: iota and Philox 4x32-10."""

import math

import numpy as np

from ..dtypes import to_numpy

_MULTIPLIERS = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_WEYL = 0x9E3779B9, 0xBB67AE85
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


def ref_iota(shape, axis, dtype):
    column = [1] * len(shape)
    column[axis] = shape[axis]
    steps = np.arange(shape[axis]).reshape(column)
    return np.broadcast_to(steps, shape).astype(to_numpy(dtype))


def philox(counter, key):
    """Ten rounds of Philox 4x32 over a list of four u64 arrays holding 32-bit words."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        product0, product1 = _MULTIPLIERS[0] * c0, _MULTIPLIERS[1] * c2
        c0, c1, c2, c3 = (
            (product1 >> _HALF) ^ c1 ^ np.uint64(k0),
            product1 & _LOW,
            (product0 >> _HALF) ^ c3 ^ np.uint64(k1),
            product0 & _LOW,
        )
        k0, k1 = (k0 + _WEYL[0]) & 0xFFFFFFFF, (k1 + _WEYL[1]) & 0xFFFFFFFF
    return c0, c1, c2, c3


def ref_random_bits(seed, offset, shape):
    count = math.prod(shape)
    blocks = np.arange((count + 3) // 4, dtype=np.uint64)
    blocks += np.uint64(int(offset) & 0xFFFFFFFFFFFFFFFF)
    zero = np.zeros_like(blocks)
    key = int(seed) & 0xFFFFFFFFFFFFFFFF
    words = philox((blocks & _LOW, blocks >> _HALF, zero, zero), (key & 0xFFFFFFFF, key >> 32))
    bits = np.stack(words, axis=-1).reshape(-1)[:count]
    return bits.astype(np.uint32).view(np.int32).reshape(shape)
