"""`python -m portico compile model.py:fn --target kind:arch -o out/`

Calls a function of a file, records what the tensors that it returns wait for, and compiles that
for a target whose device need not be here. Writes the program, its code, and the IR of each stage.

What the function takes are tensors, one for each `--input dtype[sizes]`; a module (an `nn.Module`
in the file) is called like a function. `program.mlir`, a program as the folder of a failure has
it, is compiled as it stands.
"""

from __future__ import annotations

import contextlib
import importlib.util
import pathlib
import re
import sys
import traceback

import portico as pt
from portico import _core
from portico.errors import (
    InternalError,
    PorticoRuntimeError,
    PorticoTypeError,
    PorticoValueError,
)

_SPEC = re.compile(r"(\w+)\[([\d,\s]*)\]$")


def add_arguments(parser):
    parser.add_argument(
        "function", metavar="FILE.py:NAME", help="a function that returns tensors, or FILE.mlir"
    )
    parser.add_argument(
        "--target", default="", metavar="KIND[:ARCH]", help="see `python -m portico devices`"
    )
    parser.add_argument(
        "--input", action="append", default=[], metavar="DTYPE[SIZES]",
        help="an argument of the function, as in float32[8,16]; once for each",
    )  # fmt: skip
    parser.add_argument("--fuel", type=int, default=-1, metavar="N", help="fusions at most")
    parser.add_argument("--plan", metavar="FILE", help="a fusion plan (JSON) to replay")
    parser.add_argument("-o", "--output", default="out", metavar="FOLDER", help="(out)")


@contextlib.contextmanager
def of_file(file):
    """What the user's file raises is told with its line, in one line like every mistake."""
    try:
        yield
    except InternalError:  # no mistake of the file's
        raise
    except (Exception, SystemExit) as error:
        line = getattr(error, "lineno", None) if isinstance(error, SyntaxError) else None
        for frame in traceback.extract_tb(error.__traceback__):
            if pathlib.Path(frame.filename).resolve() == file.resolve():
                line = frame.lineno
        told = f"{type(error).__name__}: {error}".rstrip(": ")
        place = file if line is None else f"{file}:{line}"
        raise PorticoRuntimeError(f"[compile] {place} raised {told}") from error


def load_function(where):
    """The file and the object that `FILE.py:NAME` means."""
    path, _, name = where.rpartition(":")
    file = pathlib.Path(path)
    if not path or not file.is_file():
        raise PorticoValueError(f"[compile] no such function; got {where}; expected FILE.py:NAME")
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(file.resolve().parent))
    try:
        with of_file(file):
            spec.loader.exec_module(module)
    finally:
        sys.path.pop(0)
    found = module
    for part in name.split("."):
        found = getattr(found, part, None)
    if not callable(found):
        raise PorticoValueError(f"[compile] {path} has no function of that name; got {name}")
    return file, found


def make_input(text):
    """A tensor for `dtype[sizes]`; what it holds is no part of the program."""
    match = _SPEC.match(text.strip())
    dtype = match and getattr(pt, match[1], None)
    if not isinstance(dtype, pt.dtype):
        raise PorticoValueError(
            f"[compile] not an input; got {text}; expected a dtype and sizes, as in float32[8,16]"
        )
    sizes = [int(n) for n in match[2].split(",") if n.strip()]
    return _core.empty(tuple(sizes), dtype)


def _tensors(result):
    if isinstance(result, pt.Tensor):
        return [result]
    if isinstance(result, dict):
        result = result.values()
    if isinstance(result, list | tuple) or hasattr(result, "__iter__"):
        return [t for part in result for t in _tensors(part)]
    raise PorticoTypeError(
        f"[compile] the function must return tensors; got {type(result).__name__}"
    )


@contextlib.contextmanager
def options(**values):
    """Like `pt.options`, but nothing that is pending is run."""
    before = {name: _core.get_option(name) for name in values}
    try:
        for name, value in values.items():
            _core.set_option(name, value)
        yield
    finally:
        for name, value in before.items():
            _core.set_option(name, value)


def record(file, function, inputs):
    """The tensors that a call returns, with all that they wait for still to be run."""
    with options(max_pending_ops=2**40, max_held_bytes=2**60, eager=False):
        with of_file(file):
            result = function(*inputs)
        return _tensors(result)


def suffix(content):
    """The ending of a stage's file, by what is in it."""
    if isinstance(content, bytes):
        magic = {b"\x7fELF": ".elf", b"\x03\x02\x23\x07": ".spv"}
        return magic.get(content[:4], ".bin")
    start = content.lstrip()
    if start.startswith("; ModuleID") or start.startswith("source_filename"):
        return ".ll"
    if re.search(r"^\.version", content, re.MULTILINE) and ".target" in content:
        return ".ptx"
    if start.startswith(("module", "#", "func.func", "gpu.module", '"builtin.module"')):
        return ".mlir"
    return ".s"


def write(compiled, folder):
    """Writes everything; returns the names of the files in the order of the stages."""
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for name, content in (*compiled["stages"], ("program", compiled["program"])):
        file = name + (".portico" if name == "program" else suffix(content))
        data = content if isinstance(content, bytes) else content.encode()
        (folder / file).write_bytes(data)
        names.append(file)
    return names


def read(path):
    """The text of a file that an argument names."""
    try:
        return pathlib.Path(path).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise PorticoValueError(f"[compile] {path} cannot be read; got {error}") from error


def compile(arguments):
    """What the arguments name, compiled."""
    if arguments.function.endswith(".mlir"):
        return _core.compile_module(read(arguments.function), arguments.target)
    file, function = load_function(arguments.function)
    inputs = [make_input(text) for text in arguments.input]
    return _core.compile_for(record(file, function, inputs), arguments.target)


def run(arguments) -> int:
    plan = read(arguments.plan) if arguments.plan else ""
    with options(fuel=arguments.fuel, fusion_plan=plan):
        compiled = compile(arguments)
    folder = pathlib.Path(arguments.output)
    names = write(compiled, folder)
    target = arguments.target or _core.default_device().type
    print(
        f"compiled for {target}: {compiled['kernels']} kernels, "
        f"{len(compiled['program']):,} bytes in {folder / 'program.portico'}"
    )
    for name in names[:-1]:
        print(f"  {folder / name}")
    return 0
