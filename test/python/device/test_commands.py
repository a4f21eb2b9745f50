"""`python -m portico devices` and `compile`."""

import json
import re
import subprocess
import sys

import pytest
from devices import archs_or_skip

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


def mismatch(x):
    return x @ x


def breaks(x):
    return x / int("zero")
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


#: What each target makes: the beginning of its stages, and how its code begins. A target of GPUs
#: packs what there is for each kernel.
MACHINES = {
    "cuda:sm_90a": ({".ll", ".ptx"}, rb".*\.target sm_90a"),
    "cuda:sm_80": ({".ll", ".ptx"}, rb".*\.target sm_80"),
    "rocm:gfx942": ({".mlir", ".ll", ".s"}, rb"\x7fELF\x02\x01\x01\x40"),
    "rocm:gfx1100": ({".mlir", ".ll", ".s"}, rb"\x7fELF\x02\x01\x01\x40"),
}


@pytest.mark.parametrize("machine", MACHINES)
def test_what_is_written_for_a_machine(model, tmp_path, machine):
    """Nothing of the vendor's is needed: neither a device nor a driver."""
    kind, arch = machine.split(":")
    archs_or_skip(kind)
    out = tmp_path / "out"
    arguments = ["--target", machine, "--input", "float32[64,64]", "-o", str(out)]
    assert main(["compile", f"{model}:softmax", *arguments]) == 0
    endings, code = MACHINES[machine]
    kernel = [p for p in out.iterdir() if p.name.startswith("kernel0.")]
    assert endings <= {p.suffix for p in kernel} and all(p.read_bytes() for p in kernel)
    assert "gpu.func" in (out / "kernel0.lowered.mlir").read_text()
    text = "".join(p.read_text() for p in kernel if p.suffix in (".ll", ".ptx", ".s"))
    assert arch in text
    (blob,) = out.glob("code.*")
    assert re.match(code, blob.read_bytes(), re.DOTALL)
    # The program carries the same code: it runs without what is beside it.
    assert blob.read_bytes() in (out / "program.portico").read_bytes()


@pytest.mark.parametrize("machine", ["cuda:sm_1", "cuda:gfx942", "rocm:sm_80", "cuda:x"])
def test_a_machine_that_there_is_not_is_named_with_those_that_there_are(model, capsys, machine):
    kind = machine.split(":")[0]
    known = archs_or_skip(kind)
    arguments = ["--target", machine, "--input", "float32[2]", "-o", str(model.parent / "out")]
    assert main(["compile", f"{model}:softmax", *arguments]) == 1
    said = capsys.readouterr().err
    assert "[device]" in said and "expected one of" in said and known[0].split(";")[0] in said
    assert said.count("\n") == 1 and not (model.parent / "out").exists()


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
        (["{model}:mismatch", "--input", "float32[2,3]"], "model.py:23 raised PorticoRuntimeError"),
        (["{model}:breaks", "--input", "float32[2]"], "model.py:27 raised ValueError: invalid lit"),
        (["{model}:softmax"], "raised TypeError: softmax() missing 1 required"),
        (["{folder}/broken.py:f"], "broken.py:3 raised ZeroDivisionError: division by zero"),
        (["{folder}/unwritten.py:f"], "unwritten.py:2 raised SyntaxError: "),
        (["{folder}/leaves.py:f"], "leaves.py:1 raised SystemExit: 3"),
    ],
)
def test_mistakes_are_one_line(model, tmp_path, arguments, says):
    (tmp_path / "broken.py").write_text("x = 0\n\ny = 1 / x\n")
    (tmp_path / "unwritten.py").write_text("x = 0\ndef f(:\n")
    (tmp_path / "leaves.py").write_text("raise SystemExit(3)\n")
    arguments = [a.format(model=model, folder=tmp_path) for a in arguments]
    done = subprocess.run(
        [sys.executable, "-m", "portico", "compile", *arguments, "-o", str(tmp_path / "out")],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1 and says in done.stderr
    assert done.stderr.startswith("portico compile: ") and "Traceback" not in done.stderr
