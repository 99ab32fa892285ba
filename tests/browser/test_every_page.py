"""Every page of the site in a real browser: nothing serious for axe, never too wide, also at 400% zoom.

With BEREIK_PICTURES=<folder> each page is kept as a picture, to be looked at: axe does not see what overlaps.
"""

import os
import re
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from outreach.models import User
from tests.access_table import ROOMS, Row
from tests.outreach.test_access import nobody_is_told, places, users  # noqa: F401
from tests.ui.conftest import browser_context_args, browser_type_launch_args  # noqa: F401
from tests.ui.judging import RULES

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.proof]
#: Width, height, and how many points of the screen one of the page takes. The last one is what 1280 by 1024
#: becomes at 400%: WCAG 1.4.10.
SIZES = {"1366": (1366, 900, 1), "390": (390, 844, 1), "320": (320, 640, 1), "400": (320, 256, 4)}
SERIOUS = ("serious", "critical")
TALL = "() => Math.max(innerHeight, document.documentElement.scrollHeight)"
#: Addresses that give no page of their own in the town of this test: each with what it gives instead.
NO_PAGE = {
    **dict.fromkeys(("sign_in", "run_progress", "delivery_progress", "delivery_errors"), "a part of a page"),
    "admin:sign_in": "a part of a page",
    **dict.fromkeys(("letter_round_progress", "letter_batch_progress"), "a part of a page"),
    **dict.fromkeys(("letter_errand_progress", "delivery_upload"), "a part of a page"),
    **dict.fromkeys(
        ("letter_text_preview", "letter_preview", "letter_part", "report_csv", "opt_out_letter"), "a file"
    ),
    **dict.fromkeys(("card", "run_account", "share_preview", "admin:optout_publicnotice_scan"), "a file"),
    **dict.fromkeys(("admin:processing_csv", "admin:eligibility_transparency_pdf"), "a file"),
    **dict.fromkeys(("application_image", "application_scan", "work_image"), "an image"),
    **dict.fromkeys(("service_worker", "security_txt", "admin:jsi18n", "api_openapi"), "text for a program"),
    "admin:outreach_destructionlist_verklaring": "a file, once the list is carried out",
    "admin:outreach_subjectrequest_pakket": "a file, once the worker made it",
    "admin:view_on_site": "nothing: no register has a page on the site",
    **dict.fromkeys(("municipal_start", "municipal_back"), "nothing without a provider: looked at below"),
    "notification": "a way on to where the melding is about",
    **dict.fromkeys(("mfa_deactivate_totp", "mfa_view_recovery_codes"), "nothing before one has an app"),
    "mfa_download_recovery_codes": "nothing before one has an app",
}
PART = re.compile(r"<(\w+)[^>]*?\sclass=\"([^\"]*)\"")
AXE = """async (rules) => (await axe.run({runOnly: rules, resultTypes: ["violations"]})).violations
    .map(({id, impact, nodes}) => [impact, `${id} ${nodes[0].html.slice(0, 160)}`])"""
# What sticks out at the right; not what one can scroll to in a box of its own, as a table.
TOO_WIDE = """() => {
    const boxed = (element) => {
        for (let up = element.parentElement; up; up = up.parentElement) {
            if (up !== document.body && getComputedStyle(up).overflowX !== "visible") return true;
        }
        return false;
    };
    if (document.documentElement.scrollWidth > innerWidth) return ["document"];
    return [...document.querySelectorAll("body *")]
        .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !boxed(one))
        .map((one) => one.outerHTML.slice(0, 120));
}"""


def pages(room: str) -> list[Row]:
    """The pages that a person opens in a browser: one line for each address that gives one."""
    rows = [row for row in ROOMS[room] if row.method == "GET" and row.roles]
    return [row for row in rows if not row.program]


def rooms_with_pages() -> list[str]:
    return [room for room in ROOMS if any(row.page not in NO_PAGE for row in pages(room))]


def sign_in(page: Page, address: str, user: User) -> None:
    client = Client()
    client.force_login(user)
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "sessie", "value": client.cookies["sessie"].value, "url": address}])


def keep_picture(page: Page, row: Row, size: str) -> None:
    folder = os.environ.get("BEREIK_PICTURES")
    if folder:
        name = f"{row.page.replace(':', '-')}-{size}.png"
        page.screenshot(path=Path(folder) / name, full_page=size != "400")


def resize(page: Page, width: int, height: int, scale: int) -> None:
    """The same page on another screen: quicker than opening it again, and what turning a phone does."""
    page.set_viewport_size({"width": width, "height": height})
    if scale != 1:
        screen = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False}
        page.context.new_cdp_session(page).send("Emulation.setDeviceMetricsOverride", screen)
    page.wait_for_function(
        "([w, h, s]) => innerWidth === w && innerHeight === h && devicePixelRatio === s",
        arg=[width, height, scale],
    )


def complaints(page: Page, row: Row) -> list[str]:
    """What is wrong with the page that is open, at each size."""
    found = []
    page.evaluate(AXE_SCRIPT)
    for size, (width, height, scale) in SIZES.items():
        resize(page, width, height, scale)
        found += [f"{row.page} at {size}: too wide {one}" for one in page.evaluate(TOO_WIDE)[:2]]
        if size != "400":
            # As tall as the page: what a bar at the bottom covers now, one scrolls to.
            resize(page, width, page.evaluate(TALL), scale)
        seen = page.evaluate(AXE, RULES)
        found += [f"{row.page} at {size}: {what}" for impact, what in seen if impact in SERIOUS]
        keep_picture(page, row, size)
    return found


def opened_by(row: Row) -> list[str]:
    """The roles who open this page; nobody at all where it is for who is not signed in."""
    return [""] if row.public else sorted(row.roles)


def parts(text: str) -> frozenset[str]:
    """Which kinds of parts a page is made of: two pages that differ in it are judged apart."""
    return frozenset(PART.findall(text.split("<main", 1)[-1]))


@pytest.mark.parametrize("room", rooms_with_pages())
def test_nothing_serious_and_nothing_too_wide_on_any_page(
    room: str,
    places: dict[str, object],  # noqa: F811
    live_server,
    page: Page,
):
    everybody, wrong, unopened = users(), [], {}
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    for row in pages(room):
        seen: set[frozenset[str]] = set()
        for role in opened_by(row):
            page.context.clear_cookies()
            if role:
                sign_in(page, live_server.url, everybody[role])
            path = reverse(row.page, args=[places.get(name, name) for name in row.args])
            answer = page.request.get(live_server.url + path)
            if answer.status != 200 or "<title>" not in answer.text():
                unopened.setdefault(row.page, answer.status)
                continue
            unopened.pop(row.page, None)
            if parts(answer.text()) not in seen:
                seen.add(parts(answer.text()))
                page.goto(answer.url)
                wrong += complaints(page, row)
    assert wrong == [], "\n".join(wrong)
    assert {name: status for name, status in unopened.items() if name not in NO_PAGE} == {}


def test_signing_in_at_the_municipality_is_sound_too(live_server, page: Page, settings):
    settings.OIDC_ISSUER = "https://aanmelden.example"
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET, settings.OIDC_ACR = "bereik", "geheim", ["hoog"]
    wrong = []
    for name, said in (("account_login", "Inloggen via de gemeente"), ("municipal_back", "Inloggen")):
        page.goto(live_server.url + reverse(name))
        assert said in page.inner_text("main")
        wrong += complaints(page, next(row for row in pages("account") if row.page == name))
    assert wrong == [], "\n".join(wrong)
