"""A whole program: walks `portico` ops in order and evaluates each in NumPy."""

import numpy as np

from portico import mlir

from .errors import ValueFault
from .ops import evaluate_op

_RETURNS = ("func.return", "portico.yield")


def evaluate_module(module, inputs, function: str = "main") -> list[np.ndarray]:
    """The results of a function of a module.

    ``module`` is a ``portico.mlir.Module`` or its text, ``inputs`` one NumPy
    array per argument (bf16 as ``ml_dtypes.bfloat16``). Calls and kernels are
    followed; an op without a NumPy meaning raises ``NotImplementedError``.

    Raises:
        KeyError: a function that is not there.

    >>> evaluate_module('''
    ... func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
    ...   %0 = portico.neg %x : (tensor<2xf32>) -> tensor<2xf32>
    ...   return %0 : tensor<2xf32>
    ... }''', [np.float32([1, 2])])
    [array([-1., -2.], dtype=float32)]
    """
    if isinstance(module, str):
        module = mlir.Module.parse(module)
    functions = {
        op.attributes["sym_name"]: op for op in module.operations if op.name == "func.func"
    }
    if function not in functions:
        have = ", ".join(sorted(functions)) or "none"
        raise KeyError(f"[reference] no such function; got {function!r}; the module has {have}")
    return _Walk(functions).call(function, [np.asarray(x) for x in inputs])


class _Walk:
    def __init__(self, functions):
        self.functions = functions

    def call(self, name, operands):
        return self.block(self.functions[name].regions[0].blocks[0], operands)

    def block(self, block, inputs):
        arguments = list(block.arguments)
        if len(arguments) != len(inputs):
            raise TypeError(
                f"[reference] wrong number of inputs; got {len(inputs)}; expected {len(arguments)}"
            )
        values = dict(zip(arguments, inputs, strict=True))
        for ordinal, op in enumerate(block.operations):
            operands = [values[operand] for operand in op.operands]
            if op.name in _RETURNS:
                return operands
            try:
                results = self.op(op, operands)
            except ValueFault as fault:
                fault.op = ordinal  # the last to say so is the function that was asked for
                raise
            for value, result in zip(op.results, results, strict=True):
                values[value] = result
        return []

    def op(self, op, operands):
        if op.name == "portico.call":
            return self.call(op.attributes["callee"], operands)
        if op.name == "portico.kernel":
            return self.block(op.regions[0].blocks[0], operands)
        dialect, _, name = op.name.partition(".")
        if dialect != "portico":
            raise NotImplementedError(f"[reference] not an op of the portico dialect: {op.name}")
        try:
            return evaluate_op(name, operands, dict(op.attributes))
        except Exception as error:
            # The op's own location is what a reader of a failing test needs.
            error.add_note(f"while evaluating {op}")
            raise
