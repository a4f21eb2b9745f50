"""Devices that are wrong in ways that only a check of the device itself can see."""

import time
from types import SimpleNamespace

import numpy as np
import pytest

import portico as pt
from portico.testing import conformance
from portico.testing._conformance import device, forward, report, runner


def messages(check):
    found = conformance("cpu", dtypes=["float32"], only=f"device/{check}")
    return [failure.message for failure in found.failures]


def test_products_that_are_fused_with_sums(monkeypatch):
    """In more bits than the result has, as an instruction that rounds once computes."""
    monkeypatch.setattr(device, "to_device", lambda array, _: array.astype(np.longdouble))
    monkeypatch.setattr(device, "to_host", lambda array: array.astype(np.float32))
    (message,) = messages("rounding")
    assert "float32 x * x - c, a product with a rounding of its own" in message


def test_memory_that_is_not_aligned(monkeypatch):
    monkeypatch.setattr(device, "ALIGNMENT", 1 << 60)
    (message,) = messages("copies")
    assert "lies at 0x" in message


@pytest.mark.parametrize("says, wrong", [(True, True), (False, False)])
def test_an_event_that_is_early(monkeypatch, says, wrong):
    """The stream is at work for a while after each query."""
    kind = device._kind("cpu")

    class Stream:
        def __init__(self, on):
            self.real = kind.Stream(on)

        def synchronize(self):
            time.sleep(0.1)
            self.real.synchronize()

    event = SimpleNamespace(record=lambda: None, query=lambda: says)
    slow = SimpleNamespace(
        Stream=Stream, Event=lambda: event, stream=lambda stream: kind.stream(stream.real)
    )
    if wrong:
        with pytest.raises(AssertionError, match="an event had happened, .* before it did"):
            device._event_is_not_early(slow, "cpu")
    else:
        device._event_is_not_early(slow, "cpu")


@pytest.fixture
def device_that_goes(monkeypatch):
    """One that refuses everything once the odd shape of neg was tried."""
    original, zeros, gone = forward.op_case, pt.zeros, []

    def refuse(*arguments, **options):
        raise RuntimeError("the card does not answer")

    def work(*arguments):
        gone.append(True)
        refuse()

    def op_case(op, dtype, label, *rest, **options):
        case = original(op, dtype, label, *rest, **options)
        usual = work if (op, label) == ("neg", "odd") else case.work
        case.work = lambda *arguments: (refuse if gone else usual)(*arguments)
        return case

    monkeypatch.setattr(forward, "op_case", op_case)
    monkeypatch.setattr(pt, "zeros", lambda *a, **o: (refuse if gone else zeros)(*a, **o))


def test_a_device_that_is_gone_ends_the_run(device_that_goes, tmp_path):
    journal = tmp_path / "journal"
    found = conformance("cpu", dtypes=["float32"], only="forward/n", journal=journal)
    (failure,) = found.failures
    assert failure.case == "forward/neg/float32/odd"
    assert failure.message.startswith("the device is gone: it worked before forward/neg/float32")
    assert "the card does not answer" in failure.message
    assert found.gone == "forward/neg" and found.left >= 1 and not found.ok
    assert f"gone since forward/neg: {found.left} groups were not tried" in str(found)
    # Its other cases were not tried: a later run, with another process, does.
    assert not journal.exists()


@pytest.mark.parametrize("error, told", [(RuntimeError, True), (pt.errors.OutOfMemoryError, False)])
def test_what_fails_once_and_then_no_more(monkeypatch, error, told):
    """Cases are tried again in halves, which must not hide a driver that fails now and then."""
    evaluate, calls = runner._core.evaluate, []

    def fails_once(*arguments):
        calls.append(arguments)
        if len(calls) == 1:
            raise error("the module was not loaded")
        return evaluate(*arguments)

    monkeypatch.setattr(runner, "_core", SimpleNamespace(evaluate=fails_once))
    found = conformance("cpu", dtypes=["float32"], only="forward/neg")
    assert len(calls) == 3 and found.passed > 3
    wrong = [failure.message for failure in found.failures]
    assert len(wrong) == told
    assert not told or "cases failed together, and none of them alone: RuntimeError: " in wrong[0]


def test_a_device_that_never_worked_is_tried_on(monkeypatch):
    """At the start of a target that cannot add yet, other ops are of interest."""

    def refuse(*arguments, **options):
        raise RuntimeError("not there yet")

    monkeypatch.setattr(pt, "zeros", refuse)
    monkeypatch.setattr(forward, "recorder", lambda name, attrs: refuse)
    found = conformance("cpu", dtypes=["float32"], only="forward/neg")
    assert found.gone is None and len(found.failures) > 3


def test_every_failure_is_printed_where_that_is_asked_for():
    found = report.Report("cpu", "smoke", ("float32",))
    for k in range(30):
        found.add("forward/neg", f"forward/neg/float32/{k}", "wrong")
    assert "forward/neg/float32/29" not in str(found)
    assert "... and 10 more: --verbose prints them" in str(found)
    assert "forward/neg/float32/29" in found.text(None) and "more:" not in found.text(None)


def test_a_failure_of_a_group_says_how_to_find_the_case():
    failure = report.Failure("forward/neg", "gone", "cpu", "smoke")
    exec(failure.repro.replace("isolate=True", "isolate=False"))
    assert "only='forward/neg'" in failure.repro
