"""Products of vectors, matrices and tensors."""

from __future__ import annotations

import builtins
import math

import numpy as np

from . import _core
from ._broadcast import broadcast_two, cast, connected, expand_value, require_tensor, wrap_dim
from ._dtypes import bool_, is_float, promote_types
from ._fail import fail_runtime, fail_type
from ._generated import ops
from ._precision import products_allow_tf32
from ._registry import op
from .unary import clone

Tensor = _core.Tensor


def _same_dtype(name, a, b):
    if a.dtype is not b.dtype:
        fail_runtime(
            name, f"expected both tensors to have the same dtype, but got {a.dtype} and {b.dtype}"
        )
    if a.dtype is bool_:
        fail_runtime(name, f"\"{name}\" not implemented for 'Bool'")


def dot(a, b, lhs_contract, rhs_contract, batch=0):
    """The contraction of a and b, whose first `batch` dimensions correspond."""
    dims = tuple(range(batch))
    allow_tf32 = products_allow_tf32(a.dtype)
    return ops.dot_general(a, b, dims, dims, tuple(lhs_contract), tuple(rhs_contract), allow_tf32)


@op("matmul", out=True)
def matmul(input, other):
    """Matrix product; vectors are rows on the left and columns on the right, batches broadcast.

    Raises `RuntimeError` when the inner sizes differ, when batches do not broadcast, for 0-d
    tensors and
    for different dtypes.

    >>> pt.matmul(pt.tensor([[1, 2]]), pt.tensor([[3], [4]]))
    tensor([[11]])
    """
    a, b = require_tensor("matmul", input), require_tensor("matmul", other, "other", 2)
    m, n = a.ndim, b.ndim
    if not m or not n:
        fail_runtime(
            "matmul", f"both arguments to matmul need to be at least 1D, but they are {m}D and {n}D"
        )
    _same_dtype("matmul", a, b)
    k, l = a.shape[-1], b.shape[-2 if n > 1 else 0]  # noqa: E741
    if k != l:
        _inner_mismatch("matmul", a, b)
    if n <= 2:
        # Batches of the left fold into its rows by themselves.
        return dot(a, b, (m - 1,), (0,))
    if m == 1:
        return dot(b, a, (n - 2,), (0,))
    lead = broadcast_two("matmul", a.shape[:-2], b.shape[:-2])
    a, b = (expand_value(x, tuple(lead) + tuple(x.shape[-2:])) for x in (a, b))
    r = len(lead)
    return dot(a, b, (r + 1,), (r,), r)


def _inner_mismatch(name, a, b):
    if a.ndim == 1 and b.ndim == 1:
        fail_runtime(
            name,
            f"inconsistent tensor size, expected tensor [{a.shape[0]}] and src [{b.shape[0]}] to "
            f"have the same number of elements, but got {a.shape[0]} and {b.shape[0]} elements "
            "respectively",
        )
    rows = math.prod(a.shape[:-1])
    cols = b.shape[-1] if b.ndim > 1 else 1
    fail_runtime(
        name,
        f"mat1 and mat2 shapes cannot be multiplied ({rows}x{a.shape[-1]} and "
        f"{b.shape[-2 if b.ndim > 1 else 0]}x{cols})",
        f"shapes {list(a.shape)} and {list(b.shape)}",
        "equal inner sizes",
    )


def _require_rank(name, **ranks):
    for argument, (x, rank) in ranks.items():
        if require_tensor(name, x, argument).ndim != rank:
            kind = {1: "vector", 2: "matrix", 3: "batch of matrices"}[rank]
            fail_runtime(
                name, f"{argument} must be a {kind}", f"{x.ndim}D tensor", f"{rank}D tensor"
            )


@op(out=True)
def mm(input, mat2):
    """Product of two matrices.

    Shapes: [n, k] and [k, m] -> [n, m], of one dtype.

    `mat2` is the right factor.

    Raises:
        RuntimeError: other ranks, sizes or dtypes.

    >>> pt.mm(pt.tensor([[1, 2]]), pt.tensor([[3], [4]]))
    tensor([[11]])
    """
    _require_rank("mm", self=(input, 2), mat2=(mat2, 2))
    return matmul(input, mat2)


@op(out=True)
def bmm(input, mat2):
    """Products of two batches of matrices.

    Shapes: [b, n, k] and [b, k, m] -> [b, n, m], of one dtype.

    `mat2` is the right factor.

    Raises:
        RuntimeError: other ranks, sizes or dtypes.

    >>> pt.bmm(pt.ones(2, 1, 3), pt.ones(2, 3, 1)).shape
    portico.Size([2, 1, 1])
    """
    _require_rank("bmm", batch1=(input, 3), batch2=(mat2, 3))
    if input.shape[0] != mat2.shape[0] or input.shape[2] != mat2.shape[1]:
        fail_runtime(
            "bmm",
            f"Expected size for first two dimensions of batch2 tensor to be: [{input.shape[0]}, "
            f"{input.shape[2]}] "
            f"but got: [{mat2.shape[0]}, {mat2.shape[1]}].",
        )
    return matmul(input, mat2)


@op(out=True)
def mv(input, vec):
    """Product of a matrix and a vector.

    Shapes: [n, k] and [k] -> [n], of one dtype.

    `vec` is the vector.

    Raises:
        RuntimeError: other ranks, sizes or dtypes.

    >>> pt.mv(pt.tensor([[1, 2]]), pt.tensor([3, 4]))
    tensor([11])
    """
    _require_rank("mv", input=(input, 2), vec=(vec, 1))
    if input.shape[1] != vec.shape[0]:
        fail_runtime(
            "mv",
            f"size mismatch, got input ({input.shape[0]}), mat "
            f"({input.shape[0]}x{input.shape[1]}), vec ({vec.shape[0]})",
        )
    return matmul(input, vec)


@op("dot", out=True)
def dot_(input, tensor):
    """Sum of products of two vectors.

    Shapes: [n] and [n] -> [], of one dtype.

    Raises:
        RuntimeError: other ranks, sizes or dtypes.

    >>> pt.dot(pt.tensor([1, 2]), pt.tensor([3, 4]))
    tensor(11)
    """
    if input.ndim != 1 or tensor.ndim != 1:
        fail_runtime(
            "dot", f"1D tensors expected, but got {input.ndim}D and {tensor.ndim}D tensors"
        )
    return matmul(input, tensor)


@op(out=True)
def vdot(input, other):
    """Sum of products of two vectors.

    Shapes: [n] and [n] -> [], of one dtype.

    Raises:
        RuntimeError: other ranks, sizes or dtypes.

    >>> pt.vdot(pt.tensor([1, 2]), pt.tensor([3, 4]))
    tensor(11)
    """
    return dot_(input, other)


@op(out=True)
def inner(input, other):
    """Sums of products over the last dimensions.

    Shapes: [*a, k] and [*b, k] -> [*a, *b].

    Raises:
        RuntimeError: last dimensions that differ.

    >>> pt.inner(pt.tensor([1, 2]), pt.tensor([3, 4]))
    tensor(11)
    """
    if not input.ndim or not other.ndim:
        return input * other
    if input.shape[-1] != other.shape[-1]:
        fail_runtime(
            "inner",
            "inner() the last dimension must match on both input tensors but got shapes "
            f"{list(input.shape)} and {list(other.shape)}",
        )
    return dot(input, other, (input.ndim - 1,), (other.ndim - 1,))


@op(out=True, aliases=("ger",))
def outer(input, vec2):
    """Products of all elements of two vectors.

    Shapes: [n] and [m] -> [n, m]; dtypes promote.

    `vec2` is the vector of the columns.

    Raises:
        RuntimeError: operands that are no vectors.

    >>> pt.outer(pt.tensor([1, 2]), pt.tensor([3, 4]))
    tensor([[3, 4],
            [6, 8]])
    """
    _require_rank("outer", self=(input, 1), vec2=(vec2, 1))
    return input.unsqueeze(1) * vec2


# input * beta + alpha * product ------------------------------------------------------------------


def _plus(name, input, product, beta, alpha):
    if not is_float(product.dtype):
        # Integer products take integer factors.
        beta, alpha = builtins.int(beta), builtins.int(alpha)
    if alpha != 1:
        product = product * alpha
    if input.dtype is not product.dtype:
        fail_runtime(
            name, "input and the product must have the same dtype",
            f"{input.dtype} and {product.dtype}", None, f"input.to({product.dtype})",
        )  # fmt: skip
    shape = product.shape
    if tuple(broadcast_two(name, input.shape, shape)) != tuple(shape):
        fail_runtime(
            name,
            f"The expanded size of the tensor must match the product {list(shape)}",
            list(input.shape),
        )
    # beta = 0 ignores input, even nan.
    if beta == 0:
        return product
    return cast(input * beta if beta != 1 else input, product.dtype) + product


@op(inplace=True, out=True)
def addmm(input, mat1, mat2, *, beta=1, alpha=1):
    """beta * input + alpha * (mat1 @ mat2).

    Shapes: input broadcasts to [n, m]; [n, k] and [k, m].

    Raises:
        RuntimeError: other ranks, sizes or dtypes.

    >>> pt.addmm(pt.ones(1, 1), pt.ones(1, 2), pt.ones(2, 1))
    tensor([[3.]])
    """
    return _plus("addmm", input, mm(mat1, mat2), beta, alpha)


@op(inplace=True, out=True)
def addmv(input, mat, vec, *, beta=1, alpha=1):
    """beta * input + alpha * (mat @ vec).

    Shapes: input broadcasts to [n]; [n, k] and [k].

    Raises:
        RuntimeError: other ranks, sizes or dtypes.

    >>> pt.addmv(pt.ones(1), pt.ones(1, 2), pt.ones(2))
    tensor([3.])
    """
    return _plus("addmv", input, mv(mat, vec), beta, alpha)


@op(inplace=True, out=True)
def addr(input, vec1, vec2, *, beta=1, alpha=1):
    """beta * input + alpha * outer(vec1, vec2).

    Shapes: input broadcasts to [n, m]; [n] and [m].

    Raises:
        RuntimeError: other ranks or sizes.

    >>> pt.addr(pt.ones(1, 1), pt.ones(1), pt.ones(1))
    tensor([[2.]])
    """
    return _plus("addr", input, outer(vec1, vec2), beta, alpha)


@op(inplace=True, out=True)
def baddbmm(input, batch1, batch2, *, beta=1, alpha=1):
    """beta * input + alpha * (batch1 @ batch2).

    Shapes: input broadcasts to [b, n, m]; [b, n, k] and [b, k, m].

    Raises:
        RuntimeError: other ranks, sizes or dtypes.

    >>> pt.baddbmm(pt.ones(1, 1, 1), pt.ones(1, 1, 2), pt.ones(1, 2, 1))
    tensor([[[3.]]])
    """
    return _plus("baddbmm", input, bmm(batch1, batch2), beta, alpha)


@op(inplace=True, out=True)
def addbmm(input, batch1, batch2, *, beta=1, alpha=1):
    """beta * input + alpha * the sum of batch1 @ batch2 over the batch.

    Shapes: input broadcasts to [n, m]; [b, n, k] and [b, k, m].

    Raises:
        RuntimeError: other ranks, sizes or dtypes.

    >>> pt.addbmm(pt.ones(1, 1), pt.ones(2, 1, 1), pt.ones(2, 1, 1))
    tensor([[3.]])
    """
    _require_rank("addbmm", batch1=(batch1, 3), batch2=(batch2, 3))
    _same_dtype("addbmm", batch1, batch2)
    return _plus("addbmm", input, dot(batch1, batch2, (0, 2), (0, 1)), beta, alpha)


# Contractions named by the caller -----------------------------------------------------------------


@op(out=True, method=False)
def tensordot(a, b, dims=2):
    """Sums of products over `dims` dimensions: a number (the last of a, the first of b) or two
    lists.

    Raises:
        RuntimeError: sizes of summed dimensions that differ.

    >>> pt.tensordot(pt.ones(2, 3), pt.ones(3, 4), 1).shape
    portico.Size([2, 4])
    """
    if isinstance(dims, Tensor):
        dims = dims.tolist()
    if isinstance(dims, builtins.int):
        if dims < 0:
            fail_runtime("tensordot", f"tensordot expects dims >= 0, but got dims={dims}")
        if dims > min(a.ndim, b.ndim):
            fail_runtime(
                "tensordot", f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}"
            )
        left, right = list(range(a.ndim - dims, a.ndim)), list(range(dims))
    else:
        left, right = ([d] if isinstance(d, builtins.int) else list(d) for d in dims)
    left = [wrap_dim("tensordot", d, a.ndim) for d in left]
    right = [wrap_dim("tensordot", d, b.ndim) for d in right]
    _same_dtype("tensordot", a, b)
    for p, q in zip(left, right, strict=True):
        # A size of 1 is summed over first, so that it fits any other.
        if a.shape[p] != b.shape[q]:
            if a.shape[p] == 1:
                b = b.sum(q, keepdim=True, dtype=b.dtype)
            elif b.shape[q] == 1:
                a = a.sum(p, keepdim=True, dtype=a.dtype)
            else:
                fail_runtime(
                    "tensordot",
                    f"contracted dimensions need to match, but first has size {a.shape[p]} in dim "
                    f"{p} and second has size {b.shape[q]} in dim {q}",
                )
    return dot(a, b, left, right)


@op(out=True)
def kron(input, other):
    """Kronecker product.

    Sizes multiply; dtypes promote.

    Raises:
        TypeError: an operand that is no tensor.

    >>> pt.kron(pt.tensor([1, 2]), pt.tensor([1, 10]))
    tensor([ 1, 10,  2, 20])
    """
    n = max(input.ndim, other.ndim)
    a = (1,) * (n - input.ndim) + tuple(input.shape)
    b = (1,) * (n - other.ndim) + tuple(other.shape)
    left = input.reshape(tuple(v for s in a for v in (s, 1)))
    right = other.reshape(tuple(v for s in b for v in (1, s)))
    return (left * right).reshape(tuple(p * q for p, q in zip(a, b, strict=True)))


@op(method=False)
def einsum(equation, *operands):
    """Sums of products, by index letters; opt_einsum chooses the order of more than two operands.

    Raises:
        RuntimeError: an equation that does not fit the operands.
        TypeError: operands that are no tensors.

    >>> pt.einsum("ij,jk->ik", pt.ones(2, 3), pt.ones(3, 4)).shape
    portico.Size([2, 4])
    """
    from ._einsum import contract

    if not isinstance(equation, str):
        # einsum(x, [0, 1], y, [1, 2], [0, 2])
        from ._einsum import from_sublists

        equation, operands = from_sublists((equation, *operands))
    if len(operands) == 1 and isinstance(operands[0], list | tuple):
        operands = tuple(operands[0])
    for x in operands:
        if not isinstance(x, Tensor):
            fail_type("einsum", f"operands must be tensors, not {type(x).__name__}")
    return contract(equation, operands)


@op(method=False)
def chain_matmul(*matrices):
    """Product of several matrices.

    Raises:
        RuntimeError: no matrices, other ranks, or sizes that do not fit.

    >>> pt.chain_matmul(pt.ones(1, 2), pt.ones(2, 1))
    tensor([[2.]])
    """
    if not matrices:
        fail_runtime("chain_matmul", "chain_matmul(): Expected one or more matrices")
    for i, m in enumerate(matrices):
        _require_rank("chain_matmul", **{f"matrix {i}": (m, 2)})
    r = matrices[0]
    for m in matrices[1:]:
        r = matmul(r, m)
    return clone(r) if len(matrices) == 1 else r


@op()
def matrix_power(input, n):
    """A square matrix to an integer power.

    Shape and dtype of `input`, [.., n, n]; negative powers are powers of the inverse.

    Raises:
        RuntimeError: matrices that are not square, or singular for a negative power.

    >>> pt.matrix_power(pt.tensor([[1.0, 1.0], [0.0, 1.0]]), 3)
    tensor([[1., 3.],
            [0., 1.]])
    """
    if input.ndim < 2:
        fail_runtime(
            "matrix_power", "linalg.matrix_power: A must have at least 2 dimensions",
            list(input.shape),
        )  # fmt: skip
    if input.shape[-1] != input.shape[-2]:
        fail_runtime(
            "matrix_power",
            "linalg.matrix_power: A must be batches of square matrices, but they are "
            f"{input.shape[-2]} by {input.shape[-1]} matrices",
        )
    if n < 0:
        from .linalg import inv

        return matrix_power(inv(input), -n)
    result, square = None, input
    while n:
        if n & 1:
            result = square if result is None else matmul(result, square)
        n >>= 1
        if n:
            square = matmul(square, square)
    if result is None:
        from .creation import eye

        one = eye(input.shape[-1], dtype=input.dtype)
        return connected(expand_value(one, input.shape), input)
    return clone(result) if result is input else result


# Products of vectors in space, distances ----------------------------------------------------------


def cross_along(name, input, other, dim):
    a, b = input, other
    shape = broadcast_two(name, a.shape, b.shape)
    a, b = expand_value(a, shape), expand_value(b, shape)
    if a.dtype is not b.dtype:
        d = promote_types(a.dtype, b.dtype)
        a, b = cast(a, d), cast(b, d)
    axis = wrap_dim(name, dim, len(shape))
    if a.shape[axis] != 3:
        fail_runtime(
            name,
            f"inputs dimension {dim} must have length 3. Got {input.shape[axis]} and "
            f"{other.shape[axis]}",
        )
    index = _core.from_buffer(np.array([1, 2, 0, 2, 0, 1]), copy=True)
    pick = lambda x, k: ops.gather(x, index.narrow(0, 3 * k, 3), axis, 0)  # noqa: E731
    return ops.sub(ops.mul(pick(a, 0), pick(b, 1)), ops.mul(pick(a, 1), pick(b, 0)))


@op(out=True)
def cross(input, other, dim=None):
    """Vector product in three dimensions, along dim (the first of size 3 by default).

    Shapes broadcast.

    Raises:
        RuntimeError: a dimension that has not size 3.

    >>> pt.cross(pt.tensor([1, 0, 0]), pt.tensor([0, 1, 0]))
    tensor([0, 0, 1])
    """
    if dim is None:
        shape = broadcast_two("cross", input.shape, other.shape)
        dim = next((i for i, n in enumerate(shape) if n == 3), None)
        if dim is None:
            fail_runtime("cross", "no dimension of size 3 in input", list(shape))
    return cross_along("cross", input, other, dim)


@op(method=False)
def cdist(x1, x2, p=2.0, compute_mode="use_mm_for_euclid_dist_if_necessary"):
    """p-norm distances between all rows of two (batches of) matrices.

    Shapes: [.., n, d] and [.., m, d] -> [.., n, m].

    `x1` and `x2` are floating; `compute_mode` is accepted.

    Raises:
        RuntimeError: other ranks or sizes.

    >>> pt.cdist(pt.tensor([[0.0, 0.0]]), pt.tensor([[3.0, 4.0]]))
    tensor([[5.]])
    """
    from .reductions import vector_norm

    if x1.ndim < 2 or x2.ndim < 2:
        fail_runtime(
            "cdist", "cdist only supports at least 2D tensors", f"{x1.ndim}D and {x2.ndim}D"
        )
    if x1.shape[-1] != x2.shape[-1]:
        fail_runtime(
            "cdist",
            f"X1 and X2 must have the same number of columns. X1: {x1.shape[-1]} X2: "
            f"{x2.shape[-1]}",
        )
    if not is_float(x1.dtype):
        fail_runtime("cdist", f"cdist only supports floating-point dtypes, X1 got: {x1.dtype}")
    d = x1.unsqueeze(-2) - x2.unsqueeze(-3)
    return vector_norm(d, p, (d.ndim - 1,), False)


@op(method=False)
def pdist(input, p=2.0):
    """p-norm distances between all pairs of rows.

    Shapes: [n, d] -> [n (n - 1) / 2].

    Raises:
        RuntimeError: an input that is no matrix.

    >>> pt.pdist(pt.tensor([[0.0, 0.0], [3.0, 4.0]]))
    tensor([5.])
    """
    from .joining import triu_indices
    from .reductions import vector_norm

    _require_rank("pdist", input=(input, 2))
    n = input.shape[0]
    pairs = triu_indices(n, n, 1)
    a, b = ops.gather(input, pairs[0], 0, 0), ops.gather(input, pairs[1], 0, 0)
    return vector_norm(a - b, p, (1,), False)
