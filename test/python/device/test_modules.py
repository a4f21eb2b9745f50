"""Networks on a device: moving them, training them."""

import pytest

import portico as pt
from portico import nn
from portico.nn import functional as F


class Net(nn.Module):
    def __init__(self, **made):
        super().__init__()
        self.embed = nn.Embedding(10, 8, **made)
        self.conv = nn.Conv1d(8, 8, 3, padding=1, **made)
        self.norm = nn.BatchNorm1d(8, **made)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True, **made)
        self.drop = nn.Dropout(0.1)
        self.out = nn.Linear(8, 3, **made)

    def forward(self, x):
        x = self.norm(F.relu(self.conv(self.embed(x).transpose(1, 2)))).transpose(1, 2)
        x = self.attention(x, x, x, need_weights=False)[0]
        return self.out(self.drop(x.mean(1)))


def devices_of(module):
    return {t.device for t in (*module.parameters(), *module.buffers())}


def test_moving_a_module(device):
    net = Net()
    weight = net.out.weight
    assert net.to(device) is net and devices_of(net) == {device}
    assert net.out.weight is weight  # the same parameter, elsewhere
    assert net.out.weight.is_leaf and net.out.weight.requires_grad
    net.cpu()
    assert devices_of(net) == {pt.device("cpu")}
    assert devices_of(Net(device=device)) == {device}
    net.to(device, pt.float64)
    assert net.out.weight.dtype is pt.float64 and net.out.weight.device == device


def test_moving_takes_gradients_along(device):
    layer = nn.Linear(2, 1)
    layer(pt.ones(1, 2)).sum().backward()
    layer.to(device)
    assert layer.weight.grad.device == device and layer.weight.grad.tolist() == [[1, 1]]


@pytest.mark.parametrize("make", [pt.optim.SGD, pt.optim.Adam, pt.optim.AdamW, pt.optim.RMSprop])
def test_training_is_the_same_on_every_device(device, make):
    def train(where):
        pt.manual_seed(1)
        net = Net()
        net.to(where)
        optimizer = make(net.parameters(), lr=0.01)
        x = pt.randint(0, 10, (4, 6), device=where)
        y = pt.randint(0, 3, (4,), device=where)
        losses = []
        for _ in range(4):
            optimizer.zero_grad()
            loss = F.cross_entropy(net(x), y)
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            losses.append(loss.item())
        assert devices_of(net) == {where}
        return losses

    there, here = train(device), train(pt.device("cpu"))
    assert here[-1] < here[0]
    for a, b in zip(there, here, strict=True):
        assert a == pytest.approx(b, rel=1e-4)


def test_a_batch_elsewhere_is_an_error(device):
    net = nn.Linear(2, 2).to(device)
    with pytest.raises(RuntimeError, match="Expected all tensors to be on the same device"):
        net(pt.ones(1, 2))


def test_state_goes_between_devices(device):
    there, here = nn.Linear(2, 2).to(device), nn.Linear(2, 2)
    there.load_state_dict(here.state_dict())
    assert there.weight.device == device and pt.equal(there.weight.cpu(), here.weight)
    here.load_state_dict(there.state_dict())
    assert here.weight.device == pt.device("cpu")


def test_optimizer_state_is_where_the_parameters_are(device):
    layer = nn.Linear(2, 2).to(device)
    optimizer = pt.optim.Adam(layer.parameters())
    layer(pt.ones(1, 2, device=device)).sum().backward()
    optimizer.step()
    averages = [s["exp_avg"] for s in optimizer.state.values()]
    assert averages and all(a.device == device for a in averages)
    other = pt.optim.Adam(nn.Linear(2, 2).to(device).parameters())
    other.load_state_dict(optimizer.state_dict())
    assert all(s["exp_avg"].device == device for s in other.state.values())
