"""Forms without a draft: what failed is said, the text stays, and one tap saves it once after."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, Route, expect

from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Task
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_not_lost import PASSWORD, accessible
from tests.outreach import visits
from tests.second_step import code_of, give_app

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
TEXT = "Van de proef: ze belt liever na vijven"


@pytest.fixture
def form(looplijst) -> str:
    return f"/huishoudens/{visits.items(looplijst)[9].household_id}/taak/"


def made() -> list[str]:
    with acting_as(SYSTEM_ACTOR):
        return list(Task.objects.filter(text__startswith="Van de proef").values_list("text", flat=True))


def write(page: Page) -> None:
    page.get_by_label("Wat moet er gebeuren?").select_option("terugbellen")
    page.get_by_label("Wie doet dit?").select_option(index=1)
    page.get_by_label("Toelichting").fill(TEXT)


def save(page: Page) -> None:
    page.get_by_role("button", name="Opslaan").click()


def failing(route: Route) -> None:
    if route.request.method == "POST":
        route.fulfill(status=502, body="Bad Gateway")
    else:
        route.continue_()


@SIZES
@pytest.mark.parametrize("how", ["offline", "restart"])
def test_what_failed_is_said_and_one_tap_saves_it_once_after(open_page, form, size, how):
    page, _ = open_page(form, size)
    write(page)
    if how == "offline":
        page.context.set_offline(True)
        expect(page.get_by_role("alert", name="Je hebt geen verbinding")).to_be_visible()
    else:
        page.context.route("**/*", failing)
    save(page)
    expect(page.get_by_role("alert", name="Niet opgeslagen")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^Opgeslagen"))).to_have_count(0)
    expect(page.get_by_label("Toelichting")).to_have_value(TEXT)
    accessible(page)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="Naar het huishouden").click()
    expect(page.get_by_label("Toelichting")).to_have_value(TEXT)
    assert asked == ["beforeunload"]
    assert made() == []
    page.context.set_offline(False)
    page.context.unroute_all()
    save(page)
    expect(page.get_by_text("Opgeslagen: de taak staat klaar.")).to_be_visible()
    assert made() == [TEXT]


def test_what_is_wrong_is_said_and_the_text_stays(open_page, form):
    page, _ = open_page(form, PHONE)
    write(page)
    page.get_by_label("Toelichting").fill(f"{TEXT} 123456782")
    save(page)
    expect(page.get_by_role("alert", name="Er klopt iets niet")).to_be_focused()
    expect(page.get_by_label("Toelichting")).to_have_value(f"{TEXT} 123456782")
    assert made() == []


def test_who_was_signed_out_signs_in_again_in_the_page_and_saves(open_page, form, walker):
    walker.set_password(PASSWORD)
    walker.save()
    give_app(walker)
    page, _ = open_page(form, PHONE)
    write(page)
    Session.objects.all().delete()
    save(page)
    dialog = page.get_by_role("alertdialog", name="Je bent uitgelogd")
    expect(dialog).to_be_visible()
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_label("Code van je app").fill(code_of(walker))
    dialog.get_by_role("button", name="Inloggen").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_label("Toelichting")).to_have_value(TEXT)
    save(page)
    expect(page.get_by_text("Opgeslagen: de taak staat klaar.")).to_be_visible()
    assert made() == [TEXT]


def test_without_scripts_it_is_a_plain_form(open_page, form):
    page, watch = open_page(form, PHONE, scripts=False)
    write(page)
    save(page)
    expect(page.get_by_text("Opgeslagen: de taak staat klaar.")).to_be_visible()
    assert made() == [TEXT]
    assert watch.complaints == []
