"""The pages of tasks: the late ones first and in view of who leads, done with one tap, given on."""

import datetime
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from outreach.actions import tasks
from outreach.actions.tasks import ToDo
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Household, Role, Task, Team
from outreach.models.gesprek import GesprekResult
from outreach.models.task import Meeting, TaskKind, TaskState
from outreach.policies import NotNow
from tests import factories
from tests.outreach import visits

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 11, 22)
YESTERDAY, TOMORROW = DAY - datetime.timedelta(days=1), DAY + datetime.timedelta(days=1)
BSN = "123456782"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: DAY)


@pytest.fixture
def team() -> Team:
    return factories.team()


@pytest.fixture
def walker(team):
    return factories.user(Role.BUURTTEAM, team=team)


@pytest.fixture
def leader():
    return factories.user(Role.TEAMLEIDER)


def _client(user) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def _make(by, *, to=None, due_on=TOMORROW, of=None, **more) -> Task:
    of = of or factories.household()
    with acting_as(by.actor()):
        todo = ToDo(**{"kind": TaskKind.CALL_BACK, "due_on": due_on, "text": "Na zes uur"} | more)
        return tasks.make(household=of, todo=todo, to=to or by, by=by)[0]


def _all() -> list[Task]:
    with acting_as(SYSTEM_ACTOR):
        return list(Task.objects.order_by("pk"))


def _asked(**changed) -> dict[str, str]:
    asked = {
        "submission": str(uuid.uuid4()),
        "kind": "hulp_bij_aanvraag",
        "to": "ik",
        "due_on": "2026-11-30",
        "text": "",
    }
    return asked | changed


# --- the list ---


def test_the_late_ones_come_first_and_are_written_down_as_seen(walker):
    late, later = _make(walker, due_on=YESTERDAY), _make(walker, due_on=DAY + datetime.timedelta(days=9))
    tail = visits.AuditTail()
    text = _client(walker).get("/taken/").content.decode()
    assert text.index(late.household.address_line()) < text.index(later.household.address_line())
    assert "Er is 1 taak te laat" in text
    [(actor, kind, seen, _)] = tail.lines(Event.TASKS_SEEN)
    assert (actor, kind) == (str(walker.pk), "huishouden")
    assert set(seen) == {str(late.household_id), str(later.household_id)}


def test_without_the_audit_no_address_is_shown(walker):
    made = _make(walker)
    with visits.broken_audit():
        response = _client(walker).get("/taken/")
    assert response.status_code == 500
    assert made.household.address_line() not in response.content.decode()


def test_mine_are_mine_and_of_the_team_are_all_of_it(team, walker):
    colleague = factories.user(Role.BUURTTEAM, team=team)
    mine, ours, his = _make(walker), _make(walker, to=team), _make(walker, to=colleague)
    client = _client(walker)
    own, of_team = (client.get(url).content.decode() for url in ("/taken/", "/taken/?van=team"))
    shown = [task.household.address_line() in own for task in (mine, ours, his)]
    assert shown == [True, True, False]
    assert all(task.household.address_line() in of_team for task in (mine, ours, his))


def test_a_teamleider_finds_what_others_are_late_with_on_his_first_page(walker, leader):
    _make(walker, due_on=YESTERDAY)
    text = _client(leader).get("/").content.decode()
    assert "Van anderen is 1 taak te laat." in text
    assert "Je hebt geen open taken." in text
    text = _client(walker).get("/").content.decode()
    assert "Je hebt 1 open taak. <strong>1 te laat.</strong>" in text
    assert "Van anderen" not in text


def test_an_ended_task_is_off_the_list(walker):
    made = _make(walker)
    client = _client(walker)
    client.post(f"/taken/{made.pk}/gedaan/")
    assert "Je hebt geen open taken" in client.get("/taken/").content.decode()


@pytest.mark.parametrize(
    ("more", "first"),
    [
        ({"kind": TaskKind.CALL_BACK}, "Telefoon of balie vastleggen"),
        (
            {"kind": TaskKind.APPOINTMENT, "meeting": Meeting.HOME, "at": datetime.time(14)},
            "Gesprek vastleggen",
        ),
    ],
)
def test_from_a_task_to_its_address_and_back_with_what_it_asks_for_first(walker, more, first):
    task = _make(walker, of=factories.household(adults=[factories.person()]), **more)
    client = _client(walker)
    [url] = [fact["url"] for fact in client.get(f"/taken/{task.pk}/").context["facts"] if "url" in fact][:1]
    page = client.get(url)
    assert (page.context["back_url"], page.context["back_label"]) == (f"/taken/{task.pk}/", "Taak")
    assert [item["label"] for item in page.context["menu"] if item["current"]] == ["Taken"]
    text = page.content.decode()
    both = ("Telefoon of balie vastleggen", "Gesprek vastleggen", "Huisbezoek vastleggen")
    assert min((text.index(one), one) for one in both if one in text)[1] == first
    other = factories.household(adults=[factories.person()])
    assert client.get(f"/huishoudens/{other.pk}/?taak={task.pk}").context["back_label"] == "Zoeken"
    assert client.get(f"/huishoudens/{other.pk}/?taak=onzin").status_code == 200


@pytest.mark.parametrize("path", ["/taken/", "/taken/?van=team"])
def test_twenty_tasks_cost_as_many_queries_as_two(team, walker, path):
    counts = []
    for size in (2, 20):
        for number in range(size):
            _make(walker, to=team if number % 2 else walker)
        client = _client(walker)
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


# --- one task ---


def test_a_task_tells_what_when_and_who(walker):
    appointment = {
        "kind": TaskKind.APPOINTMENT,
        "meeting": Meeting.DESK,
        "place": "Stadsloket Noord",
        "at": datetime.time(14, 30),
        "text": "",
    }
    made = _make(walker, **appointment)
    tail = visits.AuditTail()
    text = _client(walker).get(f"/taken/{made.pk}/").content.decode()
    for part in ("Afspraak", "Aan de balie, Stadsloket Noord", "14.30 uur", "Jij", "Morgen"):
        assert part in text
    assert tail.lines(Event.TASKS_SEEN) == [
        (str(walker.pk), "huishouden", [str(made.household_id)], {"taak": made.pk})
    ]


@pytest.mark.parametrize(("act", "state"), [("gedaan", TaskState.DONE), ("vervallen", TaskState.DROPPED)])
def test_a_second_tap_ends_it_no_second_time(walker, act, state):
    made, client = _make(walker), _client(walker)
    sent = {"why": "al_geregeld"}
    first, second = (client.post(f"/taken/{made.pk}/{act}/", sent, follow=True) for _ in range(2))
    assert "Opgeslagen" in first.content.decode()
    assert "Deze taak was al afgerond." in second.content.decode()
    assert _all()[0].state == state


@pytest.mark.parametrize("why", ["", "zomaar", "woont_hier", "onbekend"])
def test_what_is_dropped_has_a_reason_of_the_list(walker, why):
    made, client = _make(walker), _client(walker)
    answer = client.post(f"/taken/{made.pk}/vervallen/", {"why": why})
    assert answer.status_code == 422
    assert "Kies " in answer.content.decode()
    assert _all()[0].state == TaskState.OPEN


def test_why_it_was_dropped_stands_with_the_task_on_the_timeline_and_in_the_audit(walker):
    made, client, tail = _make(walker), _client(walker), visits.AuditTail()
    client.post(f"/taken/{made.pk}/vervallen/", {"why": "wil_niet"})
    assert "De inwoner wil het niet meer" in client.get(f"/taken/{made.pk}/").content.decode()
    timeline = client.get(f"/huishoudens/{made.household_id}/").content.decode()
    assert "Niet meer nodig: de inwoner wil het niet meer." in timeline
    [(_, _, _, details)] = tail.lines(Event.TASK_DROPPED)
    assert details["reden"] == "wil_niet"


def test_of_a_report_to_the_brp_the_reasons_are_others(team):
    task, _ = _report(team, GesprekResult.MOVED)
    client = _client(factories.user(Role.TEAMLEIDER))
    page = client.get(f"/taken/{task.pk}/").content.decode()
    assert "De BRP klopt: de inwoner woont hier" in page
    assert "De inwoner wil het niet meer" not in page
    assert client.post(f"/taken/{task.pk}/vervallen/", {"why": "wil_niet"}).status_code == 422
    assert client.post(f"/taken/{task.pk}/vervallen/", {"why": "woont_hier"}).status_code == 302


def test_a_team_outside_the_municipality_gets_no_button_to_end_a_report(team, walker):
    team.municipal = False
    team.save()
    made, client = _make(walker, kind=TaskKind.REPORT_MOVED, text=""), _client(walker)
    assert f"/taken/{made.pk}/gedaan/" not in client.get("/taken/").content.decode()
    page = client.get(f"/taken/{made.pk}/").content.decode()
    assert "De gemeente rondt deze taak af" in page
    assert f"/taken/{made.pk}/gedaan/" not in page
    assert f"/taken/{made.pk}/vervallen/" not in page
    answer = client.post(f"/taken/{made.pk}/gedaan/", follow=True)
    assert "Alleen de gemeente kan deze melding afronden" in answer.content.decode()
    assert _all()[0].state == TaskState.OPEN


def _give(client: Client, made: Task, to: str, known: str = ""):
    """As from a page that was opened now, unless told when."""
    [now] = [task for task in _all() if task.pk == made.pk]
    known = known or tasks.whose(now)
    return client.post(f"/taken/{made.pk}/doorgeven/", {"to": to, "known": known}, follow=True)


def test_of_two_who_give_a_task_the_second_is_told_whose_it_is_by_now(team, walker, leader):
    first, second = (factories.user(Role.BUURTTEAM, team=team) for _ in range(2))
    made = _make(walker)
    known = tasks.whose(made)
    _give(_client(walker), made, f"collega-{first.pk}", known)
    client = _client(leader)
    refused = _give(client, made, f"collega-{second.pk}", known)
    assert refused.status_code == 422
    assert f"net doorgegeven aan {first.display_name()}" in refused.content.decode()
    assert _all()[0].owner == first
    sent_again = refused.context["form"]["known"].value()
    assert _give(client, made, f"collega-{second.pk}", sent_again).status_code == 200
    assert _all()[0].owner == second
    late = _give(_client(walker), made, "ik", known).content.decode()
    assert f"net doorgegeven aan {second.display_name()}" in late
    assert "Kies dan nog eens" not in late


def test_a_report_to_the_brp_is_given_to_nobody_outside_the_municipality(team, leader):
    outside = factories.team("Buiten", municipal=False, buurten=["BU03630001"])
    made = _make(leader, kind=TaskKind.REPORT_MOVED)
    client = _client(leader)
    offered = client.get(f"/taken/{made.pk}/").context["form"].doers.values()
    assert team in offered
    assert outside not in offered
    with acting_as(leader.actor()), pytest.raises(NotNow, match="iemand van de gemeente"):
        tasks.assign(tasks=[made], to=outside, by=leader)
    other = _make(leader)
    assert outside in client.get(f"/taken/{other.pk}/").context["form"].doers.values()


def test_it_is_given_to_a_colleague_to_the_team_and_taken_back(team, walker):
    colleague = factories.user(Role.BUURTTEAM, team=team)
    made, client = _make(walker), _client(walker)
    _give(client, made, f"team-{team.pk}")
    assert _all()[0].team == team
    _give(client, made, "ik")
    assert _all()[0].owner == walker
    response = _give(client, made, f"collega-{colleague.pk}")
    assert _all()[0].owner == colleague
    assert "Doorgeven</h2>" not in response.content.decode()


def test_of_a_task_of_another_there_are_no_buttons(team, walker):
    colleague, made = factories.user(Role.BUURTTEAM, team=team), _make(walker)
    ways = [f"/taken/{made.pk}/{way}/" for way in ("gedaan", "vervallen", "verzetten", "doorgeven")]
    client = _client(colleague)
    listed = client.get("/taken/?van=team").content.decode()
    page = client.get(f"/taken/{made.pk}/").content.decode()
    assert f'href="/taken/{made.pk}/"' in listed
    assert "Deze taak is van een ander" in page
    assert not [way for way in ways if way in page or way in listed]
    answer = client.post(ways[0], follow=True).content.decode()
    assert "Vraag de teamleider" in answer
    own = _client(walker).get(f"/taken/{made.pk}/").content.decode()
    assert all(way in own for way in ways)


def test_somebody_elsewhere_is_no_choice(walker):
    stranger = factories.user(Role.BUURTTEAM, team=factories.team("Zuid", buurten=["BU03630009"]))
    made = _make(walker)
    response = _give(_client(walker), made, f"collega-{stranger.pk}")
    assert response.status_code == 422
    assert _all()[0].owner == walker


def test_a_task_elsewhere_is_not_there(walker):
    made = _make(walker, of=factories.household())
    stranger = factories.user(Role.BUURTTEAM, team=factories.team("Zuid", buurten=["BU03630009"]))
    client = _client(stranger)
    answers = [client.get(f"/taken/{made.pk}/"), client.post(f"/taken/{made.pk}/gedaan/")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert _all()[0].state == TaskState.OPEN


def test_who_opted_out_is_not_called_back_after_all(walker):
    made = _make(walker)
    about_papers = _make(walker, of=made.household, kind=TaskKind.OTHER)
    visits.opt_out(made.household)
    client = _client(walker)
    assert client.get("/taken/").content.decode().count("Niet benaderen") == 2, "in the table and on a card"
    assert "Ga niet langs en bel niet." in client.get(f"/taken/{made.pk}/").content.decode()
    assert "Ga niet langs" not in client.get(f"/taken/{about_papers.pk}/").content.decode()


def test_no_task_to_call_who_opted_out_is_made(walker):
    of = factories.household()
    visits.opt_out(of)
    response = _client(walker).post(f"/huishoudens/{of.pk}/taak/", _asked())
    assert "wil geen contact meer" in response.content.decode()
    assert _all() == []


# --- a new one ---


def test_the_same_form_sent_twice_makes_one(walker):
    of, client, asked = factories.household(), _client(walker), _asked(text="Neem de map mee")
    for _ in range(2):
        response = client.post(f"/huishoudens/{of.pk}/taak/", asked)
        assert response["Location"] == f"/huishoudens/{of.pk}/"
    [made] = _all()
    assert (made.text, made.owner, made.due_on) == ("Neem de map mee", walker, datetime.date(2026, 11, 30))
    text = client.get(f"/huishoudens/{of.pk}/").content.decode()
    assert "Helpen met een aanvraag" in text
    assert "Neem de map mee" in text


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"kind": ""}, "Kies wat er moet gebeuren."),
        ({"kind": "terugmelding_brp"}, "Kies een van deze antwoorden."),
        ({"due_on": "2026-11-21"}, "Kies vandaag of een latere dag."),
        ({"due_on": ""}, "Vul een datum in."),
        ({"to": ""}, "Kies wie dit doet."),
        ({"text": f"Nummer {BSN}"}, "BSN"),
        ({"text": "x" * 201}, "te lang"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(walker, changed, message):
    of = factories.household()
    response = _client(walker).post(f"/huishoudens/{of.pk}/taak/", _asked(**changed))
    assert response.status_code == 422
    assert message in response.content.decode()
    assert _all() == []


# --- a report to the BRP ---


def _report(team: Team, result: GesprekResult) -> tuple[Task, Household]:
    lijst = visits.list_of(team)
    (item,) = visits.items(lijst)
    visits.save(item, factories.user(Role.CONSULENT), result=result)
    (task,) = _all()
    return task, item.household


def _newer(of: Household, peildatum: datetime.date, **fields: object) -> None:
    """A next koppeling that finds the same adults."""
    with acting_as(SYSTEM_ACTOR):
        adults = [member.person for member in of.members.select_related("person")]
    address = {"house_number": of.house_number, "house_letter": of.house_letter} | fields
    factories.household(adults=adults, in_handover=factories.handover(peildatum), **address)


@pytest.mark.parametrize(
    ("result", "title", "still"),
    [
        (GesprekResult.MOVED, "woont hier niet", "zegt nog dat dit huishouden hier woont."),
        (GesprekResult.DECEASED, "is overleden", "zegt nog niet dat hier iemand is overleden."),
    ],
)
def test_a_report_says_of_what_and_that_a_newer_delivery_says_otherwise(team, result, title, still):
    task, home = _report(team, result)
    user = factories.user(Role.TEAMLEIDER)
    page = f"/taken/{task.pk}/"
    text = _client(user).get(page).content.decode()
    assert f"Terugmelden aan de BRP: {title}" in text
    assert "De BRP van" not in text
    timeline = _client(user).get(f"/huishoudens/{home.pk}/").content.decode()
    assert f"Taak: terugmelden aan de BRP: {title}" in timeline
    _newer(home, datetime.date(2026, 12, 1))
    assert f"De BRP van 1 december 2026 {still}" in _client(user).get(page).content.decode()
    with acting_as(user.actor()):
        tasks.done(task=task, by=user)
    assert "De BRP van" not in _client(user).get(page).content.decode()


def test_a_newer_delivery_with_another_address_says_nothing_otherwise(team):
    task, home = _report(team, GesprekResult.MOVED)
    _newer(home, datetime.date(2026, 12, 1), house_number=home.house_number + 1)
    user = factories.user(Role.CONSULENT)
    assert "De BRP van" not in _client(user).get(f"/taken/{task.pk}/").content.decode()
