"""The demo: reading its data, and a small run from the command line."""

import gzip
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from portico import _core
from portico.demo import fashion_mnist
from portico.demo.report import confusion, confusion_table

ROOT = Path(__file__).resolve().parents[2]


def idx(array):
    sizes = b"".join(n.to_bytes(4, "big") for n in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()


def write(folder, split, images, labels):
    for name, array in (("images-idx3", images), ("labels-idx1", labels)):
        with gzip.open(folder / f"{split}-{name}-ubyte.gz", "wb") as file:
            file.write(idx(array))


@pytest.fixture
def folder(tmp_path):
    """Ten classes that differ in which row of the image is bright."""
    rng = np.random.default_rng(0)
    for split, count in (("train", 600), ("t10k", 200)):
        labels = rng.integers(0, 10, count).astype(np.uint8)
        images = rng.integers(0, 60, (count, 28, 28)).astype(np.uint8)
        images[np.arange(count), labels * 2 + 4] = 255
        write(tmp_path, split, images, labels)
    return tmp_path


def test_idx(folder):
    images, labels = fashion_mnist.load(folder, "t10k")
    assert images.shape == (200, 1, 28, 28) and labels.shape == (200,)
    assert (images[0, 0, labels[0] * 2 + 4] == 255).all()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x00\x00\x0d\x01", "no IDX file of bytes"),
        (b"\x00\x00\x08\x03\x00", "is truncated"),
        (idx(np.zeros((2, 3), np.uint8))[:-1], r"got 5 values; expected shape \(2, 3\)"),
    ],
)
def test_damaged_files(content, message):
    with pytest.raises(RuntimeError, match=message):
        fashion_mnist.parse(content)


def test_no_data(tmp_path):
    with pytest.raises(RuntimeError, match="apt-get install dataset-fashion-mnist"):
        fashion_mnist.find(tmp_path)


def test_confusion_counts():
    counts = confusion(np.array([0, 0, 3]), np.array([0, 2, 3]))
    assert counts[0, 0] == counts[0, 2] == counts[3, 3] == 1 and counts.sum() == 3


def test_the_confusion_table_names_every_class():
    table = confusion_table(np.eye(10, dtype=int))
    assert [column.header for column in table.columns[1:-1]] == list(fashion_mnist.CLASSES)


def test_what_the_demo_leaves_is_not_part_of_the_sources():
    default = subprocess.run(
        ["git", "check-ignore", "portico-demo.png"], cwd=ROOT, capture_output=True, text=True
    )
    assert default.stdout.strip() == "portico-demo.png"


@pytest.mark.parametrize("model", ["mlp", "cnn"])
def test_the_command_trains_and_reports(model, folder):
    picture = folder / "out.png"
    command = [sys.executable, "-m", "portico", "demo", "--model", model, "--epochs", "6",
               "--batch", "50", "--data", str(folder), "--out", str(picture)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr
    last = done.stdout.rstrip().splitlines()[-1]
    accuracy = re.fullmatch(r"test accuracy: (\d\.\d{4})", last)
    assert accuracy and float(accuracy[1]) > 0.8
    assert "confusion matrix" in done.stdout and "programs compiled" in done.stdout
    assert picture.read_bytes().startswith(b"\x89PNG")
    compiled, steps = re.search(
        r"last training step that compiled\D*(\d+) of (\d+)", done.stdout
    ).groups()
    assert int(compiled) <= 3 and int(steps) == 72


def test_an_error_is_one_line(tmp_path):
    command = [sys.executable, "-m", "portico", "demo", "--data", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert done.stderr.startswith("portico demo: [demo] Fashion-MNIST is not here")
    assert "Traceback" not in done.stderr


def test_devices_are_listed():
    command = [sys.executable, "-m", "portico", "devices"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    listed = [line.split()[0] for line in done.stdout.split("\n\n")[0].splitlines()[1:]]
    # Other tests may have loaded more drivers into this process.
    known = {f"{d['name']}:{i}" for d in _core.drivers() for i in range(d["count"])}
    assert f"{_core.device('').type}:0" in listed and set(listed) <= known
