"""Gradients: backward, grad, custom functions, grad modes and checks."""

from __future__ import annotations

from .. import _core
from .._dtypes import is_float
from .._fail import fail_runtime, fail_type
from .._registry import method
from .function import Function, FunctionCtx, once_differentiable
from .grad_mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)

Tensor = _core.Tensor
Variable = Tensor

__all__ = [
    "Function", "FunctionCtx", "Variable", "backward", "enable_grad", "grad", "gradcheck",
    "gradgradcheck",
    "inference_mode", "is_grad_enabled", "is_inference_mode_enabled", "no_grad",
    "once_differentiable",
    "set_grad_enabled",
]  # fmt: skip


def _as_tuple(x):
    return (x,) if isinstance(x, Tensor) else tuple(x)


def _seeds(name, outputs, grads):
    """One gradient an output; 1 where none is given for a single element."""
    grads = (None,) * len(outputs) if grads is None else _as_tuple(grads)
    if len(grads) != len(outputs):
        fail_runtime(name, f"got {len(outputs)} tensors and {len(grads)} gradients")
    seeds = []
    for out, g in zip(outputs, grads, strict=True):
        if g is None:
            if out.requires_grad:
                if out.numel() != 1:
                    fail_runtime(
                        name,
                        "grad can be implicitly created only for scalar outputs",
                        list(out.shape),
                        None,
                        "backward(gradient)",
                    )
                if not is_float(out.dtype):
                    fail_runtime(
                        name,
                        "grad can be implicitly created only for real scalar outputs but got "
                        f"{out.dtype}",
                    )
                g = _core.full(tuple(out.shape), 1, out.dtype, out.device)
        elif not isinstance(g, Tensor):
            fail_type(name, f"gradients can be either Tensors or None, but got {type(g).__name__}")
        elif g.shape != out.shape:
            fail_runtime(
                name,
                f"Mismatch in shape: grad_output[0] has a shape of {g.shape} and output[0] has a "
                f"shape of {out.shape}.",
            )
        seeds.append(g)
    for out in outputs:
        if not out.requires_grad:
            fail_runtime(
                name, "element 0 of tensors does not require grad and does not have a grad_fn"
            )
    return seeds


def backward(
    tensors,
    grad_tensors=None,
    retain_graph=None,
    create_graph=False,
    grad_variables=None,
    inputs=None,
):
    """Adds the gradients of `tensors` to the `.grad` of the leaves (or of `inputs`).

    Raises `RuntimeError` when a tensor with more than one element has no gradient given, when
    nothing
    requires a gradient, and when the graph was freed by an earlier call.

    `grad_tensors` (once called `grad_variables`) are the gradients of the tensors, 1 by default for
    one element.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.backward.html

    >>> x = pt.ones(2, requires_grad=True)
    >>> pt.autograd.backward((x * 3).sum())
    >>> x.grad
    tensor([3., 3.])
    """
    if grad_variables is not None:
        if grad_tensors is not None:
            fail_runtime(
                "backward", "both 'grad_tensors' and 'grad_variables', its old name, were passed",
                None, "one of them", "grad_tensors",
            )  # fmt: skip
        grad_tensors = grad_variables
    tensors = _as_tuple(tensors)
    inputs = None if inputs is None else _as_tuple(inputs)
    if inputs is not None and not inputs:
        fail_runtime("backward", "'inputs' argument to backward() cannot be empty.")
    seeds = _seeds("backward", tensors, grad_tensors)
    retain = create_graph if retain_graph is None else retain_graph
    _core.backward(
        list(tensors), seeds, retain, create_graph, None if inputs is None else list(inputs), True
    )


def grad(
    outputs, inputs, grad_outputs=None, retain_graph=None, create_graph=False, only_inputs=True,
    allow_unused=None, is_grads_batched=False, materialize_grads=False,
):  # fmt: skip
    """The gradients of outputs in inputs, as a tuple; nothing is accumulated.

    Arguments are those of `backward`; `allow_unused` gives None for an input that is not used, and
    `materialize_grads` zeros.

    `grad_outputs` are the gradients of the outputs, with a first dimension of several to compute if
    `is_grads_batched`; `only_inputs` is accepted.

    Raises:
        RuntimeError: no inputs, one without requires_grad or that is not used, a missing gradient.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.grad.html

    >>> x = pt.tensor(3.0, requires_grad=True)
    >>> pt.autograd.grad(x * x, x)
    (tensor(6.),)
    """
    outputs, inputs = _as_tuple(outputs), _as_tuple(inputs)
    if not inputs:
        fail_runtime("grad", "`inputs` argument to `grad()` cannot be empty")
    if allow_unused is None:
        allow_unused = materialize_grads
    if is_grads_batched:
        rows = [
            grad(
                outputs,
                inputs,
                tuple(g[i] for g in _as_tuple(grad_outputs)),
                True,
                create_graph,
                True,
                True,
                False,
                True,
            )  # fmt: skip
            for i in range(_as_tuple(grad_outputs)[0].shape[0])
        ]
        from ..joining import stack

        return tuple(stack(list(column)) for column in zip(*rows, strict=True))
    for x in inputs:
        if not x.requires_grad:
            fail_runtime("grad", "One of the differentiated Tensors does not require grad")
    seeds = _seeds("grad", outputs, grad_outputs)
    retain = create_graph if retain_graph is None else retain_graph
    result = _core.backward(list(outputs), seeds, retain, create_graph, list(inputs), False)
    if not allow_unused and any(g is None for g in result):
        fail_runtime(
            "grad",
            "One of the differentiated Tensors appears to not have been used in the graph. Set "
            "allow_unused=True if "
            "this is the desired behavior.",
        )
    if materialize_grads:
        result = [
            _core.full(tuple(x.shape), 0, x.dtype, x.device) if g is None else g
            for g, x in zip(result, inputs, strict=True)
        ]
    return tuple(result)


@method("backward")
def _tensor_backward(self, gradient=None, retain_graph=None, create_graph=False, inputs=None):
    """Adds the gradients of self to the `.grad` of the leaves (or of `inputs`).

    Args:
        gradient (Tensor): of self's shape; needed unless self has one element.
        retain_graph (bool): keep the graph for another call.
        create_graph (bool): make gradients that have gradients.
        inputs (list): the tensors that get gradients, if not all leaves.

    Raises:
        RuntimeError: a missing gradient, a graph that was freed, or nothing that requires one.

    >>> x = pt.ones(2, requires_grad=True)
    >>> (x * 3).sum().backward()
    >>> x.grad
    tensor([3., 3.])
    """
    backward(self, gradient, retain_graph, create_graph, inputs=inputs)


def __getattr__(name):
    # The checks need nothing at import.
    if name in ("gradcheck", "gradgradcheck"):
        from . import _gradcheck

        return getattr(_gradcheck, name)
    if name == "functional":
        import importlib

        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
