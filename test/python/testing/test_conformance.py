"""The conformance kit finds what is wrong, and names it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import portico as pt
from portico._generated.op_table import OPS
from portico.reference.dtypes import to_numpy
from portico.testing import conformance, conformance_case
from portico.testing._conformance import forward, journal, judge, programs, runner
from portico.testing._conformance.groups import groups
from portico.testing._conformance.samples import SAMPLERS
from portico.testing._conformance.tolerances import TOLERANCES, Tolerance


def test_every_op_of_the_table_is_in_the_matrix():
    names = {group.name for group in groups()}
    assert {f"forward/{op}" for op in OPS} <= names
    assert {f"gradient/{op}" for op in OPS if OPS[op].differentiable} <= names


@pytest.mark.parametrize("op", OPS)
def test_every_op_has_cases_in_every_dtype(op):
    tried = {case.name.split("/")[2] for case in forward.cases(op, pt._dtypes.NAMES, "smoke")}
    assert tried == set(forward.dtypes_of(OPS[op]))


def test_the_manual_says_how_many_cases_there_are():
    manual = (Path(__file__).parents[3] / "docs" / "guide" / "add-a-target.md").read_text()
    told = re.search(r"`smoke` has some (\d+) cases, `standard` some (\d+)", manual)
    for level, count in zip(("smoke", "standard"), told.groups(), strict=True):
        there_are = sum(1 for group in groups(None, level) for _ in group.cases())
        assert int(count) == pytest.approx(there_are, rel=0.05)


def test_levels_grow():
    counts = [
        sum(1 for case in forward.cases("add", ("float32", "int8"), level))
        for level in ("smoke", "standard", "full")
    ]
    assert counts == sorted(set(counts))


def test_samples_and_tolerances_are_of_ops_that_there_are():
    assert set(SAMPLERS) <= set(OPS)
    assert {name.split(".")[0] for name in TOLERANCES} <= set(OPS)


def test_a_wrong_kernel_is_found_and_named(monkeypatch):
    monkeypatch.setattr(forward, "recorder", _with_another(forward.recorder, "add", "sub"))
    report = conformance("cpu", dtypes=["float32"], only="forward/add")
    assert not report.ok and report.passed
    assert "forward/add" in str(report)
    first = report.failures[0]
    assert "got" in first.message and "expected" in first.message and "operands" in first.message
    with pytest.raises(AssertionError, match=re.escape(first.case)):
        exec(first.repro)
    monkeypatch.undo()
    exec(first.repro)


def _with_another(recorder, op, other):
    return lambda name, attrs: recorder(other if name == op else name, attrs)


def test_a_case_that_stops_the_flush_is_found_among_others(monkeypatch):
    """Only the case that is at fault fails; its neighbours in the flush pass."""
    evaluate = runner._core.evaluate
    spoiled = "forward/neg/float32/odd"
    original = forward.op_case

    def mark(op, dtype, label, operands, attrs, **options):
        case = original(op, dtype, label, operands, attrs, **options)
        if case.name == spoiled:
            case.work = lambda x: pt.from_numpy(np.arange(3.0))[pt.tensor([7])]
        return case

    monkeypatch.setattr(forward, "op_case", mark)
    report = conformance("cpu", dtypes=["float32"], only="forward/neg")
    assert [f.case for f in report.failures] == [spoiled]
    assert "not computed" in report.failures[0].message or "index" in report.failures[0].message
    assert report.passed > 3
    assert runner._core.evaluate is evaluate


def test_a_wrong_gradient_is_found(monkeypatch):
    class Wrong(pt.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.sin()

        @staticmethod
        def backward(ctx, g):
            return g * 0.5

    def work(x):
        function = (lambda x: x.sin()) if x.dtype is pt.float64 else Wrong.apply
        return programs.with_gradients(function, x)

    monkeypatch.setitem(
        programs.PROGRAMS,
        "wrong",
        (work, ((3,),), "smoke", programs.values.random, False, None, None),
    )
    report = conformance("cpu", dtypes=["float32"], only="program/wrong")
    assert [f.case for f in report.failures] == ["program/wrong/float32"]
    assert "result 1" in report.failures[0].message


@pytest.mark.parametrize(
    "got, expected, wrong",
    [
        ([0.0], [-0.0], True),
        ([np.nan], [np.nan], False),
        ([1.0], [np.nan], True),
        ([np.inf], [-np.inf], True),
        ([1.0, 2.0], [1.0, 2.0], False),
    ],
)
def test_exact_means_bits(got, expected, wrong):
    found = judge.exact(np.float32(got), np.float32(expected))
    assert (found is not None) == wrong


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_garbage_is_judged_without_warnings(dtype):
    """A result of any bits, signalling nans too, is wrong and nothing else."""
    dtype = to_numpy(dtype)
    bits = np.random.default_rng(1).integers(0, 256, (2000, dtype.itemsize), np.uint8)
    got = bits.view(dtype)[:, 0]
    true = np.linspace(-3, 3, len(got))
    assert judge.exact(got, true.astype(dtype)) is not None
    assert judge.within(got, true, Tolerance(ulp=2)) is not None
    assert judge.scaled(got, true, 1e-3) is not None


@pytest.mark.parametrize("off, wrong", [(1, False), (2, False), (3, True)])
@pytest.mark.parametrize("value", [1.5, 1e-20, 3e30])
def test_units_in_the_last_place(value, off, wrong):
    true = np.float32([value]).astype(np.float64)
    got = np.float32([value])
    for _ in range(off):
        got = np.nextafter(got, np.float32(np.inf))
    assert (judge.within(got, true, Tolerance(ulp=2)) is not None) == wrong


def test_denormals_are_0_only_where_the_table_says_so():
    true, got = np.array([1e-40]), np.float32([0])
    assert judge.within(got, true, Tolerance(ulp=2)) is not None
    assert judge.within(got, true, Tolerance(ulp=2, flush=True)) is None


def test_overflow_is_infinite_with_the_right_sign():
    exact = Tolerance(ulp=2)
    assert judge.within(np.float32([np.inf]), np.array([1e39]), exact) is None
    assert judge.within(np.float32([-np.inf]), np.array([1e39]), exact) is not None
    assert judge.within(np.float32([np.inf]), np.array([3e38]), exact) is not None


BREAKS = """
import os, time
import portico as pt
from portico.testing._conformance import forward

original, zeros, broken = forward.op_case, pt.zeros, False

def refuse(*arguments, **options):
    raise RuntimeError("the device is gone")

def break_device(x):
    global broken
    broken, pt.zeros = True, refuse
    refuse()

def op_case(op, dtype, label, *rest, **options):
    case = original(op, dtype, label, *rest, **options)
    work = (ODD) if label == "odd" else case.work
    case.work = lambda *arguments: (refuse if broken else work)(*arguments)
    return case

forward.op_case = op_case
"""


@pytest.mark.parametrize(
    "odd, timeout, message",
    [
        ("lambda x: os.abort()", None, "the process was killed by SIGABRT"),
        ("lambda x: time.sleep(300)", 8, "no result after 8 s"),
        ("break_device", None, "the device is gone"),
    ],
    ids=["crash", "hang", "broken device"],
)
def test_a_case_that_ends_all_others_is_named(odd, timeout, message, tmp_path, monkeypatch):
    """The worker imports this module first, which changes what one case of a group does."""
    (tmp_path / "sitecustomize.py").write_text(BREAKS.replace("ODD", odd))
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    monkeypatch.setenv("PYTHONPATH", path)
    chosen = dict(dtypes=["float32"], only="forward/neg", isolate=True, timeout=timeout)
    report = conformance("cpu", **chosen)
    (failure,) = report.failures
    assert failure.case == "forward/neg/float32/odd"
    assert message in failure.message
    assert report.passed > 3


def test_a_device_that_a_new_process_does_not_bring_back_ends_the_run(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    stays = f"""
if os.path.exists({str(gone)!r}):
    broken, pt.zeros = True, refuse

def break_for_good(x):
    open({str(gone)!r}, "w").close()
    break_device(x)
"""
    (tmp_path / "sitecustomize.py").write_text(BREAKS.replace("ODD", "break_for_good") + stays)
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    monkeypatch.setenv("PYTHONPATH", path)
    report = conformance("cpu", dtypes=["float32"], only="forward/n", isolate=True)
    assert report.gone == "forward/neg" and report.left >= 1
    (failure,) = report.failures
    assert failure.case == "forward/neg" and "for a new process too" in failure.message


def test_errors_of_the_caller():
    with pytest.raises(ValueError, match="no such level"):
        conformance("cpu", level="thorough")
    with pytest.raises(ValueError, match="no such dtype"):
        conformance("cpu", dtypes=["float33"])
    with pytest.raises(ValueError, match="no such case"):
        conformance_case("forward/add/float32/none", "cpu")


def test_command_line():
    command = [sys.executable, "-m", "portico.testing", "cpu", "--only", "forward/neg"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "0 failed" in done.stdout and "forward/neg" in done.stderr
    done = subprocess.run([*command[:3], "nowhere"], capture_output=True, text=True)
    assert done.returncode == 2 and "nowhere" in done.stderr


def _tried(**options):
    """The report of a run, and the groups that it tried."""
    groups = []
    report = conformance("cpu", progress=lambda group, *_: groups.append(group), **options)
    return report, groups


def test_a_run_goes_on_from_its_journal(tmp_path, monkeypatch):
    chosen = dict(dtypes=["float32"], only="forward/ne", journal=tmp_path / "journal")
    report, tried = _tried(**chosen)
    assert tried == ["forward/neg"] and report.kept == 0
    again, tried = _tried(**chosen)
    assert tried == [] and again.kept == 1 and "earlier run" in str(again)
    assert (again.counts, again.kernels) == (report.counts, report.kernels)
    # A line that was cut off, as by a full disk, and what is no line of a journal.
    chosen["journal"].write_bytes(chosen["journal"].read_bytes()[:-9] + b"\n\xff\n[]\n{}\n")
    assert _tried(**chosen)[1] == ["forward/neg"]
    assert _tried(**chosen)[1] == []
    # What the outcome depends on.
    assert _tried(**chosen | {"level": "standard"})[1] == ["forward/neg"]
    assert _tried(**chosen | {"dtypes": ["float64"]})[1] == ["forward/neg"]
    monkeypatch.setenv("PORTICO_STRICT", "1")
    assert _tried(**chosen)[1] == ["forward/neg"]


def test_a_run_ends_when_time_is_up_and_goes_on_later(tmp_path):
    chosen = dict(dtypes=["float32"], only="forward/neg", journal=tmp_path / "journal")
    report, tried = _tried(seconds=0, **chosen)
    assert (tried, report.left, report.ok) == ([], 1, False) and "time was up" in str(report)
    assert _tried(seconds=600, **chosen)[1] == ["forward/neg"]
    report, tried = _tried(seconds=0, **chosen)
    assert (tried, report.left, report.ok) == ([], 0, True)


def test_a_journal_keeps_failures(tmp_path, monkeypatch):
    chosen = dict(dtypes=["float32"], only="forward/add", journal=tmp_path / "journal")
    with monkeypatch.context() as patch:
        patch.setattr(forward, "recorder", _with_another(forward.recorder, "add", "sub"))
        report = conformance("cpu", **chosen)
    again = conformance("cpu", **chosen)
    assert again.failures == report.failures and again.passed == report.passed
    exec(again.failures[0].repro)


def test_a_journal_is_of_one_state_of_the_target(tmp_path, monkeypatch):
    library = tmp_path / "libtarget.so"
    library.write_bytes(b"one")
    entry_point = type("EntryPoint", (), {"load": lambda self: lambda: [library]})()
    monkeypatch.setattr(journal._plugins, "found", lambda: {"other": entry_point})
    one = journal.digest_of_what_is_tried("other:0")
    assert one == journal.digest_of_what_is_tried("other:0")
    assert one != journal.digest_of_what_is_tried("cpu")
    library.write_bytes(b"two")
    assert one != journal.digest_of_what_is_tried("other:0")


def test_dtypes_that_are_left_out_are_not_cast_to():
    names = [case.name for case in forward.cases("cast", ["float32", "int32"], "standard")]
    assert any(name.endswith("special-int32") for name in names)
    assert not any(name.endswith(("float64", "int64")) for name in names)
    # Each is found again by its name.
    for name in ("forward/cast/float32/odd-int32", "forward/cast/float32/special-float64"):
        assert conformance_case(name, "cpu", level="standard").ok
