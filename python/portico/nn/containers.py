"""Modules that hold modules, and modules that hold parameters."""

import itertools
import operator
from collections import OrderedDict

import portico as pt
from portico._fail import fail_assertion, fail_index, fail_key, fail_type, fail_value

from .module import Module, _indented
from .parameter import Parameter

__all__ = ["ModuleDict", "ModuleList", "ParameterDict", "ParameterList", "Sequential"]


def _position(op, index, length):
    index = operator.index(index)
    if not -length <= index < length:
        fail_index(op, f"index {index} is out of range")
    return index % length


class _Modules(Module):
    """Modules in order, registered under their numbers."""

    def __setitem__(self, index, module):
        setattr(self, self._name_at(index), module)

    def _name_at(self, index):
        return list(self._modules)[_position(self._get_name(), index, len(self))]

    def __delitem__(self, index):
        modules = list(self)
        del modules[
            index if isinstance(index, slice) else _position(self._get_name(), index, len(self))
        ]
        self._replace(modules)

    def _replace(self, modules):
        self._modules.clear()
        self._modules.update((str(i), m) for i, m in enumerate(modules))

    def __len__(self):
        return len(self._modules)

    def __iter__(self):
        return iter(self._modules.values())

    def __iadd__(self, modules):
        return self.extend(modules)

    def append(self, module):
        """Adds a module at the end; returns the container.

        Raises:
            TypeError: what is given is no module or no iterable of modules.

        >>> pt.nn.ModuleList().append(pt.nn.ReLU())
        ModuleList(
          (0): ReLU()
        )
        """
        self.add_module(str(len(self)), module)
        return self

    def extend(self, modules):
        """Adds the modules of an iterable at the end; returns the container.

        Raises:
            TypeError: what is given is no iterable.

        >>> len(pt.nn.Sequential(pt.nn.ReLU()).extend([pt.nn.Tanh(), pt.nn.Tanh()]))
        3
        """
        if not hasattr(modules, "__iter__"):
            fail_type(
                self._get_name(),
                "extend should be called with an iterable, but got " + type(modules).__name__,
            )
        for module in list(modules):
            self.append(module)
        return self

    def pop(self, key):
        """Takes out the module at an index and returns it.

        Raises:
            IndexError: an index out of range.

        >>> pt.nn.Sequential(pt.nn.ReLU(), pt.nn.Tanh()).pop(-1)
        Tanh()
        """
        module = self[key]
        del self[key]
        return module


class Sequential(_Modules):
    """Calls its modules one after the other.

    Takes modules, or one `OrderedDict` of modules by name; a slice is a Sequential too.

    Raises:
        TypeError: what is given is no module.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Sequential.html

    >>> net = pt.nn.Sequential(pt.nn.Linear(2, 3), pt.nn.ReLU())
    >>> net(pt.ones(1, 2)).shape
    portico.Size([1, 3])
    """

    def __init__(self, *args):
        super().__init__()
        if len(args) == 1 and isinstance(args[0], OrderedDict):
            for name, module in args[0].items():
                self.add_module(name, module)
        else:
            self.extend(args)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return type(self)(OrderedDict(list(self._modules.items())[index]))
        return self._modules[self._name_at(index)]

    def __add__(self, other):
        if not isinstance(other, Sequential):
            fail_value(
                "Sequential",
                "add operator supports only objects of Sequential class, but "
                f"{type(other)} is given.",
            )
        return Sequential(*self, *other)

    def insert(self, index, module):
        """Puts a module before that at `index`; returns the container.

        Raises:
            AssertionError: what is given is no module; IndexError: an index out of range.

        >>> pt.nn.Sequential(pt.nn.ReLU()).insert(0, pt.nn.Tanh())[0]
        Tanh()
        """
        if not isinstance(module, Module):
            fail_assertion("Sequential", f"module should be of type: {Module}")
        n = len(self)
        if not -n <= index <= n:
            fail_index("Sequential", f"Index out of range: {index}")
        modules = list(self)
        modules.insert(index, module)
        self._replace(modules)
        return self

    def forward(self, input):
        for module in self._modules.values():
            input = module(input)
        return input


class ModuleList(_Modules):
    """A list of modules, which are parts of it; it is no function.

    Indexing, slices, `+`, `del` and iteration are those of a list.

    Raises:
        TypeError: what is given is no module or no iterable of modules.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ModuleList.html

    >>> layers = pt.nn.ModuleList([pt.nn.Linear(2, 3), pt.nn.Linear(3, 1)])
    >>> len(layers), len(list(layers.parameters()))
    (2, 4)
    """

    def __init__(self, modules=None):
        super().__init__()
        if modules is not None:
            self.extend(modules)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return type(self)(list(self._modules.values())[index])
        return self._modules[self._name_at(index)]

    def __add__(self, other):
        return ModuleList(itertools.chain(self, other))

    def insert(self, index, module):
        """Puts a module before that at `index`.

        Raises:
            TypeError: what is given is no module.

        >>> layers = pt.nn.ModuleList([pt.nn.ReLU()])
        >>> layers.insert(0, pt.nn.Tanh())
        >>> layers[0]
        Tanh()
        """
        modules = list(self)
        modules.insert(index, module)
        self._replace(modules)

    def __repr__(self):
        """Equal neighbours are shown once, with their count."""
        if not len(self):
            return self._get_name() + "()"
        shown = [repr(module) for module in self]
        lines, start = [], 0
        for text, group in itertools.groupby(shown):
            count = len(list(group))
            label = f"({start})" if count == 1 else f"({start}-{start + count - 1})"
            times = "" if count == 1 else f"{count} x "
            lines.append(f"  {label}: {times}{_indented(text, 2)}")
            start += count
        return f"{self._get_name()}(\n" + "\n".join(lines) + "\n)"


class _ByName(Module):
    """What dictionaries of modules and of parameters share; `_keys` holds their names."""

    def __len__(self):
        return len(self._keys)

    def __iter__(self):
        return iter(self._keys)

    def __contains__(self, key):
        return key in self._keys

    def _put(self, members):
        if not hasattr(members, "__iter__"):
            fail_type(
                self._get_name(),
                f"update should be called with an iterable of key/value "
                f"pairs, but got {type(members).__name__}",
            )
        pairs = members.items() if hasattr(members, "items") else members
        for key, member in pairs:
            self[key] = member

    def keys(self):
        """The names, in the order of insertion.

        >>> list(pt.nn.ModuleDict({"act": pt.nn.ReLU()}).keys())
        ['act']
        """
        return self._keys.keys()

    def items(self):
        """The pairs of name and member, in the order of insertion.

        >>> pt.nn.ModuleDict({"act": pt.nn.ReLU()}).items()
        [('act', ReLU())]
        """
        return [(key, self[key]) for key in self]

    def values(self):
        """The members, in the order of insertion.

        >>> pt.nn.ModuleDict({"act": pt.nn.ReLU()}).values()
        [ReLU()]
        """
        return [self[key] for key in self]

    def pop(self, key):
        """Takes out the member of a name and returns it.

        Raises:
            KeyError: a name that there is not.

        >>> pt.nn.ModuleDict({"act": pt.nn.ReLU()}).pop("act")
        ReLU()
        """
        member = self[key]
        del self[key]
        return member

    def clear(self):
        """Takes out all members.

        >>> layers = pt.nn.ModuleDict({"act": pt.nn.ReLU()})
        >>> layers.clear()
        >>> len(layers)
        0
        """
        for key in list(self):
            del self[key]


class ModuleDict(_ByName):
    """Modules by name, in the order of insertion; they are parts of it.

    `len`, `in`, `del`, indexing and iteration are those of a dictionary.

    Raises:
        TypeError: what is given is no module, or no mapping and no iterable of pairs.
        KeyError: a name that is empty, dotted or an attribute of the class.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ModuleDict.html

    >>> layers = pt.nn.ModuleDict({"fc": pt.nn.Linear(2, 3), "act": pt.nn.ReLU()})
    >>> layers["act"]
    ReLU()
    """

    def __init__(self, modules=None):
        super().__init__()
        if modules is not None:
            self.update(modules)

    @property
    def _keys(self):
        return self._modules

    def __getitem__(self, key):
        return self._modules[key]

    def __setitem__(self, key, module):
        self.add_module(key, module)

    def __delitem__(self, key):
        del self._modules[key]

    def update(self, modules):
        """Puts in the modules of a mapping, or of an iterable of pairs.

        Raises:
            TypeError: what is given is neither.

        >>> layers = pt.nn.ModuleDict({"act": pt.nn.ReLU()})
        >>> layers.update({"act": pt.nn.Tanh()})
        >>> layers["act"]
        Tanh()
        """
        self._put(modules)


def _as_parameter(value):
    if isinstance(value, pt.Tensor) and not isinstance(value, Parameter):
        return Parameter(value, requires_grad=value.dtype.is_floating_point)
    return value


def _describe(value):
    if isinstance(value, pt.Tensor):
        kind = "Parameter" if isinstance(value, Parameter) else "Tensor"
        return f"{kind} containing: [{value.dtype} of size {'x'.join(map(str, value.shape))}]"
    return f"Object of type: {type(value).__name__}"


class ParameterList(Module):
    """A list of parameters, which are parts of it; tensors put in become parameters.

    Raises:
        TypeError: what is given is no iterable.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ParameterList.html

    >>> weights = pt.nn.ParameterList([pt.zeros(2), pt.zeros(3)])
    >>> [tuple(w.shape) for w in weights.parameters()]
    [(2,), (3,)]
    """

    def __init__(self, values=None):
        super().__init__()
        self._size = 0
        if values is not None:
            self.extend(values)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return type(self)(getattr(self, str(i)) for i in range(*index.indices(len(self))))
        return getattr(self, str(_position("ParameterList", index, len(self))))

    def __setitem__(self, index, value):
        setattr(self, str(_position("ParameterList", index, len(self))), _as_parameter(value))

    def __len__(self):
        return self._size

    def __iter__(self):
        return iter(self[i] for i in range(len(self)))

    def __iadd__(self, values):
        return self.extend(values)

    def append(self, value):
        """Adds a parameter at the end; returns the list.

        >>> len(pt.nn.ParameterList().append(pt.zeros(2)))
        1
        """
        self._size += 1
        self[self._size - 1] = value
        return self

    def extend(self, values):
        """Adds the parameters of an iterable at the end; returns the list.

        Raises:
            TypeError: what is given is a tensor or no iterable.

        >>> len(pt.nn.ParameterList().extend([pt.zeros(2), pt.zeros(3)]))
        2
        """
        if isinstance(values, pt.Tensor) or not hasattr(values, "__iter__"):
            fail_type(
                "ParameterList",
                "ParameterList.extend should be called with an iterable, but got "
                + type(values).__name__,
            )
        for value in values:
            self.append(value)
        return self

    def extra_repr(self):
        return "\n".join(f"  ({i}): {_describe(value)}" for i, value in enumerate(self))


class ParameterDict(_ByName):
    """Parameters by name, which are parts of it; tensors put in become parameters.

    `len`, `in`, `del`, indexing and iteration are those of a dictionary.

    Raises:
        TypeError: a name that is no string.
        KeyError: a name that is empty or dotted.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ParameterDict.html

    >>> weights = pt.nn.ParameterDict({"scale": pt.ones(2)})
    >>> weights["scale"].requires_grad
    True
    """

    def __init__(self, parameters=None):
        super().__init__()
        self._keys = {}
        if parameters is not None:
            self.update(parameters)

    def __getitem__(self, key):
        return getattr(self, key)

    def __setitem__(self, key, value):
        self._keys[key] = None
        setattr(self, key, _as_parameter(value))

    def __delitem__(self, key):
        del self._keys[key]
        delattr(self, key)

    def __reversed__(self):
        return reversed(list(self._keys))

    def get(self, key, default=None):
        """The parameter of a name, or `default` where there is none.

        >>> pt.nn.ParameterDict().get("scale", 1)
        1
        """
        return self[key] if key in self else default

    def setdefault(self, key, default=None):
        """The parameter of a name, put in as `default` where there is none.

        Raises:
            TypeError: a name that is no string.
            KeyError: a name that is empty or dotted.

        >>> pt.nn.ParameterDict().setdefault("scale", pt.ones(2)).shape
        portico.Size([2])
        """
        if key not in self:
            self[key] = default
        return self[key]

    def popitem(self):
        """Takes out the last pair of name and parameter and returns it.

        Raises:
            KeyError: there are none.

        >>> pt.nn.ParameterDict({"scale": pt.ones(2)}).popitem()[0]
        'scale'
        """
        if not self._keys:
            fail_key("ParameterDict", "popitem(): dictionary is empty")
        key = list(self._keys)[-1]
        return key, self.pop(key)

    def copy(self):
        """Another dictionary of the same parameters.

        >>> list(pt.nn.ParameterDict({"scale": pt.ones(2)}).copy())
        ['scale']
        """
        return ParameterDict(OrderedDict(self.items()))

    def update(self, parameters):
        """Puts in the parameters of a mapping, or of an iterable of pairs.

        Raises:
            TypeError: what is given is neither.

        >>> weights = pt.nn.ParameterDict()
        >>> weights.update({"scale": pt.ones(2)})
        >>> len(weights)
        1
        """
        self._put(parameters)

    def extra_repr(self):
        return "\n".join(f"  ({key}): {_describe(value)}" for key, value in self.items())
