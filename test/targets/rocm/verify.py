"""Compiles the test matrix for AMD's GPUs, and checks what the code objects say of themselves.

No GPU runs anything: an imitation of AMD's library (mock_hip.c) takes the code objects, and
LLVM's tools read them. That the code computes the right numbers is for the emulator to say.

    python test/targets/rocm/verify.py --level standard gfx942 gfx1100
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
BUILD = ROOT / os.environ.get("PORTICO_BUILD", "build")
MOCK = BUILD / "lib" / "libportico_mock_hip.so"
DTYPES = ["bool", "uint8", "int8", "int16", "int32", "int64"]
DTYPES += ["float16", "bfloat16", "float32", "float64"]
#: Lanes of a wave, registers that a work-item may have, registers of a lane of a SIMD.
GPUS = {
    "gfx90a": (64, 512, 512),
    "gfx942": (64, 512, 512),
    "gfx1100": (32, 256, 1536),
    "gfx1201": (32, 256, 1536),
}
GROUP_MEMORY, SCALARS, SIMDS = 64 << 10, 108, 4
#: What the runtime passes at no cost. Others are buffers and queues that it has to make.
FREE = re.compile(r"hidden_(block_count|group_size|remainder|global_offset)_[xyz]|hidden_grid_dims")


def tool(name):
    """One of LLVM's tools, of the version that we are built with."""
    found = shutil.which(name + "-22") or shutil.which(name, path="/usr/lib/llvm-22/bin")
    if not found:
        raise FileNotFoundError(f"[verify] no {name}; expected that of LLVM 22")
    return found


def record(gpu, level, dtypes, folder):
    """Has the matrix compiled for `gpu`, its code objects written to `folder`: the number of
    cases, and those that failed."""
    environment = dict(
        os.environ, PORTICO_HIP_LIBRARY=str(MOCK), MOCK_HIP_ARCH=gpu, MOCK_HIP_SAVE=str(folder),
        PORTICO_CACHE_SIZE="0", PYTHONPATH=str(ROOT / "python"),
    )  # fmt: skip
    command = [sys.executable, HERE / "record_matrix.py", level, ",".join(dtypes)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    count, *failures = done.stdout.split("\n")
    return int(count), [f for f in failures if f]


def read_objects(folder):
    """For each code object: the machine it is for, undefined symbols, and its kernels, each a
    dict of its metadata; the kinds of its arguments are in "args"."""
    paths = sorted(Path(folder).glob("*.hsaco"))
    read = [tool("llvm-readelf"), "--file-header", "--dyn-syms", "--notes", *paths]
    text = subprocess.run(read, capture_output=True, text=True, check=True).stdout
    for part in re.split(r"^File: ", text, flags=re.M)[1:] if len(paths) > 1 else [text]:
        machine = re.search(r"Flags:.*?(gfx[0-9a-f]+)", part).group(1)
        undefined = re.findall(r"GLOBAL.*\bUND (\S+)", part)
        kernels = []
        for block in re.split(r"^  - (?=\.\w+:)", part, flags=re.M)[1:]:
            kernel = dict(re.findall(r"^(?:    )?\.(\w+): +(\S+)", block, flags=re.M))
            kernel["args"] = re.findall(r"\.value_kind: +(\S+)", block)
            size = re.search(r"\.reqd_workgroup_size:((?:\s+- \d+)+)", block)
            kernel["block"] = [int(n) for n in re.findall(r"\d+", size.group(1))] if size else []
            kernels.append(kernel)
        yield machine, undefined, kernels


def complaints(kernel, gpu):
    """What is wrong with a kernel's metadata."""
    wave, registers, file = GPUS[gpu]
    number = {key: int(value) for key, value in kernel.items() if str(value).isdigit()}
    items = 1
    for n in kernel["block"]:
        items *= n
    waves = -(-items // wave)
    limits = [
        (number["wavefront_size"] == wave, "the size of its subgroups"),
        (number["max_flat_workgroup_size"] == items <= 1024, "its number of work-items"),
        (number["group_segment_fixed_size"] <= GROUP_MEMORY, "its group memory"),
        (number["vgpr_count"] <= registers, "its vector registers"),
        (number["sgpr_count"] <= SCALARS, "its scalar registers"),
        (-(-waves // SIMDS) * number["vgpr_count"] <= file, "the registers of a whole group"),
        (kernel["uses_dynamic_stack"] == "false", "its stack"),
        (kernel["symbol"] == kernel["name"] + ".kd", "the name of its descriptor"),
    ]
    hidden = [a for a in kernel["args"] if a.startswith("hidden_") and not FREE.fullmatch(a)]
    limits.append((not hidden, f"hidden arguments {hidden}"))
    return [f"{kernel['name']}: {what}" for fine, what in limits if not fine]


def verify(gpu, level, dtypes):
    """Figures and complaints for one GPU."""
    with tempfile.TemporaryDirectory() as folder:
        cases, wrong = record(gpu, level, dtypes, folder)
        figures = dict(cases=cases, objects=0, kernels=0, spills=0, registers=0, memory=0)
        for machine, undefined, kernels in read_objects(folder):
            figures["objects"] += 1
            figures["kernels"] += len(kernels)
            if machine != gpu:
                wrong.append(f"code for {machine}")
            wrong += [f"undefined symbol {name}" for name in undefined]
            if not kernels:
                wrong.append("a code object without kernels")
            for kernel in kernels:
                wrong += complaints(kernel, gpu)
                figures["spills"] += kernel["vgpr_spill_count"] != "0"
                figures["registers"] = max(figures["registers"], int(kernel["vgpr_count"]))
                memory = int(kernel["group_segment_fixed_size"])
                figures["memory"] = max(figures["memory"], memory)
    return figures, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("gpus", nargs="*", default=list(GPUS), metavar="GPU")
    parser.add_argument("--level", default="smoke", choices=["smoke", "standard", "full"])
    parser.add_argument("--dtypes", nargs="*", default=DTYPES)
    chosen = parser.parse_args()
    failed = False
    for gpu in chosen.gpus:
        start = time.monotonic()
        figures, wrong = verify(gpu, chosen.level, chosen.dtypes)
        failed |= bool(wrong)
        print(
            f"{gpu}: {figures['cases']} cases, {figures['objects']} code objects, "
            f"{figures['kernels']} kernels, {figures['spills']} of them spill; at most "
            f"{figures['registers']} registers and {figures['memory']} bytes of group memory; "
            f"{len(wrong)} complaints; {time.monotonic() - start:.0f} s",
            flush=True,
        )
        for complaint in wrong[:20]:
            print("  " + complaint)
    return failed


if __name__ == "__main__":
    sys.exit(main())
