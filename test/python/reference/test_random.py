"""Philox 4x32-10 against the known answers its authors publish."""

import numpy as np
import pytest

from portico.reference import evaluate_op
from portico.reference.kernels.random import philox


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        (
            (0xFFFFFFFF,) * 4,
            (0xFFFFFFFF,) * 2,
            (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
        ),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_known_answers(counter, key, answer):
    words = philox([np.array([c], np.uint64) for c in counter], key)
    assert tuple(int(word[0]) for word in words) == answer


def bits(seed, offset, shape):
    (result,) = evaluate_op("random_bits", [np.array(seed), np.array(offset)], {"shape": shape})
    assert result.dtype == np.int32 and result.shape == tuple(shape)
    return result.view(np.uint32)


def test_elements_are_words_of_consecutive_blocks():
    np.testing.assert_array_equal(
        bits(0, 0, (4,)), [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
    )
    np.testing.assert_array_equal(bits(5, 0, (11,))[4:], bits(5, 1, (7,)))
    np.testing.assert_array_equal(bits(5, 0, (3, 4)).ravel(), bits(5, 0, (12,)))


def test_offset_carries_into_the_second_word():
    words = philox([np.array([c], np.uint64) for c in (0, 1, 0, 0)], (9, 0))
    assert bits(9, 1 << 32, (1,))[0] == words[0][0]


def test_negative_seeds_and_empty_shapes():
    assert bits(-1, 0, (0, 3)).size == 0
    assert not np.array_equal(bits(-1, 0, (4,)), bits(1, 0, (4,)))
