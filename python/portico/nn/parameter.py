"""Tensors that belong to a module."""

import portico as pt
from portico import _core

__all__ = ["Buffer", "Parameter", "is_lazy"]

Tensor = _core.Tensor


class Parameter(Tensor):
    """A tensor that a module lists in `parameters()` when it is set as an attribute.

    It shares the memory of `data` and requires a gradient unless told otherwise.

    Raises:
        RuntimeError: a gradient for data of an integer dtype.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Parameter.html

    >>> p = pt.nn.Parameter(pt.tensor([1., 2.]))
    >>> p.requires_grad, p.is_leaf
    (True, True)
    """

    def __new__(cls, data=None, requires_grad=True):
        data = Tensor() if data is None else data
        return _core.make_subclass(cls, data, requires_grad)

    def __init__(self, data=None, requires_grad=True):
        pass  # made whole by __new__

    def __repr__(self):
        return "Parameter containing:\n" + Tensor.__repr__(self)

    __str__ = __repr__

    def __deepcopy__(self, memo):
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.detach().clone(), self.requires_grad)
        return memo[id(self)]

    def __reduce_ex__(self, protocol):
        return _rebuild_parameter, (type(self), self.detach().clone(), self.requires_grad)


def register(module, name, shape, wanted, device, dtype):
    """Gives a module a parameter to be filled, or None where it is not wanted."""
    made = Parameter(pt.empty(shape, device=device, dtype=dtype)) if wanted else None
    module.register_parameter(name, made)


class Buffer(Tensor):
    """A tensor that a module lists in `buffers()` when it is set as an attribute.

    It shares the memory of `data`; `persistent` says whether `state_dict` lists it.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Buffer.html

    >>> module = pt.nn.Module()
    >>> module.mean = pt.nn.Buffer(pt.zeros(2))
    >>> [name for name, _ in module.named_buffers()]
    ['mean']
    """

    def __new__(cls, data=None, *, persistent=True):
        return _core.make_subclass(cls, Tensor() if data is None else data, False)

    def __init__(self, data=None, *, persistent=True):
        self.persistent = persistent


def _rebuild_parameter(cls, data, requires_grad):
    return cls(data, requires_grad)


def is_lazy(tensor) -> bool:
    """Whether the shape of a parameter is not known yet; never so in Portico.

    >>> pt.nn.is_lazy(pt.nn.Parameter(pt.zeros(2)))
    False
    """
    return False
