"""The gradient of every differentiable primitive, by autograd on the device."""

from __future__ import annotations

import numpy as np

import portico as pt
from portico._generated.op_table import OPS
from portico.reference.dtypes import is_float, to_numpy

from . import values
from .cases import ProgramCase, as_list, to_device
from .forward import recorder, variants
from .levels import reaches
from .samples import SAMPLERS, Maker

FLOATS = ("float32", "float64", "float16", "bfloat16")


def differentiable(op):
    return OPS[op].differentiable


def gradient_of(work, floats):
    """The gradients in the operands numbered `floats`, of the sum of results times weights."""

    def run(*tensors):
        leaves = [x.detach().requires_grad_() if k in floats else x for k, x in enumerate(tensors)]
        results = [r for r in as_list(work(*leaves)) if r.is_floating_point()]
        weights = [weight_like(r) for r in results]
        return list(pt.autograd.grad(results, [leaves[k] for k in floats], weights))

    return run


def weight_like(result):
    """Distinct weights, the same for every dtype: multiples of 1/4 from 0.25 to 2. Cast before
    they are on the device, which may lack f64."""
    count = result.numel()
    steps = np.arange(count).reshape(tuple(result.shape)) % 8
    return to_device(((steps + 1) / 4).astype(to_numpy(result.dtype)), result.device)


def operands_of(op, dtype, level):
    record = OPS[op]
    rng = values.generator(f"gradient {op} {dtype}")
    make = Maker(rng, to_numpy(dtype), values.smooth)
    if "Elementwise" not in record.traits:
        for label, operands, attrs in SAMPLERS[op](make):
            yield label, operands, attrs
        return
    attrs = next(iter(variants(op, dtype, record.results[0].dtypes)), {})
    if "dtype" in attrs:
        attrs = {"dtype": dtype}
    kinds = [dtype if dtype in o.dtypes else o.dtypes[0] for o in record.operands]
    for shape in ((), (3, 17)):
        operands = [
            make(*shape) if kind == dtype else values.random(rng, shape, kind) for kind in kinds
        ]
        yield f"{shape}", operands, attrs


def cases(op, dtypes, level):
    wanted = [d for d in FLOATS if d in dtypes]
    if not reaches(level, "standard"):
        wanted = wanted[:1]
    for dtype in wanted:
        for label, operands, attrs in operands_of(op, dtype, level):
            arrays = [np.asarray(x) for x in operands]
            floats = [k for k, x in enumerate(arrays) if is_float(x.dtype)]
            yield ProgramCase(
                name=f"gradient/{op}/{dtype}/{label}",
                inputs=arrays,
                work=gradient_of(recorder(op, attrs), floats),
                dtype=dtype,
            )
