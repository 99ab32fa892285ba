"""Points 8, 13 and 18 of the twenty: at the door with a phone, two at once, and who wants no contact."""

import re

import pytest
from playwright.sync_api import Page, expect

from outreach.models import Looplijst, Role, User
from tests import factories
from tests.browser.conftest import DESK, PHONE
from tests.outreach import visits
from tests.ui.test_kit_browser import SMALL_TARGETS, TARGETS
from tools import bench_door

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
#: What is left of a phone when the keyboard is open.
TYPING = {"width": 390, "height": 420}
ROUNDS = 20
#: Both press at the same moment of the same clock, whenever the test told each of them.
PRESS_AT = """(moment) => setTimeout(
    () => [...document.querySelectorAll("button")].find((one) => /Pak volgende/.test(one.innerText)).click(),
    moment - Date.now(),
)"""


#: Tells of each tap, on whatever page it comes.
TELL_TAPS = """addEventListener("pointerdown", () => getik(), true)"""


def saved_for(looplijst: Looplijst) -> int:
    return sum(item.state != "open" for item in visits.items(looplijst))


@SIZES
def test_not_home_takes_three_taps_from_the_list_and_two_from_then_on(open_page, looplijst, size):
    """The button on the list goes straight to the form of the next address; all that is tapped is 44 px."""
    page, watch = open_page("/looplijsten/", size)
    told: list[str] = []
    page.expose_function("getik", lambda: told.append(page.url))
    page.add_init_script(TELL_TAPS)
    page.goto(f"/looplijsten/{looplijst.pk}/?status=open")
    before = saved_for(looplijst)
    taps = [
        page.get_by_role("button", name="Pak volgende adres"),
        page.get_by_text("Niet thuis", exact=True),
        page.get_by_role("button", name="Opslaan en volgende"),
    ]
    for tap in [*taps, *taps[1:]]:
        here = page.get_by_role("heading", level=1).inner_text()
        # The mark of a choice is smaller than what one taps: its whole tile.
        tile = tap.locator("xpath=ancestor-or-self::*[self::label or self::button or self::a][1]")
        box = tile.bounding_box()
        assert min(box["width"], box["height"]) >= 44, tap
        if size is PHONE:
            expect(tap).to_be_in_viewport(ratio=1)
            assert page.evaluate(SMALL_TARGETS, TARGETS) == 0
        tap.click()
        if tap is not taps[1]:
            expect(page.get_by_role("heading", level=1)).not_to_have_text(here)
    assert saved_for(looplijst) == before + 2
    assert len(told) == 3 + 2
    assert watch.complaints == []


@SIZES
def test_a_visit_that_is_measured_is_a_visit_that_is_saved(open_page, looplijst, size):
    """What tools/bench_door.py takes the time of."""
    page, watch = open_page("/looplijsten/", size)
    before, address = saved_for(looplijst), f"/looplijsten/{looplijst.pk}/"
    assert bench_door.first_paint(page, address) > 0
    for _ in range(2):
        assert bench_door.nobody_home(page, address) > 0
    assert saved_for(looplijst) == before + 2
    assert watch.complaints == []


def test_the_buttons_stay_in_view_above_the_keyboard(open_page, looplijst):
    stop = visits.items(looplijst)[9]
    page, watch = open_page(f"/huishoudens/{stop.household_id}/gesprek/?lijst={looplijst.pk}", PHONE)
    save = page.get_by_role("button", name="Opslaan en volgende")
    expect(save).to_be_in_viewport(ratio=1)
    page.get_by_label("Notitie").click()
    page.set_viewport_size(TYPING)
    note = page.get_by_label("Notitie")
    note.press_sequentially("Van de proef")
    expect(save).to_be_in_viewport(ratio=1)
    bar, field = page.locator(".kit-savebar").bounding_box(), note.bounding_box()
    assert field["y"] < bar["y"], "what one writes is under the buttons"
    assert bar["y"] + bar["height"] <= TYPING["height"] + 1
    for end in ("window.scrollTo(0, document.body.scrollHeight)", "window.scrollTo(0, 0)"):
        page.evaluate(end)
        expect(save).to_be_in_viewport(ratio=1)
    page.get_by_text("Niet thuis", exact=True).click()
    save.click()
    expect(page.get_by_text("Opgeslagen.")).to_be_visible()
    assert watch.complaints == []


# Point 13.


@pytest.mark.proof
def test_two_who_press_together_never_get_the_same_address(open_page, walker, sign_in, browser, live_server):
    """One at a desk, the other at a door."""
    colleague = factories.user(Role.BUURTTEAM, team=walker.team)
    stops = visits.streets(*range(1, 2 * ROUNDS + 3), street="Tweelinglaan")
    looplijst = visits.list_of(walker.team, stops)
    path = f"/looplijsten/{looplijst.pk}/"
    first, _ = open_page(path, PHONE)
    context = browser.new_context(viewport=DESK, base_url=live_server.url)
    sign_in(context, colleague)
    second = context.new_page()
    found: list[str] = []
    for _ in range(ROUNDS):
        for page in (first, second):
            page.goto(path)
        moment = first.evaluate("Date.now()") + 150
        for page in (first, second):
            page.evaluate(PRESS_AT, moment)
        for page, by in ((first, walker), (second, colleague)):
            page.wait_for_url(re.compile("/gesprek/"))
            found.append(_address(page))
            _was_there(looplijst, found[-1], by)
    context.close()
    assert len(set(found)) == len(found) == 2 * ROUNDS


def _address(page: Page) -> str:
    return re.search(r"/huishoudens/([0-9a-f-]{36})/gesprek/", page.url)[1]


def _was_there(looplijst: Looplijst, household: str, by: User) -> None:
    """The gesprek is saved, by which the claim ends."""
    [item] = [one for one in visits.items(looplijst) if str(one.household_id) == household]
    visits.save(item, by)


# Point 18.


@SIZES
def test_who_wants_no_contact_is_at_once_gone_from_a_list_that_was_open(
    open_page, looplijst, walker, sign_in, browser, live_server, size
):
    stop = visits.items(looplijst)[9]
    address = stop.household.address_line()
    context = browser.new_context(viewport=size, base_url=live_server.url)
    sign_in(context, factories.user(Role.BUURTTEAM, team=walker.team))
    colleague = context.new_page()
    colleague.goto(f"/looplijsten/{looplijst.pk}/?status=open")
    row = colleague.get_by_role("link", name=address, exact=True).locator("visible=true")
    expect(row).to_be_visible()
    page, watch = open_page(f"/huishoudens/{stop.household_id}/gesprek/?lijst={looplijst.pk}", size)
    page.get_by_text("Gesproken", exact=True).click()
    page.locator("label", has_text="Wil geen contact meer").click()
    page.get_by_role("button", name="Opslaan", exact=True).click()
    expect(page.get_by_text("Opgeslagen.")).to_be_visible()
    # The colleague still has the old list before him.
    row.click()
    expect(colleague.get_by_role("group", name="Niet benaderen")).to_be_visible()
    expect(colleague.get_by_role("link", name="Gesprek vastleggen")).to_have_count(0)
    colleague.goto(f"/looplijsten/{looplijst.pk}/?status=open")
    expect(row).to_have_count(0)
    colleague.goto(f"/looplijsten/{looplijst.pk}/")
    expect(row).to_have_count(0)
    context.close()
    assert watch.complaints == []
