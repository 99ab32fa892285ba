"""The pages of batches and of one letter in a real browser: accessible, and not too wide."""

import os
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from letters.actions import batches, recalls
from letters.models import Batch, BatchState, Letter
from tests.letters import rounds
from tests.ui import judging
from tests.ui.conftest import browser_context_args, browser_type_launch_args  # noqa: F401
from tests.ui.test_kit_browser import SMALL_TARGETS, TARGETS, TOO_WIDE

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
# Playwright runs an event loop in this thread, from before the database is there until it is emptied.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
WIDTHS = [1366, 390, 320]
PAGES = [
    "letter_batches",
    "letter_batch",
    "letter_batch_left",
    "letter_batch_recalls",
    "letter_round",
    "letter_batch_new",
    "letter_list",
    "letter",
    "letter_pause",
]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.LETTER_FOLDER = tmp_path / "brieven"
    return settings.LETTER_FOLDER


def _sign_in(page: Page, address: str) -> None:
    client = Client()
    client.force_login(rounds.leader())
    cookie = client.cookies["sessie"]
    page.context.add_cookies([{"name": "sessie", "value": cookie.value, "url": address}])


def _batch_with_everything() -> tuple[Batch, Letter]:
    """A released batch that lost a letter, and of which one was asked back."""
    batch = rounds.composed(6)
    part = batch.parts.get()
    rounds.opt_out_of(rounds.letters(part)[0].household)
    rounds.release(batch)
    rounds.confirm(part)
    back = rounds.letters(part)[2]
    rounds.lapse(back)
    recalls.sweep()
    return batch, back


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_serious_and_nothing_too_wide(page: Page, live_server, width: int):
    batch, letter = _batch_with_everything()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    _sign_in(page, live_server.url)
    page.set_viewport_size({"width": width, "height": 844})
    for name in PAGES:
        key = {"letter": letter.pk, "letter_pause": letter.pk, "letter_batches": None}.get(
            name,
            batch.pk if name.startswith("letter_batch") and name != "letter_batch_new" else batch.round_id,
        )
        page.goto(live_server.url + reverse(name, args=[key] if key else []))
        expect(page.locator("h1")).to_be_visible()
        if folder_ := os.environ.get("BEREIK_PICTURES"):
            page.screenshot(path=f"{folder_}/{name}-{width}.png", full_page=True)
        violations = judging.violations(page)
        found = [(v["impact"], v["id"], v["nodes"][0]["html"][:200]) for v in violations]
        assert (name, found) == (name, [])
        assert not page.evaluate(TOO_WIDE), name
        if width < 768:
            assert page.evaluate(SMALL_TARGETS, TARGETS) == 0, name
    assert complaints == []


def test_a_batch_is_released_while_the_page_waits(page: Page, live_server):
    batch = rounds.composed(2)
    _sign_in(page, live_server.url)
    page.goto(live_server.url + reverse("letter_batch", args=[batch.pk]))
    page.get_by_role("button", name="Partij vrijgeven").click()
    expect(page.get_by_text("Alle brieven worden nog één keer bekeken.")).to_be_visible()
    expect(page.get_by_role("button", name="Partij vrijgeven")).to_have_count(0)
    batches.release_asked(batch_id=batch.pk)
    expect(page.locator("h1").get_by_text("Vrijgegeven")).to_be_visible()
    assert Batch.objects.get().state == BatchState.RELEASED
