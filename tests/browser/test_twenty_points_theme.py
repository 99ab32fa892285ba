"""Point 20 of the twenty: a second municipality puts in its own theme, and no request leaves the host."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, Route

from letters.models import Vendor
from outreach.models import Household, Organisation
from tests.browser.test_every_page import SERIOUS, pages, rooms_with_pages, sign_in
from tests.outreach.test_access import nobody_is_told, places, users  # noqa: F401
from tests.roles import as_role
from tests.ui import judging
from tests.ui.conftest import browser_context_args, browser_type_launch_args  # noqa: F401
from tests.ui.test_theme import THEMES

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.proof]
#: Blue becomes green: each colour of the invented municipality, and the one that a second one has for it.
GREEN = {
    "#00203f": "#0b2a14",
    "#003768": "#124a22",
    "#004b8d": "#1a6330",
    "#0b69bd": "#257a3e",
    "#9fc6ea": "#9ed0ab",
    "#cde1f4": "#cfe8d5",
    "#e6f0fa": "#e7f4ea",
    "#f4f8fd": "#f4faf5",
}
DARK = "rgb(26, 99, 48)"
OURS = re.compile("|".join(GREEN))
#: Elements whose colours come from the theme: the bar at the top, of the pages and of the admin.
HEADER = ".kit-header, #header"
FRONT = """(names) => ({
    header: (one => one && getComputedStyle(one).backgroundColor)(document.querySelector(names)),
    font: getComputedStyle(document.body).fontFamily,
    blue: [...document.querySelectorAll("body *")].filter((one) => {
        const style = getComputedStyle(one);
        const blue = ["rgb(0, 75, 141)", "rgb(0, 55, 104)", "rgb(11, 105, 189)", "rgb(0, 32, 63)"];
        const parts = ["backgroundColor", "color", "borderTopColor", "fill"];
        return parts.some((name) => blue.includes(style[name]));
    }).map((one) => one.outerHTML.slice(0, 120)),
})"""


def second_theme(route: Route) -> None:
    css = THEMES[1].read_text(encoding="utf-8")
    css = OURS.sub(lambda found: GREEN[found[0]], css).replace('"Noto Sans Variable", ', "")
    route.fulfill(body=css, content_type="text/css")


def elsewhere(settings, places: dict[str, object]) -> None:  # noqa: F811
    """The site of another municipality, and addresses and an organisation there."""
    settings.GEMEENTE_NAAM = "Duinrade"
    settings.GEMEENTE_POSTADRES = "Postbus 100, 1000 AC Duinrade"
    with as_role("migrate"):
        Household.objects.update(city="Duinrade")
        Organisation.objects.update(name="Voedselbank")
        Vendor.objects.filter(name__contains="Waterveen").update(name="Drukkerij Duinrade")


def wrong_on(page: Page, name: str) -> list[str]:
    found = page.evaluate(FRONT, HEADER)
    wrong = [f"{name}: still blue {one}" for one in found["blue"][:2]]
    if found["header"] != DARK:
        wrong.append(f"{name}: header {found['header']}")
    if "Variable" in found["font"]:
        wrong.append(f"{name}: font {found['font']}")
    # Where a bewindvoerder has his office is no business of the theme, and cannot be changed.
    text = page.content().replace("1234 AB Waterveen", "")
    if "Waterveen" in text:
        at = text.index("Waterveen")
        wrong.append(f"{name}: names another municipality: {text[at - 90 : at + 30]}")
    seen = judging.violations(page, rules=["color-contrast", "link-in-text-block"])
    wrong += [
        f"{name}: {one['id']} {one['nodes'][0]['html'][:120]}" for one in seen if one["impact"] in SERIOUS
    ]
    return wrong


@pytest.fixture
def page(browser: Browser, browser_context_args: dict) -> Iterator[Page]:  # noqa: F811
    """Without the worker that keeps styles in the browser: what it fetches is not heard here."""
    context = browser.new_context(**browser_context_args, service_workers="block")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(
    ("room", "width"), [*((room, 1366) for room in rooms_with_pages()), ("outreach", 390)]
)
def test_a_second_theme_changes_every_page_and_nothing_leaves_the_host(
    room: str,
    width: int,
    places: dict[str, object],  # noqa: F811
    live_server,
    page: Page,
    settings,
):
    elsewhere(settings, places)
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.route("**/static/css/theme-gemeente.css*", second_theme)
    page.set_viewport_size({"width": width, "height": 900})
    everybody, wrong, opened = users(), [], 0
    for row in pages(room):
        sign_in(page, live_server.url, everybody[min(row.roles)])
        address = reverse(row.page, args=[places.get(name, name) for name in row.args])
        answer = page.request.get(live_server.url + address)
        if answer.status != 200 or "<title>" not in answer.text():
            continue
        page.goto(answer.url)
        opened += 1
        wrong += wrong_on(page, row.page)
    assert wrong == [], "\n".join(wrong)
    assert opened
    assert asked == {urlsplit(live_server.url).netloc}
