"""Fashion-MNIST (Xiao et al., 2017) from the files of Debian's dataset-fashion-mnist."""

import gzip
import os
import struct
from pathlib import Path

import numpy as np

from portico.errors import PorticoRuntimeError

CLASSES = ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker",
           "bag", "boot")  # fmt: skip
#: Mean and deviation of the training pixels, in [0, 1].
MEAN, DEVIATION = 0.2860, 0.3530

_FOLDER = "usr/share/datasets/fashion-mnist"
_IMAGES, _LABELS = 2051, 2049  # what a file of each kind begins with
_UINT8 = 0x08


def _candidates(data):
    if data is not None:
        return [Path(data)]
    checkout = Path(__file__).resolve().parents[3]
    named = [Path(os.environ["PORTICO_DATA"])] if "PORTICO_DATA" in os.environ else []
    # Where there was no root to install it, the package lies unpacked in the checkout.
    return [*named, Path("/") / _FOLDER, checkout / ".deps/root" / _FOLDER]


def find(data=None) -> Path:
    """The folder with the four files."""
    tried = _candidates(data)
    for folder in tried:
        if any(folder.glob("train-images-idx3-ubyte*")):
            return folder
    raise PorticoRuntimeError(
        "[demo] Fashion-MNIST is not here; looked in "
        f"{', '.join(map(str, tried))}; try `apt-get install dataset-fashion-mnist`, or --data DIR"
    )


def _read(folder, name):
    for path in (folder / name, folder / f"{name}.gz"):
        if path.exists():
            break
    else:
        raise PorticoRuntimeError(f"[demo] no {name} in {folder}")
    try:
        with gzip.open(path) if path.suffix == ".gz" else open(path, "rb") as file:
            content = file.read()
    except (OSError, EOFError) as error:
        raise PorticoRuntimeError(f"[demo] {path} is damaged: {error}") from error
    return parse(content, str(path))


def parse(content: bytes, name: str = "the file") -> np.ndarray:
    """An array from the IDX format: magic number, sizes, bytes."""
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] != _UINT8:
        raise PorticoRuntimeError(f"[demo] {name} is no IDX file of bytes")
    ndim = content[3]
    header = 4 + 4 * ndim
    if len(content) < header:
        raise PorticoRuntimeError(f"[demo] {name} is truncated")
    shape = struct.unpack(f">{ndim}I", content[4:header])
    values = np.frombuffer(content, np.uint8, offset=header)
    if values.size != np.prod(shape, dtype=np.int64):
        raise PorticoRuntimeError(
            f"[demo] {name} is truncated; got {values.size} values; expected shape {shape}"
        )
    return values.reshape(shape)


def load(folder: Path, split: str):
    """Images [N, 1, 28, 28] and labels [N] of "train" or "t10k", as bytes."""
    images = _read(folder, f"{split}-images-idx3-ubyte")
    labels = _read(folder, f"{split}-labels-idx1-ubyte")
    if images.ndim != 3 or labels.ndim != 1 or len(images) != len(labels):
        raise PorticoRuntimeError(
            f"[demo] images and labels of {split} do not fit; got {images.shape} and {labels.shape}"
        )
    return images[:, None], labels
