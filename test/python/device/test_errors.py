"""What goes wrong on a device, and when it is told."""

import os
import subprocess
import sys

import pytest

import portico as pt


def test_an_index_is_reported_by_the_first_wait(kind, device):
    x = pt.arange(4.0, device=device)
    y = x.gather(0, pt.tensor([1, 9], device=device))
    pt.flush()
    with pytest.raises(IndexError, match=r"index out of range.*got 9.*0 to 3") as caught:
        kind.synchronize(device)
    assert "test_errors.py" in str(caught.value)
    kind.synchronize(device)  # told once
    assert x.tolist() == [0, 1, 2, 3]
    assert y.shape == (2,)


def test_the_line_is_that_of_the_run(device):
    def first(x, i):
        return x.gather(0, i)

    def second(x, i):
        return x.gather(0, i)

    x = pt.arange(7.0, device=device)
    first(x, pt.tensor([1, 2, 3], device=device)).tolist()
    y = second(x, pt.tensor([1, 2, 30], device=device))
    pt.flush()
    line = second.__code__.co_firstlineno + 1
    with pytest.raises(IndexError, match=rf"test_errors\.py:{line}\)"):
        y.tolist()


def test_a_read_reports_it_too(kind, device):
    x = pt.arange(4.0, device=device)
    for look in (lambda y: y.tolist(), lambda y: y[0].item(), lambda y: repr(y), lambda y: y.cpu()):
        y = x.gather(0, pt.tensor([1, -9], device=device))
        with pytest.raises(IndexError, match="index out of range"):
            look(y)
            kind.synchronize(device)
    assert x.sum().item() == 6


def test_out_of_memory(kind, device):
    free, total = kind.mem_get_info()
    keep = pt.ones(1000, device=device) + 1
    pt.flush()
    with pytest.raises(
        MemoryError, match=rf"out of memory on {device}.*live .* blocks.*try"
    ) as caught:
        (pt.ones(total // 4, device=device) + keep[0]).tolist()
    assert "GiB" in str(caught.value) or "MiB" in str(caught.value)
    # Nothing is lost, and the next program runs.
    assert keep.tolist() == [2] * 1000
    assert (keep + 1).sum().item() == 3000


def test_memory_that_is_kept_is_given_back_first(mock):
    quarter = (200 << 20) // 4
    for n in range(6):
        x = pt.zeros(quarter + 1024 * 1024 * n, device=mock) + n
        pt.flush()
        assert x[0].item() == n
        del x
    assert pt.mock.memory_stats()["num_alloc_retries"] >= 0


def run(code, **environment):
    prologue = (
        "import portico as pt\nfrom portico import _core\n"
        f"_core.load_driver({str(os.environ['PORTICO_MOCK_LIBRARY'])!r})\n"
    )
    return subprocess.run(
        [sys.executable, "-c", prologue + code], capture_output=True, text=True, timeout=120,
        env={**os.environ, **environment},
    )  # fmt: skip


def test_a_launch_that_fails(mock):
    done = run(
        "x = pt.ones(3, device='mock')\n"
        "y = (x + 1).exp()\n"
        "try:\n    y.tolist()\n"
        "except Exception as error:\n    print(type(error).__name__, error)\n"
        "print(y.tolist() == (pt.ones(3) + 1).exp().tolist())\n",
        PORTICO_MOCK_FAIL_LAUNCH="1",
    )
    assert "launch failed on mock:0: the launch was told to fail" in done.stdout, done.stderr
    assert done.stdout.strip().endswith("True")


def test_an_absent_device_says_why(mock):
    done = run(
        "print(pt.mock.is_available(), pt.mock.device_count())\n"
        "try:\n    pt.ones(2, device='mock').tolist()\n"
        "except RuntimeError as error:\n    print(error)\n",
        PORTICO_MOCK_DEVICES="0",
    )
    assert done.stdout.startswith("False 0"), done.stderr
    assert "PORTICO_MOCK_DEVICES is 0 in the environment" in done.stdout


def test_visible_devices(mock):
    done = run(
        "print(pt.mock.device_count(), pt.mock.get_device_name(), pt.cpu.device_count())\n"
        "print(pt.ones(2, device='mock:0').sum().item())\n",
        PORTICO_VISIBLE_DEVICES="mock:1",
    )
    assert done.stdout == "1 mock device 1 1\n2.0\n", done.stderr
