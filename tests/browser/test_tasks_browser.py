"""Tasks and what follows from a gesprek in a real browser, on a desk, a phone and a small phone."""

import datetime

import pytest
from playwright.sync_api import Page, expect

from outreach.actions import tasks
from outreach.actions.tasks import ToDo
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import GesprekOutcome, SituationChange, Task
from outreach.models.task import Meeting, TaskKind
from tests import factories
from tests.browser.conftest import DESK, PHONE, SMALL
from tests.outreach import visits
from tests.ui import judging
from tests.ui.test_kit_browser import SMALL_TARGETS, TARGETS, TOO_WIDE

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
SIZES = pytest.mark.parametrize("size", [DESK, PHONE, SMALL], ids=["desk", "phone", "small"])


def _days(number: int) -> datetime.date:
    return clock.today() + datetime.timedelta(days=number)


@pytest.fixture
def some_tasks(walker, looplijst) -> None:
    """A late one, an appointment and one of the team, each at another address, and an answer that is late.

    Somebody acts for who is to be called back.
    """
    late = ToDo(TaskKind.CALL_BACK, _days(-2), "Belt liever na zes uur")
    time = datetime.time(14, 30)
    appointment = ToDo(TaskKind.APPOINTMENT, _days(2), "", Meeting.DESK, "Stadsloket Noord", time)
    of_team = ToDo(TaskKind.HELP, _days(7))
    todos = ((late, walker), (appointment, walker), (of_team, walker.team))
    with acting_as(walker.actor()):
        for item, (todo, to) in zip(visits.items(looplijst), todos, strict=False):
            tasks.make(household=item.household, todo=todo, to=to, by=walker)
    called = visits.items(looplijst)[0].household
    with acting_as(SYSTEM_ACTOR):
        factories.representative(called.members.filter(adult=True).first().person, phone="0612345678")
        factories.referral(called, asked_by=walker, due_on=_days(-1))


def _check(page: Page, size: dict[str, int]) -> list[tuple[str, str]]:
    violations = judging.violations(page)
    assert not page.evaluate(TOO_WIDE)
    if size is not DESK:
        assert page.evaluate(SMALL_TARGETS, TARGETS) == 0
    return [(each["id"], each["nodes"][0]["html"][:160]) for each in violations]


def _open_folds(page: Page) -> None:
    for fold in page.locator("form[data-unsaved] details, .case-visit__rights details").all():
        summary = fold.locator("summary")
        if summary.is_visible() and fold.get_attribute("open") is None:
            summary.click()


@SIZES
def test_every_page_of_tasks_is_accessible_and_fits(open_page, looplijst, some_tasks, size):
    page, watch = open_page("/taken/", size)
    here = visits.items(looplijst)[0].household_id
    expect(page.get_by_text("Er is 1 taak te laat")).to_be_visible()
    expect(page.get_by_text("Antwoord is te laat").locator("visible=true")).to_be_visible()
    expect(page.get_by_text("bel die eerst").locator("visible=true")).to_be_visible()
    found = {"mine": _check(page, size)}
    page.goto("/taken/?van=team")
    found["team"] = _check(page, size)
    page.get_by_role("link", name="Terugbellen").locator("visible=true").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Terugbellen")
    expect(page.get_by_text("Telefoon 0612345678")).to_be_visible()
    found["one"] = _check(page, size)
    page.goto(f"/huishoudens/{here}/taak/")
    found["new"] = _check(page, size)
    page.goto(f"/huishoudens/{here}/gesprek/?lijst={looplijst.pk}")
    _open_folds(page)
    page.locator("select[name^=said_]").first.select_option("wil_niet")
    found["gesprek"] = _check(page, size)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    assert watch.complaints == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_all_that_follows_from_a_gesprek_is_told_on_a_phone(open_page, looplijst, scripts):
    item = visits.items(looplijst)[4]
    page, watch = open_page(
        f"/huishoudens/{item.household_id}/gesprek/?lijst={looplijst.pk}", PHONE, scripts=scripts
    )
    page.get_by_text("Gesproken", exact=True).click()
    page.get_by_text("Uitleg gegeven, vraagt zelf aan").click()
    page.get_by_text("Per regeling: wat kwam eruit?").click()
    again = page.locator("input[name^=again_]").first
    expect(again).to_be_hidden()
    page.locator("select[name^=said_]").first.select_option(label="Wil het niet")
    expect(again).to_be_visible()
    page.get_by_text("Er verandert iets in het huishouden").click()
    page.get_by_label("Wat veranderde er?").select_option(label="Kind geboren")
    page.locator("input[name=change_1_on]").fill(_days(-3).isoformat())
    page.get_by_text("Afspraak maken").click()
    page.get_by_label("Hoe spreken jullie af?").select_option(label="Aan de balie")
    page.get_by_label("Dag", exact=True).fill(_days(3).isoformat())
    page.get_by_label("Tijd").fill("14:30")
    page.get_by_role("button", name="Opslaan", exact=True).click()
    expect(page.get_by_text("Opgeslagen.")).to_be_visible()
    expect(page.get_by_text("Begin er nu niet over.")).to_be_visible()
    expect(page.get_by_role("link", name="Afspraak", exact=True)).to_be_visible()
    with acting_as(SYSTEM_ACTOR):
        assert [model.objects.count() for model in (GesprekOutcome, SituationChange, Task)] == [1, 1, 1]
    assert watch.complaints == []


def test_a_task_is_done_with_one_tap_from_the_list(open_page, some_tasks):
    page, watch = open_page("/taken/", PHONE)
    page.get_by_role("button", name="Gedaan").locator("visible=true").first.click()
    expect(page.get_by_text("Opgeslagen: de taak is gedaan.")).to_be_visible()
    expect(page.get_by_text("taak te laat")).to_have_count(0)
    assert watch.complaints == []


def test_who_was_out_gets_another_day_and_part_of_it(open_page, looplijst):
    """The tile and the button alone: the folds ask for nothing."""
    page, watch = open_page(f"/looplijsten/{looplijst.pk}/?status=open", PHONE)
    first = page.locator(".kit-card__link").first
    address = first.inner_text()
    first.click()
    page.get_by_role("link", name="Gesprek vastleggen").click()
    page.get_by_text("Niet thuis", exact=True).click()
    page.get_by_role("button", name="Opslaan en volgende").click()
    expect(page.get_by_text("Opgeslagen. Dit is het volgende adres.")).to_be_visible()
    page.goto(f"/looplijsten/{looplijst.pk}/?status=bezocht")
    card = page.locator(".kit-card:visible", has=page.get_by_role("link", name=address, exact=True))
    expect(card).to_contain_text("Probeer: ")
    assert watch.complaints == []
