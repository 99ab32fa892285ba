"""The looplijsten: what one sees on them, how one narrows them, and that every look is written down."""

import datetime
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Household, Looplijst, LooplijstItem, Role, Team
from outreach.models import looplijst as looplijst_model
from outreach.models.approach import Result
from outreach.models.gesprek import GesprekResult
from outreach.models.looplijst import LooplijstQuerySet
from outreach.views import looplijst as pages
from outreach.views import looplijst_shown as shown
from tests import factories
from tests.outreach import visits
from tests.roles import as_role

pytestmark = pytest.mark.django_db
URL = "/looplijsten/{}/"


@pytest.fixture
def team() -> Team:
    return factories.team()


@pytest.fixture
def walker(team):
    return factories.user(Role.BUURTTEAM, team=team)


def _client(user) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def _addresses(response) -> list[str]:
    return re.findall(r'kit-table__link" href="[^"]*">([^<]+)<', response.content.decode())


def _shown(client, looplijst, query="") -> list[str]:
    response = client.get(URL.format(looplijst.pk) + query)
    assert response.status_code == 200
    return _addresses(response)


# --- the overview ---


def test_the_overview_shows_each_own_round_with_its_progress(team, walker):
    factories.team("Zuid", buurten=["BU2"])
    handover = factories.handover()
    for number in (1, 3, 5):
        factories.candidacy(factories.household(in_handover=handover, house_number=number))
    factories.candidacy(factories.household(in_handover=handover, buurt_code="BU2"))
    first, second = (visits.lists_of(handover, team, name=name) for name in ("Voorjaar", "Najaar"))
    visits.save(visits.items(first)[0], walker, result=GesprekResult.HELPED)
    response = _client(walker).get("/looplijsten/")
    text = response.content.decode()
    assert [row["cells"][0]["url"] for row in response.context["rows"]] == [
        f"/looplijsten/{second.pk}/?status=te_doen",
        f"/looplijsten/{first.pk}/?status=te_doen",
    ]
    assert [row["cells"][1] for row in response.context["rows"]] == [
        {"progress": 0, "max": 3},
        {"progress": 1, "max": 3},
    ]
    assert "Voorjaar" in text
    assert "Najaar" in text
    assert "Zuid" not in text


def test_a_consulent_without_a_team_sees_every_list(team):
    factories.team("Zuid", buurten=["BU2"])
    handover = factories.handover()
    factories.candidacy(factories.household(in_handover=handover))
    factories.candidacy(factories.household(in_handover=handover, buurt_code="BU2"))
    visits.visit_round(handover)
    client = _client(factories.user(Role.CONSULENT))
    rows = client.get("/looplijsten/").context["rows"]
    assert len(rows) == 2
    for row in rows:
        assert len(_addresses(client.get(row["cells"][0]["url"]))) == 1


def test_nobody_has_a_list_before_there_is_a_round(walker):
    assert "Er is nog geen looplijst voor jou" in _client(walker).get("/looplijsten/").content.decode()


# --- the list ---


def test_a_row_says_where_how_many_what_and_how_far_but_never_who(team, walker):
    parents = [factories.person(family_name="Zonnebloem"), factories.person(family_name="Klaproos")]
    child = factories.person(family_name="Madelief", birth_date="20180101")
    handover = factories.handover()
    of = factories.household(
        in_handover=handover, adults=parents, children=[child], house_number=12, house_suffix="hs"
    )
    factories.candidacy(of, "stadspas")
    factories.candidacy(of, "czv")
    looplijst = visits.lists_of(handover, team)
    visits.save(visits.items(looplijst)[0], walker, day=datetime.date(2026, 3, 3), note="Achterom bellen")
    text = _client(walker).get(URL.format(looplijst.pk)).content.decode()
    for words in (
        "Gerststraat 12 hs",
        "1099 AB · gezin, 1 kind",
        "Stadspas",
        "Collectieve zorgverzekering",
        "Opnieuw langs (1×)",
        "di 3 mrt",
        "Jij",
    ):
        assert words in text
    for secret in ("Zonnebloem", "Klaproos", "Madelief", "Achterom"):
        assert secret not in text


def test_the_figures_lead_to_their_addresses(team, walker):
    looplijst = visits.list_of(team, visits.streets(1, 3, 5, 7))
    stops = visits.items(looplijst)
    visits.save(stops[0], walker, result=GesprekResult.HELPED)
    visits.save(stops[1], walker)
    client = _client(walker)
    kpis = client.get(URL.format(looplijst.pk)).context["kpis"]
    assert (kpis[0]["progress"], kpis[0]["max"]) == (1, 4)
    assert [kpi["value"] for kpi in kpis[1:]] == ["2", "1", "1"]
    assert [len(_addresses(client.get(kpi["url"]))) for kpi in kpis[1:]] == [2, 1, 1]
    assert _shown(client, looplijst, "?status=te_doen") == [f"Gerststraat {n}" for n in (3, 5, 7)]


def test_filters_stand_in_the_address_and_each_has_a_chip_without_it(team, walker):
    team.buurten.add(factories.buurt("BU9", "Westerhaven"))
    handover = factories.handover()
    for street, buurt, regeling in [
        ("Aweg", "BU9", "stadspas"),
        ("Bweg", "BU9", "czv"),
        ("Cweg", "BU03630001", "czv"),
    ]:
        of = factories.household(in_handover=handover, street=street, buurt_code=buurt, house_number=1)
        factories.candidacy(of, regeling)
    looplijst = visits.lists_of(handover, team)
    client = _client(walker)
    response = client.get(URL.format(looplijst.pk) + "?regeling=czv&buurt=BU9&sort=contact")
    assert _addresses(response) == ["Bweg 1"]
    chips = {chip["label"]: chip["url"] for chip in response.context["chips"]}
    assert set(chips) == {"Regeling: Collectieve zorgverzekering", "Buurt: Westerhaven"}
    assert _addresses(client.get(chips["Buurt: Westerhaven"])) == ["Bweg 1", "Cweg 1"]
    assert "sort=contact" in chips["Buurt: Westerhaven"]
    assert "1 huishouden gevonden" in response.content.decode()
    assert "lijst=" in response.content.decode()


def test_an_unknown_value_in_the_address_filters_nothing_and_says_so(team, walker):
    looplijst = visits.list_of(team, visits.streets(1, 3))
    response = _client(walker).get(URL.format(looplijst.pk) + "?status=%3Cscript%3E&regeling=x&page=99999999")
    assert len(_addresses(response)) == 2
    assert response.context["chips"] == []
    assert "<script>" not in response.content.decode()


def test_oldest_contact_first_puts_who_was_never_seen_last(team, walker):
    looplijst = visits.list_of(team, visits.streets(1, 3, 5))
    stops = visits.items(looplijst)
    visits.save(stops[0], walker, day=datetime.date(2026, 3, 9))
    visits.save(stops[2], walker, day=datetime.date(2026, 3, 4))
    assert _shown(_client(walker), looplijst, "?sort=contact") == [f"Gerststraat {n}" for n in (5, 1, 3)]


def test_filters_that_are_sent_without_words_come_back_as_an_address(team, walker):
    looplijst = visits.list_of(team)
    sent = {"zoek": " ", "status": "open", "regeling": "", "sort": "contact"}
    response = _client(walker).post(URL.format(looplijst.pk), sent)
    assert response.status_code == 302
    assert response["Location"] == URL.format(looplijst.pk) + "?status=open&sort=contact"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("gerst", ["Gerststraat 1", "Gerststraat 11"]),
        ("Gerststraat 11", ["Gerststraat 11"]),
        ("1099ab", ["Gerststraat 1", "Gerststraat 11"]),
        ("1099 AB", ["Gerststraat 1", "Gerststraat 11"]),
        ("1088", ["Haverweg 1"]),
        ("100%", []),
        ("weg", ["Haverweg 1"]),
    ],
)
def test_a_search_is_answered_by_the_page_itself_and_stands_in_no_address(team, walker, words, found):
    looplijst = visits.list_of(
        team,
        [*visits.streets(1, 11), {"street": "Haverweg", "house_number": 1, "postcode": "1088CD"}],
    )
    response = _client(walker).post(URL.format(looplijst.pk), {"zoek": words, "status": "open"})
    text = response.content.decode()
    assert response.status_code == 200
    assert sorted(_addresses(response)) == found
    assert response["HX-Push-Url"] == URL.format(looplijst.pk) + "?status=open"
    links = re.findall(r'(?:href|action|hx-post|hx-get)="([^"]*)"', text)
    assert not [link for link in links if words.lower().split()[0] in link.lower() or "zoek=" in link]


def test_a_search_in_the_address_is_not_listened_to(team, walker):
    looplijst = visits.list_of(team, visits.streets(1, 3))
    assert len(_shown(_client(walker), looplijst, "?zoek=Gerststraat+1")) == 2


def test_a_search_shows_a_hundred_and_says_that_there_are_more(team, walker):
    looplijst = visits.list_of(team, visits.streets(*range(1, 205, 2)))
    response = _client(walker).post(URL.format(looplijst.pk), {"zoek": "gerst"})
    assert len(_addresses(response)) == 100
    assert "meer adressen gevonden" in response.content.decode()


def test_pages_of_25_and_a_link_back_that_carries_filters_and_page(team, walker):
    looplijst = visits.list_of(team, visits.streets(*range(1, 61, 2)))
    client = _client(walker)
    response = client.get(URL.format(looplijst.pk) + "?status=open&page=2")
    assert len(_addresses(response)) == 5
    household_url = response.context["rows"][0]["url"]
    back = client.get(household_url).context["back_url"]
    assert back == URL.format(looplijst.pk) + "?status=open&page=2"


def test_more_than_a_thousand_are_not_counted_but_all_can_be_reached(team, walker, monkeypatch):
    for module in (pages, shown, looplijst_model):
        monkeypatch.setattr(module, "COUNTED_UP_TO", 30)
    monkeypatch.setattr(pages, "PER_PAGE", 5)
    looplijst = visits.list_of(team, visits.streets(*range(1, 101, 2)))
    client = _client(walker)
    text = client.get(URL.format(looplijst.pk)).content.decode()
    assert "meer dan 30 huishoudens gevonden" in text
    kpis = client.get(URL.format(looplijst.pk)).context["kpis"]
    assert [kpi["value"] for kpi in kpis] == ["meer dan 30", "0", "0"]
    [row] = client.get("/looplijsten/").context["rows"]
    assert row["cells"][1:4] == ["0", "meer dan 30", "0"]
    last = client.get(URL.format(looplijst.pk) + "?page=10")
    assert len(_addresses(last)) == 5
    assert not last.context["page"].has_next()


# --- who opted out ---


def test_who_opts_out_is_gone_from_the_list_the_figures_the_search_and_the_sheet(team, walker):
    looplijst = visits.list_of(team, visits.streets(1, 3))
    client = _client(walker)
    assert len(_shown(client, looplijst)) == 2
    visits.opt_out(visits.items(looplijst)[0].household)
    assert _shown(client, looplijst) == ["Gerststraat 3"]
    assert client.get(URL.format(looplijst.pk)).context["kpis"][0]["max"] == 1
    assert _addresses(client.post(URL.format(looplijst.pk), {"zoek": "gerst"})) == ["Gerststraat 3"]
    assert "Gerststraat 1<" not in client.get(URL.format(looplijst.pk) + "afdrukken/").content.decode()
    assert client.get("/looplijsten/").context["rows"][0]["cells"][1]["max"] == 1


def test_who_does_not_want_one_regeling_is_still_visited_for_the_other(team, walker):
    handover = factories.handover()
    of = factories.household(in_handover=handover)
    for regeling in visits.REGELINGEN:
        factories.candidacy(of, regeling)
    looplijst = visits.lists_of(handover, team)
    visits.opt_out(of, "czv")
    [row] = _client(walker).get(URL.format(looplijst.pk)).context["rows"]
    assert row["regelingen"] == ["Stadspas"]
    assert row["others"] == ""


def test_a_row_says_that_the_household_has_more_than_the_round_brings(team, walker):
    handover = factories.handover()
    of = factories.household(in_handover=handover)
    for regeling in visits.REGELINGEN:
        factories.candidacy(of, regeling)
    looplijst = visits.lists_of(handover, team, regelingen=["stadspas"])
    client = _client(walker)
    [row] = client.get(URL.format(looplijst.pk)).context["rows"]
    assert (row["regelingen"], row["others"]) == (["Stadspas"], "en nog 1 regeling")
    assert len(client.get(row["url"]).context["rights"]) == 2
    visits.opt_out(of, "czv")
    [row] = client.get(URL.format(looplijst.pk)).context["rows"]
    assert row["others"] == ""


def test_what_was_granted_is_not_counted_among_what_there_is_more(team, walker):
    """On the list and on paper: both take their rows from the same place."""
    handover = factories.handover()
    of = factories.household(in_handover=handover)
    for regeling in visits.REGELINGEN:
        factories.candidacy(of, regeling)
    looplijst = visits.lists_of(handover, team, regelingen=["stadspas"])
    other = visits.visit_round(handover, ["czv"], name="Eerder")
    with as_role("migrate"), acting_as(SYSTEM_ACTOR):
        assert Approach.objects.filter(round=other, household=of).update(result=Result.GRANTED) == 1
    [row] = _client(walker).get(URL.format(looplijst.pk)).context["rows"]
    assert (row["regelingen"], row["others"]) == (["Stadspas"], "")


def test_a_row_that_names_nothing_any_more_adds_nothing_to_it(team, walker):
    handover = factories.handover()
    of = factories.household(in_handover=handover)
    for regeling in visits.REGELINGEN:
        factories.candidacy(of, regeling)
    looplijst = visits.lists_of(handover, team, regelingen=["stadspas"])
    item = visits.items(looplijst)[0]
    visits.save(item, walker, result=GesprekResult.HELPED)
    with acting_as(SYSTEM_ACTOR):
        Approach.objects.filter(household=of).update(result=Result.REFUSED)
    [row] = _client(walker).get(URL.format(looplijst.pk)).context["rows"]
    assert (row["regelingen"], row["others"]) == ([], "")


def test_what_is_done_stands_behind_what_there_is_to_do(team, walker):
    looplijst = visits.list_of(team, visits.streets(1, 3, 5))
    first, second, _ = visits.items(looplijst)
    visits.save(first, walker, result=GesprekResult.HELPED)
    visits.save(second, walker)
    assert _shown(_client(walker), looplijst) == [f"Gerststraat {n}" for n in (3, 5, 1)]


def test_when_everybody_was_out_once_one_goes_past_again_the_ones_of_today_last(team, walker):
    looplijst = visits.list_of(team, visits.streets(1, 3))
    first, second = visits.items(looplijst)
    for item in (first, second):
        visits.save(item, walker)
    with acting_as(SYSTEM_ACTOR):
        yesterday = clock.now() - datetime.timedelta(days=1)
        LooplijstItem.objects.filter(pk=second.pk).update(last_contact_at=yesterday)
    leader = factories.user(Role.TEAMLEIDER)
    labels = [each["label"] for each in _client(leader).get(URL.format(looplijst.pk)).context["actions"]]
    assert labels == ["Pak volgende adres", "Afdrukken", "Overdragen"]
    client = _client(walker)
    take = client.get(URL.format(looplijst.pk)).context["actions"][0]["form_url"]
    for item in (second, first):
        assert client.post(take)["Location"].startswith(f"/huishoudens/{item.household_id}/gesprek/")
        visits.save(item, walker, result=GesprekResult.HELPED)
    assert "opnieuw langs" in client.post(take, follow=True).content.decode()


def test_many_lists_come_in_pages(team, walker, monkeypatch):
    monkeypatch.setattr(pages, "PER_PAGE", 2)
    handover = factories.handover()
    factories.candidacy(factories.household(in_handover=handover))
    made = [visits.lists_of(handover, team, name=name) for name in ("Een", "Twee", "Drie")]
    client = _client(walker)
    assert len(client.get("/looplijsten/").context["rows"]) == 2
    [row] = client.get("/looplijsten/?page=2").context["rows"]
    assert row["cells"][0]["url"].startswith(URL.format(made[0].pk))


def test_two_households_at_one_address_are_told_apart_without_a_name(team, walker):
    looplijst = visits.list_of(team, visits.streets(1, 3, 3))
    client = _client(walker)
    one, *two = client.get(URL.format(looplijst.pk)).context["rows"]
    assert one["people"] == "1 persoon"
    assert [row["people"] for row in two] == ["1e huishouden · 1 persoon", "2e huishouden · 1 persoon"]
    visits.opt_out(visits.items(looplijst)[1].household)
    rows = client.get(URL.format(looplijst.pk)).context["rows"]
    assert [row["people"] for row in rows] == ["1 persoon", "1 persoon"]


def test_a_list_has_one_name_on_every_page(team, walker):
    looplijst = visits.list_of(team)
    client = _client(walker)
    [listed] = client.get("/looplijsten/").context["rows"]
    page = client.get(URL.format(looplijst.pk)).context
    home = client.get(page["rows"][0]["url"]).context
    assert {listed["cells"][0]["text"], page["title"], home["back_label"]} == {
        f"Looplijst {team} · Bezoeken voorjaar"
    }
    with as_role("migrate"):
        Looplijst.objects.filter(pk=looplijst.pk).update(pile=False, cut_as="1", criteria={})
    page = client.get(URL.format(looplijst.pk)).context
    home = client.get(page["rows"][0]["url"]).context
    assert page["title"] == home["back_label"] == f"Looplijst {looplijst.pk} {team} · Bezoeken voorjaar"


# --- the audit ---


def test_opening_a_list_writes_down_whose_addresses_were_shown(team, walker):
    looplijst = visits.list_of(team, visits.streets(1, 3, 5))
    tail, client = visits.AuditTail(), _client(walker)
    client.get(URL.format(looplijst.pk))
    client.post(URL.format(looplijst.pk), {"zoek": "Gerststraat 3"})
    shown, searched = tail.lines(Event.LOOPLIJST_SEEN)
    ids = [str(item.household_id) for item in visits.items(looplijst)]
    assert shown == (str(walker.pk), "huishouden", ids, {"looplijst": looplijst.pk, "aantal": 3})
    assert searched == (str(walker.pk), "huishouden", ids[1:2], {"looplijst": looplijst.pk, "aantal": 1})


def test_only_the_page_that_is_shown_is_written_down(team, walker):
    looplijst = visits.list_of(team, visits.streets(*range(1, 61, 2)))
    tail = visits.AuditTail()
    _client(walker).get(URL.format(looplijst.pk) + "?page=2")
    assert len(tail.lines(Event.LOOPLIJST_SEEN)[0][2]) == 5


def test_without_the_audit_there_is_no_list(team, walker):
    looplijst = visits.list_of(team, visits.streets(1))
    client = _client(walker)
    with visits.broken_audit():
        response = client.get(URL.format(looplijst.pk))
    assert response.status_code == 500
    assert "Gerststraat" not in response.content.decode()


# --- who may ---


def test_another_team_gets_404_also_when_the_filters_of_the_code_are_gone(team, walker, monkeypatch):
    looplijst = visits.list_of(team)
    stranger = _client(
        factories.user(Role.BUURTTEAM, team=factories.team("Zuid", buurten=["BU2"]), username="zuid")
    )
    paths = [URL.format(looplijst.pk), URL.format(looplijst.pk) + "afdrukken/"]
    assert [stranger.get(path).status_code for path in paths] == [404, 404]
    monkeypatch.setattr(LooplijstQuerySet, "for_user", lambda self, user: self)
    tail = visits.AuditTail()
    assert [stranger.get(path).status_code for path in paths] == [404, 404]
    assert stranger.post(paths[0], {"zoek": "gerst"}).status_code == 404
    assert stranger.get("/looplijsten/").context["rows"] == []
    assert tail.lines(Event.LOOPLIJST_SEEN) == []


def test_another_team_in_the_same_buurt_does_not_walk_this_list(team):
    looplijst = visits.list_of(team)
    neighbour = factories.user(Role.BUURTTEAM, team=factories.team("Buren"))
    assert _client(neighbour).get(URL.format(looplijst.pk)).status_code == 404


def test_the_code_asks_for_own_lists_too_and_does_not_lean_on_the_database_alone(team, walker):
    looplijst = visits.list_of(team)
    stranger = factories.user(Role.BUURTTEAM, team=factories.team("Buren"))
    with acting_as(SYSTEM_ACTOR):
        assert list(Looplijst.objects.for_user(walker)) == [looplijst]
        assert not Looplijst.objects.for_user(stranger).exists()


def test_a_team_that_no_longer_works_in_the_buurt_has_lost_its_list(team, walker):
    looplijst = visits.list_of(team)
    team.buurten.clear()
    client = _client(walker)
    assert client.get(URL.format(looplijst.pk)).status_code == 404
    assert client.get("/looplijsten/").context["rows"] == []


def test_a_protected_address_is_not_for_a_team_from_outside(team, walker):
    """It was put on the list while the team still worked for the municipality."""
    looplijst = visits.list_of(team, [{"street": "Open"}, {"street": "Geheim", "confidential": True}])
    assert len(_shown(_client(walker), looplijst)) == 2
    Team.objects.filter(pk=team.pk).update(municipal=False)
    assert [address.split()[0] for address in _shown(_client(walker), looplijst)] == ["Open"]


@pytest.mark.parametrize(
    "role",
    [
        Role.APPLICATIEBEHEERDER,
        Role.FUNCTIONEEL_BEHEERDER,
        Role.PRIVACY_OFFICER,
        Role.JURIDISCH_ADVISEUR,
        Role.COMMUNICATIEADVISEUR,
        Role.ANALIST,
        Role.DRUKKER,
        "",
    ],
)
def test_who_does_not_walk_gets_403(team, role):
    looplijst = visits.list_of(team)
    user = factories.user(Role.ANALIST)
    user.role, user.is_superuser, user.is_staff = role, True, True
    user.save()
    client = _client(user)
    for path in ("/looplijsten/", URL.format(looplijst.pk), URL.format(looplijst.pk) + "afdrukken/"):
        assert client.get(path).status_code == 403


def test_who_is_not_signed_in_is_asked_to(team):
    looplijst = visits.list_of(team)
    response = Client().get(URL.format(looplijst.pk))
    assert response.status_code == 302
    assert reverse("account_login") in response["Location"]


def test_a_list_that_does_not_exist_is_not_found(walker):
    assert _client(walker).get(URL.format(987654)).status_code == 404


# --- the cost ---


def _queries(client, path: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


def _family(handover, number: int) -> None:
    people = [factories.person(), factories.person()]
    child = factories.person(birth_date="20160101")
    of = factories.household(
        in_handover=handover, house_number=number, adults=people, children=[child] * (number % 2)
    )
    for regeling in visits.REGELINGEN:
        factories.candidacy(of, regeling)


def test_two_hundred_addresses_cost_as_many_queries_as_ten(team, walker):
    counts = {}
    for size in (10, 200):
        handover = factories.handover()
        for number in range(1, size + 1):
            _family(handover, number)
        looplijst = visits.lists_of(handover, team, name=f"Ronde {size}")
        for stop in visits.items(looplijst)[: size // 2]:
            visits.save(stop, walker)
        client = _client(walker)
        client.get("/looplijsten/")
        paths = (URL.format(looplijst.pk), URL.format(looplijst.pk) + "afdrukken/", "/looplijsten/")
        counts[size] = [_queries(client, path) for path in paths]
    assert counts[10] == counts[200]
    assert counts[200][0] <= 31


def test_what_a_list_shows_is_read_in_three_queries(team, walker, django_assert_num_queries):
    looplijst = visits.list_of(team, visits.streets(*range(1, 21, 2)))
    for stop in visits.items(looplijst):
        visits.save(stop, walker)
    with acting_as(walker.actor()), django_assert_num_queries(3):
        for item in looplijst.items.approachable().with_list_data():
            assert item.household.address_line()
            assert item.brought()[0].regeling.name
            assert item.gesprekken.all()[0].happened_on
            assert (item.adults, item.children) == (1, 0)


def test_nothing_of_a_list_is_read_without_an_actor(team):
    visits.list_of(team)
    assert not LooplijstItem.objects.exists()
    assert not Household.objects.exists()
