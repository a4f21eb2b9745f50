"""Random programs of views, in-place writes, no_grad and backward, with PyTorch's answers.

`histories.json` holds programs and what PyTorch 2.13 made of them: shapes, versions,
who requires grad, values, and the gradients of the leaves (or that backward raised).
"""

import contextlib
import json
from pathlib import Path

import numpy as np
import pytest

import portico as pt
from portico import _core

PROGRAMS = json.loads((Path(__file__).parent / "histories.json").read_text())

#: What a step does with tensors a and b, a number c and an index q.
STEPS = {
    "add": lambda a, b, c, q: a + b,
    "mul": lambda a, b, c, q: a * b,
    "transpose": lambda a, b, c, q: a.t() if a.dim() == 2 else a.reshape(1, -1),
    "slice": lambda a, b, c, q: a[q:] if a.dim() else a,
    "exp": lambda a, b, c, q: a.exp().clamp(max=3.0),
    "sum": lambda a, b, c, q: a.sum(0) if a.dim() else a,
    "flat": lambda a, b, c, q: a.detach() if q == 0 else a.view(-1),
    "expand": lambda a, b, c, q: a.expand(2, *a.shape) if a.dim() < 3 else a[0],
    "mul_": lambda a, b, c, q: (a.mul_(c), None)[1],
    "add_": lambda a, b, c, q: (a.add_(b), None)[1],
    "copy_": lambda a, b, c, q: (a.copy_(b), None)[1],
    "fill": lambda a, b, c, q: a.__setitem__((..., slice(q, None)), c),
}


def run(program, library):
    leaves = [library.tensor(x).requires_grad_() for x in program["leaves"]]
    pool = [x * 1 for x in leaves] + [library.tensor(program["constant"])]
    outcomes = []
    for name, i, j, c, q, no_grad in program["steps"]:
        try:
            with library.no_grad() if no_grad else contextlib.nullcontext():
                new = STEPS[name](pool[i], pool[j], c, q)
            outcomes.append(True)
        except (RuntimeError, IndexError):
            outcomes.append(False)
            continue
        if new is not None:
            pool.append(new)
    state = [
        [list(x.shape), x.requires_grad, x.is_leaf, x._version, x.detach().tolist()] for x in pool
    ]
    try:
        sum((x * x).sum() for x in pool if x.requires_grad).backward()
        gradients = [None if x.grad is None else x.grad.tolist() for x in leaves]
    except RuntimeError:
        gradients = "error"
    return {"outcomes": outcomes, "state": state, "gradients": gradients}


def close(a, b):
    return np.allclose(np.array(a, np.float64), np.array(b, np.float64), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("eager", [False, True], ids=["recorded", "eager"])
@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_program(number, eager):
    _core.set_option("eager", eager)
    program = PROGRAMS[number]
    expected, got = program["result"], run(program, pt)
    assert got["outcomes"] == expected["outcomes"]
    for mine, theirs in zip(got["state"], expected["state"], strict=True):
        assert mine[:4] == theirs[:4] and close(mine[4], theirs[4])
    if expected["gradients"] == "error":
        assert got["gradients"] == "error"
        return
    for mine, theirs in zip(got["gradients"], expected["gradients"], strict=True):
        assert (mine is None) == (theirs is None)
        assert mine is None or close(mine, theirs)
