"""`save` and `load`: tensors as safetensors, the structure around them as JSON.

A file is a safetensors file whose metadata says how its tensors hang together,
so any safetensors reader can open it. Nothing is pickled and nothing in a file
is executed: loading an untrusted file can fail, but it can do no harm.
"""

import base64
import json
import math
import os
import tempfile
from collections import OrderedDict

import numpy as np

import portico as pt

from . import _core
from ._device import HOST
from ._fail import fail_runtime, fail_type

__all__ = ["load", "save"]

_KEY = "portico"
_VERSION = 1
_TAG = "$"

_DTYPES = {
    "BOOL": "bool",
    "U8": "uint8",
    "I8": "int8",
    "I16": "int16",
    "I32": "int32",
    "I64": "int64",
    "F16": "float16",
    "BF16": "bfloat16",
    "F32": "float32",
    "F64": "float64",
}


def save(obj, f):
    """Writes tensors, and lists, tuples, dicts, numbers and strings around them, to a file.

    `f` is a path or a binary file. A path is replaced only when all has been
    written. Raises `TypeError` for objects that are more than data; of a module,
    save the `state_dict()`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.save.html

    >>> import io
    >>> file = io.BytesIO()
    >>> pt.save({"w": pt.ones(2), "step": 3}, file)
    >>> pt.load(io.BytesIO(file.getvalue()))
    {'w': tensor([1., 1.]), 'step': 3}
    """
    writer = _Writer()
    structure = {"version": _VERSION, "root": writer.encode(obj, "object")}
    from safetensors.numpy import save as to_safetensors

    content = to_safetensors(writer.tensors, {_KEY: json.dumps(structure)})
    if hasattr(f, "write"):
        f.write(content)
        return
    path = os.fspath(f)
    folder = os.path.dirname(path) or "."
    handle, temporary = tempfile.mkstemp(prefix=os.path.basename(path) + ".", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


class _Writer:
    """Turns objects into JSON and collects the tensors in them."""

    def __init__(self):
        self.tensors = {}
        self._numbers = {}

    def encode(self, value, where):
        if value is None or isinstance(value, (bool, str)):
            return value
        if isinstance(value, pt.Tensor):
            return self._tensor(value)
        if isinstance(value, (np.ndarray, np.generic)):
            return self._array(value, where)
        if isinstance(value, int):
            return int(value)
        if isinstance(value, float):
            return value if math.isfinite(value) else {_TAG: "float", "v": repr(value)}
        if isinstance(value, pt.dtype):
            return {_TAG: "dtype", "v": value.name}
        if isinstance(value, pt.device):
            return {_TAG: "device", "v": str(value)}
        if isinstance(value, bytes):
            return {_TAG: "bytes", "v": base64.b64encode(value).decode()}
        if isinstance(value, pt.Size):
            return {_TAG: "size", "v": list(value)}
        if isinstance(value, dict):
            return self._dict(value, where)
        for kind, name in ((list, "list"), (tuple, "tuple"), (set, "set")):
            if type(value) is kind:
                parts = [self.encode(v, f"{where}[{i}]") for i, v in enumerate(value)]
                return {_TAG: name, "v": parts}
        fail_type(
            "save",
            f"can't save an object of this type (at {where})",
            type(value).__name__,
            "tensors, arrays, numbers, strings, bytes, None, lists, tuples, sets or dicts of them",
            "module.state_dict() for a module",
        )

    def _dict(self, value, where):
        pairs = [
            [self.encode(k, f"key of {where}"), self.encode(v, f"{where}[{k!r}]")]
            for k, v in value.items()
        ]
        node = {_TAG: "odict" if isinstance(value, OrderedDict) else "dict", "v": pairs}
        metadata = getattr(value, "_metadata", None)
        if metadata is not None:
            node["metadata"] = self.encode(metadata, f"{where}._metadata")
        return node

    def _store(self, key, array):
        """The number under which an array is stored; the same memory is stored once."""
        if key not in self._numbers:
            number = self._numbers[key] = len(self._numbers)
            self.tensors[str(number)] = np.ascontiguousarray(array).reshape(array.shape)
        return self._numbers[key]

    def _tensor(self, tensor):
        data = tensor.detach()
        key = (data.data_ptr(), tuple(data.shape), tuple(data.stride()), data.dtype.name)
        if data.numel() == 0:
            key = (id(tensor), *key)
        node = {_TAG: "tensor", "i": self._store(key, data.numpy(force=True))}
        if not _core.is_host(data.device):
            node["device"] = str(data.device)
        if tensor.requires_grad:
            node["requires_grad"] = True
        if isinstance(tensor, pt.nn.Parameter):
            node["parameter"] = True
        return node

    def _array(self, array, where):
        if array.dtype.name not in _DTYPES.values():
            fail_type("save", f"can't save an array of this dtype (at {where})", array.dtype)
        if isinstance(array, np.generic):
            return self.encode(array.item(), where)
        return {_TAG: "array", "i": self._store(("array", id(array)), array)}


def load(f, map_location=None, *, weights_only=True, mmap=None):
    """Reads what `save` wrote, or the tensors of any safetensors file as a dict.

    `f` is a path or a binary file; `map_location` the device of the tensors, which otherwise come
    back where they were. No code is ever run from a file, whatever `weights_only` says.

    `mmap` is accepted.

    Raises:
        RuntimeError: a file that is truncated or of another kind.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.load.html

    >>> import io
    >>> file = io.BytesIO()
    >>> pt.save({"x": pt.ones(2)}, file)
    >>> position = file.seek(0)
    >>> pt.load(file)
    {'x': tensor([1., 1.])}
    """
    name = getattr(f, "name", None) if hasattr(f, "read") else os.fspath(f)
    if hasattr(f, "read"):
        content = f.read()
    else:
        with open(f, "rb") as file:
            content = file.read()
    name = name if isinstance(name, str) else "the file"
    tensors, structure = _parse(content, name)
    reader = _Reader(tensors, map_location, name)
    if structure is None:
        return {key: reader.tensor(key) for key in tensors}
    try:
        return reader.decode(structure["root"])
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        fail_runtime(
            "load", f"{name} is damaged: its structure does not fit its tensors ({error!r})"
        )


_FOREIGN = (
    (b"PK\x03\x04", "a zip archive, as torch.save writes"),
    (b"\x80", "a pickle"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x89HDF", "an HDF5 file"),
    (b"GGUF", "a GGUF file"),
)


def _parse(content, name):
    if not content:
        fail_runtime("load", f"{name} is empty", None, "a file written by pt.save, or safetensors")
    length = int.from_bytes(content[:8], "little")
    if len(content) < 8 or length > len(content) - 8 or content[8:9] != b"{":
        for magic, kind in _FOREIGN:
            if content.startswith(magic):
                fail_runtime(
                    "load",
                    f"{name} is {kind}",
                    None,
                    "a file written by pt.save, or safetensors",
                    "converting it to safetensors where it was made",
                )
        what = "is truncated" if content[8:9] == b"{" else "is not a file of this kind"
        fail_runtime("load", f"{name} {what}", None, "a file written by pt.save, or safetensors")
    from safetensors import SafetensorError, deserialize

    try:
        header = json.loads(content[8 : 8 + length])
        tensors = dict(deserialize(content))
    except (SafetensorError, ValueError) as error:
        fail_runtime("load", f"{name} is truncated or damaged ({error})")
    text = (header.get("__metadata__") or {}).get(_KEY)
    if text is None:
        return tensors, None
    try:
        structure = json.loads(text)
        version = structure["version"]
    except (ValueError, KeyError, TypeError) as error:
        fail_runtime("load", f"{name} is damaged ({error!r})")
    if version != _VERSION:
        fail_runtime("load", f"{name} is of a version that is not known", version, _VERSION)
    return tensors, structure


class _Reader:
    """Turns JSON and stored tensors back into objects."""

    def __init__(self, stored, device, name):
        self.stored, self.device, self.name = stored, device, name
        self._made = {}

    def array(self, key):
        info = self.stored[key]
        dtype = _DTYPES.get(info["dtype"])
        if dtype is None:
            fail_runtime("load", f"{self.name} holds a dtype that is not known", info["dtype"])
        if dtype == "bfloat16":
            import ml_dtypes

            dtype = ml_dtypes.bfloat16
        return np.frombuffer(info["data"], np.dtype(dtype)).reshape(info["shape"])

    def tensor(self, key, device=None):
        if key in self._made:  # a second tensor over the same memory
            return self._made[key].detach()
        device = HOST if device is None else device
        device = device if self.device is None else self.device
        tensor = _core.from_buffer(self.array(key), copy=True, device=device)
        self._made[key] = tensor
        return tensor

    def decode(self, node):
        if not isinstance(node, dict):
            return node
        return getattr(self, "_read_" + str(node[_TAG]))(node)

    def _parts(self, node):
        return [self.decode(part) for part in node["v"]]

    def _pairs(self, node):
        return [(self.decode(key), self.decode(value)) for key, value in node["v"]]

    def _read_tensor(self, node):
        tensor = self.tensor(str(node["i"]), node.get("device"))
        if node.get("parameter"):
            return pt.nn.Parameter(tensor, bool(node.get("requires_grad")))
        if node.get("requires_grad"):
            tensor = tensor.detach()
            tensor.requires_grad = True
        return tensor

    def _read_array(self, node):
        return self.array(str(node["i"])).copy()

    def _read_float(self, node):
        return float(node["v"])

    def _read_dtype(self, node):
        if node["v"] not in _DTYPES.values():
            raise TypeError(node["v"])
        return getattr(pt, node["v"])

    def _read_device(self, node):
        return pt.device(node["v"])

    def _read_bytes(self, node):
        return base64.b64decode(node["v"])

    def _read_size(self, node):
        return pt.Size(node["v"])

    def _read_list(self, node):
        return self._parts(node)

    def _read_tuple(self, node):
        return tuple(self._parts(node))

    def _read_set(self, node):
        return set(self._parts(node))

    def _read_dict(self, node):
        return dict(self._pairs(node))

    def _read_odict(self, node):
        result = OrderedDict(self._pairs(node))
        if "metadata" in node:
            result._metadata = self.decode(node["metadata"])
        return result
