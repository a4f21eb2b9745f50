"""`python -m portico devices` and `compile`."""

import json
import subprocess
import sys

import pytest

from portico import _core
from portico.__main__ import main

MODEL = """
import portico as pt
from portico import nn

model = nn.Sequential(nn.Linear(8, 4), nn.ReLU())


def softmax(x):
    return pt.softmax(x * 2, -1)


def gradient():
    x = pt.ones(4, 8, requires_grad=True)
    model(x).sum().backward()
    return {"x": x.grad, "weight": model[0].weight.grad}


def nothing():
    return 3
"""


def test_devices_are_listed(device, capsys):
    assert main(["devices"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["device", "name", "memory", "units", "arch", "driver"]
    host = _core.device("").type
    assert lines[1].split()[:3] == [f"{host}:0", "host", "processor"]
    assert any(line.startswith(str(device)) for line in lines)


def test_what_is_absent_says_why(device, capsys, monkeypatch):
    monkeypatch.setenv("PORTICO_VISIBLE_DEVICES", f"{device.type}:99")
    assert main(["devices"]) == 0
    out = capsys.readouterr().out
    assert "hidden by PORTICO_VISIBLE_DEVICES" in out and f"\n{device}" not in out
    for driver in _core.drivers():
        if not driver["count"]:
            assert f"{driver['name']}" in out and "absent; compiles for" in out


def test_every_driver_says_what_it_compiles_for_and_why_it_is_absent():
    for driver in _core.drivers():
        assert driver["archs"], driver["name"]
        assert driver["count"] or driver["reason"], driver["name"]


def test_devices_for_programs(device, capsys):
    assert main(["devices", "--json"]) == 0
    records = json.loads(capsys.readouterr().out)
    record = next(r for r in records if r["target"] == device.type)
    assert record["devices"][0]["device"] == str(device)
    assert record["devices"][0]["total_memory"] > 0


@pytest.fixture
def model(tmp_path):
    file = tmp_path / "model.py"
    file.write_text(MODEL)
    return file


def targets():
    return sorted({(d["name"], d["archs"][0]) for d in _core.drivers() if d["name"] != "mock"})


@pytest.mark.parametrize(("name", "arch"), targets(), ids=lambda word: str(word).split(";")[0])
def test_compiling_for_what_need_not_be_here(model, tmp_path, capsys, name, arch):
    out = tmp_path / "out"
    arguments = ["--target", f"{name}:{arch}", "--input", "float32[4,8]", "-o", str(out)]
    assert main(["compile", f"{model}:softmax", *arguments]) == 0
    said = capsys.readouterr().out
    written = {p.name for p in out.iterdir()}
    assert {
        "input.mlir",
        "simplify.mlir",
        "fuse.mlir",
        "kernel0.mlir",
        "program.portico",
    } <= written
    assert "kernel0.lowered.mlir" in written and any(n.startswith("code.") for n in written)
    assert "portico.exp" in (out / "input.mlir").read_text()
    assert 'portico.kernel "row"' in (out / "fuse.mlir").read_text()
    assert (out / "program.portico").read_bytes()[4:8] == b"PRTC"
    assert all(name in said for name in written) and "compiled for" in said
    # Nothing was run: the LLVM IR is of that machine.
    assert any(n.endswith((".ll", ".ptx", ".s", ".mlir")) for n in written if "kernel0." in n)


def test_compiling_a_gradient(model, tmp_path):
    out = tmp_path / "out"
    assert main(["compile", f"{model}:gradient", "-o", str(out)]) == 0
    assert (out / "input.mlir").read_text().count("portico.dot_general") >= 2


def test_compiling_a_module(model, tmp_path):
    out = tmp_path / "out"
    assert main(["compile", f"{model}:model", "--input", "float32[2,8]", "-o", str(out)]) == 0
    assert 'portico.kernel "dot"' in (out / "fuse.mlir").read_text()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nofile.py:f"], "no such function"),
        (["{model}:missing"], "no function of that name"),
        (["{model}:nothing"], "must return tensors"),
        (["{model}:softmax", "--input", "float32"], "expected a dtype and sizes"),
        (["{model}:softmax", "--input", "floaty[2]"], "expected a dtype and sizes"),
        (["{model}:softmax", "--input", "float32[2]", "--target", "nonesuch"], "no such target"),
    ],
)
def test_mistakes_are_one_line(model, tmp_path, arguments, says):
    arguments = [a.format(model=model) for a in arguments]
    done = subprocess.run(
        [sys.executable, "-m", "portico", "compile", *arguments, "-o", str(tmp_path / "out")],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1 and says in done.stderr
    assert done.stderr.startswith("portico compile: ") and "Traceback" not in done.stderr
