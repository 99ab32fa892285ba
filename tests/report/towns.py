"""Made-up units that go through the stages in time, at random, with many small groups among them."""

import random
from collections import Counter
from itertools import product

from outreach.disclosure import STAGES, Counts, Stand, next_stand
from tests.report.solver import Units, Way

SIZES = (3, 8, 12, 25, 60, 150)
RATES = (0.05, 0.15, 0.4, 0.7)


def units(seed: int, rows: tuple[int, ...], moments: int) -> Units:
    """Units in tables with so many rows, and where each is at so many moments."""
    rng = random.Random(seed)
    made = {}
    for key in product(*(range(count) for count in rows)):
        rate = rng.choice(RATES)
        ways = Counter(_way(rng, rate, moments) for _ in range(rng.choice(SIZES)))
        made[tuple(f"rij {number}" for number in key)] = {way: n for way, n in ways.items() if way[-1] >= 0}
    return made


def _way(rng: random.Random, rate: float, moments: int) -> Way:
    way, stage = [], -1
    for moment in range(moments):
        if stage < 0 and rng.random() < (0.5 if moment else 0.85):
            stage = 0
        for _ in range(STAGES - 1):
            if 0 <= stage < STAGES - 1 and rng.random() < rate:
                stage += 1
        way.append(stage)
    return tuple(way)


def counts(of: Units, table: int, moment: int) -> Counts:
    """The true counts of one table at one moment."""
    found: dict[str, list[int]] = {}
    for key, ways in of.items():
        row = found.setdefault(key[table], [0] * STAGES)
        for way, number in ways.items():
            for stage in range(way[moment] + 1):
                row[stage] += number
    return found


def told(of: Units, tables: tuple[str, ...], moments: int) -> tuple[list[Stand], Units]:
    """All stands of these units, and the units as they are at those stands alone."""
    stands: list[Stand] = []
    kept = []
    for moment in range(moments):
        true = {table: counts(of, number, moment) for number, table in enumerate(tables)}
        if (stand := next_stand(stands, true)) is not None:
            stands.append(stand)
            kept.append(moment)
    seen = {}
    for key, ways in of.items():
        seen[key] = Counter()
        for way, number in ways.items():
            seen[key][tuple(way[moment] for moment in kept)] += number
    return stands, seen
