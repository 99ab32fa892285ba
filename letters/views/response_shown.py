"""How the answers to a round look: small counts hidden, and a share from which none can be worked out."""

from typing import Any

from letters.actions.response import Responses
from outreach.small_cells import SMALLEST, is_small
from outreach.templatetags.kit import amount
from outreach.views.counted import SMALL, WITHHELD, lone_text

#: How coarse a share may be told, in percents.
_STEPS = (1, 5, 10)


def kpis(found: Responses) -> list[dict[str, Any]]:
    """What kit/kpis.html asks for; nothing while no letter is out."""
    if not found.sent:
        return []
    return [
        {"label": "Huishoudens met een brief in de bus", "value": lone_text(found.sent)},
        {"label": "Door de post teruggestuurd", "value": _part(found.returned, found.sent)},
        {"label": "Gereageerd", "value": _part(found.answered, found.answerable)},
        {"label": "Toegekend", "value": _part(found.granted, found.answered)},
        {"label": "Respons", "value": share(found), "note": "van wie kon reageren"},
    ]


def _part(count: int, of: int) -> str:
    """A count that stands beside what it is a part of: hidden too when the rest is small."""
    if is_small(count):
        return SMALL
    return WITHHELD if is_small(of - count) else str(amount(count))


def share(found: Responses) -> str:
    """Which part of who could answer did. Told coarser where a finer one would give a hidden count away."""
    silent = found.answerable - found.answered
    if found.answerable < SMALLEST or is_small(found.answered) or is_small(silent):
        return WITHHELD
    hidden = is_small(found.sent - found.answerable) or is_small(found.returned)
    for step in _STEPS:
        # Whoever knows how many answered can tell the whole no closer than this.
        if not hidden or found.answerable * step >= SMALLEST * 100:
            rounded = round(100 * found.answered / found.answerable / step) * step
            return f"{'ongeveer ' if step > 1 else ''}{rounded}%"
    return WITHHELD
