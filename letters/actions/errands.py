"""Errands: reminders of a round, closing it, and freeing held letters, asked on a page and done by a worker.

With a whole town in a round each takes minutes. A task that is lost does not matter: the sweep finds what is
open. Who is killed halfway leaves it open, and what he did is not done twice.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import F

from letters.actions import batches, closing, reminders
from letters.models import Batch, Errand, ErrandKind
from letters.permissions import check_releases
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.kernel.db import acting_as
from outreach.models import Round, User
from outreach.permissions import Permission, check
from outreach.policies import NotNow, check_can_close
from outreach.transitions import StateChanged

# For pg_try_advisory_lock(class, key); scans.py has 7111 and 7112.
LOCK_ERRAND = 7113
_NO_LONGER_MAY = "Wie dit vroeg, mag dit intussen niet meer."


def ask_reminders(*, round_: Round, by: User) -> bool:
    """Have the reminders of a round planned; false when that is asked already.

    Raises PermissionDenied, and NotNow when none may go.
    """
    check_releases(by)
    reminders.check_can_plan(Round.objects.get(pk=round_.pk))
    return _ask(ErrandKind.REMIND, round_, by)


def ask_close(*, round_: Round, by: User) -> bool:
    """Have a round closed and what is not released taken back; false when that is asked already.

    Raises PermissionDenied, and NotNow when it cannot be closed.
    """
    check(by, Permission.ROUND_CLOSE)
    check_can_close(Round.objects.get(pk=round_.pk))
    return _ask(ErrandKind.CLOSE, round_, by)


def ask_free(*, batch: Batch, by: User) -> bool:
    """Have the held letters of a batch planned anew; false when that is asked already.

    Raises PermissionDenied, and NotNow when there is no legal basis, or the round is closed.
    """
    check_releases(by)
    batches.check_can_free(batch)
    return _ask(ErrandKind.FREE, batch.round, by, batch)


def _ask(kind: ErrandKind, round_: Round, by: User, batch: Batch | None = None) -> bool:
    errand, new = Errand.objects.get_or_create(
        kind=kind, round=round_, batch=batch, ended_at=None, defaults={"asked_by": by}
    )
    if new:
        record(Event.ERRAND_ASKED, "opdracht", [errand.pk], details={"soort": kind.value})
    return new


def due() -> list[int]:
    """Errands that nobody ended, the oldest first."""
    return list(Errand.objects.filter(ended_at=None).values_list("pk", flat=True))


def last(round_: Round, batch: Batch | None = None) -> list[Errand]:
    """Of each kind what was asked last, about a round or about a batch of it. One query."""
    asked = Errand.objects.filter(round=round_, batch=batch).select_related("asked_by")
    return list(asked.order_by("kind", "-asked_at", "-pk").distinct("kind"))


def carry_out(*, errand_id: int) -> None:
    """Do what was asked; when that cannot be, the errand says why. Another worker who has it goes first."""
    with _alone_with(errand_id) as alone:
        errand = Errand.objects.filter(pk=errand_id, ended_at=None).first() if alone else None
        if errand is None:
            return
        try:
            _WORK[ErrandKind(errand.kind)](errand)
        except (NotNow, StateChanged) as refusal:
            _end(errand, problem=str(refusal)[:300])
        except PermissionDenied:
            _end(errand, problem=_NO_LONGER_MAY)


@contextmanager
def _alone_with(errand_id: int) -> Iterator[bool]:
    """Whether no other worker is busy with it. The lock ends with this process at the latest."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_ERRAND, errand_id])
        alone = cursor.fetchone()[0]
        try:
            yield alone
        finally:
            if alone and connection.is_usable():
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_ERRAND, errand_id])


def _end(errand: Errand, **changes: object) -> None:
    Errand.objects.filter(pk=errand.pk).update(ended_at=clock.now(), **changes)


def _remind(errand: Errand) -> None:
    """A transaction for each part, so that nobody who opts out waits longer than for one."""

    def count(letters: int) -> None:
        Errand.objects.filter(pk=errand.pk).update(letters=F("letters") + letters)

    reminders.plan(round_=errand.round, by=errand.asked_by, planned=count)
    _end(errand)


def _close(errand: Errand) -> None:
    with transaction.atomic(), acting_as(errand.asked_by.actor()):
        gone = closing.close(round_=errand.round, by=errand.asked_by, withdraw=True)
        _end(errand, letters=gone)


def _free(errand: Errand) -> None:
    if errand.batch is None:
        raise ValueError("letters are freed of a batch")
    with transaction.atomic(), acting_as(errand.asked_by.actor()):
        freed = batches.free_held(batch=errand.batch, by=errand.asked_by)
        _end(errand, letters=freed)


_WORK = {ErrandKind.REMIND: _remind, ErrandKind.CLOSE: _close, ErrandKind.FREE: _free}
