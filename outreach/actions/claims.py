"""Saying that one is busy with a household. The primary key of a claim decides between two at once."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.timezone import localtime

from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.models import Claim, Household, HouseholdMember, Looplijst, LooplijstItem, User
from outreach.models.looplijst import TO_DO
from outreach.permissions import Permission, check
from outreach.policies import NotNow

# Persons in one order, so that two who want the same household never wait for each other in a ring. Who has a
# lease that ran out, or one of his own, gets it anew. Ran out by the clock of the database too:
# the row policy raises where two clocks differ.
_TAKE = """
INSERT INTO outreach_claim (person_id, household_id, by_id, taken_at, until)
SELECT m.person_id, m.household_id, %(by)s, %(now)s, %(until)s
FROM outreach_householdmember m WHERE m.household_id = %(household)s ORDER BY m.person_id
ON CONFLICT (person_id) DO UPDATE SET household_id = excluded.household_id, by_id = excluded.by_id,
  taken_at = CASE WHEN outreach_claim.by_id = excluded.by_id AND outreach_claim.until > excluded.taken_at
             THEN outreach_claim.taken_at ELSE excluded.taken_at END, until = excluded.until
WHERE (outreach_claim.until <= excluded.taken_at AND outreach_claim.until <= clock_timestamp())
   OR outreach_claim.by_id = excluded.by_id
"""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is busy with a household, and until when at the latest."""

    by: User
    until: datetime.datetime

    def text(self) -> str:
        """`Zeki is hiermee bezig, tot 14.35 uur.`"""
        return f"{self.by.display_name()} is hiermee bezig, tot {localtime(self.until):%H.%M} uur."


class Taken(NotNow):
    """Somebody else is busy with this household."""

    def __init__(self, holder: Holder | None) -> None:
        super().__init__(holder.text() if holder else "Een collega was je net voor. Probeer het opnieuw.")
        self.holder = holder


@transaction.atomic
def take(*, household: Household, by: User) -> datetime.datetime:
    """Be the one who is busy with this household, for CLAIM_MINUTES from now; gives until when.

    Again by the same person it begins anew. Raises PermissionDenied, and Taken with who has it.
    """
    check(by, Permission.GESPREK_SAVE)
    now = clock.now()
    until = now + datetime.timedelta(minutes=settings.CLAIM_MINUTES)
    members = HouseholdMember.objects.filter(household=household).count()
    values = {"household": household.pk, "by": by.pk, "now": now, "until": until}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        if cursor.rowcount != members:
            transaction.set_rollback(True)
            members = 0
    if not members:
        raise Taken(holder(household, other_than=by))
    record(Event.CLAIM_TAKEN, "huishouden", [household.pk])
    return until


@transaction.atomic
def give_back(*, household: Household, by: User) -> bool:
    """Be busy with this household no longer; false when that was over already."""
    mine = Claim.objects.in_force(clock.now()).on(household).filter(by=by)
    if not mine.update(until=clock.now()):
        return False
    record(Event.CLAIM_GIVEN_BACK, "huishouden", [household.pk])
    return True


def holder(household: Household, *, other_than: User | None = None) -> Holder | None:
    """Who is busy with this household now, other than this user."""
    found = Claim.objects.in_force(clock.now()).on(household).select_related("by").order_by("-until")
    if other_than is not None:
        found = found.exclude(by=other_than)
    first = found.first()
    return Holder(first.by, first.until) if first else None


def holders(households: Iterable[UUID]) -> dict[UUID, Holder]:
    """Who is busy with which of these households. Two queries for any number of them."""
    claims = {one.person_id: one for one in Claim.objects.in_force(clock.now()).select_related("by")}
    members = HouseholdMember.objects.filter(household__in=list(households), person__in=list(claims))
    found: dict[UUID, Holder] = {}
    for household, person in members.values_list("household_id", "person_id"):
        claim = claims[person]
        found[household] = Holder(claim.by, claim.until)
    return found


@transaction.atomic
def take_next(*, items: Iterable[LooplijstItem], by: User) -> LooplijstItem | None:
    """The first of these addresses that nobody is busy with, taken; None when there is none left.

    `items` are in the order in which they come up. Two at once get two addresses: of the one that both saw
    first, one takes it and the other goes on to the next; also where the first was there and ready with it
    between the reading of `items` and the taking.
    """
    for item in items:
        try:
            with transaction.atomic():
                take(household=item.household, by=by)
                if not _still_to_do(item):
                    raise Taken(None)
        except Taken:
            continue
        return item
    return None


def _still_to_do(item: LooplijstItem) -> bool:
    """Whether an address is still as it was read; asked when nobody else can take it any more."""
    return LooplijstItem.objects.approachable().filter(pk=item.pk, state=item.state).exists()


def mine_on(looplijst: Looplijst, by: User) -> LooplijstItem | None:
    """The address on this list that somebody is busy with: what he wrote about he gave back by that."""
    claims = Claim.objects.in_force(clock.now()).filter(by=by)
    members = HouseholdMember.objects.filter(person__in=claims.values("person"))
    todo = looplijst.items.approachable().filter(household__in=members.values("household"), state__in=TO_DO)
    return todo.order_by("position").first()
