"""Granting a regeling: on a form, or ambtshalve."""

import datetime
from collections.abc import Iterable

from django.db import transaction

from letters import transitions
from letters.actions import answers, legal_bases
from letters.actions.ledger import Told, tell
from letters.actions.work import settle_all
from letters.models import (
    Application,
    Axis,
    Grant,
    GrantBasis,
    LetterKind,
    ResponseState,
    Scan,
    ScanOutcome,
    Signature,
    WorkItem,
    WorkKind,
)
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.models import Approach, Klasse, Mode, User
from outreach.models.approach import Result
from outreach.policies import NotNow
from outreach.transitions import apply

#: What is settled by a grant.
_SETTLED = (
    WorkKind.NO_SIGNATURE,
    WorkKind.SIGNATURE_DOUBT,
    WorkKind.REMARK,
    WorkKind.LATE_FORM,
    WorkKind.ASSESS,
)


class AlreadyGranted(NotNow):
    """The household has this regeling in this round."""

    def __init__(self) -> None:
        super().__init__("Deze regeling is al toegekend aan dit huishouden.")


class NoLegalBasis(NotNow):
    """Nothing carries a grant without a form."""

    def __init__(self) -> None:
        super().__init__(
            "Er is geen geldige, ondertekende grondslag om deze regeling zonder formulier toe te kennen."
        )


class NotByItself(NotNow):
    """Something about the form is for a person to look at."""

    def __init__(self) -> None:
        super().__init__("Dit formulier moet iemand eerst bekijken.")


@transaction.atomic
def grant_on_form(*, application: Application, by: User | None) -> Grant:
    """Grant what an application asks for, today. `by` is None when nobody had to look at the form.

    By itself only for a zeker household whose scan shows a signature and no remark, with nothing open about
    the letter; a trigger in the database holds that too. Raises NotByItself, AlreadyGranted, PermissionDenied
    when `by` decides on no applications, StateChanged when the application is in another state by now, and
    NotNow when no letter can tell it any more. The letter goes with the next ones of the round (Awb 3:41).
    """
    approach = Approach.objects.select_for_update(of=["self"], no_key=True).get(pk=application.approach_id)
    if Grant.objects.filter(approach=approach).exists():
        raise AlreadyGranted
    if by is None:
        _check_by_itself(application, approach)
    arrow = transitions.GRANT_BY_ITSELF if by is None else transitions.GRANT_BY_PERSON
    how = "vanzelf" if by is None else "persoon"
    apply(application, arrow, by=by, details={"hoe": how}, decided_by=by, decided_at=clock.now())
    grant = Grant.objects.create(
        approach=approach,
        basis=GrantBasis.FORM,
        application=application,
        granted_on=clock.today(),
        by_person=by,
    )
    Approach.objects.filter(pk=approach.pk).update(result=Result.GRANTED)
    tell([application.letter_id], Told(Axis.RESPONSE, ResponseState.COMPLETE))
    settle_all(application.letter, _SETTLED, "toegekend", by)
    answers.plan(application=application, kind=LetterKind.GRANT)
    return grant


@transaction.atomic
def grant_ambtshalve(*, approach: Approach, on: datetime.date) -> Grant:
    """Grant without a form, on the legal basis of that day. Raises NoLegalBasis, AlreadyGranted."""
    if not grant_all_ambtshalve([approach.pk], on=on):
        raise AlreadyGranted
    return Grant.objects.get(approach=approach)


@transaction.atomic
def grant_all_ambtshalve(approaches: Iterable[int], *, on: datetime.date) -> int:
    """The same for many at once; how many were granted now. Who has a grant already is passed by.

    Only a zeker household, for a regeling that the law allows it for: a trigger in the database has the last
    word on that and on the basis. Raises NoLegalBasis, and then nobody is granted anything.
    """
    chosen = Approach.objects.filter(pk__in=set(approaches), mode=Mode.AMBTSHALVE, grant=None)
    locked = list(chosen.select_for_update(of=["self"], no_key=True).order_by("pk"))
    bases = {code: legal_bases.current(code, on) for code in {one.regeling_id for one in locked}}
    if None in bases.values():
        raise NoLegalBasis
    Grant.objects.bulk_create(
        Grant(approach=one, basis=GrantBasis.AMBTSHALVE, legal_basis=bases[one.regeling_id], granted_on=on)
        for one in locked
    )
    keys = [one.pk for one in locked]
    Approach.objects.filter(pk__in=keys).update(result=Result.GRANTED)
    for code, basis in bases.items():
        mine = [one.pk for one in locked if one.regeling_id == code]
        details = {"regeling": code, "grondslag": basis.pk if basis else None}
        record(Event.GRANTED_AMBTSHALVE, "benadering", mine, details=details)
    return len(keys)


def _check_by_itself(application: Application, approach: Approach) -> None:
    scan = Scan.objects.filter(pk=application.scan_id).first()
    in_order = (
        approach.klasse == Klasse.ZEKER
        and approach.result == Result.OPEN
        and not approach.lapsed
        and scan is not None
        and scan.outcome == ScanOutcome.LINKED
        and scan.signature == Signature.PRESENT
        and not scan.remarked
    )
    waiting = WorkItem.objects.open().filter(letter__approach=approach).exclude(kind=WorkKind.ADDRESS)
    if not in_order or waiting.exists():
        raise NotByItself
