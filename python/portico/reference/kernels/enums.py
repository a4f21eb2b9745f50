"""Enum attributes arrive as their ODS name or their number."""

COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
REDUCE_KINDS = ("sum", "prod", "max", "min")
COMBINERS = ("set", "add", "mul", "max", "min")


def case_name(value, cases: tuple[str, ...]) -> str:
    if isinstance(value, str):
        if value not in cases:
            raise ValueError(f"unknown case; got {value!r}; expected one of {', '.join(cases)}")
        return value
    return cases[int(value)]
