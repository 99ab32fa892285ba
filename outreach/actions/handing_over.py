"""Handing a household over to another organisation, and writing down what that said."""

import datetime
import uuid
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from outreach import transitions
from outreach.actions import notifications, tasks
from outreach.actions.present import held
from outreach.actions.tasks import Doer, Given, Moved
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.models import Household, HouseholdMember, Organisation, Person, Referral, User
from outreach.models.referral import ReferralQuerySet, answer_term
from outreach.permissions import Permission, check
from outreach.policies import NotNow

_ONE_OPEN = "referral_one_open"
_REFUSED = "Iemand in dit huishouden wil geen contact meer."
_UNSHARED = "Iemand in dit huishouden wil niet dat wij gegevens delen."
_OF_ANOTHER = "Op dit antwoord wacht een ander. Vraag de teamleider om het door te geven."
_WITHDRAW = "Kies dat je de vraag intrekt, en zeg dat tegen de organisatie."


@dataclass(frozen=True, slots=True)
class Consent:
    """Which adult said yes to it, and when. Source: AVG article 6(1)(a) and 7(1)."""

    by: Person
    on: datetime.date


@transaction.atomic
def ask(
    *,
    household: Household,
    organisation: Organisation,
    question: str,
    consent: Consent,
    by: User,
    submission: uuid.UUID,
    due_on: datetime.date | None = None,
) -> Referral:
    """Ask an organisation to help this household further. The same form once more gives the first one back.

    `due_on` is the last day to answer, in two weeks unless said otherwise. Raises PermissionDenied, and
    NotNow without consent of one of its adults, or where something forbids it.
    """
    check(by, Permission.REFERRAL_MAKE)
    earlier = Referral.objects.filter(submission=submission, household=household).first()
    if earlier is not None:
        return earlier
    due_on = due_on or answer_term()
    _check_asked(household, organisation, consent, due_on)
    _check_willing(household.pk)
    try:
        with transaction.atomic():
            # Of two taps at once the second waits here, and gets what the first one made.
            made, created = Referral.objects.get_or_create(
                submission=submission,
                household=household,
                defaults={
                    "organisation": organisation,
                    "question": question,
                    "consent_by": consent.by,
                    "consent_on": consent.on,
                    "asked_by": by,
                    "owner": by,
                    "due_on": due_on,
                },
            )
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != _ONE_OPEN:
            raise
        raise NotNow("Dit huishouden wacht al op antwoord van deze organisatie.") from None
    if not created:
        return made
    details = {"overdracht": made.pk, "organisatie": organisation.pk}
    record(Event.REFERRAL_ASKED, "huishouden", [household.pk], details=details)
    return made


def _check_asked(
    household: Household, organisation: Organisation, consent: Consent, due_on: datetime.date
) -> None:
    if consent.by not in household.adults():
        raise NotNow("Toestemming geeft een volwassene van dit huishouden.")
    if consent.on > clock.today():
        raise NotNow("De dag van de toestemming ligt in de toekomst.")
    if due_on < clock.today():
        raise NotNow("De dag voor het antwoord is al voorbij.")
    if not organisation.active:
        raise NotNow(f"{organisation.name} neemt nu niemand aan.")


def _check_willing(household: uuid.UUID, then: str = "") -> None:
    """Raise NotNow when one of its adults wants no contact, or his data not shared; and say what to do then.

    Until the transaction ends nobody can say so. The adults are locked in the order of their keys and before
    anything else, as by who releases a letter.
    """
    adults = HouseholdMember.objects.filter(household=household, adult=True).values("person")
    held = list(Person.objects.select_for_update(no_key=True).filter(pk__in=adults).order_by("pk"))
    if any(adult.no_contact for adult in held):
        raise NotNow(f"{_REFUSED} {then}".strip())
    if any(adult.no_share for adult in held):
        raise NotNow(f"{_UNSHARED} {then}".strip())


def accept(*, referral: Referral, by: User) -> None:
    """The organisation said yes.

    Raises PermissionDenied, StateChanged when it had answered before, and NotNow when somebody there wants no
    contact any more, or his data not shared: then it is withdrawn.
    """
    _answer(referral, transitions.REFERRAL_ACCEPT, by)


def refuse(*, referral: Referral, reason: str, by: User) -> None:
    """The organisation said no, and why. Raises as `accept`, and NotNow without a reason."""
    if not reason.strip():
        raise NotNow("Vul in waarom de organisatie nee zei.")
    _answer(referral, transitions.REFERRAL_REFUSE, by, reason=reason.strip())


def withdraw(*, referral: Referral, by: User) -> None:
    """It is asked no more, for instance since the resident took his consent back. Raises as `accept`."""
    _answer(referral, transitions.REFERRAL_WITHDRAW, by)


@transaction.atomic
def _answer(referral: Referral, arrow: transitions.Arrow, by: User, **changes: object) -> None:
    check(by, Permission.REFERRAL_MAKE)
    if not Household.objects.for_user(by).filter(pk=referral.household_id).exists():
        raise PermissionDenied
    if arrow == transitions.REFERRAL_ACCEPT:
        _check_willing(referral.household_id, then=_WITHDRAW)
    details = {"huishouden": str(referral.household_id)}
    transitions.apply(
        referral, arrow, by=by, details=details, answered_by=by, answered_at=clock.now(), **changes
    )
    if arrow != transitions.REFERRAL_WITHDRAW:
        notifications.referral_answered(referral)


@transaction.atomic
def give(*, referral: Referral, to: Doer, by: User, known: str) -> None:
    """Let a colleague, or a team, wait for this answer; who waited is told when another gave it.

    `known` is who waited on the page from which he gives (`tasks.whose`). Raises PermissionDenied, Given when
    it went to somebody else since, NotNow when it is not his to give or `to` does not see the household, and
    StateChanged when the organisation answered meanwhile.
    """
    check(by, Permission.REFERRAL_MAKE)
    to = held(to) if isinstance(to, User) else to
    found = _waiting(referral, by)
    if to in (found.owner, found.team):
        return
    if known != tasks.whose(found):
        raise Given
    _check_his(found, by)
    tasks.check_sees(to, [found.household_id])
    Referral.objects.filter(pk=found.pk).update(**tasks.doer_columns(to))
    record(Event.REFERRAL_GIVEN, "overdracht", [found.pk], details={tasks.kind_of(to): to.pk})
    notifications.referrals_given([found.pk], to)
    notifications.referral_changed(found)


@transaction.atomic
def move(*, referral: Referral, due_on: datetime.date, by: User, known: str) -> None:
    """Wait for the answer until another day; who waits is told when another moved it.

    `known` is the day that stood on the page (`planned`). Raises as `give`, but Moved when it was moved
    since, and NotNow where somebody wants no contact or nothing shared: then it is withdrawn.
    """
    check(by, Permission.REFERRAL_MAKE)
    if due_on < clock.today():
        raise NotNow("De dag voor het antwoord is al voorbij.")
    _check_willing(referral.household_id, then=_WITHDRAW)
    found = _waiting(referral, by)
    _check_his(found, by)
    if due_on == found.due_on:
        return
    if known != planned(found):
        raise Moved
    Referral.objects.filter(pk=found.pk).update(due_on=due_on)
    details = {"huishouden": str(found.household_id), "van": planned(found), "naar": due_on.isoformat()}
    record(Event.REFERRAL_MOVED, "overdracht", [found.pk], details=details)
    notifications.referral_changed(found)


def planned(referral: Referral) -> str:
    """Until when one waits, to see whether that was moved meanwhile: `2026-03-02`."""
    return referral.due_on.isoformat()


def is_his(referral: Referral, by: User) -> bool:
    """Whether he may give it on and move it. The trigger `overname` says the same."""
    return Referral.objects.in_hands_of(by).filter(pk=referral.pk).exists()


def _check_his(found: Referral, by: User) -> None:
    if not is_his(found, by):
        raise NotNow(_OF_ANOTHER)


def _waiting(referral: Referral, by: User) -> Referral:
    """It behind a lock: of two who change it at once the second waits here, and sees what the first did."""
    if not Household.objects.for_user(by).filter(pk=referral.household_id).exists():
        raise PermissionDenied
    locked = Referral.objects.waiting().select_for_update(of=("self",), no_key=True)
    found = locked.filter(pk=referral.pk).first()
    if found is None:
        raise transitions.StateChanged
    return found


def open_of(user: User) -> ReferralQuerySet:
    """Answers for which this user himself waits, wherever it is; for when he leaves."""
    return Referral.objects.filter(owner=user).waiting()


@transaction.atomic
def pass_on(*, of: User, to: Doer) -> int:
    """Let somebody else, or a team, wait for the answers that this user waits for; how many there were.

    For whoever lets him leave, who asks whether he may. Raises NotNow when `to` does not see a household.
    """
    found = list(open_of(of).select_for_update(no_key=True))
    tasks.check_sees(to, [one.household_id for one in found])
    keys = [one.pk for one in found]
    Referral.objects.filter(pk__in=keys).update(**tasks.doer_columns(to))
    if keys:
        record(Event.REFERRAL_GIVEN, "overdracht", keys, details={tasks.kind_of(to): to.pk})
        notifications.referrals_given(keys, to)
    return len(keys)
