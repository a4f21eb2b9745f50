"""Compares gradients with finite differences."""

from __future__ import annotations

import numpy as np

from .. import _core
from .._dtypes import float64, is_float
from .._fail import fail_value
from . import grad
from .grad_mode import no_grad

Tensor = _core.Tensor


class GradcheckError(RuntimeError):
    """A gradient differs from finite differences."""


def _outputs(f, inputs):
    out = f(*inputs)
    out = (out,) if isinstance(out, Tensor) else tuple(out)
    return [o for o in out if isinstance(o, Tensor) and is_float(o.dtype)]


def _numerical(f, inputs, k, eps):
    """d outputs / d inputs[k], one row an input element."""
    base = np.array(inputs[k].numpy(force=True), copy=True)
    rows = []
    for i in range(base.size):
        ends = []
        for sign in (1, -1):
            moved = base.copy()
            moved.reshape(-1)[i] += sign * eps
            at = list(inputs)
            at[k] = _core.from_buffer(moved, copy=True)
            at[k].requires_grad = True
            with no_grad():
                ends.append(
                    [
                        np.array(o.numpy(force=True), np.float64, copy=True).reshape(-1)
                        for o in _outputs(f, at)
                    ]
                )
        rows.append([(a - b) / (2 * eps) for a, b in zip(*ends, strict=True)])
    return rows


def gradcheck(
    func, inputs, *, eps=1e-6, atol=1e-5, rtol=1e-3, raise_exception=True,
    check_undefined_grad=True, nondet_tol=0.0, check_batched_grad=False, check_forward_ad=False,
    check_backward_ad=True, fast_mode=False, masked=None, **_,
):  # fmt: skip
    """Whether the gradients of func agree with finite differences; inputs should be float64.

    `eps` is the step of the differences.
    `check_undefined_grad`, `check_batched_grad`, `check_forward_ad`, `check_backward_ad`,
    `fast_mode`, `masked` and `nondet_tol` are accepted.

    Raises:
        ValueError: no input that requires a gradient.
        GradcheckError: gradients that differ, unless `raise_exception=False`. It is a RuntimeError.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradcheck.html

    >>> x = pt.tensor([0.5], dtype=pt.float64, requires_grad=True)
    >>> pt.autograd.gradcheck(pt.sin, (x,))
    True
    """
    inputs = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    checked = [k for k, x in enumerate(inputs) if isinstance(x, Tensor) and x.requires_grad]
    if not checked:
        fail_value(
            "gradcheck",
            "gradcheck expects at least one input tensor to require gradient, but none of the "
            "them have requires_grad=True.",
        )
    if any(inputs[k].dtype is not float64 for k in checked):
        import warnings

        warnings.warn(
            "gradcheck compares with finite differences, which need float64.", stacklevel=2
        )
    outputs = _outputs(func, inputs)
    for k in checked:
        numerical = _numerical(func, inputs, k, eps)
        for j, out in enumerate(outputs):
            for i in range(out.numel()):
                seed = np.zeros(out.numel(), out.numpy(force=True).dtype)
                seed[i] = 1
                seed = _core.from_buffer(seed.reshape(tuple(out.shape)), copy=True)
                g = (
                    grad(out, inputs[k], seed, retain_graph=True, allow_unused=True)[0]
                    if out.requires_grad
                    else None
                )
                analytical = (
                    np.zeros(inputs[k].numel()) if g is None else g.numpy(force=True).reshape(-1)
                )
                expected = np.array([row[j][i] for row in numerical])
                if not np.allclose(analytical, expected, rtol=rtol, atol=atol, equal_nan=True):
                    if not raise_exception:
                        return False
                    raise GradcheckError(
                        f"Jacobian mismatch for output {j} with respect to input "
                        f"{k},\nnumerical:{expected}\nanalytical:{analytical}"
                    )
    return True


def gradgradcheck(func, inputs, grad_outputs=None, **options):
    """Whether second derivatives agree with finite differences of the first.

    `grad_outputs` are the gradients of the outputs for `inputs`, random by default.

    Raises:
        ValueError: no input that requires a gradient.
        GradcheckError: gradients that differ, unless `raise_exception=False`. It is a RuntimeError.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradgradcheck.html

    >>> x = pt.tensor([0.5], dtype=pt.float64, requires_grad=True)
    >>> pt.autograd.gradgradcheck(pt.sin, (x,))
    True
    """
    inputs = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    options.pop("gen_non_contig_grad_outputs", None)
    outputs = _outputs(func, inputs)
    if grad_outputs is None:
        rng = np.random.default_rng(0)
        grad_outputs = []
        for o in outputs:
            seed = _core.from_buffer(rng.normal(size=tuple(o.shape)), copy=True)
            seed.requires_grad = True
            grad_outputs.append(seed)
    n = len(inputs)

    def first(*everything):
        xs, seeds = everything[:n], everything[n:]
        wanted = [x for x in xs if isinstance(x, Tensor) and x.requires_grad]
        outs = [o for o in _outputs(func, xs)]
        pairs = [(o, s) for o, s in zip(outs, seeds, strict=True) if o.requires_grad]
        with_grad = grad(
            [o for o, _ in pairs],
            wanted,
            [s for _, s in pairs],
            create_graph=True,
            allow_unused=True,
            materialize_grads=True,
        )
        return tuple(with_grad)

    # Finite differences need the first derivative even while the tape is off.
    def recorded(*everything):
        from .grad_mode import enable_grad

        with enable_grad():
            return first(*everything)

    return gradcheck(recorded, tuple(inputs) + tuple(grad_outputs), **options)
