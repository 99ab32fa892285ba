"""Closing a letter round: nobody is approached for it any more, and what was asked is still answered.

First letters and reminders that are not released yet are in the way, unless the person chooses to withdraw
them. Applications go on: who applied is owed a decision (Awb 4:13), so letters about decisions still go out.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import OperationalError, transaction
from django.db.models import QuerySet
from psycopg.errors import LockNotAvailable

from letters import transitions
from letters.actions import parts
from letters.actions.recheck import ENDS_WITH_ROUND, NOT_OUT, Lapse
from letters.models import (
    Application,
    ApplicationState,
    Batch,
    BatchState,
    Letter,
    Part,
    PartState,
    Rejection,
)
from outreach.actions import rounds
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Round, User
from outreach.permissions import Permission, check
from outreach.policies import NotNow, check_can_close
from outreach.transitions import apply

_TO_MAKE = (PartState.PLANNED, PartState.STRANDED)
_DECIDED = (ApplicationState.GRANTED, ApplicationState.REFUSED)
_NO_FILE = hashlib.sha256(b"").hexdigest()
_BUSY = "Er wordt net iets van deze ronde gemaakt of vrijgegeven. Probeer het over een minuut opnieuw."
#: Held out of a file for a while: a legal basis, or somebody who is busy with the household.
HELD = (Rejection.NO_BASIS, Rejection.BUSY)


@dataclass(frozen=True, slots=True)
class Left:
    """What of a round is not over yet. `letters` are all first letters and reminders that are not released;
    `without_letter` are households that would still get one."""

    without_letter: int = 0
    letters: int = 0
    parts_to_make: int = 0
    parts_loose: int = 0
    batches: int = 0
    applications: int = 0
    answers: int = 0

    @property
    def in_the_way(self) -> bool:
        """Whether closing takes something back that would go out."""
        return bool(self.without_letter or self.letters)


def unreleased(round_: Round) -> QuerySet[Letter]:
    """Letters that end with the round and did not go to a vendor: also those that were left out of a part."""
    return Letter.objects.filter(ENDS_WITH_ROUND, round=round_, production__in=NOT_OUT)


def left(round_: Round) -> Left:
    """What is not over yet. Counts only: whoever asks sees no people."""
    with acting_as(SYSTEM_ACTOR):
        waiting = unreleased(round_).filter(rejected__in=("", *HELD))
        holding = Part.objects.filter(pk__in=waiting.values("part"))
        composed = holding.filter(batch__state=BatchState.COMPOSED)
        answers = Letter.objects.filter(round=round_, production__in=NOT_OUT, rejected="")
        return Left(
            without_letter=parts.due(round_).count(),
            letters=waiting.count(),
            parts_to_make=holding.filter(state__in=_TO_MAKE).count(),
            parts_loose=holding.filter(state=PartState.MADE, batch=None).count(),
            batches=composed.values("batch").distinct().count(),
            applications=Application.objects.filter(approach__round=round_)
            .exclude(state__in=_DECIDED)
            .count(),
            answers=answers.exclude(ENDS_WITH_ROUND).count(),
        )


@transaction.atomic
def close(*, round_: Round, by: User, withdraw: bool = False) -> int:
    """Close a letter round, and with `withdraw` take back what is not released. Gives how many letters.

    Raises PermissionDenied, and NotNow: never fixed, closed already, letters in the way, or a worker is busy
    with one of its parts. A trigger holds that nothing stays behind (`ronde_niet_klaar`).
    """
    check(by, Permission.ROUND_CLOSE)
    locked = Round.objects.select_for_update(no_key=True).get(pk=round_.pk)
    check_can_close(locked)
    found = left(locked)
    if found.in_the_way and not withdraw:
        raise NotNow(in_the_way(found))
    with acting_as(SYSTEM_ACTOR):
        gone = _take_back(locked, by)
        _withdraw_empty(locked, by)
    details = {"ingetrokken": len(gone), "zonder_brief": found.without_letter}
    rounds.close(round_=locked, by=by, details=details)
    return len(gone)


def in_the_way(found: Left) -> str:
    """Why a round cannot be closed just like that, in one sentence for each thing."""
    named = ", ".join(f"{number} {what}" for number, what in named_counts(found))
    said = f"Nog niet alles van deze ronde is verstuurd: {named}."
    if found.applications:
        said += f" Er wacht ook op een besluit: {_count(found.applications, 'aanvraag', 'aanvragen')}."
    return said + " Rond dit eerst af, of kies ervoor om in te trekken wat nog niet is verstuurd."


def named_counts(found: Left) -> list[tuple[int, str]]:
    """What is in the way, each with its count."""
    words = (
        (found.without_letter, "huishouden zonder brief", "huishoudens zonder brief"),
        (found.parts_to_make, "deel om te maken", "delen om te maken"),
        (found.parts_loose, "gemaakt deel zonder partij", "gemaakte delen zonder partij"),
        (found.batches, "partij om vrij te geven", "partijen om vrij te geven"),
        (found.letters, "brief die nog niet weg is", "brieven die nog niet weg zijn"),
    )
    return [(number, one if number == 1 else more) for number, one, more in words if number]


def _count(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def _take_back(round_: Round, by: User) -> list[UUID]:
    """All letters that end with the round and are not released lapse, and leave their files."""
    of_round = _locked_parts(round_)
    found = list(unreleased(round_).values_list("pk", flat=True))
    unreleased(round_).filter(rejected__in=HELD).update(rejected=Rejection.LAPSED)
    for part in of_round:
        printable = unreleased(round_).filter(part=part, rejected="").values_list("pk", flat=True)
        leaving = dict.fromkeys(printable, Rejection.LAPSED)
        if leaving:
            _without(part, leaving, by)
    parts.tell_lapsed(dict.fromkeys(found, Lapse.CLOSED))
    return found


def _locked_parts(round_: Round) -> list[Part]:
    """The parts that are not released, and their batches. Who makes or releases one now is not waited for:
    he may want the round himself."""
    composed = Batch.objects.filter(round=round_, state=BatchState.COMPOSED).order_by("pk")
    of_round = Part.objects.filter(round=round_).exclude(batch__in=_out(round_)).order_by("pk")
    try:
        with transaction.atomic():
            list(composed.select_for_update(of=["self"], no_key=True, nowait=True))
            return list(of_round.select_for_update(of=["self"], no_key=True, nowait=True))
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise NotNow(_BUSY) from None
        raise


def _out(round_: Round) -> QuerySet[Batch]:
    return Batch.objects.filter(round=round_, state__in=(BatchState.RELEASED, BatchState.CONFIRMED))


def _without(part: Part, leaving: Mapping[UUID, Rejection], by: User) -> None:
    if part.state == PartState.MADE:
        parts.remake(part, leaving)
        return
    Letter.objects.filter(pk__in=leaving).update(rejected=Rejection.LAPSED)
    part.letters_count -= len(leaving)
    part.rejected_count += len(leaving)
    part.save(update_fields=["letters_count", "rejected_count"])
    if part.letters_count == 0:
        _nothing_to_make(part, by)


def _nothing_to_make(part: Part, by: User) -> None:
    """A part without a letter is made as it is: it has no file."""
    if part.state == PartState.STRANDED:
        apply(part, transitions.RETRY, by=by, problem="")
    apply(
        part,
        transitions.MAKE,
        details={"brieven": 0, "uitgevallen": part.rejected_count},
        pages=0,
        size=0,
        sha256=_NO_FILE,
        made_at=clock.now(),
    )


def _withdraw_empty(round_: Round, by: User) -> None:
    """Batches in which no letter is left. One with letters about decisions can still be released."""
    composed = Batch.objects.filter(round=round_, state=BatchState.COMPOSED)
    for batch in composed.exclude(parts__letters_count__gt=0):
        apply(batch, transitions.WITHDRAW_BATCH, by=by, release_asked_by=None)
        Part.objects.filter(batch=batch).update(batch=None)
