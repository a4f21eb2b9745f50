"""The ops that the kernels of the conformance matrix consist of: what a compile half must take.

`page` compiles every case of the matrix for a plug-in that has nothing but figures, in each form
of kernels, and walks the modules that its compile half is given.

    python test/support/kernel_ops.py > docs/guide/kernel-ops.md
"""

import collections
import re
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "guide" / "kernel-ops.md"
DTYPES = ("bool", "uint8", "int8", "int16", "int32", "int64",
          "float16", "bfloat16", "float32", "float64")  # fmt: skip
#: Cases of one program: enough kernels to keep every core busy.
BATCH = 96
#: Machine -> its figures: in ranges without and with masked memory, and in work-groups.
MACHINES = {
    "ranges": "machine->masked_memory = 0",
    "masked": "machine->masked_memory = 1",
    "groups": "machine->work_groups = 1",
}
HEADING = """# The ops of kernels

What the compile half of [a target](add-a-target.md) is given consists of these ops, on scalars and
vectors of these types (of operands and results together). It is what the kernels of the conformance
matrix consist of at level `{level}`, for machines without matrix units;
`test/support/kernel_ops.py` writes this page, and a test sees that nothing is missing. Vectors and
memory have one dimension; `memory` stands for memrefs of any element.

| op | in ranges | in work-groups |
|---|---|---|
"""


def load_machines(folder):
    """Plug-ins with these figures and no code generator; their names."""
    from plugin_package import build

    from portico import _core

    for name, figures in MACHINES.items():
        (folder / name).mkdir()
        library = build(folder / name, wrong=f'table.name = "{name}"', machine=figures)
        _core.load_target([str(library)])


def lowered(target, level="smoke", only=None):
    """The distinct modules that the matrix gives the compile half of a target."""
    from portico.testing._conformance.cases import DeviceCase
    from portico.testing._conformance.groups import groups

    texts = set()
    for group in groups(DTYPES, level, only):
        cases = [case for case in group.cases() if not isinstance(case, DeviceCase)]
        for first in range(0, len(cases), BATCH):
            texts |= _of_batch(cases[first : first + BATCH], target)
    return sorted(texts)


def _of_batch(cases, target):
    from portico import _core

    results = [t for case in cases for t in case.record("cpu")]
    stages = _core.compile_for(results, target)["stages"]
    return {text for name, text in stages if name.endswith(".lowered")}


def types_of_ops(texts):
    """Op -> the types of its operands and results."""
    from portico import mlir

    found = collections.defaultdict(set)

    def walk(op):
        found[op.name] |= {_form(str(value.type)) for value in (*op.results, *op.operands)}
        for region in op.regions:
            for block in region.blocks:
                for inner in block.operations:
                    walk(inner)

    for text in texts:
        for op in mlir.parse(text, all_dialects=True).operations:
            walk(op)
    return found


def _form(text):
    """("vector", "f32") of vector<8xf32>; of more dimensions the type is told as it is."""
    if match := re.fullmatch(r"vector<\d+x(\w+)>", text):
        return "vector", match[1]
    if re.match(r"memref<(\d+x)?\w+(, #gpu\.address_space<\w+>)?>$", text):
        return "memory", ""
    return ("scalar", text) if re.fullmatch(r"[a-z]+\d*", text) else ("other", text)


def _cell(forms):
    if forms is None:
        return ""
    of = {kind: sorted(t for k, t in forms if k == kind) for kind, _ in forms}
    parts = [" ".join(of.get("scalar", ()))]
    parts += ["vectors of " + " ".join(of["vector"])] if "vector" in of else []
    parts += ["memory"] if "memory" in of else []
    parts += of.get("other", [])
    return "; ".join(filter(None, parts)) or "yes"


def page(level="smoke"):
    """The text of the page, for machines that `load_machines` loaded."""
    ops = {name: types_of_ops(lowered(name, level)) for name in MACHINES}
    for op, forms in ops.pop("masked").items():
        ops["ranges"][op] |= forms
    rows = [
        f"| `{op}` | {_cell(ops['ranges'].get(op))} | {_cell(ops['groups'].get(op))} |\n"
        for op in sorted(set(ops["ranges"]) | set(ops["groups"]))
    ]
    return HEADING.format(level=level) + "".join(rows)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        load_machines(Path(folder))
        print(page(*sys.argv[1:]), end="")
