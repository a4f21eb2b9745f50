"""What AMD's code objects say of themselves, against the limits of the machines.

LLVM's tools read them. That the code computes the right numbers is for the emulator to say. See
../verify.py.
"""

import re
import shutil
import subprocess
from dataclasses import dataclass

from conformance_code import DTYPES, Machine


@dataclass(frozen=True)
class Gpu(Machine):
    """Lanes of a wave, registers that a work-item may have, registers of a lane of a SIMD."""

    wave: int = 64
    registers: int = 512
    file: int = 512


MACHINES = {
    "gfx90a": Gpu(DTYPES),
    "gfx942": Gpu(DTYPES),
    "gfx1100": Gpu(DTYPES, wave=32, registers=256, file=1536),
    "gfx1201": Gpu(DTYPES, wave=32, registers=256, file=1536),
}
GROUP_MEMORY, SCALARS, SIMDS = 64 << 10, 108, 4
#: What the runtime passes at no cost. Others are buffers and queues that it has to make.
FREE = re.compile(r"hidden_(block_count|group_size|remainder|global_offset)_[xyz]|hidden_grid_dims")


def tool(name):
    """One of LLVM's tools, of the version that we are built with; None where it is missing."""
    return shutil.which(name + "-22") or shutil.which(name, path="/usr/lib/llvm-22/bin")


def missing():
    """What must be installed first, or nothing."""
    return None if tool("llvm-readelf") else "llvm-readelf of LLVM 22 is missing; package llvm-22"


def read_objects(paths):
    """For each code object: the machine it is for, undefined symbols, and its kernels, each a
    dict of its metadata; the kinds of its arguments are in "args"."""
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
    wave, registers, file = (MACHINES[gpu].wave, MACHINES[gpu].registers, MACHINES[gpu].file)
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


def look_at(objects, gpu):
    """Figures as text, and complaints."""
    wrong, spills, registers, memory = [], 0, 0, 0
    # A kernel is named after what is in it: equal ones of two code objects count once.
    seen = set()
    for machine, undefined, kernels in read_objects(objects) if objects else ():
        if machine != gpu:
            wrong.append(f"code for {machine}")
        wrong += [f"undefined symbol {name}" for name in undefined]
        if not kernels:
            wrong.append("a code object without kernels")
        for kernel in kernels:
            if kernel["name"] in seen:
                continue
            seen.add(kernel["name"])
            wrong += complaints(kernel, gpu)
            spills += kernel["vgpr_spill_count"] != "0"
            registers = max(registers, int(kernel["vgpr_count"]))
            memory = max(memory, int(kernel["group_segment_fixed_size"]))
    figures = (
        f"{len(seen)} different kernels in {len(objects)} code objects, {spills} of them spill, "
        f"at most {registers} registers and {memory} bytes of group memory"
    )
    return figures, wrong
