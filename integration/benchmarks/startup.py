"""Start-up figures, each in a fresh process: import, first training step cold and from disk."""

import json
import os
import subprocess
import sys
import tempfile

IMPORT = """
import time, resource, json
w, c = time.perf_counter(), time.process_time()
import {framework}
print(json.dumps(dict(wall=time.perf_counter() - w, cpu=time.process_time() - c,
    rss=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)))
"""

FIRST_STEP = """
import time, json
import {framework} as T
T.set_num_threads(1)
from integration.benchmarks.cases import CASES
step = CASES['{case}'][0](T)
w, c = time.perf_counter(), time.process_time()
step()
first = dict(wall=time.perf_counter() - w, cpu=time.process_time() - c)
for _ in range(3): step()
before = T.stats()
for _ in range(10): step()
after = T.stats()
first['compiles_in_steady_state'] = after['compiles'] - before['compiles']
first['kernels_compiled'] = after['kernels_compiled']
print(json.dumps(first))
"""

MEMORY = """
import json
import {framework} as T
from integration.benchmarks.cases import CASES
step = CASES['{case}'][0](T)
def rss(): return int(open('/proc/self/statm').read().split()[1]) * 4 / 1024
live = []
for i in range(1001):
    step()
    if i % 250 == 0 and i: live.append((i, T.stats()['live_bytes'], round(rss(), 1)))
print(json.dumps(live))
"""


def run(script, python=sys.executable, cache=None):
    env = dict(os.environ)
    if cache:
        env["PORTICO_CACHE_DIR"] = cache
    output = subprocess.run(
        [python, "-c", script], env=env, check=True, capture_output=True, text=True
    ).stdout
    return json.loads(output.strip().splitlines()[-1])


def report(torch_python):
    print("\nstart-up (fresh processes)")
    frameworks = [("portico", sys.executable)]
    if torch_python:
        frameworks.append(("torch", torch_python))
    for framework, python in frameworks:
        script = IMPORT.format(framework=framework)
        best = min((run(script, python) for _ in range(5)), key=lambda r: r["wall"])
        print(f"  import {framework:8} {best['wall']:.3f} s wall, {best['rss']:.0f} MiB RSS")
    for case in ("train/mlp", "train/lenet"):
        with tempfile.TemporaryDirectory() as cache:
            script = FIRST_STEP.format(framework="portico", case=case)
            cold, warm = run(script, cache=cache), run(script, cache=cache)
        print(
            f"  first step {case:12} cold {cold['cpu']:.2f} CPU s"
            f" ({cold['kernels_compiled']} kernels),"
            f" from disk cache {warm['cpu']:.2f} CPU s ({warm['kernels_compiled']} kernels),"
            f" compiles in steady state {cold['compiles_in_steady_state']}"
        )
    print("  memory over 1,000 steps of train/mlp (step, live bytes, RSS MiB):")
    print("   ", run(MEMORY.format(framework="portico", case="train/mlp")))
