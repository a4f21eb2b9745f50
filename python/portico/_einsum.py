"""einsum: parses an equation, chooses an order, and contracts pair by pair."""

from __future__ import annotations

from ._broadcast import expand_value
from ._fail import fail_runtime
from ._generated import ops
from ._precision import products_allow_tf32
from .reductions import sum_

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def from_sublists(arguments):
    """einsum(x, [0, 1], y, [1, 2], [0, 2]) as an equation."""
    arguments = list(arguments)
    output = arguments.pop() if len(arguments) % 2 else None
    spell = lambda s: "".join("..." if i is Ellipsis else LETTERS[i] for i in s)  # noqa: E731
    equation = ",".join(spell(s) for s in arguments[1::2])
    if output is not None:
        equation += "->" + spell(output)
    return equation, tuple(arguments[::2])


def _parse(equation, operands):
    """-> (one list of labels an operand, the labels of the result). Ellipses become labels of
    their own."""
    text = equation.replace(" ", "")
    left, arrow, right = text.partition("->")
    terms = left.split(",")
    if len(terms) != len(operands):
        fail_runtime(
            "einsum",
            "einsum(): more operands were provided than specified in the equation"
            if len(terms) < len(operands)
            else "einsum(): fewer operands were provided than specified in the equation",
            f"{len(operands)} operands for {equation!r}",
        )
    covered, labels = 0, []
    for term, x in zip(terms, operands, strict=True):
        named = term.replace("...", "")
        if not all(c in LETTERS for c in named):
            fail_runtime(
                "einsum",
                "einsum(): invalid subscript given, subscripts must be in [a-zA-Z]",
                repr(equation),
            )
        rest = x.ndim - len(named)
        if rest < 0 or (rest and "..." not in term):
            fail_runtime(
                "einsum",
                f"einsum(): the number of subscripts in the equation ({len(named)}) does not "
                "match the number of "
                f"dimensions ({x.ndim}) for an operand",
                repr(equation),
            )
        covered = max(covered, rest)
        labels.append((term, rest))
    dots = [f".{i}" for i in range(covered)]
    spelled = []
    for term, rest in labels:
        before, dot, after = term.partition("...")
        spelled.append([*before, *(dots[covered - rest :] if dot else ()), *after])
    if arrow:
        before, dot, after = right.partition("...")
        result = [*before, *(dots if dot else ()), *after]
        known = {c for s in spelled for c in s}
        for c in result:
            if c not in known:
                fail_runtime(
                    "einsum",
                    f"einsum(): output subscript {c} does not appear in the equation for any "
                    "input operand",
                )
        if len(set(result)) != len(result):
            fail_runtime(
                "einsum",
                "einsum(): output subscript appears more than once in the output",
                repr(equation),
            )
    else:
        flat = [c for s in spelled for c in s if not c.startswith(".")]
        result = dots + sorted(c for c in set(flat) if flat.count(c) == 1)
    return spelled, result


def _diagonals(x, labels):
    """Repeated labels of one operand become its diagonal."""
    labels = list(labels)
    while len(set(labels)) != len(labels):
        c = next(c for c in labels if labels.count(c) > 1)
        i = labels.index(c)
        j = labels.index(c, i + 1)
        if x.shape[i] != x.shape[j]:
            fail_runtime(
                "einsum",
                f"einsum(): subscript {c} is repeated for an operand but the sizes don't match, "
                f"{x.shape[j]} != {x.shape[i]}",
            )
        x = x.diagonal(0, i, j)
        labels = [v for k, v in enumerate(labels) if k not in (i, j)] + [c]
    return x, labels


def _sum_out(x, labels, keep, widen=False):
    """Labels that nobody else needs are summed before the product."""
    gone = [i for i, c in enumerate(labels) if c not in keep]
    if gone:
        x = sum_(x, gone, dtype=None if widen else x.dtype)
        labels = [c for c in labels if c in keep]
    return x, labels


def _pair(a, la, b, lb, keep):
    """The product of two operands, summed over what is not in `keep`."""
    a, la = _sum_out(a, la, keep | set(lb))
    b, lb = _sum_out(b, lb, keep | set(la))
    # A size of 1 broadcasts: summing it away leaves the label to the other operand.
    shared = [c for c in la if c in lb]
    for c in shared:
        p, q = a.shape[la.index(c)], b.shape[lb.index(c)]
        if p != q:
            if p == 1:
                a, la = a.squeeze(la.index(c)), [v for v in la if v != c]
            elif q == 1:
                b, lb = b.squeeze(lb.index(c)), [v for v in lb if v != c]
            else:
                fail_runtime(
                    "einsum",
                    f"einsum(): operands do not broadcast with remapped shapes: subscript {c} has "
                    f"sizes {p} and {q}",
                )
    a, la = _sum_out(a, la, keep | set(lb))
    b, lb = _sum_out(b, lb, keep | set(la))
    shared = [c for c in la if c in lb]
    batch = [c for c in shared if c in keep]
    contract = [c for c in shared if c not in keep]
    r = ops.dot_general(
        a, b,
        tuple(la.index(c) for c in batch), tuple(lb.index(c) for c in batch),
        tuple(la.index(c) for c in contract), tuple(lb.index(c) for c in contract),
        products_allow_tf32(a.dtype),
    )  # fmt: skip
    return r, batch + [c for c in la if c not in shared] + [c for c in lb if c not in shared]


def _order(spelled, result, operands):
    """Pairs to contract, as indices into a list that products are appended to (opt_einsum's
    path)."""
    if len(operands) <= 2:
        return [tuple(range(len(operands)))] if len(operands) == 2 else []
    import opt_einsum

    symbols = {
        c: opt_einsum.get_symbol(i) for i, c in enumerate(sorted({c for s in spelled for c in s}))
    }
    sizes = {}
    for s, x in zip(spelled, operands, strict=True):
        for c, n in zip(s, x.shape, strict=True):
            sizes[symbols[c]] = max(sizes.get(symbols[c], 1), n)
    inputs = [frozenset(symbols[c] for c in s) for s in spelled]
    optimize = opt_einsum.paths.optimal if len(operands) < 5 else opt_einsum.paths.greedy
    return optimize(inputs, frozenset(symbols[c] for c in result), sizes)


def contract(equation, operands):
    spelled, result = _parse(equation, operands)
    work = [_diagonals(x, s) for x, s in zip(operands, spelled, strict=True)]
    sizes = {}
    for x, s in work:
        for c, n in zip(s, x.shape, strict=True):
            sizes[c] = max(sizes.get(c, 1), n) if n else 0
    for path in _order([s for _, s in work], result, [x for x, _ in work]):
        taken = [work[i] for i in path]
        work = [w for i, w in enumerate(work) if i not in path]
        while len(taken) > 1:
            (a, la), (b, lb) = taken[:2]
            keep = set(result).union(*(s for _, s in work + taken[2:]))
            taken[:2] = [_pair(a, list(la), b, list(lb), keep)]
        work.append(taken[0])
    x, labels = work[0]
    x, labels = _sum_out(x, list(labels), set(result), widen=True)
    x = x.permute(*(labels.index(c) for c in result)) if labels != result else x
    full = tuple(sizes[c] for c in result)
    return expand_value(x, full) if tuple(x.shape) != full else x
