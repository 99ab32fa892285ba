"""The page of a looplijst with few and with many households in its round, idle and during a koppeling.

Run by tools/bench.py in a process of the pages, on a database with invented households. What it prints: the
95th percentile in milliseconds and the number of queries, at both sizes in turn. Ends with 1 when that is not
as was promised.
"""

import datetime
import itertools
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outreach.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402

from outreach.actions import rounds  # noqa: E402
from outreach.kernel.db import SYSTEM_ACTOR, acting_as  # noqa: E402
from outreach.models import Buurt, Handover, Klasse, Looplijst, Regeling, Role, Round, Team, User  # noqa: E402
from outreach.models.round import RoundKind  # noqa: E402
from outreach.sessions import SECOND_STEP  # noqa: E402

#: As somebody walks through it: what is left to do, further on, one regeling, all.
QUERIES = ("?status=te_doen", "?status=te_doen&page=2", "?regeling=stadspas", "", "?status=te_doen&page=20")
REQUESTS = 200
#: How many times slower a page may be with ten times the households, and during a koppeling.
GROWS, WAITS = 1.5, 4.0


@dataclass(frozen=True)
class Measured:
    """Queries of each page and the 95th percentile, with few and with many households; `busy` is that of many
    during a koppeling."""

    queries: tuple[list[int], list[int]]
    idle: tuple[float, float]
    busy: float


def broken(measured: Measured) -> list[str]:
    """What was promised of the page and is not so."""
    few, many = measured.idle
    found = []
    if measured.queries[0] != measured.queries[1]:
        found.append("het aantal vragen aan de database hangt af van het aantal huishoudens")
    if many > GROWS * few:
        found.append(f"met meer huishoudens {many / few:.2f}x, beloofd is ten hoogste {GROWS}x")
    if measured.busy > WAITS * many:
        found.append(f"tijdens een koppeling {measured.busy / many:.2f}x, beloofd is ten hoogste {WAITS}x")
    return found


def walked(handover_id: int, buurt: str) -> tuple[Looplijst, Client]:
    """A fixed visit round over one handover, its looplijst, and the browser of a buurtteam."""
    team = Team.objects.create(name=f"Team {buurt}", municipal=False, all_areas=False)
    team.buurten.add(Buurt.objects.get_or_create(code=buurt, defaults={"name": f"Buurt {buurt}"})[0])
    maker, fixer = (
        User.objects.create_user(username=f"{name}-{buurt}", role=Role.TEAMLEIDER)
        for name in ("maker", "vaststeller")
    )
    walker = User.objects.create_user(username=f"loper-{buurt}", role=Role.BUURTTEAM, team=team)
    _fixed(Handover.objects.get(pk=handover_id), maker, fixer)
    with acting_as(SYSTEM_ACTOR):
        looplijst = Looplijst.objects.get(team=team)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(walker)
    session = client.session
    session[SECOND_STEP] = str(walker.pk)
    session.save()
    return looplijst, client


def _fixed(handover: Handover, maker: User, fixer: User) -> Round:
    with acting_as(maker.actor()):
        made = rounds.make(
            name="Meting",
            kind=RoundKind.VISIT,
            handover=handover,
            regelingen=Regeling.objects.filter(pk__in=["scholierenvergoeding", "stadspas"]),
            klassen=list(Klasse),
            reply_before=None,
            by=maker,
        )
    with acting_as(fixer.actor()):
        return rounds.fix(round_=made, by=fixer)


def pages(place: tuple[Looplijst, Client]) -> Callable[[], float]:
    """Opens the next page of a walk and gives its seconds."""
    looplijst, client = place
    addresses = cycle(reverse("looplijst", args=[looplijst.pk]) + query for query in QUERIES)

    def opened() -> float:
        began = time.perf_counter()
        answer = client.get(next(addresses), secure=True)
        seconds = time.perf_counter() - began
        if answer.status_code != 200:
            raise SystemExit(f"de pagina gaf {answer.status_code}")
        return seconds

    return opened


def queries(place: tuple[Looplijst, Client]) -> list[int]:
    """How many queries each of the pages costs."""
    opened = pages(place)
    counted = []
    for _ in QUERIES:
        with CaptureQueriesContext(connection) as captured:
            opened()
        counted.append(len(captured))
    return counted


def p95(seconds: list[float]) -> float:
    """The 95th percentile in milliseconds."""
    return statistics.quantiles(seconds, n=20)[-1] * 1000


@contextmanager
def koppelingen(town: str) -> Iterator[Callable[[], bool]]:
    """Koppelingen that run beside it one after another, as nice as their worker is; says whether one runs.

    One of a small town is over before enough pages were opened. Between two of them nothing runs: a page that
    was opened meanwhile does not count. Raises SystemExit when one fails.
    """
    numbers = itertools.count(1)
    running = _koppeling(town, next(numbers))

    def runs() -> bool:
        nonlocal running
        if (ended := running.poll()) is None:
            return True
        if ended:
            raise SystemExit(f"de koppeling eindigde met {ended}")
        running = _koppeling(town, next(numbers))
        return False

    try:
        yield runs
    finally:
        running.terminate()
        running.wait()


def _koppeling(town: str, number: int) -> subprocess.Popen[bytes]:
    command = ["nice", "-n", "10", sys.executable, "manage.py", "koppel", town]
    command += ["--peildatum", datetime.date(2026, 3, 1).isoformat(), "--uit", f"{town}-uit-{number}"]
    env = os.environ | {"BEREIK_ROLE": "koppel"}
    return subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main(sizes: list[tuple[int, str]], town: str) -> int:
    few, many = (walked(number, buurt) for number, buurt in sizes)
    counted = queries(few), queries(many)
    idle: tuple[list[float], list[float]] = ([], [])
    for one, other in islice(zip(_timed(few), _timed(many), strict=False), REQUESTS):
        idle[0].append(one)
        idle[1].append(other)
    with koppelingen(town) as runs:
        opened, busy = pages(many), []
        while len(busy) < REQUESTS:
            if runs() and (seconds := opened()) and runs():
                busy.append(seconds)
    measured = Measured(counted, (p95(idle[0]), p95(idle[1])), p95(busy))
    return tell(measured, len(busy))


def tell(measured: Measured, times: int) -> int:
    """Print what was measured, and what of it is not as promised; 1 when something is not."""
    (few, many), busy, wrong = measured.idle, measured.busy, broken(measured)
    print(f"vragen aan de database per pagina: {measured.queries[0]} en {measured.queries[1]}")
    print(f"looplijst, p95: {few:.0f} ms en {many:.0f} ms, {many / few:.2f}x")
    print(f"tijdens een koppeling: {busy:.0f} ms in {times} keer, {busy / many:.2f}x")
    for one in wrong:
        print(f"NIET GEHAALD: {one}")
    return 1 if wrong else 0


def _timed(place: tuple[Looplijst, Client]) -> Iterator[float]:
    opened = pages(place)
    for _ in QUERIES:
        opened()
    while True:
        yield opened()


if __name__ == "__main__":
    sys.exit(main([(int(pair.split(":")[0]), pair.split(":")[1]) for pair in sys.argv[2:]], sys.argv[1]))
