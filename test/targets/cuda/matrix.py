"""Programs that contain every op of the dialect, and the tools that look at their code."""

import os
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

from portico._generated.op_table import OPS
from portico.testing._conformance.forward import cases as forward_cases
from portico.testing._conformance.forward import dtypes_of

ROOT = Path(__file__).parents[3]
BUILD = ROOT / os.environ.get("PORTICO_BUILD", "build")


def tool(name):
    """A program of NVIDIA's, from its PyPI package or the PATH; None where there is none."""
    site = Path(sysconfig.get_path("purelib")) / "nvidia"
    for path in sorted(site.glob(f"*/bin/{name}")):
        return str(path)
    return shutil.which(name)


def ops_with(dtype):
    return [op for op, record in OPS.items() if dtype in dtypes_of(record)]


def program_of(op, dtype):
    """The op on the kit's operands of that dtype, as the text of a module; None where the kit
    has none."""
    for case in forward_cases(op, (dtype,), "smoke"):
        return case.record("cpu")[0].ir(False)
    return None


SIGNATURE = re.compile(r"func\.func @main\((?P<inputs>[^)]*)\) -> (?P<outputs>[^{]*) \{")


def joined(programs):
    """One module whose @main calls the @main of each."""
    functions, arguments, calls, values, types = [], [], [], [], []
    for number, text in enumerate(programs):
        found = SIGNATURE.search(text)
        name = f"case{number}"
        inputs = [part.split(": ", 1)[1] for part in found["inputs"].split(", ") if part]
        body = text[found.start() : text.rindex("}")]
        functions.append(
            body.replace("@main(", f"@{name}(").replace("func.func @", "func.func private @")
        )
        own = [f"%{name}_{i}" for i in range(len(inputs))]
        arguments += [f"{value}: {kind}" for value, kind in zip(own, inputs, strict=True)]
        output = found["outputs"].strip()
        signature = f"({', '.join(inputs)}) -> {output}"
        calls.append(f"  %{name} = portico.call @{name}({', '.join(own)}) : {signature}")
        values.append(f"%{name}")
        types.append(output)
    main = [f"func.func @main({', '.join(arguments)}) -> ({', '.join(types)}) {{", *calls]
    main += [f"  return {', '.join(values)} : {', '.join(types)}", "}"]
    return "\n".join([*functions, *main])


def stages_of(text, arch, folder, policy="none"):
    """Compiles a module and returns the folder with the text of every stage."""
    source, stages = folder / "program.mlir", folder / "stages"
    source.write_text(text)
    run = subprocess.run(
        [BUILD / "bin/portico-run", f"--device=cuda:{arch}", "--no-run", f"--policy={policy}",
         f"--stages={stages}", source],
        capture_output=True, text=True, env=dict(os.environ, PORTICO_PTXAS=tool("ptxas") or "off"),
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-4000:]
    return stages


def sass_of(ptx, arch, folder):
    """What the machine executes for a file of PTX: a line for each instruction."""
    cubin = folder / "code.cubin"
    subprocess.run(
        [tool("ptxas"), f"--gpu-name={arch}", "--fmad=false", "-o", cubin, ptx], check=True
    )
    listing = subprocess.run(
        [tool("nvdisasm"), "--print-code", cubin], capture_output=True, text=True, check=True
    ).stdout
    return re.findall(r"/\*[0-9a-f]{4,}\*/\s+(.*?);", listing)
