"""Tensors from data, numbers and other tensors."""

from __future__ import annotations

import builtins
import math

import numpy as np

from . import _core, _notes
from ._broadcast import cast, constant, expand_value, operand, sizes_of
from ._device import HOST, move, on_device, placed
from ._dtypes import (
    BY_NAME,
    CATEGORY,
    FLOAT,
    bool_,
    from_numpy_dtype,
    get_default_dtype,
    int64,
    is_float,
    number_dtype,
    promote_types,
    to_numpy_dtype,
)
from ._fail import fail_runtime, fail_type, fail_value
from ._generated import ops
from ._registry import method, op

Tensor = _core.Tensor

#: No dimension product beyond this: PyTorch's message for sizes that overflow.
_LARGEST = 2**63 - 1


def checked_sizes(name, sizes):
    for s in sizes:
        if s < 0:
            fail_runtime(
                name, f"Trying to create tensor with negative dimension {s}: {list(sizes)}"
            )
    if math.prod(sizes) * 8 > _LARGEST:
        fail_runtime(name, f"Storage size calculation overflowed with sizes={list(sizes)}")
    return sizes


def finish(x, requires_grad):
    """A new tensor, at home on the default device, as the user asked for it."""
    x = _core.settle(x)
    if requires_grad:
        x.requires_grad = True
    return x


# From data -------------------------------------------------------------------------------------


def _infer_dtype(data):
    """The dtype of nested lists: bool < int64 < the default float dtype."""
    found = None
    stack = [data]
    while stack:
        e = stack.pop()
        if isinstance(e, list | tuple):
            stack.extend(e)
            continue
        if isinstance(e, Tensor):
            d = e.dtype
        elif isinstance(e, np.ndarray):
            d = from_numpy_dtype(e.dtype)
        elif isinstance(e, np.generic):
            d = from_numpy_dtype(e.dtype)
        elif isinstance(e, builtins.bool | builtins.int | builtins.float):
            d = number_dtype(e)
        else:
            fail_type(
                "tensor",
                f"new(): invalid data type '{type(e).__name__}'",
                None,
                "numbers, lists, arrays or tensors",
            )
        found = d if found is None else promote_types(found, d)
    return found or get_default_dtype()


def _check_rectangular(data):
    """The shape of nested lists; raises where their lengths differ."""
    if isinstance(data, Tensor):
        return tuple(data.shape)
    if isinstance(data, np.ndarray):
        return data.shape
    if not isinstance(data, list | tuple):
        return ()
    if not data:
        return (0,)
    first = _check_rectangular(data[0])
    for e in data[1:]:
        s = _check_rectangular(e)
        if s != first:
            fail_value(
                "tensor",
                f"expected sequence of length {first[0] if first else 0} at dim 1 (got "
                f"{s[0] if s else 'a number'})",
            )
    return (len(data), *first)


def _plain(data):
    """Tensors inside lists become numbers and lists."""
    if isinstance(data, Tensor):
        return data.detach().tolist()
    if isinstance(data, list | tuple):
        return [_plain(e) for e in data]
    return data


def _from_array(name, array, dtype, copy):
    if array.dtype == object:
        fail_type(
            name,
            "can't convert np.ndarray of type numpy.object_. The only supported types are: "
            f"{', '.join(BY_NAME)}",
        )
    if not array.dtype.isnative:
        if not copy:
            fail_value(
                name,
                "given numpy array has byte order different from the native byte order",
                array.dtype.str,
                None,
                "array.astype(array.dtype.newbyteorder('='))",
            )
        array = array.astype(array.dtype.newbyteorder("="))
    d = from_numpy_dtype(array.dtype, name)
    t = _core.from_buffer(array, copy=copy)
    return t if dtype is None or d is dtype else cast(t, dtype)


def _tensor(name, data, dtype, copy=True, device=None):
    if isinstance(data, Tensor):
        x = data.detach()
        if device is not None and x.device != _core.device(device):
            x, copy = move(x, device), False
        if dtype is not None and dtype is not x.dtype:
            return cast(x, dtype)
        return x.clone() if copy else x
    if isinstance(data, np.ndarray | np.generic):
        return _from_array(name, np.asarray(data), dtype, copy)
    if not isinstance(data, list | tuple) and hasattr(data, "__array__"):
        return _from_array(name, np.asarray(data), dtype, copy)
    if not isinstance(data, list | tuple) and hasattr(data, "__dlpack__"):
        return _tensor(name, np.from_dlpack(data), dtype, copy)
    if isinstance(data, range):
        data = list(data)
    if isinstance(data, str | bytes | dict | set) or data is None:
        fail_type(
            name,
            f"new(): invalid data type '{type(data).__name__}'",
            None,
            "numbers, lists, arrays or tensors",
        )
    dtype = dtype or _infer_dtype(data)
    shape = _check_rectangular(data)
    try:
        array = np.asarray(_plain(data), to_numpy_dtype(dtype))
    except OverflowError:
        fail_runtime(name, f"value cannot be converted to type {dtype} without overflow")
    return _core.from_buffer(array.reshape(shape), copy=True)


@op(method=False)
def tensor(data, *, dtype=None, device=None, requires_grad=False, pin_memory=False):
    """A new tensor with a copy of data: numbers, nested lists, NumPy arrays or tensors.

    Python floats become the default dtype. Raises `ValueError` for ragged lists and
    `TypeError` for anything that is no number.

    >>> pt.tensor([[1, 2], [3, 4]])
    tensor([[1, 2],
            [3, 4]])
    """
    return finish(_tensor("tensor", data, dtype, device=device), requires_grad)


@op(method=False)
def as_tensor(data, dtype=None, device=None):
    """data as a tensor, sharing memory where that is possible (tensors and NumPy arrays).

    Raises:
        ValueError: ragged lists; TypeError: what is no number.

    >>> pt.as_tensor([1.0])
    tensor([1.])
    """
    if isinstance(data, Tensor):
        return data.to(device=device, dtype=dtype)
    return _core.settle(_tensor("as_tensor", data, dtype, copy=False))


@op(method=False)
def asarray(obj, *, dtype=None, device=None, copy=None, requires_grad=False):
    """obj as a tensor; `copy` says whether memory must (True) or must not (False) be copied.

    Raises:
        ValueError: a copy is needed and refused, or ragged lists; TypeError: what is no number.

    >>> pt.asarray([1, 2])
    tensor([1, 2])
    """
    if (
        copy is False
        and not isinstance(obj, Tensor | np.ndarray)
        and not hasattr(obj, "__dlpack__")
    ):
        fail_value(
            "asarray",
            "unable to create a tensor without a copy",
            type(obj).__name__,
            None,
            "copy=None",
        )
    if copy:
        r = _tensor("asarray", obj, dtype, device=device)
    else:
        r = as_tensor(obj, dtype, device)
    return finish(r, requires_grad)


@op(method=False)
def scalar_tensor(
    s, *, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False
):
    """A 0-d tensor of a number, in the default dtype.

    Raises:
        TypeError: what is no number.

    >>> pt.scalar_tensor(2)
    tensor(2.)
    """
    return finish(_tensor("scalar_tensor", s, dtype or get_default_dtype()), requires_grad)


@op(method=False)
def from_numpy(ndarray):
    """A tensor that shares memory with a NumPy array.

    Raises `TypeError` for what is no array or has an unsupported dtype, `ValueError` for negative
    strides and foreign byte order. A read-only array is shared too, with a warning; writing to
    the tensor is then an error.

    >>> pt.from_numpy(np.array([1, 2]))
    tensor([1, 2])
    """
    if not isinstance(ndarray, np.ndarray):
        fail_type("from_numpy", f"expected np.ndarray (got {type(ndarray).__name__})")
    if any(s < 0 for s in ndarray.strides) and ndarray.size:
        fail_value(
            "from_numpy",
            "At least one stride in the given numpy array is negative, and tensors with negative "
            "strides are not "
            "currently supported.",
            None,
            None,
            "array.copy()",
        )
    with placed(HOST):
        return _core.settle(_from_array("from_numpy", ndarray, None, False))


@op(method=False)
def frombuffer(buffer, *, dtype, count=-1, offset=0, requires_grad=False):
    """A vector that reads an object with the buffer protocol.

    `count` elements are taken, all by default, from `offset` bytes on.

    Raises:
        ValueError: a buffer of another length.

    >>> pt.frombuffer(bytearray(b"ab"), dtype=pt.uint8)
    tensor([97, 98], dtype=portico.uint8)
    """
    array = np.frombuffer(buffer, to_numpy_dtype(dtype), count, offset)
    return finish(_from_array("frombuffer", array, None, False), requires_grad)


@op(method=False)
def from_dlpack(ext_tensor):
    """A tensor that shares memory with any object that has `__dlpack__`.

    Raises:
        AttributeError: an object without `__dlpack__`.

    >>> pt.from_dlpack(np.array([1.0, 2.0])).dtype
    portico.float64
    """
    if isinstance(ext_tensor, Tensor):
        return ext_tensor.detach()
    native = getattr(_core, "from_dlpack", None)
    return (
        native(ext_tensor)
        if native
        else _from_array("from_dlpack", np.from_dlpack(ext_tensor), None, False)
    )


# Filled ----------------------------------------------------------------------------------------


def fill_dtype(value, dtype):
    if dtype is not None:
        return dtype
    return number_dtype(value.item() if isinstance(value, Tensor) else value)


def filled_tensor(name, sizes, value, dtype, device=None, requires_grad=False):
    sizes = checked_sizes(name, sizes)
    if isinstance(value, Tensor):
        value = value.item()
    if CATEGORY[dtype] != FLOAT and isinstance(value, builtins.float):
        value = builtins.int(value)
    return finish(_core.full(tuple(sizes), value, dtype, device), requires_grad)


def _filler(name, value):
    def f(
        *size, out=None, dtype=None, layout=None, device=None, requires_grad=False,
        pin_memory=False, **names,
    ):  # fmt: skip
        if "size" in names:
            size = (names.pop("size"),)
        if names:
            fail_type(name, f"{name}() got an unexpected keyword argument '{next(iter(names))}'")
        sizes = sizes_of(size)
        if out is not None:
            from ._registry import write_out

            return write_out(name, out, filled_tensor(name, sizes, value, out.dtype))
        return filled_tensor(
            name, sizes, value, dtype or get_default_dtype(), device, requires_grad
        )

    f.__name__ = name
    f.__doc__ = f"""A tensor of the given sizes filled with {value}, in the default dtype.

    Raises:
        RuntimeError: a negative size, or more elements than can be counted.
        TypeError: an unknown argument, or what is no size.

    >>> pt.{name}(2).shape
    portico.Size([2])
    """
    return op(method=False)(f)


zeros = _filler("zeros", 0)
ones = _filler("ones", 1)
empty = _filler("empty", 0)


@op(method=False, out=True, notes=_notes.SIZED)
def full(
    size, fill_value, *, dtype=None, layout=None, device=None, requires_grad=False, pin_memory=False
):
    """A tensor filled with a number, whose dtype it has.

    `fill_value` is a number.

    >>> pt.full((2,), 7)
    tensor([7, 7])
    """
    return filled_tensor(
        "full", sizes_of((size,)), fill_value, fill_dtype(fill_value, dtype), device, requires_grad
    )


def _like(name, value):
    def f(
        input, *, dtype=None, layout=None, device=None, requires_grad=False, memory_format=None,
        pin_memory=False,
    ):  # fmt: skip
        return filled_tensor(
            name, tuple(input.shape), value, dtype or input.dtype, device, requires_grad
        )

    f.__name__ = name
    f.__doc__ = f"""A tensor of input's shape and dtype filled with {value}.

    >>> pt.{name}(pt.tensor([1, 2])).dtype
    portico.int64
    """
    return op(method=False)(f)


zeros_like = _like("zeros_like", 0)
ones_like = _like("ones_like", 1)
empty_like = _like("empty_like", 0)


@op(method=False)
def full_like(
    input, fill_value, *, dtype=None, layout=None, device=None, requires_grad=False,
    memory_format=None, pin_memory=False,
):  # fmt: skip
    """A tensor of input's shape and dtype filled with a number.

    `fill_value` is a number.

    Raises:
        TypeError: a value that is no number.

    >>> pt.full_like(pt.tensor([1, 2]), 7)
    tensor([7, 7])
    """
    return filled_tensor(
        "full_like", tuple(input.shape), fill_value, dtype or input.dtype, device, requires_grad
    )


def _as_many(name, size, argument, values):
    if len(sizes_of((size,))) != len(values):
        fail_runtime(
            name, f"size and {argument} must have as many entries",
            f"{len(sizes_of((size,)))} and {len(values)}",
        )  # fmt: skip


@op(method=False)
def empty_strided(
    size, stride, *, dtype=None, layout=None, device=None, requires_grad=False, pin_memory=False
):
    """A tensor of the given sizes; strides are the library's business.

    Raises:
        RuntimeError: a negative size, or not as many strides as sizes.

    >>> pt.empty_strided((2, 3), (3, 1)).shape
    portico.Size([2, 3])
    """
    _as_many("empty_strided", size, "stride", stride)
    return filled_tensor(
        "empty_strided", sizes_of((size,)), 0, dtype or get_default_dtype(), device, requires_grad
    )


@op(method=False)
def empty_permuted(
    size, physical_layout, *, dtype=None, layout=None, device=None, requires_grad=False,
    pin_memory=False,
):  # fmt: skip
    """A tensor of the given sizes; the layout in memory is the library's business.

    Raises:
        RuntimeError: a negative size, or a `physical_layout` that is no order of its dimensions.

    >>> pt.empty_permuted((2, 3), (0, 1)).shape
    portico.Size([2, 3])
    """
    _as_many("empty_permuted", size, "physical_layout", physical_layout)
    if sorted(physical_layout) != [*range(len(physical_layout))]:
        fail_runtime(
            "empty_permuted", "physical_layout is no permutation", list(physical_layout),
            "each dimension once",
        )  # fmt: skip
    return filled_tensor(
        "empty_permuted", sizes_of((size,)), 0, dtype or get_default_dtype(), device, requires_grad
    )


def _new(name, value):
    def f(
        self, *size, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False,
        **names,
    ):  # fmt: skip
        if "size" in names:
            size = (names["size"],)
        return filled_tensor(
            name, sizes_of(size), value, dtype or self.dtype, device, requires_grad
        )

    f.__name__ = name
    f.__doc__ = f"""A tensor of the given sizes and self's dtype, filled with {value}.

    Raises:
        RuntimeError: a negative size.

    >>> pt.tensor([1, 2]).{name}(1, 2)
    tensor([[{value}, {value}]])
    """
    return method(name)(on_device(f))


new_zeros, new_ones, new_empty = _new("new_zeros", 0), _new("new_ones", 1), _new("new_empty", 0)


@method()
@on_device
def new_full(
    self, size, fill_value, *, dtype=None, device=None, requires_grad=False, layout=None,
    pin_memory=False,
):  # fmt: skip
    """A tensor of the given sizes and self's dtype (or `dtype`), filled with a number.

    `fill_value` is a number.

    Raises:
        RuntimeError: a negative size.

    >>> pt.tensor([1, 2]).new_full((2,), 7)
    tensor([7, 7])
    """
    return filled_tensor(
        "new_full", sizes_of((size,)), fill_value, dtype or self.dtype, device, requires_grad
    )


@method()
@on_device
def new_tensor(self, data, *, dtype=None, device=None, requires_grad=False):
    """A copy of data, as for `pt.tensor`, in self's dtype (or `dtype`).

    Raises:
        ValueError: ragged lists; TypeError: what is no number.

    >>> pt.tensor([1.0]).new_tensor([1, 2])
    tensor([1., 2.])
    """
    return finish(_tensor("new_tensor", data, dtype or self.dtype, device=device), requires_grad)


@method()
@on_device
def new_empty_strided(
    self, size, stride, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False
):
    """A tensor of the given sizes and self's dtype; strides are the library's business.

    Raises:
        RuntimeError: a negative size, or not as many strides as sizes.

    >>> pt.tensor([1, 2]).new_empty_strided((2, 3), (3, 1)).shape
    portico.Size([2, 3])
    """
    _as_many("new_empty_strided", size, "stride", stride)
    return filled_tensor(
        "new_empty_strided", sizes_of((size,)), 0, dtype or self.dtype, device, requires_grad
    )


# Sequences -------------------------------------------------------------------------------------


def _check_step(name, start, end, step):
    if step == 0:
        fail_runtime(name, "step must be nonzero")
    if not all(math.isfinite(v) for v in (start, end)):
        fail_runtime(name, f"unsupported range: {start} -> {end}")
    if (end - start) * step < 0:
        fail_runtime(
            name,
            "upper bound and lower bound inconsistent with step sign",
            f"{start}, {end}, {step}",
        )


@op(method=False, out=True)
def arange(
    start=0, end=None, step=1, *, dtype=None, layout=None, device=None, requires_grad=False,
    pin_memory=False,
):  # fmt: skip
    """start, start + step, ... below end; int64 unless a number is a float.

    Raises `RuntimeError` when step is 0 or leads away from end.

    >>> pt.arange(1, 6, 2)
    tensor([1, 3, 5])
    """
    if end is None:
        start, end = 0, start
    start, end, step = (
        v.item() if isinstance(v, Tensor | np.generic) else v for v in (start, end, step)
    )
    _check_step("arange", start, end, step)
    if dtype is None:
        dtype = (
            get_default_dtype()
            if any(isinstance(v, builtins.float) for v in (start, end, step))
            else int64
        )
    if all(isinstance(v, builtins.int) for v in (start, end, step)):
        n = max(-(-(end - start) // step), 0)
    else:
        n = max(math.ceil((end - start) / step), 0)
    return finish(_sequence(n, start, step, dtype), requires_grad)


def _sequence(n, start, step, dtype):
    """start + step * i, with start and step as run-time arguments."""
    if not n:
        return _core.full((0,), 0, dtype, None)
    if dtype is bool_:
        return cast(_sequence(n, start, step, int64), bool_)
    if CATEGORY[dtype] != FLOAT:
        start, step = builtins.int(start), builtins.int(step)
    x = ops.iota((n,), 0, dtype)
    if step != 1:
        x = ops.mul(x, expand_value(operand(step, dtype), (n,)))
    if start != 0:
        x = ops.add(x, expand_value(operand(start, dtype), (n,)))
    return x


@op("range", method=False, out=True)
def range_(start=0, end=None, step=1, *, dtype=None, device=None, requires_grad=False, layout=None):
    """start, start + step, ... up to and including end.

    Raises:
        RuntimeError: a step of 0, or of the wrong sign.

    >>> pt.range(1, 3)
    tensor([1., 2., 3.])
    """
    if end is None:
        start, end = 0, start
    _check_step("range", start, end, step)
    return finish(
        _sequence(math.floor((end - start) / step) + 1, start, step, dtype or get_default_dtype()),
        requires_grad,
    )


def _steps(name, start, end, steps, dtype):
    start, end = (v.item() if isinstance(v, Tensor) else v for v in (start, end))
    if steps < 0:
        fail_runtime(name, "number of steps must be non-negative", steps)
    return start, end, dtype or get_default_dtype()


def _linear(start, end, steps, dtype):
    """Symmetric: the second half counts back from end, so that both ends are exact."""
    if steps == 1:
        return filled_tensor("linspace", (1,), start, dtype)
    if not steps:
        return _core.full((0,), 0, dtype, None)
    work = dtype if is_float(dtype) else BY_NAME["float64"]
    i = ops.iota((steps,), 0, work)
    spread = lambda v: expand_value(operand(v, work), (steps,))  # noqa: E731
    step = spread((end - start) / (steps - 1))
    low = ops.add(spread(builtins.float(start)), ops.mul(step, i))
    high = ops.sub(spread(builtins.float(end)), ops.mul(step, ops.sub(constant(steps - 1, i), i)))
    r = ops.select(ops.compare(i, constant(steps // 2, i), 2), low, high)
    return r if work is dtype else cast(ops.trunc(r), dtype)


@op(method=False, out=True)
def linspace(
    start, end, steps, *, dtype=None, layout=None, device=None, requires_grad=False,
    pin_memory=False,
):  # fmt: skip
    """`steps` values from start to end, both included, at equal distances.

    A vector of size `steps`, in the default dtype.

    Raises:
        RuntimeError: negative steps.

    >>> pt.linspace(0, 1, 3)
    tensor([0.0000, 0.5000, 1.0000])
    """
    start, end, dtype = _steps("linspace", start, end, steps, dtype)
    return finish(_linear(start, end, steps, dtype), requires_grad)


@op(method=False, out=True)
def logspace(
    start, end, steps, base=10.0, *, dtype=None, layout=None, device=None, requires_grad=False,
    pin_memory=False,
):  # fmt: skip
    """base to the power of linspace(start, end, steps), whose arguments and errors it has.

    Raises:
        RuntimeError: a negative number of steps.

    >>> pt.logspace(0, 2, 3)
    tensor([  1.,  10., 100.])
    """
    start, end, dtype = _steps("logspace", start, end, steps, dtype)
    work = dtype if is_float(dtype) else BY_NAME["float64"]
    return finish(cast(base ** _linear(start, end, steps, work), dtype), requires_grad)


@op(method=False, out=True)
def eye(n, m=None, *, dtype=None, layout=None, device=None, requires_grad=False, pin_memory=False):
    """Ones on the diagonal, zeros elsewhere.

    Shape: [n, m], or [n, n]; in the default dtype.

    Raises:
        RuntimeError: a negative size.

    >>> pt.eye(2)
    tensor([[1., 0.],
            [0., 1.]])
    """
    m = n if m is None else m
    shape = checked_sizes("eye", (n, m))
    on = ops.compare(ops.iota(shape, 0, int64), ops.iota(shape, 1, int64), 0)
    return finish(cast(on, dtype or get_default_dtype()), requires_grad)


@op(method=False, out=True)
def vander(x, N=None, increasing=False):
    """Powers of a vector as columns.

    Shape: [n] -> [n, N], with N = n by default.

    Raises:
        RuntimeError: an input that is no vector.

    >>> pt.vander(pt.tensor([1, 2, 3]), increasing=True)
    tensor([[1, 1, 1],
            [1, 2, 4],
            [1, 3, 9]])
    """
    if x.ndim != 1:
        fail_runtime("vander", "x must be a one-dimensional tensor", f"{x.ndim}D")
    n = x.shape[0] if N is None else N
    powers = ops.iota((x.shape[0], n), 1, int64)
    base = ops.broadcast(x if x.dtype is not bool_ else cast(x, int64), (x.shape[0], n), (0,))
    r = ops.pow(base, cast(powers, base.dtype))
    return r if increasing else ops.reverse(r, (1,))
