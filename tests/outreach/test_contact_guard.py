"""A statement that brings in many households at once is held to each one's wish not to be contacted."""

import threading

import pytest
from django.db import IntegrityError, connection, connections, transaction

from optout.actions import opt_out
from optout.models import Channel
from outreach.actions import rounds
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Klasse, Looplijst, LooplijstItem, Regeling, Role, Round
from outreach.models.round import RoundKind, RoundState
from tests import factories

pytestmark = pytest.mark.django_db


def _round(handover, kind=RoundKind.LETTER) -> Round:
    maker = factories.user(Role.TEAMLEIDER)
    with acting_as(maker.actor()):
        return rounds.make(
            name="Proef",
            kind=kind,
            handover=handover,
            regelingen=Regeling.objects.filter(pk="stadspas"),
            klassen=Klasse.values,
            reply_before=None,
            by=maker,
        )


def _approaches(round_: Round, households, regeling="stadspas") -> list[Approach]:
    return [
        Approach(round=round_, household=one, regeling_id=regeling, klasse="zeker", mode="formulier")
        for one in households
    ]


def _opt_out(person, regeling=None) -> None:
    by = factories.user(Role.TEAMLEIDER)
    opt_out.register(person=person, regeling=regeling, channel=Channel.DOOR, by=by)


def test_one_who_opted_out_among_many_refuses_the_statement():
    handover = factories.handover()
    households = [factories.household(in_handover=handover) for _ in range(20)]
    with acting_as(SYSTEM_ACTOR):
        round_ = _round(handover)
        _opt_out(households[13].persons.get())
        with pytest.raises(IntegrityError, match="no contact") as refusal, transaction.atomic():
            Approach.objects.bulk_create(_approaches(round_, households))
        assert refusal.value.__cause__.diag.constraint_name == "geen_contact"
        assert not Approach.objects.exists()
        Approach.objects.bulk_create(_approaches(round_, households[:13] + households[14:]))
        assert Approach.objects.count() == 19


def test_each_row_is_held_to_its_own_regeling():
    handover = factories.handover()
    households = [factories.household(in_handover=handover) for _ in range(3)]
    with acting_as(SYSTEM_ACTOR):
        round_ = _round(handover)
        _opt_out(households[1].persons.get(), "czv")
        Approach.objects.bulk_create(_approaches(round_, households))
        others = _approaches(round_, [households[0]]) + _approaches(round_, households[1:], "czv")
        with pytest.raises(IntegrityError, match="no contact"), transaction.atomic():
            Approach.objects.bulk_create(others[1:])


def test_many_places_on_a_looplijst_at_once_too():
    handover = factories.handover()
    households = [factories.household(in_handover=handover) for _ in range(5)]
    with acting_as(SYSTEM_ACTOR):
        round_ = _round(handover, RoundKind.VISIT)
        looplijst = Looplijst.objects.create(round=round_, team=factories.team())
        items = [
            LooplijstItem(looplijst=looplijst, round=round_, household=one, position=number)
            for number, one in enumerate(households, 1)
        ]
        _opt_out(households[4].persons.get(), "stadspas")
        LooplijstItem.objects.bulk_create(items[:4])
        # Who opted out of one regeling may be visited for another.
        LooplijstItem.objects.bulk_create(items[4:])
        _opt_out(households[0].persons.get())
        again = _round(handover, RoundKind.VISIT)
        second = Looplijst.objects.create(round=again, team=looplijst.team)
        for item in items:
            item.pk, item.looplijst, item.round = None, second, again
        with pytest.raises(IntegrityError, match="no contact"), transaction.atomic():
            LooplijstItem.objects.bulk_create(items)


def test_an_empty_statement_is_no_contact():
    with acting_as(SYSTEM_ACTOR), connection.cursor() as cursor:
        cursor.execute("INSERT INTO outreach_approach SELECT * FROM outreach_approach WHERE false")
        assert cursor.rowcount == 0


@pytest.mark.proof
def test_an_opt_out_that_was_confirmed_wins_from_a_round_that_is_fixed(unblocked):
    """Sixty times an opt-out while a round of many households is fixed: the round is fixed, and never
    holds somebody whose wish was saved before."""
    handover = factories.handover()
    households = [factories.household(in_handover=handover) for _ in range(60)]
    for household in households:
        factories.candidacy(household)
    fixer = factories.user(Role.TEAMLEIDER)
    violations = 0
    for turn, household in enumerate(households):
        round_ = _round(handover)
        with acting_as(SYSTEM_ACTOR):
            person = household.persons.get()
        barrier = threading.Barrier(2)
        told: list[bool] = []

        def opts_out(barrier=barrier, person=person, household=household, round_=round_, told=told) -> None:
            barrier.wait()
            with acting_as(SYSTEM_ACTOR):
                _opt_out(person)
            with acting_as(SYSTEM_ACTOR):
                told.append(Approach.objects.filter(round=round_, household=household).exists())
            connections.close_all()

        def fixes(barrier=barrier, round_=round_) -> None:
            barrier.wait()
            with acting_as(fixer.actor()):
                rounds.fix(round_=round_, by=fixer)
            connections.close_all()

        threads = [threading.Thread(target=opts_out), threading.Thread(target=fixes)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        round_.refresh_from_db()
        assert round_.state == RoundState.FIXED
        with acting_as(SYSTEM_ACTOR):
            held = Approach.objects.filter(round=round_)
            assert len(households) - turn - 1 <= held.count() <= len(households) - turn
            violations += held.filter(household=household).exists() and not told[0]
    assert violations == 0
