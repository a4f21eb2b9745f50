"""A fold gives the bits of the reference: edge values of every dtype, and chains of moves."""

import random

import ml_dtypes
import numpy as np
import pytest

from portico import mlir
from portico._generated.op_table import ENUMS, OPS
from portico.reference import evaluate_module

NUMPY = {
    "bool": np.bool_, "uint8": np.uint8, "int8": np.int8, "int16": np.int16, "int32": np.int32,
    "int64": np.int64, "float16": np.float16, "bfloat16": ml_dtypes.bfloat16,
    "float32": np.float32, "float64": np.float64,
}  # fmt: skip
MLIR = {
    "bool": "i1", "uint8": "ui8", "int8": "i8", "int16": "i16", "int32": "i32", "int64": "i64",
    "float16": "f16", "bfloat16": "bf16", "float32": "f32", "float64": "f64",
}  # fmt: skip
# Ops whose constants must fold, whatever the values: so that the test cannot pass by folding none.
ALWAYS = {
    "abs", "neg", "sign", "floor", "ceil", "trunc", "round", "not", "add", "sub", "mul", "div",
    "rem", "and", "or", "xor", "shl", "shr", "compare", "select",
}  # fmt: skip


def edge_values(dtype):
    if dtype == "bool":
        return np.array([False, True])
    if dtype.startswith(("int", "uint")):
        info = np.iinfo(NUMPY[dtype])
        values = {info.min, info.min + 1, -7, -1, 0, 1, 2, 3, 7, 8, info.max - 1, info.max}
        return np.array(sorted(v for v in values if v >= info.min), NUMPY[dtype])
    info = ml_dtypes.finfo(NUMPY[dtype])
    positive = [0.0, info.smallest_subnormal, info.tiny, 0.5, 1.0, 1.5, 2.5, 3.0, info.max, np.inf]
    values = np.array([*positive, np.nan], np.float64)
    with np.errstate(all="ignore"):
        return np.concatenate([values, -values]).astype(NUMPY[dtype])


def dense(array, dtype):
    if dtype == "bool":
        body = "[" + ", ".join(str(bool(v)).lower() for v in array) + "]"
    else:
        body = f'"0x{array.tobytes().hex().upper()}"'
    return f"portico.constant dense<{body}> : tensor<{len(array)}x{MLIR[dtype]}>"


def assert_same_bits(before, after):
    assert before.dtype == after.dtype and before.shape == after.shape
    if before.dtype.kind in "biu":
        np.testing.assert_array_equal(before, after)
        return
    nan = np.isnan(before.astype(np.float64))  # the payload of a nan is nobody's promise
    np.testing.assert_array_equal(nan, np.isnan(after.astype(np.float64)))
    bits = f"u{before.dtype.itemsize}"
    np.testing.assert_array_equal(
        np.where(nan, 0, before.view(bits)), np.where(nan, 0, after.view(bits))
    )


def check(text, inputs=(), folds=False):
    before = evaluate_module(text, inputs)
    module = mlir.run_pipeline(mlir.parse(text), "canonicalize")
    if folds:
        names = {op.name for op in module.operations[0].regions[0].blocks[0].operations}
        assert names == {"portico.constant", "func.return"}
    for b, a in zip(before, evaluate_module(module, inputs), strict=True):
        assert_same_bits(b, a)


def elementwise_cases():
    for op in OPS.values():
        if "Elementwise" not in op.traits or op.name in ("cast", "bitcast"):
            continue
        dtypes = op.operands[-1].dtypes
        cases = ENUMS[op.attrs[0].enum] if op.attrs else [""]
        for dtype in dtypes:
            for case in cases:
                yield pytest.param(op, dtype, case, id=f"{op.name}{case and '-' + case}-{dtype}")


@pytest.mark.parametrize(("op", "dtype", "case"), list(elementwise_cases()))
def test_elementwise(op, dtype, case):
    # Every pair of edge values; operands with one dtype of their own (a predicate) alternate.
    values = edge_values(dtype)
    left, right = (v.ravel() for v in np.meshgrid(values, values))
    if op.name in ("div", "rem") and dtype.startswith(("int", "uint")):
        # An error of the run, which must not fold: elementwise-fold.mlir.
        left, right = left[right != 0], right[right != 0]
    lines, operands, types = [], [], []
    for i, operand in enumerate(op.operands):
        own = operand.dtypes[0] if len(operand.dtypes) == 1 else dtype
        array = (left, right)[i % 2]
        if own != dtype:
            array = np.arange(len(left)) % 3 == 0
        lines.append(f"  %{operand.name} = {dense(array, own)}")
        operands.append(f"%{operand.name}")
        types.append(f"tensor<{len(array)}x{MLIR[own]}>")
    result = f"tensor<{len(left)}x{'i1' if op.name == 'compare' else MLIR[dtype]}>"
    lines.append(
        f"  %r = portico.{op.name} {case and case + ' '}{', '.join(operands)} : "
        f"({', '.join(types)}) -> {result}"
    )
    body = "\n".join(lines)
    text = f"func.func @main() -> {result} {{\n{body}\n  return %r : {result}\n}}"
    check(text, folds=op.name in ALWAYS)


@pytest.mark.parametrize("to", MLIR)
@pytest.mark.parametrize("dtype", MLIR)
def test_cast(dtype, to):
    for value in edge_values(dtype):
        array = np.array([value], NUMPY[dtype])
        result = f"tensor<1x{MLIR[to]}>"
        check(f"""func.func @main() -> {result} {{
            %x = {dense(array, dtype)}
            %r = portico.cast %x {{dtype = {MLIR[to]}}} : (tensor<1x{MLIR[dtype]}>) -> {result}
            return %r : {result} }}""")


@pytest.mark.parametrize("to", MLIR)
@pytest.mark.parametrize("through", MLIR)
@pytest.mark.parametrize("dtype", MLIR)
def test_cast_of_cast(dtype, through, to):
    # A float that its integer does not hold converts as the target likes: not compared.
    values = edge_values(dtype)
    with np.errstate(all="ignore"):
        middle = values.astype(NUMPY[through]).astype(np.float64)
    is_float = [t.startswith(("float", "bfloat")) for t in (dtype, through, to)]
    if is_float[0] or is_float[1]:
        low = 0 if "uint8" in (through, to) else -100
        values = values[(middle >= low) & (middle <= 100) & (values.astype(np.float64) >= low)]
    a, b, c = (f"tensor<{len(values)}x{MLIR[t]}>" for t in (dtype, through, to))
    text = f"""func.func @main(%x: {a}) -> {c} {{
        %y = portico.cast %x {{dtype = {MLIR[through]}}} : ({a}) -> {b}
        %r = portico.cast %y {{dtype = {MLIR[to]}}} : ({b}) -> {c}
        return %r : {c} }}"""
    check(text, [values])


def random_move(rng, shape):
    """One movement op on a tensor of this shape: its text and the new shape."""

    def array(values):
        return f"array<i64{': ' if values else ''}{', '.join(map(str, values))}>"

    rank = len(shape)
    kind = rng.choice(["reshape", "permute", "slice", "reverse", "broadcast", "unsqueeze"])
    if kind == "reshape":
        count = int(np.prod(shape))
        factor = rng.choice([d for d in range(1, count + 1) if count % d == 0] or [0])
        new = [factor, count // factor] if factor else [0, 3]
        return f"reshape %x {{shape = {array(new)}}}", new
    if kind == "permute":
        order = rng.sample(range(rank), rank)
        return f"permute %x {{permutation = {array(order)}}}", [shape[d] for d in order]
    if kind == "slice":
        starts = [rng.randint(0, d) for d in shape]
        limits = [rng.randint(s, d) for s, d in zip(starts, shape, strict=True)]
        strides = [rng.randint(1, 3) for _ in shape]
        new = [len(range(*s)) for s in zip(starts, limits, strides, strict=True)]
        attrs = f"starts = {array(starts)}, limits = {array(limits)}, strides = {array(strides)}"
        return f"slice %x {{{attrs}}}", new
    if kind == "reverse":
        axes = rng.sample(range(rank), rng.randint(0, rank))
        return f"reverse %x {{axes = {array(axes)}}}", shape
    if kind == "unsqueeze":
        at = rng.randint(0, rank)
        new = [*shape[:at], 1, *shape[at:]]
        return f"reshape %x {{shape = {array(new)}}}", new
    new, dims = [], []
    for d in shape:
        if rng.random() < 0.3:
            new.append(rng.randint(1, 3))
        dims.append(len(new))
        new.append(rng.randint(0, 3) if d == 1 else d)
    return f"broadcast %x {{shape = {array(new)}, dims = {array(dims)}}}", new


@pytest.mark.parametrize("constant", [False, True])
@pytest.mark.parametrize("seed", range(150))
def test_chains_of_moves(seed, constant):
    rng = random.Random(seed)
    shape = [rng.choice([1, 1, 2, 3, 4]) for _ in range(rng.randint(0, 3))]
    x = np.arange(int(np.prod(shape)), dtype=np.int32).reshape(shape)

    def tensor(dims):
        return f"tensor<{''.join(f'{d}x' for d in dims)}i32>"

    lines = []
    if constant:
        lines.append(f"%v0 = portico.constant dense<{x.tolist()}> : {tensor(shape)}")
    argument = "" if constant else f"%v0: {tensor(shape)}"
    for i in range(rng.randint(1, 5)):
        move, new = random_move(rng, shape)
        if int(np.prod(new)) > 500:
            break
        move = move.replace("%x", f"%v{i}")
        lines.append(f"%v{i + 1} = portico.{move} : ({tensor(shape)}) -> {tensor(new)}")
        shape = new
    last = len(lines) - (1 if constant else 0)
    body = "\n  ".join([*lines, f"return %v{last} : {tensor(shape)}"])
    check(
        f"func.func @main({argument}) -> {tensor(shape)} {{\n  {body}\n}}", [] if constant else [x]
    )


def test_large_constants_stay():
    x = np.arange(1025, dtype=np.int32)
    text = f"""func.func @main() -> tensor<1025xi32> {{
        %x = {dense(x, "int32")}
        %r = portico.neg %x : (tensor<1025xi32>) -> tensor<1025xi32>
        return %r : tensor<1025xi32> }}"""
    module = mlir.run_pipeline(mlir.parse(text), "canonicalize")
    assert "portico.neg" in str(module)
