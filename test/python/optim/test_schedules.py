"""Learning-rate schedules against their closed forms."""

import math

import pytest

import portico as pt
from portico import optim
from portico.optim import lr_scheduler as S


def rates(make, epochs=12, base=1.0, metrics=None):
    optimizer = optim.SGD([pt.nn.Parameter(pt.zeros(1))], lr=base, momentum=0.9)
    schedule = make(optimizer)
    seen = [optimizer.param_groups[0]["lr"]]
    for epoch in range(epochs):
        optimizer.step()
        schedule.step(*([] if metrics is None else [metrics[epoch]]))
        seen.append(optimizer.param_groups[0]["lr"])
        assert schedule.get_last_lr() == [seen[-1]]
    return seen


def cosine(t, period):
    return (1 + math.cos(math.pi * t / period)) / 2


CASES = {
    "step": (lambda o: S.StepLR(o, 4, 0.5), lambda t: 0.5 ** (t // 4)),
    "multistep": (
        lambda o: S.MultiStepLR(o, [2, 5, 5], 0.5),
        lambda t: 0.5 ** (sum(t >= m for m in (2, 5, 5))),
    ),
    "exponential": (lambda o: S.ExponentialLR(o, 0.9), lambda t: 0.9**t),
    "lambda": (lambda o: S.LambdaLR(o, lambda t: 1 / (1 + t)), lambda t: 1 / (1 + t)),
    "multiplicative": (lambda o: S.MultiplicativeLR(o, lambda t: 0.5), lambda t: 0.5**t),
    "constant": (lambda o: S.ConstantLR(o, 0.25, 3), lambda t: 0.25 if t < 3 else 1),
    "linear": (
        lambda o: S.LinearLR(o, 0.2, 1.0, 4),
        lambda t: 0.2 + 0.8 * min(t, 4) / 4,
    ),
    "polynomial": (
        lambda o: S.PolynomialLR(o, 6, 2.0),
        lambda t: (1 - min(t, 6) / 6) ** 2,
    ),
    "cosine": (
        lambda o: S.CosineAnnealingLR(o, 5, 0.1),
        lambda t: 0.1 + 0.9 * cosine(t, 5),
    ),
    "restarts": (
        lambda o: S.CosineAnnealingWarmRestarts(o, 3, 2),
        lambda t: cosine(t, 3) if t < 3 else cosine(t - 3, 6) if t < 9 else cosine(t - 9, 12),
    ),
    "sequential": (
        lambda o: S.SequentialLR(o, [S.ConstantLR(o, 0.5, 99), S.ExponentialLR(o, 0.9)], [4]),
        lambda t: 0.5 if t < 4 else 0.9 ** (t - 4),
    ),
    "chained": (
        lambda o: S.ChainedScheduler([S.ConstantLR(o, 0.5, 2), S.ExponentialLR(o, 0.9)]),
        lambda t: (0.5 if t < 2 else 1) * 0.9**t,
    ),
    "cyclic": (
        lambda o: S.CyclicLR(o, 0.1, 1.1, 3, cycle_momentum=False),
        lambda t: 0.1 + (t % 6 / 3 if t % 6 <= 3 else 2 - t % 6 / 3),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_closed_form(name):
    make, rate = CASES[name]
    assert rates(make) == pytest.approx([rate(t) for t in range(13)], abs=1e-12)


def test_one_cycle_rises_and_falls():
    seen = rates(lambda o: S.OneCycleLR(o, 1.0, 13, pct_start=0.5), 12)
    assert seen[0] == pytest.approx(1 / 25) and seen[-1] == pytest.approx(1 / 25e4)
    top = seen.index(max(seen))
    assert seen[: top + 1] == sorted(seen[: top + 1]) and top in (5, 6)
    assert seen[top:] == sorted(seen[top:], reverse=True)


def test_plateau_waits_for_patience():
    metrics = [1.0, 0.5, 0.5, 0.5, 0.5, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4]
    seen = rates(lambda o: S.ReduceLROnPlateau(o, patience=2, factor=0.1), 12, metrics=metrics)
    assert seen[:6] == pytest.approx([1, 1, 1, 1, 1, 0.1])
    assert seen[-1] == pytest.approx(1e-3)


def test_state_resumes():
    optimizer = optim.SGD([pt.nn.Parameter(pt.zeros(1))], lr=1.0)
    schedule = S.StepLR(optimizer, 2, 0.5)
    optimizer.step()
    schedule.step()
    other = S.StepLR(optimizer, 7, 0.9)
    other.load_state_dict(schedule.state_dict())
    assert (other.step_size, other.last_epoch) == (2, 1)


def test_misuse():
    optimizer = optim.SGD([pt.nn.Parameter(pt.zeros(1))], lr=1.0)
    with pytest.raises(TypeError, match="is not an Optimizer"):
        S.StepLR(3, 1)
    with pytest.raises(ValueError, match="total_steps OR"):
        S.OneCycleLR(optimizer, 1.0)
    with pytest.raises(ValueError, match="Factor should be < 1.0"):
        S.ReduceLROnPlateau(optimizer, factor=2.0)
    schedule = S.StepLR(optimizer, 1)
    with pytest.warns(UserWarning, match=r"before `optimizer.step\(\)`"):
        schedule.step()
