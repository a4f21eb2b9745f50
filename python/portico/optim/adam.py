"""Adam and its relatives: running means of the gradient and of its square."""

import math

import portico as pt

from ._settings import number, settings
from ._state import advance, approach, decayed
from .optimizer import Optimizer


class _Adam(Optimizer):
    """What the family shares: both running means, and their corrections for starting at zero."""

    def _moments(self, p, grad, state, betas, scalar):
        """Advances the step count and both running means; returns them."""
        step, mean, square = advance(p, state, "exp_avg", "exp_avg_sq")
        approach(mean, grad, scalar(1 - betas[0], p))
        square._assign(square * scalar(betas[1], p) + grad * grad * scalar(1 - betas[1], p))
        return step, mean, square

    def _denominator(self, p, square, step, group, scalar):
        """The root of the corrected mean square, kept away from 0 by eps."""
        root = math.sqrt(1 - group["betas"][1] ** step)
        return square.sqrt() * scalar(1 / root, p) + scalar(group["eps"], p)


class Adam(_Adam):
    """Adaptive moment estimation.

    ``m`` and ``v`` are running means of the gradient and its square, corrected for their start
    at 0; ``p -= lr * m / (sqrt(v) + eps)``.

    Args:
        params: an iterable of tensors or of dicts with ``params`` and settings of their own.
        lr (float): step size.
        betas (tuple): how much of each running mean is kept, numbers in [0, 1).
        eps (float): added to the denominator.
        weight_decay (float): this times the parameter is added to the gradient.
        amsgrad (bool): divide by the largest v so far (Reddi et al., 2018).
        maximize (bool): go uphill.
        decoupled_weight_decay (bool): shrink the parameter itself, as `AdamW`.
        foreach, capturable, differentiable, fused: accepted; every step is compiled anyway.

    Raises:
        ValueError: a setting out of its range, an empty or repeated parameter list.

    Source: Kingma & Ba, "Adam: A Method for Stochastic Optimization", 2014.

    >>> w = pt.nn.Parameter(pt.tensor([1.0]))
    >>> opt = pt.optim.Adam([w], lr=0.1)
    >>> (w * w).sum().backward(); opt.step(); w.detach()
    tensor([0.9000])
    """

    def __init__(
        self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, amsgrad=False, *,
        foreach=None, maximize=False, capturable=False, differentiable=False, fused=None,
        decoupled_weight_decay=False,
    ):  # fmt: skip
        super().__init__(params, settings(locals()))

    def update(self, p, grad, state, group, scalar):
        grad = decayed(p, grad, group, scalar)
        step, mean, square = self._moments(p, grad, state, group["betas"], scalar)
        if group["amsgrad"]:
            if "max_exp_avg_sq" not in state:
                state["max_exp_avg_sq"] = pt.zeros_like(p)
            largest = state["max_exp_avg_sq"]
            largest._assign(pt.maximum(largest, square))
            square = largest
        size = number(group["lr"]) / (1 - group["betas"][0] ** step)
        denominator = self._denominator(p, square, step, group, scalar)
        p._assign(p - mean / denominator * scalar(size, p))


class AdamW(Adam):
    """`Adam` with weight decay apart from the gradient: ``p *= 1 - lr * weight_decay``.

    Arguments and errors are those of `Adam`.

    Raises:
        ValueError: a setting out of range, no parameters, or one that is given twice or no leaf.
        TypeError: what is no tensor.

    Source: Loshchilov & Hutter, "Decoupled Weight Decay Regularization", 2017.

    >>> w = pt.nn.Parameter(pt.tensor([1.0]))
    >>> opt = pt.optim.AdamW([w], lr=0.1, weight_decay=0.5)
    >>> (w * w).sum().backward(); opt.step(); w.detach()
    tensor([0.8500])
    """

    def __init__(
        self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2, amsgrad=False, *,
        maximize=False, foreach=None, capturable=False, differentiable=False, fused=None,
    ):  # fmt: skip
        super().__init__(params, **settings(locals()), decoupled_weight_decay=True)


class Adamax(Optimizer):
    """`Adam` with the largest gradient (decayed by beta2) in place of the root mean square.

    Arguments and errors are those of `Adam`.

    Raises:
        ValueError: a setting out of range, no parameters, or one that is given twice or no leaf.
        TypeError: what is no tensor.

    Source: Kingma & Ba, "Adam: A Method for Stochastic Optimization", 2014, section 7.1.

    >>> w = pt.nn.Parameter(pt.tensor([1.0]))
    >>> opt = pt.optim.Adamax([w], lr=0.1)
    >>> (w * w).sum().backward(); opt.step(); w.detach()
    tensor([0.9000])
    """

    def __init__(
        self, params, lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, foreach=None, *,
        maximize=False, differentiable=False, capturable=False,
    ):  # fmt: skip
        super().__init__(params, settings(locals()))

    def update(self, p, grad, state, group, scalar):
        beta1, beta2 = group["betas"]
        step, mean, largest = advance(p, state, "exp_avg", "exp_inf")
        grad = decayed(p, grad, group, scalar)
        approach(mean, grad, scalar(1 - beta1, p))
        candidate = grad.abs() + scalar(group["eps"], p)
        largest._assign(pt.maximum(largest * scalar(beta2, p), candidate))
        size = number(group["lr"]) / (1 - beta1**step)
        p._assign(p - mean / largest * scalar(size, p))


class NAdam(_Adam):
    """`Adam` with Nesterov momentum, whose weight grows over the first steps.

    Arguments and errors are those of `Adam`, and:

    Args:
        momentum_decay (float): how fast the weight of the momentum grows.

    Raises:
        ValueError: a setting out of range, no parameters, or one that is given twice or no leaf.
        TypeError: what is no tensor.

    Source: Dozat, "Incorporating Nesterov Momentum into Adam", 2016.

    >>> w = pt.nn.Parameter(pt.tensor([1.0]))
    >>> opt = pt.optim.NAdam([w], lr=0.1)
    >>> (w * w).sum().backward(); opt.step(); w.detach()
    tensor([0.8944])
    """

    def __init__(
        self, params, lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, momentum_decay=4e-3,
        decoupled_weight_decay=False, *, foreach=None, maximize=False, capturable=False,
        differentiable=False,
    ):  # fmt: skip
        super().__init__(params, settings(locals()))

    def update(self, p, grad, state, group, scalar):
        betas, lr, decay = group["betas"], number(group["lr"]), group["momentum_decay"]
        grad = decayed(p, grad, group, scalar)
        step, mean, square = self._moments(p, grad, state, betas, scalar)
        momentum = betas[0] * (1 - 0.5 * 0.96 ** (step * decay))
        following = betas[0] * (1 - 0.5 * 0.96 ** ((step + 1) * decay))
        product = state["mu_product"] = state.get("mu_product", 1.0) * momentum
        denominator = self._denominator(p, square, step, group, scalar)
        now = lr * (1 - momentum) / (1 - product)
        ahead = lr * following / (1 - product * following)
        p._assign(p - (grad * scalar(now, p) + mean * scalar(ahead, p)) / denominator)


class RAdam(_Adam):
    """`Adam` that takes plain momentum steps until the variance of its step size is known.

    Arguments and errors are those of `Adam`.

    Raises:
        ValueError: a setting out of range, no parameters, or one that is given twice or no leaf.
        TypeError: what is no tensor.

    Source: Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", 2019.

    >>> w = pt.nn.Parameter(pt.tensor([1.0]))
    >>> opt = pt.optim.RAdam([w], lr=0.1)
    >>> (w * w).sum().backward(); opt.step(); w.detach()
    tensor([0.8000])
    """

    def __init__(
        self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0,
        decoupled_weight_decay=False, *, foreach=None, maximize=False, capturable=False,
        differentiable=False,
    ):  # fmt: skip
        super().__init__(params, settings(locals()))

    def update(self, p, grad, state, group, scalar):
        betas = group["betas"]
        grad = decayed(p, grad, group, scalar)
        step, mean, square = self._moments(p, grad, state, betas, scalar)
        correction = 1 - betas[1] ** step
        longest = 2 / (1 - betas[1]) - 1
        length = longest - 2 * step * betas[1] ** step / correction
        size = number(group["lr"]) / (1 - betas[0] ** step)
        if length <= 5.0:
            p._assign(p - mean * scalar(size, p))
            return
        rectified = math.sqrt(
            (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
        )
        size *= rectified * math.sqrt(correction)
        p._assign(p - mean / (square.sqrt() + scalar(group["eps"], p)) * scalar(size, p))
