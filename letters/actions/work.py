"""The werkvoorraad: what is put before a person, who has it, and how it ended.

Of one kind there is at most one open item per letter, scan, part, batch, event or pile of scans (unique
indexes), so that a worker that tries again, or a vendor who says the same twice, puts nothing before a person
twice.
"""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from letters.models import Batch, Letter, LetterEvent, Part, Scan, ScanDelivery, WorkItem, WorkKind
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.models import Role, User
from outreach.permissions import Permission, check, may
from outreach.policies import NotNow

SCANS = (WorkKind.SCAN_UNREADABLE, WorkKind.SCAN_UNKNOWN, WorkKind.SCAN_DIFFERS, WorkKind.SCAN_BROKEN)
FORMS = (WorkKind.NO_SIGNATURE, WorkKind.SIGNATURE_DOUBT, WorkKind.REMARK, WorkKind.LATE_FORM)
PRINTING = (
    WorkKind.REJECTED_LETTER,
    WorkKind.REFUSED_BY_VENDOR,
    WorkKind.CONFIRMATION,
    WorkKind.ORPHAN,
    WorkKind.STUCK,
)

#: Within how many days each kind is to be settled. A form waits for a decision, so it goes before an address.
DAYS: dict[WorkKind, int] = {
    **dict.fromkeys(SCANS, 2),
    **dict.fromkeys(FORMS, 3),
    WorkKind.ASSESS: 14,
    WorkKind.ADDRESS: 7,
    WorkKind.UNTOLD: 3,
    **dict.fromkeys(PRINTING, 1),
}
#: Whose queue it is, until somebody takes it: forms of who decides on them, printing of who leads a round.
QUEUE_OF: dict[WorkKind, Role] = {
    **dict.fromkeys((*SCANS, *FORMS, WorkKind.ASSESS, WorkKind.ADDRESS, WorkKind.UNTOLD), Role.CONSULENT),
    **dict.fromkeys(PRINTING, Role.TEAMLEIDER),
}

#: How an item ends when its own subject settled it, without a person.
BY_ITSELF = "vanzelf"
#: How an item about an address ends when somebody posted the letter himself.
SENT_BY_HAND = "zelf_gestuurd"


class AlreadySettled(NotNow):
    """Somebody else was first."""

    def __init__(self) -> None:
        super().__init__("Een collega heeft dit intussen afgehandeld. Er is niets veranderd.")


def open_item(
    kind: WorkKind,
    *,
    letter: Letter | None = None,
    scan: Scan | None = None,
    part: Part | None = None,
    batch: Batch | None = None,
    event: LetterEvent | None = None,
    delivery: ScanDelivery | None = None,
) -> WorkItem:
    """Put something before a person, or give the item that is open for it already.

    It is about the first of letter, scan, part, batch, event and delivery that is given; the others go with
    it. What is about a round starts with who made it; the rest is of the queue until somebody takes it. Needs
    an actor who sees the household. Raises ValueError when it is about nothing.
    """
    about = _about(letter, scan, part, batch, event, delivery)
    item = WorkItem(
        kind=kind,
        household_id=letter.household_id if letter else None,
        letter=letter,
        scan=scan,
        part=part,
        batch=batch,
        event=event,
        delivery=delivery,
        owner=_first_owner(kind, part, batch, delivery),
        due_on=clock.today() + datetime.timedelta(days=DAYS[kind]),
    )
    with transaction.atomic():
        former = WorkItem.objects.open().filter(about, kind=kind).first()
        if former is not None:
            return former
        WorkItem.objects.bulk_create([item], ignore_conflicts=True)
        opened = WorkItem.objects.open().get(about, kind=kind)
        record(Event.WORK_OPENED, "werk", [opened.pk], details={"soort": kind.value})
    return opened


@transaction.atomic
def open_items(kind: WorkKind, letters: Iterable[Letter]) -> int:
    """The same for many letters at once, each of them alone; how many were not open yet.

    The letters come with their part, its batch and its round. Needs an actor who sees the households.
    """
    wanted = {letter.pk: letter for letter in letters}
    known = WorkItem.objects.open().filter(kind=kind, letter__in=wanted).values_list("letter_id", flat=True)
    for key in set(known):
        del wanted[key]
    due_on = clock.today() + datetime.timedelta(days=DAYS[kind])
    items = [
        WorkItem(
            kind=kind,
            household_id=letter.household_id,
            letter=letter,
            owner=_first_owner(kind, letter.part, letter.part.batch, None),
            due_on=due_on,
        )
        for letter in wanted.values()
    ]
    WorkItem.objects.bulk_create(items, ignore_conflicts=True)
    opened = WorkItem.objects.open().filter(kind=kind, letter__in=wanted).values_list("pk", flat=True)
    if opened:
        record(Event.WORK_OPENED, "werk", opened, details={"soort": kind.value})
    return len(opened)


def _about(
    letter: Letter | None,
    scan: Scan | None,
    part: Part | None,
    batch: Batch | None,
    event: LetterEvent | None,
    delivery: ScanDelivery | None,
) -> Q:
    """What one open item is found by: the columns of the unique indexes."""
    if letter:
        return Q(letter=letter)
    found = Q(letter=None)
    others = {"scan": scan, "part": part, "batch": batch, "event": event, "delivery": delivery}
    for name, given in others.items():
        if given:
            return found & Q(**{name: given})
        found &= Q(**{name: None})
    raise ValueError("work is about something")


def _first_owner(
    kind: WorkKind, part: Part | None, batch: Batch | None, delivery: ScanDelivery | None
) -> User | None:
    """Who answers for the round, when it is about printing and he may open the page.

    For a pile of scans that is who made the last batch of that vendor: he knows whom to call.
    """
    if kind not in PRINTING:
        return None
    if delivery:
        released = Batch.objects.filter(vendor=delivery.vendor_id, released_at__isnull=False)
        batch = released.select_related("made_by").order_by("-released_at").first()
    answers = batch.made_by if batch else part.round.made_by if part else None
    return answers if answers and may(answers, Permission.WORK_SETTLE) else None


@transaction.atomic
def settle(*, item: WorkItem, resolution: str, by: User | None) -> None:
    """Close an item with how it ended (at most 30 characters, a code and not a story).

    Of two people at once one wins; the other gets AlreadySettled. `by` is None when it settled itself.
    """
    if by is not None:
        check(by, Permission.WORK_SETTLE)
    closed = (
        WorkItem.objects.open()
        .filter(pk=item.pk)
        .update(closed_at=clock.now(), closed_by=by, resolution=resolution)
    )
    if not closed:
        raise AlreadySettled
    record(Event.WORK_SETTLED, "werk", [item.pk], details={"soort": item.kind, "afloop": resolution})


def settle_all(letter: Letter, kinds: tuple[WorkKind, ...], resolution: str, by: User | None) -> None:
    """Close what is open about a letter, of these kinds: it was settled by what happened to the letter."""
    for item in WorkItem.objects.open().filter(letter=letter, kind__in=kinds):
        settle(item=item, resolution=resolution, by=by)


@transaction.atomic
def give(*, item: WorkItem, to: User | None, by: User, instead_of: int | None) -> None:
    """Give an item to somebody, or back to the queue (None). `instead_of` is the owner that `by` saw.

    Raises PermissionDenied when either may not do this work, AlreadySettled when it is closed, and NotNow
    when a colleague changed the owner meanwhile.
    """
    check(by, Permission.WORK_SETTLE)
    if to is not None:
        check(to, Permission.WORK_SETTLE)
    found = WorkItem.objects.open().filter(pk=item.pk)
    if not found.filter(owner=instead_of).update(owner=to):
        if found.exists():
            raise NotNow("Een collega heeft de eigenaar intussen gewijzigd. Er is niets veranderd.")
        raise AlreadySettled
    record(Event.WORK_GIVEN, "werk", [item.pk], details={"aan": str(to.pk) if to else "wachtrij"})


@transaction.atomic
def give_back_all(*, of: User) -> int:
    """Put all that is open on somebody's name back in the queue, for when he leaves; how much that was.

    Whoever calls this asks who may.
    """
    found = WorkItem.objects.open().filter(owner=of)
    keys = list(found.order_by("pk").values_list("pk", flat=True))
    if keys:
        WorkItem.objects.filter(pk__in=keys).update(owner=None)
        record(Event.WORK_GIVEN, "werk", keys, details={"aan": "wachtrij"})
    return len(keys)
