"""What comes back from a household: an application on a form, or the letter itself."""

import datetime
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from letters import transitions
from letters.actions import answers, grants, terms
from letters.actions.ledger import Told, tell
from letters.actions.work import AlreadySettled, open_item, settle, settle_all
from letters.models import (
    Application,
    ApplicationState,
    Axis,
    Letter,
    LetterEvent,
    LetterKind,
    Production,
    ResponseState,
    Scan,
    Signature,
    WorkItem,
    WorkKind,
)
from letters.models.application import DECIDE_WITHIN
from letters.models.work_item import WorkItemQuerySet
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Klasse, Person, User
from outreach.models.approach import Response, Result
from outreach.models.round import RoundState
from outreach.permissions import Permission, check
from outreach.policies import NotNow
from outreach.transitions import apply

#: Where a letter stands that nobody should have answered; the first two only when it was never in the post.
_NOT_YET_SENT = (Production.PLANNED, Production.MADE)
_NOT_SENT = (Production.LAPSED, Production.WITHDRAWN, Production.REFUSED)
#: The queues in which a form waits for a person before anything is decided.
_DOUBTS = (WorkKind.NO_SIGNATURE, WorkKind.SIGNATURE_DOUBT, WorkKind.REMARK, WorkKind.LATE_FORM)
#: An application that nobody decided on and nobody assesses yet.
_WAITING = (ApplicationState.RECEIVED, ApplicationState.INCOMPLETE)


@transaction.atomic
def came_back(letters: Iterable[UUID]) -> int:
    """What follows from post that could not be delivered: somebody looks for the right address.

    To be called, in the same transaction and as SYSTEM_ACTOR, by who told these letters `onbestelbaar`
    through `ledger.tell`. Reminders stop by themselves, since none goes to a letter whose delivery is
    `onbestelbaar`, and such a letter leaves `Letter.objects.answerable()`. One open item per letter; a letter
    of which the form came back all the same needs none. Gives the number of letters in the queue.
    """
    found = Letter.objects.filter(pk__in=set(letters)).exclude(response__in=_ANSWERED).order_by("pk")
    asked = [open_item(WorkKind.ADDRESS, letter=letter).pk for letter in found]
    if asked:
        record(Event.LETTERS_RETURNED, "werk", asked, details={"brieven": len(asked)})
    return len(asked)


#: Answers by which the household shows that the letter reached it.
_ANSWERED = (
    ResponseState.RECEIVED,
    ResponseState.COMPLETE,
    ResponseState.UNSIGNED,
    ResponseState.INCOMPLETE,
)


@transaction.atomic
def receive(*, letter: Letter, scan: Scan, received_on: datetime.date) -> Application:
    """The application of an approach, made when this is the first form that came back for it.

    Whichever of its letters came back, there is one application, with the day of the first form as the day it
    was received. A form that comes after it takes the place of the first while that waits for a signature or
    for what was asked; the term runs on (Awb 4:15). While a person has to look at the first, that one stays.
    """
    Approach.objects.select_for_update(of=["self"], no_key=True).get(pk=letter.approach_id)
    application = Application.objects.select_related("letter").filter(approach=letter.approach_id).first()
    if application is None:
        application = Application.objects.create(
            letter=letter,
            approach_id=letter.approach_id,
            scan=scan,
            received_on=received_on,
            decide_by=received_on + DECIDE_WITHIN,
        )
        record(Event.APPLICATION_RECEIVED, "aanvraag", [application.pk])
    elif application.state in _WAITING and not _looked_at(application):
        _take_over(application, scan)
    Approach.objects.filter(pk=letter.approach_id).update(response=Response.FORM)
    tell([letter.pk], Told(Axis.RESPONSE, ResponseState.RECEIVED))
    settle_all(letter, (WorkKind.ADDRESS,), "formulier_terug", None)
    return application


def _looked_at(application: Application) -> bool:
    """Whether a person has to say something about the form that came before."""
    kinds = (WorkKind.SIGNATURE_DOUBT, WorkKind.REMARK, WorkKind.LATE_FORM)
    return _open_work(application).filter(kind__in=kinds).exists()


def _open_work(application: Application) -> WorkItemQuerySet:
    return WorkItem.objects.open().filter(letter__approach=application.approach_id)


def _take_over(application: Application, scan: Scan) -> None:
    if application.state == ApplicationState.INCOMPLETE:
        apply(application, transitions.COMPLETED, scan=scan, **terms.resumed(application, clock.today()))
    else:
        Application.objects.filter(pk=application.pk).update(scan=scan)
        application.scan = scan
    for item in _open_work(application).filter(kind=WorkKind.NO_SIGNATURE):
        settle(item=item, resolution="nieuw_formulier", by=None)


@transaction.atomic
def judge(*, application: Application, letter: Letter, scan: Scan) -> None:
    """What follows from a form: a grant, an assessment, or a person who looks. As SYSTEM_ACTOR.

    Only a zeker form that is signed and has nothing beside it is granted by itself. Nobody is refused here.
    """
    if application.state == ApplicationState.TO_ASSESS or application.scan_id != scan.pk:
        _second_form(application, letter, scan)
    elif _too_late(application, letter):
        open_item(WorkKind.LATE_FORM, letter=letter, scan=scan)
    elif scan.signature == Signature.ABSENT:
        tell([letter.pk], Told(Axis.RESPONSE, ResponseState.UNSIGNED))
        _to_person(letter, scan, WorkKind.NO_SIGNATURE)
    elif scan.signature != Signature.PRESENT:
        _to_person(letter, scan, WorkKind.SIGNATURE_DOUBT)
    elif letter.klasse != Klasse.ZEKER:
        to_assess(application, letter, scan)
    elif scan.remarked:
        open_item(WorkKind.REMARK, letter=letter, scan=scan)
    else:
        _grant(application, letter, scan)


def _second_form(application: Application, letter: Letter, scan: Scan) -> None:
    """A form that lies with the one that came before. After a grant only what is written on it matters; a
    person who has the first before him gets to see this one too."""
    if scan.remarked:
        open_item(WorkKind.REMARK, letter=letter, scan=scan)
    elif application.state != ApplicationState.GRANTED:
        open_item(WorkKind.LATE_FORM, letter=letter, scan=scan)


def _to_person(letter: Letter, scan: Scan, kind: WorkKind) -> None:
    open_item(kind, letter=letter, scan=scan)
    if scan.remarked:
        open_item(WorkKind.REMARK, letter=letter, scan=scan)


def _too_late(application: Application, letter: Letter) -> bool:
    """Whether things are no longer as they were when the letter was sent. Past its date, or returned by the
    post, is not too late: the form is here."""
    approach = application.approach
    approach.refresh_from_db()
    letter.refresh_from_db(fields=["production"])
    return (
        approach.lapsed
        or approach.result != Result.OPEN
        or approach.round.state == RoundState.CLOSED
        or _never_sent(letter)
        or _household_changed(approach)
    )


def _never_sent(letter: Letter) -> bool:
    """Whether no print of this letter went out. The code stays when it is printed again, so a form of the
    first print may come back while the second is being made."""
    if letter.production not in _NOT_YET_SENT:
        return letter.production in _NOT_SENT
    sent = LetterEvent.objects.filter(letter=letter, axis=Axis.PRODUCTION, code=Production.SENT)
    return not sent.exists()


def _household_changed(approach: Approach) -> bool:
    """Whether one of the adults died, moved, or wants no contact any more, at all or about this regeling."""
    adults = Person.objects.filter(memberships__household=approach.household_id, memberships__adult=True)
    gone = ~Q(departed="") | Q(no_contact=True) | Q(no_contact_for__contains=[approach.regeling_id])
    return adults.filter(gone).exists()


def _grant(application: Application, letter: Letter, scan: Scan) -> None:
    try:
        grants.grant_on_form(application=application, by=None)
    except NotNow:
        # Something else about this household waits for a person, so he sees the form as well.
        open_item(WorkKind.LATE_FORM, letter=letter, scan=scan)


def to_assess(application: Application, letter: Letter, scan: Scan) -> None:
    """Put an application before who assesses income and assets. As SYSTEM_ACTOR."""
    apply(application, transitions.TO_ASSESS)
    if scan.signature == Signature.PRESENT and not _amounts_missing(scan):
        tell([letter.pk], Told(Axis.RESPONSE, ResponseState.COMPLETE))
    open_item(WorkKind.ASSESS, letter=letter, scan=scan)


def _amounts_missing(scan: Scan) -> bool:
    fields = scan.reading.get("fields", {})
    return any(
        one["presence"] == Signature.ABSENT for name, one in fields.items() if name.startswith("amount_")
    )


@transaction.atomic
def accept(*, item: WorkItem, by: User) -> Application:
    """Somebody looked at a form and finds it in order: it is granted, or assessed when it is onzeker.

    Raises AlreadySettled, and NotNow when the application was decided on meanwhile.
    """
    check(by, Permission.WORK_SETTLE)
    application, letter, scan = _locked(item)
    _check_undecided(application)
    settle(item=item, resolution="akkoord", by=by)
    if item.kind in (WorkKind.NO_SIGNATURE, WorkKind.SIGNATURE_DOUBT):
        record(Event.SIGNATURE_ACCEPTED, "aanvraag", [application.pk])
    if letter.klasse == Klasse.ZEKER:
        grants.grant_on_form(application=application, by=by)
        return application
    settle_all(letter, _DOUBTS, "akkoord", by)
    with acting_as(SYSTEM_ACTOR):
        to_assess(application, letter, scan)
    return application


@transaction.atomic
def pass_on(*, item: WorkItem, by: User) -> Application:
    """Somebody looked at a zeker form and does not grant it like this: it is assessed as an onzeker one is.

    Raises AlreadySettled, and NotNow when the application was decided on meanwhile.
    """
    check(by, Permission.WORK_SETTLE)
    application, letter, scan = _locked(item)
    _check_undecided(application)
    settle_all(letter, _DOUBTS, "naar_beoordelen", by)
    with acting_as(SYSTEM_ACTOR):
        to_assess(application, letter, scan)
    return application


@transaction.atomic
def ask_again(*, item: WorkItem, points: Sequence[str], by: User) -> Letter:
    """Ask the household by letter for what is missing, with a term (Awb 4:5); the decision waits (Awb 4:15).

    `points` are codes of the letter (`aanvulling.punten`). Raises AlreadySettled, StateChanged, and NotNow
    when the household was asked before.
    """
    check(by, Permission.WORK_SETTLE)
    application, letter, _ = _locked(item)
    apply(application, transitions.ASK_AGAIN, by=by, points=_points(points), **terms.paused(clock.today()))
    asked = answers.plan(application=application, kind=LetterKind.MISSING, points=_points(points))
    settle_all(letter, _DOUBTS, "aanvulling_gevraagd", by)
    with acting_as(SYSTEM_ACTOR):
        tell([letter.pk], Told(Axis.RESPONSE, ResponseState.INCOMPLETE))
    return asked


def _points(codes: Sequence[str]) -> list[dict[str, str]]:
    return [{"code": code} for code in codes]


def _check_undecided(application: Application) -> None:
    if application.state != ApplicationState.RECEIVED:
        raise NotNow("Over deze aanvraag is intussen al iets besloten. Bekijk de nieuwe stand van zaken.")


def _locked(item: WorkItem) -> tuple[Application, Letter, Scan]:
    """The application of an item about a form, its approach locked; of two people one goes first."""
    if item.letter is None or item.scan is None:
        raise NotNow("Dit werk gaat niet over een formulier.")
    Approach.objects.select_for_update(of=["self"], no_key=True).get(pk=item.letter.approach_id)
    if not WorkItem.objects.open().filter(pk=item.pk).exists():
        raise AlreadySettled
    application = Application.objects.select_related("letter", "approach").get(
        approach=item.letter.approach_id
    )
    return application, item.letter, item.scan
