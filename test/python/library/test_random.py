"""Random numbers: seeds, streams, moments, and the formula that the module states."""

import numpy as np
import pytest

import portico as pt
from portico import random


def test_seeds_and_streams():
    pt.manual_seed(3)
    a, b = pt.rand(5), pt.rand(5)
    pt.manual_seed(3)
    assert pt.equal(a, pt.rand(5)) and not pt.equal(a, b)
    g = pt.Generator().manual_seed(3)
    assert pt.equal(a, pt.rand(5, generator=g)) and g.initial_seed() == 3
    state = g.get_state()
    c = pt.randn(4, generator=g)
    g.set_state(state)
    assert pt.equal(c, pt.randn(4, generator=g))
    with pt.fork_rng():
        pt.rand(3)
        inside = pt.get_rng_state().tolist()
    assert pt.get_rng_state().tolist() != inside


def test_known_answer():
    """Philox 4x32-10 of counter 0, key 0, from the paper's test vectors."""
    g = pt.Generator().manual_seed(0)
    words = random.bits((4,), g).numpy().view(np.uint32)
    assert [hex(w) for w in words.tolist()] == [
        "0x6627e8d5",
        "0xe169c58d",
        "0xbc57ac4c",
        "0x9b00dbd8",
    ]
    g.manual_seed(0)
    assert pt.rand(1, generator=g).item() == (0x6627E8D5 >> 8) / 2**24


def test_moments():
    n = 40000
    assert abs(pt.rand(n).mean().item() - 0.5) < 0.01
    z = pt.randn(n)
    assert abs(z.mean().item()) < 0.03 and abs(z.std().item() - 1) < 0.02
    assert abs(pt.bernoulli(pt.full((n,), 0.3)).mean().item() - 0.3) < 0.02
    e = pt.empty(n).exponential_(2.0)
    assert abs(e.mean().item() - 0.5) < 0.02 and e.min().item() >= 0
    assert abs(pt.poisson(pt.full((n,), 4.0)).mean().item() - 4) < 0.1


@pytest.mark.parametrize("dtype", [pt.float16, pt.bfloat16, pt.float32, pt.float64])
def test_rand_stays_below_one(dtype):
    x = pt.rand(4000, dtype=dtype)
    assert x.dtype is dtype and x.min().item() >= 0 and x.max().item() < 1


def test_integers():
    x = pt.randint(-3, 4, (5000,))
    assert set(x.tolist()) == set(range(-3, 4)) and x.dtype is pt.int64
    assert sorted(pt.randperm(100).tolist()) == list(range(100))
    wide = pt.randint(-(2**62), 2**62, (1000,))
    assert wide.min().item() < -(2**60) and wide.max().item() > 2**60
    with pytest.raises(RuntimeError, match="less than"):
        pt.randint(3, 3, (1,))


def test_multinomial():
    p = pt.tensor([0.0, 1.0, 3.0])
    drawn = pt.multinomial(p, 8000, replacement=True)
    counts = pt.bincount(drawn, minlength=3)
    assert counts[0].item() == 0 and abs(counts[2].item() / 8000 - 0.75) < 0.03
    assert sorted(pt.multinomial(pt.ones(4, 6), 6)[1].tolist()) == list(range(6))
    with pytest.raises(RuntimeError, match="without replacement"):
        pt.multinomial(p, 4)
