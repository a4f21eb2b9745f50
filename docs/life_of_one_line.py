"""Makes docs/guide/life-of-one-line.md from its template and one real program."""

import re
import sys
from pathlib import Path

from portico import _core, mlir

GUIDE = Path(__file__).resolve().parent / "guide"
LINES = 45

PROGRAM = """\
import portico as pt

x = pt.randn(64, 32)
w = pt.randn(32, 16, requires_grad=True)
pt.eval(x, w)
y = ((x @ w).tanh() * 0.5).softmax(-1).square().sum()
y.backward()
y.item()"""


def excerpt(text, lines=LINES):
    """The beginning of a long text, and how much more there is."""
    rows = text.strip().splitlines()
    if len(rows) <= lines:
        return "\n".join(rows)
    return "\n".join([*rows[:lines], f"... and {len(rows) - lines} lines more"])


def shorten_locations(text):
    """Locations name the file that was run, which is this one; what counts is the line."""
    text = re.sub(r"(?m)^#loc.*\n", "", text)
    return re.sub(r"<life of one line>", "example.py", text.replace(" [unknown]", ""))


def stages():
    """The text of each stage, by the name it has in the template."""
    scope = {}
    lines = PROGRAM.splitlines()
    exec(compile("\n".join(lines[:6]), "<life of one line>", "exec"), scope)
    y = scope["y"]
    found = {"program": PROGRAM, "recorded": shorten_locations(y.ir())}

    forward = dict(_core.stages(y))
    module = mlir.Module.parse(forward["simplify"])
    mlir.run_pipeline(module, "portico-autodiff{function=main wrt=1},func.func(portico-simplify)")
    found["gradient"] = str(module)

    found["fused"] = forward["fuse"]
    kernels = [name for name, _ in _core.stages(y) if re.fullmatch(r"kernel\d+", name)]
    rows = next(name for name in kernels if 'kernel "row"' in forward[name])
    module = mlir.Module.parse(forward[rows])
    mlir.run_pipeline(module, "portico-to-linalg")
    found["linalg"] = str(module)
    found["lowered"] = forward[f"{rows}.lowered"]
    found["llvm"] = forward[f"{rows}.llvm-optimised"]

    exec(compile("\n".join(lines[6:]), "<life of one line>", "exec"), scope)
    return found


def render():
    page = (GUIDE / "life-of-one-line.md.in").read_text()
    for name, text in stages().items():
        page = page.replace("{" + name + "}", excerpt(text))
    return page


if __name__ == "__main__":
    (GUIDE / "life-of-one-line.md").write_text(render())
    sys.exit(0)
