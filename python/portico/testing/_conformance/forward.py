"""Every primitive, forward: by dtype, shape class, layout and special values."""

from __future__ import annotations

from itertools import product

import numpy as np

import portico as pt
from portico import _core
from portico._generated.op_table import ENUMS, OPS
from portico.reference import evaluate_op
from portico.reference.dtypes import is_float, to_numpy

from . import values
from .cases import OpCase
from .layouts import SHAPES, plain
from .levels import reaches
from .samples import SAMPLERS, Maker
from .tolerances import tolerance_of


def dtypes_of(record):
    """The dtypes that an op comes in: those of its first operand that has a choice, or of its
    results where it has no operands."""
    for operand in (*record.operands, *record.results):
        if len(operand.dtypes) > 1 and operand.name not in ("indices", "starts"):
            return operand.dtypes
    return record.results[0].dtypes


def variants(op, dtype, dtypes):
    """The attributes that an elementwise op is tried with: every case of an enum, every dtype that
    is tried at all."""
    choices = []
    for attr in OPS[op].attrs:
        if attr.kind == "Enum":
            choices.append([(attr.name, case) for case in ENUMS[attr.enum]])
        elif attr.kind == "DType":
            offered = [d for d in OPS[op].results[0].dtypes if d in dtypes]
            choices.append([(attr.name, d) for d in offered if fits(op, dtype, d)])
    return [dict(choice) for choice in product(*choices)]


def fits(op, source, target):
    """bitcast keeps the width, and booleans to themselves."""
    if op != "bitcast":
        return True
    if "bool" in (source, target):
        return source == target
    return to_numpy(source).itemsize == to_numpy(target).itemsize


def recorder(op, attrs):
    """The call that records the op, from its table entry."""
    record = OPS[op]
    values = []
    for attr in record.attrs:
        value = attrs.get(attr.name, False) if attr.kind == "Unit" else attrs[attr.name]
        if attr.kind == "Enum":
            value = ENUMS[attr.enum][value]
        values.append(getattr(pt, value) if attr.kind == "DType" else value)
    if record.operands:
        return lambda *operands: _core.record(record.kind, operands, tuple(values))
    # What is made of nothing is at home on the device that is the default at that moment.
    return lambda: _core.settle(_core.record(record.kind, (), tuple(values)))


def interpreter(op, attrs, wide):
    """The reference; with `wide`, of floats in f64 and not rounded."""

    def run(operands):
        if wide:
            operands = [x.astype(np.float64) if is_float(x.dtype) else x for x in operands]
        return evaluate_op(op, operands, attrs)

    return run


def magnitudes(op, attrs):
    """The sum of the magnitudes of the terms: the op itself, of magnitudes."""

    def run(operands):
        sizes = [np.abs(x.astype(np.float64)) if is_float(x.dtype) else x for x in operands]
        return evaluate_op(op, sizes, attrs)[0]

    return run


def where_defined(op, operands):
    """An integer divided by 0 is an error and no value: 3 takes the place of the zeros."""
    operands = [np.asarray(x) for x in operands]
    if op in ("div", "rem") and not is_float(operands[1].dtype):
        operands[1] = np.where(operands[1] == 0, operands[1].dtype.type(3), operands[1])
    return operands


def op_case(op, dtype, label, operands, attrs, **options):
    tolerance = tolerance_of(op, attrs)
    wide = bool(tolerance.ulp or tolerance.terms)
    return OpCase(
        name=f"forward/{op}/{dtype}/{label}",
        inputs=where_defined(op, operands),
        work=recorder(op, attrs),
        op=op,
        attrs=attrs,
        tolerance=tolerance,
        reference=interpreter(op, attrs, wide),
        magnitude=magnitudes(op, attrs),
        **options,
    )


def elementwise(op, dtype, dtypes, level, full_shapes):
    record = OPS[op]
    # A predicate stays one; the others share the dtype.
    kinds = [dtype if dtype in o.dtypes else o.dtypes[0] for o in record.operands]
    for attrs in variants(op, dtype, dtypes):
        suffix = "".join(f"-{v}" for v in attrs.values())
        vectors = values.combinations(dtype, len(kinds))
        operands = [
            x if kind == dtype else np.arange(x.size) % 2 == 0
            for kind, x in zip(kinds, vectors, strict=True)
        ]
        yield op_case(op, dtype, "special" + suffix, operands, attrs, elementwise=True)
    # What the attributes mean is settled; the shapes are tried with one of them.
    for shape in SHAPES:
        if not reaches(level, shape.level) or not full_shapes:
            continue
        label = shape.name + suffix
        rng = values.generator(f"{op} {dtype} {label}")
        operands = [values.random(rng, shape.shape, kind) for kind in kinds]
        layouts = shape.layouts if len(shape.shape) > 1 else (plain,)
        yield op_case(op, dtype, label, operands, attrs, elementwise=True, layouts=layouts)


def sampled(op, dtype, level, all_samples):
    rng = values.generator(f"{op} {dtype}")
    rounds = dtype == "float32"
    make = Maker(rng, to_numpy(dtype), values.random, reaches(level, "full"), rounds)
    for label, operands, attrs in SAMPLERS[op](make):
        if any(a.kind == "DType" for a in OPS[op].attrs):
            attrs = attrs | {"dtype": dtype}
        yield op_case(op, dtype, label, operands, attrs)
        if not all_samples:
            return


def special_samples(op, dtype):
    """Data movement, order and selection keep what they are given, nan and -0 included."""
    if tolerance_of(op, {}).terms or op not in SAMPLERS:
        return
    rng = values.generator(f"{op} {dtype} special")

    def pick(rng, shape, dtype):
        return rng.choice(values.specials(dtype), shape)

    for label, operands, attrs in SAMPLERS[op](Maker(rng, to_numpy(dtype), pick)):
        if attrs.get("kind") in ("sum", "prod") or attrs.get("combiner") in ("add", "mul"):
            continue
        if any(a.kind == "DType" for a in OPS[op].attrs):
            continue
        yield op_case(op, dtype, f"special {label}", operands, attrs)
        return


def cases(op, dtypes, level):
    """The cases of one op. At level smoke, one dtype has every shape, the others special values."""
    record = OPS[op]
    offered = [d for d in dtypes if d in dtypes_of(record)]
    if op not in SAMPLERS and "Elementwise" not in record.traits:
        raise AssertionError(f"the kit has no samples of {op}: add some to samples.py")
    everywhere = reaches(level, "standard")
    first = "float32" if "float32" in offered else (offered or [None])[0]
    for dtype in offered:
        if "Elementwise" in record.traits:
            yield from elementwise(op, dtype, dtypes, level, everywhere or dtype == first)
        else:
            yield from sampled(op, dtype, level, everywhere or dtype == first)
            yield from special_samples(op, dtype)
