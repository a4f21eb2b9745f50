"""Joins tensors and rearranges elements into new tensors."""

from __future__ import annotations

import builtins
import math

import numpy as np

from . import _core, _notes
from ._broadcast import cast, constant, require_tensor, sizes_of, wrap_dim, wrap_dims
from ._dtypes import bool_, int64, promote_types
from ._fail import fail_index, fail_runtime, fail_type, fail_value
from ._generated import ops
from ._registry import op
from .unary import EQ, GE, LE, clone
from .views import broadcast_tensors, diagonal_geometry, flatten, reshape_to, unsqueeze

Tensor = _core.Tensor


def _tensors(name, tensors):
    tensors = list(tensors)
    if not tensors:
        fail_runtime(name, f"expected a non-empty list of Tensors")  # noqa: F541
    for i, x in enumerate(tensors):
        if not isinstance(x, Tensor):
            fail_type(
                name, f"expected Tensor as element {i} in argument 0, but got {type(x).__name__}"
            )
    return tensors


@op(method=False, out=True, aliases=("concat", "concatenate"))
def cat(tensors, dim=0):
    """Tensors one after another along dim; dtypes promote.

    Raises:
        RuntimeError: no tensors, or shapes that differ elsewhere.
        IndexError: a dimension out of range.

    >>> pt.cat([pt.tensor([1]), pt.tensor([2, 3])])
    tensor([1, 2, 3])
    """
    tensors = _tensors("cat", tensors)
    dtype = tensors[0].dtype
    for x in tensors[1:]:
        if x.dtype is not dtype:
            dtype = promote_types(dtype, x.dtype)
    for i, x in enumerate(tensors):
        if not x.ndim:
            fail_runtime(
                "cat",
                f"zero-dimensional tensor (at position {i}) cannot be concatenated",
                None,
                None,
                "stack",
            )
    # PyTorch still skips empty 1-d tensors of any place.
    parts = [x for x in tensors if x.ndim != 1 or x.shape[0]]
    if not parts:
        return cast(clone(tensors[0]), dtype)
    first = parts[0].shape
    axis = wrap_dim("cat", dim, len(first))
    for i, x in enumerate(parts):
        if x.ndim != len(first):
            fail_runtime(
                "cat", f"Tensors must have same number of dimensions: got {len(first)} and {x.ndim}"
            )
        for d, (p, q) in enumerate(zip(first, x.shape, strict=True)):
            if d != axis and p != q:
                fail_runtime(
                    "cat",
                    f"Sizes of tensors must match except in dimension {axis}. Expected size {p} "
                    f"but got size {q} "
                    f"for tensor number {i} in the list.",
                )
    parts = [cast(x, dtype) for x in parts]
    return ops.concat(tuple(parts), axis) if len(parts) > 1 else clone(parts[0])


@op(method=False, out=True)
def stack(tensors, dim=0):
    """Tensors of one shape along a new dimension.

    Raises:
        RuntimeError: no tensors, or shapes that differ.
        IndexError: a dimension out of range.

    >>> pt.stack([pt.tensor([1, 2]), pt.tensor([3, 4])])
    tensor([[1, 2],
            [3, 4]])
    """
    tensors = _tensors("stack", tensors)
    shape = tensors[0].shape
    for i, x in enumerate(tensors):
        if x.shape != shape:
            fail_runtime(
                "stack",
                f"stack expects each tensor to be equal size, but got {list(shape)} at entry 0 "
                f"and {list(x.shape)} at entry {i}",
            )
    axis = wrap_dim("stack", dim, len(shape) + 1)
    new = tuple(shape[:axis]) + (1,) + tuple(shape[axis:])
    return cat([ops.reshape(x, new) for x in tensors], axis)


def _at_least(name, n, place):
    def one(x):
        require_tensor(name, x)
        return place(x) if x.ndim < n else x

    def f(*tensors):
        if len(tensors) == 1 and isinstance(tensors[0], list | tuple):
            tensors = tensors[0]
            return tuple(one(x) for x in tensors)
        r = tuple(one(x) for x in tensors)
        return r[0] if len(r) == 1 else r

    f.__name__ = name
    f.__doc__ = f"""Views with at least {n} dimension(s).

    >>> pt.{name}(pt.tensor(1.0)).ndim
    {n}
    """
    return op(method=False)(f)


def _to_3d(x):
    return (
        reshape_to(x, (1, 1, 1))
        if x.ndim == 0
        else reshape_to(x, (1, x.shape[0], 1))
        if x.ndim == 1
        else unsqueeze(x, 2)
    )


atleast_1d = _at_least("atleast_1d", 1, lambda x: reshape_to(x, (1,)))
atleast_2d = _at_least("atleast_2d", 2, lambda x: reshape_to(x, (1, x.numel())))
atleast_3d = _at_least("atleast_3d", 3, _to_3d)


@op(method=False, out=True, notes=_notes.JOIN)
def hstack(tensors):
    """Tensors side by side: along dimension 1, or 0 for vectors.

    >>> pt.hstack([pt.tensor([1]), pt.tensor([2])])
    tensor([1, 2])
    """
    tensors = [atleast_1d(x) for x in _tensors("hstack", tensors)]
    return cat(tensors, 0 if tensors[0].ndim == 1 else 1)


@op(method=False, out=True, aliases=("row_stack",), notes=_notes.JOIN)
def vstack(tensors):
    """Tensors on top of each other: along dimension 0, vectors as rows.

    >>> pt.vstack([pt.tensor([1]), pt.tensor([2])])
    tensor([[1],
            [2]])
    """
    return cat([atleast_2d(x) for x in _tensors("vstack", tensors)], 0)


@op(method=False, out=True, notes=_notes.JOIN)
def dstack(tensors):
    """Tensors along dimension 2.

    >>> pt.dstack([pt.tensor([1]), pt.tensor([2])])
    tensor([[[1, 2]]])
    """
    return cat([atleast_3d(x) for x in _tensors("dstack", tensors)], 2)


@op(method=False, out=True, notes=_notes.JOIN)
def column_stack(tensors):
    """Vectors as columns, and matrices, side by side.

    >>> pt.column_stack([pt.tensor([1, 2]), pt.tensor([3, 4])])
    tensor([[1, 3],
            [2, 4]])
    """
    tensors = _tensors("column_stack", tensors)
    return cat([reshape_to(x, (x.numel(), 1)) if x.ndim < 2 else x for x in tensors], 1)


@op(method=False)
def block_diag(*tensors):
    """Matrices on the diagonal of a larger one.

    Vectors count as rows and numbers as 1 x 1; dtypes promote.

    Raises:
        RuntimeError: more than 2 dimensions.

    >>> pt.block_diag(pt.tensor([1]), pt.tensor([[2, 3]]))
    tensor([[1, 0, 0],
            [0, 2, 3]])
    """
    blocks = [atleast_2d(x) for x in tensors]
    width, left, rows = sum(b.shape[1] for b in blocks), 0, []
    dtype = blocks[0].dtype
    for b in blocks:
        dtype = promote_types(dtype, b.dtype)
    zero = _core.full((), 0, dtype, blocks[0].device)
    for b in blocks:
        b = cast(b, dtype)
        rows.append(ops.pad(b, zero, (0, left), (0, width - left - b.shape[1])))
        left += b.shape[1]
    return cat(rows, 0)


@op(method=False)
def meshgrid(*tensors, indexing=None):
    """Grids of coordinates; indexing "xy" exchanges the first two dimensions.

    Raises:
        RuntimeError: tensors that are no vectors or differ in dtype, an unknown `indexing`.

    >>> pt.meshgrid(pt.tensor([1, 2]), pt.tensor([3, 4]), indexing="ij")[0]
    tensor([[1, 1],
            [2, 2]])
    """
    if len(tensors) == 1 and isinstance(tensors[0], list | tuple):
        tensors = tuple(tensors[0])
    tensors = _tensors("meshgrid", tensors)
    if indexing not in (None, "ij", "xy"):
        fail_runtime(
            "meshgrid", f'meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}'
        )
    if len({x.dtype for x in tensors}) > 1:
        fail_runtime(
            "meshgrid", "meshgrid expects all tensors to have the same dtype",
            ", ".join(str(x.dtype) for x in tensors),
        )  # fmt: skip
    swap = indexing == "xy" and len(tensors) >= 2
    if swap:
        tensors[0], tensors[1] = tensors[1], tensors[0]
    n = len(tensors)
    views = []
    for i, x in enumerate(tensors):
        if x.ndim > 1:
            fail_runtime(
                "meshgrid", f"meshgrid: Expected 0D or 1D tensor in the tensor list but got: {x}"
            )
        views.append(reshape_to(x, (1,) * i + (x.numel(),) + (1,) * (n - 1 - i)))
    grids = list(broadcast_tensors(*views))
    if swap:
        grids[0], grids[1] = grids[1], grids[0]
    return tuple(grids)


@op(method=False)
def cartesian_prod(*tensors):
    """All combinations of elements of vectors, one a row.

    Raises:
        RuntimeError: tensors that are no vectors.

    >>> pt.cartesian_prod(pt.tensor([1, 2]), pt.tensor([3]))
    tensor([[1, 3],
            [2, 3]])
    """
    for t in tensors:
        if t.ndim != 1:
            fail_runtime("cartesian_prod", f"Expect a 1D vector, but got shape {list(t.shape)}")
    if len(tensors) == 1:
        return tensors[0]
    return stack([flatten(g) for g in meshgrid(*tensors, indexing="ij")], 1)


# Repetition ------------------------------------------------------------------------------------


@op("repeat", function=False)
def repeat(self, *repeats, **named):
    """self repeated along each dimension, as a copy; more counts than dimensions add some in front.

    Raises:
        RuntimeError: too few or negative counts.

    >>> pt.tensor([1, 2]).repeat(2, 2)
    tensor([[1, 2, 1, 2],
            [1, 2, 1, 2]])
    """
    counts = sizes_of(repeats, named, "repeats")
    if len(counts) < self.ndim:
        fail_runtime(
            "repeat",
            "Number of dimensions of repeat dims can not be smaller than number of dimensions of "
            "tensor",
        )
    if any(c < 0 for c in counts):
        fail_runtime("repeat", "Trying to create tensor with negative dimension", list(counts))
    shape = (1,) * (len(counts) - self.ndim) + tuple(self.shape)
    # Each dimension n becomes (count, n), of which the first is a broadcast.
    wide = tuple(v for c, n in zip(counts, shape, strict=True) for v in (c, n))
    split = ops.reshape(self, shape)
    r = ops.broadcast(split, wide, tuple(range(1, len(wide), 2)))
    return ops.reshape(r, tuple(c * n for c, n in zip(counts, shape, strict=True)))


@op("tile", method=False)
def tile(input, dims):
    """input repeated; missing counts are 1.

    Raises:
        RuntimeError: a negative number.

    >>> pt.tile(pt.tensor([1, 2]), (2,))
    tensor([1, 2, 1, 2])
    """
    dims = sizes_of((dims,))
    return repeat(input, (1,) * (input.ndim - len(dims)) + dims)


@op("tile", function=False)
def tile_method(self, *dims, **named):
    """self repeated along each dimension, as a copy; missing counts are 1.

    >>> pt.tensor([1, 2]).tile(2)
    tensor([1, 2, 1, 2])
    """
    return tile(self, sizes_of(dims, named, "dims"))


@op()
def repeat_interleave(input, repeats=None, dim=None, *, output_size=None):
    """Each element repeated, along dim or of the flattened tensor.

    `repeats` is a number or one count per slice.

    Raises:
        RuntimeError: negative counts, or another number of them.

    >>> pt.repeat_interleave(pt.tensor([1, 2]), 2)
    tensor([1, 1, 2, 2])
    """
    if repeats is None:
        repeats = input
        counts = repeats
        ends = ops.scan(cast(counts, int64), 0, 0, False)
        total = builtins.int(ends[-1].item()) if ends.numel() else 0
        return _owners(ends, total)
    x = input if dim is not None else flatten(input)
    axis = wrap_dim("repeat_interleave", 0 if dim is None else dim, x.ndim)
    if not x.ndim:
        x = reshape_to(x, (1,))
    if isinstance(repeats, Tensor) and repeats.numel() == 1:
        repeats = builtins.int(repeats.item())
    if isinstance(repeats, builtins.int):
        if repeats < 0:
            fail_runtime("repeat_interleave", "repeats can not be negative", repeats)
        s = tuple(x.shape)
        wide = s[: axis + 1] + (repeats,) + s[axis + 1 :]
        r = ops.broadcast(x, wide, tuple(i for i in range(len(wide)) if i != axis + 1))
        return ops.reshape(r, s[:axis] + (s[axis] * repeats,) + s[axis + 1 :])
    if repeats.ndim > 1 or repeats.shape[0] != x.shape[axis]:
        fail_runtime(
            "repeat_interleave",
            "repeats must have the same size as input along dim",
            list(repeats.shape),
        )
    ends = ops.scan(cast(repeats, int64), 0, 0, False)
    total = (
        output_size
        if output_size is not None
        else builtins.int(ends[-1].item())
        if ends.numel()
        else 0
    )
    return ops.gather(x, _owners(ends, total), axis, 0)


def _owners(ends, total):
    """For each output position, the number of runs that end at or before it."""
    n = ends.shape[0]
    position = ops.iota((total, n), 0, int64)
    past = ops.compare(ops.broadcast(ends, (total, n), (1,)), position, LE)
    return ops.reduce(cast(past, int64), 0, (1,))


# Reversal and rotation -------------------------------------------------------------------------


@op("flip", method=False)
def flip(input, dims):
    """Elements in reverse order along dims.

    Keeps the shape; a copy.

    Raises:
        IndexError: a dimension out of range.

    >>> pt.flip(pt.tensor([1, 2, 3]), (0,))
    tensor([3, 2, 1])
    """
    axes = wrap_dims("flip", (dims,) if isinstance(dims, builtins.int) else dims, input.ndim)
    return ops.reverse(input, axes) if axes else clone(input)


@op("flip", function=False)
def flip_method(self, *dims, **named):
    """Elements in reverse order along dims, as a copy.

    Raises:
        IndexError: a dimension out of range; RuntimeError: one twice.

    >>> pt.tensor([1, 2, 3]).flip(0)
    tensor([3, 2, 1])
    """
    return flip(self, sizes_of(dims, named, "dims"))


@op()
def fliplr(input):
    """Columns in reverse order.

    Keeps the shape; a copy.

    Raises:
        RuntimeError: fewer than 2 dimensions.

    >>> pt.fliplr(pt.tensor([[1, 2]]))
    tensor([[2, 1]])
    """
    if input.ndim < 2:
        fail_runtime("fliplr", "Input must be >= 2-d.")
    return flip(input, (1,))


@op()
def flipud(input):
    """Rows in reverse order.

    Keeps the shape; a copy.

    Raises:
        RuntimeError: no dimensions.

    >>> pt.flipud(pt.tensor([1, 2]))
    tensor([2, 1])
    """
    if input.ndim < 1:
        fail_runtime("flipud", "Input must be >= 1-d.")
    return flip(input, (0,))


@op()
def roll(input, shifts, dims=None):
    """Elements shifted along dims; what falls out comes in at the other end.

    Keeps the shape; a copy.

    Raises:
        IndexError: a dimension out of range.
        RuntimeError: shifts without as many dims.

    >>> pt.roll(pt.tensor([1, 2, 3]), 1)
    tensor([3, 1, 2])
    """
    x = require_tensor("roll", input)
    shifts = (shifts,) if isinstance(shifts, builtins.int) else tuple(shifts)
    if dims is None or dims == ():
        if len(shifts) != 1:
            fail_runtime("roll", f"shifts and dimensions must align. shifts: {len(shifts)}, dims:0")
        return ops.reshape(roll(flatten(x), shifts, 0), tuple(x.shape))
    dims = (dims,) if isinstance(dims, builtins.int) else tuple(dims)
    if len(shifts) != len(dims):
        fail_runtime(
            "roll", f"shifts and dimensions must align. shifts: {len(shifts)}, dims:{len(dims)}"
        )
    r = x
    for s, d in zip(shifts, dims, strict=True):
        axis = wrap_dim("roll", d, x.ndim)
        n = x.shape[axis] if x.ndim else 0
        if n and s % n:
            cut = n - s % n
            r = cat([r.narrow(axis, cut, n - cut), r.narrow(axis, 0, cut)], axis)
    return clone(r) if r is x else r


@op()
def rot90(input, k=1, dims=(0, 1)):
    """Rotated k times by 90 degrees in the plane of two dimensions.

    Raises:
        RuntimeError: other than two different dimensions.

    >>> pt.rot90(pt.tensor([[1, 2], [3, 4]]))
    tensor([[2, 4],
            [1, 3]])
    """
    if len(dims) != 2:
        fail_runtime("rot90", f"expected total rotation dims == 2, but got dims = {len(dims)}")
    a, b = (wrap_dim("rot90", d, input.ndim) for d in dims)
    if a == b:
        fail_runtime(
            "rot90", f"expected rotation dims to be different, but got dim0 = {a} and dim1 = {b}"
        )
    k %= 4
    if k == 0:
        return clone(input)
    if k == 2:
        return flip(input, (a, b))
    return flip(input, (b,)).transpose(a, b) if k == 1 else flip(input.transpose(a, b), (b,))


# Triangles and diagonals -----------------------------------------------------------------------


def _triangle(name, input, diagonal, direction):
    x = require_tensor(name, input)
    if x.ndim < 2:
        fail_runtime(name, f"{name}: input tensor must have at least 2 dimensions")
    shape, n = tuple(x.shape), x.ndim
    d = ops.sub(ops.iota(shape[-2:], 1, int64), ops.iota(shape[-2:], 0, int64))
    keep = ops.compare(d, constant(diagonal, d), direction)
    keep = ops.broadcast(keep, shape, (n - 2, n - 1))
    zero = constant(0, x) if x.dtype is not bool_ else _core.full(shape, False, bool_, x.device)
    return ops.select(keep, x, zero)


@op(inplace=True, out=True)
def tril(input, diagonal=0):
    """The lower triangle, 0 above the given diagonal.

    Of matrices [.., n, m]; keeps the shape.

    Raises:
        RuntimeError: fewer than 2 dimensions.

    >>> pt.tril(pt.tensor([[1, 2], [3, 4]]))
    tensor([[1, 0],
            [3, 4]])
    """
    return _triangle("tril", input, diagonal, LE)


@op(inplace=True, out=True)
def triu(input, diagonal=0):
    """The upper triangle, 0 below the given diagonal.

    Of matrices [.., n, m]; keeps the shape.

    Raises:
        RuntimeError: fewer than 2 dimensions.

    >>> pt.triu(pt.tensor([[1, 2], [3, 4]]))
    tensor([[1, 2],
            [0, 4]])
    """
    return _triangle("triu", input, diagonal, GE)


@op()
def diag_embed(input, offset=0, dim1=-2, dim2=-1):
    """Vectors along the last dimension as diagonals of matrices in dim1 and dim2.

    Raises:
        IndexError, RuntimeError: dimensions out of range, or the same twice.

    >>> pt.diag_embed(pt.tensor([1, 2]))
    tensor([[1, 0],
            [0, 2]])
    """
    x = require_tensor("diag_embed", input)
    n = x.ndim + 1
    a, b = wrap_dim("diag_embed", dim1, n), wrap_dim("diag_embed", dim2, n)
    if a == b:
        fail_runtime("diag_embed", f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    length = x.shape[-1]
    size = length + abs(offset)
    lead = tuple(x.shape[:-1])
    # Element i of the vector is at row i (or i - offset) and column i + offset (or i).
    zero = _core.full((), 0, x.dtype, x.device)
    pad = [0] * len(lead)
    padded = ops.pad(x, zero, (*pad, max(offset, 0)), (*pad, max(-offset, 0)))
    full = lead + (size, size)
    rows = ops.broadcast(padded, full, (*range(len(lead)), len(lead) + 1))
    d = ops.sub(ops.iota((size, size), 1, int64), ops.iota((size, size), 0, int64))
    on = ops.broadcast(ops.compare(d, constant(offset, d), EQ), full, (n - 2, n - 1))
    r = ops.select(on, rows, ops.broadcast(zero, full, ()))
    if (a, b) == (n - 2, n - 1):
        return r
    place = {a: n - 2, b: n - 1}
    rest = iter(range(n - 2))
    return r._view_permute(tuple(place[i] if i in place else next(rest) for i in range(n)))


@op(out=True)
def diag(input, diagonal=0):
    """The diagonal of a matrix, or a matrix with a given diagonal.

    Raises:
        RuntimeError: other than 1 or 2 dimensions.

    >>> pt.diag(pt.tensor([[1, 2], [3, 4]]))
    tensor([1, 4])
    """
    x = require_tensor("diag", input)
    if x.ndim == 1:
        return diag_embed(x, diagonal)
    if x.ndim != 2:
        fail_runtime("diag", f"diag(): Supports 1D or 2D tensors. Got {x.ndim}D")
    return clone(x.diagonal(diagonal))


@op()
def diagflat(input, offset=0):
    """A matrix with the flattened input on a diagonal.

    Raises:
        TypeError: the input is no tensor.

    >>> pt.diagflat(pt.tensor([[1, 2]]))
    tensor([[1, 0],
            [0, 2]])
    """
    return diag_embed(flatten(input), offset)


@op("diagonal_scatter", notes=_notes.REPLACE)
def diagonal_scatter(input, src, offset=0, dim1=0, dim2=1):
    """A copy of input with its diagonal replaced by src.

    The diagonal is that of `dim1` and `dim2`.

    >>> pt.diagonal_scatter(pt.zeros(2, 2), pt.ones(2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    r = clone(input)
    view = r.diagonal(offset, dim1, dim2)
    if view.shape != src.shape:
        fail_runtime(
            "diagonal_scatter",
            "expected src to have a size equal to the slice of self. src size = "
            f"{list(src.shape)}, slice size = {list(view.shape)}",
        )
    a, b, _, _, length = diagonal_geometry("diagonal_scatter", input, offset, dim1, dim2)
    n = input.ndim
    order = [i for i in range(n) if i not in (a, b)] + [a, b]
    x = ops.permute(input, tuple(order))
    lead, rows, cols = tuple(x.shape[:-2]), x.shape[-2], x.shape[-1]
    if not length:
        return r
    flat = ops.reshape(x, lead + (rows * cols,))
    first = offset if offset >= 0 else -offset * cols
    flat = ops.update_slice(
        flat, cast(src, x.dtype), (*[0] * len(lead), first), (*[1] * len(lead), cols + 1)
    )
    inverse = [order.index(i) for i in range(n)]
    return ops.permute(ops.reshape(flat, lead + (rows, cols)), tuple(inverse))


@op("slice_scatter", notes=_notes.REPLACE)
def slice_scatter(input, src, dim=0, start=None, end=None, step=1):
    """A copy of input with a slice of dim replaced by src.

    `start`, `end` and `step` are those of a slice.

    >>> pt.slice_scatter(pt.zeros(3), pt.ones(2), 0, 1, 3)
    tensor([0., 1., 1.])
    """
    if not input.ndim:
        fail_index("slice_scatter", "slice() cannot be applied to a 0-dim tensor")
    axis = wrap_dim("slice_scatter", dim, input.ndim)
    begin, stop, step = slice(start, end, step).indices(input.shape[axis])
    starts, steps = [0] * input.ndim, [1] * input.ndim
    starts[axis], steps[axis] = begin, step
    want = list(input.shape)
    want[axis] = len(range(begin, stop, step))
    if list(src.shape) != want:
        fail_runtime(
            "slice_scatter",
            "expected src to have a size equal to the slice of self. src size = "
            f"{list(src.shape)}, slice size = {want}",
        )
    return ops.update_slice(input, cast(src, input.dtype), tuple(starts), tuple(steps))


@op("select_scatter", notes=_notes.REPLACE)
def select_scatter(input, src, dim, index):
    """A copy of input with one index of dim replaced by src.

    Raises:
        ValueError: an index out of range.

    >>> pt.select_scatter(pt.zeros(2, 2), pt.ones(2), 0, 1)
    tensor([[0., 0.],
            [1., 1.]])
    """
    if not input.ndim:
        fail_index("select_scatter", "select() cannot be applied to a 0-dim tensor")
    axis = wrap_dim("select_scatter", dim, input.ndim)
    n = input.shape[axis]
    if not -n <= index < n:
        fail_value("select_scatter", f"index {index} out of range for dimension of size {n}")
    return slice_scatter(input, unsqueeze(src, axis), axis, index % n, index % n + 1)


def _as_indices(name, find, row, col, offset, dtype):
    if row < 0 or col < 0:
        fail_runtime(name, "row and col must be non-negative", f"{row} and {col}")
    indices = _core.from_buffer(np.array(find(row, offset, col), dtype=np.int64))
    return _core.settle(cast(indices, dtype or int64))


@op("tril_indices", method=False)
def tril_indices(row, col, offset=0, *, dtype=None, device=None, layout=None):
    """Row and column indices of the lower triangle, in row-major order.

    Shape: [2, number of indices], int64 by default.

    The matrix has `row` rows and `col` columns; `offset` moves the diagonal up.

    Raises:
        RuntimeError: a negative number of rows or columns.

    >>> pt.tril_indices(2, 2)
    tensor([[0, 1, 1],
            [0, 0, 1]])
    """
    return _as_indices("tril_indices", np.tril_indices, row, col, offset, dtype)


@op("triu_indices", method=False)
def triu_indices(row, col, offset=0, *, dtype=None, device=None, layout=None):
    """Row and column indices of the upper triangle, in row-major order.

    Shape: [2, number of indices], int64 by default.

    The matrix has `row` rows and `col` columns; `offset` moves the diagonal up.

    Raises:
        RuntimeError: a negative number of rows or columns.

    >>> pt.triu_indices(2, 2)
    tensor([[0, 0, 1],
            [0, 1, 1]])
    """
    return _as_indices("triu_indices", np.triu_indices, row, col, offset, dtype)


@op(method=False)
def combinations(input, r=2, with_replacement=False):
    """All combinations of r elements of a vector, one a row.

    Shape: [n] -> [number of combinations, r].

    `with_replacement` lets an element occur again.

    Raises:
        RuntimeError: an input that is no vector.

    >>> pt.combinations(pt.tensor([1, 2, 3]))
    tensor([[1, 2],
            [1, 3],
            [2, 3]])
    """
    import itertools

    import numpy as np

    if input.ndim != 1:
        fail_runtime("combinations", f"Expect a 1D vector, but got shape {list(input.shape)}")
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    rows = list(choose(range(input.shape[0]), r))
    index = np.array(rows, dtype=np.int64).reshape(len(rows), r)
    return (
        ops.gather(input, _core.from_buffer(index), 0, 0)
        if math.prod(index.shape)
        else ops.reshape(input[:0], (0, r))
    )
