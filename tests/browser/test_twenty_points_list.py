"""Points 1 to 6 of the twenty: from the form to sign in to a gesprek, by mouse, by keys, without scripts.

Which test shows which point stands in `test_twenty_points_index.py`.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from outreach.kernel.db import SYSTEM_ACTOR, acting_as
from outreach.models import Gesprek, Looplijst, Role, User
from tests import factories
from tests.browser.conftest import DESK, PHONE
from tests.outreach import visits
from tests.second_step import code_of, give_app

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
#: What has the focus: a mark on it that tells it from all others, its words, and whether one sees it there.
FOCUSED = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    one.dataset.stop = one.dataset.stop || String(document.querySelectorAll("[data-stop]").length + 1);
    const shown = (element) => {
        const style = getComputedStyle(element);
        const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
        return outlined || style.boxShadow !== "none";
    };
    const around = one.closest("label, .utrecht-form-field-radio-option, .kit-tile");
    const box = one.getBoundingClientRect();
    return {
        stop: one.dataset.stop,
        text: (one.labels && one.labels.length ? one.labels[0] : one).innerText.trim(),
        html: one.outerHTML.slice(0, 160),
        visible: shown(one) || (around !== null && shown(around)),
        inView: box.bottom > 0 && box.top < innerHeight,
    };
}"""


@pytest.fixture
def consulent(looplijst: Looplijst) -> User:
    return factories.user(Role.CONSULENT)


def saved() -> int:
    with acting_as(SYSTEM_ACTOR):
        return Gesprek.objects.filter(note="Van de proef").count()


def row_links(page: Page):
    return page.locator(".kit-table__link:visible, .kit-card__link:visible")


def count_told(page: Page):
    return page.locator("#aantal[role=status]")


def open_filters(page: Page) -> None:
    if not page.get_by_label("Status").is_visible():
        page.locator(".kit-filters__fold summary").click()


def filter_on(page: Page, **chosen: str) -> None:
    open_filters(page)
    for label, choice in chosen.items():
        page.get_by_label(label).select_option(choice)
    page.get_by_role("button", name="Zoeken en filteren").click()


def chip(page: Page, text: str):
    return page.locator(".kit-chip", has_text=text)


def sign_in_by_hand(page: Page, user: User) -> None:
    page.context.clear_cookies()
    page.goto("/")
    page.get_by_label("Gebruikersnaam").fill(user.username)
    page.get_by_label("Wachtwoord").fill(factories.PASSWORD)


def two_clicks_to_the_list(page: Page, user: User) -> None:
    """Point 1: after the password, the button under the code, and the list on the first page."""
    sign_in_by_hand(page, give_app(user))
    page.get_by_role("button", name="Inloggen").click()
    page.get_by_label("Code").fill(code_of(user))
    page.get_by_role("button", name="Inloggen").click()
    # On a phone the rows are cards; which of both it is, is known when the style is there.
    page.wait_for_load_state("load")
    page.get_by_role("link", name="Buurtteam Noord").locator("visible=true").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Looplijst Buurtteam Noord")
    expect(page.locator("main")).to_contain_text("Nog te bezoeken")
    expect(page.locator("main")).to_contain_text("35")
    expect(page.locator("main")).to_contain_text("Gegevens van 1 november 2026")


@SIZES
def test_two_clicks_from_signing_in_to_the_list(open_page, consulent, size):
    page, watch = open_page("/", size)
    two_clicks_to_the_list(page, consulent)
    kpi = page.locator(".kit-kpi", has_text="Nog te bezoeken")
    expect(kpi.first).to_contain_text("35")
    assert watch.complaints == []


@SIZES
def test_what_is_filtered_goes_along_in_the_address(open_page, looplijst, size, sign_in, browser):
    """Point 3: a colleague sees the same list by it; to another team there is none."""
    page, watch = open_page(f"/looplijsten/{looplijst.pk}/", size)
    filter_on(page, Status="Nog te bezoeken", Regeling="Stadspas", Buurt="Banne Buiksloot")
    expect(page).to_have_url(re.compile(r"status=open&regeling=stadspas&buurt=BU03630002$"))
    expect(chip(page, "Regeling: Stadspas").first).to_be_attached()
    found, said = row_links(page).all_inner_texts(), count_told(page).inner_text()
    assert 0 < len(found) < 20

    def by(user: User) -> tuple[int, Page]:
        context = browser.new_context(viewport=size)
        sign_in(context, user)
        other = context.new_page()
        return other.goto(page.url).status, other

    status, colleague = by(factories.user(Role.BUURTTEAM, team=looplijst.team))
    assert (status, row_links(colleague).all_inner_texts()) == (200, found)
    assert count_told(colleague).inner_text() == said
    outsider = factories.user(Role.BUURTTEAM, team=factories.team("Buurtteam Zuid", buurten=["BU9"]))
    status, nothing = by(outsider)
    assert status == 404
    expect(row_links(nothing)).to_have_count(0)
    assert not [address for address in found if address in nothing.content()]
    for each in (colleague, nothing):
        each.context.close()
    assert watch.complaints == []


def test_after_the_last_chip_the_keyboard_goes_on_at_the_filters(open_page, looplijst):
    page, watch = open_page(f"/looplijsten/{looplijst.pk}/?buurt=BU03630001", PHONE)
    chip(page, "Buurt: Oude Haven").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".kit-chip")).to_have_count(0)
    expect(page.locator(".kit-filters summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Status")).to_be_visible()
    assert watch.complaints == []


@SIZES
def test_a_chip_goes_and_the_new_count_is_said(open_page, looplijst, size):
    """The line that says it stays the same element: only then does a screen reader say that it changed."""
    page, watch = open_page(f"/looplijsten/{looplijst.pk}/", size)
    filter_on(page, Status="Nog te bezoeken", Buurt="Oude Haven")
    expect(page.locator(".kit-chip")).to_have_count(2)
    expect(count_told(page)).to_have_text("15 huishoudens gevonden")
    count_told(page).evaluate("one => { one.dataset.zelfde = 'ja' }")
    chip(page, "Status: Nog te bezoeken").click()
    expect(count_told(page)).to_have_text("20 huishoudens gevonden")
    expect(count_told(page)).to_have_attribute("data-zelfde", "ja")
    expect(page).to_have_url(re.compile(r"\?buurt=BU03630001$"))
    expect(row_links(page)).to_have_count(20)
    open_filters(page)
    expect(page.get_by_label("Status")).to_have_value("")
    assert "buurt=BU03630001" in page.locator("form", has_text="Pak volgende adres").get_attribute("action")
    # The keyboard goes on where the chip was.
    expect(chip(page, "Buurt: Oude Haven")).to_be_focused()
    page.get_by_role("link", name="Alle filters wissen").click()
    expect(count_told(page)).to_have_text("40 huishoudens gevonden")
    expect(count_told(page)).to_have_attribute("data-zelfde", "ja")
    expect(page.locator(".kit-chip")).to_have_count(0)
    expect(page).to_have_url(re.compile(rf"/looplijsten/{looplijst.pk}/$"))
    expect(page.locator(".kit-filters :focus")).to_have_count(1)
    page.go_back()
    expect(page.locator(".kit-chip")).to_have_count(1)
    expect(row_links(page)).to_have_count(20)
    assert watch.complaints == []


@SIZES
def test_all_of_it_without_scripts(open_page, consulent, looplijst, size, browser, sign_in):
    """Point 5: points 1 to 4 and a gesprek, with JavaScript off; another team is shown nothing."""
    page, watch = open_page("/", size, scripts=False)
    two_clicks_to_the_list(page, consulent)
    filter_on(page, Status="Nog te bezoeken", Regeling="Stadspas")
    expect(chip(page, "Regeling: Stadspas").first).to_be_attached()
    expect(page).to_have_url(re.compile(r"status=open&regeling=stadspas"))
    address, found = page.url, row_links(page).all_inner_texts()
    other = browser.new_context(viewport=size, java_script_enabled=False)
    sign_in(other, factories.user(Role.CONSULENT))
    copied = other.new_page()
    copied.goto(address)
    assert row_links(copied).all_inner_texts() == found
    other.clear_cookies()
    sign_in(other, factories.user(Role.BUURTTEAM, team=factories.team("Buurtteam Zuid", buurten=["BU9"])))
    assert copied.goto(address).status == 404
    expect(row_links(copied)).to_have_count(0)
    other.close()
    row_links(page).nth(6).click()
    page.get_by_role("link", name="Gesprek vastleggen").click()
    page.get_by_text("Niet thuis", exact=True).click()
    page.get_by_label("Notitie").fill("Van de proef")
    page.get_by_role("button", name="Opslaan", exact=True).click()
    expect(page.get_by_text("Opgeslagen.")).to_be_visible()
    assert saved() == 1
    page.get_by_role("link", name="Looplijst Buurtteam Noord").click()
    expect(page).to_have_url(address)
    expect(row_links(page)).to_have_text([*found[:6], *found[7:]], use_inner_text=True)
    chip(page, "Regeling: Stadspas").click()
    expect(count_told(page)).to_have_text("34 huishoudens gevonden")
    page.get_by_role("link", name="Alle filters wissen").click()
    expect(count_told(page)).to_have_text("40 huishoudens gevonden")
    assert watch.complaints == []


# Point 6: only keys.


def press_to(page: Page, name: str, *, most: int = 40) -> None:
    """Tab on to what has these words; each stop on the way must be seen to have the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUSED)
        assert here is not None, f"after the last stop, before {name}"
        assert here["visible"], f"no focus to be seen on {here['html']}"
        assert here["inView"], f"out of view: {here['html']}"
        if here["text"].startswith(name):
            return
    raise AssertionError(f"{name} is not reached with Tab")


@SIZES
def test_with_keys_alone_from_the_skip_link_to_a_saved_gesprek(open_page, looplijst, size):
    page, watch = open_page("/", size)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Naar de inhoud")).to_be_focused()
    press_to(page, "Looplijsten")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Looplijsten")
    page.wait_for_load_state()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    press_to(page, "Looplijst Buurtteam Noord")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Looplijst Buurtteam Noord")
    page.wait_for_load_state()
    page.keyboard.press("/")
    expect(page.get_by_label("Zoek op straat of postcode")).to_be_focused()
    press_to(page, "Status")
    page.keyboard.type("Nog te bezoeken")
    press_to(page, "Zoeken en filteren")
    page.keyboard.press("Enter")
    expect(count_told(page)).to_have_text("35 huishoudens gevonden")
    expect(page).to_have_url(re.compile(r"\?status=open$"))
    address = row_links(page).first.inner_text()
    press_to(page, address)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(address)
    press_to(page, "Gesprek vastleggen")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Gesprek vastleggen")).to_be_visible()
    # One stop for both: within a choice one goes by arrows.
    press_to(page, "Gesproken")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Niet thuis")).to_be_checked()
    press_to(page, "Notitie")
    page.keyboard.type("Van de proef")
    press_to(page, "Opslaan en volgende")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Opgeslagen. Dit is het volgende adres.")).to_be_visible()
    assert saved() == 1
    assert watch.complaints == []


@SIZES
def test_no_page_keeps_the_focus(open_page, looplijst, size):
    """Tab goes past everything once and leaves the page; each stop is seen to have the focus."""
    stop = visits.items(looplijst)[8]
    page, watch = open_page("/", size)
    for path in (
        f"/looplijsten/{looplijst.pk}/?status=open&regeling=stadspas",
        f"/huishoudens/{stop.household_id}/?lijst={looplijst.pk}",
        f"/huishoudens/{stop.household_id}/gesprek/?lijst={looplijst.pk}",
    ):
        page.goto(path)
        page.keyboard.press("Home")
        stops = []
        for _ in range(150):
            page.keyboard.press("Tab")
            here = page.evaluate(FOCUSED)
            if here is None or (here["stop"] == "1" and stops):
                break
            stops.append(here)
        else:
            raise AssertionError(f"the focus stays in {path}")
        assert [one["html"] for one in stops if not one["visible"]] == [], path
        assert len({one["stop"] for one in stops}) == len(stops), path
        assert len(stops) > 10
    assert watch.complaints == []
