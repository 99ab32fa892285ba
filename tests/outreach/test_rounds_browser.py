"""The first page and the pages of the rounds in a real browser, at three widths."""

import datetime
import os

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from outreach.actions import rounds
from outreach.kernel.db import acting_as
from outreach.models import Handover, Klasse, Regeling, Role, Round, User
from outreach.models.round import RoundKind, RoundState
from tests import factories
from tests.outreach.many import many
from tests.ui import judging
from tests.ui.conftest import browser_context_args, browser_type_launch_args  # noqa: F401
from tests.ui.test_kit_browser import SMALL_TARGETS, TARGETS, TOO_WIDE

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
# Playwright runs an event loop in this thread, from before the database is there until it is emptied.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
WIDTHS = [1366, 390, 320]


def sign_in(page: Page, address: str, user: User) -> None:
    client = Client()
    client.force_login(user)
    page.context.add_cookies(
        [{"name": "sessie", "value": client.cookies["sessie"].value, "url": address, "httpOnly": True}]
    )


def make(handover: Handover, maker: User, kind: RoundKind, *regelingen: str, name: str) -> Round:
    with acting_as(maker.actor()):
        return rounds.make(
            name=name,
            kind=kind,
            handover=handover,
            regelingen=Regeling.objects.filter(pk__in=regelingen),
            klassen=Klasse.values,
            reply_before=datetime.date(2026, 12, 18) if kind == RoundKind.LETTER else None,
            by=maker,
        )


@pytest.fixture
def town() -> dict[str, User]:
    """A koppeling with large and small counts, three teams, and rounds that wait and that were fixed."""
    handover = factories.handover(datetime.date(2026, 11, 1))
    north = factories.team("Buurtteam Noord-Waterveen en Oude Haven", buurten=["BU1"])
    factories.team("Buurtteam Zuid", buurten=["BU2"])
    many(handover, 140, "stadspas", "czv", buurt="BU1")
    many(handover, 60, "stadspas", klasse="onzeker", buurt="BU2", street="Akkerweg")
    many(handover, 31, "iit", "scholierenvergoeding", buurt="BU2", street="Beukhof")
    many(handover, 4, "iit", klasse="onzeker", buurt="BU9", street="Dorpsplein")
    many(handover, 6, "laptop", buurt="BU9", street="Eikenlaan")
    people = {
        role.value: factories.user(role, team=north if role == Role.BUURTTEAM else None) for role in Role
    }
    people["maker"] = factories.user(Role.TEAMLEIDER)
    visits = make(
        handover, people["maker"], RoundKind.VISIT, "czv", "iit", "laptop", name="Bezoek november 2026"
    )
    with acting_as(people["teamleider"].actor()):
        rounds.fix(round_=visits, by=people["teamleider"])
    make(handover, people["maker"], RoundKind.LETTER, "stadspas", name="Brieven Stadspas november 2026")
    make(handover, people["teamleider"], RoundKind.LETTER, "iit", name="Brieven inkomenstoeslag")
    return people


def address_of(name: str) -> str:
    """The address of a page by the name that a test gives it."""
    if name in ("concept", "fixed"):
        state = RoundState.CONCEPT if name == "concept" else RoundState.FIXED
        return reverse("round", args=[Round.objects.filter(state=state).earliest("pk").pk])
    if name in ("brief", "bezoek"):
        return f"{reverse('round_new')}?soort={name}&koppeling={Handover.objects.get().pk}"
    return reverse(name)


PAGES = [("teamleider", name) for name in ("rounds", "round_new", "brief", "bezoek", "concept", "fixed")]
PAGES += [(role.value, "home") for role in Role]


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_serious_and_nothing_too_wide(page: Page, live_server, town, width: int):
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_viewport_size({"width": width, "height": 844})
    for role, name in PAGES:
        sign_in(page, live_server.url, town[role])
        page.goto(live_server.url + address_of(name))
        expect(page.locator("h1")).to_be_visible()
        violations = judging.violations(page)
        found = [(v["impact"], v["id"], v["nodes"][0]["html"][:200]) for v in violations]
        assert (role, name, found) == (role, name, [])
        assert not page.evaluate(TOO_WIDE), (role, name)
        if width < 768:
            assert page.evaluate(SMALL_TARGETS, TARGETS) == 0, (role, name)
    assert complaints == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_round_is_made_by_one_and_fixed_by_another(
    browser,
    browser_context_args,  # noqa: F811
    live_server,
    town,
    scripts,
):
    context = browser.new_context(**browser_context_args, java_script_enabled=scripts)
    page = context.new_page()
    sign_in(page, live_server.url, town["teamleider"])
    page.goto(live_server.url + reverse("home"))
    page.get_by_role("navigation", name="Hoofdmenu").get_by_role("link", name="Meer").click()
    page.get_by_role("link", name="Rondes").click()
    page.get_by_role("link", name="Nieuwe ronde").click()
    page.get_by_text("Eén regeling. Elk huishouden krijgt een brief").click()
    page.get_by_role("button", name="Verder").click()
    page.get_by_role("button", name="Ronde maken").click()
    expect(page.get_by_role("link", name="Regeling: Kies een regeling.")).to_be_visible()
    page.locator("label", has_text="Stadspas").click()
    page.get_by_role("button", name="Ronde maken").click()
    expect(page.get_by_text("De ronde is gemaakt.")).to_be_visible()
    expect(page.get_by_role("button", name="Ronde vaststellen")).to_have_count(0)
    address = page.url
    sign_in(page, live_server.url, town["applicatiebeheerder"])
    page.goto(address)
    page.get_by_role("button", name="Ronde vaststellen").click()
    expect(page.get_by_text("De ronde is vastgesteld.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Vastgesteld")
    context.close()
