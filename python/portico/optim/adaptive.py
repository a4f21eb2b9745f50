"""Optimizers that scale each element by the size of its past gradients."""

import portico as pt

from ._settings import check_range, number, settings
from ._state import advance, approach, decayed
from .optimizer import Optimizer


class Adagrad(Optimizer):
    """Divides by the root of the sum of squared gradients.

    Args:
        params: an iterable of tensors or of dicts with ``params`` and settings of their own.
        lr (float): step size, divided by ``1 + (step - 1) * lr_decay``.
        weight_decay (float): this times the parameter is added to the gradient.
        initial_accumulator_value (float): what the sums start from.
        eps (float): added to the denominator.
        maximize (bool): go uphill.
        foreach, differentiable, fused: accepted; every step is compiled anyway.

    Raises:
        ValueError: a negative setting, an empty or repeated parameter list.

    Source: Duchi et al., "Adaptive Subgradient Methods", 2011.

    >>> w = pt.nn.Parameter(pt.tensor([1.0]))
    >>> opt = pt.optim.Adagrad([w], lr=0.1)
    >>> (w * w).sum().backward(); opt.step(); w.detach()
    tensor([0.9000])
    """

    def __init__(
        self, params, lr=1e-2, lr_decay=0, weight_decay=0, initial_accumulator_value=0, eps=1e-10,
        foreach=None, *, maximize=False, differentiable=False, fused=None,
    ):  # fmt: skip
        super().__init__(params, settings(locals()))
        for group in self.param_groups:
            for p in group["params"]:
                total = pt.full_like(p.detach(), group["initial_accumulator_value"])
                self.state[p] = {"step": 0, "sum": total}

    def update(self, p, grad, state, group, scalar):
        step, total = advance(p, state, "sum")
        grad = decayed(p, grad, group, scalar)
        size = number(group["lr"]) / (1 + (step - 1) * group["lr_decay"])
        total._assign(total + grad * grad)
        p._assign(p - grad / (total.sqrt() + scalar(group["eps"], p)) * scalar(size, p))


class RMSprop(Optimizer):
    """Divides by the root of the running mean of squared gradients.

    Args:
        params: an iterable of tensors or of dicts with ``params`` and settings of their own.
        lr (float): step size.
        alpha (float): how much of the running mean is kept.
        eps (float): added to the denominator.
        weight_decay (float): this times the parameter is added to the gradient.
        momentum (float): how much of the last direction is kept.
        centered (bool): divide by the standard deviation instead (Graves, 2013).
        maximize (bool): go uphill.
        capturable, foreach, differentiable: accepted; every step is compiled anyway.

    Raises:
        ValueError: a negative setting, an empty or repeated parameter list.

    Source: Hinton, "Neural Networks for Machine Learning", lecture 6e, 2012.

    >>> w = pt.nn.Parameter(pt.tensor([1.0]))
    >>> opt = pt.optim.RMSprop([w], lr=0.01)
    >>> (w * w).sum().backward(); opt.step(); w.detach()
    tensor([0.9000])
    """

    def __init__(
        self, params, lr=1e-2, alpha=0.99, eps=1e-8, weight_decay=0, momentum=0, centered=False,
        capturable=False, foreach=None, maximize=False, differentiable=False,
    ):  # fmt: skip
        check_range("alpha value", alpha, alpha >= 0)
        super().__init__(params, settings(locals()))

    def update(self, p, grad, state, group, scalar):
        names = ["square_avg"]
        names += ["momentum_buffer"] if group["momentum"] > 0 else []
        names += ["grad_avg"] if group["centered"] else []
        _, square, *_ = advance(p, state, *names)
        grad = decayed(p, grad, group, scalar)
        alpha, rest = scalar(group["alpha"], p), scalar(1 - group["alpha"], p)
        square._assign(square * alpha + grad * grad * rest)
        spread = square
        if group["centered"]:
            mean = state["grad_avg"]
            approach(mean, grad, rest)
            spread = square - mean * mean
        direction = grad / (spread.sqrt() + scalar(group["eps"], p))
        if group["momentum"] > 0:
            velocity = state["momentum_buffer"]
            velocity._assign(velocity * scalar(group["momentum"], p) + direction)
            direction = velocity
        p._assign(p - direction * scalar(number(group["lr"]), p))


class Adadelta(Optimizer):
    """Scales by the ratio of the root mean squares of past steps and past gradients.

    Args:
        params: an iterable of tensors or of dicts with ``params`` and settings of their own.
        lr (float): what the step is multiplied by.
        rho (float): how much of the running means is kept, in [0, 1].
        eps (float): added to both mean squares.
        weight_decay (float): this times the parameter is added to the gradient.
        maximize (bool): go uphill.
        foreach, capturable, differentiable: accepted; every step is compiled anyway.

    Raises:
        ValueError: a setting out of its range, an empty or repeated parameter list.

    Source: Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012.

    >>> w = pt.nn.Parameter(pt.tensor([1.0]))
    >>> opt = pt.optim.Adadelta([w], eps=0.01)
    >>> (w * w).sum().backward(); opt.step(); w.detach()
    tensor([0.6877])
    """

    def __init__(
        self, params, lr=1.0, rho=0.9, eps=1e-6, weight_decay=0, foreach=None, *,
        capturable=False, maximize=False, differentiable=False,
    ):  # fmt: skip
        check_range("rho value", rho, 0 <= rho <= 1)
        super().__init__(params, settings(locals()))

    def update(self, p, grad, state, group, scalar):
        _, square, steps = advance(p, state, "square_avg", "acc_delta")
        grad = decayed(p, grad, group, scalar)
        rho, rest = scalar(group["rho"], p), scalar(1 - group["rho"], p)
        eps = scalar(group["eps"], p)
        square._assign(square * rho + grad * grad * rest)
        delta = (steps + eps).sqrt() / (square + eps).sqrt() * grad
        steps._assign(steps * rho + delta * delta * rest)
        p._assign(p - delta * scalar(number(group["lr"]), p))


class Rprop(Optimizer):
    """Steps whose sizes grow while the sign of the gradient stays and shrink when it turns.

    Args:
        params: an iterable of tensors or of dicts with ``params`` and settings of their own.
        lr (float): the first step size.
        etas (tuple): what sizes are multiplied by after a turn (in (0, 1)) and else (above 1).
        step_sizes (tuple): smallest and largest step.
        maximize (bool): go uphill.
        capturable, foreach, differentiable: accepted; every step is compiled anyway.

    Raises:
        ValueError: a setting out of its range, an empty or repeated parameter list.

    Source: Riedmiller & Braun, "A Direct Adaptive Method for Faster Backpropagation", 1993.

    >>> w = pt.nn.Parameter(pt.tensor([1.0]))
    >>> opt = pt.optim.Rprop([w], lr=0.1)
    >>> (w * w).sum().backward(); opt.step(); w.detach()
    tensor([0.9000])
    """

    def __init__(
        self, params, lr=1e-2, etas=(0.5, 1.2), step_sizes=(1e-6, 50), *, capturable=False,
        foreach=None, maximize=False, differentiable=False,
    ):  # fmt: skip
        check_range("eta values", etas, 0 < etas[0] < 1 < etas[1])
        super().__init__(params, settings(locals()))

    def update(self, p, grad, state, group, scalar):
        if not state:
            state["step_size"] = pt.full_like(p, number(group["lr"]))
            state["step"], state["prev"] = 0, pt.zeros_like(p)
        _, previous, size = advance(p, state, "prev", "step_size")
        (shrink, grow), (least, most) = group["etas"], group["step_sizes"]
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
    """Gradient descent that also keeps the mean of its path, in the state's ``ax``.

    Args:
        params: an iterable of tensors or of dicts with ``params`` and settings of their own.
        lr (float): the first step size.
        lambd (float): decay of parameters and step sizes.
        alpha (float): power of the decay of step sizes.
        t0 (float): the step at which the mean begins.
        weight_decay (float): this times the parameter is added to the gradient.
        maximize (bool): go uphill.
        foreach, differentiable, capturable: accepted; every step is compiled anyway.

    Raises:
        ValueError: a negative lr or weight_decay, an empty or repeated parameter list.

    Source: Polyak & Juditsky, "Acceleration of Stochastic Approximation by Averaging", 1992.

    >>> w = pt.nn.Parameter(pt.tensor([1.0]))
    >>> opt = pt.optim.ASGD([w], lr=0.1)
    >>> (w * w).sum().backward(); opt.step(); w.detach()
    tensor([0.8000])
    """

    def __init__(
        self, params, lr=1e-2, lambd=1e-4, alpha=0.75, t0=1e6, weight_decay=0, foreach=None,
        maximize=False, differentiable=False, capturable=False,
    ):  # fmt: skip
        super().__init__(params, settings(locals()))

    def update(self, p, grad, state, group, scalar):
        lr, lambd = number(group["lr"]), group["lambd"]
        step, mean = advance(p, state, "ax")
        eta = number(state.get("eta", lr))
        grad = decayed(p, grad, group, scalar)
        p._assign(p * scalar(1 - lambd * eta, p) - grad * scalar(eta, p))
        approach(mean, p, scalar(number(state.get("mu", 1.0)), p))
        state["eta"] = lr / (1 + lambd * lr * step) ** group["alpha"]
        state["mu"] = 1 / max(1, step - group["t0"])
