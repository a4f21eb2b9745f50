"""What torch programs ask for besides tensors: old constructors, global switches."""

from __future__ import annotations

import numpy as np

from . import _core, _precision, creation
from ._broadcast import sizes_of
from ._dtypes import SCALAR_NAME, get_default_dtype
from ._fail import fail_type
from ._registry import method, op

Tensor = _core.Tensor


# Old constructors ---------------------------------------------------------------------------------


def _construct(args, dtype):
    if not args:
        return creation.zeros(0, dtype=dtype)
    if len(args) == 1 and not isinstance(args[0], int):
        data = args[0]
        if isinstance(data, _core.Size):
            return creation.zeros(tuple(data), dtype=dtype)
        if isinstance(data, Tensor):
            # Shares storage where the dtype fits, as PyTorch does.
            return data.detach() if data.dtype is dtype else data.detach().to(dtype)
        return creation.tensor(data, dtype=dtype)
    return creation.zeros(*sizes_of(args), dtype=dtype)


def new_tensor(cls, *args, device=None, **kwargs):
    """Tensor(data), Tensor(size, size, ...) and Tensor(), in the default dtype."""
    if cls is Tensor and kwargs:
        fail_type(
            "Tensor", f"unexpected argument '{next(iter(kwargs))}'", None, None, "pt.tensor(...)"
        )
    t = _construct(args, get_default_dtype())
    return t if cls is Tensor else _core.make_subclass(cls, t)


Tensor.__new__ = new_tensor


def _typed(name, dtype):
    def f(*args):
        return _construct(args, dtype)

    f.__name__ = name
    f.__doc__ = f"""A {dtype.name} tensor of data, or of the given sizes.

    Raises:
        RuntimeError: a negative size.
        TypeError, ValueError: data that is no number or no array: `pt.tensor`.

    Source: https://docs.pytorch.org/docs/stable/tensors.html

    >>> pt.{name}([1]).dtype.name
    '{dtype.name}'
    """
    return op(method=False)(f)


for _dtype, _word in SCALAR_NAME.items():
    _typed(_word + "Tensor", _dtype)


@method()
def new(self, *args):
    """A tensor of self's dtype: of data, or of the given sizes.

    Raises:
        RuntimeError: a negative size.
        TypeError, ValueError: data that is no number or no array: `pt.tensor`.

    >>> pt.ones(1, dtype=pt.int64).new([1, 2])
    tensor([1, 2])
    """
    return _construct(args, self.dtype)


# Devices ------------------------------------------------------------------------------------------


@op(method=False)
def get_default_device():
    """Where tensors are made when nobody says.

    >>> pt.get_default_device() == pt.zeros(1).device
    True
    """
    return _core.default_device()


@op(method=False)
def set_default_device(device):
    """Makes a device the one where tensors are made when nobody says, in this thread. None is the
    host.

    Raises:
        RuntimeError: no such device.
        TypeError: what is no device.

    >>> pt.set_default_device(None)
    """
    _core.set_default_device(device)


# Switches -----------------------------------------------------------------------------------------


@op(method=False)
def use_deterministic_algorithms(mode, *, warn_only=False):
    """Accepted: all algorithms are deterministic.

    So are `mode` and `warn_only`.

    >>> pt.use_deterministic_algorithms(True)
    """


@op(method=False)
def are_deterministic_algorithms_enabled():
    """True: all algorithms are deterministic.

    >>> pt.are_deterministic_algorithms_enabled()
    True
    """
    return True


@op(method=False)
def set_float32_matmul_precision(precision):
    """How exactly products of matrices of float32 are computed, from the next call on.

    Args:
        precision (str): "highest", all bits of both factors, from which one starts; "high" or
            "medium", factors may be rounded to TF32 (10 bits behind the point), where the device
            has instructions for that. Sums stay in float32. What was recorded before, and its
            gradients, stay as they are.

    Raises:
        RuntimeError: another word. (PyTorch warns and goes on.)

    >>> pt.set_float32_matmul_precision("high")
    >>> pt.backends.cuda.matmul.allow_tf32
    True
    >>> pt.set_float32_matmul_precision("highest")
    """
    _precision.set_matmul(precision)


@op(method=False)
def get_float32_matmul_precision():
    """How exactly products of matrices of float32 are computed: "highest", "high" or "medium".

    >>> pt.get_float32_matmul_precision()
    'highest'
    """
    return _precision.matmul()


@op("compile", method=False)
def compile_(model=None, **options):
    """model itself: everything is compiled anyway. Works as a decorator, with and without
    arguments.

    >>> f = pt.compile(lambda x: x + 1)
    >>> f(pt.ones(1))
    tensor([2.])
    """
    return (lambda m: m) if model is None else model


# Storage and layout -------------------------------------------------------------------------------


def _itself(name, doc):
    def f(self, *args, **kwargs):
        return self

    f.__name__ = name
    f.__doc__ = f"{doc}\n\n    >>> x = pt.ones(2)\n    >>> x.{name}() is x\n    True\n    "
    method(name)(f)


_itself("pin_memory", "self: memory needs no pinning.")
_itself("to_dense", "self: all tensors are dense.")
_itself("coalesce", "self: all tensors are dense.")


@method()
def record_stream(self, stream):
    """Accepted: a buffer remembers by itself which streams use it, until they are done with it.

    `stream` is one that will use it.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.Tensor.record_stream.html

    >>> pt.ones(2).record_stream(pt.cpu.Stream())
    """


def _layout(self):
    from .constants import strided

    return strided


method("layout")(property(_layout, doc="How elements are stored: strided."))


@method()
def fill_diagonal_(self, fill_value, wrap=False):
    """Fills the diagonal with a number; with `wrap`, again below it in tall matrices. Returns self.

    Raises:
        RuntimeError: fewer than 2 dimensions.

    >>> pt.zeros(2, 2).fill_diagonal_(3)
    tensor([[3., 0.],
            [0., 3.]])
    """
    if self.ndim < 2:
        from ._fail import fail_runtime

        fail_runtime("fill_diagonal_", "dimensions must larger than 1", self.ndim)
    shape = tuple(self.shape)
    index = np.zeros(shape, bool)
    np.fill_diagonal(index, True, wrap=wrap)
    return self.masked_fill_(_core.from_buffer(index, copy=True), fill_value)


#: Functions of nn.functional that PyTorch has in its main namespace too.
FUNCTIONAL = (
    "adaptive_avg_pool1d", "adaptive_max_pool1d", "alpha_dropout", "avg_pool1d", "batch_norm",
    "bilinear",
    "binary_cross_entropy_with_logits", "channel_shuffle", "conv1d", "conv2d", "conv3d",
    "conv_transpose1d",
    "conv_transpose2d", "conv_transpose3d", "cosine_embedding_loss", "cosine_similarity",
    "ctc_loss", "dropout",
    "embedding", "embedding_bag", "feature_alpha_dropout", "group_norm", "hardshrink",
    "hinge_embedding_loss",
    "instance_norm", "kl_div", "layer_norm", "margin_ranking_loss", "max_pool1d", "max_pool2d",
    "max_pool3d",
    "pairwise_distance", "pixel_shuffle", "pixel_unshuffle", "poisson_nll_loss", "rms_norm",
    "rrelu",
    "triplet_margin_loss",
)  # fmt: skip
