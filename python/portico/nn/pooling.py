"""Pooling layers: thin modules over the functions of `nn.functional`."""

from portico._fail import fail_value

from . import functional as F
from ._function_layer import FunctionLayer
from .functional._args import per_dim

__all__ = (
    [
        f"{kind}Pool{n}d"
        for kind in ("Max", "Avg", "LP", "AdaptiveAvg", "AdaptiveMax")
        for n in (1, 2, 3)
    ]
    + [f"MaxUnpool{n}d" for n in (1, 2, 3)]
    + ["FractionalMaxPool2d", "FractionalMaxPool3d"]
)


class _Pool(FunctionLayer):
    """Stores a window; a stride that is not given is the size of the window."""

    _shown = ("kernel_size", "stride", "padding")

    def _keep(self, arguments):
        super()._keep(arguments)
        if self.stride is None:
            self.stride = self.kernel_size


class _MaxPool(_Pool):
    _settings = ("kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices")
    _shown = _settings[:-1]

    def __init__(
        self, kernel_size, stride=None, padding=0, dilation=1, return_indices=False, ceil_mode=False
    ):
        super().__init__()
        self._keep(locals())


class MaxPool1d(_MaxPool):
    """Largest element of each window of [N, C, L] or [C, L].

    Args:
        kernel_size, stride, padding, dilation (int): the windows, `stride` apart (as wide as a
            window by default), elements `dilation` apart, `padding` elements of -inf around.
        return_indices (bool): return the positions of the maxima too, for `MaxUnpool1d`.
        ceil_mode (bool): keep the last window where it is not full.

    Raises:
        RuntimeError: an input of another rank; windows that leave no output.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool1d.html

    >>> pt.nn.MaxPool1d(2)(pt.tensor([[1.0, 3.0, 2.0, 0.0]]))
    tensor([[3., 2.]])
    """

    _function = staticmethod(F.max_pool1d)


class MaxPool2d(_MaxPool):
    """Largest element of each window of [N, C, H, W] or [C, H, W].

    Arguments are those of `MaxPool1d`, as an int or one int per dimension.

    Raises:
        RuntimeError: an input of another rank, a window larger than the padded input, padding over
            half a window.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html

    >>> pt.nn.MaxPool2d(2)(pt.ones(1, 1, 4, 4)).shape
    portico.Size([1, 1, 2, 2])
    """

    _function = staticmethod(F.max_pool2d)


class MaxPool3d(_MaxPool):
    """Largest element of each window of [N, C, D, H, W] or [C, D, H, W].

    Arguments are those of `MaxPool1d`, as an int or one int per dimension.

    Raises:
        RuntimeError: an input of another rank, a window larger than the padded input, padding over
            half a window.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool3d.html

    >>> pt.nn.MaxPool3d(2)(pt.ones(1, 1, 4, 4, 4)).shape
    portico.Size([1, 1, 2, 2, 2])
    """

    _function = staticmethod(F.max_pool3d)


class _MaxUnpool(_Pool):
    _dims: int
    _settings = ("kernel_size", "stride", "padding")

    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self._keep(locals())
        for name in self._settings:
            value = per_dim(type(self).__name__, name, getattr(self, name), self._dims)
            setattr(self, name, value)

    def forward(self, input, indices, output_size=None):
        return self._compute(input, indices, output_size=output_size)


class MaxUnpool1d(_MaxUnpool):
    """Puts the maxima of `MaxPool1d` back where they were, with zeros elsewhere.

    Called with maxima, their indices and, where it is not certain, the `output_size`.

    Raises:
        RuntimeError: indices of another shape or dtype.
        IndexError: an index out of range, when the result is computed.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool1d.html

    >>> maxima, indices = pt.nn.MaxPool1d(2, return_indices=True)(pt.tensor([[1., 3., 2., 0.]]))
    >>> pt.nn.MaxUnpool1d(2)(maxima, indices)
    tensor([[0., 3., 2., 0.]])
    """

    _dims = 1
    _function = staticmethod(F.max_unpool1d)


class MaxUnpool2d(_MaxUnpool):
    """Puts the maxima of `MaxPool2d` back where they were, with zeros elsewhere.

    Called with maxima, their indices and, where it is not certain, the `output_size`.

    Raises:
        RuntimeError: indices of another shape or dtype.
        IndexError: an index out of range, when the result is computed.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool2d.html

    >>> maxima, indices = pt.nn.MaxPool2d(2, return_indices=True)(pt.ones(1, 1, 4, 4))
    >>> pt.nn.MaxUnpool2d(2)(maxima, indices).shape
    portico.Size([1, 1, 4, 4])
    """

    _dims = 2
    _function = staticmethod(F.max_unpool2d)


class MaxUnpool3d(_MaxUnpool):
    """Puts the maxima of `MaxPool3d` back where they were, with zeros elsewhere.

    Called with maxima, their indices and, where it is not certain, the `output_size`.

    Raises:
        RuntimeError: indices of another shape or dtype.
        IndexError: an index out of range, when the result is computed.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool3d.html

    >>> maxima, indices = pt.nn.MaxPool3d(2, return_indices=True)(pt.ones(1, 1, 4, 4, 4))
    >>> pt.nn.MaxUnpool3d(2)(maxima, indices).shape
    portico.Size([1, 1, 4, 4, 4])
    """

    _dims = 3
    _function = staticmethod(F.max_unpool3d)


class AvgPool1d(_Pool):
    """Mean of each window of [N, C, L] or [C, L].

    Args:
        kernel_size, stride, padding (int): the windows, `stride` apart (as wide as a window by
            default), with `padding` zeros around.
        ceil_mode (bool): keep the last window where it is not full.
        count_include_pad (bool): whether zeros of the padding count.

    Raises:
        RuntimeError: an input of another rank; windows that leave no output.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool1d.html

    >>> pt.nn.AvgPool1d(2)(pt.tensor([[1.0, 3.0, 2.0, 0.0]]))
    tensor([[2., 1.]])
    """

    _function = staticmethod(F.avg_pool1d)
    _settings = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad")

    def __init__(
        self, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True
    ):
        super().__init__()
        self._keep(locals())
        for name in self._shown:
            setattr(self, name, per_dim("AvgPool1d", name, getattr(self, name), 1))


class _AvgPool(_Pool):
    _settings = (*AvgPool1d._settings, "divisor_override")

    def __init__(
        self, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True,
        divisor_override=None,
    ):  # fmt: skip
        super().__init__()
        self._keep(locals())


class AvgPool2d(_AvgPool):
    """Mean of each window of [N, C, H, W] or [C, H, W].

    Arguments are those of `AvgPool1d`, as an int or one int per dimension;
    `divisor_override` divides the sums by another number.

    Raises:
        RuntimeError: an input of another rank, a window larger than the padded input, padding over
            half a window.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html

    >>> pt.nn.AvgPool2d(2)(pt.ones(1, 1, 4, 4)).shape
    portico.Size([1, 1, 2, 2])
    """

    _function = staticmethod(F.avg_pool2d)


class AvgPool3d(_AvgPool):
    """Mean of each window of [N, C, D, H, W] or [C, D, H, W].

    Arguments are those of `AvgPool1d`, as an int or one int per dimension;
    `divisor_override` divides the sums by another number.

    Raises:
        RuntimeError: an input of another rank, a window larger than the padded input, padding over
            half a window.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool3d.html

    >>> pt.nn.AvgPool3d(2)(pt.ones(1, 1, 4, 4, 4)).shape
    portico.Size([1, 1, 2, 2, 2])
    """

    _function = staticmethod(F.avg_pool3d)


class _LPPool(FunctionLayer):
    _settings = _shown = ("norm_type", "kernel_size", "stride", "ceil_mode")

    def __init__(self, norm_type, kernel_size, stride=None, ceil_mode=False):
        super().__init__()
        self._keep(locals())


class LPPool1d(_LPPool):
    """(sum of x^p)^(1/p) of each window of [N, C, L] or [C, L].

    Args:
        norm_type (float): the p.
        kernel_size, stride, ceil_mode: the windows, as for `AvgPool1d`.

    Raises:
        RuntimeError: an input of another rank.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LPPool1d.html

    >>> pt.nn.LPPool1d(2, 2)(pt.tensor([[3.0, 4.0]]))
    tensor([[5.]])
    """

    _function = staticmethod(F.lp_pool1d)


class LPPool2d(_LPPool):
    """(sum of x^p)^(1/p) of each window of [N, C, H, W] or [C, H, W].

    Args:
        norm_type (float): the p.
        kernel_size, stride, ceil_mode: the windows, as for `AvgPool2d`.

    Raises:
        RuntimeError: an input of another rank.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LPPool2d.html

    >>> pt.nn.LPPool2d(2, 2)(pt.ones(1, 1, 2, 2)).flatten()
    tensor([2.])
    """

    _function = staticmethod(F.lp_pool2d)


class LPPool3d(_LPPool):
    """(sum of x^p)^(1/p) of each window of [N, C, D, H, W] or [C, D, H, W].

    Args:
        norm_type (float): the p.
        kernel_size, stride, ceil_mode: the windows, as for `AvgPool3d`.

    Raises:
        RuntimeError: an input of another rank.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LPPool3d.html

    >>> pt.nn.LPPool3d(2, 2)(pt.ones(1, 1, 2, 2, 2)).flatten()
    tensor([2.8284])
    """

    _function = staticmethod(F.lp_pool3d)


class _AdaptivePool(FunctionLayer):
    _settings = _shown = ("output_size",)

    def __init__(self, output_size):
        super().__init__()
        self._keep(locals())


class AdaptiveAvgPool1d(_AdaptivePool):
    """Means of windows that cover [N, C, L] or [C, L], `output_size` along each dimension.

    `output_size` is an int.

    Raises:
        RuntimeError: an input of another rank.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool1d.html

    >>> pt.nn.AdaptiveAvgPool1d(2)(pt.tensor([[1.0, 3.0, 2.0, 0.0]]))
    tensor([[2., 1.]])
    """

    _function = staticmethod(F.adaptive_avg_pool1d)


class AdaptiveAvgPool2d(_AdaptivePool):
    """Means of windows that cover [N, C, H, W] or [C, H, W], `output_size` along each dimension.

    `output_size` is an int, or one per dimension (None keeps a size).

    Raises:
        RuntimeError: an input of another rank.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html

    >>> pt.nn.AdaptiveAvgPool2d(1)(pt.ones(1, 1, 4, 4)).shape
    portico.Size([1, 1, 1, 1])
    """

    _function = staticmethod(F.adaptive_avg_pool2d)


class AdaptiveAvgPool3d(_AdaptivePool):
    """Means of windows that cover [N, C, D, H, W] or [C, D, H, W], `output_size` a dimension.

    `output_size` is an int, or one per dimension (None keeps a size).

    Raises:
        RuntimeError: an input of another rank.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool3d.html

    >>> pt.nn.AdaptiveAvgPool3d(1)(pt.ones(1, 1, 4, 4, 4)).shape
    portico.Size([1, 1, 1, 1, 1])
    """

    _function = staticmethod(F.adaptive_avg_pool3d)


class _AdaptiveMaxPool(FunctionLayer):
    _settings = ("output_size", "return_indices")
    _shown = ("output_size",)

    def __init__(self, output_size, return_indices=False):
        super().__init__()
        self._keep(locals())


class AdaptiveMaxPool1d(_AdaptiveMaxPool):
    """Maxima of windows that cover [N, C, L] or [C, L], `output_size` along each dimension.

    `output_size` is an int; `return_indices` asks for
    the positions of the maxima too.

    Raises:
        RuntimeError: an input of another rank.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool1d.html

    >>> pt.nn.AdaptiveMaxPool1d(2)(pt.tensor([[1.0, 3.0, 2.0, 0.0]]))
    tensor([[3., 2.]])
    """

    _function = staticmethod(F.adaptive_max_pool1d)


class AdaptiveMaxPool2d(_AdaptiveMaxPool):
    """Maxima of windows that cover [N, C, H, W] or [C, H, W], `output_size` along each dimension.

    `output_size` is an int, or one per dimension (None keeps a size); `return_indices` asks for
    the positions of the maxima too.

    Raises:
        RuntimeError: an input of another rank.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool2d.html

    >>> pt.nn.AdaptiveMaxPool2d(1)(pt.ones(1, 1, 4, 4)).shape
    portico.Size([1, 1, 1, 1])
    """

    _function = staticmethod(F.adaptive_max_pool2d)


class AdaptiveMaxPool3d(_AdaptiveMaxPool):
    """Maxima of windows that cover [N, C, D, H, W] or [C, D, H, W], `output_size` a dimension.

    `output_size` is an int, or one per dimension (None keeps a size); `return_indices` asks for
    the positions of the maxima too.

    Raises:
        RuntimeError: an input of another rank.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool3d.html

    >>> pt.nn.AdaptiveMaxPool3d(1)(pt.ones(1, 1, 4, 4, 4)).shape
    portico.Size([1, 1, 1, 1, 1])
    """

    _function = staticmethod(F.adaptive_max_pool3d)


class _FractionalMaxPool(FunctionLayer):
    _dims: int
    _settings = ("kernel_size", "output_size", "output_ratio", "return_indices", "_random_samples")

    def __init__(
        self, kernel_size, output_size=None, output_ratio=None, return_indices=False,
        _random_samples=None,
    ):  # fmt: skip
        super().__init__()
        n, name = self._dims, type(self).__name__
        if (output_size is None) == (output_ratio is None):
            fail_value(
                type(self).__name__,
                f"{name} requires specifying either an output size, or a pooling ratio",
            )
        self.kernel_size = per_dim(name, "kernel_size", kernel_size, n)
        self.return_indices = return_indices
        self.register_buffer("_random_samples", _random_samples)
        self.output_size = (
            None if output_size is None else per_dim(name, "output_size", output_size, n)
        )
        self.output_ratio = None
        if output_ratio is not None:
            ratio = output_ratio if isinstance(output_ratio, tuple) else (output_ratio,) * n
            if not all(0 < r < 1 for r in ratio):
                fail_value(
                    type(self).__name__,
                    f"output_ratio must be between 0 and 1 (got {output_ratio})",
                )
            self.output_ratio = ratio


class FractionalMaxPool2d(_FractionalMaxPool):
    """Maxima of windows at random places of [N, C, H, W] or [C, H, W] (Graham, 2014).

    Args:
        kernel_size (int or tuple): the windows.
        output_size (int or tuple) or output_ratio (float or tuple in (0, 1)): how many.
        return_indices (bool): return the positions of the maxima too.

    Raises:
        ValueError: neither or both of output_size and output_ratio; a ratio out of range.

    >>> pt.nn.FractionalMaxPool2d(2, output_size=3)(pt.ones(1, 1, 6, 6)).shape
    portico.Size([1, 1, 3, 3])
    """

    _dims = 2
    _function = staticmethod(F.fractional_max_pool2d)


class FractionalMaxPool3d(_FractionalMaxPool):
    """Maxima of windows at random places of [N, C, D, H, W] or [C, D, H, W] (Graham, 2014).

    Arguments and errors are those of `FractionalMaxPool2d`.

    Raises:
        ValueError: neither or both of `output_size` and `output_ratio`, a ratio outside (0, 1).
        RuntimeError: an input of another rank, a window larger than the input.

    >>> pt.nn.FractionalMaxPool3d(2, output_size=3)(pt.ones(1, 1, 6, 6, 6)).shape
    portico.Size([1, 1, 3, 3, 3])
    """

    _dims = 3
    _function = staticmethod(F.fractional_max_pool3d)
