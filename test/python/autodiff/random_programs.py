"""Random programs, as text: a hypothesis strategy."""

import numpy as np
from hypothesis import strategies as st


class Writer:
    """A random program, mostly of the ops that simplification rewrites."""

    def __init__(self, draw, smooth=False):
        self.draw = draw
        self.smooth = smooth  # without kinks and poles
        self.lines = []
        self.values = []  # name, shape
        for i in range(2):
            self.values.append((f"%x{i}", (2, 3, 1)))
        self.inputs = list(self.values)

    def pick(self, shape=None):
        """Any value of the shape; half of the time the newest, so that ops form chains."""
        values = [v for v in self.values if shape is None or v[1] == shape]
        return values[-1] if self.draw(st.booleans()) else self.draw(st.sampled_from(values))

    def emit(self, op, operands, attrs, shape):
        name = f"%{len(self.lines)}"
        types = ", ".join(self.type(s) for _, s in operands)
        names = ", ".join(n for n, _ in operands)
        attrs = f" {{{attrs}}}" if attrs else ""
        self.lines.append(f"{name} = portico.{op} {names}{attrs} : ({types}) -> {self.type(shape)}")
        self.values.append((name, shape))

    @staticmethod
    def type(shape):
        return "tensor<" + "".join(f"{d}x" for d in shape) + "f64>"

    @staticmethod
    def array(values):
        return "array<i64: " + ", ".join(map(str, values)) + ">" if values else "array<i64>"

    def constant(self, numbers=("0.0", "1.0", "-1.0", "2.0", "0.5")):
        number = self.draw(st.sampled_from(numbers))
        _, shape = self.pick()
        name = f"%{len(self.lines)}"
        self.lines.append(f"{name} = portico.constant dense<{number}> : {self.type(shape)}")
        self.values.append((name, shape))

    def binary(self):
        a = self.pick()
        op = self.draw(st.sampled_from(["add", "sub", "mul"] + ["max", "pow"] * (not self.smooth)))
        self.emit(op, [a, self.pick(a[1])], "", a[1])

    def unary(self):
        a = self.pick()
        self.emit(
            self.draw(st.sampled_from(["neg", "sin", "tanh"] + ["abs"] * (not self.smooth))),
            [a],
            "",
            a[1],
        )

    def permute(self):
        a = self.pick()
        order = self.draw(st.permutations(range(len(a[1]))))
        attrs = f"permutation = {self.array(order)}"
        self.emit("permute", [a], attrs, tuple(a[1][d] for d in order))

    def reshape(self):
        a = self.pick()
        size = int(np.prod(a[1]))
        shapes = [(size,), (1, size), (size, 1)] + [s for _, s in self.values if np.prod(s) == size]
        shape = self.draw(st.sampled_from(shapes))
        self.emit("reshape", [a], f"shape = {self.array(shape)}", shape)

    def broadcast(self):
        a = self.pick()
        if len(a[1]) > 3 or np.prod(a[1]) > 200:
            return
        at = self.draw(st.integers(0, len(a[1])))
        size = self.draw(st.sampled_from([1, 2, 3]))
        shape = [d if d > 1 else self.draw(st.sampled_from([1, 2])) for d in a[1]]
        shape.insert(at, size)
        dims = [d for d in range(len(shape)) if d != at]
        attrs = f"shape = {self.array(shape)}, dims = {self.array(dims)}"
        self.emit("broadcast", [a], attrs, tuple(shape))

    def power(self):
        self.constant(("0.0", "1.0", "2.0", "3.0", "0.5", "-0.5", "-1.0"))
        exponent = self.values[-1]
        base = self.draw(st.sampled_from([v for v in self.values if v[1] == exponent[1]]))
        self.emit("pow", [base, exponent], "", base[1])

    def square(self):
        """The sum of x along rows and x along columns."""
        a = self.pick()
        size = int(np.prod(a[1]))
        if size > 12:
            return
        self.emit("reshape", [a], f"shape = {self.array([size])}", (size,))
        x = self.values[-1]
        for dim in (0, 1):
            attrs = f"shape = {self.array([size, size])}, dims = {self.array([dim])}"
            self.emit("broadcast", [x], attrs, (size, size))
        self.emit("add", self.values[-2:], "", (size, size))

    def reduce(self):
        a = self.pick()
        axes = [d for d in range(len(a[1])) if self.draw(st.booleans())]
        kind = self.draw(st.sampled_from(["sum", "prod"] + ["max", "min"] * (not self.smooth)))
        shape = tuple(s for d, s in enumerate(a[1]) if d not in axes)
        self.emit(f"reduce {kind}", [a], f"axes = {self.array(axes)}", shape)

    def dot(self):
        a, b = self.pick(), self.pick()
        pairs = [(i, j) for i, m in enumerate(a[1]) for j, n in enumerate(b[1]) if m == n]
        if not pairs:
            return
        i, j = self.draw(st.sampled_from(pairs))
        shape = tuple(s for d, s in enumerate(a[1]) if d != i)
        shape += tuple(s for d, s in enumerate(b[1]) if d != j)
        if len(shape) > 4:
            return
        attrs = (
            "lhs_batch = array<i64>, rhs_batch = array<i64>, "
            f"lhs_contract = {self.array([i])}, rhs_contract = {self.array([j])}"
        )
        self.emit("dot_general", [a, b], attrs, shape)

    def text(self):
        steps = [
            self.constant, self.binary, self.unary, self.permute, self.reshape, self.broadcast,
            self.reduce, self.dot, self.power, self.square,
        ]  # fmt: skip
        if self.smooth:
            steps.remove(self.power)
        for step in self.draw(st.lists(st.sampled_from(steps), min_size=3, max_size=14)):
            step()
        results = self.values[-3:]
        signature = ", ".join(f"{n}: {self.type(s)}" for n, s in self.inputs)
        types = ", ".join(self.type(s) for _, s in results)
        body = "\n  ".join(self.lines)
        return f"""func.func @main({signature}) -> ({types}) {{
  {body}
  return {", ".join(n for n, _ in results)} : {types}
}}"""


@st.composite
def programs(draw, smooth=False):
    return Writer(draw, smooth).text()
