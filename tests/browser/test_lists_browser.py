"""Making lists, giving them on and printing them, in a browser; BEREIK_PICTURES=<folder> keeps pictures."""

import os
import uuid
from pathlib import Path
from urllib.parse import urlencode

import pypdfium2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from outreach.actions import sheets
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Looplijst, Role, Sheet, User
from tests import factories
from tests.browser.conftest import DESK, PHONE, SMALL, SignIn, Watch
from tests.outreach import visits
from tests.ui import judging
from tests.ui.test_kit_browser import SMALL_TARGETS, TARGETS, TOO_WIDE

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
QUESTION = {
    "buurten": ["BU03630001", "BU03630002"],
    "regelingen": ["stadspas", "czv"],
    "klassen": ["zeker", "onzeker"],
    "at_most": 8,
    "seed": 3,
}


@pytest.fixture
def leader(looplijst: Looplijst) -> User:
    return factories.user(Role.TEAMLEIDER)


@pytest.fixture
def opened(
    browser: Browser,
    browser_context_args: dict,
    live_server: LiveServer,
    sign_in: SignIn,
    leader: User,
):
    """A page of the teamleider on a screen of some size."""
    contexts: list[BrowserContext] = []

    def opens(size: dict[str, int], *, scripts: bool = True) -> tuple[Page, Watch]:
        settings = {**browser_context_args, "viewport": size, "java_script_enabled": scripts}
        context = browser.new_context(**settings, base_url=live_server.url)
        contexts.append(context)
        sign_in(context, leader)
        page = context.new_page()
        return page, Watch(page)

    yield opens
    for context in contexts:
        context.close()


def _print(looplijst: Looplijst, by: User) -> Sheet:
    households = [item.household_id for item in visits.items(looplijst)]
    with acting_as(by.actor()):
        return sheets.make(
            looplijst=looplijst, households=households, pages=3, submission=uuid.uuid4(), by=by
        )[0]


def _pages(looplijst: Looplijst, walker: User, sheet: Sheet) -> dict[str, str]:
    cut = f"/rondes/{looplijst.round_id}/looplijst/"
    give = f"/looplijsten/{looplijst.pk}/overdragen/"
    elsewhere = factories.team("Zuid", buurten=["BU9"])
    to_elsewhere = urlencode({"lijst": looplijst.pk, "aan": f"team-{elsewhere.pk}"})
    to_walker = urlencode({"lijst": looplijst.pk, "nummers": "1-10", "aan": f"medewerker-{walker.pk}"})
    return {
        "cut-team": cut,
        "cut": f"{cut}?team={looplijst.team_id}",
        "cut-preview": f"{cut}?" + urlencode(QUESTION | {"team": looplijst.team_id}, doseq=True),
        "cut-error": f"{cut}?" + urlencode({"team": looplijst.team_id, "at_most": "0"}),
        "give": "/looplijsten/overdragen/",
        "give-no": f"/looplijsten/overdragen/?{to_elsewhere}",
        "give-preview": f"{give}?{to_walker}",
        "print": f"/looplijsten/{looplijst.pk}/afdrukken/",
        "sheets": "/looplijsten/afdrukken/",
        "sheet": f"/looplijsten/afdrukken/{sheet.pk}/",
        "lose": f"/looplijsten/afdrukken/{sheet.pk}/kwijt/",
        "staff": "/medewerkers/",
        "leave": f"/medewerkers/{walker.pk}/uit-dienst/",
    }


@pytest.mark.parametrize("size", [DESK, PHONE, SMALL], ids=["1366", "390", "320"])
def test_every_page_is_accessible_and_fits(opened, looplijst, walker, size):
    page, watch = opened(size)
    folder = os.environ.get("BEREIK_PICTURES")
    found = {}
    for name, path in _pages(looplijst, walker, _print(looplijst, walker)).items():
        page.goto(path)
        violations = judging.violations(page)
        found[name] = [(each["impact"], each["id"], each["nodes"][0]["html"][:160]) for each in violations]
        assert not page.evaluate(TOO_WIDE), name
        if size is not DESK:
            assert page.evaluate(SMALL_TARGETS, TARGETS) == 0, name
        if folder:
            page.screenshot(path=Path(folder) / f"{name}-{size['width']}.png", full_page=True)
    assert {name: each for name, each in found.items() if each} == {}
    refused = "the server responded with a status of 422"
    assert [complaint for complaint in watch.complaints if refused not in complaint] == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_list_is_made_and_given_to_somebody(opened, looplijst, walker, scripts):
    page, _ = opened(PHONE, scripts=scripts)
    page.goto(f"/rondes/{looplijst.round_id}/")
    page.get_by_role("link", name="Looplijst maken").click()
    page.get_by_label("Hoeveel adressen hooguit?").fill("8")
    page.get_by_role("button", name="Bekijk de lijst").click()
    expect(page.get_by_text("De lijst krijgt 8 adressen")).to_be_visible()
    page.get_by_role("button", name="Maak deze lijst").click()
    expect(page.get_by_text("De lijst is gemaakt.")).to_be_visible()
    page.get_by_role("link", name="Overdragen").click()
    page.get_by_label("Aan wie?").select_option(label="Bea Bakker (Buurtteam Noord)")
    page.get_by_role("button", name="Bekijk wat er gebeurt").click()
    page.get_by_role("button", name="Overdragen").click()
    expect(page.get_by_text("De looplijst is nu van Bea Bakker.")).to_be_visible()
    with acting_as(SYSTEM_ACTOR):
        made = Looplijst.objects.get(pile=False)
        assert (made.assigned_to, made.items.count()) == (walker, 8)


def test_the_paper_comes_as_a_file_is_lost_and_is_a_breach(opened, looplijst):
    page, _ = opened(PHONE)
    page.goto(f"/looplijsten/{looplijst.pk}/afdrukken/")
    # The browser shows the paper itself; what it is sent is looked at here.
    filled = page.locator("form", has=page.get_by_role("button", name="Pdf maken"))
    sent = filled.evaluate("(form) => Object.fromEntries(new FormData(form))")
    answer = page.request.post(page.url, form=sent, headers={"Referer": page.url})
    assert answer.headers["content-disposition"].startswith("inline")
    with pypdfium2.PdfDocument(answer.body()) as printed:
        assert f"blad 1 van {len(printed)}" in printed[0].get_textpage().get_text_range()
    page.goto("/looplijsten/afdrukken/")
    page.locator(".kit-cards").get_by_role("link", name=f"Looplijst {looplijst.pk}, afdruk 1").click()
    page.get_by_role("link", name="Lijst kwijt").click()
    page.get_by_label("Wat is er gebeurd?").fill("In de tram blijven liggen")
    page.get_by_role("button", name="Datalek melden").click()
    expect(page.get_by_role("heading", name="Dit is een datalek")).to_be_visible()
    expect(page.get_by_role("button", name="Vernietigd")).to_be_visible()
