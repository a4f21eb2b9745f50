"""Jacobians, Hessians and their products."""

from __future__ import annotations

from .. import _core
from .._fail import fail_runtime, fail_type
from . import grad
from .grad_mode import enable_grad

Tensor = _core.Tensor


def _prepare(name, inputs):
    single = isinstance(inputs, Tensor)
    given = (inputs,) if single else inputs
    if not isinstance(given, tuple | list) or not all(isinstance(x, Tensor) for x in given):
        fail_type(
            name, f"the inputs given to {name} must be a Tensor or a tuple of Tensors",
            type(inputs).__name__,
        )  # fmt: skip
    xs = [x.detach().clone() if not x.requires_grad else x.view_as(x) for x in given]
    for x in xs:
        if not x.requires_grad:
            x.requires_grad = True
    return xs, single


def _gradients(outputs, xs, seeds, strict, **options):
    """`grad`, with zeros for inputs that outputs do not depend on, unless `strict` refuses them."""
    return grad(
        outputs, xs, seeds, allow_unused=not strict, materialize_grads=not strict, **options
    )  # fmt: skip


def _rows(out, xs, create_graph, strict):
    """Gradients of each element of out, stacked to out.shape + x.shape."""
    from ..joining import stack

    flat = out.reshape(-1)
    rows = [
        _gradients(flat[i], xs, None, strict, retain_graph=True, create_graph=create_graph)
        for i in range(flat.numel())
    ]
    if not rows:
        return [_core.full(tuple(out.shape) + tuple(x.shape), 0, x.dtype, x.device) for x in xs]
    return [
        stack([r[k] for r in rows]).reshape(tuple(out.shape) + tuple(x.shape))
        for k, x in enumerate(xs)
    ]


def jacobian(
    func, inputs, create_graph=False, strict=False, vectorize=False, strategy="reverse-mode"
):
    """d func(inputs) / d inputs, of shape output.shape + input.shape.

    `strategy` is accepted: it is reverse mode.

    Raises:
        TypeError: inputs that are no tensors.
        RuntimeError: integers; outputs that do not depend on an input, if `strict`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.jacobian.html

    >>> pt.autograd.functional.jacobian(lambda x: x * x, pt.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    with enable_grad():
        xs, single_in = _prepare("jacobian", inputs)
        out = func(*xs)
        single_out = isinstance(out, Tensor)
        result = []
        for o in (out,) if single_out else out:
            if o.requires_grad:
                row = _rows(o, xs, create_graph, strict)
            elif strict:
                fail_runtime("jacobian", "an output of the function is independent of the inputs")
            else:
                row = [
                    _core.full(tuple(o.shape) + tuple(x.shape), 0, x.dtype, x.device) for x in xs
                ]
            result.append(row[0] if single_in else tuple(row))
    return result[0] if single_out else tuple(result)


def hessian(
    func,
    inputs,
    create_graph=False,
    strict=False,
    vectorize=False,
    outer_jacobian_strategy="reverse-mode",
):
    """The second derivatives of a scalar function.

    `outer_jacobian_strategy` is accepted: it is reverse mode.

    Raises:
        TypeError: inputs that are no tensors.
        RuntimeError: integers; a function of more than one element; a gradient that does not depend
            on an input, if `strict`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.hessian.html

    >>> pt.autograd.functional.hessian(lambda x: (x * x * x).sum(), pt.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """

    def scalar(*xs):
        out = func(*xs)
        if not isinstance(out, Tensor) or out.numel() != 1:
            fail_runtime(
                "hessian", "the function given to hessian should return one element",
                list(out.shape) if isinstance(out, Tensor) else type(out).__name__,
            )  # fmt: skip
        return out.reshape(())

    def gradient(*xs):
        return jacobian(scalar, xs if len(xs) > 1 else xs[0], create_graph=True, strict=strict)

    return jacobian(gradient, inputs, create_graph=create_graph, strict=strict)


def vjp(func, inputs, v=None, create_graph=False, strict=False):
    """func(inputs), and the product of v (of the output's shape) with its Jacobian.

    Raises:
        TypeError: inputs that are no tensors.
        RuntimeError: integers; a v of another shape, or one that is missing where it is needed;
            outputs that do not depend on an input, if `strict`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.vjp.html

    >>> pt.autograd.functional.vjp(lambda x: x * x, pt.tensor([1.0, 2.0]), pt.tensor([1.0, 1.0]))
    (tensor([1., 4.]), tensor([2., 4.]))
    """
    with enable_grad():
        xs, single = _prepare("vjp", inputs)
        out = func(*xs)
        g = _gradients(out, xs, v, strict, create_graph=create_graph)
    detach = (lambda t: t) if create_graph else (lambda t: t.detach())
    out = detach(out) if isinstance(out, Tensor) else tuple(detach(o) for o in out)
    return out, g[0] if single else g


def jvp(func, inputs, v=None, create_graph=False, strict=False):
    """func(inputs), and the product of its Jacobian with v (of the input's shape).

    Raises:
        TypeError: inputs that are no tensors.
        RuntimeError: integers; a v of another shape, or one that is missing where it is needed;
            outputs that do not depend on an input, if `strict`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.jvp.html

    >>> out, product = pt.autograd.functional.jvp(
    ...     lambda x: x * x, pt.tensor([1.0, 2.0]), pt.tensor([1.0, 1.0])
    ... )
    >>> product.detach()
    tensor([2., 4.])
    """
    with enable_grad():
        xs, _ = _prepare("jvp", inputs)
        out = func(*xs)
        single = isinstance(out, Tensor)
        outs = [out] if single else list(out)
        seeds = [_core.full(tuple(o.shape), 0, o.dtype, o.device).requires_grad_() for o in outs]
        g = _gradients(outs, xs, seeds, strict, create_graph=True)
        if v is None:
            if len(xs) != 1 or xs[0].numel() != 1:
                fail_runtime("jvp", "v can only be None where the input is one element")
            v = _core.full(tuple(xs[0].shape), 1, xs[0].dtype, xs[0].device)
        vs = [v] if isinstance(v, Tensor) else list(v)
        pairs = [(a, b) for a, b in zip(g, vs, strict=True) if a.requires_grad]
        r = grad(
            [a for a, _ in pairs],
            seeds,
            [b for _, b in pairs],
            create_graph=create_graph,
            allow_unused=True,
            materialize_grads=True,
        )
    return out, r[0] if single else r


def hvp(func, inputs, v=None, create_graph=False, strict=False):
    """func(inputs), a scalar, and the product of its Hessian with v (of the input's shape).

    Raises:
        TypeError: inputs that are no tensors.
        RuntimeError: integers; a v of another shape, or one that is missing where it is needed;
            outputs that do not depend on an input, if `strict`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.hvp.html

    >>> out, product = pt.autograd.functional.hvp(
    ...     lambda x: (x * x * x).sum(), pt.tensor([1.0, 2.0]), pt.tensor([1.0, 1.0])
    ... )
    >>> product.detach()
    tensor([ 6., 12.])
    """
    with enable_grad():
        xs, single = _prepare("hvp", inputs)
        out = func(*xs)
        g = _gradients(out, xs, None, strict, create_graph=True)
        vs = [v] if isinstance(v, Tensor) else v
        r = _gradients(g, xs, vs, strict, create_graph=create_graph)
    return out, r[0] if single else r


vhp = hvp
