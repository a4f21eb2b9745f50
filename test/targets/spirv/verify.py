"""Has every kernel of the test matrix compiled for Intel's GPUs, by Intel's own compiler.

For each GPU the conformance matrix is compiled for that machine and run on the device at
hand, which must be able to (the OpenCL runtime on the processor is); the modules are then
validated and given to `ocloc`, Intel's compiler, which needs no GPU.

    python test/targets/spirv/verify.py --level standard dg2 pvc
"""

import argparse
import collections
import concurrent.futures
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
#: The GPUs, and the dtypes that they have.
DTYPES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32"]
GPUS = {"dg2": DTYPES, "pvc": [*DTYPES, "float64"], "tgllp": DTYPES}
OPTIONS = "-cl-fp32-correctly-rounded-divide-sqrt"


def run(*command):
    """What a command says where it fails, or nothing."""
    done = subprocess.run(command, capture_output=True, text=True)
    return (done.stdout + done.stderr).strip() or "failed" if done.returncode else ""


def build(gpu, level, only, folder):
    """Runs the matrix with kernels made for `gpu`; whether all of it passed."""
    # The disk's cache holds programs, and nothing of ours is kept for the next run.
    environment = dict(
        os.environ, PORTICO_SPIRV_ARCH=gpu, PORTICO_SPIRV_DUMP=str(folder), PORTICO_CACHE_SIZE="0"
    )
    command = [sys.executable, "-m", "portico.testing", "spirv", "--quiet", "--level", level]
    command += ["--dtypes", *GPUS[gpu]]
    if only:
        command += ["--only", only]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
    print(done.stdout.split("\n\n")[0] + done.stderr, flush=True)
    return done.returncode == 0


def check(module, gpu, scratch):
    """(module, complaint of the validator, complaint of the GPU's compiler)"""
    invalid = run("spirv-val", "--target-env", "spv1.4", module)
    refused = run(
        "ocloc", "compile", "-q", "-64", "-spirv_input", "-device", gpu, "-file", module,
        "-options", OPTIONS, "-out_dir", scratch, "-output", f"{module.stem}_{gpu}",
    )  # fmt: skip
    return module, invalid, refused


def verify(gpu, level, only, keep):
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(keep or scratch) / gpu
        folder.mkdir(parents=True, exist_ok=True)
        print(f"{gpu}: compiling and running the matrix", flush=True)
        passed = build(gpu, level, only, folder)
        modules = sorted(folder.glob("*.spv"))
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            results = list(pool.map(lambda m: check(m, gpu, scratch), modules))
    failures = collections.Counter()
    for module, invalid, refused in results:
        for tool, text in ("spirv-val", invalid), ("ocloc", refused):
            if text:
                failures[tool] += 1
                print(f"  {tool} refuses {module.name}: {text[:400]}")
    print(
        f"{gpu}: {len(modules)} modules, {failures['spirv-val']} refused by spirv-val, "
        f"{failures['ocloc']} by ocloc",
        flush=True,
    )
    return passed and bool(modules) and not failures


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("gpus", nargs="*", default=["dg2", "pvc"], help=f"of {', '.join(GPUS)}")
    parser.add_argument("--level", default="smoke", choices=("smoke", "standard", "full"))
    parser.add_argument("--only", help="groups of the matrix whose name contains this")
    parser.add_argument("--keep", metavar="FOLDER", help="where to leave the modules")
    arguments = parser.parse_args()
    unknown = set(arguments.gpus) - set(GPUS)
    if unknown:
        parser.error(f"unknown GPU {', '.join(unknown)}; expected one of {', '.join(GPUS)}")
    for tool in ("spirv-val", "ocloc"):
        if not shutil.which(tool):
            parser.error(f"{tool} is missing; Debian packages spirv-tools and intel-opencl-icd")
    good = [verify(gpu, arguments.level, arguments.only, arguments.keep) for gpu in arguments.gpus]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
