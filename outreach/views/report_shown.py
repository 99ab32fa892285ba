"""How the rapport looks: what is told as figures, bars and rows, what is hidden as words."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.formats import date_format

from outreach.actions.report import Line, Rapport
from outreach.disclosure import FOUND, STAGES
from outreach.models import Buurt, Regeling
from outreach.templatetags.kit import amount
from outreach.views.counted import WITHHELD, largest
from outreach.views.report_map import share

STAGE_NAMES = ("Gevonden", "Bereikt", "Aangevraagd", "Toegekend")
STEP_NAMES = ("Van gevonden naar bereikt", "Van bereikt naar aangevraagd", "Van aangevraagd naar toegekend")
REACHED, GRANTED = FOUND + 1, STAGES - 1
TITLES = {"regeling": "Regeling", "buurt": "Buurt", "maand": "Maand"}
UNKNOWN = "Buurt onbekend"
_SHORT = "D j b Y"


def columns(table: str) -> list[dict[str, str]]:
    """The columns of a table of counts."""
    return [{"label": TITLES[table]}, *({"label": name, "kind": "number"} for name in STAGE_NAMES)]


def step_columns() -> list[dict[str, str]]:
    """The columns of the table of days."""
    return [{"label": "Regeling"}, *({"label": name, "kind": "number"} for name in STEP_NAMES)]


def names(table: str, found: Rapport) -> list[tuple[str, str]]:
    """Key and name of every row of a table, told or not, in the order in which they are read.

    All there are: a row that is missing because it is small would say so.
    """
    if table == "regeling":
        return list(Regeling.objects.values_list("code", "name"))
    if table == "buurt":
        known = list(Buurt.objects.order_by("name", "code").values_list("code", "name"))
        return [*known, ("", UNKNOWN)]
    return [
        (month, _month(month)) for month in _months(min(found.tables[table], default=""), found.counted_on)
    ]


def _months(first: str, last: datetime.date) -> Iterator[str]:
    """The months from the last to the first of which something is told, the ones between too."""
    year, month = last.year, last.month
    while first and f"{year}-{month:02d}" >= first:
        yield f"{year}-{month:02d}"
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)


def _month(month: str) -> str:
    year, number = map(int, month.split("-"))
    return date_format(datetime.date(year, number, 1), "F Y").capitalize()


def count(value: int | None) -> str:
    """A count, or the one word for all that is hidden: why it is would be half of what it is."""
    return WITHHELD if value is None else str(amount(value))


def kpis(rapport: Rapport) -> list[dict[str, Any]]:
    """The figures that come first."""
    return [
        {"label": name, "value": count(rapport.total.counts[stage]), "note": _note(rapport.total, stage)}
        for stage, name in enumerate(STAGE_NAMES)
    ]


def _note(line: Line, stage: int) -> str:
    percent = share(line, stage) if stage != FOUND else None
    return "" if percent is None else f"{percent}% van gevonden"


def funnel(rapport: Rapport) -> dict[str, Any]:
    """What kit/bar_chart.html asks: how far the households came."""
    bars = [_bar(name, rapport.total, stage) for stage, name in enumerate(STAGE_NAMES)]
    return {"bars": bars, "max": largest(bars)}


def chart(rows: Sequence[tuple[str, str]], lines: Mapping[str, Line]) -> dict[str, Any]:
    """What kit/bar_chart.html asks: how many got it, by row."""
    bars = [_bar(name, lines.get(key, Line()), GRANTED) for key, name in rows]
    return {"bars": bars, "max": largest(bars)}


def _bar(name: str, line: Line, stage: int) -> dict[str, Any]:
    value = line.counts[stage]
    if value is None:
        return {"label": name, "hidden": True, "text": WITHHELD}
    percent = share(line, stage) if stage != FOUND else None
    return {"label": name, "value": value} | ({} if percent is None else {"note": f"{percent}%"})


def rows(
    of: Sequence[tuple[str, str]], lines: Mapping[str, Line], counted_on: datetime.date
) -> list[dict[str, Any]]:
    """Rows for `columns`. A row that is told of an earlier day says of which."""
    made = []
    for key, name in of:
        line = lines.get(key, Line())
        made.append({"cells": [_first(name, line, counted_on), *map(count, line.counts)]})
    return made


def _first(name: str, line: Line, counted_on: datetime.date) -> dict[str, str]:
    if line.counted_on in (None, counted_on):
        return {"text": name}
    return {"text": name, "sub": f"stand van {day(line.counted_on)}"}


def step_rows(rapport: Rapport, of: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """Rows for `step_columns`: all regelingen together, and those of which some days are told."""
    return [
        {"cells": [_first(name, line, rapport.counted_on), *map(_days, line.days)]}
        for _, name, line in _with_days(rapport, of)
    ]


def _with_days(rapport: Rapport, of: Sequence[tuple[str, str]]) -> list[tuple[str, str, Line]]:
    """Key, name and line of what has days to tell; all regelingen together first, without a key."""
    lines = [(key, name, rapport.tables["regeling"].get(key, Line())) for key, name in of]
    told = [(key, name, line) for key, name, line in lines if set(line.days) != {None}]
    return [("", "Alle regelingen", rapport.total), *told]


def _days(value: int | None) -> str:
    if not value:
        return WITHHELD if value is None else "dezelfde dag"
    return f"{value} {'dag' if value == 1 else 'dagen'}"


def day(of: datetime.date | None) -> str:
    return date_format(of, _SHORT) if of else ""


def step_sheet(rapport: Rapport, of: Sequence[tuple[str, str]]) -> Iterator[list[str | int | None]]:
    """The median days of each step as a file: the header, and the rows of the page. Empty is not told."""
    yield ["regeling", "naam", *(name.lower() for name in STEP_NAMES), "stand"]
    for key, name, line in _with_days(rapport, of):
        yield [key, name, *line.days, line.counted_on.isoformat() if line.counted_on else None]


def sheet(
    table: str, of: Sequence[tuple[str, str]], lines: Mapping[str, Line]
) -> Iterator[list[str | int | None]]:
    """The rows of a table as a file: the header, and what the page says too. Empty is not told."""
    yield [table, "naam", *(name.lower() for name in STAGE_NAMES), "stand"]
    for key, name in of:
        line = lines.get(key, Line())
        told = line.counted_on.isoformat() if line.counted_on else None
        yield [key, name, *line.counts, told]
