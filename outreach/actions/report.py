"""The rapport as it was told so far: what stands of each row, and since when."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from outreach.disclosure import STAGES, Stand, Told
from outreach.models import ReportStand

#: The tables that there are. There is no other way to split the counts: each would be one more to subtract.
TABLES = ("regeling", "buurt", "maand")
TOTAL = "totaal"


@dataclass(frozen=True, slots=True)
class Line:
    """What is told of one row: the counts by stage, where None is hidden, and the day they are of.

    `days` are the median days of each step. Without a day nothing was ever told of the row.
    """

    counts: tuple[int | None, ...] = (None,) * STAGES
    counted_on: datetime.date | None = None
    days: tuple[int | None, ...] = (None,) * (STAGES - 1)


@dataclass(frozen=True, slots=True)
class Rapport:
    """The newest stand: the total, and each table's rows by key, some of an earlier stand."""

    counted_on: datetime.date
    total: Line
    tables: Mapping[str, Mapping[str, Line]]


def told(kept: ReportStand) -> Stand:
    """A stand as the rules for telling know it."""
    tables = {
        table: {key: _stages(row) for key, row in rows.items()}
        for table, rows in kept.figures["tabellen"].items()
    }
    return Stand(_stages(kept.figures[TOTAL]), tables)


def as_kept(stand: Stand) -> dict[str, object]:
    """A stand as it is kept."""
    return {TOTAL: stand.total, "tabellen": stand.tables}


def _stages(row: Mapping[str, int]) -> dict[int, int]:
    return {int(stage): count for stage, count in row.items()}


def newest() -> Rapport | None:
    """What the page shows. A row that may not be told anew, or did not change, is of an earlier stand."""
    kept = ReportStand.objects.so_far()
    if not kept:
        return None
    tables: dict[str, dict[str, Line]] = {table: {} for table in TABLES}
    for one in kept:
        for table, rows in told(one).tables.items():
            for key, row in rows.items():
                line = _line(row, one, table, key)
                # A row that did not change looks like one that changed too little.
                if tables[table].get(key, Line()).counts != line.counts:
                    tables[table][key] = line
    last = kept[-1]
    return Rapport(last.counted_on, _line(told(last).total, last, TOTAL, ""), tables)


def _line(row: Told, kept: ReportStand, table: str, key: str) -> Line:
    days = kept.days.get(table, {}).get(key, [None] * (STAGES - 1))
    return Line(tuple(row.get(stage) for stage in range(STAGES)), kept.counted_on, tuple(days))
