"""What a printing vendor tells us about paper: a part is in, letters went out, a recall is answered.

Each action first looks whether the thing is the vendor's own, and then works as the system: the row policies
let a vendor read his letters and write nothing. What is not his own does not exist.
"""

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from letters import transitions
from letters.actions import forms, untold, work
from letters.actions.ledger import Told, tell, tell_each, tell_orphan
from letters.models import (
    Axis,
    Batch,
    BatchState,
    DeliveryState,
    FormerPrint,
    Letter,
    LetterEvent,
    Outcome,
    Part,
    Production,
    Recall,
    RecallResult,
    VendorClient,
    WorkKind,
)
from letters.vendor_codes import EXCEPTIONS, FACTS, FOR_A_PERSON, Status
from outreach.audit import Event
from outreach.audit import record as audit
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.transitions import apply, leaves

#: Batches that a vendor may know of.
HANDED_OVER = (BatchState.RELEASED, BatchState.CONFIRMED)
#: The answer to a message that was said before.
DOUBLE = "dubbel"
_NAMESPACE = uuid.UUID("0b1f5a52-6f0e-4f5f-9b4e-6a7f0a6d5c10")


class ConfirmationDiffers(Exception):
    """What the vendor got is not what we made. `part` is how it stands here."""

    def __init__(self, part: Part) -> None:
        super().__init__("de bevestiging klopt niet met het deel")
        self.part = part


class AnswerDiffers(Exception):
    """The recall was answered otherwise before. `recall` is how it stands here."""

    def __init__(self, recall: Recall) -> None:
        super().__init__("de intrekking is al anders beantwoord")
        self.recall = recall


@dataclass(frozen=True, slots=True)
class Confirmed:
    """`new` is false when the vendor said exactly this before."""

    new: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """`new` is false when the vendor gave exactly this answer before."""

    new: bool


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a vendor: about one letter, or about a part of a batch, whole or from `first` to `last`.

    With a letter, `batch` and `part` say in which part it was: so of which print run it is told.
    `moment` is when it happened. `raw` is the message as it came, without what is not in the contract.
    """

    message_id: UUID
    status: Status
    moment: datetime.datetime
    reason: str = ""
    letter: UUID | None = None
    batch: UUID | None = None
    part: int | None = None
    first: int | None = None
    last: int | None = None
    raw: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What was done with one item: a value of Outcome, or DOUBLE."""

    item_id: UUID
    result: str
    code: str = ""


#: The letters that a message is about, with the print run in which the vendor had them.
Runs = dict[UUID, int]


class _Run(NamedTuple):
    """A print run of a letter that a vendor had, and where."""

    number: int
    batch: UUID
    part: int
    released_at: datetime.datetime


def own_parts(client: VendorClient) -> QuerySet[Part]:
    """Parts with a file in batches released to the vendor of this client; none when it is to test."""
    if client.sandbox:
        return Part.objects.none()
    return Part.objects.filter(
        batch__vendor=client.vendor_id, batch__state__in=HANDED_OVER, letters_count__gt=0
    )


def placed_letters(part: Part) -> list[tuple[UUID, int]]:
    """The letters in the file of a part by their number in it, with the print run they have there."""
    now = Letter.objects.filter(part=part, first_page__isnull=False)
    then = FormerPrint.objects.filter(part=part)
    found = [
        *now.values_list("first_page", "pk", "print_run"),
        *then.values_list("first_page", "letter_id", "print_run"),
    ]
    return [(letter, run) for _, letter, run in sorted(found)]


def confirm(*, part: Part, sha256: str, letters: int, pages: int, client: VendorClient) -> Confirmed:
    """The vendor has the file of a part: from now on its letters cannot be withdrawn any more.

    Raises Part.DoesNotExist when it is not his, and ConfirmationDiffers, after putting it before a person,
    when he has another file than we made.
    """
    with acting_as(SYSTEM_ACTOR):
        locked = own_parts(client).select_for_update(of=["self"], no_key=True).get(pk=part.pk)
        right = (sha256, letters, pages) == (locked.sha256, locked.letters_count, locked.pages)
        new = right and locked.confirmed_at is None
        if new:
            _confirm(locked, client)
        elif not right:
            work.open_item(WorkKind.CONFIRMATION, part=locked, batch=locked.batch)
    if not right:
        audit(Event.CONFIRMATION_DIFFERED, "deel", [part.pk])
        raise ConfirmationDiffers(locked)
    if new:
        audit(Event.PART_CONFIRMED, "deel", [part.pk], details={"brieven": letters})
    return Confirmed(new)


def _confirm(part: Part, client: VendorClient) -> None:
    batch = Batch.objects.select_for_update(of=["self"], no_key=True).get(parts=part)
    part.confirmed_at = clock.now()
    part.save(update_fields=["confirmed_at"])
    told = Told(
        Axis.PRODUCTION,
        Production.CONFIRMED,
        part=part,
        client=client,
        message_id=uuid.uuid5(_NAMESPACE, f"{part.pk}|{part.sha256}"),
    )
    tell(Letter.objects.filter(part=part, first_page__isnull=False).values_list("pk", flat=True), told)
    waiting = batch.parts.filter(confirmed_at__isnull=True, letters_count__gt=0)
    if leaves(batch, transitions.CONFIRM_BATCH) and not waiting.exists():
        apply(batch, transitions.CONFIRM_BATCH, confirmed_at=part.confirmed_at)


def record(*, client: VendorClient, messages: Sequence[Message]) -> list[ItemResult]:
    """Take in what a vendor tells about letters: one result for each message, in the same order.

    A letter that the same call names as spoiled or refused is left out of what the call says about its part.
    What is about a letter that is not his is kept apart, and put before a person.
    """
    with acting_as(SYSTEM_ACTOR):
        fresh = _fresh(client, messages)
        meant = _meant(client, fresh)
        told = [
            (letter, _told(client, one, run))
            for one in fresh
            for letter, run in meant.get(one.message_id, {}).items()
        ]
        outcomes: dict[UUID | None, list[Outcome | None]] = {}
        news: dict[str, set[UUID]] = {}
        for (letter, one), outcome in zip(told, tell_each(told), strict=True):
            outcomes.setdefault(one.message_id, []).append(outcome)
            if outcome == Outcome.DONE:
                news.setdefault(one.code, set()).add(letter)
        _put_before_a_person(news)
        results = {
            one.message_id: _result(outcomes.get(one.message_id, []))
            if one.message_id in meant
            else _keep_orphan(client, one)
            for one in fresh
        }
    # The first of an id has the result; what comes after it under the same id says it again.
    return [ItemResult(one.message_id, results.pop(one.message_id, DOUBLE)) for one in messages]


def _fresh(client: VendorClient, messages: Sequence[Message]) -> list[Message]:
    """The first message of each id that this client did not use before."""
    known = set(
        LetterEvent.objects.filter(client=client, message_id__in={one.message_id for one in messages})
        .order_by()
        .values_list("message_id", flat=True)
        .distinct()
    )
    found: dict[UUID, Message] = {}
    for one in messages:
        if one.message_id not in known:
            found.setdefault(one.message_id, one)
    return list(found.values())


def _meant(client: VendorClient, messages: Iterable[Message]) -> dict[UUID, Runs]:
    """The letters of each message. What is about a letter or part that is not his own is not in it."""
    had = _own_runs(client, {one.letter for one in messages if one.letter})
    meant: dict[UUID, Runs] = {}
    for one in messages:
        run = _run_of(one, had.get(one.letter, ())) if one.letter else None
        if one.letter and run is not None:
            meant[one.message_id] = {one.letter: run}
    excepted = {
        pair for one in messages if one.status in EXCEPTIONS for pair in meant.get(one.message_id, {}).items()
    }
    parts: dict[tuple[UUID | None, int | None], list[tuple[UUID, int]] | None] = {}
    for one in messages:
        if one.letter is not None:
            continue
        place = (one.batch, one.part)
        if place not in parts:
            part = own_parts(client).filter(batch=one.batch, number=one.part or 0).first()
            parts[place] = placed_letters(part) if part else None
        placed = parts[place]
        chosen = placed[(one.first or 1) - 1 : one.last] if placed else []
        if chosen:
            meant[one.message_id] = dict(pair for pair in chosen if pair not in excepted)
    return meant


def _own_runs(client: VendorClient, letters: Iterable[UUID]) -> dict[UUID, list[_Run]]:
    """The print runs of each of these letters that this vendor had, the newest first."""
    own = own_parts(client)
    keys = list(letters)
    then = FormerPrint.objects.filter(letter__in=keys, part__in=own)
    now = Letter.objects.filter(pk__in=keys, part__in=own)
    where = ("print_run", "part__batch", "part__number", "part__batch__released_at")
    found: dict[UUID, list[_Run]] = {}
    for key, *run in [*now.values_list("pk", *where), *then.values_list("letter_id", *where)]:
        found.setdefault(key, []).append(_Run(*run))
    return {key: sorted(runs, key=lambda run: run.number, reverse=True) for key, runs in found.items()}


def _run_of(message: Message, runs: Sequence[_Run]) -> int | None:
    """Which print run a message about a letter is about; None when the vendor had none like that.

    It is that of the part that it names. Else it is the newest that was released when it happened: what is
    told late of the first run is not about the second. A clock that is behind is about the first.
    """
    if message.batch is not None:
        place = (message.batch, message.part)
        return next((run.number for run in runs if (run.batch, run.part) == place), None)
    known = [run.number for run in runs if run.released_at <= message.moment] or [
        run.number for run in runs[-1:]
    ]
    return known[0] if known else None


def _told(client: VendorClient, message: Message, run: int) -> Told:
    axis, code = FACTS[message.status]
    return Told(
        axis,
        code,
        reason=message.reason,
        occurred_at=message.moment,
        client=client,
        message_id=message.message_id,
        print_run=run,
        raw=message.raw,
    )


def _put_before_a_person(news: Mapping[str, set[UUID]]) -> None:
    for status, kind in FOR_A_PERSON.items():
        for letter in Letter.objects.filter(pk__in=news.get(FACTS[status][1], ())):
            work.open_item(kind, letter=letter)
    if returned := news.get(DeliveryState.RETURNED):
        forms.came_back(returned)


def _keep_orphan(client: VendorClient, message: Message) -> str:
    if not tell_orphan(_told(client, message, 1)):
        return DOUBLE
    event = LetterEvent.objects.get(client=client, message_id=message.message_id, letter=None)
    work.open_item(WorkKind.ORPHAN, event=event)
    return Outcome.UNKNOWN.value


def _result(outcomes: Sequence[Outcome | None]) -> str:
    """Of a message about many letters: it did something, all was told before, or it came too late."""
    if Outcome.DONE in outcomes:
        return Outcome.DONE.value
    return DOUBLE if outcomes and set(outcomes) == {None} else Outcome.LATE.value


def answer_recall(*, client: VendorClient, recall_id: UUID, result: RecallResult) -> Answered:
    """The honest answer of a vendor to a recall. Raises Recall.DoesNotExist, and AnswerDiffers."""
    with acting_as(SYSTEM_ACTOR):
        recall = own_recalls(client).select_for_update(no_key=True).get(pk=recall_id)
        new = not recall.result
        if new:
            recall.result, recall.answered_at = result, clock.now()
            recall.save(update_fields=["result", "answered_at"])
            if result == RecallResult.WITHDRAWN:
                _withdraw(recall, client)
    if recall.result != result:
        raise AnswerDiffers(recall)
    if new:
        audit(Event.RECALL_ANSWERED, "intrekking", [recall.pk], details={"antwoord": result.value})
    return Answered(new)


def own_recalls(client: VendorClient) -> QuerySet[Recall]:
    """What was asked back from the vendor of this client; nothing when it is to test."""
    return Recall.objects.none() if client.sandbox else Recall.objects.filter(vendor=client.vendor_id)


def _withdraw(recall: Recall, client: VendorClient) -> None:
    told = Told(
        Axis.PRODUCTION,
        Production.WITHDRAWN,
        client=client,
        message_id=recall.pk,
        print_run=recall.print_run,
    )
    tell([recall.letter_id], told)
    untold.put_before_a_person([recall.letter_id])
