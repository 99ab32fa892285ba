"""What a browser keeps, and what it does not: nothing about anybody, and the place on the list."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, SMALL
from tests.browser.test_walking import KEPT, PERSONAL, SAME_FOR_ALL
from tests.outreach import visits
from tests.ui import judging
from tests.ui.test_kit_browser import TOO_WIDE

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
READY = "async () => { await navigator.serviceWorker.ready; return (await caches.keys()).length }"
WORKERS = "async () => (await navigator.serviceWorker.getRegistrations()).length"
HISTORY = "() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]"


def kept(page: Page) -> dict:
    return page.evaluate(KEPT)


@SIZES
def test_after_a_morning_of_work_the_browser_knows_nobody(open_page, looplijst, size):
    page, watch = open_page("/looplijsten/", size)
    assert page.evaluate(READY) == 1
    for stop in visits.items(looplijst)[5:8]:
        page.goto(f"/looplijsten/{looplijst.pk}/?status=open")
        page.goto(f"/huishoudens/{stop.household_id}/?lijst={looplijst.pk}&status=open")
        page.get_by_role("link", name="Gesprek vastleggen").click()
        page.get_by_text("Niet thuis", exact=True).click()
        page.get_by_label("Notitie").fill("Yasemin van der Poel")
        expect(page.locator("[data-draft-state]")).to_contain_text("Concept bewaard om")
        page.get_by_role("button", name="Opslaan", exact=True).click()
        expect(page.get_by_text("Opgeslagen.")).to_be_visible()
    found = kept(page)
    assert found["local"] == {}
    assert found["databases"] == 0
    assert len(found["caches"]) > 5
    assert [address for address in found["caches"] if not SAME_FOR_ALL.search(address)] == []
    assert not PERSONAL.search(str(found))
    assert "htmx-history-cache" not in page.evaluate(HISTORY)
    assert watch.complaints == []


@SIZES
def test_after_signing_out_back_shows_the_page_to_sign_in(open_page, looplijst, size):
    stop = visits.items(looplijst)[5]
    page, _ = open_page(f"/huishoudens/{stop.household_id}/", size)
    page.evaluate(READY)
    street = stop.household.street
    expect(page.get_by_text(street).first).to_be_visible()
    page.get_by_role("button", name="Uitloggen").click()
    expect(page.get_by_role("heading", name="Inloggen")).to_be_visible()
    assert kept(page)["caches"] == []
    assert page.evaluate(WORKERS) == 0
    assert page.evaluate(HISTORY) == []
    page.go_back()
    expect(page.get_by_role("heading", name="Inloggen")).to_be_visible()
    expect(page.get_by_text(street)).to_have_count(0)


@pytest.mark.parametrize("size", [DESK, PHONE, SMALL], ids=["desk", "phone", "small"])
def test_without_a_connection_a_page_says_so_and_nothing_else(open_page, looplijst, size):
    stop = visits.items(looplijst)[5]
    page, _ = open_page(f"/huishoudens/{stop.household_id}/", size)
    page.evaluate(READY)
    page.reload()
    page.context.set_offline(True)
    page.goto("/looplijsten/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Je hebt geen verbinding")
    assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith('"Noto Sans')
    assert judging.violations(page) == []
    assert not page.evaluate(TOO_WIDE)
    page.context.set_offline(False)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Looplijsten")


FILTERS, PAGE = "status=te_doen&regeling=stadspas", "status=te_doen&page=2"


@pytest.mark.parametrize(("way", "query"), [("link", FILTERS), ("back", FILTERS), ("link", PAGE)])
@SIZES
def test_back_on_the_list_all_is_as_it_was(open_page, looplijst, size, way, query):
    """Status and regeling, household 7, a note, and back: the same filters, the same page, the same place."""
    page, watch = open_page(f"/looplijsten/{looplijst.pk}/?{query}", size)
    row = page.locator(".kit-table tbody tr:visible, .kit-card:visible").nth(6)
    link = row.locator("a").first
    link.scroll_into_view_if_needed()
    page.mouse.wheel(0, 150)
    expect(link).to_be_in_viewport()
    before, address = page.evaluate("scrollY"), page.url
    name = link.inner_text()
    link.click()
    expect(page.get_by_role("heading", name="Wie wonen hier")).to_be_visible()
    page.get_by_role("link", name="Gesprek vastleggen").click()
    if way == "link":
        page.get_by_text("Niet thuis", exact=True).click()
        page.get_by_label("Notitie").fill("Van de proef")
        page.get_by_role("button", name="Opslaan", exact=True).click()
        expect(page.get_by_text("Opgeslagen.")).to_be_visible()
        page.get_by_role("link", name="Looplijst Buurtteam Noord").click()
    else:
        page.go_back()
        page.go_back()
    expect(page).to_have_url(address)
    expect(page.get_by_role("link", name=name, exact=True).locator("visible=true")).to_be_in_viewport()
    assert abs(page.evaluate("scrollY") - before) <= 2
    assert before > 0
    assert watch.complaints == []


def test_from_the_menu_a_list_begins_at_the_top(open_page, looplijst):
    page, watch = open_page(f"/looplijsten/{looplijst.pk}/", PHONE)
    page.evaluate("window.scrollTo(0, 600)")
    page.get_by_role("link", name="Looplijsten").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Looplijsten")
    page.wait_for_load_state()
    page.get_by_role("link", name="Buurtteam Noord").locator("visible=true").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Looplijst Buurtteam Noord")
    assert page.evaluate("scrollY") == 0
    assert watch.complaints == []
