"""When to go past again after nobody was home: another part of the day, on another day of the week."""

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from outreach.models import Gesprek
from outreach.models.gesprek import AttemptKind, DayPart

WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag")
# Who was out by day is likeliest to be home in the evening.
_LIKELIEST = (DayPart.EVENING, DayPart.AFTERNOON, DayPart.MORNING)
# A neighbouring day is much like the last one.
_DAYS_ON = 2


@dataclass(frozen=True, slots=True)
class Try:
    """A day of the week (0 is Monday) and a part of that day."""

    weekday: int
    day_part: DayPart

    def text(self) -> str:
        """`donderdagavond`."""
        return f"{WEEKDAYS[self.weekday]}{self.day_part.value}"


def in_vain(gesprekken: Iterable[Gesprek]) -> list[tuple[datetime.date, DayPart]]:
    """The attempts since somebody was last spoken, from gesprekken with the newest first."""
    return [(one.happened_on, DayPart(one.day_part)) for one in _since_spoken(gesprekken)]


def times_in_vain(gesprekken: Iterable[Gesprek]) -> int:
    """How often one tried since somebody was last spoken, from gesprekken with the newest first.

    Ringing, calling and a card in the same part of a day are one try; a card alone is none (decision 0013).
    """
    tried = [one for one in _since_spoken(gesprekken) if one.kind != AttemptKind.CARD]
    return len({(one.happened_on, one.day_part) for one in tried})


def _since_spoken(gesprekken: Iterable[Gesprek]) -> Iterator[Gesprek]:
    return takewhile(lambda one: not one.reached and not one.result, gesprekken)


def propose(tried: list[tuple[datetime.date, DayPart]]) -> Try | None:
    """What was tried least, and never again what was tried last. Nothing tried, nothing to propose.

    `tried` has the newest first. The same attempts give the same proposal.
    """
    if not tried:
        return None
    last_day, last_part = tried[0]
    parts = Counter(part for _, part in tried)
    days = Counter(day.weekday() for day, _ in tried)
    others = [part for part in _LIKELIEST if part != last_part]
    onwards = [(last_day.weekday() + _DAYS_ON + step) % 7 for step in range(7)]
    weekdays = [day for day in onwards if day < len(WEEKDAYS) and day != last_day.weekday()]
    # Of equals `min` takes the first: the likeliest part, the nearest day.
    return Try(min(weekdays, key=days.__getitem__), min(others, key=parts.__getitem__))
