"""The admin in a real browser: accessible, not too wide, and nothing that the policy of the site forbids."""

import os

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from outreach.models import Buurt, Role, User
from tests import factories
from tests.outreach.test_rounds_browser import sign_in
from tests.ui import judging
from tests.ui.conftest import browser_context_args, browser_type_launch_args  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
# Playwright runs an event loop in this thread, from before the database is there until it is emptied.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# What Django's admin is measured by: the law's rules. Its headings are its own.


@pytest.fixture
def beheerder() -> User:
    return factories.user(Role.FUNCTIONEEL_BEHEERDER)


def addresses(user: User) -> dict[str, str]:
    """Every kind of page in the admin."""
    team = factories.team(buurten=["BU03630001", "BU03630002"])
    named = {
        "index": (),
        "outreach_user_changelist": (),
        "outreach_user_add": (),
        "outreach_user_change": (user.pk,),
        "auth_user_password_change": (user.pk,),
        "outreach_team_change": (team.pk,),
        "outreach_buurt_import": (),
        "outreach_buurt_export": (),
        "outreach_regeling_change": ("stadspas",),
        "admin_logentry_changelist": (),
    }
    return {name: reverse(f"admin:{name}", args=args) for name, args in named.items()}


@pytest.mark.parametrize("width", [1366, 390, 320])
def test_nothing_serious_and_nothing_too_wide(page: Page, live_server, beheerder, width: int):
    complaints: list[str] = []
    page.set_viewport_size({"width": width, "height": 844})
    sign_in(page, live_server.url, beheerder)
    for name, address in addresses(beheerder).items():
        # Axe itself sets styles on these pages, so it is not listened to.
        page.on("console", hears := _hears(name, complaints))
        page.goto(live_server.url + address)
        expect(page.locator("h1").first).to_be_visible()
        page.remove_listener("console", hears)
        violations = judging.violations(page)
        found = [(v["impact"], v["id"], v["nodes"][0]["html"][:200]) for v in violations]
        assert (name, found) == (name, [])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    assert complaints == []


def _hears(name: str, complaints: list[str]):
    return lambda message: complaints.append(f"{name}: {message.text}") if message.type == "error" else None


def test_a_list_is_looked_at_before_it_is_read(page: Page, live_server, beheerder):
    sign_in(page, live_server.url, beheerder)
    page.goto(live_server.url + reverse("admin:outreach_buurt_import"))
    content = b"code;naam\nBU03630001;Oude Haven\n"
    file = {"name": "buurten.csv", "mimeType": "text/csv", "buffer": content}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Indienen").click()
    expect(page.get_by_role("heading", name="Voorbeeldweergave")).to_be_visible()
    expect(page.get_by_role("cell", name="Oude Haven")).to_be_visible()
    assert not Buurt.objects.exists()
    page.get_by_role("button", name="Accepteer de import").click()
    expect(page.get_by_text("Het bestand is ingelezen: 1 nieuw, 0 gewijzigd.")).to_be_visible()
    assert Buurt.objects.get().name == "Oude Haven"
