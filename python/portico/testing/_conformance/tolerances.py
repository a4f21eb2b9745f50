"""How far a result may be from the reference: the one table, by op.

What is not in the table is exact: the same bits as the reference, for every dtype. Integers and
booleans are exact whatever the table says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Tolerance:
    """The error may be the sum of three parts."""

    #: Units in the last place of the result. For f16 and bf16, which are computed in f32 and
    #: rounded, it is 1 whatever this says, unless it is 0.
    ulp: float = 0
    #: For sums: times the epsilon of the accumulator (f32 for f16 and bf16), times the sum of the
    #: magnitudes of the terms. Any order of summation is within 8 of these for some 2000 terms.
    terms: float = 0
    #: For sums of products whose factors may be rounded: times the sum of the magnitudes.
    factors: float = 0
    #: A number below the smallest normal one may be taken for 0, in operands and results.
    flush: bool = False
    #: Whether a zero must have the sign of the reference's.
    signed_zero: bool = True


EXACT = Tolerance()
#: A sum of terms in any order.
SUM = Tolerance(ulp=1, terms=8, flush=True, signed_zero=False)
#: The same of factors in TF32. Each is off by at most half of the last of its 10 bits behind the
#: point, so u = 2**-11 of itself, and their product by (1 + u)**2 - 1.
TF32_SUM = replace(SUM, factors=2**-10 + 2**-22)
#: A product of some hundred factors in any order.
PRODUCT = Tolerance(ulp=64, flush=True)
#: Either zero is the larger one.
ORDER = Tolerance(signed_zero=False)

TOLERANCES = {
    # What OpenCL allows a device without an exact divider (f64 is exact everywhere).
    "div": Tolerance(ulp=2.5, flush=True),
    "sqrt": Tolerance(ulp=3, flush=True),
    # The polynomials of lowering/Math, which every target shares.
    "exp": Tolerance(ulp=2, flush=True),
    "log": Tolerance(ulp=2, flush=True),
    "sin": Tolerance(ulp=2, flush=True),
    "cos": Tolerance(ulp=2, flush=True),
    "expm1": Tolerance(ulp=4, flush=True),
    "log1p": Tolerance(ulp=4, flush=True),
    "log2": Tolerance(ulp=4, flush=True),
    "rsqrt": Tolerance(ulp=4, flush=True),
    "tanh": Tolerance(ulp=4, flush=True),
    "erf": Tolerance(ulp=4, flush=True),
    "pow": Tolerance(ulp=4, flush=True),
    "atan2": Tolerance(ulp=4, flush=True),
    "max": ORDER,
    "min": ORDER,
    # By the kind of combination, after a dot.
    "reduce.sum": SUM,
    "reduce.prod": PRODUCT,
    "reduce.max": ORDER,
    "reduce.min": ORDER,
    "scan.sum": SUM,
    "scan.prod": PRODUCT,
    "scan.max": ORDER,
    "scan.min": ORDER,
    "reduce_window.sum": SUM,
    "reduce_window.prod": PRODUCT,
    "reduce_window.max": ORDER,
    "reduce_window.min": ORDER,
    "scatter.add": SUM,
    "scatter.mul": PRODUCT,
    "scatter.max": ORDER,
    "scatter.min": ORDER,
    "dot_general": SUM,
    "convolution": SUM,
    "convolution_input_grad": SUM,
    "convolution_filter_grad": SUM,
    "dot_general.tf32": TF32_SUM,
    "convolution.tf32": TF32_SUM,
    "convolution_input_grad.tf32": TF32_SUM,
    "convolution_filter_grad.tf32": TF32_SUM,
}

#: Programs and gradients: of the largest magnitude in the result, by dtype. Their reference is
#: the same program in f64 from the same inputs. Half types keep 11 and 8 bits in what is stored
#: between kernels, so a program of several may lose a few of them.
PROGRAMS = {"float64": 1e-12, "float32": 2e-5, "float16": 1e-2, "bfloat16": 8e-2}


def tolerance_of(op: str, attrs: dict) -> Tolerance:
    kind = "tf32" if attrs.get("allow_tf32") else attrs.get("kind", attrs.get("combiner"))
    return TOLERANCES.get(op if kind is None else f"{op}.{kind}", EXACT)
