"""Closing a round, texts together, and work about untold decisions in a browser: accessible, not too wide."""

import datetime
import os
import uuid
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from letters.actions import alarms, recalls
from letters.actions.ledger import Told, tell
from letters.apps import put_in_shipped_texts
from letters.models import Application, Axis, Production, ScanDelivery, Template, TemplateState, WorkItem
from outreach.kernel import clock
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Role, User
from tests import factories
from tests.letters import rounds
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


def _sign_in(page: Page, address: str, user: User) -> None:
    client = Client()
    client.force_login(user)
    page.context.add_cookies([{"name": "sessie", "value": client.cookies["sessie"].value, "url": address}])


def _untold() -> list[tuple[str, str]]:
    """A grant whose letter was taken out, and a pile of scans that stays open."""
    rounds.sign()
    batch = rounds.ambtshalve(2)
    rounds.release(batch)
    letter = rounds.letters(batch.parts.get())[0]
    rounds.opt_out_of(letter.household)
    recalls.sweep()
    ScanDelivery.objects.create(
        id=uuid.uuid4(),
        vendor=rounds.vendor(),
        expected=1240,
        received_until=clock.today(),
        announced_at=clock.now() - datetime.timedelta(days=6),
    )
    alarms.sweep()
    with acting_as(SYSTEM_ACTOR):
        items = list(WorkItem.objects.open().order_by("pk"))
    return [
        ("besluit", reverse("letter", args=[letter.pk])),
        ("werk", reverse("work")),
        *((f"werk-{item.kind}", reverse("work_item", args=[item.pk])) for item in items),
    ]


def _closing() -> list[tuple[str, str]]:
    """A round with letters that are not sent and an application that waits, and one that is over."""
    part = rounds.made(3)
    first = rounds.letters(part)[0]
    with acting_as(SYSTEM_ACTOR):
        tell([first.pk], Told(Axis.PRODUCTION, Production.SENT))
        Application.objects.create(
            letter=first,
            approach=first.approach,
            received_on=clock.today(),
            decide_by=clock.today() + datetime.timedelta(weeks=8),
        )
    over = rounds.released(1).round
    return [
        ("ronde", reverse("round", args=[part.round_id])),
        ("afsluiten", reverse("letter_round_close", args=[part.round_id])),
        ("afsluiten-klaar", reverse("letter_round_close", args=[over.pk])),
    ]


def _looked_at(page: Page, name: str, width: int) -> None:
    expect(page.locator("h1")).to_be_visible()
    if pictures := os.environ.get("BEREIK_PICTURES"):
        page.screenshot(path=f"{pictures}/{name}-{width}.png", full_page=True)
    violations = judging.violations(page)
    found = [(v["impact"], v["id"], v["nodes"][0]["html"][:200]) for v in violations]
    assert (name, found) == (name, [])
    assert not page.evaluate(TOO_WIDE), name
    if width < 768:
        assert page.evaluate(SMALL_TARGETS, TARGETS) == 0, name


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_serious_and_nothing_too_wide(page: Page, live_server, width: int):
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    _sign_in(page, live_server.url, rounds.leader())
    page.set_viewport_size({"width": width, "height": 844})
    for name, address in _untold() + _closing():
        page.goto(live_server.url + address)
        _looked_at(page, name, width)
    page.goto(live_server.url + dict(_closing())["afsluiten"])
    page.get_by_role("button", name="Ronde afsluiten").click()
    _looked_at(page, "afsluiten-fout", width)
    page.get_by_label("Trek in wat nog niet is verstuurd").check()
    page.get_by_role("button", name="Ronde afsluiten").click()
    expect(page.get_by_text("Dit wordt binnen een minuut gedaan.")).to_be_visible()
    assert complaints == []


@pytest.mark.parametrize("width", WIDTHS)
def test_texts_are_judged_and_approved_together(page: Page, live_server, width: int):
    put_in_shipped_texts()
    writer, second = factories.user(Role.COMMUNICATIEADVISEUR), factories.user(Role.TEAMLEIDER)
    address = live_server.url + reverse("letter_texts_together")
    page.set_viewport_size({"width": width, "height": 844})
    _sign_in(page, live_server.url, writer)
    page.goto(live_server.url + reverse("letter_texts"))
    _looked_at(page, "teksten", width)
    page.goto(address)
    _looked_at(page, "samen-leeg", width)
    page.goto(f"{address}?regeling=stadspas")
    _looked_at(page, "samen-toetsen", width)
    page.get_by_role("button", name="Oordeel vastleggen").click()
    _looked_at(page, "samen-fout", width)
    page.get_by_label("Jouw oordeel over de taal van deze teksten").fill("Goed te lezen.")
    page.get_by_role("button", name="Oordeel vastleggen").click()
    expect(page.get_by_text("Vraag een collega om een akkoord.").first).to_be_visible()
    _sign_in(page, live_server.url, second)
    page.goto(f"{address}?regeling=stadspas")
    _looked_at(page, "samen-akkoord", width)
    page.get_by_role("button", name="Aangevinkte teksten goedkeuren").click()
    expect(page.get_by_text("teksten zijn goedgekeurd.")).to_be_visible()
    left = Template.objects.filter(regeling="stadspas").exclude(state=TemplateState.APPROVED)
    assert not left.exists()
