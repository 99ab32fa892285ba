"""A walk along a looplijst in a real browser: on a desk, a phone, without JavaScript, without connection."""

import re

import pytest
from playwright.sync_api import Page, expect

from outreach.actions import safety
from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Gesprek, Role
from tests import factories
from tests.browser.conftest import DESK, PHONE, SMALL
from tests.outreach import visits
from tests.outreach.visits import AuditTail
from tests.ui import judging
from tests.ui.test_kit_browser import SMALL_TARGETS, TARGETS, TOO_WIDE

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

# What may stand in no address, history or storage: streets, postcodes, names.
# A postcode, and not what looks like one within the key of a household.
_POSTCODE = r"(?<![0-9a-f-])10[0-9]{2} ?[A-Z]{2}(?![0-9a-z])"
PERSONAL = re.compile(rf"Banne|Bezaan|Burgemeester|doornlaan|{_POSTCODE}|Poel|Yasemin", re.IGNORECASE)
# What may lie in the cache of the browser: style, script, and a page for when there is no connection.
SAME_FOR_ALL = re.compile(r"^http://[^/]+/(static/[^?]*|geen-verbinding/)$")
KEPT = """async () => ({
    local: {...localStorage}, session: {...sessionStorage}, history: JSON.stringify(history.state),
    databases: (await indexedDB.databases()).length,
    caches: (await Promise.all((await caches.keys()).map(
        async (name) => (await (await caches.open(name)).keys()).map((request) => request.url)))).flat(),
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
        assert kept["databases"] == 0
        assert [address for address in kept["caches"] if not SAME_FOR_ALL.search(address)] == []
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
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Looplijst Buurtteam Noord · Samen rondkomen 2026"
    )
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


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_what_came_of_it_is_asked_of_who_was_spoken_to(open_page, looplijst, scripts):
    item = visits.items(looplijst)[9]
    address = f"/huishoudens/{item.household_id}/gesprek/?lijst={looplijst.pk}"
    page, watch = open_page(address, PHONE, scripts=scripts)
    tiles = page.locator("#id_result .kit-tile:visible")
    names = page.get_by_text("Bespreek aan de deur:")
    expect(names).to_be_in_viewport(ratio=1)
    assert names.locator("..").inner_text().removeprefix("Bespreek aan de deur:").strip()
    expect(tiles).to_have_count(0)
    page.get_by_text("Niet thuis", exact=True).click()
    expect(tiles).to_have_count(0)
    page.get_by_text("Hoorde je iets van een ander?").click()
    expect(tiles).to_have_text(["Woont hier niet", "Is overleden", "Geen resultaat"])
    page.get_by_text("Gesproken", exact=True).click()
    expect(tiles).to_have_count(8)
    expect(page.locator("#id_result :checked")).to_have_count(0)
    assert watch.complaints == []


def test_on_paper_a_danger_is_a_sign_and_not_why(open_page, looplijst, walker):
    """And the sheet says when it was made, by whom, and what to do after use."""
    home = visits.items(looplijst)[9].household
    with acting_as(walker.actor()):
        proposed = factories.safety(home, made_by=walker)
    approver = factories.user(Role.TEAMLEIDER)
    with acting_as(approver.actor()):
        safety.approve(instruction=proposed, by=approver)
    page, watch = open_page(f"/huishoudens/{home.pk}/?lijst={looplijst.pk}")
    sign, why = page.get_by_text("! Bel eerst de gemeente", exact=True), page.locator(".case-danger")
    what = page.get_by_text(proposed.get_category_display())
    expect(why).to_be_visible()
    expect(sign).not_to_be_visible()
    page.emulate_media(media="print")
    expect(sign).to_be_visible()
    expect(what.locator("visible=true")).to_have_count(0)
    expect(page.get_by_text("door Bea Bakker. Vernietigen na gebruik.")).to_be_visible()
    assert watch.complaints == []


@pytest.mark.parametrize("size", [PHONE, SMALL], ids=["phone", "small"])
def test_the_whole_menu_is_in_view_on_a_phone(open_page, walker, size):
    walker.role = Role.TEAMLEIDER
    walker.save()
    page, watch = open_page("/", size)
    expect(page.locator(".kit-menu__link")).to_have_count(5)
    for item in page.locator(".kit-menu__link").all():
        expect(item).to_be_in_viewport(ratio=1)
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
    assert judging.violations(page) == []
    visits.opt_out(item.household)
    page.goto(f"/huishoudens/{item.household_id}/")
    expect(page.get_by_role("group", name="Niet benaderen")).to_be_visible()
    assert judging.violations(page) == []
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
        violations = judging.violations(page)
        found[name] = [(each["impact"], each["id"], each["nodes"][0]["html"][:160]) for each in violations]
        assert not page.evaluate(TOO_WIDE), name
        if size is not DESK:
            assert page.evaluate(SMALL_TARGETS, TARGETS) == 0, name
    assert {name: each for name, each in found.items() if each} == {}
    assert watch.complaints == []
