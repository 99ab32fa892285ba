"""How soon a looplijst of 5,000 addresses is drawn, and how long Bereik takes of the fifteen seconds in which
somebody at a door writes down that nobody is home: in a real browser, on a desk and on a phone.

Run by tools/bench.py in a process of the pages, on a database with invented households; the pages come from
the web server of the site. Beside both stands a page that asks nothing of the database, as a reference of
that run. Ends with 1 when it is not as promised.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection

from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from tools import browser as chromium
from tools.bench_walks import p95, walked

TIMES = 20
#: Seconds: before something of the page is drawn, and for a visit where nobody is home.
FIRST, VISIT = 1.0, 15.0
#: What a person takes of those: three times to think and to point. Source: the keystroke-level model of Card,
#: Moran and Newell (1983), in which M is 1.35 s and P 1.1 s.
TAPS = ("Pak volgende adres", "Niet thuis", "Opslaan en volgende")
PERSON = len(TAPS) * (1.35 + 1.1)
SCREENS: Mapping[str, ViewportSize] = {
    "bureau": {"width": 1366, "height": 900},
    "telefoon": {"width": 390, "height": 844},
}
HOST = "127.0.0.1"
#: Seconds that the web server may take to answer.
PATIENCE = 60.0
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--lang=nl-NL",
]
_FIRST_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


@dataclass(frozen=True)
class Door:
    """The 95th percentile in milliseconds: until a page that asks nothing is drawn, until the list is, and of
    a whole visit."""

    nothing: float
    first: float
    visit: float


def broken(measured: Door) -> list[str]:
    """What was promised and is not so."""
    found = []
    if measured.first > FIRST * 1000:
        found.append(f"de looplijst is er na {measured.first:.0f} ms, beloofd is {FIRST * 1000:.0f} ms")
    left = (VISIT - PERSON) * 1000
    if measured.visit > left:
        found.append(f"een bezoek kost {measured.visit:.0f} ms, er is {left:.0f} ms naast {len(TAPS)} tikken")
    return found


def tell(by_screen: Mapping[str, Door]) -> int:
    """Print what was measured, and what of it is not as promised; 1 when something is not."""
    wrong = []
    for screen, measured in by_screen.items():
        print(
            f"{screen}: een bladzijde zonder vraag aan de database staat er, p95: {measured.nothing:.0f} ms"
        )
        print(f"{screen}: een looplijst met 5.000 adressen staat er, p95: {measured.first:.0f} ms")
        print(
            f"{screen}: ‘Niet thuis’ tot het volgende adres, p95: {measured.visit:.0f} ms van {VISIT:.0f} s"
        )
        wrong += [f"{screen}: {one}" for one in broken(measured)]
    print(f"werk dat op de machine wachtte: {os.getloadavg()[0]:.1f} op {os.cpu_count()} kernen")
    for one in wrong:
        print(f"NIET GEHAALD: {one}")
    return 1 if wrong else 0


def first_paint(page: Page, address: str) -> float:
    """Seconds from asking for a page until something of it is drawn. Source: W3C Paint Timing."""
    page.goto(address)
    drawn = page.wait_for_function(_FIRST_PAINT).json_value()
    return float(drawn) / 1000


def nobody_home(page: Page, address: str) -> float:
    """Seconds of three taps from a list, until the next address stands there."""
    page.goto(address)
    take, nobody, save = TAPS
    began = time.perf_counter()
    page.get_by_role("button", name=take).click()
    page.get_by_text(nobody, exact=True).click()
    heading = page.get_by_role("heading", level=1)
    here = heading.inner_text()
    page.get_by_role("button", name=save).click()
    expect(heading).not_to_have_text(here)
    return time.perf_counter() - began


def _measured(browser: Browser, size: ViewportSize, site: str, key: str, looplijst: int) -> Door:
    context = browser.new_context(
        viewport=size, locale="nl-NL", timezone_id="Europe/Amsterdam", base_url=site
    )
    context.add_cookies([{"name": "sessie", "value": key, "url": site}])
    page = context.new_page()
    address = reverse("looplijst", args=[looplijst])
    acts: tuple[Callable[[], float], ...] = (
        lambda: first_paint(page, reverse("offline")),
        lambda: first_paint(page, address),
        lambda: nobody_home(page, address),
    )
    for act in acts:
        act()
    # In turn, so that what else the machine does slows all three.
    taken = [[act() for act in acts] for _ in range(TIMES)]
    context.close()
    return Door(*(p95(list(each)) for each in zip(*taken, strict=True)))


@contextmanager
def _served() -> Iterator[str]:
    """The pages by the web server of the site, with the variables of this process; gives its address."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-m", "gunicorn", "outreach.wsgi:application", "--bind", f"{HOST}:{port}"]
    words += ["--workers", "2", "--worker-class", "gthread", "--threads", "4", "--no-control-socket"]
    with tempfile.TemporaryFile() as said:
        # Without https, as the demo on a machine of one's own.
        env = os.environ | {"INSECURE_COOKIES": "1"}
        process = subprocess.Popen(words, env=env, stdout=said, stderr=subprocess.STDOUT)
        try:
            deadline = time.monotonic() + PATIENCE
            while not _answers(port):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit("de webserver geeft geen pagina")
                time.sleep(0.1)
            yield f"http://{HOST}:{port}"
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _answers(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=PATIENCE)
    try:
        connection.request("GET", reverse("offline"))
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def main(handover: int, buurt: str) -> int:
    looplijst, client = walked(handover, buurt)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    with _served() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=_FLAGS)
        measured = {
            screen: _measured(browser, size, site, key, looplijst.pk) for screen, size in SCREENS.items()
        }
        browser.close()
    return tell(measured)


if __name__ == "__main__":
    place = sys.argv[1].split(":")
    sys.exit(main(int(place[0]), place[1]))
