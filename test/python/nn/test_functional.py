"""Functions of nn.functional: hand values, NumPy, and the identities they must obey."""

import itertools
import math

import numpy as np
import pytest

import portico as pt
from portico import nn
from portico.nn import functional as F
from portico.reference import evaluate_op

rng = np.random.default_rng(11)


def normal(*shape):
    return rng.normal(size=shape).astype(np.float32)


def close(tensor, expected, tol=1e-5):
    np.testing.assert_allclose(tensor.detach().numpy(), expected, rtol=tol, atol=tol)


# Convolution ------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("geometry", [(1, 0, 1, 1), (2, 1, 1, 1), (1, 2, 2, 2)])
def test_conv(n, geometry):
    stride, padding, dilation, groups = geometry
    size = (7, 6, 5)[:n]
    x, w, b = normal(2, 4, *size), normal(6, 4 // groups, *(3,) * n), normal(6)
    attrs = {
        "strides": (stride,) * n,
        "padding": (padding,) * n,
        "dilations": (dilation,) * n,
        "groups": groups,
    }
    (want,) = evaluate_op("convolution", [x, w], attrs)
    conv = getattr(F, f"conv{n}d")
    got = conv(pt.tensor(x), pt.tensor(w), pt.tensor(b), stride, padding, dilation, groups)
    close(got, want + b.reshape(1, -1, *(1,) * n), 1e-4)


def test_same_padding_keeps_the_size_and_puts_the_odd_element_behind():
    x, w = pt.arange(4.0).reshape(1, 1, 4), pt.tensor([[[1.0, 10.0]]])
    assert F.conv1d(x, w, padding="same").tolist() == [[[10.0, 21.0, 32.0, 3.0]]]


def test_transposed_convolution_is_the_adjoint():
    x, w = normal(2, 3, 5, 5), normal(4, 3, 3, 3)
    y = F.conv2d(pt.tensor(x), pt.tensor(w), stride=2, padding=1)
    g = normal(*y.shape)
    back = F.conv_transpose2d(pt.tensor(g), pt.tensor(w), stride=2, padding=1)
    assert back.shape == x.shape
    np.testing.assert_allclose(np.vdot(back.numpy(), x), np.vdot(g, y.numpy()), rtol=1e-4)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: F.conv2d(pt.ones(1, 3, 5, 5), pt.ones(2, 4, 3, 3)), "to have 4 channels"),
        (lambda: F.conv2d(pt.ones(1, 1, 2, 2), pt.ones(1, 1, 3, 3)), "can't be greater than"),
        (lambda: F.conv2d(pt.ones(5, 5), pt.ones(1, 1, 3, 3)), r"Expected 3D \(unbatched\) or 4D"),
        (lambda: F.conv1d(pt.ones(1, 1, 5), pt.ones(1, 1, 3).double()), "should be the same"),
        (lambda: F.conv1d(pt.ones(1, 1, 5), pt.ones(1, 1, 2), stride=2, padding="same"), "strided"),
    ],
)
def test_conv_errors(call, message):
    with pytest.raises(RuntimeError, match=message):
        call()


# Pooling ----------------------------------------------------------------------------------------


def test_max_pool_values_indices_and_unpool():
    x = pt.tensor([[[[1.0, 5.0, 2.0], [4.0, 3.0, 9.0], [7.0, 8.0, 6.0]]]])
    y, where = F.max_pool2d(x, 2, 1, return_indices=True)
    assert y.tolist() == [[[[5.0, 9.0], [8.0, 9.0]]]]
    assert where.tolist() == [[[[1, 5], [7, 5]]]]
    y, where = F.max_pool2d(x, 2, return_indices=True, ceil_mode=True)
    assert y.tolist() == [[[[5.0, 9.0], [8.0, 6.0]]]]
    back = F.max_unpool2d(y, where, 2, output_size=(3, 3))
    assert back.tolist() == [[[[0, 5, 0], [0, 0, 9], [0, 8, 6]]]]


def test_max_pool_gradient_goes_to_the_maximum():
    x = pt.tensor([[[1.0, 3.0, 2.0, 4.0]]], requires_grad=True)
    (F.max_pool1d(x, 2) * pt.tensor([10.0, 20.0])).sum().backward()
    assert x.grad.tolist() == [[[0.0, 10.0, 0.0, 20.0]]]


def test_avg_pool_counts_padding_only_when_told():
    x = pt.tensor([[[3.0, 6.0, 9.0]]])
    assert F.avg_pool1d(x, 2, 2, padding=1).tolist() == [[[1.5, 7.5]]]
    got = F.avg_pool1d(x, 2, 2, padding=1, count_include_pad=False)
    assert got.tolist() == [[[3.0, 7.5]]]


def test_adaptive_pools_of_uneven_sizes():
    x = pt.arange(5.0).reshape(1, 1, 5)
    close(F.adaptive_avg_pool1d(x, 3), [[[0.5, 2.0, 3.5]]])
    y, where = F.adaptive_max_pool1d(x, 3, return_indices=True)
    assert y.tolist() == [[[1.0, 3.0, 4.0]]] and where.tolist() == [[[1, 3, 4]]]
    close(F.adaptive_avg_pool2d(pt.ones(1, 2, 5, 7), (3, None)), np.ones((1, 2, 3, 7)))


def test_pool_padding_is_limited():
    with pytest.raises(RuntimeError, match="at most half of effective kernel size"):
        F.max_pool1d(pt.ones(1, 1, 4), 2, padding=2)


# Normalisation ----------------------------------------------------------------------------------


def test_batch_norm_normalises_and_tracks():
    x = normal(8, 3, 4)
    layer = nn.BatchNorm1d(3)
    y = layer(pt.tensor(x))
    mean, var = x.mean((0, 2)), x.var((0, 2))
    close(y, (x - mean[:, None]) / np.sqrt(var[:, None] + 1e-5), 1e-4)
    close(layer.running_mean, 0.1 * mean)
    close(layer.running_var, 0.9 + 0.1 * x.var((0, 2), ddof=1))
    assert layer.num_batches_tracked.item() == 1
    layer.eval()
    tracked = (x - layer.running_mean.numpy()[:, None]) / np.sqrt(
        layer.running_var.numpy()[:, None] + 1e-5
    )
    close(layer(pt.tensor(x)), tracked, 1e-4)


def test_batch_norm_needs_more_than_one_value():
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        F.batch_norm(pt.ones(1, 3), None, None, training=True)


def test_layer_group_instance_and_rms_norm():
    x = normal(2, 4, 3)

    def standard(a, axes):
        return (a - a.mean(axes, keepdims=True)) / np.sqrt(a.var(axes, keepdims=True) + 1e-5)

    close(F.layer_norm(pt.tensor(x), (4, 3)), standard(x, (1, 2)), 1e-4)
    close(F.instance_norm(pt.tensor(x)), standard(x, 2), 1e-4)
    groups = standard(x.reshape(2, 2, 6), 2).reshape(x.shape)
    close(F.group_norm(pt.tensor(x), 2), groups, 1e-4)
    root = np.sqrt((x**2).mean(-1, keepdims=True) + np.finfo(np.float32).eps)
    close(F.rms_norm(pt.tensor(x), (3,)), x / root, 1e-4)
    with pytest.raises(RuntimeError, match=r"expected input with shape \[\*, 5\]"):
        F.layer_norm(pt.tensor(x), (5,))


# Losses -----------------------------------------------------------------------------------------


def log_softmax(x):
    x = x - x.max(-1, keepdims=True)
    return x - np.log(np.exp(x).sum(-1, keepdims=True))


def test_cross_entropy_value_and_gradient():
    x, t = normal(4, 5), np.array([1, 0, 4, 2])
    scores = pt.tensor(x, requires_grad=True)
    loss = F.cross_entropy(scores, pt.tensor(t))
    close(loss, -log_softmax(x)[np.arange(4), t].mean())
    loss.backward()
    want = np.exp(log_softmax(x))
    want[np.arange(4), t] -= 1
    close(scores.grad, want / 4)


def test_cross_entropy_weights_ignored_classes_and_smoothing():
    x, t = normal(4, 3), np.array([0, 2, -100, 1])
    weight = np.array([0.5, 1.0, 2.0], np.float32)
    kept, logp = [0, 1, 3], log_softmax(x)
    share = weight[t[kept]]
    plain = -(logp[kept, t[kept]] * share).sum()
    got = F.cross_entropy(pt.tensor(x), pt.tensor(t), weight=pt.tensor(weight))
    close(got, plain / share.sum())
    smooth = -(logp[kept] * weight).sum() / 3
    got = F.cross_entropy(pt.tensor(x), pt.tensor(t), weight=pt.tensor(weight), label_smoothing=0.1)
    close(got, (0.9 * plain + 0.1 * smooth) / share.sum())


def test_cross_entropy_of_images_and_of_probabilities():
    x, t = normal(2, 3, 4), rng.integers(0, 3, (2, 4))
    logp = np.moveaxis(log_softmax(np.moveaxis(x, 1, -1)), -1, 1)
    picked = np.take_along_axis(logp, t[:, None], 1)
    close(F.cross_entropy(pt.tensor(x), pt.tensor(t), reduction="none"), -picked[:, 0])
    p = np.exp(log_softmax(normal(4, 3)))
    q = normal(4, 3)
    close(F.cross_entropy(pt.tensor(q), pt.tensor(p)), -(log_softmax(q) * p).sum(-1).mean())


def test_a_class_out_of_range_raises_when_it_is_looked_at():
    loss = F.nll_loss(pt.zeros(2, 3), pt.tensor([0, 3]))
    with pytest.raises(IndexError):
        loss.item()


def test_losses_by_hand():
    x, y = pt.tensor([0.0, 2.0]), pt.tensor([1.0, -1.0])
    assert F.mse_loss(x, y).item() == 5.0
    assert F.l1_loss(x, y).item() == 2.0
    assert F.smooth_l1_loss(x, y).item() == 1.5
    assert F.huber_loss(x, y, delta=2.0).item() == pytest.approx((0.5 + 4.0) / 2)
    assert F.hinge_embedding_loss(x, y).item() == 0.0
    assert F.margin_ranking_loss(x, y, pt.tensor([1.0, 1.0])).item() == 0.5
    p, t = pt.tensor([0.25, 0.5]), pt.tensor([1.0, 0.0])
    want = -(math.log(0.25) + math.log(0.5)) / 2
    assert F.binary_cross_entropy(p, t).item() == pytest.approx(want, rel=1e-5)
    logits = (p / (1 - p)).log()
    assert F.binary_cross_entropy_with_logits(logits, t).item() == pytest.approx(want, rel=1e-5)


def test_binary_cross_entropy_with_logits_does_not_overflow():
    x = pt.tensor([1000.0, -1000.0, 0.0], requires_grad=True)
    loss = F.binary_cross_entropy_with_logits(x, pt.tensor([0.0, 1.0, 1.0]), reduction="none")
    close(loss, [1000.0, 1000.0, math.log(2)])
    loss.sum().backward()
    close(x.grad, [1.0, -1.0, -0.5])


def test_wrong_reduction():
    with pytest.raises(ValueError, match="median is not a valid value for reduction"):
        F.mse_loss(pt.ones(1), pt.ones(1), reduction="median")


def test_ctc_against_all_alignments():
    steps, classes, label = 4, 3, (1, 2)
    logp = log_softmax(normal(steps, classes))
    total = -np.inf
    for path in itertools.product(range(classes), repeat=steps):
        kept = [k for k, _ in itertools.groupby(path)]
        if tuple(k for k in kept if k) == label:
            total = np.logaddexp(total, sum(logp[t, c] for t, c in enumerate(path)))
    got = F.ctc_loss(
        pt.tensor(logp).unsqueeze(1), pt.tensor([label]), (steps,), (2,), reduction="sum"
    )
    close(got, -total)


# Dropout, embedding, distances ------------------------------------------------------------------


def test_dropout_keeps_the_mean():
    pt.manual_seed(0)
    y = F.dropout(pt.ones(10000), 0.25).numpy()
    np.testing.assert_allclose(np.unique(y), [0, 4 / 3], rtol=1e-6)
    assert abs(y.mean() - 1) < 0.03
    x = pt.ones(4, 3, 8)
    rows = F.dropout1d(x, 0.5).numpy()
    assert (rows == rows[..., :1]).all()
    assert F.dropout(x, 0.5, training=False) is x
    assert F.dropout(x, 1.0).sum().item() == 0
    with pytest.raises(ValueError, match="between 0 and 1, but got 1.5"):
        F.dropout(x, 1.5)


def test_dropout_differs_from_call_to_call_and_repeats_with_the_seed():
    pt.manual_seed(3)
    first, second = F.dropout(pt.ones(64)).tolist(), F.dropout(pt.ones(64)).tolist()
    pt.manual_seed(3)
    assert F.dropout(pt.ones(64)).tolist() == first != second


def test_embedding_and_its_gradient():
    w = pt.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], requires_grad=True)
    i = pt.tensor([2, 0, 2, 1])
    y = F.embedding(i, w, padding_idx=1)
    assert y.tolist() == [[5, 6], [1, 2], [5, 6], [3, 4]]
    y.sum().backward()
    assert w.grad.tolist() == [[1, 1], [0, 0], [2, 2]]
    with pytest.raises(RuntimeError, match="scalar types: Long, Int"):
        F.embedding(pt.ones(2), w)


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
def test_embedding_bag(mode):
    w, flat, offsets = normal(6, 3), np.array([0, 2, 5, 1, 1]), np.array([0, 3, 3])
    got = F.embedding_bag(pt.tensor(flat), pt.tensor(w), pt.tensor(offsets), mode=mode)
    bags = [w[flat[a:b]] for a, b in ((0, 3), (3, 3), (3, 5))]
    reduce = {"sum": np.sum, "mean": np.mean, "max": np.max}[mode]
    close(got, [reduce(b, 0) if len(b) else np.zeros(3) for b in bags])


def test_one_hot():
    assert F.one_hot(pt.tensor([2, 0])).tolist() == [[0, 0, 1], [1, 0, 0]]
    with pytest.raises(RuntimeError, match="smaller than num_classes"):
        F.one_hot(pt.tensor([2]), 2)


def test_similarity_and_distance():
    a, b = normal(3, 4), normal(3, 4)
    cos = (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    close(F.cosine_similarity(pt.tensor(a), pt.tensor(b)), cos)
    far = np.linalg.norm(a - b + 1e-6, axis=1)
    close(F.pairwise_distance(pt.tensor(a), pt.tensor(b)), far)
    close(F.normalize(pt.tensor(a)), a / np.linalg.norm(a, axis=1, keepdims=True))


# Shape ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "numpy_mode"),
    [("constant", "constant"), ("reflect", "reflect"), ("replicate", "edge"), ("circular", "wrap")],
)
def test_pad(mode, numpy_mode):
    x = normal(2, 3, 4, 5)
    got = F.pad(pt.tensor(x), (2, 1, 0, 3), mode=mode)
    close(got, np.pad(x, ((0, 0), (0, 0), (0, 3), (2, 1)), mode=numpy_mode))


def test_negative_padding_crops():
    x = pt.arange(5.0)
    assert F.pad(x, (-1, 2), value=9.0).tolist() == [1, 2, 3, 4, 9, 9]
    with pytest.raises(RuntimeError, match="less than the corresponding input dimension"):
        F.pad(pt.ones(1, 1, 2), (2, 0), mode="reflect")


def test_fold_is_the_adjoint_of_unfold():
    x = normal(2, 3, 5, 6)
    columns = F.unfold(pt.tensor(x), (3, 2), padding=1, stride=2)
    assert columns.shape == (2, 18, 12)
    g = normal(*columns.shape)
    image = F.fold(pt.tensor(g), (5, 6), (3, 2), padding=1, stride=2)
    np.testing.assert_allclose(np.vdot(image.numpy(), x), np.vdot(g, columns.numpy()), rtol=1e-3)


def test_pixel_shuffle_and_back():
    x = normal(1, 8, 2, 3)
    y = F.pixel_shuffle(pt.tensor(x), 2)
    assert y.shape == (1, 2, 4, 6) and y[0, 0, 0, 1].item() == x[0, 1, 0, 0]
    close(F.pixel_unshuffle(y, 2), x)


def test_interpolate():
    x = pt.tensor([[[0.0, 2.0, 4.0]]])
    assert F.interpolate(x, scale_factor=2).tolist() == [[[0, 0, 2, 2, 4, 4]]]
    got = F.interpolate(x, size=5, mode="linear", align_corners=True)
    close(got, [[[0, 1, 2, 3, 4]]])
    close(F.interpolate(x, size=6, mode="linear"), [[[0, 0.5, 1.5, 2.5, 3.5, 4.0]]])
    ramp = pt.arange(16.0).reshape(1, 1, 4, 4)
    close(F.interpolate(ramp, size=(2, 2), mode="area"), [[[[2.5, 4.5], [10.5, 12.5]]]])
    close(F.interpolate(ramp, size=(4, 4), mode="bicubic"), ramp.numpy())
    with pytest.raises(ValueError, match="either size or scale_factor"):
        F.interpolate(x)


def test_grid_sample_of_the_identity():
    x = pt.tensor(normal(1, 2, 4, 5))
    grid = F.affine_grid(pt.tensor([[[1.0, 0, 0], [0, 1, 0]]]), (1, 2, 4, 5), align_corners=False)
    for mode in ("bilinear", "nearest", "bicubic"):
        close(F.grid_sample(x, grid, mode, align_corners=False), x.numpy(), 1e-4)


# Attention --------------------------------------------------------------------------------------


def softmax(x):
    return np.exp(log_softmax(x))


def test_attention():
    q, k, v = normal(2, 3, 4), normal(2, 5, 4), normal(2, 5, 6)
    scores = q @ k.transpose(0, 2, 1) / 2
    close(F.scaled_dot_product_attention(*map(pt.tensor, (q, k, v))), softmax(scores) @ v, 1e-4)
    mask = rng.random((3, 5)) > 0.4
    mask[1] = False
    got = F.scaled_dot_product_attention(*map(pt.tensor, (q, k, v)), attn_mask=pt.tensor(mask))
    with np.errstate(invalid="ignore"):
        weights = softmax(np.where(mask, scores, -np.inf))
    close(got, np.where(mask.any(-1)[:, None], weights, 0) @ v, 1e-4)


def test_causal_attention_sees_the_past_only():
    x = normal(1, 4, 8)
    full = F.scaled_dot_product_attention(*[pt.tensor(x)] * 3, is_causal=True).numpy()
    for length in range(1, 4):
        part = F.scaled_dot_product_attention(*[pt.tensor(x[:, :length])] * 3, is_causal=True)
        np.testing.assert_allclose(part.numpy(), full[:, :length], rtol=1e-4, atol=1e-5)
