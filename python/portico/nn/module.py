"""`Module`: parameters, buffers and children by attribute, and the call around `forward`."""

import itertools

import portico as pt
from portico._fail import fail_key, fail_runtime, fail_type, fail_value
from portico.errors import PorticoError

from ._hooks import BackwardTaps, HookDict
from ._state import StateDict
from .parameter import Buffer, Parameter

__all__ = ["Module"]


class _NoSuchAttribute(PorticoError, AttributeError):
    """An attribute that a module does not have."""


def _indented(text, spaces):
    first, *rest = text.split("\n")
    return "\n".join([first, *(" " * spaces + line for line in rest)])


class Module(StateDict):
    """The base of all networks and layers.

    Parameters, buffers and modules become part of a module when they are set as
    attributes; `forward` says what calling it computes.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html

    >>> class Net(pt.nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.fc = pt.nn.Linear(2, 1)
    ...     def forward(self, x):
    ...         return self.fc(x).relu()
    >>> Net()(pt.ones(3, 2)).shape
    portico.Size([3, 1])
    """

    training: bool
    call_super_init = False

    def __init__(self, *args, **kwargs):
        put = super().__setattr__
        put("training", True)
        put("_parameters", {})
        put("_buffers", {})
        put("_non_persistent_buffers_set", set())
        put("_modules", {})
        for hooks in (
            "_forward_hooks",
            "_forward_hooks_with_kwargs",
            "_forward_hooks_always_called",
            "_forward_pre_hooks",
            "_forward_pre_hooks_with_kwargs",
            "_backward_hooks",
            "_backward_pre_hooks",
            "_state_dict_hooks",
            "_state_dict_pre_hooks",
            "_load_state_dict_pre_hooks",
            "_load_state_dict_post_hooks",
        ):
            put(hooks, HookDict())

    def forward(self, *args, **kwargs):
        """What calling the module computes; every subclass defines it.

        Raises:
            NotImplementedError: the subclass does not.

        >>> class Double(pt.nn.Module):
        ...     def forward(self, x):
        ...         return 2 * x
        >>> Double()(pt.ones(2))
        tensor([2., 2.])
        """
        raise NotImplementedError(
            f'Module [{type(self).__name__}] is missing the required "forward" function'
        )

    # Attributes ---------------------------------------------------------------------------------

    def __getattr__(self, name):
        # Only reached when the attribute is not in __dict__ or the class.
        members = self.__dict__
        for kind in ("_parameters", "_buffers", "_modules"):
            found = members.get(kind)
            if found is not None and name in found:
                return found[name]
        raise _NoSuchAttribute(f"'{type(self).__name__}' object has no attribute '{name}'")

    def _forget(self, name, *kinds):
        self.__dict__.pop(name, None)
        for kind in kinds:
            self.__dict__.get(kind, {}).pop(name, None)
        self._non_persistent_buffers_set.discard(name)

    def __setattr__(self, name, value):
        members = self.__dict__
        params = members.get("_parameters")
        if isinstance(value, Parameter):
            if params is None:
                raise _NoSuchAttribute("cannot assign parameters before Module.__init__() call")
            self._forget(name, "_buffers", "_modules")
            self.register_parameter(name, value)
            return
        if params is not None and name in params:
            if value is not None:
                fail_type(
                    "Module",
                    f"cannot assign '{_type_name(value)}' as parameter '{name}' "
                    "(portico.nn.Parameter or None expected)",
                )
            self.register_parameter(name, None)
            return
        modules = members.get("_modules")
        if isinstance(value, Module):
            if modules is None:
                raise _NoSuchAttribute("cannot assign module before Module.__init__() call")
            self._forget(name, "_parameters", "_buffers")
            modules[name] = value
            return
        if modules is not None and name in modules:
            if value is not None:
                fail_type(
                    "Module",
                    f"cannot assign '{_type_name(value)}' as child module '{name}' "
                    "(portico.nn.Module or None expected)",
                )
            modules[name] = None
            return
        buffers = members.get("_buffers")
        if isinstance(value, Buffer) and buffers is not None and name not in buffers:
            self._forget(name, "_parameters", "_modules")
            self.register_buffer(name, value, value.persistent)
            return
        if buffers is not None and name in buffers:
            if value is not None and not isinstance(value, pt.Tensor):
                fail_type(
                    "Module",
                    f"cannot assign '{_type_name(value)}' as buffer '{name}' "
                    "(portico.nn.Buffer, portico.Tensor or None expected)",
                )
            buffers[name] = value
            return
        super().__setattr__(name, value)

    def __delattr__(self, name):
        for kind in (self._parameters, self._buffers, self._modules):
            if name in kind:
                del kind[name]
                self._non_persistent_buffers_set.discard(name)
                return
        super().__delattr__(name)

    def __dir__(self):
        names = {*dir(type(self)), *self.__dict__}
        names |= {*self._parameters, *self._buffers, *self._modules}
        return sorted(name for name in names if not name[:1].isdigit())

    def _check_name(self, what, name, own):
        if "_parameters" not in self.__dict__:
            raise _NoSuchAttribute(f"cannot assign {what} before Module.__init__() call")
        if not isinstance(name, str):
            fail_type("Module", f"{what} name should be a string. Got {_type_name(name)}")
        if "." in name:
            fail_key("Module", f'{what} name can\'t contain "."')
        if name == "":
            fail_key("Module", f'{what} name can\'t be empty string ""')
        if hasattr(self, name) and name not in own:
            fail_key("Module", f"attribute '{name}' already exists")

    def register_parameter(self, name, param):
        """Adds a parameter, or None for a name that is kept for one.

        `param` is a `Parameter` or None.

        Raises:
            TypeError: what is given is no parameter.
            KeyError: a name that is taken, empty or dotted.
            ValueError: a tensor that is no leaf.

        >>> net = pt.nn.Module()
        >>> net.register_parameter("scale", pt.nn.Parameter(pt.ones(2)))
        >>> net.scale.requires_grad
        True
        """
        self._check_name("parameter", name, self.__dict__.get("_parameters", {}))
        if param is not None and not isinstance(param, Parameter):
            fail_type(
                "Module",
                f"cannot assign '{_type_name(param)}' object to parameter '{name}' "
                "(portico.nn.Parameter or None required)",
            )
        if param is not None and param.grad_fn is not None:
            fail_value(
                "Module",
                f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be "
                "created explicitly.",
            )
        self._parameters[name] = param

    def register_buffer(self, name, tensor, persistent=True):
        """Adds a tensor that is state but no parameter; saved unless not `persistent`.

        Raises:
            TypeError: what is given is no tensor; KeyError: a name that is taken, empty or dotted.

        >>> net = pt.nn.Module()
        >>> net.register_buffer("mean", pt.zeros(2))
        >>> list(net.state_dict())
        ['mean']
        """
        self._check_name("buffer", name, self.__dict__.get("_buffers", {}))
        if tensor is not None and not isinstance(tensor, pt.Tensor):
            fail_type(
                "Module",
                f"cannot assign '{_type_name(tensor)}' object to buffer '{name}' "
                "(portico Tensor or None required)",
            )
        self._buffers[name] = tensor
        if persistent:
            self._non_persistent_buffers_set.discard(name)
        else:
            self._non_persistent_buffers_set.add(name)

    def add_module(self, name, module):
        """Adds a child module under a name.

        Raises:
            TypeError: what is given is no module; KeyError: a name that is taken, empty or dotted.

        >>> net = pt.nn.Module()
        >>> net.add_module("act", pt.nn.ReLU())
        >>> net.act
        ReLU()
        """
        if module is not None and not isinstance(module, Module):
            fail_type("Module", f"{_type_name(module)} is not a Module subclass")
        self._check_name("module", name, self.__dict__.get("_modules", {}))
        self._modules[name] = module

    register_module = add_module

    # Traversal ----------------------------------------------------------------------------------

    def named_modules(self, memo=None, prefix="", remove_duplicate=True):
        """All modules below, this one first, with their dotted names; shared ones once.

        Names begin with `prefix`; `remove_duplicate` gives a module that occurs twice once.

        >>> [name for name, _ in pt.nn.Sequential(pt.nn.ReLU()).named_modules()]
        ['', '0']
        """
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, module in self._modules.items():
            if module is not None:
                inner = f"{prefix}.{name}" if prefix else name
                yield from module.named_modules(memo, inner, remove_duplicate)

    def modules(self):
        """All modules below, this one first; shared ones once.

        >>> len(list(pt.nn.Sequential(pt.nn.ReLU()).modules()))
        2
        """
        for _, module in self.named_modules():
            yield module

    def named_children(self):
        """The modules that are attributes of this one, with their names.

        >>> list(pt.nn.Sequential(pt.nn.ReLU()).named_children())
        [('0', ReLU())]
        """
        seen = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def children(self):
        """The modules that are attributes of this one.

        >>> list(pt.nn.Sequential(pt.nn.ReLU()).children())
        [ReLU()]
        """
        for _, module in self.named_children():
            yield module

    def _named_members(self, kind, prefix, recurse, remove_duplicate):
        seen = set()
        if recurse:
            modules = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate)
        else:
            modules = [(prefix, self)]
        for path, module in modules:
            for name, value in getattr(module, kind).items():
                if value is None or id(value) in seen:
                    continue
                if remove_duplicate:
                    seen.add(id(value))
                yield (f"{path}.{name}" if path else name), value

    def named_parameters(self, prefix="", recurse=True, remove_duplicate=True):
        """Parameters with their dotted names; shared ones once, those of children if `recurse`.

        `remove_duplicate` gives a tensor that occurs twice once.

        >>> [name for name, _ in pt.nn.Sequential(pt.nn.Linear(2, 1)).named_parameters()]
        ['0.weight', '0.bias']
        """
        yield from self._named_members("_parameters", prefix, recurse, remove_duplicate)

    def parameters(self, recurse=True):
        """Parameters, those of children too if `recurse`; shared ones once.

        >>> [tuple(p.shape) for p in pt.nn.Linear(2, 1).parameters()]
        [(1, 2), (1,)]
        """
        for _, param in self.named_parameters(recurse=recurse):
            yield param

    def named_buffers(self, prefix="", recurse=True, remove_duplicate=True):
        """Buffers with their dotted names; shared ones once, those of children if `recurse`.

        `remove_duplicate` gives a tensor that occurs twice once.

        >>> [name for name, _ in pt.nn.BatchNorm1d(2).named_buffers()]
        ['running_mean', 'running_var', 'num_batches_tracked']
        """
        yield from self._named_members("_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse=True):
        """Buffers, those of children too if `recurse`; shared ones once.

        >>> len(list(pt.nn.BatchNorm1d(2).buffers()))
        3
        """
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    def get_submodule(self, target):
        """The module with a dotted name; the empty name is this module.

        Raises:
            AttributeError: there is none.

        >>> pt.nn.Sequential(pt.nn.ReLU()).get_submodule("0")
        ReLU()
        """
        module = self
        for name in target.split(".") if target else ():
            if not hasattr(module, name):
                raise _NoSuchAttribute(f"{type(module).__name__} has no attribute `{name}`")
            module = getattr(module, name)
            if not isinstance(module, Module):
                raise _NoSuchAttribute(f"`{name}` is not an nn.Module")
        return module

    def set_submodule(self, target, module, strict=False):
        """Replaces the module with a dotted name, or adds it unless `strict`.

        Raises:
            ValueError: an empty name.
            AttributeError: no such parent, or no such module if `strict`.

        >>> net = pt.nn.Sequential(pt.nn.ReLU())
        >>> net.set_submodule("0", pt.nn.Tanh())
        >>> net[0]
        Tanh()
        """
        path, _, name = target.rpartition(".")
        if not target:
            fail_value("Module", "Cannot set the submodule without a target name!")
        parent = self.get_submodule(path)
        if strict and not hasattr(parent, name):
            raise _NoSuchAttribute(f"{type(parent).__name__} has no attribute `{name}`")
        setattr(parent, name, module)

    def _member(self, target, kind, what):
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        if not hasattr(module, name):
            raise _NoSuchAttribute(f"{type(module).__name__} has no attribute `{name}`")
        if name not in getattr(module, kind):
            raise _NoSuchAttribute(f"`{name}` is not {what}")
        return getattr(module, kind)[name]

    def get_parameter(self, target):
        """The parameter with a dotted name.

        Raises:
            AttributeError: there is none.

        >>> pt.nn.Sequential(pt.nn.Linear(2, 1)).get_parameter("0.bias").shape
        portico.Size([1])
        """
        return self._member(target, "_parameters", "an nn.Parameter")

    def get_buffer(self, target):
        """The buffer with a dotted name.

        Raises:
            AttributeError: there is none.

        >>> pt.nn.BatchNorm1d(2).get_buffer("running_mean")
        tensor([0., 0.])
        """
        return self._member(target, "_buffers", "a buffer")

    # Changing all of it -------------------------------------------------------------------------

    def apply(self, fn):
        """Calls `fn` on every module below and then on this one; returns the module.

        >>> net = pt.nn.Sequential(pt.nn.ReLU()).apply(lambda module: print(type(module).__name__))
        ReLU
        Sequential
        """
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def _apply(self, fn, recurse=True):
        """Replaces every parameter's and buffer's data by `fn` of it."""
        if recurse:
            for module in self.children():
                module._apply(fn)
        for param in self._parameters.values():
            if param is None:
                continue
            with pt.no_grad():
                param._set_data(fn(param.detach()))
                if param.grad is not None:
                    param.grad = fn(param.grad)
        for name, buffer in self._buffers.items():
            if buffer is not None:
                self._buffers[name] = fn(buffer)
        return self

    def to(self, *args, **kwargs):
        """Moves parameters and buffers to a device, floating ones to a dtype; returns the module.

        ``to(device)``, ``to(dtype)``, ``to(device, dtype)`` or ``to(tensor)``.

        Raises:
            TypeError: a dtype that is not floating, or an unknown keyword.

        >>> pt.nn.Linear(2, 1).to(pt.float64).weight.dtype
        portico.float64
        """
        device, dtype = kwargs.pop("device", None), kwargs.pop("dtype", None)
        kwargs.pop("non_blocking", None)
        kwargs.pop("memory_format", None)
        for arg in args:
            if isinstance(arg, pt.Tensor):
                device, dtype = arg.device, arg.dtype
            elif isinstance(arg, pt.dtype):
                dtype = arg
            elif not isinstance(arg, bool):
                device = arg
        if kwargs:
            fail_type("Module", f"to() got an unexpected keyword argument {next(iter(kwargs))!r}")
        if dtype is not None and not dtype.is_floating_point:
            fail_type(
                "Module",
                f"nn.Module.to only accepts floating point dtypes, but got desired dtype={dtype}",
            )

        def convert(tensor):
            if dtype is not None and tensor.dtype.is_floating_point:
                tensor = tensor.to(dtype)
            return tensor if device is None else tensor.to(device)

        return self._apply(convert)

    def _floats_to(self, dtype):
        return self._apply(lambda t: t.to(dtype) if t.dtype.is_floating_point else t)

    def float(self):
        """Makes floating parameters and buffers float32; returns the module.

        >>> pt.nn.Linear(2, 1).double().float().weight.dtype
        portico.float32
        """
        return self._floats_to(pt.float32)

    def double(self):
        """Makes floating parameters and buffers float64; returns the module.

        >>> pt.nn.Linear(2, 1).double().weight.dtype
        portico.float64
        """
        return self._floats_to(pt.float64)

    def half(self):
        """Makes floating parameters and buffers float16; returns the module.

        >>> pt.nn.Linear(2, 1).half().weight.dtype
        portico.float16
        """
        return self._floats_to(pt.float16)

    def bfloat16(self):
        """Makes floating parameters and buffers bfloat16; returns the module.

        >>> pt.nn.Linear(2, 1).bfloat16().weight.dtype
        portico.bfloat16
        """
        return self._floats_to(pt.bfloat16)

    def type(self, dst_type):
        """Casts all parameters and buffers to a dtype; returns the module.

        Raises:
            TypeError: what is no dtype.

        >>> pt.nn.Linear(2, 1).type(pt.float64).weight.dtype
        portico.float64
        """
        return self._apply(lambda t: t.to(dst_type))

    def cpu(self):
        """Moves parameters and buffers to the CPU; returns the module.

        >>> pt.nn.Linear(2, 1).cpu().weight.device.type
        'cpu'
        """
        return self.to("cpu")

    def train(self, mode=True):
        """Training mode (dropout drops, batch norm counts) on or off, here and below.

        Raises:
            ValueError: a mode that is no bool.

        >>> pt.nn.Dropout().train(False).training
        False
        """
        if not isinstance(mode, bool):
            fail_value("Module", "training mode is expected to be boolean")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self):
        """Training mode off, here and below; returns the module.

        >>> pt.nn.Dropout(0.5).eval()(pt.ones(3))
        tensor([1., 1., 1.])
        """
        return self.train(False)

    def requires_grad_(self, requires_grad=True):
        """Says whether parameters require gradients; returns the module.

        Raises:
            RuntimeError: parameters of integers.

        >>> [p.requires_grad for p in pt.nn.Linear(2, 1).requires_grad_(False).parameters()]
        [False, False]
        """
        for param in self.parameters():
            param.requires_grad = requires_grad
        return self

    def zero_grad(self, set_to_none=True):
        """Forgets the gradients of all parameters, or zeroes them without `set_to_none`.

        >>> net = pt.nn.Linear(2, 1)
        >>> net(pt.ones(2)).sum().backward(); net.zero_grad(); net.bias.grad is None
        True
        """
        for param in self.parameters():
            if param.grad is None:
                continue
            if set_to_none:
                param.grad = None
            else:
                param.grad = pt.zeros_like(param.grad)

    # Calling ------------------------------------------------------------------------------------

    def register_forward_pre_hook(self, hook, *, prepend=False, with_kwargs=False):
        """Runs `hook(module, args)` before `forward`; what it returns replaces the arguments.

        With `with_kwargs` it is `hook(module, args, kwargs)`. Returns a handle with `remove()`.

        `prepend` puts it before the other hooks.

        >>> net = pt.nn.ReLU()
        >>> handle = net.register_forward_pre_hook(lambda module, args: (args[0] + 1,))
        >>> net(pt.tensor([-3.0, 1.0]))
        tensor([0., 2.])
        """
        handle = self._forward_pre_hooks.add(
            hook, self._forward_pre_hooks_with_kwargs, prepend=prepend
        )
        if with_kwargs:
            self._forward_pre_hooks_with_kwargs[handle.id] = True
        return handle

    def register_forward_hook(self, hook, *, prepend=False, with_kwargs=False, always_call=False):
        """Runs `hook(module, args, output)` after `forward`; what it returns replaces the output.

        With `with_kwargs` it is `hook(module, args, kwargs, output)`; with `always_call` it runs
        after an error too. Returns a handle with `remove()`.

        `prepend` puts it before the other hooks.

        >>> net = pt.nn.ReLU()
        >>> handle = net.register_forward_hook(lambda module, args, output: output * 10)
        >>> net(pt.tensor([-3.0, 1.0]))
        tensor([ 0., 10.])
        """
        companions = (self._forward_hooks_with_kwargs, self._forward_hooks_always_called)
        handle = self._forward_hooks.add(hook, *companions, prepend=prepend)
        if with_kwargs:
            self._forward_hooks_with_kwargs[handle.id] = True
        if always_call:
            self._forward_hooks_always_called[handle.id] = True
        return handle

    def register_full_backward_hook(self, hook, prepend=False):
        """Runs `hook(module, grad_input, grad_output)`; what it returns replaces grad_input.

        Both are tuples of gradients. Returns a handle with `remove()`.

        `prepend` puts it before the other hooks.

        >>> net = pt.nn.ReLU()
        >>> handle = net.register_full_backward_hook(lambda module, gin, gout: print(gin))
        >>> net(pt.tensor([-1.0, 2.0], requires_grad=True)).sum().backward()
        (tensor([0., 1.]),)
        """
        return self._backward_hooks.add(hook, prepend=prepend)

    register_backward_hook = register_full_backward_hook

    def register_full_backward_pre_hook(self, hook, prepend=False):
        """Runs `hook(module, grad_output)` first; what it returns replaces grad_output, a tuple.

        Returns a handle with `remove()`.

        `prepend` puts it before the other hooks.

        >>> net = pt.nn.ReLU()
        >>> handle = net.register_full_backward_pre_hook(lambda module, gout: (gout[0] * 10,))
        >>> x = pt.tensor([-1.0, 2.0], requires_grad=True)
        >>> net(x).sum().backward(); x.grad
        tensor([ 0., 10.])
        """
        return self._backward_pre_hooks.add(hook, prepend=prepend)

    def __call__(self, *args, **kwargs):
        if not (
            self._forward_hooks
            or self._forward_pre_hooks
            or self._backward_hooks
            or self._backward_pre_hooks
        ):
            return self.forward(*args, **kwargs)
        return self._call_with_hooks(args, kwargs)

    def _call_with_hooks(self, args, kwargs):
        called = set()
        try:
            for key, hook in list(self._forward_pre_hooks.items()):
                args, kwargs = self._before(key, hook, args, kwargs)
            taps = None
            if self._backward_hooks or self._backward_pre_hooks:
                taps = BackwardTaps(self, self._backward_hooks, self._backward_pre_hooks)
                args = taps.on_inputs(args)
            result = self.forward(*args, **kwargs)
            for key, hook in list(self._forward_hooks.items()):
                called.add(key)
                changed = self._after(key, hook, args, kwargs, result)
                if changed is not None:
                    result = changed
            return result if taps is None else taps.on_outputs(result)
        except Exception:
            for key in list(self._forward_hooks_always_called):
                if key not in called and key in self._forward_hooks:
                    self._after(key, self._forward_hooks[key], args, kwargs, None)
            raise

    def _before(self, key, hook, args, kwargs):
        if key in self._forward_pre_hooks_with_kwargs:
            changed = hook(self, args, kwargs)
            if changed is None:
                return args, kwargs
            if not (isinstance(changed, tuple) and len(changed) == 2):
                fail_runtime(
                    "Module",
                    "forward pre-hook must return None or a tuple of (new_args, new_kwargs), "
                    f"but got {changed}.",
                )
            return changed
        changed = hook(self, args)
        if changed is None:
            return args, kwargs
        return (changed if isinstance(changed, tuple) else (changed,)), kwargs

    def _after(self, key, hook, args, kwargs, result):
        if key in self._forward_hooks_with_kwargs:
            return hook(self, args, kwargs, result)
        return hook(self, args, result)

    # Printing -----------------------------------------------------------------------------------

    def _get_name(self):
        return type(self).__name__

    def extra_repr(self):
        """The arguments shown between the parentheses of the printed module.

        >>> pt.nn.Linear(2, 1).extra_repr()
        'in_features=2, out_features=1, bias=True'
        """
        return ""

    def __repr__(self):
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        children = [f"({n}): {_indented(repr(m), 2)}" for n, m in self._modules.items()]
        if not children and len(lines) <= 1:
            return f"{self._get_name()}({extra})"
        body = "\n  ".join(itertools.chain(lines, children))
        return f"{self._get_name()}(\n  {body}\n)"

    def __setstate__(self, state):
        Module.__init__(self)
        self.__dict__.update(state)


def _type_name(value):
    kind = type(value)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
