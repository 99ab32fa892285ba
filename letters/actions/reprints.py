"""Printing a letter again: a new print run in a new part. The form code stays, so any copy may come back."""

import datetime
from collections.abc import Sequence
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from letters.actions.ledger import Told, tell
from letters.actions.recheck import ROUND_CLOSED, Lapse, failing
from letters.composition.parts import MAX_LETTERS
from letters.models import (
    Axis,
    FormerPrint,
    Letter,
    LetterEvent,
    Part,
    Production,
    Recall,
    RecallReason,
    RecallResult,
)
from letters.permissions import check_releases
from outreach.audit import Event, record
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Round, User
from outreach.policies import NotNow

#: What was posted, or never will be in this print run. A vendor who spoils paper prints it again himself;
#: what lapsed is not sent again, and of what was withdrawn only what was wrong.
REPRINTABLE = (Production.SENT, Production.REFUSED)


def reprintable(letters: QuerySet[Letter]) -> QuerySet[Letter]:
    """Those of these letters that may be printed again."""
    posted = letters.filter(production__in=REPRINTABLE, first_page__isnull=False)
    return posted | withdrawn_as_wrong(letters)


def withdrawn_as_wrong(letters: QuerySet[Letter]) -> QuerySet[Letter]:
    """Those of these letters that a person asked back since they were wrong, and that were withdrawn."""
    asked = Recall.objects.filter(
        letter=OuterRef("pk"),
        print_run=OuterRef("print_run"),
        reason=RecallReason.MISTAKE,
        result=RecallResult.WITHDRAWN,
    )
    return letters.filter(Exists(asked), production=Production.WITHDRAWN)


@transaction.atomic
def reprint(*, letter: Letter, by: User | None) -> None:
    """Plan the next print run of a letter. Where it stood before is kept as a FormerPrint.

    A worker makes the part; it goes out with the next batch of the round. What was withdrawn as wrong, and
    never posted, gets the texts of that moment. `by` is None when the vendor refused or spoiled it. Raises
    PermissionDenied, and NotNow: not printed yet, the round is closed and the letter is not about a decision,
    or the household may get no letter any more.
    """
    if by is not None:
        check_releases(by)
    with acting_as(SYSTEM_ACTOR):
        round_ = Round.objects.select_for_update(no_key=True).get(pk=letter.round_id)
        locked = Letter.objects.select_for_update(of=["self"], no_key=True).get(pk=letter.pk)
        this = Letter.objects.filter(pk=locked.pk)
        if not reprintable(this).exists():
            raise NotNow("Deze brief is niet opnieuw af te drukken: hij is nog niet op de post geweest.")
        why = failing(this).get(locked.pk)
        if why == Lapse.CLOSED:
            raise NotNow(f"{ROUND_CLOSED} Deze brief wordt niet opnieuw afgedrukt.")
        if why:
            raise NotNow("Dit huishouden krijgt deze brief niet meer. Er wordt niets afgedrukt.")
        _again(round_, [locked])
    with acting_as(by.actor() if by else SYSTEM_ACTOR):
        record(Event.LETTER_REPRINTED, "brief", [letter.pk], details={"druk": locked.print_run + 1})


def plan_anew(part_id: int) -> int:
    """Plan the next print run of the letters of a part that were withdrawn as wrong. Gives how many.

    Those who may get no letter any more are left out.
    """
    with acting_as(SYSTEM_ACTOR):
        part = Part.objects.get(pk=part_id)
        round_ = Round.objects.select_for_update(no_key=True).get(pk=part.round_id)
        wrong = withdrawn_as_wrong(Letter.objects.filter(part=part))
        chosen = wrong.exclude(pk__in=list(failing(wrong)))
        letters = list(chosen.select_for_update(of=["self"], no_key=True).order_by("position"))
        if letters:
            _again(round_, letters)
            keys = [letter.pk for letter in letters]
            record(Event.LETTER_REPRINTED, "brief", keys, details={"brieven": len(keys)})
    return len(letters)


def _again(round_: Round, letters: Sequence[Letter]) -> None:
    """For inside a transaction in which SYSTEM_ACTOR acts; the round and the letters are locked."""
    keys = [letter.pk for letter in letters]
    FormerPrint.objects.bulk_create(_former(letter) for letter in letters if letter.first_page is not None)
    posted = LetterEvent.objects.filter(letter=OuterRef("pk"), axis=Axis.PRODUCTION, code=Production.SENT)
    nowhere = Letter.objects.filter(pk__in=keys, production=Production.WITHDRAWN).exclude(Exists(posted))
    nowhere.update(edition=None, template=None)
    into_open_part(round_, keys)
    Letter.objects.filter(pk__in=keys).update(print_run=F("print_run") + 1)
    tell(keys, Told(Axis.PRODUCTION, Production.PLANNED))


def _former(letter: Letter) -> FormerPrint:
    return FormerPrint(
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
        _place(part, mine, last)
        part.letters_count = F("letters_count") + len(mine)
        part.save(update_fields=["letters_count"])
        used.append(part)
    return used


def _place(part: Part, letters: Sequence[UUID], after: int) -> None:
    """Give letters the places in a part that come after one, in the order that is given."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE letters_letter AS l SET part_id = %s, position = %s + placed.place, first_page = NULL,"
            " pages = NULL, rejected = ''"
            " FROM unnest(%s::uuid[]) WITH ORDINALITY AS placed(id, place) WHERE l.id = placed.id",
            [part.pk, after, list(letters)],
        )


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
