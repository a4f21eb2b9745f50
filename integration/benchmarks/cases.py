"""What is measured. A body is torch code over `T`, which is torch or portico.

`prepare(T)` returns a callable that does one complete round of work; `force(T, tensors)` makes
sure that lazy work has been done (PyTorch does nothing there).
"""

import numpy as np

CASES = {}


def case(name, unit="ms", per=1):
    """Registers a case; `per` operations are done in one call."""

    def register(prepare):
        CASES[name] = (prepare, unit, per)
        return prepare

    return register


def force(T, tensors):
    evaluate = getattr(T, "eval", None)
    if evaluate is not None:
        evaluate(*tensors)


def random(T, *shape, seed=0):
    return T.tensor(np.random.default_rng(seed).normal(size=shape).astype(np.float32))


@case("record/add", unit="ns", per=1000)
def record_add(T):
    """One `x + y`: recording for Portico, doing it for PyTorch."""
    x, y = random(T, 4, 4), random(T, 4, 4, seed=1)

    def run():
        for _ in range(1000):
            x + y

    return run


@case("record/chain_20", unit="us")
def record_20(T):
    """The chain below without looking at its value: what of it is recording."""
    x, y = random(T, 64), random(T, 64, seed=1)

    def run():
        z = x
        for _ in range(10):
            z = z * y + x

    return run


@case("flush/20_ops", unit="us")
def flush_20(T):
    """A chain of 20 small ops whose program is known, recorded and run."""
    x, y = random(T, 64), random(T, 64, seed=1)

    def run():
        z = x
        for _ in range(10):
            z = z * y + x
        force(T, (z,))

    return run


@case("elementwise/mul_add_gelu_tanh_1M")
def chain(T):
    a, b = random(T, 1 << 20), random(T, 1 << 20, seed=1)
    return lambda: force(T, (T.tanh(T.nn.functional.gelu(a * b + a)),))


@case("row/softmax_4096x1024")
def softmax(T):
    x = random(T, 4096, 1024)
    return lambda: force(T, (T.softmax(x, -1),))


@case("row/layer_norm_4096x1024")
def layer_norm(T):
    x, w, b = random(T, 4096, 1024), random(T, 1024), random(T, 1024)
    return lambda: force(T, (T.nn.functional.layer_norm(x, (1024,), w, b),))


@case("row/sum_last_4096x4096")
def sum_last(T):
    x = random(T, 4096, 4096)
    return lambda: force(T, (x.sum(-1),))


@case("row/sum_first_4096x4096")
def sum_first(T):
    x = random(T, 4096, 4096)
    return lambda: force(T, (x.sum(0),))


def matmul(n):
    def prepare(T):
        a, b = random(T, n, n), random(T, n, n, seed=1)
        return lambda: force(T, (a @ b,))

    return prepare


for size in (64, 256, 512, 1024):
    case(f"matmul/{size}")(matmul(size))


def linear(m, n, k):
    """A product with weights as a linear layer has them, [n, k]."""

    def prepare(T):
        x, w = random(T, m, k), random(T, n, k, seed=1)
        return lambda: force(T, (x @ w.T,))

    return prepare


# One shape for each branch of lowering/Kernels/MatmulStrategy.cpp.
for sizes in (
    (1, 1024, 1024), (4, 4096, 1024), (64, 10, 84), (64, 512, 784), (4096, 64, 64),
    (16, 1000, 2048), (511, 513, 509), (1000, 1000, 1000),
):  # fmt: skip
    case("linear/" + "x".join(map(str, sizes)))(linear(*sizes))


@case("window/max_pool_8x64x112x112_3s2")
def max_pool(T):
    x = random(T, 8, 64, 112, 112)
    return lambda: force(T, (T.nn.functional.max_pool2d(x, 3, 2, 1),))


@case("scan/cumsum_2048x2048")
def cumsum(T):
    x = random(T, 2048, 2048)
    return lambda: force(T, (T.cumsum(x, -1),))


@case("sort/1M")
def sort(T):
    x = random(T, 1000000)
    return lambda: force(T, tuple(T.sort(x)))


@case("conv/64x56x56_3x3")
def convolution(T):
    x, w = random(T, 8, 64, 56, 56), random(T, 64, 64, 3, 3)
    return lambda: force(T, (T.nn.functional.conv2d(x, w, None, 1, 1),))


def trainer(T, model, x, y, make_optimizer):
    optimizer = make_optimizer(model.parameters())
    cross_entropy = T.nn.functional.cross_entropy

    def step():
        loss = cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        force(T, (loss, *model.parameters()))
        return loss

    return step


def labels(T, n):
    return T.tensor(np.random.default_rng(2).integers(0, 10, n))


@case("train/mlp")
def mlp(T):
    nn = T.nn
    model = nn.Sequential(
        nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10)
    )
    return trainer(
        T, model, random(T, 128, 784), labels(T, 128), lambda p: T.optim.Adam(p, lr=1e-3)
    )


@case("train/lenet")
def lenet(T):
    nn = T.nn
    model = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip
    return trainer(
        T, model, random(T, 64, 1, 28, 28), labels(T, 64), lambda p: T.optim.Adam(p, lr=1e-3)
    )
