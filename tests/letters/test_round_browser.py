"""The pages of the letters in a real browser: accessible, not too wide, and moving by themselves."""

import os
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from letters.actions import parts
from letters.models import Part, PartState
from outreach.models import Role
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


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.LETTER_FOLDER = tmp_path / "brieven"
    return settings.LETTER_FOLDER


def _sign_in(page: Page, address: str, role: Role) -> None:
    client = Client()
    client.force_login(factories.user(role))
    cookie = client.cookies["sessie"]
    page.context.add_cookies([{"name": "sessie", "value": cookie.value, "url": address}])


def _round_with_everything() -> Part:
    """A round with a made part that lost letters, one under way and one stranded."""
    part = rounds.planned(8)
    for letter in rounds.letters(part)[:2]:
        rounds.change_addressee(letter.household, family_name="张")
    rounds.opt_out_of(rounds.letters(part)[3].household)
    parts.make(part_id=part.pk)
    with as_role("migrate"):
        Part.objects.create(round=part.round, number=2, letters_count=500)
        Part.objects.create(
            round=part.round, number=3, letters_count=500, state=PartState.STRANDED, problem="x", attempts=3
        )
    return part


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["letter_rounds", "letter_round", "letter_rejected"])
def test_nothing_serious_and_nothing_too_wide(page: Page, live_server, name: str, width: int):
    part = _round_with_everything()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    _sign_in(page, live_server.url, Role.TEAMLEIDER)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(live_server.url + reverse(name, args=[] if name == "letter_rounds" else [part.round_id]))
    expect(page.locator("h1")).to_be_visible()
    violations = judging.violations(page)
    assert [(v["impact"], v["id"], v["nodes"][0]["html"][:200]) for v in violations] == []
    assert not page.evaluate(TOO_WIDE)
    assert complaints == []
    if width < 768:
        assert page.evaluate(SMALL_TARGETS, TARGETS) == 0


def test_the_bar_moves_and_at_the_end_the_files_are_there(page: Page, live_server):
    round_ = rounds.round_of(4)
    _sign_in(page, live_server.url, Role.APPLICATIEBEHEERDER)
    page.goto(live_server.url + reverse("letter_round", args=[round_.pk]))
    expect(page.get_by_text("Dit begint binnen een minuut vanzelf.")).to_be_visible()
    parts.plan(round_id=round_.pk)
    expect(page.get_by_text("0 van 4 brieven (0%)")).to_be_visible()
    parts.make(part_id=round_.parts.get().pk)
    link = page.get_by_role("table").get_by_role("link", name="Deel 1 ophalen")
    expect(link).to_be_visible()
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == f"ronde-{round_.pk}-deel-0001.pdf"
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
