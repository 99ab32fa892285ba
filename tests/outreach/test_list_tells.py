"""What a list tells who walks it: appointments, its name, in which order one goes, why one is done."""

import datetime
import html
import re
import uuid

import pypdfium2
import pytest
from django.test import Client
from django.utils.formats import date_format

from outreach.actions import claims, tasks
from outreach.actions.tasks import ToDo
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Approach, Looplijst, LooplijstItem, Role, Task, Team, User
from outreach.models.approach import Result
from outreach.models.gesprek import GesprekResult
from outreach.models.task import Meeting, TaskDropped, TaskKind
from tests import factories
from tests.outreach import visits
from tests.outreach.many import many

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return factories.team()


@pytest.fixture
def walker(team) -> User:
    return factories.user(Role.BUURTTEAM, team=team)


@pytest.fixture
def client(walker) -> Client:
    made = Client()
    made.force_login(walker)
    return made


def _words(response) -> str:
    main = response.content.decode().split("<main", 1)[1].split("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def _agreed(item: LooplijstItem, by: User, days: int) -> datetime.date:
    """An appointment at home, so many days from now."""
    day = clock.today() + datetime.timedelta(days=days)
    todo = ToDo(TaskKind.APPOINTMENT, day, "", Meeting.HOME, "", datetime.time(14))
    with acting_as(by.actor()):
        tasks.make(household=item.household, todo=todo, to=by, by=by)
    return day


def _taken(client: Client, looplijst: Looplijst, more: str = "") -> str:
    """The address of the page to which the button leads."""
    return client.post(f"/looplijsten/{looplijst.pk}/volgende/{more}")["Location"]


def _paper(client: Client, looplijst: Looplijst) -> str:
    pdf = client.post(f"/looplijsten/{looplijst.pk}/afdrukken/", {"submission": str(uuid.uuid4())}).content
    with pypdfium2.PdfDocument(pdf) as printed:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in printed).split())


def _row(client: Client, looplijst: Looplijst, number: int) -> dict:
    rows = client.get(f"/looplijsten/{looplijst.pk}/").context["rows"]
    return next(row for row in rows if row["number"] == number)


def test_who_has_an_appointment_is_waited_for(team, walker, client):
    looplijst = visits.list_of(team, visits.streets(1, 3))
    first, second = visits.items(looplijst)
    for item in (first, second):
        visits.save(item, walker, day=clock.today() - datetime.timedelta(days=3))
    day = _agreed(first, walker, days=2)
    row = _row(client, looplijst, 1)
    said = f"Afspraak op {date_format(day, 'D j b')}"
    assert row["status"]["label"] == said
    assert row["next_try"] == ""
    assert _row(client, looplijst, 2)["status"]["label"] == "Opnieuw langs (1×)"
    home = client.get(f"/huishoudens/{first.household_id}/")
    assert home.context["badge"]["label"] == said
    assert said in _paper(client, looplijst)
    assert str(second.household_id) in _taken(client, looplijst, "?status=bezocht")
    visits.save(second, walker, result=GesprekResult.NO_HELP)
    assert _taken(client, looplijst, "?status=bezocht") == f"/looplijsten/{looplijst.pk}/?status=bezocht"


def test_where_all_that_is_left_to_begin_waits_one_goes_past_again(team, walker, client):
    looplijst = visits.list_of(team, visits.streets(1, 3))
    later, again = visits.items(looplijst)
    _agreed(later, walker, days=2)
    visits.save(again, walker, day=clock.today() - datetime.timedelta(days=3))
    _seen_long_ago(again)
    assert _taken(client, looplijst, "?status=open") == f"/looplijsten/{looplijst.pk}/?status=open"
    went_to = _taken(client, looplijst)
    assert str(again.household_id) in went_to
    assert "status" not in went_to
    assert "Hier ga je opnieuw langs." in _words(client.get(went_to))
    # Who presses again is still busy there; and where he was today he is not sent once more.
    assert _taken(client, looplijst) == went_to
    visits.save(again, walker)
    assert _taken(client, looplijst) == f"/looplijsten/{looplijst.pk}/"


def test_what_a_colleague_gives_back_comes_before_where_one_goes_past_again(team, walker, client):
    looplijst = visits.list_of(team, visits.streets(1, 3, 5))
    later, given_back, again = visits.items(looplijst)
    _agreed(later, walker, days=2)
    colleague = factories.user(Role.BUURTTEAM, team=team)
    with acting_as(colleague.actor()):
        claims.take(household=given_back.household, by=colleague)
    visits.save(again, walker, day=clock.today() - datetime.timedelta(days=3))
    _seen_long_ago(again)
    went_to = _taken(client, looplijst)
    assert str(again.household_id) in went_to
    with acting_as(colleague.actor()):
        claims.give_back(household=given_back.household, by=colleague)
    saved = client.post(went_to, _nobody_home())
    assert str(given_back.household_id) in saved["Location"]


def test_opslaan_en_volgende_goes_on_as_the_button_does(team, walker, client):
    looplijst = visits.list_of(team, visits.streets(1, 3))
    first, again = visits.items(looplijst)
    visits.save(again, walker, day=clock.today() - datetime.timedelta(days=3))
    _seen_long_ago(again)
    saved = client.post(f"/huishoudens/{first.household_id}/gesprek/?lijst={looplijst.pk}", _nobody_home())
    assert str(again.household_id) in saved["Location"]
    assert "Hier ga je opnieuw langs." in _words(client.get(saved["Location"]))


def _seen_long_ago(item: LooplijstItem) -> None:
    """The last contact there was three days ago: the database keeps the moment of writing down."""
    with acting_as(SYSTEM_ACTOR):
        moment = clock.now() - datetime.timedelta(days=3)
        LooplijstItem.objects.filter(pk=item.pk).update(last_contact_at=moment)


def _nobody_home() -> dict[str, str]:
    return {
        "submission": str(uuid.uuid4()),
        "reached": "nee",
        "kind": "huisbezoek",
        "day_part": "middag",
        "happened_on": clock.today().isoformat(),
    }


def test_on_the_day_itself_it_is_offered(team, walker, client):
    looplijst = visits.list_of(team, visits.streets(1))
    [item] = visits.items(looplijst)
    _agreed(item, walker, days=0)
    assert str(item.household_id) in _taken(client, looplijst)


def test_an_appointment_that_was_kept_or_called_off_holds_nothing_up(team, walker, client):
    looplijst = visits.list_of(team, visits.streets(1))
    [item] = visits.items(looplijst)
    _agreed(item, walker, days=2)
    assert str(item.household_id) not in _taken(client, looplijst)
    with acting_as(walker.actor()):
        tasks.drop(task=Task.objects.get(household=item.household), why=TaskDropped.MISTAKE, by=walker)
    assert str(item.household_id) in _taken(client, looplijst)
    assert _row(client, looplijst, 1)["status"]["label"] == "Nog te bezoeken"


def test_what_is_mine_stands_first_and_names_its_round(team, walker, client):
    handover = factories.handover()
    factories.candidacy(factories.household(in_handover=handover))
    mine, other = (visits.lists_of(handover, team, name=name) for name in ("Voorjaar", "Najaar"))
    with acting_as(SYSTEM_ACTOR):
        Looplijst.objects.filter(pk=mine.pk).update(assigned_to=walker)
    shown = [row["cells"][0]["text"] for row in client.get("/looplijsten/").context["rows"]]
    assert shown == [f"Looplijst {team} · Voorjaar", f"Looplijst {team} · Najaar"]
    assert client.get(f"/looplijsten/{other.pk}/").context["title"] == shown[1]
    assert f"Looplijst {other.pk} · {team} · Najaar" in _paper(client, other)


def test_a_second_visit_round_of_a_koppeling_gets_a_name_of_its_own(team):
    handover = factories.handover()
    factories.candidacy(factories.household(in_handover=handover))
    leader = Client()
    leader.force_login(factories.user(Role.TEAMLEIDER))
    page = f"/rondes/nieuw/?soort=bezoek&koppeling={handover.pk}"
    for name in ("Bezoek maart 2026", "Bezoek maart 2026 (2)"):
        assert leader.get(page).context["form"]["name"].value() == name
        visits.visit_round(handover, name=name)


def test_the_page_says_in_which_order_the_button_picks(team, walker, client):
    looplijst = visits.list_of(team, visits.streets(1))
    said = "volgt de nummers van de lijst"
    assert said in _words(client.get(f"/looplijsten/{looplijst.pk}/"))
    visits.save(visits.items(looplijst)[0], walker, result=GesprekResult.NO_HELP)
    assert said not in _words(client.get(f"/looplijsten/{looplijst.pk}/"))


def test_why_it_is_not_taken_up_again_is_said(team, walker, client):
    looplijst = visits.list_of(team, visits.streets(1))
    [item] = visits.items(looplijst)
    page = f"/huishoudens/{item.household_id}/"
    leader = Client()
    leader.force_login(factories.user(Role.TEAMLEIDER, team=team))
    assert "Dit adres is klaar" not in _words(client.get(page))
    visits.save(item, walker, result=GesprekResult.NO_HELP)
    assert f"Dit adres is klaar. Moet hier toch iemand langs? De teamleider van {team}" in _words(
        client.get(page)
    )
    assert "Dit adres is klaar" not in _words(leader.get(page))
    with acting_as(SYSTEM_ACTOR):
        Approach.objects.filter(household=item.household).update(result=Result.HELPED)
    assert "Dit adres is klaar. Er is hier niets meer om te bespreken." in _words(leader.get(page))


def test_a_table_stands_once_below_its_chart(team):
    handover = factories.handover()
    many(handover, 12)
    many(handover, 12, "czv")
    leader = Client()
    leader.force_login(factories.user(Role.TEAMLEIDER))
    page = _words(leader.get(f"/rondes/nieuw/?soort=bezoek&koppeling={handover.pk}"))
    assert "Huishoudens per regeling" in page
    assert "Toon als tabel" not in page
