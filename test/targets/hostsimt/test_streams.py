"""Products whose operands stream through group memory (the warpgroup instructions of `sm_90a`),
emulated, against NumPy."""

import numpy as np
import pytest

import portico as pt

DEVICE = "hostsimt:nvvm90a"
DTYPES = {"float16": 2e-3, "bfloat16": 1.6e-2}


def values(seed, shape):
    """Sixteenths, which both half types have exactly."""
    return np.random.default_rng(seed).integers(-16, 17, shape).astype(np.float32) / 16


def there(array, dtype):
    return pt.tensor(array).to(getattr(pt, dtype)).to(DEVICE)


def check(got, expected, dtype):
    got = got.cpu().to(pt.float32).numpy()
    scale = np.abs(expected).max()
    assert got.shape == expected.shape
    assert np.abs(got - expected).max() <= DTYPES[dtype] / 2 * scale


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("left", ["plain", "transposed"])
@pytest.mark.parametrize("right", ["plain", "transposed"])
@pytest.mark.parametrize(
    "m,n,k",
    [(128, 128, 64), (256, 512, 192), (136, 264, 200), (100, 72, 1000), (65, 40, 8)],
    ids=str,
)
def test_layouts_and_sizes(m, n, k, left, right, dtype):
    a, b = values(1, (m, k)), values(2, (k, n))
    x = there(a, dtype) if left == "plain" else there(a.T.copy(), dtype).T
    y = there(b, dtype) if right == "plain" else there(b.T.copy(), dtype).T
    check(x @ y, a @ b, dtype)


@pytest.mark.parametrize("dtype", DTYPES)
def test_batches_and_what_they_share(dtype):
    a, b = values(3, (3, 130, 72)), values(4, (72, 136))
    c = values(5, (3, 72, 136))
    check(there(a, dtype) @ there(b, dtype), a @ b, dtype)
    check(there(a, dtype) @ there(c, dtype), a @ c, dtype)
    d, e = values(6, (2, 3, 72, 72)), values(7, (1, 3, 72, 72))
    check(there(d, dtype) @ there(e, dtype), d @ e, dtype)


def test_parts_of_larger_tensors():
    a, b = values(8, (200, 256)), values(9, (256, 160))
    x, y = there(a, "float16"), there(b, "float16")
    # Rows that begin in the middle of others; the second operand begins at no multiple of 16 bytes.
    check(x[8:168, 64:192] @ y[64:192, 16:144], a[8:168, 64:192] @ b[64:192, 16:144], "float16")
    check(x[8:168, 64:192] @ y[64:192, 3:131], a[8:168, 64:192] @ b[64:192, 3:131], "float16")


@pytest.mark.parametrize("m,n,k", [(129, 131, 77), (80, 80, 81)], ids=str)
def test_what_copies_cannot_bring(m, n, k):
    a, b = values(10, (m, k)), values(11, (k, n))
    check(there(a, "bfloat16") @ there(b, "bfloat16"), a @ b, "bfloat16")


def test_ops_around_the_product():
    a, b, c = values(12, (192, 128)), values(13, (128, 256)), values(14, (256,))
    x, y, bias = (there(value, "bfloat16") for value in (a, b, c))
    check(pt.relu(x @ y + bias), np.maximum(a @ b + c, 0), "bfloat16")
    # The left operand is computed: it is no memory that a copy could read.
    check(pt.relu(x) @ y, np.maximum(a, 0) @ b, "bfloat16")


def test_gradients():
    a, b = values(15, (160, 96)), values(16, (96, 128))
    x = there(a, "float16").requires_grad_()
    y = there(b, "float16").requires_grad_()
    (x @ y).sum().backward()
    check(x.grad, np.broadcast_to(b.sum(1), a.shape), "float16")
    check(y.grad, np.broadcast_to(a.sum(0)[:, None], b.shape), "float16")
