"""All letters of a round in one go, in this process: for the demo and for measuring."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from letters.actions import parts
from letters.models import Part, PartTotals


@dataclass(frozen=True, slots=True)
class MadeRound:
    """What was made and how long it took: seconds on the wall, database work included; `size` in bytes."""

    totals: PartTotals
    size: int
    plan_seconds: float
    make_seconds: float

    @property
    def letters_per_second(self) -> float:
        return self.totals.made / (self.plan_seconds + self.make_seconds)

    @property
    def bytes_per_letter(self) -> float:
        return self.size / self.totals.made if self.totals.made else 0.0


def make_round(*, round_id: int, progress: Callable[[int, int], None] | None = None) -> MadeRound:
    """Plan and make the letters of a fixed letter round. `progress` hears after each part: done, of how many.

    A part that a worker makes at the same time is left to it.
    """
    start = time.perf_counter()
    parts.plan(round_id=round_id)
    planned = time.perf_counter()
    mine = Part.objects.filter(round_id=round_id)
    due = list(mine.planned().order_by("number").values_list("pk", flat=True))
    for done, part_id in enumerate(due, start=1):
        parts.make(part_id=part_id)
        if progress:
            progress(done, len(due))
    made = time.perf_counter()
    return MadeRound(
        totals=mine.totals_by_round().get(round_id, PartTotals()),
        size=sum(size or 0 for size in mine.values_list("size", flat=True)),
        plan_seconds=planned - start,
        make_seconds=made - planned,
    )
