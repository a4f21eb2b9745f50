"""Views: other shapes of the same storage. What cannot be a view is copied, as in PyTorch."""

from __future__ import annotations

import builtins
import math

from . import _core, _notes
from ._broadcast import broadcast_two, require_tensor, sizes_of, wrap_dim
from ._fail import fail_index, fail_runtime
from ._generated import ops
from ._registry import method, op

Tensor = _core.Tensor


def infer_size(name, sizes, numel):
    """`sizes` with -1 replaced by what is left of `numel` elements."""
    known, unknown = 1, None
    for i, s in enumerate(sizes):
        if s == -1:
            if unknown is not None:
                fail_runtime(name, "only one dimension can be inferred", list(sizes))
            unknown = i
        elif s < 0:
            fail_runtime(name, f"invalid shape dimension {s}")
        else:
            known *= s
    if unknown is None:
        if known != numel:
            fail_runtime(name, f"shape '{list(sizes)}' is invalid for input of size {numel}")
        return tuple(sizes)
    if known == 0:
        fail_runtime(
            name,
            f"cannot reshape tensor of 0 elements into shape {list(sizes)} because the "
            "unspecified dimension "
            "size -1 can be any value and is ambiguous",
        )
    if numel % known:
        fail_runtime(name, f"shape '{list(sizes)}' is invalid for input of size {numel}")
    return tuple(numel // known if i == unknown else s for i, s in enumerate(sizes))


@method()
def view(self, *shape, **named):
    """The same elements in another shape, sharing storage; a dtype reinterprets the bits.

    Raises:
        RuntimeError: another number of elements, or strides that need a copy.

    >>> pt.arange(4).view(2, -1)
    tensor([[0, 1],
            [2, 3]])
    """
    if len(shape) == 1 and isinstance(shape[0], _core.dtype):
        return _view_dtype(self, shape[0])
    return self._view_reshape(infer_size("view", sizes_of(shape, named, "size"), self.numel()))


def _view_dtype(x, dtype):
    if x.dtype is dtype:
        return x._view_reshape(tuple(x.shape))
    old, new = x.dtype.itemsize, dtype.itemsize
    if old == new:
        return x._view_bitcast(dtype)
    fail_runtime(
        "view",
        f"cannot view a tensor of {old}-byte elements as {new}-byte elements",
        None,
        "equal widths",
    )


@op("view_as", function=False)
def view_as(input, other):
    """input.view(other.shape).

    Raises:
        RuntimeError: another number of elements.

    >>> pt.arange(4).view_as(pt.ones(2, 2)).shape
    portico.Size([2, 2])
    """
    return view(input, *other.shape)


def reshape_to(x, sizes):
    return x._view_reshape(sizes) if x._can_view(sizes) else ops.reshape(x, sizes)


@op("reshape", method=False)
def reshape(input, shape):
    """The same elements in another shape: a view where strides allow, else a copy. One size may be
    -1.

    Raises:
        RuntimeError: another number of elements, or -1 twice.

    >>> pt.reshape(pt.arange(4), (2, -1))
    tensor([[0, 1],
            [2, 3]])
    """
    return reshape_to(input, infer_size("reshape", sizes_of((shape,)), input.numel()))


@op("reshape", function=False)
def reshape_method(self, *shape, **named):
    """The same elements in another shape: a view where strides allow, else a copy.

    Raises:
        RuntimeError: another number of elements, or -1 twice.

    >>> pt.arange(4).reshape(2, -1).shape
    portico.Size([2, 2])
    """
    sizes = sizes_of(shape, named, "shape")
    return reshape_to(self, infer_size("reshape", sizes, self.numel()))


@op("reshape_as", function=False)
def reshape_as(self, other):
    """self.reshape(other.shape).

    Raises:
        RuntimeError: another number of elements.

    >>> pt.arange(4).reshape_as(pt.ones(2, 2)).shape
    portico.Size([2, 2])
    """
    return reshape_to(self, infer_size("reshape_as", tuple(other.shape), self.numel()))


@op(aliases=("_reshape_alias",))
def ravel(input):
    """All elements in one dimension.

    >>> pt.ravel(pt.tensor([[1, 2], [3, 4]]))
    tensor([1, 2, 3, 4])
    """
    return reshape_to(input, (input.numel(),))


@op(notes=_notes.VIEW)
def flatten(input, start_dim=0, end_dim=-1):
    """Dimensions start_dim to end_dim merged into one.

    Raises:
        RuntimeError: a first dimension behind the last.

    >>> pt.flatten(pt.zeros(2, 3, 4), 1).shape
    portico.Size([2, 12])
    """
    n = require_tensor("flatten", input).ndim
    a, b = wrap_dim("flatten", start_dim, n), wrap_dim("flatten", end_dim, n)
    if a > b:
        fail_runtime("flatten", "flatten() has invalid args: start_dim cannot come after end_dim")
    if n == 0:
        return reshape_to(input, (1,))
    if a == b:
        return input
    s = tuple(input.shape)
    return reshape_to(input, s[:a] + (math.prod(s[a : b + 1]),) + s[b + 1 :])


@op()
def unflatten(input, dim, sizes):
    """Dimension `dim` split into `sizes`, one of which may be -1.

    Raises:
        RuntimeError: no dimensions, or sizes that do not fit.
        IndexError: a dimension out of range.

    >>> pt.unflatten(pt.zeros(6, 2), 0, (2, 3)).shape
    portico.Size([2, 3, 2])
    """
    if not require_tensor("unflatten", input).ndim:
        fail_runtime("unflatten", "Dimension specified as 0 but tensor has no dimensions")
    d = wrap_dim("unflatten", dim, input.ndim)
    sizes = sizes_of((sizes,))
    if not sizes:
        fail_runtime("unflatten", "unflatten: sizes must be non-empty")
    n = input.shape[d]
    if -1 not in sizes and math.prod(sizes) != n:
        fail_runtime(
            "unflatten",
            f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {d} "
            f"({n}) in the input tensor",
        )
    s = tuple(input.shape)
    return reshape_to(input, s[:d] + infer_size("unflatten", sizes, n) + s[d + 1 :])


@op(inplace=False, notes=_notes.VIEW)
def squeeze(input, dim=None):
    """Without dimensions of size 1: all of them, or those in `dim`.

    >>> pt.squeeze(pt.zeros(1, 3, 1)).shape
    portico.Size([3])
    """
    s = require_tensor("squeeze", input).shape
    if dim is None:
        drop = {i for i, n in enumerate(s) if n == 1}
    else:
        dims = (dim,) if isinstance(dim, builtins.int) else dim
        drop = {d for d in (wrap_dim("squeeze", d, len(s)) for d in dims) if len(s) and s[d] == 1}
    return input._view_reshape(tuple(n for i, n in enumerate(s) if i not in drop))


@op(notes=_notes.VIEW)
def unsqueeze(input, dim):
    """With a new dimension of size 1 at `dim`.

    >>> pt.unsqueeze(pt.zeros(3), 0).shape
    portico.Size([1, 3])
    """
    d = wrap_dim("unsqueeze", dim, require_tensor("unsqueeze", input).ndim + 1)
    s = tuple(input.shape)
    return input._view_reshape(s[:d] + (1,) + s[d:])


# Order of dimensions ---------------------------------------------------------------------------


def permute_to(name, x, dims):
    n = x.ndim
    if len(dims) != n:
        fail_runtime(
            name,
            "number of dimensions in the tensor input does not match the length of the desired "
            "ordering of "
            f"dimensions i.e. input.dim() = {n} is not equal to len(dims) = {len(dims)}",
        )
    wrapped = tuple(wrap_dim(name, d, n) for d in dims)
    if len(set(wrapped)) != n:
        fail_runtime(name, "duplicate dims are not allowed", list(dims))
    return x._view_permute(wrapped)


@op("permute", method=False)
def permute(input, dims):
    """Dimensions in another order.

    A view.

    Raises:
        RuntimeError: dimensions missing or twice.

    >>> pt.permute(pt.zeros(2, 3, 4), (2, 0, 1)).shape
    portico.Size([4, 2, 3])
    """
    return permute_to("permute", input, sizes_of((dims,)))


@op("permute", function=False)
def permute_method(self, *dims, **named):
    """Dimensions in another order, as a view.

    Raises:
        RuntimeError: dimensions missing or twice.

    >>> pt.ones(2, 3, 4).permute(2, 0, 1).shape
    portico.Size([4, 2, 3])
    """
    return permute_to("permute", self, sizes_of(dims, named, "dims"))


@op(aliases=("swapaxes", "swapdims"), notes=_notes.VIEW)
def transpose(input, dim0, dim1):
    """Two dimensions exchanged.

    `dim0` and `dim1` change places.

    >>> pt.transpose(pt.zeros(2, 3), 0, 1).shape
    portico.Size([3, 2])
    """
    n = require_tensor("transpose", input).ndim
    a, b = wrap_dim("transpose", dim0, n), wrap_dim("transpose", dim1, n)
    order = list(range(n))
    if n:
        order[a], order[b] = b, a
    return input._view_permute(tuple(order))


@op()
def t(input):
    """The transpose of a matrix; a vector or scalar as it is.

    A view.

    Raises:
        RuntimeError: more than 2 dimensions.

    >>> pt.t(pt.zeros(2, 3)).shape
    portico.Size([3, 2])
    """
    if input.ndim > 2:
        fail_runtime("t", f"t() expects a tensor with <= 2 dimensions, but self is {input.ndim}D")
    return transpose(input, 0, -1) if input.ndim else input._view_permute(())


@op(aliases=("moveaxis",), notes=_notes.VIEW)
def movedim(input, source, destination):
    """Dimensions moved to other places; the others keep their order.

    `source` and `destination` are ints or as many of them.

    Raises:
        RuntimeError: dimensions that are not as many or that repeat.

    >>> pt.movedim(pt.zeros(2, 3, 4), 0, 2).shape
    portico.Size([3, 4, 2])
    """
    n = require_tensor("movedim", input).ndim
    src = (source,) if isinstance(source, builtins.int) else tuple(source)
    dst = (destination,) if isinstance(destination, builtins.int) else tuple(destination)
    if len(src) != len(dst):
        fail_runtime(
            "movedim",
            f"movedim: Invalid source or destination dims: source ({list(src)} dims) should "
            f"contain the same number of dims as destination ({list(dst)} dims)",
        )
    src = [wrap_dim("movedim", d, n) for d in src]
    dst = [wrap_dim("movedim", d, n) for d in dst]
    for what, dims in (("source", src), ("destination", dst)):
        if len(set(dims)) != len(dims):
            fail_runtime("movedim", f"movedim: repeated dim in `{what}` ({dims})")
    rest = iter([d for d in range(n) if d not in src])
    place = dict(zip(dst, src, strict=True))
    return input._view_permute(tuple(place[i] if i in place else next(rest) for i in range(n)))


@op()
def adjoint(input):
    """The last two dimensions exchanged.

    A view.

    Raises:
        IndexError: 1 dimension.

    >>> pt.adjoint(pt.zeros(2, 3)).shape
    portico.Size([3, 2])
    """
    return transpose(input, -2, -1)


def _matrix_transpose(name):
    def f(self):
        if self.ndim == 1:
            fail_runtime(
                name,
                f"tensor.{name} is only supported on matrices or batches of matrices. Got 1-D "
                "tensor.",
            )
        return transpose(self, -2, -1) if self.ndim else self._view_permute(())

    f.__doc__ = "The last two dimensions exchanged."
    return property(f)


method("mT")(_matrix_transpose("mT"))
method("mH")(_matrix_transpose("mH"))
method("T")(
    property(
        lambda self: self._view_permute(tuple(range(self.ndim - 1, -1, -1))),
        doc="All dimensions reversed.",
    )
)
method("H")(property(lambda self: t(self), doc="The transpose of a matrix."))


# Repetition ------------------------------------------------------------------------------------


def expand_to(name, x, sizes):
    old, n = x.shape, len(sizes)
    if n < len(old):
        fail_runtime(
            name,
            f"expand({x.dtype}{list(old)}, size={list(sizes)}): the number of sizes provided "
            f"({n}) must be greater or "
            f"equal to the number of dimensions in the tensor ({len(old)})",
        )
    result = []
    for i, s in enumerate(sizes):
        k = i - (n - len(old))
        if k < 0:
            if s < 0:
                fail_runtime(
                    name,
                    f"The expanded size of the tensor ({s}) isn't allowed in a leading, "
                    f"non-existing dimension {i}",
                )
            result.append(s)
        elif s == -1 or s == old[k]:
            result.append(old[k])
        elif old[k] == 1 and s >= 0:
            result.append(s)
        else:
            fail_runtime(
                name,
                f"The expanded size of the tensor ({s}) must match the existing size ({old[k]}) "
                "at non-singleton "
                f"dimension {i}.  Target sizes: {list(sizes)}.  Tensor sizes: {list(old)}",
            )
    return x._view_expand(tuple(result))


@method()
def expand(self, *sizes, implicit=False, **named):
    """A view repeated along dimensions of size 1; -1 keeps a size.

    `implicit` is accepted.

    Raises:
        RuntimeError: another size than 1 to repeat.

    >>> pt.tensor([[1], [2]]).expand(-1, 2)
    tensor([[1, 1],
            [2, 2]])
    """
    return expand_to("expand", self, sizes_of(sizes, named, "size"))


@method()
def expand_as(self, other):
    """self.expand(other.shape).

    Raises:
        RuntimeError: shapes that do not fit.

    >>> pt.tensor([1]).expand_as(pt.ones(2))
    tensor([1, 1])
    """
    return expand_to("expand_as", self, tuple(other.shape))


@op()
def broadcast_to(input, size):
    """A view of input repeated to `size`.

    Raises:
        RuntimeError: shapes that do not broadcast.

    >>> pt.broadcast_to(pt.tensor([1, 2]), (2, 2))
    tensor([[1, 2],
            [1, 2]])
    """
    return expand_to("broadcast_to", input, sizes_of((size,)))


@op(method=False)
def broadcast_tensors(*tensors):
    """Views of all tensors with the shape they broadcast to.

    Raises:
        RuntimeError: shapes that do not broadcast.

    >>> a, b = pt.broadcast_tensors(pt.zeros(2, 1), pt.zeros(3))
    >>> a.shape == b.shape == (2, 3)
    True
    """
    if len(tensors) == 1 and isinstance(tensors[0], list | tuple):
        tensors = tuple(tensors[0])
    shape = ()
    for x in tensors:
        shape = broadcast_two("broadcast_tensors", shape, x.shape)
    return tuple(expand_to("broadcast_tensors", x, tuple(shape)) for x in tensors)


def without_repetition(x, mask=None):
    """x with one element along each dimension of stride 0, which is what one number may be written
    to; and where a mask of x's shape is true of any of the repetitions."""
    repeated = [d for d, (n, s) in enumerate(zip(x.shape, x.stride(), strict=True)) if n > 1 > s]
    for d in repeated:
        x = slice_along(x, d, 0, 1)
        mask = mask.any(d, keepdim=True) if mask is not None else None
    return x if mask is None else (x, mask)


# Parts -----------------------------------------------------------------------------------------


def slice_along(x, dim, start, stop, step=1):
    n = x.ndim
    starts, stops, steps = [0] * n, list(x.shape), [1] * n
    starts[dim], stops[dim], steps[dim] = start, max(stop, start), step
    return x._view_slice(tuple(starts), tuple(stops), tuple(steps))


@op()
def narrow(input, dim, start, length):
    """`length` elements from `start` along dim, as a view.

    Raises:
        IndexError: a dimension or start out of range; RuntimeError: a length that is too long.

    >>> pt.narrow(pt.arange(5), 0, 1, 3)
    tensor([1, 2, 3])
    """
    if not require_tensor("narrow", input).ndim:
        fail_runtime("narrow", "narrow() cannot be applied to a 0-dim tensor.")
    d = wrap_dim("narrow", dim, input.ndim)
    n = input.shape[d]
    if isinstance(start, Tensor):
        start = builtins.int(start.item())
    if length < 0:
        fail_runtime("narrow", "narrow(): length must be non-negative.", length)
    if not -n <= start <= n:
        fail_index(
            "narrow",
            f"start out of range (expected to be in range of [-{n}, {n}], but got {start})",
        )
    if start < 0:
        start += n
    if start + length > n:
        fail_runtime("narrow", f"start ({start}) + length ({length}) exceeds dimension size ({n}).")
    return slice_along(input, d, start, start + length)


@op()
def narrow_copy(input, dim, start, length):
    """`narrow`, as a copy.

    Raises:
        IndexError: a dimension or start out of range; RuntimeError: a length that is too long.

    >>> pt.narrow_copy(pt.arange(5), 0, 1, 3)
    tensor([1, 2, 3])
    """
    return narrow(input, dim, start, length).clone()


@op()
def select(input, dim, index):
    """The part at one index of dim, without that dimension, as a view.

    Raises:
        IndexError: a dimension or index out of range.

    >>> pt.select(pt.tensor([[1, 2], [3, 4]]), 0, 1)
    tensor([3, 4])
    """
    if not require_tensor("select", input).ndim:
        fail_index("select", "select() cannot be applied to a 0-dim tensor.")
    d = wrap_dim("select", dim, input.ndim)
    n = input.shape[d]
    index = builtins.int(index)
    if not -n <= index < n:
        fail_index(
            "select",
            f"select(): index {index} out of range for tensor of size {list(input.shape)} at "
            f"dimension {d}",
        )
    index %= n
    part = slice_along(input, d, index, index + 1)
    s = tuple(part.shape)
    return part._view_reshape(s[:d] + s[d + 1 :])


@op(notes=_notes.ALONG)
def unbind(input, dim=0):
    """All parts along dim, without it, as views.

    Raises:
        RuntimeError: no dimensions.

    >>> pt.unbind(pt.tensor([1, 2]))
    (tensor(1), tensor(2))
    """
    if not require_tensor("unbind", input).ndim:
        fail_runtime("unbind", "Dimension specified as 0 but tensor has no dimensions")
    d = wrap_dim("unbind", dim, input.ndim)
    return tuple(select(input, d, i) for i in range(input.shape[d]))


@op("split")
def split(input, split_size_or_sections, dim=0):
    """Parts of one size (the last may be smaller), or of the listed sizes, as views.

    `split_size_or_sections` is the size of all parts but the last, or a list of all sizes.

    Raises:
        RuntimeError: no dimensions; sizes that do not add up, or are negative.
        IndexError: a dimension out of range.

    >>> pt.split(pt.arange(5), 2)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    x = require_tensor("split", input)
    if not x.ndim:
        fail_runtime("split", "split expects at least a 1-dimensional tensor")
    d = wrap_dim("split", dim, x.ndim)
    n = x.shape[d]
    s = split_size_or_sections
    if not isinstance(s, builtins.int):
        return split_with_sizes(x, s, d)
    if s < 0 or (s == 0 and n):
        fail_runtime(
            "split",
            "split expects split_size be non-negative"
            if s < 0
            else f"split_size can only be 0 if dimension size is 0, but got dimension size of {n}",
            s,
        )
    count = max(-(-n // s), 1) if s else 1
    return tuple(slice_along(x, d, i * s, min((i + 1) * s, n)) for i in range(count))


@op()
def split_with_sizes(input, split_sizes, dim=0):
    """Parts of the listed sizes, as views.

    `split_sizes` is a list of them.

    Raises:
        RuntimeError: no dimensions; sizes that do not add up, or are negative.
        IndexError: a dimension out of range.

    >>> pt.split_with_sizes(pt.arange(3), [1, 2])
    (tensor([0]), tensor([1, 2]))
    """
    if not require_tensor("split_with_sizes", input).ndim:
        fail_runtime("split_with_sizes", "split expects at least a 1-dimensional tensor")
    d = wrap_dim("split_with_sizes", dim, input.ndim)
    n = input.shape[d]
    sizes = [builtins.int(s) for s in split_sizes]
    if any(s < 0 for s in sizes) or sum(sizes) != n:
        fail_runtime(
            "split_with_sizes",
            f"split_with_sizes expects split_sizes to sum exactly to {n} (input tensor's size at "
            f"dimension {d}), "
            f"but got split_sizes={sizes}",
        )
    parts, start = [], 0
    for s in sizes:
        parts.append(slice_along(input, d, start, start + s))
        start += s
    return tuple(parts)


@op()
def chunk(input, chunks, dim=0):
    """At most `chunks` parts of equal size (the last may be smaller), as views.

    Raises:
        RuntimeError: no dimensions, or no parts.
        IndexError: a dimension out of range.

    >>> pt.chunk(pt.arange(5), 2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    """
    if chunks <= 0:
        fail_runtime("chunk", f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    if not require_tensor("chunk", input).ndim:
        fail_runtime("chunk", "chunk expects at least a 1-dimensional tensor")
    d = wrap_dim("chunk", dim, input.ndim)
    n = input.shape[d]
    size = -(-n // chunks)
    if size == 0:
        return split_with_sizes(input, [0] * chunks, d)
    return split(input, size, d)


@op(aliases=())
def tensor_split(input, indices_or_sections, dim=0):
    """Parts between the given indices, or `sections` parts of nearly equal size, as views.

    `indices_or_sections` is an int, a list or a tensor of ints.

    Raises:
        RuntimeError: no dimensions, or no parts.
        IndexError: a dimension out of range.

    >>> pt.tensor_split(pt.arange(5), 2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    """
    if not require_tensor("tensor_split", input).ndim:
        fail_runtime("tensor_split", "tensor_split expected at least a 1-dimensional tensor")
    d = wrap_dim("tensor_split", dim, input.ndim)
    n = input.shape[d]
    k = indices_or_sections
    if isinstance(k, Tensor):
        k = k.tolist()
    if isinstance(k, builtins.int):
        if k <= 0:
            fail_runtime("tensor_split", f"number of sections must be larger than 0, got {k}")
        base, extra = divmod(n, k)
        return split_with_sizes(input, [base + (i < extra) for i in range(k)], d)
    cuts = [0, *(i if i >= 0 else i + n for i in k), n]
    cuts = [min(max(c, 0), n) for c in cuts]
    return tuple(
        slice_along(input, d, a, max(a, b)) for a, b in zip(cuts[:-1], cuts[1:], strict=True)
    )


def _split_variant(name, dim_of, least):
    def f(input, indices_or_sections):
        if input.ndim < least:
            fail_runtime(
                name,
                f"{name} requires a tensor with at least {least} dimension, but got a tensor with "
                f"{input.ndim} dimensions!",
            )
        d = dim_of(input)
        k = indices_or_sections
        if isinstance(k, builtins.int) and (k == 0 or input.shape[d] % k):
            fail_runtime(
                name,
                f"attempted to split along dimension {d}, but the size of the dimension "
                f"{input.shape[d]} is not divisible by the split_size {k}!",
            )
        return tensor_split(input, k, d)

    f.__name__ = name
    f.__doc__ = f"""`tensor_split` along the dimension of {name}.

    Raises:
        RuntimeError: too few dimensions, or a size that a number of parts does not divide.

    >>> len(pt.{name}(pt.zeros(2, 2, 2), 2))
    2
    """
    return op()(f)


hsplit = _split_variant("hsplit", lambda x: 0 if x.ndim == 1 else 1, 1)
vsplit = _split_variant("vsplit", lambda x: 0, 2)
dsplit = _split_variant("dsplit", lambda x: 2, 3)


def diagonal_geometry(name, x, offset, dim1, dim2):
    a, b = wrap_dim(name, dim1, x.ndim), wrap_dim(name, dim2, x.ndim)
    if a == b:
        fail_runtime(name, f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    rows, cols = x.shape[a], x.shape[b]
    length = max(min(rows, cols - offset) if offset >= 0 else min(rows + offset, cols), 0)
    return a, b, rows, cols, length


@op()
def diagonal(input, offset=0, dim1=0, dim2=1):
    """The diagonal of dimensions dim1 and dim2, as the last dimension.

    A view.

    Raises:
        IndexError, RuntimeError: dimensions out of range, or the same twice.

    >>> pt.diagonal(pt.tensor([[1, 2], [3, 4]]))
    tensor([1, 4])
    """
    x = require_tensor("diagonal", input)
    a, b, rows, cols, length = diagonal_geometry("diagonal", x, offset, dim1, dim2)
    # Rows and columns last, flattened: the diagonal is every (cols + 1)-th element.
    order = [i for i in range(x.ndim) if i not in (a, b)] + [a, b]
    x = x._view_permute(tuple(order))
    lead = tuple(x.shape[:-2])
    x = reshape_to(x, lead + (rows * cols,))
    if not length:
        return slice_along(x, len(lead), 0, 0)
    first = offset if offset >= 0 else -offset * cols
    return slice_along(x, len(lead), first, first + (length - 1) * (cols + 1) + 1, cols + 1)


@method()
def unfold(self, dimension, size, step):
    """All windows of `size` elements, `step` apart, along a dimension, as the last dimension.

    A view: windows that overlap share elements. Where one write meets an element more than once,
    what is in the last window stays.

    Raises:
        RuntimeError: a size above that of the dimension, or a step not above 0.

    >>> pt.arange(4).unfold(0, 2, 1)
    tensor([[0, 1],
            [1, 2],
            [2, 3]])
    """
    d = wrap_dim("unfold", dimension, self.ndim)
    n = self.shape[d] if self.ndim else 1
    if size < 0 or step <= 0:
        fail_runtime(
            "unfold",
            f"size is {size} but must be >= 0" if size < 0 else f"step is {step} but must be > 0",
        )
    if size > n:
        fail_runtime(
            "unfold", f"maximum size for tensor at dimension {d} is {n} but size is {size}"
        )
    if not self.ndim:
        return self._view_reshape((1,))._view_windows(0, size, step)._view_reshape((size,))
    r = self._view_windows(d, size, step)
    return r._view_permute(tuple(i for i in range(r.ndim) if i != d + 1) + (d + 1,))


@op()
def as_strided(input, size, stride, storage_offset=None):
    """Elements of input's storage at `storage_offset` plus multiples of `stride`.

    A view. Where one write meets an element more than once, what comes last in order stays; a
    stride of 0 cannot be written to, except by `fill_` and the like.

    Raises:
        RuntimeError: strides that lead out of the storage.

    >>> pt.as_strided(pt.arange(5), (2, 2), (1, 2))
    tensor([[0, 2],
            [1, 3]])
    """
    x = require_tensor("as_strided", input)
    size, stride = sizes_of((size,)), sizes_of((stride,))
    if len(size) != len(stride):
        fail_runtime(
            "as_strided", f"mismatch in length of strides and shape: {len(stride)} and {len(size)}"
        )
    if any(s < 0 for s in stride):
        fail_runtime(
            "as_strided",
            "as_strided: Negative strides are not supported at the moment",
            list(stride),
        )
    first = x.storage_offset() if storage_offset is None else storage_offset
    if first < 0:
        fail_runtime("as_strided", f"Tensor: invalid storage offset {first}")
    return x._view_at(size, stride, first)


@op(method="contiguous", function=False, name="contiguous")
def contiguous(self, memory_format=None):
    """self, or a copy of it when its elements are not in row-major order in memory.

    >>> pt.ones(2, 3).t().contiguous().is_contiguous()
    True
    """
    return self if self.is_contiguous() else self.clone()


@method()
def size(self, dim=None):
    """The shape, or one of its sizes."""
    if dim is None:
        return self.shape
    if not self.ndim:
        fail_index("size", f"Dimension specified as {dim} but tensor has no dimensions")
    return self.shape[wrap_dim("size", dim, self.ndim)]
