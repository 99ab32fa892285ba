"""The pages about who acts for somebody in a real browser: accessible, not too wide, and without a script."""

import os

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Representative, Role
from tests import factories
from tests.ui import judging
from tests.ui.conftest import browser_context_args, browser_type_launch_args  # noqa: F401
from tests.ui.test_kit_browser import SMALL_TARGETS, TARGETS, TOO_WIDE

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
# Playwright runs an event loop in this thread, from before the database is there until it is emptied.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
WIDTHS = [1366, 390, 320]


def _sign_in(page: Page, address: str) -> None:
    client = Client()
    client.force_login(factories.user(Role.CONSULENT))
    cookie = client.cookies["sessie"]
    page.context.add_cookies([{"name": "sessie", "value": cookie.value, "url": address}])


@pytest.fixture
def household():
    made = factories.household(adults=[factories.person(), factories.person(given_names="Kees")])
    factories.candidacy(made)
    with acting_as(SYSTEM_ACTOR):
        factories.representative(
            made.members.get(addressee=True).person,
            name="Coöperatieve Vereniging Bescherming en Inkomensbeheer U.A.",
            attention="mevrouw drs. M.M.W. van den Broek",
            phone="0123 456 789",
        )
    return made


@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_are_accessible_and_fit(page: Page, live_server, household, width):
    _sign_in(page, live_server.url)
    page.set_viewport_size({"width": width, "height": 900})
    with acting_as(SYSTEM_ACTOR):
        one = Representative.objects.get()
    for name, args in [
        ("household", [household.pk]),
        ("representative_new", [household.pk]),
        ("representative_end", [household.pk, one.pk]),
    ]:
        page.goto(live_server.url + reverse(name, args=args))
        assert not page.evaluate(TOO_WIDE), name
        violations = judging.violations(page)
        assert (name, [(one["id"], one["nodes"][0]["html"][:200]) for one in violations]) == (name, [])
        if width < 768:
            assert page.evaluate(SMALL_TARGETS, TARGETS) == 0, name
        if folder := os.environ.get("BEREIK_PICTURES"):
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


def test_one_is_added_without_a_script(browser, live_server, household):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    _sign_in(page, live_server.url)
    page.goto(live_server.url + reverse("household", args=[household.pk]))
    page.get_by_role("link", name="Vertegenwoordiger toevoegen").click()
    page.get_by_label("Kees").check()
    page.get_by_label("Mentor").check()
    page.get_by_label("Naam van de persoon of het kantoor").fill("P. Kok")
    page.get_by_label("Postbus").fill("12")
    page.get_by_label("Postcode").fill("1234 ab")
    page.get_by_label("Plaats").fill("Waterveen")
    page.get_by_label("Kenmerk van het bewijs").fill("beschikking 26/200")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_role("heading", name="P. Kok")).to_be_visible()
    context.close()
