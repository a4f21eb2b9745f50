"""Comparisons, logic, bits and selection."""

from __future__ import annotations

import builtins
import operator

from . import _core
from ._broadcast import align, broadcast_two, constant, expand_value, operand, require_tensor
from ._dtypes import CATEGORY, FLOAT, INT, bool_, iinfo, is_float, result_type
from ._fail import fail_runtime, fail_type
from ._generated import ops
from ._registry import assign, op
from .unary import EQ, LT, NE
from .views import without_repetition

Tensor = _core.Tensor


def _comparison(name, operator, symbol, aliases):
    def f(input, other):
        return operator(require_tensor(name, input), other)

    f.__name__ = name
    f.__doc__ = f"""Whether input {symbol} other, element by element.

    Booleans of the shape both broadcast to; `other` may be a number.

    Raises:
        RuntimeError: shapes that do not broadcast.

    >>> pt.{name}(pt.tensor([1, 2, 3]), 2).tolist()
    {[operator(value, 2) for value in (1, 2, 3)]}
    """
    return op(inplace=True, out=True, aliases=aliases)(f)


eq = _comparison("eq", operator.eq, "==", ())
ne = _comparison("ne", operator.ne, "!=", ("not_equal",))
lt = _comparison("lt", operator.lt, "<", ("less",))
le = _comparison("le", operator.le, "<=", ("less_equal",))
gt = _comparison("gt", operator.gt, ">", ("greater",))
ge = _comparison("ge", operator.ge, ">=", ("greater_equal",))


def truth(x):
    """x as booleans."""
    return x if x.dtype is bool_ else ops.compare(x, constant(0, x), NE)


def _logical(name, primitive, word, truths):
    def f(input, other):
        a, b = truth(require_tensor(name, input)), truth(require_tensor(name, other, "other", 2))
        shape = broadcast_two(name, a.shape, b.shape)
        return primitive(expand_value(a, shape), expand_value(b, shape))

    f.__name__ = name
    f.__doc__ = f"""Logical {word} of what is not 0, element by element.

    Booleans of the shape both broadcast to.

    Raises:
        RuntimeError: shapes that do not broadcast; TypeError: an operand that is no tensor.

    >>> pt.{name}(pt.tensor([True, True, False]), pt.tensor([True, False, False])).tolist()
    {truths}
    """
    return op(inplace=True, out=True)(f)


logical_and = _logical("logical_and", ops.and_, "and", [True, False, False])
logical_or = _logical("logical_or", ops.or_, "or", [True, True, False])
logical_xor = _logical("logical_xor", ops.xor, "exclusive or", [False, True, False])


@op(inplace=True, out=True)
def logical_not(input):
    """Whether each element is 0.

    A boolean tensor of input's shape, of any dtype.

    Raises:
        TypeError: the input is no tensor.

    >>> pt.logical_not(pt.tensor([0, 3]))
    tensor([ True, False])
    """
    require_tensor("logical_not", input)
    return ops.not_(input) if input.dtype is bool_ else ops.compare(input, constant(0, input), EQ)


def _integral(name, *operands):
    tensors = align(name, *operands)
    if CATEGORY[tensors[0].dtype] == FLOAT:
        fail_runtime(
            name,
            f"\"{name}_cpu\" not implemented for '{tensors[0].dtype}'",
            None,
            "integers or booleans",
        )
    return tensors


def _bitwise(name, primitive, word, result):
    def f(input, other):
        return primitive(*_integral(name, input, other))

    f.__name__ = name
    f.__doc__ = f"""Bitwise {word} of integers; logical on booleans.

    Shapes broadcast and dtypes promote; `other` may be a number.

    Raises:
        RuntimeError: floats, or shapes that do not broadcast.

    >>> pt.{name}(pt.tensor([6]), pt.tensor([3]))
    tensor([{result}])
    """
    return op(inplace=True, out=True)(f)


bitwise_and = _bitwise("bitwise_and", ops.and_, "and", 2)
bitwise_or = _bitwise("bitwise_or", ops.or_, "or", 7)
bitwise_xor = _bitwise("bitwise_xor", ops.xor, "exclusive or", 5)
bitwise_left_shift = _bitwise("bitwise_left_shift", ops.shl, "shift to the left", 48)
bitwise_right_shift = _bitwise(
    "bitwise_right_shift", ops.shr, "shift to the right, keeping the sign", 0
)


@op(inplace=True, out=True)
def bitwise_not(input):
    """Bitwise not of integers; logical on booleans.

    Shape and dtype of `input`.

    Raises:
        RuntimeError: floats.

    >>> pt.bitwise_not(pt.tensor([0, -1]))
    tensor([-1,  0])
    """
    return ops.not_(*_integral("bitwise_not", require_tensor("bitwise_not", input)))


@op()
def equal(input, other):
    """Whether both have one shape and equal elements: a Python bool.

    Raises:
        TypeError: an operand that is no tensor.

    >>> pt.equal(pt.tensor([1, 2]), pt.tensor([1, 2]))
    True
    """
    require_tensor("equal", input)
    require_tensor("equal", other, "other", 2)
    if input.shape != other.shape:
        return False
    a, b = align("equal", input, other)
    different = ops.compare(a, b, NE)
    return not ops.reduce(different, 2, tuple(range(len(a.shape)))).item()


@op()
def isclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether |input - other| <= atol + rtol * |other|; infinities are close to themselves.

    A boolean tensor of the shape both broadcast to.

    Raises:
        RuntimeError: dtypes that differ, or shapes that do not broadcast.

    >>> pt.isclose(pt.tensor([1.0]), pt.tensor([1.0 + 1e-9]))
    tensor([True])
    """
    if input.dtype is not other.dtype:
        fail_runtime("isclose", f"{input.dtype} did not match {other.dtype}")
    if rtol < 0 or atol < 0:
        fail_runtime(
            "isclose",
            "rtol and atol must be greater than or equal to zero",
            f"rtol={rtol}, atol={atol}",
        )
    a, b = align("isclose", input, other)
    same = ops.compare(a, b, EQ)
    if not is_float(a.dtype):
        if rtol == 0 and atol == 0:
            return same
        a, b = a.float(), b.float()
    elif equal_nan:
        same = ops.or_(same, ops.and_(ops.compare(a, a, NE), ops.compare(b, b, NE)))
    diff = ops.abs(ops.sub(a, b))
    finite = ops.compare(diff, constant(float("inf"), diff), LT)
    return same | (finite & (diff <= atol + rtol * abs(b)))


@op()
def allclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether all elements are close (see `isclose`): a Python bool.

    Raises:
        RuntimeError: dtypes that differ, or shapes that do not broadcast.

    >>> pt.allclose(pt.tensor([1.0]), pt.tensor([1.0]))
    True
    """
    close = isclose(input, other, rtol, atol, equal_nan)
    return ops.reduce(close, 3, tuple(range(close.ndim))).item()


@op(method=False, out=True)
def where(condition, input=None, other=None):
    """input where condition, else other; shapes broadcast and dtypes promote.

    With the condition alone: its nonzero indices, as a tuple of tensors.

    Raises:
        RuntimeError: shapes that do not broadcast, or a condition that is not boolean.
        RuntimeError: a condition that is not boolean, shapes that do not broadcast.

    >>> pt.where(pt.tensor([True, False]), pt.tensor([1, 2]), 0)
    tensor([1, 0])
    """
    require_tensor("where", condition, "condition")
    if input is None and other is None:
        from .indexing import nonzero

        return nonzero(condition, as_tuple=True)
    dtype = result_type(input, other)
    if condition.dtype is not bool_:
        if CATEGORY[condition.dtype] == FLOAT or condition.dtype.itemsize != 1:
            fail_runtime(
                "where",
                "where expected condition to be a boolean tensor, but got a tensor with dtype "
                f"{condition.dtype}",
            )
        condition = truth(condition)
    shape = condition.shape
    for x in (input, other):
        if isinstance(x, Tensor):
            shape = broadcast_two("where", shape, x.shape)
    a, b = (expand_value(operand(x, dtype), shape) for x in (input, other))
    return ops.select(expand_value(condition, shape), a, b)


@op(function=False, name="where")
def where_method(self, condition, other):
    """self where condition, else other; shapes broadcast and dtypes promote.

    >>> pt.tensor([1, 2]).where(pt.tensor([True, False]), 0)
    tensor([1, 0])
    """
    return where(condition, self, other)


@op()
def masked_fill(input, mask, value):
    """input with `value` (a number or a 0-d tensor) where mask is true.

    Shape and dtype of `input`; the mask is boolean and broadcasts.

    Raises:
        RuntimeError: a mask that is not boolean, or that does not broadcast.

    >>> pt.masked_fill(pt.tensor([1, 2]), pt.tensor([True, False]), 0)
    tensor([0, 2])
    """
    require_tensor("masked_fill", input)
    if mask.dtype is not bool_:
        fail_runtime(
            "masked_fill",
            "masked_fill_ only supports boolean masks",
            f"mask with dtype {mask.dtype}",
        )
    if isinstance(value, Tensor) and value.ndim:
        fail_runtime(
            "masked_fill",
            "masked_fill_ only supports a 0-dimensional value tensor, but got tensor with "
            f"{value.ndim} dimension(s).",
        )
    d = input.dtype
    if not isinstance(value, Tensor) and CATEGORY[d] == INT:
        top = iinfo(d).max
        if not -top - 1 <= builtins.int(value) <= top:
            fail_runtime("masked_fill", f"value cannot be converted to type {d} without overflow")
    shape = broadcast_two("masked_fill", input.shape, mask.shape)
    return ops.select(
        expand_value(mask, shape),
        expand_value(operand(value, d), shape),
        expand_value(input, shape),
    )


@op()
def masked_fill_(input, mask, value):
    """Writes `value` (a number or a 0-d tensor) where mask is true, in place; returns input.

    The mask is boolean and broadcasts. Elements may be repeated in `input`.

    Raises:
        RuntimeError: a mask that is not boolean, or that does not broadcast.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.masked_fill_.html

    >>> pt.tensor([1, 2]).masked_fill_(pt.tensor([True, False]), 0)
    tensor([0, 2])
    """
    x = require_tensor("masked_fill_", input)
    if mask.dtype is bool_ and tuple(broadcast_two("masked_fill_", x.shape, mask.shape)) == x.shape:
        x, mask = without_repetition(x, expand_value(mask, x.shape))
    assign("masked_fill_", x, masked_fill(x, mask, value))
    return input


@op(out=True)
def isin(elements, test_elements, *, assume_unique=False, invert=False):
    """Whether each element is one of `test_elements`.

    A boolean tensor of the shape of `elements`.

    `invert` asks for those that are not; `assume_unique` is accepted.

    Raises:
        TypeError: operands that are neither tensors nor numbers.

    >>> pt.isin(pt.tensor([1, 2, 3]), pt.tensor([2, 5]))
    tensor([False,  True, False])
    """
    a = elements if isinstance(elements, Tensor) else None
    t = test_elements if isinstance(test_elements, Tensor) else None
    if a is None and t is None:
        fail_type("isin", "needs at least one tensor", type(elements).__name__)
    dtype = result_type(elements, test_elements)
    a, t = operand(elements, dtype), operand(test_elements, dtype)
    shape, n = tuple(a.shape), t.numel()
    t = ops.reshape(t, (n,))
    full = shape + (n,)
    left = ops.broadcast(a, full, tuple(range(len(shape))))
    right = ops.broadcast(t, full, (len(shape),))
    found = ops.reduce(ops.compare(left, right, EQ), 2, (len(shape),))
    return ops.not_(found) if invert else found
