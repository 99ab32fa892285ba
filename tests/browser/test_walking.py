"""A walk along a looplijst in a real browser: on a desk, a phone, without JavaScript, without connection."""

import re

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Gesprek
from tests.browser.conftest import DESK, PHONE, SMALL
from tests.outreach import visits
from tests.outreach.visits import AuditTail
from tests.ui.test_kit_browser import RULES, SMALL_TARGETS, TARGETS, TOO_WIDE

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

# What may stand in no address, history or storage: streets, postcodes, names.
PERSONAL = re.compile(r"Banne|Bezaan|Burgemeester|doornlaan|10[0-9]{2} ?[A-Z]{2}|Poel|Yasemin", re.IGNORECASE)
KEPT = """async () => ({
    local: {...localStorage}, session: {...sessionStorage}, history: JSON.stringify(history.state),
    databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
})"""


class Travels:
    """Every address that a page went to, also those that a script pushed."""

    def __init__(self, page: Page) -> None:
        self.addresses: list[str] = []
        page.on("framenavigated", lambda frame: self.addresses.append(frame.url))

    def check(self, page: Page) -> None:
        """No address and nothing that the browser keeps says who lives where."""
        assert not [address for address in self.addresses if PERSONAL.search(address)]
        kept = page.evaluate(KEPT)
        assert kept["local"] == {}
        assert (kept["databases"], kept["caches"]) == (0, 0)
        assert not PERSONAL.search(str(kept))


def _saved() -> list[Gesprek]:
    with acting_as(SYSTEM_ACTOR):
        return list(Gesprek.objects.filter(note="Van de proef").order_by("pk"))


def _filters(page: Page) -> None:
    """Open the fold in which the filters lie on a phone."""
    fold = page.locator(".kit-filters__fold")
    if not page.get_by_label("Zoek op straat of postcode").is_visible():
        fold.locator("summary").click()


def _rows(page: Page):
    """The rows that are in view: of the table on a desk, the cards on a phone."""
    return page.locator(".kit-table tbody tr:visible, .kit-card:visible")


def _walk(page: Page) -> None:
    """List, search, filter, household, gesprek, next address, and back to the list as it was."""
    page.get_by_role("link", name="Buurtteam Noord").locator("visible=true").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Looplijst Buurtteam Noord")
    _filters(page)
    page.get_by_label("Zoek op straat of postcode").fill("Bezaanjachtplein 12")
    page.get_by_role("button", name="Zoeken en filteren").click()
    expect(_rows(page)).to_have_count(1)
    expect(page.locator("#aantal")).to_have_text("1 huishouden gevonden")
    page.get_by_role("link", name="Zoeken: Bezaanjachtplein 12").click()
    expect(_rows(page)).to_have_count(25)
    _filters(page)
    page.get_by_label("Status").select_option("Nog te bezoeken")
    page.get_by_label("Buurt").select_option("Banne Buiksloot")
    page.get_by_role("button", name="Zoeken en filteren").click()
    expect(page.locator("#aantal")).to_have_text("20 huishoudens gevonden")
    expect(page).to_have_url(re.compile(r"\?status=open&buurt=BU03630002$"))
    page.get_by_role("link", name="Bezaanjachtplein 12 A", exact=True).locator("visible=true").click()
    expect(page.get_by_role("heading", name="Wie wonen hier")).to_be_visible()
    page.get_by_role("link", name="Gesprek vastleggen").click()
    page.get_by_text("Niet thuis", exact=True).click()
    page.get_by_label("Notitie").fill("Van de proef")
    page.get_by_role("button", name="Opslaan en volgende").click()
    expect(page.get_by_text("Opgeslagen. Dit is het volgende adres.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bezaanjachtplein 4")
    page.get_by_role("link", name="Looplijst Buurtteam Noord").click()
    expect(page).to_have_url(re.compile(r"\?status=open&buurt=BU03630002$"))
    expect(_rows(page)).to_have_count(19)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_walk(open_page, size):
    page, watch = open_page("/looplijsten/", size)
    travels = Travels(page)
    _walk(page)
    travels.check(page)
    assert len(_saved()) == 1
    assert watch.complaints == []


def test_the_walk_without_javascript(open_page):
    page, watch = open_page("/looplijsten/", PHONE, scripts=False)
    _walk(page)
    assert len(_saved()) == 1
    assert watch.complaints == []


def test_nobody_home_takes_four_taps_from_the_list_and_two_from_then_on(open_page, looplijst):
    page, watch = open_page(f"/looplijsten/{looplijst.pk}/?status=open", PHONE)
    taps = [
        page.locator(".kit-card__link").first,
        page.get_by_role("link", name="Gesprek vastleggen"),
        page.get_by_text("Niet thuis", exact=True),
        page.get_by_role("button", name="Opslaan en volgende"),
    ]
    for tap in taps:
        tap.click()
    expect(page.get_by_text("Opgeslagen.")).to_be_visible()
    second = page.get_by_role("heading", level=1).inner_text()
    # The tile and the button are in view from the start, with nothing to scroll.
    for tap in taps[2:]:
        expect(tap).to_be_in_viewport(ratio=1)
        tap.click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text(second)
    assert watch.complaints == []


def test_a_double_tap_saves_once(open_page, looplijst):
    item = visits.items(looplijst)[9]
    page, watch = open_page(f"/huishoudens/{item.household_id}/gesprek/?lijst={looplijst.pk}", PHONE)
    tail = AuditTail()
    page.get_by_text("Niet thuis", exact=True).click()
    page.get_by_label("Notitie").fill("Van de proef")
    page.get_by_role("button", name="Opslaan en volgende").dblclick()
    expect(page.get_by_text("Opgeslagen.")).to_be_visible()
    assert len(_saved()) == 1
    assert len(tail.lines(visits.Event.GESPREK_SAVED)) == 1
    assert watch.complaints == []


def test_without_a_connection_the_text_stays_and_is_saved_once_after(open_page, looplijst):
    item = visits.items(looplijst)[9]
    page, _ = open_page(f"/huishoudens/{item.household_id}/gesprek/?lijst={looplijst.pk}", PHONE)
    page.get_by_text("Niet thuis", exact=True).click()
    page.get_by_label("Notitie").fill("Van de proef")
    page.context.set_offline(True)
    page.get_by_role("button", name="Opslaan en volgende").click()
    expect(page.get_by_text("Niet opgeslagen")).to_be_visible()
    expect(page.get_by_text("Opgeslagen.", exact=False)).to_have_count(0)
    expect(page.get_by_label("Notitie")).to_have_value("Van de proef")
    assert _saved() == []
    page.context.set_offline(False)
    page.get_by_role("button", name="Opslaan en volgende").click()
    expect(page.get_by_text("Opgeslagen. Dit is het volgende adres.")).to_be_visible()
    assert len(_saved()) == 1


def test_a_mistake_takes_the_focus_and_nothing_is_lost(open_page, looplijst):
    """And who does not want contact is accessible too."""
    item = visits.items(looplijst)[3]
    page, watch = open_page(f"/huishoudens/{item.household_id}/gesprek/?lijst={looplijst.pk}", PHONE)
    page.get_by_text("Gesproken", exact=True).click()
    page.get_by_label("Notitie").fill("Blijft staan")
    page.get_by_role("button", name="Opslaan en volgende").click()
    expect(page.locator(".kit-errors")).to_be_focused()
    expect(page.get_by_label("Notitie")).to_have_value("Blijft staan")
    page.get_by_role("link", name="Wat kwam eruit?").click()
    expect(page.locator("#id_result")).to_be_in_viewport()
    assert Axe().run(page, options={"runOnly": RULES}).response["violations"] == []
    visits.opt_out(item.household)
    page.goto(f"/huishoudens/{item.household_id}/")
    expect(page.get_by_role("group", name="Niet benaderen")).to_be_visible()
    assert Axe().run(page, options={"runOnly": RULES}).response["violations"] == []
    assert watch.complaints == []


def _pages(looplijst) -> dict[str, str]:
    stop = visits.items(looplijst)[3]
    here = f"/huishoudens/{stop.household_id}/"
    return {
        "Looplijsten": "/looplijsten/",
        "Looplijst": f"/looplijsten/{looplijst.pk}/?status=te_doen&sort=contact",
        "Huishouden": f"{here}?lijst={looplijst.pk}",
        "Gesprek": f"{here}gesprek/?lijst={looplijst.pk}",
        "Afdrukken": f"/looplijsten/{looplijst.pk}/afdrukken/",
    }


@pytest.mark.parametrize("size", [DESK, PHONE, SMALL], ids=["desk", "phone", "small"])
def test_every_page_is_accessible_and_fits(open_page, looplijst, size):
    page, watch = open_page("/looplijsten/", size)
    found = {}
    for name, path in _pages(looplijst).items():
        page.goto(path)
        violations = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        found[name] = [(each["impact"], each["id"], each["nodes"][0]["html"][:160]) for each in violations]
        assert not page.evaluate(TOO_WIDE), name
        if size is not DESK:
            assert page.evaluate(SMALL_TARGETS, TARGETS) == 0, name
    assert {name: each for name, each in found.items() if each} == {}
    assert watch.complaints == []


def _letters(text: str) -> str:
    """A text without what a line break may change: blanks and hyphens."""
    return re.sub(r"[\W_]", "", text)


def test_the_sheet_prints_whole_on_a4(open_page, looplijst):
    page, _ = open_page(f"/looplijsten/{looplijst.pk}/afdrukken/")
    with pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True)) as printed:
        assert {tuple(round(side) for side in sheet.get_size()) for sheet in printed} == {(595, 842)}
        sheets = [_letters(sheet.get_textpage().get_text_range()) for sheet in printed]
    text = "".join(sheets)
    stops = [stop for stop in visits.items(looplijst) if stop.state != "klaar"]
    missing = [stop.position for stop in stops if _letters(stop.household.address_line()) not in text]
    assert missing == []
    assert "doorBeaBakker" in sheets[0]
    assert all("Vernietigennagebruik" in sheet and "Mogelijkrechtop" in sheet for sheet in sheets)
    assert "Looplijsten" not in text
    assert "Uitloggen" not in text
