"""How much is tried: each level has all of those before it."""

LEVELS = ("smoke", "standard", "full")


def reaches(level, wanted):
    """Whether cases of level `wanted` are part of `level`.

    >>> reaches("standard", "smoke"), reaches("smoke", "full")
    (True, False)
    """
    return LEVELS.index(level) >= LEVELS.index(wanted)
