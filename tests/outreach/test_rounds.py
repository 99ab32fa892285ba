"""A round is fixed by a second person, once, and holds what the koppeling handed over."""

import datetime
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, connections, transaction

from outreach.actions import looplijsten, rounds
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Klasse, LooplijstItem, Regeling, Role, Round
from outreach.models.round import RoundKind, RoundState
from outreach.policies import NotNow
from outreach.transitions import StateChanged
from tests import factories
from tests.roles import as_role

pytestmark = pytest.mark.django_db


def _made(handover, kind=RoundKind.LETTER, regelingen=("stadspas",), klassen=Klasse.values, by=None) -> Round:
    by = by or factories.user(Role.TEAMLEIDER)
    with acting_as(by.actor()):
        return rounds.make(
            name="Proef",
            kind=kind,
            handover=handover,
            regelingen=Regeling.objects.filter(pk__in=regelingen),
            klassen=klassen,
            reply_before=None,
            by=by,
        )


def _fixed(round_, by=None) -> Round:
    by = by or factories.user(Role.APPLICATIEBEHEERDER)
    with acting_as(by.actor()):
        return rounds.fix(round_=round_, by=by)


def _approached(round_) -> set[tuple[str, str]]:
    with acting_as(SYSTEM_ACTOR):
        found = Approach.objects.filter(round=round_).values_list("household__street", "regeling_id")
        return set(found)


def test_fixing_brings_in_the_candidates_of_the_regeling_and_class():
    handover = factories.handover()
    for street, regeling, klasse in [
        ("A", "stadspas", "zeker"),
        ("B", "stadspas", "onzeker"),
        ("C", "czv", "zeker"),
    ]:
        factories.candidacy(factories.household(in_handover=handover, street=street), regeling, klasse)
    other = factories.household(street="D")
    factories.candidacy(other, "stadspas")
    round_ = _fixed(_made(handover, klassen=["zeker"]))
    assert _approached(round_) == {("A", "stadspas")}
    assert round_.state == RoundState.FIXED
    assert len(round_.inputs_hash) == 64


def test_the_maker_cannot_fix_his_own_round_not_even_in_sql():
    maker = factories.user(Role.TEAMLEIDER)
    round_ = _made(factories.handover(), by=maker)
    with pytest.raises(NotNow, match="zelf gemaakt"):
        _fixed(round_, maker)
    with pytest.raises(IntegrityError, match="round_second_person"), transaction.atomic():
        Round.objects.filter(pk=round_.pk).update(
            state="vastgesteld", fixed_by=maker, fixed_at="2026-01-01T00:00Z", inputs_hash="x"
        )


@pytest.mark.parametrize("role", [Role.BUURTTEAM, Role.ANALIST, Role.PRIVACY_OFFICER, Role.CONSULENT])
def test_others_make_and_fix_nothing(role):
    team = factories.team() if role == Role.BUURTTEAM else None
    outsider = factories.user(role, team=team)
    handover = factories.handover()
    with pytest.raises(PermissionDenied):
        _made(handover, by=outsider)
    round_ = _made(handover)
    with pytest.raises(PermissionDenied):
        _fixed(round_, outsider)


def test_the_same_inputs_have_the_same_fingerprint_and_others_another():
    handover = factories.handover()
    factories.candidacy(factories.household(in_handover=handover))
    first, second = _fixed(_made(handover)), _fixed(_made(handover))
    assert first.inputs_hash == second.inputs_hash
    factories.candidacy(factories.household(in_handover=handover))
    assert _fixed(_made(handover)).inputs_hash != first.inputs_hash


def test_who_opted_out_stays_out():
    handover = factories.handover()
    gone = factories.person(no_contact=True)
    not_this = factories.person(no_contact_for=["stadspas"])
    factories.candidacy(factories.household(in_handover=handover, street="A", adults=[gone]))
    factories.candidacy(factories.household(in_handover=handover, street="B", adults=[not_this]))
    factories.candidacy(factories.household(in_handover=handover, street="C", adults=[not_this]), "czv")
    round_ = _fixed(_made(handover, RoundKind.VISIT, ["stadspas", "czv"]))
    assert _approached(round_) == {("C", "czv")}


def test_two_who_fix_at_once_fix_it_once(unblocked):
    handover = factories.handover()
    factories.candidacy(factories.household(in_handover=handover))
    round_ = _made(handover)
    people = [factories.user(Role.APPLICATIEBEHEERDER) for _ in range(6)]
    barrier = threading.Barrier(len(people))
    outcomes: list[str] = []

    def fixes(by) -> None:
        barrier.wait()
        try:
            _fixed(round_, by)
            outcomes.append("fixed")
        except (NotNow, StateChanged):
            outcomes.append("told")
        connections.close_all()

    threads = [threading.Thread(target=fixes, args=(by,)) for by in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["fixed"] + ["told"] * 5
    assert _approached(round_) == {("Gerststraat", "stadspas")}


def _visit_round(handover) -> Round:
    return _fixed(_made(handover, RoundKind.VISIT, ["stadspas"]))


def test_each_team_gets_its_own_addresses_and_none_twice():
    handover = factories.handover()
    north = factories.team("Noord", buurten=["BU1", "BU2"])
    south = factories.team("Zuid", buurten=["BU2", "BU3"])
    for buurt_code in ("BU1", "BU2", "BU3", "BU4"):
        factories.candidacy(
            factories.household(in_handover=handover, street=buurt_code, buurt_code=buurt_code)
        )
    round_ = _visit_round(handover)
    with acting_as(SYSTEM_ACTOR):
        items = LooplijstItem.objects.filter(round=round_)
        assert set(items.values_list("looplijst__team", "household__street")) == {
            (north.pk, "BU1"),
            (north.pk, "BU2"),
            (south.pk, "BU3"),
        }
        assert looplijsten.households_without_team(round_) == 1


def test_no_institution_and_no_protected_address_for_a_team_from_outside():
    handover = factories.handover()
    factories.team("Buiten", municipal=False)
    factories.candidacy(factories.household(in_handover=handover, street="Instelling", institution=True))
    factories.candidacy(factories.household(in_handover=handover, street="Geheim", confidential=True))
    factories.candidacy(factories.household(in_handover=handover, street="Gewoon"))
    round_ = _visit_round(handover)
    with acting_as(SYSTEM_ACTOR):
        assert [item.household.street for item in LooplijstItem.objects.filter(round=round_)] == ["Gewoon"]


def test_one_walks_up_the_odd_side_and_back_along_the_even_one():
    handover = factories.handover()
    factories.team()
    for street, number, letter in [
        ("Beukhof", 2, ""),
        ("Akkerweg", 4, ""),
        ("Akkerweg", 1, "B"),
        ("Akkerweg", 10, ""),
        ("Akkerweg", 3, ""),
        ("Akkerweg", 1, "A"),
        ("Beukhof", 1, ""),
        ("Akkerweg", 1, ""),
    ]:
        factories.candidacy(
            factories.household(in_handover=handover, street=street, house_number=number, house_letter=letter)
        )
    round_ = _visit_round(handover)
    with acting_as(SYSTEM_ACTOR):
        walked = [
            f"{item.household.street} {item.household.house_number}{item.household.house_letter}"
            for item in LooplijstItem.objects.filter(round=round_).select_related("household")
        ]
    assert walked == [
        "Akkerweg 1",
        "Akkerweg 1A",
        "Akkerweg 1B",
        "Akkerweg 3",
        "Akkerweg 10",
        "Akkerweg 4",
        "Beukhof 1",
        "Beukhof 2",
    ]


def test_counts_are_given_without_people():
    handover = factories.handover()
    factories.candidacy(factories.household(in_handover=handover))
    factories.candidacy(factories.household(in_handover=handover), klasse="onzeker")
    with acting_as(factories.user(Role.APPLICATIEBEHEERDER).actor()):
        [count] = rounds.counts(handover)
        assert not Approach.objects.exists()
    assert (count.regeling.pk, count.zeker, count.onzeker) == ("stadspas", 1, 1)


def test_a_round_that_fails_half_way_leaves_nothing():
    handover = factories.handover()
    factories.candidacy(factories.household(in_handover=handover))
    round_ = _made(handover)
    with as_role("migrate"), connection.cursor() as cursor:
        cursor.execute("SET ROLE bereik_eigenaar; REVOKE INSERT ON audit.gebeurtenis FROM web; RESET ROLE")
    try:
        with pytest.raises(Exception, match="permission denied"):
            _fixed(round_)
    finally:
        with as_role("migrate"), connection.cursor() as cursor:
            cursor.execute(
                "SET ROLE bereik_eigenaar; GRANT INSERT (handeling, onderwerp, ids, bijzonderheden)"
                " ON audit.gebeurtenis TO web; RESET ROLE"
            )
    assert _approached(round_) == set()
    round_.refresh_from_db()
    assert round_.state == RoundState.CONCEPT


@pytest.mark.parametrize(
    "changes",
    [
        {"regelingen": ["czv"]},
        {"klassen": ["onzeker"]},
        {"reply_before": datetime.date(2030, 1, 1)},
        {"inputs_hash": "f" * 64},
        {"state": RoundState.CONCEPT, "fixed_by": None, "fixed_at": None, "inputs_hash": ""},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_fixed_round_does_not_change_whatever_the_code_does(changes):
    round_ = _fixed(_made(factories.handover()))
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        Round.objects.filter(pk=round_.pk).update(**changes)
    assert refusal.value.__cause__.diag.constraint_name == "ronde_ligt_vast"
    Round.objects.filter(pk=round_.pk).update(name="Mag wel")
