"""`Optimizer`: parameter groups, state, closures and hooks around an update rule."""

from collections import OrderedDict, defaultdict

import portico as pt
from portico import _core
from portico._fail import fail_type, fail_value

from ._state import Scalars

Tensor = _core.Tensor


class Handle:
    """Removes a hook.

    >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))])
    >>> handle = opt.register_step_post_hook(lambda *args: print("stepped"))
    >>> handle.remove()
    >>> opt.step()
    """

    def __init__(self, hooks, hook):
        self._hooks, self._hook = hooks, hook

    def remove(self):
        """Removes the hook; a second time does nothing.

        >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))])
        >>> opt.register_step_post_hook(lambda *args: print("stepped")).remove()
        >>> opt.step()
        """
        if self._hook in self._hooks:
            self._hooks.remove(self._hook)


class Optimizer:
    """The base of all optimizers.

    A subclass defines ``update(p, grad, state, group, scalar)``, which writes
    the new value into ``p`` and its state, in place: the memory of the old
    values is reused. `scalar(value, like)` turns a number into a run-time
    argument. Every step ends with a flush, so each runs the same program.

    `defaults` are the settings of groups that say none.

    Raises:
        TypeError: parameters that are no tensors, or a set of them.
        ValueError: no parameters, one twice, or one that is no leaf.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.optim.Optimizer.html

    >>> class Sign(pt.optim.Optimizer):
    ...     def update(self, p, grad, state, group, scalar):
    ...         p._assign(p - grad.sign() * scalar(group["lr"], p))
    >>> w = pt.nn.Parameter(pt.tensor([1.0]))
    >>> (w * w).sum().backward(); Sign([w], {"lr": 0.5}).step(); w.detach()
    tensor([0.5000])
    """

    def __init__(self, params, defaults):
        self.defaults = defaults
        self.state = defaultdict(dict)
        self.param_groups = []
        self._pre_hooks, self._post_hooks = [], []
        self._step_count = 0
        if isinstance(params, Tensor):
            fail_type(
                "Optimizer",
                "params argument given to the optimizer should be an iterable of Tensors or dicts, "
                f"but got {type(params).__name__}",
            )
        groups = list(params)
        if not groups:
            fail_value("Optimizer", "optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(dict(group))
        # Initial values are a program of their own; pending, they would make the first
        # step another program than those after it.
        _core.evaluate([p for g in self.param_groups for p in g["params"]], "an optimizer")

    def add_param_group(self, param_group):
        """Adds parameters, ``group["params"]``, with settings of their own.

        Raises:
            TypeError, ValueError: as for the constructor.

        >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=0.1)
        >>> opt.add_param_group({"params": pt.nn.Parameter(pt.ones(1)), "lr": 0.5})
        >>> [group["lr"] for group in opt.param_groups]
        [0.1, 0.5]
        """
        if not isinstance(param_group, dict):
            fail_type("Optimizer", f"param_group must be a dict, but got {type(param_group)}")
        params = param_group["params"]
        if isinstance(params, set):
            fail_type(
                "Optimizer",
                "optimizer parameters need to be organized in ordered collections, but the "
                "ordering of tensors in sets will change between runs. Please use a list instead.",
            )
        params = [params] if isinstance(params, Tensor) else list(params)
        if params and isinstance(params[0], tuple):
            param_group["param_names"] = [name for name, _ in params]
            params = [param for _, param in params]
        for param in params:
            if not isinstance(param, Tensor):
                fail_type(
                    "Optimizer",
                    "optimizer can only optimize Tensors, but one of the params is "
                    + type(param).__name__,
                )
            if not (param.is_leaf or getattr(param, "retains_grad", False)):
                fail_value("Optimizer", "can't optimize a non-leaf Tensor")
        for name, default in self.defaults.items():
            param_group.setdefault(name, default)
        known = {id(p) for group in self.param_groups for p in group["params"]}
        if len({id(p) for p in params}) != len(params):
            fail_value("Optimizer", "some parameters appear more than once in a parameter group")
        if any(id(p) in known for p in params):
            fail_value("Optimizer", "some parameters appear in more than one parameter group")
        param_group["params"] = params
        self.param_groups.append(param_group)

    def zero_grad(self, set_to_none=True):
        """Forgets the gradients of all parameters, or zeroes them without `set_to_none`.

        >>> w = pt.nn.Parameter(pt.ones(1))
        >>> opt = pt.optim.SGD([w])
        >>> w.sum().backward(); opt.zero_grad(); w.grad is None
        True
        """
        for group in self.param_groups:
            for param in group["params"]:
                if param.grad is None:
                    continue
                if set_to_none:
                    param.grad = None
                else:
                    param.grad = pt.zeros_like(param.grad)

    def update(self, p, grad, state, group, scalar):
        """Writes the new value into ``p`` and its state, in place; every subclass defines it.

        Args:
            p, grad (Tensor): a parameter and its gradient.
            state (dict): what the rule keeps for p; empty at first.
            group (dict): the settings of p's group.
            scalar: turns a number into a run-time argument, ``scalar(value, like)``.

        Raises:
            NotImplementedError: the subclass defines none.

        >>> w = pt.nn.Parameter(pt.tensor([1.0]))
        >>> opt = pt.optim.SGD([w], lr=0.5)
        >>> with pt.no_grad():
        ...     opt.update(w, pt.ones(1), {}, opt.param_groups[0], lambda value, like: value)
        >>> w.detach()
        tensor([0.5000])
        """
        raise NotImplementedError(f"{type(self).__name__} defines no update")

    def begin_group(self, group):
        """Runs once for each group of a step; checks that settings are still valid.

        >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))])
        >>> opt.begin_group(opt.param_groups[0])
        """

    def step(self, closure=None):
        """Updates all parameters that have a gradient.

        `closure`, where given, computes the loss again and returns it; so does `step` then.

        Raises:
            NotImplementedError: a subclass that defines no update.

        >>> w = pt.nn.Parameter(pt.tensor([1.0]))
        >>> (w * w).sum().backward(); pt.optim.SGD([w], lr=0.25).step(); w.detach()
        tensor([0.5000])
        """
        for hook in list(self._pre_hooks):
            hook(self, (closure,) if closure else (), {})
        loss = None
        if closure is not None:
            with pt.enable_grad():
                loss = closure()
        with pt.no_grad():
            scalar = Scalars()
            for group in self.param_groups:
                self.begin_group(group)
                maximize = group.get("maximize", False)
                for p in group["params"]:
                    grad = p.grad
                    if grad is not None:
                        scalar.begin_parameter()
                        self.update(p, -grad if maximize else grad, self.state[p], group, scalar)
        self._finish_step()
        return loss

    def _finish_step(self):
        self._step_count += 1
        for hook in list(self._post_hooks):
            hook(self, (), {})
        _core.flush_all("optimizer step")

    def register_step_pre_hook(self, hook):
        """Runs `hook(optimizer, args, kwargs)` before each step; returns a handle with `remove()`.

        >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))])
        >>> handle = opt.register_step_pre_hook(lambda *args: print("stepping"))
        >>> opt.step()
        stepping
        """
        self._pre_hooks.append(hook)
        return Handle(self._pre_hooks, hook)

    def register_step_post_hook(self, hook):
        """Runs `hook(optimizer, args, kwargs)` after each step; returns a handle with `remove()`.

        >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))])
        >>> handle = opt.register_step_post_hook(lambda *args: print("stepped"))
        >>> opt.step()
        stepped
        """
        self._post_hooks.append(hook)
        return Handle(self._post_hooks, hook)

    def state_dict(self):
        """Settings and state with parameters numbered in order, as PyTorch lays them out.

        >>> opt = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=0.1)
        >>> opt.state_dict()["param_groups"][0]["lr"]
        0.1
        """
        numbers, groups = {}, []
        for group in self.param_groups:
            packed = {k: v for k, v in group.items() if k != "params"}
            packed["params"] = [numbers.setdefault(id(p), len(numbers)) for p in group["params"]]
            groups.append(packed)
        state = {
            numbers[id(p)] if isinstance(p, Tensor) else p: dict(values)
            for p, values in self.state.items()
        }
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict):
        """Takes over what `state_dict` gave; tensors are cast to their parameter's dtype.

        Raises:
            ValueError: other numbers of groups or parameters.

        >>> first = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=0.1)
        >>> second = pt.optim.SGD([pt.nn.Parameter(pt.ones(1))], lr=0.5)
        >>> second.load_state_dict(first.state_dict())
        >>> second.param_groups[0]["lr"]
        0.1
        """
        groups = state_dict["param_groups"]
        if len(groups) != len(self.param_groups):
            fail_value("Optimizer", "loaded state dict has a different number of parameter groups")
        own = [len(group["params"]) for group in self.param_groups]
        if own != [len(group["params"]) for group in groups]:
            fail_value(
                "Optimizer",
                "loaded state dict contains a parameter group that doesn't match the size of "
                "optimizer's group",
            )
        params = {}
        for mine, theirs in zip(self.param_groups, groups, strict=True):
            params.update(zip(theirs["params"], mine["params"], strict=True))
            mine.update({k: v for k, v in theirs.items() if k != "params"})
        self.state = defaultdict(dict)
        for key, values in state_dict["state"].items():
            if key in params:
                self.state[params[key]] = {
                    name: _taken_over(name, value, params[key]) for name, value in values.items()
                }
            else:
                self.state[key] = values

    def __repr__(self):
        text = type(self).__name__ + " ("
        for i, group in enumerate(self.param_groups):
            text += f"\nParameter Group {i}\n"
            for key in sorted(group):
                if key != "params":
                    text += f"    {key}: {group[key]}\n"
        return text + ")"

    def __getstate__(self):
        return OrderedDict(defaults=self.defaults, state=self.state, param_groups=self.param_groups)

    def __setstate__(self, state):
        self.__dict__.update(state)
        self._pre_hooks, self._post_hooks, self._step_count = [], [], 0


def _taken_over(name, value, param):
    if not isinstance(value, Tensor):
        return value
    if name == "step":
        return int(value.item())
    value = value.detach()
    wanted = param.dtype if param.dtype.is_floating_point else value.dtype
    return value.to(wanted) if value.dtype != wanted else value.clone()
