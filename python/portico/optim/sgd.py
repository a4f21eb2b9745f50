"""Stochastic gradient descent."""

from portico.errors import PorticoValueError

from .optimizer import Optimizer, check_range, number


class SGD(Optimizer):
    """``p -= lr * g``, with momentum, Nesterov momentum and weight decay.

    >>> w = pt.nn.Parameter(pt.tensor([1.0]))
    >>> opt = pt.optim.SGD([w], lr=0.5)
    >>> (w * w).sum().backward(); opt.step(); w.detach()
    tensor([0.])
    """

    def __init__(
        self,
        params,
        lr=1e-3,
        momentum=0,
        dampening=0,
        weight_decay=0,
        nesterov=False,
        *,
        maximize=False,
        foreach=None,
        differentiable=False,
        fused=None,
    ):
        check_range("learning rate", lr, number(lr) >= 0.0)
        check_range("momentum value", momentum, momentum >= 0.0)
        check_range("weight_decay value", weight_decay, weight_decay >= 0.0)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise PorticoValueError("Nesterov momentum requires a momentum and zero dampening")
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
            "foreach": foreach,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)

    def update(self, p, grad, state, group, scalar):
        if group["weight_decay"]:
            grad = grad + p * scalar(group["weight_decay"], p)
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
