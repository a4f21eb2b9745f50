"""Everything that a device can prove about itself, in one command:

    python -m integration.on_device cuda

The conformance kit, the demo, and how close kernels come to the device's limits. Where there is
no such device it says what was looked for and what was found, and exits with 3. A run may be cut
in parts: `--only` chooses steps, `--seconds` bounds the kit, and what the kit found is kept in the
folder of `--out`, from where the same command goes on.
"""

import argparse
import contextlib
import os
import pathlib
import subprocess
import sys
import time

NO_DEVICE = 3
#: Seconds after which a group of the kit has hung, and between two lines of progress.
HUNG, PROGRESS = 120, 10


def probe(kind):
    """The devices of a kind as lines of text, and why there are none."""
    import portico as pt
    from portico import _core

    for driver in _core.drivers():
        if driver["name"] == kind or kind in driver["aliases"].split(","):
            lines = [f"{kind}:{i} {pt.device(kind, i)!r}" for i in range(driver["count"])]
            return lines, driver["reason"]
    return [], f"this build has no driver called {kind!r}"


def conformance(options):
    import portico as pt

    said = time.monotonic()

    def progress(group, done, total):
        nonlocal said
        if time.monotonic() - said >= PROGRESS:
            said = time.monotonic()
            print(f"  {done + 1}/{total} {group}", flush=True)

    # A process of its own: a kernel that hangs or breaks the device costs one case.
    report = pt.testing.conformance(
        options.device, level=options.level, progress=progress, isolate=True, timeout=HUNG,
        seconds=options.seconds, journal=options.out and options.out / "conformance.journal",
    )  # fmt: skip
    print(report)
    return report.ok


def demo(options):
    command = [sys.executable, "-m", "portico", "demo", "--device", options.device]
    if options.data:
        command += ["--data", options.data]
    if options.out:
        command += ["--out", options.out / "demo.png"]
    return subprocess.run(command).returncode == 0


def speed(options):
    from integration.benchmarks.device import PRODUCT, run

    run(options.device, options.product or PRODUCT)
    return True


STEPS = {"conformance": conformance, "demo": demo, "speed": speed}


@contextlib.contextmanager
def written_to(path):
    """What this process and those that it starts print goes to a file, too."""
    with subprocess.Popen(["tee", "-a", path], stdin=subprocess.PIPE) as tee:
        kept = [os.dup(1), os.dup(2)]
        for descriptor in (1, 2):
            os.dup2(tee.stdin.fileno(), descriptor)
        try:
            yield
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for descriptor, old in zip((1, 2), kept, strict=True):
                os.dup2(old, descriptor)


def run(options):
    """The exit status."""
    kind = options.device.split(":")[0]
    found, reason = probe(kind)
    if not found:
        print(f"no device of kind {kind!r}: {reason}", file=sys.stderr)
        return NO_DEVICE
    print("\n".join(found), flush=True)
    failed = []
    for name in options.only or STEPS:
        print(f"== {name} on {options.device}", flush=True)
        start = time.perf_counter()
        # A step that fails must not hide what the others have to say.
        try:
            good = STEPS[name](options)
        except Exception as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            good = False
        verdict = "ok" if good else "FAILED"
        print(f"== {name}: {verdict}, {time.perf_counter() - start:.0f} s", flush=True)
        failed += [] if good else [name]
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(prog="python -m integration.on_device")
    parser.add_argument("device")
    parser.add_argument("--level", default="standard", help="of the conformance kit")
    parser.add_argument("--seconds", type=float, help="the kit begins no group after so many")
    parser.add_argument("--data", help="folder of Fashion-MNIST, for the demo")
    parser.add_argument("--product", type=int, help="size of the matrix products that are timed")
    parser.add_argument("--only", choices=STEPS, action="append")
    parser.add_argument(
        "--out", type=pathlib.Path, metavar="DIR",
        help="for report.txt, and the kit's journal: a run that was cut goes on from there",
    )  # fmt: skip
    options = parser.parse_args()
    if options.out is None:
        return run(options)
    options.out.mkdir(parents=True, exist_ok=True)
    with written_to(options.out / "report.txt"):
        return run(options)


if __name__ == "__main__":
    sys.exit(main())
