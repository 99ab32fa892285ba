"""The pages on which a teamleider makes lists and gives them on."""

import re
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from outreach.actions import cutting
from outreach.forms.giving import positions
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Looplijst, Role, Team, User
from tests import factories
from tests.outreach import visits

pytestmark = pytest.mark.django_db
BUURT = "BU03630001"


@pytest.fixture
def team() -> Team:
    return factories.team()


@pytest.fixture
def leader() -> User:
    return factories.user(Role.TEAMLEIDER)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def words(response) -> str:
    """What a page says, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def question(team: Team, **changed: object) -> str:
    chosen = {
        "team": team.pk,
        "buurten": [BUURT],
        "regelingen": ["stadspas"],
        "klassen": ["zeker", "onzeker"],
        "at_most": 3,
        "seed": 1,
    }
    return "?" + urlencode(chosen | changed, doseq=True)


def lists() -> list[Looplijst]:
    with acting_as(SYSTEM_ACTOR):
        return list(Looplijst.objects.order_by("pk").select_related("team", "assigned_to"))


# --- making ---


def test_the_way_from_the_round_to_a_list(team, leader):
    looplijst = visits.list_of(team, visits.streets(*range(1, 11)))
    client = client_of(leader)
    url = f"/rondes/{looplijst.round_id}/looplijst/"
    assert url in client.get(f"/rondes/{looplijst.round_id}/").content.decode()
    assert "Hoeveel adressen hooguit" in words(client.get(url))
    shown = client.get(url + question(team))
    assert "De lijst krijgt 3 adressen in 1 straat" in words(shown)
    assert "7 adressen wachten op een volgende lijst" in words(shown)
    assert len(lists()) == 1
    for said in ("De lijst is gemaakt", "Deze lijst was er al"):
        made = client.post(url + question(team), follow=True)
        assert said in words(made)
    assert len(lists()) == 2
    assert made.redirect_chain[-1][0] == f"/looplijsten/{lists()[1].pk}/"
    assert f"Looplijst {lists()[1].pk} Team Noord" in words(made)


def test_with_several_teams_one_is_chosen_first(team, leader):
    looplijst = visits.list_of(team)
    other = factories.team("Zuid", buurten=["BU2"])
    client = client_of(leader)
    url = f"/rondes/{looplijst.round_id}/looplijst/"
    first = words(client.get(url))
    assert "Voor welk team?" in first
    assert "Getal voor de straten" not in first
    assert "Hoeveel adressen hooguit" in words(client.get(f"{url}?team={other.pk}"))


def test_what_is_not_right_is_told(team, leader):
    looplijst = visits.list_of(team)
    url = f"/rondes/{looplijst.round_id}/looplijst/"
    client = client_of(leader)
    for changed, said in (
        ({"at_most": 0}, "Vul 1 of meer in"),
        ({"at_most": cutting.AT_MOST + 1}, "Vul hooguit 500 in"),
        ({"buurten": []}, "Kies een of meer buurten"),
        ({"seed": "x"}, "Vul een getal in"),
    ):
        response = client.get(url + question(team, **changed))
        assert (response.status_code, said in words(response)) == (422, True), changed
    assert client.post(url + question(team, at_most=0)).status_code == 422
    assert len(lists()) == 1


def test_when_nothing_is_left_the_page_says_so(team, leader):
    looplijst = visits.list_of(team)
    client = client_of(leader)
    url = f"/rondes/{looplijst.round_id}/looplijst/"
    client.post(url + question(team))
    again = url + question(team, seed=2)
    assert "geen adres over" in words(client.get(again))
    assert "geen adres over" in words(client.post(again, follow=True))


def test_a_list_that_was_made_is_not_shown_as_a_new_one(team, leader):
    looplijst = visits.list_of(team, visits.streets(*range(1, 6)))
    client = client_of(leader)
    url = f"/rondes/{looplijst.round_id}/looplijst/"
    client.post(url + question(team))
    shown = client.get(url + question(team))
    assert "Deze lijst bestaat al" in words(shown)
    assert "De lijst is nu van Team Noord." in words(shown)
    assert "Zo wordt de lijst" not in words(shown)
    assert shown.context["made_url"] == f"/looplijsten/{lists()[1].pk}/"
    following = client.get(shown.context["next_url"])
    assert "De lijst krijgt 2 adressen" in words(following)
    client.post(shown.context["next_url"])
    assert "geen adres over voor een volgende lijst" in words(client.get(url + question(team)))


def test_who_may_not_open_the_list_that_was_made_is_told_whose_it_is(team):
    looplijst = visits.list_of(team, visits.streets(*range(1, 6)))
    client = client_of(factories.user(Role.TEAMLEIDER, team=team))
    url = f"/rondes/{looplijst.round_id}/looplijst/"
    client.post(url + question(team))
    elsewhere = factories.team("Zuid", buurten=["BU2"])
    with acting_as(SYSTEM_ACTOR):
        Looplijst.objects.filter(pk=lists()[1].pk).update(team=elsewhere)
    again = client.post(url + question(team), follow=True)
    assert again.status_code == 200
    assert "De lijst is nu van Zuid." in words(again)
    assert again.context["made_url"] == ""


def test_a_round_that_is_closed_leads_back_to_the_round(team, leader):
    looplijst = visits.list_of(team)
    client = client_of(leader)
    client.post(f"/rondes/{looplijst.round_id}/afsluiten/")
    response = client.get(f"/rondes/{looplijst.round_id}/looplijst/", follow=True)
    assert "gaat nu niemand langs" in words(response)


def test_a_leader_of_one_team_makes_lists_for_that_team_alone(team):
    looplijst = visits.list_of(team)
    other = factories.team("Zuid", buurten=[BUURT])
    own = client_of(factories.user(Role.TEAMLEIDER, team=team))
    url = f"/rondes/{looplijst.round_id}/looplijst/"
    assert "Hoeveel adressen hooguit" in words(own.get(url))
    own.post(url + question(other))
    assert {one.team for one in lists()} == {team}


def test_the_round_counts_the_lists_of_a_team_together(team, leader):
    """How short a list is, is not to be had by subtraction, for who sees no people."""
    looplijst = visits.list_of(team, visits.streets(*range(1, 31)))
    client = client_of(factories.user(Role.APPLICATIEBEHEERDER))
    page = f"/rondes/{looplijst.round_id}/"
    before = client.get(page).context["list_rows"][0]["cells"]
    client_of(leader).post(f"{page}looplijst/" + question(team))
    after = client.get(page).context["list_rows"][0]["cells"]
    assert before[1] == after[1] == "30"
    assert after[0]["sub"] == "2 looplijsten"


# --- giving on ---


def bekeken(response) -> dict[str, str]:
    return {"bekeken": re.search(r'name="bekeken" value="([^"]+)"', response.content.decode())[1]}


def test_a_list_is_given_to_a_colleague_after_a_look(team, leader):
    looplijst = visits.list_of(team, visits.streets(1, 3, 5))
    walker = factories.user(Role.BUURTTEAM, team=team)
    client = client_of(leader)
    page = f"/looplijsten/{looplijst.pk}/overdragen/"
    assert page in client.get(f"/looplijsten/{looplijst.pk}/").content.decode()
    url = f"{page}?lijst={looplijst.pk}&nummers=&aan=medewerker-{walker.pk}"
    shown = client.get(url)
    assert "Sam de Wit" in words(shown)
    assert lists()[0].assigned_to is None
    assert "nu van Sam de Wit" in words(client.post(url, bekeken(shown), follow=True))
    assert lists()[0].assigned_to == walker
    assert "Voor Sam de Wit" in words(client_of(walker).get("/looplijsten/"))


def test_addresses_by_their_numbers_become_a_list(team, leader):
    looplijst = visits.list_of(team, visits.streets(1, 3, 5, 7))
    walker = factories.user(Role.BUURTTEAM, team=team)
    client = client_of(leader)
    page = f"/looplijsten/{looplijst.pk}/overdragen/"
    url = f"{page}?lijst={looplijst.pk}&nummers=2-3&aan=medewerker-{walker.pk}"
    client.post(url, bekeken(client.get(url)))
    assert [len(visits.items(one)) for one in lists()] == [2, 2]


def test_what_cannot_go_has_no_button_and_says_why(team, leader):
    first = visits.list_of(team)
    second = visits.list_of(team, visits.streets(21))
    other = factories.team("Zuid", buurten=["BU2"])
    client = client_of(leader)
    url = f"/looplijsten/overdragen/?lijst={first.pk}&lijst={second.pk}&aan=team-{other.pk}"
    shown = client.get(url)
    assert "buiten de buurten van Zuid" in words(shown)
    assert 'name="bekeken"' not in shown.content.decode()
    assert "niets overgedragen" in words(
        client.post(url, {"bekeken": shown.context["plan"].known}, follow=True)
    )
    assert {one.team for one in lists()} == {team}


def test_an_old_look_does_nothing(team, leader):
    looplijst = visits.list_of(team, visits.streets(1, 3))
    walker = factories.user(Role.BUURTTEAM, team=team)
    client = client_of(leader)
    url = f"/looplijsten/overdragen/?lijst={looplijst.pk}&aan=medewerker-{walker.pk}"
    answer = client.post(url, {"bekeken": "oud"}, follow=True)
    assert "veranderde intussen iets" in words(answer)
    assert lists()[0].assigned_to is None


def test_another_teams_list_is_not_there_to_give(team):
    looplijst = visits.list_of(team)
    elsewhere = client_of(factories.user(Role.TEAMLEIDER, team=factories.team("Zuid", buurten=["BU2"])))
    assert elsewhere.get(f"/looplijsten/{looplijst.pk}/overdragen/").status_code == 404
    assert "geen lijst om over te dragen" in words(elsewhere.get("/looplijsten/overdragen/"))
    chosen = elsewhere.get(f"/looplijsten/overdragen/?lijst={looplijst.pk}&aan=team-{team.pk}")
    assert chosen.context["plan"] is None


@pytest.mark.parametrize(
    ("text", "found"),
    [("", ()), ("1-3", (1, 2, 3)), ("8, 3;3", (3, 8)), ("2 t/m 4, 9", (2, 3, 4, 9)), ("5 – 6", (5, 6))],
)
def test_numbers_as_people_write_them(text, found):
    assert positions(text) == found


@pytest.mark.parametrize("text", ["a", "3-1", "1-", "1--2", "1.5"])
def test_what_is_no_number_is_told(text, team, leader):
    looplijst = visits.list_of(team)
    page = f"/looplijsten/{looplijst.pk}/overdragen/"
    url = page + "?" + urlencode({"lijst": looplijst.pk, "nummers": text, "aan": f"team-{team.pk}"})
    response = client_of(leader).get(url)
    assert (response.status_code, "zoals 1-20" in words(response)) == (422, True)


def _queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


def test_the_pages_cost_the_same_for_one_list_as_for_many(team, leader):
    client = client_of(leader)
    visits.list_of(team)
    one = [_queries(client, url) for url in ("/looplijsten/", "/looplijsten/overdragen/")]
    for number in range(4):
        visits.list_of(team, visits.streets(number + 31, number + 61))
    assert [_queries(client, url) for url in ("/looplijsten/", "/looplijsten/overdragen/")] == one
