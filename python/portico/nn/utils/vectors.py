"""All parameters as one vector."""

import portico as pt
from portico._fail import fail_type


def parameters_to_vector(parameters):
    """The elements of all parameters, one after another.

    >>> pt.nn.utils.parameters_to_vector([pt.ones(2), pt.zeros(1, 1)])
    tensor([1., 1., 0.])
    """
    return pt.cat([p.reshape(-1) for p in parameters])


def vector_to_parameters(vec, parameters):
    """Stores the elements of a vector in parameters, in order."""
    if not isinstance(vec, pt.Tensor):
        fail_type("vector_to_parameters", "expected a Tensor", type(vec).__name__)
    start = 0
    with pt.no_grad():
        for param in parameters:
            count = param.numel()
            param.copy_(vec[start : start + count].reshape(param.shape))
            start += count
