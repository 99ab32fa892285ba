"""Help and meldingen in a real browser: reachable from a page, also without scripts, sound on three widths.

With BEREIK_PICTURES=<folder> each page is kept as a picture, to be looked at.
"""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from outreach.actions import notifications
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Role, User
from outreach.models.notification import NotificationKind
from tests import factories
from tests.browser.conftest import DESK, PHONE, SMALL
from tests.browser.test_every_page import TOO_WIDE
from tests.ui import judging

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.proof]
SIZES = {"1366": DESK, "390": PHONE, "320": SMALL}


@pytest.fixture
def _told(walker, looplijst) -> None:
    with acting_as(SYSTEM_ACTOR):
        notifications.tell(NotificationKind.LIST_GIVEN, [looplijst.pk], {walker.pk})
        notifications.tell(NotificationKind.TASK_GIVEN, range(1, 121), {walker.pk})
        notifications.tell(NotificationKind.REFERRAL_ANSWERED, [1], {walker.pk})


def keep_picture(page: Page, name: str) -> None:
    if folder := os.environ.get("BEREIK_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.usefixtures("_told")
@pytest.mark.parametrize("size", SIZES)
def test_the_pages_are_sound(open_page, size):
    page, watch = open_page("/", SIZES[size])
    for path in ("/", "/meldingen/", "/instellingen/", "/hulp/", "/hulp/gesprek/"):
        page.goto(path)
        keep_picture(page, f"{path.strip('/').replace('/', '-') or 'start'}-{size}")
        assert page.evaluate(TOO_WIDE) == []
        found = judging.violations(page)
        assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    assert watch.complaints == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_from_a_page_to_its_help_and_back(open_page, looplijst, scripts):
    page, _ = open_page(f"/looplijsten/{looplijst.pk}/?status=open", PHONE, scripts=scripts)
    page.get_by_role("contentinfo").get_by_role("link", name="Hulp bij deze pagina").click()
    expect(page).to_have_url(re.compile(r"/hulp/looplijst/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Een looplijst")
    page.get_by_role("link", name="Terug").click()
    expect(page).to_have_url(re.compile(rf"/looplijsten/{looplijst.pk}/\?status=open$"))


@pytest.mark.usefixtures("_told")
def test_a_melding_leads_to_its_thing_and_the_badge_goes_down(open_page, looplijst):
    page, _ = open_page("/", DESK)
    header = page.get_by_role("banner")
    expect(header.get_by_role("link", name="Meldingen")).to_contain_text("99+")
    header.get_by_role("link", name="Meldingen").click()
    page.get_by_role("link", name="Volgende").click()
    page.go_back()
    page.get_by_role("button", name="Alles gelezen").click()
    expect(page.get_by_role("button", name="Alles gelezen")).to_have_count(0)
    expect(header.get_by_role("link", name="Meldingen")).to_have_text("Meldingen")


@pytest.mark.parametrize("width", [1366, 1100, 1024, 900, 780])
def test_the_header_of_who_has_the_longest_menu_fits(width, browser, live_server, sign_in):
    user = factories.user(Role.TEAMLEIDER, team=factories.team("Buurtteam Oostelijk Havengebied"))
    User.objects.filter(pk=user.pk).update(first_name="Annemarie", last_name="van der Wetering")
    with acting_as(SYSTEM_ACTOR):
        notifications.tell(NotificationKind.TASK_GIVEN, range(1, 121), {user.pk})
    context = browser.new_context(viewport={"width": width, "height": 600}, base_url=live_server.url)
    sign_in(context, user)
    page = context.new_page()
    page.goto("/")
    keep_picture(page, f"kop-{width}")
    assert page.evaluate(TOO_WIDE) == []
    last = page.locator(".kit-menu__link").last.bounding_box()
    account = page.locator(".kit-account").bounding_box()
    below = last["y"] >= account["y"] + account["height"] - 1
    assert below or last["x"] + last["width"] <= account["x"]
    context.close()
