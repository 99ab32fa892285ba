"""How counts of people are shown: the small ones hidden, in words and as bars."""

from collections.abc import Sequence
from typing import Any

from outreach.small_cells import is_small, shielded
from outreach.templatetags.kit import amount

SMALL = "minder dan 10"
WITHHELD = "niet getoond"


def count_text(count: int, shown: int | None) -> str:
    """What stands for a count that went through `shielded`."""
    if shown is not None:
        return str(amount(shown))
    return SMALL if is_small(count) else WITHHELD


def lone_text(count: int) -> str:
    """What stands for a count that is part of no shown sum."""
    return SMALL if is_small(count) else str(amount(count))


def texts(counts: Sequence[int]) -> list[str]:
    """What stands for counts beside their sum."""
    return [count_text(count, shown) for count, shown in zip(counts, shielded(counts), strict=True)]


def bars(labels: Sequence[str], counts: Sequence[int]) -> list[dict[str, Any]]:
    """What kit/bar_chart.html asks for counts that stand beside their sum."""
    return [
        {"label": label, "value": shown}
        if shown is not None
        else {"label": label, "hidden": True, "text": "" if is_small(count) else WITHHELD}
        for label, count, shown in zip(labels, counts, shielded(counts), strict=True)
    ]


def largest(found: Sequence[dict[str, Any]]) -> int:
    """The length of the longest bar, at least 1."""
    return max((bar.get("value", 0) for bar in found), default=0) or 1
