"""The rapport in a real browser: on three widths, with and without a map, and on paper."""

import datetime
import os
import random
from pathlib import Path

import pypdfium2
import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from outreach.actions import report
from outreach.disclosure import STAGES, next_stand
from outreach.kernel import clock
from outreach.models import Buurt, Regeling, ReportStand, Role
from tests import factories
from tests.browser.conftest import Watch
from tests.ui import judging
from tests.ui.conftest import browser_context_args, browser_type_launch_args  # noqa: F401
from tests.ui.test_kit_browser import SMALL_TARGETS, TARGETS, TOO_WIDE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
NAMES = (
    "Oude Haven", "Molenwijk", "Kadebuurt", "Akkerhof", "Sluiskwartier", "Buitenveldert-Oost", "Weidepark",
    "Nieuwe Gracht", "Stationsbuurt", "De Hoven", "Zeeheldenbuurt", "Componistenwijk", "Rozenprieel",
    "Landlust", "Waterland-Noord", "Tuindorp Oostzijde", "Vogelbuurt", "Bloemenbuurt",
    "Industrieterrein West", "Polderweg en omgeving",
)  # fmt: skip
SHOTS = os.environ.get("BEREIK_SHOTS", "")


def _rows(rng: random.Random, keys: list[str], units: int) -> dict[str, tuple[int, ...]]:
    weights = [rng.random() ** 2 for _ in keys]
    rows = {key: [0] * STAGES for key in keys}
    for key in rng.choices(keys, weights, k=units):
        far = 0
        while far < STAGES - 1 and rng.random() < (0.8, 0.5, 0.7)[far]:
            far += 1
        for stage in range(far + 1):
            rows[key][stage] += 1
    return {key: tuple(row) for key, row in rows.items()}


def _like(total: tuple[int, ...], rows: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """These rows with what they lack of the total in the first."""
    first, *others = rows
    rest = [sum(rows[key][stage] for key in others) for stage in range(STAGES)]
    return rows | {first: tuple(all_ - part for all_, part in zip(total, rest, strict=True))}


@pytest.fixture
def town() -> None:
    """A stand of last month and one of today, of a town in which some buurten and regelingen are small."""
    rng = random.Random(4)
    codes = [factories.buurt(f"BU0363{n:04d}", name).code for n, name in enumerate(NAMES, start=1)]
    regelingen = list(Regeling.objects.values_list("code", flat=True))
    by_buurt = _rows(rng, codes, 2600)
    total = tuple(sum(row[stage] for row in by_buurt.values()) for stage in range(STAGES))
    stand = next_stand(
        [],
        {
            "buurt": by_buurt | {"": (0,) * STAGES},
            "regeling": _like(total, _rows(rng, regelingen, 1500)),
            "maand": _like(total, _rows(rng, ["2026-06", "2026-07", "2026-08"], 900)),
        },
    )
    days = {"totaal": {"": [4, 16, 31]}, "regeling": {code: [4, 14, None] for code in regelingen[:4]}}
    before = datetime.date(2026, 8, 1)
    ReportStand.objects.create(month=before, counted_on=before, figures=report.as_kept(stand), days=days)
    today = clock.today()
    del stand.tables["buurt"][codes[2]], stand.tables["regeling"][regelingen[1]]
    ReportStand.objects.create(
        month=today.replace(day=1), counted_on=today, figures=report.as_kept(stand), days=days
    )


@pytest.fixture
def drawn(town: None) -> None:
    """A map of the town: crooked blocks, one of them round."""
    rng = random.Random(9)
    corner = {
        (x, y): (120_000 + 900 * x + rng.randint(-250, 250), 487_000 + 700 * y + rng.randint(-200, 200))
        for x in range(6)
        for y in range(5)
    }
    for number, buurt in enumerate(Buurt.objects.order_by("code")):
        x, y = number % 5, number // 5
        if y < 4:
            ring = [corner[x + dx, y + dy] for dx, dy in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))]
            buurt.outline = [ring]
            buurt.save(update_fields=["outline"])


def opened(page: Page, address: str, width: int) -> Watch:
    client = Client()
    client.force_login(factories.user(Role.ANALIST))
    page.context.add_cookies(
        [{"name": "sessie", "value": client.cookies["sessie"].value, "url": address, "httpOnly": True}]
    )
    page.set_viewport_size({"width": width, "height": 900})
    watch = Watch(page)
    page.goto(f"{address}/rapport/")
    return watch


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def sound(page: Page, width: int, watch: Watch) -> None:
    found = judging.violations(page)
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []
    assert not page.evaluate(TOO_WIDE)
    if width < 500:
        assert page.evaluate(SMALL_TARGETS, TARGETS) == 0
    assert page.evaluate("localStorage.length") == 0
    assert watch.complaints == []


@pytest.mark.parametrize("width", [1366, 390, 320])
def test_with_a_map_it_is_sound_on_every_width(page: Page, live_server, drawn, width):
    watch = opened(page, live_server.url, width)
    expect(page.get_by_role("heading", name="Rapport", exact=True)).to_be_visible()
    expect(page.locator(".report-map__svg")).to_be_visible()
    charts = page.locator(".kit-chart").count()
    # The same counts stand in a table: within the chart, or right below in its section.
    assert charts == page.locator(".kit-panel:has(.kit-chart)").count() == 3
    assert page.locator(".kit-panel:has(.kit-chart):has(table)").count() == charts
    shot(page, f"rapport-{width}")
    sound(page, width, watch)


@pytest.mark.parametrize("width", [1366, 320])
def test_without_a_map_there_are_tiles(page: Page, live_server, town, width):
    watch = opened(page, live_server.url, width)
    expect(page.locator(".report-tile")).to_have_count(len(NAMES))
    shot(page, f"rapport-vakjes-{width}")
    sound(page, width, watch)


def test_on_paper_it_is_whole_and_without_menus(page: Page, live_server, drawn):
    opened(page, live_server.url, 1366)
    paper = page.pdf(format="A4", print_background=False, prefer_css_page_size=True)
    if SHOTS:
        (Path(SHOTS) / "rapport.pdf").write_bytes(paper)
    words = " ".join(sheet.get_textpage().get_text_range() for sheet in pypdfium2.PdfDocument(paper))
    for name in (*NAMES, *Regeling.objects.values_list("name", flat=True)):
        assert name.split()[0] in words, name
    assert "Toegekend" in words
    assert "Uitloggen" not in words
    assert "Download" not in words
    page.emulate_media(media="print")
    expect(page.locator(".kit-header")).to_be_hidden()
    expect(page.locator(".kit-cards").first).to_be_hidden()


def test_the_choice_for_the_map_works_without_scripts(browser, browser_context_args, live_server, drawn):  # noqa: F811
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": False})
    page = context.new_page()
    opened(page, live_server.url, 390)
    page.get_by_role("link", name="Bereikt").click()
    expect(page.get_by_role("heading", name="Op de kaart: bereikt van wie is gevonden")).to_be_visible()
    expect(page.get_by_role("link", name="Bereikt")).to_have_attribute("aria-current", "true")
    context.close()
