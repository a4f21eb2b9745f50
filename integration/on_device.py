"""Everything that a device can prove about itself, in one command:

    python -m integration.on_device cuda

The conformance kit, the demo, and how close kernels come to the device's limits. Where there is
no such device it says what was looked for and what was found, and exits with 3.
"""

import argparse
import os
import subprocess
import sys
import time

NO_DEVICE = 3


def probe(kind):
    """The devices of a kind as lines of text, and why there are none."""
    import portico as pt
    from portico import _core

    for driver in _core.drivers():
        if driver["name"] == kind or kind in driver["aliases"].split(","):
            lines = [f"{kind}:{i} {pt.device(kind, i)!r}" for i in range(driver["count"])]
            return lines, driver["reason"]
    return [], f"this build has no driver called {kind!r}"


def conformance(device, level):
    import portico as pt

    def progress(group, done, total):
        print(f"\r  {done + 1}/{total} {group:40}", end="", file=sys.stderr, flush=True)

    report = pt.testing.conformance(device, level=level, progress=progress)
    print(file=sys.stderr)
    print(report)
    return report.ok


def demo(device, data):
    command = [sys.executable, "-m", "portico", "demo", "--device", device]
    if data:
        command += ["--data", data]
    return subprocess.run(command, env=os.environ).returncode == 0


def speed(device):
    from integration.benchmarks.device import run

    run(device)
    return True


def main():
    parser = argparse.ArgumentParser(prog="python -m integration.on_device")
    parser.add_argument("device")
    parser.add_argument("--level", default="standard", help="of the conformance kit")
    parser.add_argument("--data", help="folder of Fashion-MNIST, for the demo")
    parser.add_argument("--only", choices=("conformance", "demo", "speed"), action="append")
    options = parser.parse_args()

    kind = options.device.split(":")[0]
    found, reason = probe(kind)
    if not found:
        print(f"no device of kind {kind!r}: {reason}", file=sys.stderr)
        return NO_DEVICE
    print("\n".join(found), flush=True)

    steps = {
        "conformance": lambda: conformance(options.device, options.level),
        "demo": lambda: demo(options.device, options.data),
        "speed": lambda: speed(options.device),
    }
    failed = []
    for name, step in steps.items():
        if options.only and name not in options.only:
            continue
        print(f"== {name} on {options.device}", flush=True)
        start = time.perf_counter()
        # A step that fails must not hide what the others have to say.
        try:
            good = step()
        except Exception as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            good = False
        print(f"== {name}: {'ok' if good else 'FAILED'}, {time.perf_counter() - start:.0f} s")
        failed += [] if good else [name]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
