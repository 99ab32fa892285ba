"""The werkvoorraad in a real browser: accessible, not too wide, and the scan beside the facts."""

import os
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from letters.models import WorkItem, WorkKind
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Role
from tests import factories
from tests.letters import sheets
from tests.letters.sheets import blank, signed
from tests.reading import hostile, pens
from tests.ui import judging
from tests.ui.conftest import browser_context_args, browser_type_launch_args  # noqa: F401
from tests.ui.test_kit_browser import SMALL_TARGETS, TARGETS, TOO_WIDE

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
# Playwright runs an event loop in this thread, from before the database is there until it is emptied.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
WIDTHS = [1366, 390, 320]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.LETTER_FOLDER = tmp_path / "brieven"
    settings.SCAN_FOLDER = tmp_path / "scans"
    return tmp_path


def _remark(sheet, places, random) -> None:
    pens.write(sheet, 30, 155, 50, random)


def _queue() -> dict[str, int]:
    """Work of four kinds, by kind the number of its item."""
    letters = sheets.posted(4)
    sheets.taken_in(sheets.scanned(letters[0], signed, _remark))
    sheets.taken_in(sheets.scanned(letters[2], blank))
    sheets.taken_in(sheets.scanned(letters[1], signed))
    sheets.taken_in(hostile.saved(hostile.page(), "PNG"))
    with acting_as(SYSTEM_ACTOR):
        return dict(WorkItem.objects.values_list("kind", "pk"))


def test_nothing_serious_and_nothing_too_wide(page: Page, live_server):
    queue = _queue()
    client = Client()
    client.force_login(factories.user(Role.CONSULENT))
    cookie = client.cookies["sessie"].value
    page.context.add_cookies([{"name": "sessie", "value": cookie, "url": live_server.url}])
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    kinds = (WorkKind.REMARK, WorkKind.SCAN_UNREADABLE, WorkKind.ASSESS)
    addresses = [reverse("work"), *(reverse("work_item", args=[queue[kind]]) for kind in kinds)]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        for number, address in enumerate(addresses):
            page.goto(live_server.url + address)
            expect(page.locator("h1")).to_be_visible()
            if os.environ.get("BEREIK_PICTURES"):
                page.screenshot(path=f"{os.environ['BEREIK_PICTURES']}/{number}-{width}.png", full_page=True)
            violations = judging.violations(page)
            assert [(v["impact"], v["id"], v["nodes"][0]["html"][:200]) for v in violations] == []
            assert not page.evaluate(TOO_WIDE)
            if width < 768:
                assert page.evaluate(SMALL_TARGETS, TARGETS) == 0
    assert complaints == []


def test_the_scan_is_seen_and_the_form_granted(page: Page, live_server):
    queue = _queue()
    client = Client()
    client.force_login(factories.user(Role.TEAMLEIDER))
    cookie = client.cookies["sessie"].value
    page.context.add_cookies([{"name": "sessie", "value": cookie, "url": live_server.url}])
    page.goto(live_server.url + reverse("work_item", args=[queue[WorkKind.REMARK]]))
    image = page.get_by_alt_text("Scan, bladzijde 1")
    image.scroll_into_view_if_needed()
    expect(image).to_be_visible()
    page.wait_for_function("() => document.querySelector('.work-scan img').naturalWidth === 1654")
    page.get_by_role("button", name="In orde, ken toe").click()
    expect(page.get_by_text("De aanvraag is toegekend.")).to_be_visible()
    assert sheets.granted() == 1
