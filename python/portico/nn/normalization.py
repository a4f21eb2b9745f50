"""Normalisation layers."""

import portico as pt
from portico._fail import fail_value

from . import functional as F
from . import init
from ._function_layer import FunctionLayer
from .parameter import register

__all__ = [
    "BatchNorm1d",
    "BatchNorm2d",
    "BatchNorm3d",
    "CrossMapLRN2d",
    "GroupNorm",
    "InstanceNorm1d",
    "InstanceNorm2d",
    "InstanceNorm3d",
    "LayerNorm",
    "LocalResponseNorm",
    "RMSNorm",
    "SyncBatchNorm",
]


class _Affine(FunctionLayer):
    """A weight of ones and a bias of zeros, where they are wanted."""

    def reset_parameters(self):
        """Sets weights to 1 and biases to 0.

        >>> layer = pt.nn.LayerNorm(2)
        >>> layer.reset_parameters()
        >>> layer.weight.tolist()
        [1.0, 1.0]
        """
        for name, fill in (("weight", init.ones_), ("bias", init.zeros_)):
            if self._parameters.get(name) is not None:
                fill(self._parameters[name])


class _RunningNorm(_Affine):
    """Affine parameters and running statistics of one value per channel."""

    _version = 2
    _ndims: tuple[int, ...]

    def __init__(
        self, num_features, eps=1e-5, momentum=0.1, affine=True, track_running_stats=True,
        device=None, dtype=None, *, bias=True,
    ):  # fmt: skip
        super().__init__()
        made = {"device": device, "dtype": dtype}
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        register(self, "weight", num_features, affine, **made)
        register(self, "bias", num_features, affine and bias, **made)
        tracked = track_running_stats
        self.register_buffer("running_mean", pt.zeros(num_features, **made) if tracked else None)
        self.register_buffer("running_var", pt.ones(num_features, **made) if tracked else None)
        count = pt.zeros((), dtype=pt.int64, device=device) if tracked else None
        self.register_buffer("num_batches_tracked", count)
        self.reset_parameters()

    def reset_running_stats(self):
        """Forgets what was seen: mean 0, variance 1, no batches.

        >>> layer = pt.nn.BatchNorm1d(1)
        >>> y = layer(pt.tensor([[1.0], [3.0]]))
        >>> layer.reset_running_stats()
        >>> layer.running_mean, layer.num_batches_tracked
        (tensor([0.]), tensor(0))
        """
        if self.track_running_stats:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self):
        """Sets weights to 1 and biases to 0, and forgets what was seen.

        >>> layer = pt.nn.BatchNorm1d(2)
        >>> layer.reset_parameters()
        >>> layer.running_var.tolist()
        [1.0, 1.0]
        """
        self.reset_running_stats()
        super().reset_parameters()

    def _check_input(self, input):
        if input.ndim not in self._ndims:
            dims = " or ".join(f"{n}D" for n in self._ndims)
            fail_value(type(self).__name__, f"expected {dims} input (got {input.ndim}D input)")

    def extra_repr(self):
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, "
            f"affine={self.affine}, bias={self.bias is not None}, "
            f"track_running_stats={self.track_running_stats}"
        )

    def _load_from_state_dict(self, state_dict, prefix, local_metadata, *rest):
        # Files of version 1 do not have the counter.
        version, key = local_metadata.get("version"), prefix + "num_batches_tracked"
        if (version is None or version < 2) and self.track_running_stats:
            if key not in state_dict:
                state_dict[key] = pt.zeros((), dtype=pt.int64)
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *rest)


class _BatchNorm(_RunningNorm):
    def forward(self, input):
        self._check_input(input)
        momentum = 0.0 if self.momentum is None else self.momentum
        if self.training and self.track_running_stats:
            self.num_batches_tracked.add_(1)
            if self.momentum is None:  # the mean over all batches
                momentum = 1.0 / self.num_batches_tracked.to(self.running_mean.dtype)
        use_batch = self.training or self.running_mean is None
        tracked = not self.training or self.track_running_stats
        return F.batch_norm(
            input, self.running_mean if tracked else None, self.running_var if tracked else None,
            self.weight, self.bias, use_batch, momentum, self.eps,
        )  # fmt: skip


class BatchNorm1d(_BatchNorm):
    """(x - mean) / sqrt(variance + eps) * weight + bias for each channel of [N, C] or [N, C, L].

    Training uses the batch's statistics and keeps running ones, which evaluation uses.

    Args:
        num_features (int): C, the size of weight, bias and running statistics.
        eps (float): added to the variance.
        momentum (float): weight of a batch in the running statistics; None for the plain mean.
        affine, bias (bool): whether there is a weight, and a bias besides.
        track_running_stats (bool): whether there are running statistics.

    Raises:
        ValueError: an input of another rank, or one value per channel while training.

    Source: Ioffe & Szegedy, "Batch Normalization", 2015.

    >>> pt.nn.BatchNorm1d(2)(pt.tensor([[1., 2.], [3., 6.]])).detach()
    tensor([[-1.0000, -1.0000],
            [ 1.0000,  1.0000]])
    """

    _ndims = (2, 3)


class BatchNorm2d(_BatchNorm):
    """`BatchNorm1d` for [N, C, H, W].

    Raises:
        ValueError: an input of another rank, or with one value a channel in training.
        RuntimeError: another number of channels.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html

    >>> pt.nn.BatchNorm2d(3)(pt.ones(2, 3, 4, 4)).shape
    portico.Size([2, 3, 4, 4])
    """

    _ndims = (4,)


class BatchNorm3d(_BatchNorm):
    """`BatchNorm1d` for [N, C, D, H, W].

    Raises:
        ValueError: an input of another rank, or with one value a channel in training.
        RuntimeError: another number of channels.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm3d.html

    >>> pt.nn.BatchNorm3d(3)(pt.ones(2, 3, 4, 4, 4)).shape
    portico.Size([2, 3, 4, 4, 4])
    """

    _ndims = (5,)


class SyncBatchNorm(_BatchNorm):
    """Batch normalisation of [N, C, ..]; with one process, the same as `BatchNorm`.

    Raises:
        ValueError: an input of another rank, or with one value a channel in training.
        RuntimeError: another number of channels.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.SyncBatchNorm.html

    >>> pt.nn.SyncBatchNorm(3).eval()(pt.ones(2, 3, 4)).shape
    portico.Size([2, 3, 4])
    """

    _ndims = (2, 3, 4, 5)


class _InstanceNorm(_RunningNorm):
    def __init__(
        self, num_features, eps=1e-5, momentum=0.1, affine=False, track_running_stats=False,
        device=None, dtype=None, *, bias=True,
    ):  # fmt: skip
        super().__init__(
            num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias
        )

    def forward(self, input):
        """The input normalised, one channel of one sample at a time.

        Raises:
            ValueError: an input of another rank, or with another number of channels if `affine`.

        >>> pt.nn.InstanceNorm1d(1).forward(pt.tensor([[[-1.0, 1.0]]])).shape
        portico.Size([1, 1, 2])
        """
        self._check_input(input)
        unbatched = input.ndim == self._ndims[0]
        channel = 0 if unbatched else 1
        if input.shape[channel] != self.num_features and self.affine:
            fail_value(
                type(self).__name__,
                f"expected input's size at dim={channel} to match num_features "
                f"({self.num_features}), but got: {input.shape[channel]}.",
            )
        y = F.instance_norm(
            input.unsqueeze(0) if unbatched else input, self.running_mean, self.running_var,
            self.weight, self.bias, self.training or not self.track_running_stats,
            0.0 if self.momentum is None else self.momentum, self.eps,
        )  # fmt: skip
        return y.squeeze(0) if unbatched else y


class InstanceNorm1d(_InstanceNorm):
    """Normalises each channel of each sample of [N, C, L] or [C, L].

    Arguments are those of `BatchNorm1d`, but neither weight and bias nor running statistics by
    default (Ulyanov et al., 2016).

    Raises:
        ValueError: an input of another rank or number of channels.

    >>> pt.nn.InstanceNorm1d(3)(pt.ones(2, 3, 4)).shape
    portico.Size([2, 3, 4])
    """

    _ndims = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """Normalises each channel of each sample of [N, C, H, W] or [C, H, W].

    Arguments and errors are those of `InstanceNorm1d`.

    Raises:
        ValueError: an input of another rank, or with one value a channel in training.
        RuntimeError: another number of channels.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.InstanceNorm2d.html

    >>> pt.nn.InstanceNorm2d(3)(pt.ones(2, 3, 4, 4)).shape
    portico.Size([2, 3, 4, 4])
    """

    _ndims = (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """Normalises each channel of each sample of [N, C, D, H, W] or [C, D, H, W].

    Arguments and errors are those of `InstanceNorm1d`.

    Raises:
        ValueError: an input of another rank, or with one value a channel in training.
        RuntimeError: another number of channels.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.InstanceNorm3d.html

    >>> pt.nn.InstanceNorm3d(3)(pt.ones(2, 3, 4, 4, 4)).shape
    portico.Size([2, 3, 4, 4, 4])
    """

    _ndims = (4, 5)


class _LastDims(_Affine):
    """Normalisation over the last dimensions, those of `normalized_shape`."""

    _shown = ("eps", "elementwise_affine")

    def __init__(self, normalized_shape, eps, elementwise_affine):
        super().__init__()
        shape = (normalized_shape,) if isinstance(normalized_shape, int) else normalized_shape
        self.normalized_shape = tuple(shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine

    def extra_repr(self):
        return f"{self.normalized_shape}, {super().extra_repr()}"


class LayerNorm(_LastDims):
    """(x - mean) / sqrt(variance + eps) * weight + bias over the last dimensions.

    Args:
        normalized_shape (int or tuple): the sizes of those dimensions; also those of weight and
            bias. The shape stays.
        elementwise_affine, bias (bool): whether there is a weight, and a bias besides.

    Raises:
        RuntimeError: an input whose last dimensions differ.

    Source: Ba et al., "Layer Normalization", 2016.

    >>> pt.nn.LayerNorm(2)(pt.tensor([[1.0, 3.0]])).detach()
    tensor([[-1.0000,  1.0000]])
    """

    _function = staticmethod(F.layer_norm)
    _settings = ("normalized_shape", "weight", "bias", "eps")

    def __init__(
        self, normalized_shape, eps=1e-5, elementwise_affine=True, bias=True, device=None,
        dtype=None,
    ):  # fmt: skip
        super().__init__(normalized_shape, eps, elementwise_affine)
        affine = elementwise_affine
        register(self, "weight", self.normalized_shape, affine, device, dtype)
        register(self, "bias", self.normalized_shape, affine and bias, device, dtype)
        self.reset_parameters()

    def extra_repr(self):
        return f"{super().extra_repr()}, bias={self.bias is not None}"


class RMSNorm(_LastDims):
    """x / sqrt(mean(x^2) + eps) * weight over the last dimensions.

    Arguments and errors are those of `LayerNorm`; eps is the dtype's precision by default.

    Raises:
        RuntimeError: an input that does not end in `normalized_shape`.

    Source: Zhang & Sennrich, "Root Mean Square Layer Normalization", 2019.

    >>> pt.nn.RMSNorm(2)(pt.tensor([[1.0, 7.0]])).detach()
    tensor([[0.2000, 1.4000]])
    """

    _function = staticmethod(F.rms_norm)
    _settings = ("normalized_shape", "weight", "eps")

    def __init__(
        self, normalized_shape, eps=None, elementwise_affine=True, device=None, dtype=None
    ):
        super().__init__(normalized_shape, eps, elementwise_affine)
        register(self, "weight", self.normalized_shape, elementwise_affine, device, dtype)
        self.reset_parameters()


class GroupNorm(_Affine):
    """`LayerNorm` over groups of channels of each sample [N, C, ..]; keeps the shape.

    Args:
        num_groups (int): must divide `num_channels`, the C.
        affine, bias (bool): whether there is a weight [C], and a bias [C] besides.

    Raises:
        ValueError: groups that do not divide the channels.

    Source: Wu & He, "Group Normalization", 2018.

    >>> pt.nn.GroupNorm(2, 4)(pt.tensor([[1.0, 3.0, 5.0, 9.0]])).detach()
    tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])
    """

    _function = staticmethod(F.group_norm)
    _settings = ("num_groups", "weight", "bias", "eps")

    def __init__(
        self, num_groups, num_channels, eps=1e-5, affine=True, device=None, dtype=None, *,
        bias=True,
    ):  # fmt: skip
        super().__init__()
        if num_channels % num_groups:
            fail_value("GroupNorm", "num_channels must be divisible by num_groups")
        self.num_groups, self.num_channels = num_groups, num_channels
        self.eps, self.affine = eps, affine
        register(self, "weight", num_channels, affine, device, dtype)
        register(self, "bias", num_channels, affine and bias, device, dtype)
        self.reset_parameters()

    def extra_repr(self):
        return (
            f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, "
            f"bias={self.bias is not None}"
        )


class LocalResponseNorm(FunctionLayer):
    """x / (k + alpha * mean of x^2 over `size` neighbouring channels)^beta; [N, C, ..].

    Raises:
        ValueError: fewer than 3 dimensions.

    Source: Krizhevsky et al., "ImageNet Classification with Deep Networks", 2012.

    >>> pt.nn.LocalResponseNorm(2)(pt.ones(1, 4, 2)).shape
    portico.Size([1, 4, 2])
    """

    _function = staticmethod(F.local_response_norm)
    _settings = ("size", "alpha", "beta", "k")
    _shown = _settings[1:]

    def __init__(self, size, alpha=1e-4, beta=0.75, k=1.0):
        super().__init__()
        self._keep(locals())

    def extra_repr(self):
        return f"{self.size}, {super().extra_repr()}"


class CrossMapLRN2d(LocalResponseNorm):
    """`LocalResponseNorm` under its first name.

    Raises:
        ValueError: an input that is not 4D.

    >>> pt.nn.CrossMapLRN2d(2)(pt.ones(1, 4, 2, 2)).shape
    portico.Size([1, 4, 2, 2])
    """

    def __init__(self, size, alpha=1e-4, beta=0.75, k=1):
        super().__init__(size, alpha, beta, k)

    def forward(self, input):
        if input.ndim != 4:
            fail_value("CrossMapLRN2d", "Expected input to be 4D", f"{input.ndim}D")
        return super().forward(input)
