"""Limited-memory BFGS, with a line search that meets the strong Wolfe conditions."""

import portico as pt
from portico import _core
from portico._fail import fail_runtime, fail_value
from portico.errors import PorticoRuntimeError

from ._settings import number, settings
from .optimizer import Optimizer


def _cubic_minimum(a, b, bounds=None):
    """Minimum of the cubic through two points (x, f, slope), kept within bounds."""
    (x1, f1, g1), (x2, f2, g2) = a, b
    low, high = bounds or (min(x1, x2), max(x1, x2))
    if x1 == x2:
        return (low + high) / 2
    d1 = g1 + g2 - 3 * (f1 - f2) / (x1 - x2)
    square = d1 * d1 - g1 * g2
    if square < 0:
        return (low + high) / 2
    d2 = square**0.5
    if x1 <= x2:
        best = x2 - (x2 - x1) * ((g2 + d2 - d1) / (g2 - g1 + 2 * d2))
    else:
        best = x1 - (x1 - x2) * ((g1 + d2 - d1) / (g1 - g2 + 2 * d2))
    return min(max(best, low), high)


def strong_wolfe(evaluate, t, f0, slope0, direction_size, tolerance, c1=1e-4, c2=0.9, tries=25):
    """A step length t that satisfies the strong Wolfe conditions (Nocedal & Wright, 3.5).

    `evaluate(t)` gives the loss, the gradient and its slope along the direction.
    Returns t, loss, gradient and the number of evaluations.
    """
    f, g, slope = evaluate(t)
    count = 1
    previous = (0.0, f0, slope0, None)
    low = high = None
    while count <= tries:
        here = (t, f, slope, g)
        if f > f0 + c1 * t * slope0 or (count > 1 and f >= previous[1]):
            low, high = previous, here
            break
        if abs(slope) <= -c2 * slope0:
            return t, f, g, count
        if slope >= 0:
            low, high = previous, here
            break
        least, most = t + 0.01 * (t - previous[0]), t * 10
        following = _cubic_minimum(previous[:3], here[:3], (least, most))
        previous, t = here, following
        f, g, slope = evaluate(t)
        count += 1
    else:
        low, high = (0.0, f0, slope0, None), (t, f, slope, g)
    # Zoom: `low` is the better end of the bracket.
    if high[1] < low[1]:
        low, high = high, low
    stalled = False
    while count <= tries:
        width = abs(high[0] - low[0])
        if width * direction_size < tolerance:
            break
        t = _cubic_minimum(low[:3], high[:3])
        ends = sorted((low[0], high[0]))
        margin = 0.1 * width
        if min(ends[1] - t, t - ends[0]) < margin:
            if stalled or t >= ends[1] or t <= ends[0]:
                t = ends[1] - margin if abs(t - ends[1]) < abs(t - ends[0]) else ends[0] + margin
                stalled = False
            else:
                stalled = True
        else:
            stalled = False
        f, g, slope = evaluate(t)
        count += 1
        here = (t, f, slope, g)
        if f > f0 + c1 * t * slope0 or f >= low[1]:
            high = here
            if high[1] < low[1]:
                low, high = high, low
        else:
            if abs(slope) <= -c2 * slope0:
                low = here
                break
            if slope * (high[0] - low[0]) >= 0:
                high = low
            low = here
    return low[0], low[1], low[3], count


class LBFGS(Optimizer):
    """Quasi-Newton steps from the last `history_size` changes of the gradient.

    Args:
        params: an iterable of tensors, one parameter group.
        lr (float): step size.
        max_iter, max_eval (int): iterations and evaluations of a step; max_eval is 1.25 times
            max_iter by default.
        tolerance_grad, tolerance_change (float): a step ends below these.
        history_size (int): how many changes are kept.
        line_search_fn (str): "strong_wolfe", or None for steps of size lr.

    Raises:
        ValueError: a negative lr, several parameter groups; RuntimeError: another line search.

    Source: Nocedal & Wright, "Numerical Optimization", chapters 3 and 7.

    >>> w = pt.nn.Parameter(pt.tensor([3.0]))
    >>> opt = pt.optim.LBFGS([w], line_search_fn="strong_wolfe")
    >>> def closure():
    ...     opt.zero_grad()
    ...     loss = ((w - 1) * (w - 1)).sum()
    ...     loss.backward()
    ...     return loss
    >>> loss = opt.step(closure)
    >>> w.detach().round(decimals=3)
    tensor([1.])
    """

    def __init__(
        self, params, lr=1, max_iter=20, max_eval=None, tolerance_grad=1e-7, tolerance_change=1e-9,
        history_size=100, line_search_fn=None,
    ):  # fmt: skip
        if max_eval is None:
            max_eval = max_iter * 5 // 4
        super().__init__(params, settings(locals()))
        if len(self.param_groups) != 1:
            fail_value("LBFGS", "LBFGS doesn't support per-parameter options (parameter groups)")
        self._params = self.param_groups[0]["params"]

    def _flat_grad(self):
        parts = [(pt.zeros_like(p) if p.grad is None else p.grad).reshape(-1) for p in self._params]
        return pt.cat(parts)

    def _move(self, start, t, direction):
        """Parameters = start + t * direction."""
        flat = start + direction * _core.scalar(t, direction.dtype)
        offset = 0
        for p in self._params:
            count = p.numel()
            p._assign(flat[offset : offset + count].reshape(p.shape))
            offset += count

    def _direction(self, state, grad):
        """Minus the inverse Hessian estimate times the gradient: two-loop recursion.

        Evaluated pair by pair: the whole would be another program for every length
        of the history.
        """
        q = -grad
        shares = []
        for change, step, inverse in reversed(state["history"]):
            share = (step * q).sum() * inverse
            shares.append(share)
            q = q - change * share
            _core.evaluate([q, share])
        q = q * _core.scalar(state["H_diag"], q.dtype)
        for (change, step, inverse), share in zip(state["history"], reversed(shares), strict=True):
            q = q + step * (share - (change * q).sum() * inverse)
            _core.evaluate([q])
        return q

    def step(self, closure):
        """Up to `max_iter` iterations, which call `closure`; returns the loss before the first.

        Raises:
            RuntimeError: no closure.

        >>> w = pt.nn.Parameter(pt.tensor([3.0]))
        >>> opt = pt.optim.LBFGS([w])
        >>> def closure():
        ...     opt.zero_grad()
        ...     loss = (w * w).sum()
        ...     loss.backward()
        ...     return loss
        >>> opt.step(closure).detach()
        tensor(9.)
        """
        if closure is None:
            raise PorticoRuntimeError("[LBFGS] step needs a closure; try opt.step(closure)")
        group = self.param_groups[0]
        state = self.state[self._params[0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        state.setdefault("history", [])

        def evaluate():
            with pt.enable_grad():
                loss = closure()
            state["func_evals"] += 1
            return loss

        with pt.no_grad():
            first = evaluate()
            self._iterate(group, state, evaluate, float(first))
        self._finish_step()
        return first

    def _iterate(self, group, state, evaluate, loss):
        lr, tolerance = number(group["lr"]), group["tolerance_change"]
        grad = self._flat_grad()
        evaluations = 1
        if float(grad.abs().max()) <= group["tolerance_grad"]:
            return
        for iteration in range(1, group["max_iter"] + 1):
            state["n_iter"] += 1
            direction = self._next_direction(group, state, grad)
            previous_grad, previous_loss = grad, loss
            if state["n_iter"] == 1:
                t = min(1.0, 1.0 / float(grad.abs().sum())) * lr
            else:
                t = lr
            slope = float((grad * direction).sum())
            if slope > -tolerance:
                break
            if group["line_search_fn"] is not None:
                loss, grad, t, used = self._search(
                    group, evaluate, t, loss, slope, direction, tolerance
                )
            else:
                start = pt.cat([p.reshape(-1) for p in self._params])
                self._move(start, t, direction)
                used = 0
                if iteration != group["max_iter"]:
                    loss = float(evaluate())
                    grad, used = self._flat_grad(), 1
            state["t"], state["d"] = t, direction
            state["prev_flat_grad"], state["prev_loss"] = previous_grad, previous_loss
            evaluations += used
            if evaluations >= group["max_eval"]:
                break
            if float(grad.abs().max()) <= group["tolerance_grad"]:
                break
            if float(direction.abs().max()) * abs(t) <= tolerance:
                break
            if abs(loss - previous_loss) < tolerance:
                break

    def _next_direction(self, group, state, grad):
        if state["n_iter"] == 1:
            state["history"], state["H_diag"] = [], 1.0
            return -grad
        change = grad - state["prev_flat_grad"]
        step = state["d"] * _core.scalar(state["t"], grad.dtype)
        curvature = float((change * step).sum())
        if curvature > 1e-10:
            if len(state["history"]) == group["history_size"]:
                state["history"].pop(0)
            state["history"].append((change, step, 1.0 / curvature))
            state["H_diag"] = curvature / float((change * change).sum())
        return self._direction(state, grad)

    def _search(self, group, evaluate, t, loss, slope, direction, tolerance):
        if group["line_search_fn"] != "strong_wolfe":
            fail_runtime("LBFGS", "only 'strong_wolfe' is supported")
        start = pt.cat([p.reshape(-1) for p in self._params]).clone()
        start_grad = self._flat_grad()

        def along(length):
            self._move(start, length, direction)
            value = float(evaluate())
            grad = self._flat_grad()
            return value, grad, float((grad * direction).sum())

        size = float(direction.abs().max())
        t, loss, grad, used = strong_wolfe(along, t, loss, slope, size, tolerance)
        self._move(start, t, direction)
        return loss, start_grad if grad is None else grad, t, used
