"""How close kernels come to what a device can do: its memory, and its vendor's matrix products.

    python -m integration.benchmarks.device cuda

Memory-bound kernels are compared with the copy of a tensor on the same device, matrix products
with PyTorch's (the vendor's library) where PyTorch is installed and has the device.
"""

import argparse
import time

import portico as pt

#: Rows and columns of the tensors that are streamed: beyond every cache.
ROWS, COLUMNS = 16384, 4096
PRODUCT = 8192

STREAMED = {
    # name: (work, tensors read, tensors written)
    "elementwise gelu(a*b+a)": (lambda T, a, b: T.nn.functional.gelu(a * b + a), 2, 1),
    "softmax": (lambda T, a, b: T.softmax(a, -1), 1, 1),
    "layer norm": (lambda T, a, b: T.nn.functional.layer_norm(a, (a.shape[-1],)), 1, 1),
    "row sums": (lambda T, a, b: a.sum(-1), 1, 0),
}


class Portico:
    """The library under test."""

    name = "portico"

    def __init__(self, device):
        self.T, self.device = pt, device
        self.kind = getattr(pt, pt.device(device).type)

    def finish(self, results):
        pt.eval(*results)

    def wait(self):
        self.kind.synchronize()


class Torch:
    """PyTorch on the same device."""

    name = "torch"

    def __init__(self, torch, device):
        self.T, self.device = torch, device
        self.kind = getattr(torch, torch.device(device).type)

    def finish(self, results):
        pass

    def wait(self):
        self.kind.synchronize()


def torch_on(device):
    """PyTorch, or None and why not."""
    try:
        import torch

        torch.zeros(1, device=device)
        return Torch(torch, device), ""
    except ImportError:
        return None, "PyTorch is not installed"
    except Exception as error:  # what it raises for a device it has not depends on its build
        return None, f"PyTorch cannot use {device} ({str(error).splitlines()[0]})"


def seconds(library, work, at_least=0.5):
    """The time of one call of many: the work of all of them, then one wait."""
    for _ in range(3):
        library.finish([work()])
    library.wait()
    count = 1
    while True:
        start = time.perf_counter()
        for _ in range(count):
            library.finish([work()])
        library.wait()
        elapsed = time.perf_counter() - start
        if elapsed >= at_least:
            return elapsed / count
        count = max(2 * count, int(count * 1.2 * at_least / max(elapsed, 1e-9)))


def gigabytes(library, dtype, work, reads, writes):
    """GB/s of the tensors that a kernel has to read and write."""
    T = library.T
    a = T.rand(ROWS, COLUMNS, device=library.device).to(getattr(T, dtype))
    b = T.rand(ROWS, COLUMNS, device=library.device).to(getattr(T, dtype))
    library.finish([a, b])
    size = ROWS * COLUMNS * a.element_size()
    return (reads + writes) * size / seconds(library, lambda: work(T, a, b)) / 1e9


def copies(library, dtype):
    return gigabytes(library, dtype, lambda T, a, b: a.clone(), 1, 1)


def stream(libraries, dtypes):
    for dtype in dtypes:
        limit = max(copies(library, dtype) for library in libraries)
        print(f"{'copy':28}{dtype:10}{limit:10.0f} GB/s", flush=True)
        for name, case in STREAMED.items():
            rates = [gigabytes(library, dtype, *case) for library in libraries]
            others = "".join(
                f"   {library.name} {rate:.0f}"
                for library, rate in zip(libraries[1:], rates[1:], strict=True)
            )
            print(
                f"{name:28}{dtype:10}{rates[0]:10.0f} GB/s{rates[0] / limit:8.0%} of the copy"
                f"{others}", flush=True,
            )  # fmt: skip


def teraflops(library, dtype, size, tf32=False):
    T = library.T
    T.set_float32_matmul_precision("high" if tf32 else "highest")
    a = T.rand(size, size, device=library.device).to(getattr(T, dtype))
    b = T.rand(size, size, device=library.device).to(getattr(T, dtype))
    library.finish([a, b])
    try:
        return 2 * size**3 / seconds(library, lambda: a @ b) / 1e12
    finally:
        T.set_float32_matmul_precision("highest")


def products(libraries, size):
    ours, *peers = libraries
    for word in ("bfloat16", "float16", "float32", "tf32"):
        asked = ("float32", size, True) if word == "tf32" else (word, size)
        rate = teraflops(ours, *asked)
        line = f"{f'product {size}^3':28}{word:10}{rate:10.1f} TF/s"
        for peer in peers:
            their = teraflops(peer, *asked)
            line += f"{rate / their:8.0%} of the vendor's {their:.1f}"
        print(line, flush=True)


def run(device, product=PRODUCT):
    libraries = [Portico(device)]
    torch, why = torch_on(device)
    if torch:
        libraries.append(torch)
    else:
        print(f"{why}: Portico alone")
    stream(libraries, ("float32", "bfloat16"))
    products(libraries, product)


def main():
    parser = argparse.ArgumentParser(prog="python -m integration.benchmarks.device")
    parser.add_argument("device")
    parser.add_argument("--product", type=int, default=PRODUCT, help="size of the matrix products")
    options = parser.parse_args()
    run(options.device, options.product)


if __name__ == "__main__":
    main()
