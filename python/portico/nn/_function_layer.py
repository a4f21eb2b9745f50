"""`FunctionLayer`: a layer that is a function of `nn.functional` with its settings."""

from .module import Module


class FunctionLayer(Module):
    """Keeps settings as attributes and hands them to a function.

    `_function` takes the attributes `_settings` by keyword. The printed layer shows
    those of `_shown`, and those of `_flags` that are true.
    """

    _settings: tuple[str, ...] = ()
    _shown: tuple[str, ...] = ()
    _flags: tuple[str, ...] = ()

    def _keep(self, arguments):
        """Makes the arguments of a constructor, its `locals()`, attributes."""
        for name, value in arguments.items():
            if name not in ("self", "__class__"):
                setattr(self, name, value)

    def _compute(self, *inputs, **more):
        chosen = {name: getattr(self, name) for name in self._settings}
        return type(self)._function(*inputs, **chosen, **more)

    def forward(self, input):
        return self._compute(input)

    def extra_repr(self):
        flags = tuple(name for name in self._flags if getattr(self, name))
        return ", ".join(f"{name}={getattr(self, name)!r}" for name in self._shown + flags)
