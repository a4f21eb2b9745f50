"""Sums that stand for integrals, and statistics of several variables."""

from __future__ import annotations

from . import _core
from ._arguments import explained
from ._broadcast import require_tensor, wrap_dim
from ._dtypes import is_float
from ._fail import fail_runtime, fail_value
from ._registry import op
from .arithmetic import gcd
from .comparison import where
from .linear import matmul
from .unary import absolute, clone

Tensor = _core.Tensor


def _areas(name, y, x, dx, dim):
    """The areas of the trapezoids between neighbours along dim."""
    axis = wrap_dim(name, dim, require_tensor(name, y, "y").ndim)
    n = y.shape[axis]
    if n == 0:
        return None, axis
    left, right = y.narrow(axis, 0, n - 1), y.narrow(axis, 1, n - 1)
    if x is None:
        if isinstance(dx, Tensor) and dx.ndim:
            fail_runtime(name, f"{name}: Currently, we only support dx as a real number")
        return (left + right) * (dx / 2), axis
    if x.ndim == 1 and y.ndim > 1:
        if x.shape[0] != n:
            fail_runtime(name, f"{name}: There must be one `x` value for each sample point")
        x = x.reshape([n if d == axis else 1 for d in range(y.ndim)])
    m = x.ndim + axis - y.ndim
    widths = x.narrow(m, 1, x.shape[m] - 1) - x.narrow(m, 0, x.shape[m] - 1)
    return (left + right) * widths / 2, axis


@op(method=False, aliases=("trapz",))
def trapezoid(y, x=None, *, dx=1, dim=-1):
    """The integral of y along dim by the trapezoidal rule, at points x or at distance dx.

    dim goes.

    Raises:
        IndexError: a dimension out of range.

    >>> pt.trapezoid(pt.tensor([1.0, 3.0]))
    tensor(2.)
    """
    areas, axis = _areas("trapezoid", y, x, dx, dim)
    return y.sum(axis) if areas is None else areas.sum(axis)


@op(method=False)
def cumulative_trapezoid(y, x=None, *, dx=1, dim=-1):
    """The running integral of y along dim by the trapezoidal rule.

    The size of dim goes down by 1.

    Points are at `x`, or `dx` apart.

    Raises:
        IndexError: a dimension out of range.

    >>> pt.cumulative_trapezoid(pt.tensor([1.0, 3.0, 5.0]))
    tensor([2., 6.])
    """
    areas, axis = _areas("cumulative_trapezoid", y, x, dx, dim)
    return clone(y) if areas is None else areas.cumsum(axis)


@op()
def cov(input, *, correction=1, fweights=None, aweights=None):
    """The covariances of variables, one a row, with weighted observations.

    Shape: [variables, observations] -> [variables, variables]; a vector is one variable.

    Divides by n - `correction`; `fweights` (integers) says how often an observation occurred,
    `aweights` how much it weighs.

    Raises:
        RuntimeError: more than 2 dimensions.

    >>> pt.cov(pt.tensor([[1.0, 3.0], [2.0, 0.0]]))
    tensor([[ 2., -2.],
            [-2.,  2.]])
    """
    x = require_tensor("cov", input)
    if x.ndim > 2:
        fail_runtime(
            "cov",
            "cov(): expected input to have two or fewer dimensions but got an input with "
            f"{x.ndim} dimensions",
        )
    x = x.reshape(1, -1) if x.ndim < 2 else x
    x = x if is_float(x.dtype) else x.float()
    w = fweights
    if aweights is not None:
        w = aweights if w is None else w * aweights
    total = float(x.shape[1]) if w is None else w.sum()
    mean = (x.sum(1) if w is None else (x * w).sum(1)) / total
    if w is None:
        norm = max(total - correction, 0.0)
    else:
        heavy = aweights is not None and correction != 0
        norm = (
            total - correction * (w * aweights).sum() / total if heavy else total - correction
        ).clamp(min=0)
    c = x - mean.unsqueeze(1)
    r = matmul(c, (c if w is None else c * w).t()) / norm
    return r.reshape(()) if r.numel() == 1 else r


@op()
def corrcoef(input):
    """The correlation coefficients of variables, one a row.

    Shape: [variables, observations] -> [variables, variables]; a vector is one variable.

    Raises:
        RuntimeError: more than 2 dimensions.

    >>> pt.corrcoef(pt.tensor([[1.0, 3.0], [2.0, 0.0]]))
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    if input.ndim > 2:
        fail_runtime(
            "corrcoef",
            "corrcoef(): expected input to have two or fewer dimensions but got an input with "
            f"{input.ndim} dimensions",
        )
    c = cov(input)
    if not c.ndim:
        return c / c
    d = c.diagonal().sqrt()
    return (c / d.unsqueeze(1) / d.unsqueeze(0)).clamp(-1, 1)


@op(inplace=True, out=True)
def lcm(input, other):
    """Least common multiple of integers.

    Shapes broadcast and dtypes promote.

    Raises:
        RuntimeError: shapes that do not broadcast.
        TypeError: floats.

    >>> pt.lcm(pt.tensor([4]), pt.tensor([6]))
    tensor([12])
    """
    g = gcd(input, other)
    zero = g == 0
    return where(zero, 0, absolute((input // where(zero, 1, g)) * other))


@op(method=False)
def unravel_index(indices, shape):
    """Coordinates of flat indices into a shape, one tensor a dimension.

    int64 tensors of the shape of `indices`.

    Raises:
        ValueError: a negative size.

    >>> pt.unravel_index(pt.tensor([5]), (2, 3))
    (tensor([1]), tensor([2]))
    """
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    if any(n < 0 for n in shape):
        fail_value("unravel_index", "'shape' cannot have negative values", shape)
    found = []
    for n in reversed(shape):
        found.append(indices % n)
        indices = indices // n
    return tuple(reversed(found))


@op(out=True)
def renorm(input, p, dim, maxnorm):
    """Slices of dim scaled down to a p-norm of at most maxnorm.

    Keeps the shape.

    Raises:
        RuntimeError: fewer than 2 dimensions, a p that is not positive, a negative maxnorm.
        IndexError: a dimension out of range.

    >>> pt.renorm(pt.tensor([[3.0, 4.0]]), 2, 0, 1.0)
    tensor([[0.6000, 0.8000]])
    """
    from .reductions import vector_norm

    if p <= 0:
        fail_runtime("renorm", "renorm: non-positive-norm not supported", p)
    if maxnorm < 0:
        fail_runtime("renorm", "renorm: expected maxnorm to be >= 0", maxnorm)
    if input.ndim < 2:
        fail_runtime(
            "renorm", "renorm: input needs at least 2 dimensions", f"{input.ndim} dimensions"
        )
    axis = wrap_dim("renorm", dim, input.ndim)
    over = tuple(i for i in range(input.ndim) if i != axis)
    norms = vector_norm(input, p, over, True)
    return input * where(norms > maxnorm, maxnorm / (norms + 1e-7), 1.0)


def _copies():
    """`view_copy` and its like: the views of PyTorch as new tensors."""
    from ._registry import FUNCTIONS, METHODS

    either = "RuntimeError, IndexError"
    examples = {
        "as_strided": ("pt.arange(4), (2,), (2,)", "tensor([0, 2])", "RuntimeError"),
        "diagonal": ("pt.tensor([[1, 2], [3, 4]])", "tensor([1, 4])", either),
        "expand": ("pt.tensor([1]), (2,)", "tensor([1, 1])", "RuntimeError"),
        "permute": (
            "pt.tensor([[1], [2]]), (1, 0)",
            "tensor([[1, 2]])",
            "RuntimeError, IndexError",
        ),
        "select": ("pt.tensor([5, 6]), 0, 1", "tensor(6)", "IndexError"),
        "squeeze": ("pt.tensor([[1, 2]])", "tensor([1, 2])", "IndexError"),
        "t": ("pt.tensor([[1], [2]])", "tensor([[1, 2]])", "RuntimeError"),
        "transpose": ("pt.tensor([[1], [2]]), 0, 1", "tensor([[1, 2]])", "IndexError"),
        "unfold": ("pt.tensor([1, 2]), 0, 2, 1", "tensor([[1, 2]])", either),
        "unsqueeze": ("pt.tensor([1, 2]), 0", "tensor([[1, 2]])", "IndexError"),
        "view": ("pt.tensor([1, 2]), (1, 2)", "tensor([[1, 2]])", "RuntimeError"),
        "split": ("pt.tensor([1, 2]), 1", "(tensor([1]), tensor([2]))", either),
        "split_with_sizes": (
            "pt.tensor([1, 2]), [1, 1]",
            "(tensor([1]), tensor([2]))",
            "RuntimeError, IndexError",
        ),
        "unbind": ("pt.tensor([1, 2])", "(tensor(1), tensor(2))", either),
        "detach": ("pt.tensor([1, 2])", "tensor([1, 2])", "TypeError"),
    }

    def copy_of(name, arguments, result, errors):
        def f(input, *args, **kwargs):
            r = (METHODS.get(name) or getattr(Tensor, name))(input, *args, **kwargs)
            return tuple(clone(v) for v in r) if isinstance(r, tuple) else clone(r)

        f.__name__ = name + "_copy"
        f.__doc__ = f"""`Tensor.{name}`, as a copy.

        Raises:
            {errors}: those of `Tensor.{name}`.

        >>> pt.{name}_copy({arguments})
        {result}
        """
        FUNCTIONS[name + "_copy"] = explained(f)

    for name, documented in examples.items():
        copy_of(name, *documented)


_copies()
