"""The help of each page, read from one file of texts."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from outreach.models import User
from outreach.permissions import Permission, may

#: The groups of the overview, in its order, and the permission with which one works there.
GROUPS: Mapping[str, Permission | None] = {
    "Start": None,
    "Op pad": Permission.LOOPLIJST_SEE,
    "Aan de balie": Permission.HOUSEHOLD_SEARCH,
    "Rondes": Permission.ROUND_SEE,
    "Brieven": Permission.LETTER_SEE,
    "Briefteksten": Permission.LETTER_SEE,
    "Formulieren en aanvragen": Permission.WORK_SETTLE,
    "Grondslagen": Permission.LEGAL_BASIS_SIGN,
    "Delen": Permission.SHARE_SEE,
    "Bestanden voor uitbetaling": Permission.EXPORT_FETCH,
    "Leveringen en koppelingen": Permission.DELIVERY_MANAGE,
    "Rapport": Permission.REPORT_SEE,
    "Medewerkers": Permission.STAFF_LEAVE,
}
FILE = Path(settings.BASE_DIR) / "outreach" / "help" / "nl.toml"


@dataclass(frozen=True, slots=True)
class Topic:
    """The help of one page: what one sees there, how one does it, and what if it goes wrong.

    `name` is its address. `pages` are the names of the addresses it is for.
    """

    name: str
    group: str
    title: str
    pages: tuple[str, ...]
    see: tuple[str, ...]
    steps: tuple[str, ...]
    wrong: tuple[str, ...]

    def sentences(self) -> tuple[str, ...]:
        """All that somebody reads of it."""
        return (self.title, *self.see, *self.steps, *self.wrong)


def _read() -> dict[str, Topic]:
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {
        name: Topic(
            name=name,
            group=one["group"],
            title=one["title"],
            pages=tuple(one["pages"]),
            see=tuple(one["see"]),
            steps=tuple(one["steps"]),
            wrong=tuple(one["wrong"]),
        )
        for name, one in told.items()
    }


TOPICS: Mapping[str, Topic] = _read()
_BY_PAGE: Mapping[str, str] = {page: topic.name for topic in TOPICS.values() for page in topic.pages}


def topic_of(page: str) -> str:
    """The name of the help of a page; empty when there is none."""
    return _BY_PAGE.get(page, "")


def groups_for(user: User) -> list[tuple[str, list[Topic]]]:
    """The help of the pages where this user works, by group."""
    allowed = [name for name, needed in GROUPS.items() if needed is None or may(user, needed)]
    return [(name, [one for one in TOPICS.values() if one.group == name]) for name in allowed]
