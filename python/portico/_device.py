"""Where tensors live: moving them, making them somewhere, and what only the host can do."""

from __future__ import annotations

import functools
import inspect
import threading

from . import _core
from ._fail import fail_runtime

Tensor = _core.Tensor

#: The device whose memory NumPy sees.
HOST = _core.device("")


class placed:
    """Within `with placed(device):`, what is made without `device=` is made there."""

    def __init__(self, device):
        self.device = device

    def __enter__(self):
        self.before = _core.default_device()
        _core.set_default_device(self.device)

    def __exit__(self, *error):
        _core.set_default_device(self.before)


_entered = threading.local()


def _enter_device(self):
    stack = _entered.__dict__.setdefault("devices", [])
    stack.append(_core.default_device())
    _core.set_default_device(self)
    return self


def _leave_device(self, *error):
    _core.set_default_device(_entered.devices.pop())


# `with pt.device(...):`, as in PyTorch.
_core.device.__enter__ = _enter_device
_core.device.__exit__ = _leave_device


def on_device(f):
    """`f` with the meaning of its parameter `device`: where its result is made.

    Without it, functions of a tensor `input` or `self` make their result where that is, and the
    others on the default device.
    """
    parameters = inspect.signature(f).parameters
    names = list(parameters)
    if "device" not in names[1:]:
        return f
    by_position = parameters["device"].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    at = names.index("device") if by_position else len(names) + 1
    follows = names[0] in ("input", "self")

    @functools.wraps(f)
    def g(*args, device=None, **kwargs):
        if len(args) > at:
            device = args[at]
            args = (*args[:at], None, *args[at + 1 :])
        if device is None and follows and args and isinstance(args[0], Tensor):
            device = args[0].device
        if device is None:
            return f(*args, **kwargs)
        with placed(device):
            if len(args) > at:
                return f(*args[:at], device, *args[at + 1 :], **kwargs)
            return f(*args, device=device, **kwargs)

    return g


def move(x, device):
    """x on another device: a copy, through which gradients flow back to where x is."""
    device = device if isinstance(device, _core.device) else _core.device(device)
    if device == x.device:
        return x
    if not (x.requires_grad and _core.is_grad_enabled()):
        return _core.to_device(x, device)
    return _moving().apply(x, device)


@functools.cache
def _moving():
    from .autograd import Function

    class ToCopy(Function):
        """A copy to another device; the gradient is copied back."""

        @staticmethod
        def forward(ctx, x, device):
            ctx.back = x.device
            return _core.to_device(x, device)

        @staticmethod
        def backward(ctx, g):
            return move(g, ctx.back), None

    return ToCopy


def host_values(x, op):
    """x's values as a NumPy array that is only read, for what the host has to look at.

    Where that takes a copy from another device, `explain` tells which op asked for it.
    """
    values = x.numpy(force=True)
    if not _core.is_host(x.device):
        _core.note_host_call(op, x.device)
    return values


def accelerator_named(op, word):
    """The device type that `word` stands for; raises as PyTorch does where there is none."""
    name = _core.driver_name(word)
    if name is None:
        fail_runtime(
            op, f"this build has no devices called {word}", word, "a target of this build",
            "python -m portico devices",
        )  # fmt: skip
    return name
