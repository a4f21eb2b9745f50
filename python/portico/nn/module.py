"""`Module`: parameters, buffers and children by attribute, and the call around `forward`."""

import itertools

import portico as pt
from portico.errors import PorticoError, PorticoRuntimeError, PorticoTypeError

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
        """What calling the module computes; every subclass defines it."""
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
                raise PorticoTypeError(
                    f"cannot assign '{_type_name(value)}' as parameter '{name}' "
                    "(portico.nn.Parameter or None expected)"
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
                raise PorticoTypeError(
                    f"cannot assign '{_type_name(value)}' as child module '{name}' "
                    "(portico.nn.Module or None expected)"
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
                raise PorticoTypeError(
                    f"cannot assign '{_type_name(value)}' as buffer '{name}' "
                    "(portico.nn.Buffer, portico.Tensor or None expected)"
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
            raise PorticoTypeError(f"{what} name should be a string. Got {_type_name(name)}")
        if "." in name:
            raise KeyError(f'{what} name can\'t contain "."')
        if name == "":
            raise KeyError(f'{what} name can\'t be empty string ""')
        if hasattr(self, name) and name not in own:
            raise KeyError(f"attribute '{name}' already exists")

    def register_parameter(self, name, param):
        """Adds a parameter (or None, a name that is reserved for one)."""
        self._check_name("parameter", name, self.__dict__.get("_parameters", {}))
        if param is not None and not isinstance(param, Parameter):
            raise PorticoTypeError(
                f"cannot assign '{_type_name(param)}' object to parameter '{name}' "
                "(portico.nn.Parameter or None required)"
            )
        if param is not None and param.grad_fn is not None:
            raise PorticoError(
                f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be "
                "created explicitly."
            )
        self._parameters[name] = param

    def register_buffer(self, name, tensor, persistent=True):
        """Adds a tensor that is state but no parameter; saved unless not `persistent`."""
        self._check_name("buffer", name, self.__dict__.get("_buffers", {}))
        if tensor is not None and not isinstance(tensor, pt.Tensor):
            raise PorticoTypeError(
                f"cannot assign '{_type_name(tensor)}' object to buffer '{name}' "
                "(portico Tensor or None required)"
            )
        self._buffers[name] = tensor
        if persistent:
            self._non_persistent_buffers_set.discard(name)
        else:
            self._non_persistent_buffers_set.add(name)

    def add_module(self, name, module):
        """Adds a child module under a name."""
        if module is not None and not isinstance(module, Module):
            raise PorticoTypeError(f"{_type_name(module)} is not a Module subclass")
        self._check_name("module", name, self.__dict__.get("_modules", {}))
        self._modules[name] = module

    register_module = add_module

    # Traversal ----------------------------------------------------------------------------------

    def named_modules(self, memo=None, prefix="", remove_duplicate=True):
        """All modules below, this one first, with their dotted names."""
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
        for _, module in self.named_modules():
            yield module

    def named_children(self):
        seen = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def children(self):
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
        """Parameters with their dotted names; shared ones once."""
        yield from self._named_members("_parameters", prefix, recurse, remove_duplicate)

    def parameters(self, recurse=True):
        for _, param in self.named_parameters(recurse=recurse):
            yield param

    def named_buffers(self, prefix="", recurse=True, remove_duplicate=True):
        """Buffers with their dotted names; shared ones once."""
        yield from self._named_members("_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse=True):
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    def get_submodule(self, target):
        """The module with a dotted name; the empty name is this module."""
        module = self
        for name in target.split(".") if target else ():
            if not hasattr(module, name):
                raise _NoSuchAttribute(f"{type(module).__name__} has no attribute `{name}`")
            module = getattr(module, name)
            if not isinstance(module, Module):
                raise _NoSuchAttribute(f"`{name}` is not an nn.Module")
        return module

    def set_submodule(self, target, module, strict=False):
        """Replaces (or adds) the module with a dotted name."""
        path, _, name = target.rpartition(".")
        if not target:
            raise ValueError("Cannot set the submodule without a target name!")
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
        return self._member(target, "_parameters", "an nn.Parameter")

    def get_buffer(self, target):
        return self._member(target, "_buffers", "a buffer")

    # Changing all of it -------------------------------------------------------------------------

    def apply(self, fn):
        """Calls `fn` on every module below and then on this one."""
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
        """Moves parameters and buffers to a device and floating ones to a dtype.

        ``to(device)``, ``to(dtype)``, ``to(device, dtype)`` or ``to(tensor)``.
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
            raise PorticoTypeError(
                f"to() got an unexpected keyword argument {next(iter(kwargs))!r}"
            )
        if dtype is not None and not dtype.is_floating_point:
            raise PorticoTypeError(
                f"nn.Module.to only accepts floating point dtypes, but got desired dtype={dtype}"
            )

        def convert(tensor):
            if dtype is not None and tensor.dtype.is_floating_point:
                tensor = tensor.to(dtype)
            return tensor if device is None else tensor.to(device)

        return self._apply(convert)

    def _floats_to(self, dtype):
        return self._apply(lambda t: t.to(dtype) if t.dtype.is_floating_point else t)

    def float(self):
        return self._floats_to(pt.float32)

    def double(self):
        return self._floats_to(pt.float64)

    def half(self):
        return self._floats_to(pt.float16)

    def bfloat16(self):
        return self._floats_to(pt.bfloat16)

    def type(self, dst_type):
        return self._apply(lambda t: t.to(dst_type))

    def cpu(self):
        return self.to("cpu")

    def train(self, mode=True):
        """Training mode (dropout drops, batch norm counts) on or off, here and below."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self):
        return self.train(False)

    def requires_grad_(self, requires_grad=True):
        for param in self.parameters():
            param.requires_grad = requires_grad
        return self

    def zero_grad(self, set_to_none=True):
        """Forgets (or zeroes) the gradients of all parameters."""
        for param in self.parameters():
            if param.grad is None:
                continue
            if set_to_none:
                param.grad = None
            else:
                param.grad = pt.zeros_like(param.grad)

    # Calling ------------------------------------------------------------------------------------

    def register_forward_pre_hook(self, hook, *, prepend=False, with_kwargs=False):
        """`hook(module, args)` before `forward`; what it returns replaces the arguments."""
        handle = self._forward_pre_hooks.add(
            hook, self._forward_pre_hooks_with_kwargs, prepend=prepend
        )
        if with_kwargs:
            self._forward_pre_hooks_with_kwargs[handle.id] = True
        return handle

    def register_forward_hook(self, hook, *, prepend=False, with_kwargs=False, always_call=False):
        """`hook(module, args, output)` after `forward`; what it returns replaces the output."""
        companions = (self._forward_hooks_with_kwargs, self._forward_hooks_always_called)
        handle = self._forward_hooks.add(hook, *companions, prepend=prepend)
        if with_kwargs:
            self._forward_hooks_with_kwargs[handle.id] = True
        if always_call:
            self._forward_hooks_always_called[handle.id] = True
        return handle

    def register_full_backward_hook(self, hook, prepend=False):
        """`hook(module, grad_input, grad_output)`; what it returns replaces grad_input."""
        return self._backward_hooks.add(hook, prepend=prepend)

    register_backward_hook = register_full_backward_hook

    def register_full_backward_pre_hook(self, hook, prepend=False):
        """`hook(module, grad_output)`; what it returns replaces grad_output."""
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
                raise PorticoRuntimeError(
                    "forward pre-hook must return None or a tuple of (new_args, new_kwargs), "
                    f"but got {changed}."
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
        """The arguments shown between the parentheses of the printed module."""
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
