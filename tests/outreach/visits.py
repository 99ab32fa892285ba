"""A visit round with looplijsten, by the real way there: made by one, fixed by another."""

import datetime
import json
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connections
from django.db.backends.utils import CursorWrapper

from optout.actions import at_the_door
from outreach.actions import rounds
from outreach.actions.gesprekken import Attempt
from outreach.audit import Event
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import (
    Gesprek,
    Handover,
    Household,
    Klasse,
    Looplijst,
    LooplijstItem,
    Regeling,
    Role,
    Round,
    Team,
    User,
)
from outreach.models.gesprek import AttemptKind, DayPart, GesprekResult
from outreach.models.round import RoundKind
from tests import factories
from tests.roles import as_role

REGELINGEN = ("stadspas", "czv")


def visit_round(
    handover: Handover,
    regelingen: Iterable[str] = REGELINGEN,
    name: str = "Bezoeken voorjaar",
    *,
    with_running: bool = True,
) -> Round:
    """A fixed visit round over all candidates of a handover, also those who stand on a round that runs."""
    maker, fixer = factories.user(Role.TEAMLEIDER), factories.user(Role.TEAMLEIDER)
    with acting_as(maker.actor()):
        made = rounds.make(
            name=name,
            kind=RoundKind.VISIT,
            handover=handover,
            regelingen=Regeling.objects.filter(pk__in=regelingen),
            klassen=Klasse.values,
            reply_before=None,
            by=maker,
        )
    with acting_as(fixer.actor()):
        return rounds.fix(round_=made, by=fixer, with_running=with_running)


def list_of(team: Team, households: Iterable[dict[str, object]] = ({},)) -> Looplijst:
    """The looplijst of a team over households with these fields, each a candidate for the Stadspas."""
    handover = factories.handover()
    for fields in households:
        factories.candidacy(factories.household(in_handover=handover, **fields))
    return lists_of(handover, team)


def lists_of(handover: Handover, team: Team, **round_fields: object) -> Looplijst:
    """The looplijst of a team in a new round over a handover."""
    made = visit_round(handover, **round_fields)
    with acting_as(SYSTEM_ACTOR):
        return Looplijst.objects.select_related("team", "round__handover").get(round=made, team=team)


def streets(*numbers: int, street: str = "Gerststraat") -> list[dict[str, object]]:
    """Fields of households in one street."""
    return [{"street": street, "house_number": number} for number in numbers]


def items(looplijst: Looplijst) -> list[LooplijstItem]:
    """All addresses of a list in walking order, whoever may see them."""
    with acting_as(SYSTEM_ACTOR):
        return list(looplijst.items.select_related("household").order_by("position"))


def save(
    item: LooplijstItem,
    by: User,
    *,
    result: GesprekResult | None = None,
    day: datetime.date | None = None,
    note: str = "",
) -> Gesprek:
    """Write down a visit: nobody home, unless a result is given."""
    attempt = Attempt(
        AttemptKind.VISIT,
        DayPart.MORNING,
        day or datetime.date(2026, 3, 2),
        result is not None,
        result,
        note,
    )
    with acting_as(by.actor()):
        return at_the_door.save_gesprek(
            submission=uuid.uuid4(), household=item.household, item=item, attempt=attempt, by=by
        )[0]


def opt_out(household: Household, regeling: str | None = None) -> None:
    """What stands on the first adult once he said that he does not want to be approached."""
    with as_role("migrate"), acting_as(SYSTEM_ACTOR):
        adult = household.members.filter(adult=True).select_related("person").first().person
        if regeling is None:
            adult.no_contact = True
        else:
            adult.no_contact_for = [regeling]
        adult.save(update_fields=["no_contact", "no_contact_for"])


@contextmanager
def as_owner() -> Iterator[CursorWrapper]:
    """A cursor of the owner of the audit, who may read it and change the rights on it."""
    with connections["migrate"].cursor() as cursor:
        cursor.execute("SET ROLE bereik_eigenaar")
        try:
            yield cursor
        finally:
            cursor.execute("RESET ROLE")


@contextmanager
def broken_audit() -> Iterator[None]:
    """Pages may not write to the audit meanwhile."""
    with as_owner() as cursor:
        cursor.execute("REVOKE INSERT ON audit.gebeurtenis FROM web")
    try:
        yield
    finally:
        with as_owner() as cursor:
            cursor.execute(
                "GRANT INSERT (handeling, onderwerp, ids, bijzonderheden) ON audit.gebeurtenis TO web"
            )


class AuditTail:
    """The lines of the audit since this was made; the table itself is never emptied."""

    def __init__(self) -> None:
        with as_owner() as cursor:
            cursor.execute("SELECT coalesce(max(id), 0) FROM audit.gebeurtenis")
            self.start = cursor.fetchone()[0]

    def lines(self, event: Event) -> list[tuple[str, str, list[str], dict]]:
        """The lines of one kind of event: actor, kind of thing, keys, details."""
        with as_owner() as cursor:
            cursor.execute(
                "SELECT actor, onderwerp, ids, bijzonderheden FROM audit.gebeurtenis"
                " WHERE id > %s AND handeling = %s ORDER BY id",
                [self.start, event.value],
            )
            return [(*line[:3], json.loads(line[3])) for line in cursor.fetchall()]
