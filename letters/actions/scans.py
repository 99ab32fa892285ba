"""Taking in a scan: once, whoever is killed in between, and believing our own eyes only.

A scan waits (`wacht`) until one transaction says what became of it. Whoever is killed before leaves it
waiting; the sweep asks again; after three attempts a person looks.
"""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction
from django.utils.timezone import localdate

from letters.actions import forms
from letters.actions.scan_looks import Looked, code_of, key_of, look
from letters.actions.work import open_item, settle
from letters.models import Application, Letter, Scan, ScanOutcome, Signature, WorkItem, WorkKind
from letters.models.letter import WITH_FORM
from letters.reading.model import Presence, Reading
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import HouseholdMember, User
from outreach.permissions import Permission, check
from outreach.policies import NotNow

# For pg_try_advisory_lock(class, key); parts.py has 7105.
LOCK_SCAN = 7111
LOCK_SAME = 7112
MAX_ATTEMPTS = 3
#: So many scans are handed out by one sweep.
AT_ONCE = 1000
FAILED = "verwerking_mislukt"
#: How somebody who links a scan ends its item.
LINKED_BY_HAND = "gekoppeld"
ATTACHED_BY_HAND = "bijlage"
#: Longer than any number of an application, and shorter than a code.
_NUMBER_DIGITS = 10


class CodeUnknown(NotNow):
    """No form has the code that somebody typed."""

    def __init__(self) -> None:
        super().__init__("Er is geen formulier met deze code. Kijk of je de code goed hebt overgenomen.")


class NoApplication(NotNow):
    """There is nothing that somebody can hang a paper on."""

    def __init__(self) -> None:
        super().__init__(
            "Er is geen aanvraag met dit nummer of deze code. Is het formulier nog niet terug? Dan is er nog"
            " geen aanvraag."
        )


def due() -> list[UUID]:
    """Scans that wait, the oldest first."""
    waiting = Scan.objects.filter(outcome=ScanOutcome.WAITING).order_by("received_at", "pk")
    with acting_as(SYSTEM_ACTOR):
        return list(waiting.values_list("pk", flat=True)[:AT_ONCE])


def process(*, scan_id: UUID) -> bool:
    """Take in one scan. False when another worker has it, or it was taken in before.

    A form of ours is linked and judged (`forms.judge`); the rest goes to a queue with its image. The same
    file again is `dubbel`, whatever the first became.
    """
    with _alone_with(scan_id) as alone:
        return alone and _count_attempt(scan_id) and _process(scan_id)


@contextmanager
def _alone_with(scan_id: UUID) -> Iterator[bool]:
    """Whether no other worker is busy with this scan. The lock ends with this process at the latest."""
    key = [LOCK_SCAN, key_of(scan_id)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        alone = cursor.fetchone()[0]
        try:
            yield alone
        finally:
            if alone and connection.is_usable():
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)


def _count_attempt(scan_id: UUID) -> bool:
    """Count and commit an attempt beforehand: a scan that kills its worker must not do so for ever."""
    with transaction.atomic(durable=True), acting_as(SYSTEM_ACTOR):
        scan = _waiting(scan_id)
        if scan is None:
            return False
        if scan.attempts < MAX_ATTEMPTS:
            Scan.objects.filter(pk=scan_id).update(attempts=scan.attempts + 1)
            return True
        _reject(scan, Looked(queue=WorkKind.SCAN_BROKEN, problem=FAILED))
        return False


def _waiting(scan_id: UUID) -> Scan | None:
    scans = Scan.objects.select_for_update(of=["self"], no_key=True).select_related("delivery")
    return scans.filter(pk=scan_id, outcome=ScanOutcome.WAITING).first()


def _process(scan_id: UUID) -> bool:
    with acting_as(SYSTEM_ACTOR):
        seen_before = Scan.objects.get(pk=scan_id)
    seen = look(seen_before)
    with acting_as(SYSTEM_ACTOR):
        scan = _waiting(scan_id)
        if scan is None:
            return False
        if _is_double(scan):
            _finish(scan, ScanOutcome.DOUBLE, problem="zelfde_bestand")
        elif seen.letter is None or seen.reading is None:
            _reject(scan, seen)
        else:
            link(scan, seen.letter, seen.reading, seen.pages)
    return True


def _is_double(scan: Scan) -> bool:
    """Whether the same file was taken in before. Of two at once, the second waits for the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SAME, key_of(scan.sha256)])
    same = Scan.objects.filter(sha256=scan.sha256).exclude(pk=scan.pk)
    return same.filter(outcome__in=(ScanOutcome.LINKED, ScanOutcome.REJECTED)).exists()


def _reject(scan: Scan, seen: Looked) -> None:
    _finish(scan, ScanOutcome.REJECTED, problem=seen.problem, reading={"pages": seen.pages})
    open_item(seen.queue or WorkKind.SCAN_BROKEN, scan=scan)


def _finish(scan: Scan, outcome: ScanOutcome, **changes: object) -> None:
    values = {"outcome": outcome, "processed_at": clock.now()} | changes
    Scan.objects.filter(pk=scan.pk).update(**values)
    for name, value in values.items():
        setattr(scan, name, value)
    record(Event.SCAN_PROCESSED, "scan", [scan.pk], details={"verwerking": outcome.value})


def link(scan: Scan, letter: Letter, reading: Reading | None, pages: int) -> None:
    """Link a scan to a letter and have the form judged. For inside a transaction as SYSTEM_ACTOR.

    Without a reading somebody linked it by hand: then every field is for a person to look at.
    """
    partner_needed = _two_adults(letter)
    _finish(
        scan,
        ScanOutcome.LINKED,
        problem="",
        letter=letter,
        page=reading.page if reading else None,
        signature=_signature(reading, partner_needed),
        ink=min(round(reading.signature.ink, 2), 100) if reading else None,
        remarked=_remarked(reading, partner_needed),
        reading=(reading.as_json() if reading else {}) | {"partner_needed": partner_needed, "pages": pages},
    )
    application = forms.receive(letter=letter, scan=scan, received_on=arrived_on(scan))
    forms.judge(application=application, letter=letter, scan=scan)


def _two_adults(letter: Letter) -> bool:
    """Whether a partner has to sign too: two adults run this household, so the regeling is for both.

    Source: Participatiewet, art. 43, second paragraph: partners apply together.
    """
    return HouseholdMember.objects.filter(household=letter.household_id, adult=True).count() > 1


_ORDER = (Presence.ABSENT, Presence.DOUBTFUL, Presence.PRESENT)


def _signature(reading: Reading | None, partner_needed: bool) -> Signature:
    """The weakest of the signatures that must be there."""
    if reading is None:
        return Signature.DOUBTFUL
    needed = [reading.signature, *([reading.partner] if partner_needed else [])]
    return Signature(min((one.presence for one in needed), key=_ORDER.index).value)


def _remarked(reading: Reading | None, partner_needed: bool) -> bool:
    """Whether something stands there that nobody asked, also a signature of a partner we know nothing of."""
    if reading is None:
        return False
    unasked = not partner_needed and reading.aligned and reading.partner.presence != Presence.ABSENT
    return unasked or (reading.aligned and reading.remark.presence != Presence.ABSENT)


def link_by_hand(*, item: WorkItem, typed: str, by: User) -> Letter:
    """Link the scan of an item to the letter with this printed code. Raises CodeUnknown, AlreadySettled.

    The letter must be of a household that `by` may see, since the one who links reads its form.
    """
    check(by, Permission.WORK_SETTLE)
    letter = (
        Letter.objects.select_related("approach").filter(form_code=code_of(typed), kind__in=WITH_FORM).first()
    )
    if letter is None:
        raise CodeUnknown
    with transaction.atomic():
        found = _unlinked(item)
        settle(item=item, resolution=LINKED_BY_HAND, by=by)
        record(Event.SCAN_LINKED, "scan", [found.pk], details={"brief": str(letter.pk)})
        with acting_as(SYSTEM_ACTOR):
            link(found, letter, None, found.reading.get("pages", 0))
    return letter


def _unlinked(item: WorkItem) -> Scan:
    """The scan of an item, locked. Raises NotNow when it is linked by now, or there is none."""
    if item.scan_id is None:
        raise NotNow("Dit werk gaat niet over een scan.")
    scans = Scan.objects.select_for_update(of=["self"], no_key=True).select_related("delivery")
    found = scans.get(pk=item.scan_id)
    if found.outcome != ScanOutcome.REJECTED:
        raise NotNow("Deze scan is intussen al verwerkt. Er is niets veranderd.")
    return found


@transaction.atomic
def attach_by_hand(*, item: WorkItem, typed: str, by: User) -> Application:
    """Hang the scan of an item on an application, as a paper that was asked for: nothing else changes.

    `typed` is the number of the application, or the printed code of one of its forms. The one who links must
    see the household. Raises NoApplication, AlreadySettled, and NotNow when the scan is linked by now.
    """
    check(by, Permission.WORK_SETTLE)
    application = _application(typed)
    if application is None:
        raise NoApplication
    found = _unlinked(item)
    settle(item=item, resolution=ATTACHED_BY_HAND, by=by)
    record(Event.SCAN_LINKED, "scan", [found.pk], details={"bijlage_bij": application.pk})
    with acting_as(SYSTEM_ACTOR):
        _finish(found, ScanOutcome.LINKED, problem="", letter=application.letter, attachment=True)
    return application


def _application(typed: str) -> Application | None:
    """The application that somebody means, when he may see it."""
    applications = Application.objects.select_related("letter")
    text = typed.strip()
    if text.isascii() and text.isdigit() and len(text) <= _NUMBER_DIGITS:
        return applications.filter(pk=int(text)).first()
    letters = Letter.objects.filter(form_code=code_of(typed), kind__in=WITH_FORM)
    return applications.filter(approach__in=letters.values("approach")).first()


def arrived_on(scan: Scan) -> datetime.date:
    """The day on which the paper came in with the vendor, as far as he says it. Needs its delivery."""
    return min(scan.delivery.received_until, localdate(scan.received_at))


def of_application(application: Application) -> list[Scan]:
    """All that came back for an application: its form, the other forms, then the papers, the oldest first."""
    scans = Scan.objects.filter(letter__approach=application.approach_id, outcome=ScanOutcome.LINKED)
    found = scans.select_related("delivery").order_by("attachment", "received_at", "pk")
    return sorted(found, key=lambda scan: scan.pk != application.scan_id)
