"""Optimizers that scale each element by the size of its past gradients."""

import portico as pt

from .adam import decayed
from .optimizer import Optimizer, check_range, number


class Adagrad(Optimizer):
    """Divides by the root of the sum of squared gradients (Duchi et al., 2011)."""

    def __init__(
        self,
        params,
        lr=1e-2,
        lr_decay=0,
        weight_decay=0,
        initial_accumulator_value=0,
        eps=1e-10,
        foreach=None,
        *,
        maximize=False,
        differentiable=False,
        fused=None,
    ):
        check_range("learning rate", lr, number(lr) >= 0.0)
        check_range("lr_decay value", lr_decay, lr_decay >= 0.0)
        check_range("weight_decay value", weight_decay, weight_decay >= 0.0)
        check_range(
            "initial_accumulator_value value",
            initial_accumulator_value,
            initial_accumulator_value >= 0.0,
        )
        check_range("epsilon value", eps, eps >= 0.0)
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)
        for group in self.param_groups:
            for p in group["params"]:
                total = pt.full_like(p.detach(), group["initial_accumulator_value"])
                self.state[p] = {"step": 0, "sum": total}

    def update(self, p, grad, state, group, scalar):
        state["step"] += 1
        grad = decayed(p, grad, group, scalar, False)
        size = number(group["lr"]) / (1 + (state["step"] - 1) * group["lr_decay"])
        total = state["sum"]
        total._assign(total + grad * grad)
        p._assign(p - grad / (total.sqrt() + scalar(group["eps"], p)) * scalar(size, p))


class RMSprop(Optimizer):
    """Divides by the root of the running mean of squared gradients (Hinton, 2012)."""

    def __init__(
        self,
        params,
        lr=1e-2,
        alpha=0.99,
        eps=1e-8,
        weight_decay=0,
        momentum=0,
        centered=False,
        capturable=False,
        foreach=None,
        maximize=False,
        differentiable=False,
    ):
        check_range("learning rate", lr, number(lr) >= 0.0)
        check_range("epsilon value", eps, eps >= 0.0)
        check_range("momentum value", momentum, momentum >= 0.0)
        check_range("weight_decay value", weight_decay, weight_decay >= 0.0)
        check_range("alpha value", alpha, alpha >= 0.0)
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "alpha": alpha,
            "eps": eps,
            "centered": centered,
            "weight_decay": weight_decay,
            "capturable": capturable,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def update(self, p, grad, state, group, scalar):
        if not state:
            state["step"], state["square_avg"] = 0, pt.zeros_like(p)
            if group["momentum"] > 0:
                state["momentum_buffer"] = pt.zeros_like(p)
            if group["centered"]:
                state["grad_avg"] = pt.zeros_like(p)
        state["step"] += 1
        grad = decayed(p, grad, group, scalar, False)
        alpha, rest = scalar(group["alpha"], p), scalar(1 - group["alpha"], p)
        square = state["square_avg"]
        square._assign(square * alpha + grad * grad * rest)
        spread = square
        if group["centered"]:
            mean = state["grad_avg"]
            mean._assign(mean + (grad - mean) * rest)
            spread = square - mean * mean
        direction = grad / (spread.sqrt() + scalar(group["eps"], p))
        if group["momentum"] > 0:
            velocity = state["momentum_buffer"]
            velocity._assign(velocity * scalar(group["momentum"], p) + direction)
            direction = velocity
        p._assign(p - direction * scalar(number(group["lr"]), p))


class Adadelta(Optimizer):
    """Scales by the ratio of past steps to past gradients (Zeiler, 2012)."""

    def __init__(
        self,
        params,
        lr=1.0,
        rho=0.9,
        eps=1e-6,
        weight_decay=0,
        foreach=None,
        *,
        capturable=False,
        maximize=False,
        differentiable=False,
    ):
        check_range("learning rate", lr, number(lr) >= 0.0)
        check_range("rho value", rho, 0.0 <= rho <= 1.0)
        check_range("epsilon value", eps, eps >= 0.0)
        check_range("weight_decay value", weight_decay, weight_decay >= 0.0)
        defaults = {
            "lr": lr,
            "rho": rho,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "capturable": capturable,
            "foreach": foreach,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def update(self, p, grad, state, group, scalar):
        if not state:
            state["step"] = 0
            state["square_avg"], state["acc_delta"] = pt.zeros_like(p), pt.zeros_like(p)
        state["step"] += 1
        grad = decayed(p, grad, group, scalar, False)
        rho, rest, eps = (
            scalar(group["rho"], p),
            scalar(1 - group["rho"], p),
            scalar(group["eps"], p),
        )
        square, steps = state["square_avg"], state["acc_delta"]
        square._assign(square * rho + grad * grad * rest)
        delta = (steps + eps).sqrt() / (square + eps).sqrt() * grad
        steps._assign(steps * rho + delta * delta * rest)
        p._assign(p - delta * scalar(number(group["lr"]), p))


class Rprop(Optimizer):
    """Steps whose sizes grow while the sign of the gradient stays (Riedmiller & Braun, 1993)."""

    def __init__(
        self,
        params,
        lr=1e-2,
        etas=(0.5, 1.2),
        step_sizes=(1e-6, 50),
        *,
        capturable=False,
        foreach=None,
        maximize=False,
        differentiable=False,
    ):
        check_range("learning rate", lr, number(lr) >= 0.0)
        check_range("eta values", etas, 0.0 < etas[0] < 1.0 < etas[1])
        defaults = {
            "lr": lr,
            "etas": etas,
            "step_sizes": step_sizes,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def update(self, p, grad, state, group, scalar):
        if not state:
            state["step"], state["prev"] = 0, pt.zeros_like(p)
            state["step_size"] = pt.full_like(p, number(group["lr"]))
        state["step"] += 1
        (shrink, grow), (least, most) = group["etas"], group["step_sizes"]
        previous, size = state["prev"], state["step_size"]
        agreement = grad * previous
        one, zero = scalar(1.0, p), scalar(0.0, p)
        factor = pt.where(agreement > 0, scalar(grow, p), one)
        factor = pt.where(agreement < 0, scalar(shrink, p), factor)
        grown = pt.minimum(pt.maximum(size * factor, scalar(least, p)), scalar(most, p))
        size._assign(grown)
        grad = pt.where(agreement < 0, zero, grad)  # after a turn, wait one step
        p._assign(p - grad.sign() * size)
        previous._assign(grad.clone() if grad is p.grad else grad)


class ASGD(Optimizer):
    """Gradient descent that also keeps the mean of its path (Polyak & Juditsky, 1992)."""

    def __init__(
        self,
        params,
        lr=1e-2,
        lambd=1e-4,
        alpha=0.75,
        t0=1e6,
        weight_decay=0,
        foreach=None,
        maximize=False,
        differentiable=False,
        capturable=False,
    ):
        check_range("learning rate", lr, number(lr) >= 0.0)
        check_range("weight_decay value", weight_decay, weight_decay >= 0.0)
        defaults = {
            "lr": lr,
            "lambd": lambd,
            "alpha": alpha,
            "t0": t0,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def update(self, p, grad, state, group, scalar):
        lr, lambd = number(group["lr"]), group["lambd"]
        if not state:
            state["step"], state["eta"], state["mu"] = 0, lr, 1.0
            state["ax"] = pt.zeros_like(p)
        state["step"] += 1
        step, eta, mean = state["step"], number(state["eta"]), state["ax"]
        grad = decayed(p, grad, group, scalar, False)
        p._assign(p * scalar(1 - lambd * eta, p) - grad * scalar(eta, p))
        mean._assign(mean + (p - mean) * scalar(number(state["mu"]), p))
        state["eta"] = lr / (1 + lambd * lr * step) ** group["alpha"]
        state["mu"] = 1 / max(1, step - group["t0"])
