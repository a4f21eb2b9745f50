"""What update rules share: their numbers, the state of a parameter, weight decay."""

import portico as pt
from portico import _core

from ._settings import number


class Scalars:
    """The numbers of one step as 0-d tensors: run-time arguments of the program.

    A number that changes from step to step must not be part of what is
    compiled; one that many parameters share becomes one argument. Two numbers
    of one update stay two arguments even when their values meet (Adam's step
    size tends to the learning rate): which are equal is part of the program.
    """

    def __init__(self):
        self._made = {}
        self._role = 0

    def begin_parameter(self):
        self._role = 0

    def __call__(self, value, like):
        self._role += 1
        key = (self._role, value, like.dtype)
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = _core.scalar(value, like.dtype)
        return found


def advance(p, state, *names):
    """Counts a step; returns the step and the tensors `names` of the state, zeros at first."""
    if not state:
        state["step"] = 0
        state.update((name, pt.zeros_like(p)) for name in names)
    state["step"] += 1
    return state["step"], *[state[name] for name in names]


def decayed(p, grad, group, scalar):
    """The gradient with weight decay in it; decoupled decay makes p smaller instead."""
    decay = group["weight_decay"]
    if not decay:
        return grad
    if group.get("decoupled_weight_decay"):
        p._assign(p * scalar(1 - number(group["lr"]) * decay, p))
        return grad
    return grad + p * scalar(decay, p)


def approach(mean, value, weight):
    """Moves a running mean towards a value."""
    mean._assign(mean + (value - mean) * weight)
