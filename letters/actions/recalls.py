"""Asking back a released letter. Until its part is confirmed it leaves the part; then the vendor answers.

The vendor's answer comes in through letters.actions.vendor_messages.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from letters import transitions
from letters.actions import parts, untold
from letters.actions.ledger import Told, tell
from letters.actions.recheck import refused
from letters.models import (
    Axis,
    Batch,
    Letter,
    Part,
    Production,
    Recall,
    RecallReason,
    RecallResult,
    Rejection,
)
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.policies import NotNow
from outreach.transitions import apply, leaves

#: Released, and not in the post yet.
UNDER_WAY = (Production.RELEASED, Production.CONFIRMED, Production.PRINTED)


@transaction.atomic
def ask(*, letter: Letter, reason: RecallReason) -> Recall:
    """Ask a letter back, once per print run: a second time gives the first recall.

    As long as the vendor did not confirm its part the letter leaves the part at once, so the recall has its
    answer. Raises NotNow when it is not released, or in the post already.
    """
    with acting_as(SYSTEM_ACTOR):
        part = Part.objects.select_for_update(no_key=True).get(letters=letter.pk)
        now = Letter.objects.get(pk=letter.pk)
        former = Recall.objects.filter(letter=now, print_run=now.print_run).first()
        if former is not None:
            return former
        if now.production not in UNDER_WAY:
            raise NotNow("Deze brief is niet terug te vragen: hij is niet vrijgegeven, of al op de post.")
        [recall] = _ask(part, {now.pk: reason})
    record(Event.RECALL_ASKED, "intrekking", [recall.pk], details={"antwoord": recall.result})
    return recall


def due() -> dict[int, dict[UUID, RecallReason]]:
    """Letters on their way to who may not get them any more, by part. One query."""
    return _by_part(_without_recall(Letter.objects.filter(production__in=UNDER_WAY)))


def sweep() -> int:
    """Ask back all letters that are due, part by part. Gives how many were asked."""
    with acting_as(SYSTEM_ACTOR):
        parts_due = sorted(due())
    return sum(_sweep_part(part_id) for part_id in parts_due)


def ask_part(part_id: int, reason: RecallReason) -> int:
    """Ask back all letters of a part that are under way and were not asked back yet. Gives how many."""
    return _ask_of_part(part_id, lambda letters: dict.fromkeys(letters.values_list("pk", flat=True), reason))


def _sweep_part(part_id: int) -> int:
    return _ask_of_part(part_id, lambda letters: _by_part(letters).get(part_id, {}))


def _ask_of_part(part_id: int, choose: Callable[[QuerySet[Letter]], Mapping[UUID, RecallReason]]) -> int:
    with acting_as(SYSTEM_ACTOR):
        part = Part.objects.select_for_update(no_key=True).get(pk=part_id)
        asked = _ask(part, choose(_without_recall(part.letters.filter(production__in=UNDER_WAY))))
        if asked:
            keys = [recall.pk for recall in asked]
            record(Event.RECALL_ASKED, "intrekking", keys, details={"antwoord": asked[0].result})
    return len(asked)


def _without_recall(letters: QuerySet[Letter]) -> QuerySet[Letter]:
    asked = Recall.objects.filter(letter=OuterRef("pk"), print_run=OuterRef("print_run"))
    return letters.filter(~Exists(asked))


def _by_part(letters: QuerySet[Letter]) -> dict[int, dict[UUID, RecallReason]]:
    reasons = refused(letters)
    found: defaultdict[int, dict[UUID, RecallReason]] = defaultdict(dict)
    if reasons:
        for key, part_id in Letter.objects.filter(pk__in=reasons).values_list("pk", "part_id"):
            found[part_id][key] = RecallReason(reasons[key].value)
    return dict(found)


def _ask(part: Part, wanted: Mapping[UUID, RecallReason]) -> Sequence[Recall]:
    """Ask back letters of one part. The row of the part is locked: nobody confirms it meanwhile."""
    if not wanted:
        return []
    batch = Batch.objects.get(pk=part.batch_id)
    at_once = part.confirmed_at is None
    answer = {"result": RecallResult.WITHDRAWN, "answered_at": clock.now()} if at_once else {}
    runs = dict(Letter.objects.filter(pk__in=wanted).values_list("pk", "print_run"))
    recalls = [
        Recall(letter_id=key, vendor_id=batch.vendor_id, print_run=runs[key], reason=reason, **answer)
        for key, reason in wanted.items()
    ]
    Recall.objects.bulk_create(recalls)
    if at_once:
        _take_out(part, batch, wanted)
    return recalls


def _take_out(part: Part, batch: Batch, wanted: Mapping[UUID, RecallReason]) -> None:
    """The part is made again without them: the vendor can confirm only the new version."""
    leaving = {
        key: Rejection.OPTED_OUT if reason == RecallReason.OPTED_OUT else Rejection.LAPSED
        for key, reason in wanted.items()
    }
    gone = parts.remake(part, leaving)
    for reason in set(wanted.values()):
        mine = [key for key in wanted if wanted[key] == reason]
        tell(mine, Told(Axis.PRODUCTION, Production.WITHDRAWN, reason=reason.value, part=part))
    unfit = [key for key in gone if key not in wanted]
    tell(unfit, Told(Axis.PRODUCTION, Production.WITHDRAWN, reason=RecallReason.MISTAKE.value, part=part))
    _confirm_if_whole(batch)
    untold.put_before_a_person(gone)


def _confirm_if_whole(batch: Batch) -> None:
    """With its last unconfirmed letter gone, a batch is confirmed."""
    locked = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    in_use = locked.parts.filter(letters_count__gt=0)
    if leaves(locked, transitions.CONFIRM_BATCH) and in_use and not in_use.filter(confirmed_at=None):
        apply(locked, transitions.CONFIRM_BATCH, confirmed_at=clock.now())


def open_recalls() -> QuerySet[Recall]:
    """Recalls that the vendor did not answer yet, of letters that are still in that print run."""
    return Recall.objects.filter(result="", print_run=F("letter__print_run"))
