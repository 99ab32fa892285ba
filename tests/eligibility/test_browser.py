"""Delivering and coupling in a real browser: with and without JavaScript, on a desk and a phone."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from eligibility.actions import keys, koppeling
from eligibility.models import Delivery, RunStep
from outreach.models import User
from tests.browser.conftest import DESK, PHONE, SMALL, SignIn, Watch, sign_in  # noqa: F401
from tests.eligibility import deliver
from tests.roles import as_role
from tests.ui import judging
from tests.ui.conftest import browser_context_args, browser_type_launch_args  # noqa: F401
from tests.ui.test_kit_browser import TOO_WIDE

pytestmark = [pytest.mark.browser, pytest.mark.django_db, pytest.mark.usefixtures("places")]

NUMBERS = [deliver.bsn(80000000 + 10 * step) for step in range(40)]
Visit = Callable[..., tuple[Page, Watch]]


@pytest.fixture(scope="session", autouse=True)
def _an_event_loop_in_this_thread() -> None:
    """Playwright runs a loop in the thread of the test until the end; Django then has to be told."""
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker is told nothing: the test does its work."""
    for module in ("deliveries", "runs", "uploading"):
        monkeypatch.setattr(f"eligibility.views.{module}.soon", lambda task, number: None)


@pytest.fixture
def visit(
    browser: Browser,
    browser_context_args: dict,  # noqa: F811
    live_server: LiveServer,
    manager: User,
    sign_in: SignIn,  # noqa: F811
    told: None,
) -> Iterator[Visit]:
    """Opens a page as the applicatiebeheerder."""
    contexts: list[BrowserContext] = []

    def opened(path: str, size: dict[str, int] = DESK, *, scripts: bool = True) -> tuple[Page, Watch]:
        context = browser.new_context(
            **{**browser_context_args, "viewport": size, "java_script_enabled": scripts},
            base_url=live_server.url,
        )
        contexts.append(context)
        sign_in(context, manager)
        page = context.new_page()
        watch = Watch(page)
        page.goto(path)
        return page, watch

    yield opened
    for context in contexts:
        context.close()


def to_the_file(page: Page) -> None:
    """From the list to the page that asks for the file."""
    page.get_by_role("link", name="Bestand leveren").click()
    page.get_by_label("Bron").select_option("bijstand")
    page.get_by_label("Jaar").fill("2025")
    page.get_by_label("Peildatum").fill("2026-03-01")
    page.get_by_role("button", name="Verder").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bestand leveren")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_file_is_delivered_with_and_without_scripts(visit: Visit, tmp_path: Path, scripts: bool):
    with as_role("koppel"):
        keys.keep_ready()
    file = tmp_path / "bijstand.csv"
    file.write_bytes(deliver.client_file(NUMBERS))
    page, watch = visit("/koppelen/leveringen/", scripts=scripts)
    to_the_file(page)
    page.get_by_label("Bestand").set_input_files(file)
    page.get_by_role("button", name="Uploaden").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bijstand 2025")
    expect(page.get_by_text("Het bestand is ontvangen")).to_be_visible()
    deliver.process(Delivery.objects.get())
    page.reload()
    expect(page.locator(".kit-head")).to_contain_text("Ingeladen")
    assert watch.complaints == []


def test_the_script_says_what_went_wrong_and_can_try_again(visit: Visit, tmp_path: Path):
    file = tmp_path / "bijstand.csv"
    file.write_bytes(deliver.client_file(NUMBERS))
    page, _ = visit("/koppelen/leveringen/nieuw/bestand/?bron=bijstand&jaar=2025&peildatum=2026-03-01")
    page.get_by_label("Bestand").set_input_files(file)
    page.get_by_role("button", name="Uploaden").click()
    expect(page.get_by_text("Er ligt nog geen sleutel klaar")).to_be_visible()
    with as_role("koppel"):
        keys.keep_ready()
    page.get_by_role("button", name="Uploaden").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bijstand 2025")


def test_a_file_over_the_bound_is_not_even_sent(visit: Visit, tmp_path: Path, settings):
    settings.UPLOAD_MAX_BYTES = 100
    file = tmp_path / "bijstand.csv"
    file.write_bytes(deliver.client_file(NUMBERS))
    page, watch = visit("/koppelen/leveringen/nieuw/bestand/?bron=bijstand&jaar=2025&peildatum=2026-03-01")
    sent = []
    page.on("request", lambda request: sent.append(request.method))
    page.get_by_label("Bestand").set_input_files(file)
    page.get_by_role("button", name="Uploaden").click()
    expect(page.get_by_text("Lever een bestand van hooguit 100 bytes.").last).to_be_visible()
    assert "POST" not in sent
    assert watch.complaints == []


def test_progress_moves_survives_f5_and_ends_by_itself(visit: Visit, manager: User):
    delivery = deliver.upload(deliver.client_file(NUMBERS), "bijstand", 2025, by=manager)
    rows = Delivery.objects.filter(pk=delivery.pk)
    rows.update(state="gecontroleerd", rows_total=1000, rows_read=100, attempts=1)
    page, watch = visit(f"/koppelen/leveringen/{delivery.pk}/")
    expect(page.get_by_text("100 van 1.000 regels (10%)")).to_be_visible()
    rows.update(rows_read=600)
    expect(page.get_by_text("600 van 1.000 regels (60%)")).to_be_visible()
    page.reload()
    expect(page.get_by_text("600 van 1.000 regels (60%)")).to_be_visible()
    rows.update(state="ingeladen", rows_read=1000, rows_kept=1000, cycle=2025)
    expect(page.locator(".kit-head")).to_contain_text("Ingeladen")
    expect(page.get_by_text("van 1.000 regels")).to_have_count(0)
    assert watch.complaints == []


def test_a_koppeling_is_started_and_followed_to_its_counts(visit: Visit, manager: User):
    deliver.deliver(deliver.brp([deliver.resident(number) for number in NUMBERS]), "brp", by=manager)
    deliver.deliver(deliver.client_file(NUMBERS[:10]), "bijstand", 2025, by=manager)
    deliver.transparent()
    page, watch = visit("/koppelen/", PHONE)
    page.get_by_label("Peildatum").fill("2026-03-01")
    page.get_by_role("button", name="Bekijk wat de koppeling meeneemt").click()
    page.get_by_role("button", name="Start de koppeling").click()
    expect(page.get_by_text("Wacht op de werker")).to_be_visible()
    run = manager.runs_asked.get()
    with as_role("koppel"):
        koppeling._plan_steps(run)
        RunStep.objects.filter(run=run, number__lt=5).update(done=True, rows=40, seconds=0.1)
    expect(page.get_by_text("5 van 21 stappen (23%)")).to_be_visible()
    deliver.carry_out(run)
    expect(page.get_by_role("link", name="Bekijk de tellingen")).to_be_visible()
    page.get_by_role("link", name="Bekijk de tellingen").click()
    expect(page.get_by_role("group", name="Kandidaten per regeling")).to_be_visible()
    assert watch.complaints == []


def test_every_page_fits_and_is_accessible(visit: Visit, manager: User):
    deliver.deliver(deliver.brp([deliver.resident(number) for number in NUMBERS]), "brp", by=manager)
    held = deliver.deliver(deliver.client_file([*NUMBERS[:5], "123456789"]), "bijstand", 2025, by=manager)
    run = deliver.run_through(manager)
    pages = [
        "/koppelen/?peildatum=2026-03-01",
        f"/koppelen/{run.pk}/",
        f"/koppelen/{run.pk}/tellingen/",
        "/koppelen/kalender/?peildatum=2026-03-01",
        "/koppelen/leveringen/?status=aangehouden",
        "/koppelen/leveringen/nieuw/",
        "/koppelen/leveringen/nieuw/bestand/?bron=bijstand&jaar=&peildatum=",
        "/koppelen/leveringen/nieuw/bestand/?bron=brp&jaar=&peildatum=2026-03-01",
        f"/koppelen/leveringen/{held.pk}/",
    ]
    for size in (DESK, PHONE, SMALL):
        page, _ = visit("/koppelen/", size)
        for address in pages:
            page.goto(address)
            assert not page.evaluate(TOO_WIDE), (address, size)
            found = judging.violations(page)
            serious = [one["id"] for one in found if one["impact"] in ("serious", "critical")]
            assert serious == [], (address, size)
