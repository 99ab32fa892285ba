"""Assessing an application: what stands on the form, the sum beside the limits, and the decision.

Close to a limit, or otherwise than the sum says, two people decide: one proposes, another looks along. A
trigger and constraints hold that too.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from letters import transitions
from letters.actions import answers, grants, limits, terms
from letters.actions.figures import Figures, Sum, add_up
from letters.actions.ledger import Told, tell
from letters.actions.limits import Limits
from letters.actions.scans import arrived_on, of_application
from letters.actions.work import open_item, settle_all
from letters.models import (
    COUPLES,
    Application,
    ApplicationState,
    Axis,
    LetterKind,
    Proposal,
    ResponseState,
    WorkKind,
)
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.models import Approach, User
from outreach.models.approach import Result
from outreach.permissions import Permission, check
from outreach.policies import NotNow
from outreach.transitions import StateChanged, apply

#: Why not, when the sum says so. Codes of the refusal letter, as those below.
INCOME, ASSETS = "inkomen", "vermogen"
#: Why not, whatever the sum says.
OTHER_GROUNDS = ("doelgroep", "heeft_al", "niet_aangevuld", "verhuisd")
NOT_COMPLETED = "niet_aangevuld"
_FIGURES = ("income", "partner_income", "savings", "assets", "debts")
#: What is settled by a decision.
_SETTLED = (
    WorkKind.ASSESS,
    WorkKind.NO_SIGNATURE,
    WorkKind.SIGNATURE_DOUBT,
    WorkKind.REMARK,
    WorkKind.LATE_FORM,
)


class SavedMeanwhile(NotNow):
    """A colleague saved this application since it was shown. `found` is how it is now."""

    def __init__(self, found: Application) -> None:
        super().__init__("Een collega heeft deze aanvraag intussen gewijzigd.")
        self.found = found


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decides or proposes. `grounds` are codes of the refusal letter; none with a grant."""

    proposal: Proposal
    grounds: tuple[str, ...] = ()
    motivation: str = ""


def refertejaar(application: Application) -> int:
    """The year over which the income counts. Source: docs/glossary.md."""
    return application.approach.round.handover.peildatum.year - 1


@transaction.atomic
def save(
    *, application: Application, household_type: str, figures: Figures, version: int, by: User
) -> Application:
    """Keep what was read on the form, with the limits of this moment. Nothing is decided yet.

    `version` is the one that `by` saw. Raises PermissionDenied, SavedMeanwhile, StateChanged when it is not
    to be assessed any more, LimitsMissing, and NotNow: an income of a partner for who has none.
    """
    check(by, Permission.APPLICATION_ASSESS)
    locked = _locked(application, version)
    if locked.state != ApplicationState.TO_ASSESS:
        raise StateChanged
    if figures.partner_income and household_type not in COUPLES:
        raise NotNow("Bij deze soort huishouden hoort geen inkomen van een partner.")
    held_to = limits.for_application(household_type, locked.approach.regeling, refertejaar(locked))
    Application.objects.filter(pk=locked.pk).update(
        household_type=household_type,
        limits=held_to.as_json() | {"margin_percent": settings.ASSESS_MARGIN_PERCENT},
        assessed_by=by,
        version=F("version") + 1,
        **{name: getattr(figures, name) for name in _FIGURES},
    )
    record(Event.APPLICATION_ASSESSED, "aanvraag", [locked.pk], details={"versie": version + 1})
    application.refresh_from_db()
    return application


def _locked(application: Application, version: int) -> Application:
    """The application with its approach, both locked, as `version` has it. Raises SavedMeanwhile."""
    Approach.objects.select_for_update(of=["self"], no_key=True).get(pk=application.approach_id)
    locked = (
        Application.objects.select_for_update(of=["self"], no_key=True)
        .select_related("approach__regeling", "approach__round__handover", "letter", "assessed_by")
        .get(pk=application.pk)
    )
    if locked.version != version:
        raise SavedMeanwhile(locked)
    return locked


def figures_of(application: Application) -> Figures | None:
    """What was read on the form; None while nobody filled it in."""
    if application.income is None:
        return None
    return Figures(**{name: getattr(application, name) or 0 for name in _FIGURES})


def limits_of(application: Application) -> Limits | None:
    """The limits that it was held to; None while nobody filled it in."""
    return Limits.from_json(application.limits) if application.limits else None


def sum_of(application: Application) -> Sum | None:
    """The sum as it was when it was saved: with the limits and the margin of then."""
    figures, held_to = figures_of(application), limits_of(application)
    if figures is None or held_to is None:
        return None
    return add_up(figures, held_to, application.limits["margin_percent"])


@transaction.atomic
def decide(*, application: Application, decision: Decision, version: int, by: User) -> Application:
    """Decide, or propose it to a second person where one is needed (the state is then `tweede_blik`).

    Raises PermissionDenied, SavedMeanwhile, StateChanged, and NotNow with what is still missing: the sum, a
    ground, a reason to decide otherwise than the sum.
    """
    check(by, Permission.APPLICATION_ASSESS)
    locked = _locked(application, version)
    if locked.state != ApplicationState.TO_ASSESS:
        raise StateChanged
    made = sum_of(locked)
    _check_sound(locked, decision, made)
    points = _points(decision, made)
    if _needs_second(decision, made):
        apply(
            locked,
            transitions.LOOK_TWICE,
            by=by,
            details={"voorstel": decision.proposal.value},
            proposal=decision.proposal,
            points=points,
            motivation=decision.motivation,
            needs_second=True,
            assessed_by=by,
            version=F("version") + 1,
        )
    else:
        locked.points, locked.motivation = points, decision.motivation
        _carry_out(locked, decision.proposal, decider=by, second=None)
    application.refresh_from_db()
    return application


def _check_sound(application: Application, decision: Decision, made: Sum | None) -> None:
    """Raises NotNow when this decision cannot be explained."""
    if decision.proposal == Proposal.GRANT:
        if made is None:
            raise NotNow("Vul eerst het inkomen en het vermogen in.")
        if made.outcome != Proposal.GRANT and not decision.motivation:
            raise NotNow("De som komt boven een grens uit. Schrijf op waarom je toch toekent.")
        return
    if not decision.grounds:
        raise NotNow("Kies waarom je afwijst. Dat komt in de brief te staan.")
    if INCOME in decision.grounds and (made is None or made.income_fits):
        raise NotNow("Het inkomen blijft onder de grens. Daarop kun je niet afwijzen.")
    if ASSETS in decision.grounds and (made is None or made.assets_fit):
        raise NotNow("Het vermogen blijft onder de grens. Daarop kun je niet afwijzen.")
    if NOT_COMPLETED in decision.grounds and application.asked_on is None:
        raise NotNow("Er is nog niets gevraagd aan dit huishouden. Vraag eerst om aanvulling.")
    if NOT_COMPLETED in decision.grounds and terms.posted_on(application) is None:
        raise NotNow("De vraag om aanvulling is niet verstuurd. Daarop kun je niet afwijzen.")


def _needs_second(decision: Decision, made: Sum | None) -> bool:
    """Near a limit that the decision hangs on, or otherwise than the sum says."""
    if decision.proposal == Proposal.GRANT:
        return made is not None and (made.near or made.outcome != Proposal.GRANT)
    on_sum_alone = set(decision.grounds) <= {INCOME, ASSETS}
    return made is not None and on_sum_alone and made.near


def _points(decision: Decision, made: Sum | None) -> list[dict[str, Any]]:
    """The grounds as they stand in the letter, with the amounts that their sentences name."""
    points: list[dict[str, Any]] = []
    for code in decision.grounds:
        amounts = {}
        if made is not None and code == INCOME:
            amounts = {"bedrag": made.income, "grens": int(made.income_limit)}
        if made is not None and code == ASSETS:
            amounts = {"bedrag": made.assets, "grens": made.asset_limit}
        points.append({"code": code, **amounts})
    return points


@transaction.atomic
def confirm(*, application: Application, version: int, by: User) -> Application:
    """The second person agrees, and the proposal becomes the decision.

    Raises PermissionDenied, SavedMeanwhile, StateChanged, and NotNow for who made the proposal himself.
    """
    check(by, Permission.APPLICATION_ASSESS)
    locked = _locked(application, version)
    if locked.state != ApplicationState.SECOND_LOOK or locked.assessed_by is None:
        raise StateChanged
    if locked.assessed_by_id == by.pk:
        raise NotNow("Je hebt dit voorstel zelf gedaan. Vraag een collega om mee te kijken.")
    if locked.assessed_by.role not in transitions.DECIDERS:
        raise NotNow("Wie dit voorstelde, mag niet meer beslissen. Geef de aanvraag terug.")
    _carry_out(locked, Proposal(locked.proposal), decider=locked.assessed_by, second=by)
    application.refresh_from_db()
    return application


@transaction.atomic
def send_back(*, application: Application, reason: str, version: int, by: User) -> Application:
    """The second person does not agree: it is assessed anew, with the reason beside it.

    Raises PermissionDenied, SavedMeanwhile, StateChanged, and NotNow without a reason.
    """
    check(by, Permission.APPLICATION_ASSESS)
    locked = _locked(application, version)
    if not reason.strip():
        raise NotNow("Schrijf op wat er nog niet klopt.")
    apply(
        locked,
        transitions.SEND_BACK,
        by=by,
        proposal="",
        points=[],
        needs_second=False,
        motivation=reason.strip(),
        version=F("version") + 1,
    )
    application.refresh_from_db()
    return application


def _carry_out(application: Application, proposal: Proposal, *, decider: User, second: User | None) -> None:
    """Make it so: who decided stands on it, and who looked along."""
    rows = Application.objects.filter(pk=application.pk)
    rows.update(
        second_by=second,
        points=application.points,
        motivation=application.motivation,
        version=F("version") + 1,
    )
    if proposal == Proposal.GRANT:
        grants.grant_on_form(application=application, by=decider)
        return
    details = {"gronden": [point["code"] for point in application.points]}
    apply(
        application,
        transitions.REFUSE,
        by=decider,
        details=details,
        decided_by=decider,
        decided_at=clock.now(),
    )
    Approach.objects.filter(pk=application.approach_id).update(result=Result.REFUSED)
    answers.plan(application=application, kind=LetterKind.REFUSAL, points=application.points)
    settle_all(application.letter, _SETTLED, "afgewezen", second or decider)


@transaction.atomic
def ask_missing(*, application: Application, codes: Sequence[str], version: int, by: User) -> Application:
    """Ask the household by letter for what is missing, with a term (Awb 4:5); the decision waits (Awb 4:15).

    `codes` are those of the letter (`aanvulling.punten`). Raises PermissionDenied, SavedMeanwhile,
    StateChanged, and NotNow: nothing chosen, or the household was asked before.
    """
    check(by, Permission.APPLICATION_ASSESS)
    locked = _locked(application, version)
    if not codes:
        raise NotNow("Kies wat er ontbreekt. Dat komt in de brief te staan.")
    points = [{"code": code} for code in codes]
    today = clock.today()
    apply(
        locked, transitions.ASK_AGAIN, by=by, points=points, version=F("version") + 1, **terms.paused(today)
    )
    answers.plan(application=locked, kind=LetterKind.MISSING, points=points)
    tell([locked.letter_id], Told(Axis.RESPONSE, ResponseState.INCOMPLETE))
    settle_all(locked.letter, (WorkKind.ASSESS,), "aanvulling_gevraagd", by)
    application.refresh_from_db()
    return application


@transaction.atomic
def extend(
    *, application: Application, until: datetime.date, reason: str, version: int, by: User
) -> Application:
    """Give the household until a later day to send what was asked. `reason` is a code, for the audit.

    Raises PermissionDenied, SavedMeanwhile, StateChanged when it waits for nothing any more, and NotNow: no
    later day, or too late a one.
    """
    check(by, Permission.APPLICATION_ASSESS)
    locked = _locked(application, version)
    if locked.state != ApplicationState.INCOMPLETE:
        raise StateChanged
    terms.check_can_extend(locked, until)
    Application.objects.filter(pk=locked.pk).update(paused_until=until, version=F("version") + 1)
    details = {"tot": until.isoformat(), "reden": reason}
    record(Event.TERM_EXTENDED, "aanvraag", [locked.pk], details=details)
    application.refresh_from_db()
    return application


@transaction.atomic
def go_on(*, application: Application, version: int, by: User) -> Application:
    """What was asked for is there, says `by`: the application is assessed and the term runs on (Awb 4:15).

    The term stood still up to the day on which the last paper came in; without a paper, up to today. Raises
    PermissionDenied, SavedMeanwhile, and StateChanged when it waits for nothing any more.
    """
    check(by, Permission.APPLICATION_ASSESS)
    locked = _locked(application, version)
    answered = _answered_on(locked)
    apply(locked, transitions.CONTINUE, by=by, version=F("version") + 1, **terms.resumed(locked, answered))
    tell([locked.letter_id], Told(Axis.RESPONSE, ResponseState.COMPLETE))
    open_item(WorkKind.ASSESS, letter=locked.letter, scan=locked.scan)
    application.refresh_from_db()
    return application


def _answered_on(application: Application) -> datetime.date:
    asked_on = application.asked_on or clock.today()
    papers = [arrived_on(scan) for scan in of_application(application) if scan.attachment]
    return max((day for day in papers if day >= asked_on), default=clock.today())
