"""The pages of destruction in a real browser: accessible, not too wide, and a list is approved there."""

import os
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from outreach.actions import destruction
from outreach.kernel.db import acting_as
from outreach.models import Role, User
from tests import factories
from tests.eligibility import destroying
from tests.outreach.test_rounds_browser import sign_in
from tests.ui import judging
from tests.ui.conftest import browser_context_args, browser_type_launch_args  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
# Playwright runs an event loop in this thread, from before the database is there until it is emptied.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def officer() -> User:
    return factories.user(Role.PRIVACY_OFFICER)


def addresses(officer: User) -> dict[str, str]:
    made = destroying.draft(range(1, 12))
    approved = destroying.approve(destroying.draft(["2024"], "cyclus"))
    with acting_as(officer.actor()):
        hold = destruction.place_hold(kind="scan", subject="", reason="Onderzoek van de AP", by=officer)
    proposer = factories.user(Role.FUNCTIONEEL_BEHEERDER)
    with acting_as(proposer.actor()):
        rule = destruction.set_rule(
            kind="scan", term=84, unit="maanden", ground="Selectielijst gemeenten 2020, 19.1", by=proposer
        )
    named = {
        "retentionrule_changelist": (),
        "retentionrule_change": (rule.pk,),
        "legalhold_changelist": (),
        "legalhold_add": (),
        "legalhold_change": (hold.pk,),
        "destructionlist_changelist": (),
        "destructionlist_add": (),
        "destructionlist_change": (made.pk,),
        "destructionlist_history": (approved.pk,),
    }
    return {name: reverse(f"admin:outreach_{name}", args=args) for name, args in named.items()}


@pytest.mark.parametrize("width", [1366, 390, 320])
def test_nothing_serious_and_nothing_too_wide(page: Page, live_server, officer, width: int):
    page.set_viewport_size({"width": width, "height": 844})
    sign_in(page, live_server.url, officer)
    for name, address in addresses(officer).items():
        answer = page.goto(live_server.url + address)
        assert answer is not None, name
        assert answer.status == 200, name
        expect(page.locator("h1").first).to_be_visible()
        if "PICTURES" in os.environ:
            page.screenshot(path=Path(os.environ["PICTURES"]) / f"{name}-{width}.png", full_page=True)
        violations = judging.violations(page)
        found = [(v["impact"], v["id"], v["nodes"][0]["html"][:200]) for v in violations]
        assert (name, found) == (name, [])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def test_a_list_is_approved_with_a_click(page: Page, live_server, officer):
    made = destroying.draft(range(1, 4))
    sign_in(page, live_server.url, officer)
    page.goto(live_server.url + reverse("admin:outreach_destructionlist_change", args=[made.pk]))
    page.get_by_role("button", name="Goedkeuren").click()
    expect(page.get_by_text("De lijst is goedgekeurd")).to_be_visible()
    expect(page.get_by_role("button", name="Goedkeuren")).to_have_count(0)
    page.get_by_role("button", name="Intrekken").click()
    expect(page.get_by_text("Er wordt niets vernietigd")).to_be_visible()
