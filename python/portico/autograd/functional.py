"""Jacobians, Hessians and their products."""

from __future__ import annotations

from .. import _core
from . import grad
from .grad_mode import enable_grad

Tensor = _core.Tensor


def _prepare(inputs):
    single = isinstance(inputs, Tensor)
    xs = [
        x.detach().clone() if not x.requires_grad else x.view_as(x)
        for x in ((inputs,) if single else inputs)
    ]
    for x in xs:
        if not x.requires_grad:
            x.requires_grad = True
    return xs, single


def _rows(out, xs, create_graph):
    """Gradients of each element of out, stacked to out.shape + x.shape."""
    from ..joining import stack

    flat = out.reshape(-1)
    rows = [
        grad(
            flat[i],
            xs,
            retain_graph=True,
            create_graph=create_graph,
            allow_unused=True,
            materialize_grads=True,
        )
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

    Raises:
        TypeError: inputs that are no tensors.
        RuntimeError: integers; a v of another shape, or one that is missing where it is needed.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.jacobian.html

    >>> pt.autograd.functional.jacobian(lambda x: x * x, pt.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    with enable_grad():
        xs, single_in = _prepare(inputs)
        out = func(*xs)
        single_out = isinstance(out, Tensor)
        result = []
        for o in (out,) if single_out else out:
            if o.requires_grad:
                row = _rows(o, xs, create_graph)
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

    Raises:
        TypeError: inputs that are no tensors.
        RuntimeError: integers; a v of another shape, or one that is missing where it is needed.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.hessian.html

    >>> pt.autograd.functional.hessian(lambda x: (x * x * x).sum(), pt.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """

    def gradient(*xs):
        row = jacobian(func, xs if len(xs) > 1 else xs[0], create_graph=True)
        return row

    return jacobian(gradient, inputs, create_graph=create_graph)


def vjp(func, inputs, v=None, create_graph=False, strict=False):
    """func(inputs), and the product of v (of the output's shape) with its Jacobian.

    Raises:
        TypeError: inputs that are no tensors.
        RuntimeError: integers; a v of another shape, or one that is missing where it is needed.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.vjp.html

    >>> pt.autograd.functional.vjp(lambda x: x * x, pt.tensor([1.0, 2.0]), pt.tensor([1.0, 1.0]))
    (tensor([1., 4.]), tensor([2., 4.]))
    """
    with enable_grad():
        xs, single = _prepare(inputs)
        out = func(*xs)
        g = grad(out, xs, v, create_graph=create_graph, allow_unused=True, materialize_grads=True)
    detach = (lambda t: t) if create_graph else (lambda t: t.detach())
    out = detach(out) if isinstance(out, Tensor) else tuple(detach(o) for o in out)
    return out, g[0] if single else g


def jvp(func, inputs, v=None, create_graph=False, strict=False):
    """func(inputs), and the product of its Jacobian with v (of the input's shape).

    Raises:
        TypeError: inputs that are no tensors.
        RuntimeError: integers; a v of another shape, or one that is missing where it is needed.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.jvp.html

    >>> out, product = pt.autograd.functional.jvp(
    ...     lambda x: x * x, pt.tensor([1.0, 2.0]), pt.tensor([1.0, 1.0])
    ... )
    >>> product.detach()
    tensor([2., 4.])
    """
    with enable_grad():
        xs, _ = _prepare(inputs)
        out = func(*xs)
        single = isinstance(out, Tensor)
        outs = [out] if single else list(out)
        seeds = [_core.full(tuple(o.shape), 0, o.dtype, o.device).requires_grad_() for o in outs]
        g = grad(outs, xs, seeds, create_graph=True, allow_unused=True, materialize_grads=True)
        vs = (
            [_core.full(tuple(x.shape), 1, x.dtype, x.device) for x in xs]
            if v is None
            else [v]
            if isinstance(v, Tensor)
            else list(v)
        )
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
        RuntimeError: integers; a v of another shape, or one that is missing where it is needed.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.functional.hvp.html

    >>> out, product = pt.autograd.functional.hvp(
    ...     lambda x: (x * x * x).sum(), pt.tensor([1.0, 2.0]), pt.tensor([1.0, 1.0])
    ... )
    >>> product.detach()
    tensor([ 6., 12.])
    """
    with enable_grad():
        xs, single = _prepare(inputs)
        out = func(*xs)
        g = grad(out, xs, create_graph=True, allow_unused=True, materialize_grads=True)
        vs = [v] if isinstance(v, Tensor) else v
        r = grad(g, xs, vs, create_graph=create_graph, allow_unused=True, materialize_grads=True)
    return out, r[0] if single else r


vhp = hvp
