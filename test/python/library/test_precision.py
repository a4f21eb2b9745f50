"""Whether products of float32 may be rounded: PyTorch's switches, and what they put into an op."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import portico as pt

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def exact_again():
    yield
    pt.set_float32_matmul_precision("highest")
    pt.backends.cudnn.allow_tf32 = False


def rounded(tensor):
    """How many ops of the program behind a tensor may be rounded."""
    return tensor.ir().count("allow_tf32")


def test_one_starts_with_exact_products():
    assert pt.get_float32_matmul_precision() == "highest"
    assert pt.backends.cuda.matmul.allow_tf32 is False and pt.backends.cudnn.allow_tf32 is False
    x = pt.rand(4, 4)
    assert rounded(x @ x) == 0


def test_the_words_and_the_switch_are_one_setting():
    for word, allowed in (("high", True), ("medium", True), ("highest", False)):
        pt.set_float32_matmul_precision(word)
        assert pt.get_float32_matmul_precision() == word
        assert pt.backends.cuda.matmul.allow_tf32 is allowed
    pt.backends.cuda.matmul.allow_tf32 = True
    assert pt.get_float32_matmul_precision() == "high" and pt.backends.xpu.matmul.allow_tf32
    pt.backends.cuda.matmul.allow_tf32 = False
    assert pt.get_float32_matmul_precision() == "highest"


@pytest.mark.parametrize("word", ["High", "", None, 1, ["high"]])
def test_another_word_is_an_error_and_changes_nothing(word):
    pt.set_float32_matmul_precision("high")
    with pytest.raises(RuntimeError, match="no such precision; got .* expected 'highest', 'high'"):
        pt.set_float32_matmul_precision(word)
    assert pt.get_float32_matmul_precision() == "high"


@pytest.mark.parametrize("switch", [pt.backends.cuda.matmul, pt.backends.cudnn])
def test_a_switch_takes_a_bool(switch):
    with pytest.raises(RuntimeError, match="not a bool; got 1"):
        switch.allow_tf32 = 1
    assert switch.allow_tf32 is False


def test_a_switch_that_there_is_not_is_an_error():
    with pytest.raises(AttributeError):
        pt.backends.cuda.matmul.allow_tf31 = True
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        pt.backends.nothing  # noqa: B018


def test_kinds_say_what_they_are():
    assert "cuda" in dir(pt.backends) and "cudnn" in dir(pt.backends)
    assert not pt.backends.mps.is_built() and not pt.backends.mps.is_available()
    for kind in ("cuda", "xpu"):
        backend = getattr(pt.backends, kind)
        assert backend.is_available() == getattr(pt, kind).is_available()
        assert isinstance(backend.is_built(), bool)


def test_it_is_read_at_the_call():
    x = pt.rand(4, 4)
    pt.set_float32_matmul_precision("high")
    y = x @ x
    pt.set_float32_matmul_precision("highest")
    assert rounded(y) == 1 and rounded(x @ x) == 0


@pytest.mark.parametrize(
    "product",
    [
        lambda x: x @ x,
        lambda x: pt.einsum("ij,kj->ik", x, x),
        lambda x: pt.nn.functional.linear(x, x),
        lambda x: pt.addmm(x, x, x),
        lambda x: pt.tensordot(x, x, 1),
        lambda x: x @ x[0],
    ],
)
def test_it_is_in_every_product_of_matrices(product):
    pt.set_float32_matmul_precision("high")
    assert rounded(product(pt.rand(4, 4))) == 1
    for dtype in (pt.float64, pt.bfloat16, pt.float16):
        assert rounded(product(pt.rand(4, 4).to(dtype))) == 0


def test_convolutions_have_a_switch_of_their_own():
    x, w = pt.rand(1, 2, 5, 5), pt.rand(2, 2, 3, 3)
    for f in (pt.nn.functional.conv2d, pt.nn.functional.conv_transpose2d):
        pt.set_float32_matmul_precision("high")
        assert rounded(f(x, w)) == 0
        pt.set_float32_matmul_precision("highest")
        pt.backends.cudnn.allow_tf32 = True
        assert rounded(f(x, w)) == 1 and rounded(f(x.double(), w.double())) == 0
        assert rounded(x[0, 0] @ x[0, 0]) == 0
        pt.backends.cudnn.allow_tf32 = False


def test_gradients_are_what_their_op_was():
    x = pt.rand(4, 4, requires_grad=True)
    pt.set_float32_matmul_precision("high")
    y = x @ pt.rand(4, 4)
    pt.set_float32_matmul_precision("highest")
    y.sum().backward()
    assert "allow_tf32" in x.grad.ir()


def test_the_host_has_nothing_to_round():
    x, y = pt.randn(70, 90), pt.randn(90, 65)
    exact = (x @ y).numpy().tobytes()
    pt.set_float32_matmul_precision("high")
    assert (x @ y).numpy().tobytes() == exact


PROGRAM = """
import json, sys
import portico as pt
pt.set_float32_matmul_precision(sys.argv[1])
x = pt.from_numpy(__import__("numpy").eye(5, dtype="float32"))
assert (x @ x).tolist() == x.tolist()
stats = pt.stats()
print(json.dumps([stats["compiles"], stats["disk_hits"]]))
"""


def run(precision, cache):
    path = os.pathsep.join([str(ROOT / "python"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, precision], capture_output=True, text=True, timeout=120,
        env=dict(os.environ, PORTICO_CACHE_DIR=str(cache), PYTHONPATH=path),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_program_that_may_round_is_not_taken_for_one_that_may_not(tmp_path):
    assert run("high", tmp_path) == [1, 0]
    assert run("highest", tmp_path) == [1, 0]
    assert run("highest", tmp_path) == [0, 1] and run("medium", tmp_path) == [0, 1]
