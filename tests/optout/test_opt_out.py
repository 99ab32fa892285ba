"""An opt-out takes effect on the person, and the database itself refuses contact."""

import threading

import pytest
from django.db import IntegrityError, connections, transaction

from optout.actions import opt_out
from optout.models import Channel, OptOut
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Looplijst, LooplijstItem, Person, Round
from outreach.models.round import RoundKind
from tests import factories

pytestmark = pytest.mark.django_db


def _round(household, kind=RoundKind.LETTER) -> Round:
    return Round.objects.create(
        name="Proef",
        kind=kind,
        handover=household.handover,
        regelingen=["stadspas"],
        made_by=factories.user(),
    )


def _approach(household, round_) -> Approach:
    return Approach.objects.create(
        round=round_, household=household, regeling_id="stadspas", klasse="zeker", mode="formulier"
    )


def _registered(person, regeling=None) -> OptOut:
    return opt_out.register(person=person, regeling=regeling, channel=Channel.DOOR, by=factories.user())


def test_opt_out_stands_on_the_person_and_withdrawing_removes_it():
    household = factories.household()
    with acting_as(SYSTEM_ACTOR):
        person = household.persons.get()
        made = _registered(person)
        _registered(person, "czv")
        person.refresh_from_db()
        assert (person.no_contact, person.no_contact_for) == (True, ["czv"])
        opt_out.withdraw(opt_out=made, by=factories.user())
        person.refresh_from_db()
        assert (person.no_contact, person.no_contact_for) == (False, ["czv"])


def test_registering_twice_is_once():
    household = factories.household()
    with acting_as(SYSTEM_ACTOR):
        person = household.persons.get()
        assert _registered(person) == _registered(person)
        assert OptOut.objects.count() == 1


@pytest.mark.parametrize(("regeling", "refused"), [(None, True), ("stadspas", True), ("czv", False)])
def test_the_database_refuses_an_approach(regeling, refused):
    household = factories.household()
    with acting_as(SYSTEM_ACTOR):
        _registered(household.persons.get(), regeling)
        round_ = _round(household)
        if not refused:
            assert _approach(household, round_).pk
            return
        with pytest.raises(IntegrityError, match="no contact"), transaction.atomic():
            _approach(household, round_)


def test_the_database_refuses_a_place_on_a_looplijst():
    household = factories.household()
    with acting_as(SYSTEM_ACTOR):
        _registered(household.persons.get())
        round_ = _round(household, RoundKind.VISIT)
        looplijst = Looplijst.objects.create(round=round_, team=factories.team())
        with pytest.raises(IntegrityError, match="no contact"), transaction.atomic():
            LooplijstItem.objects.create(looplijst=looplijst, round=round_, household=household, position=1)


def test_a_child_that_opted_out_does_not_stop_its_parents():
    child = factories.person(birth_date="20150601")
    household = factories.household(children=[child])
    with acting_as(SYSTEM_ACTOR):
        _registered(Person.objects.get(pk=child.pk))
        assert _approach(household, _round(household)).pk


@pytest.mark.proof
def test_an_opt_out_that_was_confirmed_wins_every_race(unblocked):
    """A hundred times an opt-out and a letter at once: never an approach after the opt-out was saved."""
    household = factories.household()
    user = factories.user()
    with acting_as(SYSTEM_ACTOR):
        person = household.persons.get()
    violations = 0
    for _ in range(100):
        with acting_as(SYSTEM_ACTOR):
            round_ = _round(household)
        barrier = threading.Barrier(2)
        outcome: dict[str, object] = {}

        def opts_out(barrier=barrier, outcome=outcome, round_=round_) -> None:
            with acting_as(SYSTEM_ACTOR):
                barrier.wait()
                outcome["opt_out"] = opt_out.register(
                    person=person, regeling=None, channel=Channel.DOOR, by=user
                )
            # What somebody is told at the moment his wish is saved.
            with acting_as(SYSTEM_ACTOR):
                outcome["told"] = Approach.objects.filter(round=round_).exists()
            connections.close_all()

        def writes(barrier=barrier, outcome=outcome, round_=round_) -> None:
            barrier.wait()
            try:
                with acting_as(SYSTEM_ACTOR):
                    _approach(household, round_)
            except IntegrityError:
                outcome["refused"] = True
            connections.close_all()

        threads = [threading.Thread(target=opts_out), threading.Thread(target=writes)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with acting_as(SYSTEM_ACTOR):
            there = Approach.objects.filter(round=round_).exists()
            violations += there and not outcome["told"]
            opt_out.withdraw(opt_out=outcome["opt_out"], by=user)
    assert violations == 0
