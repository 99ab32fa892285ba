"""The pages of applications, bases and files in a real browser: accessible, not too wide."""

import os
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from letters.actions import assessment
from letters.actions.assessment import Decision
from letters.actions.figures import Figures
from letters.models import Application, GrantExport, LegalBasis, PayingAdministration, Proposal
from outreach.kernel.db import acting_as
from outreach.models import Regeling, Role, User
from tests import factories
from tests.letters import applications
from tests.ui import judging
from tests.ui.conftest import browser_context_args, browser_type_launch_args  # noqa: F401
from tests.ui.test_kit_browser import SMALL_TARGETS, TARGETS, TOO_WIDE

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
# Playwright runs an event loop in this thread, from before the database is there until it is emptied.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
WIDTHS = [1366, 390, 320]
KEY = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"


def _sign_in(page: Page, address: str, user: User) -> None:
    client = Client()
    client.force_login(user)
    page.context.add_cookies([{"name": "sessie", "value": client.cookies["sessie"].value, "url": address}])


def _assessed(income: int) -> tuple[Application, User]:
    sam = applications.consulent()
    one = applications.application(
        applications.household(street="Burgemeester van Tellingenstraat", house_suffix="bis")
    )
    with acting_as(sam.actor()):
        figures = Figures(income=income, partner_income=0, savings=2500, assets=800, debts=300)
        saved = assessment.save(
            application=one, household_type="alleenstaand", figures=figures, version=0, by=sam
        )
    return saved, sam


def _proposed() -> tuple[Application, User]:
    one, sam = _assessed(21100)
    with acting_as(sam.actor()):
        assessment.decide(application=one, decision=Decision(Proposal.GRANT), version=1, by=sam)
    return one, applications.consulent()


def _exports(leader: User) -> None:
    administration = PayingAdministration.objects.create(name="Uitkeringsadministratie", public_key=KEY)
    administration.regelingen.set(Regeling.objects.filter(pk="stadspas"))
    for _ in range(2):
        GrantExport.objects.create(administration=administration, asked_by=leader, public_key=KEY)


def _place(name: str) -> tuple[str, User]:
    """An address with what belongs on it, and who opens it."""
    if name == "legal_bases":
        lawyer = factories.user(Role.JURIDISCH_ADVISEUR)
        for dated in ("2026-01-01", "2027-01-01"):
            LegalBasis.objects.create(
                regeling_id="stadspas", text="Raadsbesluit 2026-12, artikel 3", dated=dated, signed_by=lawyer
            )
        return reverse(name), lawyer
    if name == "exports":
        leader = factories.user(Role.TEAMLEIDER)
        _exports(leader)
        return reverse(name), leader
    if name == "applications":
        _assessed(15000)
        return reverse(name), _proposed()[1]
    one, user = {
        "granting": lambda: _assessed(15000),
        "refusing": lambda: _assessed(40000),
        "second": _proposed,
    }[name]()
    return reverse("application", args=[one.pk]), user


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["applications", "granting", "refusing", "second", "legal_bases", "exports"])
def test_nothing_serious_and_nothing_too_wide(page: Page, live_server, name: str, width: int):
    address, user = _place(name)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    _sign_in(page, live_server.url, user)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server.url}{address}")
    for fold in page.locator("main details:not([open]) > summary").all():
        if fold.is_visible():
            fold.click()
    if folder := os.environ.get("BEREIK_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
    violations = judging.violations(page)
    assert [(v["impact"], v["id"], v["nodes"][0]["html"][:200]) for v in violations] == []
    assert not page.evaluate(TOO_WIDE)
    assert complaints == []
    if width < 768:
        assert page.evaluate(SMALL_TARGETS, TARGETS) == 0
