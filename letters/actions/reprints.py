"""Printing a letter again: a new print run in a new part. The form code stays, so any copy may come back."""

import datetime
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max, Q
from django.db.models.functions import Now

from letters.actions.ledger import Told, tell
from letters.actions.recheck import ROUND_CLOSED, Lapse, failing
from letters.composition.parts import MAX_LETTERS
from letters.models import Axis, FormerPrint, Letter, Part, Production
from letters.permissions import check_releases
from outreach.audit import Event, record
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Round, User
from outreach.policies import NotNow

#: What was posted, or never will be in this print run. A vendor who spoils paper prints it again himself;
#: what was withdrawn or lapsed is not sent again.
REPRINTABLE = (Production.SENT, Production.REFUSED)


@transaction.atomic
def reprint(*, letter: Letter, by: User | None) -> None:
    """Plan the next print run of a letter. Where it stood before is kept as a FormerPrint.

    A worker makes the part; it goes out with the next batch of the round. `by` is None when the vendor
    refused or spoiled it. Raises PermissionDenied, and NotNow: not printed yet, the round is closed and the
    letter is not about a decision, or the household may get no letter any more.
    """
    if by is not None:
        check_releases(by)
    with acting_as(SYSTEM_ACTOR):
        round_ = Round.objects.select_for_update(no_key=True).get(pk=letter.round_id)
        locked = Letter.objects.select_for_update(of=["self"], no_key=True).get(pk=letter.pk)
        if locked.production not in REPRINTABLE or locked.first_page is None:
            raise NotNow("Deze brief is niet opnieuw af te drukken: hij is nog niet op de post geweest.")
        why = failing(Letter.objects.filter(pk=locked.pk)).get(locked.pk)
        if why == Lapse.CLOSED:
            raise NotNow(f"{ROUND_CLOSED} Deze brief wordt niet opnieuw afgedrukt.")
        if why:
            raise NotNow("Dit huishouden krijgt deze brief niet meer. Er wordt niets afgedrukt.")
        _keep_former(locked)
        into_open_part(round_, [locked.pk])
        Letter.objects.filter(pk=locked.pk).update(print_run=F("print_run") + 1)
        tell([locked.pk], Told(Axis.PRODUCTION, Production.PLANNED))
    with acting_as(by.actor() if by else SYSTEM_ACTOR):
        record(Event.LETTER_REPRINTED, "brief", [letter.pk], details={"druk": locked.print_run + 1})


def _keep_former(letter: Letter) -> None:
    FormerPrint.objects.create(
        letter=letter,
        part_id=letter.part_id,
        print_run=letter.print_run,
        position=letter.position,
        first_page=letter.first_page,
        pages=letter.pages,
    )


def into_open_part(round_: Round, letters: Sequence[UUID]) -> list[Part]:
    """Move letters to the end of parts of the round that are still to be made; new parts without room.

    For inside a transaction in which SYSTEM_ACTOR acts and the round is locked, so that two never take the
    same places.
    """
    left, used = list(letters), []
    while left:
        part = open_part(round_)
        last = part.letters.aggregate(last=Max("position"))["last"] or 0
        mine, left = left[: MAX_LETTERS - last], left[MAX_LETTERS - last :]
        for position, key in enumerate(mine, start=last + 1):
            Letter.objects.filter(pk=key).update(
                part=part, position=position, first_page=None, pages=None, rejected=""
            )
        part.letters_count = F("letters_count") + len(mine)
        part.save(update_fields=["letters_count"])
        used.append(part)
    return used


def open_part(round_: Round, wait_until: datetime.datetime | None = None) -> Part:
    """The last part that no worker began on and that has room. A worker keeps the row while he makes it.

    With `wait_until` the part is made from that moment on, and holds what waits for the same one.
    """
    moment = Q(planned_at__lte=Now()) if wait_until is None else Q(planned_at=wait_until)
    waiting = Part.objects.planned().filter(
        moment, round=round_, attempts=0, batch=None, letters_count__lt=MAX_LETTERS
    )
    part = waiting.select_for_update(no_key=True, skip_locked=True).order_by("-number").first()
    if part is not None and part.letters.count() < MAX_LETTERS:
        return part
    last = round_.parts.aggregate(last=Max("number"))["last"] or 0
    when = {} if wait_until is None else {"planned_at": wait_until}
    return Part.objects.create(round=round_, number=last + 1, letters_count=0, **when)
