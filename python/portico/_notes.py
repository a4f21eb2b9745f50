"""What the docstrings of whole families say: shapes, dtypes and errors."""

ELEMENTWISE_FLOAT = """\
Any shape; integers and booleans become the default dtype.

Raises:
    TypeError: the input is no tensor."""

ELEMENTWISE = """\
Shape and dtype of `input`.

Raises:
    TypeError: the input is no tensor."""

TENSOR_ONLY = """\
Raises:
    TypeError: the input is no tensor."""

PREDICATE = """\
A boolean tensor of input's shape.

Raises:
    TypeError: the input is no tensor."""

ARITHMETIC = """\
Shapes broadcast and dtypes promote; `other` may be a number.

Raises:
    RuntimeError: shapes that do not broadcast."""

ARITHMETIC_FLOAT = """\
Shapes broadcast; integers become the default dtype.

Raises:
    RuntimeError: shapes that do not broadcast."""

PAIRWISE = """\
Shapes broadcast and dtypes promote.

Raises:
    RuntimeError: shapes that do not broadcast.
    TypeError: an operand that is no tensor."""

BROADCAST = """\
Shapes broadcast.

Raises:
    RuntimeError: shapes that do not broadcast."""

REDUCTION = """\
`dim` is an int or several; those dimensions go, or stay with size 1 if `keepdim`.

Raises:
    IndexError: a dimension out of range."""

REDUCTION_FLOAT = """\
`dim` is an int or several; those dimensions go, or stay with size 1 if `keepdim`.

Raises:
    IndexError: a dimension out of range.
    RuntimeError: integers."""

SCAN = """\
Keeps the shape.

Raises:
    IndexError: a dimension out of range."""

INDEXED = """\
Raises:
    IndexError, RuntimeError: an index out of range, of a wrong dtype or of a wrong shape."""

ORDER = """\
Indices are int64.

Raises:
    IndexError: a dimension out of range."""

PICK = """\
Indices are int64; dim goes, or stays with size 1 if `keepdim`.

Raises:
    IndexError: a dimension out of range."""

JOIN = """\
Raises:
    RuntimeError: no tensors, or shapes that differ elsewhere."""

VIEW = """\
Shares storage where strides allow.

Raises:
    IndexError: a dimension out of range."""

REPLACE = """\
Raises:
    RuntimeError, IndexError: a src of another shape, or a dimension out of range."""

ALONG = """\
Raises:
    IndexError: a dimension out of range."""

SIZED = """\
Raises:
    RuntimeError: a negative size."""
