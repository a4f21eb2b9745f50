"""What a case is: work that is recorded on a device, and a verdict on its results."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

import portico as pt
from portico.reference.dtypes import is_float

from . import judge
from .layouts import plain
from .tolerances import PROGRAMS, Tolerance


def to_device(array, device):
    """A copy of the array (`from_numpy` would share the memory where the device is the host)."""
    return pt.tensor(np.asarray(array)).to(device)


def to_host(tensor):
    return tensor.detach().cpu().numpy()


def as_list(result):
    return list(result) if isinstance(result, list | tuple) else [result]


@dataclass
class Case:
    """Something that is recorded; many cases are computed in one flush."""

    name: str
    inputs: list
    #: The work, of tensors; called on the device, and by programs for the reference too.
    work: object

    def prepare(self):
        """What must be known before `check`."""

    def record(self, device):
        """The results, pending on the device."""
        with pt.no_grad(), pt.device(device):
            return as_list(self.work(*self.on_device(device)))

    def on_device(self, device):
        return [to_device(x, device) for x in self.inputs]

    def check(self, got) -> str | None:
        """What is wrong with the results (NumPy arrays), or None."""
        expected = self.expected()
        if len(got) != len(expected):
            return f"got {len(got)} results; expected {len(expected)}"
        for k, pair in enumerate(zip(got, expected, strict=True)):
            wrong = self.judge(*pair)
            if wrong is not None:
                which = f"result {k}: " if len(got) > 1 else ""
                return which + wrong.text + self.culprit(wrong.index)
        return None

    def culprit(self, index) -> str:
        return ""


@dataclass
class OpCase(Case):
    """One primitive; the reference interpreter says what is right."""

    op: str
    attrs: dict
    tolerance: Tolerance
    #: (expected in f64 before rounding, expected as it is): filled in by `reference`.
    layouts: tuple = (plain,)
    reference: object = None
    magnitude: object = None
    elementwise: bool = False

    def on_device(self, device):
        tensors = []
        for k, array in enumerate(self.inputs):
            stored, view, _ = self.layouts[k % len(self.layouts)](array)
            tensors.append(view(to_device(stored, device)))
        return tensors

    def values(self):
        """The operands' values, which a layout may have changed."""
        return [self.layouts[k % len(self.layouts)](x)[2] for k, x in enumerate(self.inputs)]

    def expected(self):
        return self.reference(self.values())

    def judge(self, got, expected):
        if not is_float(got.dtype) or self.tolerance.ulp == self.tolerance.terms == 0:
            return judge.form(got, expected) or judge.exact(
                got, expected, self.tolerance.signed_zero
            )
        wrong = judge.form(got, judge.rounded(expected, got.dtype))
        size = self.magnitude(self.values()) if self.tolerance.terms else None
        return wrong or judge.within(got, expected, self.tolerance, size)

    def culprit(self, index):
        if not self.elementwise or index is None:
            return ""
        return "; operands " + ", ".join(repr(x[index]) for x in self.values())


@dataclass
class ProgramCase(Case):
    """Several ops, possibly with gradients; the reference is the same program run by the
    interpreter, in f64 where the inputs are floats."""

    dtype: str = "float32"
    #: Integers and random bits: the reference has the same dtypes, and bits count.
    same_bits: bool = False
    #: The limit of the table, where a program has one of its own.
    limit: float | None = None
    _expected: list = field(default_factory=list)

    def record(self, device):
        return as_list(self.work(*self.on_device(device)))

    def wide(self, array):
        return array if self.same_bits or not is_float(array.dtype) else array.astype(np.float64)

    def record_reference(self, device):
        return as_list(self.work(*(to_device(self.wide(x), device) for x in self.inputs)))

    def prepare(self):
        """Runs the reference; to be called where the interpreter is the executor."""
        with pt.enable_grad():
            device = pt.get_default_device()
            self._expected = [to_host(t).copy() for t in self.record_reference(device)]

    def expected(self):
        return self._expected

    def judge(self, got, expected):
        if self.same_bits or not is_float(got.dtype):
            return judge.form(got, expected) or judge.exact(got, expected)
        limit = PROGRAMS[str(got.dtype)] if self.limit is None else self.limit
        wrong = judge.form(got, judge.rounded(expected, got.dtype))
        return wrong or judge.scaled(got, expected.astype(np.float64), limit)


@dataclass
class DeviceCase:
    """Something about the device itself: raises an AssertionError when it does not hold."""

    name: str
    run: object  # of a device
