"""Saving and loading the tensors of a module: `state_dict` and its inverse."""

from collections import OrderedDict, namedtuple

import portico as pt
from portico._fail import fail_runtime, fail_type

from .parameter import Parameter

_EXTRA_STATE = "_extra_state"


class IncompatibleKeys(namedtuple("IncompatibleKeys", ["missing_keys", "unexpected_keys"])):
    """What `load_state_dict(strict=False)` did not find, and what it did not need."""

    __slots__ = ()

    def __repr__(self):
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return super().__repr__()


class StateDict:
    """The part of a module that saves and loads."""

    _version = 1

    def get_extra_state(self):
        """Anything else a subclass wants in its `state_dict`.

        Raises:
            RuntimeError: the subclass defines none.

        >>> class Net(pt.nn.Module):
        ...     def get_extra_state(self):
        ...         return {"epoch": 3}
        >>> Net().state_dict()["_extra_state"]
        {'epoch': 3}
        """
        fail_runtime(
            "StateDict",
            "Reached a code path in Module.get_extra_state() that should never be called.",
        )

    def set_extra_state(self, state):
        """Restores what `get_extra_state` gave.

        Raises:
            RuntimeError: the subclass defines none.

        >>> class Net(pt.nn.Module):
        ...     def get_extra_state(self):
        ...         return 3
        ...     def set_extra_state(self, state):
        ...         self.epoch = state
        >>> net = Net()
        >>> net.load_state_dict({"_extra_state": 4})
        <All keys matched successfully>
        >>> net.epoch
        4
        """
        fail_runtime(
            "StateDict",
            "Reached a code path in Module.set_extra_state() that should never be called.",
        )

    def _has_extra_state(self):
        return type(self).get_extra_state is not StateDict.get_extra_state

    def register_state_dict_pre_hook(self, hook):
        """Runs `hook(module, prefix, keep_vars)` before `state_dict` collects; returns a handle.

        >>> net = pt.nn.Linear(2, 1)
        >>> handle = net.register_state_dict_pre_hook(lambda *args: print("saving"))
        >>> state = net.state_dict()
        saving
        """
        return self._state_dict_pre_hooks.add(hook)

    def register_state_dict_post_hook(self, hook):
        """Runs `hook(module, state_dict, prefix, local_metadata)` last; returns a handle.

        What it returns, if anything, replaces the state dict.

        >>> net = pt.nn.Linear(2, 1)
        >>> def forget(module, state_dict, prefix, metadata):
        ...     del state_dict["bias"]
        >>> handle = net.register_state_dict_post_hook(forget)
        >>> list(net.state_dict())
        ['weight']
        """
        return self._state_dict_hooks.add(hook)

    _register_state_dict_hook = register_state_dict_post_hook

    def register_load_state_dict_pre_hook(self, hook):
        """Runs a hook before a module loads; returns a handle.

        It is called as `hook(module, state_dict, prefix, metadata, strict, missing, unexpected,
        errors)`.

        >>> net = pt.nn.Linear(1, 1, bias=False)
        >>> def show(module, state_dict, *rest):
        ...     print(list(state_dict))
        >>> handle = net.register_load_state_dict_pre_hook(show)
        >>> net.load_state_dict({"weight": pt.ones(1, 1)})
        ['weight']
        <All keys matched successfully>
        """
        return self._load_state_dict_pre_hooks.add(hook)

    def register_load_state_dict_post_hook(self, hook):
        """Runs `hook(module, incompatible_keys)`, which may change the keys, after loading.

        >>> net = pt.nn.Linear(1, 1)
        >>> def forgive(module, keys):
        ...     keys.missing_keys.clear()
        >>> handle = net.register_load_state_dict_post_hook(forgive)
        >>> net.load_state_dict({"weight": pt.ones(1, 1)})
        <All keys matched successfully>
        """
        return self._load_state_dict_post_hooks.add(hook)

    def _save_to_state_dict(self, destination, prefix, keep_vars):
        for name, param in self._parameters.items():
            if param is not None:
                destination[prefix + name] = param if keep_vars else param.detach()
        for name, buffer in self._buffers.items():
            if buffer is not None and name not in self._non_persistent_buffers_set:
                destination[prefix + name] = buffer if keep_vars else buffer.detach()
        if self._has_extra_state():
            destination[prefix + _EXTRA_STATE] = self.get_extra_state()

    def state_dict(self, *, destination=None, prefix="", keep_vars=False):
        """Parameters and persistent buffers by name; the tensors share the module's memory.

        Names begin with `prefix`; `keep_vars` gives the tensors themselves, not detached.

        >>> list(pt.nn.Linear(2, 1).state_dict())
        ['weight', 'bias']
        """
        if destination is None:
            destination = OrderedDict()
            destination._metadata = OrderedDict()
        local = {"version": self._version}
        if hasattr(destination, "_metadata"):
            destination._metadata[prefix[:-1]] = local
        for hook in self._state_dict_pre_hooks.values():
            hook(self, prefix, keep_vars)
        self._save_to_state_dict(destination, prefix, keep_vars)
        for name, module in self._modules.items():
            if module is not None:
                module.state_dict(
                    destination=destination, prefix=f"{prefix}{name}.", keep_vars=keep_vars
                )
        for hook in self._state_dict_hooks.values():
            changed = hook(self, destination, prefix, local)
            if changed is not None:
                destination = changed
        return destination

    def _load_from_state_dict(
        self, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs
    ):
        for hook in self._load_state_dict_pre_hooks.values():
            hook(
                self, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys,
                error_msgs,
            )  # fmt: skip
        persistent = {
            name: buffer
            for name, buffer in self._buffers.items()
            if name not in self._non_persistent_buffers_set
        }
        assign = local_metadata.get("assign_to_params_buffers", False)
        for name, own in {**self._parameters, **persistent}.items():
            if own is None:
                continue
            key = prefix + name
            if key in state_dict:
                self._load_one(name, own, key, state_dict[key], assign, error_msgs)
            elif strict:
                missing_keys.append(key)
        self._load_extra_state(state_dict, prefix, strict, missing_keys, unexpected_keys)
        if strict:
            self._collect_unexpected(state_dict, prefix, unexpected_keys)

    def _load_one(self, name, own, key, saved, assign, error_msgs):
        if not isinstance(saved, pt.Tensor):
            error_msgs.append(
                f'While copying the parameter named "{key}", expected portico.Tensor or '
                f"Tensor-like object from checkpoint but received {type(saved)}"
            )
            return
        if own.ndim == 0 and tuple(saved.shape) == (1,):
            saved = saved[0]  # scalars were once saved with one dimension
        if tuple(saved.shape) != tuple(own.shape):
            error_msgs.append(
                f"size mismatch for {key}: copying a param with shape {saved.shape} from "
                f"checkpoint, the shape in current model is {own.shape}."
            )
            return
        if not assign:
            with pt.no_grad():
                own.copy_(saved)
        elif isinstance(own, Parameter):
            if not isinstance(saved, Parameter):
                saved = Parameter(saved, requires_grad=own.requires_grad)
            setattr(self, name, saved)
        else:
            setattr(self, name, saved)

    def _load_extra_state(self, state_dict, prefix, strict, missing_keys, unexpected_keys):
        key = prefix + _EXTRA_STATE
        if type(self).set_extra_state is not StateDict.set_extra_state:
            if key in state_dict:
                self.set_extra_state(state_dict[key])
            elif strict:
                missing_keys.append(key)
        elif strict and key in state_dict:
            unexpected_keys.append(key)

    def _collect_unexpected(self, state_dict, prefix, unexpected_keys):
        for key in state_dict:
            if not key.startswith(prefix) or key == prefix + _EXTRA_STATE:
                continue
            first, _, rest = key[len(prefix) :].partition(".")
            known = first in self._modules if rest else first in self._modules or (
                first in self._parameters or first in self._buffers
            )  # fmt: skip
            if not known or (first in self._non_persistent_buffers_set and not rest):
                unexpected_keys.append(key)

    def load_state_dict(self, state_dict, strict=True, assign=False):
        """Copies tensors by name into this module and its children.

        With `strict` missing or unexpected names raise `RuntimeError`; wrong
        shapes always do, and then say so for every tensor at once. With `assign`
        the tensors themselves become the module's.

        Raises:
            TypeError: what is no dict.
            RuntimeError: names or shapes that do not fit.

        >>> a, b = pt.nn.Linear(2, 1), pt.nn.Linear(2, 1)
        >>> a.load_state_dict(b.state_dict())
        <All keys matched successfully>
        """
        if not isinstance(state_dict, dict):
            fail_type(
                "load_state_dict", f"Expected state_dict to be dict-like, got {type(state_dict)}."
            )
        missing, unexpected, errors = [], [], []
        metadata = getattr(state_dict, "_metadata", None)
        state_dict = OrderedDict(state_dict)

        def load(module, local_state, prefix):
            local = {} if metadata is None else dict(metadata.get(prefix[:-1], {}))
            if assign:
                local["assign_to_params_buffers"] = True
            module._load_from_state_dict(
                local_state, prefix, local, True, missing, unexpected, errors
            )
            for name, child in module._modules.items():
                if child is not None:
                    inner = f"{prefix}{name}."
                    part = OrderedDict(
                        (k, v) for k, v in local_state.items() if k.startswith(inner)
                    )
                    load(child, part, inner)
            keys = IncompatibleKeys(missing, unexpected)
            for hook in module._load_state_dict_post_hooks.values():
                hook(module, keys)

        load(self, state_dict, "")
        if strict:
            for what, keys in (("Unexpected", unexpected), ("Missing", missing)):
                if keys:
                    listed = ", ".join(f'"{k}"' for k in keys)
                    errors.insert(0, f"{what} key(s) in state_dict: {listed}. ")
        if errors:
            listed = "\n\t".join(errors)
            fail_runtime(
                "load_state_dict",
                f"Error(s) in loading state_dict for {type(self).__name__}:\n\t{listed}",
            )
        return IncompatibleKeys(missing, unexpected)
