"""An invented town as a folder of deliveries, with every trap that the rules of the koppeling know.

The same arguments give the same bytes. Nobody in it exists; a BSN in it is a number that passes the
11-proef and may belong to someone, so a folder is for tests, demos and measurements on the machine it was
made on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from eligibility.town.files import Folder
from eligibility.town.grants import Grants
from eligibility.town.households import HOMES, Home, marry, single
from eligibility.town.people import BRP_COLUMNS, Registry
from eligibility.town.streets import GEMEENTECODE, TownMap
from eligibility.town.traps import Traps

PARTNER_ELSEWHERE = 0.012  # of neighbours who both live alone
DELIVERED_BEFORE = timedelta(days=14)
FIRST_AGREEMENTS = date(2019, 1, 1)


@dataclass(frozen=True, slots=True)
class TownFacts:
    """What was made: `inhabitants` people on `addresses` addresses; `rows` per file; `traps` sprung, by
    name.
    """

    folder: Path
    peildatum: date
    seed: int
    inhabitants: int
    addresses: int
    low_income_families: int
    rows: dict[str, int]
    traps: dict[str, int]


def generate(
    folder: Path, *, inhabitants: int, peildatum: date, seed: int, gemeentecode: str = GEMEENTECODE
) -> TownFacts:
    """Write brp.csv, about 35 client files and levering.json into `folder`.

    Files of that name are replaced; the folder should hold nothing else. Raises ValueError for fewer than
    one inhabitant, or a gemeentecode that is not four digits.
    """
    if inhabitants < 1:
        raise ValueError("a town has at least one inhabitant")
    if not (len(gemeentecode) == 4 and gemeentecode.isdecimal()):
        raise ValueError("a gemeentecode is four digits")
    rng = Random(seed)  # noqa: S311 - an invented town has nothing to hide
    town = Registry(rng, peildatum=peildatum, seed=seed, gemeentecode=gemeentecode)
    traps = Traps(town)
    addresses = low_incomes = 0
    with Folder(folder, rng, max(peildatum - DELIVERED_BEFORE, FIRST_AGREEMENTS)) as files:
        grants = Grants(files, rng, town.numbers, peildatum.year)
        for home in _homes(town, TownMap(seed, gemeentecode), inhabitants):
            addresses += 1
            low_incomes += _record(home, grants, rng)
            for row in traps.rows(home):
                files.add("brp", None, BRP_COLUMNS, row)
        rows = files.finish()
    return TownFacts(
        folder, peildatum, seed, inhabitants, addresses, low_incomes, rows, dict(sorted(traps.sprung.items()))
    )


def _record(home: Home, grants: Grants, rng: Random) -> int:
    """Write what the sources know of the families at an address; how many of them have a low income."""
    low_incomes = 0
    for family in home.families:
        low = rng.random() < family[0].address.low_income
        low_incomes += low
        grants.record(family, low)
    return low_incomes


def _homes(town: Registry, town_map: TownMap, inhabitants: int) -> Iterator[Home]:
    """Homes until everyone is housed; some who live alone are married to a neighbour who lives alone."""
    ladder = [make for make, rate in HOMES for _ in range(rate // 5)]
    rng, left = town.rng, inhabitants
    neighbour: Home | None = None
    for address in town_map.addresses():
        home = ladder[int(rng.random() * len(ladder))](town, address)
        if len(home.people) > left:
            home = single(town, address)
        left -= len(home.people)
        if neighbour is not None:
            if len(home.people) == len(neighbour.people) == 1 and rng.random() < PARTNER_ELSEWHERE:
                marry(home.people[0], neighbour.people[0])
            yield neighbour
        neighbour = home
        if not left:
            yield neighbour
            return
