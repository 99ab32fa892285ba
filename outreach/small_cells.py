"""Small counts may point at people, so they are not shown, and cannot be worked out from what is shown.

A count under ten is small; none at all is not, since nobody is in it. Source: the house rule for aggregates.
"""

from collections.abc import Sequence

SMALLEST = 10


def is_small(count: int) -> bool:
    """Whether this count may not be shown."""
    return 0 < count < SMALLEST


def shielded(counts: Sequence[int]) -> list[int | None]:
    """The counts that stand beside their sum, with None for each that may not be shown.

    Where leaving out the small ones would let somebody subtract (one is hidden, or all hidden together are
    fewer than ten), the next smallest is hidden too.
    """
    hidden = {place for place, count in enumerate(counts) if is_small(count)}
    others = sorted((count, place) for place, count in enumerate(counts) if count >= SMALLEST)
    while hidden and others and (len(hidden) < 2 or sum(counts[place] for place in hidden) < SMALLEST):
        hidden.add(others.pop(0)[1])
    return [None if place in hidden else count for place, count in enumerate(counts)]
