"""Transformer layers (Vaswani et al., 2017)."""

import copy

import portico as pt
from portico._fail import fail_runtime

from . import functional as F
from . import init
from .attention import MultiheadAttention
from .containers import ModuleList
from .dropout import Dropout
from .linear import Linear
from .module import Module
from .normalization import LayerNorm

__all__ = [
    "Transformer",
    "TransformerDecoder",
    "TransformerDecoderLayer",
    "TransformerEncoder",
    "TransformerEncoderLayer",
]


def _activation(activation):
    if not isinstance(activation, str):
        return activation
    if activation not in ("relu", "gelu"):
        fail_runtime("Transformer", f"activation should be relu/gelu, not {activation}")
    return F.relu if activation == "relu" else F.gelu


def _copies(module, n):
    return ModuleList([copy.deepcopy(module) for _ in range(n)])


class _Layer(Module):
    """What encoder and decoder layers share: self-attention and a feed-forward block."""

    _norms = 2

    def __init__(
        self, d_model, nhead, dim_feedforward=2048, dropout=0.1, activation=F.relu,
        layer_norm_eps=1e-5, batch_first=False, norm_first=False, bias=True, device=None,
        dtype=None,
    ):  # fmt: skip
        super().__init__()
        made = {"bias": bias, "device": device, "dtype": dtype}
        for name in ("self_attn", "multihead_attn")[: self._norms - 1]:
            attention = MultiheadAttention(
                d_model, nhead, dropout=dropout, batch_first=batch_first, **made
            )
            setattr(self, name, attention)
        self.linear1 = Linear(d_model, dim_feedforward, **made)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, **made)
        self.norm_first = norm_first
        for i in range(self._norms):
            setattr(self, f"norm{i + 1}", LayerNorm(d_model, eps=layer_norm_eps, **made))
        for i in range(self._norms):
            setattr(self, f"dropout{i + 1}", Dropout(dropout))
        self.activation = _activation(activation)

    def _feed_forward(self, x, dropout):
        return dropout(self.linear2(self.dropout(self.activation(self.linear1(x)))))

    def _attend(self, attention, dropout, x, source, mask, padding, is_causal):
        """Attention of x to a source, without weights."""
        y, _ = attention(
            x, source, source, attn_mask=mask, key_padding_mask=padding,
            is_causal=is_causal and mask is not None, need_weights=False,
        )  # fmt: skip
        return dropout(y)

    def _self_attention(self, x, *masks):
        return self._attend(self.self_attn, self.dropout1, x, x, *masks)


class TransformerEncoderLayer(_Layer):
    """Self-attention and a feed-forward network, each with a residual and a norm.

    Shape: [L, N, d_model], or [N, L, d_model] if `batch_first`; it stays.

    Args:
        d_model, nhead (int): size of the vectors and number of heads, which divides it.
        dim_feedforward (int): width of the feed-forward network.
        dropout (float): probability of zeroing, after each part and in attention.
        activation (str or function): "relu", "gelu" or any function.
        layer_norm_eps (float): eps of the norms.
        norm_first (bool): normalise before each part instead of after the residual.
        bias (bool): whether linear layers and norms have one.

    Called with `src`, `src_mask`, `src_key_padding_mask` and `is_causal`, as in `Transformer`.

    Raises:
        AssertionError: nhead does not divide d_model; RuntimeError: another activation.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerEncoderLayer.html

    >>> layer = pt.nn.TransformerEncoderLayer(8, 2, batch_first=True)
    >>> layer(pt.ones(1, 3, 8)).shape
    portico.Size([1, 3, 8])
    """

    def forward(self, src, src_mask=None, src_key_padding_mask=None, is_causal=False):
        def attend(x):
            return self._self_attention(x, src_mask, src_key_padding_mask, is_causal)

        x = src
        if self.norm_first:
            x = x + attend(self.norm1(x))
            return x + self._feed_forward(self.norm2(x), self.dropout2)
        x = self.norm1(x + attend(x))
        return self.norm2(x + self._feed_forward(x, self.dropout2))


class TransformerDecoderLayer(_Layer):
    """Self-attention, attention to a memory, and a feed-forward network.

    Called with targets and a memory, the encoder's output; arguments and errors are those of
    `TransformerEncoderLayer`.

    Called with `tgt` and `memory`, the encoder's output; `tgt_mask`, `memory_mask`,
    `tgt_key_padding_mask`, `memory_key_padding_mask`, `tgt_is_causal` and `memory_is_causal` are
    those of `Transformer`.

    Raises:
        RuntimeError, AssertionError: shapes or masks that do not fit the layers' sizes.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerDecoderLayer.html

    >>> layer = pt.nn.TransformerDecoderLayer(8, 2, batch_first=True)
    >>> layer(pt.ones(1, 3, 8), pt.ones(1, 5, 8)).shape
    portico.Size([1, 3, 8])
    """

    _norms = 3

    def forward(
        self, tgt, memory, tgt_mask=None, memory_mask=None, tgt_key_padding_mask=None,
        memory_key_padding_mask=None, tgt_is_causal=False, memory_is_causal=False,
    ):  # fmt: skip
        def attend(x):
            return self._self_attention(x, tgt_mask, tgt_key_padding_mask, tgt_is_causal)

        def look(x):
            masks = memory_mask, memory_key_padding_mask, memory_is_causal
            return self._attend(self.multihead_attn, self.dropout2, x, memory, *masks)

        x = tgt
        if self.norm_first:
            x = x + attend(self.norm1(x))
            x = x + look(self.norm2(x))
            return x + self._feed_forward(self.norm3(x), self.dropout3)
        x = self.norm1(x + attend(x))
        x = self.norm2(x + look(x))
        return self.norm3(x + self._feed_forward(x, self.dropout3))


class TransformerEncoder(Module):
    """`num_layers` copies of an encoder layer, one after the other, and a norm at the end.

    Masks are handed to every layer; the shape stays.

    Called with `src`, a `mask`, `src_key_padding_mask` and `is_causal`, as in `Transformer`;
    `enable_nested_tensor` and `mask_check` are accepted.

    Raises:
        RuntimeError, AssertionError: shapes or masks that do not fit the layers' sizes.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerEncoder.html

    >>> layer = pt.nn.TransformerEncoderLayer(8, 2, batch_first=True)
    >>> pt.nn.TransformerEncoder(layer, 2)(pt.ones(1, 3, 8)).shape
    portico.Size([1, 3, 8])
    """

    def __init__(
        self, encoder_layer, num_layers, norm=None, enable_nested_tensor=True, mask_check=True
    ):
        super().__init__()
        self.layers = _copies(encoder_layer, num_layers)
        self.num_layers, self.norm = num_layers, norm

    def forward(self, src, mask=None, src_key_padding_mask=None, is_causal=None):
        x = src
        for layer in self.layers:
            x = layer(
                x,
                src_mask=mask,
                src_key_padding_mask=src_key_padding_mask,
                is_causal=bool(is_causal),
            )
        return x if self.norm is None else self.norm(x)


class TransformerDecoder(Module):
    """`num_layers` copies of a decoder layer, one after the other, and a norm at the end.

    Masks are handed to every layer; the shape of the targets stays.

    Called with `tgt` and `memory`, the encoder's output; `tgt_mask`, `memory_mask`,
    `tgt_key_padding_mask`, `memory_key_padding_mask`, `tgt_is_causal` and `memory_is_causal` are
    those of `Transformer`.

    Raises:
        RuntimeError, AssertionError: shapes or masks that do not fit the layers' sizes.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerDecoder.html

    >>> layer = pt.nn.TransformerDecoderLayer(8, 2, batch_first=True)
    >>> pt.nn.TransformerDecoder(layer, 2)(pt.ones(1, 3, 8), pt.ones(1, 5, 8)).shape
    portico.Size([1, 3, 8])
    """

    def __init__(self, decoder_layer, num_layers, norm=None):
        super().__init__()
        self.layers = _copies(decoder_layer, num_layers)
        self.num_layers, self.norm = num_layers, norm

    def forward(
        self, tgt, memory, tgt_mask=None, memory_mask=None, tgt_key_padding_mask=None,
        memory_key_padding_mask=None, tgt_is_causal=None, memory_is_causal=False,
    ):  # fmt: skip
        x = tgt
        for layer in self.layers:
            x = layer(
                x, memory, tgt_mask=tgt_mask, memory_mask=memory_mask,
                tgt_key_padding_mask=tgt_key_padding_mask,
                memory_key_padding_mask=memory_key_padding_mask, tgt_is_causal=bool(tgt_is_causal),
                memory_is_causal=memory_is_causal,
            )  # fmt: skip
        return x if self.norm is None else self.norm(x)


class Transformer(Module):
    """Encoder and decoder in one: called with sources and targets, gives the decoder's output.

    Shapes: [L, N, d_model] and [T, N, d_model], or N first if `batch_first`. Arguments are those
    of `TransformerEncoderLayer`, the numbers of layers, and modules to use instead.

    There are `num_encoder_layers` and `num_decoder_layers`, or `custom_encoder` and
    `custom_decoder` in place of them. Called with `src` and `tgt`; `src_mask`, `tgt_mask` and
    `memory_mask` say where not to look, `src_key_padding_mask`, `tgt_key_padding_mask` and
    `memory_key_padding_mask` which elements are padding, `src_is_causal`, `tgt_is_causal` and
    `memory_is_causal` that a mask is causal.

    Raises:
        RuntimeError: sources or targets of another size than d_model.

    Source: Vaswani et al., "Attention Is All You Need", 2017.

    >>> net = pt.nn.Transformer(8, 2, 1, 1, 16, batch_first=True)
    >>> net(pt.ones(1, 5, 8), pt.ones(1, 3, 8)).shape
    portico.Size([1, 3, 8])
    """

    def __init__(
        self, d_model=512, nhead=8, num_encoder_layers=6, num_decoder_layers=6,
        dim_feedforward=2048, dropout=0.1, activation=F.relu, custom_encoder=None,
        custom_decoder=None, layer_norm_eps=1e-5, batch_first=False, norm_first=False, bias=True,
        device=None, dtype=None,
    ):  # fmt: skip
        super().__init__()
        made = {"device": device, "dtype": dtype}
        settings = (
            d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first,
            norm_first, bias,
        )  # fmt: skip

        def norm():
            return LayerNorm(d_model, eps=layer_norm_eps, bias=bias, **made)

        self.encoder = custom_encoder or TransformerEncoder(
            TransformerEncoderLayer(*settings, **made), num_encoder_layers, norm()
        )
        self.decoder = custom_decoder or TransformerDecoder(
            TransformerDecoderLayer(*settings, **made), num_decoder_layers, norm()
        )
        self._reset_parameters()
        self.d_model, self.nhead, self.batch_first = d_model, nhead, batch_first

    def _reset_parameters(self):
        for param in self.parameters():
            if param.ndim > 1:
                init.xavier_uniform_(param)

    @staticmethod
    def generate_square_subsequent_mask(sz, device=None, dtype=None):
        """A float mask that hides later positions.

        >>> pt.nn.Transformer.generate_square_subsequent_mask(2)
        tensor([[0., -inf],
                [0., 0.]])
        """
        full = pt.full((sz, sz), float("-inf"), dtype=dtype or pt.float32, device=device)
        return full.triu(1)

    def forward(
        self, src, tgt, src_mask=None, tgt_mask=None, memory_mask=None, src_key_padding_mask=None,
        tgt_key_padding_mask=None, memory_key_padding_mask=None, src_is_causal=None,
        tgt_is_causal=None, memory_is_causal=False,
    ):  # fmt: skip
        if src.shape[-1] != self.d_model or tgt.shape[-1] != self.d_model:
            fail_runtime(
                "Transformer", "the feature number of src and tgt must be equal to d_model"
            )
        memory = self.encoder(
            src,
            mask=src_mask,
            src_key_padding_mask=src_key_padding_mask,
            is_causal=src_is_causal,
        )
        return self.decoder(
            tgt, memory, tgt_mask=tgt_mask, memory_mask=memory_mask,
            tgt_key_padding_mask=tgt_key_padding_mask,
            memory_key_padding_mask=memory_key_padding_mask, tgt_is_causal=tgt_is_causal,
            memory_is_causal=memory_is_causal,
        )  # fmt: skip
