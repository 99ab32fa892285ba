"""The map of an invented town: buurten, streets, postcodes and the addresses along them."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

WOONPLAATS = "Waterveen"
GEMEENTECODE = "0363"

# Name and share of households with a low income, in percent (16 over the whole town).
_BUURTEN: list[tuple[str, int]] = [
    ("Centrum", 10), ("Havenkwartier", 17), ("Molenbuurt", 14), ("Stationsbuurt", 21), ("Oude Veen", 9),
    ("Nieuwe Veen", 16), ("Rietlanden", 7), ("Bloemenbuurt", 23), ("Vogelbuurt", 28), ("Dichtersbuurt", 12),
    ("Componistenbuurt", 13), ("Waterkant", 6), ("De Kreek", 18), ("Zuiderhof", 31), ("Noorderdok", 24),
    ("Schansen", 11), ("Oosterpark", 15), ("Westerweide", 8), ("Lindenhof", 20), ("De Dreven", 27),
    ("Kersenboomgaard", 9), ("Buitengebied", 13),
]  # fmt: skip

_ROOTS = [
    "Eiken", "Beuken", "Linden", "Iepen", "Kastanje", "Meidoorn", "Wilgen", "Elzen", "Berken", "Populieren",
    "Dennen", "Ceder", "Vlier", "Hazelaar", "Esdoorn", "Kievit", "Merel", "Lijster", "Zwaluw", "Reiger",
    "Fuut", "Ooievaar", "Spreeuw", "Leeuwerik", "Wulp", "Grutto", "Valken", "Uilen", "Zwanen", "Eenden",
    "Rozen", "Tulpen", "Lelie", "Anjer", "Narcissen", "Viooltjes", "Zonnebloem", "Klaproos", "Dahlia",
    "Margriet", "Krokus", "Lavendel", "Distel", "Varen", "Molenaars", "Bakkers", "Smids", "Kuipers",
    "Touwslagers", "Wevers", "Schippers", "Vissers", "Turfstekers", "Rietdekkers", "Zeilmakers", "Gerst",
    "Haver", "Rogge", "Tarwe", "Vlas", "Koren", "Boekweit", "Klaver", "Hooi", "Oogst", "Schelp", "Parel",
    "Anker", "Boei", "Kompas", "Fok", "Bezaan", "Roer", "Linge", "Vecht", "Amstel", "Dommel", "Berkel",
    "Regge", "Dinkel", "Geul", "Gouwe", "Zaan", "Spaarne", "Eem", "Waal", "Merwede", "Kreeft", "Snoek",
    "Baars"
]  # fmt: skip
_KINDS = [
    "straat", "laan", "weg", "pad", "hof", "plein", "kade", "dreef", "singel", "plantsoen", "steeg",
    "gracht"
]  # fmt: skip
_BEFORE = ["", "Oude ", "Nieuwe ", "Korte ", "Lange ", "Eerste ", "Tweede ", "Derde ", "Kleine ", "Grote "]

# The letters of a postcode; the post does not use SA, SD and SS.
_LETTERS = [
    a + b
    for a in "ABCDEFGHJKLMNPRSTUVWXZ"
    for b in "ABCDEFGHJKLMNPRSTUVWXZ"
    if a + b not in ("SA", "SD", "SS")
]
_PER_POSTCODE = 24
_FLOORS = ["hs", "1", "2", "3"]


@dataclass(frozen=True, slots=True)
class Buurt:
    code: str
    name: str
    low_income: float


@dataclass(frozen=True, slots=True)
class Address:
    """One object lived in. `low_income` is the buurt's share of households with a low income (0–1)."""

    adres_id: str
    straat: str
    huisnummer: str
    huisletter: str
    toevoeging: str
    postcode: str
    buurtcode: str
    low_income: float


def _neighbourhoods(seed: int, gemeentecode: str) -> list[Buurt]:
    named = list(_BUURTEN)
    Random(f"buurten {seed}").shuffle(named)  # noqa: S311 - a map, not a secret
    return [
        Buurt(f"BU{gemeentecode}{n:04d}", name, low / 100) for n, (name, low) in enumerate(named, start=1)
    ]


def buurten(seed: int, gemeentecode: str = GEMEENTECODE) -> list[tuple[str, str]]:
    """The buurten of the town of this seed, as (code, name), by code."""
    return [(buurt.code, buurt.name) for buurt in _neighbourhoods(seed, gemeentecode)]


def _street_names(rng: Random) -> Iterator[str]:
    """Every street name once, in an order of the seed; numbered round again when they run out."""
    names = [f"{root}{kind}" for root in _ROOTS for kind in _KINDS]
    rng.shuffle(names)
    for before in _BEFORE:
        for name in names:
            yield f"{before}{name.lower()}".capitalize() if before else name
    turn = 4
    while True:
        yield from (f"{turn}e {name}" for name in names)
        turn += 1


class TownMap:
    """Hands out addresses street by street, for ever; the town grows until its people are housed."""

    def __init__(self, seed: int, gemeentecode: str) -> None:
        self._rng = Random(f"map {seed}")  # noqa: S311 - a map, not a secret
        self._buurten = _neighbourhoods(seed, gemeentecode)
        self._gemeentecode = gemeentecode
        self._postcodes_used = [0] * len(self._buurten)
        self._objects = 0

    def addresses(self) -> Iterator[Address]:
        for straat in _street_names(self._rng):
            yield from self._along(straat, int(self._rng.random() * len(self._buurten)))

    def _postcode(self, at: int) -> str:
        used = self._postcodes_used[at]
        self._postcodes_used[at] += 1
        return f"{4100 + 25 * at + used // len(_LETTERS):04d}{_LETTERS[used % len(_LETTERS)]}"

    def _along(self, straat: str, at: int) -> Iterator[Address]:
        """A street of houses or of stacked flats, about sixty doors on average."""
        draw, buurt = self._rng.random, self._buurten[at]
        stacked = draw() < 0.4
        number, postcode = 1, ""
        for door in range(10 + int(draw() * 100)):
            if door % _PER_POSTCODE == 0:
                postcode = self._postcode(at)
            floor = door % 4
            letter = "ABCD"[int(draw() * 4)] if not stacked and draw() < 0.03 else ""
            yield Address(
                self._next_object(), straat, str(number), letter, _FLOORS[floor] if stacked else "",
                postcode, buurt.code, buurt.low_income,
            )  # fmt: skip
            if not stacked or floor == 3:
                number += 1 if draw() < 0.2 else 2

    def _next_object(self) -> str:
        """A BAG id of a verblijfsobject: gemeente, 01, ten digits. Spread, so that ids do not follow the
        street.
        """
        self._objects += 1
        return f"{self._gemeentecode}01{self._objects * 7_368_787 % 10**10:010d}"
