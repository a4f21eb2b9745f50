"""The op records of the dialect, read from `llvm-tblgen --dump-json`.

Everything that is generated (C++ table, Python stubs, reference page) is made from
the dataclasses here, so that TableGen's JSON is understood in one place only.
"""

from __future__ import annotations

import json
import keyword
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

# TableGen type record -> DType enumerator.
DTYPES = {
    "I1": "Bool", "UI8": "U8", "I8": "I8", "I16": "I16", "I32": "I32", "I64": "I64",
    "F16": "F16", "BF16": "BF16", "F32": "F32", "F64": "F64",
}  # fmt: skip
# DType enumerator -> the user's name.
DTYPE_NAMES = {
    "Bool": "bool", "U8": "uint8", "I8": "int8", "I16": "int16", "I32": "int32", "I64": "int64",
    "F16": "float16", "BF16": "bfloat16", "F32": "float32", "F64": "float64",
}  # fmt: skip
# Attribute constraint -> AttrKind enumerator.
ATTRS = {
    "I64Attr": "I64",
    "BoolAttr": "Bool",
    "UnitAttr": "Unit",
    "TypeAttr": "DType",
    "DenseI64ArrayAttr": "I64Array",
    "ElementsAttr": "Elements",
}
TRAITS = (
    "Elementwise", "Creation", "DataMovement", "Reduction", "Contraction", "Opaque",
    "NonDifferentiable", "Commutative",
)  # fmt: skip
CPP_WORDS = {
    "and", "or", "xor", "not", "bitand", "bitor", "compl", "default", "class", "operator", "switch",
    "case", "int", "float", "double", "bool", "union", "template", "new", "delete", "while", "for",
}  # fmt: skip


@dataclass(frozen=True)
class Operand:
    name: str
    dtypes: tuple[str, ...]  # DType enumerators
    rank: int | None  # None: any
    variadic: bool


@dataclass(frozen=True)
class Attr:
    name: str
    kind: str  # AttrKind enumerator, or the TableGen constraint of an attribute not recorded
    enum: str | None = None
    cases: tuple[tuple[str, str, int], ...] = ()  # symbol, text, number


@dataclass(frozen=True)
class Op:
    name: str
    cls: str  # C++ class without "Op"
    family: str
    summary: str
    description: str
    operands: tuple[Operand, ...]
    attrs: tuple[Attr, ...]
    results: tuple[Operand, ...]
    traits: tuple[str, ...]
    differentiable: bool
    infer: str
    numpy: str
    torch: str
    saves: tuple[str, ...]
    saves_result: bool
    bilinear: bool
    constraints: tuple[str, ...]

    @property
    def primitive(self) -> bool:
        """Recorded by the front end; the others (call, kernel...) belong to the compiler."""
        return bool(self.infer)

    @property
    def sentence(self) -> str:
        """The summary as one; names of operands (`x with ...`) stay as they are."""
        first = re.match(r"\w*", self.summary).group()
        if first in (o.name for o in self.operands):
            return self.summary + "."
        return self.summary[0].upper() + self.summary[1:] + "."

    @property
    def cpp(self) -> str:
        return self.name + "_" if self.name in CPP_WORDS else self.name

    @property
    def python(self) -> str:
        return self.name + "_" if keyword.iskeyword(self.name) else self.name

    @property
    def variadic(self) -> int:
        """Index of the variadic operand, or -1."""
        return next((i for i, o in enumerate(self.operands) if o.variadic), -1)


@dataclass
class Dialect:
    ops: list[Op] = field(default_factory=list)

    @property
    def primitives(self) -> list[Op]:
        return [op for op in self.ops if op.primitive]

    @property
    def enums(self) -> dict[str, tuple[tuple[str, str, int], ...]]:
        return {a.enum: a.cases for op in self.primitives for a in op.attrs if a.enum}


def dump(tblgen: str, td: Path, includes: list[str]) -> dict:
    command = [tblgen, "--dump-json", str(td), *(f"-I{i}" for i in includes)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def load(tblgen: str, td: Path, includes: list[str]) -> Dialect:
    records = dump(tblgen, td, includes)
    families = re.findall(r'^include "(\w+)\.td"', td.read_text(), re.M)

    def place(record: dict) -> tuple[int, int]:
        # JSON sorts by name; the order of the op kinds is the order of the sources.
        file, line = record["!locs"][0].rsplit(":", 1)
        return families.index(Path(file).stem), int(line)

    ops = sorted((records[n] for n in records["!instanceof"]["Portico_Op"]), key=place)
    return Dialect([_op(records, r) for r in ops])


def _operand(records: dict, constraint: str, name: str) -> Operand:
    record = records[constraint]
    variadic = "Variadic" in record["!superclasses"]
    if variadic:
        record = records[record["baseType"]["def"]]
    return Operand(
        name=name,
        dtypes=tuple(DTYPES[_type(records, t["def"])] for t in record["elementTypes"]),
        rank=0 if "0DTensorOf" in record["!superclasses"] else None,
        variadic=variadic,
    )


def _type(records: dict, name: str) -> str:
    # UI<8> is an anonymous record.
    record = records[name]
    return f"UI{record['bitwidth']}" if "UI" in record["!superclasses"] else name


def _attr(records: dict, constraint: str, name: str) -> Attr:
    record = records[constraint]
    if "enumerants" in record:
        cases = [records[c["def"]] for c in record["enumerants"]]
        symbols = tuple((c["symbol"], c["str"], c["value"]) for c in cases)
        return Attr(name, "Enum", record["className"], symbols)
    return Attr(name, ATTRS.get(constraint, record["summary"]))


def _op(records: dict, record: dict) -> Op:
    operands, attrs = [], []
    for arg, name in record["arguments"]["args"]:
        if "TypeConstraint" in records[arg["def"]]["!superclasses"]:
            operands.append(_operand(records, arg["def"], name))
        else:
            attrs.append(_attr(records, arg["def"], name))
    results = [_operand(records, r["def"], n) for r, n in record["results"]["args"]]
    traits = [records[t["def"]] for t in record["traits"]]
    names = {t.get("trait", "").removeprefix("Is") for t in traits}
    op = Op(
        name=record["opName"],
        cls=record["!name"].removeprefix("Portico_").removesuffix("Op"),
        family=Path(record["!locs"][0].rsplit(":", 1)[0]).stem,
        summary=record["summary"],
        description=record["description"],
        operands=tuple(operands),
        attrs=tuple(attrs),
        results=tuple(results),
        traits=tuple(t for t in TRAITS if t in names),
        differentiable=any(
            t.get("cppInterfaceName") == "DifferentiableOpInterface" for t in traits
        ),
        infer=record["infer"],
        numpy=record["numpy"],
        torch=record["torch"],
        saves=tuple(record["saves"]),
        saves_result=bool(record["savesResult"]),
        bilinear=bool(record["bilinear"]),
        constraints=tuple(record["constraints"]),
    )
    _validate(op)
    return op


def _validate(op: Op) -> None:
    """A record that cannot be right stops the build, here and not in a user's program."""
    for name in op.saves:
        if name not in (o.name for o in op.operands):
            raise SystemExit(f"{op.name}: saves names no operand: {name}")
    for i, text in enumerate(op.constraints, 1):
        if not text.startswith(f"{op.name}_c{i}: "):
            raise SystemExit(f"{op.name}: constraint {i} must begin with '{op.name}_c{i}: '")
    if not op.primitive:
        return
    unknown = [a.name for a in op.attrs if a.kind not in {*ATTRS.values(), "Enum"}]
    if unknown:
        raise SystemExit(f"{op.name}: no encoding for attributes {unknown}")
    if sum(o.variadic for o in op.operands) > 1:
        raise SystemExit(f"{op.name}: more than one variadic operand")
