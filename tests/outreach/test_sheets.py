"""A looplijst on paper: what stands on it, that each print is counted, and what happens when it is lost."""

import datetime
import re
import uuid

import pypdfium2
import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.utils.timezone import localtime

from outreach.actions import giving, sheets
from outreach.actions.giving import Part, Target
from outreach.actions.sheets import Loss
from outreach.audit import Event
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Breach, Household, Looplijst, Role, Sheet, Team, User
from outreach.models.gesprek import GesprekResult
from outreach.policies import NotNow
from outreach.transitions import StateChanged
from outreach.views.looplijst_pdf import Head, Paper, Row
from tests import factories
from tests.outreach import visits
from tests.roles import as_role

pytestmark = pytest.mark.django_db
PRINT = "/looplijsten/{}/afdrukken/"


@pytest.fixture
def team() -> Team:
    return factories.team()


@pytest.fixture
def walker(team) -> User:
    return factories.user(Role.BUURTTEAM, team=team)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def texts(pdf: bytes) -> list[str]:
    """What stands on each page."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def make_print(looplijst: Looplijst, by: User, submission: uuid.UUID | None = None):
    return client_of(by).post(PRINT.format(looplijst.pk), {"submission": submission or uuid.uuid4()})


def a_sheet(looplijst: Looplijst, by: User) -> Sheet:
    assert make_print(looplijst, by).status_code == 200
    with acting_as(SYSTEM_ACTOR):
        return Sheet.objects.select_related("looplijst").filter(looplijst=looplijst).first()


def lose(sheet: Sheet, by: User) -> Breach:
    with acting_as(by.actor()):
        return sheets.lose(sheet=sheet, loss=Loss(clock.now(), "In de tram blijven liggen"), by=by)


def stored(sheet: Sheet) -> Sheet:
    with acting_as(SYSTEM_ACTOR):
        return Sheet.objects.get(pk=sheet.pk)


# --- the paper ---


def test_the_paper_has_all_that_is_left_to_do_in_walking_order_and_nobody_by_name(team, walker):
    looplijst = visits.list_of(team, visits.streets(*range(1, 81, 2)))
    stops = visits.items(looplijst)
    visits.save(stops[0], walker, result=GesprekResult.HELPED)
    visits.save(stops[1], walker)
    tail = visits.AuditTail()
    response = make_print(looplijst, walker)
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "no-store"
    pages = texts(response.content)
    assert len(pages) == 3
    found = [int(number) for page in pages for number in re.findall(r"Gerststraat (\d+)", page)]
    assert found == list(range(3, 81, 2))
    today = clock.today()
    for number, page in enumerate(pages, start=1):
        assert f"blad {number} van 3" in page
        assert f"Looplijst {looplijst.pk} · {team}" in page
        assert f"Afdruk 1 van {today.day} " in page
        assert "door Sam de Wit" in page
        assert "Vernietigen na gebruik" in page
        assert "Proef" not in page
    [(_, subject, keys, details)] = tail.lines(Event.LOOPLIJST_PRINTED)
    assert (subject, keys) == ("huishouden", [str(stop.household_id) for stop in stops[1:]])
    assert details == {"looplijst": looplijst.pk, "afdruk": 1, "aantal": 39}


def test_it_is_a4_and_without_the_audit_there_is_none(team, walker):
    looplijst = visits.list_of(team)
    with pypdfium2.PdfDocument(make_print(looplijst, walker).content) as document:
        assert [round(side) for side in document[0].get_size()] == [595, 842]
    client = Client(raise_request_exception=False)
    client.force_login(walker)
    with visits.broken_audit():
        response = client.post(PRINT.format(looplijst.pk), {"submission": uuid.uuid4()})
    assert response.status_code == 500
    with acting_as(SYSTEM_ACTOR):
        assert Sheet.objects.count() == 1


def test_there_is_no_bsn_and_no_source_in_the_file(team, walker):
    response = make_print(visits.list_of(team), walker)
    text = "".join(texts(response.content)).lower()
    for word in ("bsn", "bron", "zeker", "onzeker", "bijstand"):
        assert word not in text
    assert not re.search(r"\d{9}", text)


def test_what_the_font_cannot_draw_stops_no_list():
    paper = Paper([Row(1, "Ż\U0001f600weg 1", "1099 AB", "Stadspas", "–")])
    assert "Ż?weg 1" in texts(paper.pdf(Head("Lijst", "Ronde", "Nu")))[0]


def test_a_long_row_is_not_cut_by_the_edge_of_the_paper():
    rows = [Row(n, f"Straat {n}", "1099 AB", "Regeling " * 60, "–") for n in range(1, 30)]
    paper = Paper(rows)
    pages = texts(paper.pdf(Head("Lijst", "Ronde", "Nu")))
    assert len(pages) == paper.pages > 5
    assert sum(page.count("Regeling") for page in pages) == 29 * 60


@pytest.mark.parametrize(("municipal", "left"), [(False, ["3"]), (True, ["1", "3"])])
def test_an_address_that_became_protected_since_the_list_was_cut_is_not_printed_outside(municipal, left):
    """Nor written down as shown, nor kept with the print. A team of the municipality still goes there."""
    team = factories.team("Buurthuis", municipal=municipal)
    walker = factories.user(Role.BUURTTEAM, team=team)
    looplijst = visits.list_of(team, visits.streets(1, 3))
    homes = {str(item.household.house_number): item.household_id for item in visits.items(looplijst)}

    def printed() -> list[str]:
        return re.findall(r"Gerststraat (\d+)", "".join(texts(make_print(looplijst, walker).content)))

    assert printed() == ["1", "3"]
    with as_role("migrate"):
        Household.objects.filter(pk=homes["1"]).update(confidential=True)
    tail = visits.AuditTail()
    assert printed() == left
    [(_, _, keys, _)] = tail.lines(Event.LOOPLIJST_PRINTED)
    assert keys == [str(homes[number]) for number in left]
    with acting_as(SYSTEM_ACTOR):
        assert Sheet.objects.order_by("number").last().households == [homes[number] for number in left]


# --- the record ---


def test_each_print_has_a_number_and_the_same_form_twice_is_one_print(team, walker):
    looplijst = visits.list_of(team, visits.streets(1, 3))
    twice = uuid.uuid4()
    for submission in (twice, twice, uuid.uuid4()):
        assert make_print(looplijst, walker, submission).status_code == 200
    with acting_as(SYSTEM_ACTOR):
        found = list(Sheet.objects.order_by("number"))
    assert [(one.number, one.pages, one.made_by, len(one.households)) for one in found] == [
        (1, 1, walker, 2),
        (2, 1, walker, 2),
    ]


def test_an_empty_list_is_not_printed(team, walker):
    looplijst = visits.list_of(team, visits.streets(1))
    visits.opt_out(visits.items(looplijst)[0].household)
    assert make_print(looplijst, walker).status_code in (200, 404)
    with acting_as(SYSTEM_ACTOR):
        assert not Sheet.objects.exists()


def test_a_list_that_is_too_long_is_not_printed_and_no_button_leads_there(team, walker, monkeypatch):
    looplijst = visits.list_of(team, visits.streets(1, 3, 5))
    page, url = f"/looplijsten/{looplijst.pk}/", PRINT.format(looplijst.pk)
    client = client_of(walker)
    monkeypatch.setattr(sheets, "AT_MOST", 3)
    assert url in client.get(page).content.decode()
    monkeypatch.setattr(sheets, "AT_MOST", 2)
    assert url not in client.get(page).content.decode()
    for response in (client.get(url), make_print(looplijst, walker)):
        text = response.content.decode()
        assert "Maak eerst een korte lijst" in text
        assert "Pdf maken" not in text
        assert "Gerststraat" not in text
    # What is done already is on no print.
    visits.save(visits.items(looplijst)[0], walker, result=GesprekResult.HELPED)
    assert make_print(looplijst, walker)["Content-Type"] == "application/pdf"
    with acting_as(SYSTEM_ACTOR):
        assert Sheet.objects.count() == 1


def test_the_page_before_printing_shows_no_address_and_what_is_around(team, walker):
    looplijst = visits.list_of(team, visits.streets(1, 3))
    a_sheet(looplijst, walker)
    text = client_of(walker).get(PRINT.format(looplijst.pk)).content.decode()
    assert "2 huishoudens" in text
    assert f"Looplijst {looplijst.pk}, afdruk 1" in text
    assert "Gerststraat" not in text


def test_what_was_printed_cannot_be_changed_or_removed(team, walker):
    sheet = a_sheet(visits.list_of(team), walker)
    for statement in ("UPDATE outreach_sheet SET households = '{}'", "DELETE FROM outreach_sheet"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"{statement} WHERE id = %s", [sheet.pk])


# --- shredding ---


def test_paper_is_ticked_off_on_a_day_by_a_person_once(team, walker):
    sheet = a_sheet(visits.list_of(team), walker)
    colleague = factories.user(Role.BUURTTEAM, team=team)
    tail = visits.AuditTail()
    client = client_of(colleague)
    url = f"/looplijsten/afdrukken/{sheet.pk}/"
    for _ in range(2):
        response = client.post(url, {"on": clock.today().isoformat()}, follow=True)
        assert "is vernietigd" in response.content.decode()
    found = stored(sheet)
    assert (found.state, found.shredded_on, found.shredded_by) == (
        "vernietigd",
        clock.today(),
        colleague,
    )
    assert len(tail.lines(Event.SHEET_SHREDDED)) == 1


@pytest.mark.parametrize("days", [-1, 1])
def test_the_day_of_shredding_lies_between_printing_and_today(team, walker, days):
    sheet = a_sheet(visits.list_of(team), walker)
    day = clock.today() + datetime.timedelta(days=days)
    with acting_as(walker.actor()), pytest.raises(NotNow):
        sheets.shred(sheet=sheet, on=day, by=walker)
    url = f"/looplijsten/afdrukken/{sheet.pk}/"
    assert client_of(walker).post(url, {"on": day.isoformat()}).status_code == 422


def test_paper_that_stays_around_is_shown_to_who_made_it_and_to_the_teamleider(team, walker, settings):
    looplijst = visits.list_of(team)
    a_sheet(looplijst, walker)
    colleague = factories.user(Role.BUURTTEAM, team=team)
    leader = factories.user(Role.TEAMLEIDER)
    elsewhere = factories.user(Role.TEAMLEIDER, team=factories.team("Zuid", buurten=["BU2"]))
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=settings.SHEET_SHRED_DAYS + 1)
    seen = {}
    with time_machine.travel(later):
        for user in (walker, colleague, leader, elsewhere):
            client = client_of(user)
            response = client.get("/looplijsten/afdrukken/")
            warned = "papier dat al vernietigd" in client.get("/looplijsten/").content.decode()
            seen[user.pk] = (len(response.context["rows"]), response.context["late"], warned)
    assert seen == {
        walker.pk: (1, 1, True),
        colleague.pk: (0, 0, False),
        leader.pk: (1, 1, True),
        elsewhere.pk: (0, 0, False),
    }
    assert client_of(walker).get("/looplijsten/afdrukken/").context["late"] == 0


def test_the_page_of_prints_costs_the_same_for_one_as_for_many(team, walker):
    looplijst = visits.list_of(team)
    client = client_of(walker)
    a_sheet(looplijst, walker)
    with connection.execute_wrapper(counter := Counter()):
        client.get("/looplijsten/afdrukken/")
    for _ in range(4):
        make_print(looplijst, walker)
    with connection.execute_wrapper(more := Counter()):
        client.get("/looplijsten/afdrukken/")
    assert more.number == counter.number


class Counter:
    """Counts what goes to the database."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, execute, sql, params, many, context):
        self.number += 1
        return execute(sql, params, many, context)


# --- losing ---


def test_a_lost_list_is_a_data_breach_with_the_people_on_it_and_72_hours(team, walker):
    child = factories.person(birth_date="20180101")
    parent = factories.person()
    handover = factories.handover()
    of = factories.household(in_handover=handover, adults=[parent], children=[child])
    factories.candidacy(of)
    looplijst = visits.lists_of(handover, team, regelingen=["stadspas"])
    sheet = a_sheet(looplijst, walker)
    tail = visits.AuditTail()
    now = localtime()
    sent = {
        "on": now.date().isoformat(),
        "at": now.strftime("%H:%M"),
        "text": "In de tram blijven liggen",
    }
    client = client_of(walker)
    url = f"/looplijsten/afdrukken/{sheet.pk}/kwijt/"
    for _ in range(2):
        assert client.post(url, sent).status_code == 302
    text = client.get(f"/looplijsten/afdrukken/{sheet.pk}/").content.decode()
    with acting_as(SYSTEM_ACTOR):
        breach = Breach.objects.get()
    assert set(breach.persons) == {parent.pk, child.pk}
    assert (breach.sheet_id, breach.reported_by, breach.text) == (
        sheet.pk,
        walker,
        "In de tram blijven liggen",
    )
    assert breach.deadline() - breach.discovered_at == datetime.timedelta(hours=72)
    assert "Dit is een datalek" in text
    assert "Bel nu de privacy officer" in text
    assert stored(sheet).state == "kwijt"
    [line] = tail.lines(Event.BREACH_REPORTED)
    assert line[1:] == ("datalek", [str(breach.pk)], {"afdruk": sheet.pk, "personen": 2})


def test_a_loss_counts_those_who_were_given_to_another_team_since(team, walker):
    looplijst = visits.list_of(team, visits.streets(1, 3))
    sheet = a_sheet(looplijst, walker)
    other = factories.team("Stad", buurten=["BU03630001"])
    leader = factories.user(Role.TEAMLEIDER)
    with acting_as(leader.actor()):
        known = giving.plan(parts=[Part(looplijst)], to=Target(team=other), by=leader).known
        giving.hand_over(parts=[Part(looplijst)], to=Target(team=other), by=leader, known=known)
    team.buurten.clear()
    walker.refresh_from_db()
    assert client_of(walker).get(f"/looplijsten/afdrukken/{sheet.pk}/").status_code == 200
    assert len(lose(sheet, walker).persons) == 2


@pytest.mark.parametrize("ended", ["vernietigd", "kwijt"])
def test_paper_that_is_ticked_off_does_not_come_back_by_the_same_form(team, walker, ended):
    looplijst, key = visits.list_of(team), uuid.uuid4()
    printed = make_print(looplijst, walker, key)
    assert printed["Content-Disposition"].startswith("inline;")
    assert "no-store" in printed["Cache-Control"]
    with acting_as(SYSTEM_ACTOR):
        sheet = Sheet.objects.get()
    if ended == "kwijt":
        lose(sheet, walker)
    else:
        with acting_as(walker.actor()):
            sheets.shred(sheet=sheet, on=clock.today(), by=walker)
    again = make_print(looplijst, walker, key)
    assert again["Content-Type"].startswith("text/html")
    assert "Deze afdruk is al afgemeld" in again.content.decode()
    fresh = again.context["form"]["submission"].value()
    assert fresh != key
    assert make_print(looplijst, walker, fresh)["Content-Type"] == "application/pdf"
    assert stored(sheet).state == ended


def test_lost_is_said_once_and_found_again_it_is_still_shredded(team, walker):
    sheet = a_sheet(visits.list_of(team), walker)
    lose(sheet, walker)
    with pytest.raises(StateChanged):
        lose(stored(sheet), walker)
    with acting_as(walker.actor()):
        sheets.shred(sheet=stored(sheet), on=clock.today(), by=walker)
    with acting_as(SYSTEM_ACTOR):
        assert Breach.objects.count() == 1


def test_a_loss_is_not_in_the_future_and_holds_no_bsn(team, walker):
    sheet = a_sheet(visits.list_of(team), walker)
    with acting_as(walker.actor()), pytest.raises(NotNow):
        sheets.lose(sheet=sheet, loss=Loss(clock.now() + datetime.timedelta(hours=1), "x"), by=walker)
    now = localtime()
    sent = {"on": now.date().isoformat(), "at": now.strftime("%H:%M"), "text": "van 123456782"}
    response = client_of(walker).post(f"/looplijsten/afdrukken/{sheet.pk}/kwijt/", sent)
    assert response.status_code == 422
    assert "een BSN kan zijn" in response.content.decode()
    assert stored(sheet).state == "in_gebruik"


def test_who_sees_a_breach(team, walker):
    breach = lose(a_sheet(visits.list_of(team), walker), walker)
    elsewhere = factories.team("Zuid", buurten=["BU2"])
    sees = {
        role: user
        for role, user in {
            "reporter": walker,
            "colleague": factories.user(Role.BUURTTEAM, team=team),
            "leader": factories.user(Role.TEAMLEIDER, team=team),
            "leader elsewhere": factories.user(Role.TEAMLEIDER, team=elsewhere),
            "privacy officer": factories.user(Role.PRIVACY_OFFICER),
            "manager": factories.user(Role.FUNCTIONEEL_BEHEERDER),
            "analyst": factories.user(Role.ANALIST),
        }.items()
        if _sees(user, breach)
    }
    assert set(sees) == {"reporter", "leader", "privacy officer"}


def _sees(user: User, breach: Breach) -> bool:
    with acting_as(user.actor()):
        return Breach.objects.filter(pk=breach.pk).exists()


def test_who_prints(team):
    looplijst = visits.list_of(team)
    analyst = factories.user(Role.ANALIST)
    with acting_as(analyst.actor()), pytest.raises(PermissionDenied):
        sheets.make(looplijst=looplijst, households=[], pages=1, submission=uuid.uuid4(), by=analyst)
