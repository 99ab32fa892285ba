"""A looplijst is behind a row policy of its own: no filter of ours stands between it and another team."""

import pytest
from django.db import connection

from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Household, Looplijst, LooplijstItem, Role, Round, Team
from outreach.models.round import RoundKind
from tests import factories
from tests.roles import as_role

pytestmark = pytest.mark.django_db


def _list(team: Team, household: Household) -> Looplijst:
    with acting_as(SYSTEM_ACTOR):
        round_ = Round.objects.create(
            name="Proef",
            kind=RoundKind.VISIT,
            handover=household.handover,
            regelingen=["stadspas"],
            made_by=factories.user(Role.TEAMLEIDER),
        )
        Approach.objects.create(
            round=round_, household=household, regeling_id="stadspas", klasse="zeker", mode="formulier"
        )
        made = Looplijst.objects.create(round=round_, team=team)
        LooplijstItem.objects.create(looplijst=made, round=round_, household=household, position=1)
    return made


def _seen_by(user) -> set[int]:
    with acting_as(user.actor()):
        return set(Looplijst.objects.values_list("pk", flat=True))


@pytest.fixture
def north() -> Looplijst:
    team = factories.team("Noord", buurten=["BU1"])
    return _list(team, factories.household(buurt_code="BU1"))


def test_a_buurtteam_sees_its_own_list(north):
    assert _seen_by(factories.user(Role.BUURTTEAM, team=north.team)) == {north.pk}


def test_another_buurtteam_sees_none_not_even_where_buurten_overlap(north):
    elsewhere = factories.team("Zuid", buurten=["BU2"])
    beside = factories.team("Oost", buurten=["BU1", "BU2"])
    assert _seen_by(factories.user(Role.BUURTTEAM, team=elsewhere)) == set()
    assert _seen_by(factories.user(Role.BUURTTEAM, team=beside)) == set()


def test_a_consulent_sees_the_lists_of_his_area_or_all(north):
    beside = factories.team("Consulenten", buurten=["BU1"])
    elsewhere = factories.team("Verder weg", buurten=["BU9"])
    assert _seen_by(factories.user(Role.CONSULENT)) == {north.pk}
    assert _seen_by(factories.user(Role.CONSULENT, team=beside)) == {north.pk}
    assert _seen_by(factories.user(Role.CONSULENT, team=elsewhere)) == set()


@pytest.mark.parametrize(
    "role", [Role.APPLICATIEBEHEERDER, Role.FUNCTIONEEL_BEHEERDER, Role.PRIVACY_OFFICER, Role.ANALIST]
)
def test_who_works_with_no_people_sees_no_list(north, role):
    assert _seen_by(factories.user(role)) == set()


def test_a_superuser_without_a_role_sees_no_list(north):
    someone = factories.user(Role.CONSULENT)
    someone.role, someone.is_superuser = "", True
    someone.save()
    assert _seen_by(someone) == set()


def test_the_table_keeps_its_policy_for_its_owner_too():
    with as_role("migrate"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_catalog.pg_class"
            " WHERE oid = 'public.outreach_looplijst'::regclass"
        )
        assert cursor.fetchone() == (True, True)


@pytest.mark.parametrize(
    "table", ["householdmember", "person", "candidacy", "candidacy_persons", "approach", "looplijstitem"]
)
def test_who_is_outside_the_municipality_sees_nothing_of_a_protected_address(table):
    """Also where the policy has a short way for whoever sees everything."""
    household = factories.household(confidential=True)
    factories.candidacy(household)
    _list(factories.team(), household)
    outside = factories.team("Buiten", municipal=False)
    outside.all_areas = True
    outside.save()
    for role in (Role.BUURTTEAM, Role.CONSULENT):
        with acting_as(factories.user(role, team=outside).actor()), connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM outreach_{table}")
            assert cursor.fetchone() == (0,)
