"""The UI kit in a real browser: accessible, never too wide, usable by keyboard, under the site's policy."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.ui import judging

pytestmark = pytest.mark.browser
Site = tuple[str, list[str]]
TOO_WIDE = """() => document.documentElement.scrollWidth > innerWidth
    || [...document.querySelectorAll("main *")].some((element) =>
        element.getBoundingClientRect().right > innerWidth + 1 && !element.closest(".kit-scroll, .kit-sr"))"""
TARGETS = (
    "button, summary, select, input, textarea, .utrecht-button, .kit-card__link, .kit-tile, .kit-menu__link,"
    " .kit-pager__link, .kit-chip"
)
SMALL_TARGETS = """(targets) => [...document.querySelectorAll(targets)]
    .map((element) => (element.closest("label") || element).getBoundingClientRect())
    .filter((box) => box.width > 1 && box.height > 0 && box.height < 43.9).length"""
THREE_TAPS = """async () => {
    for (let tap = 0; tap < 3; tap += 1) {
        document.querySelector(".kit-savebar .utrecht-button--primary-action").click();
        await new Promise((resolve) => setTimeout(resolve, 150));
    }
}"""
STORED = """() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]
    .filter((key) => key !== "htmx-current-path-for-history")"""


@pytest.mark.parametrize("width", [1366, 390, 320])
@pytest.mark.parametrize("path", ["/", "/404/"])
def test_nothing_serious_and_nothing_too_wide(page: Page, site: Site, width: int, path: str):
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.route("**/voortgang/", lambda route: route.fulfill(status=204))
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(site[0] + path)
    violations = judging.violations(page)
    assert [(v["impact"], v["id"], v["nodes"][0]["html"][:200]) for v in violations] == []
    assert not page.evaluate(TOO_WIDE)
    assert page.evaluate(STORED) == []
    assert complaints == []
    if width < 768:
        assert page.evaluate(SMALL_TARGETS, TARGETS) == 0


def test_filters_are_open_on_a_desk_and_folded_on_a_phone(page: Page, site: Site):
    page.set_viewport_size({"width": 1366, "height": 844})
    page.goto(site[0])
    expect(page.get_by_label("Zoek op straat of postcode")).to_be_visible()
    expect(page.get_by_role("table", name="Looplijst")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_label("Zoek op straat of postcode")).to_be_hidden()
    expect(page.get_by_role("table", name="Looplijst")).to_be_hidden()
    expect(page.locator(".kit-card").first).to_be_visible()
    page.locator("summary", has_text="Filters").click()
    expect(page.get_by_label("Zoek op straat of postcode")).to_be_visible()


def test_slash_goes_to_the_search_field_but_not_while_writing(page: Page, site: Site):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(site[0])
    page.locator("body").press("/")
    search = page.get_by_label("Zoek op straat of postcode")
    expect(search).to_be_focused()
    expect(search).to_have_value("")
    note = page.get_by_label("Notitie")
    note.fill("en")
    note.press("/")
    expect(note).to_be_focused()
    expect(note).to_have_value("en/")


def test_errors_take_the_focus_and_lead_to_the_field(page: Page, site: Site):
    page.goto(site[0])
    expect(page.locator(".kit-errors")).to_be_focused()
    page.get_by_role("link", name="Bestand:").click()
    expect(page.locator("#id_file")).to_be_focused()


def test_first_tab_is_the_skip_link(page: Page, site: Site):
    page.goto(f"{site[0]}/404/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Naar de inhoud")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_second_tap_while_the_first_is_under_way_sends_nothing(page: Page, site: Site):
    address, _ = site
    held: list[Route] = []
    page.goto(address)
    page.route(
        "**/*", lambda route: held.append(route) if route.request.method == "POST" else route.continue_()
    )
    page.evaluate(THREE_TAPS)
    assert len(held) == 1
    held[0].abort()


def test_save_bar_is_in_view_while_the_form_is(page: Page, site: Site):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(site[0])
    page.get_by_text("Wat gebeurde er?").scroll_into_view_if_needed()
    page.locator("#id_kind_0").focus()
    expect(page.get_by_role("button", name="Opslaan en volgende")).to_be_in_viewport(ratio=1)


def test_filters_replace_the_list_keep_the_url_and_say_the_count(page: Page, site: Site):
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.route("**/voortgang/", lambda route: route.fulfill(status=204))
    page.goto(site[0])
    page.evaluate("""() => {
        document.querySelector("#lijst").dataset.old = "1";
        document.querySelector("#aantal").textContent = "";
        document.querySelector("#filter-telling").textContent = "";
    }""")
    page.get_by_label("Zoek op straat of postcode").fill("Banneplein")
    page.get_by_role("button", name="Filters toepassen").click()
    expect(page.locator("#lijst[data-old]")).to_have_count(0)
    expect(page.locator("#aantal")).to_have_text("118 huishoudens gevonden")
    expect(page.locator("#filter-telling")).to_contain_text("2")
    expect(page).to_have_url(re.compile("q=Banneplein"))
    assert complaints == []
