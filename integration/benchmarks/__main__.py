"""Runs the cases side by side and prints one table."""

import argparse
import fnmatch
import json
import os
import statistics
import subprocess
import sys

from . import startup
from .cases import CASES

SCALE = {"ms": 1e3, "us": 1e6, "ns": 1e9}


class Worker:
    def __init__(self, framework, python):
        env = dict(os.environ, OMP_NUM_THREADS="1", PORTICO_NUM_THREADS="1")
        self.process = subprocess.Popen(
            [python, "-m", "integration.benchmarks.worker", framework],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env,
        )  # fmt: skip

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        return json.loads(line) if line else None


def has_torch(python):
    return subprocess.run([python, "-c", "import torch"], capture_output=True).returncode == 0


def main():
    parser = argparse.ArgumentParser(prog="python -m integration.benchmarks")
    parser.add_argument("--cases", default="*", help="patterns of case names, with commas")
    parser.add_argument("--torch", default=sys.executable, help="an interpreter that has torch")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.3, help="of one measurement")
    parser.add_argument("--no-startup", action="store_true")
    options = parser.parse_args()

    peers = [("portico", sys.executable)]
    torch_python = options.torch if has_torch(options.torch) else None
    if torch_python:
        peers.append(("torch", torch_python))
    else:
        print("torch is not installed for", options.torch, "- Portico alone")
    print(f"{'case':36}{'portico':>12}{'torch':>12}  unit   portico/torch   compiles")
    for name, (_, unit, per) in CASES.items():
        if not any(fnmatch.fnmatch(name, p) for p in options.cases.split(",")):
            continue
        workers = [Worker(*peer) for peer in peers]
        times, compiles = [[] for _ in peers], 0
        alive = [w.ask(do="prepare", case=name) is not None for w in workers]
        for _ in range(options.rounds):
            for index, worker in enumerate(workers):
                if alive[index]:
                    reply = worker.ask(do="measure", seconds=options.seconds)
                    times[index].append(reply["seconds"] / per * SCALE[unit])
                    compiles += reply.get("compiles", 0)
        medians = [statistics.median(t) if t else None for t in times]
        cells = [f"{m:12.3f}" if m is not None else f"{'-':>12}" for m in medians]
        ratio = ""
        if len(medians) == 2 and None not in medians:
            ratio = f"{statistics.median(a / b for a, b in zip(*times, strict=True)):.2f}"
        print(f"{name:36}{''.join(cells):24}  {unit:4} {ratio:>12} {compiles:>10}", flush=True)
        for worker in workers:
            worker.process.stdin.close()
            worker.process.wait()
    if not options.no_startup:
        startup.report(torch_python)


if __name__ == "__main__":
    main()
