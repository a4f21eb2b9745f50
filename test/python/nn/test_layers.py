"""Layers: shapes, parameters, and recurrences against plain NumPy."""

import numpy as np
import pytest

import portico as pt
from portico import nn

rng = np.random.default_rng(5)


def normal(*shape):
    return rng.normal(size=shape).astype(np.float32)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def numpy_lstm(x, w_ih, w_hh, b):
    h = c = np.zeros((x.shape[1], w_hh.shape[1]))
    out = []
    for step in x:
        i, f, g, o = np.split(step @ w_ih.T + h @ w_hh.T + b, 4, -1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        out.append(h)
    return np.stack(out), h, c


def weights(layer):
    return {name: p.detach().numpy().astype(np.float64) for name, p in layer.named_parameters()}


def test_lstm():
    layer, x = nn.LSTM(3, 4), normal(6, 2, 3)
    w = weights(layer)
    want, h, c = numpy_lstm(
        x, w["weight_ih_l0"], w["weight_hh_l0"], w["bias_ih_l0"] + w["bias_hh_l0"]
    )
    y, (h_n, c_n) = layer(pt.tensor(x))
    np.testing.assert_allclose(y.detach().numpy(), want, atol=1e-5)
    np.testing.assert_allclose(h_n[0].detach().numpy(), h, atol=1e-5)
    np.testing.assert_allclose(c_n[0].detach().numpy(), c, atol=1e-5)


def test_gru_cell():
    cell, x, h = nn.GRUCell(3, 4), normal(2, 3), normal(2, 4)
    w = weights(cell)
    x_r, x_z, x_n = np.split(x @ w["weight_ih"].T + w["bias_ih"], 3, -1)
    h_r, h_z, h_n = np.split(h @ w["weight_hh"].T + w["bias_hh"], 3, -1)
    r, z = sigmoid(x_r + h_r), sigmoid(x_z + h_z)
    want = (1 - z) * np.tanh(x_n + r * h_n) + z * h
    got = cell(pt.tensor(x), pt.tensor(h)).detach().numpy()
    np.testing.assert_allclose(got, want, atol=1e-5)


def test_directions_layers_and_layouts():
    layer = nn.GRU(3, 4, num_layers=2, bidirectional=True, batch_first=True)
    y, h = layer(pt.tensor(normal(2, 5, 3)))
    assert y.shape == (2, 5, 8) and h.shape == (4, 2, 4)
    assert [n for n, _ in layer.named_parameters()][4] == "weight_ih_l0_reverse"
    y, h = layer(pt.tensor(normal(5, 3)))
    assert y.shape == (5, 8) and h.shape == (4, 4)


def test_the_reverse_direction_reads_backwards():
    layer = nn.RNN(2, 3, bidirectional=True)
    forward = nn.RNN(2, 3)
    forward.load_state_dict(
        {
            n.removesuffix("_reverse"): p
            for n, p in layer.state_dict().items()
            if n.endswith("_reverse")
        }
    )
    x = normal(4, 1, 2)
    back = forward(pt.tensor(x[::-1].copy()))[0].detach().numpy()[::-1]
    both = layer(pt.tensor(x))[0].detach().numpy()
    np.testing.assert_allclose(both[..., 3:], back, atol=1e-6)


def test_packed_sequences_equal_each_sequence_alone():
    layer = nn.LSTM(3, 4, bidirectional=True)
    lengths = [3, 5, 1]
    rows = [normal(n, 3) for n in lengths]
    padded = nn.utils.rnn.pad_sequence([pt.tensor(r) for r in rows])
    packed = nn.utils.rnn.pack_padded_sequence(padded, lengths, enforce_sorted=False)
    y, (h, _) = layer(packed)
    y, back = nn.utils.rnn.pad_packed_sequence(y)
    assert back.tolist() == lengths
    for i, row in enumerate(rows):
        alone, (h_alone, _) = layer(pt.tensor(row))
        got = y[: lengths[i], i].detach().numpy()
        np.testing.assert_allclose(got, alone.detach().numpy(), atol=1e-5)
        np.testing.assert_allclose(h[:, i].detach().numpy(), h_alone.detach().numpy(), atol=1e-5)


def test_rnn_errors():
    with pytest.raises(RuntimeError, match="Expected 3, got 4"):
        nn.LSTM(3, 4)(pt.ones(2, 2, 4))
    with pytest.raises(RuntimeError, match=r"Expected hidden size \(1, 2, 4\)"):
        nn.GRU(3, 4)(pt.ones(5, 2, 3), pt.zeros(1, 1, 4))
    with pytest.raises(ValueError, match="Unknown nonlinearity"):
        nn.RNN(1, 1, nonlinearity="sin")


def test_attention_layer_matches_its_heads():
    layer, x = nn.MultiheadAttention(6, 2, batch_first=True), normal(2, 4, 6)
    y, mean = layer(*[pt.tensor(x)] * 3)
    _, heads = layer(*[pt.tensor(x)] * 3, average_attn_weights=False)
    assert y.shape == (2, 4, 6) and heads.shape == (2, 2, 4, 4)
    np.testing.assert_allclose(heads.detach().numpy().mean(1), mean.detach().numpy(), atol=1e-6)
    np.testing.assert_allclose(mean.detach().numpy().sum(-1), 1, atol=1e-5)
    fast, none = layer(*[pt.tensor(x)] * 3, need_weights=False)
    assert none is None
    np.testing.assert_allclose(fast.detach().numpy(), y.detach().numpy(), atol=1e-5)


def test_padding_mask_hides_keys():
    layer, x = nn.MultiheadAttention(4, 1, batch_first=True), normal(1, 3, 4)
    hidden = pt.tensor([[False, False, True]])
    _, attention = layer(*[pt.tensor(x)] * 3, key_padding_mask=hidden)
    assert (attention[..., 2] == 0).all().item()


def test_transformer_shapes_and_gradients():
    model = nn.Transformer(8, 2, 1, 1, 16, dropout=0.0, batch_first=True)
    y = model(pt.tensor(normal(2, 3, 8)), pt.tensor(normal(2, 4, 8)))
    assert y.shape == (2, 4, 8)
    y.sum().backward()
    assert all(p.grad is not None for p in model.parameters())


def test_layers_have_pytorchs_parameters():
    shapes = {n: tuple(p.shape) for n, p in nn.Conv2d(4, 6, 3, groups=2).named_parameters()}
    assert shapes == {"weight": (6, 2, 3, 3), "bias": (6,)}
    shapes = {n: tuple(p.shape) for n, p in nn.ConvTranspose1d(4, 6, 3).named_parameters()}
    assert shapes == {"weight": (4, 6, 3), "bias": (6,)}
    assert nn.Embedding(4, 2, padding_idx=1).weight[1].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("fill", "bound"),
    [
        (lambda t: nn.init.xavier_uniform_(t), np.sqrt(6 / 700)),
        (lambda t: nn.init.kaiming_uniform_(t, nonlinearity="relu"), np.sqrt(6 / 400)),
        (lambda t: nn.init.trunc_normal_(t, std=2.0, a=-1, b=1), 1),
    ],
)
def test_initial_values_fill_their_range(fill, bound):
    pt.manual_seed(0)
    values = fill(pt.empty(300, 400)).numpy()
    assert bound * 0.99 < np.abs(values).max() <= bound * (1 + 1e-6)
    assert abs(values.mean()) < bound / 50


def test_orthogonal_and_dirac():
    q = nn.init.orthogonal_(pt.empty(3, 5)).numpy()
    np.testing.assert_allclose(q @ q.T, np.eye(3), atol=1e-5)
    x = normal(1, 2, 5)
    w = nn.init.dirac_(pt.empty(2, 2, 3))
    y = nn.functional.conv1d(pt.tensor(x), w, padding=1)
    np.testing.assert_allclose(y.numpy(), x, atol=1e-6)


def test_clip_grad_norm():
    p = nn.Parameter(pt.zeros(2))
    p.grad = pt.tensor([3.0, 4.0])
    assert nn.utils.clip_grad_norm_([p], 1.0).item() == 5.0
    np.testing.assert_allclose(p.grad.numpy(), [0.6, 0.8], rtol=1e-4)
    nn.utils.clip_grad_value_([p], 0.7)
    np.testing.assert_allclose(p.grad.numpy(), [0.6, 0.7], rtol=1e-4)


def test_parameters_as_a_vector():
    net = nn.Linear(2, 2)
    vector = nn.utils.parameters_to_vector(net.parameters())
    nn.utils.vector_to_parameters(pt.arange(6.0), net.parameters())
    assert vector.shape == (6,) and net.bias.tolist() == [4.0, 5.0]
