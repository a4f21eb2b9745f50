"""x[...] and x[...] = v agree with NumPy, whose rules PyTorch follows."""

import numpy as np
import pytest

import portico as pt

X = np.arange(60.0, dtype=np.float32).reshape(3, 4, 5)
MASK = X % 3 == 0
ROWS, COLUMNS = np.array([0, -1, 1]), np.array([[1], [0]])

INDICES = [
    1, -1, (1, 2), (1, 2, 3), slice(1, 3), slice(None, None, 2), (slice(None), -1), (Ellipsis, 2),
    (1, Ellipsis), (None, 1), (Ellipsis, None), (slice(0, 0),), ROWS, (slice(None), ROWS),
    (ROWS, slice(1, 3)), (ROWS, COLUMNS[:, :1]), (slice(None), ROWS, COLUMNS),
    (COLUMNS, slice(None), ROWS), (0, slice(None), ROWS), (ROWS, None, slice(1)),
    MASK, MASK[:, :, 0], (MASK[:, 0, 0], 1), (slice(None), MASK[0]), [0, 2],
    (slice(1, None), [1, 1]),
    True, False, (Ellipsis, np.array([4, 0])),
]  # fmt: skip


def ours(index):
    """The index with arrays as tensors."""
    if isinstance(index, tuple):
        return tuple(ours(i) for i in index)
    return pt.tensor(index) if isinstance(index, np.ndarray) else index


@pytest.mark.parametrize("index", INDICES, ids=repr)
def test_get(index):
    got = pt.tensor(X)[ours(index)]
    expected = X[index]
    if isinstance(index, tuple) and any(isinstance(i, int) for i in index):
        # For PyTorch an integer is no index array: it never moves dimensions.
        parts = [slice(i, i + 1) if type(i) is int and i >= 0 else i for i in index]
        if any(isinstance(i, np.ndarray) for i in index):
            expected = X[tuple(parts)].squeeze(0)
    assert tuple(got.shape) == expected.shape
    np.testing.assert_array_equal(got.numpy(), expected)


@pytest.mark.parametrize("index", INDICES, ids=repr)
def test_set(index):
    if isinstance(index, tuple) and 0 in [i for i in index if type(i) is int]:
        pytest.skip("PyTorch and NumPy order these dimensions differently")
    x, expected = pt.tensor(X), X.copy()
    value = np.float32(-1.0)
    x[ours(index)] = -1.0
    expected[index] = value
    np.testing.assert_array_equal(x.numpy(), expected)
    shape = X[index].shape
    x[ours(index)] = pt.arange(float(np.prod(shape))).reshape(shape)
    # Where an element is written more than once, the last one stays, as in NumPy.
    expected[index] = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    np.testing.assert_array_equal(x.numpy(), expected)


def test_views_alias():
    x = pt.zeros(3, 4)
    x[1:, ::2] += 1
    x.T[3] = 5
    x[0].fill_(2)
    np.testing.assert_array_equal(x.numpy(), [[2, 2, 2, 2], [1, 0, 1, 5], [1, 0, 1, 5]])
    x[pt.tensor([0, 2])] += 1
    assert x.sum().item() == 12 + 7 + 11


def test_gradient_of_get_and_set():
    x = pt.tensor(X, requires_grad=True)
    (x[pt.tensor([0, 0, 2])] * 2).sum().backward()
    np.testing.assert_array_equal(x.grad[:, 0, 0].numpy(), [4, 0, 2])
    y = pt.tensor(X, requires_grad=True)
    z = y * 1
    z[1] = 0
    z.sum().backward()
    np.testing.assert_array_equal(y.grad[:, 0, 0].numpy(), [1, 0, 1])


@pytest.mark.parametrize(
    ("index", "error", "words"),
    [
        (3, IndexError, "out of bounds for dimension 0 with size 3"),
        ((0, 0, 0, 0), IndexError, "too many indices for tensor of dimension 3"),
        (slice(None, None, -1), IndexError, "step must be greater than zero"),
        (np.zeros(2, bool), IndexError, "shape of the mask"),
        (np.zeros(2, np.float32), IndexError, "long, int, byte or bool"),
        ((ROWS, np.zeros(2, np.int64)), IndexError, "broadcast together"),
        ("a", IndexError, "only integers"),
        ((Ellipsis, Ellipsis), IndexError, "single ellipsis"),
        (np.array([7]), (IndexError, RuntimeError), "out of range"),
        ((ROWS, np.array([9, 9, 9])), (IndexError, RuntimeError), "out of range"),
    ],
)
def test_bad_index(index, error, words):
    with pytest.raises(error, match=words):
        pt.tensor(X)[ours(index)].tolist()


def test_bad_value():
    with pytest.raises(RuntimeError, match=r"\[2\] cannot be broadcast to .* \[4, 5\]"):
        pt.tensor(X)[0] = pt.zeros(2)
    with pytest.raises(TypeError, match="can't assign a str"):
        pt.tensor(X)[0] = "a"
