"""MLIR modules from Python: parse, walk, run passes, print.

    >>> from portico import mlir
    >>> module = mlir.Module.parse('''
    ... func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
    ...   %0 = portico.neg %x : (tensor<2xf32>) -> tensor<2xf32>
    ...   return %0 : tensor<2xf32>
    ... }''')
    >>> [op.name for op in module.operations[0].regions[0].blocks[0].operations]
    ['portico.neg', 'func.return']

Attributes are Python values: integers, booleans, strings, tuples of integers
(`array<i64: ..>`), element types as text (``"f32"``) and NumPy arrays
(`dense<..>`). Wrong text raises `portico.errors.MlirError` with MLIR's
diagnostics.
"""

from portico import _core

Operation = _core.ir.Operation
Region = _core.ir.Region
Block = _core.ir.Block
Value = _core.ir.Value
Type = _core.ir.Type
Module = _core.ir.Module


def parse(text, all_dialects=False):
    """Parses a module of `portico` and `func` ops, or with `all_dialects` of every dialect that a
    lowering stage can contain.

    Raises:
        MlirError: text that does not parse or verify.

    >>> str(parse("module {}")).strip()
    'module {\\n}'
    """
    return _core.mlir_parse(text, all_dialects)


def run_pipeline(module, pipeline):
    """Runs MLIR's textual pass pipeline on `module`, in place, and returns it.

    Raises:
        MlirError: a pipeline that is unknown or fails.

    >>> module = run_pipeline(parse("module {}"), "canonicalize,cse")
    """
    module.run_pipeline(pipeline)
    return module


Module.parse = staticmethod(parse)

__all__ = ["Module", "Operation", "Region", "Block", "Value", "Type", "parse", "run_pipeline"]
