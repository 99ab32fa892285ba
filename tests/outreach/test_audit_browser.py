"""The privacy officer's pages in a real browser: accessible, not too wide, and usable with the keyboard."""

import datetime
import os
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Page, expect

from outreach.actions import breaches, role_reviews
from outreach.actions.breaches import Found
from outreach.audit import Event, record
from outreach.kernel import clock
from outreach.kernel.db import acting_as
from outreach.models import Role, User
from outreach.models.breach import BreachKind
from tests import factories
from tests.outreach.test_rounds_browser import sign_in
from tests.ui import judging
from tests.ui.conftest import browser_context_args, browser_type_launch_args  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.browser]
# Playwright runs an event loop in this thread, from before the database is there until it is emptied.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
#: Where pictures go for who wants to look at them.
PICTURES = os.environ.get("BEREIK_PICTURES", "")


@pytest.fixture
def officer() -> User:
    return factories.user(Role.PRIVACY_OFFICER)


def addresses(officer: User) -> dict[str, str]:
    """Each page, with something on it."""
    team = factories.team("Team Noord")
    household, walker = factories.household(), factories.user(Role.BUURTTEAM, team=team)
    for event in (Event.HOUSEHOLD_SEEN, Event.GESPREK_SAVED):
        with acting_as(walker.actor()):
            record(event, "huishouden", [household.pk], details={"looplijst": 12, "aantal": 25})
    with acting_as(officer.actor()):
        review = role_reviews.sign(sha256=role_reviews.current().sha256, remark="Klopt.", by=officer)
    with acting_as(walker.actor()):
        found = Found(BreachKind.WRONG_PERSON, clock.now(), "De brief lag bij de buren.")
        breach = breaches.report(found=found, by=walker)
    named = {
        "index": (),
        "audit": (),
        "audit_household": (household.pk,),
        "audit_user": (walker.pk,),
        "data_log": (),
        "audit_roles": (),
        "audit_role_review": (review.pk,),
        "outreach_breach_changelist": (),
        "outreach_breach_change": (breach.pk,),
    }
    made = {name: reverse(f"admin:{name}", args=args) for name, args in named.items()}
    return made | {"breach_report": reverse("breach_report")}


@pytest.mark.parametrize("width", [1366, 390, 320])
def test_nothing_serious_and_nothing_too_wide(page: Page, live_server, officer, width: int):
    page.set_viewport_size({"width": width, "height": 844})
    sign_in(page, live_server.url, officer)
    for name, address in addresses(officer).items():
        page.goto(live_server.url + address)
        expect(page.locator("h1").first).to_be_visible()
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
        violations = judging.violations(page)
        found = [(v["impact"], v["id"], v["nodes"][0]["html"][:200]) for v in violations]
        assert (name, found) == (name, [])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def test_from_a_breach_to_its_closing(page: Page, live_server, officer):
    sign_in(page, live_server.url, officer)
    page.goto(live_server.url + addresses(officer)["outreach_breach_change"])
    page.get_by_role("button", name="Opslaan en afsluiten").click()
    expect(page.get_by_text("Vul dit in voor je afsluit.").first).to_be_visible()
    page.get_by_label("Welke gegevens").fill("naam en adres")
    page.get_by_label("Ongeveer hoeveel inwoners").fill("1")
    page.get_by_label("Genomen maatregelen").fill("Opgehaald.")
    for asked, why in (("Gemeld bij de AP:", "ap_reason"), ("Verteld aan de inwoners:", "told_reason")):
        page.get_by_label(asked).select_option("Nee")
        page.locator(f"[name={why}]").fill("De buren gaven de brief dicht terug.")
    page.get_by_role("button", name="Opslaan en afsluiten").click()
    expect(page.get_by_role("cell", name="Afgesloten")).to_be_visible()
    expect(page.get_by_role("cell", name="niet melden")).to_be_visible()


@pytest.mark.parametrize("width", [1366, 320])
def test_the_registers_warn_two_minutes_before_and_one_click_stays(live_server, page: Page, officer, width):
    page.set_viewport_size({"width": width, "height": 800})
    sign_in(page, live_server.url, officer)
    page.clock.install()
    page.goto(live_server.url + reverse("admin:index"))
    page.clock.fast_forward("12:30")
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    Session.objects.update(expire_date=clock.now() + datetime.timedelta(seconds=119))
    page.clock.fast_forward("00:40")
    dialog = page.get_by_role("alertdialog", name="Je wordt bijna uitgelogd")
    expect(dialog.get_by_role("button", name="Blijf ingelogd")).to_be_focused()
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"registers-warn-{width}.png")
    assert judging.violations(page) == []
    dialog.get_by_role("button", name="Blijf ingelogd").click()
    expect(dialog).to_be_hidden()
    ends = Session.objects.latest("expire_date").expire_date
    assert 14 * 60 < (ends - clock.now()).total_seconds() <= 15 * 60
