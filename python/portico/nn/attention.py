"""Multi-head attention."""

import portico as pt
from portico._fail import fail_assertion, fail_value

from . import functional as F
from . import init
from .linear import Linear
from .module import Module
from .parameter import Parameter

__all__ = ["MultiheadAttention"]


class MultiheadAttention(Module):
    """Attention of several heads; called with queries, keys and values, gives (y, weights).

    Shapes: [L, N, embed_dim], [S, N, kdim], [S, N, vdim] -> [L, N, embed_dim] and [N, L, S]; N
    comes first if `batch_first` and may be missing. Weights are None without `need_weights`.

    Args:
        embed_dim, num_heads (int): size of the vectors and number of heads, which divides it.
        dropout (float): probability of zeroing a weight while training.
        bias, add_bias_kv, add_zero_attn (bool): bias of the projections, of keys and values,
            and whether to add a batch of zeros to keys and values.
        kdim, vdim (int): sizes of keys and values where they differ.

    Called with `query`, `key`, `value` and `key_padding_mask` [N, S], `need_weights`, `attn_mask`
    [L, S] (True, or -inf, where not to look), `average_attn_weights` over heads, `is_causal` as a
    hint that the mask is.

    Raises:
        ValueError, AssertionError: sizes not above 0, or num_heads that does not divide them.

    Source: Vaswani et al., "Attention Is All You Need", 2017.

    >>> attention = pt.nn.MultiheadAttention(8, 2, batch_first=True)
    >>> x = pt.ones(1, 3, 8)
    >>> y, weights = attention(x, x, x)
    >>> y.shape, weights.shape
    (portico.Size([1, 3, 8]), portico.Size([1, 3, 3]))
    """

    def __init__(
        self, embed_dim, num_heads, dropout=0.0, bias=True, add_bias_kv=False,
        add_zero_attn=False, kdim=None, vdim=None, batch_first=False, device=None, dtype=None,
    ):  # fmt: skip
        super().__init__()
        if embed_dim <= 0 or num_heads <= 0:
            fail_value(
                "MultiheadAttention",
                "embed_dim and num_heads must be greater than 0, got "
                f"embed_dim={embed_dim} and num_heads={num_heads} instead",
            )
        made = {"device": device, "dtype": dtype}
        self.embed_dim = embed_dim
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self._qkv_same_embed_dim = self.kdim == embed_dim and self.vdim == embed_dim
        self.num_heads, self.dropout, self.batch_first = num_heads, dropout, batch_first
        self.head_dim = embed_dim // num_heads
        if self.head_dim * num_heads != embed_dim:
            fail_assertion("MultiheadAttention", "embed_dim must be divisible by num_heads")
        separate = {
            "q_proj_weight": (embed_dim, embed_dim),
            "k_proj_weight": (embed_dim, self.kdim),
            "v_proj_weight": (embed_dim, self.vdim),
        }
        if self._qkv_same_embed_dim:
            self.in_proj_weight = Parameter(pt.empty((3 * embed_dim, embed_dim), **made))
            for name in separate:
                self.register_parameter(name, None)
        else:
            for name, shape in separate.items():
                setattr(self, name, Parameter(pt.empty(shape, **made)))
            self.register_parameter("in_proj_weight", None)
        if bias:
            self.in_proj_bias = Parameter(pt.empty(3 * embed_dim, **made))
        else:
            self.register_parameter("in_proj_bias", None)
        self.out_proj = Linear(embed_dim, embed_dim, bias=bias, **made)
        for name in ("bias_k", "bias_v"):
            value = Parameter(pt.empty((1, 1, embed_dim), **made)) if add_bias_kv else None
            setattr(self, name, value)
        self.add_zero_attn = add_zero_attn
        self._reset_parameters()

    def _reset_parameters(self):
        for name in ("in_proj_weight", "q_proj_weight", "k_proj_weight", "v_proj_weight"):
            if getattr(self, name) is not None:
                init.xavier_uniform_(getattr(self, name))
        if self.in_proj_bias is not None:
            init.zeros_(self.in_proj_bias)
            init.zeros_(self.out_proj.bias)
        for bias in (self.bias_k, self.bias_v):
            if bias is not None:
                init.xavier_normal_(bias)

    def forward(
        self, query, key, value, key_padding_mask=None, need_weights=True, attn_mask=None,
        average_attn_weights=True, is_causal=False,
    ):  # fmt: skip
        swap = self.batch_first and query.ndim == 3
        if swap:
            if key is query and value is query:
                query = key = value = query.transpose(0, 1)
            else:
                query, key, value = (x.transpose(0, 1) for x in (query, key, value))
        y, weights = F.multi_head_attention_forward(
            query, key, value, self.embed_dim, self.num_heads, self.in_proj_weight,
            self.in_proj_bias, self.bias_k, self.bias_v, self.add_zero_attn, self.dropout,
            self.out_proj.weight, self.out_proj.bias, training=self.training,
            key_padding_mask=key_padding_mask, need_weights=need_weights, attn_mask=attn_mask,
            use_separate_proj_weight=not self._qkv_same_embed_dim, q_proj_weight=self.q_proj_weight,
            k_proj_weight=self.k_proj_weight, v_proj_weight=self.v_proj_weight,
            average_attn_weights=average_attn_weights, is_causal=is_causal,
        )  # fmt: skip
        return (y.transpose(0, 1) if swap else y), weights
