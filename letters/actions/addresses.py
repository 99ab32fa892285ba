"""Letters that would go to a home that its people left, or that came back: a person says where they go.

An answer to an application is owed to who opted out, died or moved as well. So it does not lapse, as a letter
that approaches somebody does (letters.actions.recheck); it waits.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from letters.actions import reprints, work
from letters.actions.recheck import BRINGS, NOT_OUT
from letters.models import Letter, Rejection, WorkItem, WorkKind
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import HouseholdMember, Round, User
from outreach.models.person import Departed

#: How a person says that the letter goes, to the address or the representative as they stand by then.
#: Source: poort.bewaak_vrijgave.
RIGHT = "adres_klopt"


def to_an_old_home(letters: QuerySet[Letter]) -> dict[UUID, Rejection]:
    """Which of these answers wait: an adult died, or moved and nobody represents him, and no person said that
    the letter goes all the same. One query; needs an actor who sees all households."""
    adults = HouseholdMember.objects.filter(adult=True, household=OuterRef("household"))
    died = Q(Exists(adults.filter(person__departed=Departed.DIED)))
    moved = Q(Exists(adults.filter(person__departed=Departed.MOVED)), representative=None)
    said = WorkItem.objects.filter(
        letter=OuterRef("pk"), kind=WorkKind.ADDRESS, resolution=RIGHT, closed_by__isnull=False
    )
    found = letters.filter(died | moved).exclude(BRINGS).exclude(Exists(said))
    return dict.fromkeys(found.order_by().values_list("pk", flat=True), Rejection.DEPARTED)


def put_before_a_person(held: Mapping[UUID, Rejection]) -> None:
    """Open work for each letter that waits for an address. Needs an actor who sees all households."""
    _open(key for key, why in held.items() if why == Rejection.DEPARTED)


def _open(letters: Iterable[UUID]) -> None:
    for letter in Letter.objects.filter(pk__in=list(letters)).order_by("pk"):
        work.open_item(WorkKind.ADDRESS, letter=letter)


@transaction.atomic
def settle(*, item: WorkItem, resolution: str, by: User) -> bool:
    """Close an item about an address. With RIGHT the letter is planned anew; whether that was done.

    Raises AlreadySettled, PermissionDenied, and NotNow when the letter cannot be sent again: then the item
    stays open.
    """
    work.settle(item=item, resolution=resolution, by=by)
    if resolution != RIGHT or item.letter_id is None:
        return False
    with acting_as(SYSTEM_ACTOR):
        round_ = Round.objects.select_for_update(no_key=True).get(pk=item.letter.round_id)
        letter = Letter.objects.select_for_update(of=["self"], no_key=True).get(pk=item.letter_id)
        if letter.rejected == Rejection.DEPARTED:
            reprints.into_open_part(round_, [letter.pk])
            return True
        if letter.print_run > 1 and letter.production in NOT_OUT:
            return False  # somebody had it printed again already
        reprints.reprint(letter=letter, by=None)
    return True
