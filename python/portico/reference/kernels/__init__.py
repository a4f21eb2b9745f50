"""What the ODS `numpy` expressions call: `ref_*` functions, one file per op family.

Every function takes NumPy arrays and plain Python attribute values and returns
an array (or a tuple) of the exact result dtype. Half types never arrive where
arithmetic happens: `ops.evaluate_op` widens them to f32 and rounds the result.
"""

from .contraction import (
    ref_convolution,
    ref_convolution_filter_grad,
    ref_convolution_input_grad,
    ref_dot_general,
)
from .elementwise import (
    erf,
    ref_bitcast,
    ref_cast,
    ref_compare,
    ref_div,
    ref_pow,
    ref_rem,
    ref_shl,
    ref_shr,
)
from .indexing import ref_dynamic_slice, ref_dynamic_update_slice, ref_gather, ref_scatter
from .random import ref_iota, ref_random_bits
from .reduction import ref_arg_reduce, ref_reduce, ref_scan, ref_sort
from .shape import ref_broadcast, ref_pad, ref_slices, ref_update_slice
from .window import ref_arg_reduce_window, ref_reduce_window

__all__ = [
    "erf",
    "ref_arg_reduce",
    "ref_arg_reduce_window",
    "ref_bitcast",
    "ref_broadcast",
    "ref_cast",
    "ref_compare",
    "ref_convolution",
    "ref_convolution_filter_grad",
    "ref_convolution_input_grad",
    "ref_div",
    "ref_dot_general",
    "ref_dynamic_slice",
    "ref_dynamic_update_slice",
    "ref_gather",
    "ref_iota",
    "ref_pad",
    "ref_pow",
    "ref_random_bits",
    "ref_reduce",
    "ref_reduce_window",
    "ref_rem",
    "ref_scan",
    "ref_scatter",
    "ref_shl",
    "ref_shr",
    "ref_slices",
    "ref_sort",
    "ref_update_slice",
]
