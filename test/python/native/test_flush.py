"""When programs run, what is found again, what is donated, what explain() says."""

import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from portico import _core
from portico._generated import ops

from .helpers import last, t, total


def delta(f):
    before = _core.stats()
    f()
    after = _core.stats()
    return {k: after[k] - before[k] for k in ("flushes", "memory_hits")}


def test_the_same_program_is_found_again():
    def step(x, y):
        return (x * y + x).tolist()

    step(t([1, 2]), t([3, 4]))
    assert delta(lambda: step(t([5, 6]), t([7, 8]))) == {"flushes": 1, "memory_hits": 1}
    assert last()["result"] == "memory hit"


def test_shapes_and_sharing_are_part_of_the_key():
    x, y = t([1, 2]), t([3, 4])
    assert (x + x).tolist() == [2, 4] and (x + y).tolist() == [4, 6]
    (t([1, 2, 3]) + t([1, 2, 3])).tolist()
    assert last()["result"] == "built" and "other sizes" in last()["reason"]
    assert (y - x).tolist() == [2, 2] and (x - y).tolist() == [-2, -2]


def test_only_what_is_needed_runs():
    x = t([1.0])
    unrelated = ops.exp(x)
    (x + 1).tolist()
    assert last()["ops"] == 2  # a broadcast and an add
    assert "portico.exp" in unrelated.ir()


def test_costly_values_that_somebody_holds_are_kept():
    x = t(np.ones((4, 4)))
    d = ops.dot_general(x, x, (), (), (1,), (0,))
    e = d + 1
    total(e).item()
    assert last()["outputs"] == 2  # the sum, and the product behind e
    assert "dot_general" not in e.ir() and "portico.add" in e.ir()
    assert e.tolist() == [[5.0] * 4] * 4


def test_results_of_one_call_run_once():
    a, b = t([1.0, 2.0], grad=True), t([3.0, 4.0], grad=True)
    _core.backward([total(ops.exp(a * b))])
    a.grad.tolist()
    assert last()["outputs"] >= 2
    assert delta(b.grad.tolist)["flushes"] == 0


def test_forward_values_for_backward_are_kept():
    x, w = t(np.ones((3, 3))), t(np.ones((3, 3)), grad=True)
    h = ops.tanh(ops.dot_general(x, w, (), (), (1,), (0,)))
    loss = total(h)
    loss.item()
    _core.backward([loss])
    assert w.grad.ir().count("portico.dot_general") == 1  # the gradient's own, not the forward one


def test_donation():
    w = t(np.zeros(1000))
    w += 1
    _core.flush_all()
    assert last()["donated"] == 1
    keep = w * 1
    w += 1
    _core.flush_all()  # `keep` still needs the old value, in this very program
    assert w.tolist()[0] == 2 and keep.tolist()[0] == 1
    before = w.detach()
    numbers = ops.exp(w)  # pending, and reads the old value later
    w += 1
    w.tolist()
    assert np.allclose(numbers.tolist()[0], np.exp(2.0)) and before.tolist()[0] == 3


def test_a_training_step_settles():
    x, w = t(np.ones((4, 3))), t(np.ones((3, 2)), grad=True)

    def step(rate):
        y = ops.dot_general(x, w, (), (), (1,), (0,))
        loss = total(y * y)
        w.grad = None
        _core.backward([loss])
        _core.set_grad_enabled(False)
        w.detach()._assign(w.detach() - w.grad * rate)
        _core.set_grad_enabled(True)
        _core.flush_all("optimizer step")
        return loss

    for rate in (0.1, 0.05):
        step(rate)
    built = [d(step) for d in (lambda f: delta(lambda: f(0.01)), lambda f: delta(lambda: f(0.001)))]
    assert built == [{"flushes": 1, "memory_hits": 1}] * 2
    assert last()["why"] == "optimizer step" and last()["donated"] == 1


def test_pending_ops_are_bounded():
    _core.set_option("max_pending_ops", 50)
    x = t([0.0])
    peak = 0
    for _ in range(500):
        x += 1
        peak = max(peak, _core.stats()["ops_pending"])
    assert peak <= 60 and x.item() == 500
    assert any(r["why"] == "many ops pending" for r in _core.explain())


def test_held_bytes_are_bounded():
    before = _core.get_option("max_held_bytes")
    _core.flush_all()
    _core.set_option("max_held_bytes", 1 << 20)
    try:
        acc = t([0.0])
        for _ in range(400):
            acc += total(t(np.ones(10_000)))  # each holds 40 kB
        assert any(r["why"] == "much memory held by pending ops" for r in _core.explain())
        assert acc.item() == 400 * 10_000
    finally:
        _core.set_option("max_held_bytes", before)


def test_eager():
    pending = _core.stats()["ops_pending"]  # other tests may have left some
    _core.set_option("eager", True)
    x = t([1.0, 2.0])
    y = x + x
    assert last()["why"] == "eager mode" and _core.stats()["ops_pending"] == pending
    v = y._view_slice((0,), (1,), (1,))
    v += 1
    assert y.tolist() == [3, 4]


def test_explain_names_the_line():
    y = t([1.0]) + t([4.0])
    y.tolist()  # this line
    line = next(
        i for i, s in enumerate(open(__file__), 1) if "# this line" in s and "tolist()" in s
    )
    assert last()["line"].endswith(f"test_flush.py:{line}") and last()["why"] == "tolist"


def test_an_index_out_of_range_names_the_line():
    _core.set_option("executor", "compiled")
    x = t(np.arange(3.0))
    bad = ops.gather(x, t([0, 7], np.int64), 0, 0)
    with pytest.raises(IndexError, match=r"(?s)\[gather\].*got 7.*test_flush.py"):
        bad.tolist()
    assert (x + 1).tolist() == [1, 2, 3]


def test_unknown_options():
    with pytest.raises(ValueError):
        _core.set_option("speed", 11)


def run(code, **environment):
    # The package's folder, whatever way this process found it.
    root = os.path.dirname(os.path.dirname(_core.__file__))
    env = {**os.environ, "PYTHONPATH": root, **environment}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_environment():
    code = """
        from portico import _core
        print(_core.get_option("eager"), _core.get_option("executor"), _core.get_option("strict"))
    """
    out = run(code, PORTICO_EAGER="1", PORTICO_EXECUTOR="reference", PORTICO_STRICT="1")
    assert out.split() == ["True", "reference", "True"]
    assert run(code, PORTICO_EAGER="0").split()[0] == "False"


def test_a_failed_compile_loses_nothing():
    _core.set_option("executor", "compiled")
    x = t([1.0, 2.0])
    x += 41
    _core.set_option("fusion_policy", "no such policy")
    try:
        with pytest.raises(Exception, match="no such policy"):
            x.tolist()
    finally:
        _core.set_option("fusion_policy", "greedy")
    assert x.tolist() == [42, 43]


def test_out_of_memory_loses_nothing():
    _core.set_option("executor", "compiled")
    x = t(np.ones(1 << 18))
    y = x + 1
    _core.flush_all()
    z = y * y + x
    _core.release_cached_memory()
    _core.set_memory_limit(_core.stats()["live_bytes"] + 1000)
    try:
        with pytest.raises(MemoryError):
            z.item() if z.numel() == 1 else z.tolist()
        with pytest.raises(MemoryError):
            _core.empty((1 << 20,))
    finally:
        _core.set_memory_limit(0)
    assert z.tolist()[:2] == [5, 5]


def test_stages_show_the_compiler_at_work():
    _core.set_option("executor", "compiled")
    stages = _core.stages(t([1.0, 2.0]) * 3 + 1)
    names = [name for name, _ in stages]
    assert names[0] == "input" and "fuse" in names
    assert "portico.mul" in stages[0][1] and "portico.kernel" in dict(stages)["fuse"]
