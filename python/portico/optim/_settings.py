"""The settings of optimizers: what the arguments of a constructor must satisfy."""

from portico import _core
from portico._fail import fail_value


def number(value):
    """A setting that may be a tensor with one element, as a Python number."""
    return value.item() if isinstance(value, _core.Tensor) else value


def check_range(name, value, ok):
    if not ok:
        fail_value("optimizer", f"Invalid {name}: {value}")


#: Settings that may not be negative, and how errors name them.
_NOT_NEGATIVE = {"lr": "learning rate", "eps": "epsilon value"} | {
    name: f"{name} value"
    for name in (
        "initial_accumulator_value", "lr_decay", "momentum", "momentum_decay", "weight_decay",
    )
}  # fmt: skip


def settings(arguments):
    """The defaults of an optimizer from `locals()` of its constructor, checked."""
    chosen = {k: v for k, v in arguments.items() if k not in ("self", "params", "__class__")}
    for name, value in chosen.items():
        if name in _NOT_NEGATIVE:
            check_range(_NOT_NEGATIVE[name], value, number(value) >= 0)
    for i, beta in enumerate(chosen.get("betas", ())):
        check_range(f"beta parameter at index {i}", beta, 0 <= number(beta) < 1)
    return chosen
