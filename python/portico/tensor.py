"""What a Tensor can do besides the ops: operators, conversions, protocols."""

from __future__ import annotations

import builtins

import numpy as np

from . import _core
from ._accelerators import PYTORCH_KINDS
from ._broadcast import broadcast_two, cast, expand_value, sizes_of
from ._device import HOST, accelerator_named, move
from ._dtypes import (
    BY_NAME,
    CATEGORY,
    FLOAT,
    SCALAR_NAME,
    bfloat16,
    bool_,
    float16,
    float32,
    float64,
    int8,
    int16,
    int32,
    int64,
    to_numpy_dtype,
    uint8,
)
from ._fail import fail_runtime, fail_type, fail_unsupported, fail_value
from ._generated import ops
from ._registry import METHODS, assign, method, op
from .arithmetic import floor_divide, remainder
from .comparison import bitwise_left_shift, bitwise_right_shift
from .linear import matmul
from .unary import positive
from .views import without_repetition

Tensor = _core.Tensor
_OPERAND = (_core.Tensor, builtins.int, builtins.float, builtins.bool, np.number, np.bool_)


# Operators ----------------------------------------------------------------------------------------


def _binary(f, swap=False):
    """An operator that leaves foreign operands to their own class."""

    def g(self, other):
        if not isinstance(other, _OPERAND):
            if isinstance(other, np.ndarray):
                other = _core.from_buffer(other, copy=True)
            else:
                return NotImplemented
        return f(other, self) if swap else f(self, other)

    return g


def _in_place(f, symbol):
    def g(self, other):
        return assign(symbol, self, f(self, other))

    return g


# The native type has + - * / ** & | ^ ~ neg abs and the comparisons itself.
for _name, _f in (
    ("floordiv", floor_divide), ("mod", remainder), ("lshift", bitwise_left_shift), ("rshift",
    bitwise_right_shift),
    ("matmul", matmul),
):  # fmt: skip
    METHODS[f"__{_name}__"] = _binary(_f)
    METHODS[f"__r{_name}__"] = _binary(_f, swap=True)
    if _name != "matmul":
        METHODS[f"__i{_name}__"] = _in_place(_f, f"{_name}_")
METHODS["__pos__"] = positive


@method("__rdiv__")
def _rdiv(self, other):
    return other / self


@method("__div__")
def _div(self, other):
    return self / other


@method("__imatmul__")
def _imatmul(self, other):
    return assign("matmul_", self, matmul(self, other))


# Python's conversions -----------------------------------------------------------------------------


@method("__bool__")
def _bool(self):
    if self.numel() != 1:
        if not self.numel():
            fail_runtime("bool", "Boolean value of Tensor with no values is ambiguous")
        fail_runtime(
            "bool",
            "Boolean value of Tensor with more than one value is ambiguous",
            list(self.shape),
        )
    return builtins.bool(self.item())


@method("__float__")
def _float(self):
    return builtins.float(self.item())


@method("__int__")
def _int(self):
    return builtins.int(self.item())


@method("__index__")
def _index(self):
    if CATEGORY[self.dtype] == FLOAT or self.numel() != 1:
        fail_type(
            "index",
            "only integer tensors of a single element can be converted to an index",
            f"{self.dtype} {list(self.shape)}",
        )
    return builtins.int(self.item())


@method("__len__")
def _len(self):
    if not self.ndim:
        fail_type("len", "len() of a 0-d tensor")
    return self.shape[0]


@method("__iter__")
def _iter(self):
    if not self.ndim:
        fail_type("iter", "iteration over a 0-d tensor")
    return iter(self.unbind(0))


@method("__reversed__")
def _reversed(self):
    return self.flip(0) if self.ndim else self


@method("__contains__")
def _contains(self, element):
    if not isinstance(element, _OPERAND):
        fail_runtime(
            "contains",
            "Tensor.__contains__ only supports Tensor or scalar, but you passed in a "
            f"{type(element)}.",
        )
    return builtins.bool((self == element).any().item())


@method("__hash__")
def _hash(self):
    return id(self)


@method("__repr__")
def _repr(self):
    from .printing import tensor_repr

    return tensor_repr(self)


method("__str__")(_repr)


@method("__format__")
def _format(self, spec):
    if not self.ndim and type(self) is Tensor and spec:
        return format(self.item(), spec)
    return object.__format__(self, spec)


@method("__array__")
def _array(self, dtype=None, copy=None):
    array = self.numpy()
    return array if dtype is None else array.astype(dtype, copy=False)


@method("__array_wrap__")
def _array_wrap(self, array, context=None, return_scalar=False):
    """A result of NumPy on this tensor, as a tensor: `np.sin(x)`, `x * array`."""
    return _core.from_buffer(np.asarray(array), copy=False)


# Where NumPy meets a tensor, the tensor wraps the result.
METHODS["__array_priority__"] = 1000


@method("__deepcopy__")
def _deepcopy(self, memo):
    if not self.is_leaf:
        fail_runtime(
            "deepcopy",
            "Only Tensors created explicitly by the user (graph leaves) support the deepcopy "
            "protocol at the moment.",
        )
    if id(self) in memo:
        return memo[id(self)]
    copy = self.detach().clone()
    if type(self) is not Tensor:
        copy = _core.make_subclass(type(self), copy)
    copy.requires_grad = self.requires_grad
    if self.grad is not None:
        copy.grad = self.grad.__deepcopy__(memo)
    memo[id(self)] = copy
    return copy


def _rebuild(array, dtype_name, requires_grad, device=None):
    t = _core.from_buffer(array, copy=True, device=HOST if device is None else device)
    if t.dtype.name != dtype_name:
        t = ops.bitcast(t, BY_NAME[dtype_name])
    t.requires_grad = requires_grad
    return t


@method("__reduce_ex__")
def _reduce(self, protocol):
    array = self.numpy(force=True).copy()
    if self.dtype is bfloat16:
        array = array.view(np.int16)
    where = None if _core.is_host(self.device) else str(self.device)
    return _rebuild, (array, self.dtype.name, self.requires_grad, where)


# Dtype and device ---------------------------------------------------------------------------------


@method()
def to(self, *args, dtype=None, device=None, non_blocking=False, copy=False, memory_format=None):
    """self in another dtype or on another device: `to(dtype)`, `to(device)`, `to(other)`.

    Returns self where nothing changes, unless `copy`.

    Raises:
        TypeError: something else; RuntimeError: a device that there is not.

    >>> pt.ones(2).to(pt.int64)
    tensor([1, 1])
    """
    for a in args:
        if isinstance(a, _core.dtype):
            dtype = a
        elif isinstance(a, Tensor):
            dtype, device = a.dtype, a.device
        elif isinstance(a, str | _core.device) or type(a) is builtins.int:
            device = a
        elif a in (builtins.float, builtins.int, builtins.bool):
            dtype = {builtins.float: float64, builtins.int: int64, builtins.bool: bool_}[a]
        elif not isinstance(a, builtins.bool) and a is not None:
            fail_type(
                "to",
                f"to() received an invalid argument {a!r}",
                None,
                "a dtype, a device or a tensor",
            )
    x = self
    if device is not None:
        x = move(x, device)
    if dtype is not None and dtype is not x.dtype:
        return ops.cast(x, dtype)
    return x.clone() if copy and x is self else x


def _caster(name, dtype):
    def f(self, memory_format=None):
        return cast(self, dtype)

    f.__name__ = name
    f.__doc__ = f"""self as {dtype.name}, of the same shape; self itself where it is that already.

    >>> pt.tensor([1]).{name}().dtype
    portico.{dtype.name}
    """
    method(name)(f)


for _name, _dtype in (
    ("float", float32), ("double", float64), ("half", float16), ("bfloat16", bfloat16), ("int",
    int32), ("long", int64),
    ("short", int16), ("char", int8), ("byte", uint8), ("bool", bool_),
):  # fmt: skip
    _caster(_name, _dtype)


@method("type")
def type_name(self, dtype=None, non_blocking=False):
    """The name of the tensor's type, or self in another dtype.

    Raises:
        ValueError: a name of no type.

    >>> pt.ones(2).type()
    'portico.FloatTensor'
    """
    if dtype is None:
        return f"portico.{SCALAR_NAME[self.dtype]}Tensor"
    if isinstance(dtype, str):
        name = dtype.rsplit(".", 1)[-1]
        found = next((d for d, n in SCALAR_NAME.items() if name in (n + "Tensor", d.name)), None)
        if found is None:
            fail_value("type", f"invalid type: '{dtype}'")
        dtype = found
    return cast(self, dtype)


@method()
def type_as(self, other):
    """self in other's dtype.

    Raises:
        TypeError: what is given is no tensor.

    >>> pt.ones(2).type_as(pt.tensor(1))
    tensor([1, 1])
    """
    return cast(self, other.dtype)


@method()
def cpu(self, memory_format=None):
    """self in the host's memory.

    >>> pt.ones(2).cpu().device.type
    'cpu'
    """
    return move(self, HOST)


def _mover(word):
    def f(self, device=None, non_blocking=False, memory_format=None):
        kind = accelerator_named(word, word)
        if isinstance(device, builtins.int):
            device = f"{kind}:{device}"
        return move(self, kind if device is None else device)

    f.__name__ = f.__qualname__ = word
    f.__doc__ = f"""self on a device of this kind.

    Raises:
        RuntimeError: there is none.

    >>> x = pt.ones(2)
    >>> moved = x.{word}() if pt.{word}.is_available() else x
    """
    method()(f)

    def on(self):
        return self.device.type == _core.driver_name(word)

    method(f"is_{word}")(property(on, doc="Whether the tensor is on such a device."))


for _word in PYTORCH_KINDS:
    _mover(_word)
method("is_cpu")(
    property(lambda self: _core.is_host(self.device), doc="Whether it is in the host's memory.")
)


@method()
def is_floating_point(self):
    """Whether the dtype is a floating-point one.

    >>> pt.ones(2).is_floating_point()
    True
    """
    return CATEGORY[self.dtype] == FLOAT


@method()
def is_complex(self):
    """False: all dtypes are real.

    >>> pt.ones(2).is_complex()
    False
    """
    return False


@method()
def is_signed(self):
    """Whether the dtype has negative numbers.

    >>> pt.tensor([1], dtype=pt.uint8).is_signed()
    False
    """
    return self.dtype.is_signed


@op("is_floating_point", method=False)
def is_floating_point_function(input):
    """Whether input's dtype is a floating-point one.

    >>> pt.is_floating_point(pt.ones(1))
    True
    """
    return CATEGORY[input.dtype] == FLOAT


@op("is_complex", method=False)
def is_complex_function(input):
    """False: all dtypes are real.

    >>> pt.is_complex(pt.ones(1))
    False
    """
    return False


@op(method=False)
def is_tensor(obj):
    """Whether obj is a Tensor.

    >>> pt.is_tensor(pt.ones(1)), pt.is_tensor(1)
    (True, False)
    """
    return isinstance(obj, Tensor)


@op("numel", method=False)
def numel_function(input):
    """The number of elements.

    >>> pt.numel(pt.ones(2, 3))
    6
    """
    return input.numel()


@op()
def is_nonzero(input):
    """Whether the only element is not 0.

    Raises:
        RuntimeError: more or less than one element.

    >>> pt.is_nonzero(pt.tensor([0.0]))
    False
    """
    if input.numel() != 1:
        fail_runtime(
            "is_nonzero",
            "Boolean value of Tensor with no values is ambiguous"
            if not input.numel()
            else "Boolean value of Tensor with more than one value is ambiguous",
        )
    return builtins.bool(input.item())


@op()
def is_same_size(input, other):
    """Whether both have one shape.

    Raises:
        TypeError: what is given is no tensor.

    >>> pt.is_same_size(pt.ones(2), pt.zeros(2))
    True
    """
    return input.shape == other.shape


# What PyTorch's tensors also answer ---------------------------------------------------------------


def _constant_property(name, value, doc):
    method(name)(property(lambda self: value, doc=doc))


_constant_property("is_sparse", False, "False: all tensors are dense.")
_constant_property("is_quantized", False, "False: there are no quantised tensors.")
_constant_property("is_meta", False, "False: all tensors have values.")
_constant_property("is_nested", False, "False: all tensors are rectangular.")
_constant_property("is_mkldnn", False, "False: all tensors are row-major.")
method("itemsize")(property(lambda self: self.dtype.itemsize, doc="Bytes of one element."))
method("nbytes")(
    property(lambda self: self.numel() * self.dtype.itemsize, doc="Bytes of all elements.")
)
method("ndim")(property(lambda self: len(self.shape), doc="The number of dimensions."))
method("imag")(
    property(
        lambda self: fail_unsupported(
            "imag", "imag is not implemented for tensors with non-complex dtypes."
        )
    )
)


@method()
def dim(self):
    """The number of dimensions.

    >>> pt.ones(2, 3).dim()
    2
    """
    return len(self.shape)


method("ndimension")(dim)


def _answer(name, value, doc):
    """A method whose answer is the same for every tensor."""

    def f(self):
        return value

    f.__name__ = f.__qualname__ = name
    f.__doc__ = f"{doc}\n\n    >>> pt.ones(2).{name}()\n    {value}\n    "
    method(name)(f)


_answer("is_conj", False, "False: all dtypes are real.")
_answer("is_neg", False, "False: no tensor is a negated view.")
_answer("is_pinned", False, "False: memory needs no pinning.")
_answer("is_shared", False, "False: no memory is shared between processes.")


@method()
def get_device(self):
    """The index of the tensor's device; -1 for the host.

    >>> pt.ones(2).get_device()
    -1
    """
    return -1 if _core.is_host(self.device) else self.device.index


@method()
def nelement(self):
    """The number of elements, an int.

    >>> pt.ones(2, 3).nelement()
    6
    """
    return self.numel()


@method()
def detach_(self):
    """Takes self out of the graph; returns self.

    Raises:
        RuntimeError: self is a view.

    >>> x = pt.ones(2, requires_grad=True) * 2
    >>> x.detach_().requires_grad
    False
    """
    self._detach_in_place()
    return self


@method()
def copy_(self, src, non_blocking=False):
    """Fills self with src, which broadcasts to self's shape and is cast to its dtype; returns self.

    Raises:
        TypeError: src is no tensor; RuntimeError: a shape that does not broadcast to self's.

    >>> pt.zeros(2, 2).copy_(pt.tensor([1, 2]))
    tensor([[1., 2.],
            [1., 2.]])
    """
    if src is self:  # a write like any other, but what is repeated stays equal
        once = without_repetition(self)
        if once is not self:
            once.copy_(once)
            return self
    if not isinstance(src, Tensor):
        fail_type("copy_", f"copy_(): argument 'other' must be Tensor, not {type(src).__name__}")
    src = move(src, self.device)
    shape = broadcast_two("copy_", tuple(self.shape), tuple(src.shape))
    return assign("copy_", self, expand_value(cast(src, self.dtype), shape))


@method()
def resize_(self, *sizes, memory_format=None):
    """Gives self another shape; the first elements are kept, new ones are 0. Returns self.

    Raises:
        RuntimeError: a negative size.

    >>> pt.tensor([1, 2, 3, 4]).resize_(2, 1)
    tensor([[1],
            [2]])
    """
    from .joining import cat

    shape = sizes_of(sizes)
    n = int(np.prod(shape)) if shape else 1
    flat = self.detach().reshape(-1)
    if n > flat.numel():
        flat = cat([flat, _core.full((n - flat.numel(),), 0, self.dtype, self.device)])
    self._set_data(ops.reshape(flat.narrow(0, 0, n), shape))
    return self


@method()
def resize_as_(self, other, memory_format=None):
    """Gives self other's shape, as `resize_`; returns self.

    Raises:
        TypeError: what is given is no tensor.

    >>> pt.tensor([1, 2, 3, 4]).resize_as_(pt.ones(2))
    tensor([1, 2])
    """
    return resize_(self, tuple(other.shape))


@method()
def set_(self, source=None):
    """Makes self share source's elements and take its shape; returns self.

    Raises:
        TypeError: what is given is no tensor.

    >>> x, y = pt.zeros(1), pt.ones(2)
    >>> x.set_(y)
    tensor([1., 1.])
    """
    self._set_data(source if source is not None else _core.full((0,), 0, self.dtype, self.device))
    return self


def _view_in_place(name):
    def f(self, *args, **kwargs):
        self._set_data(METHODS[name](self, *args, **kwargs))
        return self

    f.__name__ = name + "_"
    arguments = {"squeeze": "", "unsqueeze": "0", "t": ""}.get(name, "0, 1")
    out_of_range = "IndexError: a dimension out of range."
    errors = "RuntimeError: more than 2 dimensions." if name == "t" else out_of_range
    f.__doc__ = f"""Gives self the shape of `{name}`, sharing its elements; returns self.

    Raises:
        {errors}

    >>> x = pt.ones(1, 2)
    >>> x.{name}_({arguments}) is x
    True
    """
    method(name + "_")(f)


for _name in ("squeeze", "unsqueeze", "transpose", "t", "swapaxes", "swapdims"):
    _view_in_place(_name)


@method()
def apply_(self, callable):
    """Replaces each element by callable(element), in Python; returns self.

    >>> pt.tensor([1, 2]).apply_(lambda v: v * 10)
    tensor([10, 20])
    """
    array = np.array(
        [callable(v) for v in self.detach().reshape(-1).tolist()], to_numpy_dtype(self.dtype)
    )
    return assign("apply_", self, _core.from_buffer(array.reshape(tuple(self.shape)), copy=True))


@method()
def map_(self, tensor, callable):
    """Replaces each element by callable(element, other element), in Python; returns self.

    Raises:
        RuntimeError: an `other` that does not broadcast to self.

    >>> pt.tensor([1, 2]).map_(pt.tensor([3, 4]), lambda a, b: a * b)
    tensor([3, 8])
    """
    pairs = zip(
        self.detach().reshape(-1).tolist(), tensor.expand_as(self).reshape(-1).tolist(), strict=True
    )
    array = np.array([callable(a, b) for a, b in pairs], to_numpy_dtype(self.dtype))
    return assign("map_", self, _core.from_buffer(array.reshape(tuple(self.shape)), copy=True))


@method("sum_to_size")
def sum_to_size(self, *size):
    """The sum over the dimensions that `size` broadcasts along.

    Raises:
        RuntimeError: a size that does not broadcast to self's shape.

    >>> pt.ones(2, 3).sum_to_size(1, 3)
    tensor([[2., 2., 2.]])
    """
    shape = sizes_of(size)
    lead = self.ndim - len(shape)
    if lead < 0 or any(n not in (1, self.shape[lead + i]) for i, n in enumerate(shape)):
        fail_runtime(
            "sum_to_size", "size is not expandable to self's", list(shape), list(self.shape)
        )
    x = self.sum(tuple(range(lead))) if lead else self
    over = tuple(i for i, n in enumerate(shape) if n == 1 and x.shape[i] != 1)
    return x.sum(over, keepdim=True) if over else x
