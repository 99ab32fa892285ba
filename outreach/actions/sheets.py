"""Looplijsten on paper: each print is counted, until somebody says that it is shredded, or lost."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from outreach import transitions
from outreach.actions import cutting, notifications
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Breach, HouseholdMember, Looplijst, Sheet, User
from outreach.models.breach import BreachKind
from outreach.models.sheet import SheetState
from outreach.permissions import Permission, check
from outreach.policies import NotNow
from outreach.transitions import StateChanged

#: Households on one print: as many as on a list that somebody cut. More is a file of a town, and no walk.
AT_MOST = cutting.AT_MOST
TOO_LONG = "Op deze lijst staan meer dan {} huishoudens. Maak eerst een korte lijst."


@dataclass(frozen=True, slots=True)
class Loss:
    """What is told about a list that was lost. `discovered_at` starts the 72 hours (AVG art. 33, lid 1)."""

    discovered_at: datetime.datetime
    text: str


@transaction.atomic
def make(
    *, looplijst: Looplijst, households: Sequence[UUID], pages: int, submission: UUID, by: User
) -> tuple[Sheet, bool]:
    """Count a print; whether it is new. The same form sent twice is one print.

    Raises PermissionDenied, NotNow for more than `AT_MOST` households, and StateChanged when that print was
    shredded or lost since: its paper does not come back.
    """
    check(by, Permission.LOOPLIJST_PRINT)
    if len(households) > AT_MOST:
        raise NotNow(TOO_LONG.format(AT_MOST))
    # Two who print one list at once get two numbers.
    Looplijst.objects.select_for_update().get(pk=looplijst.pk)
    last = Sheet.objects.filter(looplijst=looplijst).aggregate(last=Max("number"))["last"] or 0
    sheet, created = Sheet.objects.get_or_create(
        submission=submission,
        looplijst=looplijst,
        made_by=by,
        defaults={"number": last + 1, "pages": pages, "households": list(households)},
    )
    if sheet.state != SheetState.OUT:
        raise StateChanged
    return sheet, created


def shred(*, sheet: Sheet, on: datetime.date, by: User) -> None:
    """Say that the paper went through the shredder on a day; also paper that was lost and found.

    Raises PermissionDenied, NotNow for a day before it was printed or still to come, StateChanged when it was
    ticked off already.
    """
    check(by, Permission.LOOPLIJST_PRINT)
    if not sheet.printed_on() <= on <= clock.today():
        raise NotNow("Kies een dag vanaf de dag van afdrukken, tot en met vandaag.")
    transitions.apply(sheet, transitions.SHRED, by=by, shredded_on=on, shredded_by=by)


@transaction.atomic
def lose(*, sheet: Sheet, loss: Loss, by: User) -> Breach:
    """Make a data breach record of paper that nobody can find, with the people whose address stands on it.

    Raises PermissionDenied, NotNow for a moment before the print or still to come, StateChanged when it was
    reported or shredded already.
    """
    check(by, Permission.LOOPLIJST_PRINT)
    if not sheet.made_at <= loss.discovered_at <= clock.now():
        raise NotNow("Kies een tijd na het afdrukken, en niet later dan nu.")
    transitions.apply(sheet, transitions.LOSE, by=by)
    breach = Breach.objects.create(
        kind=BreachKind.LIST_LOST,
        sheet=sheet,
        text=loss.text,
        persons=(persons := _persons(sheet)),
        people_count=len(persons),
        discovered_at=loss.discovered_at,
        reported_by=by,
    )
    details = {"afdruk": sheet.pk, "personen": len(breach.persons)}
    record(Event.BREACH_REPORTED, "datalek", [breach.pk], details=details)
    notifications.breach_reported(breach)
    return breach


def _persons(sheet: Sheet) -> list[UUID]:
    """All who live at the addresses on it, also where the list went to another team since."""
    with acting_as(SYSTEM_ACTOR):
        members = HouseholdMember.objects.filter(household__in=sheet.households)
        return sorted(set(members.values_list("person_id", flat=True)))


def around(looplijst: Looplijst) -> int:
    """How many prints of a list are not shredded."""
    return Sheet.objects.filter(looplijst=looplijst).exclude(state=SheetState.SHREDDED).count()
