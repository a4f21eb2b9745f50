"""Recurrent layers and their cells.

The product of the inputs with the input weights is taken for all time steps at
once; only the recurrence itself is stepped through.
"""

import math
import warnings

import portico as pt
from portico._fail import fail_runtime, fail_type, fail_value

from . import functional as F
from . import init
from .module import Module
from .parameter import Parameter
from .utils.rnn import PackedSequence, pack_like, pad_packed_sequence

__all__ = ["GRU", "GRUCell", "LSTM", "LSTMCell", "RNN", "RNNBase", "RNNCell", "RNNCellBase"]


def _rnn_step(activation):
    def step(from_input, state, w_hh, b_hh):
        return (activation(from_input + F.linear(state[0], w_hh, b_hh)),)

    return step


def _lstm_step(from_input, state, w_hh, b_hh, w_hr=None):
    h, c = state
    i, f, g, o = (from_input + F.linear(h, w_hh, b_hh)).chunk(4, -1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    h = o.sigmoid() * c.tanh()
    return (h if w_hr is None else F.linear(h, w_hr)), c


def _gru_step(from_input, state, w_hh, b_hh):
    (h,) = state
    x_r, x_z, x_n = from_input.chunk(3, -1)
    h_r, h_z, h_n = F.linear(h, w_hh, b_hh).chunk(3, -1)
    r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
    n = (x_n + r * h_n).tanh()
    return ((h - n) * z + n,)


_GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}
_STEPS = {
    "LSTM": _lstm_step,
    "GRU": _gru_step,
    "RNN_TANH": _rnn_step(lambda x: x.tanh()),
    "RNN_RELU": _rnn_step(lambda x: x.relu()),
}


class RNNBase(Module):
    """Layers, directions, parameters and the loop over time, for any cell.

    `mode` is "LSTM", "GRU", "RNN_TANH" or "RNN_RELU"; see those classes.

    Called with an input and `hx`, the state before it. `input_size`, `hidden_size` and `num_layers`
    are sizes, `bidirectional` adds a second direction, `proj_size` projects the states of an LSTM.

    Raises:
        ValueError: sizes that are not positive, a dropout outside [0, 1].
        TypeError: a hidden_size that is no int.
        RuntimeError: an input or a state of another shape.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.RNNBase.html

    >>> y, h = pt.nn.RNNBase("GRU", 3, 4)(pt.ones(5, 2, 3))
    >>> y.shape
    portico.Size([5, 2, 4])
    """

    def __init__(
        self, mode, input_size, hidden_size, num_layers=1, bias=True, batch_first=False,
        dropout=0.0, bidirectional=False, proj_size=0, device=None, dtype=None,
    ):  # fmt: skip
        super().__init__()
        name = type(self).__name__
        if isinstance(dropout, bool) or not 0 <= dropout <= 1:
            fail_value(
                name,
                "dropout should be a number in range [0, 1] representing the probability of an "
                "element being zeroed",
                dropout,
            )
        if dropout > 0 and num_layers == 1:
            warnings.warn(
                "dropout option adds dropout after all but last recurrent layer, so non-zero "
                f"dropout expects num_layers greater than 1, but got dropout={dropout} and "
                f"num_layers={num_layers}",
                stacklevel=3,
            )
        if not isinstance(hidden_size, int):
            fail_type(name, "hidden_size should be of type int", type(hidden_size).__name__)
        if input_size <= 0:
            fail_value(name, "input_size must be greater than zero")
        if hidden_size <= 0:
            fail_value(name, "hidden_size must be greater than zero")
        if num_layers <= 0:
            fail_value(name, "num_layers must be greater than zero")
        if proj_size and mode != "LSTM":
            fail_value(
                name, "proj_size argument is only supported for LSTM, not RNN or GRU", proj_size
            )
        if proj_size < 0 or proj_size >= hidden_size:
            fail_value(name, "proj_size has to be smaller than hidden_size and not negative")
        self.mode, self.input_size, self.hidden_size = mode, input_size, hidden_size
        self.num_layers, self.bias, self.batch_first = num_layers, bias, batch_first
        self.dropout, self.bidirectional = float(dropout), bidirectional
        self.proj_size = proj_size
        self._groups = []
        directions = 2 if bidirectional else 1
        carried = proj_size or hidden_size
        gates = _GATES[mode] * hidden_size
        for layer in range(num_layers):
            width = input_size if layer == 0 else carried * directions
            for direction in range(directions):
                suffix = f"_l{layer}" + ("_reverse" if direction else "")
                shapes = {"weight_ih": (gates, width), "weight_hh": (gates, carried)}
                if bias:
                    shapes |= {"bias_ih": (gates,), "bias_hh": (gates,)}
                if proj_size:
                    shapes["weight_hr"] = (proj_size, hidden_size)
                for kind, shape in shapes.items():
                    made = pt.empty(shape, device=device, dtype=dtype)
                    setattr(self, kind + suffix, Parameter(made))
                self._groups.append([kind + suffix for kind in shapes])
        self.reset_parameters()

    def reset_parameters(self):
        """Draws all parameters again, uniform in +-1 / sqrt(hidden_size).

        >>> net = pt.nn.RNN(3, 4)
        >>> net.reset_parameters()
        >>> bool((net.weight_hh_l0.abs() <= 0.5).all())
        True
        """
        bound = 1.0 / math.sqrt(self.hidden_size)
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def flatten_parameters(self):
        """Does nothing: kernels take the weights where they are.

        >>> pt.nn.RNN(3, 4).flatten_parameters()
        """

    @property
    def all_weights(self):
        return [[getattr(self, name) for name in group] for group in self._groups]

    def extra_repr(self):
        text = f"{self.input_size}, {self.hidden_size}"
        if self.proj_size:
            text += f", proj_size={self.proj_size}"
        if self.num_layers != 1:
            text += f", num_layers={self.num_layers}"
        if self.bias is not True:
            text += f", bias={self.bias}"
        if self.batch_first:
            text += f", batch_first={self.batch_first}"
        if self.dropout:
            text += f", dropout={self.dropout}"
        if self.bidirectional:
            text += f", bidirectional={self.bidirectional}"
        return text

    # What a state is: one tensor, or two for an LSTM.

    def _state_widths(self):
        return (self.proj_size or self.hidden_size,)

    def _initial(self, hx, batch, like, unbatched):
        count = self.num_layers * (2 if self.bidirectional else 1)
        if hx is None:
            return [
                pt.zeros((count, batch, width), dtype=like.dtype, device=like.device)
                for width in self._state_widths()
            ]
        states = list(hx) if isinstance(hx, (tuple, list)) else [hx]
        if unbatched:
            states = [s.unsqueeze(1) for s in states]
        for i, (state, width) in enumerate(zip(states, self._state_widths(), strict=True)):
            expected = (count, batch, width)
            if tuple(state.shape) != expected:
                which = "hidden size" if len(states) == 1 else f"hidden[{i}] size"
                fail_runtime(
                    type(self).__name__,
                    f"Expected {which} {expected}, got {list(state.shape)}",
                )
        return states

    def _run(self, x, state, weights, lengths, reverse):
        """One layer in one direction; x is [T, N, width]."""
        w_ih, w_hh, *rest = weights
        b_ih, b_hh, rest = (rest[0], rest[1], rest[2:]) if self.bias else (None, None, rest)
        step = _STEPS[self.mode]
        projected = F.linear(x, w_ih, b_ih).unbind(0)
        order = range(len(projected) - 1, -1, -1) if reverse else range(len(projected))
        outputs = [None] * len(projected)
        for t in order:
            new = step(projected[t], state, w_hh, b_hh, *rest)
            if lengths is not None:  # a sequence that has ended (or not begun) keeps its state
                running = (lengths > t).unsqueeze(1)
                new = tuple(pt.where(running, n, s) for n, s in zip(new, state, strict=True))
            state = new
            outputs[t] = state[0]
        return pt.stack(outputs), state

    def _layers(self, x, states, lengths):
        directions = 2 if self.bidirectional else 1
        finals = []
        for layer in range(self.num_layers):
            outputs = []
            for direction in range(directions):
                index = layer * directions + direction
                state = tuple(s[index] for s in states)
                weights = self.all_weights[index]
                y, final = self._run(x, state, weights, lengths, direction == 1)
                outputs.append(y)
                finals.append(final)
            x = outputs[0] if directions == 1 else pt.cat(outputs, -1)
            if self.dropout and layer < self.num_layers - 1:
                x = F.dropout(x, self.dropout, self.training)
        return x, [pt.stack(parts) for parts in zip(*finals, strict=True)]

    def _check(self, x, packed):
        name = type(self).__name__
        if not packed and x.ndim not in (2, 3):
            fail_value(name, f"Expected input to be 2D or 3D, got {x.ndim}D instead")
        if x.shape[-1] != self.input_size:
            fail_runtime(
                name,
                "input.size(-1) must be equal to input_size. "
                f"Expected {self.input_size}, got {x.shape[-1]}",
            )
        if x.dtype != self.weight_ih_l0.dtype:
            fail_value(
                name, f"input must have the type {self.weight_ih_l0.dtype}, got type {x.dtype}"
            )

    def forward(self, input, hx=None):
        packed = input if isinstance(input, PackedSequence) else None
        if packed is not None:
            x, lengths = pad_packed_sequence(
                packed._replace(sorted_indices=None, unsorted_indices=None)
            )
            unbatched = False
            if hx is not None and packed.sorted_indices is not None:
                many = isinstance(hx, (tuple, list))
                order = packed.sorted_indices
                sorted_ = [s.index_select(1, order) for s in (hx if many else [hx])]
                hx = sorted_
        else:
            x, lengths = input, None
            unbatched = input.ndim == 2
        self._check(x, packed is not None)
        if unbatched:
            x = x.unsqueeze(1)
        elif self.batch_first and packed is None:
            x = x.transpose(0, 1)
        if x.shape[0] == 0:
            fail_runtime(type(self).__name__, "Expected sequence length to be larger than 0")
        states = self._initial(hx, x.shape[1], x, unbatched)
        y, finals = self._layers(x, states, lengths)
        if packed is not None:
            y = pack_like(y, packed)
            if packed.unsorted_indices is not None:
                finals = [s.index_select(1, packed.unsorted_indices) for s in finals]
        elif unbatched:
            y, finals = y.squeeze(1), [s.squeeze(1) for s in finals]
        elif self.batch_first:
            y = y.transpose(0, 1)
        return y, finals[0] if len(finals) == 1 else tuple(finals)


class RNN(RNNBase):
    """Elman network: ``h' = tanh(W_ih x + b_ih + W_hh h + b_hh)``.

    Shapes: input [T, N, input_size] and state [layers * directions, N, hidden_size] (zeros by
    default) -> output [T, N, directions * hidden_size] and last state; N comes first in input and
    output if `batch_first` and may be missing; the input may be a `PackedSequence`.

    Args:
        input_size, hidden_size, num_layers (int): the sizes.
        nonlinearity (str): "tanh" or "relu".
        bias, batch_first, bidirectional (bool): as above.
        dropout (float): probability of zeroing between layers, while training.

    Raises:
        ValueError: sizes not above 0, an unknown nonlinearity.
        RuntimeError: shapes that do not match.

    Source: Elman, "Finding Structure in Time", 1990.

    >>> y, h = pt.nn.RNN(3, 4)(pt.ones(5, 2, 3))
    >>> y.shape, h.shape
    (portico.Size([5, 2, 4]), portico.Size([1, 2, 4]))
    """

    def __init__(self, *args, nonlinearity="tanh", **kwargs):
        if len(args) > 3:
            nonlinearity, args = args[3], (*args[:3], *args[4:])
        if nonlinearity not in ("tanh", "relu"):
            fail_value(
                "RNN",
                f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.",
            )
        self_nonlinearity = nonlinearity
        super().__init__(f"RNN_{nonlinearity.upper()}", *args, **kwargs)
        self.nonlinearity = self_nonlinearity


class LSTM(RNNBase):
    """Long short-term memory, with optional projection of the hidden state.

    Arguments, shapes and errors are those of `RNN`; the state is a pair (h, c), and with
    `proj_size` h is projected to that size.

    Raises:
        ValueError: sizes that are not positive, a dropout outside [0, 1].
        TypeError: a hidden_size that is no int.
        RuntimeError: an input or a state of another shape.

    Source: Hochreiter & Schmidhuber, "Long Short-Term Memory", 1997.

    >>> y, (h, c) = pt.nn.LSTM(3, 4)(pt.ones(5, 2, 3))
    >>> y.shape, c.shape
    (portico.Size([5, 2, 4]), portico.Size([1, 2, 4]))
    """

    def __init__(self, *args, **kwargs):
        super().__init__("LSTM", *args, **kwargs)

    def _state_widths(self):
        return self.proj_size or self.hidden_size, self.hidden_size


class GRU(RNNBase):
    """Gated recurrent unit.

    Arguments, shapes and errors are those of `RNN`.

    Raises:
        ValueError: sizes that are not positive, a dropout outside [0, 1].
        TypeError: a hidden_size that is no int.
        RuntimeError: an input or a state of another shape.

    Source: Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", 2014.

    >>> y, h = pt.nn.GRU(3, 4)(pt.ones(5, 2, 3))
    >>> y.shape, h.shape
    (portico.Size([5, 2, 4]), portico.Size([1, 2, 4]))
    """

    def __init__(self, *args, **kwargs):
        if kwargs.get("proj_size"):
            fail_value("GRU", "proj_size argument is only supported for LSTM, not RNN or GRU")
        super().__init__("GRU", *args, **kwargs)


class RNNCellBase(Module):
    """One step of a recurrent layer; `num_chunks` is the number of its gates.

    `input_size` and `hidden_size` are those of the vectors.

    >>> pt.nn.RNNCellBase(3, 4, True, num_chunks=2).weight_ih.shape
    portico.Size([8, 3])
    """

    def __init__(self, input_size, hidden_size, bias, num_chunks, device=None, dtype=None):
        super().__init__()
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        made, gates = {"device": device, "dtype": dtype}, num_chunks * hidden_size
        self.weight_ih = Parameter(pt.empty((gates, input_size), **made))
        self.weight_hh = Parameter(pt.empty((gates, hidden_size), **made))
        for name in ("bias_ih", "bias_hh"):
            value = Parameter(pt.empty(gates, **made)) if bias else None
            self.register_parameter(name, value)
        self.reset_parameters()

    def reset_parameters(self):
        """Draws all parameters again, uniform in +-1 / sqrt(hidden_size).

        >>> cell = pt.nn.RNNCell(3, 4)
        >>> cell.reset_parameters()
        >>> bool((cell.weight_hh.abs() <= 0.5).all())
        True
        """
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def extra_repr(self):
        text = f"{self.input_size}, {self.hidden_size}"
        return text if self.bias is True else text + f", bias={self.bias}"

    def _step(self, step, input, state):
        name = type(self).__name__
        if input.ndim not in (1, 2):
            fail_value(name, f"Expected input to be 1D or 2D, got {input.ndim}D instead")
        unbatched = input.ndim == 1
        x = input.unsqueeze(0) if unbatched else input
        if x.shape[1] != self.input_size:
            fail_runtime(
                name,
                f"input has inconsistent input_size: got {x.shape[1]} expected {self.input_size}",
            )
        if state is None:
            states = 2 if isinstance(self, LSTMCell) else 1
            shape = (x.shape[0], self.hidden_size)
            state = [pt.zeros(shape, dtype=x.dtype, device=x.device) for _ in range(states)]
        elif unbatched:
            state = [s.unsqueeze(0) for s in state]
        from_input = F.linear(x, self.weight_ih, self.bias_ih)
        new = step(from_input, tuple(state), self.weight_hh, self.bias_hh)
        return tuple(s.squeeze(0) for s in new) if unbatched else new


class RNNCell(RNNCellBase):
    """One step of `RNN`: [N, input_size] and h [N, hidden_size] -> h; N may be missing.

    `hx` is h, or (h, c), zeros by default.

    Raises:
        ValueError, RuntimeError: an input of another rank or size.
        RuntimeError: a `nonlinearity` that is neither "tanh" nor "relu".

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.RNNCell.html

    >>> pt.nn.RNNCell(3, 4)(pt.ones(2, 3)).shape
    portico.Size([2, 4])
    """

    def __init__(
        self, input_size, hidden_size, bias=True, nonlinearity="tanh", device=None, dtype=None
    ):
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input, hx=None):
        if self.nonlinearity not in ("tanh", "relu"):
            fail_runtime("RNNCell", f"Unknown nonlinearity: {self.nonlinearity}")
        step = _STEPS[f"RNN_{self.nonlinearity.upper()}"]
        return self._step(step, input, None if hx is None else [hx])[0]

    def extra_repr(self):
        text = super().extra_repr()
        return text if self.nonlinearity == "tanh" else text + f", nonlinearity={self.nonlinearity}"


class LSTMCell(RNNCellBase):
    """One step of `LSTM`: [N, input_size] and (h, c) -> (h, c), each [N, hidden_size].

    `hx` is h, or (h, c), zeros by default.

    Raises:
        ValueError, RuntimeError: an input of another rank or size.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTMCell.html

    >>> h, c = pt.nn.LSTMCell(3, 4)(pt.ones(2, 3))
    >>> h.shape, c.shape
    (portico.Size([2, 4]), portico.Size([2, 4]))
    """

    def __init__(self, input_size, hidden_size, bias=True, device=None, dtype=None):
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input, hx=None):
        return self._step(_lstm_step, input, hx)


class GRUCell(RNNCellBase):
    """One step of `GRU`; shapes and errors are those of `RNNCell`.

    `hx` is h, or (h, c), zeros by default.

    Raises:
        RuntimeError: an input or a state of another rank or size.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.GRUCell.html

    >>> pt.nn.GRUCell(3, 4)(pt.ones(2, 3)).shape
    portico.Size([2, 4])
    """

    def __init__(self, input_size, hidden_size, bias=True, device=None, dtype=None):
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input, hx=None):
        return self._step(_gru_step, input, None if hx is None else [hx])[0]
