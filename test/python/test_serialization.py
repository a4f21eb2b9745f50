"""save and load: round trips, and files that are not what they should be."""

import io
import pickle
from collections import OrderedDict

import numpy as np
import pytest

import portico as pt

DTYPES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32",
          "float64"]  # fmt: skip


def round_trip(obj):
    file = io.BytesIO()
    pt.save(obj, file)
    return pt.load(io.BytesIO(file.getvalue()))


@pytest.mark.parametrize("name", DTYPES)
@pytest.mark.parametrize("shape", [(), (3,), (2, 0, 4), (2, 3)])
def test_tensors(name, shape):
    x = pt.tensor(np.arange(np.prod(shape, dtype=int)).reshape(shape) % 2).to(getattr(pt, name))
    y = round_trip(x)
    assert y.dtype is x.dtype and y.shape == x.shape and y.tolist() == x.tolist()


def test_views_are_saved_as_what_they_show():
    x = pt.arange(6.0).reshape(2, 3)
    assert round_trip(x.t()).tolist() == [[0, 3], [1, 4], [2, 5]]
    assert round_trip(x[:, ::2]).tolist() == [[0, 2], [3, 5]]


def test_structures():
    obj = {
        "list": [1, 2.5, None, True, "text", b"\x00\xff"],
        "tuple": (1, (2, [3])),
        "set": {1, 2},
        3: float("inf"),
        (1, "key"): pt.float16,
        "ordered": OrderedDict(a=1),
        "size": pt.Size((2, 3)),
        "array": np.array([1, 2], np.int16),
        "big": 2**70,
    }
    back = round_trip(obj)
    assert back.pop("array").tolist() == obj.pop("array").tolist()
    assert back == obj and type(back["ordered"]) is OrderedDict
    assert np.isnan(round_trip(float("nan")))


def test_shared_memory_stays_shared():
    x = pt.ones(3)
    a, b = round_trip([x, x])
    a.add_(1)
    assert b.tolist() == [2, 2, 2]


def test_parameters_and_gradients():
    back = round_trip([pt.nn.Parameter(pt.ones(2)), pt.ones(1, requires_grad=True)])
    assert isinstance(back[0], pt.nn.Parameter) and back[0].requires_grad
    assert back[1].requires_grad and back[1].is_leaf


def test_training_resumes(tmp_path):
    net = pt.nn.Linear(2, 2)
    optimizer = pt.optim.Adam(net.parameters())
    net(pt.ones(1, 2)).sum().backward()
    optimizer.step()
    path = tmp_path / "state"
    pt.save({"net": net.state_dict(), "optimizer": optimizer.state_dict()}, path)
    state = pt.load(path)
    other = pt.nn.Linear(2, 2)
    assert str(other.load_state_dict(state["net"])) == "<All keys matched successfully>"
    again = pt.optim.Adam(other.parameters())
    again.load_state_dict(state["optimizer"])
    for n in (net, other):
        n.zero_grad()
        n(pt.ones(1, 2)).sum().backward()
    optimizer.step()
    again.step()
    assert other.weight.tolist() == net.weight.tolist()


def test_any_safetensors_file_can_be_read(tmp_path):
    from safetensors.numpy import load_file, save_file

    path = tmp_path / "w.safetensors"
    save_file({"a": np.arange(3, dtype=np.float32)}, path)
    assert pt.load(path)["a"].tolist() == [0, 1, 2]
    pt.save([pt.arange(2)], path)
    assert load_file(path)["0"].tolist() == [0, 1]


class Evil:
    def __reduce__(self):
        return (exec, ("raise SystemExit('code ran')",))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\x10", "is not a file of this kind"),
        (b"PK\x03\x04" + bytes(100), "zip archive, as torch.save writes"),
        (pickle.dumps(Evil()), "is a pickle"),
        (b"\x93NUMPY" + bytes(100), "NumPy array"),
        (b"some text, no tensors at all", "is not a file of this kind"),
    ],
)
def test_foreign_files(content, message, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(RuntimeError, match=message) as caught:
        pt.load(path)
    assert "file" in str(caught.value)


def test_every_truncation_is_noticed():
    file = io.BytesIO()
    pt.save({"w": pt.ones(5), "n": [1, 2]}, file)
    content = file.getvalue()
    for length in [0, 4, 8, 9, 20, len(content) // 2, len(content) - 1]:
        with pytest.raises(RuntimeError, match="truncated|empty|not a file of this kind|damaged"):
            pt.load(io.BytesIO(content[:length]))


def test_a_structure_that_does_not_fit():
    from safetensors.numpy import save

    for root in ('{"$": "tensor", "i": 7}', '{"$": "nothing"}', '{"$": "list"}', '{"x": 1}'):
        text = f'{{"version": 1, "root": {root}}}'
        content = save({}, {"portico": text})
        with pytest.raises(RuntimeError, match="is damaged"):
            pt.load(io.BytesIO(content))
    content = save({}, {"portico": '{"version": 99, "root": 0}'})
    with pytest.raises(RuntimeError, match="version that is not known; got 99"):
        pt.load(io.BytesIO(content))


def test_only_data_is_saved(tmp_path):
    path = tmp_path / "file"
    pt.save(1, path)
    with pytest.raises(TypeError, match=r"at object\['f'\]\[0\].*got function.*state_dict"):
        pt.save({"f": [test_tensors]}, path)
    assert pt.load(path) == 1 and list(tmp_path.iterdir()) == [path]
    with pytest.raises(FileNotFoundError):
        pt.load(tmp_path / "absent")
