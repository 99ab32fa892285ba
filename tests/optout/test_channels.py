"""Letters and visits are refused apart: what one channel may not do, the other still may."""

import pytest
from django.db import IntegrityError, ProgrammingError, connections, transaction

from letters.actions import parts, recheck
from letters.models import Letter
from optout.actions import opt_out
from optout.models import Channel, OptOut, Scope
from outreach.actions import cutting, rounds
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import (
    Approach,
    Household,
    Klasse,
    Looplijst,
    LooplijstItem,
    Person,
    Regeling,
    Role,
    Round,
)
from outreach.models.round import RoundKind
from outreach.policies import NotNow, check_can_visit
from tests import factories
from tests.letters import rounds as letter_rounds
from tests.outreach import visits
from tests.roles import as_role

pytestmark = pytest.mark.django_db

_COLUMNS = ("no_contact", "no_letter", "no_visit", "no_share", "no_contact_for")


def _says(household: Household, scope: Scope, regeling: str | None = None) -> OptOut:
    with acting_as(SYSTEM_ACTOR):
        person = household.members.select_related("person").get(addressee=True).person
        return opt_out.register(
            person=person, regeling=regeling, scope=scope, channel=Channel.LETTER, by=factories.user()
        )


def _holds(household: Household) -> tuple:
    with acting_as(SYSTEM_ACTOR):
        return Person.objects.filter(memberships__household=household).values_list(*_COLUMNS).get()


@pytest.mark.parametrize(
    ("scope", "regeling", "holds"),
    [
        (Scope.ALL, None, (True, False, False, True, [])),
        (Scope.REGELING, "czv", (False, False, False, False, ["czv"])),
        (Scope.LETTERS, None, (False, True, False, False, [])),
        (Scope.VISITS, None, (False, False, True, False, [])),
        (Scope.SHARE, None, (False, False, False, True, [])),
    ],
)
def test_what_holds_stands_on_the_person_and_goes_with_the_wish(scope, regeling, holds):
    household = factories.household()
    said = _says(household, scope, regeling)
    assert _holds(household) == holds
    with acting_as(SYSTEM_ACTOR):
        opt_out.withdraw(opt_out=said, by=factories.user())
    assert _holds(household) == (False, False, False, False, [])


def test_of_two_wishes_the_other_stays():
    household = factories.household()
    _says(household, Scope.LETTERS)
    everything = _says(household, Scope.ALL)
    _says(household, Scope.REGELING, "stadspas")
    with acting_as(SYSTEM_ACTOR):
        opt_out.withdraw(opt_out=everything, by=factories.user())
    assert _holds(household) == (False, True, False, False, ["stadspas"])


def test_a_wish_that_is_written_in_sql_takes_effect_too():
    household = factories.household()
    with acting_as(SYSTEM_ACTOR), connections["default"].cursor() as cursor:
        person = household.persons.get()
        cursor.execute(
            "INSERT INTO optout_optout (person_id, scope, channel) VALUES (%s, 'bezoek', 'telefoon')",
            [person.pk],
        )
    assert _holds(household) == (False, False, True, False, [])


@pytest.mark.parametrize(
    ("scope", "regeling"), [("alles", "'czv'"), ("brieven", "'czv'"), ("regeling", "NULL"), ("post", "NULL")]
)
def test_a_wish_is_about_what_it_says(scope, regeling):
    household = factories.household()
    with acting_as(SYSTEM_ACTOR), connections["default"].cursor() as cursor:
        person = household.persons.get()
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute(
                "INSERT INTO optout_optout (person_id, scope, regeling_id, channel)"
                f" VALUES (%s, %s, {regeling}, 'telefoon')",
                [person.pk, scope],
            )


def test_what_was_said_is_not_rewritten():
    household = factories.household()
    said = _says(household, Scope.LETTERS)
    with (
        acting_as(SYSTEM_ACTOR),
        connections["default"].cursor() as cursor,
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        cursor.execute("UPDATE optout_optout SET scope = 'bezoek' WHERE id = %s", [said.pk])


def _round(household: Household, kind: RoundKind) -> Round:
    maker = factories.user(Role.TEAMLEIDER)
    with acting_as(maker.actor()):
        return rounds.make(
            name="Proef",
            kind=kind,
            handover=household.handover,
            regelingen=Regeling.objects.filter(pk="stadspas"),
            klassen=Klasse.values,
            reply_before=None,
            by=maker,
        )


_BY_KIND = [
    (Scope.LETTERS, RoundKind.LETTER, True),
    (Scope.LETTERS, RoundKind.VISIT, False),
    (Scope.VISITS, RoundKind.VISIT, True),
    (Scope.VISITS, RoundKind.LETTER, False),
    (Scope.SHARE, RoundKind.LETTER, False),
    (Scope.SHARE, RoundKind.VISIT, False),
]


@pytest.mark.parametrize(("scope", "kind", "refused"), _BY_KIND)
def test_a_round_leaves_out_who_refuses_its_channel(scope, kind, refused):
    household = factories.household()
    factories.candidacy(household)
    factories.team()
    _says(household, scope)
    round_ = _round(household, kind)
    assert rounds.size(round_).households == (0 if refused else 1)
    fixer = factories.user(Role.TEAMLEIDER)
    with acting_as(fixer.actor()):
        rounds.fix(round_=round_, by=fixer)
    with acting_as(SYSTEM_ACTOR):
        assert Approach.objects.filter(round=round_).exists() is not refused
        assert LooplijstItem.objects.filter(round=round_).exists() is (
            kind == RoundKind.VISIT and not refused
        )


@pytest.mark.parametrize(("scope", "kind", "refused"), _BY_KIND)
def test_the_database_refuses_an_approach_by_a_refused_channel(scope, kind, refused):
    household = factories.household()
    _says(household, scope)
    round_ = _round(household, kind)
    approach = Approach(
        round=round_, household=household, regeling_id="stadspas", klasse="zeker", mode="formulier"
    )
    with acting_as(SYSTEM_ACTOR):
        if not refused:
            approach.save()
            return
        with pytest.raises(IntegrityError, match="no contact"), transaction.atomic():
            approach.save()


@pytest.mark.parametrize(("scope", "refused"), [(Scope.VISITS, True), (Scope.LETTERS, False)])
def test_the_database_refuses_a_place_on_a_list_to_who_wants_no_visit(scope, refused):
    household = factories.household()
    _says(household, scope)
    round_ = _round(household, RoundKind.VISIT)
    with acting_as(SYSTEM_ACTOR):
        looplijst = Looplijst.objects.create(round=round_, team=factories.team())
        item = LooplijstItem(looplijst=looplijst, round=round_, household=household, position=1)
        if not refused:
            item.save()
            return
        with pytest.raises(IntegrityError, match="no contact"), transaction.atomic():
            item.save()


@pytest.mark.parametrize(("scope", "planned"), [(Scope.LETTERS, 1), (Scope.ALL, 1), (Scope.VISITS, 2)])
def test_no_letter_is_planned_for_who_wants_none(scope, planned):
    round_ = letter_rounds.round_of(2)
    with acting_as(SYSTEM_ACTOR):
        _says(Household.objects.order_by("pk").first(), scope)
    assert parts.plan(round_id=round_.pk) == 1
    assert len(letter_rounds.letters(round_.parts.get())) == planned


@pytest.mark.parametrize(("scope", "refused"), [(Scope.LETTERS, True), (Scope.VISITS, False)])
def test_a_letter_that_is_made_is_not_released_to_who_wants_none(scope, refused, settings, tmp_path):
    settings.LETTER_FOLDER = tmp_path / "brieven"
    letter = letter_rounds.letters(letter_rounds.made(2))[0]
    _says(letter.household, scope)
    with acting_as(SYSTEM_ACTOR):
        mine = Letter.objects.filter(pk=letter.pk)
        assert recheck.failing(mine) == ({letter.pk: recheck.Lapse.OPTED_OUT} if refused else {})
        if not refused:
            mine.update(production="vrijgegeven")
            return
        with pytest.raises(IntegrityError, match="no contact"), transaction.atomic():
            mine.update(production="vrijgegeven")


@pytest.mark.parametrize(
    ("scope", "goes"), [(Scope.VISITS, False), (Scope.LETTERS, True), (Scope.SHARE, True)]
)
def test_a_list_that_is_there_passes_by_who_wants_no_visit(scope, goes):
    team = factories.team()
    item = visits.items(visits.list_of(team))[0]
    _says(item.household, scope)
    with acting_as(SYSTEM_ACTOR):
        assert Approach.objects.visitable().filter(household=item.household).exists() is goes
        household = Household.objects.with_page_data().get(pk=item.household_id)
        if goes:
            check_can_visit(household, None)
            return
        with pytest.raises(NotNow, match="geen bezoek"):
            check_can_visit(household, None)


@pytest.mark.parametrize(("scope", "left"), [(Scope.VISITS, 1), (Scope.LETTERS, 2)])
def test_a_new_list_is_cut_without_who_wants_no_visit(scope, left):
    team, leader = factories.team(), factories.user(Role.TEAMLEIDER)
    item = visits.items(visits.list_of(team, visits.streets(1, 2)))[0]
    _says(item.household, scope)
    chosen = cutting.criteria(
        team=team, buurten=["BU03630001"], regelingen=["stadspas"], klassen=Klasse.values, at_most=10, seed=1
    )
    with acting_as(leader.actor()):
        assert cutting.preview(round_=item.round, chosen=chosen, by=leader).left == left


@as_role("migrate")
def _without(function: str, column: str) -> str:
    """Take the look at a column out of a guard of the database; gives what it was."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef(%s::regprocedure)", [function])
        whole = cursor.fetchone()[0]
        assert f"p.{column}" in whole
        cursor.execute("SET ROLE bereik_eigenaar")
        cursor.execute(whole.replace(f"p.{column}", "false").replace("%", "%%"))
        cursor.execute("RESET ROLE")
    return whole


@as_role("migrate")
def _back(whole: str) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SET ROLE bereik_eigenaar")
        cursor.execute(whole.replace("%", "%%"))
        cursor.execute("RESET ROLE")


@pytest.mark.parametrize(
    ("function", "column", "test"),
    [
        (
            "poort.bewaak_benadering()",
            "no_letter",
            lambda: test_the_database_refuses_an_approach_by_a_refused_channel(*_BY_KIND[0]),
        ),
        (
            "poort.bewaak_benadering()",
            "no_visit",
            lambda: test_the_database_refuses_an_approach_by_a_refused_channel(*_BY_KIND[2]),
        ),
        (
            "poort.bewaak_bezoek()",
            "no_visit",
            lambda: test_the_database_refuses_a_place_on_a_list_to_who_wants_no_visit(Scope.VISITS, True),
        ),
    ],
)
def test_a_guard_that_is_taken_away_is_noticed(function, column, test):
    whole = _without(function, column)
    try:
        with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
            test()
    finally:
        _back(whole)
