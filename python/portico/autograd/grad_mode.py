"""Whether ops are put on the tape: context managers that are decorators too."""

from __future__ import annotations

import functools
import inspect

from .. import _core


class _Mode:
    """Enters a mode for a `with` block, a function, or a generator."""

    def __call__(self, f):
        if inspect.isgeneratorfunction(f):
            return self._wrap_generator(f)

        @functools.wraps(f)
        def g(*args, **kwargs):
            with self.clone():
                return f(*args, **kwargs)

        return g

    def _wrap_generator(self, f):
        """The mode holds while the generator runs, not while it waits."""

        @functools.wraps(f)
        def g(*args, **kwargs):
            inner = f(*args, **kwargs)
            try:
                with self.clone():
                    value = next(inner)
                while True:
                    sent = yield value
                    with self.clone():
                        value = inner.send(sent)
            except StopIteration as end:
                return end.value
            finally:
                inner.close()

        return g

    def clone(self):
        """Another manager of the same mode.

        >>> with pt.no_grad().clone():
        ...     print(pt.is_grad_enabled())
        False
        """
        return type(self)()


class no_grad(_Mode):
    """Nothing inside is put on the tape.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.no_grad.html

    >>> x = pt.ones(1, requires_grad=True)
    >>> with pt.no_grad():
    ...     y = x * 2
    >>> y.requires_grad
    False
    """

    def __new__(cls, f=None):
        # @no_grad without parentheses
        self = super().__new__(cls)
        return self if f is None else _Mode.__call__(self, f)

    def __init__(self, f=None):
        pass

    def __enter__(self):
        self.saved = _core.is_grad_enabled()
        _core.set_grad_enabled(False)
        return self

    def __exit__(self, *exc):
        _core.set_grad_enabled(self.saved)


class enable_grad(no_grad):
    """What is inside is put on the tape, even within `no_grad`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.enable_grad.html

    >>> x = pt.ones(1, requires_grad=True)
    >>> with pt.no_grad():
    ...     with pt.enable_grad():
    ...         y = x * 2
    >>> y.requires_grad
    True
    """

    def __enter__(self):
        self.saved = _core.is_grad_enabled()
        _core.set_grad_enabled(True)
        return self


class set_grad_enabled(_Mode):
    """Switches the tape on or off, from the call on; as a context manager, for its block.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.grad_mode.set_grad_enabled.html

    >>> with pt.set_grad_enabled(False):
    ...     print(pt.is_grad_enabled())
    False
    """

    def __init__(self, mode):
        self.mode, self.saved = bool(mode), _core.is_grad_enabled()
        _core.set_grad_enabled(self.mode)

    def __call__(self, f):
        # A decorator must not change the mode where it decorates.
        _core.set_grad_enabled(self.saved)
        return super().__call__(f)

    def __enter__(self):
        _core.set_grad_enabled(self.mode)
        return self

    def __exit__(self, *exc):
        _core.set_grad_enabled(self.saved)

    def clone(self):
        """Another manager of the same mode.

        >>> pt.set_grad_enabled(True).clone().mode
        True
        """
        return type(self)(self.mode)


class inference_mode(_Mode):
    """As `no_grad`, and tensors made inside can never take part in autograd.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.grad_mode.inference_mode.html

    >>> with pt.inference_mode():
    ...     y = pt.ones(1)
    >>> y.requires_grad
    False
    """

    def __new__(cls, mode=True):
        self = super().__new__(cls)
        if callable(mode):
            self.mode = True
            return _Mode.__call__(self, mode)
        return self

    def __init__(self, mode=True):
        self.mode = mode

    def __enter__(self):
        self.saved = _core.is_inference_mode_enabled(), _core.is_grad_enabled()
        _core.set_inference_mode(self.mode)
        if self.mode:
            _core.set_grad_enabled(False)
        return self

    def __exit__(self, *exc):
        _core.set_inference_mode(self.saved[0])
        _core.set_grad_enabled(self.saved[1])

    def clone(self):
        """Another manager of the same mode.

        >>> pt.inference_mode(False).clone().mode
        False
        """
        return type(self)(self.mode)


def is_grad_enabled():
    """Whether ops are put on the tape.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.is_grad_enabled.html

    >>> pt.is_grad_enabled()
    True
    """
    return _core.is_grad_enabled()


def is_inference_mode_enabled():
    """Whether inference mode is on.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.is_inference_mode_enabled.html

    >>> with pt.inference_mode():
    ...     print(pt.is_inference_mode_enabled())
    True
    """
    return _core.is_inference_mode_enabled()
