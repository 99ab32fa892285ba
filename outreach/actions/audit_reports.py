"""Reports from the audit, for the privacy officer: each reading of it is a line in it.

What comes out are acts and keys. Of residents no name is in the audit, so none is here.
"""

import datetime
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection
from django.utils.timezone import make_aware

from outreach.audit import Event
from outreach.kernel.db import SYSTEM
from outreach.models import Role, Team, User

#: Lines of one page of a report; the doors in the database give one more when there are.
PER_PAGE = 100
#: A line after the newest one.
NEWEST = 2**63 - 1
#: Acts by which somebody saw, or took along, what stands about people.
LOOKS = frozenset(
    event.value
    for event in Event
    if event.name.endswith(("_SEEN", "_PRINTED", "_FETCHED", "_SEARCHED"))
    or event == Event.DESK_LETTER_OPENED
) - {Event.BREACH_SEEN.value}


@dataclass(frozen=True, slots=True)
class Period:
    """From the begin of the first day to the end of the last, in the Netherlands."""

    first: datetime.date
    last: datetime.date

    def bounds(self) -> tuple[datetime.datetime, datetime.datetime]:
        """The first moment, and the first one after it."""
        after = self.last + datetime.timedelta(days=1)
        first, end = (datetime.datetime.combine(day, datetime.time.min) for day in (self.first, after))
        return make_aware(first), make_aware(end)


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `together` is how many things it is about, and `ids` the first of them."""

    number: int
    at: datetime.datetime
    who: str
    role: str
    act: str
    looks: bool
    subject: str
    together: int
    details: str
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Lines, newest first; `older` is the line before which the next page goes on, None at the end."""

    lines: list[Line]
    older: int | None


@dataclass(frozen=True, slots=True)
class Address:
    """A household as one koppeling knew it, without names."""

    household: uuid.UUID
    address: str
    peildatum: datetime.date
    people: int


@dataclass(frozen=True, slots=True)
class Sealing:
    """How far sealing is."""

    seals: int
    last: datetime.datetime | None
    unsealed: int
    since: datetime.datetime | None


def about_household(
    household: uuid.UUID, keys: Mapping[str, Iterable[object]], period: Period, *, before: int = NEWEST
) -> Page:
    """Who saw or did something with a household, also by a list, a letter or an application of it.

    `keys` say under which keys it stands, by the subject of a line. Raises a DatabaseError for anybody but
    the privacy officer.
    """
    named = json.dumps({subject: [str(key) for key in found] for subject, found in keys.items()})
    rows = _ask(
        "SELECT nummer, op, wie, rol, team, handeling, onderwerp, samen, bijzonderheden, '{}'::text[]"
        " FROM poort.regels_over(%s, %s::jsonb, %s, %s, %s)",
        [household, named, *period.bounds(), before],
    )
    return _page(rows)


def of_user(user: User, period: Period, *, before: int = NEWEST) -> Page:
    """What somebody saw and did. Raises a DatabaseError for anybody but the privacy officer."""
    rows = _ask(
        "SELECT nummer, op, %s, rol, team, handeling, onderwerp, samen, bijzonderheden, ids"
        " FROM poort.regels_van(%s, %s, %s, %s)",
        [str(user.pk), str(user.pk), *period.bounds(), before],
    )
    return _page(rows)


def households_at(postcode: str, house_number: int) -> list[Address]:
    """The households at an address, newest koppeling first, 50 at most; the search is audited."""
    rows = _ask("SELECT * FROM poort.zoek_adres(%s, %s)", [postcode, house_number])
    return [Address(*row) for row in rows]


def sealing() -> Sealing:
    """How many seals there are, and what still waits for one."""
    return Sealing(*_ask("SELECT * FROM poort.stand_van_verzegelen()", [])[0])


def _ask(query: str, parameters: list[object]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()


def _page(rows: list[tuple]) -> Page:
    shown = rows[:PER_PAGE]
    names = _names({row[2] for row in shown})
    teams = _teams({row[4] for row in shown})
    lines = [_line(row, names, teams) for row in shown]
    return Page(lines, shown[-1][0] if len(rows) > PER_PAGE else None)


def _names(keys: set[str]) -> dict[str, str]:
    users = User.objects.filter(pk__in=[int(key) for key in keys if key.isdigit()])
    known = {str(user.pk): f"{user.display_name()} ({user.username})" for user in users}
    return known | {SYSTEM: "het systeem"}


def _teams(keys: set[str]) -> dict[str, str]:
    found = [int(key) for key in keys if key.isdigit()]
    return {str(team.pk): team.name for team in Team.objects.filter(pk__in=found)} if found else {}


def _line(row: tuple, names: Mapping[str, str], teams: Mapping[str, str]) -> Line:
    number, at, who, role, team, act, subject, together, details, ids = row
    role_text = dict(Role.choices).get(role, role)
    return Line(
        number=number,
        at=at,
        who=names.get(who, who),
        role=f"{role_text}, {teams[team]}" if team in teams else role_text,
        act=dict(Event.choices).get(act, act),
        looks=act in LOOKS,
        subject=subject,
        together=together,
        details=_words(details),
        ids=tuple(ids),
    )


def _words(details: str | Mapping[str, object]) -> str:
    said = json.loads(details) if isinstance(details, str) else details
    return ", ".join(f"{key}: {_plain(value)}" for key, value in said.items())


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return str(value)
