"""Modules: registration, state_dict, hooks, traversal and printing."""

import copy

import pytest

import portico as pt
from portico import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(2, 3)
        self.body = nn.Sequential(nn.Linear(3, 3), nn.ReLU())
        self.register_buffer("count", pt.zeros(1))
        self.register_buffer("scratch", pt.zeros(1), persistent=False)

    def forward(self, x):
        return self.body(self.fc(x))


def test_names_in_order_of_registration():
    net = Net()
    names = ["fc.weight", "fc.bias", "body.0.weight", "body.0.bias"]
    assert [n for n, _ in net.named_parameters()] == names
    assert list(net.state_dict()) == ["count", *names]
    assert [n for n, _ in net.named_buffers()] == ["count", "scratch"]
    assert [n for n, _ in net.named_modules()] == ["", "fc", "body", "body.0", "body.1"]


def test_shared_parameters_are_listed_once():
    net = Net()
    net.body[0].weight = nn.Parameter(pt.zeros(3, 3))
    net.other = net.body[0]
    assert len(list(net.parameters())) == 4
    assert "other.weight" in net.state_dict()


def test_a_state_dict_shares_memory_and_loads_elsewhere():
    a, b = Net(), Net()
    state = a.state_dict()
    with pt.no_grad():
        a.fc.bias.fill_(7.0)
    assert state["fc.bias"].tolist() == [7.0] * 3 and not state["fc.bias"].requires_grad
    assert str(b.load_state_dict(state)) == "<All keys matched successfully>"
    assert b.fc.bias.tolist() == [7.0] * 3
    with pt.no_grad():
        a.fc.bias.fill_(1.0)
    assert b.fc.bias.tolist() == [7.0] * 3


def test_load_reports_everything_that_does_not_fit():
    state = dict(Net().state_dict())
    del state["fc.weight"]
    state["extra"] = pt.zeros(1)
    state["fc.bias"] = pt.zeros(9)
    with pytest.raises(RuntimeError) as caught:
        Net().load_state_dict(state)
    text = str(caught.value)
    assert text.startswith("[load_state_dict] Error(s) in loading state_dict for Net:\n\t")
    assert 'Missing key(s) in state_dict: "fc.weight". ' in text
    assert 'Unexpected key(s) in state_dict: "extra". ' in text
    assert "size mismatch for fc.bias: copying a param with shape" in text
    del state["fc.bias"]
    keys = Net().load_state_dict(state, strict=False)
    assert keys.missing_keys == ["fc.weight", "fc.bias"] and keys.unexpected_keys == ["extra"]


def test_assign_replaces_the_tensors():
    net = Net()
    weight = pt.ones(3, 2)
    net.load_state_dict(dict(net.state_dict()) | {"fc.weight": weight}, assign=True)
    assert net.fc.weight.tolist() == weight.tolist() and isinstance(net.fc.weight, nn.Parameter)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda n: setattr(n.fc, "weight", pt.ones(3, 2)), TypeError, "as parameter 'weight'"),
        (lambda n: setattr(n, "fc", 3), TypeError, "as child module 'fc'"),
        (lambda n: setattr(n, "count", "x"), TypeError, "as buffer 'count'"),
        (lambda n: n.register_buffer("a.b", None), KeyError, "name can.*t contain"),
        (lambda n: n.register_buffer("forward", None), KeyError, "already exists"),
        (lambda n: n.register_parameter("p", pt.ones(1)), TypeError, "Parameter or None required"),
        (lambda n: n.nothing, AttributeError, "'Net' object has no attribute 'nothing'"),
        (lambda n: n.train(1), ValueError, "expected to be boolean"),
        (lambda n: n.to(pt.int64), TypeError, "floating point dtypes"),
        (lambda n: n.get_submodule("fc.nope"), AttributeError, "Linear has no attribute `nope`"),
    ],
)
def test_misuse(change, error, message):
    with pytest.raises(error, match=message):
        change(Net())


def test_parameters_need_init():
    class Early(nn.Module):
        def __init__(self):
            self.weight = nn.Parameter(pt.ones(1))

    with pytest.raises(AttributeError, match=r"before Module.__init__\(\) call"):
        Early()


def test_forward_hooks_see_and_replace():
    net = nn.Linear(2, 2)
    seen = []
    net.register_forward_pre_hook(lambda m, args: seen.append("pre") or (args[0] * 2,))
    handle = net.register_forward_hook(lambda m, args, y: seen.append("post") or y + 1)
    x = pt.ones(1, 2)
    doubled = nn.functional.linear(x * 2, net.weight, net.bias)
    assert net(x).tolist() == (doubled + 1).tolist() and seen == ["pre", "post"]
    handle.remove()
    assert net(x).tolist() == doubled.tolist()


def test_backward_hooks_see_and_replace_gradients():
    net = nn.Linear(2, 3, bias=False)
    seen = []

    def hook(module, grad_input, grad_output):
        seen.append((tuple(grad_input[0].shape), tuple(grad_output[0].shape)))
        return (grad_input[0] * 10,)

    net.register_full_backward_hook(hook)
    x = pt.ones(1, 2, requires_grad=True)
    net(x).sum().backward()
    assert seen == [((1, 2), (1, 3))]
    assert x.grad.tolist() == (net.weight.detach().sum(0) * 10).unsqueeze(0).tolist()


def test_state_dict_hooks():
    net, seen = nn.Linear(1, 1), []
    net.register_state_dict_pre_hook(lambda *a: seen.append("save"))
    net.register_load_state_dict_post_hook(lambda m, keys: seen.append("load"))
    net.load_state_dict(net.state_dict())
    assert seen == ["save", "load"]


def test_training_mode_apply_and_dtype():
    net = Net()
    assert not net.eval().body[1].training and net.train().body[1].training
    names = []
    net.apply(lambda m: names.append(type(m).__name__))
    assert names == ["Linear", "Linear", "ReLU", "Sequential", "Net"]
    net.double()
    assert net.fc.weight.dtype is pt.float64 and net.count.dtype is pt.float64
    assert net.fc.weight is dict(net.named_parameters())["fc.weight"]


def test_copies_are_deep():
    net = Net()
    other = copy.deepcopy(net)
    with pt.no_grad():
        net.fc.bias.fill_(5.0)
    assert other.fc.bias.tolist() != net.fc.bias.tolist()
    assert isinstance(other.fc.bias, nn.Parameter) and other.fc.bias.requires_grad


def test_repr_is_pytorchs():
    assert repr(Net()) == (
        "Net(\n"
        "  (fc): Linear(in_features=2, out_features=3, bias=True)\n"
        "  (body): Sequential(\n"
        "    (0): Linear(in_features=3, out_features=3, bias=True)\n"
        "    (1): ReLU()\n"
        "  )\n"
        ")"
    )
    layers = nn.ModuleList([nn.Linear(1, 1), nn.Linear(1, 1), nn.ReLU()])
    assert "(0-1): 2 x Linear" in repr(layers)


def test_containers():
    net = nn.Sequential(nn.ReLU(), nn.Tanh(), nn.Sigmoid())
    del net[1]
    net.insert(1, nn.Identity()).append(nn.GELU())
    assert [type(m).__name__ for m in net] == ["ReLU", "Identity", "Sigmoid", "GELU"]
    assert isinstance(net[1:3], nn.Sequential) and len(net[1:3]) == 2
    with pytest.raises(IndexError, match="index 9 is out of range"):
        net[9]
    table = nn.ModuleDict({"a": nn.ReLU()})
    table["b"] = nn.Linear(1, 1)
    assert list(table.keys()) == ["a", "b"] and "b.weight" in table.state_dict()
    params = nn.ParameterList([pt.ones(2)])
    params.append(pt.zeros(1))
    assert len(params) == 2 and all(isinstance(p, nn.Parameter) for p in params)
    named = nn.ParameterDict({"x": pt.ones(1)})
    assert list(named.state_dict()) == ["x"]
