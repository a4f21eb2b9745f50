"""The library on an imitation of libcuda: devices, tensors, programs and errors of `cuda`.

The imitation runs no code. Where a test needs what a kernel computes, it is a Python function that
gets the kernel's parameters.
"""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
BUILD = ROOT / os.environ.get("PORTICO_BUILD", "build")
MOCK = BUILD / "lib" / "libportico_mock_libcuda.so"

PREPARE = f"""
import ctypes
import numpy as np
mock = ctypes.CDLL({str(MOCK)!r})
mock.mock_log.restype = ctypes.c_char_p
mock.mock_live.restype = ctypes.c_long

def log():
    return mock.mock_log().decode()

def live(kind):
    return mock.mock_live(kind.encode())

# The context of the device is this process's: the library is initialised once.
import portico as pt
"""


def run(code, tmp_path, **variables):
    environment = dict(
        os.environ,
        PORTICO_CUDA_LIBRARY=str(MOCK),
        PORTICO_PTXAS="off",
        PORTICO_CACHE_DIR=str(tmp_path),
        **variables,
    )
    done = subprocess.run(
        [sys.executable, "-c", PREPARE + textwrap.dedent(code)],
        capture_output=True, text=True, env=environment, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_device_is_found_and_described(tmp_path):
    run(
        """
        assert pt.cuda.is_available() and pt.cuda.device_count() == 1
        assert pt.cuda.get_device_name(0) == "Mock 9.0 #0"
        """,
        tmp_path,
    )


def test_tensors_go_there_and_back(tmp_path):
    run(
        """
        x = pt.arange(1000, dtype=pt.float32)
        there = x.to("cuda")
        assert str(there.device) == "cuda:0"
        assert (there.cpu().numpy() == np.arange(1000)).all()
        assert "cuMemcpyHtoDAsync 4000" in log()
        """,
        tmp_path,
    )


def test_a_program_is_launched_with_its_buffers(tmp_path):
    run(
        """
        import re
        x = pt.arange(1000, dtype=pt.float32).to("cuda")
        y = pt.ones(1000).to("cuda")
        log()

        def once():
            z = x * y + x
            z.cpu()
            return z

        once()
        launch = r"cuLaunchKernel (\\S+) grid=(\\d+),1,1 block=(\\d+),1,1 .* parameters=(\\d+)"
        ((name, grid, block, count),) = re.findall(launch, log())
        # Two inputs, a result, the shared slot, the extent, the status.
        assert count == "6" and int(grid) * int(block) * 4 >= 1000

        @ctypes.CFUNCTYPE(None, ctypes.POINTER(ctypes.c_void_p))
        def kernel(parameters):
            words = [ctypes.c_int64.from_address(parameters[i]).value for i in range(6)]
            assert words[4] == 1000
            a, b, out = ((ctypes.c_float * 1000).from_address(w) for w in words[:3])
            # Which input is which is for the compiler to say: the sum of both is symmetric.
            out[:] = [x + y for x, y in zip(a, b, strict=True)]

        mock.mock_kernel(name.encode(), kernel)
        z = x * y + x
        assert (z.cpu().numpy() == np.arange(1000) + 1).all()
        """,
        tmp_path,
    )


def test_memory_is_given_back(tmp_path):
    run(
        """
        x = pt.zeros(1 << 20).to("cuda")
        x.cpu()
        assert live("memory") >= 4 << 20
        del x
        pt.cuda.empty_cache()
        assert live("memory") < 4 << 20
        """,
        tmp_path,
    )


def test_too_large_a_tensor_is_an_error_and_no_end(tmp_path):
    run(
        """
        x = pt.arange(10, dtype=pt.float32).to("cuda")
        try:
            pt.empty(1 << 34, device="cuda").cpu()
            raise SystemExit("no error")
        except pt.errors.OutOfMemoryError as error:
            assert "cuda:0" in str(error)
        assert (x.cpu().numpy() == np.arange(10)).all()
        """,
        tmp_path,
    )


def test_a_broken_device_is_not_taken_for_a_full_one(tmp_path):
    run(
        """
        x = pt.arange(10, dtype=pt.float32).to("cuda")
        x.cpu()
        mock.mock_trap()
        try:
            pt.zeros(1 << 20).to("cuda").cpu()
            raise SystemExit("no error")
        except pt.errors.OutOfMemoryError as error:
            raise SystemExit(str(error))
        except RuntimeError as error:
            assert "CUDA_ERROR_ILLEGAL_ADDRESS" in str(error), error
            assert "until the process is restarted" in str(error), error
        """,
        tmp_path,
    )


def test_events_measure_streams(tmp_path):
    run(
        """
        start, end = pt.cuda.Event(enable_timing=True), pt.cuda.Event(enable_timing=True)
        stream = pt.cuda.Stream()
        with pt.cuda.stream(stream):
            start.record(stream)
            x = pt.zeros(100, device="cuda")
            pt.eval(x)
            end.record(stream)
        end.synchronize()
        assert start.elapsed_time(end) >= 0
        assert "cuStreamCreate flags=1" in log()
        """,
        tmp_path,
    )


@pytest.mark.parametrize(
    "library,reason",
    [
        ("/nowhere/libcuda.so.1", "cannot load /nowhere/libcuda.so.1"),
        ("libm.so.6", "cuInit is not in"),
    ],
)
def test_without_a_driver_it_says_why(library, reason, tmp_path):
    environment = dict(os.environ, PORTICO_CUDA_LIBRARY=library)
    done = subprocess.run(
        [sys.executable, "-m", "integration.on_device", "cuda"],
        capture_output=True, text=True, env=environment, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 3
    assert "no device of kind 'cuda'" in done.stderr and reason in done.stderr
