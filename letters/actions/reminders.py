"""One reminder per letter, while nothing came back.

The reminder is a letter of its own, with a form code of its own: a code says which sheet came back. Both
codes lead to one application, since that hangs on the approach (`application_once_per_approach`).
"""

import datetime
import secrets
from collections.abc import Callable, Sequence
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from letters.actions import editions
from letters.actions.recheck import failing, lock_adults
from letters.composition.codes import new_code
from letters.composition.parts import MAX_LETTERS
from letters.models import (
    DeliveryState,
    Letter,
    LetterKind,
    Part,
    PauseReason,
    Production,
    ReminderPause,
    ResponseState,
    ScanDelivery,
    Vendor,
)
from letters.models.letter import letter_id
from letters.permissions import check_releases
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Household, Round, User
from outreach.models.round import RoundState
from outreach.permissions import Permission, check
from outreach.policies import NotNow

_POSTAL_ORDER = (
    "household__postcode",
    "household__house_number",
    "household__house_letter",
    "household__house_suffix",
    "household_id",
)


def scanned_until(vendor: Vendor) -> datetime.date | None:
    """Up to which day all that came back to this vendor is with us; None when that cannot be said.

    Every delivery that was announced must be closed, and the last one says up to which day its post is. An
    open delivery may hold a form of any day before it, so it holds everything.
    """
    deliveries = ScanDelivery.objects.filter(vendor=vendor)
    if deliveries.filter(closed_at=None).exists():
        return None
    return deliveries.aggregate(until=Max("received_until"))["until"]


def scans_are_in(vendor: Vendor, printed_on: datetime.date) -> bool:
    """Whether a reminder printed on that day can have crossed no form: the post up to REMINDER_SCAN_DAYS
    before it was scanned and handed over. Forms of the last days are found at release."""
    until = scanned_until(vendor)
    return until is not None and until >= printed_on - datetime.timedelta(days=settings.REMINDER_SCAN_DAYS)


def awaited(round_: Round, printed_on: datetime.date, printer: Vendor | None = None) -> list[Vendor]:
    """Vendors who may still have forms of a round that a reminder printed on that day would cross.

    Those are all who printed letters of the round, and `printer` when he scans: who only begins to print for
    us has nothing that came back.
    """
    printed = Q(
        pk__in=Part.objects.filter(
            batch__round=round_, batch__released_at__isnull=False, letters_count__gt=0
        ).values("batch__vendor")
    )
    scans = Q(pk=printer.pk if printer else None, pk__in=ScanDelivery.objects.values("vendor"))
    return [one for one in Vendor.objects.filter(printed | scans) if not scans_are_in(one, printed_on)]


def due_from(round_: Round) -> datetime.date | None:
    """The first day for reminders of a round: REMINDER_DAYS before its answers are due."""
    if round_.reply_before is None:
        return None
    return round_.reply_before - datetime.timedelta(days=settings.REMINDER_DAYS)


def due(round_: Round) -> QuerySet[Letter]:
    """Letters of a round that get a reminder: sent, nothing back, not reminded, not paused."""
    paused = ReminderPause.objects.filter(household=OuterRef("household"), until__gte=clock.today())
    return Letter.objects.filter(
        ~Exists(paused),
        round=round_,
        kind=LetterKind.FORM,
        production=Production.SENT,
        delivery=DeliveryState.UNKNOWN,
        response=ResponseState.OPEN,
        reminder=None,
    )


def check_can_plan(round_: Round) -> None:
    """Raises NotNow: the round is closed, it is too early, a text was not approved, or a vendor still has
    forms to hand over."""
    today, first = clock.today(), due_from(round_)
    if round_.state != RoundState.RUNNING:
        raise NotNow("Deze ronde loopt niet. Er gaan geen herinneringen uit.")
    if first is None or today < first:
        raise NotNow("Het is nog te vroeg voor herinneringen in deze ronde.")
    lacking = editions.in_words(editions.lacking_of(round_, LetterKind.REMINDER))
    if lacking:
        raise NotNow(
            f"Er kunnen nog geen herinneringen uit. Deze tekst is niet goedgekeurd: {', '.join(lacking)}."
        )
    check_scans_are_in(round_, today)


def check_scans_are_in(round_: Round, printed_on: datetime.date, printer: Vendor | None = None) -> None:
    """Raises NotNow, with who has not handed all over yet (awaited)."""
    late = awaited(round_, printed_on, printer)
    if late:
        names = " en ".join(vendor.name for vendor in late)
        raise NotNow(
            f"{names}: hier zijn de scans van de teruggestuurde formulieren nog niet allemaal geleverd en"
            " afgesloten. Wacht daarop, anders krijgt iemand een herinnering die al heeft gereageerd."
        )


def _nothing(letters: int) -> None:
    """Nobody wants to know how far it is."""


def plan(*, round_: Round, by: User, planned: Callable[[int], None] = _nothing) -> int:
    """Plan a reminder for each letter of a round that gets one, 500 to a part. Gives how many letters.

    Each part has a transaction of its own, in which `planned` hears how many letters are in it.

    Who opted out, left or has the regeling by now is left out. A second time plans none twice (one reminder
    per letter, by constraint). Raises PermissionDenied, and NotNow (check_can_plan).
    """
    check_releases(by)
    round_ = Round.objects.get(pk=round_.pk)
    check_can_plan(round_)
    with acting_as(SYSTEM_ACTOR):
        keys = list(due(round_).order_by(*_POSTAL_ORDER).values_list("pk", flat=True))
    chunks = (keys[start : start + MAX_LETTERS] for start in range(0, len(keys), MAX_LETTERS))
    count = sum(_plan_part(round_.pk, chunk, planned) for chunk in chunks)
    with acting_as(by.actor()):
        record(Event.REMINDERS_PLANNED, "ronde", [round_.pk], details={"brieven": count})
    return count


def _plan_part(round_id: int, keys: Sequence[UUID], planned: Callable[[int], None]) -> int:
    with acting_as(SYSTEM_ACTOR):
        round_ = Round.objects.select_for_update(no_key=True).get(pk=round_id)
        chosen = due(round_).filter(pk__in=keys)
        lock_adults(chosen.values_list("household_id", flat=True))
        letters = list(chosen.exclude(pk__in=failing(chosen)).order_by(*_POSTAL_ORDER))
        if letters:
            last = round_.parts.aggregate(last=Max("number"))["last"] or 0
            part = Part.objects.create(round=round_, number=last + 1, letters_count=len(letters))
            Letter.objects.bulk_create(
                _reminder(of, part, position) for position, of in enumerate(letters, start=1)
            )
        planned(len(letters))
    return len(letters)


def _reminder(of: Letter, part: Part, position: int) -> Letter:
    return Letter(
        id=letter_id(of.round_id, of.household_id, LetterKind.REMINDER),
        round_id=of.round_id,
        household_id=of.household_id,
        approach_id=of.approach_id,
        reminder_of=of,
        kind=LetterKind.REMINDER,
        klasse=of.klasse,
        form_code=new_code(secrets.randbits),
        part=part,
        position=position,
        response=ResponseState.OPEN,
    )


@transaction.atomic
def pause(*, household: Household, reason: PauseReason, until: datetime.date, by: User) -> ReminderPause:
    """No reminder for this household up to and including a day. Raises PermissionDenied, and NotNow."""
    check(by, Permission.REMINDER_PAUSE)
    if until < clock.today():
        raise NotNow("Kies vandaag of een latere dag.")
    if until > clock.today() + datetime.timedelta(days=settings.REMINDER_PAUSE_MAX_DAYS):
        raise NotNow(f"Een pauze duurt hoogstens {settings.REMINDER_PAUSE_MAX_DAYS} dagen.")
    # Whoever clicks twice waits here for himself.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    made, created = ReminderPause.objects.get_or_create(
        household=household, reason=reason, until=until, defaults={"made_by": by}
    )
    if created:
        record(Event.PAUSE_SET, "huishouden", [household.pk], details={"reden": reason})
    return made


def active_pauses(household: Household) -> QuerySet[ReminderPause]:
    """Pauses that hold today, the longest first."""
    return household.reminder_pauses.filter(until__gte=clock.today()).select_related("made_by")


@transaction.atomic
def end_pause(*, pause: ReminderPause, by: User) -> bool:
    """Let a pause end yesterday; false when it was over. Raises PermissionDenied."""
    check(by, Permission.REMINDER_PAUSE)
    yesterday = clock.today() - datetime.timedelta(days=1)
    ended = ReminderPause.objects.filter(Q(pk=pause.pk), until__gt=yesterday).update(until=yesterday)
    if ended:
        record(Event.PAUSE_ENDED, "huishouden", [pause.household_id])
    return bool(ended)


def count_due(round_: Round) -> int:
    """How many letters of a round would get a reminder now. A count only: whoever asks sees no people."""
    with acting_as(SYSTEM_ACTOR):
        return due(round_).count()
