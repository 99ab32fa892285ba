"""Batches: the made parts of a round for one vendor, put together, released, and destroyed in the end."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from letters import transitions
from letters.actions import addresses, dates, fitting, legal_bases, parts, representing, storage, waiting
from letters.actions.grants import grant_all_ambtshalve
from letters.actions.ledger import Told, tell
from letters.actions.recheck import (
    NOT_OUT,
    ROUND_CLOSED,
    Lapse,
    failing,
    lock_adults,
    lock_approaches,
    rejections,
)
from letters.actions.reminders import check_scans_are_in
from letters.actions.reprints import into_open_part
from letters.actions.sharing import TO_OBJECT
from letters.models import (
    Axis,
    Batch,
    BatchState,
    LegalBasis,
    Letter,
    LetterKind,
    Part,
    PartState,
    Production,
    Rejection,
    Share,
    Vendor,
)
from letters.models.letter import WITH_FORM
from letters.models.part import MAX_ATTEMPTS
from letters.permissions import check_releases, may_release
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Mode, Round, User
from outreach.models.regeling import SHARED
from outreach.models.round import RoundState
from outreach.policies import NotNow
from outreach.transitions import StateChanged, apply

#: Without a form only on a legal basis of that day. Source: the trigger `grondslag`.
AMBTSHALVE = {"kind": LetterKind.GRANT, "approach__mode": Mode.AMBTSHALVE}


@dataclass(frozen=True, slots=True)
class Released:
    """What a release came to: letters that go, and letters that were taken out or held back."""

    letters: int
    lapsed: int
    held: int = 0


@transaction.atomic
def compose(*, round_: Round, vendor: Vendor, planned_on: datetime.date, by: User) -> Batch:
    """Put all made parts of a round that are in no batch into one for this vendor, to print on a day.

    Of a closed round these are the letters about decisions. Raises PermissionDenied, and NotNow: nothing to
    put in, a day that has passed.
    """
    check_releases(by)
    locked = Round.objects.select_for_update(no_key=True).get(pk=round_.pk)
    if planned_on < clock.today():
        raise NotNow("De printdatum is al geweest. Kies vandaag of een latere dag.")
    if not vendor.active:
        raise NotNow("Deze drukker is niet meer in gebruik. Kies een andere drukker.")
    loose = [part.pk for part in unbatched(locked)]
    if not loose:
        raise NotNow("Alle gemaakte brieven zitten al in een partij.")
    with acting_as(SYSTEM_ACTOR):
        has_forms = Letter.objects.filter(part__in=loose, kind__in=WITH_FORM).exists()
    batch = Batch.objects.create(
        vendor=vendor, round=locked, planned_on=planned_on, made_by=by, return_envelope=has_forms
    )
    Part.objects.filter(pk__in=loose).update(batch=batch, attempts=0)
    record(Event.BATCH_COMPOSED, "partij", [batch.pk], details={"delen": len(loose), "drukker": vendor.pk})
    return batch


def unbatched(round_: Round) -> QuerySet[Part]:
    """Made parts of a round with letters in them that are in no batch."""
    return round_.parts.filter(
        state=PartState.MADE, batch=None, letters_count__gt=0, destroyed_at=None
    ).order_by("number")


@transaction.atomic
def ask_release(*, batch: Batch, by: User) -> bool:
    """Have a worker release a batch in the name of this person; false when that was asked already.

    Looking at the letters of a whole town again takes longer than a page should. Raises PermissionDenied,
    and NotNow when it cannot be released.
    """
    check_releases(by)
    locked = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if locked.release_asked_by_id or locked.state == BatchState.RELEASED:
        return False
    _check_can_release(locked)
    Batch.objects.filter(pk=locked.pk).update(release_asked_by=by, problem="")
    record(Event.BATCH_RELEASE_ASKED, "partij", [batch.pk])
    return True


def releases_due() -> list[UUID]:
    """Batches of which somebody asked the release."""
    due = Batch.objects.filter(state=BatchState.COMPOSED, release_asked_by__isnull=False)
    return list(due.order_by("made_at").values_list("pk", flat=True))


def release_asked(*, batch_id: UUID) -> None:
    """Release a batch as was asked; when that cannot be, the batch says why and waits for a person."""
    batch = Batch.objects.select_related("release_asked_by").get(pk=batch_id)
    by = batch.release_asked_by
    if batch.state != BatchState.COMPOSED or by is None:
        return
    if not may_release(by):
        _give_back(batch, "Wie dit vroeg, mag intussen geen brieven meer vrijgeven.")
        return
    try:
        with acting_as(by.actor()):
            release(batch=batch, by=by)
    except (NotNow, StateChanged) as refusal:
        _give_back(batch, str(refusal))


def _give_back(batch: Batch, problem: str) -> None:
    asked = Batch.objects.filter(pk=batch.pk, state=BatchState.COMPOSED)
    asked.update(release_asked_by=None, problem=problem[:300])


@transaction.atomic
def release(*, batch: Batch, by: User) -> Released:
    """Release a batch to its vendor, after a last look at each letter while nobody can opt out.

    Who may not get a letter any more is taken out, and his part is made again without him. What an ambtshalve
    letter tells is granted along with it; without a legal basis such a letter is held back, and so is an
    answer to a home that its people left, and for a while what goes to a household that somebody is busy
    with. When no letter is left the batch is withdrawn. Raises
    PermissionDenied, NotNow, and StateChanged when somebody else was first.
    """
    check_releases(by)
    locked = Batch.objects.select_for_update(no_key=True).select_related("round", "vendor").get(pk=batch.pk)
    if locked.state != BatchState.COMPOSED:
        raise StateChanged
    _check_can_release(locked)
    with acting_as(SYSTEM_ACTOR):
        outcome = _release_letters(locked)
    arrow = transitions.RELEASE_BATCH if outcome.letters else transitions.WITHDRAW_BATCH
    when = {"released_by": by, "released_at": clock.now()} if outcome.letters else {}
    details = {"brieven": outcome.letters, "vervallen": outcome.lapsed, "vastgehouden": outcome.held}
    apply(locked, arrow, by=by, details=details, problem="", **when)
    batch.refresh_from_db()
    return outcome


def _check_can_release(batch: Batch) -> None:
    if batch.state != BatchState.COMPOSED:
        raise NotNow("Deze partij is al vrijgegeven of ingetrokken.")
    if batch.planned_on < clock.today():
        raise NotNow("De printdatum is al geweest. Trek de partij in en maak een nieuwe.")
    _check_fits(batch)
    check_leaves_time_to_object(batch)
    with acting_as(SYSTEM_ACTOR):
        letters = _letters(batch)
        if letters.filter(kind=LetterKind.REMINDER).exists():
            check_scans_are_in(batch.round, batch.planned_on, batch.vendor)
        ambtshalve = letters.filter(**AMBTSHALVE)
        if ambtshalve.exists() and _basis(batch) is None and not letters.exclude(**AMBTSHALVE).exists():
            raise NotNow(
                "Er is geen geldige, ondertekende grondslag om deze regeling zonder formulier toe te kennen."
                " Vraag de juridisch adviseur om een grondslag. De brieven blijven in deze partij."
            )


def check_leaves_time_to_object(batch: Batch) -> None:
    """A letter about a share is not printed so late that nobody could object in time."""
    share = Share.objects.of_round(batch.round_id) if SHARED in batch.round.regelingen else None
    if share is not None and batch.planned_on + TO_OBJECT > share.object_before:
        raise NotNow(
            f"Op deze brieven staat dat iemand vóór {share.object_before:%d-%m-%Y} bezwaar kan maken. Op de"
            " printdatum is dat minder dan twee weken. Trek de deling in en maak een nieuwe, met een latere"
            " dag."
        )


def _check_fits(batch: Batch) -> None:
    """Nothing goes to a vendor that is laid out for another."""
    attempts = fitting.misfits().filter(batch=batch).order_by("-attempts").values_list("attempts", flat=True)
    most = attempts.first()
    if most is not None and most >= MAX_ATTEMPTS:
        raise NotNow(
            "De brieven zijn niet gemaakt zoals deze drukker ze wil: dat is drie keer mislukt."
            " Trek de partij in en maak een nieuwe. Lukt het dan niet? Bel de technisch beheerder."
        )
    if most is not None:
        raise NotNow(
            "De brieven worden nog gemaakt zoals deze drukker ze wil. Dat duurt een paar minuten."
            " Geef de partij daarna vrij."
        )


def _letters(batch: Batch) -> QuerySet[Letter]:
    return Letter.objects.filter(part__batch=batch).printable()


def _basis(batch: Batch) -> LegalBasis | None:
    return legal_bases.current(batch.round.regelingen[0], clock.today())


def _release_letters(batch: Batch) -> Released:
    of_batch = list(Part.objects.select_for_update(no_key=True).filter(batch=batch).order_by("pk"))
    letters = _letters(batch)
    keys = list(letters.values_list("household_id", "approach_id"))
    lock_adults({household for household, _ in keys})
    lock_approaches({approach for _, approach in keys})
    # Before the look: whose letter goes to who represents him has no old address.
    moved = {part.pk for part in of_batch if representing.pin(part)}
    moved |= {part.pk for part in of_batch if dates.renew(part, batch.planned_on)}
    lapsed = failing(letters)
    left = letters.exclude(pk__in=lapsed)
    held = waiting.busy(left) | _held(batch, left) | addresses.to_an_old_home(letters)
    leaving = rejections(lapsed) | held
    gone = _remake(of_batch, leaving, moved)
    parts.tell_lapsed(lapsed)
    addresses.put_before_a_person(held)
    without_form = letters.filter(**AMBTSHALVE).values_list("approach_id", flat=True)
    grant_all_ambtshalve(list(without_form), on=clock.today())
    told = tell(letters.values_list("pk", flat=True), Told(Axis.PRODUCTION, Production.RELEASED))
    return Released(len(told), len(gone) - len(held), len(held))


def _held(batch: Batch, letters: QuerySet[Letter]) -> dict[UUID, Rejection]:
    """Ambtshalve letters that no legal basis carries today."""
    ambtshalve = letters.filter(**AMBTSHALVE)
    if not ambtshalve.exists() or _basis(batch) is not None:
        return {}
    return dict.fromkeys(ambtshalve.values_list("pk", flat=True), Rejection.NO_BASIS)


def _remake(
    of_batch: Sequence[Part], leaving: dict[UUID, Rejection], moved: set[int]
) -> dict[UUID, Rejection]:
    """Make the parts again that some of these letters are in, and those of which a letter goes to another
    representative or has another date than when it was made (`moved`). Gives all that left."""
    part_of = dict(Letter.objects.filter(pk__in=leaving).values_list("pk", "part_id"))
    gone = dict(leaving)
    for part in of_batch:
        mine = {key: why for key, why in leaving.items() if part_of[key] == part.pk}
        if part.pk in moved or mine:
            gone |= parts.remake(part, mine)
    return gone


@transaction.atomic
def withdraw(*, batch: Batch, by: User) -> None:
    """Take a batch apart that was not released: its parts can go into another one.

    Raises PermissionDenied, and StateChanged when it is released by now.
    """
    check_releases(by)
    locked = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    apply(locked, transitions.WITHDRAW_BATCH, by=by, release_asked_by=None)
    Part.objects.filter(batch=locked).update(batch=None)


def check_can_free(batch: Batch) -> None:
    """Raises NotNow when nothing carries its held letters yet, or its round is closed."""
    if _basis(batch) is None:
        raise NotNow("Er is nog geen geldige, ondertekende grondslag voor deze regeling.")
    if Round.objects.get(pk=batch.round_id).state == RoundState.CLOSED:
        raise NotNow(ROUND_CLOSED)


@transaction.atomic
def free_held(*, batch: Batch, by: User) -> int:
    """Plan the held letters of a batch anew, now that there is a legal basis. Gives how many.

    Raises PermissionDenied, and NotNow when there still is none.
    """
    check_releases(by)
    Round.objects.select_for_update(no_key=True).get(pk=batch.round_id)
    check_can_free(batch)
    with acting_as(SYSTEM_ACTOR):
        held = Letter.objects.select_for_update(of=["self"], no_key=True).filter(
            part__batch=batch, rejected=Rejection.NO_BASIS
        )
        keys = list(held.order_by("pk").values_list("pk", flat=True))
        if keys:
            into_open_part(batch.round, keys)
    record(Event.HELD_FREED, "partij", [batch.pk], details={"brieven": len(keys)})
    return len(keys)


def destroy_file(part: Part) -> None:
    """Destroy what lies on disk of a part, locked by the caller; letters that were still to go lapse.

    The row first, in this transaction: the database then refuses what is held before a byte is gone.
    """
    Part.objects.filter(pk=part.pk).update(destroyed_at=clock.now())
    storage.destroy(part)
    left = Letter.objects.filter(part=part, rejected="", production__in=NOT_OUT)
    parts.tell_lapsed(dict.fromkeys(left.values_list("pk", flat=True), Lapse.CLOSED))
    record(Event.PART_DESTROYED, "deel", [part.pk], details={"sha256": part.sha256})
