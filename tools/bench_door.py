"""How soon a looplijst of 5,000 addresses is there, and how long the site takes of the fifteen seconds in
which somebody at a door writes down that nobody is home.

Run by tools/bench.py in a process of the pages, on a database with invented households. Beside both stands a
page that asks nothing of the database, as a reference of that run. Ends with 1 when it is not as promised.
What a browser takes to draw a page is not in it.
"""

import os
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from django.test import Client
from django.urls import reverse

from outreach.kernel import clock
from tools.bench_walks import p95, walked

TIMES = 60
#: Seconds: before the first page is there, and for a visit where nobody is home.
FIRST, VISIT = 1.0, 15.0
#: What a person takes of those: four times to think and to point. Source: the keystroke-level model of Card,
#: Moran and Newell (1983), in which M is 1.35 s and P 1.1 s.
TAPS = 4
PERSON = TAPS * (1.35 + 1.1)
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


@dataclass(frozen=True)
class Door:
    """The 95th percentile in milliseconds: of a page that asks nothing, of the list, of a whole visit."""

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
        found.append(f"een bezoek kost {measured.visit:.0f} ms, er is {left:.0f} ms naast {TAPS} tikken")
    return found


def tell(measured: Door) -> int:
    """Print what was measured, and what of it is not as promised; 1 when something is not."""
    print(f"bladzijde zonder vraag aan de database, p95: {measured.nothing:.0f} ms")
    print(f"looplijst met 5.000 adressen, p95: {measured.first:.0f} ms")
    print(f"‘Niet thuis’ opslaan en het volgende adres, p95: {measured.visit:.0f} ms van {VISIT:.0f} s")
    print(f"werk dat op de machine wachtte: {os.getloadavg()[0]:.1f} op {os.cpu_count()} kernen")
    wrong = broken(measured)
    for one in wrong:
        print(f"NIET GEHAALD: {one}")
    return 1 if wrong else 0


def nobody_home(looplijst: int, client: Client) -> None:
    """All that the site does between the taps: the next address, its form, saving, and the form after it."""
    address, form = _followed(client, reverse("claim_next", args=[looplijst]), {})
    sent = dict(_HIDDEN.findall(form))
    sent |= {"reached": "nee", "kind": "huisbezoek", "day_part": "middag", "note": ""}
    sent["happened_on"] = clock.today().isoformat()
    _followed(client, f"{address}?lijst={looplijst}", sent)


def _followed(client: Client, address: str, sent: dict[str, str]) -> tuple[str, str]:
    """Where a POST leads to, and the form there. Raises SystemExit when it is no form of a gesprek."""
    answer = client.post(address, sent, secure=True, follow=True)
    leads_to = str(answer.request["PATH_INFO"])
    if not answer.redirect_chain or not leads_to.endswith("/gesprek/"):
        raise SystemExit("na het opslaan kwam er geen volgend adres")
    return leads_to, answer.content.decode()


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def main(handover: int, buurt: str) -> int:
    looplijst, client = walked(handover, buurt)
    acts: tuple[Callable[[], object], ...] = (
        lambda: client.get(reverse("offline"), secure=True),
        lambda: client.get(reverse("looplijst", args=[looplijst.pk]), secure=True),
        lambda: nobody_home(looplijst.pk, client),
    )
    for act in acts:
        act()
    # In turn, so that what else the machine does slows all three.
    taken = list(islice(iter(lambda: [_seconds(act) for act in acts], None), TIMES))
    return tell(Door(*(p95(list(each)) for each in zip(*taken, strict=True))))


if __name__ == "__main__":
    place = sys.argv[1].split(":")
    sys.exit(main(int(place[0]), place[1]))
