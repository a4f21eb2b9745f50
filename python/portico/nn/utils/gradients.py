"""Clipping gradients, in place."""

import portico as pt
from portico._fail import fail_runtime


def _list(tensors):
    return [tensors] if isinstance(tensors, pt.Tensor) else list(tensors)


def _grads(parameters):
    return [p.grad for p in _list(parameters) if p.grad is not None]


def get_total_norm(tensors, norm_type=2.0, error_if_nonfinite=False, foreach=None):
    """The norm of all elements of all tensors, as one vector.

    `norm_type` is p, inf for the largest.

    Raises:
        RuntimeError: a norm that is not finite, if `error_if_nonfinite`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.get_total_norm.html

    >>> pt.nn.utils.get_total_norm([pt.tensor([3.]), pt.tensor([4.])])
    tensor(5.)
    """
    tensors = _list(tensors)
    if not tensors:
        return pt.tensor(0.0)
    norms = pt.stack([t.detach().norm(norm_type).float() for t in tensors])
    total = norms.norm(norm_type)
    if error_if_nonfinite and not bool(total.isfinite()):
        fail_runtime(
            "clip_grad_norm_",
            f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, "
            "so it cannot be clipped. To disable this error and scale the gradients by the "
            "non-finite norm anyway, set `error_if_nonfinite=False`",
        )
    return total


def clip_grads_with_norm_(parameters, max_norm, total_norm, foreach=None):
    """Multiplies gradients by max_norm / total_norm where that is below 1, in place.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grads_with_norm_.html

    >>> p = pt.nn.Parameter(pt.zeros(1))
    >>> p.grad = pt.tensor([4.0])
    >>> pt.nn.utils.clip_grads_with_norm_(p, 1.0, pt.tensor(4.0))
    >>> p.grad
    tensor([1.0000])
    """
    with pt.no_grad():
        scale = (float(max_norm) / (total_norm + 1e-6)).clamp(max=1.0)
        for grad in _grads(parameters):
            grad.mul_(scale.to(grad.dtype))


def clip_grad_norm_(parameters, max_norm, norm_type=2.0, error_if_nonfinite=False, foreach=None):
    """Makes the norm of all gradients at most `max_norm`, in place; returns the norm before.

    `norm_type` is p, inf for the largest.

    Raises:
        RuntimeError: a norm that is not finite, if `error_if_nonfinite`.

    Source: Pascanu et al., "On the difficulty of training recurrent neural networks", 2012.

    >>> p = pt.nn.Parameter(pt.zeros(2))
    >>> p.grad = pt.tensor([3.0, 4.0])
    >>> pt.nn.utils.clip_grad_norm_([p], 1.0)
    tensor(5.)
    >>> p.grad
    tensor([0.6000, 0.8000])
    """
    parameters = _list(parameters)
    with pt.no_grad():
        total = get_total_norm(_grads(parameters), float(norm_type), error_if_nonfinite)
        clip_grads_with_norm_(parameters, max_norm, total)
    return total


def clip_grad_value_(parameters, clip_value, foreach=None):
    """Limits each element of the gradients to [-clip_value, clip_value], in place.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_value_.html

    >>> p = pt.nn.Parameter(pt.zeros(2))
    >>> p.grad = pt.tensor([-3.0, 0.5])
    >>> pt.nn.utils.clip_grad_value_(p, 1.0)
    >>> p.grad
    tensor([-1.0000,  0.5000])
    """
    with pt.no_grad():
        for grad in _grads(parameters):
            grad.clamp_(min=-float(clip_value), max=float(clip_value))
