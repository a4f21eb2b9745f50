"""Intel's own compiler, `ocloc`, and Khronos' validator look at modules; neither needs a GPU.

Nothing is run: that is for `python -m portico.testing spirv`, with PORTICO_SPIRV_ARCH=pvc for the
code of these machines. See ../verify.py.
"""

import concurrent.futures
import os
import shutil
import subprocess
import tempfile

from conformance_code import DTYPES, Machine, Progress

NO_DOUBLES = tuple(d for d in DTYPES if d != "float64")
MACHINES = {
    "pvc": Machine(DTYPES),
    "dg2": Machine(NO_DOUBLES, usual=False),
    "tgllp": Machine(NO_DOUBLES, usual=False),
}
OPTIONS = "-cl-fp32-correctly-rounded-divide-sqrt"
#: Seconds for one module, which takes a tenth of one.
PATIENCE = 300


def missing():
    """What must be installed first, or nothing."""
    for tool, package in (("spirv-val", "spirv-tools"), ("ocloc", "intel-opencl-icd")):
        if not shutil.which(tool):
            return f"{tool} is missing; Debian package {package}"
    return None


def run(*command):
    """What a command says where it fails, or nothing."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return f"no answer in {PATIENCE} seconds"
    return (done.stdout + done.stderr).strip() or "failed" if done.returncode else ""


def refusals(module, gpu, scratch):
    """What the validator and the GPU's compiler say of a module; nothing where they take it."""
    invalid = run("spirv-val", "--target-env", "spv1.4", module)
    refused = run(
        "ocloc", "compile", "-q", "-64", "-spirv_input", "-device", gpu, "-file", module,
        "-options", OPTIONS, "-out_dir", scratch, "-output", module.stem,
    )  # fmt: skip
    said = {"spirv-val": invalid, "ocloc": refused}
    return {
        tool: f"{tool} refuses {module.name}: {text[:400]}" for tool, text in said.items() if text
    }


def look_at(modules, gpu):
    """Figures as text, and complaints."""
    complaints = {"spirv-val": [], "ocloc": []}
    progress = Progress(f"{gpu}: ocloc and spirv-val")
    with (
        tempfile.TemporaryDirectory() as scratch,
        concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool,
    ):
        answers = pool.map(lambda module: refusals(module, gpu, scratch), modules)
        for done, answer in enumerate(answers):
            progress(done + 1, len(modules))
            for tool, text in answer.items():
                complaints[tool].append(text)
    progress.end()
    figures = (
        f"{len(modules)} different modules, {len(complaints['spirv-val'])} refused by spirv-val, "
        f"{len(complaints['ocloc'])} by ocloc"
    )
    return figures, complaints["spirv-val"] + complaints["ocloc"]
