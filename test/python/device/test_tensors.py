"""Making, moving and looking at tensors."""

import copy
import io
import pickle

import numpy as np
import pytest

import portico as pt


def test_device_strings(device):
    assert pt.device(str(device)) == device
    assert pt.device(device.type, device.index) == device
    assert device.index == 0 and str(device) == f"{device.type}:0"
    assert repr(device) == f"device(type='{device.type}', index=0)"
    assert pt.device(device.type) == device
    assert hash(pt.device(str(device))) == hash(device)
    assert pickle.loads(pickle.dumps(device)) == device


def test_other_names_mean_the_same_device(mock):
    assert pt.device("pretend:0") == mock and pt.device("mimic").type == "mock"
    assert pt.ones(2, device="pretend:1").device == pt.device("mock:1")


@pytest.mark.parametrize("name", ["nonesuch", "nonesuch:0", ":0", "mock:", "mock:x", "mock:-1"])
def test_bad_device_strings(device, name):
    with pytest.raises(RuntimeError, match="[Dd]evice"):
        pt.device(name)


def test_a_name_opens_nothing_and_its_use_says_what_is_missing(device):
    absent = pt.device(device.type, 99)
    with pytest.raises(RuntimeError, match=r"no such device; got '\w+:99'"):
        pt.ones(2, device=absent).tolist()
    with pytest.raises(RuntimeError, match="no such device"):
        pt.ones(2).to(absent)


def test_there_and_back(device):
    x = pt.arange(6.0).reshape(2, 3)
    y = x.to(device)
    assert y.device == device and x.device == pt.device("cpu") and not y.is_cpu and x.is_cpu
    assert y.get_device() == 0 and x.get_device() == -1
    assert y.tolist() == x.tolist()
    assert y.cpu().device == x.device and pt.equal(y.cpu(), x)
    assert y.to(device) is y and x.cpu() is x
    assert y.to("cpu", pt.int64).tolist() == [[0, 1, 2], [3, 4, 5]]
    assert x.to(y).device == device and x.double().to(y).dtype is pt.float32
    assert y.to(0).device == pt.device(pt.accelerator.current_accelerator().type, 0)


@pytest.mark.parametrize(
    "dtype", ["bool", "uint8", "int16", "int64", "float16", "bfloat16", "float64"]
)
def test_every_size_of_element_travels(device, dtype):
    x = pt.tensor([[0, 1, 2], [3, 0, 5]]).to(getattr(pt, dtype))
    assert x.to(device).cpu().tolist() == x.tolist()
    assert x.t().to(device).tolist() == x.t().tolist()
    assert x[:0].to(device).tolist() == []
    assert x[1, 2].to(device).item() == x[1, 2].item()


MAKERS = {
    "zeros": lambda **k: pt.zeros(2, 3, **k),
    "full": lambda **k: pt.full((2,), 7.5, **k),
    "empty": lambda **k: pt.empty(2, **k),
    "empty_strided": lambda **k: pt.empty_strided((2,), (1,), **k),
    "tensor": lambda **k: pt.tensor([1, 2], **k),
    "tensor of a tensor": lambda **k: pt.tensor(pt.ones(2), **k),
    "scalar_tensor": lambda **k: pt.scalar_tensor(2, **k),
    "as_tensor": lambda **k: pt.as_tensor([1.0], **k),
    "as_tensor of an array": lambda **k: pt.as_tensor(np.ones(3), **k),
    "as_tensor of a tensor": lambda **k: pt.as_tensor(pt.ones(3), **k),
    "asarray": lambda **k: pt.asarray([1, 2], **k),
    "arange": lambda **k: pt.arange(5, **k),
    "linspace": lambda **k: pt.linspace(0, 1, 5, **k),
    "eye": lambda **k: pt.eye(3, **k),
    "tril_indices": lambda **k: pt.tril_indices(3, 3, **k),
    "zeros_like": lambda **k: pt.zeros_like(pt.ones(2), **k),
    "new_zeros": lambda **k: pt.ones(2).new_zeros(3, **k),
    "new_tensor": lambda **k: pt.ones(2).new_tensor([1, 2], **k),
    "rand": lambda **k: pt.rand(3, **k),
    "randn": lambda **k: pt.randn(3, **k),
    "randint": lambda **k: pt.randint(0, 5, (3,), **k),
    "randperm": lambda **k: pt.randperm(5, **k),
    "normal": lambda **k: pt.normal(0.0, 1.0, (3,), **k),
    "rand_like": lambda **k: pt.rand_like(pt.ones(2), **k),
}


@pytest.mark.parametrize("name", MAKERS)
def test_making_somewhere(device, name):
    made, here = MAKERS[name](device=device), MAKERS[name]()
    assert made.device == device and here.device == pt.device("cpu")
    assert made.shape == here.shape and made.dtype is here.dtype
    assert MAKERS[name](device=str(device)).device == device


def test_what_is_made_of_a_tensor_is_where_the_tensor_is(device):
    x = pt.ones(2, 3, device=device)
    for made in (
        pt.zeros_like(x), pt.rand_like(x), pt.full_like(x, 3), x.new_ones(4), x.new_tensor([1]),
        pt.empty_like(x), x.new_full((2,), 3.0), x.clone(), x.contiguous(), x[0], x.t(), x.sum(),
        pt.tensor(x), pt.as_tensor(x), x.nonzero(), x.unique(), x.sort()[1], x.argmax(),
        x.cumsum(0), pt.where(x > 0), x.masked_select(x > 0), x.new_empty(2), x > 0,
        pt.nn.functional.one_hot(x.long()),
    ):  # fmt: skip
        for tensor in made if isinstance(made, tuple) else (made,):
            assert tensor.device == device
    assert pt.zeros_like(x, device="cpu").device == pt.device("cpu")


def test_random_numbers_are_the_same_everywhere(device):
    for draw in (pt.rand, pt.randn, pt.randperm, lambda n, **k: pt.randint(0, 100, (n,), **k)):
        pt.manual_seed(3)
        there = draw(1000, device=device)
        pt.manual_seed(3)
        assert there.device == device and pt.equal(there.cpu(), draw(1000))


def test_the_default_device(device):
    with device:
        x = pt.ones(2)
        assert x.device == device and pt.tensor([1, 2]).device == device
        assert pt.get_default_device() == device
        assert pt.nn.Linear(2, 2).weight.device == device
        assert pt.from_numpy(np.ones(2)).device == pt.device("cpu")
        assert pt.zeros(2, device="cpu").device == pt.device("cpu")
    assert pt.ones(2).device == pt.device("cpu")
    pt.set_default_device(device)
    try:
        assert pt.arange(3).device == device
    finally:
        pt.set_default_device("cpu")
    assert pt.arange(3).device == pt.device("cpu")


def test_numpy_is_of_the_host(device):
    x = pt.ones(3, device=device)
    message = (
        rf"can't convert {device} device type tensor to numpy\. Use Tensor\.cpu\(\) to copy the "
        r"tensor to host memory first\."
    )
    for convert in (x.numpy, lambda: np.asarray(x), lambda: x.__dlpack__()):
        with pytest.raises(TypeError, match=message):
            convert()
    assert x.numpy(force=True).tolist() == [1, 1, 1] == x.cpu().numpy().tolist()
    assert x.__dlpack_device__()[0] != 1


def test_printing(device):
    x = pt.tensor([1.5, 2.0], device=device)
    assert repr(x) == f"tensor([1.5000, 2.0000], device='{device}')"
    assert repr(x.requires_grad_()) == (
        f"tensor([1.5000, 2.0000], device='{device}', requires_grad=True)"
    )
    assert f"{x[0]:.2f}" == "1.50"


def test_numbers(device):
    x = pt.tensor([3], device=device)
    assert x.item() == 3 and int(x) == 3 and float(x) == 3.0 and bool(x) and [0, 1, 2, 3][x] == 3
    assert pt.tensor([[1, 2]], device=device).tolist() == [[1, 2]]


MIXED = "Expected all tensors to be on the same device, but found at least two devices, "


def test_devices_do_not_mix(device):
    x, y = pt.ones(3, device=device), pt.ones(3)
    for f in (
        lambda: x + y, lambda: y * x, lambda: pt.cat([x, y]), lambda: x @ y, lambda: y.add_(x),
        lambda: pt.nn.functional.linear(y, pt.ones(2, 3, device=device)),
        lambda: pt.where(x > 0, x, y),
    ):  # fmt: skip
        with pytest.raises(RuntimeError, match=MIXED):
            f()
    with pytest.raises(RuntimeError, match=f"{device} and cpu!"):
        x + y


def test_numbers_of_the_host_mix(device):
    x, two = pt.ones(3, device=device), pt.tensor(2.0)
    for y in (
        x * two,
        two * x,
        x.mul(two),
        x.add(1, alpha=2),
        pt.where(x > 0, x, two),
        x + (two + 1),
    ):
        assert y.device == device
    assert (x * two).tolist() == [2, 2, 2] and (two - x).tolist() == [1, 1, 1]
    x.mul_(two)
    assert x.device == device and x.tolist() == [2, 2, 2]
    # But not the other way round.
    with pytest.raises(RuntimeError, match=MIXED):
        pt.ones(3) + pt.tensor(2.0, device=device)


def test_a_number_of_the_host_gets_its_gradient(device):
    scale = pt.tensor(3.0, requires_grad=True)
    x = pt.ones(4, device=device, requires_grad=True)
    (x * scale).sum().backward()
    assert scale.grad.device == pt.device("cpu") and scale.grad.item() == 4
    assert x.grad.device == device and x.grad.tolist() == [3] * 4


def test_gradients_flow_between_devices(device):
    x = pt.tensor([1.0, 2.0], requires_grad=True)
    y = (x * 2).to(device)
    assert y.grad_fn is not None and y.requires_grad
    (y * y).sum().backward()
    assert x.grad.device == x.device and x.grad.tolist() == [8, 16]
    z = x.to(device).cpu()
    (g,) = pt.autograd.grad((z**3).sum(), x, create_graph=True)
    (g2,) = pt.autograd.grad(g.sum(), x)
    assert g.tolist() == [3, 12] and g2.tolist() == [6, 12]


def test_writes(device):
    x = pt.zeros(2, 3, device=device)
    x[0] = 1
    x[1, 1:] = pt.tensor([5.0, 6.0], device=device)
    x[:, 0] += 1
    assert x.tolist() == [[2, 1, 1], [1, 5, 6]] and x.device == device
    x.copy_(pt.arange(6).reshape(2, 3))  # from another device, as in PyTorch
    assert x.tolist() == [[0, 1, 2], [3, 4, 5]] and x.device == device
    host = pt.zeros(3)
    host.copy_(x[1])
    assert host.tolist() == [3, 4, 5] and host.device == pt.device("cpu")
    x.zero_()
    assert x.device == device and x.sum().item() == 0
    x.normal_()
    assert x.device == device and x.abs().sum().item() > 0
    shared = np.zeros(3, np.float32)
    pt.from_numpy(shared).copy_(pt.arange(3.0, device=device))
    assert shared.tolist() == [0, 1, 2]


def test_indexing(device):
    x = pt.arange(6.0, device=device).reshape(2, 3)
    assert x[x > 2].tolist() == [3, 4, 5] and x[:, [2, 0]].tolist() == [[2, 0], [5, 3]]
    assert x[pt.tensor([1, 0], device=device), 1].tolist() == [4, 1]
    assert x[pt.tensor([1])].tolist() == [[3, 4, 5]]  # indices of the host, as in PyTorch
    assert x.gather(1, pt.tensor([[0], [2]], device=device)).tolist() == [[0], [5]]
    x[x > 3] = 0
    assert x.tolist() == [[0, 1, 2], [3, 0, 0]]


def test_saving(device):
    x = pt.arange(3.0, device=device)
    file = io.BytesIO()
    pt.save({"x": x, "y": pt.ones(2)}, file)
    file.seek(0)
    loaded = pt.load(file)
    assert loaded["x"].device == device and loaded["y"].device == pt.device("cpu")
    assert loaded["x"].tolist() == [0, 1, 2]
    file.seek(0)
    assert pt.load(file, map_location="cpu")["x"].device == pt.device("cpu")
    assert copy.deepcopy(x).device == device
    assert pickle.loads(pickle.dumps(x)).tolist() == [0, 1, 2]


def test_a_function_of_the_host_is_announced(device):
    a = pt.tensor([[2.0, 0.0], [0.0, 4.0]], device=device)
    inverse = pt.linalg.inv(a)
    assert inverse.device == device and inverse.tolist() == [[0.5, 0], [0, 0.25]]
    record = next(r for r in reversed(pt.explain()) if r["result"] == "host library")
    assert record["why"] == "linalg.inv" and record["device"] == str(device)
    assert "test_tensors.py" in record["line"]
    assert pt.ones(3, 1, device=device).unique(dim=0).shape == (1, 1)
    assert any(r["why"] == "unique" and r["result"] == "host library" for r in pt.explain())


def test_every_device_runs_its_own_programs(mock):
    x, y = pt.ones(3, device="mock:0"), pt.ones(3, device="mock:1")
    a, b, c = x + 1, y + 2, pt.ones(3) + 3
    pt.flush()
    assert (a.tolist(), b.tolist(), c.tolist()) == ([2] * 3, [3] * 3, [4] * 3)
    assert (a.device.index, b.device.index, c.device.type) == (0, 1, "cpu")
    assert (a.to("mock:1") + b).tolist() == [5] * 3
    with pytest.raises(RuntimeError, match="mock:0 and mock:1!"):
        a + b


def test_comparison_of_what_is_on_a_device(device):
    x = pt.arange(3.0, device=device)
    pt.testing.assert_close(x, x + 1e-7)
    pt.testing.assert_close(x, pt.arange(3.0), check_device=False)
    with pytest.raises(AssertionError, match="not close"):
        pt.testing.assert_close(x, x + 1)
    with pytest.raises(AssertionError, match="'device' do not match"):
        pt.testing.assert_close(x, pt.arange(3.0))
