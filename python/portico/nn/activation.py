"""Activation layers."""

import portico as pt
from portico._fail import fail_assertion, fail_value

from . import functional as F
from ._function_layer import FunctionLayer
from .parameter import Parameter

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "GLU",
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "LeakyReLU",
    "LogSigmoid",
    "LogSoftmax",
    "Mish",
    "PReLU",
    "RReLU",
    "ReLU",
    "ReLU6",
    "SELU",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softmax2d",
    "Softmin",
    "Softplus",
    "Softshrink",
    "Softsign",
    "Tanh",
    "Tanhshrink",
    "Threshold",
]


class LogSigmoid(FunctionLayer):
    """log(sigmoid(x)) of each element; any shape, floating point.

    Raises:
        RuntimeError: integers or booleans.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LogSigmoid.html

    >>> pt.nn.LogSigmoid()(pt.tensor([0.0, 2.0]))
    tensor([-0.6931, -0.1269])
    """

    _function = staticmethod(F.logsigmoid)


class Sigmoid(FunctionLayer):
    """1 / (1 + exp(-x)) of each element; any shape.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Sigmoid.html

    >>> pt.nn.Sigmoid()(pt.tensor([0.0, 2.0]))
    tensor([0.5000, 0.8808])
    """

    _function = staticmethod(F.sigmoid)


class Softsign(FunctionLayer):
    """x / (1 + |x|) of each element; any shape.

    Raises:
        RuntimeError: booleans.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Softsign.html

    >>> pt.nn.Softsign()(pt.tensor([-1.0, 3.0]))
    tensor([-0.5000,  0.7500])
    """

    _function = staticmethod(F.softsign)


class Tanh(FunctionLayer):
    """Hyperbolic tangent of each element; any shape.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Tanh.html

    >>> pt.nn.Tanh()(pt.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7616])
    """

    _function = staticmethod(F.tanh)


class Tanhshrink(FunctionLayer):
    """x - tanh(x) of each element; any shape.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Tanhshrink.html

    >>> pt.nn.Tanhshrink()(pt.tensor([0.0, 1.0]))
    tensor([0.0000, 0.2384])
    """

    _function = staticmethod(F.tanhshrink)


class _InPlace(FunctionLayer):
    """A function whose only argument is `inplace`."""

    _settings = _flags = ("inplace",)

    def __init__(self, inplace=False):
        super().__init__()
        self._keep(locals())


class ReLU(_InPlace):
    """max(x, 0) of each element; any shape. `inplace` writes the result into the input.

    Raises:
        RuntimeError: booleans.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ReLU.html

    >>> pt.nn.ReLU()(pt.tensor([-1., 2.]))
    tensor([0., 2.])
    """

    _function = staticmethod(F.relu)


class SELU(_InPlace):
    """The self-normalising ELU of each element; any shape (Klambauer et al., 2017).

    Raises:
        RuntimeError: integers or booleans.

    >>> pt.nn.SELU()(pt.tensor([-1.0, 1.0]))
    tensor([-1.1113,  1.0507])
    """

    _function = staticmethod(F.selu)


class SiLU(_InPlace):
    """x * sigmoid(x) of each element; any shape.

    Raises:
        RuntimeError: integers or booleans.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.SiLU.html

    >>> pt.nn.SiLU()(pt.tensor([-1.0, 1.0]))
    tensor([-0.2689,  0.7311])
    """

    _function = staticmethod(F.silu)


class Mish(_InPlace):
    """x * tanh(softplus(x)) of each element; any shape (Misra, 2019).

    Raises:
        RuntimeError: integers or booleans.

    >>> pt.nn.Mish()(pt.tensor([-1.0, 1.0]))
    tensor([-0.3034,  0.8651])
    """

    _function = staticmethod(F.mish)


class Hardsigmoid(_InPlace):
    """relu6(x + 3) / 6 of each element; any shape.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardsigmoid.html

    >>> pt.nn.Hardsigmoid()(pt.tensor([-3.0, 0.0, 1.5]))
    tensor([0.0000, 0.5000, 0.7500])
    """

    _function = staticmethod(F.hardsigmoid)
    _flags = ()


class Hardswish(_InPlace):
    """x * relu6(x + 3) / 6 of each element; any shape (Howard et al., 2019).

    Raises:
        RuntimeError: booleans.

    >>> pt.nn.Hardswish()(pt.tensor([-3.0, 1.0, 4.0]))
    tensor([0.0000, 0.6667, 4.0000])
    """

    _function = staticmethod(F.hardswish)
    _flags = ()


class Hardtanh(FunctionLayer):
    """x limited to [min_val, max_val]; any shape.

    Raises:
        AssertionError: max_val is not above min_val.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardtanh.html

    >>> pt.nn.Hardtanh()(pt.tensor([-2.0, 0.5]))
    tensor([-1.0000,  0.5000])
    """

    _function = staticmethod(F.hardtanh)
    _settings = ("min_val", "max_val", "inplace")
    _shown = ("min_val", "max_val")
    _flags = ("inplace",)

    def __init__(self, min_val=-1.0, max_val=1.0, inplace=False):
        super().__init__()
        self._keep(locals())
        if max_val <= min_val:
            fail_assertion(
                "Hardtanh", f"max_val ({max_val}) must be larger than min_val ({min_val})"
            )


class ReLU6(Hardtanh):
    """min(max(x, 0), 6) of each element; any shape.

    Raises:
        RuntimeError: booleans.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ReLU6.html

    >>> pt.nn.ReLU6()(pt.tensor([-1.0, 2.0, 8.0]))
    tensor([0., 2., 6.])
    """

    _shown = ()

    def __init__(self, inplace=False):
        super().__init__(0.0, 6.0, inplace)


class Threshold(FunctionLayer):
    """x where x > threshold, else value; any shape.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Threshold.html

    >>> pt.nn.Threshold(1.0, -5.0)(pt.tensor([0.5, 2.0]))
    tensor([-5.,  2.])
    """

    _function = staticmethod(F.threshold)
    _settings = ("threshold", "value", "inplace")
    _shown = ("threshold", "value")
    _flags = ("inplace",)

    def __init__(self, threshold, value, inplace=False):
        super().__init__()
        self._keep(locals())


class _Alpha(FunctionLayer):
    _settings = ("alpha", "inplace")
    _shown = ("alpha",)
    _flags = ("inplace",)

    def __init__(self, alpha=1.0, inplace=False):
        super().__init__()
        self._keep(locals())


class ELU(_Alpha):
    """x where x > 0, else alpha * (exp(x) - 1); any shape (Clevert et al., 2015).

    Raises:
        RuntimeError: integers.

    >>> pt.nn.ELU()(pt.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """

    _function = staticmethod(F.elu)


class CELU(_Alpha):
    """max(0, x) + min(0, alpha * (exp(x / alpha) - 1)); any shape (Barron, 2017).

    Raises:
        RuntimeError: integers.

    >>> pt.nn.CELU(alpha=2.0)(pt.tensor([-1.0, 2.0]))
    tensor([-0.7869,  2.0000])
    """

    _function = staticmethod(F.celu)


class LeakyReLU(FunctionLayer):
    """x where x > 0, else negative_slope * x; any shape.

    Raises:
        RuntimeError: integers.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LeakyReLU.html

    >>> pt.nn.LeakyReLU(0.5)(pt.tensor([-1.0, 2.0]))
    tensor([-0.5000,  2.0000])
    """

    _function = staticmethod(F.leaky_relu)
    _settings = ("negative_slope", "inplace")
    _shown = ("negative_slope",)
    _flags = ("inplace",)

    def __init__(self, negative_slope=0.01, inplace=False):
        super().__init__()
        self._keep(locals())


class RReLU(FunctionLayer):
    """`LeakyReLU` with slopes drawn from [lower, upper] while training, else their mean.

    Any shape (Xu et al., 2015).

    Raises:
        RuntimeError: integers.
        ValueError: a lower bound above the upper one.

    >>> pt.nn.RReLU(0.25, 0.75).eval()(pt.tensor([-1.0, 2.0]))
    tensor([-0.5000,  2.0000])
    """

    _function = staticmethod(F.rrelu)
    _settings = ("lower", "upper", "training", "inplace")
    _shown = ("lower", "upper")
    _flags = ("inplace",)

    def __init__(self, lower=1.0 / 8, upper=1.0 / 3, inplace=False):
        super().__init__()
        self._keep(locals())


class PReLU(FunctionLayer):
    """`LeakyReLU` with trained slopes: one, or one per channel (dimension 1) (He et al., 2015).

    Args:
        num_parameters (int): 1, or the number of channels.
        init (float): slopes at first; they are the parameter ``weight`` [num_parameters].

    Raises:
        RuntimeError: integers or booleans.

    >>> pt.nn.PReLU()(pt.tensor([-1.0, 2.0])).detach()
    tensor([-0.2500,  2.0000])
    """

    _function = staticmethod(F.prelu)
    _settings = ("weight",)
    _shown = ("num_parameters",)

    def __init__(self, num_parameters=1, init=0.25, device=None, dtype=None):
        super().__init__()
        self.num_parameters, self.init = num_parameters, init
        self.weight = Parameter(pt.empty(num_parameters, device=device, dtype=dtype))
        self.reset_parameters()

    def reset_parameters(self):
        """Sets all slopes to `init`.

        >>> layer = pt.nn.PReLU(init=0.5)
        >>> layer.reset_parameters()
        >>> layer.weight.tolist()
        [0.5]
        """
        with pt.no_grad():
            self.weight.fill_(self.init)


class GELU(FunctionLayer):
    """x times the normal distribution function at x; any shape (Hendrycks & Gimpel, 2016).

    Args:
        approximate (str): "none", or "tanh" for the approximation of the paper.

    Raises:
        RuntimeError: integers or booleans.

    >>> pt.nn.GELU()(pt.tensor([-1.0, 1.0]))
    tensor([-0.1587,  0.8413])
    """

    _function = staticmethod(F.gelu)
    _settings = _shown = ("approximate",)

    def __init__(self, approximate="none"):
        super().__init__()
        self._keep(locals())


class GLU(FunctionLayer):
    """a * sigmoid(b), where a and b are the halves along `dim` (Dauphin et al., 2016).

    Shape: [.., 2n, ..] -> [.., n, ..].

    Raises:
        RuntimeError: no dimensions, or a size that is odd.
        IndexError: a dimension out of range.

    >>> pt.nn.GLU()(pt.tensor([3.0, 0.0]))
    tensor([1.5000])
    """

    _function = staticmethod(F.glu)
    _settings = _shown = ("dim",)

    def __init__(self, dim=-1):
        super().__init__()
        self._keep(locals())


class Softplus(FunctionLayer):
    """log(1 + exp(beta * x)) / beta of each element; x itself where beta * x > threshold.

    Raises:
        RuntimeError: integers or booleans.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Softplus.html

    >>> pt.nn.Softplus()(pt.tensor([0.0, 30.0]))
    tensor([ 0.6931, 30.0000])
    """

    _function = staticmethod(F.softplus)
    _settings = _shown = ("beta", "threshold")

    def __init__(self, beta=1.0, threshold=20.0):
        super().__init__()
        self._keep(locals())


class _Shrink(FunctionLayer):
    _settings = ("lambd",)

    def __init__(self, lambd=0.5):
        super().__init__()
        self._keep(locals())

    def extra_repr(self):
        return f"{self.lambd}"


class Softshrink(_Shrink):
    """x moved towards 0 by lambd, 0 within [-lambd, lambd]; any shape.

    Raises:
        RuntimeError: booleans.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Softshrink.html

    >>> pt.nn.Softshrink()(pt.tensor([-2.0, 0.25, 1.0]))
    tensor([-1.5000,  0.0000,  0.5000])
    """

    _function = staticmethod(F.softshrink)


class Hardshrink(_Shrink):
    """x outside [-lambd, lambd], 0 within; any shape.

    Raises:
        RuntimeError: booleans.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardshrink.html

    >>> pt.nn.Hardshrink()(pt.tensor([-2.0, 0.25, 1.0]))
    tensor([-2.,  0.,  1.])
    """

    _function = staticmethod(F.hardshrink)


class _Normalised(FunctionLayer):
    _settings = _shown = ("dim",)

    def __init__(self, dim=None):
        super().__init__()
        self._keep(locals())


class Softmax(_Normalised):
    """exp(x) normalised to sum 1 along `dim`; keeps the shape.

    Raises:
        RuntimeError: integers.
        IndexError: a dimension out of range.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmax.html

    >>> pt.nn.Softmax(dim=0)(pt.tensor([1.0, 1.0]))
    tensor([0.5000, 0.5000])
    """

    _function = staticmethod(F.softmax)


class LogSoftmax(_Normalised):
    """log(softmax(x)) along `dim`; keeps the shape.

    Raises:
        RuntimeError: integers.
        IndexError: a dimension out of range.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LogSoftmax.html

    >>> pt.nn.LogSoftmax(dim=0)(pt.tensor([1.0, 1.0]))
    tensor([-0.6931, -0.6931])
    """

    _function = staticmethod(F.log_softmax)


class Softmin(_Normalised):
    """softmax(-x) along `dim`; keeps the shape.

    Raises:
        RuntimeError: integers.
        IndexError: a dimension out of range.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmin.html

    >>> pt.nn.Softmin(dim=0)(pt.tensor([0.0, 1.0]))
    tensor([0.7311, 0.2689])
    """

    _function = staticmethod(F.softmin)


class Softmax2d(FunctionLayer):
    """Softmax over the channels of [N, C, H, W] or [C, H, W].

    Raises:
        ValueError: an input of another rank.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmax2d.html

    >>> pt.nn.Softmax2d()(pt.ones(2, 1, 1)).flatten()
    tensor([0.5000, 0.5000])
    """

    def forward(self, input):
        if input.ndim not in (3, 4):
            fail_value(
                "Softmax2d", f"Softmax2d: expected input to be 3D or 4D, got {input.ndim}D instead"
            )
        return F.softmax(input, -3)
