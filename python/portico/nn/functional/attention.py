"""Scaled dot-product attention and the multi-head function around it."""

import math

import portico as pt
from portico._fail import fail_assertion, fail_runtime, fail_value

__all__ = [
    "multi_head_attention_forward",
    "scaled_dot_product_attention",
]


def scaled_dot_product_attention(
    query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, enable_gqa=False,
):  # fmt: skip
    """``softmax(query @ key.T * scale + mask) @ value``.

    query [.., L, E], key [.., S, E], value [.., S, Ev]; `attn_mask` is a boolean
    (True takes part) or a float that is added; `is_causal` lets position i see
    0..i. A row that sees nothing gives 0.

    Gives [.., L, Ev]; `dropout_p` zeroes weights.

    `enable_gqa` lets several heads of queries share one of keys and values.

    Raises:
        RuntimeError: shapes or dtypes that do not match, or a mask besides `is_causal`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html

    >>> q = pt.ones(1, 2, 4)
    >>> F.scaled_dot_product_attention(q, q, q, is_causal=True).shape
    portico.Size([1, 2, 4])
    """
    op = "scaled_dot_product_attention"
    if query.ndim < 2 or key.ndim < 2 or value.ndim < 2:
        fail_runtime(op, "Expected query, key, and value to be at least 2 dimensional")
    if not query.dtype == key.dtype == value.dtype:
        fail_runtime(
            op,
            "Expected query, key, and value to have the same dtype, but got "
            f"query.dtype: {query.dtype} key.dtype: {key.dtype} and value.dtype: {value.dtype} "
            "instead.",
        )
    if is_causal and attn_mask is not None:
        fail_runtime(op, "Explicit attn_mask should not be set when is_causal=True")
    if enable_gqa:
        repeats = query.shape[-3] // key.shape[-3]
        key, value = key.repeat_interleave(repeats, -3), value.repeat_interleave(repeats, -3)
    scale = 1.0 / math.sqrt(query.shape[-1]) if scale is None else scale
    scores = (query @ key.transpose(-2, -1)) * scale
    if is_causal:
        rows = pt.arange(query.shape[-2], device=query.device).unsqueeze(1)
        columns = pt.arange(key.shape[-2], device=query.device)
        scores = pt.where(columns <= rows, scores, float("-inf"))
    if attn_mask is not None:
        if attn_mask.dtype is pt.bool:
            scores = pt.where(attn_mask, scores, float("-inf"))
        else:
            scores = scores + attn_mask
    weights = pt.softmax(scores, -1)
    if attn_mask is not None:
        blind = (scores == float("-inf")).all(-1, keepdim=True)
        weights = pt.where(blind, 0.0, weights)
    weights = pt.nn.functional.dropout(weights, dropout_p, dropout_p > 0.0)
    return weights @ value


def _project(query, key, value, embed_dim, weights, in_proj_weight, in_proj_bias, separate):
    linear = pt.nn.functional.linear
    biases = (None,) * 3 if in_proj_bias is None else in_proj_bias.chunk(3)
    if separate:
        inputs = zip((query, key, value), weights, biases, strict=True)
        return tuple(linear(x, w, b) for x, w, b in inputs)
    if query is key and key is value:  # one product instead of three
        packed = linear(query, in_proj_weight, in_proj_bias)
        return packed.split(embed_dim, -1)
    inputs = zip((query, key, value), in_proj_weight.chunk(3), biases, strict=True)
    return tuple(linear(x, w, b) for x, w, b in inputs)


def _additive(op, mask, dtype):
    """A float mask that is added to the scores; True in a boolean one hides."""
    if mask is None or mask.dtype.is_floating_point:
        return mask
    if mask.dtype is not pt.bool:
        fail_runtime(op, "only bool and floating types of masks are supported", mask.dtype)
    zero = pt.zeros((), dtype=dtype, device=mask.device)
    return pt.where(mask, zero - float("inf"), zero)


def multi_head_attention_forward(
    query, key, value, embed_dim_to_check, num_heads, in_proj_weight, in_proj_bias, bias_k, bias_v,
    add_zero_attn, dropout_p, out_proj_weight, out_proj_bias, training=True, key_padding_mask=None,
    need_weights=True, attn_mask=None, use_separate_proj_weight=False, q_proj_weight=None,
    k_proj_weight=None, v_proj_weight=None, static_k=None, static_v=None, average_attn_weights=True,
    is_causal=False,
):  # fmt: skip
    """What `nn.MultiheadAttention` computes, with its parameters as arguments: (y, weights).

    Shapes: query [L, N, E], key and value [S, N, ..] (N may be missing) -> [L, N, E] and [N, L, S],
    or [N, num_heads, L, S] without `average_attn_weights`; in_proj_weight [3 E, E], in_proj_bias
    [3 E], out_proj_weight [E, E]. Boolean masks are True where to look away; float masks are added.

    `embed_dim_to_check` is E; `bias_k` and `bias_v` [1, 1, E] are one more key and value;
    `dropout_p` zeroes weights; `out_proj_bias` is [E]; `key_padding_mask` is [N, S], `attn_mask`
    [L, S] or [N * num_heads, L, S], `is_causal` a hint. With `use_separate_proj_weight`,
    `q_proj_weight`, `k_proj_weight` and `v_proj_weight` stand for in_proj_weight; `static_k` and
    `static_v` for projected keys and values.

    Raises:
        AssertionError: tensors that are neither all 2D nor all 3D.
        RuntimeError: sizes, dtypes or masks that do not match.
        ValueError: num_heads that does not divide the embedding dimension.

    >>> x, identity = pt.ones(2, 1, 4), pt.eye(4)
    >>> weight = pt.cat([identity, identity, identity])
    >>> y, weights = F.multi_head_attention_forward(
    ...     x, x, x, 4, 2, weight, None, None, None, False, 0.0, identity, None
    ... )
    >>> weights
    tensor([[[0.5000, 0.5000],
             [0.5000, 0.5000]]])
    """
    op = "multi_head_attention_forward"
    ranks = query.ndim, key.ndim, value.ndim
    if ranks not in ((2, 2, 2), (3, 3, 3)):
        fail_assertion(
            op, "query, key and value should be unbatched 2D or batched 3D tensors",
            ", ".join(f"{n}D" for n in ranks),
        )  # fmt: skip
    unbatched = query.ndim == 2
    if unbatched:
        query, key, value = query.unsqueeze(1), key.unsqueeze(1), value.unsqueeze(1)
        key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
    length, batch, width = query.shape
    if width != embed_dim_to_check:
        fail_runtime(
            op, f"was expecting embedding dimension of {embed_dim_to_check}, but got {width}"
        )
    head = width // num_heads
    if head * num_heads != width:
        fail_value(op, f"embed_dim {width} not divisible by num_heads {num_heads}")
    if is_causal and attn_mask is None:
        fail_runtime(op, "Need attn_mask if specifying the is_causal hint.")
    weights = (q_proj_weight, k_proj_weight, v_proj_weight)
    q, k, v = _project(
        query, key, value, width, weights, in_proj_weight, in_proj_bias, use_separate_proj_weight
    )
    attn_mask = _additive(op, attn_mask, q.dtype)
    key_padding_mask = _additive(op, key_padding_mask, q.dtype)

    def grow(mask):
        return None if mask is None else pt.nn.functional.pad(mask, (0, 1))

    if bias_k is not None and bias_v is not None:
        k = pt.cat([k, bias_k.expand(1, batch, width)])
        v = pt.cat([v, bias_v.expand(1, batch, width)])
        attn_mask, key_padding_mask = grow(attn_mask), grow(key_padding_mask)
    q = q.reshape(length, batch * num_heads, head).transpose(0, 1)
    k = k.reshape(-1, batch * num_heads, head).transpose(0, 1) if static_k is None else static_k
    v = v.reshape(-1, batch * num_heads, head).transpose(0, 1) if static_v is None else static_v
    if add_zero_attn:
        nothing = pt.zeros((batch * num_heads, 1, head), dtype=k.dtype, device=k.device)
        k, v = pt.cat([k, nothing], 1), pt.cat([v, nothing], 1)
        attn_mask, key_padding_mask = grow(attn_mask), grow(key_padding_mask)
    source = k.shape[1]
    q = q.reshape(batch, num_heads, length, head)
    k = k.reshape(batch, num_heads, source, head)
    v = v.reshape(batch, num_heads, source, head)
    mask = None
    if attn_mask is not None:
        if attn_mask.ndim == 3:
            mask = attn_mask.reshape(batch, num_heads, length, source)
        else:
            mask = attn_mask.reshape(1, 1, length, source)
    if key_padding_mask is not None:
        hidden = key_padding_mask.reshape(batch, 1, 1, source)
        mask = hidden if mask is None else mask + hidden
    dropout_p = dropout_p if training else 0.0
    if need_weights:
        scores = (q * (1.0 / math.sqrt(head))) @ k.transpose(-2, -1)
        attention = pt.softmax(scores if mask is None else scores + mask, -1)
        attention = pt.nn.functional.dropout(attention, dropout_p, dropout_p > 0.0)
        y = attention @ v
        attention = attention.mean(1) if average_attn_weights else attention
    else:
        y, attention = scaled_dot_product_attention(q, k, v, mask, dropout_p), None
    y = y.permute(2, 0, 1, 3).reshape(length * batch, width)
    y = pt.nn.functional.linear(y, out_proj_weight, out_proj_bias).reshape(length, batch, -1)
    if unbatched:
        y, attention = y.squeeze(1), None if attention is None else attention.squeeze(0)
    return y, attention
