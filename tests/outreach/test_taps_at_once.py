"""Two taps on one button at the same moment make one thing, and two acts on one list wait for each other."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from optout.actions import opt_out
from optout.models import Channel
from outreach.actions import gesprekken, handing_over, safety
from outreach.actions.gesprekken import Attempt
from outreach.actions.handing_over import Consent
from outreach.actions.safety import Warned
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import (
    Household,
    LooplijstItem,
    Organisation,
    Referral,
    Role,
    Round,
    SafetyInstruction,
    User,
)
from outreach.models.gesprek import AttemptKind, DayPart
from outreach.models.safety import SafetyCategory
from outreach.policies import NotNow
from tests import factories
from tests.outreach import visits
from tests.outreach.visits import AuditTail
from tests.waiting import until_somebody_waits

pytestmark = pytest.mark.django_db
TAPS = 6


def _taps(by: User, act: Callable[[], object]) -> list[object]:
    """What each tap gave, all begun together on a connection of their own."""
    start = threading.Barrier(TAPS)

    def tap(_: int) -> object:
        try:
            with acting_as(by.actor()):
                start.wait()
                return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(TAPS) as pool:
        return list(pool.map(tap, range(TAPS)))


def _fresh(household: Household, by: User) -> Household:
    with acting_as(by.actor()):
        fresh = Household.objects.with_page_data().get(pk=household.pk)
        fresh.adults()
        return fresh


def test_taps_at_once_on_a_referral_ask_once(unblocked):
    by = factories.user(Role.CONSULENT)
    household = _fresh(factories.household(), by)
    to = Organisation.objects.create(name="Voedselbank", kind="voedselbank", phone="0123 456 789")
    consent, key, tail = Consent(household.adults()[0], clock.today()), uuid.uuid4(), AuditTail()

    def ask() -> int:
        return handing_over.ask(
            household=household, organisation=to, question="Hulp.", consent=consent, by=by, submission=key
        ).pk

    assert len(set(_taps(by, ask))) == 1
    with acting_as(SYSTEM_ACTOR):
        assert Referral.objects.count() == 1
    assert len(tail.lines(Event.REFERRAL_ASKED)) == 1


def test_taps_at_once_on_an_instruction_write_one(unblocked):
    by = factories.user(Role.CONSULENT)
    household, key, tail = _fresh(factories.household(), by), uuid.uuid4(), AuditTail()
    warned = Warned(SafetyCategory.ANIMAL, clock.today(), "Hond los.")

    def propose() -> int:
        return safety.propose(household=household, warned=warned, by=by, submission=key).pk

    assert len(set(_taps(by, propose))) == 1
    with acting_as(SYSTEM_ACTOR):
        assert SafetyInstruction.objects.count() == 1
    assert len(tail.lines(Event.SAFETY_PROPOSED)) == 1


def test_the_first_gesprek_waits_for_who_cuts_a_list_and_neither_is_thrown_out(unblocked):
    """Whoever cuts holds the round and then moves its addresses; the gesprek must not hold those then."""
    walker = factories.user(Role.BUURTTEAM, team=factories.team())
    item = visits.items(visits.list_of(walker.team))[0]
    attempt = Attempt(AttemptKind.VISIT, DayPart.MORNING, clock.today(), False)

    def save() -> bool:
        try:
            with acting_as(walker.actor()):
                return gesprekken.save(
                    submission=uuid.uuid4(), household=item.household, item=item, attempt=attempt, by=walker
                )[1]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with acting_as(SYSTEM_ACTOR), transaction.atomic():
            Round.objects.select_for_update().get(pk=item.round_id)
            saving = pool.submit(save)
            until_somebody_waits()
            LooplijstItem.objects.filter(pk=item.pk).update(position=7)
        assert saving.result() is True
    with acting_as(SYSTEM_ACTOR):
        assert Round.objects.get(pk=item.round_id).state == "lopend"


def _ask(household: Household, by: User) -> Referral:
    to, _ = Organisation.objects.get_or_create(name="Voedselbank", kind="voedselbank")
    consent = Consent(household.adults()[0], clock.today())
    return handing_over.ask(
        household=household,
        organisation=to,
        question="Hulp.",
        consent=consent,
        by=by,
        submission=uuid.uuid4(),
    )


@pytest.mark.parametrize("accepting", [False, True])
def test_a_referral_waits_for_an_opt_out_and_then_is_not_made_or_accepted(unblocked, accepting):
    """Somebody says just now that he wants no contact; who read the household before knows nothing of it."""
    by = factories.user(Role.CONSULENT)
    household = _fresh(factories.household(), by)
    person = household.adults()[0]
    with acting_as(by.actor()):
        made = _ask(household, by) if accepting else None

    def act() -> str:
        try:
            with acting_as(by.actor()):
                handing_over.accept(referral=made, by=by) if made else _ask(household, by)
        except NotNow as refusal:
            return str(refusal)
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(1) as pool:
        with acting_as(SYSTEM_ACTOR), transaction.atomic():
            opt_out.register(person=person, regeling=None, channel=Channel.DOOR, by=by)
            acting = pool.submit(act)
            until_somebody_waits()
        assert "wil geen contact meer" in acting.result()
    with acting_as(SYSTEM_ACTOR):
        assert [one.state for one in Referral.objects.all()] == (["gevraagd"] if accepting else [])


def test_an_opt_out_waits_for_a_referral_that_is_being_made_and_is_shown_on_it(unblocked):
    by = factories.user(Role.CONSULENT)
    household = _fresh(factories.household(), by)
    person = household.adults()[0]

    def opts_out() -> None:
        try:
            with acting_as(SYSTEM_ACTOR):
                opt_out.register(person=person, regeling=None, channel=Channel.DOOR, by=by)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with acting_as(by.actor()), transaction.atomic():
            _ask(household, by)
            saying = pool.submit(opts_out)
            until_somebody_waits()
        saying.result()
    with acting_as(SYSTEM_ACTOR):
        assert Referral.objects.with_refusal().get().refused
