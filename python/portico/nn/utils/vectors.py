"""All parameters as one vector."""

import portico as pt
from portico._fail import fail_type


def parameters_to_vector(parameters):
    """The elements of all parameters, one after another.

    Raises:
        RuntimeError: no parameters.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parameters_to_vector.html

    >>> pt.nn.utils.parameters_to_vector([pt.ones(2), pt.zeros(1, 1)])
    tensor([1., 1., 0.])
    """
    return pt.cat([p.reshape(-1) for p in parameters])


def vector_to_parameters(vec, parameters):
    """Stores the elements of a vector in parameters, in order and in place.

    Raises:
        TypeError: what is given is no tensor; RuntimeError: too few elements.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.vector_to_parameters.html

    >>> p, q = pt.nn.Parameter(pt.zeros(2)), pt.nn.Parameter(pt.zeros(1, 1))
    >>> pt.nn.utils.vector_to_parameters(pt.tensor([1.0, 2.0, 3.0]), [p, q])
    >>> q.tolist()
    [[3.0]]
    """
    if not isinstance(vec, pt.Tensor):
        fail_type("vector_to_parameters", "expected a Tensor", type(vec).__name__)
    start = 0
    with pt.no_grad():
        for param in parameters:
            count = param.numel()
            param.copy_(vec[start : start + count].reshape(param.shape))
            start += count
