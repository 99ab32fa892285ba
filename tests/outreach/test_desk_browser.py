"""The pages of the desk in a real browser: accessible, not too wide, with keys alone and without a script."""

import os
import secrets
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from letters.composition.codes import human
from letters.models import Letter
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Household, Role, User
from tests import factories
from tests.letters import rounds
from tests.roles import as_role
from tests.ui import judging
from tests.ui.conftest import browser_context_args, browser_type_launch_args  # noqa: F401
from tests.ui.test_kit_browser import SMALL_TARGETS, TARGETS, TOO_WIDE

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
# Playwright runs an event loop in this thread, from before the database is there until it is emptied.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
WIDTHS = [1366, 390, 320]
#: Where to put pictures of the pages to look at; nowhere unless somebody asks.
PICTURES = os.environ.get("BEREIK_PICTURES", "")


def _sign_in(page: Page, address: str) -> User:
    key = 10**6 + secrets.randbelow(10**9)
    user = User.objects.create_user(
        pk=key, username=f"c{key}", role=Role.CONSULENT, first_name="Carla", last_name="de Wit"
    )
    client = Client()
    client.force_login(user)
    cookie = client.cookies["sessie"]
    page.context.add_cookies([{"name": "sessie", "value": cookie.value, "url": address}])
    return user


@pytest.fixture
def letter() -> Letter:
    part = rounds.made(1, children=2, regeling="stadspas")
    with as_role("migrate"):
        Letter.objects.filter(part=part).update(production="verzonden", response="open")
    [found] = rounds.letters(part)
    return found


@pytest.fixture
def household(letter: Letter) -> Household:
    """A household with a long history, and a warning that holds."""
    with acting_as(SYSTEM_ACTOR):
        approver = factories.user(Role.TEAMLEIDER)
        of = Household.objects.with_page_data().get(pk=letter.household_id)
        factories.safety(
            of,
            category="dier",
            text="De hond loopt los in de tuin. Bel eerst: 0123 456 789.",
            state="goedgekeurd",
            decided_by=approver,
            decided_at=clock.now(),
        )
        factories.safety(of)
        refused = {"state": "geweigerd", "answered_by": approver, "answered_at": clock.now()}
        factories.referral(of, reason="Er is een wachtlijst van drie maanden.", **refused)
        factories.referral(of)
        factories.representative(of.adults()[0])
    return of


def _pages(household: Household) -> list[tuple[str, str]]:
    with acting_as(SYSTEM_ACTOR):
        referral = household.referrals.get(state="gevraagd")
        waits = household.safety_instructions.get(state="voorgesteld")
    return [
        (name, reverse(name, args=args))
        for name, args in (
            ("household", [household.pk]),
            ("search", []),
            ("desk_letter", []),
            ("referral_new", [household.pk]),
            ("referral", [household.pk, referral.pk]),
            ("safety_new", [household.pk]),
            ("safety", [household.pk, waits.pk]),
            ("safety_list", []),
        )
    ]


def _looked_at(page: Page, name: str, width: int) -> None:
    assert not page.evaluate(TOO_WIDE), name
    violations = judging.violations(page)
    assert (name, [(one["id"], one["nodes"][0]["html"][:200]) for one in violations]) == (name, [])
    if width < 768:
        assert page.evaluate(SMALL_TARGETS, TARGETS) == 0, name
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_are_accessible_and_fit(page: Page, live_server, household, letter, width):
    _sign_in(page, live_server.url)
    # So tall that the bar with the button, which stays in view, lies over none of the fields.
    page.set_viewport_size({"width": width, "height": 2000})
    for name, address in _pages(household):
        page.goto(live_server.url + address)
        _looked_at(page, name, width)
    page.goto(live_server.url + reverse("search"))
    page.get_by_label("Zoek een huishouden").fill(f"{household.postcode} {household.house_number}")
    page.get_by_role("button", name="Zoeken").click()
    expect(page.get_by_role("heading", name="1 huishouden gevonden")).to_be_visible()
    _looked_at(page, "search-found", width)
    page.goto(live_server.url + reverse("desk_letter"))
    page.get_by_label("Code of kenmerk").fill(human(letter.form_code))
    page.get_by_text("De inwoner zit bij mij").click()
    page.get_by_role("button", name="Brief openen").click()
    expect(page.get_by_role("heading", name="Wat er op de brief staat")).to_be_visible()
    _looked_at(page, "desk_letter-open", width)


def test_a_slash_goes_to_the_field_and_enter_searches(page: Page, live_server, household):
    _sign_in(page, live_server.url)
    page.goto(live_server.url + reverse("search"))
    page.keyboard.press("/")
    page.keyboard.type(f"{household.postcode} {household.house_number}")
    page.keyboard.press("Enter")
    page.get_by_role("table").get_by_role("link").click()
    expect(page.get_by_role("heading", name="Tijdlijn")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0


def test_it_works_without_a_script(browser: Browser, live_server, household):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    user = _sign_in(page, live_server.url)
    page.goto(live_server.url + reverse("search"))
    page.get_by_label("Zoek een huishouden").fill(f"{household.postcode} {household.house_number}")
    page.get_by_role("button", name="Zoeken").click()
    page.get_by_role("table").get_by_role("link").click()
    page.get_by_role("link", name="Veiligheidsinstructie schrijven").click()
    page.get_by_text("Ga met z’n tweeën", exact=True).click()
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_text("Een collega moet dit nog goedkeuren")).to_be_visible()
    with acting_as(SYSTEM_ACTOR):
        assert household.safety_instructions.filter(made_by=user).count() == 1
    context.close()
