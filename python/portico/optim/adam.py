"""Adam and its relatives: running means of the gradient and of its square."""

import math

import portico as pt

from .optimizer import Optimizer, check_range, number


def check_adam(lr, betas, eps, weight_decay):
    check_range("learning rate", lr, number(lr) >= 0.0)
    check_range("epsilon value", eps, eps >= 0.0)
    for i, beta in enumerate(betas):
        check_range(f"beta parameter at index {i}", beta, 0.0 <= beta < 1.0)
    check_range("weight_decay value", weight_decay, weight_decay >= 0.0)


def moments(p, grad, state, betas, scalar):
    """Advances the step count and both running means; returns them."""
    if not state:
        state["step"] = 0
        state["exp_avg"] = pt.zeros_like(p)
        state["exp_avg_sq"] = pt.zeros_like(p)
    state["step"] += 1
    mean, square = state["exp_avg"], state["exp_avg_sq"]
    mean._assign(mean + (grad - mean) * scalar(1 - betas[0], p))
    square._assign(square * scalar(betas[1], p) + grad * grad * scalar(1 - betas[1], p))
    return state["step"], mean, square


def decayed(p, grad, group, scalar, decoupled):
    """The gradient with weight decay in it, or p made smaller by it."""
    decay = group["weight_decay"]
    if not decay:
        return grad
    if decoupled:
        p._assign(p * scalar(1 - number(group["lr"]) * decay, p))
        return grad
    return grad + p * scalar(decay, p)


class Adam(Optimizer):
    """Adaptive moment estimation (Kingma & Ba, 2014).

    >>> w = pt.nn.Parameter(pt.tensor([1.0]))
    >>> opt = pt.optim.Adam([w], lr=0.1)
    >>> (w * w).sum().backward(); opt.step(); w.detach()
    tensor([0.9000])
    """

    _decoupled = False

    def __init__(
        self,
        params,
        lr=1e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0,
        amsgrad=False,
        *,
        foreach=None,
        maximize=False,
        capturable=False,
        differentiable=False,
        fused=None,
        decoupled_weight_decay=False,
    ):
        check_adam(lr, betas, eps, weight_decay)
        defaults = {
            "lr": lr,
            "betas": tuple(betas),
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
            "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, defaults)

    def update(self, p, grad, state, group, scalar):
        betas, lr = group["betas"], number(group["lr"])
        grad = decayed(p, grad, group, scalar, group["decoupled_weight_decay"])
        step, mean, square = moments(p, grad, state, betas, scalar)
        if group["amsgrad"]:
            if "max_exp_avg_sq" not in state:
                state["max_exp_avg_sq"] = pt.zeros_like(p)
            largest = state["max_exp_avg_sq"]
            largest._assign(pt.maximum(largest, square))
            square = largest
        # The corrections for the start from zero are numbers of this step.
        root = math.sqrt(1 - betas[1] ** step)
        size = lr / (1 - betas[0] ** step)
        denominator = square.sqrt() * scalar(1 / root, p) + scalar(group["eps"], p)
        p._assign(p - mean / denominator * scalar(size, p))


class AdamW(Adam):
    """Adam with weight decay apart from the gradient (Loshchilov & Hutter, 2017)."""

    def __init__(
        self,
        params,
        lr=1e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=1e-2,
        amsgrad=False,
        *,
        maximize=False,
        foreach=None,
        capturable=False,
        differentiable=False,
        fused=None,
    ):
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            foreach=foreach,
            maximize=maximize,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
        )


class Adamax(Optimizer):
    """Adam with the largest gradient in place of the mean square."""

    def __init__(
        self,
        params,
        lr=2e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0,
        foreach=None,
        *,
        maximize=False,
        differentiable=False,
        capturable=False,
    ):
        check_adam(lr, betas, eps, weight_decay)
        defaults = {
            "lr": lr,
            "betas": tuple(betas),
            "eps": eps,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def update(self, p, grad, state, group, scalar):
        if not state:
            state["step"] = 0
            state["exp_avg"], state["exp_inf"] = pt.zeros_like(p), pt.zeros_like(p)
        state["step"] += 1
        grad = decayed(p, grad, group, scalar, False)
        (beta1, beta2), mean, largest = group["betas"], state["exp_avg"], state["exp_inf"]
        mean._assign(mean + (grad - mean) * scalar(1 - beta1, p))
        candidate = grad.abs() + scalar(group["eps"], p)
        largest._assign(pt.maximum(largest * scalar(beta2, p), candidate))
        size = number(group["lr"]) / (1 - beta1 ** state["step"])
        p._assign(p - mean / largest * scalar(size, p))


class NAdam(Optimizer):
    """Adam with Nesterov momentum (Dozat, 2016)."""

    def __init__(
        self,
        params,
        lr=2e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0,
        momentum_decay=4e-3,
        decoupled_weight_decay=False,
        *,
        foreach=None,
        maximize=False,
        capturable=False,
        differentiable=False,
    ):
        check_adam(lr, betas, eps, weight_decay)
        check_range("momentum_decay value", momentum_decay, momentum_decay >= 0.0)
        defaults = {
            "lr": lr,
            "betas": tuple(betas),
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def update(self, p, grad, state, group, scalar):
        betas, lr, decay = group["betas"], number(group["lr"]), group["momentum_decay"]
        grad = decayed(p, grad, group, scalar, group["decoupled_weight_decay"])
        step, mean, square = moments(p, grad, state, betas, scalar)
        momentum = betas[0] * (1 - 0.5 * 0.96 ** (step * decay))
        following = betas[0] * (1 - 0.5 * 0.96 ** ((step + 1) * decay))
        product = state["mu_product"] = state.get("mu_product", 1.0) * momentum
        root = math.sqrt(1 - betas[1] ** step)
        denominator = square.sqrt() * scalar(1 / root, p) + scalar(group["eps"], p)
        now = lr * (1 - momentum) / (1 - product)
        ahead = lr * following / (1 - product * following)
        p._assign(p - (grad * scalar(now, p) + mean * scalar(ahead, p)) / denominator)


class RAdam(Optimizer):
    """Adam that waits until the variance of its steps is known (Liu et al., 2019)."""

    def __init__(
        self,
        params,
        lr=1e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0,
        decoupled_weight_decay=False,
        *,
        foreach=None,
        maximize=False,
        capturable=False,
        differentiable=False,
    ):
        check_adam(lr, betas, eps, weight_decay)
        defaults = {
            "lr": lr,
            "betas": tuple(betas),
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "decoupled_weight_decay": decoupled_weight_decay,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def update(self, p, grad, state, group, scalar):
        betas, lr = group["betas"], number(group["lr"])
        grad = decayed(p, grad, group, scalar, group["decoupled_weight_decay"])
        step, mean, square = moments(p, grad, state, betas, scalar)
        correction = 1 - betas[1] ** step
        longest = 2 / (1 - betas[1]) - 1
        length = longest - 2 * step * betas[1] ** step / correction
        size = lr / (1 - betas[0] ** step)
        if length <= 5.0:
            p._assign(p - mean * scalar(size, p))
            return
        rectified = math.sqrt(
            (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
        )
        size *= rectified * math.sqrt(correction)
        p._assign(p - mean / (square.sqrt() + scalar(group["eps"], p)) * scalar(size, p))
