"""Stochastic gradient descent."""

from portico._fail import fail_value

from ._settings import number, settings
from ._state import decayed
from .optimizer import Optimizer


class SGD(Optimizer):
    """``p -= lr * g``, with momentum, Nesterov momentum and weight decay.

    Args:
        params: an iterable of tensors or of dicts with ``params`` and settings of their own.
        lr (float): step size.
        momentum (float): how much of the last step is kept.
        dampening (float): how much of the gradient is left out of the momentum.
        weight_decay (float): this times the parameter is added to the gradient.
        nesterov (bool): look ahead along the momentum (Sutskever et al., 2013).
        maximize (bool): go uphill.
        foreach, differentiable, fused: accepted; every step is compiled anyway.

    Raises:
        ValueError: a negative setting, Nesterov without momentum or with dampening, an empty or
            repeated parameter list.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html

    >>> w = pt.nn.Parameter(pt.tensor([1.0]))
    >>> opt = pt.optim.SGD([w], lr=0.5)
    >>> (w * w).sum().backward(); opt.step(); w.detach()
    tensor([0.])
    """

    def __init__(
        self, params, lr=1e-3, momentum=0, dampening=0, weight_decay=0, nesterov=False, *,
        maximize=False, foreach=None, differentiable=False, fused=None,
    ):  # fmt: skip
        if nesterov and (momentum <= 0 or dampening != 0):
            fail_value("SGD", "Nesterov momentum requires a momentum and zero dampening")
        super().__init__(params, settings(locals()))

    def update(self, p, grad, state, group, scalar):
        grad = decayed(p, grad, group, scalar)
        momentum = group["momentum"]
        if momentum:
            velocity = state.get("momentum_buffer")
            if velocity is None:
                velocity = state["momentum_buffer"] = grad.clone()
            else:
                fresh = grad
                if group["dampening"]:
                    fresh = grad * scalar(1 - group["dampening"], p)
                velocity._assign(velocity * scalar(momentum, p) + fresh)
            grad = grad + velocity * scalar(momentum, p) if group["nesterov"] else velocity
        p._assign(p - grad * scalar(number(group["lr"]), p))
