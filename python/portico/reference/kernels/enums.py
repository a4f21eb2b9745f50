"""Enum attributes arrive as their ODS name or their number."""

from portico._generated.op_table import ENUMS

COMPARISONS = tuple(ENUMS["CompareDirection"])
REDUCE_KINDS = tuple(ENUMS["ReduceKind"])
COMBINERS = tuple(ENUMS["ScatterCombiner"])


def case_name(value, cases: tuple[str, ...]) -> str:
    if isinstance(value, str):
        if value not in cases:
            raise ValueError(f"unknown case; got {value!r}; expected one of {', '.join(cases)}")
        return value
    return cases[int(value)]
