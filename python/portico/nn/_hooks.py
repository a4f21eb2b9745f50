"""Hooks: handles that remove them, and taps on the backward pass of a module."""

import weakref
from collections import OrderedDict

import portico as pt


class RemovableHandle:
    """What registering a hook returns; `remove()` takes the hook out again."""

    _next = 0

    def __init__(self, hooks, *companions):
        self._hooks = [weakref.ref(d) for d in (hooks, *companions)]
        self.id = RemovableHandle._next
        RemovableHandle._next += 1

    def remove(self):
        for ref in self._hooks:
            hooks = ref()
            if hooks is not None:
                hooks.pop(self.id, None)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.remove()


class HookDict(OrderedDict):
    """Hooks by id; unlike a plain dict it can be referred to weakly."""

    def add(self, hook, *companions, prepend=False) -> RemovableHandle:
        handle = RemovableHandle(self, *companions)
        self[handle.id] = hook
        if prepend:
            self.move_to_end(handle.id, last=False)
        return handle

    def __deepcopy__(self, memo):
        return HookDict(self)


def _as_tuple(value):
    return value if isinstance(value, tuple) else (value,)


class BackwardTaps:
    """Sees the gradients that enter a module's outputs and leave its inputs.

    Both ends of the module are passed through identity functions; the one at the
    outputs runs first in the backward pass.
    """

    def __init__(self, module, hooks, pre_hooks):
        self.module = module
        self.hooks = list(hooks.values())
        self.pre_hooks = list(pre_hooks.values())
        self.grad_output = None
        self.inputs_tapped = False

    def on_inputs(self, args):
        tapped = self._through(args, self._leaving)
        self.inputs_tapped = tapped is not args
        return tapped

    def on_outputs(self, result):
        if isinstance(result, pt.Tensor):
            return self._through((result,), self._entering)[0]
        if isinstance(result, (tuple, list)):
            return type(result)(self._through(tuple(result), self._entering))
        return result

    def _through(self, values, seen):
        where = [i for i, v in enumerate(values) if isinstance(v, pt.Tensor) and v.requires_grad]
        if not where or not pt.is_grad_enabled():
            return values

        class Tap(pt.autograd.Function):
            @staticmethod
            def forward(ctx, *tensors):
                return tuple(t.view_as(t) for t in tensors)

            @staticmethod
            def backward(ctx, *grads):
                full = [None] * len(values)
                for i, grad in zip(where, grads, strict=True):
                    full[i] = grad
                full = seen(tuple(full))
                return tuple(full[i] for i in where)

        outputs = _as_tuple(Tap.apply(*(values[i] for i in where)))
        result = list(values)
        for i, output in zip(where, outputs, strict=True):
            result[i] = output
        return tuple(result)

    def _entering(self, grads):
        for hook in self.pre_hooks:
            changed = hook(self.module, grads)
            if changed is not None:
                grads = _as_tuple(changed)
        self.grad_output = grads
        if not self.inputs_tapped:
            for hook in self.hooks:
                hook(self.module, (), grads)
        return grads

    def _leaving(self, grads):
        for hook in self.hooks:
            changed = hook(self.module, grads, self.grad_output)
            if changed is not None:
                grads = _as_tuple(changed)
        return grads
