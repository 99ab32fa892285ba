"""Which counts of the rapport may be told, so that no count under ten can be worked out of all that was told.

All tables of the rapport, in all their stands, are one system. A table splits the same units (a household for
a regeling) in rows; a row has one count per stage, and who reached a stage reached those before it. In each
stand a count is told exactly or not at all. The rules, for every table and stage:

- a count is told when it changed by nothing or by ten or more since it was last told (never told is nothing);
- of two stages told of one row, the difference is nothing or at least ten;
- what is left of a total, of a difference of totals, or of the growth of a total between any two stands when
  everything told is taken off, is nothing or at least ten. If not, one more count is held back.

So whatever somebody adds and subtracts, within a stand or over time, ends at nobody or at ten or more. The
choice and its limits: docs/decisions/0011-the-rapport-tells-in-stands.md. Nothing here knows a person or a
database.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise

from outreach.small_cells import SMALLEST

#: Found, reached, applied, granted.
STAGES = 4
FOUND = 0

#: The counts of one row, by stage; None is not told.
Told = Mapping[int, int]
Counts = Mapping[str, Sequence[int]]


@dataclass(slots=True)
class Stand:
    """What is told at one moment: of everything together, and of the rows of each table. Stages that are not
    told are left out; a row of which nothing is told is left out too."""

    total: dict[int, int]
    tables: dict[str, dict[str, dict[int, int]]] = field(default_factory=dict)


def next_stand(history: Sequence[Stand], tables: Mapping[str, Counts]) -> Stand | None:
    """What may be told now, after what was told before; None when the totals did not change or have to wait.

    `tables` are the true counts of each table; every table adds up to the same total.
    """
    total = _sum(next(iter(tables.values())).values())
    may = _total_stages(history, total)
    while may:
        stand = Stand({stage: total[stage] for stage in may})
        try:
            for name, counts in tables.items():
                told_before = [(one.total, one.tables.get(name, {})) for one in history]
                stand.tables[name] = _told(told_before, stand.total, counts)
        except _NoRoom as short:
            may = () if short.stage == FOUND else tuple(stage for stage in may if stage != short.stage)
            continue
        return stand
    return None


class _NoRoom(Exception):
    """Nothing more can be held back of this stage: its total may not be told either."""

    def __init__(self, stage: int) -> None:
        super().__init__(stage)
        self.stage = stage


def safe(number: int) -> bool:
    """Whether this number of households may be known."""
    return number == 0 or abs(number) >= SMALLEST


def _sum(rows: Iterable[Sequence[int]]) -> list[int]:
    found = [0] * STAGES
    for row in rows:
        found = [one + other for one, other in zip(found, row, strict=True)]
    return found


def _total_stages(history: Sequence[Stand], total: Sequence[int]) -> tuple[int, ...]:
    """The stages of which the total may be told; none when one that was told before has to wait.

    None either when no total changed, or a month without a stand would say that something small did.
    """
    before: dict[int, int] = {}
    for stand in history:
        before |= stand.total
    grown = [total[stage] - value for stage, value in before.items()]
    if not total[FOUND] or not all(map(safe, grown)) or (grown and not any(grown)):
        return ()
    fit = [stage for stage in range(STAGES) if safe(total[stage] - before.get(stage, 0))]
    return _apart(fit, total)


def _apart(stages: Sequence[int], counts: Sequence[int]) -> tuple[int, ...]:
    """As many of these stages as can stand beside each other, found among them; the last ones rather."""
    for size in range(len(stages), 0, -1):
        for chosen in sorted(combinations(stages, size), reverse=True):
            if chosen[0] == FOUND and all(safe(counts[one] - counts[two]) for one, two in pairwise(chosen)):
                return chosen
    return ()


def _told(
    before: Sequence[tuple[Told, Mapping[str, Told]]], total: Told, counts: Counts
) -> dict[str, dict[int, int]]:
    """What is told of each row of a table. Raises _NoRoom."""
    told = {key: row for key, found in counts.items() if (row := _row(before, key, total, found))}
    while (stage := _leak([*before, (total, told)], list(counts))) is not None:
        _hold_one(told, stage)
    return told


def _row(
    before: Sequence[tuple[Told, Mapping[str, Told]]], key: str, total: Told, found: Sequence[int]
) -> dict[int, int]:
    """What may be told of a row by itself; nothing while a count that was told before has to wait."""
    last: dict[int, int] = {}
    for _, rows in before:
        last |= rows.get(key, {})
    if any(not safe(found[stage] - value) for stage, value in last.items()):
        return {}
    fit = [stage for stage in total if safe(found[stage] - last.get(stage, 0))]
    return {stage: found[stage] for stage in _apart(fit, found)}


def _hold_one(told: dict[str, dict[int, int]], stage: int) -> None:
    """Hold back the smallest count of this stage that is somebody. Raises _NoRoom."""
    held = min(
        ((row[stage], key) for key, row in told.items() if row.get(stage)),
        default=None,
    )
    if held is None:
        raise _NoRoom(stage)
    if stage == FOUND:
        del told[held[1]]
    else:
        del told[held[1]][stage]


def _leak(stands: Sequence[tuple[Told, Mapping[str, Told]]], keys: Sequence[str]) -> int | None:
    """A stage of which somebody could work out a small count after these stands, the last of which is new."""
    total, rows = stands[-1]
    for stage in total:
        if not all(map(safe, _left_within(total, rows, stage, len(keys)))):
            return stage
        if not all(map(safe, _left_over_time(stands, keys, stage))):
            return stage
    return None


def _left_within(total: Told, rows: Mapping[str, Told], stage: int, among: int) -> Iterator[int]:
    """What is left within one stand around a stage, when everything told of it is taken off.

    Of who is held: those who may have stopped at this stage, those who may have stopped before it, and those
    who dropped out between any two stages that are told.
    """
    held = total[stage] - sum(row[stage] for row in rows.values() if stage in row)
    yield held - sum(_below(row, stage) for row in rows.values() if stage not in row)
    for other in total:
        if other < stage:
            both = [row[other] - row[stage] for row in rows.values() if other in row and stage in row]
            yield total[other] - total[stage] - sum(both)
    around = [_above(row, stage) for row in rows.values() if stage not in row]
    if len(rows) == among and None not in around:
        yield sum(around) - held  # type: ignore[arg-type]


def _below(row: Told, stage: int) -> int:
    return max((value for other, value in row.items() if other > stage), default=0)


def _above(row: Told, stage: int) -> int | None:
    return min((value for other, value in row.items() if other < stage), default=None)


def _left_over_time(
    stands: Sequence[tuple[Told, Mapping[str, Told]]], keys: Sequence[str], stage: int
) -> Iterator[int]:
    """What is left of the growth of the total between any two stands.

    First without what rows grew that were told twice in that time: that is what all others grew. Then, where
    every row is told before and after, what they grew outside that time.
    """
    moments: list[tuple[int, Mapping[str, Told]]] = [(0, {})]
    moments += [(total[stage], rows) for total, rows in stands if stage in total]
    series: list[list[int | None]] = [
        [0, *(rows.get(key, {}).get(stage) for _, rows in moments[1:])] for key in keys
    ]
    last = len(moments) - 1
    for start in range(last):
        growth = moments[last][0] - moments[start][0]
        yield growth - sum(_inside(row, start, last) for row in series)
    for start, end in combinations(range(len(moments)), 2):
        around = [_around(row, start, end) for row in series]
        if None not in around:
            yield sum(around) - (moments[end][0] - moments[start][0])  # type: ignore[arg-type]


def _inside(row: Sequence[int | None], start: int, end: int) -> int:
    """What a row grew between the first and the last time it was told in this period."""
    told = [value for value in row[start : end + 1] if value is not None]
    return told[-1] - told[0] if told else 0


def _around(row: Sequence[int | None], start: int, end: int) -> int | None:
    """What a row grew between when it was last told before this period and first after it, if ever."""
    after = next((value for value in row[end:] if value is not None), None)
    before = next(value for value in row[start::-1] if value is not None)
    return None if after is None else after - before
