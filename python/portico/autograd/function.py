"""Functions with a gradient written by the user."""

from __future__ import annotations

import weakref

from .. import _core
from .._dtypes import is_float
from .._fail import fail_runtime, fail_type
from .grad_mode import no_grad

Tensor = _core.Tensor


class FunctionCtx:
    """What forward leaves for backward.

    >>> class Square(pt.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x * x
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         (x,) = ctx.saved_tensors
    ...         return 2 * x * g
    >>> x = pt.tensor(3.0, requires_grad=True)
    >>> Square.apply(x).backward(); x.grad
    tensor(6.)
    """

    def __init__(self, needs_input_grad):
        self.needs_input_grad = needs_input_grad
        self._outputs = {}
        self._saved, self._dirty, self._constant, self._materialize = (), (), (), True

    def save_for_backward(self, *tensors):
        """Keeps tensors for backward; a change in place in between is an error there.

        Raises:
            TypeError: what is given is no tensor.

        >>> ctx = pt.autograd.FunctionCtx((True,))
        >>> ctx.save_for_backward(pt.ones(1))
        >>> ctx.saved_tensors
        (tensor([1.]),)
        """
        for t in tensors:
            if t is not None and not isinstance(t, Tensor):
                fail_type(
                    "save_for_backward",
                    "save_for_backward can only save variables, but argument is of type "
                    f"{type(t).__name__}",
                )
        self._saved = tuple((t, None if t is None else t._version) for t in tensors)
        self._outputs = {}

    save_for_forward = save_for_backward

    @property
    def saved_tensors(self):
        for t, version in self._saved:
            if t is not None and t._version != version:
                fail_runtime(
                    "backward",
                    "one of the variables needed for gradient computation has been modified by an "
                    "inplace operation: "
                    f"[{list(t.shape)}] is at version {t._version}; expected version {version} "
                    "instead.",
                )
        held = {i: reference() for i, reference in self._outputs.items()}
        return tuple(t if held.get(i) is None else held[i] for i, (t, _) in enumerate(self._saved))

    def _let_go(self, outputs):
        """An output that was saved must not keep its own gradient function alive for ever.

        While somebody holds the output, backward gets it with its history; later, its value.
        """
        saved = list(self._saved)
        for i, (t, version) in enumerate(saved):
            if t is not None and any(t is o for o in outputs):
                self._outputs[i] = weakref.ref(t)
                saved[i] = t.detach(), version
        self._saved = tuple(saved)

    def mark_dirty(self, *tensors):
        """Says that forward changed these inputs in place.

        >>> class Fill(pt.autograd.Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         ctx.mark_dirty(x)
        ...         return x.fill_(1)
        ...     @staticmethod
        ...     def backward(ctx, g):
        ...         return g * 0
        >>> Fill.apply(pt.zeros(2))
        tensor([1., 1.])
        """
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors):
        """Says that these outputs have no gradient.

        >>> class Order(pt.autograd.Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         values, order = x.sort()
        ...         ctx.mark_non_differentiable(order)
        ...         return values, order
        ...     @staticmethod
        ...     def backward(ctx, g, _):
        ...         return g
        >>> Order.apply(pt.tensor([2.0, 1.0], requires_grad=True))[1].requires_grad
        False
        """
        self._constant = tensors

    def set_materialize_grads(self, value):
        """Whether backward gets zeros (True) or None for outputs without a gradient.

        >>> class Both(pt.autograd.Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         ctx.set_materialize_grads(False)
        ...         return x * 1, x * 2
        ...     @staticmethod
        ...     def backward(ctx, g, h):
        ...         print(g, h)
        ...         return h * 2
        >>> Both.apply(pt.ones(1, requires_grad=True))[1].backward()
        None tensor([1.])
        """
        self._materialize = value


class Function:
    """A function with its own gradient: subclass it with static methods `forward` and `backward`.

    Raises:
        NotImplementedError: `forward` or `backward` is needed and missing.

    Source: https://docs.pytorch.org/docs/stable/autograd.html#torch.autograd.Function

    >>> class Twice(pt.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         return x * 2
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         return g * 2
    >>> x = pt.ones(1, requires_grad=True)
    >>> Twice.apply(x).backward()
    >>> x.grad
    tensor([2.])
    """

    @staticmethod
    def forward(*args, **kwargs):
        """Computes the result: `forward(ctx, *args)`, or `forward(*args)` beside a `setup_context`.

        Raises:
            NotImplementedError: the subclass defines none.

        >>> class Twice(pt.autograd.Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         return x * 2
        >>> Twice.apply(pt.ones(1))
        tensor([2.])
        """
        raise NotImplementedError(
            "You must implement the forward function for custom autograd.Function."
        )

    @staticmethod
    def backward(ctx, *grad_outputs):
        """The gradients of forward's arguments from those of its results; None where there is none.

        Raises:
            NotImplementedError: the subclass defines none.

        >>> class Cut(pt.autograd.Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         return x * 1
        ...     @staticmethod
        ...     def backward(ctx, g):
        ...         return g.clamp(-1, 1)
        >>> x = pt.ones(1, requires_grad=True)
        >>> (Cut.apply(x) * 5).backward(); x.grad
        tensor([1.])
        """
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom "
            "autograd.Function to use it with backward mode AD."
        )

    @staticmethod
    def setup_context(ctx, inputs, output):
        """Fills `ctx` after a forward that does not take it.

        Raises:
            NotImplementedError: the subclass defines none.

        >>> class Square(pt.autograd.Function):
        ...     @staticmethod
        ...     def forward(x):
        ...         return x * x
        ...     @staticmethod
        ...     def setup_context(ctx, inputs, output):
        ...         ctx.save_for_backward(*inputs)
        ...     @staticmethod
        ...     def backward(ctx, g):
        ...         return 2 * ctx.saved_tensors[0] * g
        >>> x = pt.tensor(3.0, requires_grad=True)
        >>> Square.apply(x).backward(); x.grad
        tensor(6.)
        """
        raise NotImplementedError("setup_context is not implemented.")

    @classmethod
    def apply(cls, *args):
        """Runs forward, and puts backward on the tape.

        >>> class Twice(pt.autograd.Function):
        ...     @staticmethod
        ...     def forward(ctx, x):
        ...         return x * 2
        ...     @staticmethod
        ...     def backward(ctx, g):
        ...         return g * 2
        >>> Twice.apply(pt.ones(1, requires_grad=True)).requires_grad
        True
        """
        needs = tuple(isinstance(a, Tensor) and a.requires_grad for a in args)
        ctx = FunctionCtx(needs)
        recording = _core.is_grad_enabled() and any(needs)
        with no_grad():
            if cls.setup_context is not Function.setup_context:
                result = cls.forward(*args)
                cls.setup_context(ctx, args, result)
            else:
                result = cls.forward(ctx, *args)
        if not recording:
            return result
        single = not isinstance(result, tuple | list)
        outputs = [result] if single else list(result)
        places = [
            i
            for i, o in enumerate(outputs)
            if isinstance(o, Tensor)
            and is_float(o.dtype)
            and not any(o is c for c in ctx._constant)
        ]
        if not places:
            return result
        inputs = list(args)
        dirty = [any(outputs[i] is d for d in ctx._dirty) for i in places]
        given = [
            # An input that is returned as it is must not become its own gradient function.
            outputs[i].detach() if any(outputs[i] is a for a in inputs) and not d else outputs[i]
            for i, d in zip(places, dirty, strict=True)
        ]
        specs = [(tuple(g.shape), g.dtype, g.device) for g in given]
        _core.make_function_node(
            _Backward(cls, ctx, specs), inputs, given, cls.__name__ + "Backward"
        )
        ctx._let_go(given)
        for i, t in zip(places, given, strict=True):
            outputs[i] = t
        return outputs[0] if single else type(result)(outputs)


class _Backward:
    """Called with the gradients of the outputs, gives those of the arguments."""

    def __init__(self, cls, ctx, specs):
        self.cls, self.ctx, self.specs = cls, ctx, specs

    def __call__(self, *grads):
        if self.ctx._materialize:
            grads = [
                _core.full(shape, 0, dtype, device) if g is None else g
                for g, (shape, dtype, device) in zip(grads, self.specs, strict=True)
            ]
        r = self.cls.backward(self.ctx, *grads)
        return r if isinstance(r, tuple) else (r,)


def once_differentiable(f):
    """Marks a backward whose result has no gradient of its own.

    >>> class Twice(pt.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         return x * 2
    ...     @staticmethod
    ...     @pt.autograd.function.once_differentiable
    ...     def backward(ctx, g):
    ...         return g * 2
    >>> x = pt.ones(1, requires_grad=True)
    >>> Twice.apply(x).backward(); x.grad
    tensor([2.])
    """
    import functools

    @functools.wraps(f)
    def g(ctx, *grads):
        with no_grad():
            return f(ctx, *grads)

    return g
