"""Granting a regeling on a form."""

from django.db import transaction

from letters import transitions
from letters.actions.ledger import Told, tell
from letters.actions.work import settle_all
from letters.models import (
    Application,
    Axis,
    Grant,
    GrantBasis,
    ResponseState,
    Scan,
    ScanOutcome,
    Signature,
    WorkItem,
    WorkKind,
)
from outreach.kernel import clock
from outreach.models import Approach, Klasse, User
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


class NotByItself(NotNow):
    """Something about the form is for a person to look at."""

    def __init__(self) -> None:
        super().__init__("Dit formulier moet iemand eerst bekijken.")


@transaction.atomic
def grant_on_form(*, application: Application, by: User | None) -> Grant:
    """Grant what an application asks for, today. `by` is None when nobody had to look at the form.

    By itself only for a zeker household whose scan shows a signature and no remark, with nothing open about
    the letter; a trigger in the database holds that too. Raises NotByItself, AlreadyGranted, PermissionDenied
    when `by` decides on no applications, StateChanged when the application is in another state by now.
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
    return grant


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
