"""The page of a household: who, what for, what was said before; and nothing for who may not look."""

import datetime
import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Household, Mode, Role, Team
from outreach.models.gesprek import GesprekResult
from outreach.models.household import HouseholdQuerySet
from outreach.views import household_shown as shown
from tests import days, factories
from tests.outreach import visits
from tests.roles import as_role

pytestmark = pytest.mark.django_db
URL = "/huishoudens/{}/"


@pytest.fixture
def team() -> Team:
    return factories.team()


@pytest.fixture
def walker(team):
    return factories.user(Role.BUURTTEAM, team=team)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    days.pin(monkeypatch, datetime.date(2026, 11, 22))


def _client(user) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def _page(user, household, query="") -> str:
    response = _client(user).get(URL.format(household.pk) + query)
    assert response.status_code == 200
    return response.content.decode()


def test_it_says_who_live_there_and_how_old_they_are(walker):
    parent = factories.person(
        given_names="Ayşe Nur",
        family_name="Yılmaz",
        name_usage="N",
        partner_prefix="van den",
        partner_family_name="Berg",
        birth_date="19801122",
    )
    partner = factories.person(given_names="Kees", family_name="Boom", birth_date="19801123")
    child = factories.person(given_names="Mila", family_name="Boom", birth_date="20200229")
    vague = factories.person(given_names="Sem", family_name="Boom", birth_date="20180000")
    of = factories.household(adults=[parent, partner], children=[child, vague], house_letter="A")
    text = _page(walker, of)
    assert "Gerststraat" in text
    assert "1099 AB Waterveen" in text
    for name, age in [
        ("Ayşe Nur Yılmaz-van den Berg", "46 jaar, volwassene"),
        ("Kees Boom", "45 jaar, volwassene"),
        ("Mila Boom", "6 jaar, kind"),
        ("Sem Boom", "leeftijd onbekend, kind"),
    ]:
        assert f"{name}</span>" in text
        assert age in text


@pytest.mark.parametrize(
    ("birth_date", "age"),
    [
        ("20001122", "26 jaar"),
        ("20001123", "25 jaar"),
        ("20261121", "0 jaar"),
        ("00000000", "leeftijd onbekend"),
        ("19900000", "leeftijd onbekend"),
        ("19900500", "leeftijd onbekend"),
        ("", "leeftijd onbekend"),
    ],
)
def test_age(birth_date, age):
    assert shown.age(factories.person(birth_date=birth_date), clock.today()) == age


def test_who_live_somewhere_in_one_line():
    adult = factories.person(given_names="Zoë", family_name="Čapek", birth_date="19801122")
    of = factories.household(
        adults=[adult],
        children=[factories.person(birth_date=day) for day in ("20180101", "20150101", "20200000")],
    )
    alone = factories.household(adults=[adult])
    with acting_as(SYSTEM_ACTOR):
        lines = [shown.who(each, clock.today()) for each in (of, alone)]
    assert lines == ["Zoë Čapek (46 jaar), 3 kinderen (8, 11 jaar)", "Zoë Čapek (46 jaar)"]


def test_a_birthday_on_29_february_is_on_1_march_in_other_years():
    person = factories.person(birth_date="20000229")
    assert person.age_on(datetime.date(2026, 2, 28)) == 25
    assert person.age_on(datetime.date(2026, 3, 1)) == 26


def test_somebody_without_a_name_is_shown(walker):
    of = factories.household(adults=[factories.person(given_names="", family_name=".")])
    assert "Naam onbekend" in _page(walker, of)


def test_it_says_what_there_is_a_right_to_and_what_that_asks_but_not_why(walker):
    child = factories.person(given_names="Mila", family_name="Boom", birth_date="20180101")
    of = factories.household(children=[child])
    factories.candidacy(of, "stadspas", mode=Mode.AMBTSHALVE)
    factories.candidacy(of, "czv")
    laptop = factories.candidacy(of, "laptop", klasse="onzeker")
    with as_role("migrate"):
        laptop.persons.set([child])
    text = _page(walker, of)
    for words in (
        "Wordt vanzelf toegekend",
        "Alleen ondertekenen",
        "Inkomen en vermogen invullen",
        "Een laptop of tablet voor een scholier.",
        "Voor Mila Boom (8 jaar).",
        "Wat de regeling vraagt:",
    ):
        assert words in text
    assert text.index("Collectieve zorgverzekering") < text.index("Laptop") < text.index("Stadspas")
    for word in ("zeker<", "onzeker", "ambtshalve", "bijstand", "kwijtschelding", "levering", "koppeling"):
        assert word not in text.lower()


def test_it_tells_earlier_gesprekken_also_of_earlier_households_of_its_adults(team, walker):
    parent, child = factories.person(), factories.person(birth_date="20180101")
    old = factories.handover(datetime.date(2025, 1, 1))
    before = factories.household(in_handover=old, adults=[parent], street="Oudeweg")
    factories.candidacy(before)
    [stop] = visits.items(visits.lists_of(old, team, name="Vorig jaar"))
    visits.save(stop, walker, result=GesprekResult.COME_BACK, note="Belt liever zelf.")
    new = factories.handover()
    now = factories.household(in_handover=new, adults=[parent], children=[child])
    factories.candidacy(now)
    visits.save(visits.items(visits.lists_of(new, team))[0], walker, day=datetime.date(2026, 3, 9))
    tail = visits.AuditTail()
    text = _page(walker, now)
    assert text.index("Niet thuis") < text.index("Afgesproken om terug te komen")
    for words in ("Belt liever zelf.", "ma 9 mrt 2026, ochtend", "jij", "In een eerdere ronde"):
        assert words in text
    assert "Oudeweg" not in text
    [line] = tail.lines(Event.HOUSEHOLD_SEEN)
    assert line == (str(walker.pk), "huishouden", [str(now.pk), str(before.pk)], {})


def test_what_one_parent_said_does_not_stand_with_the_other_after_a_divorce(team, walker):
    mother, father = factories.person(), factories.person()
    child = factories.person(birth_date="20180101")
    old, new = factories.handover(datetime.date(2025, 1, 1)), factories.handover()
    his = factories.household(in_handover=old, adults=[father], children=[child])
    factories.candidacy(his)
    [stop] = visits.items(visits.lists_of(old, team))
    visits.save(stop, walker, result=GesprekResult.REFERRED, note="Alleen voor hem.")
    hers = factories.household(in_handover=new, adults=[mother], children=[child])
    assert "Alleen voor hem." not in _page(walker, hers)


def test_who_does_not_want_contact_is_shown_in_red_without_a_way_to_a_gesprek(team, walker):
    looplijst = visits.list_of(team)
    [stop] = visits.items(looplijst)
    assert f"{stop.household_id}/gesprek/" in _page(walker, stop.household)
    visits.opt_out(stop.household)
    text = _page(walker, stop.household)
    assert "utrecht-alert--error" in text
    assert "Niet benaderen" in text
    assert "Gesprek vastleggen" not in text
    assert text.count("/gesprek/") == text.count("Inwoner zocht zelf contact") == 1
    assert "Stadspas" not in text


def test_an_opt_out_for_one_regeling_leaves_the_others(walker):
    of = factories.household()
    factories.candidacy(of, "stadspas")
    factories.candidacy(of, "czv")
    visits.opt_out(of, "czv")
    text = _page(walker, of)
    assert "Iemand hier wil geen contact over: Collectieve zorgverzekering." in text
    assert "Een goede zorgverzekering" not in text
    assert "Een pas met korting" in text
    assert "/gesprek/" in text


def test_the_way_back_carries_the_filters_and_nothing_else(team, walker):
    looplijst = visits.list_of(team)
    [stop] = visits.items(looplijst)
    response = _client(walker).get(
        URL.format(stop.household_id)
        + f"?lijst={looplijst.pk}&status=open&page=3&next=https://kwaad.example&zoek=Gerst"
    )
    assert response.context["back_url"] == f"/looplijsten/{looplijst.pk}/?status=open&page=3"
    ways = re.findall(r'(?:href|action|hx-[a-z]+)="([^"]*)"', response.content.decode())
    assert ways
    assert [way for way in ways if "kwaad" in way or "Gerst" in way] == []


@pytest.mark.parametrize("list_id", ["987654", "x", "-1", "9" * 30])
def test_a_list_that_the_household_is_not_on_is_not_found(team, walker, list_id):
    [stop] = visits.items(visits.list_of(team))
    assert _client(walker).get(URL.format(stop.household_id), {"lijst": list_id}).status_code == 404


def test_without_the_audit_there_is_no_household(walker):
    of = factories.household(adults=[factories.person(family_name="Kanarievogelzang")])
    client = _client(walker)
    with visits.broken_audit():
        response = client.get(URL.format(of.pk))
    assert response.status_code == 500
    assert "Kanarievogelzang" not in response.content.decode()
    assert "Gerststraat" not in response.content.decode()
    assert client.get(URL.format(of.pk)).status_code == 200


def test_another_team_gets_404_also_when_the_filters_of_the_code_are_gone(team, monkeypatch):
    of = visits.items(visits.list_of(team))[0].household
    stranger = _client(factories.user(Role.BUURTTEAM, team=factories.team("Zuid", buurten=["BU2"])))
    unknown = stranger.get(URL.format(uuid.uuid4()))
    assert stranger.get(URL.format(of.pk)).status_code == 404
    monkeypatch.setattr(HouseholdQuerySet, "for_user", lambda self, user: self)
    tail = visits.AuditTail()
    answer = stranger.get(URL.format(of.pk))
    assert answer.status_code == 404
    assert answer.content == unknown.content
    assert stranger.get(URL.format(of.pk) + "gesprek/").status_code == 404
    assert stranger.post(URL.format(of.pk) + "gesprek/").status_code == 404
    assert tail.lines(Event.HOUSEHOLD_SEEN) == []


def test_a_protected_address_is_not_for_a_team_from_outside(monkeypatch):
    of = factories.household(confidential=True)
    outside = _client(factories.user(Role.BUURTTEAM, team=factories.team("Buiten", municipal=False)))
    inside = _client(factories.user(Role.BUURTTEAM, team=factories.team("Binnen")))
    assert outside.get(URL.format(of.pk)).status_code == 404
    monkeypatch.setattr(HouseholdQuerySet, "for_user", lambda self, user: self)
    assert outside.get(URL.format(of.pk)).status_code == 404
    assert inside.get(URL.format(of.pk)).status_code == 200


def test_a_consulent_without_a_team_sees_everybody():
    consulent = factories.user(Role.CONSULENT)
    for fields in ({}, {"buurt_code": "BU9"}, {"confidential": True}):
        assert "Wie wonen hier" in _page(consulent, factories.household(**fields))


@pytest.mark.parametrize(
    "role", [Role.APPLICATIEBEHEERDER, Role.FUNCTIONEEL_BEHEERDER, Role.PRIVACY_OFFICER, Role.ANALIST, ""]
)
def test_who_has_no_business_with_people_gets_403(role):
    of = factories.household()
    user = factories.user(Role.ANALIST)
    user.role, user.is_superuser, user.is_staff = role, True, True
    user.save()
    client = _client(user)
    assert client.get(URL.format(of.pk)).status_code == 403
    assert client.get(URL.format(of.pk) + "gesprek/").status_code == 403
    assert client.post(URL.format(of.pk) + "gesprek/").status_code == 403


def _queries(client, household) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(URL.format(household.pk)).status_code == 200
    return len(caught)


def test_a_large_household_costs_as_many_queries_as_a_small_one(team, walker, settings):
    settings.MAX_ATTEMPTS = 99
    counts = []
    for size in (1, 12):
        handover = factories.handover()
        children = [factories.person(birth_date="20150101") for _ in range(size)]
        of = factories.household(in_handover=handover, children=children)
        for regeling in ("stadspas", "laptop", "reiskosten")[: 1 + size // 6]:
            factories.candidacy(of, regeling)
        [stop] = visits.items(visits.lists_of(handover, team))
        for _ in range(size):
            visits.save(stop, walker)
        counts.append(_queries(_client(walker), of))
    assert counts[0] == counts[1]
    # The last of them for the appointment that the badge tells.
    assert counts[0] <= 41


@pytest.mark.parametrize(
    ("letter", "suffix", "line"),
    [
        ("", "", "Kade 5"),
        ("", "3", "Kade 5-3"),
        ("A", "", "Kade 5 A"),
        ("A", "2", "Kade 5 A-2"),
        ("", "hs", "Kade 5 hs"),
    ],
)
def test_a_suffix_that_is_a_number_does_not_run_on(letter, suffix, line):
    one = Household(street="Kade", house_number=5, house_letter=letter, house_suffix=suffix)
    assert one.address_line() == line
