"""The register of data breaches: reporting one by hand, and what the privacy officer does with it."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction

from outreach import transitions
from outreach.actions import notifications
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.models import Breach, User
from outreach.models.breach import BY_HAND, BreachKind, BreachState
from outreach.permissions import Permission, check
from outreach.policies import NotNow

#: What the privacy officer fills in, in the order of the form.
ANSWERS = (
    *("data", "people_count", "measures"),
    *("ap", "ap_at", "ap_reason"),
    *("told", "told_at", "told_reason"),
)


@dataclass(frozen=True, slots=True)
class Found:
    """What somebody says of a breach. `discovered_at` starts the 72 hours (AVG art. 33, lid 1)."""

    kind: BreachKind
    discovered_at: datetime.datetime
    text: str
    data: str = ""
    people_count: int | None = None


@transaction.atomic
def report(*, found: Found, by: User) -> Breach:
    """Write a breach down, and tell the privacy officers. Anybody who works here may.

    Raises PermissionDenied for who has no role, NotNow for a moment to come and for a lost looplijst, which
    is reported on the page of its print.
    """
    if not by.role:
        raise PermissionDenied
    if found.kind not in dict(BY_HAND):
        raise NotNow("Meld een looplijst die kwijt is op de pagina van de afdruk.")
    if found.discovered_at > clock.now():
        raise NotNow("Kies een tijd die al is geweest.")
    breach = Breach.objects.create(
        kind=found.kind,
        text=found.text,
        data=found.data,
        people_count=found.people_count,
        persons=[],
        discovered_at=found.discovered_at,
        reported_by=by,
    )
    record(Event.BREACH_REPORTED, "datalek", [breach.pk], details={"soort": found.kind.value})
    notifications.breach_reported(breach)
    return breach


@transaction.atomic
def answer(*, breach: Breach, answers: Mapping[str, object], by: User) -> None:
    """Keep what the privacy officer filled in of `ANSWERS`.

    Raises PermissionDenied, NotNow when it was closed meanwhile, IntegrityError for answers without their
    moment or reason.
    """
    check(by, Permission.BREACH_SEE)
    changes = {name: answers[name] for name in ANSWERS}
    kept = Breach.objects.filter(pk=breach.pk, state=BreachState.REPORTED).update(**changes)
    if not kept:
        raise NotNow("Dit datalek is al afgesloten.")
    record(Event.BREACH_ANSWERED, "datalek", [breach.pk], details=_said(changes))


def close(*, breach: Breach, by: User) -> None:
    """Close a breach of which everything is filled in. Nothing of it changes after that.

    Raises PermissionDenied, StateChanged when it was closed already, IntegrityError when something misses.
    """
    transitions.apply(
        breach, transitions.BREACH_CLOSE, by=by, closed_at=clock.now(), closed_by=by, details=None
    )


def missing(answers: Mapping[str, object]) -> list[str]:
    """Which answers must still be given before a breach can be closed."""
    needed = ("data", "people_count", "measures", "ap", "told")
    return [name for name in needed if answers.get(name) in (None, "")]


def _said(changes: Mapping[str, object]) -> dict[str, object]:
    """Words and counts for the audit; free text stays in the register."""
    words = {True: "ja", False: "nee", None: "nog niet besloten"}
    return {"AP": words[changes["ap"]], "inwoners": words[changes["told"]]}  # type: ignore[index]
